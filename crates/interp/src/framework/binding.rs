//! Arguments of the frameworks' methods, bound to their recorded signatures.

use std::rc::Rc;

use crate::class::ClassId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Bound, Value};

/// The arguments of a call by the names of their parameters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given(Vec<(Rc<str>, Value)>);

impl Given {
    /// Returns an argument; `None` for a parameter that the signature lacks.
    pub(crate) fn get(&self, name: &str) -> Value {
        self.0.iter().find(|(n, _)| &**n == name).map_or(Value::None, |(_, v)| v.clone())
    }

    /// Returns an argument that is an int.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.get(name).as_int()
    }

    /// Returns the arguments by name, but for some.
    pub(crate) fn but(self, names: &[&str]) -> Vec<(Rc<str>, Value)> {
        self.0.into_iter().filter(|(name, _)| !names.contains(&&**name)).collect()
    }

    /// Replaces an argument.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(n, _)| &**n == name) {
            Some(slot) => slot.1 = value,
            None => self.0.push((name.into(), value)),
        }
    }
}

/// Methods whose recorded signature is not the one that binds their arguments: Keras 3 wraps `build`.
const BOUND_OTHERWISE: &[&str] = &["build", "call", "result", "get_config"];

impl Interp<'_> {
    /// Binds the arguments of a method that is carried out natively, of an object of one of Keras' classes, to the
    /// signature that is recorded of it; the object is the first of them.
    ///
    /// # Errors
    /// `TypeError`, as Python words it.
    pub(crate) fn check_method_args(&mut self, method: &Bound, args: &Args) -> Eval<()> {
        let (Value::Native(native), Value::Instance(id)) = (&method.function, &method.object) else {
            return Ok(());
        };
        let (id, name) = (*id, native.name);
        let simple = self.config(id).is_some() || self.layer(id).is_some_and(|s| s.model.is_none());
        if !simple || name.starts_with('_') || BOUND_OTHERWISE.contains(&name) {
            return Ok(());
        }
        let Some(class) = self.heap.instance(id).map(|instance| instance.class) else { return Ok(()) };
        let Some(path) = self.framework_path(class) else { return Ok(()) };
        let member = names::class_member(crate::value::profile(self.keras), &path, name).entry();
        let Some(entry) = member.filter(|entry| entry.kind == names::Kind::Method) else { return Ok(()) };
        let Some(signature) = self.signature(entry.path, Some(entry.signature)) else { return Ok(()) };
        // `module:Class.method`
        let own = entry.path.rsplit(':').next().unwrap_or(name);
        match python::bind(&signature, own, &args.positional, &args.keywords) {
            Ok(_) => Ok(()),
            Err(error) => {
                let violation = ::binding::Misfit::from(error).violation();
                Err(self.raise_violation(violation, own.into(), Vec::new()))
            }
        }
    }

    /// Tells whether a native method is one that an optimizer, metric or model of Keras' has in the other profile only.
    pub(crate) fn lacks_native(&self, class: ClassId, value: &Value) -> bool {
        let Value::Native(native) = value else { return false };
        let family = |class: &ClassId| {
            let path = self.class(*class).native.map(|native| native.path);
            matches!(path, Some("keras.optimizers.Optimizer" | "keras.metrics.Metric" | "keras.Model"))
        };
        let mro = &self.class(class).mro;
        if native.name.starts_with('_') || !mro.iter().any(family) {
            return false;
        }
        let Some(path) = self.framework_path(class) else { return false };
        names::class_member(crate::value::profile(self.keras), &path, native.name)
            == names::Existence::Missing
    }

    /// Binds the arguments of a method, without the object, to its recorded signature: `keras.Model.fit`.
    ///
    /// # Errors
    /// `TypeError`, as Python words it.
    pub(crate) fn bind_method_args(&mut self, path: &str, object: Value, args: &Args) -> Eval<Given> {
        let profile = crate::value::profile(self.keras);
        let Some(entry) = names::lookup(profile, path) else {
            return Ok(Given(args.keywords.clone()));
        };
        let Some(signature) = self.signature(path, None) else {
            return Ok(Given(args.keywords.clone()));
        };
        let name = entry.definition.rsplit(':').next().unwrap_or(path);
        // TensorFlow's trainer defines these anew, with the signature of the base class.
        let name = &*match name.strip_prefix("Trainer.") {
            Some(method) if self.keras == ops::Keras::Three && method != "compile" => {
                format!("TensorFlowTrainer.{method}")
            }
            _ => name.to_owned(),
        };
        let args = args.clone().with_self(object);
        let bound = match python::bind(&signature, name, &args.positional, &args.keywords) {
            Ok(bound) => bound,
            Err(error) => {
                let violation = ::binding::Misfit::from(error).violation();
                return Err(self.raise_violation(violation, name.into(), Vec::new()));
            }
        };
        let mut out = Vec::with_capacity(bound.len());
        for (parameter, value) in signature.params.iter().zip(bound) {
            let value = match value {
                python::Bound::Given(value) => value,
                python::Bound::VarArgs(values) => Value::tuple(values),
                python::Bound::KwArgs(pairs) => {
                    self.new_dict(pairs.into_iter().map(|(k, v)| (Value::Str(k), v)))
                }
                python::Bound::Default(default) => {
                    let arg = ::binding::default_arg(default);
                    self.value_of(&arg)
                }
            };
            out.push((parameter.name.clone(), value));
        }
        Ok(Given(out))
    }
}
