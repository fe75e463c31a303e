//! Random arrays, where a script is carried out: bit for bit those of NumPy's legacy generator.

use array::{Array, Mersenne};
use graph::NodeId;
use ops::{Arg, Operand};
use std::rc::Rc;
use tensor::DType;

use crate::interp::Interp;

/// The arguments of a draw.
struct Draw<'a> {
    args: &'a [(Rc<str>, Arg)],
    elements: &'a dyn Fn(&Operand) -> Option<Array>,
    /// How many numbers are drawn, and in which shape.
    shape: Vec<usize>,
    count: usize,
}

impl Draw<'_> {
    fn arg(&self, name: &str) -> Option<&Arg> {
        let found = self.args.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg);
        found.filter(|arg| !matches!(arg, Arg::Missing | Arg::None))
    }

    /// A parameter of a distribution: a number, or an array of the shape that is drawn.
    fn parameter(&self, name: &str, default: f64) -> Option<Vec<f64>> {
        let one = match self.arg(name) {
            None => default,
            Some(Arg::Int(n)) => *n as f64,
            Some(Arg::Float(x)) => *x,
            Some(Arg::Tensor(operand)) => {
                let array = (self.elements)(operand)?.cast(DType::Float64).ok()?;
                return array.broadcast_to(&self.shape).ok()?.to_floats().ok();
            }
            Some(_) => return None,
        };
        Some(vec![one; self.count])
    }

    fn int(&self, name: &str) -> Option<Option<i64>> {
        match self.arg(name) {
            None => Some(None),
            Some(Arg::Int(n)) => Some(Some(*n)),
            Some(Arg::Float(x)) if x.fract() == 0.0 => Some(Some(*x as i64)),
            Some(Arg::Tensor(operand)) => (self.elements)(operand)?.to_int().ok().map(Some),
            Some(_) => None,
        }
    }
}

impl Interp<'_> {
    /// Draws what a function of `np.random` gives; nothing where it is not one, or not written.
    pub(crate) fn draw(
        &mut self,
        op: &str,
        path: &str,
        args: &[(Rc<str>, Arg)],
        nodes: &[NodeId],
    ) -> Option<Vec<Array>> {
        let name = op.strip_prefix("np.random.").filter(|_| !path.contains("Generator"))?;
        let [node] = nodes else { return None };
        let spec = self.trace.node(*node).spec.clone();
        let shape: Option<Vec<usize>> =
            spec.shape.all_known()?.into_iter().map(|n| usize::try_from(n).ok()).collect();
        let shape = shape?;
        let count = shape.iter().try_fold(1_usize, |n, size| n.checked_mul(*size))?;
        if count > array::MAX_LEN {
            return None;
        }
        // The stream is apart while the arguments are read.
        let mut stream = std::mem::take(&mut self.numbers.as_mut()?.mersenne);
        let drawn = {
            let elements = |operand: &Operand| self.elements_of(operand);
            let draw = Draw { args, elements: &elements, shape, count };
            drawn(name, path, &draw, &mut stream, spec.dtype.unwrap_or(DType::Float64))
        };
        self.numbers.as_mut()?.mersenne = stream;
        drawn.map(|array| vec![array])
    }
}

