//! `time` and `datetime`: numbers that nobody knows.

use crate::native::native;
use crate::value::{Native, NativeFn, Plain, Value};

macro_rules! gives {
    ($name:literal, $value:expr) => {
        native($name, {
            const CALL: NativeFn = |_, _| Ok($value);
            CALL
        })
    };
}

pub(super) static FUNCTIONS: &[Native] = &[
    gives!("time.time", Value::Any(Plain::Float)),
    gives!("time.perf_counter", Value::Any(Plain::Float)),
    gives!("time.monotonic", Value::Any(Plain::Float)),
    gives!("time.process_time", Value::Any(Plain::Float)),
    gives!("time.time_ns", Value::Any(Plain::Int)),
    gives!("time.perf_counter_ns", Value::Any(Plain::Int)),
    gives!("time.sleep", Value::None),
    gives!("time.strftime", Value::Any(Plain::Str)),
    gives!("time.ctime", Value::Any(Plain::Str)),
    gives!("time.asctime", Value::Any(Plain::Str)),
    gives!("time.localtime", Value::unknown("a date")),
    gives!("time.gmtime", Value::unknown("a date")),
    gives!("timeit.default_timer", Value::Any(Plain::Float)),
    gives!("timeit.timeit", Value::Any(Plain::Float)),
];
