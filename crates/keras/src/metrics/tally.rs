//! What metrics keep from batch to batch, and what they make of it.
//!
//! source: keras/src/metrics/{reduction,regression,confusion,f_score,iou}_metrics.py, metrics_utils.py,
//! tf_keras/src/metrics/base_metric.py, tf_keras/src/utils/metrics_utils.py

use ops::{Arg, Infer, Keras, Stop};
use tensor::DType;

use super::update::{MetricCall, metric_values};
use crate::config::{Bound, number};
use crate::runner::{Keeper, Runner};
use crate::tools::{Tools, check_compatible, last_is_one, rank_of, shape_of, squeeze_or_expand};

mod counts;
mod signs;

/// A metric that keeps something.
#[derive(Clone, Copy, Debug)]
pub struct Tally<'a> {
    /// The class: `Mean`, `Precision`; the name without its module.
    pub class: &'a str,
    /// Its constructor's arguments.
    pub settings: Bound<'a>,
}

/// What a batch adds to a metric that averages: its values, with or without weights.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The values.
    pub values: Arg,
    /// The weights of samples, or `Arg::None`.
    pub weight: Arg,
}

/// Computes what a metric averages of labels and predictions, and the weights that it averages with: those of the
/// samples and the mask of the predictions.
///
/// # Errors
/// What Keras raises for shapes that do not fit.
pub fn measured(
    runner: &mut dyn Runner,
    metric: MetricCall<'_>,
    y_true: Arg,
    y_pred: Arg,
    weight: Arg,
    mask: &Arg,
) -> Infer<Batch> {
    let ignoring = match metric {
        MetricCall::Loss(loss, settings) => Some((loss, y_true.clone(), settings)),
        MetricCall::Accuracy(..) | MetricCall::Function(_) => None,
    };
    let values = metric_values(runner, metric, y_true, y_pred)?;
    // Which masks reach the predictions of a model with layers of the script's own is not followed to the end; what would
    // be refused for them alone need not be.
    if weight.is_none() && !mask.is_none() && rank_of(&values)? < rank_of(mask)? {
        if runner.keras() == ops::Keras::Three {
            // With a mask, Keras 3 would refuse this: there is none.
            return Ok(Batch { values, weight });
        }
        return Err(Stop::Unknown("a metric that makes fewer values than the predictions have masked steps"));
    }
    let t = &mut Tools::new(runner);
    let mut weight = masked(t, weight, mask)?;
    // Keras 3 looks at the mask of the values only where there are weights.
    if let Some((loss, labels, settings)) = ignoring.filter(|_| !weight.is_none() || !t.keras3()) {
        let counted = crate::losses::counted(t, loss, labels, &values, &settings)?;
        weight = masked(t, weight, &counted)?;
    }
    Ok(Batch { values, weight })
}

/// Multiplies weights by a mask.
fn masked(t: &mut Tools<'_>, weight: Arg, mask: &Arg) -> Infer<Arg> {
    if mask.is_none() {
        return Ok(weight);
    }
    let mask = t.cast(mask, DType::Float32)?;
    if weight.is_none() {
        return Ok(mask);
    }
    let weight = t.cast(&weight, DType::Float32)?;
    let (mask, weight) = squeeze_or_expand(t, mask, weight)?;
    t.mul(&weight, &mask)
}

/// Adds a batch to a mean: to the sum of its values and to their count.
///
/// # Errors
/// What the ops answer.
pub fn add_to_mean(keeper: &mut dyn Keeper, batch: Batch) -> Infer<()> {
    let (sum, count) = summed(&mut Tools::new(keeper), batch, true)?;
    add(keeper, "total", &[], &sum)?;
    add(keeper, "count", &[], &count)
}

/// Checks values and weights, or labels and predictions, as `Mean`, `Sum`, `RootMeanSquaredError` and
/// `MeanRelativeError` do.
///
/// # Errors
/// What Keras raises for shapes that do not fit.
pub fn check_averaging(
    runner: &mut dyn Runner,
    class: &str,
    [first, second, third]: [Arg; 3],
    settings: &Bound<'_>,
) -> Infer<()> {
    let mut t = Tools::new(runner);
    let batch = match class {
        "RootMeanSquaredError" => Batch { values: squared_error(&mut t, &first, &second)?, weight: third },
        "MeanRelativeError" => {
            let values = relative_error(&mut t, &first, &second, &settings.get("normalizer"))?;
            Batch { values, weight: third }
        }
        _ => Batch { values: first, weight: second },
    };
    summed(&mut t, batch, class != "Sum").map(|_| ())
}

