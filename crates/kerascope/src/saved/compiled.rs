//! What a model was compiled with, as `get_compile_config` gives it and `compile_from_config` takes it.
//!
//! source: keras/src/trainers/trainer.py: get_compile_config, compile_from_config;
//! keras/src/optimizers/base_optimizer.py: get_config

use formats::Json;

use crate::Value;
use crate::compile::{Compiled, Configured, Given, Loss, Losses, Metric, Optimizer, Schedule};
use crate::error::{Error, Result};
use crate::model::Model;

use super::read::{argument, text};
use super::write::{float, held, settings};

impl Model {
    /// Returns what the model was compiled with; nothing where it was not, and where a loss is a function of the
    /// program's own, which no file holds.
    pub(super) fn storable(&self) -> Option<&Compiled> {
        let compiled = self.compiled.as_ref()?;
        let held = compiled.losses.iter().all(|loss| !matches!(loss.given(), Given::Function));
        held.then_some(compiled)
    }

    /// Returns `compile_config`; an empty one where there is none.
    pub(super) fn compile_config(&self) -> Result<Json> {
        let Some(compiled) = self.storable() else { return Ok(Json::dict([])) };
        let mut losses = Vec::new();
        for loss in &compiled.losses {
            losses.push(match loss.given() {
                Given::Name(name) => Json::from(name),
                Given::Object(config) => held("keras.losses", config)?,
                Given::Function => return Ok(Json::dict([])),
            });
        }
        let outputs = self.output_names().len();
        let several = |of: &[Json]| Json::List(of.iter().cycle().take(outputs).cloned().collect());
        let factors: Vec<Json> = compiled.losses.iter().map(|loss| float(loss.factor())).collect();
        let weighs = compiled.losses.iter().any(|loss| loss.factor() != 1.0);
        let weights = if weighs { several(&factors) } else { Json::Null };
        let loss = match &losses[..] {
            [one] if outputs == 1 => one.clone(),
            all => several(all),
        };
        Ok(Json::dict([
            ("optimizer", self.optimizer_config(compiled)?),
            ("loss", loss),
            ("loss_weights", weights),
            ("metrics", metrics(compiled, outputs, false)?),
            ("weighted_metrics", metrics(compiled, outputs, true)?),
            ("run_eagerly", Json::Bool(false)),
            ("steps_per_execution", Json::Number("1".to_owned())),
            ("jit_compile", Json::Bool(false)),
        ]))
    }

    fn optimizer_config(&self, compiled: &Compiled) -> Result<Json> {
        let optimizer = &compiled.optimizer;
        let mut config = settings(&optimizer.config)?;
        let rate = match (&optimizer.schedule, self.learning_rate()) {
            (Some(schedule), _) => held("keras.optimizers.schedules", &schedule.config)?,
            // It is a variable of single precision.
            (None, Some(rate)) => float(f64::from(rate as f32)),
            (None, None) => Json::Null,
        };
        config.set("learning_rate", rate);
        Ok(super::write::object("keras.optimizers", optimizer.config.class(), config))
    }

    /// Compiles the model as its config says; an empty config says nothing.
    ///
    /// # Errors
    /// [`Error::Compiled`] for what no file holds; what [`Model::compile_with`] answers.
    pub(super) fn compile_from(&mut self, config: &Json) -> Result<()> {
        let (Some(optimizer), Some(loss)) = (config.get("optimizer"), config.get("loss")) else {
            return Ok(());
        };
        if optimizer.is_null() || loss.is_null() {
            return Ok(());
        }
        let outputs = self.output_names();
        let mut losses: Vec<Loss> = by_output(loss, &outputs, loss_of)?;
        if let Some(weights) = config.get("loss_weights").filter(|weights| !weights.is_null()) {
            let number =
                |weight: &Json| number(weight).ok_or(Error::Unknown("weights of losses in such a structure"));
            let weights = by_output(weights, &outputs, number)?;
            losses = losses.into_iter().zip(weights).map(|(loss, weight)| loss.weight(weight)).collect();
        }
        let mut all = Vec::new();
        for (key, weighted) in [("metrics", false), ("weighted_metrics", true)] {
            for metric in metrics_of(config.get(key).unwrap_or(&Json::Null), &outputs)? {
                all.push(if weighted { metric.weighted() } else { metric });
            }
        }
        self.compile_with(&optimizer_of(optimizer)?, Losses::from(losses), all)?;
        // Keras makes the optimizer's variables at once; what is not modelled is told when it is trained.
        if let Some(compiled) = &self.compiled {
            let _ = compiled.optimizer.variables(&mut compiled.state.borrow_mut(), &compiled.trained, true);
        }
        Ok(())
    }
}

