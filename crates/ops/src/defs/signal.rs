//! Signals: frames, windows, Fourier transforms.

use std::f64::consts::PI;

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::pointwise::{binary, unary};
use crate::kernels::{fourier, index, layout};
use crate::params::X;
use crate::spec::{Cx, Misfit, Tensor, Val, keras, merge, run, text_of};
use crate::{Arg, Call, Exc, Flow, Infer, Mistake, Mode, Op, Outputs, Param, Stop, Violation};

const LENGTH: Param<Arg> = Param::at(1, &["frame_length", "sequence_length"]);
const STEP: Param<Arg> = Param::at(2, &["frame_step", "sequence_stride"]);
const PAD_END: Param<bool> = Param::named(&["pad_end"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);
const FFT_LENGTH: Param<Arg> = Param::named(&["fft_length"]);
const CENTER: Param<Arg> = Param::named(&["center"]);
const SIZE: Param<Arg> = Param::at(0, &["window_length"]);
const PERIODIC: Param<Arg> = Param::named(&["periodic"]);
const WINDOW: Param<Arg> = Param::named(&["window_fn"]);
const DTYPE: Param<Option<DType>> = Param::named(&["dtype"]);

/// One row of a transform: name, paths, kernel.
const fn transform(
    name: &'static str,
    apis: &'static [&'static str],
    kernel: &'static str,
    infer: fn(&Call<'_>) -> Infer<Outputs>,
) -> Op {
    Op { kernel, ..rule(name, apis, infer, "tensorflow/python/ops/signal/fft_ops.py") }
}

const WINDOWS: &str = "tensorflow/python/ops/signal/window_ops.py";

pub(super) static OPS: &[Op] = &[
    rule(
        "frame",
        &["tf.signal.frame"],
        |c| run(c, |cx| frame(cx).map(Val::T)),
        "tensorflow/python/ops/signal/shape_ops.py: frame",
    ),
    rule(
        "extract_sequences",
        &["keras.ops.extract_sequences"],
        |c| run(c, extract_sequences),
        "keras/src/ops/math.py: ExtractSequences",
    ),
    rule("stft", &["tf.signal.stft"], |c| run(c, stft), "tensorflow/python/ops/signal/spectral_ops.py: stft"),
    rule("keras_stft", &["keras.ops.stft"], |c| run(c, keras_stft), "keras/src/ops/math.py: STFT"),
    transform("fft", &["tf.signal.fft"], "FFT", complex_transform),
    transform("fft2d", &["tf.signal.fft2d"], "FFT2D", complex_transform),
    transform("fft3d", &["tf.signal.fft3d"], "FFT3D", complex_transform),
    transform("ifft", &["tf.signal.ifft"], "IFFT", complex_transform),
    transform("ifft2d", &["tf.signal.ifft2d"], "IFFT2D", complex_transform),
    transform("ifft3d", &["tf.signal.ifft3d"], "IFFT3D", complex_transform),
    transform("rfft", &["tf.signal.rfft"], "RFFT", real_transform),
    transform("rfft2d", &["tf.signal.rfft2d"], "RFFT2D", real_transform),
    transform("rfft3d", &["tf.signal.rfft3d"], "RFFT3D", real_transform),
    transform("irfft", &["tf.signal.irfft"], "IRFFT", real_transform),
    transform("irfft2d", &["tf.signal.irfft2d"], "IRFFT2D", real_transform),
    transform("irfft3d", &["tf.signal.irfft3d"], "IRFFT3D", real_transform),
    transform("keras_fft", &["keras.ops.fft"], "FFT", keras_fft),
    transform("keras_fft2", &["keras.ops.fft2"], "FFT2D", keras_fft),
    transform("keras_ifft2", &["keras.ops.ifft2"], "FFT2D", keras_fft),
    transform("keras_rfft", &["keras.ops.rfft"], "RFFT", |c| run(c, keras_rfft)),
    transform("keras_irfft", &["keras.ops.irfft"], "IRFFT", |c| run(c, keras_irfft)),
    rule("hann_window", &["tf.signal.hann_window"], |c| run(c, window), WINDOWS),
    rule("hamming_window", &["tf.signal.hamming_window"], |c| run(c, window), WINDOWS),
    rule("vorbis_window", &["tf.signal.vorbis_window"], |c| run(c, window), WINDOWS),
    rule(
        "kaiser_window",
        &["tf.signal.kaiser_window", "tf.signal.kaiser_bessel_derived_window"],
        |c| run(c, window),
        WINDOWS,
    ),
];

/// What `Shape.with_rank_at_least` and `assert_has_rank` of Python's `TensorShape` say.
pub(super) fn has_rank(cx: &Cx<'_>, shape: &Shape, rank: usize, least: bool) -> Infer<()> {
    let Some(got) = shape.rank() else { return Ok(()) };
    if got == rank || (least && got > rank) {
        return Ok(());
    }
    let words = if least { "rank at least" } else { "rank" };
    let text = format!("Shape {} must have {words} {rank}", shape.tuple());
    cx.value_error(text, Mistake::RankMismatch { param: "x", expected: rank.to_string(), got })
}

/// Reads a length that a tensor of known value or an int gives.
pub(super) fn length(cx: &Cx<'_>, val: &Val) -> Infer<Dim> {
    let t = cx.convert(val, None)?;
    has_rank(cx, &t.shape, 0, false)?;
    Ok(t.content.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown))
}

