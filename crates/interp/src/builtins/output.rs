//! `print`, and the standard streams that it writes to.

use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};
use crate::world::Stream;

/// `sys.stdout` and `sys.stderr`.
pub(crate) static STREAM: NativeClass = NativeClass {
    path: "io.TextIOWrapper",
    state: || NativeState::Plain,
    methods: &[&[
        native("write", write),
        native("flush", |_, _| Ok(Value::None)),
        native("isatty", |_, _| Ok(Value::Bool(false))),
    ]],
    properties: &[],
};

/// `print(*values, sep=" ", end="\n", file=sys.stdout)`.
pub(super) fn print(interp: &mut Interp<'_>, args: Args) -> Eval {
    if !interp.carries_out() {
        // A `__str__` of the script may raise.
        for value in &args.positional {
            if matches!(value, Value::Instance(_)) {
                interp.display(value)?;
            }
        }
        return Ok(Value::None);
    }
    if interp.prints_nothing() {
        return Ok(Value::None);
    }
    let word = |name: &str, default: &str| match args.keyword(name) {
        None | Some(Value::None) => Some(default.to_owned()),
        Some(Value::Str(text)) => Some(text.to_string()),
        Some(_) => None,
    };
    let (Some(between), Some(end)) = (word("sep", " "), word("end", "\n")) else {
        let text = "sep must be None or a string";
        return Err(interp.raise(ops::Exc::TypeError, text));
    };
    let mut text = String::new();
    for (at, value) in args.positional.iter().enumerate() {
        if at > 0 {
            text += &between;
        }
        text += &interp.known_text(value)?;
    }
    text += &end;
    match args.keyword("file") {
        None | Some(Value::None) => interp.write_out(Stream::Output, &text),
        Some(file) => {
            let file = file.clone();
            let writes = interp.get_attr(&file, "write")?;
            interp.call(&writes, Args::of([Value::Str(text.into())]))?;
        }
    }
    Ok(Value::None)
}

fn write(interp: &mut Interp<'_>, args: Args) -> Eval {
    let stream = match args.positional.first() {
        Some(Value::Instance(id)) => match interp.heap.instance(*id).and_then(|i| i.attrs.get("name")) {
            Some(Value::Str(name)) if &**name == "<stderr>" => Stream::Error,
            _ => Stream::Output,
        },
        _ => Stream::Output,
    };
    match args.positional.get(1) {
        Some(Value::Str(text)) => {
            interp.write_out(stream, text);
            Ok(Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)))
        }
        Some(value) => {
            interp.needs(value, "a text that is written")?;
            Ok(Value::Any(Plain::Int))
        }
        None => Ok(Value::None),
    }
}

impl Interp<'_> {
    /// A standard stream as an object; an analysis does not know it.
    pub(crate) fn stream(&mut self, name: &str) -> Value {
        if !self.carries_out() {
            return Value::unknown("a standard stream");
        }
        let class = self.native_class(STREAM.path);
        let stream = self.new_instance(class);
        if let Some(instance) = self.heap.instance_mut(stream) {
            instance.attrs.insert("name".into(), Value::str(&format!("<{}>", name.trim_matches('_'))));
        }
        Value::Instance(stream)
    }

    /// `str(value)`, which a run has to know.
    fn known_text(&mut self, value: &Value) -> Eval<String> {
        match self.display(value)? {
            Some(text) => Ok(text),
            None => Err(self.stuck(value, "a value that is printed is not known")),
        }
    }
}
