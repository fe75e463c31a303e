//! The parts of models that their configs tell: layers in Keras' order, the calls between them, and what they were
//! built and compiled for.
//!
//! source: keras/src/models/functional.py: `get_config`, `serialize_node`, tf_keras/src/engine/functional.py:
//! `get_network_config`, tf_keras/src/engine/node.py: `serialize`

use std::rc::Rc;

use graph::NodeId;
use ops::Keras;
use rustc_hash::FxHashMap;

use crate::framework::functional::Graph;
use crate::framework::history::{Callee, KerasCall};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// What the text that writes configs asks.
pub(crate) static INTRINSICS: &[Native] = &[
    native("network", network),
    native("built_shapes", built_shapes),
    native("compiled_with", compiled_with),
    native("input_dtype", |interp, args| {
        let dtype =
            this(&args).and_then(|id| interp.input_of(id)).and_then(|n| interp.trace.node(n).spec.dtype);
        Ok(Value::str(dtype.unwrap_or(tensor::DType::Float32).name()))
    }),
    native("input_shape", |interp, args| match this(&args).and_then(|id| interp.input_of(id)) {
        Some(node) => {
            let shape = interp.trace.node(node).spec.shape.clone();
            Ok(interp.shape_tuple(&shape, false))
        }
        None => Ok(interp.unknown("the shape of an input")),
    }),
    native("own_config", |interp, args| match this(&args) {
        Some(id) => interp.told_by_itself(id),
        None => Ok(Value::None),
    }),
    native("scripts_name", scripts_name),
    native("given_arguments", given_arguments),
    native("registered_name", registered_name),
    native("registered_object", registered_object),
    native("is_model", |interp, args| {
        Ok(Value::Bool(this(&args).is_some_and(|id| interp.model(id).is_some())))
    }),
    native("is_scripts_own", |interp, args| {
        let class = match args.positional.first() {
            Some(Value::Class(class)) => Some(*class),
            _ => None,
        };
        Ok(Value::Bool(class.is_some_and(|class| interp.class(class).path.is_none())))
    }),
    native("unregistered", |interp, args| {
        if interp.open_customs {
            return Err(interp.stuck(&Value::None, "an object of a file whose name the script makes known"));
        }
        let text = |at: usize| args.positional.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        Err(interp.unregistered(&text(0), &text(1)))
    }),
    native("refuse_stored_code", |interp, _| {
        Err(interp.stuck(&Value::None, "a model file with code in it: a lambda is not carried out"))
    }),
];

fn this(args: &Args) -> Option<ObjId> {
    match args.positional.first() {
        Some(Value::Instance(id)) => Some(*id),
        _ => None,
    }
}

/// Which call of a layer makes a tensor: the layer's name, the call among those of the model, the output among those
/// of the call.
struct Place {
    name: Rc<str>,
    call: usize,
    output: usize,
}

/// The places of a functional model's tensors.
struct Places {
    of: FxHashMap<NodeId, Place>,
    /// The layers whose first call is the one that they were made with: functional models.
    begun: Vec<Rc<str>>,
}

/// What a class, function or object of the script's is: its name, and `function`, `lambda` or `class`; `None` for
/// another's.
fn scripts_name(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (name, kind) = match args.positional.first() {
        Some(Value::Function(id)) => match &interp.function(*id).name {
            name if &**name == "<lambda>" => (name.clone(), "lambda"),
            name => (name.clone(), "function"),
        },
        Some(Value::Instance(id)) => match interp.heap.instance(*id).map(|instance| instance.class) {
            Some(class) if interp.class(class).path.is_none() => (interp.class(class).name.clone(), "class"),
            _ => return Ok(Value::None),
        },
        _ => return Ok(Value::None),
    };
    Ok(Value::tuple([Value::Str(name), Value::str(kind)]))
}

