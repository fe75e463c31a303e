//! `StringLookup`, `IntegerLookup` and `TextVectorization` on values: the words that data has, and what becomes of words.
//!
//! source: keras/src/layers/preprocessing/index_lookup.py, text_vectorization.py

use std::sync::Arc;

use array::Array;
use ops::{Arg, Keras};
use rustc_hash::FxHashMap;
use tensor::DType;

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// The words that `adapt` found, among a layer's arguments.
pub(super) const FOUND: &str = "#words";

/// How much each word that `adapt` found counts in tf-idf.
pub(super) const WEIGHTS: &str = "#weights";

/// The most elements of a dataset that is adapted to.
const MOST: usize = 1_000_000;

/// The characters that `strip_punctuation` takes out.
const PUNCTUATION: &str = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'";

/// What a row of texts becomes before it is looked up, and its shape but for the last axis.
struct Rows {
    rows: Vec<Vec<Arc<str>>>,
    shape: Vec<usize>,
}

impl Interp<'_> {
    fn layer_word(&self, id: ObjId, name: &str) -> Option<String> {
        match self.layer_arg(id, name) {
            Some(Arg::Str(word)) => Some(word.to_string()),
            _ => None,
        }
    }

    /// Tells whether a layer looks words up.
    pub(super) fn looks_up(&self, id: ObjId) -> Option<&'static str> {
        let name = self.layer(id)?.decl?.name;
        matches!(name, "StringLookup" | "IntegerLookup" | "TextVectorization").then_some(name)
    }

    /// Finds the words of data, from the most frequent to the rarest; tells whether it could.
    pub(super) fn adapt_words(&mut self, id: ObjId, data: &Value) -> Eval<bool> {
        let Some(documents) = self.word_documents(id, data)? else { return Ok(false) };
        let mut counts: FxHashMap<Arc<str>, (u64, u64, usize)> = FxHashMap::default();
        for (at, document) in documents.iter().enumerate() {
            for word in document {
                let count = counts.entry(word.clone()).or_insert((0, 0, usize::MAX));
                count.0 += 1;
                if count.2 != at {
                    *count = (count.0, count.1 + 1, at);
                }
            }
        }
        let (special, mode) = (self.special_words(id), self.layer_word(id, "output_mode"));
        for word in &special {
            counts.remove(word);
        }
        let numbers = self.looks_up(id) == Some("IntegerLookup");
        let mut found: Vec<(Arc<str>, u64, u64)> = counts.into_iter().map(|(w, c)| (w, c.0, c.1)).collect();
        found.sort_by(|a, b| {
            let words = match numbers {
                true => b.0.parse::<i64>().unwrap_or(0).cmp(&a.0.parse::<i64>().unwrap_or(0)),
                false => b.0.as_bytes().cmp(a.0.as_bytes()),
            };
            b.1.cmp(&a.1).then(words)
        });
        if let Some(Arg::Int(most)) = self.layer_arg(id, "max_tokens") {
            found.truncate(usize::try_from(*most).unwrap_or(0).saturating_sub(special.len()));
        }
        let all = documents.len() as f64;
        let weight = |documents: u64| f64::from((1.0 + all / (1.0 + documents as f64)).ln() as f32);
        let weights: Vec<Arg> = found.iter().map(|(_, _, n)| Arg::Float(weight(*n))).collect();
        let word = |word: &str| match numbers {
            true => Arg::Int(word.parse().unwrap_or(0)),
            false => Arg::Str(word.into()),
        };
        let words: Vec<Arg> = found.iter().map(|(w, ..)| word(w)).collect();
        let size = i64::try_from(words.len() + special.len()).unwrap_or(0);
        if let Some(state) = self.layer_mut(id) {
            state.config.retain(|(name, _)| ![FOUND, WEIGHTS, "_frozen_vocab_size"].contains(&&**name));
            state.config.push((FOUND.into(), Arg::List(words.into())));
            state.config.push((WEIGHTS.into(), Arg::List(weights.into())));
            state.config.push(("_frozen_vocab_size".into(), Arg::Int(size)));
        }
        Ok(mode.is_some())
    }

    /// The words that stand in front: for a mask, and for what is not known.
    fn special_words(&self, id: ObjId) -> Vec<Arc<str>> {
        let words = self.layer(id).and_then(super::vocabulary::special_words).unwrap_or_default();
        words.iter().map(key).collect()
    }

    /// The words of each document of data.
    fn word_documents(&mut self, id: ObjId, data: &Value) -> Eval<Option<Vec<Vec<Arc<str>>>>> {
        let parts = match self.dataset(data) {
            Some(state) => match self.dataset_elements(&state, MOST)? {
                Some(parts) => parts,
                None => return Ok(None),
            },
            None => vec![self.array_like(data.clone())?],
        };
        let text = self.looks_up(id) == Some("TextVectorization");
        let mut documents = Vec::new();
        for part in parts {
            let Some(array) = self.texts_of(&part)? else { return Ok(None) };
            let Some(array) = self.standardized(id, array)? else { return Ok(None) };
            let Some(rows) = self.word_rows(id, &array) else { return Ok(None) };
            // A lookup takes a batch's rows for documents, and the elements of a vector that Keras 3 is given.
            let elements = self.keras == Keras::Three && array.rank() == 1 && self.dataset(data).is_none();
            if text || !elements {
                documents.extend(rows.rows);
            } else {
                documents.extend(rows.rows.into_iter().flatten().map(|word| vec![word]));
            }
        }
        Ok(Some(documents))
    }

    fn texts_of(&mut self, value: &Value) -> Eval<Option<Array>> {
        if let Value::Tensor(node) = value {
            return Ok(self.array_of_node(*node));
        }
        match self.call_api(&"tf.convert_to_tensor".into(), Args::of([value.clone()]))? {
            Value::Tensor(node) => Ok(self.array_of_node(node)),
            _ => Ok(None),
        }
    }

    /// Texts as a layer's own function for `standardize` makes them.
    fn standardized(&mut self, id: ObjId, array: Array) -> Eval<Option<Array>> {
        let function = match self.layer_arg(id, "standardize") {
            Some(Arg::Callable(function)) if self.looks_up(id) == Some("TextVectorization") => *function,
            _ => return Ok(Some(array)),
        };
        let (function, texts) = (self.callable_value(function), self.eager(array));
        let made = self.call(&function, Args::of([texts]))?;
        self.texts_of(&made)
    }

    /// The words of an array: its elements, or what its texts are split into.
    fn word_rows(&self, id: ObjId, array: &Array) -> Option<Rows> {
        let words: Vec<Arc<str>> = match array.dtype() {
            DType::String => array.to_texts().ok()?,
            _ => array.to_ints().ok()?.into_iter().map(|n| n.to_string().into()).collect(),
        };
        let mut shape = array.shape().to_vec();
        if self.looks_up(id)? != "TextVectorization" {
            let width = shape.pop().unwrap_or(1);
            let rows = words.chunks(width.max(1)).map(<[Arc<str>]>::to_vec).collect();
            return Some(Rows { rows, shape });
        }
        if shape.len() > 1 && shape.last() == Some(&1) {
            shape.pop();
        }
        let rows = words.iter().map(|text| self.split_text(id, text)).collect::<Option<_>>()?;
        (shape.len() <= 1).then_some(Rows { rows, shape })
    }

    fn split_text(&self, id: ObjId, text: &str) -> Option<Vec<Arc<str>>> {
        let standard = match self.layer_arg(id, "standardize") {
            None | Some(Arg::Missing) => "lower_and_strip_punctuation".to_owned(),
            // A function has been applied to all texts at once.
            Some(Arg::None | Arg::Callable(_)) => String::new(),
            Some(Arg::Str(word)) => word.to_string(),
            Some(_) => return None,
        };
        let mut text = text.to_owned();
        if standard.starts_with("lower") {
            text = text.to_ascii_lowercase();
        }
        if standard.ends_with("strip_punctuation") {
            text.retain(|letter| !PUNCTUATION.contains(letter));
        }
        let words: Vec<String> = match self.layer_arg(id, "split") {
            None | Some(Arg::Missing) => text.split_ascii_whitespace().map(str::to_owned).collect(),
            Some(Arg::None) => vec![text],
            Some(Arg::Str(word)) if &**word == "whitespace" => {
                text.split_ascii_whitespace().map(str::to_owned).collect()
            }
            Some(Arg::Str(word)) if &**word == "character" => text.chars().map(String::from).collect(),
            Some(_) => return None,
        };
        let widths: Vec<usize> = match self.layer_arg(id, "ngrams") {
            None | Some(Arg::None | Arg::Missing) => vec![1],
            Some(Arg::Int(most)) => (1..=usize::try_from(*most).ok()?).collect(),
            Some(several) => {
                let width = |arg: &Arg| if let Arg::Int(n) = arg { usize::try_from(*n).ok() } else { None };
                several.items()?.iter().map(width).collect::<Option<_>>()?
            }
        };
        Some(
            widths
                .iter()
                .flat_map(|n| words.windows((*n).max(1)).map(|part| part.join(" ").into()))
                .collect(),
        )
    }

    /// What a layer makes of words; nothing where that is not followed.
    pub(super) fn words_looked_up(&mut self, id: ObjId, given: &Value) -> Eval<Option<Value>> {
        let Some(class) = self.looks_up(id) else { return Ok(None) };
        let Some(array) = self.texts_of(given)? else { return Ok(None) };
        let Some(array) = self.standardized(id, array)? else { return Ok(None) };
        let made = self.encoded_words(id, class, &array);
        Ok(made.map(|array| self.eager(array)))
    }

    fn encoded_words(&mut self, id: ObjId, class: &str, array: &Array) -> Option<Array> {
        let (special, own) = self.layer(id).and_then(super::vocabulary::vocabulary)?;
        let mode = self.layer_word(id, "output_mode")?;
        let flag = |name: &str| matches!(self.layer_arg(id, name), Some(Arg::Bool(true)));
        if flag("invert") {
            return inverted(array, &special, &own, class);
        }
        let masks = usize::from(
            mode == "int"
                && (class == "TextVectorization"
                    || self.layer_arg(id, "mask_token").is_some_and(|m| !m.is_none())),
        );
        if special.len() > masks + 1 || flag("sparse") || flag("ragged") {
            return None;
        }
        let mut places: FxHashMap<Arc<str>, usize> = FxHashMap::default();
        for (at, word) in special.iter().chain(&own).enumerate() {
            places.entry(key(word)).or_insert(at);
        }
        let rows = self.word_rows(id, array)?;
        let missing = (special.len() > masks).then_some(masks);
        let mut numbers = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            let place = |word: &Arc<str>| places.get(word).copied().or(missing);
            numbers.push(row.iter().map(place).collect::<Option<Vec<usize>>>()?);
        }
        let text = class == "TextVectorization";
        if mode == "int" {
            return self.word_sequences(id, array, rows.shape, numbers, text);
        }
        let size = match self.layer_arg(id, "max_tokens") {
            Some(Arg::Int(most)) if flag("pad_to_max_tokens") => usize::try_from(*most).ok()?,
            _ => special.len() + own.len(),
        };
        let weights =
            if mode == "tf_idf" { Some(self.word_weights(id, special.len(), own.len())?) } else { None };
        if mode == "one_hot" {
            // Each word by itself.
            numbers = numbers.into_iter().flatten().map(|place| vec![place]).collect();
        }
        let mut out = vec![0.0; numbers.len() * size];
        for (row, places) in out.chunks_mut(size.max(1)).zip(&numbers) {
            for place in places {
                let cell = row.get_mut(*place)?;
                *cell = match mode.as_str() {
                    "count" => *cell + 1.0,
                    "tf_idf" => *cell + weights.as_ref()?.get(*place)?,
                    _ => 1.0,
                };
            }
        }
        let mut shape = rows.shape;
        if mode == "one_hot" && array.rank() > 0 {
            shape = array.shape().to_vec();
            if shape.len() > 1 && shape.last() == Some(&1) {
                shape.pop();
            }
        }
        shape.push(size);
        let whole = self.keras == Keras::Three && mode != "tf_idf";
        let dtype = if whole { DType::Int64 } else { DType::Float32 };
        Array::floats(&shape, DType::Float64, out).ok()?.cast(dtype).ok()
    }

    /// The numbers of words, of texts as long as the longest or as is asked for.
    fn word_sequences(
        &self,
        id: ObjId,
        array: &Array,
        mut shape: Vec<usize>,
        numbers: Vec<Vec<usize>>,
        text: bool,
    ) -> Option<Array> {
        if !text {
            let flat = numbers.into_iter().flatten().map(|n| n as i64).collect();
            return Array::ints(array.shape(), DType::Int64, flat).ok();
        }
        let length = match self.layer_arg(id, "output_sequence_length") {
            Some(Arg::Int(n)) => usize::try_from(*n).ok()?,
            _ => numbers.iter().map(Vec::len).max().unwrap_or(0),
        };
        let padded =
            |row: &Vec<usize>| (0..length).map(|at| row.get(at).map_or(0, |n| *n as i64)).collect::<Vec<_>>();
        let flat = numbers.iter().flat_map(padded).collect();
        shape.push(length);
        Array::ints(&shape, DType::Int64, flat).ok()
    }

    /// What each word counts; one that is not known counts what they do on average.
    fn word_weights(&self, id: ObjId, special: usize, words: usize) -> Option<Vec<f64>> {
        let given = self.layer_arg(id, WEIGHTS).or_else(|| self.layer_arg(id, "idf_weights"))?.items()?;
        let number = |arg: &Arg| if let Arg::Float(x) = arg { Some(*x) } else { None };
        let own: Vec<f64> = given.iter().map(number).collect::<Option<_>>()?;
        // A vocabulary that begins with the special words comes with their weights.
        let listed = self.layer_arg(id, "vocabulary").and_then(Arg::items).map(<[Arg]>::len);
        if self.layer_arg(id, WEIGHTS).is_none()
            && listed.is_some_and(|n| n == own.len() && n == special + words)
        {
            return Some(own);
        }
        let mean = own.iter().sum::<f64>() / own.len().max(1) as f64;
        Some(std::iter::repeat_n(mean, special).chain(own).collect())
    }
}

/// A word as it is looked up.
fn key(word: &Arg) -> Arc<str> {
    match word {
        Arg::Str(word) => (&**word).into(),
        Arg::Int(n) => n.to_string().into(),
        _ => "".into(),
    }
}

/// The words of numbers.
fn inverted(array: &Array, special: &[Arg], own: &[Arg], class: &str) -> Option<Array> {
    let unknown = special.last()?;
    let word = |place: &i64| {
        let place = usize::try_from(*place).ok();
        place.and_then(|at| special.iter().chain(own).nth(at)).unwrap_or(unknown)
    };
    let places = array.to_ints().ok()?;
    if class == "IntegerLookup" {
        let number = |place: &i64| if let Arg::Int(n) = word(place) { Some(*n) } else { None };
        return Array::ints(array.shape(), DType::Int64, places.iter().map(number).collect::<Option<_>>()?)
            .ok();
    }
    Array::texts(array.shape(), places.iter().map(|place| key(word(place))).collect()).ok()
}
