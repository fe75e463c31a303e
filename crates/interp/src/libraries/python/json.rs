//! `json`: texts are read and written; the files of a script only where it is carried out.

use std::rc::Rc;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// How deep a document may nest.
const DEPTH: u32 = 100;

pub(super) static FUNCTIONS: &[Native] = &[
    native("json.loads", loads),
    native("json.load", |interp, args| {
        if !interp.carries_out() {
            return Ok(interp.unknown("the contents of a JSON file"));
        }
        let file = args.get(0, "fp").cloned().unwrap_or(Value::None);
        let text = interp.call_method(&file, "read", Args::default())?.unwrap_or(Value::None);
        loads(interp, Args::of([text]))
    }),
    native("json.dumps", dumps),
    native("json.dump", |interp, mut args| {
        if !interp.carries_out() || args.positional.len() < 2 {
            return Ok(Value::None);
        }
        let file = args.positional.remove(1);
        let text = dumps(interp, args)?;
        interp.needs_text(&text)?;
        interp.call_method(&file, "write", Args::of([text]))?;
        Ok(Value::None)
    }),
];

/// How a document is laid out.
struct Layout {
    /// The text that a level is indented by.
    indent: Option<String>,
    between: String,
    colon: String,
    sorted: bool,
    ascii: bool,
}

impl Layout {
    /// Reads the arguments of `dumps`; nothing where one is not followed.
    fn of(args: &Args) -> Option<Layout> {
        let mut layout = Layout {
            indent: None,
            between: ", ".to_owned(),
            colon: ": ".to_owned(),
            sorted: false,
            ascii: true,
        };
        for (name, value) in &args.keywords {
            match (&**name, value) {
                ("indent" | "separators" | "default" | "cls", Value::None) => {}
                ("indent", Value::Str(text)) => layout.indent = Some(text.to_string()),
                ("indent", value) => {
                    let count = usize::try_from(value.as_int()?).ok().filter(|count| *count <= 100)?;
                    layout.indent = Some(" ".repeat(count));
                }
                ("separators", Value::Tuple(pair)) => {
                    let [between, colon] = &**pair else { return None };
                    layout.between = between.as_str()?.to_owned();
                    layout.colon = colon.as_str()?.to_owned();
                }
                ("sort_keys", Value::Bool(flag)) => layout.sorted = *flag,
                ("ensure_ascii", Value::Bool(flag)) => layout.ascii = *flag,
                _ => return None,
            }
        }
        if layout.indent.is_some() && args.keyword("separators").is_none_or(Value::is_none) {
            layout.between = ",".to_owned();
        }
        Some(layout)
    }

    /// Begins a line of its own for an item, where lines are indented.
    fn begin(&self, out: &mut String, depth: u32) {
        if let Some(indent) = &self.indent {
            out.push('\n');
            out.push_str(&indent.repeat(depth as usize));
        }
    }
}

fn loads(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.first() {
        Some(Value::Str(text)) => {
            let text: Rc<str> = text.clone();
            let mut reader = Reader { interp, text: text.as_bytes(), at: 0 };
            reader.space();
            let value = reader.value(0);
            reader.space();
            let whole = reader.at == text.len();
            match value {
                Ok(Some(value)) if whole => Ok(value),
                Ok(_) => Ok(interp.unknown("a JSON text that is not read")),
                Err(halt) => Err(halt),
            }
        }
        Some(value @ (Value::None | Value::Int(_) | Value::Dict(_) | Value::List(_) | Value::Float(_))) => {
            let kind = interp.type_name(value);
            let text = format!("the JSON object must be str, bytes or bytearray, not {kind}");
            Err(interp.raise(ops::Exc::TypeError, text))
        }
        _ => Ok(interp.unknown("the contents of a JSON text")),
    }
}

struct Reader<'i, 'a, 't> {
    interp: &'i mut Interp<'a>,
    text: &'t [u8],
    at: usize,
}

impl Reader<'_, '_, '_> {
    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let found = self.text[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found.then_some(value)
    }

    /// Reads a value; nothing where the text is malformed.
    fn value(&mut self, depth: u32) -> Eval<Option<Value>> {
        self.interp.step()?;
        if depth > DEPTH {
            return Ok(None);
        }
        Ok(match self.text.get(self.at) {
            Some(b'{') => return self.object(depth),
            Some(b'[') => return self.array(depth),
            Some(b'"') => self.string().map(|s| Value::Str(s.into())),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::None),
            Some(b'N') => self.word("NaN", Value::Float(f64::NAN)),
            Some(_) => self.number(),
            None => None,
        })
    }

    fn object(&mut self, depth: u32) -> Eval<Option<Value>> {
        self.at += 1;
        let mut pairs = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Some(self.interp.new_dict(pairs)));
        }
        loop {
            self.space();
            let Some(key) = self.string() else { return Ok(None) };
            self.space();
            if !self.take(b':') {
                return Ok(None);
            }
            self.space();
            let Some(value) = self.value(depth + 1)? else { return Ok(None) };
            pairs.push((Value::Str(key.into()), value));
            self.space();
            if self.take(b'}') {
                return Ok(Some(self.interp.new_dict(pairs)));
            }
            if !self.take(b',') {
                return Ok(None);
            }
        }
    }

    fn array(&mut self, depth: u32) -> Eval<Option<Value>> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Some(self.interp.new_list(items)));
        }
        loop {
            self.space();
            let Some(value) = self.value(depth + 1)? else { return Ok(None) };
            items.push(value);
            self.space();
            if self.take(b']') {
                return Ok(Some(self.interp.new_list(items)));
            }
            if !self.take(b',') {
                return Ok(None);
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.take(b'"') {
            return None;
        }
        let mut bytes = Vec::new();
        loop {
            let byte = *self.text.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(bytes).ok(),
                b'\\' => {
                    let escaped = *self.text.get(self.at)?;
                    self.at += 1;
                    let c = match escaped {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        b'u' => {
                            let digits = self.text.get(self.at..self.at + 4)?;
                            self.at += 4;
                            let code = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
                            char::from_u32(code)?
                        }
                        other => char::from(other),
                    };
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                byte => bytes.push(byte),
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|b| b.is_ascii_digit() || b"+-.eE".contains(b)) {
            self.at += 1;
        }
        let text = std::str::from_utf8(self.text.get(start..self.at)?).ok()?;
        if text.is_empty() {
            return None;
        }
        match text.parse::<i64>() {
            Ok(n) => Some(Value::Int(n)),
            Err(_) => text.parse().ok().map(Value::Float),
        }
    }
}

fn dumps(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Any(Plain::Str)) };
    // What cannot be written raises, however it would be laid out.
    let plain = Args::default();
    let (layout, known) = match Layout::of(&args) {
        Some(layout) => (Some(layout), true),
        None => (Layout::of(&plain), false),
    };
    let Some(layout) = layout else { return Ok(Value::Any(Plain::Str)) };
    let foreign = args.keyword("default").is_some_and(|default| !default.is_none());
    if foreign {
        return Ok(Value::Any(Plain::Str));
    }
    let mut out = String::new();
    let written = write(interp, value, &layout, &mut out, 0)?;
    Ok(if written && known { Value::Str(out.into()) } else { Value::Any(Plain::Str) })
}

