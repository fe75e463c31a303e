//! NumPy's functions that pick elements.

use tensor::{Content, DType, Data, Dim, Shape};

use super::row;
use crate::numpy::cx::argument;
use crate::numpy::{Nd, Np, call, convert, elements, index, promote};
use crate::spec::fold;
use crate::{Arg, Call, FromArg, Infer, Mistake, Op, Operand, Outputs, Param, Stop};

const A: Param<Operand> = Param::at(0, &["a"]);
const INDEX: Param<Arg> = Param::named(&["index"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);

pub(super) static OPS: &[Op] = &[
    row("np.getitem", &[], getitem),
    row("np.setitem", &[], setitem),
    row("np.take", &["np.take", "np.ndarray.take"], take),
    row("np.take_along_axis", &["np.take_along_axis"], take_along_axis),
    row("np.where", &["np.where"], where_),
    row("np.nonzero", &["np.nonzero", "np.ndarray.nonzero"], nonzero),
    row("np.argwhere", &["np.argwhere"], argwhere),
    row("np.flatnonzero", &["np.flatnonzero"], flatnonzero),
    row("np.compress", &["np.compress", "np.extract"], compress),
    row("np.select", &["np.select"], select),
    row("np.choose", &["np.choose"], choose),
    row("np.isin", &["np.isin", "np.in1d(ar1, ar2)"], isin),
    row("np.searchsorted", &["np.searchsorted"], searchsorted),
    row("np.digitize", &["np.digitize"], digitize),
    row("np.bincount", &["np.bincount"], bincount),
    row("np.diagonal", &["np.diagonal", "np.ndarray.diagonal"], diagonal),
    row("np.item", &["np.ndarray.item"], item),
    row("np.tolist", &["np.ndarray.tolist"], tolist),
    row("np.ix_", &["np.ix_"], open_mesh),
    row("np.unravel_index", &["np.unravel_index"], unravel),
    row("np.tril_indices", &["np.tril_indices", "np.triu_indices"], triangle_indices),
];

fn getitem(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["x"]))?;
        let picked = index::get(np, &x, np.arg(INDEX))?;
        if x.dtype == Some(DType::Object) && picked.rank().is_none_or(|r| r == 0) {
            return Err(Stop::Unknown("an element of an array of objects"));
        }
        Ok(picked.output())
    })
}

/// The array as it is after `x[index] = value`.
fn setitem(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["x"]))?;
        let value = match convert::array(np.arg(Param::<Arg>::named(&["value"]))) {
            Ok(value) => value,
            Err(Stop::Unknown(_)) => Nd::unknown(),
            // Assigning ragged lists fails with the text of the assignment, not of the conversion.
            Err(_) if x.dtype == Some(DType::Object) => Nd::unknown(),
            Err(stop) => return Err(stop),
        };
        if x.dtype == Some(DType::Object) {
            return Ok(Nd::new(x.shape, x.dtype).output());
        }
        index::set(np, &x, np.arg(INDEX), &value).map(Nd::output)
    })
}

fn take(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let indices = np.array(Param::at(1, &["indices"]))?;
        let axis = np.arg(AXIS);
        let (dims, at) = match (x.dims(), axis.is_none()) {
            (_, true) => (vec![x.shape.size()], 0),
            (Some(dims), false) => (dims.to_vec(), np.axis(i64::from_arg(axis)?, dims.len())?),
            (None, false) => return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()),
        };
        let strict = matches!(np.arg(Param::<Arg>::named(&["mode"])), Arg::Missing | Arg::None)
            || matches!(np.arg(Param::<Arg>::named(&["mode"])), Arg::Str(s) if &**s == "raise");
        if let (Dim::Known(size), Some(values), true) = (dims[at], indices.int_values(), strict) {
            for index in values {
                if index < -size || index >= size {
                    let text = format!("index {index} is out of bounds for axis {at} with size {size}");
                    return np.index_error(text, Mistake::IndexOutOfRange { index, axis: at, size });
                }
            }
        }
        let Some(picked) = indices.dims() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        let mut out = dims;
        out.splice(at..=at, picked.iter().copied());
        Ok(Nd::new(Shape::new(out), x.dtype).output())
    })
}