fn frame(cx: &Cx<'_>) -> Infer<Tensor> {
    let x = cx.tensor(X)?;
    let axis = match cx.known(AXIS)? {
        Val::Py(Arg::Missing) => -1,
        other => cx.int(other)?,
    };
    framed(cx, &x, cx.known(LENGTH)?, cx.known(STEP)?, cx.get(PAD_END)?, axis)
}

/// `tf.signal.frame`.
pub(super) fn framed(
    cx: &Cx<'_>,
    x: &Tensor,
    size: &Val,
    step: &Val,
    pad_end: bool,
    axis: i64,
) -> Infer<Tensor> {
    let (size, step) = (length(cx, size)?, length(cx, step)?);
    has_rank(cx, &x.shape, 1, true)?;
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a signal of unknown rank")) };
    let at = if axis < 0 { axis + dims.len() as i64 } else { axis };
    let Some(at) = usize::try_from(at).ok().filter(|at| *at < dims.len()) else {
        let mistake = Mistake::AxisOutOfRange { axis, rank: dims.len() };
        return cx.raise(Exc::IndexError, "list index out of range", mistake);
    };
    let count = match (dims[at], size, step) {
        (_, _, Dim::Known(step)) if step <= 0 => return Err(Stop::Unknown("a step that is not positive")),
        (Dim::Known(n), _, Dim::Known(step)) if pad_end => Dim::Known((-(-n).div_euclid(step)).max(0)),
        (Dim::Known(n), Dim::Known(size), Dim::Known(step)) if !pad_end => {
            Dim::Known((n - size + step).div_euclid(step).max(0))
        }
        _ => Dim::Unknown,
    };
    let shape =
        dims[..at].iter().copied().chain([count, size]).chain(dims[at + 1..].iter().copied()).collect();
    let flow = if count == Dim::Known(0) { Flow::Zero } else { Flow::Ok };
    if let (Dim::Known(length), Dim::Known(count @ 1..), Dim::Known(size @ 1..), Dim::Known(step)) =
        (dims[at], count, size, step)
        && !cx.symbolic()
        && count.saturating_mul(size) <= MAX_FRAMES
    {
        let missing = ((count - 1) * step + size - length).max(0);
        let pads =
            (0..dims.len()).map(|axis| Val::ints(&[0, if axis == at { missing } else { 0 }])).collect();
        let x = if missing > 0 { layout::pad(cx, "Pad", x, Val::List(pads), None)? } else { x.clone() };
        let places = (0..count).flat_map(|frame| (0..size).map(move |k| frame * step + k)).collect();
        let places = Tensor::ints(vec![count, size], DType::Int32, places);
        return index::gather(cx, x, Val::T(places), Val::from(at as i64), 0);
    }
    Ok(Tensor { reach: x.reach.clone().at_most(flow), ..Tensor::new(shape, x.dtype) })
}

