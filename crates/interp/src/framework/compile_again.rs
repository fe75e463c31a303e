//! Loaded models that are compiled as the ones that were saved, and what loading says of losses and metrics that it does
//! not find.

use std::rc::Rc;

use ops::{Exc, Keras, Mistake, Violation};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

/// Other names of losses, whose functions are public as metrics by their long names only.
const ALIASES: &[&str] = &["bce", "kld", "mae", "mape", "mse", "msle"];

/// The format of a saved model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// `.keras`: an archive with the configs of all objects.
    Keras,
    /// `.h5`: losses and metrics by their names.
    Hdf5,
    /// A `SavedModel`, whose metrics are objects of their own.
    Graphs,
}

/// The names and values of a config.
type Pairs = Vec<(Rc<str>, Value)>;

/// A loss or metric that a model is compiled with.
struct Named {
    /// `function` or `class`.
    kind: &'static str,
    name: Rc<str>,
    is_metric: bool,
}

impl Interp<'_> {
    /// Compiles a loaded model as the one that was saved, with its optimizer in the state that was kept under `numbers`.
    ///
    /// # Errors
    /// For the first loss or metric that loading does not find.
    pub(super) fn compile_again(
        &mut self,
        saved: ObjId,
        copy: ObjId,
        customs: &[Rc<str>],
        form: Stored,
        safe: bool,
        numbers: Option<&str>,
    ) -> Eval<()> {
        let Some(mut compiled) = self.compiled(saved).cloned() else { return Ok(()) };
        let given = [(&compiled.loss, false), (&compiled.metrics, true), (&compiled.weighted_metrics, true)];
        let mut missing: Vec<Named> = Vec::new();
        for (value, is_metric) in given {
            for leaf in self.leaves(value) {
                missing.extend(self.not_found(&leaf, customs, is_metric));
            }
        }
        // A SavedModel's metrics are made before the model is compiled.
        if form == Stored::Graphs {
            missing.sort_by_key(|named| !named.is_metric);
        }
        if self.keras == Keras::Three && form == Stored::Hdf5 {
            self.check_stored_loss(&compiled.loss, &missing)?;
            let names: Vec<Rc<str>> = missing.into_iter().map(|named| named.name).collect();
            for value in [&mut compiled.loss, &mut compiled.metrics, &mut compiled.weighted_metrics] {
                *value = self.by_name(value, &names);
            }
        } else if let Some(named) = missing.first() {
            return Err(self.refuse_named(named, form, safe));
        } else if form == Stored::Keras {
            for (value, is_metric) in
                [(&compiled.loss, false), (&compiled.metrics, true), (&compiled.weighted_metrics, true)]
            {
                for leaf in self.leaves(value) {
                    self.check_remade(&leaf, is_metric)?;
                }
            }
        }
        if let Value::Instance(id) = compiled.optimizer {
            compiled.optimizer = match numbers {
                Some(path) => self.restored_optimizer(path),
                None => self.unbuilt(id).map_or(Value::None, Value::Instance),
            };
        }
        (compiled.losses, compiled.built_metrics) = (None, None);
        let (optimizer, loss) = (compiled.optimizer.clone(), compiled.loss.clone());
        if let Some(model) = self.model_mut(copy) {
            model.compiled = Some(Box::new(compiled));
        }
        if let Some(instance) = self.heap.instance_mut(copy) {
            instance.attrs.insert("optimizer".into(), optimizer);
            if form == Stored::Keras {
                instance.attrs.insert("loss".into(), loss);
            }
        }
        Ok(())
    }

    /// A loss or metric of a class of the script's is made of its config, in which Keras keeps what the constructor need
    /// not take: `reduction`, `dtype`.
    ///
    /// source: keras/src/losses/loss.py, keras/src/metrics/metric.py: get_config, from_config;
    /// keras/src/saving/serialization_lib.py: deserialize_keras_object; tf_keras' modules of these names
    fn check_remade(&mut self, leaf: &Value, is_metric: bool) -> Eval<()> {
        let Value::Instance(id) = leaf else { return Ok(()) };
        let Some(class) = self.heap.instance(*id).map(|i| i.class) else { return Ok(()) };
        if self.class(class).path.is_some() || self.remakes_itself(class) {
            return Ok(());
        }
        let Some(Value::Bound(init)) = self.script_method(*id, "__init__") else { return Ok(()) };
        let Value::Function(function) = init.function else { return Ok(()) };
        let Some(config) = self.own_config(*id, leaf, is_metric)? else { return Ok(()) };
        let function = self.function(function);
        let (signature, qualname) = (function.signature.clone(), function.qualname.clone());
        let Err(error) = python::bind(&signature, &qualname, &[Value::None], &config) else { return Ok(()) };
        let name = self.class(class).name.clone();
        let core = match self.keras {
            Keras::Two => error.to_string(),
            Keras::Three => {
                let pairs = config.into_iter().map(|(key, value)| (Value::Str(key), value));
                let config = self.new_dict(pairs.collect::<Vec<_>>());
                let config = self.repr(&config)?.unwrap_or_default();
                let registered = self.registered.iter().find(|(known, _)| *known == class);
                let registered = registered.map_or(name.clone(), |(_, name)| name.clone());
                format!(
                    "<class '__main__.{name}'> could not be deserialized properly. Please ensure that components that \
                     are Python object instances (layers, models, etc.) returned by `get_config()` are explicitly \
                     deserialized in the model's `from_config()` method.\n\nconfig={{'module': None, 'class_name': \
                     '{name}', 'config': {config}, 'registered_name': '{registered}'}}.\n\nException encountered: \
                     {error}"
                )
            }
        };
        Err(self.raise(Exc::TypeError, core))
    }

    /// Tells whether a class of the script's has a `from_config` of its own.
    pub(super) fn remakes_itself(&self, class: crate::class::ClassId) -> bool {
        matches!(self.class_attr(class, "from_config"), Some((_, owner)) if self.class(owner).path.is_none())
    }

    /// The config of a loss or metric of the script's; nothing where it is not known.
    fn own_config(&mut self, id: ObjId, leaf: &Value, is_metric: bool) -> Eval<Option<Pairs>> {
        if let Some(method) = self.script_method(id, "get_config") {
            let config = self.call(&method, Args::default())?;
            let Some(pairs) = self.pairs_of(&config) else { return Ok(None) };
            let named = |(key, value)| if let Value::Str(key) = key { Some((key, value)) } else { None };
            return Ok(pairs.into_iter().map(named).collect());
        }
        let names = match (is_metric, self.keras) {
            (true, _) => ["name", "dtype"],
            (false, Keras::Two) => ["reduction", "name"],
            (false, Keras::Three) => ["name", "reduction"],
        };
        let mut config = Vec::new();
        for name in names {
            let value = self.find_attr(leaf, name)?;
            config.push((name.into(), value.unwrap_or_else(|| Value::unknown("a part of a config"))));
        }
        Ok(Some(config))
    }

    /// What Keras 3 raises for the loss in an `.h5` file: functions are stored by name, and a name that stands for a
    /// function of `keras.metrics` is looked for where it is not
    /// (`keras/src/legacy/saving/saving_utils.py`, `compile_args_from_training_config`).
    fn check_stored_loss(&mut self, loss: &Value, missing: &[Named]) -> Eval<()> {
        for leaf in self.leaves(loss) {
            let Some(name) = leaf.as_str().filter(|name| ALIASES.contains(&name.to_lowercase().as_str()))
            else {
                continue;
            };
            let core = format!(
                "Could not deserialize 'keras.metrics.{name}' because it is not a KerasSaveable subclass"
            );
            return Err(self.refuse_loading(Exc::ValueError, core, name));
        }
        let Some(named) = missing.iter().find(|named| !named.is_metric) else { return Ok(()) };
        match loss {
            Value::Function(_) => {
                let core = "string indices must be integers, not 'str'".to_owned();
                Err(self.refuse_loading(Exc::TypeError, core, &named.name))
            }
            Value::Instance(_) => {
                let name = self.find_attr(loss, "name")?.and_then(|name| name.as_str().map(str::to_owned));
                let core = format!("Could not interpret loss identifier: {}", name.unwrap_or_default());
                Err(self.refuse_loading(Exc::ValueError, core, &named.name))
            }
            _ => Ok(()),
        }
    }

    fn refuse_loading(&mut self, class: Exc, core: String, name: &str) -> Halt {
        let mistake = Mistake::Unregistered { class: name.to_owned() };
        self.raise_violation(Violation { class, core, mistake }, "load_model".into(), Vec::new())
    }

    /// A list of losses or metrics with names in place of the functions and objects that loading did not find.
    fn by_name(&mut self, value: &Value, names: &[Rc<str>]) -> Value {
        let Value::List(list) = value else { return value.clone() };
        let items = self.heap.list(*list).cloned().unwrap_or_default();
        let named = items.iter().map(|item| match self.not_found(item, &[], true) {
            Some(named) if names.contains(&named.name) => Value::Str(named.name),
            _ => item.clone(),
        });
        let named = named.collect();
        self.new_list(named)
    }

    /// A loss or metric of the script's own that loading finds under no name.
    fn not_found(&self, leaf: &Value, customs: &[Rc<str>], is_metric: bool) -> Option<Named> {
        let (kind, name, known) = match leaf {
            Value::Function(id) => {
                ("function", self.function(*id).name.clone(), self.is_registered_function(*id))
            }
            Value::Instance(id) => {
                let class = self.heap.instance(*id)?.class;
                if self.class(class).path.is_some() {
                    return None;
                }
                ("class", self.class(class).name.clone(), self.is_registered_class(class))
            }
            _ => return None,
        };
        let found = known || customs.contains(&name) || self.open_customs;
        (!found).then_some(Named { kind, name, is_metric })
    }

    /// What loading raises for a loss or metric that it does not find (`keras/saving/serialization_lib.py`; for Keras 2's
    /// older formats `tf_keras/src/saving/legacy/serialization.py` and `saved_model/load.py`).
    fn refuse_named(&mut self, named: &Named, form: Stored, safe: bool) -> Halt {
        let Named { kind, name, is_metric } = named;
        let core = match (self.keras, form) {
            (Keras::Two, Stored::Graphs) if *is_metric => format!(
                "Unable to restore custom object of class \"{}\" (type _tf_keras_metric). Please make sure that this \
                 class is included in the `custom_objects` arg when calling `load_model()`. Also, check that the class \
                 implements `get_config` and `from_config`.",
                if *kind == "function" { "MeanMetricWrapper" } else { name }
            ),
            (Keras::Two, Stored::Graphs | Stored::Hdf5) => format!(
                "Unknown {} function: '{name}'. Please ensure you are using a `keras.utils.custom_object_scope` and that \
                 this object is included in the scope. See \
                 https://www.tensorflow.org/guide/keras/save_and_serialize#registering_the_custom_object for details.",
                if *is_metric { "metric" } else { "loss" }
            ),
            (Keras::Three, _) if &**name == "<lambda>" && safe => {
                "Requested the deserialization of a Python lambda. This carries a potential risk of arbitrary code \
                 execution and thus it is disallowed by default. If you trust the source of the artifact, you can \
                 override this error by passing `safe_mode=False` to the loading function, or calling \
                 `keras.config.enable_unsafe_deserialization()."
                    .to_owned()
            }
            _ if &**name == "<lambda>" && safe => {
                "Requested the deserialization of a `lambda` object. This carries a potential risk of arbitrary code \
                 execution and thus it is disallowed by default. If you trust the source of the saved model, you can \
                 pass `safe_mode=False` to the loading function in order to allow `lambda` loading."
                    .to_owned()
            }
            (Keras::Two, Stored::Keras) => format!(
                "Could not locate {kind} '{name}'. Make sure custom classes are decorated with \
                 `@keras.saving.register_keras_serializable()`.{}",
                full_config(kind, name)
            ),
            (Keras::Three, _) => return self.unregistered(kind, name),
        };
        let older = self.keras == Keras::Two && form != Stored::Keras;
        let class = if older || &**name == "<lambda>" { Exc::ValueError } else { Exc::TypeError };
        self.refuse_loading(class, core, name)
    }

    /// What loading raises for a class or function that it does not find.
    pub(crate) fn unregistered(&mut self, kind: &str, name: &str) -> Halt {
        let core = match self.keras {
            Keras::Two => format!(
                "Cannot deserialize object of type `{name}`. If `{name}` is a custom class, please register it using \
                 the `@keras.saving.register_keras_serializable()` decorator."
            ),
            Keras::Three => format!(
                "Could not locate {kind} '{name}'. Make sure custom classes and functions are decorated with \
                 `@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are all \
                 imported so that the decorator is run before trying to load them.{}",
                full_config(kind, name)
            ),
        };
        self.refuse_loading(Exc::TypeError, core, name)
    }
}

/// What the messages show of a function's config.
fn full_config(kind: &str, name: &str) -> String {
    if kind != "function" {
        return String::new();
    }
    format!(
        " Full object config: {{'module': 'builtins', 'class_name': 'function', 'config': '{name}', \
         'registered_name': 'function'}}"
    )
}
