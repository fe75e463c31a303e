//! From the losses of samples to one number: weights, masks, reduction.
//!
//! source: keras/src/losses/loss.py, tf_keras/src/utils/losses_utils.py, tf_keras/src/engine/compile_utils.py

use ops::{Arg, Infer, Keras};
use tensor::DType;

use crate::Runner;
use crate::tools::{Tools, dtype_of, rank_of, shape_of, squeeze_or_expand};

/// How the losses of samples become one number.
#[derive(Clone, Debug)]
pub struct Weighting {
    /// The weights of samples, or `Arg::None`.
    pub sample_weight: Arg,
    /// The mask of the predictions, or `Arg::None`.
    pub mask: Arg,
    /// The reduction's name; `None` and `"none"` leave the losses of samples.
    pub reduction: Arg,
    /// The dtype that Keras 3's loss object computes in.
    pub dtype: DType,
}

impl Weighting {
    /// The usual weighting: none, and the mean.
    pub fn mean() -> Weighting {
        let reduction = Arg::Str("sum_over_batch_size".into());
        Weighting { sample_weight: Arg::None, mask: Arg::None, reduction, dtype: DType::Float32 }
    }

    fn keeps_samples(&self) -> bool {
        self.reduction.is_none() || self.is("none")
    }

    fn is_sum(&self) -> bool {
        self.is("sum")
    }

    fn is(&self, name: &str) -> bool {
        matches!(&self.reduction, Arg::Str(s) if &**s == name)
    }
}

/// Weights and reduces the losses of samples.
///
/// # Errors
/// Weights that do not broadcast against the losses.
pub fn reduce(runner: &mut dyn Runner, values: Arg, weighting: &Weighting) -> Infer<Arg> {
    let mut tools = Tools::new(runner);
    match tools.keras() {
        Keras::Two => reduce2(&mut tools, values, weighting),
        Keras::Three => reduce3(&mut tools, values, weighting),
    }
}

fn reduce3(tools: &mut Tools<'_>, values: Arg, weighting: &Weighting) -> Infer<Arg> {
    let dtype = weighting.dtype;
    let mut values = tools.convert(&values, Some(dtype))?;
    let mut weight = match &weighting.sample_weight {
        Arg::None | Arg::Missing => None,
        weight => Some(tools.convert(weight, Some(dtype))?),
    };
    if !weighting.mask.is_none() {
        let mask = tools.cast(&weighting.mask, dtype)?;
        let mask = shared_out(tools, mask, weighting, 1e-7)?;
        weight = Some(match weight {
            Some(weight) => {
                let (mask, weight) = squeeze_or_expand(tools, mask, weight)?;
                tools.mul(&weight, &mask)?
            }
            None => mask,
        });
    }
    let mut weights = None;
    if let Some(weight) = weight {
        let (v, w) = squeeze_or_expand(tools, values, weight)?;
        values = tools.mul(&v, &w)?;
        weights = Some(w);
    }
    // `tuple(values.shape) == (0,)`: of no losses there is no mean.
    let none = shape_of(&values).dims() == Some(&[tensor::Dim::Known(0)]);
    if weighting.keeps_samples() || rank_of(&values)? == 0 || none {
        return Ok(values);
    }
    let total = tools.sum(&values, Arg::None)?;
    if weighting.is_sum() {
        return Ok(total);
    }
    if let (Some(weights), true) = (&weights, weighting.is("mean_with_sample_weight")) {
        let count = tools.sum(weights, Arg::None)?;
        return tools.quotient(&total, &count);
    }
    if let Arg::Tensor(t) = &values
        && t.kind == ops::TensorKind::Keras
        && t.spec.shape.dims().is_some_and(|dims| dims.iter().any(|d| matches!(d, tensor::Dim::Symbol(_))))
    {
        // The number of losses is computed of `ops.shape(values)`, whose `None` is no number.
        let text =
            "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.";
        return Err(ops::Violation::stop(ops::Exc::ValueError, text, ops::Mistake::UnknownDim));
    }
    divided(tools, total, &values)
}

