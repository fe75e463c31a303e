//! `os.path`: paths are strings.

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, NativeFn, Plain, Value};
use crate::world::Kind;

macro_rules! path {
    ($name:literal, $of:expr) => {
        native(concat!("os.path.", $name), {
            const CALL: NativeFn = |interp, args| {
                let of: fn(&str) -> String = $of;
                Ok(text(interp, &args, 0)?
                    .map_or(Value::Any(Plain::Str), |path| Value::Str(of(&path).into())))
            };
            CALL
        })
    };
}

macro_rules! any {
    ($name:literal, $kind:ident) => {
        native(concat!("os.path.", $name), {
            const CALL: NativeFn = |_, _| Ok(Value::Any(Plain::$kind));
            CALL
        })
    };
}

pub(super) static FUNCTIONS: &[Native] = &[
    native("os.path.join", join),
    path!("basename", |path| basename(path).to_owned()),
    path!("dirname", |path| dirname(path).to_owned()),
    path!("normpath", normal),
    native("os.path.splitext", |interp, args| {
        Ok(match text(interp, &args, 0)? {
            Some(path) => {
                let (root, extension) = split_extension(&path);
                Value::tuple([Value::str(root), Value::str(extension)])
            }
            None => Value::tuple([Value::Any(Plain::Str), Value::Any(Plain::Str)]),
        })
    }),
    native("os.path.split", |interp, args| {
        Ok(match text(interp, &args, 0)? {
            Some(path) => Value::tuple([Value::str(dirname(&path)), Value::str(basename(&path))]),
            None => Value::tuple([Value::Any(Plain::Str), Value::Any(Plain::Str)]),
        })
    }),
    any!("abspath", Str),
    any!("realpath", Str),
    any!("expanduser", Str),
    any!("expandvars", Str),
    any!("relpath", Str),
    any!("commonpath", Str),
    native("os.path.exists", |interp, args| looked_at(interp, &args, |kind| kind != Kind::Missing)),
    native("os.path.isfile", |interp, args| looked_at(interp, &args, |kind| kind == Kind::File)),
    native("os.path.isdir", |interp, args| looked_at(interp, &args, |kind| kind == Kind::Folder)),
    any!("islink", Bool),
    any!("samefile", Bool),
    native("os.path.getsize", |interp, args| {
        let path = expected_path(interp, &args, 0, "filename")?.filter(|_| interp.carries_out());
        Ok(match path {
            Some(path) => Value::Int(interp.read_file(&path)?.len() as i64),
            None => Value::Any(Plain::Int),
        })
    }),
    any!("getmtime", Float),
    native("os.path.isabs", |interp, args| {
        Ok(text(interp, &args, 0)?.map_or(Value::Any(Plain::Bool), |path| Value::Bool(path.starts_with('/'))))
    }),
    native("os.fspath", |interp, args| {
        Ok(text(interp, &args, 0)?.map_or(Value::Any(Plain::Str), |path| Value::Str(path.into())))
    }),
];

/// What lies at a path, as far as a run may look; an analysis does not know it.
pub(super) fn looked_at(interp: &mut Interp<'_>, args: &Args, tells: fn(Kind) -> bool) -> Eval {
    match text(interp, args, 0)?.filter(|_| interp.carries_out()) {
        Some(path) => Ok(Value::Bool(tells(interp.path_kind(&path)?))),
        None => Ok(Value::Any(Plain::Bool)),
    }
}

fn text(interp: &mut Interp<'_>, args: &Args, at: usize) -> Eval<Option<String>> {
    expected_path(interp, args, at, "path")
}

/// Reads a path argument; nothing where it is not known.
///
/// # Errors
/// `TypeError` for what is no path.
pub(super) fn expected_path(
    interp: &mut Interp<'_>,
    args: &Args,
    at: usize,
    name: &str,
) -> Eval<Option<String>> {
    let Some(value) = args.get(at, name) else { return Ok(None) };
    match super::pathlib::path_of(interp, value) {
        Some(path) => Ok(path),
        None => match value {
            Value::Int(_)
            | Value::Float(_)
            | Value::None
            | Value::List(_)
            | Value::Tuple(_)
            | Value::Dict(_) => {
                let kind = interp.type_name(value);
                let text = format!("expected str, bytes or os.PathLike object, not {kind}");
                Err(interp.raise(ops::Exc::TypeError, text))
            }
            _ => Ok(None),
        },
    }
}

fn join(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut out = Some(String::new());
    for at in 0..args.positional.len() {
        let part = text(interp, &args, at)?;
        out = out.zip(part).map(|(out, part)| joined(&out, &part));
    }
    Ok(out.map_or(Value::Any(Plain::Str), |path| Value::Str(path.into())))
}

/// `os.path.join(a, b)`.
pub(super) fn joined(a: &str, b: &str) -> String {
    if b.starts_with('/') || a.is_empty() {
        b.to_owned()
    } else if a.ends_with('/') {
        format!("{a}{b}")
    } else {
        format!("{a}/{b}")
    }
}

/// `os.path.basename(path)`.
pub(super) fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `os.path.dirname(path)`.
pub(super) fn dirname(path: &str) -> &str {
    let head = &path[..path.len() - basename(path).len()];
    let cut = head.trim_end_matches('/');
    if cut.is_empty() { head } else { cut }
}

/// `os.path.splitext(path)`.
pub(super) fn split_extension(path: &str) -> (&str, &str) {
    let name = basename(path);
    let stem = name.trim_start_matches('.');
    match stem.rfind('.') {
        Some(at) => path.split_at(path.len() - stem.len() + at),
        None => (path, ""),
    }
}

/// `os.path.normpath(path)`.
pub(crate) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let absolute = path.starts_with('/');
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let body = parts.join("/");
    match (absolute, body.is_empty()) {
        (true, _) => format!("/{body}"),
        (false, true) => ".".to_owned(),
        (false, false) => body,
    }
}