fn take_along_axis(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["arr"]))?;
        let indices = np.array(Param::at(1, &["indices"]))?;
        // Sizes besides the axis' are broadcast.
        let axis = match np.arg(Param::<Operand>::at(2, &["axis"])) {
            Arg::Missing => Some(-1),
            Arg::Int(axis) => Some(*axis),
            _ => None,
        };
        let shape = match (axis, x.shape.dims(), indices.shape.dims()) {
            (Some(axis), Some(own), Some(asked)) if own.len() == asked.len() => {
                let axis = np.axis(axis, own.len())?;
                let one = |dims: &[Dim]| {
                    let mut dims = dims.to_vec();
                    dims[axis] = Dim::Known(1);
                    Shape::new(dims)
                };
                let mut out = np.broadcast(&[&one(own), &one(asked)])?.dims().unwrap_or_default().to_vec();
                if let Some(size) = out.get_mut(axis) {
                    *size = asked[axis];
                }
                Shape::new(out)
            }
            _ => indices.shape.clone(),
        };
        Ok(Nd::new(shape, x.dtype).output())
    })
}

fn where_(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let condition = np.array(Param::at(0, &["condition"]))?;
        let (x, y): (Param<Operand>, Param<Operand>) = (Param::at(1, &["x"]), Param::at(2, &["y"]));
        if np.arg(x).is_none() && np.arg(y).is_none() {
            return Ok(Outputs::Tuple(found(&condition)?.into_iter().map(Nd::output).collect()));
        }
        if np.arg(x).is_none() || np.arg(y).is_none() {
            let text = "either both or neither of x and y should be given";
            return np.value_error(text, argument("x", "one of two"));
        }
        let (x, y) = (np.array(x)?, np.array(y)?);
        let shape = np.broadcast(&[&condition.shape, &x.shape, &y.shape])?;
        let dtype = promote::result_type(&[&x, &y]).or_else(|| promote::in_list(x.dtype?, y.dtype?));
        let content = match chosen(&condition, &x, &y, &shape, dtype) {
            Content::Unknown => {
                chosen_by_draws(&condition, &x, &y, &shape, dtype).unwrap_or(Content::Unknown)
            }
            known => known,
        };
        Ok(Nd::new(shape, dtype).with_content(content).output())
    })
}

/// `np.where(draws > 0.5, 1, 0)`: one of two numbers, as the draw is.
fn chosen_by_draws(condition: &Nd, x: &Nd, y: &Nd, shape: &Shape, dtype: Option<DType>) -> Option<Content> {
    let one = |nd: &Nd| nd.floats().filter(|values| values.len() == 1)?.first().copied();
    let (met, otherwise) = (one(x)?, one(y)?);
    let drawn = condition.dtype == Some(DType::Bool) && condition.shape == *shape;
    let choice = |truth: f64| if truth != 0.0 { met } else { otherwise };
    drawn.then(|| dtype.map(|dtype| fold::draws_through(&condition.content, dtype, choice)))?
}

fn chosen(condition: &Nd, x: &Nd, y: &Nd, shape: &Shape, dtype: Option<DType>) -> Content {
    let known = || {
        let (sizes, dtype) = (shape.all_known()?, dtype?);
        elements::few(&sizes)?;
        let test = condition.array()?;
        let truths = test.data.to_floats()?;
        let (a, b) = (x.cast(Some(dtype)).array()?, y.cast(Some(dtype)).array()?);
        let (left, right) = (a.data.to_floats()?, b.data.to_floats()?);
        let mut values = Vec::new();
        fold::for_each_index(&sizes, |index| {
            let first = truths[fold::offset(index, &test.shape)] != 0.0;
            values.push(if first {
                left[fold::offset(index, &a.shape)]
            } else {
                right[fold::offset(index, &b.shape)]
            });
        });
        Some(Nd::of(sizes, dtype, elements::of_floats(values, dtype)?).content)
    };
    known().unwrap_or(Content::Unknown)
}

/// An index array for each axis of the elements that are not zero.
fn found(x: &Nd) -> Infer<Vec<Nd>> {
    let rank = x.rank().ok_or(Stop::Unknown("the axes of an array of unknown rank"))?;
    if let Some(array) = x.array()
        && let Some(values) = array.data.to_floats()
    {
        let mut places = vec![Vec::new(); rank];
        let mut at = 0;
        fold::for_each_index(&array.shape, |index| {
            if values[at] != 0.0 {
                places.iter_mut().zip(index).for_each(|(list, i)| list.push(*i));
            }
            at += 1;
        });
        return Ok(places.into_iter().map(Nd::ints).collect());
    }
    let count = if x.content.is_zero() { Dim::Known(0) } else { Dim::Unknown };
    Ok(vec![Nd::new(Shape::new([count]), DType::Int64); rank])
}

fn nonzero(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        Ok(Outputs::Tuple(found(&x)?.into_iter().map(Nd::output).collect()))
    })
}

