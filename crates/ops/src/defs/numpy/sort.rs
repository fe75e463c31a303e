//! NumPy's functions that order and count elements.

use tensor::{DType, Data, Dim, Shape};

use super::row;
use crate::numpy::cx::argument;
use crate::numpy::{Nd, Np, call, elements};
use crate::{Arg, Call, FromArg, Infer, Op, Operand, Outputs, Param, TensorKind};

const A: Param<Operand> = Param::at(0, &["a", "ar", "ar1"]);

pub(super) static OPS: &[Op] = &[
    row("np.sort", &["np.sort", "np.partition"], sort),
    row(
        "np.argsort",
        &["np.argsort", "np.ndarray.argsort", "np.argpartition", "np.ndarray.argpartition"],
        argsort,
    ),
    row("np.lexsort", &["np.lexsort"], lexsort),
    row("np.unique", &["np.unique"], unique),
    row("np.unique_values", &["np.unique_values"], unique),
    row("np.union1d", &["np.union1d", "np.intersect1d", "np.setdiff1d", "np.setxor1d"], sets),
    row("np.histogram", &["np.histogram"], histogram),
    row("np.allclose", &["np.allclose", "np.array_equal", "np.array_equiv"], verdict),
    row("np.shape", &["np.shape"], shape),
    row("np.ndim", &["np.ndim"], ndim),
    row("np.size", &["np.size"], size),
    row("np.may_share_memory", &["np.may_share_memory", "np.shares_memory"], verdict),
];

/// The order of the elements of a vector.
fn order(x: &Nd) -> Option<(Data, Vec<usize>)> {
    let array = x.array()?;
    let [_] = array.shape[..] else { return None };
    let mut places: Vec<usize> = (0..array.data.len()).collect();
    places.sort_by(|a, b| elements::order(&array.data, *a, *b));
    Some((array.data, places))
}

/// Checks the axis, which is the last by default.
fn checked_axis(np: &Np<'_>, x: &Nd) -> Infer<bool> {
    let axis = np.arg(Param::<Arg>::named(&["axis"]));
    if axis.is_none() && !matches!(axis, Arg::Missing) {
        return Ok(true);
    }
    if let Some(rank) = x.rank() {
        np.axis(if axis.is_none() { -1 } else { i64::from_arg(axis)? }, rank.max(1))?;
    }
    Ok(false)
}

fn sort(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        if checked_axis(np, &x)? {
            return Ok(Nd::new(Shape::new([x.shape.size()]), x.dtype).output());
        }
        let sorted = order(&x).map(|(_, places)| x.picked(x.shape.clone(), |_| Some(places)));
        Ok(sorted.unwrap_or_else(|| Nd::new(x.shape, x.dtype)).output())
    })
}

fn argsort(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        if checked_axis(np, &x)? {
            return Ok(Nd::new(Shape::new([x.shape.size()]), DType::Int64).output());
        }
        // Which of equal elements comes first is left open.
        Ok(Nd::new(x.shape, DType::Int64).output())
    })
}

fn lexsort(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let keys = np.array(Param::at(0, &["keys"]))?;
        let shape = keys.dims().map_or(Shape::UNKNOWN, |d| d.iter().skip(1).copied().collect());
        Ok(Nd::new(shape, DType::Int64).output())
    })
}

fn unique(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let flag = |name: &'static [&'static str]| np.flag(Param::named(name), false);
        let (index, inverse, counts) =
            (flag(&["return_index"])?, flag(&["return_inverse"])?, flag(&["return_counts"])?);
        let axis = np.arg(Param::<Arg>::named(&["axis"]));
        let (values, groups) = if axis.is_none() {
            distinct(&x)
        } else {
            let dims = x.dims().map(<[Dim]>::to_vec);
            let shape = match dims {
                Some(dims) => {
                    let at = np.axis(i64::from_arg(axis)?, dims.len())?;
                    x.shape.with_dim(at, Dim::Unknown)
                }
                None => Shape::UNKNOWN,
            };
            (Nd::new(shape, x.dtype), None)
        };
        let count = match &groups {
            Some(groups) => Dim::Known(groups.len() as i64),
            None if axis.is_none() => values.shape.size(),
            None => Dim::Unknown,
        };
        if !(index || inverse || counts) {
            return Ok(values.output());
        }
        let mut out = vec![values.output()];
        if index {
            let first = groups
                .as_ref()
                .map(|g| Nd::ints(g.iter().map(|p| p.first().map_or(0, |i| *i as i64)).collect()));
            out.push(first.unwrap_or_else(|| Nd::new(Shape::new([count]), DType::Int64)).output());
        }
        if inverse {
            let shape = if axis.is_none() { x.shape.clone() } else { Shape::UNKNOWN };
            let known = groups.as_ref().zip(shape.all_known()).map(|(groups, sizes)| {
                let mut at = vec![0; groups.iter().map(Vec::len).sum()];
                for (number, places) in groups.iter().enumerate() {
                    for place in places {
                        if let Some(slot) = at.get_mut(*place) {
                            *slot = number as i64;
                        }
                    }
                }
                Nd::of(sizes, DType::Int64, Data::Int(at))
            });
            out.push(known.unwrap_or_else(|| Nd::new(shape, DType::Int64)).output());
        }
        if counts {
            let sizes = groups.as_ref().map(|g| Nd::ints(g.iter().map(|p| p.len() as i64).collect()));
            out.push(sizes.unwrap_or_else(|| Nd::new(Shape::new([count]), DType::Int64)).output());
        }
        Ok(Outputs::Tuple(out))
    })
}

