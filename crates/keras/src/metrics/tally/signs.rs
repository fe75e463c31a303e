//! Metrics that count true and false positives and negatives at thresholds.
//!
//! source: keras/src/metrics/{confusion_metrics,metrics_utils}.py, tf_keras/src/metrics/confusion_metrics.py,
//! tf_keras/src/utils/metrics_utils.py

use ops::{Arg, Infer, Stop};
use tensor::{DType, Dim};

use super::counts::EPSILON;
use super::{Tally, add};
use crate::config::number;
use crate::metrics::Counting;
use crate::runner::Keeper;
use crate::tools::{Tools, rank_of, shape_of, squeeze_or_expand};

/// The four counts, by their variables' names.
const COUNTS: [&str; 4] = ["true_positives", "false_positives", "true_negatives", "false_negatives"];

/// What Keras makes of predictions that are not among the `top_k`.
const LEAST: f64 = -1e10;

/// Labels and predictions made ready to be counted: of one set of thresholds `[1, n]`, of several labels
/// `[1, n, labels]`.
struct Ready {
    labels: Arg,
    predictions: Arg,
    weights: Option<Arg>,
    /// The number of labels that are counted apart.
    apart: Option<i64>,
}

impl Tally<'_> {
    /// The thresholds: those that are given, or evenly spaced ones.
    ///
    /// # Errors
    /// They are not known.
    pub fn thresholds(&self) -> Infer<Vec<f64>> {
        let given = self.settings.get("thresholds");
        let known = |items: &[Arg]| {
            let own = items.iter().map(number).collect::<Option<Vec<f64>>>();
            own.ok_or(Stop::Unknown("thresholds that are not known"))
        };
        if self.how()? == Counting::Buckets {
            let edge = if self.class == "AUC" { EPSILON } else { 0.0 };
            let between = if let Some(items) = given.items() {
                let mut own = known(items)?;
                own.sort_by(f64::total_cmp);
                own
            } else {
                let count = self.given("num_thresholds").unwrap_or(200.0) as usize;
                if count <= 1 {
                    return Ok(vec![0.5]);
                }
                (1..count - 1).map(|i| i as f64 / (count - 1) as f64).collect()
            };
            return Ok([vec![-edge], between, vec![1.0 + edge]].concat());
        }
        match &given {
            Arg::None | Arg::Missing if !self.settings.get("top_k").is_none() => Ok(vec![LEAST]),
            Arg::None | Arg::Missing => Ok(vec![0.5]),
            Arg::Float(_) | Arg::Int(_) => Ok(number(&given).into_iter().collect()),
            list => known(list.items().ok_or(Stop::Unknown("thresholds that are not known"))?),
        }
    }

    /// Tells whether thresholds lie so evenly that Keras counts in buckets, which round differently.
    fn evenly(&self, thresholds: &[f64]) -> bool {
        let last = thresholds.len().saturating_sub(1) as f64;
        if thresholds.len() < 3 {
            return thresholds.len() == 2 && self.settings.get("thresholds").is_none();
        }
        // `np.allclose` with Keras' epsilon; the ends of an area lie that far outside.
        thresholds.iter().enumerate().all(|(i, x)| {
            let even = i as f64 / last;
            (x - even).abs() <= 1.5 * EPSILON + 1e-5 * even
        })
    }

    fn is_multi_label(&self) -> bool {
        self.settings.get("multi_label") == Arg::Bool(true)
    }

    /// Counts predictions above and below each threshold.
    pub(super) fn count_signs(
        &self,
        keeper: &mut dyn Keeper,
        y_true: Arg,
        y_pred: Arg,
        weight: Arg,
    ) -> Infer<()> {
        let thresholds = self.thresholds()?;
        let mut t = Tools::new(keeper);
        let ready = self.ready(&mut t, &y_true, &y_pred, &weight)?;
        let above = self.above(&mut t, &ready, &thresholds)?;
        let different =
            t.call(["tf.not_equal", "keras.ops.not_equal"], &[&ready.labels, &Arg::Float(0.0)], &[])?;
        let positive = t.cast(&different, DType::Float32)?;
        let one = Arg::Float(1.0);
        let (below, negative) = (t.sub(&one, &above)?, t.sub(&one, &positive)?);
        let pairs = [(&positive, &above), (&negative, &above), (&negative, &below), (&positive, &below)];
        let sizes: Vec<i64> = std::iter::once(thresholds.len() as i64).chain(ready.apart).collect();
        for (name, (label, prediction)) in COUNTS.into_iter().zip(pairs) {
            let mut t = Tools::new(keeper);
            let mut both = t.mul(label, prediction)?;
            if let Some(weights) = &ready.weights {
                both = t.mul(&both, weights)?;
            }
            let sum = t.sum(&both, Arg::Int(1))?;
            add(keeper, name, &sizes, &sum)?;
        }
        Ok(())
    }

    fn ready(&self, t: &mut Tools<'_>, y_true: &Arg, y_pred: &Arg, weight: &Arg) -> Infer<Ready> {
        let y_true = t.cast(y_true, DType::Float32)?;
        let mut y_pred = t.cast(y_pred, DType::Float32)?;
        if self.settings.get("from_logits") == Arg::Bool(true) {
            y_pred = t.call(["tf.sigmoid", "keras.ops.sigmoid"], &[&y_pred], &[])?;
        }
        let (mut y_pred, mut y_true) = squeeze_or_expand(t, y_pred, y_true)?;
        if let Arg::Int(k) = self.settings.get("top_k") {
            y_pred = top_of(t, &y_pred, k)?;
        }
        if let Arg::Int(class) = self.settings.get("class_id") {
            let at = Arg::List([Arg::Int(class)].into());
            let keywords = [("axis", Arg::Int(-1))];
            let take = ["tf.gather", "keras.ops.take"];
            y_true = t.call(take, &[&y_true, &at], &keywords)?;
            y_pred = t.call(take, &[&y_pred, &at], &keywords)?;
        }
        let apart = match shape_of(&y_pred).dim(-1).and_then(Dim::known) {
            Some(labels) if self.is_multi_label() && rank_of(&y_pred)? == 2 => Some(labels),
            _ if self.is_multi_label() => return Err(Stop::Unknown("several labels in another shape")),
            _ => None,
        };
        let ones = t.call(["tf.ones_like", "keras.ops.ones_like"], &[&y_pred], &[])?;
        let mut weights = None;
        if !weight.is_none() {
            let mut weight = t.cast(weight, DType::Float32)?;
            while rank_of(&weight)? < rank_of(&y_pred)? {
                weight = t.expand_dims(&weight, -1)?;
            }
            weights = Some(t.mul(&weight, &ones)?);
        }
        let label_weights = self.settings.get("label_weights");
        if apart.is_none() && !label_weights.is_none() {
            let own = t.convert(&label_weights, Some(DType::Float32))?;
            let own = t.mul(&own, weights.as_ref().unwrap_or(&ones))?;
            weights = Some(own);
        }
        let mut lay = |x: &Arg| match apart {
            Some(_) => t.expand_dims(x, 0),
            None => {
                let shape = Arg::List([1, -1].map(Arg::Int).into());
                t.call(["tf.reshape", "keras.ops.reshape"], &[x, &shape], &[])
            }
        };
        Ok(Ready {
            labels: lay(&y_true)?,
            predictions: lay(&y_pred)?,
            weights: weights.as_ref().map(lay).transpose()?,
            apart,
        })
    }

    /// Which predictions are above which thresholds, as ones and zeros.
    fn above(&self, t: &mut Tools<'_>, ready: &Ready, thresholds: &[f64]) -> Infer<Arg> {
        let limits = |t: &mut Tools<'_>, numbers: Vec<f64>| {
            let row = |x: f64| {
                let one = Arg::List([Arg::Float(x)].into());
                if ready.apart.is_some() { Arg::List([one].into()) } else { one }
            };
            t.convert(&Arg::List(numbers.into_iter().map(row).collect()), Some(DType::Float32))
        };
        let above = if self.evenly(thresholds) {
            // The bucket of a prediction is that of the last threshold below it.
            let last = Arg::Float(thresholds.len() as f64 - 1.0);
            let inside = t.clip_to(&ready.predictions, 0.0, 1.0)?;
            let place = t.mul(&inside, &last)?;
            let place = t.call(["tf.math.ceil", "keras.ops.ceil"], &[&place], &[])?;
            let mut bucket = t.sub(&place, &Arg::Float(1.0))?;
            if thresholds.first().is_some_and(|x| *x < 0.0) {
                bucket = t.maximum(&bucket, &Arg::Float(0.0))?;
            }
            let numbers = limits(t, (0..thresholds.len()).map(|i| i as f64).collect())?;
            t.call(["tf.greater_equal", "keras.ops.greater_equal"], &[&bucket, &numbers], &[])?
        } else {
            let numbers = limits(t, thresholds.to_vec())?;
            t.call(["tf.greater", "keras.ops.greater"], &[&ready.predictions, &numbers], &[])?
        };
        t.cast(&above, DType::Float32)
    }

    /// What the counts come to.
    pub(super) fn of_counts(&self, keeper: &mut dyn Keeper) -> Infer<Arg> {
        let count = self.thresholds()?.len() as i64;
        let labels = match self.settings.get("num_labels") {
            Arg::Int(labels) if self.is_multi_label() => vec![count, labels],
            _ => vec![count],
        };
        let mut read = |name: &str| keeper.slot(name, &labels, DType::Float32, 0.0);
        let counts = [read(COUNTS[0])?, read(COUNTS[1])?, read(COUNTS[2])?, read(COUNTS[3])?];
        self.of_signs(&mut Tools::new(keeper), &counts, count)
    }

    fn of_signs(&self, t: &mut Tools<'_>, counts: &[Arg; 4], count: i64) -> Infer<Arg> {
        let [tp, fp, tn, missed] = counts;
        let only = |t: &mut Tools<'_>, x: Arg| if count > 1 { Ok(x) } else { t.squeeze(&x, 0) };
        let (precision, recall) = (share(t, tp, fp)?, share(t, tp, missed)?);
        match self.class {
            "Precision" => only(t, precision),
            "Recall" => only(t, recall),
            "TruePositives" => only(t, tp.clone()),
            "FalsePositives" => only(t, fp.clone()),
            "TrueNegatives" => only(t, tn.clone()),
            "FalseNegatives" => only(t, missed.clone()),
            "SensitivityAtSpecificity" => {
                let specificity = share(t, tn, fp)?;
                self.best(t, &specificity, &recall, "specificity")
            }
            "SpecificityAtSensitivity" => {
                let specificity = share(t, tn, fp)?;
                self.best(t, &recall, &specificity, "sensitivity")
            }
            "PrecisionAtRecall" => self.best(t, &recall, &precision, "recall"),
            "RecallAtPrecision" => self.best(t, &precision, &recall, "precision"),
            "AUC" => self.area(t, counts, count),
            _ => Err(Stop::Unknown("a metric whose result is not modelled")),
        }
    }

    /// The most of one share where another is at least what is asked for.
    fn best(&self, t: &mut Tools<'_>, constrained: &Arg, of: &Arg, setting: &str) -> Infer<Arg> {
        let least = Arg::Float(self.given(setting).ok_or(Stop::Unknown("a constraint that is not known"))?);
        let feasible =
            t.call(["tf.greater_equal", "keras.ops.greater_equal"], &[constrained, &least], &[])?;
        let feasible = t.cast(&feasible, DType::Float32)?;
        let kept = t.mul(of, &feasible)?;
        t.max(&kept, Arg::None)
    }

    /// The area under a curve.
    fn area(&self, t: &mut Tools<'_>, counts: &[Arg; 4], count: i64) -> Infer<Arg> {
        let [tp, fp, tn, missed] = counts;
        let word = |name: &str, default: &str| match self.settings.get(name) {
            Arg::Str(s) => s.to_lowercase(),
            _ => default.to_owned(),
        };
        let (curve, how) = (word("curve", "roc"), word("summation_method", "interpolation"));
        let terms = match (&*curve, &*how) {
            ("pr", "interpolation") => interpolated(t, tp, fp, missed, count)?,
            (curve, how) => {
                let recall = share(t, tp, missed)?;
                let (x, y) = match curve {
                    "roc" => (share(t, fp, tn)?, recall),
                    "pr" => (recall, share(t, tp, fp)?),
                    _ => gains(t, counts)?,
                };
                rectangles(t, &x, &y, count, how)?
            }
        };
        if !self.is_multi_label() {
            return t.sum(&terms, Arg::None);
        }
        let areas = t.sum(&terms, Arg::Int(0))?;
        match self.settings.get("label_weights") {
            Arg::None | Arg::Missing => t.mean(&areas, Arg::None),
            weights => {
                let weights = t.convert(&weights, Some(DType::Float32))?;
                let weighted = t.mul(&areas, &weights)?;
                let (above, below) = (t.sum(&weighted, Arg::None)?, t.sum(&weights, Arg::None)?);
                t.quotient(&above, &below)
            }
        }
    }
}

