//! `Model.fit`: data, callbacks, steps, validation, history.

use std::rc::Rc;

use ops::{Exc, Keras, Mistake, TensorKind};
use tensor::{Dim, TensorSpec};

use crate::framework::binding::Given;
use crate::framework::callbacks::{Callbacks, Params};
use crate::framework::data::{Arrays, Data, Feed};
use crate::framework::layer_class::split_self;
use crate::framework::model::Spoilt;
use crate::framework::tracing::Autograph;
use crate::framework::train_step::Step;
use crate::framework::training::Call;
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt, KernelPlace};
use crate::record::Phase;
use crate::stmt::Flow;
use crate::value::{Args, Native, Plain, Value};

/// What Keras 2 says of a step that returns nothing.
const EMPTY_LOGS: &str = "Unexpected result of `train_function` (Empty logs). This could be due to issues in input pipeline \
                          that resulted in an empty dataset. Otherwise, please use `Model.compile(..., \
                          run_eagerly=True)`, or `tf.config.run_functions_eagerly(True)` for more information of where \
                          went wrong, or file a issue/bug to `tf.keras`.";

/// Methods.
pub(crate) static METHODS: &[Native] = &[native("fit", fit)];

/// How many epochs the callbacks are called for in turn.
const EPOCHS: i64 = 64;

/// The most items that are taken of a generator.
const MOST_ITEMS: i64 = 1 << 16;

/// How many items a generator is asked for that gives `steps` batches for each epoch.
pub(crate) fn items_taken(steps: Option<i64>, epochs: i64) -> Option<usize> {
    let items = steps?.saturating_mul(epochs.max(1)).clamp(1, MOST_ITEMS);
    usize::try_from(items).ok()
}

fn fit(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.phased(Phase::Fit, |interp| interp.fit_model(id, &args))
}