/// Multiplies values by the weights of samples, as a mean does.
///
/// # Errors
/// What Keras raises for shapes that do not fit.
pub(super) fn weigh(runner: &mut dyn Runner, values: Arg, weight: Arg) -> Infer<()> {
    summed(&mut Tools::new(runner), Batch { values, weight }, true).map(|_| ())
}

/// The squared differences of `RootMeanSquaredError`.
fn squared_error(t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg) -> Infer<Arg> {
    let y_true = t.cast(y_true, DType::Float32)?;
    let y_pred = t.cast(y_pred, DType::Float32)?;
    let (y_true, y_pred) = squeeze_or_expand(t, y_true, y_pred)?;
    let error = t.sub(&y_pred, &y_true)?;
    t.square(&error)
}

/// The errors of `MeanRelativeError` in parts of the normalizer. The predictions lose a last axis of one number that the
/// normalizer lacks, and only then are compared with the labels.
fn relative_error(t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg, normalizer: &Arg) -> Infer<Arg> {
    let (y_true, y_pred) = (t.cast(y_true, DType::Float32)?, t.cast(y_pred, DType::Float32)?);
    let normalizer = t.cast(normalizer, DType::Float32)?;
    let (mut y_pred, y_true) = squeeze_or_expand(t, y_pred, y_true)?;
    let (rank, parts) = (rank_of(&y_pred)?, rank_of(&normalizer)?);
    if parts > rank.max(1) {
        return Err(Stop::Unknown("a normalizer of a higher rank"));
    }
    if rank == parts + 1 && last_is_one(&y_pred) {
        y_pred = t.squeeze(&y_pred, -1)?;
    }
    check_compatible(t, &y_pred, &y_true)?;
    let error = t.sub(&y_true, &y_pred)?;
    let error = t.abs(&error)?;
    t.quotient(&error, &normalizer)
}

/// The mean of what was added.
///
/// # Errors
/// What the ops answer.
pub fn mean(keeper: &mut dyn Keeper) -> Infer<Arg> {
    let total = keeper.slot("total", &[], DType::Float32, 0.0)?;
    let count = keeper.slot("count", &[], DType::Float32, 0.0)?;
    Tools::new(keeper).quotient(&total, &count)
}

/// Adds to one of a metric's variables.
fn add(keeper: &mut dyn Keeper, name: &str, sizes: &[i64], change: &Arg) -> Infer<()> {
    let slot = keeper.slot(name, sizes, DType::Float32, 0.0)?;
    let value = Tools::new(keeper).add(&slot, change)?;
    keeper.assign(&slot, &value)
}

/// The weighted sum of a batch's values, and what it is divided by in a mean.
fn summed(t: &mut Tools<'_>, batch: Batch, mean: bool) -> Infer<(Arg, Arg)> {
    let values = t.convert(&batch.values, None)?;
    let values = t.cast(&values, DType::Float32)?;
    match t.keras() {
        Keras::Two => summed2(t, values, batch.weight, mean),
        Keras::Three => summed3(t, values, batch.weight, mean),
    }
}

fn count_of(x: &Arg) -> Infer<f64> {
    let known = shape_of(x).size().known();
    known.map(|n| n as f64).ok_or(Stop::Unknown("a metric of values whose number is not known"))
}

/// Reduces over all axes but the first `kept`.
fn reduce_to(t: &mut Tools<'_>, x: &Arg, kept: usize, mean: bool) -> Infer<Arg> {
    let rank = rank_of(x)?;
    if rank <= kept {
        return Ok(x.clone());
    }
    let axes = Arg::List((kept..rank).map(|axis| Arg::Int(axis as i64)).collect());
    let paths = if mean { ["tf.reduce_mean", "keras.ops.mean"] } else { ["tf.reduce_sum", "keras.ops.sum"] };
    t.call(paths, &[x], &[("axis", axes)])
}

fn summed3(t: &mut Tools<'_>, values: Arg, weight: Arg, mean: bool) -> Infer<(Arg, Arg)> {
    if weight.is_none() {
        let values = reduce_to(t, &values, 1, mean)?;
        let count = if rank_of(&values)? == 0 { 1.0 } else { count_of(&values)? };
        return Ok((t.sum(&values, Arg::None)?, Arg::Float(count)));
    }
    let weight = t.convert(&weight, Some(DType::Float32))?;
    let (values, weight) = squeeze_or_expand(t, values, weight)?;
    let rank = rank_of(&weight)?;
    let values = reduce_to(t, &values, rank, mean)?;
    let weight = match shape_of(&values).all_known() {
        Some(_) if !t.runner().computes() || rank > rank_of(&values)? => {
            let sizes = Arg::shape(&shape_of(&values));
            t.call(["", "keras.ops.broadcast_to"], &[&weight, &sizes], &[])?
        }
        _ => {
            let ones = t.call(["", "keras.ops.ones_like"], &[&values], &[])?;
            t.mul(&weight, &ones)?
        }
    };
    let values = t.mul(&values, &weight)?;
    let weight = if rank > 1 { reduce_to(t, &weight, 1, mean)? } else { weight };
    let values = reduce_to(t, &values, 1, mean)?;
    Ok((t.sum(&values, Arg::None)?, t.sum(&weight, Arg::None)?))
}

