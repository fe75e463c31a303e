//! Predictions against recorded facts: `xtask/facts` holds a sample (its README says where it came from).

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::{namespace, predict};

/// Facts that are known to be predicted wrongly: gradients that are zero by the values alone.
const GAPS: &[(&str, &str)] = &[("tf.nn.softmax(x, axis=1)", "gradients")];

/// What of two records must agree: the nested shapes and dtypes, or the exception's class.
fn essence(record: &Json) -> Json {
    match record {
        Json::Array(items) => items.iter().map(essence).collect(),
        Json::Object(fields) if fields.contains_key("exception") => fields["exception"].clone(),
        Json::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "values")
            .map(|(name, value)| (name.clone(), if name == "shape" { value.clone() } else { essence(value) }))
            .collect(),
        other => other.clone(),
    }
}

/// Whether the values of both records agree, to the digits that single precision has.
fn close(predicted: &Json, recorded: &Json) -> bool {
    match (predicted, recorded) {
        (Json::Array(p), Json::Array(r)) => p.len() == r.len() && p.iter().zip(r).all(|(p, r)| close(p, r)),
        (Json::Object(p), Json::Object(r)) if r.contains_key("exception") => p.contains_key("exception"),
        (Json::Object(p), Json::Object(r)) => {
            r.iter().all(|(name, r)| r.is_null() || p.get(name).is_some_and(|p| close(p, r)))
        }
        (p, r) => match (p.as_f64(), r.as_f64()) {
            (Some(p), Some(r)) => (p - r).abs() <= 1e-5 + 1e-4 * r.abs(),
            _ => p == r,
        },
    }
}

/// The fields in which a prediction is wrong; to answer unknown is not wrong.
fn wrong(predicted: &Json, recorded: &Json) -> Vec<&'static str> {
    ["symbolic", "concrete", "gradients", "params"]
        .into_iter()
        .filter(|field| {
            let (Some(p), Some(r)) = (predicted.get(field), recorded.get(field)) else { return false };
            let agree = if *field == "concrete" { close(p, r) } else { essence(p) == essence(r) };
            p.get("unknown").is_none() && !p.is_null() && !agree
        })
        .collect()
}

#[test]
fn recorded_facts_are_predicted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("facts");
    let mut failures = Vec::new();
    let spaces = ["tf", "K2", "K3", "ops", "layers2", "layers3"];
    let more = ["more_tf", "more_K2", "more_K3", "more_ops", "more_layers2", "more_layers3"];
    let values = ["values_tf", "values_K2", "values_K3", "values_ops"];
    for name in spaces.into_iter().chain(more).chain(values) {
        let text = fs::read_to_string(folder.join(name).with_extension("jsonl")).expect("the sample");
        let space = name.trim_start_matches("more_").trim_start_matches("values_");
        let facts: Vec<Json> = text.lines().map(|l| serde_json::from_str(l).expect("a fact")).collect();
        let mut told = 0;
        for fact in &facts {
            let predicted = predict(namespace(space).expect("a namespace"), fact);
            told += usize::from(predicted["symbolic"].get("unknown").is_none());
            for field in wrong(&predicted, fact) {
                if fact["expr"].as_str().is_some_and(|expr| GAPS.contains(&(expr, field))) {
                    continue;
                }
                failures.push(format!("{name}: {} {field}: {}", fact["expr"], predicted[field]));
            }
        }
        assert!(told * 100 >= facts.len() * 97, "{name}: only {told} of {} are told", facts.len());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
