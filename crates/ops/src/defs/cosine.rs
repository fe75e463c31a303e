//! Signals: cosine transforms, frames put back together, shifts of spectra, mel scales.

use std::f64::consts::PI;

use tensor::{DType, Dim, Shape};

use super::rule;
use super::signal::{framed, has_rank, length};
use crate::kernels::index::scatter_nd;
use crate::kernels::layout::roll;
use crate::kernels::linalg::mat_mul;
use crate::kernels::pointwise::binary;
use crate::kernels::shape::reshape;
use crate::params::X;
use crate::spec::{Cx, Tensor, Val, merge, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop};

const N: Param<Arg> = Param::named(&["n"]);
const TYPE: Param<Arg> = Param::named(&["type"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);
const AXES: Param<Arg> = Param::named(&["axes"]);
const NORM: Param<Arg> = Param::named(&["norm"]);
const LENGTH: Param<Arg> = Param::named(&["frame_length"]);
const STEP: Param<Arg> = Param::named(&["frame_step"]);
const PAD_END: Param<bool> = Param::named(&["pad_end"]);

const DCT: &str = "tensorflow/python/ops/signal/dct_ops.py";
const SPECTRAL: &str = "tensorflow/python/ops/signal/spectral_ops.py";

pub(super) static OPS: &[Op] = &[
    rule("dct", &["tf.signal.dct"], |c| run(c, dct), DCT),
    rule("idct", &["tf.signal.idct"], |c| run(c, dct), DCT),
    rule("mdct", &["tf.signal.mdct"], |c| run(c, mdct), SPECTRAL),
    rule("inverse_mdct", &["tf.signal.inverse_mdct"], |c| run(c, inverse_mdct), SPECTRAL),
    rule("inverse_stft", &["tf.signal.inverse_stft"], |c| run(c, inverse_stft), SPECTRAL),
    rule(
        "overlap_and_add",
        &["tf.signal.overlap_and_add"],
        |c| {
            run(c, |cx| {
                let x = cx.tensor(X)?;
                overlapped(cx, &x, length(cx, cx.known(STEP)?)?).map(Val::T)
            })
        },
        "tensorflow/python/ops/signal/reconstruction_ops.py",
    ),
    rule(
        "fftshift",
        &["tf.signal.fftshift", "tf.signal.ifftshift"],
        |c| run(c, shifted),
        "tensorflow/python/ops/signal/fft_ops.py",
    ),
    rule(
        "mfccs",
        &["tf.signal.mfccs_from_log_mel_spectrograms"],
        |c| run(c, mfccs),
        "tensorflow/python/ops/signal/mfcc_ops.py",
    ),
    rule(
        "mel_weights",
        &["tf.signal.linear_to_mel_weight_matrix"],
        |c| run(c, mel_weights),
        "tensorflow/python/ops/signal/mel_ops.py",
    ),
];

/// The same numbers in another shape.
fn like(x: &Tensor, shape: Shape) -> Tensor {
    Tensor { reach: x.reach.clone(), ..Tensor::new(shape, x.dtype) }
}

/// A cosine transform is a Fourier transform of reals.
fn real(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    match x.dtype {
        Some(DType::Float32 | DType::Float64) => {}
        _ => return Err(Stop::Unknown("a transform of another dtype")),
    }
    let rank = x.rank().ok_or(Stop::Unknown("a signal of unknown rank"))?;
    if rank == 0 {
        let mistake = Mistake::RankMismatch { param: "input", expected: "at least 1".to_owned(), got: 0 };
        return cx.raise(Exc::IndexError, "tuple index out of range", mistake);
    }
    Ok(like(x, x.shape.clone()))
}

fn dct(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axis = match cx.known(AXIS)? {
        Val::Py(Arg::Missing) => -1,
        v => cx.int(v)?,
    };
    if axis != -1 {
        let text = format!("axis must be -1. Got: {axis}");
        let mistake = Mistake::Argument { param: "axis", problem: text.clone() };
        return cx.raise(Exc::NotImplementedError, text, mistake);
    }
    let count = match cx.known(N)? {
        v if v.is_none() => None,
        v => Some(cx.int(v)?),
    };
    let refuse = |param: &'static str, text: String| {
        cx.value_error(text.clone(), Mistake::Argument { param, problem: text })
    };
    if count.is_some_and(|n| n < 1) {
        return refuse("n", "n should be a positive integer or None".to_owned());
    }
    let kind = match cx.known(TYPE)? {
        Val::Py(Arg::Missing) => 2,
        v => cx.int(v)?,
    };
    if !(1..=4).contains(&kind) {
        return refuse("type", "Types I, II, III and IV (I)DCT are supported.".to_owned());
    }
    if let Val::Py(Arg::Str(norm)) = cx.known(NORM)? {
        if kind == 1 && &**norm == "ortho" {
            return refuse("norm", "Normalization is not supported for the Type-I DCT.".to_owned());
        }
        if &**norm != "ortho" {
            return refuse("norm", format!("Unknown normalization. Expected None or 'ortho', got: {norm}"));
        }
    }
    let out = real(cx, &x)?;
    let last = out.shape.dim(-1).unwrap_or(Dim::Unknown);
    if kind == 1 && last.known().is_some_and(|n| n < 2) {
        return refuse("type", "Type-I DCT requires the dimension to be greater than one.".to_owned());
    }
    if let (true, Some(sizes)) = (cx.eager(), x.shape.all_known()) {
        let ortho = matches!(cx.known(NORM)?, Val::Py(Arg::Str(_)));
        let inverse = cx.call.op.name == "idct";
        return transformed(cx, &x, &sizes, Cosine { kind, ortho, inverse }, count).map(Val::T);
    }
    let Some(count) = count else { return Ok(Val::T(out)) };
    // A length that is not known is padded or cut in a branch each, whose results agree on nothing.
    let length = if last.is_known() { Dim::Known(count) } else { Dim::Unknown };
    let at = out.rank().unwrap_or(1) - 1;
    let shape = out.shape.with_dim(at, length);
    Ok(Val::T(like(&x, shape)))
}

