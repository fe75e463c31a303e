//! Modules that read and write files, run commands or look at code: their results are not known, but for some of
//! the files of a script that is carried out.

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    native("pickle.dump", |interp, _| {
        interp.needs(&Value::None, "a pickle is not written")?;
        Ok(Value::None)
    }),
    native("pickle.load", pickled),
    native("pickle.loads", pickled),
    gives!("pickle.dumps", Value::unknown("a pickle")),
    native("glob.glob", glob),
    native("csv.reader", |interp, args| table(interp, "csv._reader", args)),
    native("csv.writer", |interp, args| table(interp, "csv._writer", args)),
    native("csv.DictReader", |interp, args| table(interp, "csv._DictReader", args)),
    native("csv.DictWriter", |interp, args| table(interp, "csv._DictWriter", args)),
    native("glob.iglob", |interp, _| Ok(interp.endless(Value::Any(Plain::Str)))),
    native("shutil.rmtree", |interp, args| {
        let path = super::paths::expected_path(interp, &args, 0, "path")?;
        if let Some(path) = path.filter(|_| interp.carries_out()) {
            interp.remove_folder(&path)?;
        }
        Ok(Value::None)
    }),
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

/// A pickle is a program, which may do anything.
fn pickled(interp: &mut Interp<'_>, _: Args) -> Eval {
    interp.needs(&Value::None, "a pickle is never read, since it may run code")?;
    Ok(Value::unknown("the contents of a pickle"))
}

/// Readers and writers of tables, which are said in Python.
fn table(interp: &mut Interp<'_>, model: &str, args: Args) -> Eval {
    if !interp.carries_out() {
        return Ok(interp.unknown("a table in a file"));
    }
    match interp.modelled(model)? {
        Some(function) => interp.call(&function, args),
        None => Ok(interp.unknown("a table in a file")),
    }
}

/// `glob.glob(pattern)`: one level, with `*` and `?` in the last part.
fn glob(interp: &mut Interp<'_>, args: Args) -> Eval {
    if !interp.carries_out() {
        return Ok(interp.lost_list("the files of a folder"));
    }
    let unknown = "which files fit a pattern";
    let Some(Value::Str(pattern)) = args.positional.first().cloned() else {
        return Err(interp.stuck(&Value::None, unknown));
    };
    let (folder, last) = (super::paths::dirname(&pattern), super::paths::basename(&pattern));
    if folder.contains(['*', '?', '[']) || last.contains(['[', ']']) || last.contains("**") {
        return Err(interp.stuck(&Value::None, unknown));
    }
    let names = interp.names_in(if folder.is_empty() { "." } else { folder })?;
    let fits = |name: &String| fits(last.as_bytes(), name.as_bytes()) && !name.starts_with('.');
    let paths = names.into_iter().filter(fits).map(|name| {
        let path = super::paths::joined(folder, &name);
        Value::Str(path.into())
    });
    let paths = paths.collect();
    Ok(interp.new_list(paths))
}

/// Tells whether a name fits a pattern with `*` and `?`.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p + 1, n));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match &mut back {
                Some((after, from)) => {
                    *from += 1;
                    (p, n) = (*after, *from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.txt", false),
            ("a?c*", "abcd", true),
            ("*a*b", "xaab", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}
