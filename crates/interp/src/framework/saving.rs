//! Saving, loading and cloning models within a script.

use std::rc::Rc;

use ops::{Exc, Keras, Mistake, Violation};

use crate::framework::compile_again::Stored;
use crate::framework::layer_class::split_self;
use crate::framework::remake::Remake;
use crate::framework::serialise::Form;
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeState, native};
use crate::raise::{Eval, Halt};
use crate::record::Phase;
use crate::value::{Args, Native, Value};

/// Methods of models.
pub(crate) static METHODS: &[Native] = &[
    native("save", save),
    native("save_weights", save_weights),
    native("load_weights", load_weights),
    native("export", export),
];

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("keras.models.load_model", load_model),
    native("keras.saving.load_model", load_model),
    native("keras.models.save_model", |i, args| {
        let mut args = args;
        if args.positional.is_empty() {
            return Ok(i.unknown("a model saved by keyword"));
        }
        let model = args.positional.remove(0);
        save(i, args.with_self(model))
    }),
    native("keras.models.clone_model", clone_model),
    native("keras.saving.register_keras_serializable", register),
    native("keras.utils.register_keras_serializable", register),
    native("keras.saving.custom_object_scope", open_customs),
    native("keras.utils.custom_object_scope", open_customs),
    native("keras.saving.get_custom_objects", custom_objects),
    native("keras.utils.get_custom_objects", custom_objects),
];

fn path_of(interp: &mut Interp<'_>, args: &Args) -> Option<Rc<str>> {
    let value = args.get(0, "filepath").cloned()?;
    match value {
        Value::Str(path) => Some(path),
        other => interp.display(&other).ok().flatten().map(Into::into),
    }
}

/// `model.save(path)`.
fn save(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.phased(Phase::Save, |interp| {
        let Some(path) = path_of(interp, &args) else { return Ok(Value::None) };
        let known = [".keras", ".h5", ".hdf5"].iter().any(|e| path.ends_with(e));
        if interp.keras == Keras::Three && !known && !path.starts_with("hf://") {
            let text = format!(
                "Invalid filepath extension for saving. Please add either a `.keras` extension for the native Keras \
                 format (recommended) or a `.h5` extension. Use `model.export(filepath)` if you want to export a \
                 SavedModel for use with TFLite/TFServing/etc. Received: filepath={path}."
            );
            return Err(bad_format(interp, text, &path, false));
        }
        let config = interp.keras == Keras::Three || path.ends_with(".keras");
        if known {
            interp.check_serialisable(id, if config { Form::Config } else { Form::Legacy })?;
        }
        watch_saved(interp, id, &path);
        interp.note_weight_shapes(id, &path);
        interp.keep_weights(id, &path)?;
        interp.write_model_file(id, &path)?;
        interp.saved.insert(path, id);
        Ok(Value::None)
    })
}

/// `model.export(path)`: a SavedModel in a folder of that name.
fn export(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    split_self(&mut args);
    interp.phased(Phase::Save, |interp| {
        if let Some(path) = path_of(interp, &args) {
            interp.exported.push(path);
        }
        Ok(Value::None)
    })
}

fn bad_format(interp: &mut Interp<'_>, core: String, path: &str, exported: bool) -> Halt {
    let mistake = Mistake::FileFormat { path: path.to_owned(), exported };
    let violation = Violation { class: Exc::ValueError, core, mistake };
    interp.raise_violation(violation, "filepath".into(), Vec::new())
}

/// Notes which of a model's Lambdas have code in them, which only unsafe loading takes.
fn watch_saved(interp: &mut Interp<'_>, id: ObjId, path: &Rc<str>) {
    let mut lambdas = Vec::new();
    for layer in interp.all_layers(id) {
        let Some(state) = interp.layer(layer) else { continue };
        if state.lambda.as_ref().is_some_and(|lambda| stores_code(interp, &lambda.function)) {
            lambdas.push((state.name.clone(), state.made));
        }
    }
    let span = interp.here();
    interp.events.push(crate::events::Event::Saved { path: path.clone(), lambdas, span });
}