/// The most elements that frames are made of by their places.
const MAX_FRAMES: i64 = 1 << 22;

fn extract_sequences(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if !cx.symbolic() {
        return framed(cx, &x, cx.known(LENGTH)?, cx.known(STEP)?, false, -1).map(Val::T);
    }
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a signal of unknown rank")) };
    let (size, step) = (cx.int(cx.known(LENGTH)?)?, cx.int(cx.known(STEP)?)?);
    let Some((last, rest)) = dims.split_last() else {
        return low_rank(cx, 1, &x.shape);
    };
    if step == 0 {
        return Err(Stop::Unknown("a stride of 0"));
    }
    let count = last.map(|n| 1 + (n - size).div_euclid(step));
    let shape = rest.iter().copied().chain([count, Dim::Known(size)]).collect();
    Ok(Val::T(keras::spec(shape, x.dtype, &[&x])))
}

fn low_rank<R>(cx: &Cx<'_>, rank: usize, shape: &Shape) -> Infer<R> {
    let text = format!("Input should have rank >= {rank}. Received: input.shape = {}", shape.tuple());
    let got = shape.rank().unwrap_or(0);
    cx.value_error(text, Mistake::RankMismatch { param: "x", expected: format!("at least {rank}"), got })
}

/// The smallest power of two that is not below.
fn power_of_two(n: Dim) -> Dim {
    n.map(|n| i64::try_from(u64::try_from(n).unwrap_or(1).max(1).next_power_of_two()).unwrap_or(n))
}

fn stft(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    has_rank(cx, &x.shape, 1, true)?;
    let size = length(cx, cx.known(LENGTH)?)?;
    let total = match cx.known(FFT_LENGTH)? {
        v if v.is_none() => power_of_two(size),
        other => length(cx, other)?,
    };
    let frames = framed(cx, &x, cx.known(LENGTH)?, cx.known(STEP)?, cx.get(PAD_END)?, -1)?;
    let frames = match (cx.known(WINDOW)?, size.known()) {
        // Without an argument it is `tf.signal.hann_window`.
        (Val::Py(Arg::Missing), Some(n @ 1..=MAX_WINDOW)) => {
            let values = (0..n).map(|k| cosine(k, n, true, 0.5, 0.5)).collect();
            let dtype = frames.dtype.unwrap_or(DType::Float32);
            binary(cx, "Mul", frames, Tensor::floats(vec![n], dtype, values))?
        }
        (Val::Py(Arg::None), _) => frames,
        _ => frames.like(),
    };
    spectrum(cx, frames, total).map(Val::T)
}

/// `tf.signal.rfft(x, [total])`.
fn spectrum(cx: &Cx<'_>, x: Tensor, total: Dim) -> Infer<Tensor> {
    let (dtype, Some(rank)) = (complex_of(cx, &x)?, x.rank().filter(|r| *r > 0)) else {
        return Err(Stop::Unknown("a signal of unknown rank"));
    };
    if total.is_known() {
        return fourier::real(cx, "RFFT", &x, &[total]);
    }
    let shape = x.shape.with_dim(rank - 1, total.map(|n| n / 2 + 1));
    Ok(Tensor { dtype: Some(dtype), shape, ..x.like() })
}

fn complex_of(cx: &Cx<'_>, x: &Tensor) -> Infer<DType> {
    match x.dtype {
        Some(DType::Float32) => Ok(DType::Complex64),
        Some(DType::Float64) => Ok(DType::Complex128),
        Some(other) => {
            let text = format!("RFFT requires tf.float32 or tf.float64 inputs, got: {}", text_of(&x.into()));
            let mistake = Mistake::DType {
                param: "input",
                got: other.to_string(),
                expected: "float32 or float64".to_owned(),
            };
            cx.value_error(text, mistake)
        }
        None => Err(Stop::Unknown("a signal whose dtype is not known")),
    }
}

