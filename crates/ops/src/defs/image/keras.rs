//! `keras.ops.image`: colours, paddings, crops and patches.

use tensor::{Dim, Shape};

use crate::defs::linalg::matmul::tensordot;
use crate::defs::nn::conv_keras::{Plan, convolved, output_shape_of};
use crate::defs::nn::window::{DATA_FORMAT, channels_first};
use crate::defs::rule;
use crate::kernels::image;
use crate::kernels::layout::{pad, transpose};
use crate::kernels::pointwise::cast;
use crate::kernels::shape::{expand_dims, squeeze};
use crate::spec::repr::type_name;
use crate::spec::{Cx, Tensor, Val, keras, repr, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Violation};

const IMAGES: Param<Arg> = Param::at(0, &["images", "volumes", "image1"]);
const SIZE: Param<Arg> = Param::at(1, &["size"]);
const STRIDES: Param<Arg> = Param::named(&["strides"]);
const DILATIONS: Param<Arg> = Param::named(&["dilation_rate"]);

const SOURCE: &str = "keras/src/ops/image.py, keras/src/backend/tensorflow/image.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("keras_rgb_to_grayscale", &["keras.ops.image.rgb_to_grayscale"], |c| run(c, grayscale), SOURCE),
    rule("keras_rgb_to_hsv", &["keras.ops.image.rgb_to_hsv"], |c| run(c, |cx| hsv(cx, "RGBToHSV")), SOURCE),
    rule("keras_hsv_to_rgb", &["keras.ops.image.hsv_to_rgb"], |c| run(c, |cx| hsv(cx, "HSVToRGB")), SOURCE),
    rule("pad_images", &["keras.ops.image.pad_images"], |c| run(c, |cx| framed(cx, true)), SOURCE),
    rule("crop_images", &["keras.ops.image.crop_images"], |c| run(c, |cx| framed(cx, false)), SOURCE),
    rule(
        "keras_extract_patches",
        &["keras.ops.image.extract_patches"],
        |c| run(c, |cx| patches(cx, false)),
        SOURCE,
    ),
    rule(
        "extract_patches_3d",
        &["keras.ops.image.extract_patches_3d"],
        |c| run(c, |cx| patches(cx, true)),
        SOURCE,
    ),
];

pub(super) fn refuse<R>(cx: &Cx<'_>, param: &'static str, text: String) -> Infer<R> {
    cx.value_error(text.clone(), Mistake::Argument { param, problem: text })
}

/// Checks for the rank of an image or a batch of images; `long` says how the refusal tells the shape.
pub(super) fn ranked(cx: &Cx<'_>, name: &str, images: &Tensor, long: bool) -> Infer<usize> {
    let rank = images.rank().ok_or(Stop::Unknown("images of unknown rank"))?;
    if rank == 3 || rank == 4 {
        return Ok(rank);
    }
    let shape = match long {
        true => images.shape.tuple(),
        false if cx.symbolic() => keras::list(&images.shape),
        false => keras::traced_tuple(cx, &images.shape),
    };
    let input = if long { " input with shape" } else { "" };
    let text = format!(
        "Invalid {name} rank: expected rank 3 (single image) or rank 4 (batch of images). Received{input}: \
         {name}.shape={shape}"
    );
    cx.value_error(text, Mistake::RankMismatch { param: "images", expected: "3 or 4".to_owned(), got: rank })
}

/// Moves the channels of images last, or back to the front.
pub(super) fn moved(cx: &Cx<'_>, images: Tensor, last: bool) -> Infer<Tensor> {
    let order: &[i64] = match (images.rank(), last) {
        (Some(3), true) => &[1, 2, 0],
        (Some(3), false) => &[2, 0, 1],
        (_, true) => &[0, 2, 3, 1],
        (_, false) => &[0, 3, 1, 2],
    };
    transpose(cx, images, Val::ints(order))
}

fn grayscale(cx: &Cx<'_>) -> Infer<Val> {
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    let images = cx.tensor(IMAGES)?;
    let rank = ranked(cx, "images", &images, !cx.symbolic())?;
    let axis = if first { rank - 3 } else { rank - 1 };
    let channels = images.shape.dim(axis as i64).unwrap_or(Dim::Unknown);
    // `None not in (1, 3)` is true as well; only Keras' own rule takes an unknown number.
    let odd = match channels {
        Dim::Known(n) => n != 1 && n != 3,
        Dim::Symbol(_) => !cx.symbolic(),
        Dim::Unknown if cx.symbolic() => false,
        Dim::Unknown => return Err(Stop::Unknown("channels that are not known in number")),
    };
    if odd {
        let text = format!(
            "Invalid channel size: expected 3 (RGB) or 1 (Grayscale). Received input with shape: images.shape={}",
            images.shape.tuple()
        );
        return refuse(cx, "images", text);
    }
    if cx.symbolic() {
        let shape = images.shape.with_dim(axis, Dim::Known(1));
        return Ok(Val::T(keras::spec(shape, images.dtype, &[&images])));
    }
    if channels == Dim::Known(1) {
        return Ok(Val::T(images));
    }
    let Some(dtype) = images.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
    let wide = cast(cx, &images, Some(keras::floated(dtype)))?;
    let weights = [0.2989, 0.5870, 0.1140].map(|w| Val::Py(Arg::Float(w)));
    let weights = cx.convert(&Val::List(weights.to_vec()), wide.dtype)?;
    let axis = axis as i64 - rank as i64;
    let gray = tensordot(cx, &wide, &weights, &Val::List(vec![Val::from(axis), Val::from(-1)]))?;
    let gray = expand_dims(cx, gray, Val::from(axis))?;
    cast(cx, gray, Some(dtype)).map(Val::T)
}

