//! `layer.adapt(data)`: what a preprocessing layer learns of data before a training.
//!
//! source: keras/src/layers/preprocessing/normalization.py, tf_keras/src/layers/preprocessing/normalization.py

use array::{Array, Binary, Reduction};
use ops::{Keras, TensorKind};
use tensor::DType;

use crate::framework::layer_class::split_self;
use crate::framework::vocabulary::SIZE;
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
    interp.refuse_labels_beside_text(id, &data)?;
    if interp.keras == Keras::Two {
        interp.keep_rank(id, &data);
    }
    let scales = interp.layer(id).is_some_and(|s| s.decl.is_some_and(|d| d.name == "Normalization"));
    if interp.learn_words(id, &data)? {
        return Ok(Value::None);
    }
    if scales {
        refuse_text(interp, &data)?;
        interp.fit_scale(id, &data)?;
    }
    interp.refuse_other_bins(id)?;
    refuse_other_words(interp, id, &data)?;
    if let Some(state) = interp.layer_mut(id) {
        state.config.retain(|(name, _)| &**name != ADAPTED);
        state.config.push((ADAPTED.into(), ops::Arg::Bool(true)));
    }
    interp.count_kinds(id, &data);
    if interp.looks_up(id).is_some()
        && !matches!(interp.layer_arg(id, SIZE), Some(ops::Arg::Int(_)))
        && let Some(state) = interp.layer_mut(id)
    {
        // However many words it found, it is a number: not `None`.
        state.config.push((SIZE.into(), ops::Arg::Unknown));
    }
    if !interp.computes() {
        return Ok(Value::None);
    }
    if interp.looks_up(id).is_some() {
        if !interp.adapt_words(id, &data)? {
            interp.undecided("what a layer adapts to");
        }
        return Ok(Value::None);
    }
    // How many of the data it looks at is not read here.
    if interp.sorts_into_bins(id)
        && args.positional.len() < 2
        && args.keywords.iter().all(|(name, _)| &**name == "data")
    {
        if !interp.adapt_bins(id, &data)? {
            interp.undecided("what a layer adapts to");
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

/// Text is cast to floats: in a graph in Keras 2, where Keras 3 goes through the batches of a dataset.
fn refuse_text(interp: &mut Interp<'_>, data: &Value) -> Eval<()> {
    let (node, batches) = match (data, interp.dataset(data).map(|state| state.element)) {
        (_, Some(Value::Tensor(node))) => (node, true),
        (Value::Tensor(node), _) => (*node, false),
        _ => return Ok(()),
    };
    // NumPy refuses to sum an array of text up, in words of its own.
    if interp.trace.node(node).spec.dtype != Some(DType::String) || (interp.keras == Keras::Three && !batches)
    {
        return Ok(());
    }
    Err(no_cast(interp, DType::String, DType::Float32))
}

/// Numbers are cast to the texts that a lookup counts, texts to its numbers, batch by batch of a dataset.
///
/// source: keras/src/layers/preprocessing/{index_lookup,text_vectorization}.py: update_state,
/// tf_keras/src/layers/preprocessing/preprocessing_utils.py: ensure_tensor
fn refuse_other_words(interp: &mut Interp<'_>, id: ObjId, data: &Value) -> Eval<()> {
    let wanted = match interp.looks_up(id) {
        Some("IntegerLookup") => DType::Int64,
        Some(_) => DType::String,
        None => return Ok(()),
    };
    let Some(Value::Tensor(node)) = interp.dataset(data).map(|state| state.element) else { return Ok(()) };
    match interp.trace.node(node).spec.dtype {
        Some(DType::Object) => Ok(()),
        Some(given) if (given == DType::String) != (wanted == DType::String) => {
            Err(no_cast(interp, given, wanted))
        }
        _ => Ok(()),
    }
}

/// What the kernel says that has no such cast.
fn no_cast(interp: &mut Interp<'_>, from: DType, to: DType) -> crate::raise::Halt {
    let text = ops::spec::no_cast(from, to);
    let core = match interp.keras {
        Keras::Two => text,
        Keras::Three => format!("{} name:", ops::spec::on_values("Cast", &text)),
    };
    interp.bad_data(ops::Exc::UnimplementedError, core)
}

impl Interp<'_> {
    /// A dataset of texts with labels: the pair is made one tensor of strings.
    ///
    /// source: keras/src/layers/preprocessing/text_vectorization.py: `_preprocess`,
    /// keras/src/layers/preprocessing/index_lookup.py: update_state
    fn refuse_labels_beside_text(&mut self, id: ObjId, data: &Value) -> Eval<()> {
        if !matches!(self.looks_up(id), Some("TextVectorization" | "StringLookup")) {
            return Ok(());
        }
        let Some(Value::Tuple(items)) = self.dataset(data).map(|state| state.element) else { return Ok(()) };
        let dtypes: Option<Vec<DType>> = items
            .iter()
            .map(|item| if let Value::Tensor(n) = item { self.trace.node(*n).spec.dtype } else { None })
            .collect();
        let Some([DType::String, others @ ..]) = dtypes.as_deref() else { return Ok(()) };
        let Some(at) = others.iter().position(|dtype| *dtype != DType::String) else { return Ok(()) };
        let (dtype, at) = (others[at], at + 1);
        let (class, core) = match self.keras {
            Keras::Two => {
                let shape = match &items[at] {
                    Value::Tensor(node) => self.trace.node(*node).spec.shape.tuple(),
                    _ => String::new(),
                };
                let core = format!(
                    "Cannot convert a list containing a tensor of dtype <dtype: '{dtype}'> to <dtype: 'string'> \
                     (Tensor is: <tf.Tensor 'IteratorGetNext:{at}' shape={shape} dtype={dtype}>)"
                );
                (ops::Exc::TypeError, core)
            }
            Keras::Three => {
                let text = format!(
                    "cannot compute Pack as input #{at}(zero-based) was expected to be a string tensor but is a {dtype} \
                     tensor"
                );
                (ops::Exc::InvalidArgumentError, format!("{text} [Op:Pack] name: packed"))
            }
        };
        Err(self.bad_data(class, core))
    }

    /// A lookup whose constructor got a vocabulary learns no other.
    fn refuse_second_vocabulary(&mut self, id: ObjId) -> Eval<()> {
        let Some(state) = self.layer(id) else { return Ok(()) };
        let class = state.decl.map_or("", |decl| decl.name);
        let given = self.layer_arg(id, "vocabulary").is_some_and(|words| words.items().is_some())
            && self.layer_arg(id, super::vocabulary::LEARNT).is_none();
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

    /// Tells whether a layer is a `Discretization`.
    fn sorts_into_bins(&self, id: ObjId) -> bool {
        self.layer(id).is_some_and(|s| s.decl.is_some_and(|d| d.name == "Discretization"))
    }

    /// A `Discretization` whose constructor got boundaries finds no others.
    fn refuse_other_bins(&mut self, id: ObjId) -> Eval<()> {
        let given = self.layer_arg(id, "bin_boundaries").filter(|bins| !bins.is_none()).cloned();
        let Some(bins) = given.filter(|_| self.sorts_into_bins(id)) else { return Ok(()) };
        let mut text =
            "Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, use \
                        `num_bins` instead."
                .to_owned();
        if self.keras == Keras::Two {
            let bins = self.value_of(&bins);
            let shown = self.display(&bins)?.unwrap_or_default();
            text = format!("{text} You passed `bin_boundaries={shown}`.");
        }
        Err(self.raise(ops::Exc::ValueError, text))
    }

    /// Builds a `Normalization` for the data that it adapts to, or refuses data that it was not built for.
    ///
    /// source: keras/src/layers/preprocessing/normalization.py: adapt,
    /// tf_keras/src/engine/base_preprocessing_layer.py: _adapt_maybe_build
    fn fit_scale(&mut self, id: ObjId, data: &Value) -> Eval<()> {
        let shape = match self.keras {
            Keras::Two => self.batch_shape(data),
            Keras::Three => self.data_shape(data)?,
        };
        if self.layer_arg(id, "mean").is_some_and(|mean| !mean.is_none()) {
            return Err(self.no_second_mean(id)?);
        }
        let Some(shape) = shape else { return Ok(()) };
        let Some(built_on) = self.layer(id).filter(|s| s.built).and_then(|s| s.built_on.clone()) else {
            let shape = match self.keras {
                Keras::Two => Value::Shape(shape),
                Keras::Three => self.shape_tuple(&shape, false),
            };
            return self.build_layer(id, shape);
        };
        let (Some(built), Some(given)) = (self.dims_of(&built_on), shape.dims()) else { return Ok(()) };
        let kept = self.kept_axes(id, built.len());
        for at in kept {
            let pair = (built.get(at).and_then(|d| d.known()), given.get(at).and_then(|d| d.known()));
            let (Some(own), Some(other)) = pair else { continue };
            if own == other || (self.keras == Keras::Two && (own == 1 || other == 1)) {
                continue;
            }
            let text = match self.keras {
                Keras::Two => format!("Dimensions must be equal, but are {own} and {other}"),
                Keras::Three => format!(
                    "The layer was built with input_shape={}, but adapt() is being called with data with an incompatible \
                     shape, data.shape={}",
                    tensor::Shape::new(built).tuple(),
                    shape.tuple()
                ),
            };
            return Err(self.raise(ops::Exc::ValueError, text));
        }
        Ok(())
    }

    /// The axes of an input that a `Normalization` keeps.
    fn kept_axes(&self, id: ObjId, rank: usize) -> Vec<usize> {
        let axis = self.layer_arg(id, "axis").cloned().unwrap_or(ops::Arg::None);
        let axes = axis.items().map_or_else(|| vec![axis.clone()], <[ops::Arg]>::to_vec);
        let rank = i64::try_from(rank).unwrap_or(0);
        let place = |axis: &ops::Arg| match axis {
            ops::Arg::Int(at) => usize::try_from(if *at < 0 { at + rank } else { *at }).ok(),
            _ => None,
        };
        axes.iter().filter_map(place).collect()
    }

    /// The shape of a batch of data, as Keras 2 makes one of an array; a dataset's elements are batches.
    fn batch_shape(&mut self, data: &Value) -> Option<tensor::Shape> {
        let whole = self.dataset(data).is_none();
        let element = self.dataset(data).map_or_else(|| data.clone(), |state| state.element);
        let mut dims = match &element {
            Value::Tensor(node) => self.trace.node(*node).spec.shape.dims()?.to_vec(),
            Value::List(_) => self.plain_spec(&element, 0)?.shape.dims()?.to_vec(),
            _ => return None,
        };
        if whole && let Some(batch) = dims.first_mut() {
            *batch = self.new_symbol();
        }
        Some(tensor::Shape::new(dims))
    }

    /// The shape of data as Keras 3 looks at it: of an array, or of the first batch.
    fn data_shape(&mut self, data: &Value) -> Eval<Option<tensor::Shape>> {
        if let Some(state) = self.dataset(data) {
            let element = match state.element {
                Value::Tuple(items) => items.first().cloned().unwrap_or(Value::None),
                element => element,
            };
            let Value::Tensor(node) = element else { return Ok(None) };
            let shape = self.trace.node(node).spec.shape.clone();
            let Some([size]) = shape.dims() else { return Ok(Some(shape)) };
            // Numbers, or rows of them, are put into batches.
            return Ok(Some(tensor::Shape::new([self.new_symbol(), *size])));
        }
        let first = match data {
            Value::Tensor(_) if self.hides_unknown(data) => return Ok(None),
            Value::Tensor(node) => return Ok(Some(self.trace.node(*node).spec.shape.clone())),
            Value::List(_) => match self.children(data) {
                Some(items) => items.into_iter().next(),
                None => return Ok(None),
            },
            Value::None | Value::Int(_) | Value::Float(_) => {
                let text = format!(
                    "Unsupported data type: <class '{}'>. `adapt` supports `np.ndarray`, backend tensors, \
                     `tf.data.Dataset`, `keras.utils.PyDataset`, and iterables of batches (e.g. list, generator).",
                    self.type_name(data)
                );
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            _ => return Ok(None),
        };
        match first {
            Some(Value::Tensor(node)) => Ok(Some(self.trace.node(node).spec.shape.clone())),
            Some(
                value @ (Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Str(_) | Value::List(_)),
            ) => {
                let text = format!(
                    "adapt() expects an iterable that yields arrays or tensors with a `.shape` attribute (e.g. numpy arrays \
                     or backend tensors). Got an element of type {}. Ensure each yielded element is array-like with a \
                     `.shape` attribute.",
                    self.type_name(&value)
                );
                Err(self.raise(ops::Exc::TypeError, text))
            }
            _ => Ok(None),
        }
    }

    /// A `Normalization` whose constructor got a mean adapts to nothing.
    fn no_second_mean(&mut self, id: ObjId) -> Eval<crate::raise::Halt> {
        if self.keras == Keras::Three {
            let text = "'Normalization' object has no attribute 'adapt_mean'";
            return Ok(self.raise(ops::Exc::AttributeError, text));
        }
        let mut shown = [String::new(), String::new()];
        for (name, shown) in ["mean", "variance"].into_iter().zip(&mut shown) {
            let value = self.layer_arg(id, name).cloned().unwrap_or(ops::Arg::None);
            let value = self.value_of(&value);
            *shown = self.display(&value)?.unwrap_or_default();
        }
        let [mean, variance] = shown;
        let text = format!(
            "Cannot `adapt` a Normalization layer that is initialized with static `mean` and `variance`, you passed mean \
             {mean} and variance {variance}."
        );
        Ok(self.raise(ops::Exc::ValueError, text))
    }

    /// `mean` or `variance` of a `Normalization` that is built: of the axes that it keeps, with 1 for the others.
    pub(crate) fn statistics(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let state = self.layer(id).filter(|s| s.built && s.lost.is_none() && !self.computes())?;
        if !matches!(name, "mean" | "variance") || state.decl?.name != "Normalization" {
            return None;
        }
        let (dtype, built_on) = (state.compute_dtype, state.built_on.clone()?);
        let mut dims = self.dims_of(&built_on)?;
        let kept = self.kept_axes(id, dims.len());
        for (at, dim) in dims.iter_mut().enumerate() {
            if !kept.contains(&at) {
                *dim = tensor::Dim::Known(1);
            }
        }
        let spec = tensor::TensorSpec::new(tensor::Shape::new(dims), dtype);
        let span = self.here();
        let made = self.trace.add(graph::Source::Opaque("a statistic"), TensorKind::Eager, spec, span);
        Some(Value::Tensor(made))
    }

    /// A layer that `adapt` builds knows the rank of its input from then on, which a `Sequential` that begins with it
    /// makes an input of.
    ///
    /// source: tf_keras/src/engine/base_preprocessing_layer.py: _adapt_maybe_build
    fn keep_rank(&mut self, id: ObjId, data: &Value) {
        const GIVEN: &[&str] = &["batch_input_shape", "input_shape", "input_dim"];
        if self.layer(id).is_none_or(|state| state.built)
            || GIVEN.iter().any(|name| self.layer_arg(id, name).is_some())
        {
            return;
        }
        let data = self.dataset(data).map_or_else(|| data.clone(), |state| state.element);
        let Value::Tensor(node) = data else { return };
        let Some(rank) = self.trace.node(node).spec.shape.rank() else { return };
        let shape = ops::Arg::Tuple(vec![ops::Arg::None; rank].into());
        if let Some(state) = self.layer_mut(id) {
            state.config.push(("batch_input_shape".into(), shape));
        }
    }

    /// A file of weights has the words of lookups beside them.
    pub(crate) fn takes_words(&mut self, id: ObjId, depth: u32) {
        let Some(state) = self.layer(id).filter(|_| depth < 16) else { return };
        let within = state.sublayers.clone();
        if self.looks_up(id).is_some()
            && !self.has_adapted(id)
            && let Some(state) = self.layer_mut(id)
        {
            state.config.push((ADAPTED.into(), ops::Arg::Bool(true)));
        }
        within.into_iter().for_each(|layer| self.takes_words(layer, depth + 1));
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
pub(crate) const ADAPTED: &str = "#adapted";

impl Interp<'_> {
    /// Gives a `Normalization` the mean and the variance of an array; tells whether it could.
    fn adapt_scale(&mut self, id: ObjId, data: &Value, array: &Array) -> Eval<bool> {
        if !self.layer(id).is_some_and(|s| s.built) {
            let shape = self.shape_structure(data);
            self.build_layer(id, shape)?;
        }
        let kept = self.kept_axes(id, array.rank());
        let gone: Vec<bool> = (0..array.rank()).map(|at| !kept.contains(&at)).collect();
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
