//! The numbers that a script leaves in its global names.

use array::Array;
use ops::TensorKind;
use tensor::DType;

use crate::heap::Key;
use crate::interp::Interp;
use crate::value::Value;

/// Containers nested deeper than this are not read.
const DEPTH: u32 = 20;

/// Numbers in the structure of the value that holds them.
#[derive(Clone, Debug)]
pub enum Numeric {
    /// `None`.
    None,
    /// An array, a tensor, a variable, or a plain number as an array of rank 0.
    Array {
        /// The sizes.
        shape: Vec<usize>,
        /// The elements in row-major order; bools are 0 and 1.
        values: Vec<f64>,
    },
    /// A list or tuple.
    List(Vec<Numeric>),
    /// A dict.
    Dict(Vec<(String, Numeric)>),
}

impl Numeric {
    fn scalar(value: f64) -> Numeric {
        Numeric::Array { shape: Vec::new(), values: vec![value] }
    }

    /// The elements of an array; nothing where they are no real numbers.
    fn of(array: &Array) -> Option<Numeric> {
        let values = match array.dtype() {
            DType::Bool => array.to_bools().ok()?.into_iter().map(|b| f64::from(u8::from(b))).collect(),
            d if d.is_integer() => array.to_ints().ok()?.into_iter().map(|n| n as f64).collect(),
            d if d.is_floating() => array.to_floats().ok()?,
            _ => return None,
        };
        Some(Numeric::Array { shape: array.shape().to_vec(), values })
    }
}

impl Interp<'_> {
    /// Reads the numbers of a global name; nothing where it is not set, or not all of it is known.
    pub fn global_numbers(&self, name: &str) -> Option<Numeric> {
        self.numeric(&self.global(name)?, 0)
    }

    /// Reads a list of Python's numbers alone, which is one array: `[0.5, 0.25]`. NumPy's `float64` is a `float`.
    fn plain_numbers(&self, items: &[Value]) -> Option<Numeric> {
        let number = |item: &Value| match item {
            Value::Float(x) => Some(*x),
            Value::Tensor(id) => {
                let double = self.trace.node(*id).spec.dtype == Some(DType::Float64);
                let array = self.array_of_node(*id).filter(|_| double && self.is_numpy_scalar(*id))?;
                array.to_floats().ok()?.first().copied()
            }
            Value::Int(_) | Value::Bool(_) => item.as_int().map(|n| n as f64),
            _ => None,
        };
        let values: Vec<f64> = items.iter().map(number).collect::<Option<_>>()?;
        Some(Numeric::Array { shape: vec![values.len()], values }).filter(|_| !items.is_empty())
    }

    /// Reads the numbers that a value holds. A `History` stands for its dict.
    fn numeric(&self, value: &Value, depth: u32) -> Option<Numeric> {
        if depth > DEPTH {
            return None;
        }
        let items = |items: &[Value]| -> Option<Vec<Numeric>> {
            items.iter().map(|item| self.numeric(item, depth + 1)).collect()
        };
        Some(match value {
            Value::None => Numeric::None,
            Value::Float(x) => Numeric::scalar(*x),
            Value::Tensor(id) if self.trace.node(*id).kind == TensorKind::Keras => return None,
            Value::Tensor(id) => Numeric::of(&self.array_of_node(*id)?)?,
            Value::Tuple(all) => match self.plain_numbers(all) {
                Some(numbers) => numbers,
                None => Numeric::List(items(all)?),
            },
            Value::List(id) => {
                let all = self.heap.list(*id)?;
                match self.plain_numbers(all) {
                    Some(numbers) => numbers,
                    None => Numeric::List(items(all)?),
                }
            }
            Value::Dict(id) => {
                let entry = |(key, (_, value)): (&Key, &(Value, Value))| {
                    let name = match key {
                        Key::Str(name) => name.to_string(),
                        Key::Int(n) => n.to_string(),
                        _ => return None,
                    };
                    Some((name, self.numeric(value, depth + 1)?))
                };
                Numeric::Dict(self.heap.dict(*id)?.iter().map(entry).collect::<Option<_>>()?)
            }
            Value::Instance(id) => match self.heap.instance(*id)?.attrs.get("history") {
                Some(history) => return self.numeric(&history.clone(), depth + 1),
                None => return self.numeric(&self.data(*id)?, depth + 1),
            },
            other => Numeric::scalar(other.as_int()? as f64),
        })
    }
}
