//! `TextVectorization`.

use ops::{Arg, Infer, Keras};
use tensor::{DType, Dim};

use crate::dims;
use crate::layer::no_build;
use crate::python::{text, truth, unknown, value_error};
use crate::{CallArgs, Host, Layer, Mask};

use super::encoding::encoded3;
use super::lookup::{depth, mode};
use super::{Made, no_rank, one_of, rankless, result, spec, written};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "TextVectorization",
    init,
    build: no_build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Drops,
    source: "keras/src/layers/preprocessing/text_vectorization.py, \
             tf_keras/src/layers/preprocessing/text_vectorization.py",
    ..Layer::BASE
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    strings_or_callable(host, "standardize", &["lower_and_strip_punctuation", "lower", "strip_punctuation"])?;
    strings_or_callable(host, "split", &["whitespace", "character"])?;
    let ngrams = host.get("ngrams");
    if matches!(ngrams, Arg::Str(_) | Arg::Float(_) | Arg::List(_)) {
        let refusal = "`ngrams` must be None, an integer, or a tuple of integers.";
        return value_error("ngrams", format!("{refusal} Received: ngrams={}", text(&ngrams)));
    }
    let given = host.get("output_mode");
    let two = host.keras() == Keras::Two;
    let mode = match &given {
        Arg::Str(s) if matches!(&**s, "binary" | "tf-idf") => {
            let mode = if &**s == "binary" { "multi_hot" } else { "tf_idf" };
            host.set("output_mode", Arg::Str(mode.into()));
            mode.to_owned()
        }
        Arg::None if two => return unknown("words that are not looked up"),
        _ if two => {
            match one_of(host, "TextVectorization", "output_mode", &["int", "count", "multi_hot", "tf_idf"]) {
                Ok(mode) => mode,
                Err(_) if given == Arg::Unknown => return unknown("a mode that is not known"),
                Err(_) => {
                    let shown = text(&given);
                    return value_error(
                        "output_mode",
                        format!(
                            "Unkown value for `output_mode` argument of layer TextVectorization. Allowed values are: `None`, or \
                     one of the following values: ('int', 'count', 'multi_hot', 'tf_idf'). Received: {shown}"
                        ),
                    );
                }
            }
        }
        _ => {
            let modes = ["int", "one_hot", "multi_hot", "count", "tf_idf"];
            one_of(host, "TextVectorization", "output_mode", &modes)?
        }
    };
    let length = host.get("output_sequence_length");
    let shown = text(&length);
    if mode == "int"
        && !matches!(
            length,
            Arg::None
                | Arg::Missing
                | Arg::Int(_)
                | Arg::Bool(_)
                | Arg::Dim(_)
                | Arg::Number(_)
                | Arg::Unknown
        )
    {
        return value_error(
            "output_sequence_length",
            format!(
                "`output_sequence_length` must be either None or an integer when `output_mode` is 'int'. Received: \
             output_sequence_length={shown}"
            ),
        );
    }
    if mode != "int" && !length.is_none() {
        return value_error(
            "output_sequence_length",
            format!(
                "`output_sequence_length` must not be set if `output_mode` is not 'int'. Received \
             output_sequence_length={shown}."
            ),
        );
    }
    let ragged = truth(&host.get("ragged"))?;
    if ragged && mode != "int" {
        return value_error(
            "ragged",
            format!(
                "`ragged` must not be true if `output_mode` is `'int'`. Received: ragged=True and output_mode={mode}"
            ),
        );
    }
    if ragged && two && !length.is_none() {
        return value_error(
            "ragged",
            format!(
                "`output_sequence_length` must not be set if ragged is True. Received: ragged=True and \
             output_sequence_length={shown}"
            ),
        );
    }
    // The words are looked up by a layer of its own, whose mask token is the empty string.
    host.set("mask_token", Arg::Str("".into()));
    host.set("num_oov_indices", Arg::Int(1));
    host.set("oov_token", Arg::Str("[UNK]".into()));
    super::lookup::init_texts(host)
}

/// Checks an argument that is one of several strings, `None` or a callable.
fn strings_or_callable(host: &dyn Host, param: &'static str, allowed: &[&str]) -> Infer<()> {
    let given = host.get(param);
    match &given {
        Arg::None | Arg::Missing | Arg::Callable(_) | Arg::Unknown => return Ok(()),
        Arg::Str(s) if allowed.contains(&&**s) => return Ok(()),
        _ => {}
    }
    let list = allowed.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ");
    let shown = text(&given);
    value_error(
        param,
        match host.keras() {
            Keras::Two => format!(
                "Unkown value for `{param}` argument of layer TextVectorization. If restoring a model and `{param}` is a \
             custom callable, please ensure the callable is registered as a custom object. See \
             https://www.tensorflow.org/guide/keras/save_and_serialize#registering_the_custom_object for details. Allowed \
             values are: `None`, a `Callable`, or one of the following values: ({list}). Received: {shown}"
            ),
            Keras::Three => format!(
                "Unknown value for `{param}` argument of TextVectorization. Allowed values are: ({list}). Received: \
             {param}={shown}"
            ),
        },
    )
}

/// The length of the sequences, `None` where it is that of the longest.
fn length(host: &dyn Host) -> Dim {
    match host.get("output_sequence_length") {
        Arg::Int(n) => Dim::Known(n),
        Arg::None | Arg::Missing => dims::NONE,
        _ => Dim::Unknown,
    }
}

