//! The words of the layers that look them up: given to the constructor, set, or learnt of data that is written out.
//!
//! source: keras/src/layers/preprocessing/{index_lookup,text_vectorization}.py,
//! tf_keras/src/layers/preprocessing/{index_lookup,text_vectorization}.py

use std::collections::BTreeMap;

use ops::Arg;
use tensor::{Content, Data};

use crate::framework::adapt::ADAPTED;
use crate::framework::host::LayerHost;
use crate::framework::layer::LayerState;
use crate::framework::layer_class::split_self;
use crate::framework::words::{FOUND, WEIGHTS};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Says among a layer's arguments that its words were learnt, so that others may be.
pub(crate) const LEARNT: &str = "#learnt";

/// How many words the data had that a layer was adapted to, where those are not known.
const KINDS: &str = "#kinds";

/// How many words a layer has, those for a mask and for unknown words included, where that is known.
pub(crate) const SIZE: &str = "_frozen_vocab_size";

/// `vocabulary_size()` of the layers that look words up.
pub(crate) static VOCABULARY_SIZE: Native = native("vocabulary_size", |interp, mut args| {
    let size = split_self(&mut args).and_then(|id| interp.layer(id)).and_then(words);
    Ok(match size {
        Some(size) => Value::Int(size),
        // What the data has of words is not known; how many they are is an integer in any case.
        None => Value::Dim(tensor::Dim::Unknown),
    })
});

/// `get_vocabulary(include_special_tokens=True)` of a lookup whose words are known.
pub(crate) static GET_VOCABULARY: Native = native("get_vocabulary", |interp, mut args| {
    let all = match args.get(1, "include_special_tokens") {
        None | Some(Value::Bool(true)) => true,
        Some(Value::Bool(false)) => false,
        Some(_) => return Ok(interp.unknown("which words of a vocabulary are asked for")),
    };
    let words = split_self(&mut args).and_then(|id| interp.layer(id)).and_then(vocabulary);
    let Some((special, own)) = words else { return Ok(interp.unknown("the words of a vocabulary")) };
    let mut words = Vec::with_capacity(special.len() + own.len());
    for word in special.iter().filter(|_| all) {
        let word = interp.value_of(word);
        // Keras 2 reads the integers off its table as well.
        let read = interp.keras == ops::Keras::Two && matches!(word, Value::Int(_));
        words.push(if read { interp.scalar_word(&word)? } else { word });
    }
    for word in &own {
        let word = interp.value_of(word);
        words.push(interp.scalar_word(&word)?);
    }
    Ok(interp.new_list(words))
});

/// The number of a lookup's words, those for a mask and for unknown words included.
fn words(state: &LayerState) -> Option<i64> {
    let get = |name: &str| state.config.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg);
    if let Some(Arg::Int(kinds)) = get(KINDS) {
        let all = i64::try_from(special_words(state)?.len()).ok()?.checked_add(*kinds)?;
        return Some(match get("max_tokens") {
            Some(Arg::Int(most)) => all.min(*most),
            _ => all,
        });
    }
    let (special, own) = vocabulary(state)?;
    i64::try_from(special.len() + own.len()).ok()
}

/// A lookup's words: those for a mask and for unknown words, and those that its constructor got.
///
/// source: keras/src/layers/preprocessing/index_lookup.py: get_vocabulary, vocabulary_size, set_vocabulary
pub(super) fn vocabulary(state: &LayerState) -> Option<(Vec<Arg>, Vec<Arg>)> {
    let get = |name: &str| state.config.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg);
    if let Some(found) = get(FOUND) {
        return Some((special_words(state)?, found.items()?.to_vec()));
    }
    let given = get("vocabulary")?.items()?;
    if get(ADAPTED).is_some() {
        return None;
    }
    let special = special_words(state)?;
    let mask = mask_word(state);
    let oov = special.last().filter(|_| special.len() > usize::from(mask.is_some()));
    // A vocabulary may begin with the special words itself.
    let token = |at: usize, token: Option<&Arg>| token.is_some() && given.get(at) == token;
    if token(0, mask.as_ref()) || token(usize::from(mask.is_some()), oov) {
        let own = given.get(special.len()..).unwrap_or_default().to_vec();
        return Some((given.get(..special.len()).unwrap_or(given).to_vec(), own));
    }
    Some((special, given.to_vec()))
}

/// The word that a lookup masks.
fn mask_word(state: &LayerState) -> Option<Arg> {
    let get = |name: &str| state.config.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg);
    let int = matches!(get("output_mode"), Some(Arg::Str(mode)) if &**mode == "int");
    match state.decl.is_some_and(|decl| decl.name == "TextVectorization") {
        true => int.then(|| Arg::Str("".into())),
        false => get("mask_token").filter(|mask| int && !mask.is_none()).cloned(),
    }
}

