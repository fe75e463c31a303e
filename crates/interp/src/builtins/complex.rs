//! Python's complex numbers, where a script is carried out: scalars of NumPy's that show what they are.

use array::{Array, Complex};
use python::ast::{Operator, UnaryOp};
use tensor::DType;

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// `complex(real, imag)` and `complex("1+2j")`.
pub(super) fn made(interp: &mut Interp<'_>, args: &Args) -> Eval {
    let part = |interp: &Interp<'_>, at: usize, name: &str| match args.get(at, name) {
        None => Some(Complex::default()),
        Some(value) => interp.complex_of(value),
    };
    if let Some(Value::Str(text)) = args.positional.first() {
        let number = text.trim().parse::<f64>().ok();
        return Ok(match number {
            Some(re) => interp.python_complex(Complex { re, im: 0.0 }),
            None => interp.unknown("a complex number written as text"),
        });
    }
    let (real, imag) = (part(interp, 0, "real"), part(interp, 1, "imag"));
    Ok(match real.zip(imag) {
        Some((a, b)) => interp.python_complex(Complex { re: a.re - b.im, im: a.im + b.re }),
        None => interp.unknown("a complex number of parts that are not known"),
    })
}

impl<'a> Interp<'a> {
    /// Makes a complex number of Python's.
    pub(crate) fn python_complex(&mut self, z: Complex) -> Value {
        let Ok(array) = Array::complexes(&[], DType::Complex128, vec![z]) else {
            return self.unknown("a complex number");
        };
        let spec = ops::numeric::spec_of(&array);
        let span = self.here();
        let node = self.trace.add(graph::Source::Constant, ops::TensorKind::Numpy, spec, span);
        self.keep_array(node, array);
        self.python_complexes.insert(node);
        Value::Tensor(node)
    }

    /// A number of Python's as a complex one.
    pub(crate) fn complex_of(&self, value: &Value) -> Option<Complex> {
        match value {
            Value::Float(re) => Some(Complex { re: *re, im: 0.0 }),
            Value::Tensor(node) if self.python_complexes.contains(node) => {
                self.array_of_node(*node)?.to_complexes().ok()?.first().copied()
            }
            other => other.as_int().map(|n| Complex { re: n as f64, im: 0.0 }),
        }
    }

    fn is_complex(&self, value: &Value) -> bool {
        matches!(value, Value::Tensor(node) if self.python_complexes.contains(node))
    }

    /// Applies an operator, where one side is a complex number and the other a number of Python's.
    pub(crate) fn complex_binary(&mut self, op: Operator, left: &Value, right: &Value) -> Option<Value> {
        if !self.is_complex(left) && !self.is_complex(right) {
            return None;
        }
        let (a, b) = (self.complex_of(left)?, self.complex_of(right)?);
        let z = match op {
            Operator::Add => Complex { re: a.re + b.re, im: a.im + b.im },
            Operator::Sub => Complex { re: a.re - b.re, im: a.im - b.im },
            Operator::Mult => Complex { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re },
            Operator::Div if b.re != 0.0 || b.im != 0.0 => {
                let size = b.re * b.re + b.im * b.im;
                Complex { re: (a.re * b.re + a.im * b.im) / size, im: (a.im * b.re - a.re * b.im) / size }
            }
            _ => return None,
        };
        Some(self.python_complex(z))
    }

    /// `-z` and `+z`.
    pub(crate) fn complex_unary(&mut self, op: UnaryOp, operand: &Value) -> Option<Value> {
        if !self.is_complex(operand) {
            return None;
        }
        let z = self.complex_of(operand)?;
        match op {
            UnaryOp::USub => Some(self.python_complex(Complex { re: -z.re, im: -z.im })),
            UnaryOp::UAdd => Some(operand.clone()),
            _ => None,
        }
    }

    /// `z.real` and `z.imag`.
    pub(crate) fn complex_attr(&self, value: &Value, name: &str) -> Option<Value> {
        let z = self.complex_of(value).filter(|_| self.is_complex(value))?;
        match name {
            "real" => Some(Value::Float(z.re)),
            "imag" => Some(Value::Float(z.im)),
            "conjugate" => Some(Value::bound(value.clone(), &CONJUGATE)),
            _ => None,
        }
    }
}

static CONJUGATE: crate::value::Native = crate::native::native("conjugate", |interp, args| {
    let z = args.positional.first().and_then(|value| interp.complex_of(value)).unwrap_or_default();
    Ok(interp.python_complex(Complex { re: z.re, im: -z.im }))
});
