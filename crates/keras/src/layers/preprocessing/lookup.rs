//! `StringLookup` and `IntegerLookup`.

use ops::spec::on_values;
use ops::{Arg, Exc, Infer, Keras, Mode, Stop};
use tensor::{DType, Data, Dim};

use crate::dims;
use crate::layer::no_build;
use crate::python::{number, raise, repr, text, truth, unknown, value_error};
use crate::{CallArgs, Host, Layer, Mask};

use super::encoding::{encoded2, encoded3};
use super::{
    Made, asserted, check_salt, detailed, elements, no_rank, one_of, rankless, result, spec, written,
};

const fn layer(name: &'static str, init: fn(&mut dyn Host) -> Infer<()>) -> Layer {
    let source =
        "keras/src/layers/preprocessing/index_lookup.py, tf_keras/src/layers/preprocessing/index_lookup.py";
    let output_shape = Some(shape as fn(&mut dyn Host, &Arg) -> Infer<Arg>);
    Layer { name, init, build: no_build, call, output_shape, mask: Mask::Drops, source, ..Layer::BASE }
}

pub(super) static LAYERS: &[Layer] =
    &[layer("StringLookup", init_strings), layer("IntegerLookup", init_integers)];

fn init_strings(host: &mut dyn Host) -> Infer<()> {
    // It hands `vocabulary_dtype` on beside its own; what is not known may not have been given: `**settings`.
    if !matches!(host.get("vocabulary_dtype"), Arg::Missing | Arg::Unknown) {
        let class = match host.keras() {
            Keras::Two => "tf_keras.src.layers.preprocessing.index_lookup.IndexLookup",
            Keras::Three => "keras.src.layers.preprocessing.index_lookup.IndexLookup",
        };
        let core = format!("{class}.__init__() got multiple values for keyword argument 'vocabulary_dtype'");
        return raise(Exc::TypeError, "vocabulary_dtype", core);
    }
    init(host, "StringLookup", DType::String)
}

fn init_integers(host: &mut dyn Host) -> Infer<()> {
    let two = host.keras() == Keras::Two;
    let kept = integer_dtype(host)?;
    let vocabulary = text(&host.get("vocabulary_dtype"));
    if two && !kept.is_integer() {
        let core = format!("`vocabulary_dtype` must be an integer dtype. Received: {vocabulary}");
        return value_error("vocabulary_dtype", core);
    }
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
    if !two && kept != DType::Int64 {
        let refusal = "Only `vocabulary_dtype='int64'` is supported at this time.";
        return value_error("vocabulary_dtype", format!("{refusal} Received: vocabulary_dtype={vocabulary}"));
    }
    init(host, "IntegerLookup", kept)
}

/// The dtype that an `IntegerLookup` keeps its words in.
fn integer_dtype(host: &dyn Host) -> Infer<DType> {
    let dtype = match host.get("vocabulary_dtype") {
        Arg::Missing => Some(DType::Int64),
        Arg::Str(name) => DType::parse(&name),
        Arg::DType(dtype) => Some(dtype),
        _ => None,
    };
    dtype.ok_or(Stop::Unknown("a dtype that is not known"))
}

/// Checks how Keras 3 spreads unknown words over their indices: by a remainder or a hash, which may be salted.
fn check_spreading(host: &dyn Host, class: &str) -> Infer<()> {
    let method = match host.get("oov_method") {
        Arg::Missing => "floormod".to_owned(),
        _ => one_of(host, class, "oov_method", &["floormod", "farmhash"])?,
    };
    let salt = host.get("salt");
    if salt.is_none() {
        return Ok(());
    }
    // `vocabulary_dtype` is an argument of integers' lookup alone.
    if host.get("vocabulary_dtype") != Arg::Missing && method != "farmhash" {
        let refusal = "`salt` can only be used when `oov_method='farmhash'`.";
        return value_error("salt", format!("{refusal} Received: oov_method={method}"));
    }
    check_salt(&salt, "IndexLookup", "of 2 integers")
}

/// A lookup of words of a dtype.
fn init(host: &mut dyn Host, class: &str, words: DType) -> Infer<()> {
    let mode = check_arguments(host, class)?;
    if host.keras() == Keras::Two {
        check_table(host, &mode, words)?;
    }
    set_vocabulary(host, &mode)
}

/// The lookup within a `TextVectorization`.
pub(super) fn init_texts(host: &mut dyn Host) -> Infer<()> {
    let mode = check_arguments(host, "StringLookup")?;
    set_vocabulary(host, &mode)
}

/// The pairs of words and indices, or the reverse, that a hash table has a kernel for.
///
/// source: tensorflow/core/kernels/lookup_table_op.cc
const TABLES: &[(DType, DType)] = &[
    (DType::Int32, DType::Int32),
    (DType::Int32, DType::String),
    (DType::Int64, DType::Int32),
    (DType::Int64, DType::Int64),
    (DType::Int64, DType::String),
    (DType::String, DType::Int32),
    (DType::String, DType::Int64),
];