/// The name under which the script's class or function is found in a file: `Custom>Scale`, or its own.
fn registered_name(interp: &mut Interp<'_>, args: Args) -> Eval {
    let name = match args.positional.first() {
        Some(Value::Function(id)) => match interp.registered_functions.iter().find(|(f, _)| f == id) {
            Some((_, name)) => name.clone(),
            None => interp.function(*id).name.clone(),
        },
        Some(Value::Instance(id)) => {
            let Some(class) = interp.heap.instance(*id).map(|instance| instance.class) else {
                return Ok(Value::None);
            };
            match interp.registered.iter().find(|(known, _)| *known == class) {
                Some((_, name)) => name.clone(),
                None => interp.class(class).name.clone(),
            }
        }
        _ => return Ok(Value::None),
    };
    Ok(Value::Str(name))
}

/// What is registered under a name; `None` where nothing is.
fn registered_object(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(name) = args.positional.first().and_then(Value::as_str) else { return Ok(Value::None) };
    if let Some((class, _)) = interp.registered.iter().find(|(_, known)| &**known == name) {
        return Ok(Value::Class(*class));
    }
    let function = interp.registered_functions.iter().find(|(_, known)| &**known == name);
    Ok(function.map_or(Value::None, |(function, _)| Value::Function(*function)))
}

