//! `str`, `repr` and `format` of values.

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{DTypeObject, Value};

/// Containers nested deeper than this are not printed.
const DEPTH: u32 = 40;

/// Texts longer than this are not written out.
const LENGTH: usize = 1_000_000;

impl Interp<'_> {
    /// `str(value)`; nothing where it is not known.
    ///
    /// # Errors
    /// What a `__str__` of the script raises.
    pub fn display(&mut self, value: &Value) -> Eval<Option<String>> {
        match value {
            Value::Str(s) => Ok(Some(s.to_string())),
            Value::Tensor(id) => Ok(self.placeholder_str(*id).or_else(|| self.elements_str(*id))),
            Value::Shape(shape) => Ok(static_shape(shape)),
            Value::DType(dtype, DTypeObject::TensorFlow) => Ok(Some(format!("<dtype: '{}'>", dtype.name()))),
            Value::DType(dtype, DTypeObject::NumPy) => Ok(numpy_dtype(*dtype)),
            Value::Instance(id) => {
                let id = *id;
                let own = self.own_method(id, "__str__");
                if let Some(method) = own {
                    return self.text_of(value, &method);
                }
                if self.exception(id).is_some() {
                    return Ok(self.exception_text(id));
                }
                // A library's class: `str(Path("a"))`.
                let class = self.heap.instance(id).map(|i| i.class);
                if let Some((method @ Value::Native(_), _)) =
                    class.and_then(|c| self.class_attr(c, "__str__"))
                {
                    let method = self.bind_method(value.clone(), method, None);
                    return self.text_of(value, &method);
                }
                if let Some(text) = self.member_text(id, false, 0)? {
                    return Ok(Some(text));
                }
                match self.data(id) {
                    Some(Value::Str(s)) => Ok(Some(s.to_string())),
                    _ => self.repr_of(value, 0),
                }
            }
            _ => self.repr(value),
        }
    }

    /// `repr(value)`; nothing where it is not known.
    ///
    /// # Errors
    /// What a `__repr__` of the script raises.
    pub fn repr(&mut self, value: &Value) -> Eval<Option<String>> {
        self.repr_of(value, 0)
    }

    fn repr_of(&mut self, value: &Value, depth: u32) -> Eval<Option<String>> {
        self.step()?;
        if depth > DEPTH {
            return Ok(None);
        }
        Ok(match value {
            Value::None => Some("None".to_owned()),
            Value::Bool(true) => Some("True".to_owned()),
            Value::Bool(false) => Some("False".to_owned()),
            Value::Int(n) | Value::Dim(tensor::Dim::Known(n)) => Some(n.to_string()),
            Value::Float(x) => Some(super::number_text::repr(*x)),
            Value::Str(s) => Some(quoted(s)),
            Value::Bytes(b) => Some(quoted_bytes(b)),
            Value::Ellipsis => Some("Ellipsis".to_owned()),
            Value::NotImplemented => Some("NotImplemented".to_owned()),
            Value::Range(start, stop, 1) => Some(format!("range({start}, {stop})")),
            Value::Range(start, stop, step) => Some(format!("range({start}, {stop}, {step})")),
            Value::Tuple(items) if self.output_fields(items).is_some() => {
                let (class, names) = self.output_fields(items).unwrap_or_default();
                let mut parts = Vec::with_capacity(names.len());
                for (name, item) in names.iter().zip(items.iter()) {
                    let Some(text) = self.repr_of(item, depth + 1)? else { return Ok(None) };
                    parts.push(format!("{name}={text}"));
                }
                Some(format!("{class}({})", parts.join(", ")))
            }
            Value::Tuple(items) => {
                let comma = if items.len() == 1 { "," } else { "" };
                self.repr_items(&items.clone(), depth)?.map(|text| format!("({text}{comma})"))
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => {
                    let deque = self.kinds.get(id).filter(|kind| kind.name == "deque").cloned();
                    let limit = match deque.as_ref().map(|kind| &kind.extra) {
                        Some(limit) if limit.as_int().is_some() => {
                            format!(", maxlen={}", limit.as_int().unwrap_or(0))
                        }
                        _ => String::new(),
                    };
                    let text = self.repr_items(&items, depth)?;
                    let view = self.kind_of(*id).filter(|kind| kind.starts_with("dict_"));
                    text.map(|text| match (deque, view) {
                        (Some(_), _) => format!("deque([{text}]{limit})"),
                        (None, Some(view)) => format!("{view}([{text}])"),
                        (None, None) => format!("[{text}]"),
                    })
                }
                None => None,
            },
            Value::Dict(id) => self.repr_dict(*id, depth)?,
            Value::Set(id) => self.repr_set(*id, depth)?,
            Value::Slice(parts) => {
                self.repr_items(&parts.clone()[..], depth)?.map(|text| format!("slice({text})"))
            }
            Value::Class(id) => {
                let class = self.class(*id);
                match class.path.as_deref() {
                    Some(path) => match path.strip_prefix("builtins.") {
                        Some(name) => Some(format!("<class '{name}'>")),
                        None if path == super::objects::EAGER
                            || path.starts_with("numpy.dtypes.")
                            || path.starts_with("dict_") =>
                        {
                            Some(format!("<class '{path}'>"))
                        }
                        None => names::canonical(crate::value::profile(self.keras), path)
                            .map(|definition| format!("<class '{}'>", definition.replace(':', "."))),
                    },
                    None => Some(format!("<class '__main__.{}'>", class.name)),
                }
            }
            Value::Instance(id) => self.repr_instance(*id, value, depth)?,
            Value::Tensor(id) => self.placeholder_repr(*id).or_else(|| self.elements_repr(*id)),
            Value::Shape(shape) => shape_repr(shape),
            Value::Native(native) if native.name.starts_with("builtins.") => {
                native.name.strip_prefix("builtins.").map(|name| format!("<built-in function {name}>"))
            }
            Value::DType(dtype, DTypeObject::TensorFlow) => Some(format!("tf.{}", dtype.name())),
            // A dtype of another package's.
            Value::DType(tensor::DType::BFloat16, DTypeObject::NumPy) => Some("dtype(bfloat16)".to_owned()),
            Value::DType(tensor::DType::BFloat16, DTypeObject::Scalar) => None,
            Value::DType(dtype, DTypeObject::Scalar) => {
                numpy_dtype(*dtype).map(|name| format!("<class 'numpy.{name}'>"))
            }
            Value::DType(dtype, DTypeObject::NumPy) => numpy_dtype(*dtype)
                .map(|name| format!("dtype('{}')", if name == "object" { "O" } else { &name })),
            Value::Function(_) | Value::Api(_) | Value::Bound(_) if self.carries_out() => {
                self.function_text(value)
            }
            _ => None,
        }
        .filter(|text| text.len() <= LENGTH))
    }

    /// An object that shows its attributes: `Namespace(epochs=3)` of `argparse`, `namespace(a=1)` of `types`.
    fn repr_namespace(&mut self, id: crate::heap::ObjId, depth: u32) -> Eval<Option<String>> {
        let Some(instance) = self.heap.instance(id) else { return Ok(None) };
        let name = match self.class(instance.class).path.as_deref() {
            Some("argparse.Namespace") => "Namespace",
            Some("types.SimpleNamespace") => "namespace",
            _ => return Ok(None),
        };
        let attrs: Vec<_> =
            instance.attrs.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut parts = Vec::with_capacity(attrs.len());
        for (name, value) in attrs {
            let Some(text) = self.repr_of(&value, depth + 1)? else { return Ok(None) };
            parts.push(format!("{name}={text}"));
        }
        Ok(Some(format!("{name}({})", parts.join(", "))))
    }

    fn repr_instance(&mut self, id: crate::heap::ObjId, value: &Value, depth: u32) -> Eval<Option<String>> {
        if let Some(method) = self.own_method(id, "__repr__") {
            return self.text_of(value, &method);
        }
        if let Some(state) = self.exception(id) {
            let _ = state;
            let name = self.exception_name(id);
            let args = self.heap.instance(id).and_then(|i| i.attrs.get("args")).cloned();
            return Ok(match args {
                Some(Value::Tuple(args)) => {
                    self.repr_items(&args, depth)?.map(|text| format!("{name}({text})"))
                }
                _ => None,
            });
        }
        if let Some(text) = self.repr_record(id, depth)? {
            return Ok(Some(text));
        }
        if let Some(text) = self.repr_namespace(id, depth)? {
            return Ok(Some(text));
        }
        // A library's class: `repr(tf.TensorSpec([2]))`.
        let class = self.heap.instance(id).map(|i| i.class);
        if let Some((method @ Value::Native(_), _)) = class.and_then(|c| self.class_attr(c, "__repr__")) {
            let method = self.bind_method(value.clone(), method, None);
            return self.text_of(value, &method);
        }
        if self.keras == ops::Keras::Three {
            let told = |state: &crate::framework::layer::LayerState| {
                state.lost.is_none() && (state.decl.is_some() || self.carries_out())
            };
            if self.layer(id).is_some_and(told) {
                return Ok(Some(self.keras_repr(value)));
            }
            if self.is_metric(value) && self.config(id).is_some() {
                let name = self.config(id).map(|state| state.name.clone()).unwrap_or_default();
                return Ok(Some(format!("<{} name={name}>", self.class_name(id))));
            }
        }
        if self.keras == ops::Keras::Two
            && self.carries_out()
            && self.is_metric(value)
            && self.config(id).is_some()
        {
            // Keras 2's metrics show their configs: `Mean(name=loss,dtype=float32)`.
            let config = self.call_method(value, "get_config", crate::value::Args::default())?;
            let Some(pairs) = config.and_then(|config| self.pairs_of(&config)) else { return Ok(None) };
            let mut parts = Vec::with_capacity(pairs.len());
            for (key, value) in pairs {
                let (Some(key), Some(text)) = (key.as_str(), self.display(&value)?) else { return Ok(None) };
                parts.push(format!("{key}={text}"));
            }
            return Ok(Some(format!("{}({})", self.class_name(id), parts.join(","))));
        }
        match self.data(id) {
            Some(Value::Bytes(bytes)) if &*self.class_name(id) == "bytearray" => {
                Ok(Some(format!("bytearray({})", quoted_bytes(&bytes))))
            }
            Some(data) => self.repr_of(&data, depth + 1),
            None if self.carries_out() => Ok(self.plain_object(id)),
            None => Ok(None),
        }
    }

    /// The fields of a tuple that holds all results of an op of TensorFlow's: `TopKV2(values=…, indices=…)`.
    fn output_fields(&self, items: &[Value]) -> Option<(&'static str, &'static [&'static str])> {
        let eager =
            |v: &Value| matches!(v, Value::Tensor(id) if self.trace.node(*id).kind == ops::TensorKind::Eager);
        let whole = self.carries_out() && items.iter().all(eager);
        let (class, names) = self.named_outputs(items).filter(|_| whole)?;
        // What a script puts together of parts is a tuple of its own.
        let together = |pair: &[Value]| {
            matches!(pair, [Value::Tensor(a), Value::Tensor(b)]
                if self.trace.node(*a).span == self.trace.node(*b).span && a != b)
        };
        (names.len() == items.len() && items.windows(2).all(together)).then_some((class, names))
    }

    pub(crate) fn repr_items(&mut self, items: &[Value], depth: u32) -> Eval<Option<String>> {
        let mut out = String::new();
        for (i, item) in items.iter().enumerate() {
            let Some(text) = self.repr_of(item, depth + 1)? else { return Ok(None) };
            if i > 0 {
                out.push_str(", ");
            }
            out.push_str(&text);
            if out.len() > LENGTH {
                return Ok(None);
            }
        }
        Ok(Some(out))
    }

    fn repr_dict(&mut self, id: crate::heap::ObjId, depth: u32) -> Eval<Option<String>> {
        let Some(items) = self.heap.dict(id).cloned() else { return Ok(None) };
        let mut parts = Vec::with_capacity(items.len());
        for (key, value) in items.values() {
            let (key, value) = (self.repr_of(key, depth + 1)?, self.repr_of(value, depth + 1)?);
            let (Some(key), Some(value)) = (key, value) else { return Ok(None) };
            parts.push((key, value));
        }
        let pairs =
            |sep: &str| parts.iter().map(|(k, v)| format!("{k}{sep}{v}")).collect::<Vec<_>>().join(", ");
        Ok(match self.kind_of(id) {
            None => Some(format!("{{{}}}", pairs(": "))),
            Some("OrderedDict") if parts.is_empty() => Some("OrderedDict()".to_owned()),
            Some("OrderedDict") => {
                let items: Vec<String> = parts.iter().map(|(k, v)| format!("({k}, {v})")).collect();
                Some(format!("OrderedDict([{}])", items.join(", ")))
            }
            Some("Counter") if parts.is_empty() => Some("Counter()".to_owned()),
            Some("Counter") => {
                // By falling counts; those that are alike stand in the order in which they came.
                let count = |value: &Value| match value {
                    Value::Float(x) => Some(*x),
                    value => value.as_int().map(|n| n as f64),
                };
                let counts: Option<Vec<f64>> = items.values().map(|(_, value)| count(value)).collect();
                let Some(counts) = counts else { return Ok(None) };
                let mut order: Vec<usize> = (0..parts.len()).collect();
                order.sort_by(|a, b| counts[*b].total_cmp(&counts[*a]));
                let shown: Vec<String> =
                    order.into_iter().map(|at| format!("{}: {}", parts[at].0, parts[at].1)).collect();
                Some(format!("Counter({{{}}})", shown.join(", ")))
            }
            Some("defaultdict") => {
                let factory = self.kinds.get(&id).map(|kind| kind.extra.clone()).unwrap_or(Value::None);
                let factory = self.repr_of(&factory, depth + 1)?;
                factory.map(|factory| format!("defaultdict({factory}, {{{}}})", pairs(": ")))
            }
            Some(_) => None,
        })
    }

    fn repr_set(&mut self, id: crate::heap::ObjId, depth: u32) -> Eval<Option<String>> {
        let crate::heap::Object::Set(items) = self.heap.get(id) else { return Ok(None) };
        let items: Vec<Value> = items.values().cloned().collect();
        // The order of strings in a set differs from run to run.
        let strings = items.iter().filter(|v| v.as_int().is_none()).count();
        if strings > 1 || (strings == 1 && items.len() > 1) {
            return Ok(None);
        }
        let frozen = self.kind_of(id) == Some("frozenset");
        let Some(text) = self.repr_items(&items, depth)? else { return Ok(None) };
        Ok(Some(match (items.is_empty(), frozen) {
            (true, false) => "set()".to_owned(),
            (true, true) => "frozenset()".to_owned(),
            (false, false) => format!("{{{text}}}"),
            (false, true) => format!("frozenset({{{text}}})"),
        }))
    }

    /// A method that the script's own classes define, bound.
    pub(crate) fn own_method(&mut self, id: crate::heap::ObjId, name: &str) -> Option<Value> {
        let class = self.heap.instance(id)?.class;
        let (value, owner) = self.class_attr(class, name)?;
        matches!(value, Value::Function(_) | Value::Wrapped(_))
            .then(|| self.bind_method(Value::Instance(id), value, Some(owner)))
    }

    fn text_of(&mut self, value: &Value, method: &Value) -> Eval<Option<String>> {
        match self.call(method, crate::value::Args::default())? {
            Value::Str(text) => Ok(Some(text.to_string())),
            Value::Unknown(_) | Value::Any(crate::value::Plain::Str) | Value::Instance(_) => Ok(None),
            other => {
                let _ = value;
                let text = format!("__str__ returned non-string (type {})", self.type_name(&other));
                Err(self.raise(ops::Exc::TypeError, text))
            }
        }
    }

    /// `format(value, spec)`; nothing where it is not known.
    ///
    /// # Errors
    /// `ValueError` for a specification that does not fit, and what a `__format__` of the script raises.
    pub fn format(&mut self, value: &Value, spec: &str) -> Eval<Option<String>> {
        if let Value::Instance(id) = value
            && let Some(method) = self.own_method(*id, "__format__")
        {
            let args = crate::value::Args::of([Value::str(spec)]);
            return Ok(self.call(&method, args)?.as_str().map(str::to_owned));
        }
        if let Value::Tensor(node) = value
            && self.carries_out()
            && let Some(text) = self.format_elements(*node, spec)?
        {
            return Ok(Some(text));
        }
        if spec.is_empty() {
            return self.display(value);
        }
        if let Value::Instance(id) = value
            && let Some(text) = self.member_text(*id, false, 0)?
        {
            return self.format(&Value::Str(text.into()), spec);
        }
        let plain = self.formatted(value);
        let formatted = {
            let Some(parsed) = super::spec::parse(spec) else {
                return match plain {
                    Value::Int(_) | Value::Float(_) | Value::Str(_) => {
                        Err(self.raise(ops::Exc::ValueError, "Invalid format specifier"))
                    }
                    _ => Ok(None),
                };
            };
            match &plain {
                Value::Str(text) => parsed.text(text),
                Value::Float(x) => parsed.float(*x),
                Value::Int(_) | Value::Bool(_) | Value::Dim(tensor::Dim::Known(_)) => {
                    parsed.int(plain.as_int().unwrap_or(0))
                }
                Value::None | Value::List(_) | Value::Dict(_) | Value::Tuple(_) | Value::Set(_) => {
                    let kind = self.type_name(&plain);
                    let text = format!("unsupported format string passed to {kind}.__format__");
                    return Err(self.raise(ops::Exc::TypeError, text));
                }
                _ => return Ok(None),
            }
        };
        match formatted {
            Ok(text) => Ok(Some(text)),
            Err(super::spec::FormatError::TooLong) => Ok(None),
            Err(super::spec::FormatError::Value(text)) => Err(self.raise(ops::Exc::ValueError, text)),
        }
    }

    /// Calls that need the caller's own frame: `super()`, `locals()`.
    ///
    /// # Errors
    /// None yet.
    pub(crate) fn special_call(
        &mut self,
        name: &str,
        callee: &Value,
        args: &crate::value::Args,
    ) -> Eval<Option<Value>> {
        let is_super =
            matches!(callee, Value::Class(id) if self.class(*id).path.as_deref() == Some("builtins.super"));
        if name != "super" || !is_super || !args.positional.is_empty() {
            return Ok(None);
        }
        let method = self.frames.iter().rev().find_map(|f| f.method.clone());
        Ok(method.map(|(object, owner)| Value::Wrapped(crate::value::Wrapped::Super(object, owner).into())))
    }
}

