//! How Keras 3 binds a layer's call: by `inspect.signature(layer.call).bind`, before anything is computed.
//!
//! source: keras/src/layers/layer.py: CallSpec

use ops::{Exc, Keras, Mistake, Violation};
use python::{BindErrorKind, Signature};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

impl Interp<'_> {
    /// Binds a call to the signature of the `call` that Keras' class has.
    ///
    /// # Errors
    /// `TypeError` in the words of `inspect`, for arguments that do not fit.
    pub(crate) fn check_call_args(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let Some(signature) = self.call_signature(id) else { return Ok(()) };
        let named = |name: &str| signature.params.iter().any(|p| &*p.name == name);
        // `training` is left out where `call` does not take it.
        let keywords: Vec<_> =
            args.keywords.iter().filter(|(name, _)| &**name != "training" || named(name)).cloned().collect();
        match python::bind(&signature, "call", &args.positional, &keywords) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.misfit(id, &error.kind)),
        }
    }

    /// Refuses a second positional argument in the place of `training`, which Keras fills in by name once the layer is
    /// built: `Dense(4)(x, y)`.
    ///
    /// # Errors
    /// `TypeError` for such an argument.
    pub(crate) fn refuse_positional_training(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let Some(signature) = self.call_signature(id) else { return Ok(()) };
        let mut places = signature.params.iter().take(args.positional.len());
        if places.any(|p| &*p.name == "training") {
            return Err(self.misfit(id, &BindErrorKind::Multiple("training".into())));
        }
        Ok(())
    }

    /// The signature of the `call` of a class of Keras' own, without `self`.
    fn call_signature(&mut self, id: ObjId) -> Option<Signature> {
        if self.keras == Keras::Two || self.script_method(id, "call").is_some() {
            return None;
        }
        let class = self.heap.instance(id)?.class;
        let path = self.class(class).mro.iter().find_map(|c| self.class(*c).path.clone())?;
        if &*path == super::model::FUNCTIONAL {
            return None;
        }
        let names::Existence::Exists(call) = names::class_member(names::Profile::Keras3, &path, "call")
        else {
            return None;
        };
        let mut signature = python::parse_signature(call.signature)?;
        (signature.params.first()?.name.as_ref() == "self").then(|| signature.params.remove(0))?;
        Some(signature)
    }

    fn misfit(&mut self, id: ObjId, kind: &BindErrorKind) -> Halt {
        let core = match kind {
            BindErrorKind::Missing(names) | BindErrorKind::PositionalOnly(names) => {
                format!("missing a required argument: '{}'", names.first().map_or("", |n| n))
            }
            BindErrorKind::Unexpected(name) => format!("got an unexpected keyword argument '{name}'"),
            BindErrorKind::TooManyPositional => "too many positional arguments".to_owned(),
            BindErrorKind::Multiple(name) => format!("multiple values for argument '{name}'"),
        };
        let mistake = Mistake::Signature { problem: core.clone() };
        let layer = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        self.raise_violation(Violation { class: Exc::TypeError, core, mistake }, layer, Vec::new())
    }
}

/// Tells what no function can be: `inspect` refuses it, as `Lambda("relu")` does in both profiles.
pub(crate) fn is_uncallable(value: &Value) -> bool {
    matches!(
        value,
        Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
    )
}
