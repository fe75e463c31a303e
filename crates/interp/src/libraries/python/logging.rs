//! `logging`, `warnings` and `traceback`: what they print matters to nobody here.

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
    gives!("logging.basicConfig", Value::None),
    gives!("logging.debug", Value::None),
    gives!("logging.info", Value::None),
    gives!("logging.warning", Value::None),
    gives!("logging.error", Value::None),
    gives!("logging.critical", Value::None),
    gives!("logging.exception", Value::None),
    gives!("logging.disable", Value::None),
    gives!("logging.captureWarnings", Value::None),
    gives!("logging.getLogger", Value::unknown("a logger")),
    gives!("logging.Formatter", Value::unknown("a formatter of log lines")),
    gives!("logging.StreamHandler", Value::unknown("a handler of log lines")),
    gives!("logging.FileHandler", Value::unknown("a handler of log lines")),
    gives!("logging.NullHandler", Value::unknown("a handler of log lines")),
    gives!("warnings.warn", Value::None),
    gives!("warnings.filterwarnings", Value::None),
    gives!("warnings.simplefilter", Value::None),
    gives!("warnings.catch_warnings", Value::unknown("a context of warnings")),
    gives!("traceback.print_exc", Value::None),
    gives!("traceback.format_exc", Value::Any(Plain::Str)),
    gives!("traceback.print_stack", Value::None),
];

/// Levels.
pub(super) fn constant(name: &str) -> Option<Value> {
    Some(Value::Int(match name {
        "NOTSET" => 0,
        "DEBUG" => 10,
        "INFO" => 20,
        "WARNING" | "WARN" => 30,
        "ERROR" => 40,
        "CRITICAL" | "FATAL" => 50,
        _ => return None,
    }))
}