fn hsv(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    let images = cx.tensor(IMAGES)?;
    let rank = ranked(cx, "images", &images, !cx.symbolic())?;
    if let Some(dtype) = images.dtype.filter(|d| !d.is_floating()) {
        let text = format!("Invalid images dtype: expected float dtype. Received: images.dtype={dtype}");
        let mistake =
            Mistake::DType { param: "images", got: dtype.to_string(), expected: "float".to_owned() };
        return cx.value_error(text, mistake);
    }
    if cx.symbolic() {
        let axis = if first { rank - 3 } else { rank - 1 };
        let channels = images.shape.dim(axis as i64).unwrap_or(Dim::Unknown);
        if channels.known().is_some_and(|n| n != 3) {
            let text =
                format!("Input images must have 3 channels, but received images with {channels} channels.");
            let (left, right) = (channels, Dim::Known(3));
            return cx
                .value_error(text, Mistake::DimMismatch { left, right, what: "the channels of images" });
        }
        return Ok(Val::T(keras::spec(images.shape.clone(), images.dtype, &[&images])));
    }
    let images = if first { moved(cx, images, true)? } else { images };
    let out = image::colours(cx, kernel, Val::T(images))?;
    if first { moved(cx, out, false).map(Val::T) } else { Ok(Val::T(out)) }
}

/// The arguments of `pad_images` and `crop_images` along one axis.
struct Frame {
    /// What they are called, in order.
    names: [String; 3],
    /// What they are.
    sizes: [Option<i64>; 3],
}

impl Frame {
    fn read(cx: &Cx<'_>, params: [Param<Arg>; 3], names: [String; 3]) -> Infer<Frame> {
        let mut sizes = [None; 3];
        for (size, param) in sizes.iter_mut().zip(params) {
            let given = cx.known(param)?;
            *size = if given.is_none() { None } else { Some(cx.int(given)?) };
        }
        Ok(Frame { names, sizes })
    }

    fn must_be_two<R>(&self, cx: &Cx<'_>) -> Infer<R> {
        let [a, b, c] = &self.names;
        let shown = |at: usize| self.sizes[at].map_or_else(|| "None".to_owned(), |n| n.to_string());
        let text = format!(
            "Must specify exactly two of {a}, {b}, {c}. Received: {a}={}, {b}={}, {c}={}",
            shown(0),
            shown(1),
            shown(2)
        );
        refuse(cx, "images", text)
    }

    /// Refuses a size below zero.
    fn check(&self, cx: &Cx<'_>, at: usize) -> Infer<()> {
        match self.sizes[at].filter(|n| *n < 0) {
            Some(n) => {
                let name = &self.names[at];
                refuse(cx, "images", format!("{name} must be >= 0. Received: {name}={n}"))
            }
            None => Ok(()),
        }
    }

    /// Works out what is left open, for an axis of this size; `outward` where it is padded.
    fn complete(&self, size: Dim, outward: bool) -> Frame {
        let mut sizes = self.sizes;
        if let Some(n) = size.known() {
            let sign = if outward { 1 } else { -1 };
            match sizes {
                [Some(a), Some(b), None] => sizes[2] = Some(n + sign * (a + b)),
                [None, Some(b), Some(c)] => sizes[0] = Some(sign * (c - n) - b),
                [Some(a), None, Some(c)] => sizes[1] = Some(sign * (c - n) - a),
                _ => {}
            }
        }
        Frame { names: self.names.clone(), sizes }
    }
}