/// The words in front of a lookup's own: for a mask, and for words that are not known.
pub(super) fn special_words(state: &LayerState) -> Option<Vec<Arg>> {
    let get = |name: &str| state.config.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg);
    let is_text = state.decl.is_some_and(|decl| decl.name == "TextVectorization");
    let unknown = match is_text {
        true => 1,
        false => {
            let Some(Arg::Int(unknown)) = get("num_oov_indices") else { return None };
            *unknown
        }
    };
    let oov = if is_text { Some(Arg::Str("[UNK]".into())) } else { get("oov_token").cloned() };
    let unknown = oov.iter().cycle().take(usize::try_from(unknown).ok()?).cloned();
    Some(mask_word(state).into_iter().chain(unknown).collect())
}

/// `set_vocabulary(vocabulary, idf_weights=None)`.
pub(crate) static SET_VOCABULARY: Native = native("set_vocabulary", |interp, mut args| {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let words = args.get(0, "vocabulary").cloned().unwrap_or(Value::None);
    let weights = args.get(1, "idf_weights").cloned().unwrap_or(Value::None);
    let (words, weights) = (interp.arg(&words), interp.arg(&weights));
    interp.replace_words(id, words, weights, false)?;
    Ok(Value::None)
});

/// What counts as a word of a layer's data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Int(i64),
    Text(String),
}

