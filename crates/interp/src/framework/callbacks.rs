//! Callbacks: constructors' checks, and when which method is called.

use std::rc::Rc;

use ops::{Arg, Exc, Keras};

use crate::framework::layer_class::split_self;
use crate::framework::training::{Call, Progress, Verbosity};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// Methods of `keras.callbacks.Callback`: nothing happens in them without numbers.
pub(crate) static METHODS: &[Native] = &[
    native("set_params", |i, a| set(i, a, "params")),
    native("set_model", |i, a| set(i, a, "model")),
    native("on_batch_begin", |i, a| inherited(i, a, "on_batch_begin")),
    native("on_batch_end", |i, a| inherited(i, a, "on_batch_end")),
    native("on_epoch_begin", |i, a| inherited(i, a, "on_epoch_begin")),
    native("on_epoch_end", |i, a| inherited(i, a, "on_epoch_end")),
    native("on_train_batch_begin", |i, a| inherited(i, a, "on_train_batch_begin")),
    native("on_train_batch_end", |i, a| inherited(i, a, "on_train_batch_end")),
    native("on_test_batch_begin", |i, a| inherited(i, a, "on_test_batch_begin")),
    native("on_test_batch_end", |i, a| inherited(i, a, "on_test_batch_end")),
    native("on_predict_batch_begin", |i, a| inherited(i, a, "on_predict_batch_begin")),
    native("on_predict_batch_end", |i, a| inherited(i, a, "on_predict_batch_end")),
    native("on_train_begin", |i, a| inherited(i, a, "on_train_begin")),
    native("on_train_end", |i, a| inherited(i, a, "on_train_end")),
    native("on_test_begin", |i, a| inherited(i, a, "on_test_begin")),
    native("on_test_end", |i, a| inherited(i, a, "on_test_end")),
    native("on_predict_begin", |i, a| inherited(i, a, "on_predict_begin")),
    native("on_predict_end", |i, a| inherited(i, a, "on_predict_end")),
];

/// A method that the script's own calls with `super()`.
fn inherited(interp: &mut Interp<'_>, mut args: Args, method: &'static str) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if interp.computes() {
        let mut given = args.positional;
        for name in ["batch", "epoch", "logs"] {
            given.extend(args.keywords.iter().find(|(n, _)| &**n == name).map(|(_, v)| v.clone()));
        }
        interp.own_callback(id, method, &given)?;
    }
    Ok(Value::None)
}

fn set(interp: &mut Interp<'_>, mut args: Args, name: &str) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if let Some(value) = args.positional.into_iter().next() {
        interp.set_own_attr(id, name, value)?;
    }
    Ok(Value::None)
}

/// The callbacks of one run of a model.
#[derive(Clone, Debug, Default)]
pub(crate) struct Callbacks {
    /// The objects.
    pub list: Vec<Value>,
    /// Whether one of them may end the training early.
    pub may_stop: bool,
    /// What shows how far a run is, which Keras adds behind the others.
    pub progress: Option<Progress>,
    /// What their `params` are.
    pub params: Option<Value>,
}

/// The methods that are called in an epoch.
const EPOCH: [&str; 6] = [
    "on_epoch_begin",
    "on_train_batch_begin",
    "on_batch_begin",
    "on_train_batch_end",
    "on_batch_end",
    "on_epoch_end",
];

/// What a method that runs a model tells its callbacks.
#[derive(Clone, Debug)]
pub(crate) struct Params {
    /// `verbose`.
    pub verbose: Value,
    /// The number of epochs.
    pub epochs: i64,
    /// The number of steps, where Keras knows it.
    pub steps: Option<i64>,
    /// Which method it is.
    pub call: Call,
}

/// The older name of a method, which Keras calls where the newer one is not defined.
fn older_name(method: &str) -> Option<&'static str> {
    match method {
        "on_train_batch_begin" => Some("on_batch_begin"),
        "on_train_batch_end" => Some("on_batch_end"),
        _ => None,
    }
}

/// A function among the arguments of a `LambdaCallback`, its `**kwargs` included.
fn given_by(args: &[(Rc<str>, Arg)], method: &str) -> Option<Arg> {
    let named = |args: &[(Rc<str>, Arg)]| args.iter().find(|(n, _)| &**n == method).map(|(_, a)| a.clone());
    named(args).filter(|a| !a.is_none()).or_else(|| match args.iter().find(|(n, _)| &**n == "kwargs") {
        Some((_, Arg::Dict(more))) => named(more),
        _ => None,
    })
}

/// Callbacks that watch a number, which Keras 3 calls `MonitorCallback`s.
const MONITORING: [&str; 3] =
    ["keras.callbacks.EarlyStopping", "keras.callbacks.ModelCheckpoint", "keras.callbacks.ReduceLROnPlateau"];

