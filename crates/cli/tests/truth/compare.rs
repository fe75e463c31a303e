//! How a prediction is compared with a recording.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// A field in which a prediction falls short.
#[derive(Debug)]
pub(crate) struct Shortfall {
    /// The field; `false` where an exception is predicted that does not come.
    pub field: &'static str,
    /// What was predicted.
    pub predicted: String,
    /// What was recorded.
    pub recorded: String,
}

/// Compares every field.
pub(crate) fn shortfalls(truth: &Json, got: &Json) -> Vec<Shortfall> {
    let mut out = Vec::new();
    let mut field = |field, predicted: String, recorded: String| {
        if predicted != recorded {
            out.push(Shortfall { field, predicted, recorded });
        }
    };
    let (t, g) = (&truth["outcome"], &got["outcome"]);
    if t["status"] == "ok" && g["status"] == "raises" {
        field("false", outcome(g), outcome(t));
    }
    field("outcome", outcome(g), outcome(t));
    field("raised", raised(got), raised(truth));
    if t["status"] == "raises" {
        field("core", even(g["core"].as_str()), even(t["core"].as_str()));
    }
    field("layers", layers(got), layers(truth));
    field("models", models(got), models(truth));
    field("grads", gradients(got), gradients(truth));
    out
}

/// The outermost and the innermost line of a traceback.
fn ends(trace: &Json) -> String {
    let lines = trace.as_array().map_or(&[][..], Vec::as_slice);
    let own = lines.iter().find(|l| l["from_message"].is_null()).map_or(Json::Null, |l| l["line"].clone());
    let deep = lines.last().map_or(Json::Null, |l| l["line"].clone());
    format!("{own}..{deep}")
}

fn outcome(o: &Json) -> String {
    if o["status"] != "raises" {
        return o["status"].to_string();
    }
    format!("{} {} {}", o["phase"], o["exception"], ends(&o["trace"]))
}

fn items(json: &Json) -> &[Json] {
    json.as_array().map_or(&[][..], Vec::as_slice)
}

fn raised(record: &Json) -> String {
    let mut all: Vec<String> = items(&record["raised"])
        .iter()
        .map(|r| format!("{} {} {}", r["phase"], r["exception"], ends(&r["trace"])))
        .collect();
    all.sort();
    all.dedup();
    all.join("; ")
}

/// The lines of a multiset.
fn multiset(rows: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row).or_default() += 1;
    }
    counts.into_iter().map(|(row, n)| format!("{n}x {row}")).collect::<Vec<_>>().join("; ")
}

fn layers(record: &Json) -> String {
    multiset(items(&record["layer_calls"]).iter().map(|c| {
        let fields = ["line", "layer", "class", "inputs", "outputs", "dtypes"];
        fields.map(|f| c[f].to_string()).join(" ")
    }))
}

fn models(record: &Json) -> String {
    multiset(
        items(&record["models"])
            .iter()
            .map(|m| ["inputs", "outputs", "trainable", "non_trainable"].map(|f| m[f].to_string()).join(" ")),
    )
}

fn gradients(record: &Json) -> String {
    let fits = items(&record["gradients"]).iter().filter(|g| !g["variables"].is_null()).map(|g| {
        let mut variables: Vec<String> = items(&g["variables"])
            .iter()
            .map(|v| format!("{}={}", v[0].as_str().unwrap_or_default().trim_end_matches(":0"), v[1]))
            .collect();
        variables.sort();
        format!("{}: {}", g["line"], variables.join(","))
    });
    let fits: Vec<String> = fits.collect();
    let mut tapes: Vec<String> =
        items(&record["tapes"]).iter().map(|t| format!("{} {}", t["line"], t["status"])).collect();
    // How often a line's tape ran does not matter.
    tapes.sort();
    tapes.dedup();
    format!("{} | {}", fits.join("; "), tapes.join("; "))
}

/// A message without white space and graph node names, which differ from run to run.
fn even(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    let cut = [" for '{{node", " for {{node", " defined at '{{node", " defined at {{node"];
    let end = cut.iter().filter_map(|c| text.find(c)).min().unwrap_or(text.len());
    let mut out = text[..end].to_owned();
    for (open, close, with) in [
        ("<tf.Variable '", ">", "<variable>"),
        ("<Variable path=", ">", "<variable>"),
        ("{{function_node", "}}", "{{node}}"),
        ("{{node", "}}", "{{node}}"),
    ] {
        let mut from = 0;
        while let Some(start) = out[from..].find(open).map(|i| i + from) {
            let Some(stop) = out[start..].find(close).map(|i| start + i + close.len()) else { break };
            out.replace_range(start..stop, with);
            from = start + with.len();
        }
    }
    if let Some(start) = out.find("[Op:") {
        out.truncate(start);
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
