//! Functions that move, crop or pad images: flips, rotations, boxes.

use tensor::{DType, Dim, Shape};

use super::resize;
use crate::defs::rule;
use crate::kernels::index::{self, select};
use crate::kernels::layout::{self, quarter_turns, reverse, transpose};
use crate::kernels::pointwise::binary;
use crate::kernels::shape::{expand_dims, reshape, squeeze};
use crate::spec::{Cx, Tensor, Val, merge, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop};

const IMAGE: Param<Arg> = Param::at(0, &["image", "images", "value"]);
const SIZE: Param<Arg> = Param::at(1, &["size"]);
const FRACTION: Param<Arg> = Param::at(1, &["central_fraction"]);
const METHOD: Param<Arg> = Param::named(&["method"]);

const SOURCE: &str = "tensorflow/python/ops/image_ops_impl.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("flip_left_right", &["tf.image.flip_left_right"], |c| run(c, |cx| flip(cx, 1, false)), SOURCE),
    rule("flip_up_down", &["tf.image.flip_up_down"], |c| run(c, |cx| flip(cx, 0, false)), SOURCE),
    rule(
        "random_flip_left_right",
        &["tf.image.random_flip_left_right", "tf.image.stateless_random_flip_left_right"],
        |c| run(c, |cx| flip(cx, 1, true)),
        SOURCE,
    ),
    rule(
        "random_flip_up_down",
        &["tf.image.random_flip_up_down", "tf.image.stateless_random_flip_up_down"],
        |c| run(c, |cx| flip(cx, 0, true)),
        SOURCE,
    ),
    rule("image_rot90", &["tf.image.rot90"], |c| run(c, rot90), SOURCE),
    rule("image_transpose", &["tf.image.transpose"], |c| run(c, transposed), SOURCE),
    rule("central_crop", &["tf.image.central_crop"], |c| run(c, central_crop), SOURCE),
    rule("pad_to_bounding_box", &["tf.image.pad_to_bounding_box"], |c| run(c, |cx| boxed(cx, true)), SOURCE),
    rule(
        "crop_to_bounding_box",
        &["tf.image.crop_to_bounding_box"],
        |c| run(c, |cx| boxed(cx, false)),
        SOURCE,
    ),
    rule(
        "resize_with_crop_or_pad",
        &["tf.image.resize_with_crop_or_pad"],
        |c| run(c, |cx| fitted(cx, false)),
        SOURCE,
    ),
    rule("resize_with_pad", &["tf.image.resize_with_pad"], |c| run(c, |cx| fitted(cx, true)), SOURCE),
    rule(
        "random_crop",
        &["tf.image.random_crop", "tf.image.stateless_random_crop"],
        |c| run(c, random_crop),
        "tensorflow/python/ops/random_crop_ops.py",
    ),
];

fn refuse<R>(cx: &Cx<'_>, param: &'static str, text: String) -> Infer<R> {
    cx.value_error(text.clone(), Mistake::Argument { param, problem: text })
}

/// `_AssertAtLeast3DImage`.
pub(super) fn check(cx: &Cx<'_>, image: &Tensor) -> Infer<()> {
    let Some(dims) = image.shape.dims() else { return Ok(()) };
    if dims.len() < 3 {
        let text = format!("'image' (shape {}) must be at least three-dimensional.", image.shape.tuple());
        let (expected, got) = ("at least 3".to_owned(), dims.len());
        return cx.value_error(text, Mistake::RankMismatch { param: "image", expected, got });
    }
    if dims[dims.len() - 3..].contains(&Dim::Known(0)) {
        let text = format!("inner 3 dims of 'image.shape' must be > 0: {}", image.shape.tuple());
        return refuse(cx, "image", text);
    }
    Ok(())
}

/// Refuses a rank other than 3 and 4; `space` stands before the last words.
fn ranked(cx: &Cx<'_>, image: &Tensor, space: &str) -> Infer<usize> {
    match image.rank() {
        Some(rank @ (3 | 4)) => Ok(rank),
        Some(rank) => {
            let text =
                format!("'image' (shape {}){space}must have either 3 or 4 dimensions.", image.shape.tuple());
            let mistake = Mistake::RankMismatch { param: "image", expected: "3 or 4".to_owned(), got: rank };
            cx.value_error(text, mistake)
        }
        None => Err(Stop::Unknown("an image of unknown rank")),
    }
}