/// Reads the arguments of both axes and checks them: `_validate_pad_images_args`.
fn frames(cx: &Cx<'_>, outward: bool) -> Infer<[Frame; 2]> {
    const HEIGHT: [Param<Arg>; 3] = [
        Param::named(&["top_padding", "top_cropping"]),
        Param::named(&["bottom_padding", "bottom_cropping"]),
        Param::named(&["target_height"]),
    ];
    const WIDTH: [Param<Arg>; 3] = [
        Param::named(&["left_padding", "left_cropping"]),
        Param::named(&["right_padding", "right_cropping"]),
        Param::named(&["target_width"]),
    ];
    let what = if outward { "padding" } else { "cropping" };
    let names = |a: &str, b: &str, c: &str| [format!("{a}_{what}"), format!("{b}_{what}"), c.to_owned()];
    let frames = [
        Frame::read(cx, HEIGHT, names("top", "bottom", "target_height"))?,
        Frame::read(cx, WIDTH, names("left", "right", "target_width"))?,
    ];
    for frame in &frames {
        if frame.sizes.iter().filter(|s| s.is_none()).count() != 1 {
            return frame.must_be_two(cx);
        }
    }
    for frame in &frames {
        (0..3).try_for_each(|at| frame.check(cx, at))?;
    }
    Ok(frames)
}

/// `pad_images` and `crop_images`.
fn framed(cx: &Cx<'_>, outward: bool) -> Infer<Val> {
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    let images = cx.tensor(IMAGES)?;
    let rank = ranked(cx, "images", &images, false)?;
    let [height, width] = frames(cx, outward)?;
    let at = if first { rank - 2 } else { rank - 3 };
    let size = |axis: usize| images.shape.dim(axis as i64).unwrap_or(Dim::Unknown);
    let done = [height.complete(size(at), outward), width.complete(size(at + 1), outward)];
    if cx.symbolic() {
        return symbolic_frame(cx, &images, at, &done, outward).map(Val::T);
    }
    let open = |axis: usize| !size(axis).is_known();
    let order: &[(usize, usize)] =
        if outward { &[(0, 0), (1, 0), (1, 1), (0, 1)] } else { &[(0, 0), (0, 2), (1, 0), (1, 2)] };
    for &(axis, which) in order {
        // A size that follows from one that tracing does not know is a tensor, which is no truth.
        if done[axis].sizes[which].is_none() {
            return undecided(cx, size(at + axis));
        }
        done[axis].check(cx, which)?;
    }
    if outward {
        let mut rows = vec![0; 2 * rank];
        for axis in 0..2 {
            rows[2 * (at + axis)] = done[axis].sizes[0].unwrap_or(0);
            rows[2 * (at + axis) + 1] = done[axis].sizes[1].unwrap_or(0);
        }
        let paddings = Tensor::ints(vec![rank as i64, 2], tensor::DType::Int32, rows);
        return pad(cx, "PadV2", images, Val::T(paddings), Some(Val::from(0))).map(Val::T);
    }
    let mut out = images.shape.clone();
    for (axis, cut) in done.iter().enumerate() {
        let (start, length) = (cut.sizes[0].unwrap_or(0), cut.sizes[2].unwrap_or(0));
        if let (true, Some(n)) = (cx.eager() && !open(at + axis), size(at + axis).known())
            && start + length > n
        {
            let text = format!("Expected size[{}] in [0, {}], but got {length}", at + axis, n - start);
            let mistake = Mistake::Argument { param: "images", problem: text.clone() };
            return cx.raise(Exc::InvalidArgumentError, text, mistake);
        }
        out = out.with_dim(at + axis, Dim::Known(length));
    }
    if let (true, Some(sizes)) = (cx.eager(), out.all_known()) {
        let mut starts = vec![0; rank];
        starts[at] = done[0].sizes[0].unwrap_or(0);
        starts[at + 1] = done[1].sizes[0].unwrap_or(0);
        return crate::kernels::index::slice(cx, images, Val::ints(&starts), Val::ints(&sizes)).map(Val::T);
    }
    Ok(Val::T(images.with_shape(out).like()))
}

/// A branch on a size that is a tensor: an error while tracing, if the size is certainly open.
fn undecided(cx: &Cx<'_>, size: Dim) -> Infer<Val> {
    if cx.eager() || !matches!(size, Dim::Symbol(_)) {
        return Err(Stop::Unknown("a size that is not known"));
    }
    let mistake = Mistake::Argument { param: "images", problem: "a size that is not known".to_owned() };
    Err(Violation { mistake, ..Violation::symbolic_bool() }.raised())
}

/// The shape rules of `PadImages` and `CropImages`.
fn symbolic_frame(
    cx: &Cx<'_>,
    images: &Tensor,
    at: usize,
    frames: &[Frame; 2],
    outward: bool,
) -> Infer<Tensor> {
    let mut out = images.shape.clone();
    for (axis, frame) in frames.iter().enumerate() {
        let size = images.shape.dim((at + axis) as i64).unwrap_or(Dim::Unknown);
        let open = frame.sizes[2].is_none() && matches!(size, Dim::Symbol(_));
        if !outward && open {
            let (what, name) = [("height", "target_height"), ("width", "target_width")][axis];
            let text = format!(
                "When the {what} of the images is unknown, `{name}` must be specified.Received images.shape={} and \
                 {name}=None",
                keras::list(&images.shape)
            );
            return refuse(cx, "images", text);
        }
        out = out.with_dim(at + axis, frame.sizes[2].map_or(Dim::Unknown, Dim::Known));
    }
    for frame in frames {
        (0..3).try_for_each(|which| frame.check(cx, which))?;
    }
    Ok(keras::spec(out, images.dtype, &[images]))
}

