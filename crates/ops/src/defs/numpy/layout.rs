//! NumPy's functions that lay elements out anew.

use tensor::{Dim, Shape};

use super::row;
use crate::numpy::cx::{argument, tuple};
use crate::numpy::{Nd, Np, call, convert, elements};
use crate::spec::fold;
use crate::{Arg, Call, FromArg, Infer, Mistake, Op, Operand, Outputs, Param};

const A: Param<Operand> = Param::at(0, &["a"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);

pub(super) static OPS: &[Op] = &[
    row("np.reshape", &["np.reshape", "np.ndarray.reshape"], reshape),
    row("np.resize", &["np.resize"], resize),
    row("np.ravel", &["np.ravel", "np.ndarray.ravel", "np.ndarray.flatten"], ravel),
    row("np.transpose", &["np.transpose", "np.ndarray.transpose", "np.permute_dims"], transpose),
    row("np.matrix_transpose", &["np.matrix_transpose"], matrix_transpose),
    row("np.swapaxes", &["np.swapaxes", "np.ndarray.swapaxes"], swapaxes),
    row("np.moveaxis", &["np.moveaxis"], moveaxis),
    row("np.rollaxis", &["np.rollaxis"], rollaxis),
    row("np.squeeze", &["np.squeeze", "np.ndarray.squeeze"], squeeze),
    row("np.expand_dims", &["np.expand_dims"], expand_dims),
    row("np.atleast_1d", &["np.atleast_1d"], atleast),
    row("np.atleast_2d", &["np.atleast_2d"], atleast),
    row("np.atleast_3d", &["np.atleast_3d"], atleast),
    row("np.flip", &["np.flip"], flip),
    row("np.fliplr", &["np.fliplr"], flip_sides),
    row("np.flipud", &["np.flipud"], flip_sides),
    row("np.rot90", &["np.rot90"], rot90),
    row("np.roll", &["np.roll"], roll),
    row("np.tile", &["np.tile"], tile),
    row("np.repeat", &["np.repeat", "np.ndarray.repeat"], repeat),
    row("np.pad", &["np.pad"], pad),
    row("np.broadcast_to", &["np.broadcast_to"], broadcast_to),
    row("np.broadcast_arrays", &["np.broadcast_arrays"], broadcast_arrays),
    row("np.tril", &["np.tril", "np.triu"], triangle),
    row("np.diag", &["np.diag", "np.diagflat"], diag),
];

/// All places in order: the elements stay as they are.
fn same_order(x: &Nd, shape: Shape) -> Nd {
    x.picked(shape, |sizes| elements::few(sizes).map(|n| (0..n).collect()))
}

/// The target of a reshape: `x.reshape(2, 3)`, `x.reshape((2, 3))`, `np.reshape(x, (2, 3))`.
fn target<'c>(np: &'c Np<'_>) -> &'c Arg {
    let arg = np.arg(Param::<Arg>::at(1, &["shape", "newshape"]));
    match arg {
        Arg::Tuple(items) => match &items[..] {
            [one @ (Arg::Tuple(_) | Arg::List(_) | Arg::Unknown)] => one,
            [one @ Arg::Tensor(t)] if t.spec.shape.rank() != Some(0) => one,
            _ => arg,
        },
        _ => arg,
    }
}

fn reshape(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let fortran =
            matches!(np.arg(Param::<Arg>::named(&["order"])), Arg::Str(s) if matches!(&**s, "F" | "A"));
        let wanted = target(np);
        if let Arg::Tuple(items) | Arg::List(items) = wanted {
            for item in items.iter() {
                if let Arg::Float(_) | Arg::None | Arg::Str(_) | Arg::Tuple(_) | Arg::List(_) = item {
                    let class = crate::spec::repr::type_name(&crate::spec::Val::Py(item.clone()));
                    let class = match item {
                        Arg::Tuple(_) => "tuple",
                        Arg::List(_) => "list",
                        _ => class,
                    };
                    let text = format!("'{class}' object cannot be interpreted as an integer");
                    return np.type_error(text, argument("shape", class));
                }
            }
        }
        if let Arg::Float(_) = wanted {
            let text = "'float' object cannot be interpreted as an integer";
            return np.type_error(text, argument("shape", "a float"));
        }
        let shape = Shape::from_arg(wanted)?;
        let Some(mut dims) = shape.dims().map(<[Dim]>::to_vec) else {
            return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output());
        };
        let size = x.shape.size();
        let free: Vec<usize> = dims
            .iter()
            .enumerate()
            .filter(|(_, d)| d.known().is_some_and(|n| n < 0))
            .map(|(i, _)| i)
            .collect();
        if free.len() > 1 {
            let text = "can only specify one unknown dimension";
            return np.value_error(text, argument("shape", "-1 twice"));
        }
        let misfit = |dims: &[Dim], to: Dim| {
            let shown = reshape_text(dims);
            let text = format!("cannot reshape array of size {size} into shape {shown}");
            np.value_error(text, Mistake::ReshapeSize { from: size, to })
        };
        let rest = dims
            .iter()
            .enumerate()
            .filter(|(i, _)| !free.contains(i))
            .fold(Dim::Known(1), |n, (_, d)| n.times(*d));
        match (free.first(), size, rest) {
            (Some(_), Dim::Known(have), Dim::Known(rest)) if rest == 0 || have % rest != 0 => {
                return misfit(&dims, Dim::Known(rest));
            }
            (Some(at), Dim::Known(have), Dim::Known(rest)) => dims[*at] = Dim::Known(have / rest),
            (Some(at), _, rest) => dims[*at] = inferred(&x.shape, rest),
            (None, Dim::Known(have), Dim::Known(want)) if have != want => return misfit(&dims, rest),
            (None, Dim::Known(have), _) => fill_one(&mut dims, have),
            _ => {}
        }
        let shape = Shape::new(dims);
        Ok(if fortran { Nd::new(shape, x.dtype) } else { same_order(&x, shape) }.output())
    })
}

