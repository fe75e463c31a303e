//! `keras.Sequential`.

use std::rc::Rc;

use graph::NodeId;
use ops::{Exc, Keras};
use rustc_hash::FxHashSet;
use tensor::{Dim, Shape};

use crate::framework::functional::Graph;
use crate::framework::input_specs::BELOW_RNN;
use crate::framework::layer_class::{UNKNOWN_NAME, split_self};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Value};

/// Keras 3 calls the whole stack again for each layer that is added to it, and every call is recorded. Where more
/// layers than these are connected, only the new one is called: a thousand layers would make half a million calls.
const CALLED_AGAIN: usize = 64;

/// A sequential model's layers, and its input once it is known.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    /// The layers without the Input.
    pub layers: Vec<ObjId>,
    /// The names that layers had when they were added.
    pub names: FxHashSet<Rc<str>>,
    /// The Input's tensor.
    pub input: Option<NodeId>,
    /// The output so far.
    pub output: Option<Value>,
    /// How many of the layers lead to the output.
    pub connected: usize,
    /// The shape that Keras 2 has built it for, by the data it was called with.
    pub inferred: Option<Shape>,
    /// Whether the input was given by the script rather than seen in data.
    pub explicit: bool,
    /// The name of Keras 3's functional model that does the work.
    pub twin: Rc<str>,
}

/// `keras.Sequential`.
pub(crate) static SEQUENTIAL: NativeClass =
    NativeClass { path: "keras.Sequential", state, methods: &[METHODS], properties: &[] };

static METHODS: &[Native] =
    &[native("__init__", init), native("add", add), native("pop", pop), native("build", build)];

fn state() -> NativeState {
    let model = super::model::ModelState { sequential: Some(Stack::default()), ..Default::default() };
    NativeState::Layer(Box::new(super::layer::LayerState {
        model: Some(Box::new(model)),
        ..Default::default()
    }))
}

fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let layers = args.get(0, "layers").cloned().unwrap_or(Value::None);
    let mut base = Args::default();
    let profile = crate::value::profile(interp.keras);
    if let names::Existence::Exists(init) = names::class_member(profile, "keras.Sequential", "__init__")
        && let Some(signature) = python::parse_signature(init.signature)
    {
        let args = args.with_self(Value::Instance(id));
        for (name, arg) in interp.bind_api(&signature, "Sequential.__init__", args)? {
            if !matches!(&*name, "self" | "layers") && !arg.is_none() {
                base.keywords.push((name, interp.value_of(&arg)));
            }
        }
    }
    interp.init_layer(id, base)?;
    if layers.is_none() {
        return Ok(Value::None);
    }
    if interp.as_layer(&layers).is_some() {
        if interp.keras == Keras::Three {
            let text = format!("'{}' object is not iterable", interp.type_name(&layers));
            return Err(interp.raise(Exc::TypeError, text));
        }
        // A single layer stands for a list of one.
        interp.add_to_stack(id, &layers, true)?;
        return Ok(Value::None);
    }
    let (items, more) = interp.iterate(&layers, 100_000)?;
    if more {
        interp.lose_layer(id, "the layers of a Sequential are not known");
        return Ok(Value::None);
    }
    let rebuild_each = interp.keras == Keras::Two;
    for item in &items {
        interp.add_to_stack(id, item, rebuild_each)?;
    }
    if !rebuild_each && !items.is_empty() {
        interp.rebuild_stack(id)?;
    }
    Ok(Value::None)
}

fn add(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let layer = args.get(0, "layer").cloned().unwrap_or(Value::None);
    interp.add_to_stack(id, &layer, true)?;
    Ok(Value::None)
}

