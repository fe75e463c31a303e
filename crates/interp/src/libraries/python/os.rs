//! `os`: nothing is read or written, and nobody knows what is there.

use crate::interp::Interp;
use crate::native::native;
use crate::value::{Native, NativeFn, Plain, Value};

use super::environment;

macro_rules! gives {
    ($name:literal, $value:expr) => {
        native($name, {
            const CALL: NativeFn = |_, _| Ok($value);
            CALL
        })
    };
}

pub(super) static FUNCTIONS: &[Native] = &[
    gives!("os.getcwd", Value::Any(Plain::Str)),
    gives!("os.makedirs", Value::None),
    gives!("os.mkdir", Value::None),
    gives!("os.remove", Value::None),
    gives!("os.unlink", Value::None),
    gives!("os.rename", Value::None),
    gives!("os.rmdir", Value::None),
    gives!("os.removedirs", Value::None),
    gives!("os.chdir", Value::None),
    gives!("os.putenv", Value::None),
    gives!("os.system", Value::Any(Plain::Int)),
    gives!("os.getpid", Value::Any(Plain::Int)),
    gives!("os.cpu_count", Value::Any(Plain::Int)),
    gives!("os.access", Value::Any(Plain::Bool)),
    gives!("os.urandom", Value::unknown("random bytes")),
    gives!("os.stat", Value::unknown("facts about a file")),
    native("os.listdir", |interp, _| Ok(interp.lost_list("the files of a folder"))),
    native("os.walk", |interp, _| {
        let (folders, files) = (interp.lost_list("folders"), interp.lost_list("files"));
        Ok(interp.endless(Value::tuple([Value::Any(Plain::Str), folders, files])))
    }),
    native("os.scandir", |interp, _| {
        let entry = interp.unknown("a file of a folder");
        Ok(interp.endless(entry))
    }),
    native("os.getenv", |interp, args| Ok(environment::read(interp, &args, 0))),
    native("os._exit", |_, args| {
        Err(crate::raise::Halt::Exit(args.positional.first().and_then(Value::as_int)))
    }),
];

/// Constants and objects.
pub(super) fn constant(interp: &mut Interp<'_>, name: &str) -> Option<Value> {
    match name {
        "environ" => Some(interp.environ()),
        "name" => Some(Value::str("posix")),
        "linesep" => Some(Value::str("\n")),
        "devnull" => Some(Value::str("/dev/null")),
        _ => separator(name),
    }
}

/// Constants that `os` and `os.path` share.
pub(super) fn separator(name: &str) -> Option<Value> {
    match name {
        "sep" => Some(Value::str("/")),
        "pathsep" => Some(Value::str(":")),
        "curdir" => Some(Value::str(".")),
        "pardir" => Some(Value::str("..")),
        "extsep" => Some(Value::str(".")),
        _ => None,
    }
}
