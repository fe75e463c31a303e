//! `argparse`: `parse_args()` gives the defaults, as a run without arguments would; `parse_args(["--epochs", "3"])`
//! what its list says.

use std::rc::Rc;

use crate::heap::{Instance, Names, Object};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

/// The attribute in which a parser keeps its arguments: a dict of destinations to defaults.
const ARGUMENTS: &str = "_defaults";

/// The attribute in which a parser keeps how its options are written: tuples of a destination, its flags, `action`,
/// `nargs` and `type`.
const OPTIONS: &str = "_options";

pub(super) static PARSER: NativeClass = NativeClass {
    path: "argparse.ArgumentParser",
    state: || NativeState::Plain,
    methods: &[&[
        native("__init__", |_, _| Ok(Value::None)),
        native("add_argument", add_argument),
        native("set_defaults", set_defaults),
        native("add_argument_group", same),
        native("add_mutually_exclusive_group", same),
        native("parse_args", |interp, args| {
            if has_strange_flag(interp, &args)? {
                return Err(leave(interp));
            }
            parse(interp, &args)
        }),
        native("parse_known_args", |interp, args| {
            let known = parse(interp, &args)?;
            let rest = interp.new_list(Vec::new());
            Ok(Value::tuple([known, rest]))
        }),
        gives!("print_help", Value::None),
        gives!("print_usage", Value::None),
        native("add_subparsers", |interp, args| {
            // Which command is given, and so which arguments there are, is not known.
            if let Some(Value::Dict(id)) = defaults_of(interp, &args) {
                interp.lose(id, "the arguments of commands");
            }
            Ok(interp.unknown("an argument parser of commands"))
        }),
        native("error", |interp, args| {
            let _ = args;
            Err(leave(interp))
        }),
    ]],
    properties: &[],
};

/// Makes a parser.
pub(super) fn construct(interp: &mut Interp<'_>) -> Eval {
    let class = interp.native_class("argparse.ArgumentParser");
    let defaults = interp.new_dict([]);
    let mut attrs = Names::default();
    attrs.insert(ARGUMENTS.into(), defaults);
    let options = interp.new_list(Vec::new());
    attrs.insert(OPTIONS.into(), options);
    let instance = Instance { class, attrs, native: NativeState::Plain };
    Ok(Value::Instance(interp.heap.add(Object::Instance(instance))))
}

/// Constants and helpers.
pub(super) fn constant(interp: &mut Interp<'_>, name: &str) -> Option<Value> {
    match name {
        "SUPPRESS" => Some(Value::str("==SUPPRESS==")),
        _ if name.ends_with("Formatter") => Some(interp.unknown("a formatter of help texts")),
        _ => None,
    }
}

fn same(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(args.positional.into_iter().next().unwrap_or(Value::None))
}

/// The dict of a parser's defaults.
fn defaults_of(interp: &Interp<'_>, args: &Args) -> Option<Value> {
    kept(interp, args, ARGUMENTS)
}

fn kept(interp: &Interp<'_>, args: &Args, attribute: &str) -> Option<Value> {
    match args.positional.first()? {
        Value::Instance(id) => interp.heap.instance(*id)?.attrs.get(attribute).cloned(),
        _ => None,
    }
}

fn set_defaults(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(defaults) = defaults_of(interp, &args) else { return Ok(Value::None) };
    for (name, value) in args.keywords {
        interp.set_item(&defaults, Value::Str(name), value)?;
    }
    Ok(Value::None)
}