impl Interp<'_> {
    /// What a lookup of indices makes of ragged rows: `tf.ragged.map_flat_values`. Nothing for what has no flat values.
    pub(super) fn rows_looked_up(&mut self, id: ObjId, rows: &Value, symbolic: bool) -> Eval<Option<Value>> {
        let indices = matches!(self.layer_arg(id, "output_mode"), Some(Arg::Str(mode)) if &**mode == "int");
        let flat = if indices { self.find_attr(rows, "flat_values")? } else { None };
        let Some(flat @ Value::Tensor(_)) = flat else { return Ok(None) };
        let found = self.call_layer_inner(id, Args::of([flat]), symbolic)?;
        self.call_method(rows, "with_flat_values", Args::of([found]))
    }

    /// A word as the scalar of NumPy's that `get_vocabulary` gives.
    fn scalar_word(&mut self, word: &Value) -> Eval {
        let made = self.numpy("array", Args::of([word.clone()]))?;
        self.get_item(&made, &Value::tuple([]))
    }

    /// The methods about words that a layer has.
    pub(crate) fn vocabulary_method(&self, id: ObjId, name: &str) -> Option<&'static Native> {
        let method = match name {
            "vocabulary_size" => &VOCABULARY_SIZE,
            "get_vocabulary" => &GET_VOCABULARY,
            "set_vocabulary" => &SET_VOCABULARY,
            _ => return None,
        };
        self.looks_up(id).map(|_| method)
    }

    /// Gives a layer other words, which are checked as those of its constructor are.
    fn replace_words(&mut self, id: ObjId, words: Arg, weights: Arg, learnt: bool) -> Eval<()> {
        let Some(decl) = self.layer(id).and_then(|state| state.decl) else { return Ok(()) };
        let known =
            words.items().is_some_and(|all| all.iter().all(|w| matches!(w, Arg::Str(_) | Arg::Int(_))));
        if let Some(state) = self.layer_mut(id) {
            let own = ["vocabulary", "idf_weights", SIZE, ADAPTED, LEARNT, KINDS, FOUND, WEIGHTS];
            state.config.retain(|(name, _)| !own.contains(&&**name));
            state.config.push(("vocabulary".into(), words));
            state.config.push(("idf_weights".into(), weights));
            if learnt {
                state.config.push((LEARNT.into(), Arg::Bool(true)));
            }
        }
        if !known {
            self.lose_layer(id, "a vocabulary that is not known");
            return Ok(());
        }
        let answer = (decl.init)(&mut LayerHost { interp: self, id });
        if let Err(why) = self.settle(answer, "set_vocabulary", Vec::new)? {
            self.lose_layer(id, why);
        }
        Ok(())
    }

    /// Remembers of an adapted lookup how many words there are; which is the first of them is not known.
    pub(crate) fn count_kinds(&mut self, id: ObjId, data: &Value) {
        let looks_up = matches!(self.looks_up(id), Some("StringLookup" | "IntegerLookup"));
        let most = self.most_words(id).and_then(|most| i64::try_from(most).ok());
        let kinds = if looks_up { self.kinds_of_words(data, most) } else { None };
        if let Some(state) = self.layer_mut(id) {
            state.config.retain(|(name, _)| !looks_up || !matches!(&**name, KINDS | SIZE));
            state.config.extend(kinds.map(|kinds| (KINDS.into(), Arg::Int(kinds))));
            if let Some(size) = kinds.and(words(state)) {
                state.config.push((SIZE.into(), Arg::Int(size)));
            }
        }
    }

    /// How many words data surely has: draws of a few, so many that none is missing, or as many as are asked for at most.
    fn kinds_of_words(&self, data: &Value, most: Option<i64>) -> Option<i64> {
        let (origin, seen) = match self.dataset(data) {
            None => match data {
                Value::Tensor(node) => (*node, None),
                _ => return None,
            },
            Some(state) => {
                let Value::Tensor(mut node) = state.element else { return None };
                let whole = state.batches.first().map_or(Some(1), |batch| batch.asked)?;
                let seen = state.count.known()?.checked_mul(whole)?;
                // What stands for the rows of a tensor leads back to it.
                while self.trace.node(node).content == Content::Unknown {
                    let inputs = &self.trace.node(node).inputs;
                    let [(from, _)] = inputs[..] else { return None };
                    if !matches!(self.trace.node(node).source, graph::Source::Input) {
                        return None;
                    }
                    node = from;
                }
                (node, Some(seen))
            }
        };
        let node = self.trace.node(origin);
        let seen = match (node.spec.shape.size().known(), seen) {
            (Some(rows), seen) => seen.map_or(rows, |seen| seen.min(rows)),
            // A batch has no size where a function was mapped to it.
            (None, seen) => seen?,
        };
        let (words, surely) = match (node.content.surely(Some(seen)), most) {
            (Some(words), _) => (words, None),
            (None, Some(most)) => (node.content.surely_so_many(Some(seen), most)?, Some(most)),
            (None, None) => return None,
        };
        let words = match words {
            Data::Str(words) if words.iter().all(|word| !word.is_empty() && &**word != "[UNK]") => {
                words.len()
            }
            Data::Int(numbers) if numbers.iter().all(|number| *number >= 0) => numbers.len(),
            _ => return None,
        };
        surely.or_else(|| i64::try_from(words).ok())
    }

    /// Tells whether a layer looks its inputs up in a table that its constructor got no words for.
    ///
    /// source: tf_keras/src/layers/preprocessing/index_lookup.py: `_uninitialized_lookup_table`
    pub(crate) fn looks_up_later(&self, id: ObjId) -> bool {
        let none = self.layer_arg(id, "vocabulary").is_none_or(Arg::is_none);
        self.looks_up(id).is_some() && (none || self.layer_arg(id, LEARNT).is_some())
    }

    /// Counts the words of data that is written out, as `adapt` does; tells whether they are known.
    pub(crate) fn learn_words(&mut self, id: ObjId, data: &Value) -> Eval<bool> {
        let Some(class) = self.looks_up(id) else { return Ok(false) };
        let is = |name: &str, value: &str| matches!(self.layer_arg(id, name), Some(Arg::Str(own)) if &**own == value);
        let given = |name: &str| self.layer_arg(id, name).is_some_and(|arg| !arg.is_none());
        let split = class == "TextVectorization";
        let plain = !split
            || (is("standardize", "lower_and_strip_punctuation")
                && is("split", "whitespace")
                && !given("ngrams"));
        if !plain || is("output_mode", "tf_idf") || self.carries_out() {
            return Ok(false);
        }
        let mut words = Vec::new();
        if !self.written_words(data, split, 0, &mut words) || words.is_empty() {
            return Ok(false);
        }
        let mut counts: BTreeMap<Word, usize> = BTreeMap::new();
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
        let special = [self.layer_arg(id, "mask_token"), self.layer_arg(id, "oov_token")];
        let special: Vec<Word> = special.into_iter().flatten().filter_map(word_of).collect();
        let mut ranked: Vec<(usize, Word)> =
            counts.into_iter().filter(|(w, _)| !special.contains(w)).map(|(w, n)| (n, w)).collect();
        ranked.sort_by(|a, b| b.cmp(a));
        if let Some(most) = self.most_words(id) {
            ranked.truncate(most);
        }
        let words = ranked.into_iter().map(|(_, word)| match word {
            Word::Int(n) => Arg::Int(n),
            Word::Text(text) => Arg::Str(text.into()),
        });
        self.replace_words(id, Arg::List(words.collect()), Arg::None, true)?;
        Ok(true)
    }

    /// How many words are learnt at most: `max_tokens` less those for a mask and for unknown words.
    fn most_words(&self, id: ObjId) -> Option<usize> {
        let Some(Arg::Int(most)) = self.layer_arg(id, "max_tokens") else { return None };
        let special = self.layer(id).and_then(special_words)?;
        usize::try_from(most - i64::try_from(special.len()).ok()?).ok()
    }

    /// Collects the words of nested lists; tells whether all are known.
    fn written_words(&self, data: &Value, split: bool, depth: u32, words: &mut Vec<Word>) -> bool {
        let items = match data {
            Value::Int(n) if !split => {
                words.push(Word::Int(*n));
                return true;
            }
            Value::Str(text) if split => {
                let found = keras::standard_words(text);
                return found.map(|all| words.extend(all.into_iter().map(Word::Text))).is_some();
            }
            Value::Str(text) => {
                words.push(Word::Text(text.to_string()));
                return true;
            }
            Value::List(id) => self.heap.list(*id).cloned(),
            Value::Tuple(items) => Some(items.iter().cloned().collect()),
            _ => None,
        };
        let Some(items) = items.filter(|items| depth < 4 && items.len() < 10_000) else { return false };
        items.iter().all(|item| self.written_words(item, split, depth + 1, words))
    }
}

fn word_of(arg: &Arg) -> Option<Word> {
    match arg {
        Arg::Str(text) => Some(Word::Text(text.to_string())),
        Arg::Int(n) => Some(Word::Int(*n)),
        _ => None,
    }
}
