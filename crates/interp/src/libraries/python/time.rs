//! `time` and `datetime`: numbers that nobody knows before a script runs.

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    native("time.time", seconds),
    native("time.perf_counter", seconds),
    native("time.monotonic", seconds),
    native("time.process_time", seconds),
    native("time.time_ns", nanoseconds),
    native("time.perf_counter_ns", nanoseconds),
    gives!("time.sleep", Value::None),
    gives!("time.strftime", Value::Any(Plain::Str)),
    gives!("time.ctime", Value::Any(Plain::Str)),
    gives!("time.asctime", Value::Any(Plain::Str)),
    gives!("time.localtime", Value::unknown("a date")),
    gives!("time.gmtime", Value::unknown("a date")),
    native("timeit.default_timer", seconds),
    gives!("timeit.timeit", Value::Any(Plain::Float)),
];

/// The time, where a script is carried out.
fn seconds(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(if interp.carries_out() { Value::Float(interp.now()) } else { Value::Any(Plain::Float) })
}

fn nanoseconds(interp: &mut Interp<'_>, _: Args) -> Eval {
    let now = interp.now() * 1e9;
    Ok(if interp.carries_out() { Value::Int(now as i64) } else { Value::Any(Plain::Int) })
}