/// What a kernel raises on values names the operation, which has no name.
///
/// source: `tensorflow/python/framework/ops.py`, raise_from_not_ok_status
pub(crate) fn named_kernel(core: String) -> String {
    let of_kernel = core.ends_with(']') && core.rsplit_once(" [Op:").is_some_and(|(_, op)| !op.contains(' '));
    if of_kernel { core + " name: " } else { core }
}

/// `str(shape)` of a `TensorShape`.
fn static_shape(shape: &tensor::Shape) -> Option<String> {
    Some(match &static_dims(shape)?[..] {
        [one] => format!("({one},)"),
        dims => format!("({})", dims.join(", ")),
    })
}

/// `repr(shape)` of a `TensorShape`.
fn shape_repr(shape: &tensor::Shape) -> Option<String> {
    Some(format!("TensorShape([{}])", static_dims(shape)?.join(", ")))
}

/// The sizes of a shape as text, where it can be told which are `None`.
fn static_dims(shape: &tensor::Shape) -> Option<Vec<String>> {
    let text = |dim: &tensor::Dim| match dim {
        tensor::Dim::Known(n) => Some(n.to_string()),
        tensor::Dim::Symbol(_) => Some("None".to_owned()),
        tensor::Dim::Unknown => None,
    };
    shape.dims()?.iter().map(text).collect()
}

