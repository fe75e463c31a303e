//! Layers and models from their configs: `from_config`, `model_from_json`.

use std::rc::Rc;

use ops::{Exc, Keras, Mistake, Violation};

use crate::framework::remake::Remake;
use crate::framework::saving::{customs, refuse_lambda, stores_code};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Value};

/// How deep configs are compared.
const DEPTH: u32 = 32;

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[native("keras.models.model_from_json", model_from_json)];

/// `Layer.from_config(config)`, bound to the class.
pub(crate) static FROM_CONFIG: Native = native("from_config", from_config);

fn from_config(interp: &mut Interp<'_>, args: Args) -> Eval {
    let config = args.get(1, "config").cloned().unwrap_or(Value::None);
    let unknown = "an object made of a config that cannot be followed";
    let Value::Dict(dict) = config else { return Ok(interp.unknown(unknown)) };
    let made_of = match interp.configs.get(&dict).copied() {
        Some(id) => {
            let fresh = interp.told_config(id)?;
            interp.same_config(&config, &fresh, 0).then_some(id)
        }
        None => None,
    };
    let Some(id) = made_of else {
        // The config of a class of the script's: `{**super().get_config(), "units": self.units}`.
        let class = args.get(0, "cls").cloned().unwrap_or(Value::None);
        let config = interp.with_policy_named(config);
        return interp.layer_from_config(&class, &config);
    };
    let safe = !interp.unsafe_loading;
    if interp.model(id).is_some() {
        let positional = args.positional.into_iter().skip(1).collect();
        let names = customs(interp, &Args { positional, keywords: args.keywords });
        return interp.model_from(id, &names, safe);
    }
    let lambda = interp.layer(id).and_then(|state| state.lambda.clone());
    // `Lambda.from_config(config, safe_mode=False)`
    let lambda_safe = match args.keyword("safe_mode").or(args.positional.get(3)) {
        Some(given) => interp.truth(&given.clone())?.unwrap_or(true),
        None => safe,
    };
    // Keras 2 guards only what a loading function calls.
    if lambda.is_some_and(|lambda| stores_code(interp, &lambda.function))
        && lambda_safe
        && interp.keras == Keras::Three
    {
        return Err(refuse_lambda(interp, id));
    }
    Ok(match interp.remake_layer(id, Remake::Deserialized)? {
        Some(copy) => Value::Instance(copy),
        None => interp.unknown(unknown),
    })
}

/// `model_from_json(text)`: of a model's own `to_json()`, or of a text that is written out.
fn model_from_json(interp: &mut Interp<'_>, args: Args) -> Eval {
    let text = args.get(0, "json_string").cloned().unwrap_or(Value::None);
    let names = customs(interp, &args);
    let same = |known: &Value| match (known, &text) {
        (Value::Unknown(known), Value::Unknown(reason)) => known.identity() == reason.identity(),
        (Value::Str(known), Value::Str(text)) => known == text,
        _ => false,
    };
    if let Some((_, id)) = interp.texts.iter().find(|(known, _)| same(known)) {
        let (id, safe) = (*id, !interp.unsafe_loading);
        return interp.model_from(id, &names, safe);
    }
    if let Value::Str(_) = &text
        && let Some(read) = crate::native::find_function("json.loads")
    {
        let config = (read.call)(interp, Args::of([text]))?;
        interp.check_config_class(&config, &names)?;
    }
    interp.undecided("a model made of a text");
    Ok(interp.unknown("a model made of a text"))
}