/// Writes a target as NumPy does: a leading -1 is left out, later ones are `newaxis`.
fn reshape_text(dims: &[Dim]) -> String {
    let free = |d: &Dim| d.known().is_some_and(|n| n < 0);
    let shown: Vec<String> = dims
        .iter()
        .skip_while(|d| free(d))
        .map(|d| if free(d) { "newaxis".to_owned() } else { d.to_string() })
        .collect();
    let end = if dims.len() == 1 && shown.len() == 1 { "," } else { "" };
    format!("({}{end})", shown.join(","))
}

/// The size that `-1` stands for where the array's size is unknown: `x.reshape(-1, 28, 28, 1)` of
/// `(None, 28, 28)` keeps the first dim.
fn inferred(shape: &Shape, rest: Dim) -> Dim {
    let (Some(own), Some(rest)) = (shape.dims(), rest.known()) else { return Dim::Unknown };
    let unknown: Vec<Dim> = own.iter().copied().filter(|d| !d.is_known()).collect();
    let known = own.iter().filter_map(|d| d.known()).try_fold(1_i64, i64::checked_mul);
    match (&unknown[..], known) {
        ([one], Some(known)) if known == rest => *one,
        _ => Dim::Unknown,
    }
}

/// Works out the one unknown dim of a target whose size is known.
fn fill_one(dims: &mut [Dim], size: i64) {
    let unknown: Vec<usize> =
        dims.iter().enumerate().filter(|(_, d)| !d.is_known()).map(|(i, _)| i).collect();
    let known = dims.iter().filter_map(|d| d.known()).try_fold(1_i64, i64::checked_mul);
    if let ([at], Some(known)) = (&unknown[..], known)
        && known > 0
        && size % known == 0
    {
        dims[*at] = Dim::Known(size / known);
    }
}

