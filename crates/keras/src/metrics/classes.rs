//! Metric classes: the arguments they refuse.
//!
//! source: keras/src/metrics/{confusion,iou,f_score,regression}_metrics.py, tf_keras/src/metrics/*.py

use ops::{Arg, Infer};

use crate::config::{Bound, Config, anything, number, shown, value_error};

pub(crate) static CONFIGS: &[Config] = &[
    config("keras.metrics.AUC", auc),
    config("keras.metrics.Precision", thresholds),
    config("keras.metrics.Recall", thresholds),
    config("keras.metrics.TruePositives", thresholds),
    config("keras.metrics.TrueNegatives", thresholds),
    config("keras.metrics.FalsePositives", thresholds),
    config("keras.metrics.FalseNegatives", thresholds),
    config("keras.metrics.Mean", anything),
    config("keras.metrics.Sum", anything),
    config("keras.metrics.F1Score", f_score),
    config("keras.metrics.FBetaScore", f_score),
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
    let bad: Vec<Arg> = values.iter().filter(|v| number(v).is_some_and(outside)).cloned().collect();
    if bad.is_empty() {
        return Ok(());
    }
    let shown = shown(&Arg::List(bad.into()));
    let core = format!("Threshold values must be in [0, 1]. Received: {shown}");
    Err(value_error("thresholds", core))
}

fn auc(bound: &Bound<'_>) -> Infer<()> {
    let count = bound.get("num_thresholds");
    if bound.get("thresholds").is_none() && number(&count).is_some_and(|n| n <= 1.0) {
        let text = "Argument `num_thresholds` must be an integer > 1.";
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
    Ok(())
}
