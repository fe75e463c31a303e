//! Metrics that count: true and false positives and negatives, confusion matrices.

use ops::{Arg, Infer, Stop};
use tensor::{DType, Dim};

use super::{Tally, add, quotient};
use crate::config::number;
use crate::metrics::signs::as_classes;
use crate::metrics::{Counting, counting};
use crate::runner::Keeper;
use crate::tools::{Tools, dtype_of, rank_of, shape_of, squeeze_or_expand};

/// The four counts, by their variables' names.
const COUNTS: [&str; 4] = ["true_positives", "false_positives", "true_negatives", "false_negatives"];

/// The least distance from zero that Keras adds to denominators.
const EPSILON: f64 = 1e-7;

impl Tally<'_> {
    fn how(&self) -> Infer<Counting> {
        counting(&format!("keras.metrics.{}", self.class))
            .ok_or(Stop::Unknown("a metric that is not modelled"))
    }

    fn given(&self, name: &str) -> Option<f64> {
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

    /// The thresholds: those that are given, or evenly spaced ones.
    ///
    /// # Errors
    /// They are not known.
    pub fn thresholds(&self) -> Infer<Vec<f64>> {
        if self.how()? == Counting::Buckets {
            let given = self.settings.get("thresholds");
            if let Some(items) = given.items() {
                let own = items.iter().map(number).collect::<Option<Vec<f64>>>();
                let own = own.ok_or(Stop::Unknown("thresholds that are not known"))?;
                let mut own = own;
                own.sort_by(f64::total_cmp);
                return Ok([vec![-EPSILON], own, vec![1.0 + EPSILON]].concat());
            }
            let count = self.given("num_thresholds").unwrap_or(200.0).max(2.0) as usize;
            let between = (1..count - 1).map(|i| i as f64 / (count - 1) as f64);
            return Ok([vec![-EPSILON], between.collect(), vec![1.0 + EPSILON]].concat());
        }
        let given = self.settings.get("thresholds");
        match &given {
            Arg::None | Arg::Missing => Ok(vec![0.5]),
            Arg::Float(_) | Arg::Int(_) => Ok(number(&given).into_iter().collect()),
            list => list
                .items()
                .and_then(|items| items.iter().map(number).collect::<Option<Vec<f64>>>())
                .ok_or(Stop::Unknown("thresholds that are not known")),
        }
    }

    /// Counts predictions above and below each threshold.
    fn count_signs(&self, keeper: &mut dyn Keeper, y_true: Arg, y_pred: Arg, weight: Arg) -> Infer<()> {
        let unmodelled = |name: &str| !matches!(self.settings.get(name), Arg::None | Arg::Missing);
        if unmodelled("top_k")
            || self.settings.get("multi_label") == Arg::Bool(true)
            || unmodelled("label_weights")
        {
            return Err(Stop::Unknown("a count of several labels"));
        }
        let thresholds = self.thresholds()?;
        let mut t = Tools::new(keeper);
        let y_true = t.cast(&y_true, DType::Float32)?;
        let mut y_pred = t.cast(&y_pred, DType::Float32)?;
        if self.settings.get("from_logits") == Arg::Bool(true) {
            y_pred = t.call(["tf.sigmoid", "keras.ops.sigmoid"], &[&y_pred], &[])?;
        }
        let (mut y_pred, mut y_true) = squeeze_or_expand(&mut t, y_pred, y_true)?;
        if let Arg::Int(class) = self.settings.get("class_id") {
            let at = Arg::List([Arg::Int(class)].into());
            let keywords = [("axis", Arg::Int(-1))];
            let take = ["tf.gather", "keras.ops.take"];
            y_true = t.call(take, &[&y_true, &at], &keywords)?;
            y_pred = t.call(take, &[&y_pred, &at], &keywords)?;
        }
        let flat = |t: &mut Tools<'_>, x: &Arg, shape: [i64; 2]| {
            let shape = Arg::List(shape.map(Arg::Int).into());
            t.call(["tf.reshape", "keras.ops.reshape"], &[x, &shape], &[])
        };
        let weights = if weight.is_none() {
            None
        } else {
            let mut weight = t.cast(&weight, DType::Float32)?;
            while rank_of(&weight)? < rank_of(&y_pred)? {
                weight = t.expand_dims(&weight, -1)?;
            }
            let ones = t.call(["tf.ones_like", "keras.ops.ones_like"], &[&y_pred], &[])?;
            let weight = t.mul(&weight, &ones)?;
            Some(flat(&mut t, &weight, [1, -1])?)
        };
        let (labels, predictions) = (flat(&mut t, &y_true, [1, -1])?, flat(&mut t, &y_pred, [1, -1])?);
        let count = thresholds.len() as i64;
        let limits = Arg::List(thresholds.into_iter().map(|x| Arg::List([Arg::Float(x)].into())).collect());
        let limits = t.convert(&limits, Some(DType::Float32))?;
        let greater = ["tf.greater", "keras.ops.greater"];
        let above = t.call(greater, &[&predictions, &limits], &[])?;
        let above = t.cast(&above, DType::Float32)?;
        let different = t.call(["tf.not_equal", "keras.ops.not_equal"], &[&labels, &Arg::Float(0.0)], &[])?;
        let positive = t.cast(&different, DType::Float32)?;
        let one = Arg::Float(1.0);
        let (below, negative) = (t.sub(&one, &above)?, t.sub(&one, &positive)?);
        let pairs = [(&positive, &above), (&negative, &above), (&negative, &below), (&positive, &below)];
        for (name, (label, prediction)) in COUNTS.into_iter().zip(pairs) {
            let mut t = Tools::new(keeper);
            let mut both = t.mul(label, prediction)?;
            if let Some(weights) = &weights {
                both = t.mul(&both, weights)?;
            }
            let sum = t.sum(&both, Arg::Int(1))?;
            add(keeper, name, &[count], &sum)?;
        }
        Ok(())
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
        add(keeper, "total_cm", &[classes, classes], &matrix)
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
            Counting::Thresholds | Counting::Buckets => {
                let count = self.thresholds()?.len() as i64;
                let mut read = |name: &str| keeper.slot(name, &[count], DType::Float32, 0.0);
                let counts = [read(COUNTS[0])?, read(COUNTS[1])?, read(COUNTS[2])?, read(COUNTS[3])?];
                self.of_signs(&mut Tools::new(keeper), &counts, count)
            }
        }
    }

    fn of_signs(&self, t: &mut Tools<'_>, counts: &[Arg; 4], count: i64) -> Infer<Arg> {
        let [tp, fp, tn, missed] = counts;
        let ratio = |t: &mut Tools<'_>, x: &Arg, y: &Arg| {
            let both = t.add(x, y)?;
            quotient(t, x, &both)
        };
        let only = |t: &mut Tools<'_>, x: Arg| {
            if count > 1 {
                return Ok(x);
            }
            t.squeeze(&x, 0)
        };
        match self.class {
            "Precision" => {
                let x = ratio(t, tp, fp)?;
                only(t, x)
            }
            "Recall" => {
                let x = ratio(t, tp, missed)?;
                only(t, x)
            }
            "TruePositives" => only(t, tp.clone()),
            "FalsePositives" => only(t, fp.clone()),
            "TrueNegatives" => only(t, tn.clone()),
            "FalseNegatives" => only(t, missed.clone()),
            "AUC" => {
                let word = |name: &str, default: &str| match self.settings.get(name) {
                    Arg::Str(s) => s.to_lowercase(),
                    _ => default.to_owned(),
                };
                let recall = ratio(t, tp, missed)?;
                let (x, y) = match &*word("curve", "roc") {
                    "roc" => (ratio(t, fp, tn)?, recall),
                    _ => return Err(Stop::Unknown("an area under another curve")),
                };
                let summation = word("summation_method", "interpolation");
                area(t, &x, &y, count, &summation)
            }
            _ => Err(Stop::Unknown("a metric whose result is not modelled")),
        }
    }

    fn score(&self, keeper: &mut dyn Keeper) -> Infer<Arg> {
        let beta = self.given("beta").unwrap_or(1.0);
        let mut read = |name: &str| keeper.slot(name, &[], DType::Float32, 0.0);
        let (tp, fp) = (read("true_positives")?, read("false_positives")?);
        let (missed, weights) = (read("false_negatives")?, read("intermediate_weights")?);
        let mut t = Tools::new(keeper);
        let least = Arg::Float(EPSILON);
        let [precision, recall] = [&fp, &missed].map(|other| {
            let both = t.add(&tp, other)?;
            let both = t.add(&both, &least)?;
            t.div(&tp, &both)
        });
        let (precision, recall) = (precision?, recall?);
        let product = t.mul(&precision, &recall)?;
        let sum = t.mul(&Arg::Float(beta * beta), &precision)?;
        let sum = t.add(&sum, &recall)?;
        let sum = t.add(&sum, &least)?;
        let mean = t.div(&product, &sum)?;
        let score = t.mul(&mean, &Arg::Float(1.0 + beta * beta))?;
        match self.settings.get("average") {
            Arg::None | Arg::Missing => Ok(score),
            Arg::Str(how) if &*how == "weighted" => {
                let total = t.sum(&weights, Arg::None)?;
                let total = t.add(&total, &least)?;
                let weights = t.div(&weights, &total)?;
                let weighted = t.mul(&score, &weights)?;
                t.sum(&weighted, Arg::None)
            }
            _ => t.call(["tf.reduce_mean", "keras.ops.mean"], &[&score], &[]),
        }
    }

    fn intersections(&self, keeper: &mut dyn Keeper) -> Infer<Arg> {
        // Before the first batch it is all zeros, and the result is zero.
        let matrix = keeper.slot("total_cm", &[self.classes(), self.classes()], DType::Float32, 0.0)?;
        let mut t = Tools::new(keeper);
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
        let each = quotient(&mut t, &shared, &union)?;
        let sum = t.sum(&each, Arg::None)?;
        quotient(&mut t, &sum, &count)
    }
}

/// The area under a curve through points, which run from right to left.
fn area(t: &mut Tools<'_>, x: &Arg, y: &Arg, count: i64, how: &str) -> Infer<Arg> {
    let part = |t: &mut Tools<'_>, of: &Arg, from: i64| {
        let at = Arg::List((from..from + count - 1).map(Arg::Int).collect());
        t.call(["tf.gather", "keras.ops.take"], &[of, &at], &[("axis", Arg::Int(0))])
    };
    let (x0, x1, y0, y1) = (part(t, x, 0)?, part(t, x, 1)?, part(t, y, 0)?, part(t, y, 1)?);
    let height = match how {
        "minoring" => t.minimum(&y0, &y1)?,
        "majoring" => t.maximum(&y0, &y1)?,
        _ => {
            let sum = t.add(&y0, &y1)?;
            t.div(&sum, &Arg::Float(2.0))?
        }
    };
    let width = t.sub(&x0, &x1)?;
    let terms = t.mul(&width, &height)?;
    t.sum(&terms, Arg::None)
}