/// Keras 2's indices are of the layer's dtype, for which there has to be a table.
fn check_table(host: &dyn Host, mode: &str, words: DType) -> Infer<()> {
    let indices = match indices2(host)? {
        Some(dtype) if mode == "int" => dtype,
        _ => DType::Int64,
    };
    if !indices.is_integer() {
        let shown = text(&host.get("dtype"));
        let refusal = "When `output_mode='int'`, `dtype` should be an integer type.";
        return value_error("dtype", format!("{refusal} Received: dtype={shown}"));
    }
    let (keys, values) = if truth(&host.get("invert"))? { (indices, words) } else { (words, indices) };
    if TABLES.contains(&(keys, values)) {
        return Ok(());
    }
    raise(Exc::NotFoundError, "dtype", "Could not find device for node: {{node HashTableV2}}")
}

/// The dtype that Keras 2 was given for the results; nothing where that of the words stands for it, as it once did.
fn indices2(host: &dyn Host) -> Infer<Option<DType>> {
    let words = host.get("vocabulary_dtype") == Arg::Missing;
    Ok(super::given_dtype(host)?.filter(|dtype| match dtype {
        DType::String => !words,
        DType::Int64 => words,
        _ => true,
    }))
}

/// Refuses to look words up where there are none: the constructor got no vocabulary, and nothing gave one since.
///
/// # Errors
/// Keras' `RuntimeError` where the number of words is needed, else TensorFlow's of a table that is empty.
pub(super) fn check_words(host: &dyn Host, mode: &str) -> Infer<()> {
    if !host.get("vocabulary").is_none() || !host.get("#adapted").is_none() {
        return Ok(());
    }
    if mode != "int" && !truth(&host.get("pad_to_max_tokens"))? {
        let core = format!(
            "When using `output_mode={mode}` and `pad_to_max_tokens=False`, you must set the layer's vocabulary before \
             calling it. Either pass a `vocabulary` argument to the layer, or call `adapt` with some sample data."
        );
        return raise(Exc::RuntimeError, "vocabulary", core);
    }
    if host.mode() != Mode::Eager {
        return Ok(());
    }
    let core = on_values("LookupTableFindV2", "Table not initialized.");
    let end = if host.keras() == Keras::Three { " name:" } else { "" };
    raise(Exc::FailedPreconditionError, "vocabulary", format!("{core}{end}"))
}

