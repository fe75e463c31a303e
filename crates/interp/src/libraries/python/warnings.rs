//! `warnings` and `traceback`: what they print matters to nobody here.

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
    gives!("warnings.warn", Value::None),
    gives!("warnings.filterwarnings", Value::None),
    gives!("warnings.simplefilter", Value::None),
    gives!("warnings.catch_warnings", Value::unknown("a context of warnings")),
    gives!("traceback.print_exc", Value::None),
    gives!("traceback.format_exc", Value::Any(Plain::Str)),
    gives!("traceback.print_stack", Value::None),
];