/// A string literal as `repr` writes it.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || (0x7f..0xa1).contains(&(c as u32)) => {
                out.push_str(&format!("\\x{:02x}", c as u32));
            }
            c if c != ' ' && !is_printable(c) => out.push_str(&escaped(c)),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Tells whether `repr` shows a letter as it is: no space but the plain one, nothing that only formats, nothing private.
fn is_printable(c: char) -> bool {
    !matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{1680}'
        | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3000}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{f0000}'..)
}

/// A letter by its number.
fn escaped(c: char) -> String {
    match c as u32 {
        n @ ..0x100 => format!("\\x{n:02x}"),
        n @ 0x100..0x1_0000 => format!("\\u{n:04x}"),
        n => format!("\\U{n:08x}"),
    }
}

/// A text with only letters of ASCII: `ascii("é")`.
pub(crate) fn in_ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c.to_string() } else { escaped(c) }).collect()
}

/// `repr` of bytes.
pub(crate) fn quoted_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for b in bytes {
        match b {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b if char::from(*b) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..0x7f => out.push(char::from(*b)),
            b => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push(quote);
    out
}

/// The name of a dtype of NumPy's; nothing for texts, whose length is a part of it, and for dtypes of others.
fn numpy_dtype(dtype: tensor::DType) -> Option<String> {
    let own = dtype == tensor::DType::Bool
        || dtype == tensor::DType::Object
        || dtype.is_integer()
        || dtype.is_floating()
        || dtype.is_complex();
    own.then(|| dtype.name().to_owned())
}
