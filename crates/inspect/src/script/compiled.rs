//! What a model is compiled with, as far as loading can fail over it.

use checker::Keras;
use formats::{Json, Stored};

use super::objects::unknown_class;
use super::{Stop, View, Writer};

/// Short names of losses that Keras 3 knows and yet cannot load from a file of the legacy format: it looks them up in
/// `keras.metrics`, where only their long names are.
const SHORT: &[&str] =
    &["bce", "BCE", "kld", "KLD", "mae", "MAE", "mse", "MSE", "mape", "MAPE", "msle", "MSLE"];

/// Names that tf_keras knows as losses and metrics, beside those that are public.
const UNLISTED: &[&str] = &[
    "accuracy",
    "acc",
    "crossentropy",
    "ce",
    "cosine_proximity",
    "huber_loss",
    "kullback_leibler_divergence",
    "logcosh",
    "LossFunctionWrapper",
    "MeanMetricWrapper",
    "SumOverBatchSize",
    "SumOverBatchSizeMetricWrapper",
];

impl Writer<'_> {
    /// Raises what a loader raises over what the model was compiled with.
    pub(super) fn compile(&mut self, compile: &Json) -> Result<(), Stop> {
        let View::Loader { keras, safe, legacy, .. } = self.view else { return Ok(()) };
        match keras {
            Keras::Three if legacy => self.legacy_loss(compile)?,
            Keras::Two if legacy => self.legacy_names(compile)?,
            _ => {}
        }
        let found = formats::find_functions(compile);
        for function in &found.functions {
            match &function.stored {
                Stored::Code { .. } if safe => {
                    let message = "Requested the deserialization of a Python lambda.";
                    return Err(Stop::raises(
                        "ValueError",
                        message,
                        "safe mode refuses the bytecode that the model was compiled with",
                    ));
                }
                Stored::Code { .. } => {}
                Stored::Reference { module, name } => drop(self.reference(module, name)?),
            }
        }
        match found.foreign.first() {
            Some(class) => Err(unknown_class(keras, false, &class.name, &class.module)),
            None => Ok(()),
        }
    }

    /// The losses and metrics of a file of the legacy format, which tf_keras looks up by their names.
    fn legacy_names(&self, compile: &Json) -> Result<(), Stop> {
        for key in ["loss", "metrics", "weighted_metrics"] {
            let mut todo: Vec<&Json> = compile.get(key).into_iter().collect();
            while let Some(value) = todo.pop() {
                let function = value.get("config").and_then(|config| config.text("fn"));
                let names = [value.as_str(), value.text("class_name"), function];
                let unknown = names.into_iter().flatten().find(|name| !self.is_loss_or_metric(name));
                if let Some(name) = unknown {
                    let kind = if key == "loss" { "loss" } else { "metric" };
                    let message = format!("Unknown {kind} function: '{name}'.");
                    let why =
                        format!("the file holds only the name of the {kind} `{name}`, which is not of Keras");
                    return Err(Stop::raises("ValueError", message, why));
                }
                if value.text("class_name").is_none() {
                    todo.extend(value.inner());
                }
            }
        }
        Ok(())
    }

    fn is_loss_or_metric(&self, name: &str) -> bool {
        UNLISTED.contains(&name)
            || ["losses", "metrics"].iter().any(|module| self.exists(&format!("keras.{module}.{name}")))
    }

    /// The loss of a file of the legacy format, as Keras 3 reads it.
    fn legacy_loss(&self, compile: &Json) -> Result<(), Stop> {
        let Some(loss) = compile.get("loss").filter(|loss| !loss.is_null()) else { return Ok(()) };
        let mut todo = vec![loss];
        while let Some(value) = todo.pop() {
            match value {
                Json::Str(name) if SHORT.contains(&name.as_str()) => {
                    let message = format!(
                        "Could not deserialize 'keras.metrics.{name}' because it is not a KerasSaveable subclass"
                    );
                    let why =
                        format!("Keras 3 cannot look up the loss `{name}` of an HDF5 file by its short name");
                    return Err(Stop::raises("ValueError", message, why));
                }
                Json::Dict(_) if value.text("class_name").is_some() => {}
                Json::Dict(pairs) => todo.extend(pairs.iter().map(|(_, inner)| inner)),
                other => todo.extend(other.items()),
            }
        }
        if let (Some(class), true) =
            (loss.text("class_name"), loss.get("config").is_some_and(|c| c.get("fn").is_some()))
        {
            // Keras 2 writes down what the class computes with, which the class itself knows in Keras 3.
            let message = format!("{class}.__init__() got an unexpected keyword argument 'fn'");
            return Err(Stop::raises("TypeError", message, "the loss is written as Keras 2 has it"));
        }
        let known = |name: &str| self.exists(&format!("keras.losses.{name}"));
        match (loss.as_str(), loss.text("class_name")) {
            (Some(name), _) if !known(name) => {
                let why = format!("the file holds only the name of the loss `{name}`, which is not of Keras");
                Err(Stop::raises("TypeError", "string indices must be integers, not 'str'", why))
            }
            (_, Some(class)) if !known(class) => {
                let name = loss.get("config").and_then(|config| config.text("name")).unwrap_or(class);
                if known(name) {
                    return Ok(());
                }
                let message = format!("Could not interpret loss identifier: {name}");
                Err(Stop::raises("ValueError", message, format!("the loss `{class}` is not of Keras")))
            }
            _ => Ok(()),
        }
    }
}