fn save_weights(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let model = split_self(&mut args);
    interp.phased(Phase::Save, |interp| {
        let path = path_of(interp, &args);
        let refused = |path: &&Rc<str>| interp.keras == Keras::Three && !path.ends_with(".weights.h5");
        if let Some(path) = path.as_ref().filter(refused) {
            let text = format!("The filename must end in `.weights.h5`. Received: filepath={path}");
            return Err(bad_argument(interp, Exc::ValueError, text, "filepath"));
        }
        if let (Some(id), Some(path)) = (model, path) {
            if args.get(2, "save_format").is_none_or(Value::is_none) {
                interp.note_weight_shapes(id, &path);
            }
            interp.keep_weights(id, &path)?;
            interp.write_weight_file(id, &path)?;
        }
        Ok(Value::None)
    })
}

fn load_weights(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let model = split_self(&mut args);
    interp.phased(Phase::Load, |interp| {
        if let (Some(id), Some(path)) = (model, path_of(interp, &args)) {
            if interp.is_of_other_format(&path, WEIGHTS) {
                let text = format!(
                    "File format not supported: filepath={path}. Keras 3 only supports V3 `.keras` files, `.weights.h5` \
                     files, legacy H5 format files (`.h5` extension), or Orbax checkpoints."
                );
                return Err(bad_argument(interp, Exc::ValueError, text, "filepath"));
            }
            let mut loosely = false;
            for (at, name) in [(1, "skip_mismatch"), (2, "by_name")] {
                if let Some(value) = args.get(at, name).cloned() {
                    loosely |= interp.truth(&value)? != Some(false);
                }
            }
            if !loosely {
                interp.check_weight_shapes(id, &path)?;
            }
            interp.take_weights(id, &path)?;
            interp.takes_words(id, 0);
            // Of TensorFlow's own files Keras 2 returns what tells whether all was found in them.
            if interp.keras == Keras::Two && ![".h5", ".hdf5", ".keras"].iter().any(|end| path.ends_with(end))
            {
                return Ok(interp.unknown("what a checkpoint's weights were found for"));
            }
        }
        Ok(Value::None)
    })
}

/// How the files of models end that Keras 3 loads, and those of weights.
const MODELS: &[&str] = &[".keras", ".h5", ".hdf5"];
const WEIGHTS: &[&str] = &[".keras", ".h5", ".hdf5", ".weights.json"];

impl Interp<'_> {
    /// Tells whether Keras 3 takes no file of that name, whatever is in it; a folder may be one of Orbax'.
    ///
    /// source: keras/src/saving/saving_api.py: load_model, load_weights
    fn is_of_other_format(&self, path: &str, endings: &[&str]) -> bool {
        self.keras == Keras::Three
            && !path.contains("://")
            && !endings.iter().any(|ending| path.ends_with(ending))
            && !self.class_paths.keys().any(|path| path.ends_with("OrbaxCheckpoint"))
    }
}

pub(super) fn bad_argument(interp: &mut Interp<'_>, class: Exc, core: String, param: &'static str) -> Halt {
    let mistake = Mistake::Argument { param, problem: core.clone() };
    interp.raise_violation(Violation { class, core, mistake }, param.into(), Vec::new())
}

