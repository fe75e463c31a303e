//! Indexing: `x[0]`, `x[:, 1:3]`, `x[mask]`, `x[[0, 2], ..., None]`.

use tensor::{Content, DType, Data, Dim, Shape};

use super::cx::{argument, tuple};
use super::{Nd, Np, Weak, convert, elements};
use crate::{Arg, FromArg, Infer, Mistake};

/// What an index picks.
#[derive(Debug)]
pub struct Plan {
    /// The shape of what is picked.
    pub shape: Shape,
    /// Whether only ints, slices, `None` and `...` are in the index, so that the result is a view.
    pub basic: bool,
    /// Whether the index names one element: ints for every axis.
    pub element: bool,
    /// Whether the index is one mask.
    pub mask: bool,
    parts: Vec<Part>,
    /// Where the axes of the advanced indices stand in the result, and how many they are.
    advanced: (usize, usize),
}

/// What happens to one axis of the array, in order; with the result's axis for those that stay.
#[derive(Clone, Debug)]
enum Part {
    /// An int.
    Fixed(Option<i64>),
    /// A slice: first index, step, and the result's axis.
    Run { start: Option<i64>, step: i64, out: usize },
    /// An integer array.
    Picked(Nd),
}

/// One item of an index, classified.
enum Item {
    Int(Option<i64>),
    /// An integer that was drawn.
    Draw(Nd),
    Slice(Arg),
    New,
    Rest,
    Array(Nd),
    Mask(Nd),
}

const INVALID: &str = "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices";

/// Works out what an index picks of an array; nothing where the index is not known.
///
/// # Errors
/// `IndexError` for an index that does not fit.
pub fn plan(np: &Np<'_>, x: &Nd, index: &Arg) -> Infer<Option<Plan>> {
    let one = [index.clone()];
    let given = match index {
        Arg::Tuple(items) => &items[..],
        _ => &one[..],
    };
    let mut items = Vec::with_capacity(given.len() + 1);
    for arg in given {
        match classify(np, x, arg)? {
            Some(item) => items.push(item),
            None => return Ok(None),
        }
    }
    let Some(rank) = x.rank() else { return Ok(None) };
    let mut used = 0;
    for item in &items {
        used += match item {
            Item::New | Item::Rest => 0,
            Item::Int(_) | Item::Draw(_) | Item::Slice(_) | Item::Array(_) => 1,
            Item::Mask(mask) => match mask.rank() {
                Some(rank) => rank,
                None => return Ok(None),
            },
        };
    }
    if used > rank {
        let text =
            format!("too many indices for array: array is {rank}-dimensional, but {used} were indexed");
        let expected = format!("at most {rank} indices");
        return np.index_error(text, Mistake::RankMismatch { param: "index", expected, got: used });
    }
    let rests = items.iter().filter(|i| matches!(i, Item::Rest)).count();
    if rests > 1 {
        let text = "an index can only have a single ellipsis ('...')";
        return np.index_error(text, argument("index", "two ellipses"));
    }
    if rests == 0 {
        items.push(Item::Rest);
    }
    lay_out(np, x, items, rank - used).map(Some)
}

fn classify(np: &Np<'_>, x: &Nd, arg: &Arg) -> Infer<Option<Item>> {
    Ok(Some(match arg {
        Arg::None => Item::New,
        Arg::Ellipsis => Item::Rest,
        Arg::Int(n) => Item::Int(Some(*n)),
        Arg::Dim(d) => Item::Int(d.known()),
        Arg::Number(d) if d.is_integer() => Item::Int(None),
        Arg::Slice(_) => Item::Slice(arg.clone()),
        Arg::List(_) | Arg::Tuple(_) | Arg::Tensor(_) => {
            let mut nd = convert::array(arg)?;
            let empty = !matches!(arg, Arg::Tensor(_)) && nd.shape.size() == Dim::Known(0);
            if empty {
                nd.dtype = Some(DType::Int64);
                nd.content = tensor::Content::Unknown;
            }
            match (nd.dtype, nd.rank()) {
                (None, _) | (_, None) => return Ok(None),
                (Some(DType::Bool), Some(0)) | (Some(DType::Object), _) => return Ok(None),
                (Some(DType::Bool), _) => Item::Mask(nd),
                (Some(d), Some(0)) if d.is_integer() && matches!(nd.content, tensor::Content::Drawn(_)) => {
                    Item::Draw(nd)
                }
                (Some(d), Some(0)) if d.is_integer() => {
                    Item::Int(nd.content.dims().and_then(|d| d.first()?.known()))
                }
                (Some(d), _) if d.is_integer() => Item::Array(nd),
                (Some(DType::String), _) => return np.index_error(INVALID, argument("index", "strings")),
                (Some(d), rank) => {
                    let text = match (rank, arg) {
                        (Some(0), _) => INVALID,
                        (_, Arg::Tensor(_)) => "arrays used as indices must be of integer (or boolean) type",
                        _ => INVALID,
                    };
                    return np.index_error(text, argument("index", d.name()));
                }
            }
        }
        // A field of records, of which the dtype is not modelled.
        Arg::Str(_) if x.dtype.is_none() => return Ok(None),
        Arg::Float(_) | Arg::Str(_) => return np.index_error(INVALID, argument("index", "no integer")),
        _ => return Ok(None),
    }))
}