fn resize(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let shape = np.shape(np.arg(Param::<Arg>::named(&["new_shape"])))?;
        Ok(Nd::new(shape, x.dtype).output())
    })
}

fn ravel(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let shape = Shape::new([x.shape.size()]);
        let other = matches!(np.arg(Param::<Arg>::named(&["order"])), Arg::Str(s) if &**s != "C");
        Ok(if other { Nd::new(shape, x.dtype) } else { same_order(&x, shape) }.output())
    })
}

/// Moves axes: `order` names the old axis of each new one.
fn permuted(x: &Nd, order: &[usize]) -> Nd {
    let dims = x.dims().unwrap_or_default();
    let shape: Shape = order.iter().map(|axis| dims.get(*axis).copied().unwrap_or(Dim::Unknown)).collect();
    let order = order.to_vec();
    x.picked(shape, |sizes| {
        let strides = elements::strides(sizes);
        let moved: Vec<i64> = order.iter().map(|axis| strides[*axis]).collect();
        let target: Vec<i64> = order.iter().map(|axis| sizes[*axis]).collect();
        let mut places = Vec::new();
        fold::for_each_index(&target, |index| places.push(elements::place(index, &moved)));
        Some(places)
    })
}

fn transpose(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let Some(rank) = x.rank() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let axes = match np.arg(Param::<Arg>::at(1, &["axes"])) {
            Arg::Tuple(items) => match &items[..] {
                [] => &Arg::None,
                [one @ (Arg::Tuple(_) | Arg::List(_) | Arg::None)] => one,
                _ => np.arg(Param::<Arg>::at(1, &["axes"])),
            },
            other => other,
        };
        if axes.is_none() {
            return Ok(permuted(&x, &(0..rank).rev().collect::<Vec<_>>()).output());
        }
        let given = Vec::<i64>::from_arg(axes)?;
        if given.len() != rank {
            let expected = format!("{} axes", given.len());
            let mistake = Mistake::RankMismatch { param: "axes", expected, got: rank };
            return np.value_error("axes don't match array", mistake);
        }
        let mut order = Vec::with_capacity(rank);
        for axis in given {
            let at = np.axis(axis, rank)?;
            if order.contains(&at) {
                return np.value_error("repeated axis in transpose", argument("axes", "an axis twice"));
            }
            order.push(at);
        }
        Ok(permuted(&x, &order).output())
    })
}

fn matrix_transpose(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["x"]))?;
        let Some(rank) = x.rank() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        if rank < 2 {
            let text = format!("Input array must be at least 2-dimensional, but it is {rank}");
            let expected = "at least 2".to_owned();
            return np.value_error(text, Mistake::RankMismatch { param: "x", expected, got: rank });
        }
        let mut order: Vec<usize> = (0..rank).collect();
        order.swap(rank - 1, rank - 2);
        Ok(permuted(&x, &order).output())
    })
}

fn swapaxes(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let (one, two) = (np.get(Param::at(1, &["axis1"]))?, np.get(Param::at(2, &["axis2"]))?);
        let Some(rank) = x.rank() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let (one, two) = (np.named_axis("axis1: ", one, rank)?, np.named_axis("axis2: ", two, rank)?);
        let mut order: Vec<usize> = (0..rank).collect();
        order.swap(one, two);
        Ok(permuted(&x, &order).output())
    })
}