fn complex_transform(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| fourier::transform(cx, call.op.kernel, cx.known(X)?.clone()).map(Val::T))
}

/// A signal to transform: TensorFlow's tensors as they are, all else as float32 first (`preferred_dtype`):
/// `tf.signal.rfft(np.arange(8))`.
fn signal(cx: &Cx<'_>) -> Infer<Tensor> {
    match cx.known(X)? {
        Val::T(t) if t.is_tf() || t.dtype.is_none_or(DType::is_complex) => cx.tensor(X),
        given @ (Val::T(_) | Val::List(_) | Val::Tuple(_)) => cx.convert(given, Some(DType::Float32)),
        _ => cx.tensor(X),
    }
}

/// `RFFT` and `IRFFT` and their like.
fn real_transform(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let kernel = call.op.kernel;
        let axes = fourier::axes(kernel);
        let forward = !kernel.starts_with('I');
        let x = if forward { signal(cx)? } else { cx.tensor(X)? };
        let dtype = if forward { complex_of(cx, &x)? } else { real_of(cx, &x)? };
        has_rank(cx, &x.shape, axes, true)?;
        let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a signal of unknown rank")) };
        let (outer, inner) = dims.split_at(dims.len() - axes);
        // Where a size is not known while tracing, the paddings are computed: they leave every size open.
        let open = inner.iter().any(|d| !d.is_known());
        let wanted = match cx.known(FFT_LENGTH)? {
            v if v.is_none() && open => vec![Dim::Unknown; axes],
            v if v.is_none() => {
                let mut own = inner.to_vec();
                if let (false, Some(last)) = (forward, own.last_mut()) {
                    *last = last.map(|n| (2 * (n - 1)).max(0));
                }
                own
            }
            other => {
                let t = cx.convert(other, Some(DType::Int32))?;
                let fits = merge::rank(&t.shape, 1);
                let shape = cx.fit(kernel, fits)?;
                if shape.dim(0).and_then(Dim::known).is_some_and(|n| n != axes as i64) {
                    let text =
                        format!("Dimension must be {axes} but is {}", shape.dim(0).unwrap_or(Dim::Unknown));
                    return cx.refuse(kernel, Misfit::argument("fft_length", text));
                }
                t.content.dims().unwrap_or_else(|| vec![Dim::Unknown; axes])
            }
        };
        if !open && wanted.iter().all(|d| d.known().is_some()) {
            return fourier::real(cx, kernel, &x, &wanted).map(Val::T);
        }
        let mut shape = if open { vec![Dim::Unknown; outer.len()] } else { outer.to_vec() };
        shape.extend(wanted);
        if let (true, Some(last)) = (forward, shape.last_mut()) {
            *last = last.map(|n| if n == 0 { 0 } else { n / 2 + 1 });
        }
        Ok(Val::T(Tensor { reach: x.reach.clone(), ..Tensor::new(Shape::new(shape), dtype) }))
    })
}

fn real_of(cx: &Cx<'_>, x: &Tensor) -> Infer<DType> {
    match x.dtype {
        Some(DType::Complex64) => Ok(DType::Float32),
        Some(DType::Complex128) => Ok(DType::Float64),
        Some(other) => {
            let text =
                format!("IRFFT requires tf.complex64 or tf.complex128 inputs, got: {}", text_of(&x.into()));
            let mistake = Mistake::DType {
                param: "input",
                got: other.to_string(),
                expected: "a complex dtype".to_owned(),
            };
            cx.value_error(text, mistake)
        }
        None => Err(Stop::Unknown("a signal whose dtype is not known")),
    }
}

