//! Constants of the frameworks: dtypes, `np.pi`, `tf.newaxis`.

use tensor::DType;

use crate::interp::Interp;
use crate::value::{DTypeObject, Native, Plain, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[];

impl Interp<'_> {
    /// Returns what a framework's constant is; nothing for other names.
    pub(crate) fn framework_constant(&mut self, path: &str) -> Option<Value> {
        let (root, name) = path.split_once('.')?;
        match (root, name) {
            ("np", "pi") | ("tf", "experimental.numpy.pi") => {
                return Some(Value::Float(std::f64::consts::PI));
            }
            ("np", "e") => return Some(Value::Float(std::f64::consts::E)),
            ("np", "inf") => return Some(Value::Float(f64::INFINITY)),
            ("np", "nan") => return Some(Value::Float(f64::NAN)),
            ("np" | "tf", "newaxis") => return Some(Value::None),
            _ => {}
        }
        if root == "np"
            && let Some(object) = self.numpy_object(path)
        {
            return Some(object);
        }
        let last = name.rsplit('.').next()?;
        let prefix = &name[..name.len() - last.len()];
        if !matches!((root, prefix), ("tf", "" | "dtypes.") | ("np", "")) {
            return None;
        }
        let dtype = match (root, last) {
            ("np", "bool_" | "bool") => DType::Bool,
            ("np", "str_") => DType::String,
            ("np", "object_") => DType::Object,
            ("np", "int_" | "intp" | "long") => DType::Int64,
            ("np", "half") => DType::Float16,
            ("np", "single") => DType::Float32,
            ("np", "double") => DType::Float64,
            ("tf", "half") => DType::Float16,
            ("tf", "double") => DType::Float64,
            _ => DType::ALL.into_iter().find(|d| d.name() == last)?,
        };
        let object = if root == "np" { DTypeObject::Scalar } else { DTypeObject::TensorFlow };
        Some(Value::DType(dtype, object))
    }

    /// NumPy's scalar classes stand for dtypes.
    pub(crate) fn class_value_dtype(&self, path: &str) -> Option<DType> {
        let name = path.strip_prefix("np.")?;
        DType::ALL.into_iter().find(|d| d.name() == name)
    }

    /// Reads a recorded constant from its `repr`.
    pub(crate) fn recorded_constant(&mut self, path: &str, repr: &str) -> Value {
        match python::Default::parse(repr) {
            python::Default::None if repr == "None" => Value::None,
            python::Default::Bool(b) => Value::Bool(b),
            python::Default::Int(n) => Value::Int(n),
            python::Default::Float(x) => Value::Float(x),
            python::Default::Str(s) if repr.len() < 79 => Value::Str(s),
            python::Default::Str(_) => Value::Any(Plain::Str),
            python::Default::DType(name) => match DType::parse(&name) {
                Some(dtype) => Value::DType(dtype, DTypeObject::Unknown),
                None => self.unknown(format!("the constant `{path}`")),
            },
            _ => self.unknown(format!("the constant `{path}`")),
        }
    }
}