impl Interp<'_> {
    fn fit_model(&mut self, id: ObjId, args: &Args) -> Eval {
        let given = self.bind_method_args("keras.Model.fit", Value::Instance(id), args)?;
        if !self.carries_out() {
            self.on_specs(|interp| interp.measure_gradients(id, &given))?;
        }
        self.check_compiled(id)?;
        let halves = self.feed_of(&given);
        let (given, validation) = self.split_validation(given)?;
        if self.keras == Keras::Two && !validation.is_none() {
            // `if validation_data:`, before anything is trained.
            self.truth(&validation)?;
        }
        let feed = self.feed_of(&given);
        let epochs = given.int("epochs").unwrap_or(1);
        let data = self.wanting(items_taken(feed.steps, epochs), |interp| interp.read_data(&feed))?;
        self.check_positive("epochs", given.int("epochs"))?;
        let steps = self.known_steps(&feed, &data)?;
        let params = Params { verbose: given.get("verbose"), epochs, steps, call: Call::Fit };
        let mut callbacks = self.callbacks_of(&given.get("callbacks"), id, &params)?;
        if self.trains() {
            return self.fit_on_numbers(id, &given, &feed, &data, &validation, &mut callbacks);
        }
        let none = self.new_dict([]);
        self.run_callbacks(&mut callbacks, "on_train_begin", std::slice::from_ref(&none))?;
        let mut logs = self.logs_dict(&[]);
        let epochs_left = epochs - given.int("initial_epoch").unwrap_or(0);
        let mut share = self.share();
        for epoch in 0..epochs_left {
            if epoch == EPOCHS || self.has_taken(share) {
                self.rest_of_epochs(id, &mut callbacks, &logs)?;
                break;
            }
            self.enter_epoch(id, &mut callbacks, &Value::Int(epoch))?;
            if epoch == 0 {
                logs = self.on_specs(|interp| interp.first_epoch(id, &data, &validation, &given))?;
                if matches!(data, Data::Arrays(_))
                    && !validation.is_none()
                    && given.get("validation_data").is_none()
                {
                    self.on_specs(|interp| interp.run_on_halves(id, &halves))?;
                }
                // It is what callbacks take that counts.
                share = self.share();
            }
            self.leave_epoch(&mut callbacks, Value::Int(epoch), &logs)?;
        }
        if epochs_left > 0 {
            self.note_checkpoints(id, &given.get("callbacks"), &logs);
        }
        self.run_callbacks(&mut callbacks, "on_train_end", &[logs.clone()])?;
        self.history(id, &logs, epochs, &callbacks)
    }

    /// What comes in an epoch before its first batch.
    fn enter_epoch(&mut self, id: ObjId, callbacks: &mut Callbacks, epoch: &Value) -> Eval<()> {
        if epoch.as_int() != Some(0) {
            self.reset_metrics(id)?;
        }
        let none = self.new_dict([]);
        self.run_callbacks(callbacks, "on_epoch_begin", &[epoch.clone(), none.clone()])?;
        for name in ["on_train_batch_begin", "on_batch_begin"] {
            self.run_callbacks(callbacks, name, &[Value::Int(0), none.clone()])?;
        }
        Ok(())
    }

    /// What comes in an epoch after its batches.
    fn leave_epoch(&mut self, callbacks: &mut Callbacks, epoch: Value, logs: &Value) -> Eval<()> {
        for name in ["on_train_batch_end", "on_batch_end"] {
            self.run_callbacks(callbacks, name, &[Value::Int(0), logs.clone()])?;
        }
        self.run_callbacks(callbacks, "on_epoch_end", &[epoch, logs.clone()])
    }

    /// The epochs of a training of which too many were followed, or too long ones: as many as nobody knows.
    fn rest_of_epochs(&mut self, id: ObjId, callbacks: &mut Callbacks, logs: &Value) -> Eval<()> {
        if !self.reach_script(callbacks) {
            return Ok(());
        }
        let epoch = |interp: &mut Self| {
            interp.enter_epoch(id, callbacks, &Value::Any(Plain::Int))?;
            interp.leave_epoch(callbacks, Value::Any(Plain::Int), logs)?;
            Ok(Flow::Next)
        };
        self.maybe_rounds(epoch).map(|_| ())
    }

    fn feed_of(&self, given: &Given) -> Feed {
        Feed {
            x: given.get("x"),
            y: given.get("y"),
            weight: given.get("sample_weight"),
            class_weight: given.get("class_weight"),
            batch: given.int("batch_size"),
            steps: given.int("steps_per_epoch"),
        }
    }

    /// Carries a training out. A step of each kind is traced on specs, as a check does, when its first batch comes.
    fn fit_on_numbers(
        &mut self,
        id: ObjId,
        given: &Given,
        feed: &Feed,
        data: &Data,
        validation: &Value,
        callbacks: &mut Callbacks,
    ) -> Eval {
        let tested = items_taken(given.int("validation_steps"), given.int("epochs").unwrap_or(1));
        let shuffled = self.truth(&given.get("shuffle"))? != Some(false) && matches!(data, Data::Arrays(_));
        let Some(rounds) = self.rounds(id, feed, data, shuffled) else {
            self.undecided("the data of a training is not known");
            let logs = match self.runs_eagerly(id) {
                true => Value::None,
                false => self.on_specs(|interp| interp.first_epoch(id, data, validation, given))?,
            };
            return self.history(id, &logs, 0, callbacks);
        };
        let validation = match self.validation_feed(validation, given)? {
            Some(feed) => {
                let data = self.wanting(tested, |interp| interp.read_data(&feed))?;
                self.rounds(id, &feed, &data, false)
            }
            None => None,
        };
        let history = self.fit_with_numbers(id, given, rounds, validation, callbacks)?;
        let epochs = history.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
        let pairs = self.history_lists(&history);
        let initial = self.initial_epoch(id, given);
        let dict = self.new_dict(pairs);
        self.history_of(id, dict, initial..initial + epochs as i64, callbacks)
    }

    /// What validation is carried out on; nothing where there is none.
    fn validation_feed(&mut self, validation: &Value, given: &Given) -> Eval<Option<Feed>> {
        // Keras 3 asks whether it is `None`, so that an array is data without labels.
        let asked = self.keras == Keras::Two || !matches!(validation, Value::Tensor(_));
        if validation.is_none() || asked && self.truth(validation)? == Some(false) {
            return Ok(None);
        }
        let (x, y, weight) = self.unpack_data(validation);
        let batch = given.int("validation_batch_size").or(given.int("batch_size"));
        let steps = given.int("validation_steps");
        Ok(Some(Feed { x, y, weight, class_weight: Value::None, batch, steps }))
    }

    /// Trains and validates once; the logs have numbers for all epochs.
    fn first_epoch(&mut self, id: ObjId, data: &Data, validation: &Value, given: &Given) -> Eval {
        let logs = self.run_steps(id, data, Step::Train)?;
        if self.keras == Keras::Two && logs.is_none() {
            return Err(self.empty_logs());
        }
        if logs.is_unknown() {
            return Ok(logs);
        }
        let mut names = self.names_of_logs(id, &logs);
        if let Some(feed) = self.validation_feed(validation, given)? {
            let data = self.read_data(&feed)?;
            let logs = match self.run_steps(id, &data, Step::Test) {
                Err(halt) => {
                    self.note_failed_validation(id, &halt);
                    return Err(halt);
                }
                Ok(logs) => logs,
            };
            if logs.is_unknown() {
                return Ok(logs);
            }
            let own = self.names_of_logs(id, &logs);
            names.extend(own.iter().map(|n| Rc::from(format!("val_{n}"))));
        }
        Ok(self.logs_dict(&names))
    }

    /// What Keras 2 raises for a step that returns nothing.
    pub(crate) fn empty_logs(&mut self) -> Halt {
        self.bad_data(Exc::ValueError, EMPTY_LOGS.to_owned())
    }

    /// Remembers how a validation failed: `fit` lets go of its data only at its end.
    ///
    /// source: tf_keras/src/engine/training.py: fit, `_eval_data_handler`
    pub(crate) fn note_failed_validation(&mut self, id: ObjId, halt: &Halt) {
        let Halt::Exception(exception) = halt else { return };
        let class = self.class_name(*exception);
        let Some(core) = self.exception(*exception).map(|state| state.core.clone()) else { return };
        if let Some(model) = self.model_mut(id) {
            model.failed_validation.get_or_insert((class, core));
        }
    }

    /// The keys of the logs that a step returned; the model's metrics where that is not known.
    pub(crate) fn names_of_logs(&mut self, id: ObjId, logs: &Value) -> Vec<Rc<str>> {
        match self.pairs_of(logs) {
            Some(pairs) => pairs.iter().filter_map(|(k, _)| k.as_str().map(Rc::from)).collect(),
            None => self.log_names(id),
        }
    }

    /// Carries a step out: traced for the data's specs, then for the sizes of batches that differ.
    ///
    /// # Errors
    /// What the step raises.
    pub(crate) fn run_steps(&mut self, id: ObjId, data: &Data, step: Step) -> Eval {
        if step != Step::Predict {
            self.reset_metrics(id)?;
        }
        let logs = self.carry_out_steps(id, data, step)?;
        self.refuse_variables(id, step)?;
        self.refuse_unseen_metrics(id, step)?;
        Ok(logs)
    }

    /// A step whose first trace raised makes its variables in the second, which `tf.function` refuses once the
    /// step has run: `fit` after a `fit` that failed.
    ///
    /// source: tensorflow/python/eager/polymorphic_function/polymorphic_function.py: `_call`
    fn refuse_variables(&mut self, id: ObjId, step: Step) -> Eval<()> {
        let Some(spoilt) = self.model(id).and_then(|model| model.spoilt[step as usize]) else {
            return Ok(());
        };
        let Some(compiled) = self.compiled(id) else { return Ok(()) };
        // Metrics are made by the first step of either kind.
        let trained = self.model(id).is_some_and(|model| model.traced[Step::Train as usize].is_some());
        let measures = !compiled.metrics.is_none() || !compiled.weighted_metrics.is_none();
        let makes = match step {
            Step::Train => {
                self.makes_slots(&compiled.optimizer) && !self.weights_of(id).0.is_empty() || measures
            }
            Step::Test if trained && self.keras == Keras::Two => {
                // It keeps the data of a validation that failed, and fails on it again.
                match self.model(id).and_then(|model| model.failed_validation.clone()) {
                    Some((class, core)) => return Err(self.raise_named(&class, &*core)),
                    None => self.undecided("a validation after one that failed"),
                }
                return Ok(());
            }
            Step::Test => measures && !trained,
            Step::Predict => false,
        };
        if !makes {
            return Ok(());
        }
        if spoilt == Spoilt::Refused {
            if step != Step::Train {
                self.undecided("a step that has failed twice");
                return Ok(());
            }
            // The function that is there by now returns nothing.
            let core = match self.keras {
                Keras::Two => EMPTY_LOGS,
                Keras::Three => {
                    "Attr 'Toutput_types' of 'OptionalFromValue' Op passed list of length 0 less than minimum 1."
                }
            };
            return Err(self.bad_data(Exc::ValueError, core.to_owned()));
        }
        if let Some(model) = self.model_mut(id) {
            model.spoilt[step as usize] = Some(Spoilt::Refused);
        }
        let core = "Creating variables on a non-first call to a function decorated with tf.function.";
        Err(self.bad_data(Exc::ValueError, core.to_owned()))
    }

    /// Tells whether an optimizer makes variables of its own while it trains: Keras 3's plain `SGD` does not.
    fn makes_slots(&self, optimizer: &Value) -> bool {
        let Value::Instance(id) = optimizer else { return !optimizer.is_none() };
        let Some(state) = self.config(*id) else { return true };
        let momentum = state.args.iter().find(|(name, _)| &**name == "momentum").map(|(_, arg)| arg);
        let still = match momentum {
            Some(ops::Arg::Float(momentum)) => *momentum == 0.0,
            Some(ops::Arg::Int(momentum)) => *momentum == 0,
            _ => false,
        };
        !(self.keras == Keras::Three && still && state.path.ends_with(".SGD"))
    }

    fn carry_out_steps(&mut self, id: ObjId, data: &Data, step: Step) -> Eval {
        let eagerly = self.runs_eagerly(id);
        match data {
            Data::Unknown => {
                self.undecided("the data of a model is not known");
                self.lose_unbuilt(id, 0);
                Ok(self.unknown("the result of a step on data that is not known"))
            }
            Data::Batches { element, first, unmade, draws, .. } => {
                if eagerly {
                    let logs = self.call_step(id, step, first)?;
                    return unmade.as_ref().map_or(Ok(logs), |unmade| Err(self.end_unmade(unmade)));
                }
                let logs = self.traced_step(id, step, &|interp| {
                    let batch = interp.graph_input(element);
                    interp.name_placeholders(&[&batch]);
                    interp.generalised(id, step, &batch)
                })?;
                self.remember_specs(id, step, element);
                let result = self.run_on_values(id, first, step);
                if self.refuses_values(&result) {
                    self.doubt_message(&result);
                }
                result?;
                if let Some((draws, rows)) = draws {
                    self.run_on_drawn(id, element, first, (draws, *rows), step)?;
                }
                unmade.as_ref().map_or(Ok(logs), |unmade| Err(self.end_unmade(unmade)))
            }
            Data::Arrays(arrays) if eagerly => {
                let mut logs = Value::None;
                for rows in arrays.sizes() {
                    let batch = self.batch_of(arrays, Dim::Known(rows), TensorKind::Eager);
                    logs = self.call_step(id, step, &batch)?;
                }
                Ok(logs)
            }
            Data::Arrays(arrays) if step == Step::Predict && self.keras == Keras::Three => {
                self.predict_batches(id, arrays)
            }
            Data::Arrays(arrays) => {
                let rows = match arrays.static_batch() {
                    Some(batch) => Dim::Known(batch),
                    None => self.new_symbol(),
                };
                let widened = self.is_widened(id, step, arrays, rows);
                let logs = self.traced_step(id, step, &|interp| {
                    let batch = interp.batch_of(arrays, rows, TensorKind::Graph);
                    interp.generalised(id, step, &batch)
                })?;
                let batch = self.batch_of(arrays, rows, TensorKind::Graph);
                self.remember_specs(id, step, &batch);
                let strings = [&arrays.x, &arrays.y].into_iter().flat_map(|v| self.flat_tensors(v));
                let strings =
                    strings.map(|n| self.trace.node(n).spec.dtype).any(|d| d == Some(tensor::DType::String));
                if !rows.is_known() || widened || strings {
                    self.run_on_sizes(id, arrays, step)?;
                }
                self.run_on_ids(id, arrays, step)?;
                Ok(logs)
            }
        }
    }

    /// Keras 3 hands each batch to its prediction function, which is traced for the first one's size and, where
    /// the last is smaller, for any.
    fn predict_batches(&mut self, id: ObjId, arrays: &Arrays) -> Eval {
        let step = Step::Predict;
        let sizes = arrays.sizes();
        if sizes.is_empty() {
            let rows = self.new_symbol();
            return self.traced_step(id, step, &|i| i.batch_of(arrays, rows, TensorKind::Graph));
        }
        let mut outputs = Value::None;
        for (at, rows) in sizes.into_iter().enumerate() {
            let rows = Dim::Known(rows);
            let widened = self.is_widened(id, step, arrays, rows);
            let result = self.traced_step(id, step, &|interp| {
                let batch = interp.batch_of(arrays, rows, TensorKind::Graph);
                interp.generalised(id, step, &batch)
            })?;
            let batch = self.batch_of(arrays, rows, TensorKind::Graph);
            self.remember_specs(id, step, &batch);
            if widened {
                let batch = self.batch_of(arrays, rows, TensorKind::Eager);
                self.run_on_values(id, &batch, step)?;
            }
            if at == 0 {
                outputs = result;
            }
        }
        self.run_on_ids(id, arrays, step)?;
        Ok(outputs)
    }

    fn traced_step(&mut self, id: ObjId, step: Step, batch: &dyn Fn(&mut Self) -> Value) -> Eval {
        let (mode, converts) = match self.keras {
            Keras::Three => (Autograph::Disabled, false),
            Keras::Two => (Autograph::On, self.running.autograph == Autograph::Off),
        };
        let undecided = self.undecided.clone();
        let untraced = self.model(id).is_some_and(|model| model.traced[step as usize].is_none());
        let trains = step == Step::Train && self.keras == Keras::Two && !self.weights_of(id).0.is_empty();
        let builds_optimizer = untraced && trains;
        let result = self.trace_step(|interp| {
            if builds_optimizer {
                interp.note_lifted();
            }
            interp.under(mode, |interp| {
                let batch = batch(interp);
                // A batch of specs that it was traced for is not traced again.
                match interp.was_traced_for(id, step, &batch) {
                    true => interp.in_quiet(|interp| interp.call_step(id, step, &batch)),
                    false => interp.call_step(id, step, &batch),
                }
            })
        });
        let rankless = std::mem::take(&mut self.running.rankless);
        let of_keras = self.script_method(id, step.method()).is_none();
        if let (Err(Halt::Exception(_)), true, Some(model)) = (&result, of_keras, self.model_mut(id))
            && model.traced[step as usize].is_none()
        {
            model.spoilt[step as usize].get_or_insert(Spoilt::Closed);
        }
        match result {
            Err(halt) if converts => Err(self.staged(halt)),
            Err(halt) => Err(halt),
            Ok(_) if rankless && self.keras == Keras::Three && of_keras => {
                // Keras asks for the rank of all that it is given.
                let text = "Cannot take the length of shape with unknown rank.";
                Err(self.bad_data(Exc::ValueError, text.to_owned()))
            }
            Ok(logs) => {
                // Without ranks little can be told; carrying the step out on values tells the rest.
                if rankless && self.keras == Keras::Two {
                    self.undecided = undecided;
                }
                Ok(logs)
            }
        }
    }

    /// Tells whether a step was traced for a batch's specs before.
    fn was_traced_for(&self, id: ObjId, step: Step, batch: &Value) -> bool {
        let Some(before) = self.model(id).and_then(|model| model.traced[step as usize].as_ref()) else {
            return false;
        };
        let now = self.specs_of(batch);
        let same =
            |(a, b): (&TensorSpec, &TensorSpec)| a.dtype == b.dtype && a.shape.tuple() == b.shape.tuple();
        before.len() == now.len() && before.iter().zip(&now).all(same)
    }

    /// The specs of a batch's tensors.
    fn specs_of(&self, batch: &Value) -> Vec<TensorSpec> {
        self.flat_tensors(batch).into_iter().map(|n| self.trace.node(n).spec.clone()).collect()
    }

    /// What an earlier trace and this batch have in common: TensorFlow traces anew for that, not for the batch.
    fn common_specs(&self, id: ObjId, step: Step, batch: &Value) -> Option<Vec<TensorSpec>> {
        let (before, now) = (self.model(id)?.traced[step as usize].as_ref()?, self.specs_of(batch));
        let same = before.len() == now.len() && before.iter().zip(&now).all(|(a, b)| a.dtype == b.dtype);
        let join = |(a, b): (&TensorSpec, &TensorSpec)| TensorSpec::new(a.shape.join(&b.shape), a.dtype);
        same.then(|| before.iter().zip(&now).map(join).collect())
    }

    /// Tells whether a step is traced for wider specs than its data has.
    fn is_widened(&mut self, id: ObjId, step: Step, arrays: &Arrays, rows: Dim) -> bool {
        let batch = self.batch_of(arrays, rows, TensorKind::Graph);
        let known = |s: &TensorSpec| s.shape.dims().map(|dims| dims.iter().filter(|d| d.is_known()).count());
        self.common_specs(id, step, &batch).is_some_and(|common| {
            self.specs_of(&batch).iter().zip(&common).any(|(a, b)| known(a) != known(b))
        })
    }

    /// Gives a batch's tensors the specs that the step is traced for.
    fn generalised(&mut self, id: ObjId, step: Step, batch: &Value) -> Value {
        if let Some(common) = self.common_specs(id, step, batch) {
            for (node, mut spec) in self.flat_tensors(batch).into_iter().zip(common) {
                if let Some(dims) = spec.shape.dims().filter(|_| self.carries_out()).map(<[Dim]>::to_vec) {
                    // Where two batches differ, it is traced for any size.
                    let any = |dim| if dim == Dim::Unknown { self.new_symbol() } else { dim };
                    spec.shape = dims.into_iter().map(any).collect();
                }
                // Of data that is not known, only kerascope does not know the rank.
                if spec.shape.rank().is_none() && self.trace.node(node).spec.shape.rank().is_some() {
                    self.running.rankless = true;
                    self.running.no_rank.insert(node);
                }
                self.trace.node_mut(node).spec = spec;
            }
        }
        batch.clone()
    }

    fn remember_specs(&mut self, id: ObjId, step: Step, batch: &Value) {
        let specs = self.common_specs(id, step, batch).unwrap_or_else(|| self.specs_of(batch));
        if let Some(model) = self.model_mut(id) {
            model.traced[step as usize] = Some(specs);
        }
    }

    /// Calls `train_step` or its like: the script's own or Keras'.
    pub(crate) fn call_step(&mut self, id: ObjId, step: Step, batch: &Value) -> Eval {
        let object = Value::Instance(id);
        let args = Args::of([batch.clone()]);
        if let Some(method) = self.script_method(id, step.method()) {
            let logs = self.call(&method, args)?;
            return Ok(if self.keras == Keras::Three { self.flat_logs(logs) } else { logs });
        }
        Ok(self.call_method(&object, step.method(), args)?.unwrap_or(Value::None))
    }

    /// Takes the entries of dicts out into the logs that hold them: `{"loss": ..., "compile_metrics": {"mae": ...}}`.
    ///
    /// source: keras/src/trainers/trainer.py: `_pythonify_logs`
    fn flat_logs(&mut self, logs: Value) -> Value {
        let Some(pairs) = self.pairs_of(&logs) else { return logs };
        if !pairs.iter().any(|(_, value)| matches!(value, Value::Dict(_))) {
            return logs;
        }
        let flat = pairs.into_iter().flat_map(|(key, value)| match self.pairs_of(&value) {
            Some(own) => own,
            None => vec![(key, value)],
        });
        let flat: Vec<(Value, Value)> = flat.collect();
        self.new_dict(flat)
    }

    /// Carries a step out on batches of the real sizes, for what only shows when it runs: two tensors of
    /// which one has the size of a full batch.
    fn run_on_sizes(&mut self, id: ObjId, arrays: &Arrays, step: Step) -> Eval<()> {
        for rows in arrays.sizes() {
            let batch = self.batch_of(arrays, Dim::Known(rows), TensorKind::Eager);
            self.run_on_values(id, &batch, step)?;
        }
        Ok(())
    }

    /// Carries a step out on one batch; nothing of it remains but an exception that a kernel would raise.
    pub(crate) fn run_on_values(&mut self, id: ObjId, batch: &Value, step: Step) -> Eval<()> {
        self.on_values(|interp| interp.call_step(id, step, batch).map(drop))
    }

    /// Carries out on values what was traced; nothing of it remains but an exception that a kernel would raise.
    pub(crate) fn on_values(&mut self, run: impl FnOnce(&mut Self) -> Eval<()>) -> Eval<()> {
        let depth = self.frames.len();
        let (undecided, counters) = (self.undecided.clone(), self.counters.clone());
        let (events, tapes, calls) =
            (self.events.len(), self.record.tapes.len(), self.record.layer_calls.len());
        let running = (self.running.autograph, self.running.tapes);
        self.heap.open();
        self.running.measuring += 1;
        self.running.autograph = Autograph::Disabled;
        let executing = std::mem::replace(&mut self.running.executing, true);
        let result = self.in_quiet(run);
        self.running.executing = executing;
        self.running.measuring -= 1;
        (self.running.autograph, self.running.tapes) = running;
        self.frames.truncate(depth);
        let error = match &result {
            Err(Halt::Exception(exception)) => self.kernel_error(*exception),
            _ => None,
        };
        self.heap.undo();
        self.undecided = undecided;
        self.counters = counters;
        self.events.truncate(events);
        self.record.tapes.truncate(tapes);
        self.record.layer_calls.truncate(calls);
        if let Err(halt) = &result
            && halt.is_final()
        {
            return Err(halt.clone());
        }
        match error {
            Some(KernelError { class, core: Some(core), details, place, judged }) => {
                let class = self.builtin_class(&class);
                let exception = self.new_exception(class, core.into(), details);
                if let Some(state) = self.exception_mut(exception) {
                    state.kernel = Some(place).filter(|place| place.span != state.span);
                    state.judged = judged;
                }
                return Err(Halt::Exception(exception));
            }
            Some(_) => self.undecided("a step that may fail on batches of the real size"),
            None => {}
        }
        Ok(())
    }

    /// What a graph says where a kernel refuses its operands; nothing for exceptions that would have come while
    /// it was traced.
    fn kernel_error(&self, id: ObjId) -> Option<KernelError> {
        let name = self.exception_name(id);
        let state = self.exception(id)?;
        let details = state.details.clone();
        let place = KernelPlace { span: state.span, operands: state.operands.clone() };
        let judged = state.judged.clone();
        if matches!(&*name, "InvalidArgumentError" | "UnimplementedError" | "OutOfRangeError") {
            return Some(KernelError {
                class: name.to_string(),
                core: Some(kernel_text(&state.core)),
                details,
                place,
                judged,
            });
        }
        let mistake = details.as_ref().map(|d| &d.mistake);
        let of_shape = matches!(
            mistake,
            Some(
                Mistake::NotBroadcastable { .. } | Mistake::DimMismatch { .. } | Mistake::ReshapeSize { .. }
            )
        );
        // A Python check that knows the sizes words it otherwise than the kernel, which will refuse them too.
        (of_shape && &*name == "ValueError").then(|| KernelError {
            class: "InvalidArgumentError".to_owned(),
            core: labels_text(&state.core),
            details,
            place,
            judged,
        })
    }

    /// The `History` that `fit` returns.
    fn history(&mut self, id: ObjId, logs: &Value, epochs: i64, callbacks: &Callbacks) -> Eval {
        let count = usize::try_from(epochs.clamp(0, 2048)).unwrap_or(0);
        let mut pairs = Vec::new();
        for (key, _) in self.pairs_of(logs).unwrap_or_default() {
            let list = if callbacks.may_stop {
                Value::List(self.heap.add(Object::Lost("a training that may end early")))
            } else {
                self.new_list(vec![Value::Any(Plain::Float); count])
            };
            pairs.push((key, list));
        }
        let dict = match logs {
            Value::Unknown(_) => {
                Value::Dict(self.heap.add(Object::Lost("the logs of a training are not known")))
            }
            _ => self.new_dict(pairs),
        };
        self.history_of(id, dict, 0..count as i64, callbacks)
    }

    /// A `History` with these lists of numbers.
    fn history_of(
        &mut self,
        id: ObjId,
        dict: Value,
        made: std::ops::Range<i64>,
        callbacks: &Callbacks,
    ) -> Eval {
        let class = self.native_class("keras.callbacks.History");
        let history = self.new_instance(class);
        let numbers = self.new_list(made.map(Value::Int).collect());
        let params = callbacks.params.clone().unwrap_or_else(|| Value::unknown("the params of callbacks"));
        for (name, value) in
            [("history", dict), ("epoch", numbers), ("params", params), ("model", Value::Instance(id))]
        {
            self.set_own_attr(history, name, value)?;
        }
        let value = Value::Instance(history);
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.attrs.insert("history".into(), value.clone());
        }
        Ok(value)
    }
}