/// Checks what does not depend on the vocabulary; gives the mode.
fn check_arguments(host: &mut dyn Host, class: &str) -> Infer<String> {
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
    if host.keras() == Keras::Three {
        check_spreading(host, class)?;
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
    Ok(mode)
}

/// The words of an array, or of a list of NumPy's scalars, as those that are written out; nothing where they are already,
/// or are not known.
fn plain_words(given: &Arg) -> Option<Arg> {
    let each = |word: &Arg| match (word, elements(word)) {
        (Arg::Tensor(_), Some(Data::Str(texts))) if texts.len() == 1 => Some(Arg::Str(texts[0].clone())),
        (Arg::Tensor(_), Some(Data::Int(numbers))) if numbers.len() == 1 => Some(Arg::Int(numbers[0])),
        (Arg::Tensor(_), _) => None,
        _ => Some(word.clone()),
    };
    let words: Vec<Arg> = match (given, elements(given)) {
        (Arg::Tensor(_), Some(Data::Str(texts))) => texts.iter().map(|text| Arg::Str(text.clone())).collect(),
        (Arg::Tensor(_), Some(Data::Int(numbers))) => numbers.iter().map(|n| Arg::Int(*n)).collect(),
        _ => given.items()?.iter().map(each).collect::<Option<_>>()?,
    };
    Some(Arg::List(words.into()))
}

/// Checks a vocabulary given to the constructor, and remembers its size.
fn set_vocabulary(host: &mut dyn Host, mode: &str) -> Infer<()> {
    if let Some(words) = plain_words(&host.get("vocabulary")) {
        host.set("vocabulary", words);
    }
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
    misplaced(host, words, tokens, first)?;
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
    if let ("tf_idf", Arg::List(weights) | Arg::Tuple(weights)) = (mode, host.get("idf_weights"))
        && weights.len() != words.len()
    {
        let refusal = "`idf_weights` must be the same length as vocabulary.";
        let core = match host.keras() {
            // The two are mixed up.
            Keras::Two => {
                format!("{refusal} len(idf_weights) is {}, len(vocabulary) is {}", words.len(), weights.len())
            }
            Keras::Three => {
                format!("{refusal} len(idf_weights) is {}; len(vocabulary) is {}", weights.len(), words.len())
            }
        };
        return value_error("idf_weights", core);
    }
    Ok(())
}

/// Refuses a mask's word among the others, and the word for unknown ones where words are looked up by their index.
fn misplaced(host: &dyn Host, words: &[Arg], tokens: &[Arg], masks: i64) -> Infer<()> {
    let (mask, oov) = (host.get("mask_token"), host.get("oov_token"));
    let inverted = truth(&host.get("invert"))?;
    for (word, name, param, checked) in
        [(&mask, "mask", "mask_token", true), (&oov, "OOV", "oov_token", inverted)]
    {
        if !checked || word.is_none() || !tokens.contains(word) {
            continue;
        }
        let Some(at) = words.iter().rposition(|w| w == word) else { continue };
        let shown = |arg: &Arg| match (host.keras(), arg) {
            (Keras::Two, Arg::Int(n)) => format!("np.int64({n})"),
            _ => repr(arg),
        };
        let Arg::Int(count) = host.get("num_oov_indices") else { return Ok(()) };
        let special: Vec<String> =
            (0..masks).map(|_| shown(&mask)).chain((0..count.min(64)).map(|_| shown(&oov))).collect();
        let core = format!(
            "Found reserved {name} token at unexpected location in `vocabulary`. Note that passed `vocabulary` does not \
             need to include the OOV and mask tokens. Either remove all mask and OOV tokens, or include them only at the \
             start of the vocabulary in precisely this order: [{}]. Received: {param}={} at vocabulary index [{at}]",
            special.join(", "),
            text(word),
        );
        return value_error("vocabulary", core);
    }
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

/// Refuses words that are not in the vocabulary where there is no index for them.
fn refuse_strangers(host: &dyn Host, inputs: &Arg) -> Infer<()> {
    let vocabulary = host.get("vocabulary");
    let (Some(words), Arg::Int(0)) = (vocabulary.items(), host.get("num_oov_indices")) else { return Ok(()) };
    if host.mode() != Mode::Eager || truth(&host.get("invert"))? {
        return Ok(());
    }
    let given: Vec<Arg> = match elements(inputs) {
        Some(Data::Int(numbers)) => numbers.iter().map(|n| Arg::Int(*n)).collect(),
        Some(Data::Str(texts)) => texts.iter().map(|text| Arg::Str(text.clone())).collect(),
        _ => return Ok(()),
    };
    let known = |word: &Arg| matches!(word, Arg::Int(_) | Arg::Str(_));
    let mask = host.get("mask_token");
    let strangers: Vec<&Arg> = given.iter().filter(|word| !words.contains(word) && **word != mask).collect();
    if strangers.is_empty() || !words.iter().all(known) {
        return Ok(());
    }
    let quoted = |word: &Arg| match word {
        Arg::Str(text) => format!("\"{text}\""),
        other => text(other),
    };
    let shown = strangers.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    asserted(&format!(
        "When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values [{shown}], consider setting \
         `num_oov_indices=1`."
    ))
}

/// The words of a lookup that gives indices, in their order, and the index of all others where there is only one.
fn by_index(host: &dyn Host) -> Vec<(&'static str, Arg)> {
    let (vocabulary, mask, oov) = (host.get("vocabulary"), host.get("mask_token"), host.get("oov_token"));
    let (Some(words), Arg::Int(unknown)) = (vocabulary.items(), host.get("num_oov_indices")) else {
        return Vec::new();
    };
    if !host.get("#adapted").is_none() || !words.iter().all(|w| matches!(w, Arg::Str(_) | Arg::Int(_))) {
        return Vec::new();
    }
    let masks = i64::from(!mask.is_none());
    let special: Vec<Arg> = (0..masks + unknown.clamp(0, 64))
        .map(|at| if at < masks { mask.clone() } else { oov.clone() })
        .collect();
    let all = if words.starts_with(&special) { words.to_vec() } else { [&special, words].concat() };
    let mut details = vec![("words", Arg::List(all.into()))];
    if unknown == 1 {
        details.push(("others", Arg::Int(masks)));
    }
    details
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let mode = mode(host)?;
    let inputs = written(host, &args.inputs)?;
    let words = host.get("vocabulary_dtype") == Arg::Missing;
    let dtype = match (truth(&host.get("invert"))?, host.keras()) {
        (true, _) if words => DType::String,
        (true, _) => integer_dtype(host)?,
        (false, Keras::Two) if mode == "int" => indices2(host)?.unwrap_or(DType::Int64),
        (false, _) => DType::Int64,
    };
    if host.unknown_rank() {
        return if mode == "int" { rankless(host, "encoded", inputs.clone(), dtype) } else { no_rank() };
    }
    check_words(host, &mode)?;
    refuse_strangers(host, &inputs)?;
    let dims = dims::of_input(&inputs)?;
    if mode == "int" {
        let details = if truth(&host.get("invert"))? { Vec::new() } else { by_index(host) };
        return detailed(host, "encoded", inputs.clone(), Made { dims, dtype }, details);
    }
    if truth(&host.get("sparse"))? {
        return unknown("a sparse result");
    }
    let depth = depth(host)?;
    let dims = match host.keras() {
        Keras::Two => encoded2(&dims, &mode, depth)?,
        Keras::Three => encoded3(&dims, &mode, depth),
    };
    let dtype = match host.keras() {
        Keras::Two => indices2(host)?.unwrap_or(DType::Float32),
        Keras::Three => counted(&mode),
    };
    result(host, "encoded", inputs.clone(), Made { dims, dtype })
}
