//! `np.random`: draws have a shape and a dtype, never a value.

use std::rc::Rc;

use tensor::{Array, Content, DType, Data, Dim, Shape, Spread, integers_between};

use super::row;
use crate::numpy::cx::argument;
use crate::numpy::random::{draws, number};
use crate::numpy::{Nd, Np, Weak, call, convert, elements};
use crate::{Arg, Call, Exc, Infer, Op, Operand, Outputs, Param, Stop};

const SIZE: Param<Arg> = Param::named(&["size"]);
const DTYPE: Param<Option<DType>> = Param::named(&["dtype"]);
const A: Param<Operand> = Param::at(0, &["a"]);

/// A distribution: every parameter but `size` may be an array, and they are broadcast.
const fn distribution(name: &'static str, apis: &'static [&'static str], dtype: &'static str) -> Op {
    Op { kernel: dtype, ..row(name, apis, distributed) }
}

pub(super) static OPS: &[Op] = &[
    distribution("np.random.normal", &["np.random.normal"], "float64"),
    distribution("np.random.uniform", &["np.random.uniform"], "float64"),
    distribution("np.random.exponential", &["np.random.exponential"], "float64"),
    distribution("np.random.gamma", &["np.random.gamma"], "float64"),
    distribution("np.random.beta", &["np.random.beta"], "float64"),
    distribution("np.random.laplace", &["np.random.laplace"], "float64"),
    distribution("np.random.logistic", &["np.random.logistic"], "float64"),
    distribution("np.random.lognormal", &["np.random.lognormal"], "float64"),
    distribution("np.random.gumbel", &["np.random.gumbel"], "float64"),
    distribution("np.random.chisquare", &["np.random.chisquare"], "float64"),
    distribution("np.random.pareto", &["np.random.pareto"], "float64"),
    distribution("np.random.rayleigh", &["np.random.rayleigh"], "float64"),
    distribution("np.random.weibull", &["np.random.weibull"], "float64"),
    distribution("np.random.triangular", &["np.random.triangular"], "float64"),
    distribution("np.random.vonmises", &["np.random.vonmises"], "float64"),
    distribution("np.random.standard_t", &["np.random.standard_t"], "float64"),
    distribution("np.random.standard_gamma", &["np.random.standard_gamma"], "float64"),
    distribution("np.random.standard_cauchy", &["np.random.standard_cauchy"], "float64"),
    distribution("np.random.f", &["np.random.f"], "float64"),
    distribution("np.random.wald", &["np.random.wald"], "float64"),
    distribution("np.random.power", &["np.random.power"], "float64"),
    distribution("np.random.binomial", &["np.random.binomial"], "int64"),
    distribution("np.random.poisson", &["np.random.poisson"], "int64"),
    distribution("np.random.geometric", &["np.random.geometric"], "int64"),
    distribution("np.random.negative_binomial", &["np.random.negative_binomial"], "int64"),
    distribution("np.random.hypergeometric", &["np.random.hypergeometric"], "int64"),
    distribution("np.random.zipf", &["np.random.zipf"], "int64"),
    distribution("np.random.logseries", &["np.random.logseries"], "int64"),
    distribution(
        "np.random.random",
        &[
            "np.random.random",
            "np.random.random_sample",
            "np.random.ranf(size=None)",
            "np.random.sample(size=None)",
            "np.random.standard_normal",
            "np.random.standard_exponential",
        ],
        "float64",
    ),
    distribution(
        "np.random.Generator.random",
        &[
            "np.random.Generator.random(size=None, dtype=None, out=None)",
            "np.random.Generator.standard_normal(size=None, dtype=None, out=None)",
            "np.random.Generator.standard_exponential(size=None, dtype=None, method='zig', out=None)",
        ],
        "float64",
    ),
    distribution(
        "np.random.Generator.standard_gamma",
        &["np.random.Generator.standard_gamma(shape, size=None, dtype=None, out=None)"],
        "float64",
    ),
    row("np.random.rand", &["np.random.rand", "np.random.randn"], rand),
    row("np.random.randint", &["np.random.randint", "np.random.random_integers"], randint),
    row(
        "np.random.Generator.integers",
        &["np.random.Generator.integers(low, high=None, size=None, dtype=None, endpoint=False)"],
        integers,
    ),
    row("np.random.choice", &["np.random.choice"], choice),
    row(
        "np.random.Generator.choice",
        &["np.random.Generator.choice(a, size=None, replace=True, p=None, axis=0, shuffle=True)"],
        generator_choice,
    ),
    row("np.random.permutation", &["np.random.permutation"], permutation),
    row(
        "np.random.Generator.permutation",
        &[
            "np.random.Generator.permutation(x, axis=0)",
            "np.random.Generator.permuted(x, axis=None, out=None)",
        ],
        permutation,
    ),
    row("np.random.multivariate_normal", &["np.random.multivariate_normal"], multivariate),
    row(
        "np.random.Generator.multivariate_normal",
        &[
            "np.random.Generator.multivariate_normal(mean, cov, size=None, check_valid='warn', tol=1e-08, *, method='svd')",
        ],
        multivariate,
    ),
    row("np.random.dirichlet", &["np.random.dirichlet"], dirichlet),
    row("np.random.multinomial", &["np.random.multinomial"], multinomial),
];

fn distributed(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let mut parameters = Vec::new();
        for (name, arg) in c.args {
            if !matches!(&**name, "size" | "dtype" | "method" | "out") {
                parameters.push(convert::array(arg));
            }
        }
        let dtype = match np.dtype(DTYPE)? {
            Some(dtype) => dtype,
            None if c.op.kernel == "int64" => DType::Int64,
            None => DType::Float64,
        };
        let size = np.arg(SIZE);
        if size.is_none() {
            let known = parameters.into_iter().collect::<Infer<Vec<Nd>>>()?;
            return draws(np, size, &known.iter().collect::<Vec<_>>(), dtype);
        }
        let known: Vec<Nd> = parameters.into_iter().filter_map(Result::ok).collect();
        let mut out = draws(np, size, &known.iter().collect::<Vec<_>>(), dtype)?;
        if let (Outputs::Tensor(out), Some(spread)) = (&mut out, spread(c)) {
            out.content = Content::Spread(spread);
        }
        Ok(out)
    })
}