/// Sets all but the highest predictions of each row to less than any threshold.
fn top_of(t: &mut Tools<'_>, y_pred: &Arg, k: i64) -> Infer<Arg> {
    let found = t.call(["tf.math.top_k", "keras.ops.top_k"], &[y_pred, &Arg::Int(k)], &[])?;
    let places = found.items().and_then(|items| items.get(1).cloned());
    let places = places.ok_or(Stop::Unknown("the places of the highest predictions"))?;
    let classes = shape_of(y_pred).dim(-1).and_then(Dim::known);
    let classes = classes.ok_or(Stop::Unknown("a number of classes that is not known"))?;
    let marks = t.call(["tf.one_hot", "keras.ops.one_hot"], &[&places, &Arg::Int(classes)], &[])?;
    let mask = t.sum(&marks, Arg::Int(-2))?;
    let others = t.sub(&Arg::Float(1.0), &mask)?;
    let (kept, gone) = (t.mul(y_pred, &mask)?, t.mul(&others, &Arg::Float(LEAST))?);
    t.add(&kept, &gone)
}

/// `x / (x + y)`, 0 where both are 0.
fn share(t: &mut Tools<'_>, x: &Arg, y: &Arg) -> Infer<Arg> {
    let both = t.add(x, y)?;
    t.quotient(x, &both)
}