fn pop(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let popped = interp.stack_mut(id).and_then(|s| s.layers.pop());
    let without_input = interp.stack(id).is_some_and(|s| s.input.is_none());
    match (interp.keras, popped) {
        (Keras::Two, None) => {
            return Err(interp.raise(Exc::TypeError, "There are no layers in the model."));
        }
        (Keras::Three, None) if without_input => {
            return Err(interp.raise(Exc::IndexError, "pop from empty list"));
        }
        _ => {}
    }
    if let (Some(popped), Some(state)) = (popped, interp.layer_mut(id)) {
        state.sublayers.retain(|l| *l != popped);
    }
    if interp.keras == Keras::Three {
        if without_input && interp.stack(id).is_some_and(|s| s.layers.is_empty()) {
            // Keras looks at the first layer that is left.
            return Err(interp.raise(Exc::IndexError, "list index out of range"));
        }
        interp.rebuild_stack(id)?;
    } else {
        interp.restack(id)?;
    }
    // Keras 2's `pop` gives nothing back.
    Ok(popped.filter(|_| interp.keras == Keras::Three).map_or(Value::None, Value::Instance))
}

/// `Sequential.build(input_shape)`.
fn build(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let shape = args.get(0, "input_shape").cloned().unwrap_or(Value::None);
    let Some(dims) = interp.dims_of(&shape) else { return Ok(Value::None) };
    interp.refuse_other_input(id, &shape)?;
    interp.build_stack(id, &Shape::new(dims), None)?;
    Ok(Value::None)
}