/// How the numbers are spread that a function draws, where its parameters are known.
fn spread(c: &Call<'_>) -> Option<Spread> {
    let number = |name: &str, default: f64| match c.args.iter().find(|(own, _)| &**own == name) {
        None | Some((_, Arg::Missing)) => Some(default),
        Some((_, Arg::Int(n))) => Some(*n as f64),
        Some((_, Arg::Float(x))) => Some(*x),
        Some(_) => None,
    };
    Some(match c.path.rsplit('.').next()? {
        "rand" | "random" | "random_sample" | "ranf" | "sample" => Spread::Even(0.0, 1.0),
        "randn" | "standard_normal" => Spread::Bell(0.0, 1.0),
        "uniform" => Spread::Even(number("low", 0.0)?, number("high", 1.0)?),
        "normal" => Spread::Bell(number("loc", 0.0)?, number("scale", 1.0)?),
        _ => return None,
    })
}

/// `np.random.rand(2, 3)`: the sizes are the arguments.
fn rand(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| match c.args.first() {
        Some((_, Arg::Tuple(sizes))) if sizes.is_empty() => Ok(number(DType::Float64)),
        Some((_, sizes)) => {
            let content = spread(c).map_or(Content::Unknown, Content::Spread);
            Ok(Nd { content, ..Nd::new(np.shape(sizes)?, DType::Float64) }.output())
        }
        None => Ok(number(DType::Float64)),
    })
}

fn randint(c: &Call<'_>) -> Infer<Outputs> {
    bounded(c, |low, high| match high {
        Some(high) => low >= high,
        None => low <= 0,
    })
}

fn integers(c: &Call<'_>) -> Infer<Outputs> {
    bounded(c, |low, high| match high {
        Some(high) => low > high,
        None => low < 0,
    })
}