/// Reads the pair of a real and an imaginary part that Keras takes for a complex tensor.
fn parts(cx: &Cx<'_>, axes: usize) -> Infer<(Tensor, Tensor)> {
    let Some([real, imaginary]) = cx.known(X)?.items() else {
        if matches!(cx.known(X)?, Val::T(_)) && cx.call.mode == Mode::Graph {
            // `args = args or ()` in `any_symbolic_tensors` asks a traced tensor.
            return Err(Violation::symbolic_bool().raised());
        }
        return Err(Stop::Unknown("a complex tensor that is no pair"));
    };
    let (real, imaginary) = (cx.convert(real, None)?, cx.convert(imaginary, None)?);
    let alike = keras::alike(&real.shape, &imaginary.shape);
    let integral = |t: &Tensor| t.dtype.is_some_and(|dtype| !dtype.is_floating());
    if alike == Some(true) && !cx.symbolic() && (integral(&real) || integral(&imaginary)) {
        let text = format!(
            "At least one tensor in input `x` is not of type float.Received: x={}.",
            crate::spec::repr(cx.known(X)?)
        );
        let (got, expected) = ("an integer".to_owned(), "floats".to_owned());
        return cx.value_error(text, Mistake::DType { param: "x", got, expected });
    }
    if alike != Some(true) {
        if alike.is_none() {
            return Err(Stop::Unknown("parts whose shapes are not known"));
        }
        let space = if cx.symbolic() { " " } else { "" };
        let text = format!(
            "Input `x` should be a tuple of two tensors - real and imaginary.{space}Both the real and imaginary parts \
             should have the same shape. Received: x[0].shape = {}, x[1].shape = {}",
            real.shape.tuple(),
            imaginary.shape.tuple()
        );
        let problem = "the parts differ in shape".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "x", problem });
    }
    if cx.symbolic() && real.rank().is_some_and(|r| r < axes) {
        return low_rank(cx, axes, &real.shape);
    }
    Ok((real, imaginary))
}

fn joined(cx: &Cx<'_>, real: Tensor, imaginary: Tensor) -> Infer<Tensor> {
    let dtype = complex_of(cx, &real)?;
    let mut node = cx.node("Complex", [Val::T(real), Val::T(imaginary)])?;
    node.set("Tout", Some(dtype));
    Ok(node.out(node.x(0).shape.clone()))
}

/// The real and the imaginary part of a tensor.
fn taken(cx: &Cx<'_>, x: &Tensor) -> Infer<Val> {
    let dtype = real_of(cx, x)?;
    let part = |kernel: &str| -> Infer<Tensor> {
        let mut node = cx.node(kernel, [Val::T(x.clone())])?;
        node.set("Tout", Some(dtype));
        Ok(node.out(x.shape.clone()))
    };
    Ok(Val::tuple([part("Real")?, part("Imag")?]))
}

fn keras_fft(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let axes = fourier::axes(call.op.kernel);
        let (real, imaginary) = parts(cx, axes)?;
        if !cx.symbolic() {
            // The transform back is that of the conjugate, conjugated and divided by the number of elements.
            let back = call.op.name == "keras_ifft2";
            let imaginary = if back { unary(cx, "Neg", imaginary)? } else { imaginary };
            let whole = joined(cx, real, imaginary)?;
            let made = fourier::transform(cx, call.op.kernel, Val::T(whole))?;
            return if back { divided(cx, &made) } else { taken(cx, &made) };
        }
        let dims = real.shape.dims().unwrap_or_default();
        if dims.iter().rev().take(axes).any(|d| matches!(d, Dim::Symbol(_))) {
            let which = if axes == 1 { "last dimension" } else { "(-2, -1) axes" };
            let text = format!(
                "Input should have its {which} fully-defined. Received: input.shape = {}",
                real.shape.tuple()
            );
            return cx.value_error(text, Mistake::NoneValue);
        }
        let out = |t: &Tensor| keras::spec(t.shape.clone(), t.dtype, &[&real, &imaginary]);
        Ok(Val::tuple([out(&real), out(&imaginary)]))
    })
}