fn moveaxis(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let from = Vec::<i64>::from_arg(np.arg(Param::<Arg>::named(&["source"])))?;
        let to = Vec::<i64>::from_arg(np.arg(Param::<Arg>::named(&["destination"])))?;
        let Some(rank) = x.rank() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let from = from.iter().map(|a| np.named_axis("source: ", *a, rank)).collect::<Infer<Vec<_>>>()?;
        let to = to.iter().map(|a| np.named_axis("destination: ", *a, rank)).collect::<Infer<Vec<_>>>()?;
        if from.len() != to.len() {
            let text = "`source` and `destination` arguments must have the same number of elements";
            return np.value_error(text, argument("source", "another number of axes"));
        }
        let mut order: Vec<usize> = (0..rank).filter(|axis| !from.contains(axis)).collect();
        let mut pairs: Vec<(usize, usize)> = to.into_iter().zip(from).collect();
        pairs.sort_unstable();
        for (at, axis) in pairs {
            order.insert(at.min(order.len()), axis);
        }
        Ok(permuted(&x, &order).output())
    })
}

fn rollaxis(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let Some(rank) = x.rank() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let axis = np.axis(np.get(Param::at(1, &["axis"]))?, rank)?;
        let start = np.int_or(Param::named(&["start"]), 0)?;
        let start = if start < 0 { start + rank as i64 } else { start };
        let Some(mut start) = usize::try_from(start).ok().filter(|s| *s <= rank) else {
            return Ok(Nd::new(Shape::of_rank(rank), x.dtype).output());
        };
        if axis < start {
            start -= 1;
        }
        let mut order: Vec<usize> = (0..rank).filter(|a| *a != axis).collect();
        order.insert(start.min(order.len()), axis);
        Ok(permuted(&x, &order).output())
    })
}

fn squeeze(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let Some(dims) = x.dims().map(<[Dim]>::to_vec) else {
            return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output());
        };
        let gone = match np.axes(np.arg(AXIS), dims.len())? {
            Some(axes) => {
                if axes.iter().any(|a| dims[*a].known().is_some_and(|n| n != 1)) {
                    let text = "cannot select an axis to squeeze out which has size not equal to one";
                    return np.value_error(text, argument("axis", "an axis of another size than 1"));
                }
                axes
            }
            None if dims.iter().all(|d| d.is_known()) => {
                (0..dims.len()).filter(|a| dims[*a] == Dim::Known(1)).collect()
            }
            // An unknown dim may be 1.
            None => return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()),
        };
        let shape = dims.iter().enumerate().filter(|(i, _)| !gone.contains(i)).map(|(_, d)| *d).collect();
        Ok(same_order(&x, shape).output())
    })
}

fn expand_dims(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let axes = Vec::<i64>::from_arg(np.arg(AXIS))?;
        let Some(dims) = x.dims() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let rank = dims.len() + axes.len();
        let axes = axes.iter().map(|a| np.axis(*a, rank)).collect::<Infer<Vec<_>>>()?;
        if axes.iter().enumerate().any(|(i, a)| axes[..i].contains(a)) {
            return np.value_error("repeated axis", argument("axis", "an axis twice"));
        }
        let mut rest = dims.iter().copied();
        let shape: Shape = (0..rank)
            .map(|i| if axes.contains(&i) { Dim::Known(1) } else { rest.next().unwrap_or(Dim::Unknown) })
            .collect();
        Ok(same_order(&x, shape).output())
    })
}

fn atleast(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let given = c.args.first().and_then(|(_, arg)| arg.items()).unwrap_or_default();
        let least = match c.op.name {
            "np.atleast_1d" => 1,
            "np.atleast_2d" => 2,
            _ => 3,
        };
        let mut out = given.iter().map(|arg| convert::array(arg).map(|x| raised(&x, least).output()));
        let _ = np;
        match given.len() {
            1 => out.next().unwrap_or(Ok(Nd::unknown().output())),
            _ => out.collect::<Infer<Vec<_>>>().map(Outputs::Tuple),
        }
    })
}