fn add_argument(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(defaults) = defaults_of(interp, &args) else { return Ok(Value::None) };
    let flags: Vec<&str> = args.positional[1..].iter().filter_map(Value::as_str).collect();
    if flags.len() + 1 != args.positional.len() {
        if let Value::Dict(id) = defaults {
            interp.lose(id, "an argument whose name is not known");
        }
        return Ok(Value::None);
    }
    let positional = flags.first().is_some_and(|flag| !flag.starts_with('-'));
    let long =
        flags.iter().find(|flag| flag.starts_with("--")).or(flags.first()).copied().unwrap_or_default();
    let dest = match args.keyword("dest") {
        Some(Value::Str(dest)) => dest.to_string(),
        _ => long.trim_start_matches('-').replace('-', "_"),
    };
    let action = args.keyword("action").and_then(Value::as_str).unwrap_or("store");
    if matches!(action, "help" | "version") {
        return Ok(Value::None);
    }
    let get = |name: &str| args.keyword(name).cloned().unwrap_or(Value::None);
    let written = flags.iter().map(|flag| Value::str(flag)).collect::<Vec<_>>();
    let option = [Value::str(&dest), Value::tuple(written), get("action"), get("nargs"), get("type")];
    if let Some(Value::List(options)) = kept(interp, &args, OPTIONS)
        && let Some(options) = interp.heap.list_mut(options)
    {
        options.push(Value::tuple(option));
    }
    let nargs = args.keyword("nargs").and_then(Value::as_str);
    let optional = matches!(nargs, Some("?" | "*" | "..."));
    let required = (positional && !optional)
        || args.keyword("required").is_some_and(|v| !matches!(v, Value::Bool(false)));
    let value = match args.keyword("default") {
        // A string default is converted as if it had been given.
        Some(Value::Str(text)) => match args.keyword("type") {
            Some(convert) => interp.call(&convert.clone(), Args::of([Value::Str(text.clone())]))?,
            None => Value::Str(text.clone()),
        },
        Some(default) => default.clone(),
        None if required => interp.unknown(format!("the argument `{dest}`, which has no default")),
        None => match action {
            "store_true" => Value::Bool(false),
            "store_false" => Value::Bool(true),
            // Where no word is left for them, they are none.
            "store" if positional && matches!(nargs, Some("*" | "...")) => interp.new_list(Vec::new()),
            _ => Value::None,
        },
    };
    interp.set_item(&defaults, Value::str(&dest), value)?;
    Ok(Value::None)
}

fn parse(interp: &mut Interp<'_>, args: &Args) -> Eval {
    let Some(defaults) = defaults_of(interp, args) else { return Ok(Value::None) };
    let Some(pairs) = interp.pairs_of(&defaults) else {
        return Ok(interp.unknown("arguments that are not known"));
    };
    // `parse_args([...])` with arguments of its own.
    let given = match args.get(1, "args") {
        None | Some(Value::None) => Vec::new(),
        Some(list) => {
            let (items, more) = interp.iterate(&list.clone(), 1024)?;
            if more {
                return Ok(interp.unknown("arguments that are not known"));
            }
            items
        }
    };
    let class = interp.native_class("argparse.Namespace");
    let mut attrs = Names::default();
    if let Some(followed) = follow(interp, args, &given)? {
        for (name, value) in pairs {
            let Value::Str(name) = name else { continue };
            let set = followed.iter().rev().find(|(dest, _)| *dest == name).map(|(_, value)| value.clone());
            attrs.insert(name, set.unwrap_or(value));
        }
        let instance = Instance { class, attrs, native: NativeState::Plain };
        return Ok(Value::Instance(interp.heap.add(Object::Instance(instance))));
    }
    for (name, value) in pairs {
        let Value::Str(name) = name else { continue };
        let flag = name.replace('_', "-");
        let set = given.iter().any(|item| {
            item.as_str().is_none_or(|text| text.trim_start_matches('-').split('=').next() == Some(&*flag))
        });
        let value = if set || (!given.is_empty() && value.is_unknown()) {
            interp.unknown(format!("the argument `{name}`"))
        } else {
            value
        };
        attrs.insert(name, value);
    }
    let instance = Instance { class, attrs, native: NativeState::Plain };
    Ok(Value::Instance(interp.heap.add(Object::Instance(instance))))
}

/// What a parser does once it has said what is wrong.
fn leave(interp: &mut Interp<'_>) -> Halt {
    let class = interp.builtin_class("SystemExit");
    Halt::Exception(interp.new_exception(class, "2".into(), None))
}

