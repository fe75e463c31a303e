//! `warnings` and `traceback`: what they print matters to nobody here.

use crate::value::{Native, Plain, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    gives!("warnings.warn", Value::None),
    gives!("warnings.filterwarnings", Value::None),
    gives!("warnings.simplefilter", Value::None),
    gives!("warnings.catch_warnings", Value::unknown("a context of warnings")),
    gives!("traceback.print_exc", Value::None),
    gives!("traceback.format_exc", Value::Any(Plain::Str)),
    gives!("traceback.print_stack", Value::None),
];
