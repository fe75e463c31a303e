//! `reveal_type(x)`: what is known of a value, for tests.

use crate::heap::Object;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

pub(super) static FUNCTIONS: &[Native] = &[native("builtins.reveal_type", reveal_type)];

fn reveal_type(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.into_iter().next() else { return Ok(Value::None) };
    let text = interp.revealed(&value);
    let line = interp.line();
    interp.revealed.push((line, text));
    Ok(value)
}

impl Interp<'_> {
    /// The printed form of what is known of a value.
    pub fn revealed(&mut self, value: &Value) -> String {
        match value {
            Value::Int(n) => format!("int = {n}"),
            Value::Bool(true) => "bool = True".to_owned(),
            Value::Bool(false) => "bool = False".to_owned(),
            Value::Float(x) => format!("float = {}", super::number_text::repr(*x)),
            Value::Str(text) => format!("str = {}", double_quoted(text)),
            Value::Dim(dim) => format!("int = {dim}"),
            _ => self.shown(value, 0),
        }
    }

    /// The form inside of containers, where types of known values go without saying.
    fn shown(&mut self, value: &Value, depth: u32) -> String {
        if depth > 8 {
            return "...".to_owned();
        }
        match value {
            Value::Any(Plain::Bool) => "bool".to_owned(),
            Value::Any(Plain::Int) | Value::Drawn(_) => "int".to_owned(),
            Value::Any(Plain::Float) => "float".to_owned(),
            Value::Any(Plain::Str) => "str".to_owned(),
            Value::Str(text) => double_quoted(text),
            Value::Dim(dim) => dim.to_string(),
            Value::Unknown(_) => "Unknown".to_owned(),
            Value::Tuple(items) if items.len() == 1 => {
                let items = items.clone();
                format!("({},)", self.shown(&items[0], depth + 1))
            }
            Value::Tuple(items) => {
                let items = items.clone();
                format!("({})", self.shown_all(&items, depth))
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => format!("[{}]", self.shown_all(&items, depth)),
                None => "list".to_owned(),
            },
            Value::Dict(id) => match self.heap.dict(*id).cloned() {
                Some(items) => {
                    let pairs: Vec<String> = items
                        .values()
                        .map(|(k, v)| format!("{}: {}", self.shown(k, depth + 1), self.shown(v, depth + 1)))
                        .collect();
                    format!("{{{}}}", pairs.join(", "))
                }
                None => "dict".to_owned(),
            },
            Value::Set(id) => match self.heap.get(*id) {
                Object::Set(items) if items.is_empty() => "set()".to_owned(),
                Object::Set(items) => {
                    let items: Vec<Value> = items.values().cloned().collect();
                    format!("{{{}}}", self.shown_all(&items, depth))
                }
                _ => "set".to_owned(),
            },
            Value::Tensor(id) => self.shown_tensor(*id),
            Value::DType(dtype, _) => dtype.name().to_owned(),
            Value::Function(id) => format!("function {}", self.function(*id).qualname),
            Value::Class(id) => format!("class {}", self.class(*id).name),
            Value::Module(path) => format!("module {path}"),
            Value::Api(path) => path.to_string(),
            Value::Iterator(_) => "iterator".to_owned(),
            Value::Instance(id) => self.shown_instance(*id, value),
            _ => match self.repr(value) {
                Ok(Some(text)) => text,
                _ => self.type_name(value).to_string(),
            },
        }
    }

    fn shown_all(&mut self, items: &[Value], depth: u32) -> String {
        let shown: Vec<String> = items.iter().map(|v| self.shown(v, depth + 1)).collect();
        shown.join(", ")
    }

    fn shown_tensor(&self, id: graph::NodeId) -> String {
        let node = self.trace.node(id);
        if let (ops::TensorKind::Numpy, Some(0), tensor::Content::Array(array)) =
            (node.kind, node.spec.shape.rank(), &node.content)
            && let tensor::Data::Str(words) = &array.data
            && let [word] = &words[..]
        {
            // A word of NumPy's is a text too.
            return double_quoted(word);
        }
        let spec = node.spec.to_string();
        match node.kind {
            ops::TensorKind::Keras => format!("KerasTensor {spec}"),
            ops::TensorKind::Variable => format!("Variable {spec}"),
            _ => spec,
        }
    }

    fn shown_instance(&mut self, id: crate::heap::ObjId, value: &Value) -> String {
        if let Some(text) = self.shown_dataset(value) {
            return text;
        }
        let class = self.type_name(value);
        if self.exception(id).is_some() {
            return match self.display(value) {
                Ok(Some(text)) => format!("{class}({})", double_quoted(&text)),
                _ => class.to_string(),
            };
        }
        if let Some(text) = self.shown_layer(id) {
            return format!("{class} {text}");
        }
        match self.data(id) {
            Some(data) => format!("{class}({})", self.shown(&data, 1)),
            None => class.to_string(),
        }
    }

    /// A built layer's shapes and weights.
    fn shown_layer(&mut self, id: crate::heap::ObjId) -> Option<String> {
        let _ = id;
        None
    }
}

fn double_quoted(text: &str) -> String {
    let shown = super::text::quoted(text);
    match shown.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')) {
        Some(inner) if !inner.contains('"') => format!("\"{}\"", inner.replace("\\'", "'")),
        _ => shown,
    }
}