/// The parts of a conjugate, divided by the number of elements that were transformed.
fn divided(cx: &Cx<'_>, x: &Tensor) -> Infer<Val> {
    let parts = taken(cx, x)?;
    let Some([Val::T(real), Val::T(imaginary)]) = parts.items() else {
        return Err(Stop::Unknown("a tensor without parts"));
    };
    let Some([.., Dim::Known(height), Dim::Known(width)]) = x.shape.dims() else {
        return Ok(Val::tuple([real.clone().like(), imaginary.clone().like()]));
    };
    let count = Val::from((height * width) as f64);
    let imaginary = unary(cx, "Neg", imaginary)?;
    Ok(Val::tuple([binary(cx, "RealDiv", real, &count)?, binary(cx, "RealDiv", imaginary, &count)?]))
}

fn last_of(cx: &Cx<'_>, dims: &[Dim], own: impl Fn(i64) -> i64) -> Infer<Dim> {
    let total = cx.known(FFT_LENGTH)?;
    Ok(match dims.last() {
        _ if !total.is_none() => Dim::Known(cx.int(total)?),
        Some(last) => last.map(own),
        None => Dim::Unknown,
    })
}

fn keras_rfft(cx: &Cx<'_>) -> Infer<Val> {
    let x = if cx.symbolic() { cx.tensor(X)? } else { signal(cx)? };
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a signal of unknown rank")) };
    if cx.symbolic() && dims.is_empty() {
        return low_rank(cx, 1, &x.shape);
    }
    has_rank(cx, &x.shape, 1, true)?;
    let total = last_of(cx, dims, |n| n)?;
    if cx.symbolic() {
        let shape = x.shape.with_dim(dims.len() - 1, total.map(|n| n / 2 + 1));
        let out = keras::spec(shape, x.dtype, &[&x]);
        return Ok(Val::tuple([out.clone(), out]));
    }
    taken(cx, &spectrum(cx, x.clone(), total)?)
}

fn keras_irfft(cx: &Cx<'_>) -> Infer<Val> {
    let (real, imaginary) = parts(cx, 1)?;
    let Some(dims) = real.shape.dims().filter(|d| !d.is_empty()) else {
        return Err(Stop::Unknown("a spectrum of unknown rank, or a scalar"));
    };
    let total = last_of(cx, dims, |n| 2 * (n - 1))?;
    let shape = real.shape.with_dim(dims.len() - 1, total);
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(shape, real.dtype, &[&real, &imaginary])));
    }
    let whole = joined(cx, real.clone(), imaginary)?;
    if total.is_known() {
        return fourier::real(cx, "IRFFT", &whole, &[total]).map(Val::T);
    }
    Ok(Val::T(Tensor { shape, dtype: real.dtype, ..whole.like() }))
}

/// What `stft` in `keras/src/backend/tensorflow/math.py` refuses before it computes.
fn stft_fits(cx: &Cx<'_>, x: &Tensor, size: i64, total: i64) -> Infer<()> {
    const WINDOW: Param<Arg> = Param::named(&["window"]);
    let refuse =
        |param, text: String| cx.value_error(text.clone(), Mistake::Argument { param, problem: text });
    match x.dtype {
        None | Some(DType::Float32 | DType::Float64) => {}
        Some(other) => {
            let text = format!(
                "Invalid input type. Expected `float32` or `float64`. Received: input type=<dtype: '{other}'>"
            );
            let expected = "float32 or float64".to_owned();
            return cx.type_error(text, Mistake::DType { param: "x", got: other.to_string(), expected });
        }
    }
    if total < size {
        return refuse(
            "fft_length",
            format!(
                "`fft_length` must equal or larger than `sequence_length`. Received: sequence_length={size}, \
                 fft_length={total}"
            ),
        );
    }
    match cx.known(WINDOW)? {
        Val::Py(Arg::Str(name)) if !matches!(&**name, "hann" | "hamming") => refuse(
            "window",
            format!(
                "If a string is passed to `window`, it must be one of `\"hann\"`, `\"hamming\"`. Received: window={name}"
            ),
        ),
        Val::T(window)
            if window.rank().is_some_and(|rank| rank != 1)
                || window.shape.dim(-1).and_then(Dim::known).is_some_and(|n| n != size) =>
        {
            let shape = window.shape.tuple();
            let text = "The shape of `window` must be equal to [sequence_length].";
            refuse("window", format!("{text}Received: window shape={shape}"))
        }
        _ => Ok(()),
    }
}

