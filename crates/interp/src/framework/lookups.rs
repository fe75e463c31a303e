//! `keras.losses.get("mse")` and its like: objects by their names.
//!
//! source: `get` and `deserialize` in keras/src/{losses,metrics,…}/__init__.py, tf_keras/src/losses.py and its like

use keras::{Family, Named};
use ops::Keras;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("keras.activations.get", |i, a| get(i, &a, &keras::activations::ACTIVATIONS)),
    native("keras.activations.deserialize", |i, a| deserialize(i, &a, &keras::activations::ACTIVATIONS)),
    native("keras.activations.serialize", serialize_activation),
    native("keras.constraints.get", |i, a| get(i, &a, &keras::constraints::CONSTRAINTS)),
    native("keras.constraints.deserialize", |i, a| deserialize(i, &a, &keras::constraints::CONSTRAINTS)),
    native("keras.initializers.get", |i, a| get(i, &a, &keras::initializers::INITIALIZERS)),
    native("keras.initializers.deserialize", |i, a| deserialize(i, &a, &keras::initializers::INITIALIZERS)),
    native("keras.losses.get", |i, a| get(i, &a, &keras::losses::LOSS_NAMES)),
    native("keras.losses.deserialize", |i, a| deserialize(i, &a, &keras::losses::LOSS_NAMES)),
    native("keras.metrics.get", |i, a| get(i, &a, &keras::metrics::METRIC_NAMES)),
    native("keras.metrics.deserialize", |i, a| deserialize(i, &a, &keras::metrics::METRIC_NAMES)),
    native("keras.optimizers.get", get_optimizer),
    native("keras.optimizers.deserialize", |i, a| {
        let given = a.get(0, "config").cloned().unwrap_or(Value::None);
        match i.keras {
            Keras::Three => i.call_model("keras.saving._deserialize_optimizer", [given]),
            Keras::Two => by_config(i, &given, &keras::optimizers::OPTIMIZERS, false),
        }
    }),
    native("keras.optimizers.schedules.deserialize", |i, a| {
        let given = a.get(0, "config").cloned().unwrap_or(Value::None);
        i.call_model("keras.saving._deserialize_schedule", [given])
    }),
    native("keras.regularizers.get", |i, a| get(i, &a, &keras::regularizers::REGULARIZERS)),
    native("keras.regularizers.deserialize", |i, a| deserialize(i, &a, &keras::regularizers::REGULARIZERS)),
];

/// `get(identifier)`.
fn get(interp: &mut Interp<'_>, args: &Args, family: &'static Family) -> Eval {
    let given = args.get(0, "identifier").cloned().unwrap_or(Value::None);
    object(interp, family, &given)
}

/// Makes the object that a family's `get` gives: of a name, a configuration, a class or an object.
///
/// # Errors
/// What Keras raises for what means none.
pub(crate) fn object(interp: &mut Interp<'_>, family: &'static Family, given: &Value) -> Eval {
    match given {
        Value::None => match family.noun {
            "activation function" => Ok(Value::Api("keras.activations.linear".into())),
            "metric function" if interp.keras == Keras::Two => refuse(interp, family, given),
            _ => Ok(Value::None),
        },
        Value::Str(name) => {
            // A script may register names of its own.
            match family.find(interp.keras, name) {
                Err(_) if interp.registers_objects() => {
                    Ok(interp.unknown("an object by a name that the script may have registered"))
                }
                found => match interp.settle(found, "get", Vec::new)? {
                    Ok(named) => object_of(interp, named, given),
                    Err(why) => Ok(interp.unknown(why)),
                },
            }
        }
        Value::Dict(_) if interp.keras == Keras::Three && family.noun == "activation function" => {
            match interp.call_model("keras.saving.deserialize_keras_object", [given.clone()])? {
                Value::Dict(_) => refuse(interp, family, given),
                object => Ok(object),
            }
        }
        Value::Dict(_) => match (interp.keras, by_config(interp, given, family, true)?) {
            // A name that is in no table is handed on, and is no function then.
            (Keras::Three, Value::Str(_)) => refuse(interp, family, given),
            (_, object) => Ok(object),
        },
        Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Tuple(_) | Value::List(_) => {
            refuse(interp, family, given)
        }
        Value::Tensor(_) if interp.keras == Keras::Three && family.noun == "initializer" => {
            interp.call_model("keras.initializers._of_values", [given.clone()])
        }
        Value::Class(_) if interp.keras == Keras::Three && family.noun != "activation function" => {
            interp.call(given, Args::default())
        }
        // Of Keras 2's families one alone makes an object of a class; to the others it is callable like a function.
        Value::Class(_) if family.noun == "initializer" => interp.call(given, Args::default()),
        Value::Class(_) if interp.keras == Keras::Two => Ok(given.clone()),
        Value::Class(_) => Ok(interp.unknown("an object by its class")),
        _ => Ok(given.clone()),
    }
}