/// The distinct elements in order, and the places of each.
fn distinct(x: &Nd) -> (Nd, Option<Vec<Vec<usize>>>) {
    let flat = Nd { shape: Shape::new([x.shape.size()]), ..x.clone() };
    let flat = match x.array() {
        Some(array) => Nd::of(vec![array.data.len() as i64], array.dtype, array.data),
        None => flat,
    };
    if let (Some(values), Some(dtype)) = (x.content.surely(x.shape.size().known()), x.dtype) {
        return (Nd::of(vec![values.len() as i64], dtype, values.clone()), None);
    }
    let Some((data, places)) = order(&flat) else {
        let count = if x.shape.size() == Dim::Known(0) { Dim::Known(0) } else { Dim::Unknown };
        return (Nd::new(Shape::new([count]), x.dtype), None);
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for place in places {
        match groups.last_mut() {
            Some(group)
                if group.first().is_some_and(|first| elements::order(&data, *first, place).is_eq()) =>
            {
                group.push(place)
            }
            _ => groups.push(vec![place]),
        }
    }
    let firsts: Vec<usize> = groups.iter().filter_map(|g| g.first().copied()).collect();
    let count = groups.len() as i64;
    (flat.picked(Shape::known(&[count]), |_| Some(firsts)), Some(groups))
}

fn sets(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(Param::at(1, &["ar2"]))?);
        let dtype = x.dtype.zip(y.dtype).and_then(|(a, b)| crate::numpy::promote::in_list(a, b));
        let dtype = if c.path == "np.setdiff1d" { x.dtype } else { dtype };
        Ok(Nd::new(Shape::new([Dim::Unknown]), dtype).output())
    })
}

fn histogram(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let bins = np.arg(Param::<Arg>::named(&["bins"]));
        let count = match bins {
            Arg::Missing => Dim::Known(10),
            Arg::Int(n) => Dim::Known(*n),
            Arg::List(items) | Arg::Tuple(items) => Dim::Known(items.len() as i64 - 1),
            Arg::Tensor(edges) if edges.spec.shape.rank() == Some(1) => {
                edges.spec.shape.dim(0).map_or(Dim::Unknown, |n| n.plus(Dim::Known(-1)))
            }
            _ => Dim::Unknown,
        };
        if count.known().is_some_and(|n| n < 1) {
            return np.value_error("`bins` must be positive, when an integer", argument("bins", "below 1"));
        }
        let density = np.flag(Param::named(&["density"]), false)?;
        let weights = !np.arg(Param::<Arg>::named(&["weights"])).is_none();
        let dtype = match (density, weights) {
            (true, _) => Some(DType::Float64),
            (_, true) => None,
            _ => Some(DType::Int64),
        };
        let edges = count.plus(Dim::Known(1));
        Ok(Outputs::Tuple(vec![
            Nd::new(Shape::new([count]), dtype).output(),
            Nd::new(Shape::new([edges]), None).output(),
        ]))
    })
}

fn verdict(_: &Call<'_>) -> Infer<Outputs> {
    Ok(Outputs::Python(Arg::Number(DType::Bool)))
}

fn shape(c: &Call<'_>) -> Infer<Outputs> {
    if let Arg::Tensor(x) = c.arg(A)
        && matches!(x.kind, TensorKind::Graph | TensorKind::Eager)
    {
        // `a.shape`, which is no tuple of TensorFlow's tensors.
        return Ok(Outputs::Python(Arg::Shape(x.spec.shape.clone())));
    }
    let x = crate::numpy::convert::array(c.arg(A))?;
    match x.dims() {
        Some(dims) => Ok(Outputs::Python(Arg::Tuple(dims.iter().map(|d| Arg::Dim(*d)).collect()))),
        None => Err(crate::Stop::Unknown("the shape of an array of unknown rank")),
    }
}

fn ndim(c: &Call<'_>) -> Infer<Outputs> {
    let x = crate::numpy::convert::array(c.arg(A))?;
    Ok(Outputs::Python(x.rank().map_or(Arg::Dim(Dim::Unknown), |r| Arg::Int(r as i64))))
}

fn size(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let axis = np.arg(Param::<Arg>::named(&["axis"]));
        let size = match (axis.is_none(), x.dims()) {
            (true, _) => x.shape.size(),
            (false, Some(dims)) => dims[np.axis(i64::from_arg(axis)?, dims.len())?],
            _ => Dim::Unknown,
        };
        Ok(Outputs::Python(Arg::Dim(size)))
    })
}