fn keras_stft(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let stride = cx.known(STEP)?;
    if matches!(stride, Val::Py(Arg::Int(..=0) | Arg::Float(_) | Arg::None)) {
        let shown = crate::spec::text_of(stride);
        let text = format!("`sequence_stride` must be a positive integer. Received: sequence_stride={shown}");
        let problem = "is no positive int".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "sequence_stride", problem });
    }
    let (size, step) = (cx.int(cx.known(LENGTH)?)?, cx.int(stride)?);
    let total = cx.int(cx.known(FFT_LENGTH)?)?;
    let center = !matches!(cx.known(CENTER)?, Val::Py(Arg::Bool(false)));
    if !cx.symbolic() {
        stft_fits(cx, &x, size, total)?;
    }
    if !matches!(x.dtype, Some(DType::Float32 | DType::Float64)) || total < size || step <= 0 {
        return Err(Stop::Unknown("a signal of another dtype, or lengths that do not fit"));
    }
    let Some((last, rest)) = x.shape.dims().and_then(<[Dim]>::split_last) else {
        return Err(Stop::Unknown("a signal of unknown rank, or a scalar"));
    };
    let padded = if center { last.map(|n| n + 2 * (total / 2)) } else { *last };
    if cx.eager() && last.known().is_some_and(|n| center && n <= total / 2) {
        return Err(Stop::Unknown("a signal too short to be reflected"));
    }
    let count = padded.map(|n| 1 + (n - total).div_euclid(step)).map(|n| n.max(0));
    let shape: Shape = rest.iter().copied().chain([count, Dim::Known(total / 2 + 1)]).collect();
    if let (true, Some(sizes)) = (cx.eager(), x.shape.all_known()) {
        return transformed(cx, x, &sizes, (size, step, total), center, &shape);
    }
    let out = Tensor { shape, ..x.like() };
    Ok(Val::tuple([out.clone(), out]))
}

/// The spectra of the windows of a signal, which is reflected at its ends where the windows are centred.
fn transformed(
    cx: &Cx<'_>,
    x: Tensor,
    sizes: &[i64],
    (size, step, total): (i64, i64, i64),
    center: bool,
    shape: &Shape,
) -> Infer<Val> {
    let around = |rank: usize, before: i64, after: i64| {
        let mut rows = vec![0; 2 * rank];
        if let [.., first, second] = &mut rows[..] {
            (*first, *second) = (before, after);
        }
        Tensor::ints(vec![rank as i64, 2], DType::Int32, rows)
    };
    let x = match center {
        true => {
            let edges = around(sizes.len(), total / 2, total / 2);
            layout::pad(cx, "MirrorPad", x, Val::T(edges), Some(Val::Py(Arg::Str("REFLECT".into()))))?
        }
        false => x,
    };
    let mut frames = framed(cx, &x, &Val::from(total), &Val::from(step), false, -1)?;
    let before = (total - size) / 2;
    let window = match cx.known(Param::<Arg>::named(&["window"]))? {
        Val::Py(Arg::None) => None,
        Val::Py(Arg::Str(name)) => {
            let (high, low) = if &**name == "hamming" { (0.54, 0.46) } else { (0.5, 0.5) };
            let values = (0..size).map(|k| cosine(k, size, true, high, low)).collect();
            Some(Tensor::floats(vec![size], frames.dtype.unwrap_or(DType::Float32), values))
        }
        Val::Py(Arg::Missing) => {
            let values = (0..size).map(|k| cosine(k, size, true, 0.5, 0.5)).collect();
            Some(Tensor::floats(vec![size], frames.dtype.unwrap_or(DType::Float32), values))
        }
        given => Some(cx.convert(given, frames.dtype)?),
    };
    if let Some(window) = window {
        let edges = around(1, before, total - size - before);
        frames = binary(cx, "Mul", frames, layout::pad(cx, "Pad", window, Val::T(edges), None)?)?;
    }
    let spectrum = fourier::real(cx, "RFFT", &frames, &[Dim::Known(total)])?;
    let part = |kernel: &str| {
        let mut node = cx.node(kernel, [Val::from(&spectrum)])?;
        node.set("Tout", frames.dtype);
        Ok(node.out(shape.clone()))
    };
    Ok(Val::tuple([part("Real")?, part("Imag")?]))
}

