//! Metric classes: the arguments they refuse.
//!
//! source: keras/src/metrics/{confusion,iou,f_score,regression}_metrics.py, keras/src/metrics/metrics_utils.py, and the
//! same of tf_keras

use ops::{Arg, Exc, Infer};
use tensor::{DType, Shape};

use crate::config::{Bound, Config, anything, number, refused, shown, value_error};
use crate::python;

pub(crate) static CONFIGS: &[Config] = &[
    config("keras.metrics.AUC", auc),
    config("keras.metrics.Precision", thresholds),
    config("keras.metrics.Recall", thresholds),
    config("keras.metrics.TruePositives", thresholds),
    config("keras.metrics.TrueNegatives", thresholds),
    config("keras.metrics.FalsePositives", thresholds),
    config("keras.metrics.FalseNegatives", thresholds),
    config("keras.metrics.SensitivityAtSpecificity", |b| at_value(b, "specificity")),
    config("keras.metrics.SpecificityAtSensitivity", |b| at_value(b, "sensitivity")),
    config("keras.metrics.PrecisionAtRecall", |b| at_value(b, "recall")),
    config("keras.metrics.RecallAtPrecision", |b| at_value(b, "precision")),
    config("keras.metrics.Mean", anything),
    config("keras.metrics.Sum", anything),
    config("keras.metrics.F1Score", f_score),
    config("keras.metrics.FBetaScore", f_score),
    config("keras.metrics.R2Score", r2_score),
    config("keras.metrics.MeanIoU", classes),
    config("keras.metrics.OneHotMeanIoU", classes),
    config("keras.metrics.IoU", targets),
    config("keras.metrics.OneHotIoU", targets),
    config("keras.metrics.BinaryIoU", targets),
];

const fn config(path: &'static str, init: fn(&Bound<'_>) -> Infer<()>) -> Config {
    Config { path, init, source: "keras/src/metrics, tf_keras/src/metrics" }
}

fn outside(x: f64) -> bool {
    !(0.0..=1.0).contains(&x)
}

/// Thresholds lie in `[0, 1]`.
fn thresholds(bound: &Bound<'_>) -> Infer<()> {
    let given = bound.get("thresholds");
    let single = [given.clone()];
    let values = given.items().unwrap_or(&single);
    if let Some(text) = values.iter().find(|v| matches!(v, Arg::Str(_))) {
        python::number("thresholds", text, "<", "int")?;
    }
    let within = given.items().is_some();
    let bad = |v: &&Arg| number(v).is_some_and(outside) || (within && **v == Arg::None);
    let bad: Vec<Arg> = values.iter().filter(bad).cloned().collect();
    if bad.is_empty() {
        return Ok(());
    }
    let shown = shown(&Arg::List(bad.into()));
    let core = format!("Threshold values must be in [0, 1]. Received: {shown}");
    Err(value_error("thresholds", core))
}

fn auc(bound: &Bound<'_>) -> Infer<()> {
    let count = bound.get("num_thresholds");
    if bound.get("thresholds").is_none()
        && !python::is_open(&count)
        && python::number("num_thresholds", &count, "<=", "int")?.is_some_and(|n| n <= 1.0)
    {
        let text = "Argument `num_thresholds` must be an integer > 1.";
        return Err(value_error(
            "num_thresholds",
            format!("{text} Received: num_thresholds={}", shown(&count)),
        ));
    }
    let (gain, curves) = if bound.keras3() { ("PRGAIN", "prgain") } else { ("PR_GAIN", "pr_gain") };
    if let Arg::Str(curve) = bound.get("curve")
        && !["pr", "PR", "roc", "ROC", "pr_gain", "prgain", "PR_GAIN", "PRGAIN", curves].contains(&&*curve)
    {
        let text = format!(
            "Invalid AUC curve value: \"{curve}\". Expected values are [\"PR\", \"ROC\", \"{gain}\"]"
        );
        return Err(value_error("curve", text));
    }
    if let Arg::Str(method) = bound.get("summation_method")
        && !matches!(&*method.to_lowercase(), "interpolation" | "majoring" | "minoring")
    {
        let text = format!(
            "Invalid AUC summation method value: \"{method}\". Expected values are [\"interpolation\", \"majoring\", \
             \"minoring\"]"
        );
        return Err(value_error("summation_method", text));
    }
    let several = python::truth(&bound.get("multi_label"))?;
    if !several && python::truth(&bound.get("num_labels"))? {
        return Err(value_error("num_labels", "`num_labels` is needed only when `multi_label` is True."));
    }
    Ok(())
}