fn argwhere(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let rank = x.rank().map_or(Dim::Unknown, |r| Dim::Known(r as i64));
        let count =
            found(&x).ok().and_then(|f| f.first().and_then(|nd| nd.shape.dim(0))).unwrap_or(Dim::Unknown);
        Ok(Nd::new(Shape::new([count, rank]), DType::Int64).output())
    })
}

fn flatnonzero(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let shape = Shape::new([x.shape.size()]);
        let flat = x.picked(shape, |sizes| elements::few(sizes).map(|n| (0..n).collect()));
        let found = found(&flat)?.into_iter().next();
        Ok(found.unwrap_or_else(|| Nd::new(Shape::new([Dim::Unknown]), DType::Int64)).output())
    })
}

fn compress(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let condition = np.array(Param::at(0, &["condition"]))?;
        let x = np.array(Param::at(1, &["a", "arr"]))?;
        let count = found(&condition).ok().and_then(|f| f.first().and_then(|nd| nd.shape.dim(0)));
        let axis = np.arg(AXIS);
        let mut dims = match (x.dims(), axis.is_none()) {
            (_, true) => vec![Dim::Unknown],
            (Some(dims), false) => dims.to_vec(),
            (None, false) => return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()),
        };
        let at = if axis.is_none() { 0 } else { np.axis(i64::from_arg(axis)?, dims.len())? };
        dims[at] = count.unwrap_or(Dim::Unknown);
        Ok(Nd::new(Shape::new(dims), x.dtype).output())
    })
}

fn select(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let lists = [Param::<Arg>::named(&["condlist"]), Param::named(&["choicelist"])];
        let mut arrays = Vec::new();
        for (i, list) in lists.into_iter().enumerate() {
            let items = np.arg(list).items().ok_or(Stop::Unknown("a list that is not known"))?;
            for item in items {
                arrays.push((i, convert::array(item)?));
            }
        }
        let shape = np.broadcast(&arrays.iter().map(|(_, a)| &a.shape).collect::<Vec<_>>())?;
        let choices: Vec<&Nd> = arrays.iter().filter(|(i, _)| *i == 1).map(|(_, a)| a).collect();
        Ok(Nd::new(shape, promote::result_type(&choices)).output())
    })
}

fn choose(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        // They are broadcast to each other, so they need not make an array.
        let Ok(choices) = np.array(Param::at(1, &["choices"])) else {
            return Err(Stop::Unknown("choices of several shapes"));
        };
        Ok(Nd::new(if choices.rank() == Some(1) { x.shape } else { Shape::UNKNOWN }, choices.dtype).output())
    })
}

fn isin(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["element", "ar1"]))?;
        let shape = if c.path == "np.in1d" { Shape::new([x.shape.size()]) } else { x.shape };
        Ok(Nd::new(shape, DType::Bool).output())
    })
}

fn searchsorted(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let v = np.array(Param::at(1, &["v"]))?;
        Ok(Nd::new(v.shape, DType::Int64).output())
    })
}

fn digitize(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["x"]))?;
        Ok(Nd::new(x.shape, DType::Int64).output())
    })
}

fn bincount(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["x"]))?;
        if x.rank().is_some_and(|r| r > 1) {
            let text = "object too deep for desired array";
            return np.value_error(text, argument("x", "more than one axis"));
        }
        let weights = !np.arg(Param::<Arg>::named(&["weights"])).is_none();
        let least = np.int_or(Param::named(&["minlength"]), 0)?;
        let dtype = if weights { DType::Float64 } else { DType::Int64 };
        let Some(values) = x.int_values() else {
            return Ok(Nd::new(Shape::new([Dim::Unknown]), dtype).output());
        };
        let length = values.iter().map(|n| n.saturating_add(1)).max().unwrap_or(0).max(least);
        let Some(length) = elements::few(&[length]).filter(|_| !weights) else {
            return Ok(Nd::new(Shape::known(&[length]), dtype).output());
        };
        let mut counts = vec![0; length];
        for n in values {
            if let Some(slot) = usize::try_from(n).ok().and_then(|n| counts.get_mut(n)) {
                *slot += 1;
            }
        }
        Ok(Nd::ints(counts).output())
    })
}

