//! Metrics that count classes: confusion matrices, columns of labels.

use ops::{Arg, Infer, Keras, Stop};
use tensor::{DType, Dim};

use super::{Tally, add};
use crate::config::number;
use crate::metrics::signs::as_classes;
use crate::metrics::{Counting, counting};
use crate::runner::Keeper;
use crate::tools::{Tools, dtype_of, rank_of, shape_of};

/// The least distance from zero that Keras adds to denominators.
pub(super) const EPSILON: f64 = 1e-7;

impl Tally<'_> {
    pub(super) fn how(&self) -> Infer<Counting> {
        counting(&format!("keras.metrics.{}", self.class))
            .ok_or(Stop::Unknown("a metric that is not modelled"))
    }

    pub(super) fn given(&self, name: &str) -> Option<f64> {
        number(&self.settings.get(name))
    }

    /// Adds labels and predictions to the counts.
    pub(super) fn count(&self, keeper: &mut dyn Keeper, y_true: Arg, y_pred: Arg, weight: Arg) -> Infer<()> {
        match self.how()? {
            Counting::Thresholds | Counting::Buckets => self.count_signs(keeper, y_true, y_pred, weight),
            Counting::Columns(_) => self.count_columns(keeper, &y_true, &y_pred, weight),
            Counting::Classes => self.count_classes(keeper, y_true, y_pred, &weight),
        }
    }

    /// Counts for each column of a matrix, as F-scores do.
    fn count_columns(&self, keeper: &mut dyn Keeper, y_true: &Arg, y_pred: &Arg, weight: Arg) -> Infer<()> {
        let mut t = Tools::new(keeper);
        let y_true = t.cast(y_true, DType::Float32)?;
        let y_pred = t.cast(y_pred, DType::Float32)?;
        let chosen = match self.given("threshold") {
            Some(limit) => {
                t.call(["tf.greater", "keras.ops.greater"], &[&y_pred, &Arg::Float(limit)], &[])?
            }
            None => {
                let keywords = [("axis", Arg::Int(-1)), ("keepdims", Arg::Bool(true))];
                let most = t.call(["tf.reduce_max", "keras.ops.max"], &[&y_pred], &keywords)?;
                let paths = ["tf.greater_equal", "keras.ops.greater_equal"];
                let most = t.call(paths, &[&y_pred, &most], &[])?;
                let size = t.abs(&y_pred)?;
                let some = t.call(["tf.greater", "keras.ops.greater"], &[&size, &Arg::Float(1e-9)], &[])?;
                t.call(["tf.logical_and", "keras.ops.logical_and"], &[&most, &some], &[])?
            }
        };
        let chosen = t.cast(&chosen, DType::Float32)?;
        let weight = match weight {
            Arg::None | Arg::Missing => None,
            weight => {
                let weight = t.cast(&weight, DType::Float32)?;
                Some(t.expand_dims(&weight, 1)?)
            }
        };
        let one = Arg::Float(1.0);
        let (others, rejected) = (t.sub(&one, &y_true)?, t.sub(&one, &chosen)?);
        let columns = self.columns(&y_true);
        let axis = if self.is_micro() { Arg::None } else { Arg::Int(0) };
        for (name, a, b) in [
            ("true_positives", &chosen, &y_true),
            ("false_positives", &chosen, &others),
            ("false_negatives", &rejected, &y_true),
            ("intermediate_weights", &y_true, &one),
        ] {
            let mut t = Tools::new(keeper);
            let mut both = t.mul(a, b)?;
            if let Some(weight) = &weight {
                both = t.mul(&both, weight)?;
            }
            let sum = t.sum(&both, axis.clone())?;
            add(keeper, name, &columns, &sum)?;
        }
        Ok(())
    }

    fn is_micro(&self) -> bool {
        matches!(self.settings.get("average"), Arg::Str(s) if &*s == "micro")
    }

    fn columns(&self, y_true: &Arg) -> Vec<i64> {
        let columns = shape_of(y_true).dim(-1).and_then(Dim::known);
        columns.into_iter().filter(|_| !self.is_micro()).collect()
    }

    /// The number of rows and columns of a matrix of labels by predictions.
    fn classes(&self) -> i64 {
        if self.class == "BinaryIoU" { 2 } else { self.given("num_classes").unwrap_or(0.0) as i64 }
    }

    /// Adds to a matrix of labels by predictions.
    fn count_classes(&self, keeper: &mut dyn Keeper, y_true: Arg, y_pred: Arg, weight: &Arg) -> Infer<()> {
        let (binary, classes) = (self.class == "BinaryIoU", self.classes());
        let mut t = Tools::new(keeper);
        let (y_true, mut y_pred) = as_classes(&mut t, y_true, y_pred, &self.settings)?;
        if binary {
            let limit = Arg::Float(self.given("threshold").unwrap_or(0.5));
            let y = t.cast(&y_pred, DType::Float32)?;
            y_pred = t.call(["tf.greater_equal", "keras.ops.greater_equal"], &[&y, &limit], &[])?;
        }
        let flat = |t: &mut Tools<'_>, x: &Arg| {
            let shape = Arg::List([Arg::Int(-1)].into());
            t.call(["tf.reshape", "keras.ops.reshape"], &[x, &shape], &[])
        };
        let hot = |t: &mut Tools<'_>, x: &Arg| {
            let x = t.cast(x, DType::Int32)?;
            let x = flat(t, &x)?;
            t.call(["tf.one_hot", "keras.ops.one_hot"], &[&x, &Arg::Int(classes)], &[])
        };
        let (mut labels, predictions) = (hot(&mut t, &y_true)?, hot(&mut t, &y_pred)?);
        let ignored = match self.settings.get("ignore_class") {
            Arg::None | Arg::Missing => None,
            class => {
                let class = t.convert(&class, dtype_of(&y_true))?;
                let others = t.call(["tf.not_equal", "keras.ops.not_equal"], &[&y_true, &class], &[])?;
                Some(flat(&mut t, &others)?)
            }
        };
        let weight = if weight.is_none() { None } else { Some(self.matrix_weight(&mut t, weight)?) };
        for given in [ignored, weight].into_iter().flatten() {
            let column = t.cast(&given, DType::Float32)?;
            let column = if rank_of(&column)? == 0 { column } else { t.expand_dims(&column, 1)? };
            labels = t.mul(&labels, &column)?;
        }
        let labels = t.call(["tf.transpose", "keras.ops.transpose"], &[&labels], &[])?;
        let matrix = t.call(["tf.matmul", "keras.ops.matmul"], &[&labels, &predictions], &[])?;
        let dtype = self.matrix_dtype(keeper.keras() == Keras::Three);
        let slot = keeper.slot("total_cm", &[classes, classes], dtype, 0.0)?;
        let mut t = Tools::new(keeper);
        let matrix = t.cast(&matrix, dtype)?;
        let sum = t.add(&slot, &matrix)?;
        keeper.assign(&slot, &sum)
    }

    /// The dtype in which pairs of classes are counted: integers in Keras 3, unless it is told otherwise.
    pub fn matrix_dtype(&self, keras3: bool) -> DType {
        let told = !self.settings.get("dtype").is_none();
        if keras3 && !told { DType::Int64 } else { DType::Float32 }
    }

    /// The weights of pairs in the metric's dtype, in one row. Keras 3 counts in whole numbers where it is given none.
    fn matrix_weight(&self, t: &mut Tools<'_>, weight: &Arg) -> Infer<Arg> {
        let dtype = match self.settings.get("dtype") {
            Arg::Str(name) => DType::parse(&name).ok_or(Stop::Unknown("the dtype of a matrix"))?,
            Arg::None | Arg::Missing if t.keras3() => DType::Int32,
            Arg::None | Arg::Missing => DType::Float32,
            _ => return Err(Stop::Unknown("the dtype of a matrix")),
        };
        let weight = t.convert(weight, Some(dtype))?;
        let weight = t.cast(&weight, dtype)?;
        if rank_of(&weight)? < 2 {
            return Ok(weight);
        }
        let shape = Arg::List([Arg::Int(-1)].into());
        t.call(["tf.reshape", "keras.ops.reshape"], &[&weight, &shape], &[])
    }

    /// What the counts come to.
    pub(super) fn counted(&self, keeper: &mut dyn Keeper) -> Infer<Arg> {
        match self.how()? {
            Counting::Classes => self.intersections(keeper),
            Counting::Columns(_) => self.score(keeper),
            Counting::Thresholds | Counting::Buckets => self.of_counts(keeper),
        }
    }

    fn score(&self, keeper: &mut dyn Keeper) -> Infer<Arg> {
        let beta = self.given("beta").unwrap_or(1.0);
        let mut read = |name: &str| keeper.slot(name, &[], DType::Float32, 0.0);
        let (tp, fp) = (read("true_positives")?, read("false_positives")?);
        let (missed, weights) = (read("false_negatives")?, read("intermediate_weights")?);
        let mut t = Tools::new(keeper);
        let ratio = |t: &mut Tools<'_>, x: &Arg, y: &Arg| {
            if !t.keras3() {
                return t.quotient(x, y);
            }
            let y = t.add(y, &Arg::Float(EPSILON))?;
            t.div(x, &y)
        };
        let [precision, recall] = [&fp, &missed].map(|other| {
            let both = t.add(&tp, other)?;
            ratio(&mut t, &tp, &both)
        });
        let (precision, recall) = (precision?, recall?);
        let product = t.mul(&precision, &recall)?;
        let sum = t.mul(&Arg::Float(beta * beta), &precision)?;
        let sum = t.add(&sum, &recall)?;
        let mean = ratio(&mut t, &product, &sum)?;
        let score = t.mul(&mean, &Arg::Float(1.0 + beta * beta))?;
        match self.settings.get("average") {
            Arg::None | Arg::Missing => Ok(score),
            Arg::Str(how) if &*how == "weighted" => {
                let total = t.sum(&weights, Arg::None)?;
                let weights = ratio(&mut t, &weights, &total)?;
                let weighted = t.mul(&score, &weights)?;
                t.sum(&weighted, Arg::None)
            }
            _ => t.call(["tf.reduce_mean", "keras.ops.mean"], &[&score], &[]),
        }
    }

    fn intersections(&self, keeper: &mut dyn Keeper) -> Infer<Arg> {
        // Before the first batch it is all zeros, and the result is zero.
        let dtype = self.matrix_dtype(keeper.keras() == Keras::Three);
        let matrix = keeper.slot("total_cm", &[self.classes(), self.classes()], dtype, 0.0)?;
        let mut t = Tools::new(keeper);
        let matrix = t.cast(&matrix, DType::Float32)?;
        let (rows, columns) = (t.sum(&matrix, Arg::Int(0))?, t.sum(&matrix, Arg::Int(1))?);
        let diagonal = t.call(["tf.linalg.diag_part", "keras.ops.diagonal"], &[&matrix], &[])?;
        let union = t.add(&rows, &columns)?;
        let union = t.sub(&union, &diagonal)?;
        let (mut shared, mut union) = (diagonal, union);
        let ids = self.settings.get("target_class_ids");
        if ids.items().is_some() {
            let keywords = [("axis", Arg::Int(0))];
            shared = t.call(["tf.gather", "keras.ops.take"], &[&shared, &ids], &keywords)?;
            union = t.call(["tf.gather", "keras.ops.take"], &[&union, &ids], &keywords)?;
        }
        let valid = t.call(["tf.greater", "keras.ops.greater"], &[&union, &Arg::Float(1e-9)], &[])?;
        let valid = t.cast(&valid, DType::Float32)?;
        let (three, least) = (t.keras3(), Arg::Float(EPSILON));
        let count = t.sum(&valid, Arg::None)?;
        if three {
            let union = t.add(&union, &least)?;
            let each = t.div(&shared, &union)?;
            let sum = t.sum(&each, Arg::None)?;
            let count = t.add(&count, &least)?;
            return t.div(&sum, &count);
        }
        let each = t.quotient(&shared, &union)?;
        let sum = t.sum(&each, Arg::None)?;
        t.quotient(&sum, &count)
    }
}
