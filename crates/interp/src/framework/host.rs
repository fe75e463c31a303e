//! The interpreter as the host of layer declarations.

use std::rc::Rc;

use keras::{Host, InputSpec, Keeper, Runner, WeightArgs, Within};
use ops::{Arg, Infer, Keras, Stop};
use tensor::{DType, Shape};

use crate::framework::symbolic::is_certain;
use crate::framework::training::{Keep, Owner};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::{Args, Value};

/// A layer instance, as its declaration sees it.
#[derive(Debug)]
pub(crate) struct LayerHost<'i, 'a> {
    /// The interpreter.
    pub interp: &'i mut Interp<'a>,
    /// The layer.
    pub id: ObjId,
}

/// Tells whether an initializer makes zeros.
pub(crate) fn is_zeros(initializer: &Arg, interp: &Interp<'_>) -> bool {
    match initializer {
        Arg::Str(name) => matches!(&**name, "zeros" | "zero" | "Zeros"),
        Arg::Callable(id) => match interp.callable_value(*id) {
            Value::Instance(id) => &*interp.class_name(id) == "Zeros",
            _ => false,
        },
        _ => false,
    }
}

impl<'a> Within for LayerHost<'_, 'a> {
    type Engine = Interp<'a>;

    fn engine(&self) -> &Self::Engine {
        self.interp
    }

    fn engine_mut(&mut self) -> &mut Self::Engine {
        self.interp
    }
}

impl Host for LayerHost<'_, '_> {
    fn name(&self) -> Rc<str> {
        self.interp.layer(self.id).map(|s| s.name.clone()).unwrap_or_default()
    }

    fn has_custom_objects(&self) -> bool {
        self.interp.registers_objects()
    }

    fn custom_object(&mut self, name: &str) -> Option<Arg> {
        let known = keras::activations::ACTIVATIONS.find(self.interp.keras, name).is_ok();
        let own = self.interp.custom_named(name, known)?;
        Some(self.interp.arg(&own))
    }

    fn unknown_rank(&self) -> bool {
        self.interp.layer(self.id).is_some_and(|s| s.unknown_rank)
    }

    fn rankless(&self, tensor: &Arg) -> bool {
        let Arg::Tensor(operand) = tensor else { return false };
        operand.node.is_some_and(|node| {
            let node = self.interp.trace.node(graph::NodeId(node));
            matches!(node.source, graph::Source::Input) && node.spec.shape.rank().is_none()
        })
    }

    fn single_input(&self) -> bool {
        self.interp.layer(self.id).is_some_and(|s| s.single_input)
    }

    fn compute_dtype(&self) -> DType {
        self.interp.layer(self.id).map_or(DType::Float32, |s| s.compute_dtype)
    }

    fn get(&self, name: &str) -> Arg {
        let state = self.interp.layer(self.id);
        let found = state.and_then(|s| s.config.iter().rev().find(|(n, _)| &**n == name));
        if found.is_some_and(|(_, arg)| !is_certain(arg)) {
            self.interp.unsettle();
        }
        found.map_or(Arg::Missing, |(_, arg)| arg.clone())
    }

    fn set(&mut self, name: &'static str, value: Arg) {
        if let Some(state) = self.interp.layer_mut(self.id) {
            match state.config.iter_mut().find(|(n, _)| &**n == name) {
                Some(slot) => slot.1 = value.clone(),
                None => state.config.push((name.into(), value.clone())),
            }
        }
        if matches!(value, Arg::Callable(_) | Arg::List(_) | Arg::Tuple(_)) {
            let value = self.interp.value_of(&value);
            // Nothing that is set here can raise: the name is never `trainable`.
            let _ = self.interp.layer_set_attr(self.id, name, &value);
        }
    }

    fn given(&self) -> Vec<(Rc<str>, Arg)> {
        self.interp.layer(self.id).map(|s| s.given.clone()).unwrap_or_default()
    }

    fn set_input_spec(&mut self, spec: Vec<InputSpec>) {
        if let Some(state) = self.interp.layer_mut(self.id) {
            state.input_spec = spec;
        }
    }

    fn add_weight(&mut self, weight: WeightArgs) -> Infer<Arg> {
        self.interp.check_weight(self.id, &weight)?;
        if let Err(halt) = self.interp.note_weight() {
            return Err(Stop::Raised(self.interp.keep_raised(halt)));
        }
        let node = self.interp.add_weight(self.id, weight);
        Ok(Arg::Tensor(self.interp.trace.operand(node)))
    }