fn window(cx: &Cx<'_>) -> Infer<Val> {
    let size = length(cx, cx.known(SIZE)?)?;
    let dtype = match cx.val(DTYPE) {
        v if v.is_none() => DType::Float32,
        other => cx.dtype(other)?.ok_or(Stop::Unknown("a dtype that is not known"))?,
    };
    if !dtype.is_floating() {
        let text = format!("dtype must be a floating point type. Found <dtype: '{dtype}'>");
        return cx.value_error(text.clone(), Mistake::Argument { param: "dtype", problem: text });
    }
    let periodic = !matches!(cx.known(PERIODIC)?, Val::Py(Arg::Bool(false)));
    if let (Some(n @ 1..=MAX_WINDOW), Some(beta), "tf.signal.kaiser_window") =
        (size.known(), beta(cx)?, cx.call.path)
    {
        let last = (n - 1).max(1) as f64;
        let bessel = crate::defs::keras_numpy::layout::bessel;
        let weight = |k: i64| {
            let inner = (1.0 - (2.0 * k as f64 / last - 1.0).powi(2)).max(0.0);
            if n == 1 { 1.0 } else { bessel(beta * inner.sqrt()) / bessel(beta) }
        };
        return Ok(Val::T(Tensor::floats(vec![n], dtype, (0..n).map(weight).collect())));
    }
    Ok(Val::T(match (size.known(), weights(cx.call.op.name)) {
        (Some(n @ 1..=MAX_WINDOW), Some(weight)) => {
            let values = (0..n).map(|k| weight(k, n, periodic)).collect();
            Tensor::floats(vec![n], dtype, values)
        }
        _ => Tensor::new(Shape::new([size]), dtype),
    }))
}

/// The shape of a Kaiser window.
fn beta(cx: &Cx<'_>) -> Infer<Option<f64>> {
    Ok(match cx.known(Param::<Arg>::named(&["beta"]))? {
        Val::Py(Arg::Missing) => Some(12.0),
        Val::Py(Arg::Float(x)) => Some(*x),
        Val::Py(Arg::Int(n)) => Some(*n as f64),
        _ => None,
    })
}

/// The longest window whose weights are computed.
const MAX_WINDOW: i64 = 1 << 16;

/// The weight at a place of a window of a length, which is periodic or not.
type Weight = fn(i64, i64, bool) -> f64;

/// What a window weighs its places with.
fn weights(name: &str) -> Option<Weight> {
    Some(match name {
        "hann_window" => |k, n, periodic| cosine(k, n, periodic, 0.5, 0.5),
        "hamming_window" => |k, n, periodic| cosine(k, n, periodic, 0.54, 0.46),
        "vorbis_window" => |k, n, _| {
            let inner = (PI / n as f64 * (k as f64 + 0.5)).sin();
            (PI / 2.0 * inner * inner).sin()
        },
        _ => return None,
    })
}

/// A raised cosine; a periodic window of even length is the start of one that is longer by one.
fn cosine(k: i64, n: i64, periodic: bool, base: f64, height: f64) -> f64 {
    if n == 1 {
        return 1.0;
    }
    let whole = n + i64::from(periodic && n % 2 == 0) - 1;
    base - height * (2.0 * PI * k as f64 / whole as f64).cos()
}
