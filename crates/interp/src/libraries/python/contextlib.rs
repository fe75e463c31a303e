//! `contextlib`.

use std::rc::Rc;

use crate::heap::{Instance, Names, Object};
use crate::interp::Interp;
use crate::lazy::Pull;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Value, Wrapped};

pub(super) static FUNCTIONS: &[Native] = &[
    native("contextlib.contextmanager", |_, args| {
        let first = Args::of(args.positional.into_iter().take(1));
        Ok(Value::Wrapped(Rc::new(Wrapped::Partial(Value::Native(&START), first))))
    }),
    native("contextlib.closing", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))),
    native("contextlib.redirect_stderr", |_, _| Ok(Value::unknown("a redirected stream"))),
    native("contextlib.ExitStack", |_, _| Ok(Value::unknown("an exit stack"))),
];

/// Calls the generator's function: its object enters and leaves.
static START: Native = native("contextlib.contextmanager.start", |interp, mut args| {
    if args.positional.is_empty() {
        return Ok(Value::None);
    }
    let function = args.positional.remove(0);
    let generator = interp.call(&function, args)?;
    let class = interp.native_class("contextlib._GeneratorContextManager");
    let mut attrs = Names::default();
    attrs.insert("gen".into(), generator);
    let instance = Instance { class, attrs, native: NativeState::Plain };
    Ok(Value::Instance(interp.heap.add(Object::Instance(instance))))
});

/// Tells whether a function is what `@contextmanager` makes of a generator's, which is bound to objects as that was.
pub(crate) fn makes_manager(function: &Value) -> bool {
    matches!(function, Value::Native(native) if native.name == START.name)
}

/// What `with` does not enter itself: `manager.__enter__()`.
pub(super) static MANAGER: NativeClass = NativeClass {
    path: "contextlib._GeneratorContextManager",
    state: || NativeState::Plain,
    methods: &[&[
        native("__enter__", |interp, args| match generator(interp, &args) {
            Some(Value::Iterator(id)) => match interp.next_item(id)? {
                Some(item) => Ok(item),
                None => Err(interp.raise(ops::Exc::RuntimeError, "generator didn't yield")),
            },
            _ => Ok(Value::unknown("what a context manager gives")),
        }),
        native("__exit__", exit),
        // As a decorator.
        native("__call__", |_, args| Ok(args.positional.into_iter().nth(1).unwrap_or(Value::None))),
    ]],
    properties: &[],
};

/// Lets the generator go on behind its `yield`, or raise there what the body raised.
fn exit(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Iterator(id)) = generator(interp, &args) else { return Ok(Value::Bool(false)) };
    let raised = match args.positional.get(2) {
        Some(Value::Instance(raised)) if interp.is_coroutine(id) => *raised,
        _ => {
            return match interp.next_item(id)? {
                Some(_) if interp.carries_out() => {
                    Err(interp.raise(ops::Exc::RuntimeError, "generator didn't stop"))
                }
                _ => Ok(Value::Bool(false)),
            };
        }
    };
    match interp.resume(id, Err(Halt::Exception(raised))) {
        Ok(Pull::End) => Ok(Value::Bool(true)),
        Ok(_) => Err(interp.raise(ops::Exc::RuntimeError, "generator didn't stop after throw()")),
        // What the body raised goes on by itself.
        Err(Halt::Exception(again)) if again == raised => Ok(Value::Bool(false)),
        Err(halt) => Err(halt),
    }
}

fn generator(interp: &Interp<'_>, args: &Args) -> Option<Value> {
    match args.positional.first()? {
        Value::Instance(id) => interp.heap.instance(*id)?.attrs.get("gen").cloned(),
        _ => None,
    }
}

pub(super) static SUPPRESS: NativeClass = NativeClass {
    path: "contextlib.suppress",
    state: || NativeState::Plain,
    methods: &[&[
        native("__init__", |interp, args| keep(interp, &args)),
        native("__enter__", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))),
        native("__exit__", |interp, args| {
            let [Value::Instance(own), _, raised, ..] = args.positional.as_slice() else {
                return Ok(Value::Bool(false));
            };
            let classes = interp.heap.instance(*own).and_then(|i| i.attrs.get("given")).cloned();
            let (Some(classes), Value::Instance(_)) = (classes, raised) else {
                return Ok(Value::Bool(false));
            };
            let known = interp.is_instance(raised, &classes);
            Ok(known.map_or(Value::Any(crate::value::Plain::Bool), Value::Bool))
        }),
    ]],
    properties: &[],
};

pub(super) static NULL: NativeClass = NativeClass {
    path: "contextlib.nullcontext",
    state: || NativeState::Plain,
    methods: &[&[
        native("__init__", |interp, args| keep(interp, &args)),
        native("__enter__", |interp, args| {
            let Some(Value::Instance(own)) = args.positional.first() else { return Ok(Value::None) };
            Ok(match interp.heap.instance(*own).and_then(|i| i.attrs.get("given")) {
                Some(Value::Tuple(given)) => given.first().cloned().unwrap_or(Value::None),
                _ => Value::None,
            })
        }),
        native("__exit__", |_, _| Ok(Value::None)),
    ]],
    properties: &[],
};

/// Keeps the arguments of a context manager.
fn keep(interp: &mut Interp<'_>, args: &Args) -> Eval {
    if let Some((Value::Instance(own), given)) = args.positional.split_first() {
        let given = Value::tuple(given.iter().cloned());
        if let Some(instance) = interp.heap.instance_mut(*own) {
            instance.attrs.insert("given".into(), given);
        }
    }
    Ok(Value::None)
}