/// `load_model(path)` of a model that the script saved; other files are not read.
fn load_model(interp: &mut Interp<'_>, args: Args) -> Eval {
    interp.phased(Phase::Load, |interp| {
        let path = path_of(interp, &args);
        let other = |path: &Rc<str>| interp.exported.contains(path) || interp.is_of_other_format(path, MODELS);
        let refused = path.clone().filter(other);
        if let Some(path) = refused.filter(|_| interp.keras == Keras::Three) {
            let text = format!(
                "File format not supported: filepath={path}. Keras 3 only supports V3 `.keras` files, legacy H5 format \
                 files (`.h5` extension). Note that the legacy SavedModel format is not supported by `load_model()` in \
                 Keras 3. In order to reload a TensorFlow SavedModel as an inference-only layer in Keras 3, use \
                 `keras.layers.TFSMLayer({path}, call_endpoint='serving_default')` (note that your `call_endpoint` might \
                 have a different name)."
            );
            return Err(if interp.exported.contains(&path) {
                bad_format(interp, text, &path, true)
            } else {
                bad_argument(interp, Exc::ValueError, text, "filepath")
            });
        }
        let saved = path.as_ref().and_then(|p| interp.saved.get(p).copied());
        let Some(id) = saved else {
            if let Some(path) = path.as_deref().filter(|_| interp.carries_out() && interp.computes()) {
                return load_foreign(interp, &args, path);
            }
            interp.undecided("a model file that the script did not write");
            return Ok(interp.unknown("a model file that the script did not write"));
        };
        let customs = customs(interp, &args);
        let mut safe = match args.keyword("safe_mode") {
            Some(value) => interp.truth(&value.clone())?.unwrap_or(true),
            None => !interp.unsafe_loading,
        };
        // Keras 2 guards only its new format; `.h5` files run their code.
        let keras_format = path.as_ref().is_some_and(|p| p.ends_with(".keras"));
        safe &= keras_format || interp.keras == Keras::Three;
        // Keras 2 revives from a SavedModel's graphs what it finds no class for.
        let files = [".keras", ".h5", ".hdf5"];
        let graphs = path.as_ref().is_some_and(|p| !files.iter().any(|ending| p.ends_with(ending)));
        let revives = graphs && interp.keras == Keras::Two;
        for layer in interp.all_layers(id) {
            if !revives {
                interp.check_loadable(layer, &customs, safe)?;
            }
            if interp.keras == Keras::Three {
                check_config(interp, layer)?;
            }
        }
        if let Some(path) = path.clone() {
            let span = interp.here();
            interp.events.push(crate::events::Event::Loaded { path, span });
        }
        let copy = interp.copy_model(id, Remake::Deserialized)?;
        let compile = match args.get(2, "compile") {
            Some(value) => interp.truth(&value.clone())? != Some(false),
            None => true,
        };
        let Value::Instance(model) = copy else { return Ok(copy) };
        interp.takes_words(model, 0);
        // A run also keeps the numbers.
        let numbers = path.filter(|_| interp.computes());
        if let Some(path) = &numbers {
            interp.take_weights(model, path)?;
        }
        if compile {
            let form = if keras_format {
                Stored::Keras
            } else if graphs {
                Stored::Graphs
            } else {
                Stored::Hdf5
            };
            interp.compile_again(id, model, &customs, form, safe, numbers.as_deref())?;
        }
        Ok(copy)
    })
}

/// `load_model(path)` of a file that another run or Keras has written.
fn load_foreign(interp: &mut Interp<'_>, args: &Args, path: &str) -> Eval {
    let mut flag = |at: usize, name: &str, default: bool| match args.get(at, name) {
        Some(value) => Ok(interp.truth(&value.clone())?.unwrap_or(default)),
        None => Ok(default),
    };
    let (compile, safe) = (flag(2, "compile", true)?, flag(3, "safe_mode", true)?);
    let customs = match args.get(1, "custom_objects") {
        Some(given @ Value::Dict(_)) => given.clone(),
        _ => interp.new_dict(Vec::new()),
    };
    interp.read_model_file(path, customs, compile, safe)
}

/// The names in `custom_objects`.
pub(crate) fn customs(interp: &mut Interp<'_>, args: &Args) -> Vec<Rc<str>> {
    let Some(given) = args.get(1, "custom_objects").cloned() else { return Vec::new() };
    let pairs = interp.pairs_of(&given).unwrap_or_default();
    pairs.into_iter().filter_map(|(k, _)| if let Value::Str(name) = k { Some(name) } else { None }).collect()
}

/// Tells whether a Lambda's function is saved as its code: a lambda, and in Keras 2 any Python function.
pub(crate) fn stores_code(interp: &Interp<'_>, function: &Value) -> bool {
    let Value::Function(id) = function else { return false };
    interp.keras == Keras::Two || &*interp.function(*id).name == "<lambda>"
}