impl Interp<'_> {
    /// Makes the model again that a config is of.
    fn model_from(&mut self, id: ObjId, names: &[Rc<str>], safe: bool) -> Eval {
        for layer in self.all_layers(id) {
            self.check_loadable(layer, names, safe)?;
        }
        self.copy_model(id, Remake::Deserialized)
    }

    /// The string that `to_json` gives, of which model is remembered, whether it is known or not.
    pub(crate) fn json_of(&mut self, id: ObjId, text: Value) -> Value {
        let text = match text {
            Value::Str(_) => text,
            _ => Value::Unknown(crate::value::Reason::new("a model as JSON", Some(self.here()))),
        };
        self.texts.push((text.clone(), id));
        text
    }

    fn same_config(&self, a: &Value, b: &Value, depth: u32) -> bool {
        let all = |a: &[Value], b: &[Value]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same_config(a, b, depth + 1))
        };
        match (a, b) {
            _ if depth > DEPTH => false,
            (Value::None, Value::None) => true,
            // What is told of neither.
            (Value::Unknown(_), Value::Unknown(_)) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Any(a), Value::Any(b)) => a == b,
            (Value::Tuple(a), Value::Tuple(b)) => all(a, b),
            (Value::Function(a), Value::Function(b)) => a == b,
            (Value::Instance(a), Value::Instance(b)) => a == b,
            (Value::Class(a), Value::Class(b)) => a == b,
            (Value::DType(a, _), Value::DType(b, _)) => a == b,
            (Value::Tensor(a), Value::Tensor(b)) => a == b,
            (Value::Api(a), Value::Api(b)) => a == b,
            (Value::Native(a), Value::Native(b)) => std::ptr::eq(*a, *b),
            (Value::List(a), Value::List(b)) => match (self.heap.list(*a), self.heap.list(*b)) {
                (Some(a), Some(b)) => all(a, b),
                _ => false,
            },
            (Value::Dict(_), Value::Dict(_)) => {
                let (Some(a), Some(b)) = (self.pairs_of(a), self.pairs_of(b)) else { return false };
                let split = |pairs: Vec<(Value, Value)>| pairs.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
                let ((a, x), (b, y)) = (split(a), split(b));
                all(&a, &b) && all(&x, &y)
            }
            _ => false,
        }
    }

    /// Raises what a profile raises for the config of a model that it cannot read.
    fn check_config_class(&mut self, config: &Value, names: &[Rc<str>]) -> Eval<()> {
        let (Some(class), true) =
            (self.text_at(config, "class_name"), self.entry_at(config, "config").is_some())
        else {
            return Ok(());
        };
        let known = |name: &str| names.iter().any(|own| &**own == name);
        if known(&class) || self.open_customs {
            return Ok(());
        }
        let placed = self.text_at(config, "module").is_some();
        if self.keras == Keras::Three && !placed {
            let shown = self.repr(config)?.unwrap_or_default();
            let core = format!(
                "Could not locate class '{class}'. Make sure custom classes and functions are decorated with \
                 `@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are all \
                 imported so that the decorator is run before trying to load them. Full object config: {shown}"
            );
            let mistake = Mistake::ForeignConfig { class: class.to_string(), writer: Some(2) };
            let violation = Violation { class: Exc::TypeError, core, mistake };
            return Err(self.raise_violation(violation, "model_from_json".into(), Vec::new()));
        }
        let layers = self.entry_at(config, "config").and_then(|inner| self.entry_at(&inner, "layers"));
        let Some(Value::List(layers)) = layers else { return Ok(()) };
        for layer in self.heap.list(layers).cloned().unwrap_or_default() {
            let Some(class) = self.text_at(&layer, "class_name").filter(|class| !known(class)) else {
                continue;
            };
            self.make_from(&class, &layer)?;
        }
        Ok(())
    }

    /// Makes a layer of Keras' from its config, for the exception that its constructor may raise.
    fn make_from(&mut self, class: &str, entry: &Value) -> Eval<()> {
        let path = format!("keras.layers.{class}");
        let exists = names::lookup(crate::value::profile(self.keras), &path).is_some();
        let inner = self.entry_at(entry, "config");
        let pairs = inner.as_ref().and_then(|inner| self.pairs_of(inner)).filter(|_| exists);
        let (Some(inner), Some(pairs)) = (inner, pairs) else { return Ok(()) };
        let keywords: Vec<(Rc<str>, Value)> =
            pairs.iter().filter_map(|(key, value)| Some((key.as_str()?.into(), value.clone()))).collect();
        let object = self.native_class(&path);
        let result = self.instantiate(object, Args { positional: Vec::new(), keywords });
        let Err(Halt::Exception(exception)) = result else { return result.map(|_| ()) };
        let core = self.deserialising_failed(class, &inner, exception)?;
        // Only Keras 3 writes where a class is from beside `registered_name`.
        let keras3 =
            self.entry_at(entry, "module").is_some() && self.entry_at(entry, "registered_name").is_some();
        let writer = (keras3 && self.keras == Keras::Two).then_some(3);
        let mistake = Mistake::ForeignConfig { class: class.to_owned(), writer };
        let violation = Violation { class: Exc::TypeError, core, mistake };
        let halt = self.raise_violation(violation, "from_config".into(), Vec::new());
        Err(halt)
    }

    /// A config whose policy of dtypes stands by its name, as Keras 3 hands it to the constructor.
    ///
    /// source: keras/src/ops/operation.py, Operation.from_config
    fn with_policy_named(&mut self, config: Value) -> Value {
        let name = self.entry_at(&config, "dtype").and_then(|dtype| self.policy_name(&dtype));
        let (Some(name), Some(mut pairs)) = (name, self.pairs_of(&config)) else { return config };
        for (key, value) in &mut pairs {
            if key.as_str() == Some("dtype") {
                *value = name.clone();
            }
        }
        self.new_dict(pairs)
    }

    /// Makes a layer or model from a config, as `from_config` does: `cls(**config)`.
    fn layer_from_config(&mut self, class: &Value, config: &Value) -> Eval {
        let unknown = "an object made of a config that cannot be followed";
        let (Value::Class(id), Some(mut keywords)) = (class, self.keywords_of(config)) else {
            return Ok(self.unknown(unknown));
        };
        let is_model = |c: &crate::class::ClassId| self.class(*c).path.as_deref() == Some("keras.Model");
        let scripts_layer = self.class(*id).path.is_none() && !self.class(*id).mro.iter().any(is_model);
        // Keras' own classes make the objects in it first; a script's class gets what it told.
        if !scripts_layer && !self.make_parts(*id, &mut keywords)? {
            return Ok(self.unknown(unknown));
        }
        match self.call(class, Args { positional: Vec::new(), keywords }) {
            Err(Halt::Exception(exception)) if self.makes_by_itself(*id) => Err(Halt::Exception(exception)),
            Err(Halt::Exception(exception)) => {
                let name = self.class(*id).name.clone();
                let core = self.deserialising_failed(&name, config, exception)?;
                if !scripts_layer {
                    return Err(self.raise(Exc::TypeError, core));
                }
                let mistake = Mistake::Signature { problem: core.clone(), misbound: ops::Misbound::Other };
                let violation = Violation { class: Exc::TypeError, core, mistake };
                Err(self.raise_violation(violation, "from_config".into(), Vec::new()))
            }
            made => made,
        }
    }

    /// Tells whether a class of Keras' defines `from_config` itself, which then says nothing of its own of what fails.
    fn makes_by_itself(&self, class: crate::class::ClassId) -> bool {
        let Some(path) = self.class(class).path.clone() else { return false };
        let member = names::class_member(crate::value::profile(self.keras), &path, "from_config").entry();
        member.is_some_and(|entry| {
            ["LSTM", "GRU", "SimpleRNN"]
                .iter()
                .any(|name| entry.path.ends_with(&format!(":{name}.from_config")))
        })
    }

    /// Makes the layers in the config of one of Keras' classes; tells whether all that is in it is known. The objects
    /// that a constructor takes as configs are made there.
    fn make_parts(
        &mut self,
        class: crate::class::ClassId,
        keywords: &mut Vec<(Rc<str>, Value)>,
    ) -> Eval<bool> {
        let name = self.class(class).path.clone().unwrap_or_default();
        if name.ends_with(".MultiHeadAttention") && self.keras == Keras::Two {
            // The shapes that it was built for are no arguments.
            keywords.retain(|(key, _)| !matches!(&**key, "query_shape" | "key_shape" | "value_shape"));
        }
        for (key, value) in keywords {
            if value.is_unknown() {
                return Ok(false);
            }
            if !matches!(value, Value::Dict(_))
                || &**key == "dtype"
                || keras::family_of_argument(key).is_some()
            {
                continue;
            }
            if !matches!(&**key, "layer" | "backward_layer" | "cell") {
                return Ok(false);
            }
            *value = self.call_model("keras.layers.deserialize", [value.clone()])?;
            if value.is_unknown() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What Keras says where a constructor refuses a config.
    fn deserialising_failed(&mut self, class: &str, config: &Value, exception: ObjId) -> Eval<String> {
        let said = self.exception(exception).map(|state| state.core.clone()).unwrap_or_default();
        let mut shown = self.repr(config)?.unwrap_or_default();
        let profile = crate::value::profile(self.keras);
        let keys = names::config_keys(profile, &format!("keras.layers.{class}"));
        let quantizes = keys.is_some_and(|mut keys| keys.any(|(key, _)| key == "quantization_config"));
        if quantizes && self.entry_at(config, "quantization_config").is_none() && shown.ends_with('}') {
            // Which these classes add before they make themselves.
            shown.pop();
            let comma = if shown.len() > 1 { ", " } else { "" };
            shown.push_str(&format!("{comma}'quantization_config': None}}"));
        }
        Ok(format!(
            "Error when deserializing class '{class}' using config={shown}.\n\nException encountered: {said}"
        ))
    }

    /// The name in the config of a policy of dtypes: `{"class_name": "DTypePolicy", "config": {"name": "float32"}}`.
    pub(crate) fn policy_name(&self, dtype: &Value) -> Option<Value> {
        self.entry_at(&self.entry_at(dtype, "config")?, "name")
    }

    fn entry_at(&self, dict: &Value, key: &str) -> Option<Value> {
        let pairs = self.pairs_of(dict)?;
        pairs.into_iter().find(|(known, _)| known.as_str() == Some(key)).map(|(_, value)| value)
    }

    fn text_at(&self, dict: &Value, key: &str) -> Option<Rc<str>> {
        match self.entry_at(dict, key)? {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }
}