fn lay_out(np: &Np<'_>, x: &Nd, items: Vec<Item>, rest: usize) -> Infer<Plan> {
    let dims = x.dims().unwrap_or_default();
    let advanced_any = items.iter().any(|i| matches!(i, Item::Array(_) | Item::Mask(_)));
    let mask = items.iter().filter(|i| matches!(i, Item::Mask(_))).count() == 1
        && items.iter().all(|i| matches!(i, Item::Mask(_) | Item::Rest));
    let mut parts: Vec<Part> = Vec::new();
    let mut kept: Vec<Dim> = Vec::new();
    // Where the advanced indices begin, and whether something stands between them.
    let (mut first, mut closed, mut apart) = (None, false, false);
    let mut element = !advanced_any;
    for item in items {
        let advanced =
            advanced_any && matches!(item, Item::Int(_) | Item::Draw(_) | Item::Array(_) | Item::Mask(_));
        if advanced {
            apart |= closed;
            first = first.or(Some(kept.len()));
        } else if first.is_some() && !(matches!(item, Item::Rest) && rest == 0) {
            closed = true;
        }
        let axis = parts.len();
        let dim = dims.get(axis).copied().unwrap_or(Dim::Unknown);
        match item {
            Item::New => {
                element = false;
                kept.push(Dim::Known(1));
            }
            Item::Rest => {
                element &= rest == 0;
                for dim in dims.iter().skip(axis).take(rest) {
                    parts.push(Part::Run { start: Some(0), step: 1, out: kept.len() });
                    kept.push(*dim);
                }
            }
            Item::Int(n) => parts.push(Part::Fixed(checked(np, n, axis, dim)?)),
            Item::Draw(nd) => {
                chanced(np, &nd, axis, dim)?;
                parts.push(Part::Fixed(None));
            }
            Item::Slice(slice) => {
                element = false;
                let (start, step, count) = run(np, &slice, dim)?;
                parts.push(Part::Run { start, step, out: kept.len() });
                kept.push(count);
            }
            Item::Array(nd) => {
                for n in nd.int_values().unwrap_or_default() {
                    checked(np, Some(n), axis, dim)?;
                }
                chanced(np, &nd, axis, dim)?;
                parts.push(Part::Picked(nd));
            }
            Item::Mask(nd) => parts.extend(unmask(np, &nd, &dims[axis..], axis)?),
        }
    }
    let mut advanced = (0, 0);
    if advanced_any {
        let shape = common(np, &parts)?;
        let Some(block) = shape.dims() else {
            return Ok(Plan { shape: Shape::UNKNOWN, basic: false, element: false, mask, parts, advanced });
        };
        let at = if apart { 0 } else { first.unwrap_or(0) };
        advanced = (at, block.len());
        for part in &mut parts {
            if let Part::Run { out, .. } = part
                && *out >= at
            {
                *out += block.len();
            }
        }
        kept.splice(at..at, block.iter().copied());
    }
    Ok(Plan { shape: Shape::new(kept), basic: !advanced_any, element, mask, parts, advanced })
}