impl Interp<'_> {
    /// Raises what loading raises for a layer: for a function that is stored as code, and for what has to be
    /// found by its name and is not.
    pub(crate) fn check_loadable(&mut self, layer: ObjId, customs: &[Rc<str>], safe: bool) -> Eval<()> {
        let Some(class) = self.heap.instance(layer).map(|i| i.class) else { return Ok(()) };
        if let Some(lambda) = self.layer(layer).and_then(|s| s.lambda.clone()) {
            if stores_code(self, &lambda.function) {
                return if safe { Err(refuse_lambda(self, layer)) } else { Ok(()) };
            }
            let Value::Function(function) = lambda.function else { return Ok(()) };
            let name = self.function(function).name.clone();
            if customs.contains(&name) || self.is_registered_function(function) || self.open_customs {
                return Ok(());
            }
            return Err(self.unregistered("function", &name));
        }
        let name = self.class(class).name.clone();
        let known = customs.contains(&name) || self.is_registered_class(class) || self.open_customs;
        if known || self.class(class).path.is_some() {
            return Ok(());
        }
        Err(self.unregistered("class", &name))
    }

    pub(super) fn is_registered_class(&self, class: crate::class::ClassId) -> bool {
        self.registered.iter().any(|(known, _)| *known == class)
    }

    pub(super) fn is_registered_function(&self, function: crate::value::FunctionId) -> bool {
        self.registered_functions.iter().any(|(known, _)| *known == function)
    }

    /// Another optimizer of the same settings, with a learning rate of its own.
    pub(super) fn unbuilt(&mut self, optimizer: ObjId) -> Option<ObjId> {
        let mut instance = self.heap.instance(optimizer)?.clone();
        let mut rate = None;
        if let NativeState::Config(state) = &mut instance.native {
            (state.built_for, state.variables) = (None, Vec::new());
            rate = state.learning_rate.take().map(|number| state.schedule.clone().unwrap_or(number));
        }
        let copy = self.heap.add(Object::Instance(instance));
        if rate.is_some() {
            self.set_learning_rate(copy, rate).ok()?;
        }
        Some(copy)
    }

    /// Makes a model again, as loading and cloning do.
    pub(crate) fn copy_model(&mut self, id: ObjId, how: Remake) -> Eval {
        Ok(match self.remake_model(id, how)? {
            Some(copy) => {
                // What is not known of a model is not known of its copy: `Sequential([hub.KerasLayer(…), …])`.
                if let Some(why) = self.layer(id).and_then(|s| s.lost) {
                    self.lose_layer(copy, why);
                }
                Value::Instance(copy)
            }
            None => {
                self.undecided("the copy of a model that cannot be followed");
                self.unknown("the copy of a model that cannot be followed")
            }
        })
    }
}

pub(crate) fn refuse_lambda(interp: &mut Interp<'_>, layer: ObjId) -> Halt {
    let core = match interp.keras {
        Keras::Two => {
            "Requested the deserialization of a Lambda layer with a Python `lambda` inside it. This carries a potential \
             risk of arbitrary code execution and thus it is disallowed by default. If you trust the source of the \
             saved model, you can pass `safe_mode=False` to the loading function in order to allow Lambda layer loading."
        }
        Keras::Three => {
            "Requested the deserialization of a `Lambda` layer whose `function` is a Python lambda. This carries a \
             potential risk of arbitrary code execution and thus it is disallowed by default. If you trust the source \
             of the artifact, you can override this error by passing `safe_mode=False` to the loading function, or \
             calling `keras.config.enable_unsafe_deserialization()."
        }
    };
    let layer = interp.layer(layer).map(|s| s.name.to_string()).unwrap_or_default();
    let mistake = Mistake::UnsafeLambda { layer };
    let violation = Violation { class: Exc::ValueError, core: core.to_owned(), mistake };
    interp.raise_violation(violation, "load_model".into(), Vec::new())
}

/// `clone_model(model)`.
fn clone_model(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = args.get(0, "model").and_then(|m| interp.as_layer(m)) else {
        return Ok(interp.unknown("the clone of a model that is not known"));
    };
    if interp.keras == Keras::Three {
        for layer in interp.all_layers(id) {
            check_config(interp, layer)?;
            let lambda = interp.layer(layer).and_then(|s| s.lambda.clone());
            if lambda.is_some_and(
                |l| matches!(l.function, Value::Function(f) if &*interp.function(f).name == "<lambda>"),
            ) {
                return Err(refuse_lambda(interp, layer));
            }
        }
    }
    let three = interp.keras == Keras::Three;
    let by = ["clone_function", "call_function"].into_iter().enumerate();
    let by_own = |(at, name): (usize, &str)| {
        let at = if at == 0 { 2 } else { usize::MAX };
        args.get(at, name).is_some_and(|given| !given.is_none())
    };
    if by.into_iter().any(by_own) {
        interp.undecided("the clone of a model by a function of the script");
        return Ok(interp.unknown("the clone of a model by a function of the script"));
    }
    let copy = interp.copy_model(id, Remake::Cloned)?;
    // Keras 3 compiles the clone by the config of what the model was compiled with.
    if let (true, Value::Instance(clone)) = (three, &copy) {
        interp.compile_again(id, *clone, &[], Stored::Keras, true, None)?;
    }
    Ok(copy)
}