/// `deserialize(name)`: Keras hands a name that means nothing on.
fn deserialize(interp: &mut Interp<'_>, args: &Args, family: &'static Family) -> Eval {
    let given = match args.positional.first().or_else(|| args.keywords.first().map(|(_, v)| v)) {
        Some(given) => given.clone(),
        None => return Ok(interp.unknown("nothing to deserialize")),
    };
    if interp.keras == Keras::Three {
        return interp.call_model("keras.saving._from_module", [given, Value::str(family.noun)]);
    }
    match &given {
        Value::Str(name) => match family.find(interp.keras, name) {
            Ok(named) => object_of(interp, named, &given),
            // Only activations that mean nothing are refused.
            Err(stop) if family.noun == "activation function" && !interp.registers_objects() => {
                match interp.settle::<()>(Err(stop), "deserialize", Vec::new)? {
                    Ok(()) | Err(_) => Ok(Value::None),
                }
            }
            Err(_) => Ok(given),
        },
        Value::Dict(_) => by_config(interp, &given, family, false),
        _ => Ok(interp.unknown("an object from another configuration")),
    }
}

/// `keras.activations.serialize(function)`: the name of one of Keras' own.
fn serialize_activation(interp: &mut Interp<'_>, args: Args) -> Eval {
    let path = match args.get(0, "activation") {
        Some(Value::Api(path)) => path.clone(),
        _ => return Ok(interp.unknown("the configuration of an activation")),
    };
    Ok(match path.strip_prefix("keras.activations.").or(path.strip_prefix("tf.keras.activations.")) {
        Some(name) => Value::str(name),
        None => interp.unknown("the configuration of an activation"),
    })
}

fn refuse(interp: &mut Interp<'_>, family: &Family, given: &Value) -> Eval {
    interp.refuse_identifier(family, given, "get")?;
    Ok(Value::None)
}

fn object_of(interp: &mut Interp<'_>, named: Named, name: &Value) -> Eval {
    match named {
        // A definition without a public path cannot be called here.
        Named::Function(path) | Named::Class(path) if path.contains(':') => {
            Ok(interp.unknown(format!("`{path}` is not modelled")))
        }
        // By name it is no function but what that makes.
        Named::Function(path @ "keras.regularizers.l1_l2") => interp.call_api(&path.into(), Args::default()),
        Named::Function(path) => Ok(Value::Api(path.into())),
        Named::Class(path) => {
            let class = interp.native_class(path);
            interp.instantiate(class, Args::default())
        }
        Named::Itself => Ok(name.clone()),
    }
}

/// `{"class_name": "Huber", "config": {"delta": 2.0}}`, as a family's `get` or `deserialize` takes it.
///
/// Keras 2's `get` of some families reads a configuration that does not say where its class is from as older releases
/// do, which refuse a name that means nothing; the others hand such a name on.
fn by_config(interp: &mut Interp<'_>, given: &Value, family: &Family, get: bool) -> Eval {
    if interp.keras == Keras::Three {
        return interp.call_model("keras.saving._from_module", [given.clone(), Value::str(family.noun)]);
    }
    let unknown = "an object from a configuration";
    let nested = |interp: &Interp<'_>| {
        let settings =
            interp.pairs_of(given).into_iter().flatten().find(|(k, _)| k.as_str() == Some("config"));
        let settings = settings.and_then(|(_, settings)| interp.pairs_of(&settings));
        settings.is_none_or(|settings| settings.iter().any(|(_, value)| matches!(value, Value::Dict(_))))
    };
    // A schedule in the config of an optimizer is made first.
    let Some(pairs) = interp.pairs_of(given).filter(|_| family.noun != "optimizer" || !nested(interp)) else {
        return Ok(interp.unknown(unknown));
    };
    let entry = |name: &str| pairs.iter().find(|(k, _)| k.as_str() == Some(name)).map(|(_, v)| v.clone());
    let by_value = matches!(family.noun, "loss function" | "metric function");
    let older = get && !by_value && entry("module").is_none();
    let (class, settings) = match (entry("class_name"), entry("config")) {
        (Some(Value::Str(class)), Some(settings)) => (class, settings),
        (Some(_), _) if !older => return Ok(interp.unknown(unknown)),
        _ => {
            let shown = interp.repr(given)?.unwrap_or_default();
            let text = match older {
                true => format!(
                    "Improper config format for {shown}. Expecting python dict contains `class_name` and `config` as keys"
                ),
                false => format!("Unknown `config` as a `dict`, config={shown}"),
            };
            return Err(interp.raise(ops::Exc::ValueError, text));
        }
    };
    // Keras 2's optimizers are looked up in lower case.
    let name = if family.noun == "optimizer" { class.to_lowercase().into() } else { class.clone() };
    let path = match family.find(interp.keras, &name) {
        Ok(Named::Class(path)) => path,
        Ok(_) => return Ok(interp.unknown(unknown)),
        Err(_) if interp.registers_objects() => return Ok(interp.unknown(unknown)),
        Err(_) if !older => return Ok(Value::Str(class)),
        Err(stop) => {
            return match interp.settle::<()>(Err(stop), "deserialize", Vec::new)? {
                Ok(()) | Err(_) => Ok(Value::None),
            };
        }
    };
    let path = match older_optimizer(interp, family, path, &settings) {
        Some(older) => older,
        None => path.to_owned(),
    };
    let class = interp.native_class(&path);
    of_settings(interp, &Value::Class(class), &settings)
}