/// Refuses an index that may be among draws and that the axis has no place for, as likely as it is.
fn chanced(np: &Np<'_>, index: &Nd, axis: usize, dim: Dim) -> Infer<()> {
    let Some(size) = dim.known() else { return Ok(()) };
    match index.content.outside(&(-size..size), &index.shape) {
        Some((n, spared)) => np.call.risk(spared, checked(np, Some(n), axis, dim).map(drop)),
        None => Ok(()),
    }
}

/// Checks an int against the axis and counts it from the front.
fn checked(np: &Np<'_>, n: Option<i64>, axis: usize, dim: Dim) -> Infer<Option<i64>> {
    let (Some(n), Some(size)) = (n, dim.known()) else {
        return Ok(n.filter(|n| *n >= 0));
    };
    if n < -size || n >= size {
        let text = format!("index {n} is out of bounds for axis {axis} with size {size}");
        return np.index_error(text, Mistake::IndexOutOfRange { index: n, axis, size });
    }
    Ok(Some(if n < 0 { n + size } else { n }))
}

/// Reads a slice of an axis: its first index, its step and how many it picks.
fn run(np: &Np<'_>, slice: &Arg, dim: Dim) -> Infer<(Option<i64>, i64, Dim)> {
    let Arg::Slice(bounds) = slice else { return Ok((None, 1, Dim::Unknown)) };
    for bound in bounds.iter() {
        let float = match bound {
            Arg::Float(_) | Arg::Str(_) => true,
            Arg::Number(d) => d.is_floating(),
            Arg::Tensor(t) => t.spec.dtype.is_some_and(DType::is_floating),
            _ => false,
        };
        if float {
            let text = "slice indices must be integers or None or have an __index__ method";
            return np.type_error(text, argument("index", "a slice of floats"));
        }
    }
    let bound = |at: usize| Option::<i64>::from_arg(&bounds[at]).ok();
    let (start, stop, step) = (bound(0), bound(1), bound(2).map(|s| s.unwrap_or(1)));
    if step == Some(0) {
        return np.value_error("slice step cannot be zero", argument("index", "a step of 0"));
    }
    if let (Some(None | Some(0)), Some(None), Some(1)) = (start, stop, step) {
        return Ok((Some(0), 1, dim));
    }
    let (Some(start), Some(stop), Some(step)) = (start, stop, step) else {
        return Ok((None, step.unwrap_or(1), Dim::Unknown));
    };
    let Some(size) = dim.known() else {
        // `x[::-1]` keeps an unknown size.
        let whole = start.is_none() && stop.is_none() && step == -1;
        return Ok((None, step, if whole { dim } else { Dim::Unknown }));
    };
    let clamp =
        |n: i64, low: i64, high: i64| (if n < 0 { n.saturating_add(size) } else { n }).clamp(low, high);
    let (low, high) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let from = start.map_or(if step > 0 { low } else { high }, |n| clamp(n, low, high));
    let to = stop.map_or(if step > 0 { high } else { low }, |n| clamp(n, low, high));
    let span = if step > 0 { to - from } else { from - to };
    let count = if span <= 0 { 0 } else { (span - 1) / step.saturating_abs() + 1 };
    Ok((Some(from), step, Dim::Known(count)))
}

/// Turns a mask into an index array for each of its axes.
fn unmask(np: &Np<'_>, mask: &Nd, dims: &[Dim], axis: usize) -> Infer<Vec<Part>> {
    let own = mask.dims().unwrap_or_default();
    for (i, (have, want)) in own.iter().zip(dims).enumerate() {
        if let (Dim::Known(have), Dim::Known(want)) = (have, want)
            && have != want
        {
            let axis = axis + i;
            let text = format!(
                "boolean index did not match indexed array along axis {axis}; size of axis is {want} but size of \
                 corresponding boolean axis is {have}"
            );
            let (left, right) = (Dim::Known(*want), Dim::Known(*have));
            return np.index_error(text, Mistake::DimMismatch { left, right, what: "a mask and its array" });
        }
    }
    let Some(array) = mask.array() else {
        let count = if mask.content.is_zero() { Dim::Known(0) } else { Dim::Unknown };
        let part = Part::Picked(Nd::new(Shape::new([count]), DType::Int64));
        return Ok(vec![part; own.len()]);
    };
    let tensor::Data::Bool(values) = &array.data else { return Ok(Vec::new()) };
    let mut found: Vec<Vec<i64>> = vec![Vec::new(); own.len()];
    let mut at = 0;
    crate::spec::fold::for_each_index(&array.shape, |index| {
        if values.get(at) == Some(&true) {
            found.iter_mut().zip(index).for_each(|(list, i)| list.push(*i));
        }
        at += 1;
    });
    Ok(found.into_iter().map(|list| Part::Picked(Nd::ints(list))).collect())
}

