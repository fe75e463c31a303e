//! `layer.adapt(data)`: what a preprocessing layer learns of data before a training.
//!
//! source: keras/src/layers/preprocessing/normalization.py, tf_keras/src/layers/preprocessing/normalization.py

use array::{Array, Binary, Reduction};
use ops::{Keras, TensorKind};
use tensor::DType;

use crate::framework::layer::LayerState;
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of layers.
pub(crate) static METHODS: &[Native] = &[native("adapt", adapt)];

fn adapt(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let data = args.get(0, "data").cloned().unwrap_or(Value::None);
    if let Some(decl) =
        interp.layer(id).and_then(|s| s.decl).filter(|_| interp.script_method(id, "adapt").is_none())
    {
        let path = format!("keras.layers.{}", decl.name);
        let member = names::class_member(crate::value::profile(interp.keras), &path, "adapt");
        if matches!(member, names::Existence::Missing) {
            let text = format!("'{}' object has no attribute 'adapt'", interp.class_name(id));
            return Err(interp.raise(ops::Exc::AttributeError, text));
        }
    }
    interp.refuse_second_vocabulary(id)?;
    let scales = interp.layer(id).is_some_and(|s| s.decl.is_some_and(|d| d.name == "Normalization"));
    if let Some(state) = interp.layer_mut(id) {
        state.config.retain(|(name, _)| &**name != ADAPTED);
        state.config.push((ADAPTED.into(), ops::Arg::Bool(true)));
    }
    if !interp.computes() {
        // What a list or a dataset holds is batched before the layer is built for it.
        let is_array = matches!(data, Value::Tensor(_)) && !interp.hides_unknown(&data);
        if scales && is_array && !interp.layer(id).is_some_and(|s| s.built) {
            let shape = interp.shape_structure(&data);
            interp.build_layer(id, shape)?;
        }
        return Ok(Value::None);
    }
    let data = match interp.dataset(&data) {
        Some(state) if scales => interp.whole_dataset(&state)?.unwrap_or(data),
        _ => interp.array_like(data)?,
    };
    let array = match &data {
        Value::Tensor(node) if scales => interp.array_of_node(*node),
        _ => None,
    };
    let done = match array {
        Some(array) => interp.adapt_scale(id, &data, &array)?,
        None => false,
    };
    if !done {
        interp.undecided("what a layer adapts to");
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// A lookup whose constructor got a vocabulary learns no other.
    fn refuse_second_vocabulary(&mut self, id: ObjId) -> Eval<()> {
        let Some(state) = self.layer(id) else { return Ok(()) };
        let class = state.decl.map_or("", |decl| decl.name);
        let given = self.layer_arg(id, "vocabulary").is_some_and(|words| words.items().is_some());
        if !given || !matches!(class, "StringLookup" | "IntegerLookup") {
            return Ok(());
        }
        let text = match self.keras {
            Keras::Two => format!(
                "Cannot adapt {class} layer after setting a static vocabulary via init argument or `set_vocabulary`."
            ),
            Keras::Three => format!(
                "Cannot adapt layer '{}' after setting a static vocabulary via `vocabulary` argument or \
                 `set_vocabulary()` method.",
                state.name
            ),
        };
        Err(self.raise(ops::Exc::ValueError, text))
    }

    /// Tells whether a layer has seen data by `adapt`.
    pub(crate) fn has_adapted(&self, id: ObjId) -> bool {
        self.layer_arg(id, ADAPTED).is_some()
    }

    /// Returns an argument that a layer's constructor got.
    pub(crate) fn layer_arg(&self, id: ObjId, name: &str) -> Option<&ops::Arg> {
        self.layer(id)?.config.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg)
    }
}

/// Says among a layer's arguments that it has seen data.
const ADAPTED: &str = "#adapted";

/// `vocabulary_size()` of the layers that look words up.
pub(crate) static VOCABULARY_SIZE: Native = native("vocabulary_size", |interp, mut args| {
    let size = split_self(&mut args).and_then(|id| interp.layer(id)).and_then(words);
    Ok(match size {
        Some(size) => Value::Int(size),
        // What the data has of words is not known; how many they are is an integer in any case.
        None => Value::Dim(tensor::Dim::Unknown),
    })
});

/// `get_vocabulary(include_special_tokens=True)` of a lookup whose constructor got its words. A run would print them as
/// the NumPy scalars that they are there.
pub(crate) static GET_VOCABULARY: Native = native("get_vocabulary", |interp, mut args| {
    let all = match args.get(1, "include_special_tokens") {
        None | Some(Value::Bool(true)) => true,
        Some(Value::Bool(false)) => false,
        Some(_) => return Ok(interp.unknown("which words of a vocabulary are asked for")),
    };
    let words = split_self(&mut args).and_then(|id| interp.layer(id)).and_then(vocabulary);
    let Some((special, own)) = words.filter(|_| !interp.carries_out()) else {
        return Ok(interp.unknown("the words of a vocabulary"));
    };
    let words: Vec<Value> =
        special.iter().filter(|_| all).chain(&own).map(|word| interp.value_of(word)).collect();
    Ok(interp.new_list(words))
});

