//! Random arrays, where a script is carried out: those of NumPy's generators.

use array::{Array, Stream};
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

    /// What is drawn from: the numbers below one that is given, or the items of an array.
    fn items(&self, from: &Arg) -> Option<Array> {
        match from {
            Arg::Int(n) => {
                let size = usize::try_from(*n).ok().filter(|size| *size <= array::MAX_LEN)?;
                Array::ints(&[size], DType::Int64, (0..*n).collect()).ok()
            }
            Arg::Tensor(operand) => (self.elements)(operand),
            _ => None,
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
        let [node] = nodes else { return None };
        let spec = self.trace.node(*node).spec.clone();
        let shape: Option<Vec<usize>> =
            spec.shape.all_known()?.into_iter().map(|n| usize::try_from(n).ok()).collect();
        let dtype = spec.dtype.unwrap_or(DType::Float64);
        self.draw_array(op, path, args, shape?, dtype).map(|array| vec![array])
    }

    /// Draws the Python number that a function of `np.random` gives where no size is asked for.
    pub(crate) fn drawn_number(
        &mut self,
        op: &str,
        path: &str,
        args: &[(Rc<str>, Arg)],
        result: &Arg,
    ) -> Option<Arg> {
        let dtype = match result {
            Arg::Number(dtype) => *dtype,
            Arg::Dim(tensor::Dim::Unknown) => DType::Int64,
            _ => return None,
        };
        let array = self.draw_array(op, path, args, Vec::new(), dtype)?;
        if dtype.is_integer() {
            array.to_int().ok().map(Arg::Int)
        } else {
            array.to_float().ok().map(Arg::Float)
        }
    }

    fn draw_array(
        &mut self,
        op: &str,
        path: &str,
        args: &[(Rc<str>, Arg)],
        shape: Vec<usize>,
        dtype: DType,
    ) -> Option<Array> {
        let name = op.strip_prefix("np.random.")?;
        let name = name.strip_prefix("Generator.").unwrap_or(name);
        let count = shape.iter().try_fold(1_usize, |n, size| n.checked_mul(*size))?;
        if count > array::MAX_LEN {
            return None;
        }
        self.note_numpy_draw();
        // The stream is apart while the arguments are read.
        let mut stream = std::mem::take(&mut self.numbers.as_mut()?.numpy);
        let drawn = {
            let elements = |operand: &Operand| self.elements_of(operand);
            let draw = Draw { args, elements: &elements, shape, count };
            drawn(name, path, &draw, &mut stream, dtype)
        };
        self.numbers.as_mut()?.numpy = stream;
        drawn
    }
}

fn drawn(name: &str, path: &str, draw: &Draw<'_>, stream: &mut Stream, dtype: DType) -> Option<Array> {
    // Several functions are one op.
    let name = match path.rsplit('.').next() {
        Some("randn" | "standard_normal") => "standard_normal",
        Some("standard_exponential" | "permuted") => return None,
        _ => name,
    };
    if path.contains("Generator") && dtype == DType::Float32 {
        let values = (name == "random").then(|| (0..draw.count).map(|_| stream.single()).collect());
        return Array::floats(&draw.shape, dtype, values?).ok();
    }
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
        // The newer generators draw it from layers, which are not written.
        "exponential" if matches!(stream, Stream::Legacy(_)) => {
            let scale = draw.parameter("scale", 1.0)?;
            floats(scale.iter().map(|scale| -scale * (1.0 - stream.unit()).ln()).collect())
        }
        "randint" | "integers" if dtype.is_integer() && !matches!(dtype, DType::UInt64) => {
            let (low, high) = (draw.int("low")??, draw.int("high")?);
            let (low, high) = high.map_or((0, low), |high| (low, high));
            let high = high + i64::from(matches!(draw.arg("endpoint"), Some(Arg::Bool(true))));
            let range = u64::try_from(high.checked_sub(low)?.checked_sub(1)?).ok()?;
            let mut narrow = stream.narrow(dtype.size().map_or(64, |bytes| bytes as usize * 8));
            let values = (0..draw.count).map(|_| low + narrow.below(range) as i64).collect();
            Array::ints(&draw.shape, dtype, values).ok()
        }
        "permutation" => {
            let given = draw.items(draw.arg("x")?)?;
            let size = *given.shape().first()?;
            let order: Vec<i64> = stream.shuffled(size).into_iter().map(|i| i as i64).collect();
            array::gather(&given, &Array::ints(&[size], DType::Int64, order).ok()?, 0, 0).ok()
        }
        "binomial" => {
            let (n, p) = (draw.parameter("n", 0.0)?, draw.parameter("p", 0.0)?);
            let values: Option<Vec<i64>> = n.iter().zip(&p).map(|(n, p)| binomial(stream, *n, *p)).collect();
            Array::ints(&draw.shape, DType::Int64, values?).ok()
        }
        "poisson" => {
            let rate = draw.parameter("lam", 1.0)?;
            let values: Option<Vec<i64>> = rate.iter().map(|rate| poisson(stream, *rate)).collect();
            Array::ints(&draw.shape, DType::Int64, values?).ok()
        }
        "multinomial" => multinomial(draw, stream),
        "choice" => choice(draw, stream),
        _ => None,
    }
}

