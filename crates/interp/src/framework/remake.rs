//! Models made anew from their configs: what `clone_model` and loading do.
//!
//! Every layer is made again and called again on new Inputs, so a script sees the symbolic calls a second time.

use graph::NodeId;
use ops::Keras;
use rustc_hash::FxHashMap;

use crate::framework::history::Callee;
use crate::framework::saving::bad_argument;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::NativeState;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

/// How a model comes to be made anew.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remake {
    /// By `clone_model`.
    Cloned,
    /// Of what a file or `get_config` says of it.
    Deserialized,
}

impl Interp<'_> {
    /// Makes a model anew; nothing where its parts cannot be followed.
    ///
    /// # Errors
    /// What the constructors and calls of its layers raise.
    pub(crate) fn remake_model(&mut self, id: ObjId, how: Remake) -> Eval<Option<ObjId>> {
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return Ok(None) };
        let Some(model) = self.model(id) else { return Ok(None) };
        let (graph, stack) = (model.graph.clone(), model.sequential.clone());
        let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let copy = self.new_instance(class);
        if let Some(state) = self.layer_mut(copy) {
            state.name = name;
            state.initialised = true;
        }
        if let Some(stack) = stack {
            return self.remake_stack(copy, &stack, how);
        }
        let Some(graph) = graph else { return Ok(None) };
        let mut known: FxHashMap<NodeId, Value> = FxHashMap::default();
        for input in &graph.inputs {
            let new = self.remake_input(*input);
            known.insert(*input, Value::Tensor(new));
        }
        let mut layers: FxHashMap<ObjId, ObjId> = FxHashMap::default();
        for index in &graph.calls {
            let Some(call) = self.keras_calls.get(*index as usize).cloned() else { return Ok(None) };
            let result = match &call.callee {
                Callee::Layer(old) => {
                    let new = match layers.get(old) {
                        Some(new) => *new,
                        None => match self.remake_layer(*old, how)? {
                            Some(new) => new,
                            None => return Ok(None),
                        },
                    };
                    layers.insert(*old, new);
                    let args = self.substitute_args(&call.args, &known);
                    self.call_layer(new, args)?
                }
                Callee::Op { op, path, surface, args, .. } => {
                    let args: Vec<_> =
                        args.iter().map(|(n, a)| (n.clone(), self.substitute_arg(a, &known))).collect();
                    self.call_op(op, path, *surface, &args)?
                }
            };
            if result.is_unknown() {
                return Ok(None);
            }
            let (old, new) = (self.flat_tensors(&call.outputs), self.flat_tensors(&result));
            known.extend(old.into_iter().zip(new.into_iter().map(Value::Tensor)));
        }
        let inputs = graph.input_structure.clone().unwrap_or(Value::None);
        let outputs = graph.outputs.clone().unwrap_or(Value::None);
        let (inputs, outputs) = (self.substitute(&inputs, &known), self.substitute(&outputs, &known));
        self.make_functional(copy, &inputs, &outputs)?;
        Ok(Some(copy))
    }

    fn substitute_args(&mut self, args: &Args, known: &FxHashMap<NodeId, Value>) -> Args {
        let positional = args.positional.iter().map(|v| self.substitute(v, known)).collect();
        let keywords = args.keywords.iter().map(|(n, v)| (n.clone(), self.substitute(v, known))).collect();
        Args { positional, keywords }
    }

    fn remake_input(&mut self, input: NodeId) -> NodeId {
        let spec = self.trace.node(input).spec.clone();
        let name = self.input_layers.get(&input).and_then(|l| self.layer(*l)).map(|s| s.name.clone());
        let dtype = spec.dtype.unwrap_or(tensor::DType::Float32);
        let shape = spec.shape.dims().map(<[tensor::Dim]>::to_vec).unwrap_or_default();
        let open = |d| if matches!(d, tensor::Dim::Symbol(_)) { self.new_symbol() } else { d };
        let shape = shape.into_iter().map(open).collect();
        self.new_input(shape, dtype, name.unwrap_or_default())
    }

    fn remake_stack(
        &mut self,
        copy: ObjId,
        stack: &super::sequential::Stack,
        how: Remake,
    ) -> Eval<Option<ObjId>> {
        let mut layers = Vec::new();
        for layer in &stack.layers {
            match self.remake_layer(*layer, how)? {
                Some(new) => layers.push(new),
                None => return Ok(None),
            }
        }
        let input = stack.input.map(|input| self.remake_input(input));
        if let Some(state) = self.layer_mut(copy) {
            state.sublayers.clone_from(&layers);
            if let Some(model) = &mut state.model {
                model.sequential = Some(super::sequential::Stack {
                    layers,
                    input,
                    explicit: stack.explicit,
                    names: stack.names.clone(),
                    ..Default::default()
                });
            }
        }
        if let Some(input) = input {
            match how {
                Remake::Deserialized if self.keras == Keras::Three => self.deserialize_stack(copy, input)?,
                Remake::Deserialized | Remake::Cloned => self.connect_stack(copy, input)?,
            }
        }
        Ok(Some(copy))
    }

    /// Makes a layer anew from its config, which says whether it is trained.
    pub(crate) fn remake_layer(&mut self, id: ObjId, how: Remake) -> Eval<Option<ObjId>> {
        let trainable = self.layer(id).is_none_or(|s| s.trainable);
        let copy = self.remake_of_its_kind(id, how)?;
        if let Some(state) = copy.and_then(|copy| self.layer_mut(copy)) {
            state.trainable = trainable;
        }
        Ok(copy)
    }

    fn remake_of_its_kind(&mut self, id: ObjId, how: Remake) -> Eval<Option<ObjId>> {
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return Ok(None) };
        let Some(state) = self.layer(id) else { return Ok(None) };
        let name = state.name.clone();
        let (kept, masks, declared) = (state.lambda.clone(), state.supports_masking, state.decl.is_some());
        if state.model.is_some() {
            return self.remake_model(id, how);
        }
        if kept.is_some() {
            let copy = self.new_instance(class);
            if let Some(NativeState::Layer(new)) = self.heap.instance_mut(copy).map(|i| &mut i.native) {
                (new.name, new.initialised, new.lambda, new.supports_masking) = (name, true, kept, masks);
            }
            return Ok(Some(copy));
        }
        if declared && self.class(class).path.is_some() {
            let changes = vec![("name".into(), ops::Arg::Str(name))];
            let original = self.callable(Value::Instance(id));
            let answer = self.copied_layer(&ops::Arg::Callable(original), changes, 0);
            return Ok(match self.settle(answer, "from_config", Vec::new)? {
                Ok(copy) => {
                    let copy = self.value_of(&copy);
                    self.as_layer(&copy)
                }
                Err(_) => None,
            });
        }
        self.remake_own(id, class)
    }

    /// Makes a layer of the script's own class anew: from its `get_config`, or with its constructor's arguments.
    fn remake_own(&mut self, id: ObjId, class: crate::class::ClassId) -> Eval<Option<ObjId>> {
        let mut args = match self.script_method(id, "get_config") {
            Some(method) => {
                let config = self.call(&method, Args::default())?;
                let Some(pairs) = self.pairs_of(&config) else { return Ok(None) };
                if self.remakes_itself(class) {
                    return self.remake_by_its_own(class, config);
                }
                let keywords = pairs.into_iter().filter_map(|(k, v)| match k {
                    Value::Str(name) => Some((name, v)),
                    _ => None,
                });
                Args { positional: Vec::new(), keywords: keywords.collect() }
            }
            None => self.layer(id).map(|s| s.made_with.clone()).unwrap_or_default(),
        };
        let takes_name = match self.script_method(id, "__init__") {
            Some(Value::Bound(bound)) => match bound.function {
                Value::Function(f) => {
                    let params = &self.function(f).signature.params;
                    params.iter().any(|p| &*p.name == "name" || p.kind == python::ParameterKind::KwArgs)
                }
                _ => true,
            },
            _ => true,
        };
        let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        if takes_name && args.keyword("name").is_none() {
            args.keywords.push(("name".into(), Value::Str(name)));
        }
        if self.keras == Keras::Two && !takes_name {
            // Without a `name` to pass on, the copy gets an automatic one.
            args.take("name");
        }
        let config: Vec<_> = args.keywords.iter().map(|(k, v)| (Value::Str(k.clone()), v.clone())).collect();
        let copy = match self.instantiate(class, args) {
            Err(Halt::Exception(exception)) if !self.remakes_itself(class) => {
                return Err(self.refuse_config(class, config, exception)?);
            }
            other => other?,
        };
        Ok(self.as_layer(&copy))
    }

    /// Makes a layer anew by the `from_config` that its class defines, which may make the objects in it first.
    fn remake_by_its_own(&mut self, class: crate::class::ClassId, config: Value) -> Eval<Option<ObjId>> {
        let Some(method) = self.find_attr(&Value::Class(class), "from_config")? else { return Ok(None) };
        let made = self.call(&method, Args::of([config]))?;
        Ok(self.as_layer(&made))
    }

    /// What `from_config` says of an exception that a constructor raises.
    ///
    /// source: keras/src/ops/operation.py, tf_keras/src/engine/base_layer.py: from_config
    fn refuse_config(
        &mut self,
        class: crate::class::ClassId,
        config: Vec<(Value, Value)>,
        exception: ObjId,
    ) -> Eval<Halt> {
        let config = self.new_dict(config);
        let shown = self.repr(&config)?.unwrap_or_default();
        let cause = self.exception(exception).map(|state| state.core.clone()).unwrap_or_default();
        let core = format!(
            "Error when deserializing class '{}' using config={shown}.\n\nException encountered: {cause}",
            self.class(class).name
        );
        Ok(bad_argument(self, ops::Exc::TypeError, core, "get_config"))
    }
}