/// Adds axes of size 1 as `np.atleast_2d` and its like do.
pub(super) fn raised(x: &Nd, least: usize) -> Nd {
    let one = Dim::Known(1);
    let shape = match (x.dims(), least) {
        (None, _) => return Nd::new(Shape::UNKNOWN, x.dtype),
        (Some([]), n) => Shape::new(std::iter::repeat_n(one, n)),
        (Some([d]), 2) => Shape::new([one, *d]),
        (Some([d]), 3) => Shape::new([one, *d, one]),
        (Some([a, b]), 3) => Shape::new([*a, *b, one]),
        _ => x.shape.clone(),
    };
    same_order(x, shape)
}

/// Reverses axes.
fn reversed(x: &Nd, axes: &[usize]) -> Nd {
    let axes = axes.to_vec();
    x.picked(x.shape.clone(), |sizes| {
        let strides = elements::strides(sizes);
        let mut places = Vec::new();
        fold::for_each_index(sizes, |index| {
            let turned: Vec<i64> = index
                .iter()
                .enumerate()
                .map(|(a, i)| if axes.contains(&a) { sizes[a] - 1 - i } else { *i })
                .collect();
            places.push(elements::place(&turned, &strides));
        });
        Some(places)
    })
}

fn flip(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["m"]))?;
        let Some(rank) = x.rank() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let axes = np.axes(np.arg(AXIS), rank)?.unwrap_or_else(|| (0..rank).collect());
        Ok(reversed(&x, &axes).output())
    })
}

fn flip_sides(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["m"]))?;
        let Some(rank) = x.rank() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let (axis, least) = if c.op.name == "np.fliplr" { (1, 2) } else { (0, 1) };
        if rank < least {
            let expected = format!("at least {least}");
            let text = format!("Input must be >= {least}-d.");
            return np.value_error(text, Mistake::RankMismatch { param: "m", expected, got: rank });
        }
        Ok(reversed(&x, &[axis]).output())
    })
}

fn rot90(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["m"]))?;
        let turns = np.int_or(Param::named(&["k"]), 1)?;
        let Some(rank) = x.rank() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let axes = match np.arg(Param::<Arg>::named(&["axes"])) {
            Arg::Missing => vec![0, 1],
            arg => Vec::<i64>::from_arg(arg)?,
        };
        if let [a, b] = axes[..]
            && (a == b || (a - b).unsigned_abs() == rank as u64)
        {
            return np.value_error("Axes must be different.", argument("axes", "one axis twice"));
        }
        let axes = axes.iter().map(|a| np.axis(*a, rank)).collect::<Infer<Vec<_>>>()?;
        let mut order: Vec<usize> = (0..rank).collect();
        if let ([a, b], 1) = (&axes[..], turns.rem_euclid(2)) {
            order.swap(*a, *b);
        }
        let mut out = permuted(&x, &order);
        out.content = tensor::Content::Unknown;
        Ok(out.output())
    })
}

fn roll(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        if let Some(rank) = x.rank() {
            np.axes(np.arg(AXIS), rank)?;
        }
        Ok(Nd::new(x.shape, x.dtype).output())
    })
}

fn tile(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["A"]))?;
        let reps = Shape::from_arg(np.arg(Param::<Arg>::named(&["reps"])))?;
        let (Some(dims), Some(reps)) = (x.dims(), reps.dims()) else {
            return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output());
        };
        let rank = dims.len().max(reps.len());
        let padded = |dims: &[Dim]| -> Vec<Dim> {
            std::iter::repeat_n(Dim::Known(1), rank - dims.len()).chain(dims.iter().copied()).collect()
        };
        let (own, reps) = (padded(dims), padded(reps));
        let shape: Shape = own.iter().zip(&reps).map(|(d, r)| d.times(*r)).collect();
        let sizes = shape.all_known();
        let own_sizes: Option<Vec<i64>> = own.iter().map(|d| d.known()).collect();
        Ok(x.picked(shape, |_| {
            let (sizes, own) = (sizes?, own_sizes?);
            let strides = elements::strides(&own);
            let mut places = Vec::new();
            fold::for_each_index(&sizes, |index| {
                let inner: Vec<i64> =
                    index.iter().zip(&own).map(|(i, n)| if *n == 0 { 0 } else { i % n }).collect();
                places.push(elements::place(&inner, &strides));
            });
            Some(places)
        })
        .output())
    })
}