/// The points of the curve of precision and recall gain.
fn gains(t: &mut Tools<'_>, counts: &[Arg; 4]) -> Infer<(Arg, Arg)> {
    let [tp, fp, tn, missed] = counts;
    let (positives, negatives) = (t.add(tp, missed)?, t.add(tn, fp)?);
    let scale = t.quotient(&positives, &negatives)?;
    let none = t.equal(tp, &Arg::Float(0.0))?;
    let gain = |t: &mut Tools<'_>, wrong: &Arg, otherwise: f64| {
        let ratio = t.quotient(wrong, tp)?;
        let lost = t.mul(&scale, &ratio)?;
        let gain = t.sub(&Arg::Float(1.0), &lost)?;
        let like = if otherwise == 0.0 {
            ["tf.zeros_like", "keras.ops.zeros_like"]
        } else {
            ["tf.ones_like", "keras.ops.ones_like"]
        };
        let other = t.call(like, &[&gain], &[])?;
        t.choose(&none, &other, &gain)
    };
    let (recall, precision) = (gain(t, missed, 0.0)?, gain(t, fp, 1.0)?);
    Ok((t.maximum(&recall, &Arg::Float(0.0))?, precision))
}

/// The elements of a curve but for the last, or but for the first.
fn part(t: &mut Tools<'_>, of: &Arg, from: i64, count: i64) -> Infer<Arg> {
    let at = Arg::List((from..from + count - 1).map(Arg::Int).collect());
    t.call(["tf.gather", "keras.ops.take"], &[of, &at], &[("axis", Arg::Int(0))])
}