/// Which cosine transform it is.
#[derive(Clone, Copy)]
struct Cosine {
    kind: i64,
    ortho: bool,
    inverse: bool,
}

impl Cosine {
    /// How much of an element goes into a place of the transform of `count` elements.
    fn weight(self, element: i64, place: i64, count: i64) -> f64 {
        let (n, k, size) = (element as f64, place as f64, count as f64);
        // `idct` of a kind is `dct` of the kind that undoes it, over twice the length.
        let (kind, scale) = match (self.inverse, self.kind) {
            (true, 1) => (1, 0.5 / (size - 1.0)),
            (true, 2) => (3, if self.ortho { 1.0 } else { 0.5 / size }),
            (true, 3) => (2, if self.ortho { 1.0 } else { 0.5 / size }),
            (true, kind) => (kind, if self.ortho { 1.0 } else { 0.5 / size }),
            (false, kind) => (kind, 1.0),
        };
        let ends = |at: i64| if self.ortho && at == 0 { 0.5_f64.sqrt() } else { 1.0 };
        let whole = if self.ortho { 2.0 * (0.5 / size).sqrt() } else { 2.0 };
        scale
            * match kind {
                1 if element == 0 => 1.0,
                1 if element == count - 1 => (PI * k).cos(),
                1 => 2.0 * (PI * n * k / (size - 1.0)).cos(),
                2 => whole * ends(place) * (PI * (n + 0.5) * k / size).cos(),
                3 if element == 0 && !self.ortho => 1.0,
                3 => whole * ends(element) * (PI * n * (k + 0.5) / size).cos(),
                _ => whole * (PI * (n + 0.5) * (k + 0.5) / size).cos(),
            }
    }
}

/// A cosine transform of known length, as the product with its matrix.
fn transformed(cx: &Cx<'_>, x: &Tensor, sizes: &[i64], how: Cosine, wanted: Option<i64>) -> Infer<Tensor> {
    let Some((last, outer)) = sizes.split_last() else { return Err(Stop::Unknown("a scalar")) };
    let count = wanted.unwrap_or(*last);
    if !(1..=MAX_COSINE).contains(&count) {
        return Ok(like(x, x.shape.with_dim(outer.len(), Dim::Known(count))));
    }
    // What is cut off or padded with zeros has no row in the matrix.
    let rows = count.min(*last);
    let mut weights = Vec::new();
    for element in 0..*last {
        weights.extend(
            (0..count).map(|place| if element < rows { how.weight(element, place, count) } else { 0.0 }),
        );
    }
    let matrix = Tensor::floats(vec![*last, count], x.dtype.unwrap_or(DType::Float32), weights);
    let flat = reshape(cx, x, Val::ints(&[outer.iter().product(), *last]))?;
    let out = mat_mul(cx, Val::T(flat), Val::T(matrix), false, false)?;
    let whole: Vec<i64> = outer.iter().copied().chain([count]).collect();
    reshape(cx, out, Val::ints(&whole))
}

