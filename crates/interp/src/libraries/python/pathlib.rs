//! `pathlib.Path`: a string with methods.

use super::paths::looked_at;
use crate::heap::{Instance, Names, Object};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, NativeFn, Plain, Value};
use crate::world::Kind;

/// The attribute that holds the path as a string.
const PATH_ATTR: &str = "_path";

macro_rules! part {
    ($name:literal, $of:expr) => {
        native($name, {
            const CALL: NativeFn = |interp, args| {
                let of: fn(&str) -> &str = $of;
                Ok(own(interp, &args).map_or(Value::Any(Plain::Str), |path| Value::str(of(&path))))
            };
            CALL
        })
    };
}

pub(super) static PATH: NativeClass = NativeClass {
    path: "pathlib.PurePath",
    state: || NativeState::Plain,
    methods: &[&[
        native("__truediv__", |interp, args| {
            let [_, other] = args.positional.as_slice() else { return Ok(Value::None) };
            let (first, second) = (own(interp, &args), path_of(interp, other).flatten());
            new_path(interp, first.zip(second).map(|(a, b)| super::paths::joined(&a, &b)))
        }),
        native("__rtruediv__", |interp, args| {
            let [_, other] = args.positional.as_slice() else { return Ok(Value::None) };
            let (second, first) = (own(interp, &args), path_of(interp, other).flatten());
            new_path(interp, first.zip(second).map(|(a, b)| super::paths::joined(&a, &b)))
        }),
        native("joinpath", |interp, args| {
            let mut path = own(interp, &args);
            for other in &args.positional[1..] {
                let other = path_of(interp, other).flatten();
                path = path.zip(other).map(|(a, b)| super::paths::joined(&a, &b));
            }
            new_path(interp, path)
        }),
        native("__str__", text),
        native("__fspath__", text),
        native("as_posix", text),
        native("__eq__", |interp, args| {
            let [_, other] = args.positional.as_slice() else { return Ok(Value::NotImplemented) };
            let (a, b) = (own(interp, &args), path_of(interp, other));
            Ok(match (a, b, other) {
                (Some(a), Some(Some(b)), Value::Instance(_)) => Value::Bool(a == b),
                (_, _, Value::Instance(_) | Value::Unknown(_)) => Value::Any(Plain::Bool),
                _ => Value::Bool(false),
            })
        }),
        native("with_suffix", |interp, args| {
            let suffix = args.positional.get(1).and_then(|v| v.as_str().map(str::to_owned));
            let path = own(interp, &args).zip(suffix);
            let path = path.map(|(path, s)| super::paths::split_extension(&path).0.to_owned() + &s);
            new_path(interp, path)
        }),
        native("with_name", |interp, args| {
            let name = args.positional.get(1).and_then(|v| v.as_str().map(str::to_owned));
            let path = own(interp, &args).zip(name);
            let path = path.map(|(path, n)| super::paths::joined(super::paths::dirname(&path), &n));
            new_path(interp, path)
        }),
        native("cwd", |interp, _| new_path(interp, None)),
        native("home", |interp, _| new_path(interp, None)),
        native("resolve", |interp, _| new_path(interp, None)),
        native("absolute", |interp, _| new_path(interp, None)),
        native("expanduser", |interp, _| new_path(interp, None)),
        native("relative_to", |interp, _| new_path(interp, None)),
        gives!("is_absolute", Value::Any(Plain::Bool)),
        gives!("rename", Value::unknown("a renamed path")),
        gives!("stat", Value::unknown("facts about a file")),
        native("exists", |interp, args| looked_at(interp, &args, |kind| kind != Kind::Missing)),
        native("is_file", |interp, args| looked_at(interp, &args, |kind| kind == Kind::File)),
        native("is_dir", |interp, args| looked_at(interp, &args, |kind| kind == Kind::Folder)),
        native("mkdir", super::os::make_folder),
        native("rmdir", super::os::remove_folder),
        native("unlink", super::os::remove),
        native("touch", |interp, args| {
            if let Some(path) = carried_out(interp, &args)
                && interp.path_kind(&path)? == Kind::Missing
            {
                interp.write_file(&path, Vec::new())?;
            }
            Ok(Value::None)
        }),
        native("read_text", |interp, args| {
            if carried_out(interp, &args).is_none() {
                return Ok(Value::Any(Plain::Str));
            }
            whole(interp, args, "r", "read", None)
        }),
        native("read_bytes", |interp, args| {
            if carried_out(interp, &args).is_none() {
                return Ok(Value::unknown("the contents of a file"));
            }
            whole(interp, args, "rb", "read", None)
        }),
        native("write_text", |interp, args| {
            let data = args.get(1, "data").cloned();
            if carried_out(interp, &args).is_none() {
                return Ok(Value::Any(Plain::Int));
            }
            whole(interp, args, "w", "write", data)
        }),
        native("write_bytes", |interp, args| {
            let data = args.get(1, "data").cloned();
            if carried_out(interp, &args).is_none() {
                return Ok(Value::Any(Plain::Int));
            }
            whole(interp, args, "wb", "write", data)
        }),
        native("open", super::streams::open),
        native("iterdir", files),
        native("glob", files),
        native("rglob", files),
    ]],
    properties: &[&[
        part!("name", |path| super::paths::basename(path.trim_end_matches('/'))),
        part!("stem", |path| super::paths::split_extension(super::paths::basename(path)).0),
        part!("suffix", |path| super::paths::split_extension(path).1),
        native("suffixes", |interp, args| {
            let Some(path) = own(interp, &args) else {
                return Ok(interp.lost_list("the suffixes of a path that is not known"));
            };
            let name = super::paths::basename(path.trim_end_matches('/')).trim_start_matches('.');
            let suffixes =
                name.split('.').skip(1).map(|part| Value::Str(format!(".{part}").into())).collect();
            Ok(interp.new_list(suffixes))
        }),
        native("parent", |interp, args| {
            let parent = own(interp, &args).map(|path| match super::paths::dirname(&path) {
                "" => ".".to_owned(),
                parent => parent.to_owned(),
            });
            new_path(interp, parent)
        }),
        native("parts", |interp, args| {
            Ok(match own(interp, &args) {
                Some(path) if !path.starts_with('/') => {
                    Value::tuple(path.split('/').filter(|p| !p.is_empty()).map(Value::str))
                }
                _ => interp.unknown("the parts of a path"),
            })
        }),
        native("parents", |interp, _| {
            let path = new_path(interp, None)?;
            Ok(interp.new_list(vec![path; 16]))
        }),
    ]],
};