/// Metrics of one rate where another has a value: `PrecisionAtRecall(0.8)`.
fn at_value(bound: &Bound<'_>, name: &'static str) -> Infer<()> {
    let given = bound.get(name);
    if python::number(name, &given, "<", "int")?.is_some_and(outside) {
        let shown = shown(&given);
        let text = format!("Argument `{name}` must be in the range [0, 1]. Received: {name}={shown}");
        return Err(value_error(name, text));
    }
    let count = bound.get("num_thresholds");
    if !python::is_open(&count)
        && python::number("num_thresholds", &count, "<=", "int")?.is_some_and(|n| n <= 0.0)
    {
        let text = "Argument `num_thresholds` must be an integer > 0.";
        return Err(value_error(
            "num_thresholds",
            format!("{text} Received: num_thresholds={}", shown(&count)),
        ));
    }
    Ok(())
}

fn f_score(bound: &Bound<'_>) -> Infer<()> {
    if let Arg::Str(average) = bound.get("average")
        && !matches!(&*average, "micro" | "macro" | "weighted")
    {
        let text = "Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', 'weighted'}.";
        return Err(value_error("average", format!("{text} Received: average={average}")));
    }
    for (name, required) in [("beta", true), ("threshold", false)] {
        let given = bound.get(name);
        match &given {
            Arg::Float(x) if required && *x <= 0.0 => {
                let text = "Invalid `beta` argument value. It should be > 0.";
                return Err(value_error(name, format!("{text} Received: beta={}", shown(&given))));
            }
            Arg::Float(x) if !required && (*x > 1.0 || *x <= 0.0) => {
                let text = "Invalid `threshold` argument value. It should verify 0 < threshold <= 1.";
                return Err(value_error(name, format!("{text} Received: threshold={}", shown(&given))));
            }
            Arg::Int(_) | Arg::Bool(_) | Arg::Str(_) | Arg::Tuple(_) | Arg::List(_) => {
                return Err(no_float(name, &given));
            }
            Arg::None if required => return Err(no_float(name, &given)),
            _ => {}
        }
    }
    Ok(())
}

fn no_float(name: &'static str, given: &Arg) -> ops::Stop {
    let kind = python::type_name(given);
    let text = format!("Invalid `{name}` argument value. It should be a Python float.");
    value_error(name, format!("{text} Received: {name}={} of type '<class '{kind}'>'", shown(given)))
}

fn r2_score(bound: &Bound<'_>) -> Infer<()> {
    if let Arg::Str(given) = bound.get("class_aggregation")
        && !matches!(&*given, "uniform_average" | "variance_weighted_average")
    {
        let text = "Invalid value for argument `class_aggregation`. Expected one of (None, 'uniform_average', \
                    'variance_weighted_average').";
        return Err(value_error("class_aggregation", format!("{text} Received: class_aggregation={given}")));
    }
    let count = bound.get("num_regressors");
    if python::number("num_regressors", &count, "<", "int")?.is_some_and(|n| n < 0.0) {
        let text = "Invalid value for argument `num_regressors`. Expected a value >= 0.";
        return Err(value_error(
            "num_regressors",
            format!("{text} Received: num_regressors={}", shown(&count)),
        ));
    }
    Ok(())
}

/// Checks the name and dtype of any metric.
///
/// source: keras/src/metrics/metric.py, tf_keras/src/metrics/base_metric.py
///
/// # Errors
/// What `Metric.__init__` raises, or in Keras 3 the making of the first variable.
pub fn check_metric(bound: &Bound<'_>) -> Infer<()> {
    let dtype = bound.get("dtype");
    if crate::python::truth(&dtype).unwrap_or(false) {
        crate::base::check_dtype(bound.keras, &dtype)?;
    }
    let later = matches!(bound.class, "Metric" | "F1Score" | "FBetaScore" | "R2Score");
    match bound.get("name") {
        name @ (Arg::Int(_) | Arg::Float(_) | Arg::Bool(_) | Arg::List(_) | Arg::Tuple(_))
            if bound.keras3() && !later && crate::python::truth(&name).unwrap_or(false) =>
        {
            // The name is that of a scope.
            let kind = python::type_name(&name);
            let core = format!("'{kind}' object has no attribute 'replace'");
            Err(refused(Exc::AttributeError, "name", core))
        }
        _ => Ok(()),
    }
}

/// The dtype of a metric's result: that of its variables, which Keras 3 asks only where a metric averages or counts no
/// pairs; nothing where it cannot be told. A quotient of integers is a float.
pub fn result_dtype(path: &str, bound: &Bound<'_>) -> Option<DType> {
    let dtype = match bound.get("dtype") {
        Arg::None | Arg::Missing => return Some(DType::Float32),
        Arg::Str(name) => DType::parse(&name)?,
        Arg::DType(dtype) => dtype,
        _ => return None,
    };
    let class = path.strip_prefix("keras.metrics.")?;
    let averages = kept(path, bound).is_some_and(|all| all.iter().any(|(name, _)| *name == "total"));
    let scores = matches!(class, "FBetaScore" | "F1Score");
    if class == "Sum" {
        return Some(dtype);
    }
    match (bound.keras3(), dtype.is_floating()) {
        (true, true) if averages || scores => Some(dtype),
        (true, false) if scores => None,
        (true, _) => Some(DType::Float32),
        (false, true) => Some(dtype),
        (false, false) if averages => Some(DType::Float64),
        (false, false) => None,
    }
}