    fn weight(&mut self, name: &str) -> Option<Arg> {
        let state = self.interp.layer(self.id)?;
        let weight = state.weights.iter().rev().find(|w| &*w.name == name)?;
        let (compute, variable) = (state.compute_dtype, state.variable_dtype);
        // Normalizations cast what they read themselves.
        let casts = compute != variable
            && compute.is_floating()
            && state.decl.is_some_and(|d| !d.name.ends_with("Normalization"));
        let weight = self.interp.trace.operand(self.interp.trace.variable(weight.variable).node);
        if weight.spec.shape.dims().is_none_or(|dims| dims.contains(&tensor::Dim::Unknown)) {
            self.interp.unsettle();
        }
        let read = weight.spec.dtype == Some(variable);
        let weight = Arg::Tensor(weight);
        if !casts || !read {
            return Some(weight);
        }
        let dtype = [("dtype", Arg::DType(compute))];
        Some(self.api("tf.cast", std::slice::from_ref(&weight), &dtype).unwrap_or(weight))
    }

    fn build_sublayer(&mut self, layer: &Arg, shapes: &[Shape]) -> Infer<()> {
        let value = self.interp.value_of(layer);
        let Some(id) = self.interp.as_layer(&value) else { return Ok(()) };
        let name = self.interp.layer(id).map(|s| s.name.clone()).filter(|_| self.keras() == Keras::Two);
        let opened = name.is_some();
        self.interp.layer_scopes.extend(name);
        let result = self.build_wrapped(layer, shapes);
        if opened {
            self.interp.layer_scopes.pop();
        }
        result
    }

    fn build_wrapped(&mut self, layer: &Arg, shapes: &[Shape]) -> Infer<()> {
        let layer = self.interp.value_of(layer);
        let shape = match shapes {
            [one] => self.interp.shape_tuple(one, false),
            many => {
                let items = many.iter().map(|s| self.interp.shape_tuple(s, false)).collect();
                self.interp.new_list(items)
            }
        };
        let Some(id) = self.interp.as_layer(&layer) else { return Ok(()) };
        match self.interp.build_layer(id, shape) {
            Ok(()) => Ok(()),
            Err(halt) => Err(Stop::Raised(self.interp.keep_raised(halt))),
        }
    }

    fn make_layer(&mut self, class: &str, keywords: Vec<(Rc<str>, Arg)>) -> Infer<Arg> {
        let class = self.interp.native_class(&format!("keras.layers.{class}"));
        let keywords = keywords.iter().map(|(n, a)| (n.clone(), self.interp.value_of(a))).collect();
        let result = self.interp.instantiate(class, Args { positional: Vec::new(), keywords });
        self.interp.inferred(result)
    }

    fn copy_layer(&mut self, layer: &Arg, changes: Vec<(Rc<str>, Arg)>) -> Infer<Arg> {
        self.interp.copied_layer(layer, changes, 0)
    }

    fn layer_class(&self, object: &Arg) -> Option<Rc<str>> {
        let Arg::Callable(callable) = object else { return None };
        let id = self.interp.as_layer(&self.interp.callable_value(*callable))?;
        Some(self.interp.class_name(id))
    }

    fn takes_mask(&mut self, layer: &Arg) -> Option<bool> {
        let Arg::Callable(callable) = layer else { return None };
        let id = self.interp.as_layer(&self.interp.callable_value(*callable))?;
        let (signature, _) = self.interp.parameters_of_call(id)?;
        Some(signature.position("mask").is_some())
    }

    fn compute_output_shape(&mut self, layer: &Arg, shape: &Shape) -> Infer<Arg> {
        let layer = self.interp.value_of(layer);
        let shape = self.interp.shape_tuple(shape, false);
        match self.interp.call_method(&layer, "compute_output_shape", Args::of([shape])) {
            Ok(Some(value)) => self.interp.inferred(Ok(value)),
            Ok(None) => Err(Stop::Unknown("an object without `compute_output_shape`")),
            Err(halt) => self.interp.inferred(Err(halt)),
        }
    }

    fn has_attr(&mut self, object: &Arg, name: &str) -> Infer<bool> {
        let object = self.interp.value_of(object);
        if object.is_unknown() {
            return Err(Stop::Unknown("an object that is not known"));
        }
        match self.interp.find_attr(&object, name) {
            Ok(Some(value)) if value.is_unknown() => Err(Stop::Unknown("an attribute that is not known")),
            Ok(found) => Ok(found.is_some()),
            Err(halt) => Err(Stop::Raised(self.interp.keep_raised(halt))),
        }
    }