fn repeat(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let repeats = np.array(Param::at(1, &["repeats"]))?;
        let axis = np.arg(AXIS);
        let flat = axis.is_none();
        let (dims, at) = match (x.dims(), flat) {
            (_, true) => (vec![x.shape.size()], 0),
            (Some([]), false) => (vec![Dim::Known(1)], np.axis(i64::from_arg(axis)?, 1)?),
            (Some(dims), false) => (dims.to_vec(), np.axis(i64::from_arg(axis)?, dims.len())?),
            (None, false) => return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()),
        };
        let counts = repeats.int_values();
        let single = repeats.shape.size() == Dim::Known(1) || repeats.rank() == Some(0);
        if let (false, Dim::Known(want), Dim::Known(have)) = (single, dims[at], repeats.shape.size())
            && want != have
        {
            let text = format!("operands could not be broadcast together with shape ({want},) ({have},)");
            let (left, right) = (dims[at], repeats.shape.size());
            return np
                .value_error(text, Mistake::DimMismatch { left, right, what: "an axis and its repeats" });
        }
        let total = match (&counts, single) {
            (Some(counts), true) => {
                let n = counts.first().copied().unwrap_or(0);
                if n < 0 {
                    return np.value_error(
                        "repeats may not contain negative values.",
                        argument("repeats", "below 0"),
                    );
                }
                dims[at].times(Dim::Known(n))
            }
            (Some(counts), false) => Dim::Known(counts.iter().fold(0_i64, |n, c| n.saturating_add(*c))),
            (None, true) if dims[at] == Dim::Known(1) => {
                repeats.content.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown)
            }
            (None, _) => Dim::Unknown,
        };
        let mut out = dims.clone();
        out[at] = total;
        let sizes: Option<Vec<i64>> = dims.iter().map(|d| d.known()).collect();
        Ok(x.picked(Shape::new(out), |_| {
            let (sizes, counts) = (sizes?, counts?);
            let count = |i: i64| {
                let at = if single { 0 } else { usize::try_from(i).unwrap_or(0) };
                counts.get(at).copied().unwrap_or(0)
            };
            let (outer, inner) =
                (sizes[..at].iter().product::<i64>(), sizes[at + 1..].iter().product::<i64>());
            let mut places = Vec::new();
            for o in 0..outer {
                for i in 0..sizes[at] {
                    for _ in 0..count(i) {
                        places.extend((0..inner).map(|j| ((o * sizes[at] + i) * inner + j) as usize));
                    }
                }
            }
            Some(places)
        })
        .output())
    })
}

fn pad(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["array"]))?;
        let width = np.array(Param::named(&["pad_width"]))?;
        let Some(dims) = x.dims() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let widths = width.int_values();
        let (sizes, rank) = (width.shape.all_known(), dims.len());
        let pair = |axis: usize| -> Option<(i64, i64)> {
            let values = widths.as_ref()?;
            match &sizes.as_ref()?[..] {
                [] | [1] | [1, 1] => Some((*values.first()?, *values.first()?)),
                [2] | [1, 2] => Some((values[0], values[1])),
                [_, 1] => Some((*values.get(axis)?, *values.get(axis)?)),
                [_, 2] => Some((*values.get(2 * axis)?, *values.get(2 * axis + 1)?)),
                _ => None,
            }
        };
        if let Some(sizes) = &sizes
            && fold::broadcast(sizes, &[rank as i64, 2]).as_deref() != Some(&[rank as i64, 2])
        {
            let own = tuple(&Shape::known(sizes));
            let text = format!(
                "operands could not be broadcast together with remapped shapes [original->remapped]: {own}  and \
                 requested shape ({rank},2)"
            );
            let expected = format!("({rank}, 2)");
            return np.value_error(
                text,
                Mistake::Argument { param: "pad_width", problem: format!("needs the shape {expected}") },
            );
        }
        let shape = dims.iter().enumerate().map(|(i, d)| match pair(i) {
            Some((before, after)) => d.plus(Dim::Known(before)).plus(Dim::Known(after)),
            None => Dim::Unknown,
        });
        Ok(Nd::new(shape.collect(), x.dtype).output())
    })
}

