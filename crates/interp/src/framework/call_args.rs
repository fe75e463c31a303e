//! How a layer's call is bound: in Keras 3 by `inspect.signature(layer.call).bind` before anything is computed, in
//! Keras 2 by Python once the layer is built.
//!
//! source: keras/src/layers/layer.py: CallSpec, tf_keras/src/engine/base_layer.py: Layer.__call__

use std::rc::Rc;

use binding::misbound;
use ops::{Exc, Keras, Misbound, Mistake, Violation};
use python::{BindErrorKind, Signature};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

impl Interp<'_> {
    /// Binds a call to the signature of `call`, be it Keras' or the script's.
    ///
    /// # Errors
    /// `TypeError` in the words of `inspect`, for arguments that do not fit.
    pub(crate) fn check_call_args(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let signature = self.call_signature(id, Keras::Three).or_else(|| self.own_call_signature(id));
        let Some(signature) = signature else { return Ok(()) };
        let signature = Signature { params: signature.params.iter().skip(1).cloned().collect() };
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
        if args.positional.len() > 1 && self.is_plain_functional(id) {
            let kind = BindErrorKind::Multiple("training".into());
            let core =
                "Functional.compute_output_spec() got multiple values for argument 'training'".to_owned();
            return Err(self.unbound(id, core, misbound(&kind)));
        }
        let Some(signature) = self.call_signature(id, Keras::Three) else { return Ok(()) };
        let mut places = signature.params.iter().skip(1).take(args.positional.len());
        if places.any(|p| &*p.name == "training") {
            return Err(self.misfit(id, &BindErrorKind::Multiple("training".into())));
        }
        Ok(())
    }

    /// Tells whether a model of Keras 3 is a graph of layers without a `call` of the script's.
    fn is_plain_functional(&mut self, id: ObjId) -> bool {
        if self.keras != Keras::Three || self.script_method(id, "call").is_some() {
            return false;
        }
        let Some(class) = self.heap.instance(id).map(|instance| instance.class) else { return false };
        self.framework_path(class).is_some_and(|path| &*path == super::model::FUNCTIONAL)
    }

    /// Binds a call to `call` as Python does, in Keras 2.
    ///
    /// # Errors
    /// `TypeError` for arguments that do not fit.
    pub(crate) fn check_python_call(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let Some(signature) = self.call_signature(id, Keras::Two) else { return Ok(()) };
        let named = |name: &str| signature.params.iter().any(|p| &*p.name == name);
        let keywords: Vec<_> =
            args.keywords.iter().filter(|(name, _)| &**name != "training" || named(name)).cloned().collect();
        let placed = Args { positional: args.positional.clone(), keywords }.with_self(Value::Instance(id));
        let name = format!("{}.call", self.class_name(id));
        match python::bind(&signature, &name, &placed.positional, &placed.keywords) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.unbound(id, error.to_string(), misbound(&error.kind))),
        }
    }

    /// Gives a mask and `training` that stand in their places their names: `GlobalAveragePooling1D()(x, mask)`.
    pub(crate) fn name_context(&mut self, id: ObjId, args: &mut Args) {
        if args.positional.len() < 2 {
            return;
        }
        let Some(signature) = self.call_signature(id, self.keras) else { return };
        let names: Vec<Rc<str>> = signature.params.iter().skip(1).map(|p| Rc::from(&*p.name)).collect();
        // Only from the end, since an argument's place is also how a declaration knows it.
        while let Some(name) = names.get(args.positional.len() - 1)
            && args.positional.len() > 1
            && matches!(&**name, "mask" | "training")
            && let Some(value) = args.positional.pop()
        {
            args.keywords.push((name.clone(), value));
        }
    }

    /// The signature of the `call` of a class of Keras' own, in one profile; nothing for a class with a `__call__` of
    /// its own, which hands on other arguments than it gets.
    pub(crate) fn call_signature(&mut self, id: ObjId, keras: Keras) -> Option<Rc<Signature>> {
        if self.keras != keras || self.script_method(id, "call").is_some() {
            return None;
        }
        let class = self.heap.instance(id)?.class;
        let path = self.framework_path(class)?;
        if &*path == super::model::FUNCTIONAL {
            return None;
        }
        // A long model calls few classes many times, and the recordings are searched as text.
        if let Some(known) = self.call_signatures.get(&path) {
            return known.clone();
        }
        let found = recorded_call(keras, &path).map(Rc::new);
        self.call_signatures.insert(path, found.clone());
        found
    }

    /// The signature of a `call` that the script defines, and no decorator has changed.
    fn own_call_signature(&mut self, id: ObjId) -> Option<Rc<Signature>> {
        if self.keras != Keras::Three || self.own_method(id, "__call__").is_some() {
            return None;
        }
        let Value::Bound(bound) = self.script_method(id, "call")? else { return None };
        let Value::Function(function) = &bound.function else { return None };
        Some(Rc::clone(&self.function(*function).signature))
    }

    fn misfit(&mut self, id: ObjId, kind: &BindErrorKind) -> Halt {
        let misbound = misbound(kind);
        let core = match kind {
            BindErrorKind::Missing(names) | BindErrorKind::PositionalOnly(names) => {
                format!("missing a required argument: '{}'", names.first().map_or("", |n| n))
            }
            BindErrorKind::Unexpected(name) => format!("got an unexpected keyword argument '{name}'"),
            BindErrorKind::TooManyPositional => "too many positional arguments".to_owned(),
            BindErrorKind::Multiple(name) => format!("multiple values for argument '{name}'"),
        };
        self.unbound(id, core, misbound)
    }

    fn unbound(&mut self, id: ObjId, core: String, misbound: Misbound) -> Halt {
        let mistake = Mistake::Signature { problem: core.clone(), misbound };
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

/// Reads the signature of a class's `call` in the recordings.
fn recorded_call(keras: Keras, path: &str) -> Option<Signature> {
    let profile = crate::value::profile(keras);
    let member = |name: &str| match names::class_member(profile, path, name) {
        names::Existence::Exists(entry) => Some(entry),
        _ => None,
    };
    let own_entrance = member("__call__").is_some_and(|entry| !entry.path.ends_with(":Layer.__call__"));
    if own_entrance && keras == Keras::Two {
        return None;
    }
    let signature = python::parse_signature(member("call")?.signature)?;
    (signature.params.first()?.name.as_ref() == "self").then_some(signature)
}