fn summed2(t: &mut Tools<'_>, values: Arg, weight: Arg, mean: bool) -> Infer<(Arg, Arg)> {
    if weight.is_none() {
        let count = count_of(&values)?;
        return Ok((t.sum(&values, Arg::None)?, Arg::Float(count)));
    }
    let mut weight = t.convert(&weight, None)?;
    weight = t.cast(&weight, DType::Float32)?;
    let (have, want) = (rank_of(&weight)?, rank_of(&values)?);
    if have == want + 1 {
        weight = t.squeeze(&weight, -1)?;
    } else if want == have + 1 && have > 0 {
        weight = t.expand_dims(&weight, -1)?;
    }
    // Weights that broadcast count for each element; otherwise values are reduced to them.
    let fits = rank_of(&weight)? == 0 || broadcasts(&weight, &values);
    let values = if fits {
        values
    } else {
        let kept = rank_of(&weight)?;
        reduce_to(t, &values, kept, mean)?
    };
    let ones = t.call(["tf.ones_like", ""], &[&values], &[])?;
    let weight = t.mul(&weight, &ones)?;
    let values = t.mul(&values, &weight)?;
    Ok((t.sum(&values, Arg::None)?, t.sum(&weight, Arg::None)?))
}

fn broadcasts(weight: &Arg, values: &Arg) -> bool {
    let (weights, values) = (shape_of(weight), shape_of(values));
    let (Some(w), Some(v)) = (weights.dims(), values.dims()) else { return false };
    w.len() == v.len() && w.iter().zip(v).all(|(w, v)| w.known() == Some(1) || w == v)
}