/// The longest cosine transform that is computed.
const MAX_COSINE: i64 = 256;

/// A cosine transform of log mel spectra, scaled as HTK does.
fn mfccs(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let out = real(cx, &x)?;
    let (true, Some(sizes)) = (cx.eager(), x.shape.all_known()) else { return Ok(Val::T(out)) };
    let how = Cosine { kind: 2, ortho: false, inverse: false };
    let Some(count @ 1..) = sizes.last().copied() else { return Ok(Val::T(out)) };
    let whole = transformed(cx, &x, &sizes, how, None)?;
    let scale = cx.convert_like(&Val::from(1.0 / (2.0 * count as f64).sqrt()), &whole)?;
    binary(cx, "Mul", whole, scale).map(Val::T)
}

fn mdct(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    has_rank(cx, &x.shape, 1, true)?;
    let size = length(cx, cx.known(LENGTH)?)?;
    let Dim::Known(count) = size else { return Err(Stop::Unknown("a frame length that is not known")) };
    if count % 4 != 0 {
        let text = "The frame length must be a multiple of 4.";
        let problem = "is no multiple of 4".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "frame_length", problem });
    }
    let half = Val::from(count / 2);
    let frames = framed(cx, &real(cx, &x)?, &Val::from(count), &half, cx.get(PAD_END)?, -1)?;
    let at = frames.rank().unwrap_or(1) - 1;
    let shape = frames.shape.with_dim(at, Dim::Known(count / 2));
    Ok(Val::T(like(&frames, shape)))
}

fn inverse_mdct(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    has_rank(cx, &x.shape, 2, true)?;
    let x = real(cx, &x)?;
    let half = x.shape.dim(-1).unwrap_or(Dim::Unknown);
    cx.fit("Split", merge::divide(half, 2)).map_err(|stop| match stop {
        Stop::Violation(mut violation) => {
            violation.core += "\n\tNumber of ways to split should evenly divide the split dimension";
            Stop::Violation(violation)
        }
        other => other,
    })?;
    let at = x.rank().unwrap_or(1) - 1;
    let frames = like(&x, x.shape.with_dim(at, half.times(Dim::Known(2))));
    overlapped(cx, &frames, half).map(Val::T)
}

fn inverse_stft(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    has_rank(cx, &x.shape, 2, true)?;
    let (size, step) = (length(cx, cx.known(LENGTH)?)?, length(cx, cx.known(STEP)?)?);
    let dtype = match x.dtype {
        Some(DType::Complex64) => DType::Float32,
        Some(DType::Complex128) => DType::Float64,
        _ => return Err(Stop::Unknown("a spectrum of another dtype")),
    };
    let rank = x.rank().ok_or(Stop::Unknown("a spectrum of unknown rank"))?;
    let frames = Tensor { dtype: Some(dtype), ..like(&x, x.shape.with_dim(rank - 1, size)) };
    overlapped(cx, &frames, step).map(Val::T)
}

/// `tf.signal.overlap_and_add`: the last two axes become one.
fn overlapped(cx: &Cx<'_>, x: &Tensor, step: Dim) -> Infer<Tensor> {
    has_rank(cx, &x.shape, 2, true)?;
    let Some([outer @ .., frames, size]) = x.shape.dims() else {
        return Err(Stop::Unknown("frames of unknown rank"));
    };
    let total = size.plus(step.times(frames.map(|n| n - 1)));
    if let (true, Some(sizes), Dim::Known(step @ 1..), Dim::Known(total @ 1..)) =
        (cx.eager(), x.shape.all_known(), step, total)
        && x.dtype.is_some_and(DType::is_floating)
        && x.value.is_some()
    {
        return added(cx, x, &sizes, step, total);
    }
    Ok(like(x, outer.iter().copied().chain([total]).collect()))
}