/// A class without a `get_config` of its own is made again with its constructor's arguments and the base
/// class's: `trainable` and `dtype`.
fn check_config(interp: &mut Interp<'_>, layer: ObjId) -> Eval<()> {
    if interp.script_method(layer, "get_config").is_some() {
        return Ok(());
    }
    let Some(init) = interp.script_method(layer, "__init__") else { return Ok(()) };
    let Value::Bound(bound) = &init else { return Ok(()) };
    let Value::Function(function) = bound.function else { return Ok(()) };
    let function = interp.function(function);
    let (signature, qualname, defaults) =
        (function.signature.clone(), function.qualname.clone(), function.defaults.clone());
    let takes = |name: &str| {
        let kind = python::ParameterKind::KwArgs;
        signature.params.iter().any(|p| &*p.name == name || p.kind == kind)
    };
    let Some(refused) = ["trainable", "dtype"].into_iter().find(|n| !takes(n)) else { return Ok(()) };
    let Some(made_with) = interp.layer(layer).map(|s| s.made_with.clone()) else { return Ok(()) };
    let args = made_with.with_self(Value::None);
    let Ok(given) = python::bind(&signature, &qualname, &args.positional, &args.keywords) else {
        return Ok(());
    };
    let mut shown = Vec::new();
    for (at, (parameter, value)) in signature.params.iter().zip(given).enumerate().skip(1) {
        let value = match value {
            python::Bound::Given(value) => value,
            _ => defaults.iter().find(|(i, _)| *i == at).map_or(Value::None, |(_, v)| v.clone()),
        };
        let value = interp.repr(&value)?.unwrap_or_default();
        shown.push(format!("'{}': {value}", parameter.name));
    }
    shown.push("'trainable': True".to_owned());
    shown.push("'dtype': 'float32'".to_owned());
    let class = interp.class_name(layer);
    let core = format!(
        "Error when deserializing class '{class}' using config={{{}}}.\n\nException encountered: {qualname}() got an \
         unexpected keyword argument '{refused}'",
        shown.join(", ")
    );
    Err(bad_argument(interp, Exc::TypeError, core, "get_config"))
}

/// Names that the script makes known to loading by other means; which, is not followed.
fn open_customs(interp: &mut Interp<'_>, _: Args) -> Eval {
    interp.open_customs = true;
    Ok(interp.unknown("the names that loading knows"))
}

/// `get_custom_objects()`: a dict that the script writes into.
fn custom_objects(interp: &mut Interp<'_>, _: Args) -> Eval {
    interp.open_customs = true;
    if let Some(id) = interp.custom_objects {
        return Ok(Value::Dict(id));
    }
    let made = interp.new_dict(Vec::new());
    if let Value::Dict(id) = made {
        interp.custom_objects = Some(id);
    }
    Ok(made)
}

/// `@register_keras_serializable(package="…")`.
fn register(interp: &mut Interp<'_>, args: Args) -> Eval {
    static REGISTER: Native = Native {
        name: "register",
        call: |interp, args| {
            let object = args.positional.into_iter().next().unwrap_or(Value::None);
            let (package, name) = interp.registering.pop().unwrap_or_else(|| ("Custom".into(), None));
            let under =
                |own: &Rc<str>| -> Rc<str> { format!("{package}>{}", name.as_ref().unwrap_or(own)).into() };
            match object {
                Value::Class(id) => {
                    let name = under(&interp.class(id).name);
                    interp.registered.push((id, name));
                }
                Value::Function(id) => {
                    let name = under(&interp.function(id).name);
                    interp.registered_functions.push((id, name));
                }
                _ => {}
            }
            Ok(object)
        },
    };
    let text = |at: usize, name: &str| args.get(at, name).and_then(Value::as_str).map(Rc::from);
    interp.registering.push((text(0, "package").unwrap_or_else(|| "Custom".into()), text(1, "name")));
    Ok(Value::Native(&REGISTER))
}

impl Interp<'_> {
    /// Returns a model's layers and those within them.
    pub(crate) fn all_layers(&self, id: ObjId) -> Vec<ObjId> {
        // A class of the script's hides what is within it, which its own constructor makes.
        let within = |id: ObjId| {
            let model = self.model(id).filter(|m| m.graph.is_some() || m.sequential.is_some());
            let layers = model.and_then(|_| self.layer(id)).map(|state| state.sublayers.clone());
            layers.unwrap_or_default().into_iter().rev()
        };
        let (mut found, mut seen) = (Vec::new(), rustc_hash::FxHashSet::default());
        let mut todo: Vec<ObjId> = within(id).collect();
        while let Some(layer) = todo.pop() {
            if !seen.insert(layer) {
                continue;
            }
            found.push(layer);
            todo.extend(within(layer));
        }
        found
    }
}
