//! The backend that Keras 3 takes when it is loaded, of which only TensorFlow is modelled.
//!
//! source: `keras/src/backend/config.py`, `keras/src/backend/__init__.py`

use ops::Keras;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Reason, Value};

/// Which backend Keras 3 is taken to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// TensorFlow, whatever the script chooses.
    TensorFlow,
    /// What the script chooses, else what stands in its environment as `KERAS_BACKEND`, else TensorFlow.
    Chosen {
        /// The environment's.
        around: Option<String>,
    },
}

impl Default for Backend {
    fn default() -> Backend {
        Backend::Chosen { around: None }
    }
}

/// The one that is modelled.
const MODELLED: &str = "tensorflow";
/// Those that Keras 3 has.
const BACKENDS: &[&str] = &[MODELLED, "jax", "torch", "numpy", "openvino"];

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[native("keras.config.set_backend", set_backend)];

/// Loads Keras anew with another backend.
fn set_backend(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(backend) = args.get(0, "backend") else { return Ok(Value::None) };
    interp.set_variable(Value::str(crate::libraries::KERAS_BACKEND), backend.clone())?;
    interp.keras_loaded = false;
    interp.load_keras()?;
    Ok(Value::None)
}

impl Interp<'_> {
    /// Loads Keras, which asks the environment for its backend once.
    ///
    /// # Errors
    /// That nothing can be said of a backend without a model; `ValueError` for one that Keras does not have.
    pub(crate) fn load_keras(&mut self) -> Eval<()> {
        let before = std::mem::replace(&mut self.keras_loaded, true);
        if before || self.keras == Keras::Two || self.options.backend == Backend::TensorFlow {
            return Ok(());
        }
        let variable = crate::libraries::KERAS_BACKEND;
        let chosen = self.variable_item(&Value::str(variable));
        match chosen.as_str() {
            None | Some("" | MODELLED) => Ok(()),
            Some(name) if BACKENDS.contains(&name) => {
                let why = format!(
                    "{variable} is `{name}` when Keras is loaded, and what Keras does on that backend is not \
                     modelled; `--backend {MODELLED}` takes the script for {MODELLED}"
                );
                Err(Halt::Stuck(Reason::new(why, Some(self.here()))))
            }
            Some(name) => {
                let text = format!("Unable to import backend : {name}");
                Err(self.raise(ops::Exc::ValueError, text))
            }
        }
    }
}