/// Integers between bounds; `empty` tells whether there is none.
fn bounded(c: &Call<'_>, empty: fn(i64, Option<i64>) -> bool) -> Infer<Outputs> {
    call(c, |np| {
        let (low, high) = (Param::<Operand>::named(&["low"]), Param::<Operand>::named(&["high"]));
        let bound = |nd: &Nd| nd.int_values().filter(|v| v.len() == 1).and_then(|v| v.first().copied());
        let (least, most) = (np.array(low).ok(), np.maybe_array(high));
        if let (Some(from), Ok(to)) = (least.as_ref().and_then(bound), &most) {
            let end = to.as_ref().map(bound);
            let certain = !matches!(end, Some(None));
            // Where nothing is drawn, nothing is checked: `randint(0, 0, size=(3, 0))`.
            let draws_some = match np.arg(SIZE) {
                Arg::Missing | Arg::None => true,
                size => np.shape(size)?.size().known().is_some_and(|count| count > 0),
            };
            if certain && draws_some && empty(from, end.flatten()) {
                let text = if to.is_some() { "low >= high" } else { "high <= 0" };
                return np.value_error(text, argument("high", "no integer lies between the bounds"));
            }
        }
        let dtype = np.dtype(DTYPE)?.unwrap_or(DType::Int64);
        let most = most.ok().flatten();
        let first = i64::from(c.path.ends_with("random_integers"));
        let bounds = match (least.as_ref().map(bound), most.as_ref().map(bound)) {
            (Some(Some(high)), None) => Some((first, high)),
            (Some(Some(low)), Some(Some(high))) => Some((low, high)),
            _ => None,
        };
        let closed = match np.arg(Param::<Arg>::named(&["endpoint"])) {
            Arg::Missing => Some(c.path.ends_with("random_integers")),
            Arg::Bool(closed) => Some(*closed),
            _ => None,
        };
        let parameters: Vec<Nd> = least.into_iter().chain(most).collect();
        let out = draws(np, np.arg(SIZE), &parameters.iter().collect::<Vec<_>>(), dtype)?;
        let last = bounds.zip(closed).map(|((low, high), closed)| (low, high.saturating_add(closed.into())));
        let values = last.and_then(|(low, high)| integers_between(low, high));
        Ok(match values {
            Some(values) => of_draws(out, values),
            None => out,
        })
    })
}

/// The result of draws from these values.
fn of_draws(out: Outputs, values: Rc<Data>) -> Outputs {
    if values.is_empty() { out } else { with_content(out, Content::Drawn(values)) }
}

fn with_content(mut out: Outputs, content: Content) -> Outputs {
    if let Outputs::Tensor(out) = &mut out {
        out.content = content;
    }
    out
}

/// What is drawn from where items of an array are chosen: each is as likely as the others only if none comes twice.
fn items(a: &Nd) -> Option<Rc<Data>> {
    if a.rank() == Some(0) {
        return integers_between(0, a.int_values()?.first().copied()?);
    }
    let array = a.array().filter(|_| a.rank() == Some(1))?;
    let mut places: Vec<usize> = (0..array.data.len()).collect();
    places.sort_by(|a, b| elements::order(&array.data, *a, *b));
    let apart = places.windows(2).all(|pair| elements::order(&array.data, pair[0], pair[1]).is_lt());
    if apart { elements::pick(&array.data, &places).map(Rc::new) } else { None }
}

fn choice(c: &Call<'_>) -> Infer<Outputs> {
    chosen(c, false)
}

fn generator_choice(c: &Call<'_>) -> Infer<Outputs> {
    chosen(c, true)
}