/// Repeats elements along axes of size 1.
fn stretched(x: &Nd, shape: Shape) -> Nd {
    let target = shape.all_known();
    x.picked(shape, |sizes| {
        let mut places = Vec::new();
        fold::for_each_index(&target?, |index| places.push(fold::offset(index, sizes)));
        Some(places)
    })
}

fn broadcast_to(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["array"]))?;
        let shape = np.shape(np.arg(Param::<Arg>::named(&["shape"])))?;
        let (Some(own), Some(want)) = (x.dims(), shape.dims()) else {
            return Ok(Nd::new(shape, x.dtype).output());
        };
        let fits = own.len() <= want.len()
            && own.iter().rev().zip(want.iter().rev()).all(|(d, w)| *d == Dim::Known(1) || d.compatible(*w));
        if !fits {
            let text = if own.len() > want.len() {
                "input operand has more dimensions than allowed by the axis remapping".to_owned()
            } else {
                format!(
                    "operands could not be broadcast together with remapped shapes [original->remapped]: {}  and \
                     requested shape {}",
                    tuple(&x.shape),
                    tuple(&shape)
                )
            };
            let pair =
                own.iter().rev().zip(want.iter().rev()).enumerate().find(|(_, (d, w))| !d.compatible(**w));
            let mistake = match pair {
                Some((i, (l, r))) => Mistake::NotBroadcastable { left: *l, right: *r, from_end: i + 1 },
                None => argument("shape", "too few axes"),
            };
            return np.value_error(text, mistake);
        }
        Ok(stretched(&x, shape).output())
    })
}

fn broadcast_arrays(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let given = c.args.first().and_then(|(_, arg)| arg.items()).unwrap_or_default();
        let arrays = given.iter().map(convert::array).collect::<Infer<Vec<Nd>>>()?;
        let shape = np.broadcast(&arrays.iter().map(|a| &a.shape).collect::<Vec<_>>())?;
        Ok(Outputs::Tuple(arrays.iter().map(|a| stretched(a, shape.clone()).output()).collect()))
    })
}

fn triangle(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["m"]))?;
        let shape = match x.dims() {
            Some([one]) => Shape::new([*one, *one]),
            _ => x.shape,
        };
        Ok(Nd::new(shape, x.dtype).output())
    })
}

fn diag(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["v"]))?;
        let shift = np.int_or(Param::named(&["k"]), 0)?;
        let flat = c.path == "np.diagflat";
        let shape = match x.dims() {
            Some([one]) => {
                let side = one.plus(Dim::Known(shift.saturating_abs()));
                Shape::new([side, side])
            }
            Some(_) if flat => {
                let side = x.shape.size().plus(Dim::Known(shift.saturating_abs()));
                Shape::new([side, side])
            }
            Some([rows, columns]) => {
                let (down, right) = (shift.min(0).saturating_neg(), shift.max(0));
                let length = rows.map2(*columns, |r, c| Some((r - down).min(c - right).max(0)));
                Shape::new([length])
            }
            Some(dims) => {
                let got = dims.len();
                let expected = "1 or 2".to_owned();
                return np.value_error(
                    "Input must be 1- or 2-d.",
                    Mistake::RankMismatch { param: "v", expected, got },
                );
            }
            None => Shape::UNKNOWN,
        };
        Ok(Nd::new(shape, x.dtype).output())
    })
}