/// The sums of frames where they lie upon each other.
fn added(cx: &Cx<'_>, x: &Tensor, sizes: &[i64], step: i64, total: i64) -> Infer<Tensor> {
    let [outer @ .., frames, size] = sizes else { return Err(Stop::Unknown("frames of unknown rank")) };
    let batch: i64 = outer.iter().product();
    let places: Vec<i64> = (0..batch * frames * size)
        .map(|at| at / (frames * size) * total + at / size % frames * step + at % size)
        .collect();
    let places = Tensor::ints(vec![places.len() as i64, 1], DType::Int32, places);
    let flat = reshape(cx, x, Val::ints(&[-1]))?;
    let sums = scatter_nd(cx, Val::T(places), Val::T(flat), Val::ints(&[batch * total]))?;
    let whole: Vec<i64> = outer.iter().copied().chain([total]).collect();
    reshape(cx, sums, Val::ints(&whole))
}

fn shifted(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let rank = x.rank().ok_or(Stop::Unknown("a spectrum of unknown rank"))?;
    let axes: Vec<i64> = match cx.known(AXES)? {
        v if v.is_none() => (0..rank as i64).collect(),
        axes => cx.ints(axes)?,
    };
    if axes.iter().any(|a| !(-(rank as i64)..rank as i64).contains(a)) {
        return Err(Stop::Unknown("an axis outside of the spectrum"));
    }
    if rank == 0 {
        return Err(Stop::Unknown("a scalar"));
    }
    if let (true, Some(sizes)) = (cx.eager(), x.shape.all_known()) {
        let axes: Vec<i64> = axes.iter().map(|a| a.rem_euclid(rank as i64)).collect();
        let back = cx.call.path.ends_with("ifftshift");
        let half = |axis: &i64| sizes[usize::try_from(*axis).unwrap_or(0)] / 2;
        let shifts: Vec<i64> = axes.iter().map(|axis| if back { -half(axis) } else { half(axis) }).collect();
        return roll(cx, &x, Val::ints(&shifts), Val::ints(&axes)).map(Val::T);
    }
    Ok(Val::T(like(&x, x.shape.clone())))
}

fn mel_weights(cx: &Cx<'_>) -> Infer<Val> {
    const BINS: Param<Arg> = Param::named(&["num_mel_bins"]);
    const SPECTRUM: Param<Arg> = Param::named(&["num_spectrogram_bins"]);
    const TYPE: Param<Option<DType>> = Param::named(&["dtype"]);
    let of = |param, default| match cx.known(param)? {
        Val::Py(Arg::Missing) => Ok(Dim::Known(default)),
        v => length(cx, v),
    };
    let (rows, columns) = (of(SPECTRUM, 129)?, of(BINS, 20)?);
    let dtype = cx.get(TYPE)?.unwrap_or(DType::Float32);
    let number = |name: &'static [&'static str], usual: f64| match cx.known(Param::<Arg>::named(name)) {
        Ok(Val::Py(Arg::Missing)) => Some(usual),
        Ok(Val::Py(Arg::Float(x))) => Some(*x),
        Ok(Val::Py(Arg::Int(n))) => Some(*n as f64),
        _ => None,
    };
    let edges = [
        number(&["sample_rate"], 8000.0).map(|rate| rate / 2.0),
        number(&["lower_edge_hertz"], 125.0),
        number(&["upper_edge_hertz"], 3800.0),
    ];
    if let ([Some(nyquist), Some(low), Some(high)], Dim::Known(rows @ 2..=4096), Dim::Known(bins @ 1..=256)) =
        (edges, rows, columns)
    {
        let weights = mel_triangles(rows, bins, nyquist, [low, high]);
        return Ok(Val::T(Tensor::floats(vec![rows, bins], dtype, weights)));
    }
    Ok(Val::T(Tensor::new(Shape::new([rows, columns]), dtype)))
}

/// Triangles that are even on the mel scale; the lowest frequency is left out.
fn mel_triangles(rows: i64, bins: i64, nyquist: f64, edges: [f64; 2]) -> Vec<f64> {
    let mel = |hertz: f64| 1127.0 * (1.0 + hertz / 700.0).ln();
    let [low, high] = edges.map(mel);
    let edge = |at: i64| low + (high - low) * at as f64 / (bins + 1) as f64;
    let mut weights = vec![0.0; usize::try_from(bins).unwrap_or(0)];
    for row in 1..rows {
        let at = mel(nyquist * row as f64 / (rows - 1) as f64);
        weights.extend((0..bins).map(|bin| {
            let (left, middle, right) = (edge(bin), edge(bin + 1), edge(bin + 2));
            ((at - left) / (middle - left)).min((right - at) / (right - middle)).max(0.0)
        }));
    }
    weights
}
