//! Signals: cosine transforms, frames put back together, shifts of spectra, mel scales.

use tensor::{DType, Dim, Shape};

use super::rule;
use super::signal::{framed, has_rank, length};
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
        |c| run(c, |cx| real(cx, &cx.tensor(X)?).map(Val::T)),
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
    let Some(count) = count else { return Ok(Val::T(out)) };
    // A length that is not known is padded or cut in a branch each, whose results agree on nothing.
    let length = if last.is_known() { Dim::Known(count) } else { Dim::Unknown };
    let at = out.rank().unwrap_or(1) - 1;
    let shape = out.shape.with_dim(at, length);
    Ok(Val::T(like(&x, shape)))
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
    Ok(like(x, outer.iter().copied().chain([total]).collect()))
}

fn shifted(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let rank = x.rank().ok_or(Stop::Unknown("a spectrum of unknown rank"))?;
    match cx.known(AXES)? {
        v if v.is_none() => {}
        axes => {
            let outside = cx.ints(axes)?.into_iter().any(|a| a >= rank as i64 || a < -(rank as i64));
            if outside {
                return Err(Stop::Unknown("an axis outside of the spectrum"));
            }
        }
    }
    if rank == 0 {
        return Err(Stop::Unknown("a scalar"));
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
    let shape = Shape::new([of(SPECTRUM, 129)?, of(BINS, 20)?]);
    Ok(Val::T(Tensor::new(shape, cx.get(TYPE)?.unwrap_or(DType::Float32))))
}