fn diagonal(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let Some(dims) = x.dims() else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype).output()) };
        if dims.len() < 2 {
            let text = "diag requires an array of at least two dimensions";
            let expected = "at least 2".to_owned();
            return np.value_error(text, Mistake::RankMismatch { param: "a", expected, got: dims.len() });
        }
        let shift = np.int_or(Param::named(&["offset"]), 0)?;
        let one = np.axis(np.int_or(Param::named(&["axis1"]), 0)?, dims.len())?;
        let two = np.axis(np.int_or(Param::named(&["axis2"]), 1)?, dims.len())?;
        let (down, right) = (shift.min(0).saturating_neg(), shift.max(0));
        let length = dims[one].map2(dims[two], |r, c| Some((r - down).min(c - right).max(0)));
        let kept = dims.iter().enumerate().filter(|(i, _)| *i != one && *i != two).map(|(_, d)| *d);
        Ok(Nd::new(kept.chain([length]).collect(), x.dtype).output())
    })
}

/// `x.item()`: a Python scalar.
fn item(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let bare = matches!(c.args.get(1), None | Some((_, Arg::Missing | Arg::None)))
            || c.args.get(1).and_then(|(_, a)| a.items()).is_some_and(<[Arg]>::is_empty);
        if bare && x.shape.size().known().is_some_and(|n| n != 1) {
            let text = "can only convert an array of size 1 to a Python scalar";
            return np.value_error(text, argument("self", "more than one element"));
        }
        let one = if bare { x } else { Nd::new(Shape::scalar(), x.dtype) };
        Ok(Outputs::Python(scalar(&one, 0)))
    })
}

/// An element as a Python scalar.
fn scalar(x: &Nd, at: usize) -> Arg {
    let element = x.array().and_then(|a| match a.data {
        Data::Bool(v) => v.get(at).map(|b| Arg::Bool(*b)),
        Data::Int(v) => v.get(at).map(|n| Arg::Int(*n)),
        Data::Float(v) => v.get(at).map(|x| Arg::Float(*x)),
        Data::Str(v) => v.get(at).map(|s| Arg::Str(s.clone())),
    });
    element.unwrap_or(match x.dtype {
        Some(DType::Bool) => Arg::Number(DType::Bool),
        Some(d) if d.is_integer() => Arg::Dim(Dim::Unknown),
        Some(d) if d.is_floating() => Arg::Number(DType::Float32),
        _ => Arg::Unknown,
    })
}

fn tolist(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(A)?;
        let sizes = x.shape.all_known().ok_or(Stop::Unknown("a list of unknown length"))?;
        let count = elements::few(&sizes).ok_or(Stop::Unknown("a list too long to follow"))?;
        let _ = count;
        let leaves: Vec<Arg> = match x.array() {
            Some(_) => (0..count).map(|at| scalar(&x, at)).collect(),
            None => vec![scalar(&Nd::new(Shape::scalar(), x.dtype), 0); count],
        };
        Ok(Outputs::Python(nested(&sizes, &leaves)))
    })
}

fn nested(sizes: &[i64], leaves: &[Arg]) -> Arg {
    let Some((first, rest)) = sizes.split_first() else {
        return leaves.first().cloned().unwrap_or(Arg::Unknown);
    };
    let inner = usize::try_from(rest.iter().product::<i64>()).unwrap_or(0);
    let item = |i: usize| nested(rest, leaves.get(i * inner..(i + 1) * inner).unwrap_or_default());
    Arg::List((0..usize::try_from(*first).unwrap_or(0)).map(item).collect())
}

fn open_mesh(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |_| {
        let given = c.args.first().and_then(|(_, arg)| arg.items()).unwrap_or_default();
        let rank = given.len();
        let mut out = Vec::new();
        for (own, arg) in given.iter().enumerate() {
            let x = convert::array(arg)?;
            let x = match x.dtype {
                Some(DType::Bool) => found(&x)?.into_iter().next().unwrap_or_else(Nd::unknown),
                _ => x,
            };
            let size = x.shape.size();
            let shape: Shape = (0..rank).map(|i| if i == own { size } else { Dim::Known(1) }).collect();
            let laid = x.picked(shape, |sizes| elements::few(sizes).map(|n| (0..n).collect()));
            out.push(laid.output());
        }
        Ok(Outputs::Tuple(out))
    })
}

fn unravel(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let indices = np.array(Param::at(0, &["indices"]))?;
        let shape = np.shape(np.arg(Param::<Arg>::named(&["shape"])))?;
        let rank = shape.rank().ok_or(Stop::Unknown("a shape of unknown rank"))?;
        Ok(Outputs::Tuple(vec![Nd::new(indices.shape, DType::Int64).output(); rank]))
    })
}

fn triangle_indices(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |_: &Np<'_>| {
        let one = || Nd::new(Shape::new([Dim::Unknown]), DType::Int64).output();
        Ok(Outputs::Tuple(vec![one(), one()]))
    })
}