/// Keras 2 takes the config of an optimizer that does not say otherwise for one of the older classes.
///
/// source: tf_keras/src/optimizers/__init__.py: `deserialize`
fn older_optimizer(interp: &Interp<'_>, family: &Family, path: &str, settings: &Value) -> Option<String> {
    let pairs = interp.pairs_of(settings).filter(|pairs| family.noun == "optimizer" && !pairs.is_empty())?;
    let newer = pairs.iter().any(|(key, value)| {
        key.as_str() == Some("is_legacy_optimizer") && !matches!(value, Value::Bool(true))
    });
    let class = path.rsplit('.').next()?;
    (!newer && OLDER.contains(&class)).then(|| format!("keras.optimizers.legacy.{class}"))
}

/// The optimizers of Keras 2 that have an older class.
const OLDER: &[&str] = &["Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "RMSprop", "SGD"];

/// `cls(**settings)`. Keras 2's losses tell the name of their function, which is no argument.
fn of_settings(interp: &mut Interp<'_>, class: &Value, settings: &Value) -> Eval {
    let Some(mut keywords) = interp.keywords_of(settings) else {
        return Ok(interp.unknown("an object of a config that is not known"));
    };
    if interp.keras == Keras::Two {
        keywords.retain(|(name, value)| &**name != "fn" || !matches!(value, Value::Str(_)));
    }
    interp.call(class, Args { positional: Vec::new(), keywords })
}

/// `cls.from_config(config)` of the classes that hold settings: `cls(**config)`.
pub(crate) static FROM_CONFIG: Native = native("from_config", from_config);

/// What such classes derive from.
const HOLD_SETTINGS: &[&str] = &[
    "keras.losses.Loss",
    "keras.metrics.Metric",
    "keras.optimizers.Optimizer",
    "keras.optimizers.schedules.LearningRateSchedule",
    "keras.initializers.Initializer",
    "keras.regularizers.Regularizer",
    "keras.constraints.Constraint",
];

fn from_config(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(class), Some(config)) = (args.get(0, "cls"), args.get(1, "config")) else {
        return Ok(interp.unknown("an object of a config that is not known"));
    };
    let (class, config) = (class.clone(), config.clone());
    of_settings(interp, &class, &config)
}

fn get_optimizer(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = args.get(0, "identifier").cloned().unwrap_or(Value::None);
    match &given {
        Value::Dict(_) if interp.keras == Keras::Three => {
            let made = interp.call_model("keras.saving._deserialize_optimizer", [given.clone()])?;
            match made {
                Value::Str(_) => refuse(interp, &keras::optimizers::OPTIMIZERS, &given),
                made => Ok(made),
            }
        }
        Value::Dict(_) => by_config(interp, &given, &keras::optimizers::OPTIMIZERS, true),
        // `compile` makes an object of a class, `get` does not.
        Value::Class(_) => refuse(interp, &keras::optimizers::OPTIMIZERS, &given),
        _ => interp.optimizer_of(&given),
    }
}

impl Interp<'_> {
    /// Raises that an object is neither a name nor callable; `call` is the function that was given it.
    pub(crate) fn refuse_identifier(&mut self, family: &Family, given: &Value, call: &str) -> Eval<()> {
        let formatted = self.formatted(given);
        let shown = self.display(&formatted)?.unwrap_or_else(|| "…".to_owned());
        let stop = family.uninterpretable(self.keras, &shown);
        let _ = self.settle::<()>(Err(stop), call, Vec::new)?;
        Ok(())
    }

    /// Tells whether a class has the `from_config` that calls it with the config's entries.
    pub(crate) fn takes_config(&self, class: crate::class::ClassId) -> bool {
        let native = self.class(class).mro.iter().find_map(|c| self.class(*c).native);
        native.is_some_and(|native| HOLD_SETTINGS.contains(&native.path))
    }

    /// What a name means among the custom objects that Keras 2's `get` looks at first: what the script has put into
    /// `get_custom_objects()`; unknown where the script may have made the name known otherwise.
    pub(crate) fn custom_named(&mut self, name: &str, known: bool) -> Option<Value> {
        if self.keras == Keras::Three || !self.registers_objects() {
            return None;
        }
        let customs = self.custom_objects.and_then(|id| self.heap.dict(id));
        let own = customs.and_then(|dict| dict.values().find(|(key, _)| key.as_str() == Some(name)));
        match own.map(|(_, value)| value.clone()) {
            None if !known => Some(self.unknown("a name of the script's own")),
            own => own,
        }
    }

    /// Tells whether the script may register names of its own.
    pub(crate) fn registers_objects(&self) -> bool {
        self.mentions(&["custom_object", "register_keras_serializable"])
    }
}
