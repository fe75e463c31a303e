//! `StridedSlice`: what `x[1:, None, ..., ::-1, 0]` becomes.

use tensor::{Content, Dim, Shape};

use crate::spec::{Cx, Misfit, Node, Tensor, Val, fold};
use crate::{Infer, Mistake};

/// One entry of an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pick {
    /// `...`.
    Ellipsis,
    /// `None`.
    NewAxis,
    /// An integer, if known.
    At(Dim),
    /// A slice.
    Range(Bounds),
}

/// The parts of a slice; nothing where it is left out, `Dim::Unknown` where it is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Where it starts.
    pub start: Option<Dim>,
    /// Where it stops.
    pub stop: Option<Dim>,
    /// The stride.
    pub step: Option<Dim>,
}

/// What becomes of one axis of the input.
#[derive(Clone, Copy, Debug)]
enum Axis {
    /// It is picked from.
    Input(Pick),
    /// It is new.
    New,
}

const WHOLE: Pick = Pick::Range(Bounds { start: None, stop: None, step: None });

/// Applies an index.
///
/// # Errors
/// There are too many entries, an integer lies outside, or a stride is zero.
pub fn strided_slice(cx: &Cx<'_>, x: &Tensor, picks: &[Pick]) -> Infer<Tensor> {
    let vector = || Val::T(Tensor::vector(&vec![0; picks.len()]));
    let mut node = cx.node("StridedSlice", [x.into(), vector(), vector(), vector()])?;
    let Some(dims) = x.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let unknown_step = |p: &Pick| matches!(p, Pick::Range(b) if b.step.is_some_and(|s| !s.is_known()));
    if picks.iter().any(unknown_step) {
        return Ok(node.out(Shape::UNKNOWN));
    }
    let axes = dense(cx, picks, dims.len())?;
    // Bounds are evaluated all together: one that is not known leaves only whole axes and integers.
    let known = picks.iter().all(|p| match p {
        Pick::At(d) => d.is_known(),
        Pick::Range(b) => b.start.is_none_or(Dim::is_known) && b.stop.is_none_or(Dim::is_known),
        _ => true,
    });
    let mut out = Vec::with_capacity(axes.len());
    let mut source = Vec::with_capacity(dims.len());
    let mut axis = 0;
    for entry in &axes {
        let Axis::Input(pick) = entry else {
            out.push(Dim::Known(1));
            continue;
        };
        let dim = dims[axis];
        match *pick {
            Pick::At(index) => {
                let index = if known { element(cx, index, dim, axis)? } else { Dim::Unknown };
                source.push((index, 1));
            }
            Pick::Range(bounds) => {
                let (start, step, length) = interval(cx, bounds, dim, axis, known)?;
                source.push((start, step));
                out.push(length);
            }
            Pick::Ellipsis | Pick::NewAxis => {}
        }
        axis += 1;
    }
    let out = Shape::new(out);
    let content = match &x.content {
        // Of a part of a shape, single elements are not evaluated while a graph is traced.
        Content::Dims(_) if !cx.eager() && out.rank() == Some(0) => Content::Unknown,
        _ => picked(x, &axes, &source, &out),
    };
    with_window(&mut node, &axes, &source, &out);
    Ok(node.out_with(out, content))
}

/// Sets what the numbers depend on: where each axis of the input starts, in which steps and how many elements
/// are taken, and the shape of the result. Bounds that are not known leave it unset.
fn with_window(node: &mut Node<'_>, axes: &[Axis], source: &[(Dim, i64)], out: &Shape) {
    let starts: Option<Vec<i64>> = source.iter().map(|(start, _)| start.known()).collect();
    let (Some(starts), Some(sizes)) = (starts, out.all_known()) else { return };
    let steps: Vec<i64> = source.iter().map(|(_, step)| *step).collect();
    let mut left = sizes.iter();
    let mut counts = Vec::with_capacity(source.len());
    for axis in axes {
        match axis {
            Axis::New => drop(left.next()),
            Axis::Input(Pick::At(_)) => counts.push(1),
            Axis::Input(_) => counts.extend(left.next().copied()),
        }
    }
    node.with("starts", &starts[..]);
    node.with("steps", &steps[..]);
    node.with("counts", &counts[..]);
    node.with("shape", &sizes[..]);
}

/// Spreads the entries over the axes of the input.
fn dense(cx: &Cx<'_>, picks: &[Pick], rank: usize) -> Infer<Vec<Axis>> {
    let taken = picks.iter().filter(|p| matches!(p, Pick::At(_) | Pick::Range(_))).count();
    if picks.iter().filter(|p| **p == Pick::Ellipsis).count() > 1 {
        let text = "Multiple ellipses in slice spec not allowed";
        return cx.refuse("StridedSlice", Misfit::argument("index", text));
    }
    if taken > rank {
        let text = if rank == 0 {
            "Attempting to slice scalar input.".to_owned()
        } else {
            format!("Index out of range using input dim {rank}; input has only {rank} dims")
        };
        let mistake =
            Mistake::RankMismatch { param: "index", expected: format!("at least {taken}"), got: rank };
        return cx.refuse("StridedSlice", Misfit::new(text, mistake));
    }
    let mut axes = Vec::with_capacity(rank + picks.len());
    let rest = rank - taken;
    for pick in picks {
        match pick {
            Pick::Ellipsis => axes.extend(std::iter::repeat_n(Axis::Input(WHOLE), rest)),
            Pick::NewAxis => axes.push(Axis::New),
            other => axes.push(Axis::Input(*other)),
        }
    }
    if !picks.contains(&Pick::Ellipsis) {
        axes.extend(std::iter::repeat_n(Axis::Input(WHOLE), rest));
    }
    Ok(axes)
}