/// The number of successes, by going up from none; only where few are expected.
///
/// source: numpy/random/src/distributions/distributions.c: random_binomial_inversion
fn binomial(stream: &mut Stream, n: f64, p: f64) -> Option<i64> {
    if p > 0.5 {
        return binomial(stream, n, 1.0 - p).map(|failures| n as i64 - failures);
    }
    if !(n >= 0.0 && p >= 0.0 && n * p <= 30.0) {
        return None;
    }
    if n == 0.0 || p == 0.0 {
        return Some(0);
    }
    let q = 1.0 - p;
    let none = (n * q.ln()).exp();
    let bound = n.min(n * p + 10.0 * (n * p * q + 1.0).sqrt()).floor();
    let (mut count, mut likely, mut left) = (0.0, none, stream.unit());
    while left > likely {
        count += 1.0;
        if count > bound {
            (count, likely, left) = (0.0, none, stream.unit());
        } else {
            left -= likely;
            likely = (n - count + 1.0) * p * likely / (count * q);
        }
    }
    Some(count as i64)
}

/// How often each of several things happens.
///
/// source: numpy/random/mtrand.pyx: RandomState.multinomial
fn multinomial(draw: &Draw<'_>, stream: &mut Stream) -> Option<Array> {
    let tries = draw.int("n")??;
    let chances = match draw.arg("pvals")? {
        Arg::Tensor(operand) => (draw.elements)(operand)?,
        Arg::List(items) | Arg::Tuple(items) => listed(items)?,
        _ => return None,
    };
    let chances = chances.cast(DType::Float64).ok()?.to_floats().ok()?;
    let kinds = chances.len();
    let mut values = vec![0; draw.count];
    for row in values.chunks_mut(kinds.max(1)) {
        let (mut left, mut rest) = (tries, 1.0);
        for (count, chance) in row.iter_mut().zip(&chances).take(kinds.saturating_sub(1)) {
            *count = binomial(stream, left as f64, (chance / rest).min(1.0))?;
            left -= *count;
            if left <= 0 {
                break;
            }
            rest -= chance;
        }
        if let Some(last) = row.last_mut().filter(|_| left > 0) {
            *last = left;
        }
    }
    Array::ints(&draw.shape, DType::Int64, values).ok()
}

/// The number of events, by their distances; only where few are expected.
///
/// source: numpy/random/src/distributions/distributions.c: random_poisson_mult
fn poisson(stream: &mut Stream, rate: f64) -> Option<i64> {
    if !(0.0..10.0).contains(&rate) {
        return None;
    }
    if rate == 0.0 {
        return Some(0);
    }
    let (end, mut product, mut count) = ((-rate).exp(), stream.unit(), 0);
    while product > end {
        product *= stream.unit();
        count += 1;
    }
    Some(count)
}

/// A list of ints, of numbers or of texts as an array.
fn listed(items: &[Arg]) -> Option<Array> {
    let shape = [items.len()];
    let ints: Option<Vec<i64>> =
        items.iter().map(|item| if let Arg::Int(n) = item { Some(*n) } else { None }).collect();
    if let Some(ints) = ints {
        return Array::ints(&shape, DType::Int64, ints).ok();
    }
    let texts: Option<Vec<std::sync::Arc<str>>> = items
        .iter()
        .map(|item| if let Arg::Str(text) = item { Some((&**text).into()) } else { None })
        .collect();
    if let Some(texts) = texts {
        return Array::texts(&shape, texts).ok();
    }
    let floats: Option<Vec<f64>> = items
        .iter()
        .map(|item| match item {
            Arg::Float(x) => Some(*x),
            Arg::Int(n) => Some(*n as f64),
            _ => None,
        })
        .collect();
    Array::floats(&shape, DType::Float64, floats?).ok()
}

/// `np.random.choice(a, size, replace, p)`.
fn choice(draw: &Draw<'_>, stream: &mut Stream) -> Option<Array> {
    let from = match draw.arg("a")? {
        Arg::List(items) | Arg::Tuple(items) => listed(items)?,
        one => draw.items(one)?,
    };
    let size = *from.shape().first().filter(|n| **n > 0)?;
    let replaces = !matches!(draw.arg("replace"), Some(Arg::Bool(false)));
    let order: Vec<i64> = match (draw.arg("p"), replaces) {
        (None, true) => (0..draw.count).map(|_| stream.below(size as u64 - 1) as i64).collect(),
        (None, false) => stream.different(size, draw.count).into_iter().map(|i| i as i64).collect(),
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