/// The variables that a metric makes with its constructor: the attribute that holds each, and its shape; nothing for a
/// metric whose variables the data decide.
///
/// source: keras/src/metrics/*.py, tf_keras/src/metrics/*.py
pub fn kept(path: &str, bound: &Bound<'_>) -> Option<Vec<(&'static str, Shape)>> {
    let class = path.strip_prefix("keras.metrics.")?;
    let one = |size: i64| Shape::known(&[size]);
    let many = |given: Arg, otherwise: i64| match given.items() {
        Some(items) => i64::try_from(items.len()).ok(),
        None => matches!(given, Arg::None | Arg::Missing | Arg::Float(_) | Arg::Int(_)).then_some(otherwise),
    };
    let each = |names: &[&'static str], shape: Shape| {
        names.iter().map(|name| (*name, shape.clone())).collect::<Vec<_>>()
    };
    let four: &[&str] = match bound.keras3() {
        true => &["true_positives", "false_positives", "true_negatives", "false_negatives"],
        false => &["true_positives", "true_negatives", "false_positives", "false_negatives"],
    };
    Some(match class {
        "Sum" => each(&["total"], Shape::scalar()),
        "Precision" => each(&["true_positives", "false_positives"], one(many(bound.get("thresholds"), 1)?)),
        "Recall" => each(&["true_positives", "false_negatives"], one(many(bound.get("thresholds"), 1)?)),
        "TruePositives" | "TrueNegatives" | "FalsePositives" | "FalseNegatives" => {
            each(&["accumulator"], one(many(bound.get("thresholds"), 1)?))
        }
        "AUC" => {
            let Arg::Int(count) = bound.get("num_thresholds") else { return None };
            let count = match bound.get("thresholds") {
                Arg::None | Arg::Missing => count,
                given => i64::try_from(given.items()?.len()).ok()? + 2,
            };
            let shape = match (bound.get("multi_label"), bound.get("num_labels")) {
                (Arg::Bool(false), _) => one(count),
                (Arg::Bool(true), Arg::Int(labels)) => Shape::known(&[count, labels]),
                _ => return None,
            };
            each(four, shape)
        }
        "SensitivityAtSpecificity"
        | "SpecificityAtSensitivity"
        | "PrecisionAtRecall"
        | "RecallAtPrecision" => {
            let Arg::Int(count) = bound.get("num_thresholds") else { return None };
            each(four, one(count))
        }
        "MeanIoU" | "IoU" | "OneHotIoU" | "OneHotMeanIoU" => {
            let Arg::Int(count) = bound.get("num_classes") else { return None };
            each(&["total_cm"], Shape::known(&[count, count]))
        }
        "BinaryIoU" => each(&["total_cm"], Shape::known(&[2, 2])),
        "Metric" | "MeanTensor" | "MeanRelativeError" | "F1Score" | "FBetaScore" | "R2Score" => return None,
        // What averages has a total and a count.
        _ => each(&["total", "count"], Shape::scalar()),
    })
}

/// A confusion matrix has a number of classes.
fn classes(bound: &Bound<'_>) -> Infer<()> {
    match bound.get("num_classes") {
        given @ (Arg::Str(_) | Arg::Float(_)) if bound.keras3() || matches!(given, Arg::Str(_)) => {
            let kind = python::type_name(&given);
            Err(refused(
                Exc::TypeError,
                "num_classes",
                format!("'{kind}' object cannot be interpreted as an integer"),
            ))
        }
        _ => Ok(()),
    }
}

fn targets(bound: &Bound<'_>) -> Infer<()> {
    classes(bound)?;
    let ids = bound.get("target_class_ids");
    let Some(ids) = ids.items() else { return Ok(()) };
    let count = match bound.get("num_classes") {
        Arg::Int(n) => n,
        // `BinaryIoU` has two.
        Arg::Missing => 2,
        _ => return Ok(()),
    };
    if ids.is_empty() {
        return Err(value_error("target_class_ids", "max() arg is an empty sequence"));
    }
    let Some(ids) = ids.iter().map(number).collect::<Option<Vec<f64>>>() else { return Ok(()) };
    let most = ids.iter().copied().fold(f64::MIN, f64::max);
    if most >= count as f64 {
        let text = format!("Target class id {} is out of range, which is [0, {count}).", most as i64);
        return Err(value_error("target_class_ids", text));
    }
    Ok(())
}
