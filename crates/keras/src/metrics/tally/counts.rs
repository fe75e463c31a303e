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

/// What predictions become that are not among the best.
const OUT: f64 = -1e10;

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
        let given = self.settings.get("thresholds");
        let known = |items: &[Arg]| {
            let numbers = items.iter().map(number).collect::<Option<Vec<f64>>>();
            numbers.ok_or(Stop::Unknown("thresholds that are not known"))
        };
        if self.how()? != Counting::Buckets {
            let top = !matches!(self.settings.get("top_k"), Arg::None | Arg::Missing);
            return match &given {
                Arg::None | Arg::Missing => Ok(vec![if top { OUT } else { 0.5 }]),
                Arg::Float(_) | Arg::Int(_) => Ok(number(&given).into_iter().collect()),
                list => known(list.items().ok_or(Stop::Unknown("thresholds that are not known"))?),
            };
        }
        if let Some(items) = given.items() {
            let mut own = known(items)?;
            own.sort_by(f64::total_cmp);
            return Ok([vec![-EPSILON], own, vec![1.0 + EPSILON]].concat());
        }
        let count = self.given("num_thresholds").unwrap_or(200.0) as usize;
        if count <= 1 {
            return Ok(vec![0.5]);
        }
        let between = (1..count - 1).map(|i| i as f64 / (count - 1) as f64).collect();
        // `AUC` moves the ends outwards.
        let beyond = if self.class == "AUC" { EPSILON } else { 0.0 };
        Ok([vec![-beyond], between, vec![1.0 + beyond]].concat())
    }

    /// Whether each label counts for itself: of an `AUC(multi_label=True)`.
    fn several(&self) -> bool {
        self.settings.get("multi_label") == Arg::Bool(true)
    }

    /// Counts predictions above and below each threshold.
    fn count_signs(&self, keeper: &mut dyn Keeper, y_true: Arg, y_pred: Arg, weight: Arg) -> Infer<()> {
        let several = self.several();
        if !several && !matches!(self.settings.get("label_weights"), Arg::None | Arg::Missing) {
            return Err(Stop::Unknown("a count of several labels"));
        }
        let mut t = Tools::new(keeper);
        let (y_true, y_pred) = self.chosen(&mut t, &y_true, &y_pred)?;
        // One row of all, or one of rows of labels.
        let flat = |t: &mut Tools<'_>, x: &Arg| {
            if several {
                return t.expand_dims(x, 0);
            }
            let shape = Arg::List([1, -1].map(Arg::Int).into());
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
            Some(flat(&mut t, &weight)?)
        };
        let (labels, predictions) = (flat(&mut t, &y_true)?, flat(&mut t, &y_pred)?);
        let thresholds = self.thresholds()?;
        let mut sizes = vec![thresholds.len() as i64];
        if several {
            let labels = shape_of(&y_pred).dim(-1).and_then(Dim::known);
            sizes.push(labels.ok_or(Stop::Unknown("labels whose number is not known"))?);
        }
        let above = above(&mut t, &predictions, thresholds, several)?;
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
            add(keeper, name, &sizes, &sum)?;
        }
        Ok(())
    }

    /// Labels and predictions of one rank: of the class that is asked for, predictions that are not among the best far
    /// below all thresholds.
    fn chosen(&self, t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg) -> Infer<(Arg, Arg)> {
        let y_true = t.cast(y_true, DType::Float32)?;
        let mut y_pred = t.cast(y_pred, DType::Float32)?;
        if self.settings.get("from_logits") == Arg::Bool(true) {
            y_pred = t.call(["tf.sigmoid", "keras.ops.sigmoid"], &[&y_pred], &[])?;
        }
        let (mut y_pred, mut y_true) = squeeze_or_expand(t, y_pred, y_true)?;
        if let k @ Arg::Int(_) = self.settings.get("top_k") {
            let unknown = Stop::Unknown("predictions whose number is not known");
            let classes = shape_of(&y_pred).dim(-1).and_then(Dim::known).ok_or(unknown.clone())?;
            let best = t.call(["tf.math.top_k", "keras.ops.top_k"], &[&y_pred, &k], &[])?;
            let places = best.items().and_then(|items| items.get(1)).cloned().ok_or(unknown)?;
            let hot = t.call(["tf.one_hot", "keras.ops.one_hot"], &[&places, &Arg::Int(classes)], &[])?;
            let mask = t.sum(&hot, Arg::Int(-2))?;
            let kept = t.mul(&y_pred, &mask)?;
            let others = t.sub(&Arg::Float(1.0), &mask)?;
            let others = t.mul(&Arg::Float(OUT), &others)?;
            y_pred = t.add(&kept, &others)?;
        }
        if let Arg::Int(class) = self.settings.get("class_id") {
            let at = Arg::List([Arg::Int(class)].into());
            let keywords = [("axis", Arg::Int(-1))];
            let take = ["tf.gather", "keras.ops.take"];
            y_true = t.call(take, &[&y_true, &at], &keywords)?;
            y_pred = t.call(take, &[&y_pred, &at], &keywords)?;
        }
        Ok((y_true, y_pred))
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
                let mut sizes = vec![count];
                if self.several() {
                    sizes.extend(self.given("num_labels").map(|labels| labels as i64).or(Some(1)));
                }
                let mut read = |name: &str| keeper.slot(name, &sizes, DType::Float32, 0.0);
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
            "AUC" => self.under_curve(t, counts, count),
            "SensitivityAtSpecificity"
            | "SpecificityAtSensitivity"
            | "RecallAtPrecision"
            | "PrecisionAtRecall" => {
                let (sensitivity, specificity) = (ratio(t, tp, missed)?, ratio(t, tn, fp)?);
                let precision = ratio(t, tp, fp)?;
                let (name, bound, best) = match self.class {
                    "SensitivityAtSpecificity" => ("specificity", specificity, sensitivity),
                    "SpecificityAtSensitivity" => ("sensitivity", sensitivity, specificity),
                    "RecallAtPrecision" => ("precision", precision, sensitivity),
                    _ => ("recall", sensitivity, precision),
                };
                let least = self.given(name).ok_or(Stop::Unknown("a value that is not known"))?;
                let paths = ["tf.greater_equal", "keras.ops.greater_equal"];
                let feasible = t.call(paths, &[&bound, &Arg::Float(least)], &[])?;
                let zeros = t.call(["tf.zeros_like", "keras.ops.zeros_like"], &[&best], &[])?;
                let best = t.choose(&feasible, &best, &zeros)?;
                t.call(["tf.reduce_max", "keras.ops.max"], &[&best], &[])
            }
            _ => Err(Stop::Unknown("a metric whose result is not modelled")),
        }
    }

    fn under_curve(&self, t: &mut Tools<'_>, counts: &[Arg; 4], count: i64) -> Infer<Arg> {
        let [tp, fp, tn, missed] = counts;
        let word = |name: &str, default: &str| match self.settings.get(name) {
            Arg::Str(s) => s.to_lowercase(),
            _ => default.to_owned(),
        };
        let summation = word("summation_method", "interpolation");
        let ratio = |t: &mut Tools<'_>, x: &Arg, y: &Arg| {
            let both = t.add(x, y)?;
            quotient(t, x, &both)
        };
        let terms = match &*word("curve", "roc") {
            "roc" => {
                let (x, y) = (ratio(t, fp, tn)?, ratio(t, tp, missed)?);
                areas(t, &x, &y, count, &summation)?
            }
            "pr" if summation == "interpolation" => precision_areas(t, tp, fp, missed, count)?,
            "pr" => {
                let (x, y) = (ratio(t, tp, missed)?, ratio(t, tp, fp)?);
                areas(t, &x, &y, count, &summation)?
            }
            _ => return Err(Stop::Unknown("an area under another curve")),
        };
        if !self.several() {
            return t.sum(&terms, Arg::None);
        }
        let each = t.sum(&terms, Arg::Int(0))?;
        match self.settings.get("label_weights") {
            Arg::None | Arg::Missing => t.call(["tf.reduce_mean", "keras.ops.mean"], &[&each], &[]),
            weights => {
                let weights = t.convert(&weights, Some(DType::Float32))?;
                let weighted = t.mul(&each, &weights)?;
                let (above, below) = (t.sum(&weighted, Arg::None)?, t.sum(&weights, Arg::None)?);
                quotient(t, &above, &below)
            }
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

/// Which predictions are above each threshold. Where thresholds are evenly spaced, Keras finds the space that each
/// prediction is in, whose end belongs to it.
fn above(t: &mut Tools<'_>, predictions: &Arg, thresholds: Vec<f64>, several: bool) -> Infer<Arg> {
    let column = |limits: Vec<f64>| {
        let cell = |x: f64| Arg::List([Arg::Float(x)].into());
        let row = |x: f64| if several { Arg::List([cell(x)].into()) } else { cell(x) };
        Arg::List(limits.into_iter().map(row).collect())
    };
    let spaces = thresholds.len() as f64 - 1.0;
    let even = |(i, x): (usize, &f64)| {
        let place = i as f64 / spaces;
        (x.clamp(0.0, 1.0) - place).abs() <= EPSILON + 1e-5 * place
    };
    let above = if thresholds.len() < 3 || !thresholds.iter().enumerate().all(even) {
        let limits = t.convert(&column(thresholds), Some(DType::Float32))?;
        t.call(["tf.greater", "keras.ops.greater"], &[predictions, &limits], &[])?
    } else {
        let within = t.clip_to(predictions, 0.0, 1.0)?;
        let place = t.mul(&within, &Arg::Float(spaces))?;
        let place = t.call(["tf.math.ceil", "keras.ops.ceil"], &[&place], &[])?;
        let mut space = t.sub(&place, &Arg::Float(1.0))?;
        if thresholds[0] < 0.0 {
            space = t.maximum(&space, &Arg::Float(0.0))?;
        }
        let firsts = (0..thresholds.len()).map(|i| i as f64).collect();
        let firsts = t.convert(&column(firsts), Some(DType::Float32))?;
        t.call(["tf.greater_equal", "keras.ops.greater_equal"], &[&space, &firsts], &[])?
    };
    t.cast(&above, DType::Float32)
}

/// All points but the last, or all but the first.
fn part(t: &mut Tools<'_>, of: &Arg, from: i64, count: i64) -> Infer<Arg> {
    let at = Arg::List((from..from + count - 1).map(Arg::Int).collect());
    t.call(["tf.gather", "keras.ops.take"], &[of, &at], &[("axis", Arg::Int(0))])
}

/// The areas under a curve between points, which run from right to left.
fn areas(t: &mut Tools<'_>, x: &Arg, y: &Arg, count: i64, how: &str) -> Infer<Arg> {
    let (x0, x1) = (part(t, x, 0, count)?, part(t, x, 1, count)?);
    let (y0, y1) = (part(t, y, 0, count)?, part(t, y, 1, count)?);
    let height = match how {
        "minoring" => t.minimum(&y0, &y1)?,
        "majoring" => t.maximum(&y0, &y1)?,
        _ => {
            let sum = t.add(&y0, &y1)?;
            t.div(&sum, &Arg::Float(2.0))?
        }
    };
    let width = t.sub(&x0, &x1)?;
    t.mul(&width, &height)
}

/// The areas under a curve of precision by recall, between whose points counts rise linearly.
fn precision_areas(t: &mut Tools<'_>, tp: &Arg, fp: &Arg, missed: &Arg, count: i64) -> Infer<Arg> {
    let zero = Arg::Float(0.0);
    let found = t.add(tp, fp)?;
    let (tp0, tp1) = (part(t, tp, 0, count)?, part(t, tp, 1, count)?);
    let (found0, found1) = (part(t, &found, 0, count)?, part(t, &found, 1, count)?);
    let missed1 = part(t, missed, 1, count)?;
    let rise = t.sub(&tp0, &tp1)?;
    let run = t.sub(&found0, &found1)?;
    let run = t.maximum(&run, &zero)?;
    let slope = quotient(t, &rise, &run)?;
    let taken = t.mul(&slope, &found1)?;
    let intercept = t.sub(&tp1, &taken)?;
    let greater = ["tf.greater", "keras.ops.greater"];
    let (some0, some1) = (t.call(greater, &[&found0, &zero], &[])?, t.call(greater, &[&found1, &zero], &[])?);
    let both = t.call(["tf.logical_and", "keras.ops.logical_and"], &[&some0, &some1], &[])?;
    let below = t.maximum(&found1, &zero)?;
    let growth = quotient(t, &found0, &below)?;
    let ones = t.call(["tf.ones_like", "keras.ops.ones_like"], &[&found1], &[])?;
    let growth = t.choose(&both, &growth, &ones)?;
    let log = t.log(&growth)?;
    let curved = t.mul(&intercept, &log)?;
    let sum = t.add(&rise, &curved)?;
    let area = t.mul(&slope, &sum)?;
    let positives = t.add(&tp1, &missed1)?;
    let positives = t.maximum(&positives, &zero)?;
    quotient(t, &area, &positives)
}
