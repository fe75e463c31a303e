//! `Model.build` of Keras 2, which calls a subclassed model's `call` on placeholders.

use ops::{Exc, Keras};

use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Value};

/// Methods of models.
pub(super) static METHODS: &[Native] = &[native("build", build)];

/// `model.build(input_shape)` (`tf_keras/src/engine/training.py`); Keras 3 only warns that there may be unbuilt layers.
fn build(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let shape = args.get(0, "input_shape").cloned().unwrap_or(Value::None);
    let subclassed = interp.model(id).is_some_and(|m| m.graph.is_none() && m.sequential.is_none());
    if interp.keras == Keras::Two
        && subclassed
        && let Some(method) = interp.script_method(id, "call")
        && matches!(shape, Value::Tuple(_) | Value::List(_) | Value::Shape(_))
    {
        interp.call_on_placeholders(id, &method, &shape)?;
    }
    super::layer_class::build(interp, args.with_self(Value::Instance(id)))
}

impl Interp<'_> {
    fn call_on_placeholders(&mut self, id: ObjId, method: &Value, shape: &Value) -> Eval<()> {
        let mut given = Args::default();
        for name in self.required_of_call(method) {
            if &*name != "training" {
                let text = "Currently, you cannot build your model if it has positional or keyword arguments that are \
                            not inputs to the model, but are required for its `call()` method. Instead, in order to \
                            instantiate and build your model, `call()` your model on real tensor data with all \
                            expected call arguments. The argument for `call()` can be a single list/tuple that \
                            contains multiple inputs.";
                return Err(self.raise(Exc::ValueError, text));
            }
            given.keywords.push((name, Value::Bool(false)));
        }
        let tensors = self.keras_tensors_of_shape(id, shape)?;
        if self.hides_unknown(&tensors) {
            return Ok(());
        }
        let placeholders = self.placeholder(&tensors);
        given.positional.push(placeholders);
        let result = self.in_new_graph(|interp| interp.in_graph(|interp| interp.call(method, given)));
        match result {
            Ok(_) => Ok(()),
            Err(Halt::Exception(exception)) => Err(self.not_built_by_shape(exception)),
            Err(halt) => Err(halt),
        }
    }

    /// The arguments of `call` after the inputs that have no default.
    fn required_of_call(&self, method: &Value) -> Vec<std::rc::Rc<str>> {
        let Value::Bound(bound) = method else { return Vec::new() };
        let Value::Function(id) = bound.function else { return Vec::new() };
        let function = self.function(id);
        let has_default = |at: usize| function.defaults.iter().any(|(i, _)| *i == at);
        let plain =
            |kind| matches!(kind, python::ParameterKind::Standard | python::ParameterKind::PositionalOnly);
        let params = function.signature.params.iter().enumerate().skip(2);
        params
            .filter(|(at, p)| plain(p.kind) && !has_default(*at))
            .map(|(_, p)| p.name.as_ref().into())
            .collect()
    }

    /// Keras 2 takes errors of types and of kernels for a sign that the layers take no floats.
    fn not_built_by_shape(&mut self, exception: ObjId) -> Halt {
        let class = self.heap.instance(exception).map(|instance| instance.class);
        let taken = ["InvalidArgumentError", "TypeError"].map(|name| self.builtin_class(name));
        if !class.is_some_and(|class| taken.iter().any(|base| self.is_subclass(class, *base))) {
            return Halt::Exception(exception);
        }
        let error = self.exception(exception).map(|state| state.core.to_string()).unwrap_or_default();
        let text = format!(
            "You cannot build your model by calling `build` if your layers do not support float type inputs. Instead, in \
             order to instantiate and build your model, call your model on real tensor data (of the correct dtype).\n\n\
             The actual error from `call` is: {error}."
        );
        self.raise(Exc::ValueError, text)
    }
}
