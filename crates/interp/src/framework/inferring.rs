//! What Keras 3 says where the output of a layer cannot be inferred by tracing its `call`.

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, ExceptionState, Halt, Wording};

impl Interp<'_> {
    /// Notes the layer whose `call` an exception leaves; Keras 3's message begins with the innermost.
    pub(crate) fn note_inside(&mut self, id: ObjId, result: Eval) -> Eval {
        if let Err(Halt::Exception(exception)) = &result {
            let class = self.class_name(id);
            if let Some(state) = self.exception_mut(*exception)
                && state.inside.is_none()
            {
                state.inside = Some(class);
            }
        }
        result
    }

    /// Raises an exception of a layer's `call` anew, as `Operation.compute_output_spec` does.
    pub(crate) fn not_inferred(&mut self, id: ObjId, exception: ObjId) -> Halt {
        let error = self.builtin_class("OpError");
        let Some(instance) = self.heap.instance(exception) else { return Halt::Exception(exception) };
        let class = instance.class;
        // TensorFlow's errors cannot be made from a text alone; the script's own may not.
        if self.is_subclass(class, error) || self.class(class).path.is_none() {
            return Halt::Exception(exception);
        }
        let state = self.exception(exception).cloned().unwrap_or_default();
        let (name, class_name) =
            (self.layer(id).map(|s| s.name.clone()).unwrap_or_default(), self.class_name(id));
        let inner = match &state.inside {
            Some(layer) => format!("Exception encountered when calling {layer}.call().\n\n"),
            None => String::new(),
        };
        let core = format!(
            "Could not automatically infer the output shape / dtype of '{name}' (of type {class_name}). Either the \
             `{class_name}.call()` method is incorrect, or you need to implement the `{class_name}.compute_output_spec() / \
             compute_output_shape()` method. Error encountered:\n\n{inner}{}",
            state.core
        );
        let place = core.len() - inner.len() - state.core.len();
        let wording = match (&state.wording, self.exception_text(exception)) {
            (Wording::Core, _) if inner.is_empty() => Wording::Core,
            (_, Some(text)) => Wording::Text(format!("{}{text}", &core[..place]).into()),
            _ => Wording::Unknown,
        };
        let new = self.new_exception(class, core.clone().into(), state.details.clone());
        if let Some(fresh) = self.exception_mut(new) {
            *fresh = ExceptionState {
                core: core.into(),
                wording,
                told: false,
                hidden: Some(exception),
                inside: None,
                ..state
            };
        }
        Halt::Exception(new)
    }
}