impl Tally<'_> {
    /// Adds labels and predictions, or values and weights, to what a metric keeps: `update_state`.
    ///
    /// # Errors
    /// The class is not modelled, or an op answers so.
    pub fn update(&self, keeper: &mut dyn Keeper, first: Arg, second: Arg, weight: Arg) -> Infer<()> {
        match self.class {
            "Mean" => {
                let batch = Batch { values: first, weight: second };
                add_to_mean(keeper, batch)
            }
            "Sum" => {
                let batch = Batch { values: first, weight: second };
                let (sum, _) = summed(&mut Tools::new(keeper), batch, false)?;
                add(keeper, "total", &[], &sum)
            }
            "RootMeanSquaredError" => {
                let values = squared_error(&mut Tools::new(keeper), &first, &second)?;
                add_to_mean(keeper, Batch { values, weight })
            }
            "R2Score" => self.add_squares(keeper, &first, &second, &weight),
            "MeanRelativeError" => self.add_relative(keeper, &first, &second, weight),
            "MeanTensor" => self.add_elements(keeper, &first, second),
            _ => self.count(keeper, first, second, weight),
        }
    }

    /// What a metric has come to: `result`.
    ///
    /// # Errors
    /// The class is not modelled, or an op answers so.
    pub fn result(&self, keeper: &mut dyn Keeper) -> Infer<Arg> {
        match self.class {
            "Sum" => {
                let total = keeper.slot("total", &[], DType::Float32, 0.0)?;
                Tools::new(keeper).cast(&total, DType::Float32)
            }
            "RootMeanSquaredError" => {
                let mean = mean(keeper)?;
                Tools::new(keeper).sqrt(&mean)
            }
            "R2Score" => self.determination(keeper),
            "MeanTensor" => {
                self.plain_elements()?;
                mean(keeper)
            }
            _ if super::counting(&format!("keras.metrics.{}", self.class)).is_some() => self.counted(keeper),
            _ => mean(keeper),
        }
    }

    /// `MeanRelativeError`: the errors in parts of what the constructor was given.
    fn add_relative(&self, keeper: &mut dyn Keeper, y_true: &Arg, y_pred: &Arg, weight: Arg) -> Infer<()> {
        let normalizer = self.settings.get("normalizer");
        let values = relative_error(&mut Tools::new(keeper), y_true, y_pred, &normalizer)?;
        add_to_mean(keeper, Batch { values, weight })
    }

    /// `MeanTensor`: a mean for each element.
    fn add_elements(&self, keeper: &mut dyn Keeper, values: &Arg, weight: Arg) -> Infer<()> {
        self.plain_elements()?;
        let mut t = Tools::new(keeper);
        let mut values = t.cast(values, DType::Float32)?;
        let asked = self.settings.get("shape");
        let asked = asked.items().map(|items| items.iter().map(number).collect::<Option<Vec<f64>>>());
        let of = shape_of(&values).all_known();
        let same = |sizes: Vec<f64>| of.is_some_and(|of| of.iter().map(|n| *n as f64).eq(sizes));
        if asked.is_some_and(|sizes| !sizes.is_some_and(same)) {
            return Err(Stop::Unknown("a mean of elements of another shape than is asked for"));
        }
        let mut count = t.call(["tf.ones_like", ""], &[&values], &[])?;
        if !weight.is_none() {
            let weight = t.cast(&weight, DType::Float32)?;
            if rank_of(&weight)? != rank_of(&values)? && rank_of(&weight)? != 0 {
                return Err(Stop::Unknown("weights of a mean of each element"));
            }
            values = t.mul(&values, &weight)?;
            count = t.mul(&count, &weight)?;
        }
        let unknown = Stop::Unknown("a mean of values of unknown shape");
        let sizes = shape_of(&values).all_known().ok_or(unknown)?;
        add(keeper, "total", &sizes, &values)?;
        add(keeper, "count", &sizes, &count)
    }

    /// The variables of a `MeanTensor` are like the first values, unless it is told otherwise.
    fn plain_elements(&self) -> Infer<()> {
        if self.settings.get("dtype").is_none() {
            return Ok(());
        }
        Err(Stop::Unknown("a mean of elements of a dtype that is asked for"))
    }

    /// `R2Score`: the sums of labels, of their squares, and of the squared errors.
    fn add_squares(&self, keeper: &mut dyn Keeper, y_true: &Arg, y_pred: &Arg, weight: &Arg) -> Infer<()> {
        let mut t = Tools::new(keeper);
        let y_true = t.cast(y_true, DType::Float32)?;
        let y_pred = t.cast(y_pred, DType::Float32)?;
        let (y_true, y_pred) = squeeze_or_expand(&mut t, y_true, y_pred)?;
        let ones = t.call(["tf.ones_like", "keras.ops.ones_like"], &[&y_true], &[])?;
        let weight = if weight.is_none() {
            ones
        } else {
            let weight = t.cast(weight, DType::Float32)?;
            let weight = if rank_of(&weight)? == 1 { t.expand_dims(&weight, 1)? } else { weight };
            t.mul(&weight, &ones)?
        };
        let weighted = t.mul(&y_true, &weight)?;
        let squares = t.mul(&y_true, &weighted)?;
        let error = t.sub(&y_true, &y_pred)?;
        let error = t.square(&error)?;
        let errors = t.mul(&error, &weight)?;
        let columns = shape_of(&y_true).dim(-1).and_then(tensor::Dim::known).unwrap_or(1);
        for (name, values) in
            [("sum", &weighted), ("squared_sum", &squares), ("total_mse", &errors), ("count", &weight)]
        {
            let sum = Tools::new(keeper).sum(values, Arg::Int(0))?;
            add(keeper, name, &[columns], &sum)?;
        }
        Ok(())
    }

    fn determination(&self, keeper: &mut dyn Keeper) -> Infer<Arg> {
        if number(&self.settings.get("num_regressors")).is_some_and(|n| n != 0.0) {
            return Err(Stop::Unknown("an adjusted score"));
        }
        let read = |keeper: &mut dyn Keeper, name: &str| keeper.slot(name, &[], DType::Float32, 0.0);
        let (sum, squares) = (read(keeper, "sum")?, read(keeper, "squared_sum")?);
        let (errors, count) = (read(keeper, "total_mse")?, read(keeper, "count")?);
        let mut t = Tools::new(keeper);
        let mean = t.div(&sum, &count)?;
        let explained = t.mul(&sum, &mean)?;
        let total = t.sub(&squares, &explained)?;
        let lost = t.div(&errors, &total)?;
        let scores = t.sub(&Arg::Float(1.0), &lost)?;
        let infinite = t.call(["tf.math.is_inf", "keras.ops.isinf"], &[&scores], &[])?;
        let zeros = t.call(["tf.zeros_like", "keras.ops.zeros_like"], &[&scores], &[])?;
        let scores = t.choose(&infinite, &zeros, &scores)?;
        match self.settings.get("class_aggregation") {
            Arg::Str(how) if &*how == "variance_weighted_average" => {
                let weighted = t.mul(&total, &scores)?;
                let (above, below) = (t.sum(&weighted, Arg::None)?, t.sum(&total, Arg::None)?);
                t.div(&above, &below)
            }
            Arg::None => Ok(scores),
            _ => t.call(["tf.reduce_mean", "keras.ops.mean"], &[&scores], &[]),
        }
    }
}
