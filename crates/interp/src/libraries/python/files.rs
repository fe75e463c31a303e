//! Modules that read and write files, run commands or look at code: their results are not known.

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
    gives!("pickle.dump", Value::None),
    gives!("pickle.load", Value::unknown("the contents of a pickle")),
    gives!("pickle.loads", Value::unknown("the contents of a pickle")),
    gives!("pickle.dumps", Value::unknown("a pickle")),
    native("glob.glob", |interp, _| Ok(interp.lost_list("the files of a folder"))),
    native("glob.iglob", |interp, _| Ok(interp.endless(Value::Any(Plain::Str)))),
    gives!("shutil.rmtree", Value::None),
    gives!("shutil.copy", Value::Any(Plain::Str)),
    gives!("shutil.copyfile", Value::Any(Plain::Str)),
    gives!("shutil.copytree", Value::Any(Plain::Str)),
    gives!("shutil.move", Value::Any(Plain::Str)),
    gives!("shutil.unpack_archive", Value::None),
    gives!("subprocess.run", Value::unknown("the result of a command")),
    gives!("subprocess.call", Value::Any(Plain::Int)),
    gives!("subprocess.check_output", Value::unknown("the output of a command")),
    gives!("multiprocessing.cpu_count", Value::Any(Plain::Int)),
    gives!("inspect.getsource", Value::Any(Plain::Str)),
    native("inspect.isclass", |_, args| {
        Ok(match args.positional.first() {
            Some(Value::Class(_)) => Value::Bool(true),
            Some(Value::Unknown(_)) | None => Value::Any(Plain::Bool),
            Some(_) => Value::Bool(false),
        })
    }),
    native("inspect.isfunction", |_, args| {
        Ok(match args.positional.first() {
            Some(Value::Function(_)) => Value::Bool(true),
            Some(Value::Unknown(_)) | None => Value::Any(Plain::Bool),
            Some(_) => Value::Bool(false),
        })
    }),
];
