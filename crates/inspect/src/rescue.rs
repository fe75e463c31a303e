//! A copy of a model that loads: its functions as source in a module, by name in the config.
//!
//! Keras 3 with safe mode loads a named function that is registered, and no bytecode. The functions of a file
//! become a Python module that registers them, and its config refers to them. Configs of Keras 2 are translated
//! where Keras 3 has the same layers. What cannot be done without changing what the model computes is refused.

mod config;
mod module;

use bytecode::Version;
use formats::{Format, Json};

use crate::danger::Danger;
use crate::function::Function;
use crate::layers::keras_of;
use crate::script::{View, module_of_function, script};
use crate::{Inspection, Loader};

/// What is to be written.
#[derive(Debug)]
pub struct Rescue {
    /// The config that replaces the old one.
    pub config: Json,
    /// The text of the module.
    pub module: String,
    /// The names of the functions in the module.
    pub functions: Vec<String>,
    /// What is different from the old file, and what to know.
    pub notes: Vec<String>,
    /// Whether what the model was compiled with is left out.
    pub uncompiled: bool,
}

/// Plans a copy whose functions are in a module of this name.
///
/// # Errors
/// Gives the reasons why there can be no such copy.
pub fn rescue(inspection: &Inspection, file: &str, module: &str) -> Result<Rescue, Vec<String>> {
    let mut reasons = refused(inspection);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let model = &inspection.model;
    let Some(config) = &model.config else { return Err(vec!["there is no model in it".to_owned()]) };
    let keras = keras_of(model);
    let mut changed = config.clone();
    let written = module::write(&inspection.functions, module, file);
    let mut notes = Vec::new();
    let legacy = model.format == Format::Hdf5;
    let translated =
        config::translate(&mut changed, &inspection.functions, &written, keras, (module, legacy), &mut notes);
    if let Err(more) = translated {
        reasons.extend(more);
        return Err(reasons);
    }
    let compiled = model.compile.as_ref().filter(|compile| !compile.pairs().is_empty());
    let uncompiled = compiled.is_some_and(|compile| {
        keras == checker::Keras::Two || legacy && fails_to_compile(inspection, config, compile)
    });
    if uncompiled {
        changed.remove("compile_config");
        notes.push(
            "what it was compiled with is left out: call `compile` before training it further".to_owned(),
        );
    }
    works(inspection)?;
    let functions = written.names.into_iter().flatten().collect();
    Ok(Rescue { config: changed, module: written.text, functions, notes, uncompiled })
}

/// Tells whether Keras 3 would fail over what a model in HDF5 was compiled with: it loads no `loss="mse"` from there.
fn fails_to_compile(inspection: &Inspection, config: &Json, compile: &Json) -> bool {
    let view =
        View::Loader { keras: checker::Keras::Three, safe: false, python: Version::V311, legacy: true };
    script(config, Some(compile), &inspection.functions, view).compile_stop().is_some()
}

/// The reasons that can be seen without doing anything.
fn refused(inspection: &Inspection) -> Vec<String> {
    let model = &inspection.model;
    match model.format {
        Format::Keras | Format::Hdf5 => {}
        Format::SavedModel => {
            return vec![
                "the weights of a SavedModel are in TensorFlow's own form, which is not read".to_owned(),
            ];
        }
        Format::Weights => return vec!["it holds weights and no model".to_owned()],
        Format::Json | Format::KerasFolder | Format::Unknown => {
            return vec!["it is neither a `.keras` archive nor an HDF5 file".to_owned()];
        }
    }
    let mut reasons: Vec<String> =
        inspection.damages.iter().map(|damage| format!("damaged: {damage}")).collect();
    if inspection.judgement.danger == Danger::Dangerous {
        reasons.extend(inspection.judgement.reasons.iter().map(|reason| format!("dangerous: {reason}")));
    }
    for function in inspection.functions.iter().filter(|f| !f.has_code()) {
        // Keras finds its own functions, and those that are registered: `package>name`.
        if module_of_function(&function.name).is_none() && !function.name.contains('>') {
            let (slot, place, name) = (&function.stored.slot, &function.stored.place, &function.name);
            reasons.push(format!("{slot} of layer '{place}': the file holds only the name of `{name}`"));
        }
    }
    for function in inspection.functions.iter().filter(|f| f.has_code() && f.damage.is_none()) {
        reasons.extend(lacks(function, inspection));
    }
    reasons
}

/// What keeps a function from becoming source that works.
fn lacks(function: &Function, inspection: &Inspection) -> Vec<String> {
    let at = format!("{} of layer '{}'", function.stored.slot, function.stored.place);
    let mut reasons = Vec::new();
    if !function.complete {
        let why = function.obstacle.as_deref().unwrap_or("its code could not be turned into source");
        reasons.push(format!("{at}: {why}"));
    }
    let needed = function.globals.iter().chain(&function.closure_globals).map(String::as_str);
    let unknown: Vec<&str> = needed.filter(|name| module::import(name).is_none()).collect();
    if !unknown.is_empty() {
        reasons.push(format!("{at} needs `{}`, which the file does not hold", unknown.join("`, `")));
    }
    for (name, value) in &function.closure {
        if value.is_none() {
            reasons.push(format!("{at} needs the value of `{name}`, which the file does not hold"));
        }
    }
    let given = |name: &str| {
        inspection
            .model
            .config
            .as_ref()
            .is_some_and(|config| config::argument_given(config, &function.stored.path, name))
    };
    for name in function.keyword_only.iter().filter(|name| !given(name)) {
        reasons.push(format!(
            "{at}: the default of its keyword-only parameter `{name}` was lost when it was saved"
        ));
    }
    reasons
}

/// Refuses a model that Keras 3 could not build even with all functions at hand.
fn works(inspection: &Inspection) -> Result<(), Vec<String>> {
    let model = &inspection.model;
    let keras = checker::Keras::Three;
    let Some(config) = &model.config else { return Ok(()) };
    let written = script(config, None, &inspection.functions, View::Author(keras));
    match written.outcome(keras) {
        checker::record::Outcome::Raises(raised) => {
            let message = raised.core;
            Err(vec![format!("Keras 3 cannot build it: {}: {message}", raised.exception)])
        }
        _ => Ok(()),
    }
}

/// Tells whether a file needs no rescue: Keras 3 loads it with safe mode as it is.
pub fn needless(inspection: &Inspection) -> bool {
    let default = inspection.loads.iter().find(|load| load.loader == Loader::Keras3Default);
    default.is_some_and(|load| load.ending == crate::Ending::Loads)
}