    fn attr(&mut self, object: &Arg, name: &str) -> Infer<Arg> {
        let object = self.interp.value_of(object);
        let result = self.interp.get_attr(&object, name);
        self.interp.inferred(result)
    }

    fn shown(&mut self, object: &Arg) -> String {
        match object {
            Arg::Callable(_) => {
                let object = self.interp.value_of(object);
                self.interp.keras_repr(&object)
            }
            _ => keras::shown(object),
        }
    }

    fn mask_of(&mut self, tensor: &Arg) -> Arg {
        let value = self.interp.value_of(tensor);
        match self.interp.mask_of(&value) {
            Some(mask) => self.interp.arg(&mask),
            None => Arg::None,
        }
    }

    fn executing(&self) -> bool {
        self.interp.running.executing
    }

    fn is_trained(&self) -> bool {
        self.interp.layer(self.id).is_none_or(|s| s.trainable)
    }

    fn slot(&mut self, name: &str, sizes: &[i64]) -> Infer<Arg> {
        let dtype = self.compute_dtype();
        self.keeper().slot(name, sizes, dtype, 0.0)
    }

    fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()> {
        self.keeper().assign(variable, value)
    }
}

impl<'a> LayerHost<'_, 'a> {
    fn keeper(&mut self) -> Keep<'_, 'a> {
        Keep { interp: self.interp, owner: Owner::Object(self.id) }
    }
}

impl Interp<'_> {
    /// Makes a layer anew from another's config; the layers in its config, such as cells, are made anew too.
    pub(crate) fn copied_layer(
        &mut self,
        layer: &Arg,
        changes: Vec<(Rc<str>, Arg)>,
        depth: u32,
    ) -> Infer<Arg> {
        let original = self.value_of(layer);
        let unknown = Err(Stop::Unknown("the config of a layer is not known"));
        let Some(id) = self.as_layer(&original).filter(|_| depth < 8) else { return unknown };
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return unknown };
        let (Some(path), Some(state)) = (self.class(class).path.clone(), self.layer(id)) else {
            return unknown;
        };
        if state.decl.is_none() {
            return unknown;
        }
        let (config, name) = (state.config.clone(), state.name.clone());
        let Some(signature) = self.signature(&path, None) else { return unknown };
        let single = |p: &python::Parameter| {
            !matches!(p.kind, python::ParameterKind::VarArgs | python::ParameterKind::KwArgs)
        };
        let own = |n: &str| {
            signature.params.iter().any(|p| &*p.name == n && single(p)) || matches!(n, "dtype" | "trainable")
        };
        let mut keywords: Vec<(Rc<str>, Arg)> = vec![("name".into(), Arg::Str(name))];
        for (name, arg) in config.into_iter().filter(|(n, a)| own(n) && *a != Arg::Missing) {
            let arg = self.copied_argument(arg, depth)?;
            if &*name != "name" {
                keywords.push((name, arg));
            }
        }
        for (name, arg) in changes {
            match keywords.iter_mut().find(|(n, _)| *n == name) {
                Some(slot) => slot.1 = arg,
                None => keywords.push((name, arg)),
            }
        }
        let keywords = keywords.iter().map(|(n, a)| (n.clone(), self.value_of(a))).collect();
        let result = self.instantiate(class, Args { positional: Vec::new(), keywords });
        self.inferred(result)
    }

    /// An argument of a layer's constructor, the layers in it made anew: `RNN([LSTMCell(2), LSTMCell(3)])`.
    fn copied_argument(&mut self, arg: Arg, depth: u32) -> Infer<Arg> {
        match &arg {
            Arg::Callable(callable) if self.as_layer(&self.callable_value(*callable)).is_some() => {
                self.copied_layer(&arg, Vec::new(), depth + 1)
            }
            Arg::List(items) => {
                let copies = items.iter().map(|item| self.copied_argument(item.clone(), depth));
                Ok(Arg::List(copies.collect::<Infer<_>>()?))
            }
            Arg::Tuple(items) => {
                let copies = items.iter().map(|item| self.copied_argument(item.clone(), depth));
                Ok(Arg::Tuple(copies.collect::<Infer<_>>()?))
            }
            _ => Ok(arg),
        }
    }
}