/// The areas under a curve between points, which run from right to left.
fn rectangles(t: &mut Tools<'_>, x: &Arg, y: &Arg, count: i64, how: &str) -> Infer<Arg> {
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

/// The areas under a curve of precision and recall, between whose points the counts change linearly.
fn interpolated(t: &mut Tools<'_>, tp: &Arg, fp: &Arg, missed: &Arg, count: i64) -> Infer<Arg> {
    let zero = Arg::Float(0.0);
    let (tp0, tp1) = (part(t, tp, 0, count)?, part(t, tp, 1, count)?);
    let found = t.sub(&tp0, &tp1)?;
    let p = t.add(tp, fp)?;
    let (p0, p1) = (part(t, &p, 0, count)?, part(t, &p, 1, count)?);
    let width = t.sub(&p0, &p1)?;
    let width = t.maximum(&width, &zero)?;
    let slope = t.quotient(&found, &width)?;
    let start = t.mul(&slope, &p1)?;
    let intercept = t.sub(&tp1, &start)?;
    let greater = ["tf.greater", "keras.ops.greater"];
    let (some0, some1) = (t.call(greater, &[&p0, &zero], &[])?, t.call(greater, &[&p1, &zero], &[])?);
    let both = t.call(["tf.logical_and", "keras.ops.logical_and"], &[&some0, &some1], &[])?;
    let below = t.maximum(&p1, &zero)?;
    let ratio = t.quotient(&p0, &below)?;
    let ones = t.call(["tf.ones_like", "keras.ops.ones_like"], &[&p1], &[])?;
    let ratio = t.choose(&both, &ratio, &ones)?;
    let growth = t.log(&ratio)?;
    let more = t.mul(&intercept, &growth)?;
    let inner = t.add(&found, &more)?;
    let above = t.mul(&slope, &inner)?;
    let missed1 = part(t, missed, 1, count)?;
    let all = t.add(&tp1, &missed1)?;
    let all = t.maximum(&all, &zero)?;
    t.quotient(&above, &all)
}