/// Broadcasts the index arrays against each other.
fn common(np: &Np<'_>, parts: &[Part]) -> Infer<Shape> {
    let shapes: Vec<&Shape> =
        parts.iter().filter_map(|p| if let Part::Picked(nd) = p { Some(&nd.shape) } else { None }).collect();
    let mut all = Shape::scalar();
    for shape in &shapes {
        all = match tensor::broadcast(&all, shape) {
            Ok(shape) => shape,
            Err(e) => {
                let texts: Vec<String> = shapes.iter().map(|s| tuple(s)).collect();
                let text = format!(
                    "shape mismatch: indexing arrays could not be broadcast together with shapes {} ",
                    texts.join(" ")
                );
                let mistake =
                    Mistake::NotBroadcastable { left: e.left, right: e.right, from_end: e.from_end };
                return np.index_error(text, mistake);
            }
        };
    }
    Ok(all)
}

impl Plan {
    /// Returns the places of what is picked in the flattened array of these sizes; nothing where they are not
    /// known or too many.
    pub fn places(&self, sizes: &[i64]) -> Option<Vec<usize>> {
        let out = self.shape.all_known()?;
        elements::few(&out)?;
        let strides = elements::strides(sizes);
        let (at, rank) = self.advanced;
        let block = out.get(at..at + rank)?.to_vec();
        let mut arrays: Vec<Option<(Vec<i64>, Vec<i64>)>> = Vec::with_capacity(self.parts.len());
        for (part, size) in self.parts.iter().zip(sizes) {
            arrays.push(match part {
                Part::Picked(nd) => {
                    let values = nd.int_values()?;
                    let values = values.into_iter().map(|n| if n < 0 { n + size } else { n }).collect();
                    Some((nd.shape.all_known()?, values))
                }
                _ => None,
            });
        }
        let mut places = Vec::new();
        let mut sound = true;
        crate::spec::fold::for_each_index(&out, |index| {
            let mut place = 0_i64;
            for ((part, array), stride) in self.parts.iter().zip(&arrays).zip(&strides) {
                let n = match (part, array) {
                    (Part::Fixed(n), _) => *n,
                    (Part::Run { start, step, out }, _) => start.map(|s| s + index[*out] * step),
                    (Part::Picked(_), Some((shape, values))) => {
                        let sub = &index[at..at + block.len()];
                        values.get(crate::spec::fold::offset(sub, shape)).copied()
                    }
                    _ => None,
                };
                match n {
                    Some(n) => place += n * stride,
                    None => sound = false,
                }
            }
            places.push(usize::try_from(place).unwrap_or(usize::MAX));
        });
        sound.then_some(places)
    }
}

impl Plan {
    /// What is known of whole rows that chance has chosen: those that a permutation of all of them or draws of all of
    /// them name, or a part of such a choice.
    fn chosen(&self, x: &Nd) -> Option<Content> {
        let (first, rest) = self.parts.split_first()?;
        let dims = x.dims()?;
        let rows = dims.first()?.known()?;
        let whole = |part: &Part, dim: &Dim| match part {
            Part::Run { start: Some(0), step: 1, out } => {
                self.shape.dim(i64::try_from(*out).unwrap_or(-1)) == Some(*dim)
            }
            _ => false,
        };
        if !rest.iter().zip(dims.get(1..)?).all(|(part, dim)| whole(part, dim)) {
            return None;
        }
        match (first, &x.content) {
            (Part::Picked(index), _) => {
                let all = match &index.content {
                    Content::Sample(places) => &places.data,
                    Content::Drawn(places) => &**places,
                    _ => return None,
                };
                let Data::Int(all) = all else { return None };
                let every = i64::try_from(all.len()) == Ok(rows) && all.iter().copied().eq(0..rows);
                every.then(|| x.content.sampled())
            }
            (Part::Run { step: 1, .. }, Content::Sample(_)) => Some(x.content.clone()),
            _ => None,
        }
    }
}