fn reduce2(tools: &mut Tools<'_>, values: Arg, weighting: &Weighting) -> Infer<Arg> {
    let values = tools.convert(&values, None)?;
    let dtype = dtype_of(&values).unwrap_or(DType::Float32);
    let floating = if dtype.is_floating() { dtype } else { DType::Float32 };
    let values = if dtype.is_floating() { values } else { tools.cast(&values, floating)? };
    let mut weight = match &weighting.sample_weight {
        Arg::None | Arg::Missing => None,
        weight => {
            let weight = tools.convert(weight, None)?;
            Some(tools.cast(&weight, floating)?)
        }
    };
    if !weighting.mask.is_none() {
        let mask = tools.cast(&weighting.mask, floating)?;
        let mask = shared_out(tools, mask, weighting, 0.0)?;
        weight = Some(match weight {
            Some(weight) => {
                let weight = fit_weight(tools, weight, &mask)?;
                tools.mul(&weight, &mask)?
            }
            None => mask,
        });
    }
    let weight = match weight {
        Some(weight) => fit_weight(tools, weight, &values)?,
        None => Arg::Float(1.0),
    };
    let weighted = tools.mul(&values, &weight)?;
    let loss = if weighting.keeps_samples() {
        weighted
    } else {
        let total = tools.sum(&weighted, Arg::None)?;
        if weighting.is_sum() { total } else { divided(tools, total, &weighted)? }
    };
    if dtype.is_floating() { Ok(loss) } else { tools.cast(&loss, dtype) }
}

/// Gives valid entries the weight `total / valid`, so that their mean is over themselves alone. That changes no
/// shape, so it is done only where the number of entries is known.
fn shared_out(tools: &mut Tools<'_>, mask: Arg, weighting: &Weighting, least: f64) -> Infer<Arg> {
    let means = matches!(&weighting.reduction, Arg::Str(s) if matches!(&**s, "sum_over_batch_size" | "mean" | "auto"));
    let Some(total) = shape_of(&mask).size().known().filter(|_| means) else { return Ok(mask) };
    let valid = tools.sum(&mask, Arg::None)?;
    let valid = if least > 0.0 { tools.add(&valid, &Arg::Float(least))? } else { valid };
    let share = tools.div(&Arg::Float(total as f64), &valid)?;
    tools.mul(&mask, &share)
}

/// Gives weights the rank of the losses where they differ by one.
fn fit_weight(tools: &mut Tools<'_>, weight: Arg, values: &Arg) -> Infer<Arg> {
    let (weights, losses) = (rank_of(&weight)?, rank_of(values)?);
    if weights == 0 {
        return Ok(weight);
    }
    if weights == losses + 1 {
        return tools.squeeze(&weight, -1);
    }
    if losses == weights + 1 { tools.expand_dims(&weight, -1) } else { Ok(weight) }
}

/// Divides a sum by the number of elements, which is never negative and may be zero.
fn divided(tools: &mut Tools<'_>, total: Arg, values: &Arg) -> Infer<Arg> {
    let count = match values {
        Arg::Tensor(t) => t.spec.shape.size().known().map(|n| n as f64),
        _ => None,
    };
    tools.quotient(&total, &Arg::Float(count.unwrap_or(1.0)))
}

/// Fits labels and weights to predictions as Keras 2's `fit` does before it calls the loss.
///
/// # Errors
/// None but what the ops answer.
pub fn match_dtype_and_rank(
    runner: &mut dyn Runner,
    y_true: Arg,
    y_pred: &Arg,
    sample_weight: Arg,
) -> Infer<(Arg, Arg)> {
    let mut tools = Tools::new(runner);
    let (mut y_true, mut weight) = (y_true, sample_weight);
    let predictions = rank_of(y_pred)?;
    if rank_of(&y_true)? == 1 && predictions == 2 {
        y_true = tools.expand_dims(&y_true, -1)?;
    }
    let weighted = matches!(weight, Arg::Tensor(_));
    if weighted && rank_of(&weight)? == 1 && predictions == 2 {
        weight = tools.expand_dims(&weight, -1)?;
    }
    let Some(dtype) = dtype_of(y_pred) else { return Ok((y_true, weight)) };
    let same_kind =
        |d: DType| (d.is_floating() && dtype.is_floating()) || (d.is_integer() && dtype.is_integer());
    if dtype_of(&y_true).is_some_and(same_kind) {
        y_true = tools.cast(&y_true, dtype)?;
    }
    if weighted {
        weight = tools.cast(&weight, dtype)?;
    }
    Ok((y_true, weight))
}