/// The metrics of each output that look at weights of samples, or those that do not.
fn metrics(compiled: &Compiled, outputs: usize, weighted: bool) -> Result<Json> {
    let mut lists: Vec<Vec<Json>> = vec![Vec::new(); outputs];
    for entry in compiled.metrics.iter().filter(|entry| entry.metric.is_weighted() == weighted) {
        let metric = match entry.metric.given() {
            Ok(name) => Json::from(name),
            Err(config) => held("keras.metrics", config)?,
        };
        if let Some(list) = lists.get_mut(entry.output) {
            list.push(metric);
        }
    }
    if lists.iter().all(Vec::is_empty) {
        return Ok(Json::Null);
    }
    Ok(match (outputs, lists.pop()) {
        (1, Some(only)) => Json::List(only),
        (_, last) => Json::List(lists.into_iter().chain(last).map(Json::List).collect()),
    })
}

/// Tells whether this is an object or a function, as Keras writes them.
fn is_object(entry: &Json) -> bool {
    entry.text("class_name").is_some()
}

/// What is given for each output: in a list, by the outputs' names, or one for all.
fn by_output<T: Clone>(given: &Json, outputs: &[String], one: impl Fn(&Json) -> Result<T>) -> Result<Vec<T>> {
    let missing = Error::Unknown("an output without a loss");
    match given {
        Json::Dict(_) if !is_object(given) => {
            outputs.iter().map(|name| one(given.get(name).ok_or(missing.clone())?)).collect()
        }
        Json::List(items) if items.len() == outputs.len() => items.iter().map(one).collect(),
        Json::List(_) => Err(missing),
        single => Ok(vec![one(single)?; outputs.len()]),
    }
}

fn number(entry: &Json) -> Option<f64> {
    let Json::Number(text) = entry else { return None };
    text.parse().ok()
}

fn metrics_of(given: &Json, outputs: &[String]) -> Result<Vec<Metric>> {
    let mut all = Vec::new();
    let mut add = |entry: &Json, output: Option<&str>| -> Result<()> {
        let listed = std::slice::from_ref(entry);
        for item in if let Json::List(items) = entry { items.as_slice() } else { listed } {
            if let Some(metric) = metric_of(item)? {
                all.push(output.map_or(metric.clone(), |output| metric.of_output(output)));
            }
        }
        Ok(())
    };
    match (given, outputs) {
        (Json::Dict(pairs), _) if !is_object(given) => {
            pairs.iter().try_for_each(|(output, entry)| add(entry, Some(output)))?;
        }
        (Json::List(items), [_]) => items.iter().try_for_each(|entry| add(entry, None))?,
        (Json::List(items), outputs) => {
            items.iter().zip(outputs).try_for_each(|(entry, output)| add(entry, Some(output)))?;
        }
        (single, _) => add(single, None)?,
    }
    Ok(all)
}

/// What an entry names or holds.
enum Stored<'j> {
    Name(&'j str),
    Object(&'j str, &'j [(String, Json)]),
}

/// Reads a loss or a metric: a name, a function of Keras', or an object of a class in a module.
fn stored<'j>(entry: &'j Json, module: &str) -> Result<Stored<'j>> {
    let own = || Error::Compiled { what: entry.text("registered_name").unwrap_or("a function").to_owned() };
    let known = [module, "builtins"].contains(&entry.text("module").unwrap_or_default());
    match (entry, entry.get("config")) {
        (Json::Str(name), _) => Ok(Stored::Name(name)),
        (_, Some(Json::Str(function))) if known => Ok(Stored::Name(function)),
        (_, Some(config)) if entry.text("module") == Some(module) && config.get("fn").is_none() => {
            Ok(Stored::Object(text(Some(entry), "class_name")?, config.pairs()))
        }
        _ => Err(own()),
    }
}

fn loss_of(entry: &Json) -> Result<Loss> {
    match stored(entry, "keras.losses")? {
        Stored::Name(name) => Ok(Loss::new(name)),
        Stored::Object(class, config) => config.iter().try_fold(Loss::new(class), |loss, (name, value)| {
            Ok(loss.with(name, Value(argument(value, 0)?)))
        }),
    }
}

fn metric_of(entry: &Json) -> Result<Option<Metric>> {
    if entry.is_null() {
        return Ok(None);
    }
    let metric = match stored(entry, "keras.metrics")? {
        Stored::Name(name) => Metric::new(name),
        Stored::Object(class, config) => {
            config.iter().try_fold(Metric::new(class), |metric, (name, value)| {
                Ok::<_, Error>(metric.with(name, Value(argument(value, 0)?)))
            })?
        }
    };
    Ok(Some(metric))
}

fn optimizer_of(entry: &Json) -> Result<Optimizer> {
    let own = || Error::Compiled { what: entry.text("class_name").unwrap_or("an optimizer").to_owned() };
    if entry.text("module") != Some("keras.optimizers") {
        return Err(own());
    }
    let mut optimizer = Optimizer::new(text(Some(entry), "class_name")?);
    for (name, value) in entry.get("config").map_or(&[][..], Json::pairs) {
        if name == "learning_rate" && is_object(value) {
            if value.text("module") != Some("keras.optimizers.schedules") {
                return Err(own());
            }
            let config: Configured = super::read::configured(value)?;
            optimizer = optimizer.scheduled(Schedule { config });
        } else {
            optimizer = optimizer.with(name, Value(argument(value, 0)?));
        }
    }
    Ok(optimizer)
}