/// Reads the size of a patch.
fn window_size(cx: &Cx<'_>, volumes: bool) -> Infer<Vec<i64>> {
    let given = cx.known(SIZE)?;
    if let Val::Py(Arg::Int(n)) = given {
        return Ok(vec![*n; if volumes { 3 } else { 2 }]);
    }
    let Some(items) = given.items() else {
        if volumes {
            return Err(Stop::Unknown("a size that is neither an int nor a tuple"));
        }
        let text = format!(
            "Invalid `size` argument. Expected an int or a tuple. Received: size={} of type {}",
            repr(given),
            type_name(given)
        );
        return cx.type_error(text.clone(), Mistake::Argument { param: "size", problem: text });
    };
    if !volumes && !(2..=3).contains(&items.len()) {
        let text = format!(
            "Invalid `size` argument. Expected a tuple of length 2 or 3. Received: size={} with length {}",
            repr(given),
            items.len()
        );
        return refuse(cx, "size", text);
    }
    if volumes && items.len() != 3 {
        return Err(Stop::Unknown("a size that does not fit"));
    }
    cx.ints(given)
}

/// `extract_patches`: a convolution with the identity.
fn patches(cx: &Cx<'_>, volumes: bool) -> Infer<Val> {
    let size = window_size(cx, volumes)?;
    let n = size.len();
    let images = cx.tensor(IMAGES)?;
    let mut plan = Plan::read(cx, n)?;
    if cx.known(STRIDES)?.is_none() {
        plan.strides.clone_from(&size);
    }
    let Some(dims) = images.shape.dims() else { return Err(Stop::Unknown("images of unknown rank")) };
    let channels = if plan.first { dims.len().checked_sub(n + 1) } else { dims.len().checked_sub(1) };
    let Some(channels) = channels.map(|at| dims[at]) else {
        return Err(Stop::Unknown("an image of too low a rank"));
    };
    let depth = match channels {
        Dim::Known(depth) => depth,
        Dim::Symbol(_) => {
            let text = "unsupported operand type(s) for *: 'int' and 'NoneType'";
            return cx.type_error(text, Mistake::NoneValue);
        }
        Dim::Unknown => return Err(Stop::Unknown("channels that are not known in number")),
    };
    let filters = size.iter().product::<i64>() * depth;
    let single = dims.len() == n + 1;
    if cx.symbolic() {
        let whole = if single {
            std::iter::once(Dim::Known(1)).chain(dims.iter().copied()).collect()
        } else {
            images.shape.clone()
        };
        let kernel: Vec<Dim> = size.iter().map(|d| Dim::Known(*d)).collect();
        let shown = keras::list(&whole);
        let out = output_shape_of(cx, &whole, &shown, Dim::Known(filters), &kernel, &plan)?;
        let out = if single { out.dims().unwrap_or_default()[1..].iter().copied().collect() } else { out };
        return Ok(Val::T(keras::spec(out, images.dtype, &[&images])));
    }
    if n == 3 && plan.strides.len() != 3 {
        return refuse(
            cx,
            "strides",
            format!("Invalid `strides` argument. Got: {}", repr(cx.known(STRIDES)?)),
        );
    }
    let spatial = if plan.first { dims.len().checked_sub(n) } else { dims.len().checked_sub(n + 1) };
    let short = |at: usize| {
        size.iter().zip(&dims[at..]).any(|(window, d)| d.known().is_some_and(|have| have < *window))
    };
    if cx.eager() && spatial.is_some_and(short) {
        return Err(Stop::Unknown("patches larger than the image, on values"));
    }
    let sizes: Vec<i64> = size.iter().copied().chain([depth, filters]).collect();
    let kernel = if filters <= 512 && cx.eager() {
        let identity = (0..filters * filters).map(|at| i64::from(at / filters == at % filters)).collect();
        cast(cx, Tensor::ints(sizes, tensor::DType::Int32, identity), images.dtype)?
    } else {
        Tensor::new(Shape::known(&sizes), images.dtype)
    };
    let images = if single { expand_dims(cx, images, Val::from(0))? } else { images };
    let out = convolved(cx, &images, &kernel, &Val::ints(&plan.strides), cx.known(DILATIONS)?, &plan)?;
    if single { squeeze(cx, out, &[0]).map(Val::T) } else { Ok(Val::T(out)) }
}