fn text(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(own(interp, &args).map_or(Value::Any(Plain::Str), |path| Value::Str(path.into())))
}

fn files(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(folder) = carried_out(interp, &args) else {
        let path = new_path(interp, None)?;
        return Ok(interp.endless(path));
    };
    if args.positional.len() > 1 {
        return Err(interp.stuck(&Value::None, "which files of a folder fit a pattern"));
    }
    let mut paths = Vec::new();
    for name in interp.names_in(&folder)? {
        paths.push(new_path(interp, Some(super::paths::joined(&folder, &name)))?);
    }
    Ok(interp.new_iterator(paths))
}

/// The path of the object that a method is called on, where a script is carried out.
fn carried_out(interp: &Interp<'_>, args: &Args) -> Option<String> {
    own(interp, args).filter(|_| interp.carries_out())
}

/// Opens a file, reads or writes all of it, and closes it.
fn whole(interp: &mut Interp<'_>, args: Args, mode: &str, method: &str, data: Option<Value>) -> Eval {
    let path = args.positional.into_iter().next().unwrap_or(Value::None);
    let file = super::streams::open(interp, Args::of([path, Value::str(mode)]))?;
    let result = interp.call_method(&file, method, Args::of(data))?;
    interp.call_method(&file, "close", Args::default())?;
    Ok(result.unwrap_or(Value::None))
}

/// The path of the object that a method is called on.
fn own(interp: &Interp<'_>, args: &Args) -> Option<String> {
    path_of(interp, args.positional.first()?).flatten()
}

/// Reads a string or path: nothing where it is neither, `None` inside where it is not known.
pub(super) fn path_of(interp: &Interp<'_>, value: &Value) -> Option<Option<String>> {
    match interp.plain(value) {
        Value::Str(text) => Some(Some(text.to_string())),
        Value::Any(Plain::Str) | Value::Unknown(_) => Some(None),
        Value::Instance(id) => match interp.heap.instance(id)?.attrs.get(PATH_ATTR)? {
            Value::Str(text) => Some(Some(text.to_string())),
            _ => Some(None),
        },
        _ => None,
    }
}

fn new_path(interp: &mut Interp<'_>, path: Option<String>) -> Eval {
    let class = interp.native_class("pathlib.Path");
    let mut attrs = Names::default();
    let path = path.map_or(Value::Any(Plain::Str), |path| Value::Str(path.into()));
    attrs.insert(PATH_ATTR.into(), path);
    let instance = Instance { class, attrs, native: NativeState::Plain };
    Ok(Value::Instance(interp.heap.add(Object::Instance(instance))))
}

/// `Path("a", "b")`.
pub(super) fn construct(interp: &mut Interp<'_>, args: &Args) -> Eval {
    let mut path = Some(String::new());
    for part in &args.positional {
        match path_of(interp, part) {
            Some(part) => path = path.zip(part).map(|(a, b)| super::paths::joined(&a, &b)),
            None => {
                let kind = interp.type_name(part);
                let text = format!("expected str, bytes or os.PathLike object, not {kind}");
                return Err(interp.raise(ops::Exc::TypeError, text));
            }
        }
    }
    let path = path.map(|path| match path.trim_end_matches('/') {
        "" if path.starts_with('/') => "/".to_owned(),
        "" => ".".to_owned(),
        trimmed => trimmed.to_owned(),
    });
    new_path(interp, path)
}