/// What an object of the script's class was made with, the names of its constructor's parameters, and whether that
/// takes any keyword by the name of `kwargs`, for which Keras asks.
fn given_arguments(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    let made_with = interp.layer(id).map(|state| state.made_with.clone()).unwrap_or_default();
    let params = match interp.script_method(id, "__init__") {
        Some(Value::Bound(bound)) => match &bound.function {
            Value::Function(function) => interp.function(*function).signature.params.clone(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let takes_more = params.is_empty()
        || params.iter().any(|p| p.kind == python::ParameterKind::KwArgs && &*p.name == "kwargs");
    let names: Vec<Rc<str>> = params.iter().skip(1).map(|param| param.name.clone()).collect();
    let positional = names.iter().cloned().zip(made_with.positional);
    let given: Vec<(Value, Value)> =
        positional.chain(made_with.keywords).map(|(name, value)| (Value::Str(name), value)).collect();
    let given = interp.new_dict(given);
    let names = interp.new_list(names.into_iter().map(Value::Str).collect());
    Ok(Value::tuple([given, names, Value::Bool(takes_more)]))
}

/// `network(model)`: what kind of model it is; its layers, a functional one's with their calls; its inputs and
/// outputs. `None` where they cannot be told.
fn network(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    let Some(model) = interp.model(id).cloned() else { return Ok(Value::None) };
    if interp.is_lost(id) {
        return Ok(Value::None);
    }
    if let Some(stack) = &model.sequential {
        let input = stack.input.and_then(|node| interp.input_layer(node));
        let layers = input.into_iter().chain(interp.layers_of_stack(id)).map(Value::Instance).collect();
        let layers = interp.new_list(layers);
        return Ok(Value::tuple([Value::str("Sequential"), layers]));
    }
    let Some(graph) = &model.graph else { return Ok(Value::tuple([Value::str("Model")])) };
    interp.functional_network(graph, &model.layers)
}

impl Interp<'_> {
    fn functional_network(&mut self, graph: &Graph, layers: &[ObjId]) -> Eval {
        let mut calls: FxHashMap<ObjId, Vec<KerasCall>> = FxHashMap::default();
        let mut ordered = graph.calls.clone();
        // A layer's calls are counted in the order in which they were made.
        ordered.sort_unstable();
        for index in ordered {
            let Some(call) = self.keras_calls.get(index as usize).cloned() else { return Ok(Value::None) };
            match call.callee {
                Callee::Layer(layer) => calls.entry(layer).or_default().push(call),
                // An operation on symbolic tensors has a config of its own, which is not told.
                Callee::Op { .. } => return Ok(Value::None),
            }
        }
        let mut places = Places { of: FxHashMap::default(), begun: Vec::new() };
        for layer in layers {
            let name = self.layer(*layer).map(|state| state.name.clone()).unwrap_or_default();
            if let Some(node) = self.input_of(*layer) {
                places.of.insert(node, Place { name: name.clone(), call: 0, output: 0 });
            }
            for (at, call) in calls.get(layer).into_iter().flatten().enumerate() {
                for (output, node) in self.flat_tensors(&call.outputs).into_iter().enumerate() {
                    // A tensor that a layer hands on as it is belongs to the layer that made it.
                    places.of.entry(node).or_insert(Place { name: name.clone(), call: at, output });
                }
            }
            let begins = self.model(*layer).is_some_and(|m| match (&m.sequential, self.keras) {
                (Some(stack), Keras::Two) => stack.input.is_some(),
                (stack, _) => stack.is_none() && m.graph.is_some(),
            });
            if begins {
                places.begun.push(name);
            }
        }
        let mut told = Vec::new();
        for layer in layers {
            let mut nodes = Vec::new();
            for call in calls.get(layer).into_iter().flatten() {
                match self.told_call(*layer, call, &places)? {
                    Some(node) => nodes.push(node),
                    None => return Ok(Value::None),
                }
            }
            let nodes = self.new_list(nodes);
            told.push(Value::tuple([Value::Instance(*layer), nodes]));
        }
        let told = self.new_list(told);
        let inputs = graph.input_structure.clone().unwrap_or(Value::None);
        let outputs = graph.outputs.clone().unwrap_or(Value::None);
        let (inputs, outputs) = (self.told_ends(&inputs, &places), self.told_ends(&outputs, &places));
        Ok(Value::tuple([Value::str("Functional"), told, inputs, outputs]))
    }

    /// A model's inputs or outputs as places.
    fn told_ends(&mut self, ends: &Value, places: &Places) -> Value {
        let told = self.map_leaves(ends, &mut |interp, leaf| match leaf {
            Value::Tensor(node) => interp.told_place(*node, places, true),
            other => other.clone(),
        });
        // Keras 2 has a list of one for a single tensor.
        match (self.keras, ends) {
            (Keras::Two, Value::Tensor(_)) => self.new_list(vec![told]),
            _ => told,
        }
    }

    /// `["dense", 0, 0]`. `counted` counts the call that a functional model was made with, which Keras 3 does only for
    /// a model's ends.
    fn told_place(&mut self, node: NodeId, places: &Places, counted: bool) -> Value {
        let Some(place) = places.of.get(&node) else {
            return self.unknown("a tensor of another model");
        };
        let counted = counted || self.keras == Keras::Two;
        let begun = counted && places.begun.contains(&place.name);
        let call = place.call as i64 + i64::from(begun);
        let parts = vec![Value::Str(place.name.clone()), Value::Int(call), Value::Int(place.output as i64)];
        self.new_list(parts)
    }

    /// A call as a config has it; nothing where it was given what no config has.
    fn told_call(&mut self, layer: ObjId, call: &KerasCall, places: &Places) -> Eval<Option<Value>> {
        if call.inputs.iter().any(|node| !places.of.contains_key(node)) {
            return Ok(None);
        }
        match self.keras {
            Keras::Three => self.told_call3(layer, call, places).map(Some),
            Keras::Two => self.told_call2(layer, call, places),
        }
    }

    fn told_call3(&mut self, layer: ObjId, call: &KerasCall, places: &Places) -> Eval {
        let tell = |interp: &mut Self, value: &Value| {
            interp.map_leaves(value, &mut |interp, leaf| match leaf {
                Value::Tensor(node) if places.of.contains_key(node) => {
                    let spec = interp.trace.node(*node).spec.clone();
                    let shape = interp.shape_tuple(&spec.shape, false);
                    let dtype = Value::str(spec.dtype.map_or("float32", tensor::DType::name));
                    let place = interp.told_place(*node, places, false);
                    let config =
                        interp.dict_of([("shape", shape), ("dtype", dtype), ("keras_history", place)]);
                    let class = Value::str("__keras_tensor__");
                    interp.dict_of([("class_name", class), ("config", config)])
                }
                other => other.clone(),
            })
        };
        let args: Vec<Value> = call.args.positional.iter().map(|value| tell(self, value)).collect();
        let mut keywords: Vec<(Value, Value)> =
            call.args.keywords.iter().map(|(n, v)| (Value::Str(n.clone()), tell(self, v))).collect();
        for (name, value) in self.filled_in(layer, call)? {
            if call.args.keyword(name).is_none() {
                keywords.push((Value::str(name), value));
            }
        }
        let (args, keywords) = (Value::tuple(args), self.new_dict(keywords));
        Ok(self.dict_of([("args", args), ("kwargs", keywords)]))
    }

    /// The arguments that Keras 3 fills in where a call leaves them out: `training` by its default, and the mask of a
    /// single input, which has none.
    ///
    /// source: keras/src/layers/layer.py: `__call__`
    fn filled_in(&mut self, layer: ObjId, call: &KerasCall) -> Eval<Vec<(&'static str, Value)>> {
        let params = self.call_parameters(layer)?;
        let has = |name: &str| params.iter().find(|param| &*param.name == name);
        let mut filled = Vec::new();
        if has("training").is_some_and(|param| param.default == Some(python::Default::Bool(false))) {
            filled.push(("training", Value::Bool(false)));
        }
        let given = call.args.positional.iter().chain(call.args.keywords.iter().map(|(_, value)| value));
        let tensors = given.filter(|value| !self.flat_tensors(value).is_empty()).count();
        let masked = call.inputs.iter().any(|node| self.masks.contains_key(node));
        if has("mask").is_some() && tensors == 1 && !masked {
            let first = call.args.positional.first().cloned().unwrap_or(Value::None);
            let mask = self.map_leaves(&first, &mut |_, _| Value::None);
            filled.push(("mask", mask));
        }
        Ok(filled)
    }

    /// `[["input_1", 0, 0, {}]]`: the tensors of the first argument, each with the other arguments.
    fn told_call2(&mut self, layer: ObjId, call: &KerasCall, places: &Places) -> Eval<Option<Value>> {
        let Some(first) = call.args.positional.first().cloned() else { return Ok(None) };
        let names = self.call_names(layer)?;
        let mut others = Vec::new();
        for (at, value) in call.args.positional.iter().enumerate().skip(1) {
            let Some(name) = names.get(at) else { return Ok(None) };
            others.push((name.clone(), value.clone()));
        }
        others.extend(call.args.keywords.iter().cloned());
        let mut pairs = Vec::new();
        for (name, value) in others {
            let told = self.map_leaves(&value, &mut |interp, leaf| match leaf {
                Value::Tensor(node) if places.of.contains_key(node) => interp.told_place(*node, places, true),
                other => other.clone(),
            });
            pairs.push((Value::Str(name), told));
        }
        let told = self.map_leaves(&first, &mut |interp, leaf| match leaf {
            Value::Tensor(node) => {
                let place = interp.told_place(*node, places, true);
                let keywords = interp.new_dict(pairs.clone());
                if let Value::List(list) = &place
                    && let Some(parts) = interp.heap.list_mut(*list)
                {
                    parts.push(keywords);
                }
                place
            }
            other => other.clone(),
        });
        Ok(Some(if matches!(first, Value::Tensor(_)) { self.new_list(vec![told]) } else { told }))
    }

    /// The names of the arguments of a layer's `call`, without `self`.
    fn call_names(&mut self, layer: ObjId) -> Eval<Vec<Rc<str>>> {
        Ok(self.call_parameters(layer)?.into_iter().map(|param| param.name).collect())
    }

    /// The parameters of a layer's `call`, without `self`.
    pub(crate) fn call_parameters(&mut self, layer: ObjId) -> Eval<Vec<python::Parameter>> {
        if let Some(Value::Bound(bound)) = self.script_method(layer, "call")
            && let Value::Function(function) = bound.function
        {
            return Ok(self.function(function).signature.params.iter().skip(1).cloned().collect());
        }
        let path = match self.layer(layer) {
            Some(state) if state.model.is_some() => "keras.Sequential".to_owned(),
            Some(state) => match state.decl {
                Some(decl) => format!("keras.layers.{}", decl.name),
                None => return Ok(Vec::new()),
            },
            None => return Ok(Vec::new()),
        };
        let member = names::class_member(crate::value::profile(self.keras), &path, "call");
        let signature = member.entry().and_then(|entry| python::parse_signature(entry.signature));
        Ok(signature.map(|signature| signature.params).unwrap_or_default().into_iter().skip(1).collect())
    }

    /// Makes a dict of known keys.
    pub(crate) fn dict_of<const N: usize>(&mut self, pairs: [(&str, Value); N]) -> Value {
        self.new_dict(pairs.map(|(key, value)| (Value::str(key), value)))
    }
}

/// `built_shapes(layer)`: the shape that a layer was built for, or a list of them; `None` where it was not built.
fn built_shapes(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    let Some(state) = interp.layer(id) else { return Ok(Value::None) };
    if interp.keras == Keras::Three
        && state.decl.is_some_and(|decl| keras::is_made_built(Keras::Three, decl.name))
    {
        return Ok(Value::None);
    }
    let (built_on, call) = (state.built_on.clone(), state.calls.first().copied());
    let inputs = interp.model(id).and_then(|m| m.graph.as_ref()).map(|graph| graph.inputs.clone());
    let called = call.and_then(|call| interp.keras_calls.get(call as usize)).map(|call| call.inputs.clone());
    let of = |interp: &Interp<'_>, nodes: &[NodeId]| -> Vec<tensor::Shape> {
        nodes.iter().map(|node| interp.trace.node(*node).spec.shape.clone()).collect()
    };
    let shapes = match (inputs, built_on, called) {
        (Some(inputs), _, _) => of(interp, &inputs),
        (None, Some(shape), _) => interp.shapes_of(&shape),
        (None, None, Some(nodes)) => of(interp, &nodes),
        (None, None, None) => return Ok(Value::None),
    };
    // A model that was built by data is built for any number of them.
    let first = interp.new_symbol();
    let any = interp.model(id).is_some_and(|model| model.graph.is_none());
    let told = shapes.iter().map(|shape| match (shape.dims(), any) {
        (Some([_, dims @ ..]), true) => {
            tensor::Shape::new(std::iter::once(first).chain(dims.iter().copied()))
        }
        _ => shape.clone(),
    });
    let told: Vec<tensor::Shape> = told.collect();
    let mut told: Vec<Value> = told.iter().map(|shape| interp.shape_tuple(shape, false)).collect();
    Ok(match told.len() {
        1 => told.remove(0),
        _ => interp.new_list(told),
    })
}

/// `compiled_with(model)`: what `compile` was given, as it tells it; `None` for a model that is not compiled.
///
/// source: keras/src/trainers/trainer.py, tf_keras/src/engine/training.py: `compile`
fn compiled_with(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(compiled) = this(&args).and_then(|id| interp.compiled(id)).cloned() else {
        return Ok(Value::None);
    };
    let order = match interp.keras {
        Keras::Three => ["optimizer", "loss", "loss_weights", "metrics"],
        Keras::Two => ["optimizer", "loss", "metrics", "loss_weights"],
    };
    let mut pairs = Vec::new();
    for name in
        order.into_iter().chain(["weighted_metrics", "run_eagerly", "steps_per_execution", "jit_compile"])
    {
        let given = compiled.given.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone());
        let value = match (interp.keras, name, given) {
            // Which Keras 3 has made an object of, and resolved.
            (Keras::Three, "optimizer", _) => compiled.optimizer.clone(),
            (Keras::Three, "run_eagerly", _) => Value::Bool(compiled.run_eagerly),
            (Keras::Three, "jit_compile", Some(Value::Str(_)) | None) => Value::Bool(false),
            (_, _, given) => given.unwrap_or(Value::None),
        };
        pairs.push((Value::str(name), value));
    }
    Ok(interp.new_dict(pairs))
}
