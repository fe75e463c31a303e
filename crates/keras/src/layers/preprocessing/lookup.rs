//! `StringLookup` and `IntegerLookup`.

use ops::{Arg, Infer, Keras};
use tensor::{DType, Dim};

use crate::dims;
use crate::layer::no_build;
use crate::python::{number, repr, text, truth, unknown, value_error};
use crate::{CallArgs, Host, Layer, Mask};

use super::encoding::{encoded2, encoded3};
use super::{Made, no_rank, one_of, rankless, result, spec, texts};

const fn layer(name: &'static str, init: fn(&mut dyn Host) -> Infer<()>) -> Layer {
    let source =
        "keras/src/layers/preprocessing/index_lookup.py, tf_keras/src/layers/preprocessing/index_lookup.py";
    let output_shape = Some(shape as fn(&mut dyn Host, &Arg) -> Infer<Arg>);
    Layer { name, init, build: no_build, call, output_shape, mask: Mask::Drops, source }
}

pub(super) static LAYERS: &[Layer] =
    &[layer("StringLookup", |host| init(host, "StringLookup")), layer("IntegerLookup", init_integers)];

fn init_integers(host: &mut dyn Host) -> Infer<()> {
    let two = host.keras() == Keras::Two;
    let end = if two { "." } else { "" };
    let (tokens, oov) = (host.get("max_tokens"), host.get("num_oov_indices"));
    if number("max_tokens", &tokens, "<=", "int")?.is_some_and(|n| n <= 1.0) {
        let shown = text(&tokens);
        return value_error(
            "max_tokens",
            format!(
                "If `max_tokens` is set for `IntegerLookup`, it must be greater than 1. Received: max_tokens={shown}{end}"
            ),
        );
    }
    if number("num_oov_indices", &oov, "<", "int")?.is_some_and(|n| n < 0.0) {
        let (shown, colon) = (text(&oov), if two { "" } else { ":" });
        return value_error(
            "num_oov_indices",
            format!(
                "The value of `num_oov_indices` argument for `IntegerLookup` must >= 0. Received{colon} num_oov_indices={shown}{end}"
            ),
        );
    }
    init(host, "IntegerLookup")
}

pub(super) fn init(host: &mut dyn Host, class: &str) -> Infer<()> {
    let (tokens, oov) = (host.get("max_tokens"), host.get("num_oov_indices"));
    if number("max_tokens", &tokens, "<=", "int")?.is_some_and(|n| n <= 1.0) {
        let shown = text(&tokens);
        let core = format!("If set, `max_tokens` must be greater than 1. Received: max_tokens={shown}");
        return value_error("max_tokens", core);
    }
    if truth(&host.get("pad_to_max_tokens"))? && tokens.is_none() {
        let core = "If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None";
        return value_error("max_tokens", core);
    }
    if number("num_oov_indices", &oov, "<", "int")?.is_some_and(|n| n < 0.0) {
        let shown = text(&oov);
        let core = format!(
            "`num_oov_indices` must be greater than or equal to 0. Received: num_oov_indices={shown}"
        );
        return value_error("num_oov_indices", core);
    }
    let mode = match host.get("output_mode") {
        Arg::Str(s) if matches!(&*s, "binary" | "tf-idf") => {
            let mode = if &*s == "binary" { "multi_hot" } else { "tf_idf" };
            host.set("output_mode", Arg::Str(mode.into()));
            mode.to_owned()
        }
        _ => one_of(host, class, "output_mode", &["int", "one_hot", "multi_hot", "count", "tf_idf"])?,
    };
    if truth(&host.get("invert"))? && mode != "int" {
        let core =
            format!("`output_mode` must be `'int'` when `invert` is true. Received: output_mode={mode}");
        return value_error("output_mode", core);
    }
    if truth(&host.get("sparse"))? && mode == "int" {
        let core = "`sparse` may only be true if `output_mode` is `'one_hot'`, `'multi_hot'`, `'count'` or `'tf_idf'`. \
                    Received: sparse=True and output_mode=int";
        return value_error("sparse", core);
    }
    let weights = host.get("idf_weights");
    if !weights.is_none() && mode != "tf_idf" {
        let shown = text(&weights);
        let core = format!(
            "`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: idf_weights={shown} and \
             output_mode={mode}"
        );
        return value_error("idf_weights", core);
    }
    set_vocabulary(host, &mode)
}