/// The words of a text as `TextVectorization` finds them by default: in lower case, without punctuation; nothing where
/// letters beyond ASCII make that doubtful.
pub fn standard_words(text: &str) -> Option<Vec<String>> {
    if !text.is_ascii() {
        return None;
    }
    let kept: String = text.to_ascii_lowercase().chars().filter(|c| !c.is_ascii_punctuation()).collect();
    Some(kept.split_ascii_whitespace().map(str::to_owned).collect())
}

/// How many n-grams so many words have: of all lengths up to a number, or of the lengths in a tuple.
///
/// source: tensorflow/python/ops/ragged/ragged_string_ops.py: ngrams
fn grouped(words: i64, ngrams: &Arg) -> Option<i64> {
    let of = |length: i64| (words - length + 1).max(0);
    match ngrams {
        Arg::None | Arg::Missing => Some(words),
        Arg::Int(most) => Some((1..=*most.min(&100)).map(of).sum()),
        Arg::Tuple(lengths) => lengths
            .iter()
            .map(|length| if let Arg::Int(length) = length { Some(of(*length)) } else { None })
            .sum(),
        _ => None,
    }
}

/// The length of sequences of real texts, where it is not given: that of the longest, where all are written out.
fn longest(host: &dyn Host, inputs: &Arg) -> Option<Dim> {
    let is = |name: &str, value: &str| matches!(host.get(name), Arg::Str(own) if &*own == value);
    let Arg::List(texts) = inputs else { return None };
    if !host.get("output_sequence_length").is_none() {
        return None;
    }
    // Letters beyond ASCII and functions of the script's are not followed.
    let plain = is("standardize", "lower_and_strip_punctuation") && is("split", "whitespace");
    let ngrams = host.get("ngrams");
    let words = |text: &Arg| match text {
        Arg::Str(text) if plain => grouped(i64::try_from(standard_words(text)?.len()).ok()?, &ngrams),
        _ => None,
    };
    let counts = texts.iter().map(words).collect::<Option<Vec<_>>>();
    Some(counts.and_then(|counts| counts.into_iter().max()).map_or(Dim::Unknown, Dim::Known))
}

fn output_shape(host: &mut dyn Host, x: &Arg) -> Infer<Arg> {
    let mut shape = dims::of_input(x)?;
    let mode = mode(host)?;
    if mode == "int" {
        let batch = dims::at(&shape, 0)?;
        if matches!(length(host), Dim::Known(..0)) {
            let shown = dims::text(&[batch, length(host)]);
            let core = format!("Cannot convert '{shown}' to a shape. Negative dimensions are not allowed.");
            return value_error("output_sequence_length", core);
        }
        return Ok(spec(Made { dims: vec![batch, length(host)], dtype: DType::Int64 }));
    }
    if !host.get("split").is_none() {
        shape.push(dims::NONE);
    } else if shape.len() <= 1 {
        shape.push(Dim::Known(1));
    }
    let dims = encoded3(&shape, &mode, depth(host)?);
    Ok(spec(Made { dims, dtype: DType::Float32 }))
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let mode = mode(host)?;
    let inputs = written(host, &args.inputs)?;
    let longest = longest(host, &args.inputs);
    if host.unknown_rank() {
        let kept = mode == "int" && host.get("split").is_none();
        return match host.get("output_sequence_length") {
            Arg::None | Arg::Missing if kept => rankless(host, "encoded", inputs.clone(), DType::Int64),
            _ if kept => unknown("sequences of an unknown rank"),
            _ => no_rank(),
        };
    }
    let mut shape = dims::of_input(&inputs)?;
    if truth(&host.get("ragged"))? || truth(&host.get("sparse"))? {
        return unknown("a ragged or sparse result");
    }
    if matches!(host.get("split"), Arg::Callable(_)) {
        return unknown("words that a script's function makes");
    }
    let splits = !host.get("split").is_none();
    if splits && shape.len() > 1 {
        if shape.last() != Some(&Dim::Known(1)) {
            let (full, rank) = (dims::text(&shape), shape.len());
            return value_error(
                "inputs",
                format!(
                    "When using `TextVectorization` to tokenize strings, the input rank must be 1 or the last shape dimension \
                 must be 1. Received: inputs.shape={full} with rank={rank}"
                ),
            );
        }
        shape.pop();
    }
    if shape.is_empty() && !(splits && mode == "int") {
        return unknown("a scalar whose words are counted");
    }
    if let (Dim::Known(size @ ..0), true, Keras::Two) = (length(host), splits, host.keras()) {
        return value_error("output_sequence_length", format!("Dimension {size} must be >= 0"));
    }
    let dims = match (&*mode, splits) {
        // One text's words are no ragged tensor: what Keras 2 pads them to in a graph is not noted there.
        ("int", true) if shape.is_empty() && host.keras() == Keras::Two => {
            vec![longest.unwrap_or(Dim::Unknown)]
        }
        ("int", true) => shape.iter().copied().chain([longest.unwrap_or(length(host))]).collect(),
        ("int", false) if host.get("output_sequence_length").is_none() => shape,
        // What is padded in a graph is of no known size.
        ("int", false) if host.keras() == Keras::Two && !shape.iter().all(|d| d.is_known()) => {
            vec![dims::NONE; shape.len()]
        }
        ("int", false) => shape[..shape.len() - 1].iter().copied().chain([length(host)]).collect(),
        (_, true) if shape.len() == 1 => vec![shape[0], depth(host)?],
        _ => return unknown("words of a higher rank"),
    };
    super::lookup::check_words(host, &mode)?;
    let dtype = match host.keras() {
        _ if mode == "int" => DType::Int64,
        Keras::Two => DType::Float32,
        Keras::Three => super::lookup::counted(&mode),
    };
    result(host, "encoded", inputs.clone(), Made { dims, dtype })
}
