//! How many arguments built-in functions take, with CPython's errors.

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Args;

/// Checks that a function gets exactly one argument: `len() takes exactly one argument (0 given)`.
pub(crate) fn one(interp: &mut Interp<'_>, name: &str, args: &Args) -> Eval<()> {
    no_keywords(interp, name, args)?;
    if args.positional.len() == 1 {
        return Ok(());
    }
    let text = format!("{name}() takes exactly one argument ({} given)", args.positional.len());
    Err(interp.raise(ops::Exc::TypeError, text))
}

/// Checks that a method, whose object is the first argument, gets exactly one more.
pub(crate) fn method_one(interp: &mut Interp<'_>, name: &str, args: &Args) -> Eval<()> {
    no_keywords(interp, name, args)?;
    if args.positional.len() == 2 {
        return Ok(());
    }
    let given = args.positional.len().saturating_sub(1);
    let text = format!("{name}() takes exactly one argument ({given} given)");
    Err(interp.raise(ops::Exc::TypeError, text))
}

/// Checks that a method gets nothing but its object.
pub(crate) fn method_none(interp: &mut Interp<'_>, name: &str, args: &Args) -> Eval<()> {
    no_keywords(interp, name, args)?;
    if args.positional.len() <= 1 {
        return Ok(());
    }
    let text = format!("{name}() takes no arguments ({} given)", args.positional.len() - 1);
    Err(interp.raise(ops::Exc::TypeError, text))
}

/// Checks the number of positional arguments: `isinstance expected 2 arguments, got 1`.
pub(crate) fn between(
    interp: &mut Interp<'_>,
    name: &str,
    args: &Args,
    least: usize,
    most: usize,
) -> Eval<()> {
    count(interp, name, args.positional.len(), least, most)
}

/// Checks the number of a method's arguments after its object.
pub(crate) fn method_between(
    interp: &mut Interp<'_>,
    name: &str,
    args: &Args,
    least: usize,
    most: usize,
) -> Eval<()> {
    count(interp, name, args.positional.len().saturating_sub(1), least, most)
}

fn count(interp: &mut Interp<'_>, name: &str, given: usize, least: usize, most: usize) -> Eval<()> {
    let (how, limit) = if given < least {
        (if least == most { "" } else { "at least " }, least)
    } else if given > most {
        (if least == most { "" } else { "at most " }, most)
    } else {
        return Ok(());
    };
    let s = if limit == 1 { "" } else { "s" };
    let text = format!("{name} expected {how}{limit} argument{s}, got {given}");
    Err(interp.raise(ops::Exc::TypeError, text))
}

/// Checks that there are no named arguments.
pub(crate) fn no_keywords(interp: &mut Interp<'_>, name: &str, args: &Args) -> Eval<()> {
    if args.keywords.is_empty() {
        return Ok(());
    }
    Err(interp.raise(ops::Exc::TypeError, format!("{name}() takes no keyword arguments")))
}

/// Checks that every named argument is one of these.
pub(crate) fn keywords(interp: &mut Interp<'_>, name: &str, args: &Args, known: &[&str]) -> Eval<()> {
    match args.keywords.iter().find(|(k, _)| !known.contains(&&**k)) {
        None => Ok(()),
        Some((keyword, _)) => {
            let text = format!("'{keyword}' is an invalid keyword argument for {name}()");
            Err(interp.raise(ops::Exc::TypeError, text))
        }
    }
}
