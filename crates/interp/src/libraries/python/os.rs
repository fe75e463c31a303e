//! `os`: an analysis reads and writes nothing, and does not know what is there.

use super::paths::expected_path;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};
use crate::world::Kind;

use super::environment;

pub(super) static FUNCTIONS: &[Native] = &[
    gives!("os.getcwd", Value::Any(Plain::Str)),
    native("os.makedirs", make_folder),
    native("os.mkdir", make_folder),
    native("os.remove", remove),
    native("os.unlink", remove),
    native("os.rename", rename),
    native("os.replace", rename),
    native("os.rmdir", remove_folder),
    native("os.removedirs", remove_folder),
    gives!("os.chdir", Value::None),
    gives!("os.putenv", Value::None),
    gives!("os.system", Value::Any(Plain::Int)),
    gives!("os.getpid", Value::Any(Plain::Int)),
    gives!("os.cpu_count", Value::Any(Plain::Int)),
    gives!("os.access", Value::Any(Plain::Bool)),
    gives!("os.urandom", Value::unknown("random bytes")),
    gives!("os.stat", Value::unknown("facts about a file")),
    native("os.listdir", |interp, args| {
        if !interp.carries_out() {
            return Ok(interp.lost_list("the files of a folder"));
        }
        let path = expected_path(interp, &args, 0, "path")?.unwrap_or_else(|| ".".to_owned());
        let names = interp.names_in(&path)?;
        Ok(interp.new_list(names.into_iter().map(|name| Value::Str(name.into())).collect()))
    }),
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

/// The path that a function was given, where a script is carried out.
fn path(interp: &mut Interp<'_>, args: &Args, at: usize, name: &str) -> Eval<Option<String>> {
    Ok(expected_path(interp, args, at, name)?.filter(|_| interp.carries_out()))
}

/// `os.makedirs(name, exist_ok=False)`.
pub(super) fn make_folder(interp: &mut Interp<'_>, args: Args) -> Eval {
    let name = if args.keyword("name").is_some() { "name" } else { "path" };
    if let Some(path) = path(interp, &args, 0, name)? {
        let there = match args.keyword("exist_ok") {
            Some(there) => interp.truth(&there.clone())? == Some(true),
            None => false,
        };
        if !there && interp.path_kind(&path)? != Kind::Missing {
            return Err(interp.os_error("FileExistsError", 17, "File exists", &path));
        }
        interp.make_folder(&path)?;
    }
    Ok(Value::None)
}

/// `os.remove(path)`.
pub(super) fn remove(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(path) = path(interp, &args, 0, "path")? {
        interp.remove_file(&path)?;
    }
    Ok(Value::None)
}

pub(super) fn remove_folder(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(path) = path(interp, &args, 0, "path")? {
        interp.remove_folder(&path)?;
    }
    Ok(Value::None)
}

fn rename(interp: &mut Interp<'_>, args: Args) -> Eval {
    let from = path(interp, &args, 0, "src")?;
    let to = path(interp, &args, 1, "dst")?;
    if let (Some(from), Some(to)) = (from, to) {
        let bytes = interp.read_file(&from)?;
        interp.remove_file(&from)?;
        interp.write_file(&to, bytes.to_vec())?;
    }
    Ok(Value::None)
}

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
