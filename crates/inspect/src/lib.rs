//! What is in a saved Keras model: its layers, its code, whether that is dangerous, and whether it loads.
//!
//! [`inspect`] takes what a reader made of a file and says all of that. The functions in it are decoded from
//! their bytecode; the model is written as Python, and the checker says of it what it says of any script.
//! Nothing of a file is ever executed.

mod advisories;
mod danger;
mod function;
mod layers;
mod literal;
mod loads;
mod recorded;
mod rescue;
mod script;

use bytecode::Version;
use formats::{Format, Json, ModelFile};

pub use bytecode::Version as Python;
pub use danger::{Danger, Judgement};
pub use formats;
pub use function::Function;
pub use layers::{Checked, Layer, Mistake};
pub use loads::{Ending, Load, Loader};
pub use rescue::{Rescue, needless, rescue};

/// Everything that is said of a model file.
#[derive(Debug)]
pub struct Inspection {
    /// What was read.
    pub model: ModelFile,
    /// What is damaged, in the order of importance.
    pub damages: Vec<String>,
    /// The functions in it.
    pub functions: Vec<Function>,
    /// Its layers, and the mistakes in it.
    pub checked: Checked,
    /// What the loaders make of it.
    pub loads: Vec<Load>,
    /// Whether the file as a whole is dangerous, and why.
    pub judgement: Judgement,
    /// The published advisories that the file is a case of, with what it does.
    pub advisories: Vec<(&'static str, String)>,
    /// What is known of the optimizer: its class and settings.
    pub optimizer: Option<Json>,
}

/// Inspects a model file for loaders that run in a Python.
pub fn inspect(model: ModelFile, python: Version) -> Inspection {
    let (found, functions) = functions_of(&model);
    let mut damages: Vec<String> = model.damages.iter().map(ToString::to_string).collect();
    for function in &functions {
        if let Some(what) = &function.damage {
            damages.push(format!("layer '{}', {}: {what}", function.stored.place, function.stored.slot));
        }
    }
    let checked = layers::check(&model, &functions);
    let loads =
        Loader::ALL.iter().map(|loader| loads::predict(&model, &functions, *loader, python)).collect();
    let (judgement, advisories) = advisories::judge(&model, &found.foreign, &functions);
    let optimizer = optimizer_of(&model);
    Inspection { model, damages, functions, checked, loads, judgement, advisories, optimizer }
}

/// The functions in a file, and the classes that it names.
fn functions_of(model: &ModelFile) -> (formats::Found, Vec<Function>) {
    let mut found = model.config.as_ref().map(formats::find_functions).unwrap_or_default();
    if matches!(model.format, Format::Hdf5 | Format::SavedModel)
        && let Some(compile) = &model.compile
    {
        let wrapped = Json::dict([("compile_config", compile.clone()), ("config", Json::Null)]);
        let more = formats::find_functions(&wrapped);
        found.functions.extend(more.functions);
        found.foreign.extend(more.foreign);
    }
    // Objects within a SavedModel have configs of their own, which the loader reads too.
    for object in &model.objects {
        let config = Json::dict([("config", Json::List(vec![object.metadata.clone()]))]);
        for more in formats::find_functions(&config).functions {
            let known = |f: &formats::StoredFunction| {
                f.stored == more.stored && f.layer == more.layer && f.slot == more.slot
            };
            if !found.functions.iter().any(known) {
                found.functions.push(more);
            }
        }
    }
    let functions = found.functions.clone().into_iter().map(Function::recover).collect();
    (found, functions)
}

fn optimizer_of(model: &ModelFile) -> Option<Json> {
    let compile = model.compile.as_ref()?;
    compile.get("optimizer_config").or(compile.get("optimizer")).filter(|o| !o.is_null()).cloned()
}