fn flip(cx: &Cx<'_>, axis: i64, random: bool) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    check(cx, &image)?;
    let rank = ranked(cx, &image, if random { " " } else { "" })?;
    if random {
        super::colour::seeded(cx)?;
    }
    let flipped = reverse(cx, &image, Val::ints(&[axis + rank as i64 - 3]))?;
    if !random {
        return Ok(Val::T(flipped));
    }
    // Of a batch, each image has a chance of its own.
    let dims = match (rank, image.shape.dim(0)) {
        (4, Some(batch)) => vec![batch],
        _ => Vec::new(),
    };
    let batch = !dims.is_empty();
    match super::colour::drawn(cx, dims, [0.0, 1.0])? {
        Some(number) => {
            let turns = binary(cx, if batch { "Greater" } else { "Less" }, number, Val::from(0.5))?;
            let turns = if batch { reshape(cx, turns, Val::ints(&[-1, 1, 1, 1]))? } else { turns };
            Ok(Val::T(
                select(cx, Val::T(turns), Val::T(flipped), Val::T(image.clone()))?.with_shape(image.shape),
            ))
        }
        None => Ok(Val::T(image.like())),
    }
}

fn rot90(cx: &Cx<'_>) -> Infer<Val> {
    const TIMES: Param<Arg> = Param::at(1, &["k"]);
    let image = cx.tensor(IMAGE)?;
    check(cx, &image)?;
    let rank = ranked(cx, &image, " ")?;
    let (h, w) = (rank - 3, rank - 2);
    let times = match cx.known(TIMES)? {
        v if v.is_none() => Ok(1),
        v => cx.int(v),
    };
    let shape = image.shape.clone();
    let out = match times {
        Ok(k) if cx.eager() => {
            if image.shape.all_known().is_some() {
                return quarter_turns(cx, image, [h, w], k).map(Val::T);
            }
            let (height, width) = (shape.dim(h as i64), shape.dim(w as i64));
            match (k.rem_euclid(2), height, width) {
                (1, Some(height), Some(width)) => shape.with_dim(h, width).with_dim(w, height),
                _ => shape,
            }
        }
        // While tracing, the number of turns is a tensor: only the sides of squares are known.
        _ => match (shape.dim(h as i64), shape.dim(w as i64)) {
            (Some(height), Some(width)) if height.is_known() && height == width => shape,
            _ => shape.with_dim(h, Dim::Unknown).with_dim(w, Dim::Unknown),
        },
    };
    Ok(Val::T(image.with_shape(out).like()))
}

fn transposed(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    check(cx, &image)?;
    let order: &[i64] = if ranked(cx, &image, " ")? == 3 { &[1, 0, 2] } else { &[0, 2, 1, 3] };
    transpose(cx, image, Val::ints(order)).map(Val::T)
}