/// Tells whether a long flag is given that is none of the parser's and begins none of them.
fn has_strange_flag(interp: &mut Interp<'_>, args: &Args) -> Eval<bool> {
    let Some(given @ Value::List(_)) = args.get(1, "args") else { return Ok(false) };
    let (given, more) = interp.iterate(&given.clone(), 1024)?;
    let whole = defaults_of(interp, args).is_some_and(|defaults| interp.pairs_of(&defaults).is_some());
    let Some(Value::List(options)) = kept(interp, args, OPTIONS) else { return Ok(false) };
    let options = interp.heap.list(options).cloned().unwrap_or_default();
    let mut flags = vec![Value::str("--help")];
    for option in &options {
        let Value::Tuple(parts) = option else { return Ok(false) };
        let Some(Value::Tuple(own)) = parts.get(1) else { return Ok(false) };
        flags.extend(own.iter().cloned());
    }
    let strange = |item: &Value| {
        let Some(word) = item.as_str().filter(|word| word.len() > 2 && word.starts_with("--")) else {
            return false;
        };
        let word = word.split('=').next().unwrap_or(word);
        !flags.iter().filter_map(Value::as_str).any(|flag| flag.starts_with(word))
    };
    Ok(whole && !more && given.iter().any(strange))
}

/// Destinations and what they are set to.
type Settings = Vec<(Rc<str>, Value)>;

/// What a list of options sets, in its order; nothing where it cannot be told: positional arguments, unknown words,
/// flags that are not known or abbreviated, actions other than the usual.
fn follow(interp: &mut Interp<'_>, args: &Args, given: &[Value]) -> Eval<Option<Settings>> {
    let Some(Value::List(options)) = kept(interp, args, OPTIONS) else { return Ok(None) };
    let options = interp.heap.list(options).cloned().unwrap_or_default();
    let mut words: Vec<Rc<str>> = Vec::new();
    for item in given {
        let Value::Str(word) = item else { return Ok(None) };
        match word.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => words.extend([flag.into(), value.into()]),
            _ => words.push(word.clone()),
        }
    }
    // A negative number is a value.
    let is_flag = |word: &str| word.starts_with('-') && word.parse::<f64>().is_err();
    let (mut set, mut at) = (Vec::new(), 0);
    while let Some(word) = words.get(at) {
        let option = options.iter().find_map(|option| match option {
            Value::Tuple(parts) => match &parts[..] {
                [Value::Str(dest), Value::Tuple(flags), action, nargs, convert]
                    if flags.iter().any(|flag| flag.as_str() == Some(&**word)) =>
                {
                    Some((dest.clone(), action.clone(), nargs.clone(), convert.clone()))
                }
                _ => None,
            },
            _ => None,
        });
        let Some((dest, action, nargs, convert)) = option.filter(|_| is_flag(word)) else { return Ok(None) };
        at += 1;
        let following = words[at..].iter().take_while(|word| !is_flag(word)).count();
        let several = !nargs.is_none();
        let count = match (action.as_str(), &nargs) {
            (Some("store_true" | "store_false"), _) => {
                set.push((dest, Value::Bool(action.as_str() == Some("store_true"))));
                continue;
            }
            (name, _) if name != Some("store") && !action.is_none() => return Ok(None),
            (_, Value::None) => 1,
            (_, Value::Int(n)) => usize::try_from(*n).unwrap_or(0),
            (_, Value::Str(all)) if matches!(&**all, "*" | "+") => following,
            _ => return Ok(None),
        };
        if count > following {
            return Ok(None);
        }
        let mut values = Vec::with_capacity(count);
        for word in &words[at..at + count] {
            let value = Value::Str(word.clone());
            values.push(match &convert {
                Value::None => value,
                convert => interp.call(convert, Args::of([value]))?,
            });
        }
        at += count;
        let value = if several { interp.new_list(values) } else { values.pop().unwrap_or(Value::None) };
        set.push((dest, value));
    }
    Ok(Some(set))
}