/// The number of a lookup's words, those for a mask and for unknown words included.
fn words(state: &LayerState) -> Option<i64> {
    let (special, own) = vocabulary(state)?;
    i64::try_from(special.len() + own.len()).ok()
}

/// A lookup's words: those for a mask and for unknown words, and those that its constructor got.
///
/// source: keras/src/layers/preprocessing/index_lookup.py: get_vocabulary, vocabulary_size, set_vocabulary
fn vocabulary(state: &LayerState) -> Option<(Vec<ops::Arg>, Vec<ops::Arg>)> {
    let get = |name: &str| state.config.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg);
    let given = get("vocabulary")?.items()?;
    if get(ADAPTED).is_some() {
        return None;
    }
    let is_text = state.decl.is_some_and(|decl| decl.name == "TextVectorization");
    let int = matches!(get("output_mode"), Some(ops::Arg::Str(mode)) if &**mode == "int");
    let (mask, unknown) = match is_text {
        true => (int.then(|| ops::Arg::Str("".into())), 1),
        false => {
            let Some(ops::Arg::Int(unknown)) = get("num_oov_indices") else { return None };
            (get("mask_token").filter(|mask| int && !mask.is_none()).cloned(), *unknown)
        }
    };
    let oov = if is_text { Some(ops::Arg::Str("[UNK]".into())) } else { get("oov_token").cloned() };
    let unknown = oov.iter().cycle().take(usize::try_from(unknown).ok()?).cloned();
    let special: Vec<ops::Arg> = mask.iter().cloned().chain(unknown).collect();
    // A vocabulary may begin with the special words itself.
    let token = |at: usize, token: Option<&ops::Arg>| token.is_some() && given.get(at) == token;
    if token(0, mask.as_ref()) || token(usize::from(mask.is_some()), oov.as_ref()) {
        let own = given.get(special.len()..).unwrap_or_default().to_vec();
        return Some((given.get(..special.len()).unwrap_or(given).to_vec(), own));
    }
    Some((special, given.to_vec()))
}

impl Interp<'_> {
    /// Gives a `Normalization` the mean and the variance of an array; tells whether it could.
    fn adapt_scale(&mut self, id: ObjId, data: &Value, array: &Array) -> Eval<bool> {
        if !self.layer(id).is_some_and(|s| s.built) {
            let shape = self.shape_structure(data);
            self.build_layer(id, shape)?;
        }
        let axis = self.layer(id).and_then(|s| {
            let own = s.config.iter().find(|(n, _)| &**n == "axis");
            own.map(|(_, axis)| axis.items().map_or_else(|| vec![axis.clone()], <[ops::Arg]>::to_vec))
        });
        let rank = array.rank() as i64;
        let mut gone = vec![true; array.rank()];
        for axis in axis.unwrap_or_default() {
            let ops::Arg::Int(axis) = axis else { continue };
            let at = usize::try_from(if axis < 0 { axis + rank } else { axis }).unwrap_or(usize::MAX);
            if let Some(slot) = gone.get_mut(at) {
                *slot = false;
            }
        }
        let Ok([mean, variance]) = moments(array, &gone) else { return Ok(false) };
        let reduced: usize = array.shape().iter().zip(&gone).filter(|(_, g)| **g).map(|(n, _)| *n).product();
        for (name, wide) in [("mean", Some(mean)), ("variance", Some(variance)), ("count", None)] {
            let weight = self.layer(id).and_then(|s| s.weights.iter().find(|w| &*w.name == name).cloned());
            let Some(weight) = weight else { return Ok(false) };
            let node = self.trace.variable(weight.variable).node;
            let sizes: Vec<usize> =
                array.shape().iter().zip(&gone).filter(|(_, g)| !**g).map(|(n, _)| *n).collect();
            let new = match &wide {
                Some(wide) => wide.cast(DType::Float32).and_then(|a| a.reshape(&sizes)),
                // Keras 2 counts what it has seen.
                None if self.keras == Keras::Two => Array::ints(&[], DType::Int64, vec![reduced as i64]),
                None => continue,
            };
            let Ok(new) = new else { return Ok(false) };
            self.forget_content(node);
            self.set_array(node, new);
            // The attribute of the weight's name is its number in the shape in which it is used.
            if let Some(Ok(wide)) = wide.map(|wide| wide.cast(DType::Float32)) {
                let spec = ops::numeric::spec_of(&wide);
                let span = self.here();
                let shown = self.trace.add(graph::Source::Constant, TensorKind::Eager, spec, span);
                self.set_array(shown, wide);
                self.set_own_attr(id, name, Value::Tensor(shown))?;
            }
        }
        Ok(true)
    }
}

/// The mean and the variance along axes, which stay with size 1.
fn moments(array: &Array, gone: &[bool]) -> array::Result<[Array; 2]> {
    let x = array.cast(DType::Float64)?;
    let mean = array::reduce(Reduction::Mean, &x, gone, true)?;
    let away = array::binary(Binary::Sub, x, &mean)?;
    let square = array::binary(Binary::Mul, away.clone(), &away)?;
    let variance = array::reduce(Reduction::Mean, &square, gone, true)?;
    Ok([mean, variance])
}