/// Writes a value; false where it is not known.
fn write(
    interp: &mut Interp<'_>,
    value: &Value,
    layout: &Layout,
    out: &mut String,
    depth: u32,
) -> Eval<bool> {
    interp.step()?;
    if depth > DEPTH || out.len() > 10_000_000 {
        return Ok(false);
    }
    match interp.plain(value) {
        Value::None => out.push_str("null"),
        Value::Bool(b) => out.push_str(if b { "true" } else { "false" }),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::Float(x) => out.push_str(&match x {
            x if x.is_nan() => "NaN".to_owned(),
            x if x.is_infinite() => if x > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
            x => crate::builtins::number_text::repr(x),
        }),
        Value::Str(text) => quote(&text, layout.ascii, out),
        Value::List(id) => match interp.heap.list(id).cloned() {
            Some(items) => return write_items(interp, &items, layout, out, depth),
            None => return Ok(false),
        },
        Value::Tuple(items) => return write_items(interp, &items, layout, out, depth),
        Value::Dict(id) => {
            let Some(items) = interp.heap.dict(id).cloned() else { return Ok(false) };
            let items: Vec<(Value, Value)> = items.values().cloned().collect();
            return write_pairs(interp, items, layout, out, depth);
        }
        other @ (Value::Set(_) | Value::Bytes(_) | Value::Function(_) | Value::Class(_)) => {
            return Err(unserialisable(interp, &other));
        }
        // NumPy's double is a float of Python's; its other numbers are not.
        Value::Tensor(id) => match interp.plain_scalar(&Value::Tensor(id)) {
            Value::Float(x) if interp.trace.node(id).spec.dtype == Some(tensor::DType::Float64) => {
                return write(interp, &Value::Float(x), layout, out, depth);
            }
            Value::Tensor(_) | Value::Float(_) | Value::Int(_) | Value::Bool(_) if interp.carries_out() => {
                return Err(unserialisable(interp, &Value::Tensor(id)));
            }
            _ => return Ok(false),
        },
        _ => return Ok(false),
    }
    Ok(true)
}

fn unserialisable(interp: &mut Interp<'_>, value: &Value) -> crate::raise::Halt {
    let text = format!("Object of type {} is not JSON serializable", interp.type_name(value));
    interp.raise(ops::Exc::TypeError, text)
}

fn write_pairs(
    interp: &mut Interp<'_>,
    items: Vec<(Value, Value)>,
    layout: &Layout,
    out: &mut String,
    depth: u32,
) -> Eval<bool> {
    let mut pairs = Vec::with_capacity(items.len());
    for (key, value) in items {
        let name = match interp.plain(&key) {
            Value::Str(key) => key.to_string(),
            Value::Int(n) => n.to_string(),
            Value::Float(x) => crate::builtins::number_text::repr(x),
            Value::Bool(flag) => flag.to_string(),
            Value::None => "null".to_owned(),
            Value::Tuple(_) => {
                let kind = interp.type_name(&key);
                let text = format!("keys must be str, int, float, bool or None, not {kind}");
                return Err(interp.raise(ops::Exc::TypeError, text));
            }
            _ => return Ok(false),
        };
        pairs.push((name, value));
    }
    if layout.sorted {
        pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
    out.push('{');
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push_str(&layout.between);
        }
        layout.begin(out, depth + 1);
        quote(name, layout.ascii, out);
        out.push_str(&layout.colon);
        if !write(interp, value, layout, out, depth + 1)? {
            return Ok(false);
        }
    }
    if !pairs.is_empty() {
        layout.begin(out, depth);
    }
    out.push('}');
    Ok(true)
}

fn write_items(
    interp: &mut Interp<'_>,
    items: &[Value],
    layout: &Layout,
    out: &mut String,
    depth: u32,
) -> Eval<bool> {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(&layout.between);
        }
        layout.begin(out, depth + 1);
        if !write(interp, item, layout, out, depth + 1)? {
            return Ok(false);
        }
    }
    if !items.is_empty() {
        layout.begin(out, depth);
    }
    out.push(']');
    Ok(true)
}

fn quote(text: &str, ascii: bool, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c.is_ascii() || !ascii) && !c.is_ascii_control() => out.push(c),
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}