/// What a kernel refuses; its text where it is known.
struct KernelError {
    class: String,
    core: Option<String>,
    details: Option<Rc<crate::raise::Details>>,
    /// Where the operation stands in the script.
    place: KernelPlace,
    /// The loss or metric that it is a part of.
    judged: Option<crate::raise::Judged>,
}

/// The kernel's words for labels of another number than the logits.
fn labels_text(core: &str) -> Option<String> {
    let shape = |name: &str| {
        let (_, rest) = core.split_once(&format!("{name}.shape=("))?;
        let (dims, _) = rest.split_once(')')?;
        Some(format!("[{}]", dims.trim_end_matches(',').replace(", ", ",")))
    };
    let (labels, logits) = (shape("labels")?, shape("logits")?);
    Some(format!(
        "logits and labels must have the same first dimension, got logits shape {logits} and labels shape {labels}"
    ))
}

/// A kernel's text without what an eager call puts around it.
fn kernel_text(core: &str) -> String {
    let text = match core.strip_prefix("{{function_node").and_then(|rest| rest.split_once("}} ")) {
        Some((_, text)) => text,
        None => core,
    };
    text.split(" [Op:").next().unwrap_or(text).trim_end().to_owned()
}

/// A float as Python prints it.
pub(crate) fn float_text(x: f64) -> String {
    if x.fract() == 0.0 { format!("{x:.1}") } else { format!("{x}") }
}