fn central_crop(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    let fraction = match cx.known(FRACTION)? {
        Val::Py(Arg::Float(f)) => Some(*f),
        Val::Py(Arg::Int(n)) => Some(*n as f64),
        Val::T(_) | Val::Py(Arg::Number(_)) => None,
        _ => return Err(Stop::Unknown("a fraction that is not known")),
    };
    match fraction {
        Some(f) if f <= 0.0 || f > 1.0 => {
            return refuse(cx, "central_fraction", "central_fraction must be within (0, 1]".to_owned());
        }
        Some(1.0) => return Ok(Val::T(image)),
        _ => {}
    }
    check(cx, &image)?;
    let Some(rank) = image.rank() else { return Err(Stop::Unknown("an image of unknown rank")) };
    if !(3..=4).contains(&rank) {
        let text = format!("`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = {rank}.");
        let mistake = Mistake::RankMismatch { param: "image", expected: "3 or 4".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    let mut shape = image.shape.clone();
    for axis in [rank - 3, rank - 2] {
        let size = match (shape.dim(axis as i64), fraction) {
            (Some(Dim::Known(n)), Some(f)) => {
                let start = ((n as f64 - n as f64 * f) / 2.0).trunc() as i64;
                Dim::Known(n - start * 2)
            }
            _ => Dim::Unknown,
        };
        shape = shape.with_dim(axis, size);
    }
    let starts: Option<Vec<i64>> = image
        .shape
        .all_known()
        .zip(shape.all_known())
        .map(|(have, kept)| have.iter().zip(&kept).map(|(have, kept)| (have - kept) / 2).collect());
    match (starts, shape.all_known()) {
        (Some(starts), Some(kept)) => {
            index::slice(cx, image, Tensor::vector(&starts), Tensor::vector(&kept)).map(Val::T)
        }
        _ => Ok(Val::T(image.with_shape(shape).like())),
    }
}

/// An image as a batch of images, and whether it was one.
fn as_batch(cx: &Cx<'_>, image: Tensor) -> Infer<(Tensor, bool)> {
    let rank = ranked(cx, &image, " ")?;
    let batch = if rank == 3 { expand_dims(cx, image, Val::from(0))? } else { image };
    check(cx, &batch)?;
    Ok((batch, rank == 4))
}

fn without_batch(cx: &Cx<'_>, image: Tensor, batch: bool) -> Infer<Tensor> {
    if batch {
        return Ok(image);
    }
    squeeze(cx, image, &[0])
}

/// Reads an int or a scalar tensor as a dim.
fn dim(cx: &Cx<'_>, val: &Val) -> Infer<Dim> {
    match val {
        Val::Py(Arg::Int(n)) => Ok(Dim::Known(*n)),
        Val::Py(Arg::Dim(d)) => Ok(*d),
        Val::T(_) => Ok(cx.int(val).map_or(Dim::Unknown, Dim::Known)),
        _ => Err(Stop::Unknown("a size that is not known")),
    }
}

/// `pad_to_bounding_box` and `crop_to_bounding_box`.
fn boxed(cx: &Cx<'_>, pads: bool) -> Infer<Val> {
    const BOX: [Param<Arg>; 4] = [
        Param::at(1, &["offset_height"]),
        Param::at(2, &["offset_width"]),
        Param::at(3, &["target_height"]),
        Param::at(4, &["target_width"]),
    ];
    let (image, batch) = as_batch(cx, cx.tensor(IMAGE)?)?;
    let place = [
        dim(cx, cx.known(BOX[0])?)?,
        dim(cx, cx.known(BOX[1])?)?,
        dim(cx, cx.known(BOX[2])?)?,
        dim(cx, cx.known(BOX[3])?)?,
    ];
    let out = if pads { padded(cx, &image, place)? } else { cropped(cx, &image, place)? };
    without_batch(cx, out, batch).map(Val::T)
}

/// Tells whether a condition on known sizes is known not to hold.
fn fails(holds: Option<bool>) -> bool {
    holds == Some(false)
}

fn sizes(image: &Tensor) -> (Dim, Dim) {
    (image.shape.dim(1).unwrap_or(Dim::Unknown), image.shape.dim(2).unwrap_or(Dim::Unknown))
}

fn replaced(image: &Tensor, height: Dim, width: Dim) -> Tensor {
    let shape = image.shape.with_dim(1, height).with_dim(2, width);
    image.clone().with_shape(shape).like()
}

fn padded(cx: &Cx<'_>, image: &Tensor, place: [Dim; 4]) -> Infer<Tensor> {
    let [top, left, height, width] = place;
    let (have_height, have_width) = sizes(image);
    let positive = |d: Dim| d.known().map(|n| n >= 0);
    let fits =
        |target: Dim, offset: Dim, have: Dim| Some(target.known()? - offset.known()? - have.known()? >= 0);
    for (fails, text) in [
        (fails(positive(top)), "offset_height must be >= 0"),
        (fails(positive(left)), "offset_width must be >= 0"),
        (fails(fits(width, left, have_width)), "width must be <= target - offset"),
        (fails(fits(height, top, have_height)), "height must be <= target - offset"),
    ] {
        if fails {
            return refuse(cx, "target_height", text.to_owned());
        }
    }
    if let [Some(top), Some(left), Some(height), Some(width)] = place.map(Dim::known)
        && let (Some(have_height), Some(have_width)) = (have_height.known(), have_width.known())
    {
        let rows = [[0, 0], [top, height - top - have_height], [left, width - left - have_width], [0, 0]];
        let pads = rows.iter().map(|row| Val::ints(row)).collect();
        return layout::pad(cx, "Pad", image, Val::List(pads), None);
    }
    Ok(replaced(image, height, width))
}

fn cropped(cx: &Cx<'_>, image: &Tensor, place: [Dim; 4]) -> Infer<Tensor> {
    let [top, left, height, width] = place;
    let (have_height, have_width) = sizes(image);
    let least = |d: Dim, n: i64| d.known().map(|v| v >= n);
    let fits = |have: Dim, target: Dim, offset: Dim| Some(have.known()? >= target.known()? + offset.known()?);
    for (fails, text) in [
        (fails(least(left, 0)), "offset_width must be >= 0."),
        (fails(least(top, 0)), "offset_height must be >= 0."),
        (fails(least(width, 1)), "target_width must be > 0."),
        (fails(least(height, 1)), "target_height must be > 0."),
        (fails(fits(have_width, width, left)), "width must be >= target + offset."),
        (fails(fits(have_height, height, top)), "height must be >= target + offset."),
    ] {
        if fails {
            return refuse(cx, "target_height", text.to_owned());
        }
    }
    if let [Some(top), Some(left), Some(height), Some(width)] = place.map(Dim::known) {
        let (begin, size) = (Tensor::vector(&[0, top, left, 0]), Tensor::vector(&[-1, height, width, -1]));
        return index::slice(cx, image, begin, size);
    }
    Ok(replaced(image, height, width))
}

/// `resize_with_crop_or_pad` and `resize_with_pad`: the size that is asked for, whatever the image's.
fn fitted(cx: &Cx<'_>, resizes: bool) -> Infer<Val> {
    const TARGET: [Param<Arg>; 2] = [Param::at(1, &["target_height"]), Param::at(2, &["target_width"])];
    let (image, batch) = as_batch(cx, cx.tensor(IMAGE)?)?;
    let (height, width) = (dim(cx, cx.known(TARGET[0])?)?, dim(cx, cx.known(TARGET[1])?)?);
    for (size, text) in [(width, "target_width must be > 0."), (height, "target_height must be > 0.")] {
        if size.known().is_some_and(|n| n <= 0) {
            return refuse(cx, "target_height", text.to_owned());
        }
    }
    let known = [sizes(&image).0, sizes(&image).1, height, width].map(Dim::known);
    if let [Some(rows), Some(columns), Some(height), Some(width)] = known {
        let out = if resizes {
            within(cx, image, [rows, columns], [height, width])?
        } else {
            centred(cx, image, [rows, columns], [height, width])?
        };
        return without_batch(cx, out, batch).map(Val::T);
    }
    let mut out = image;
    if resizes {
        let method = method(cx)?;
        let open = Val::T(Tensor::new(Shape::known(&[2]), DType::Int32));
        out = resize::resize(cx, &Val::T(out), &open, &method, false, false)?;
    }
    without_batch(cx, replaced(&out, height, width), batch).map(Val::T)
}

/// Cuts or pads an image on all sides alike.
fn centred(cx: &Cx<'_>, image: Tensor, have: [i64; 2], want: [i64; 2]) -> Infer<Tensor> {
    let half = |at: usize, by: i64| (by * (want[at] - have[at])).div_euclid(2).max(0);
    let kept = [want[0].min(have[0]), want[1].min(have[1])];
    let cut = [half(0, -1), half(1, -1), kept[0], kept[1]].map(Dim::Known);
    let image = cropped(cx, &image, cut)?;
    padded(cx, &image, [half(0, 1), half(1, 1), want[0], want[1]].map(Dim::Known))
}

/// Reads how to resize.
fn method(cx: &Cx<'_>) -> Infer<String> {
    match cx.known(METHOD)? {
        Val::Py(Arg::Missing) => Ok("bilinear".to_owned()),
        Val::Py(Arg::Str(s)) => Ok(s.to_string()),
        _ => Err(Stop::Unknown("a method that is not known")),
    }
}

/// Resizes an image so that it fits into a size, and pads the rest.
fn within(cx: &Cx<'_>, image: Tensor, have: [i64; 2], want: [i64; 2]) -> Infer<Tensor> {
    let method = method(cx)?;
    let (have, target) = (have.map(|n| n as f32), want.map(|n| n as f32));
    let ratio = (have[1] / target[1]).max(have[0] / target[0]);
    let fit = have.map(|n| n / ratio);
    let size = Tensor::vector(&fit.map(|n| n.floor() as i64));
    let out = resize::resize(cx, &Val::T(image), &Val::T(size), &method, false, false)?;
    let edge = |at: usize| ((target[at] - fit[at]) / 2.0).floor().max(0.0) as i64;
    padded(cx, &out, [edge(0), edge(1), want[0], want[1]].map(Dim::Known))
}

fn random_crop(cx: &Cx<'_>) -> Infer<Val> {
    let value = cx.tensor(IMAGE)?;
    let size = cx.convert(cx.known(SIZE)?, Some(DType::Int32))?;
    let whole = crate::kernels::shape::shape_of(&value, DType::Int32);
    crate::kernels::pointwise::binary(cx, "GreaterEqual", &whole, &size)?;
    super::colour::seeded(cx)?;
    cx.fit("Slice", merge::rank(&size.shape, 1))?;
    let sizes = match size.content.dims() {
        Some(dims) => Shape::new(dims),
        None => value.rank().map_or(Shape::UNKNOWN, Shape::of_rank),
    };
    if let (true, Some(have), Some(want)) = (cx.eager(), value.shape.all_known(), sizes.all_known())
        && have.iter().zip(&want).any(|(h, w)| h < w)
    {
        return Err(Stop::Unknown("a crop larger than the image, on values"));
    }
    // Where to begin is drawn for each axis.
    let limits = crate::kernels::pointwise::binary(cx, "Sub", whole, &size)?.like();
    let out = crate::kernels::index::slice(cx, &value, limits, &size)?;
    Ok(Val::T(value.with_shape(out.shape).like()))
}
