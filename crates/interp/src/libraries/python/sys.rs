//! `sys`, `gc`, `platform`.

use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Plain, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    native("sys.exit", exit),
    native("builtins.exit", exit),
    native("builtins.quit", exit),
    native("sys.getsizeof", |_, _| Ok(Value::Any(Plain::Int))),
    native("sys.getrecursionlimit", |_, _| Ok(Value::Int(1000))),
    native("sys.setrecursionlimit", |_, _| Ok(Value::None)),
    native("sys.getdefaultencoding", |_, _| Ok(Value::str("utf-8"))),
    native("sys.exc_info", |_, _| {
        Ok(Value::tuple([(); 3].map(|()| Value::unknown("the exception being handled"))))
    }),
    native("gc.collect", |_, _| Ok(Value::Any(Plain::Int))),
    native("gc.disable", |_, _| Ok(Value::None)),
    native("gc.enable", |_, _| Ok(Value::None)),
    native("platform.system", |_, _| Ok(Value::Any(Plain::Str))),
    native("platform.machine", |_, _| Ok(Value::Any(Plain::Str))),
    native("platform.platform", |_, _| Ok(Value::Any(Plain::Str))),
    native("platform.node", |_, _| Ok(Value::Any(Plain::Str))),
    native("platform.python_version", |_, _| Ok(Value::Any(Plain::Str))),
];

/// `sys.exit(code)`: an exception, which `finally` sees and `except SystemExit` catches.
fn exit(interp: &mut Interp<'_>, args: Args) -> Eval {
    let class = interp.builtin_class("SystemExit");
    match interp.instantiate(class, args)? {
        Value::Instance(id) => {
            interp.start_exception(id);
            Err(Halt::Exception(id))
        }
        _ => Err(Halt::Exit(None)),
    }
}

/// Constants and objects.
pub(super) fn constant(interp: &mut Interp<'_>, name: &str) -> Option<Value> {
    Some(match name {
        "argv" => interp.arguments(),
        "path" | "modules" | "meta_path" if name == "path" => interp.lost_list("`sys.path`"),
        "modules" => interp.lost_dict("`sys.modules`"),
        "version" | "executable" | "prefix" | "base_prefix" => Value::Any(Plain::Str),
        "platform" => Value::str("linux"),
        "byteorder" => Value::str("little"),
        "maxsize" => Value::Int(i64::MAX),
        "maxunicode" => Value::Int(0x0010_ffff),
        "version_info" => interp.record_of(
            "version_info",
            &[
                ("major", Value::Int(3)),
                ("minor", Value::Int(11)),
                ("micro", Value::Int(7)),
                ("releaselevel", Value::str("final")),
                ("serial", Value::Int(0)),
            ],
        ),
        "stdout" | "stderr" | "__stdout__" | "__stderr__" => interp.stream(name),
        "stdin" => Value::unknown("a standard stream"),
        "exc_info" | "flags" | "implementation" | "float_info" | "warnoptions" | "ps1" => {
            Value::unknown("interpreter state")
        }
        _ => return None,
    })
}