/// Resolves an integer entry.
fn element(cx: &Cx<'_>, index: Dim, dim: Dim, axis: usize) -> Infer<Dim> {
    let (Dim::Known(index), Dim::Known(size)) = (index, dim) else {
        return Ok(if index.known().is_some_and(|n| n >= 0) { index } else { Dim::Unknown });
    };
    let at = if index < 0 { size + index } else { index };
    if !(0..size).contains(&at) {
        let text = format!("slice index {at} of dimension {axis} out of bounds.");
        return cx.refuse("StridedSlice", Misfit::new(text, Mistake::IndexOutOfRange { index, axis, size }));
    }
    Ok(Dim::Known(at))
}

/// Resolves a slice to its start, stride and length.
fn interval(cx: &Cx<'_>, bounds: Bounds, dim: Dim, axis: usize, known: bool) -> Infer<(Dim, i64, Dim)> {
    let step = bounds.step.and_then(Dim::known).unwrap_or(1);
    if step == 0 {
        let text = format!("strides[{axis}] must be non-zero");
        return cx.refuse("StridedSlice", Misfit::argument("index", text));
    }
    let whole = bounds.start.is_none() && bounds.stop.is_none();
    let Dim::Known(size) = dim else {
        // A whole axis stays what it is, whatever its size; so does `[0:]`.
        let from_start = bounds.start.is_none_or(|s| s == Dim::Known(0)) && bounds.stop.is_none();
        return Ok(match step {
            1 if from_start => (Dim::Known(0), 1, dim),
            -1 if whole => (Dim::Unknown, -1, dim),
            _ => (
                bounds.start.filter(|s| s.known().is_some_and(|n| n >= 0)).unwrap_or(Dim::Unknown),
                step,
                Dim::Unknown,
            ),
        });
    };
    if !known && !whole {
        return Ok((Dim::Unknown, step, Dim::Unknown));
    }
    let range = if step > 0 { (0, size) } else { (-1, size - 1) };
    let resolved = |bound: Option<Dim>, default: i64| match bound.and_then(Dim::known) {
        Some(n) => (if n < 0 { size + n } else { n }).clamp(range.0, range.1),
        None => default,
    };
    let start = resolved(bounds.start, if step > 0 { range.0 } else { range.1 });
    let stop = resolved(bounds.stop, if step > 0 { range.1 } else { range.0 });
    let length = stop - start;
    let count = if length == 0 || (length < 0) != (step < 0) {
        0
    } else {
        length / step + i64::from(length % step != 0)
    };
    Ok((Dim::Known(start), step, Dim::Known(count)))
}

/// Picks known elements.
fn picked(x: &Tensor, axes: &[Axis], source: &[(Dim, i64)], out: &Shape) -> Content {
    match &x.content {
        Content::Zeros => Content::Zeros,
        Content::Dims(dims) | Content::Shape(dims) => {
            let ([Axis::Input(_)], [(Dim::Known(start), step)]) = (axes, source) else {
                return Content::Unknown;
            };
            let count = match out.dims() {
                Some([]) => 1,
                Some([Dim::Known(n)]) => *n,
                _ => return Content::Unknown,
            };
            (0..count)
                .map(|i| usize::try_from(start + i * step).ok().and_then(|at| dims.get(at).copied()))
                .collect::<Option<Vec<Dim>>>()
                .map_or(Content::Unknown, |d| Content::Dims(d.into()))
        }
        Content::Array(array) => {
            let starts: Option<Vec<i64>> = source.iter().map(|(start, _)| start.known()).collect();
            let (Some(starts), Some(sizes)) = (starts, out.all_known()) else { return Content::Unknown };
            super::layout::picked(array, &sizes, |index| {
                let (mut place, mut at, mut axis) = (Vec::with_capacity(starts.len()), 0, 0);
                for entry in axes {
                    match entry {
                        Axis::New => at += 1,
                        Axis::Input(Pick::At(_)) => {
                            place.push(starts[axis]);
                            axis += 1;
                        }
                        Axis::Input(_) => {
                            place.push(starts[axis] + index[at] * source[axis].1);
                            at += 1;
                            axis += 1;
                        }
                    }
                }
                place
            })
        }
        other => other.independent().unwrap_or(Content::Unknown),
    }
}

/// Takes one element of a vector: `shape[i]`.
///
/// # Errors
/// The index lies outside.
pub fn item(cx: &Cx<'_>, x: &Tensor, index: i64) -> Infer<Tensor> {
    strided_slice(cx, x, &[Pick::At(Dim::Known(index))])
}

/// Takes a part of a vector: `shape[a:b]`.
///
/// # Errors
/// The tensor is a scalar.
pub fn part(cx: &Cx<'_>, x: &Tensor, start: Option<i64>, stop: Option<i64>) -> Infer<Tensor> {
    let (start, stop) = (start.map(Dim::Known), stop.map(Dim::Known));
    strided_slice(cx, x, &[Pick::Range(Bounds { start, stop, step: None })])
}

/// Reads one integer tensor as a dim.
pub fn dim_of(t: &Tensor) -> Dim {
    fold::scalar_dim(&t.content)
}