fn chosen(c: &Call<'_>, generator: bool) -> Infer<Outputs> {
    call(c, |np| {
        let a = match np.array(A) {
            Ok(a) => a,
            Err(Stop::Unknown(_)) if !np.arg(SIZE).is_none() => {
                return Ok(Nd::new(Shape::UNKNOWN, None).output());
            }
            Err(stop) => return Err(stop),
        };
        let size = if np.arg(SIZE).is_none() { Shape::scalar() } else { np.shape(np.arg(SIZE))? };
        if let (Some(0), Weak::No, Some(d)) = (a.rank(), a.weak, a.dtype)
            && !d.is_integer()
        {
            return np.value_error(
                "a must be a sequence or an integer, not <class 'float'>",
                argument("a", "no sequence"),
            );
        }
        let (population, rest) = match a.dims() {
            Some([]) => {
                (a.int_values().and_then(|v| v.first().copied()).map_or(Dim::Unknown, Dim::Known), None)
            }
            Some([first, rest @ ..]) => (*first, Some(rest.to_vec())),
            None => (Dim::Unknown, None),
        };
        if !generator && a.rank().is_some_and(|r| r > 1) {
            return np.value_error("a must be 1-dimensional", argument("a", "more than one axis"));
        }
        let replace = np.flag(Param::named(&["replace"]), true).unwrap_or(true);
        if let (false, Dim::Known(have), Dim::Known(want)) = (replace, population, size.size())
            && want > have
        {
            let text = if generator {
                "Cannot take a larger sample than population when replace is False"
            } else {
                "Cannot take a larger sample than population when 'replace=False'"
            };
            return np.value_error(text, argument("size", "more than there are"));
        }
        check_weights(np, population)?;
        if a.rank().is_none() && !np.arg(SIZE).is_none() && generator {
            return Ok(Nd::new(Shape::UNKNOWN, a.dtype).output());
        }
        if a.rank() == Some(0) && size.rank() == Some(0) {
            return Ok(number(DType::Int64));
        }
        let axis = np.int_or(Param::named(&["axis"]), 0)?;
        let Some(dims) = size.dims() else { return Ok(Nd::new(Shape::UNKNOWN, a.dtype).output()) };
        if axis != 0 {
            return Ok(Nd::new(Shape::UNKNOWN, a.dtype).output());
        }
        let dims = dims.iter().copied().chain(rest.unwrap_or_default());
        let out = Nd::new(Shape::new(dims), a.dtype).output();
        let even = replace && np.arg(Param::<Arg>::named(&["p"])).is_none();
        let weighted = !np.arg(Param::<Arg>::named(&["p"])).is_none();
        let content = match items(&a).filter(|_| even) {
            Some(values) if !values.is_empty() => Content::Drawn(values),
            _ if replace || weighted => Content::Unknown,
            _ if a.rank() == Some(0) => permuted(population),
            _ => a.content.sampled(),
        };
        Ok(with_content(out, content))
    })
}

fn check_weights(np: &Np<'_>, population: Dim) -> Infer<()> {
    let p: Param<Operand> = Param::named(&["p"]);
    if let Ok(Some(weights)) = np.maybe_array(p)
        && let (Some([count]), Dim::Known(_)) = (weights.dims(), population)
        && !count.compatible(population)
    {
        return np.value_error("'a' and 'p' must have same size", argument("p", "another size than `a`"));
    }
    Ok(())
}

/// The integers up to a count, in an order that nobody knows.
fn permuted(count: Dim) -> Content {
    match count.known().map(|n| Array::new(vec![n], DType::Int64, Data::Int((0..n).collect()))) {
        Some(Some(all)) => Content::Sample(all.into()),
        _ => Content::Unknown,
    }
}

fn permutation(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["x"]))?;
        if x.rank() == Some(0) {
            if x.dtype.is_some_and(|d| !d.is_integer()) {
                let text = "x must be an integer or at least 1-dimensional";
                return np.raise(Exc::IndexError, text, argument("x", "a scalar that is no integer"));
            }
            let count = x.content.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown);
            let content = permuted(count);
            return Ok(Nd { content, ..Nd::new(Shape::new([count]), DType::Int64) }.output());
        }
        let content = x.content.sampled();
        Ok(Nd { content, ..Nd::new(x.shape, x.dtype) }.output())
    })
}

/// Puts a `size` before the shape of one draw.
fn drawn(np: &Np<'_>, one: Option<Dim>, dtype: DType) -> Infer<Outputs> {
    let one = one.ok_or(Stop::Unknown("the size of one draw is not known"))?;
    let size = np.arg(SIZE);
    let shape = if size.is_none() { Shape::scalar() } else { np.shape(size)? };
    let dims = shape.dims().map(|dims| dims.iter().copied().chain([one]).collect());
    Ok(Nd::new(dims.unwrap_or(Shape::UNKNOWN), dtype).output())
}

fn multivariate(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let mean = np.array(Param::named(&["mean"]))?;
        drawn(np, mean.shape.dim(0), DType::Float64)
    })
}

fn dirichlet(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let alpha = np.array(Param::named(&["alpha"]))?;
        drawn(np, alpha.shape.dim(0), DType::Float64)
    })
}

fn multinomial(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let pvals = np.array(Param::named(&["pvals"]))?;
        drawn(np, pvals.shape.dim(-1), DType::Int64)
    })
}