fn drawn(name: &str, path: &str, draw: &Draw<'_>, stream: &mut Mersenne, dtype: DType) -> Option<Array> {
    let name = if path.ends_with(".randn") { "standard_normal" } else { name };
    let floats = |values: Vec<f64>| Array::floats(&draw.shape, DType::Float64, values).ok();
    match name {
        "rand" | "random" | "random_sample" => floats((0..draw.count).map(|_| stream.unit()).collect()),
        "randn" | "standard_normal" => floats((0..draw.count).map(|_| stream.normal()).collect()),
        "normal" => {
            let (loc, scale) = (draw.parameter("loc", 0.0)?, draw.parameter("scale", 1.0)?);
            floats(loc.iter().zip(&scale).map(|(loc, scale)| loc + scale * stream.normal()).collect())
        }
        "lognormal" => {
            let (mean, sigma) = (draw.parameter("mean", 0.0)?, draw.parameter("sigma", 1.0)?);
            floats(mean.iter().zip(&sigma).map(|(m, s)| (m + s * stream.normal()).exp()).collect())
        }
        "uniform" => {
            let (low, high) = (draw.parameter("low", 0.0)?, draw.parameter("high", 1.0)?);
            floats(low.iter().zip(&high).map(|(low, high)| low + (high - low) * stream.unit()).collect())
        }
        "exponential" => {
            let scale = draw.parameter("scale", 1.0)?;
            floats(scale.iter().map(|scale| -scale * (1.0 - stream.unit()).ln()).collect())
        }
        "randint" if dtype == DType::Int64 => {
            let (low, high) = (draw.int("low")??, draw.int("high")?);
            let (low, high) = high.map_or((0, low), |high| (low, high));
            let range = u64::try_from(high.checked_sub(low)?.checked_sub(1)?).ok()?;
            let values = (0..draw.count).map(|_| low + stream.masked(range) as i64).collect();
            Array::ints(&draw.shape, dtype, values).ok()
        }
        "permutation" => {
            let given = match draw.arg("x")? {
                Arg::Int(n) => {
                    Array::ints(&[usize::try_from(*n).ok()?], DType::Int64, (0..*n).collect()).ok()?
                }
                Arg::Tensor(operand) => (draw.elements)(operand)?,
                _ => return None,
            };
            let size = *given.shape().first()?;
            let order: Vec<i64> = stream.shuffled(size).into_iter().map(|i| i as i64).collect();
            array::gather(&given, &Array::ints(&[size], DType::Int64, order).ok()?, 0, 0).ok()
        }
        "choice" => choice(draw, stream),
        _ => None,
    }
}

/// `np.random.choice(a, size, replace, p)`.
fn choice(draw: &Draw<'_>, stream: &mut Mersenne) -> Option<Array> {
    let from = match draw.arg("a")? {
        Arg::Int(n) => Array::ints(&[usize::try_from(*n).ok()?], DType::Int64, (0..*n).collect()).ok()?,
        Arg::Tensor(operand) => (draw.elements)(operand)?,
        Arg::List(items) | Arg::Tuple(items) => {
            let ints: Option<Vec<i64>> =
                items.iter().map(|i| if let Arg::Int(n) = i { Some(*n) } else { None }).collect();
            let ints = ints?;
            Array::ints(&[ints.len()], DType::Int64, ints).ok()?
        }
        _ => return None,
    };
    let size = *from.shape().first().filter(|n| **n > 0)?;
    let replaces = !matches!(draw.arg("replace"), Some(Arg::Bool(false)));
    let order: Vec<i64> = match (draw.arg("p"), replaces) {
        (None, true) => (0..draw.count).map(|_| stream.masked(size as u64 - 1) as i64).collect(),
        (None, false) => stream.shuffled(size).into_iter().take(draw.count).map(|i| i as i64).collect(),
        (Some(p), true) => {
            let weights: Vec<f64> = match p {
                Arg::Tensor(operand) => {
                    (draw.elements)(operand)?.cast(DType::Float64).ok()?.to_floats().ok()?
                }
                Arg::List(items) | Arg::Tuple(items) => items
                    .iter()
                    .map(|i| match i {
                        Arg::Float(x) => Some(*x),
                        Arg::Int(n) => Some(*n as f64),
                        _ => None,
                    })
                    .collect::<Option<_>>()?,
                _ => return None,
            };
            let mut sums = weights;
            (1..sums.len()).for_each(|i| sums[i] += sums[i - 1]);
            let all = *sums.last()?;
            sums.iter_mut().for_each(|s| *s /= all);
            (0..draw.count)
                .map(|_| {
                    let u = stream.unit();
                    sums.partition_point(|s| *s <= u) as i64
                })
                .collect()
        }
        (Some(_), false) => return None,
    };
    array::gather(&from, &Array::ints(&draw.shape, DType::Int64, order).ok()?, 0, 0).ok()
}