/// Checks a vocabulary given to the constructor, and remembers its size.
fn set_vocabulary(host: &mut dyn Host, mode: &str) -> Infer<()> {
    let vocabulary = host.get("vocabulary");
    let Some(words) = vocabulary.items() else { return Ok(()) };
    if mode == "tf_idf" && host.get("idf_weights").is_none() {
        let core = match host.keras() {
            Keras::Two => "`idf_weights` must be set if output_mode is TF_IDF",
            Keras::Three => {
                "When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` argument must also \
                 be provided."
            }
        };
        return value_error("idf_weights", core);
    }
    let known = |a: &Arg| matches!(a, Arg::Str(_) | Arg::Int(_));
    if words.is_empty() {
        let core = match host.keras() {
            Keras::Two => "Cannot set an empty vocabulary, you passed [].",
            Keras::Three => "Cannot set an empty vocabulary. Received: vocabulary=[]",
        };
        return value_error("vocabulary", core);
    }
    if !words.iter().all(known) {
        return Ok(());
    }
    // `vocabulary_dtype` is an argument of integers' lookup alone.
    if host.get("vocabulary_dtype") != Arg::Missing
        && let Some(Arg::Str(word)) =
            words.iter().find(|w| matches!(w, Arg::Str(s) if s.trim().parse::<i64>().is_err()))
        && matches!(host.get("oov_token"), Arg::Int(_))
    {
        return value_error(
            "vocabulary",
            format!("invalid literal for int() with base 10: np.str_('{word}')"),
        );
    }
    let mask = host.get("mask_token");
    let first = i64::from(!mask.is_none() && mode == "int");
    let Arg::Int(oov) = host.get("num_oov_indices") else { return Ok(()) };
    let start = usize::try_from(first + oov).unwrap_or(0);
    let oov_token = host.get("oov_token");
    let special = |i: usize| if (i as i64) < first { &mask } else { &oov_token };
    let found = words.len() >= start && (0..start).all(|i| words[i] == *special(i));
    let tokens = if found { &words[start..] } else { words };
    let repeated = |i: &usize| tokens.iter().filter(|t| **t == tokens[*i]).count() > 1;
    let twice: Vec<usize> = (0..tokens.len()).filter(repeated).collect();
    if !twice.is_empty() {
        return value_error("vocabulary", repeated_text(host, tokens, &twice));
    }
    let size = start + tokens.len();
    if let Arg::Int(most) = host.get("max_tokens")
        && (size as i64) > most
    {
        let start = "Attempted to set a vocabulary larger than the maximum vocab size.";
        return value_error(
            "vocabulary",
            match host.keras() {
                Keras::Two => format!("{start} Passed vocab size is {size}, max vocab size is {most}."),
                Keras::Three => {
                    format!("{start} Received vocabulary size is {size}; `max_tokens` is {most}.")
                }
            },
        );
    }
    host.set("_frozen_vocab_size", Arg::Int(size as i64));
    Ok(())
}

fn repeated_text(host: &dyn Host, tokens: &[Arg], twice: &[usize]) -> String {
    let mut seen: Vec<&Arg> = Vec::new();
    for i in twice {
        if !seen.contains(&&tokens[*i]) {
            seen.push(&tokens[*i]);
        }
    }
    let class = |a: &Arg| if matches!(a, Arg::Str(_)) { "np.str_" } else { "np.int64" };
    let shown: Vec<String> = seen.iter().map(|a| format!("{}({})", class(a), repr(a))).collect();
    let colon = if host.keras() == Keras::Three { ":" } else { "" };
    format!(
        "The passed vocabulary has at least one repeated term. Please uniquify your dataset. The repeated terms are{colon} \
         [{}]",
        shown.join(", ")
    )
}

/// How long the vectors are: what is padded to, or the size of the vocabulary.
pub(super) fn depth(host: &dyn Host) -> Infer<Dim> {
    if truth(&host.get("pad_to_max_tokens"))? {
        return crate::python::known_int(&host.get("max_tokens")).map(Dim::Known);
    }
    Ok(match host.get("_frozen_vocab_size") {
        Arg::Int(n) => Dim::Known(n),
        // `adapt` may have found a vocabulary.
        _ => Dim::Unknown,
    })
}

pub(super) fn mode(host: &dyn Host) -> Infer<String> {
    match host.get("output_mode") {
        Arg::Str(s) => Ok(s.to_string()),
        _ => unknown("a mode that is not known"),
    }
}

/// The dtype in which Keras 3 encodes real words: that of the indices, unless they are weighted. The spec says float32.
pub(super) fn counted(mode: &str) -> DType {
    if mode == "tf_idf" { DType::Float32 } else { DType::Int64 }
}

fn shape(host: &mut dyn Host, x: &Arg) -> Infer<Arg> {
    let shape = dims::of_input(x)?;
    let mode = mode(host)?;
    if mode == "int" {
        return Ok(spec(Made { dims: shape, dtype: DType::Int64 }));
    }
    let dims = if shape.is_empty() { vec![depth(host)?] } else { encoded3(&shape, &mode, depth(host)?) };
    Ok(spec(Made { dims, dtype: DType::Float32 }))
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let mode = mode(host)?;
    let inputs = texts(host, &args.inputs)?;
    let words = host.get("vocabulary_dtype") == Arg::Missing;
    let dtype = if truth(&host.get("invert"))? && words { DType::String } else { DType::Int64 };
    if host.unknown_rank() {
        return if mode == "int" { rankless(host, "encoded", inputs.clone(), dtype) } else { no_rank() };
    }
    if host.mode() == ops::Mode::Eager && host.get("vocabulary").is_none() && host.get("#adapted").is_none() {
        // Its table is empty, which is refused, unless words came from a file.
        return unknown("whether a vocabulary was set");
    }
    let dims = dims::of_input(&inputs)?;
    if mode == "int" {
        return result(host, "encoded", inputs.clone(), Made { dims, dtype });
    }
    if truth(&host.get("sparse"))? {
        return unknown("a sparse result");
    }
    let depth = depth(host)?;
    if host.keras() == Keras::Two && depth == Dim::Unknown && host.get("#adapted").is_none() {
        // It raises where `adapt` was not called, which is not known here.
        return unknown("whether a vocabulary was set");
    }
    let dims = match host.keras() {
        Keras::Two => encoded2(&dims, &mode, depth)?,
        Keras::Three => encoded3(&dims, &mode, depth),
    };
    let dtype = match host.keras() {
        Keras::Two => super::given_dtype(host)?.unwrap_or(DType::Float32),
        Keras::Three => counted(&mode),
    };
    result(host, "encoded", inputs.clone(), Made { dims, dtype })
}