/// Reads `x[index]`.
///
/// # Errors
/// `IndexError` for an index that does not fit.
pub fn get(np: &Np<'_>, x: &Nd, index: &Arg) -> Infer<Nd> {
    let Some(plan) = plan(np, x, index)? else { return Ok(Nd::new(Shape::UNKNOWN, x.dtype)) };
    let chosen = plan.chosen(x);
    let picked = x.picked(plan.shape.clone(), |sizes| plan.places(sizes));
    Ok(match chosen {
        Some(content) if matches!(picked.content, Content::Unknown) => Nd { content, ..picked },
        _ => picked,
    })
}

/// Writes `x[index] = value` and returns the array as it is then.
///
/// # Errors
/// `IndexError` for an index and `ValueError` for a value that does not fit.
pub fn set(np: &Np<'_>, x: &Nd, index: &Arg, value: &Nd) -> Infer<Nd> {
    let changed = Nd::new(x.shape.clone(), x.dtype);
    let Some(plan) = plan(np, x, index)? else { return Ok(changed) };
    // Anything has a truth value, anything is an object: `mask[0] = [1, 2]` works. A record takes a tuple.
    let takes_all = matches!(x.dtype, None | Some(DType::Bool | DType::Object));
    if !(plan.element && takes_all) {
        fit(np, &plan, value)?;
    }
    let Some(dtype) = x.dtype else { return Ok(changed) };
    if value.weak == Weak::Int {
        value.int_values().unwrap_or_default().into_iter().try_for_each(|n| convert::in_range(n, dtype))?;
    }
    let value = convert::cast(value, dtype)?;
    Ok(written(x, &plan, &value).unwrap_or(changed))
}

/// Checks that a value can be broadcast to what an index picks.
fn fit(np: &Np<'_>, plan: &Plan, value: &Nd) -> Infer<()> {
    let (Some(target), Some(mut dims)) = (plan.shape.dims(), value.dims()) else { return Ok(()) };
    if plan.element {
        let several = dims.iter().any(|d| matches!(d, Dim::Known(n) if *n != 1));
        if several {
            let text = "setting an array element with a sequence.";
            return np.value_error(text, argument("value", "an array for one element"));
        }
        return Ok(());
    }
    while dims.len() > target.len() && dims.first() == Some(&Dim::Known(1)) {
        dims = &dims[1..];
    }
    let fits = dims.len() <= target.len()
        && dims.iter().rev().zip(target.iter().rev()).all(|(v, t)| *v == Dim::Known(1) || v.compatible(*t));
    let certain = dims.len() > target.len() && dims.first().is_some_and(|d| d.is_known());
    if fits || !(certain || dims.len() <= target.len()) {
        return Ok(());
    }
    let (from, into) = (tuple(&value.shape), tuple(&plan.shape));
    let text = if plan.basic {
        format!("could not broadcast input array from shape {from} into shape {into}")
    } else if let (true, [Dim::Known(count)], [Dim::Known(given)]) = (plan.mask, target, dims) {
        format!(
            "NumPy boolean array indexing assignment cannot assign {given} input values to the {count} output \
             values where the mask is true"
        )
    } else {
        format!(
            "shape mismatch: value array of shape {from} could not be broadcast to indexing result of shape {into}"
        )
    };
    let pair = dims.iter().rev().zip(target.iter().rev()).find(|(v, t)| !v.compatible(**t));
    let (left, right) = pair.map_or((Dim::Unknown, Dim::Unknown), |(v, t)| (*v, *t));
    np.value_error(text, Mistake::DimMismatch { left, right, what: "a value and the place it is written to" })
}

fn written(x: &Nd, plan: &Plan, value: &Nd) -> Option<Nd> {
    let mut array = x.array()?;
    let value = value.array()?;
    let places = plan.places(&array.shape)?;
    let shape = plan.shape.all_known()?;
    let mut own = value.shape.clone();
    while own.len() > shape.len() {
        own.remove(0);
    }
    let mut from = Vec::with_capacity(places.len());
    crate::spec::fold::for_each_index(&shape, |index| from.push(crate::spec::fold::offset(index, &own)));
    let values = elements::pick(&value.data, &from)?;
    elements::put(&mut array.data, &places, values)?;
    Some(Nd::of(array.shape, array.dtype, array.data))
}