impl Interp<'_> {
    /// Reads the argument `callbacks` and hands the callbacks their model.
    ///
    /// # Errors
    /// What their `set_model` raises.
    pub(crate) fn callbacks_of(&mut self, given: &Value, model: ObjId, params: &Params) -> Eval<Callbacks> {
        let list = match given {
            Value::None => Vec::new(),
            Value::List(_) | Value::Tuple(_) => self.iterate(given, 1000)?.0,
            _ => vec![given.clone()],
        };
        let mut may_stop = false;
        let steps = match params.steps {
            Some(steps) => Value::Int(steps),
            None if self.trains() => Value::None,
            None => Value::Any(Plain::Int),
        };
        let verbosity = match &params.verbose {
            Value::Str(_) => Some(1),
            verbose => verbose.as_int(),
        };
        let verbose = match (&params.verbose, self.keras) {
            (Value::Str(_), Keras::Two) => Value::Int(1),
            (verbose, _) => verbose.clone(),
        };
        let pairs = [("verbose", verbose), ("epochs", Value::Int(params.epochs)), ("steps", steps)];
        let dict = self.new_dict(pairs.map(|(k, v)| (Value::str(k), v)));
        for callback in &list {
            let Value::Instance(id) = callback else {
                may_stop |= callback.is_unknown();
                continue;
            };
            let own = self.script_method(*id, "on_epoch_end").is_some();
            let class = self.class_name(*id);
            may_stop |= own || matches!(&*class, "EarlyStopping" | "TerminateOnNaN");
            self.call_method(callback, "set_model", Args::of([Value::Instance(model)]))?;
            self.call_method(callback, "set_params", Args::of([dict.clone()]))?;
        }
        let shown = verbosity.and_then(Verbosity::of).filter(|_| self.carries_out() && self.trains());
        let progress =
            shown.map(|shown| Progress::new(self.keras, shown, params.call, params.epochs, params.steps));
        Ok(Callbacks { list, may_stop, progress, params: Some(dict) })
    }

    /// Tells whether code of the script may be called in an epoch.
    pub(crate) fn reach_script(&mut self, callbacks: &Callbacks) -> bool {
        callbacks.list.iter().any(|callback| {
            let Value::Instance(id) = callback else { return false };
            EPOCH.iter().any(|name| self.script_method(*id, name).is_some())
                || self.config(*id).is_some_and(|state| {
                    matches!(
                        &*state.path,
                        "keras.callbacks.LambdaCallback" | "keras.callbacks.LearningRateScheduler"
                    )
                })
        })
    }

    /// Calls a method of every callback that the script defines, in a class or as `LambdaCallback(on_epoch_end=...)`.
    ///
    /// # Errors
    /// What the script's code raises.
    pub(crate) fn run_callbacks(
        &mut self,
        callbacks: &mut Callbacks,
        method: &str,
        args: &[Value],
    ) -> Eval<()> {
        for callback in &callbacks.list {
            let Value::Instance(id) = callback else { continue };
            let given = Args::of(args.iter().cloned());
            // `on_train_batch_end` calls `on_batch_end` where nobody defines it.
            let older = older_name(method).filter(|_| self.computes());
            if let Some(own) =
                [Some(method), older].into_iter().flatten().find_map(|m| self.script_method(*id, m))
            {
                self.call(&own, given)?;
                continue;
            }
            let Some(path) = self.config(*id).map(|state| state.path.clone()) else { continue };
            if method == "on_epoch_end" && MONITORING.contains(&&*path) {
                self.refuse_monitor(*id)?;
            }
            let Some(state) = self.config(*id) else { continue };
            match &*path {
                "keras.callbacks.LambdaCallback" => {
                    let function =
                        [Some(method), older].into_iter().flatten().find_map(|m| given_by(&state.args, m));
                    if let Some(Arg::Callable(function)) = function {
                        let function = self.callable_value(function);
                        self.call(&function, given)?;
                    }
                }
                "keras.callbacks.LearningRateScheduler" if method == "on_epoch_begin" => {
                    self.run_rate_schedule(*id, &given)?;
                }
                "keras.callbacks.LearningRateScheduler" | "keras.callbacks.ReduceLROnPlateau"
                    if method == "on_epoch_end" && !self.computes() =>
                {
                    self.log_rate(*id, &given.positional)?;
                }
                _ if self.computes() => self.own_callback(*id, method, &given.positional)?,
                _ => {}
            }
        }
        self.show_round(callbacks, method, args);
        Ok(())
    }

    /// `LearningRateScheduler`: calls `schedule(epoch, lr)`, or `schedule(epoch)` where that raises `TypeError`.
    fn run_rate_schedule(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let Some(schedule) = self.config_attr(id, "schedule") else { return Ok(()) };
        let epoch = args.positional.first().cloned().unwrap_or(Value::Int(0));
        let takes_rate = self.parameter_names(&schedule).len() != 1;
        let mut given = vec![epoch];
        if takes_rate {
            let rate = if self.computes() { self.rate_of_callback(id) } else { None };
            given.push(rate.map_or(Value::Any(Plain::Float), Value::Float));
        }
        let rate = self.call(&schedule, Args::of(given))?;
        let wrong = matches!(
            rate,
            Value::Int(_) | Value::None | Value::Str(_) | Value::Bool(_) | Value::List(_) | Value::Tuple(_)
        );
        if wrong {
            let shown = self.display(&rate)?.unwrap_or_default();
            let text = match self.keras {
                Keras::Two => {
                    format!("The output of the \"schedule\" function should be float. Got: {shown}")
                }
                Keras::Three => {
                    format!("The output of the `schedule` function should be a float. Got: {shown}")
                }
            };
            return Err(self.raise(Exc::ValueError, text));
        }
        if self.computes() {
            match self.plain_scalar(&rate) {
                Value::Float(number) => {
                    self.set_rate_of_callback(id, number)?;
                    let shown = self.display(&rate)?.unwrap_or_default();
                    self.callback_says(id, |_| {
                        let epoch = args.positional.first().and_then(Value::as_int).unwrap_or(0) + 1;
                        format!("\nEpoch {epoch}: LearningRateScheduler setting learning rate to {shown}.")
                    });
                }
                _ => self.undecided("a learning rate that is not known"),
            }
        }
        Ok(())
    }
}