impl Interp<'_> {
    fn stack(&self, id: ObjId) -> Option<&Stack> {
        self.model(id)?.sequential.as_ref()
    }

    fn stack_mut(&mut self, id: ObjId) -> Option<&mut Stack> {
        self.model_mut(id)?.sequential.as_mut()
    }

    fn add_to_stack(&mut self, id: ObjId, layer: &Value, rebuild: bool) -> Eval<()> {
        if let Value::Tensor(node) = layer
            && self.input_layers.contains_key(node)
        {
            self.refuse_second_input(id)?;
            if let Some(stack) = self.stack_mut(id) {
                stack.input = Some(*node);
                stack.output = Some(layer.clone());
                stack.explicit = true;
            }
            return self.after_add(id, rebuild);
        }
        if layer.is_unknown() {
            self.undecided_by(layer, "a layer of a Sequential is not known");
            self.lose_layer(id, "a layer of a Sequential is not known");
            return Ok(());
        }
        let Some(added) = self.as_layer(layer) else { return Err(self.not_a_layer(layer)) };
        if let Some(node) = self.input_of_layer(added) {
            return self.add_to_stack(id, &Value::Tensor(node), rebuild);
        }
        if self.is_lost(added) && &*self.class_name(added) == "InputLayer" {
            self.lose_layer(id, "the shape of a model's input is not known");
            return Ok(());
        }
        self.check_unique_name(id, added)?;
        let first = self.stack(id).is_some_and(|s| s.layers.is_empty() && s.input.is_none());
        if first {
            self.input_from_argument(id, added)?;
            // It may have an input of its own, by which the stack is built.
            if self.is_lost(added) {
                self.lose_layer(id, "the first layer of a model is not known");
            }
        }
        if let Some(state) = self.layer_mut(id) {
            state.sublayers.push(added);
            state.built = false;
        }
        if let Some(stack) = self.stack_mut(id) {
            stack.layers.push(added);
        }
        if self.is_lost(id) {
            self.lose_unbuilt(added, 0);
        }
        self.after_add(id, rebuild)
    }

    /// Refuses an Input in Keras 3 where there is one already.
    fn refuse_second_input(&mut self, id: ObjId) -> Eval<()> {
        let present = self.stack(id).and_then(|stack| stack.input).filter(|_| self.keras == Keras::Three);
        let Some(present) = present else { return Ok(()) };
        let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let text = format!(
            "Sequential model '{name}' has already been configured to use input shape {}. You cannot add a different Input \
             layer to it.",
            self.trace.node(present).spec.shape.tuple()
        );
        Err(self.raise(Exc::ValueError, text))
    }

    /// Refuses another shape in Keras 3 than that of the model's Input, whose `None` is another size than any number.
    fn refuse_other_input(&mut self, id: ObjId, shape: &Value) -> Eval<()> {
        let present = self.stack(id).filter(|stack| stack.explicit).and_then(|stack| stack.input);
        let Some(present) = present.filter(|_| self.keras == Keras::Three) else { return Ok(()) };
        let own = self.trace.node(present).spec.shape.clone();
        let (sizes, _) = self.iterate(shape, 100)?;
        let Some(dims) = own.dims() else { return Ok(()) };
        let differs = |own: &Dim, given: &Value| match (own, given) {
            (Dim::Known(own), Value::Int(given)) => own != given,
            (Dim::Known(_), Value::None) | (Dim::Symbol(_), Value::Int(_)) => true,
            _ => false,
        };
        if dims.len() == sizes.len() && !dims.iter().zip(&sizes).any(|(own, given)| differs(own, given)) {
            return Ok(());
        }
        let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let given = self.display(&Value::Tuple(sizes.into()))?.unwrap_or_default();
        let text = format!(
            "Sequential model '{name}' has already been configured to use input shape {}. You cannot build it with \
             input_shape {given}",
            own.tuple()
        );
        Err(self.raise(Exc::ValueError, text))
    }

    fn after_add(&mut self, id: ObjId, rebuild: bool) -> Eval<()> {
        match self.keras {
            Keras::Three if rebuild => self.rebuild_stack(id),
            Keras::Three => Ok(()),
            Keras::Two => self.extend_stack(id),
        }
    }

    fn not_a_layer(&mut self, layer: &Value) -> Halt {
        let type_name = self.type_name(layer);
        let shown = match layer {
            Value::Str(text) => text.to_string(),
            _ => self.keras_repr(layer),
        };
        let (class, core) = match self.keras {
            Keras::Two => {
                let text = "The added layer must be an instance of class Layer.";
                (Exc::TypeError, format!("{text} Received: layer={shown} of type <class '{type_name}'>."))
            }
            Keras::Three => (
                Exc::ValueError,
                format!(
                    "Only instances of `keras.Layer` can be added to a Sequential model. Received: {shown} (of type \
                     <class '{type_name}'>)"
                ),
            ),
        };
        let violation = ops::Violation { class, core, mistake: ops::Mistake::NotALayer };
        self.raise_violation(violation, "Sequential".into(), Vec::new())
    }

    fn check_unique_name(&mut self, id: ObjId, added: ObjId) -> Eval<()> {
        let name = self.layer(added).map(|s| s.name.clone()).unwrap_or_default();
        if &*name == UNKNOWN_NAME || self.stack_mut(id).is_none_or(|stack| stack.names.insert(name.clone())) {
            return Ok(());
        }
        let stack = self.stack(id).map(|s| s.layers.clone()).unwrap_or_default();
        if !stack.iter().any(|l| *l != added && self.layer(*l).is_some_and(|s| s.name == name)) {
            return Ok(());
        }
        let quote = if self.keras == Keras::Two { '"' } else { '\'' };
        let core = format!(
            "All layers added to a Sequential model should have unique names. Name {quote}{name}{quote} is already the \
             name of a layer in this model. Update the `name` argument to pass a unique name."
        );
        let mistake = ops::Mistake::DuplicateName { name: name.to_string() };
        let violation = ops::Violation { class: ops::Exc::ValueError, core, mistake };
        Err(self.raise_violation(violation, name, Vec::new()))
    }

    /// Makes the Input that `Dense(4, input_shape=(3,))` asks for, in Keras 2 also that of a model which is added
    /// first: `model.add(VGG16(include_top=False, input_shape=(32, 32, 3)))`.
    fn input_from_argument(&mut self, id: ObjId, added: ObjId) -> Eval<()> {
        let first = if self.keras == Keras::Two { self.first_within(added) } else { added };
        let Some(state) = self.layer(added) else { return Ok(()) };
        let (name, dtype) = (state.name.clone(), state.compute_dtype);
        let own = match self.model(first).and_then(|m| m.graph.as_ref()).map(|g| &g.inputs[..]) {
            Some([one]) if first != added || self.keras == Keras::Two => {
                let dims = self.trace.node(*one).spec.shape.dims();
                dims.map(|dims| {
                    dims.iter().map(|d| Some(*d).filter(|d| !matches!(d, tensor::Dim::Symbol(_)))).collect()
                })
            }
            _ => None,
        };
        let dims: Option<Vec<_>> = own.or_else(|| self.input_asked_for(first));
        let shape = match dims {
            Some(dims) => Shape::new(dims.into_iter().map(|d| d.unwrap_or_else(|| self.new_symbol()))),
            None => {
                // `Dense(4, input_shape=image.shape)` is built, though nobody knows for what.
                if self.asks_for_some_input(first) {
                    self.lose_layer(id, "the shape of a model's input is not known");
                }
                return Ok(());
            }
        };
        let name = match self.keras {
            Keras::Two => format!("{name}_input").into(),
            Keras::Three => self.input_name(None),
        };
        let node = self.new_input(shape, dtype, name);
        self.name_tensor(node);
        if let Some(stack) = self.stack_mut(id) {
            stack.input = Some(node);
            stack.output = Some(Value::Tensor(node));
            stack.explicit = true;
        }
        Ok(())
    }

    /// The layer in which Keras 2 looks for the shape of a stack's input (`get_input_shape_and_dtype`): the first of
    /// a Sequential's layers, and of one in it.
    fn first_within(&self, layer: ObjId) -> ObjId {
        let mut first = layer;
        while let Some(inner) = self.stack(first).and_then(|stack| stack.layers.first()) {
            first = *inner;
        }
        first
    }

    /// Tells whether a layer's arguments give its input a shape of which nothing is known.
    fn asks_for_some_input(&self, layer: ObjId) -> bool {
        self.layer(layer).is_some_and(|state| {
            state.config.iter().any(|(name, given)| {
                matches!(&**name, "input_shape" | "batch_input_shape" | "batch_shape")
                    && match given {
                        ops::Arg::Unknown => true,
                        ops::Arg::Shape(shape) => shape.dims().is_none(),
                        _ => false,
                    }
            })
        })
    }

    /// The shape that a layer's arguments give to its input, nothing standing for a `None` in it.
    pub(super) fn input_asked_for(&self, layer: ObjId) -> Option<Vec<Option<tensor::Dim>>> {
        let state = self.layer(layer)?;
        let given = |name: &str| state.config.iter().find(|(n, _)| &**n == name).map(|(_, a)| a.clone());
        // An unknown dim is a number, though not a known one.
        let dim = |a: &ops::Arg| match a {
            ops::Arg::Int(n) => Some(tensor::Dim::Known(*n)),
            ops::Arg::None => None,
            ops::Arg::Dim(dim @ tensor::Dim::Symbol(_)) => Some(*dim),
            _ => Some(tensor::Dim::Unknown),
        };
        let dims = |arg: &ops::Arg| -> Option<Vec<Option<tensor::Dim>>> {
            Some(arg.items()?.iter().map(dim).collect())
        };
        let full = given("batch_input_shape")
            .and_then(|a| dims(&a))
            .or_else(|| given("batch_shape").and_then(|a| dims(&a)));
        let embeds = &*self.class_name(layer) == "Embedding";
        // `LSTM(8, input_dim=3)` and `LSTM(8, input_length=5, input_dim=3)`: Keras 2's `RNN` has two axes in mind.
        let recurrent = self.keras == Keras::Two && state.decl.is_some_and(|d| BELOW_RNN.contains(&d.name));
        let steps = || match (recurrent, given("input_length"), given("input_dim")) {
            (false, ..) | (_, None, None) => None,
            (_, length, size) => Some([length, size].map(|axis| axis.as_ref().and_then(dim)).to_vec()),
        };
        let part = given("input_shape").and_then(|a| dims(&a)).or_else(steps);
        let part = part.or_else(|| match given("input_dim") {
            // `Embedding(…, input_length=n)` has ids of shape `(n,)`.
            Some(given) if !embeds && !matches!(given, ops::Arg::None | ops::Arg::Missing) => {
                Some(vec![dim(&given)])
            }
            _ => None,
        });
        let part = part.or_else(|| match given("input_length") {
            _ if !embeds || self.keras == Keras::Three => None,
            Some(ops::Arg::Int(n)) => Some(vec![Some(tensor::Dim::Known(n))]),
            _ => Some(vec![None]),
        });
        full.or_else(|| part.map(|part| [&[None], &*part].concat()))
    }

    /// Keras 3 builds the whole stack anew with every layer.
    fn rebuild_stack(&mut self, id: ObjId) -> Eval<()> {
        let before = self.stack(id).map_or(0, |stack| stack.connected);
        if before >= CALLED_AGAIN
            && self.stack(id).is_some_and(|s| s.explicit && s.layers.len() == before + 1)
        {
            return self.extend_stack(id);
        }
        if let Some(state) = self.layer_mut(id) {
            state.built = false;
        }
        if let Some(model) = self.model_mut(id) {
            model.graph = None;
        }
        let Some(stack) = self.stack(id) else { return Ok(()) };
        if stack.layers.is_empty() {
            return Ok(());
        }
        if let Some(input) = stack.input.filter(|_| stack.explicit) {
            return self.connect_stack(id, input);
        }
        // The first layer may be a model, which knows its input's shape.
        let first = stack.layers.first().copied();
        let shape = first.and_then(|l| self.model(l)).and_then(|m| m.graph.as_ref()).and_then(|g| {
            match &g.inputs[..] {
                [one] => Some(self.trace.node(*one).spec.shape.clone()),
                _ => None,
            }
        });
        match shape {
            Some(shape) if self.stack(id).is_some_and(|s| s.layers.len() > 1) => {
                self.build_stack(id, &shape, None)
            }
            _ => Ok(()),
        }
    }

    /// Connects the last layer to those before it, as Keras 2 always does.
    fn extend_stack(&mut self, id: ObjId) -> Eval<()> {
        if self.is_lost(id) {
            return Ok(());
        }
        let Some(stack) = self.stack(id) else { return Ok(()) };
        let (Some(input), Some(output), Some(last)) =
            (stack.input, stack.output.clone(), stack.layers.last().copied())
        else {
            return Ok(());
        };
        let inner = self.flat_tensors(&output);
        if self.keras == Keras::Three {
            // It calls all the layers again; the names of those tensors are never seen.
            let again = self.stack(id).map_or(0, |stack| stack.layers.len().saturating_sub(1));
            self.skip_names("keras_tensor", u32::try_from(again).unwrap_or(u32::MAX));
        }
        let output = self.call_layer(last, Args::of([output]))?;
        if output.is_unknown() {
            self.lose_layer(id, "the output of a layer is not known");
            return Ok(());
        }
        let graph = self.model_mut(id).and_then(|model| model.graph.take());
        let Some(mut graph) = graph else { return self.finish_stack(id, input, output) };
        if self.keras == Keras::Three {
            self.name_twin(id);
        }
        graph.calls.extend(self.order_graph(&inner, &self.flat_tensors(&output)).calls);
        graph.outputs = Some(output.clone());
        self.set_stack(id, input, output, graph);
        Ok(())
    }

    /// Keras 2's `pop`: connects what is left again.
    fn restack(&mut self, id: ObjId) -> Eval<()> {
        let Some(stack) = self.stack(id) else { return Ok(()) };
        let (Some(input), layers) = (stack.input, stack.layers.clone()) else { return Ok(()) };
        let output = layers.last().and_then(|l| self.layer(*l)).and_then(|s| s.calls.last()).copied();
        let output = output.and_then(|c| self.keras_calls.get(c as usize)).map(|c| c.outputs.clone());
        self.finish_stack(id, input, output.unwrap_or(Value::Tensor(input)))
    }

    pub(crate) fn connect_stack(&mut self, id: ObjId, input: NodeId) -> Eval<()> {
        let opened = self.open_build_scope(id);
        let result = self.connect_layers(id, input);
        if opened {
            self.layer_scopes.pop();
        }
        result
    }

    /// Adds the layers one by one, as `from_config` does; each was built by its own config, outside of the model's
    /// name scope.
    ///
    /// source: keras/src/models/sequential.py: from_config, keras/src/saving/serialization_lib.py:
    /// deserialize_keras_object
    pub(crate) fn deserialize_stack(&mut self, id: ObjId, input: NodeId) -> Eval<()> {
        let all = self.stack(id).map(|stack| stack.layers.clone()).unwrap_or_default();
        let again = self.stack(id).is_some_and(|stack| stack.explicit) && all.len() <= CALLED_AGAIN;
        let scopes = std::mem::take(&mut self.layer_scopes);
        let mut result = Ok(());
        for count in if again { 1..all.len() } else { 0..0 } {
            if let Some(stack) = self.stack_mut(id) {
                stack.layers.truncate(0);
                stack.layers.extend(&all[..count]);
            }
            result = result.and_then(|()| self.connect_layers(id, input));
        }
        if let Some(stack) = self.stack_mut(id) {
            stack.layers = all;
        }
        let result = result.and_then(|()| self.connect_layers(id, input));
        self.layer_scopes = scopes;
        result
    }

    /// A stack's layers as `model.layers` has them, which is what a stack without an Input goes through: Keras 2 has
    /// one that was added twice only once.
    ///
    /// source: tf_keras/src/engine/base_layer.py: _flatten_modules
    pub(crate) fn layers_of_stack(&self, id: ObjId) -> Vec<ObjId> {
        let mut layers = self.stack(id).map(|s| s.layers.clone()).unwrap_or_default();
        if self.keras == Keras::Two {
            let mut seen = FxHashSet::default();
            layers.retain(|layer| seen.insert(*layer));
        }
        layers
    }

    fn connect_layers(&mut self, id: ObjId, input: NodeId) -> Eval<()> {
        let layers = match self.stack(id) {
            // Each was called when it was added.
            Some(stack) if stack.explicit => stack.layers.clone(),
            _ => self.layers_of_stack(id),
        };
        let mut x = Value::Tensor(input);
        for layer in layers {
            x = match self.call_layer(layer, Args::of([x])) {
                Ok(x) => x,
                // Keras 3 takes it for a layer that cannot infer its shape, and waits for data.
                Err(Halt::Exception(e))
                    if self.keras == Keras::Three && &*self.exception_name(e) == "NotImplementedError" =>
                {
                    return Ok(());
                }
                Err(halt) => return Err(halt),
            };
            if x.is_unknown() {
                self.lose_layer(id, "the output of a layer is not known");
                return Ok(());
            }
        }
        if self.keras == Keras::Three {
            self.name_twin(id);
        }
        self.finish_stack(id, input, x)
    }

    /// The functional model that Keras 3 makes of a stack takes a name of its own.
    fn name_twin(&mut self, id: ObjId) {
        let twin = self.unique_name("functional");
        if let Some(stack) = self.stack_mut(id) {
            stack.twin = twin;
        }
    }

    fn finish_stack(&mut self, id: ObjId, input: NodeId, output: Value) -> Eval<()> {
        let outputs = self.flat_tensors(&output);
        let ordered = self.order_graph(&[input], &outputs);
        let graph = Graph {
            inputs: vec![input],
            input_structure: Some(Value::Tensor(input)),
            outputs: Some(output.clone()),
            calls: ordered.calls,
        };
        self.set_stack(id, input, output, graph);
        Ok(())
    }

    fn set_stack(&mut self, id: ObjId, input: NodeId, output: Value, graph: Graph) {
        if let Some(state) = self.layer_mut(id) {
            state.built = true;
            state.supports_masking = true;
        }
        if let Some(model) = self.model_mut(id) {
            model.graph = Some(graph);
        }
        if let Some(stack) = self.stack_mut(id) {
            stack.output = Some(output);
            stack.input = Some(input);
            stack.connected = stack.layers.len();
        }
    }

    /// Builds a stack without an Input for the shape of data: as `build(shape)` and the first call do.
    ///
    /// # Errors
    /// What a layer raises for it.
    pub(crate) fn build_stack(&mut self, id: ObjId, shape: &Shape, dtype: Option<tensor::DType>) -> Eval<()> {
        if let Some(stack) = self.stack(id)
            && let Some(input) = stack.input.filter(|_| stack.explicit)
        {
            return self.connect_stack(id, input);
        }
        let first = self.stack(id).and_then(|s| s.layers.first().copied());
        if first.is_none() && self.is_lost(id) {
            return Ok(());
        }
        if first.is_none() && self.keras == Keras::Three {
            let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            let text = format!(
                "Sequential model {name} cannot be built because it has no layers. Call `model.add(layer)`."
            );
            return Err(self.raise(Exc::ValueError, text));
        }
        let dtype = dtype.or_else(|| first.and_then(|l| self.layer(l)).map(|s| s.compute_dtype));
        let name = match (self.keras, first.and_then(|l| self.layer(l))) {
            (Keras::Two, Some(first)) => format!("{}_input", first.name).into(),
            _ => self.input_name(None),
        };
        // Of what rank the input is, is not known: the layers are called on it one by one.
        let Some(dims) = shape.dims().map(<[_]>::to_vec) else { return Ok(()) };
        // Sizes of data that are not known are numbers all the same; only the batch's is open.
        let open = |(axis, dim)| match dim {
            tensor::Dim::Symbol(_) => self.new_symbol(),
            tensor::Dim::Unknown if axis == 0 => self.new_symbol(),
            dim => dim,
        };
        let dims = dims.into_iter().enumerate().map(open).collect();
        let input = self.new_input(dims, dtype.unwrap_or(tensor::DType::Float32), name);
        self.name_tensor(input);
        if self.keras == Keras::Two {
            // It steps out of the graph, and so out of its name scopes.
            let scopes = std::mem::take(&mut self.layer_scopes);
            let result = self.connect_stack(id, input);
            self.layer_scopes = scopes;
            return result;
        }
        self.connect_stack(id, input)
    }

    /// The shape that a call builds a model for whose input was not given: Keras 3 takes the first call's, Keras 2
    /// what all calls so far have in common.
    fn shape_to_build(&mut self, id: ObjId, node: NodeId) -> Option<Shape> {
        let shape = self.trace.node(node).spec.shape.clone();
        if self.keras == Keras::Three {
            return self.model(id)?.graph.is_none().then_some(shape);
        }
        let stack = self.stack(id)?;
        if stack.explicit {
            return self.model(id)?.graph.is_none().then_some(shape);
        }
        let plain = |d: &tensor::Dim| if d.is_known() { *d } else { tensor::Dim::Unknown };
        let shape = Shape::new(shape.dims()?.iter().map(plain));
        let common = match &stack.inferred {
            Some(before) if before.rank() == shape.rank() => before.join(&shape),
            Some(_) => return None,
            None => shape,
        };
        if stack.inferred.as_ref() == Some(&common) {
            return None;
        }
        if let Some(stack) = self.stack_mut(id) {
            stack.inferred = Some(common.clone());
        }
        Some(common)
    }

    /// Calls a sequential model.
    pub(crate) fn run_sequential(&mut self, id: ObjId, first: Value, training: Option<bool>) -> Eval {
        if let Value::Tensor(node) = &first
            && let Some(shape) = self.shape_to_build(id, *node)
        {
            let spec = self.trace.node(*node).spec.clone();
            let before = self.undecided.clone();
            // Keras 2 makes the graph in a scratch space of its own: the weights are named after their layers alone.
            let scopes = match self.keras {
                Keras::Two => std::mem::take(&mut self.layer_scopes),
                Keras::Three => Vec::new(),
            };
            let built = self.build_stack(id, &shape, spec.dtype);
            if self.keras == Keras::Two {
                self.layer_scopes = scopes;
            }
            match built {
                Ok(()) => {}
                // The build on a symbolic input may fail; the call on data then tells why.
                Err(Halt::Exception(_)) if self.keras == Keras::Two => self.undecided = before,
                Err(halt) => return Err(halt),
            }
        }
        if let Some(graph) = self.model(id).and_then(|m| m.graph.clone()) {
            return self.run_graph(&graph, &first, training);
        }
        let layers = self.layers_of_stack(id);
        let before = self.training;
        self.training = training.or(before);
        let mut x = Ok(first);
        for layer in layers {
            x = x.and_then(|x| self.call_layer(layer, Args::of([x])));
        }
        self.training = before;
        x
    }

    /// The tensor of an InputLayer instance.
    fn input_of_layer(&self, layer: ObjId) -> Option<NodeId> {
        self.input_layers.iter().find(|(_, l)| **l == layer).map(|(node, _)| *node)
    }
}
