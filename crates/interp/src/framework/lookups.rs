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
            Keras::Two => by_config(i, &given, &keras::optimizers::OPTIMIZERS),
        }
    }),
    native("keras.optimizers.schedules.deserialize", |i, a| {
        let given = a.get(0, "config").cloned().unwrap_or(Value::None);
        i.call_model("keras.saving._deserialize_schedule", [given])
    }),
    native("keras.regularizers.get", |i, a| get(i, &a, &keras::regularizers::REGULARIZERS)),
    native("keras.regularizers.deserialize", |i, a| deserialize(i, &a, &keras::regularizers::REGULARIZERS)),
];

/// `get(identifier)`: a name, a configuration, a class or an object.
fn get(interp: &mut Interp<'_>, args: &Args, family: &'static Family) -> Eval {
    let given = args.get(0, "identifier").cloned().unwrap_or(Value::None);
    match &given {
        Value::None => match family.noun {
            "activation function" => Ok(Value::Api("keras.activations.linear".into())),
            "metric function" if interp.keras == Keras::Two => refuse(interp, family, &given),
            _ => Ok(Value::None),
        },
        Value::Str(name) => {
            // A script may register names of its own.
            match family.find(interp.keras, name) {
                Err(_) if interp.registers_objects() => {
                    Ok(interp.unknown("an object by a name that the script may have registered"))
                }
                found => match interp.settle(found, "get", Vec::new)? {
                    Ok(named) => object_of(interp, named, &given),
                    Err(why) => Ok(interp.unknown(why)),
                },
            }
        }
        Value::Dict(_) => match (interp.keras, by_config(interp, &given, family)?) {
            // A name that is in no table is handed on, and is no function then.
            (Keras::Three, Value::Str(_)) => refuse(interp, family, &given),
            (_, object) => Ok(object),
        },
        Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Tuple(_) | Value::List(_) => {
            refuse(interp, family, &given)
        }
        Value::Class(_) if interp.keras == Keras::Three && family.noun != "activation function" => {
            interp.call(&given, Args::default())
        }
        Value::Class(_) => Ok(interp.unknown("an object by its class")),
        _ => Ok(given),
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
            Err(_) => Ok(given),
        },
        Value::Dict(_) => by_config(interp, &given, family),
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
    let shown = interp.display(given)?.unwrap_or_default();
    let stop = family.uninterpretable(interp.keras, &shown);
    match interp.settle::<()>(Err(stop), "get", Vec::new)? {
        Ok(()) | Err(_) => Ok(Value::None),
    }
}

fn object_of(interp: &mut Interp<'_>, named: Named, name: &Value) -> Eval {
    match named {
        // A definition without a public path cannot be called here.
        Named::Function(path) | Named::Class(path) if path.contains(':') => {
            Ok(interp.unknown(format!("`{path}` is not modelled")))
        }
        Named::Function(path) => Ok(Value::Api(path.into())),
        Named::Class(path) => {
            let class = interp.native_class(path);
            interp.instantiate(class, Args::default())
        }
        Named::Itself => Ok(name.clone()),
    }
}

/// `{"class_name": "Huber", "config": {"delta": 2.0}}`.
fn by_config(interp: &mut Interp<'_>, given: &Value, family: &Family) -> Eval {
    if interp.keras == Keras::Three {
        return interp.call_model("keras.saving._from_module", [given.clone(), Value::str(family.noun)]);
    }
    let pairs = interp.pairs_of(given).unwrap_or_default();
    let entry = |name: &str| pairs.iter().find(|(k, _)| k.as_str() == Some(name)).map(|(_, v)| v.clone());
    let class = entry("class_name").and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let settings = entry("config").and_then(|config| interp.pairs_of(&config)).unwrap_or_default();
    let Ok(Named::Class(path)) = family.find(interp.keras, &class) else {
        return Ok(interp.unknown("an object from a configuration"));
    };
    let keywords = settings.iter().filter_map(|(k, v)| Some((k.as_str()?.into(), v.clone()))).collect();
    let class = interp.native_class(path);
    interp.instantiate(class, Args { positional: Vec::new(), keywords })
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
    match interp.keywords_of(config) {
        Some(keywords) => interp.call(class, Args { positional: Vec::new(), keywords }),
        None => Ok(interp.unknown("an object of a config that is not known")),
    }
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
        Value::Dict(_) => by_config(interp, &given, &keras::optimizers::OPTIMIZERS),
        // `compile` makes an object of a class, `get` does not.
        Value::Class(_) => refuse(interp, &keras::optimizers::OPTIMIZERS, &given),
        _ => interp.optimizer_of(&given),
    }
}

impl Interp<'_> {
    /// Tells whether a class has the `from_config` that calls it with the config's entries.
    pub(crate) fn takes_config(&self, class: crate::class::ClassId) -> bool {
        let native = self.class(class).mro.iter().find_map(|c| self.class(*c).native);
        native.is_some_and(|native| HOLD_SETTINGS.contains(&native.path))
    }

    /// Tells whether the script may register names of its own.
    pub(crate) fn registers_objects(&self) -> bool {
        self.mentions(&["custom_object", "register_keras_serializable"])
    }
}
