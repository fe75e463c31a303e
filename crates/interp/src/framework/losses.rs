//! Losses as objects: what `compile` was given, and `loss(y_true, y_pred)`.

use std::rc::Rc;

use keras::losses::{LossCall, Weighting};
use keras::{Bound, Named};
use ops::{Arg, Keras};
use tensor::{DType, Shape};

use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Value, Wrapped};

/// Methods of `keras.losses.Loss`.
pub(crate) static METHODS: &[Native] = &[native("__call__", call), native("call", inner_call)];

/// A loss that `compile` was given.
#[derive(Clone, Debug)]
pub enum Loss {
    /// One of Keras' functions, with its settings.
    Known(&'static keras::losses::Loss, Rc<[(Rc<str>, Arg)]>),
    /// A function of the script, or of a framework without a model.
    Function(Value),
    /// An instance of a loss class.
    Object(ObjId),
    /// Nothing is known of it.
    Unknown(Value),
}

/// `loss(y_true, y_pred, sample_weight=None)`.
fn call(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if args.positional.len() == 1 && args.keywords.is_empty() {
        let text = "Loss.__call__() missing 1 required positional argument: 'y_pred'";
        return Err(interp.raise(ops::Exc::TypeError, text));
    }
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (y_true, y_pred, weight) = (get(0, "y_true"), get(1, "y_pred"), get(2, "sample_weight"));
    interp.refuse_rankless(&y_true, &y_pred)?;
    let own = interp.is_scripts_own(id);
    let averaged = interp.config(id).is_some_and(|s| keras::losses::find_loss(&s.path).is_some());
    if interp.keras == Keras::Three && averaged && !own {
        interp.refuse_other_structure(&y_true, &y_pred)?;
    }
    interp.call_loss(&Loss::Object(id), &y_true, &y_pred, &weight)
}

/// `Loss.call` of a class that Keras defines: the losses of samples.
fn inner_call(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let state = interp.config(id).cloned().unwrap_or_default();
    let Some(loss) = keras::losses::find_loss(&state.path) else {
        if &*state.path == "keras.losses.Loss" {
            return Err(interp.abstract_loss());
        }
        return Ok(interp.unknown(format!("`{}` is not modelled", state.path)));
    };
    let (y_true, y_pred) = (args.get(0, "y_true").cloned(), args.get(1, "y_pred").cloned());
    let (y_true, y_pred) = (y_true.unwrap_or(Value::None), y_pred.unwrap_or(Value::None));
    let (y_true, y_pred) = (interp.arg(&y_true), interp.arg(&y_pred));
    let settings = Bound { keras: interp.keras, class: "", args: &state.args };
    let answer = loss.compute(interp, y_true, y_pred, &settings);
    match interp.settle(answer, loss.function, Vec::new)? {
        Ok(arg) => Ok(interp.value_of(&arg)),
        Err(why) => Ok(interp.unknown(format!("`{}`: {why}", loss.function))),
    }
}

impl Interp<'_> {
    /// Keras 2 decides with `tf.cond` whether it squeezes what has no rank, which a KerasTensor cannot go through.
    ///
    /// source: tf_keras/src/utils/losses_utils.py, remove_squeezable_dimensions
    fn refuse_rankless(&mut self, y_true: &Value, y_pred: &Value) -> Eval<()> {
        let (Value::Tensor(labels), Value::Tensor(predictions)) = (y_true, y_pred) else { return Ok(()) };
        let both = [*labels, *predictions];
        let symbolic = |node: &graph::NodeId| self.trace.node(*node).kind == ops::TensorKind::Keras;
        if self.keras == Keras::Three
            || !both.iter().any(|node| symbolic(node) && self.has_no_rank(*node))
            || !both.iter().all(symbolic)
        {
            return Ok(());
        }
        let text = "To be compatible with tf.function, Python functions must return zero or more Tensors or \
                    ExtensionTypes or None values; in compilation of <function \
                    remove_squeezable_dimensions.<locals>.<lambda>>, found return value of type KerasTensor, which is not \
                    a Tensor or ExtensionType.";
        Err(self.raise(ops::Exc::TypeError, text))
    }

    /// Refuses labels that are a list where the predictions are none, or are nested otherwise: each of their leaves is a
    /// tensor for Keras 3.
    ///
    /// source: keras/src/losses/losses.py, LossFunctionWrapper.call; keras/src/tree
    fn refuse_other_structure(&mut self, y_true: &Value, y_pred: &Value) -> Eval<()> {
        if self.hides_unknown(y_true) || self.hides_unknown(y_pred) {
            return Ok(());
        }
        let text = match (y_true, y_pred) {
            (Value::List(_), Value::Tensor(_)) => {
                let shown = self.display(y_pred)?.unwrap_or_default();
                format!("Expected an instance of list, got {shown}.")
            }
            (Value::List(_), Value::List(_)) if !self.nested_alike(y_true, y_pred, 0) => {
                "Structures don't have the same nested structure.".to_owned()
            }
            _ => return Ok(()),
        };
        Err(self.raise(ops::Exc::ValueError, text))
    }

    fn nested_alike(&self, a: &Value, b: &Value, depth: u32) -> bool {
        match (a, b) {
            (Value::List(a), Value::List(b)) => {
                let (Some(a), Some(b)) = (self.heap.list(*a), self.heap.list(*b)) else { return true };
                a.len() == b.len()
                    && (depth > 8 || a.iter().zip(b).all(|(a, b)| self.nested_alike(a, b, depth + 1)))
            }
            (Value::List(_), _) | (_, Value::List(_)) => false,
            _ => true,
        }
    }

    /// Tells whether a value is a composite tensor, whose loss is not followed: `tf.ragged.constant([[1.0], []])`.
    pub(crate) fn is_composite_value(&self, value: &Value) -> bool {
        let Value::Instance(id) = value else { return false };
        self.heap.instance(*id).is_some_and(|instance| self.is_composite(instance.class))
    }

    /// Reads what `compile(loss=...)` was given for one output; nothing for `None`.
    ///
    /// # Errors
    /// What Keras raises for a name or object that it does not know.
    pub(crate) fn loss_of(&mut self, given: &Value, y_true: &Value, y_pred: &Value) -> Eval<Option<Loss>> {
        Ok(Some(match given {
            Value::None => return Ok(None),
            Value::Str(name) => {
                let known = keras::losses::is_deferred(self.keras, name)
                    || keras::losses::loss_named(self.keras, name).is_ok();
                match self.custom_named(name, known) {
                    Some(own) => return self.loss_of(&own, y_true, y_pred),
                    None => self.named_loss(name, y_true, y_pred)?,
                }
            }
            // The base class's `__call__` reduces what `call` gives; the script's own does what it likes.
            Value::Instance(id) if self.is_of_family(given, "keras.losses.Loss") => {
                if self.own_method(*id, "__call__").is_some() {
                    Loss::Function(given.clone())
                } else {
                    Loss::Object(*id)
                }
            }
            Value::Api(path) => match self.known_loss(path) {
                Some(loss) => Loss::Known(loss, [].into()),
                None => Loss::Function(given.clone()),
            },
            Value::Class(_) if self.keras == Keras::Three => {
                let made = self.call(given, Args::default())?;
                return self.loss_of(&made, y_true, y_pred);
            }
            Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Wrapped(_) => {
                Loss::Function(given.clone())
            }
            // Keras 2 calls a class with labels and predictions, as any function.
            Value::Class(_) => Loss::Function(given.clone()),
            Value::Instance(_) if self.find_attr(given, "__call__")?.is_some() => {
                Loss::Function(given.clone())
            }
            Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
                self.refuse_identifier(&keras::losses::LOSS_NAMES, given, "compile")?;
                Loss::Unknown(given.clone())
            }
            _ => Loss::Unknown(given.clone()),
        }))
    }

    fn named_loss(&mut self, name: &Rc<str>, y_true: &Value, y_pred: &Value) -> Eval<Loss> {
        let answer = if keras::losses::is_deferred(self.keras, name) {
            let (y_true, y_pred) = (self.first_shape(y_true), self.first_shape(y_pred));
            keras::metrics::crossentropy_for(&y_true, &y_pred)
        } else {
            keras::losses::loss_named(self.keras, name)
        };
        let path = match self.settle(answer, "compile", Vec::new)? {
            Ok(Named::Function(path) | Named::Class(path)) => path,
            Ok(Named::Itself) | Err(_) => return Ok(Loss::Unknown(Value::Str(name.clone()))),
        };
        Ok(match keras::losses::find_loss(path) {
            Some(loss) => Loss::Known(loss, [].into()),
            None => Loss::Function(Value::Api(path.into())),
        })
    }

    pub(crate) fn first_shape(&self, value: &Value) -> Shape {
        self.flat_tensors(value).first().map_or(Shape::UNKNOWN, |n| self.trace.node(*n).spec.shape.clone())
    }

    /// Finds the declared loss that a path means: `keras.losses.MSE`, `keras.metrics.mse`.
    fn known_loss(&self, path: &str) -> Option<&'static keras::losses::Loss> {
        let definition = names::lookup(crate::value::profile(self.keras), path)?.definition;
        let name = definition.split_once(':')?.1;
        keras::losses::find_loss(&format!("keras.losses.{name}"))
    }

    /// What the base class of losses says of a call that it leaves to subclasses.
    fn abstract_loss(&mut self) -> Halt {
        let core = if self.keras == Keras::Two { "Must be implemented in subclasses." } else { "" };
        self.raise(ops::Exc::NotImplementedError, core)
    }

    /// The name that a loss or metric goes by in logs.
    pub(crate) fn callable_name(&mut self, value: &Value) -> Rc<str> {
        let name = match value {
            Value::Str(name) => return name.clone(),
            Value::Instance(id) => match self.config(*id) {
                Some(state) => return state.name.clone(),
                None => return keras::snake_case(&self.class_name(*id)).into(),
            },
            Value::Wrapped(wrapped) => match &**wrapped {
                // `functools.partial` objects have no name.
                Wrapped::Partial(..) => return "partial".into(),
                _ => self.find_attr(value, "__name__"),
            },
            _ => self.find_attr(value, "__name__"),
        };
        match name {
            // `get_object_name` of Keras 3 writes a lambda as `lambda`, and `meanGap` as `mean_gap`.
            Ok(Some(Value::Str(name))) if self.keras == Keras::Three => keras::snake_case(&name).into(),
            Ok(Some(Value::Str(name))) => name,
            _ => "loss".into(),
        }
    }

    /// Calls a loss: `loss(y_true, y_pred, sample_weight)`, reduced as it says.
    ///
    /// # Errors
    /// What Keras or the script's own function raises.
    pub(crate) fn call_loss(&mut self, loss: &Loss, y_true: &Value, y_pred: &Value, weight: &Value) -> Eval {
        let by = match loss {
            Loss::Known(known, _) => known.function.rsplit('.').next().unwrap_or_default().into(),
            Loss::Function(function) => self.callable_name(function),
            Loss::Object(id) => self.callable_name(&Value::Instance(*id)),
            Loss::Unknown(_) => "".into(),
        };
        let known = matches!(loss, Loss::Known(..) | Loss::Object(_));
        let result = self.judging(&format!("loss '{by}'"), y_true, y_pred, |interp| {
            interp.apply_loss(loss, y_true, y_pred, weight)
        });
        if let (true, Ok(_), Value::Tensor(labels), Value::Tensor(predictions)) =
            (known, &result, y_true, y_pred)
        {
            let (labels, predictions, span) = (*labels, *predictions, self.here());
            let from_logits = self.takes_scores(loss);
            self.events.push(crate::events::Event::Loss { by, labels, predictions, from_logits, span });
        }
        result
    }

    /// Whether a crossentropy of Keras' is told that it gets scores; nothing for other losses.
    fn takes_scores(&self, loss: &Loss) -> Option<bool> {
        let (name, args): (&str, &[(Rc<str>, Arg)]) = match loss {
            Loss::Known(known, args) => (known.function, args),
            Loss::Object(id) => {
                let state = self.config(*id)?;
                (keras::losses::find_loss(&state.path)?.function, &state.args)
            }
            Loss::Function(_) | Loss::Unknown(_) => return None,
        };
        if !name.ends_with("crossentropy") {
            return None;
        }
        match args.iter().find(|(name, _)| &**name == "from_logits").map(|(_, arg)| arg) {
            None => Some(false),
            Some(Arg::Bool(told)) => Some(*told),
            Some(_) => None,
        }
    }

    /// Carries a loss or metric out, in a scope of its own.
    ///
    /// # Errors
    /// What it raises, which then tells what it was given.
    pub(crate) fn judging<T>(
        &mut self,
        by: &str,
        y_true: &Value,
        y_pred: &Value,
        judge: impl FnOnce(&mut Self) -> Eval<T>,
    ) -> Eval<T> {
        let span = self.here();
        self.trace.enter(by.into(), span);
        let result = judge(self);
        self.trace.leave();
        if let Err(Halt::Exception(id)) = &result {
            let (y_true, y_pred) = (self.flat_tensors(y_true), self.flat_tensors(y_pred));
            if let Some(state) = self.exception_mut(*id)
                && state.judged.is_none()
            {
                state.judged = Some(crate::raise::Judged { by: by.into(), y_true, y_pred });
            }
        }
        result
    }

    fn apply_loss(&mut self, loss: &Loss, y_true: &Value, y_pred: &Value, weight: &Value) -> Eval {
        for value in [y_true, y_pred] {
            if self.hides_unknown(value) {
                let reason = format!("a loss of something that is not known: {}", unknown_reason(value));
                return Ok(self.unknown(reason));
            }
            if self.is_composite_value(value) {
                return Ok(self.unknown("a loss of a composite tensor"));
            }
        }
        let mask = self.mask_of(y_pred).unwrap_or(Value::None);
        let mut weighting = Weighting { mask: self.arg(&mask), ..Weighting::mean() };
        // Keras 2's `fit` has put the mask into the weights before.
        if self.keras == Keras::Two && !self.computes() {
            weighting.mask = Arg::None;
        }
        weighting.sample_weight = self.arg(weight);
        let (true_arg, pred_arg) = (self.arg(y_true), self.arg(y_pred));
        let answer = match loss {
            Loss::Known(known, settings) => {
                let settings = Bound { keras: self.keras, class: "", args: settings };
                let call = LossCall::Known(known, settings);
                keras::losses::call_loss(self, call, true_arg, pred_arg, &weighting)
            }
            Loss::Function(function) => {
                self.meet_loss(function, y_true, y_pred);
                let function = self.arg(function);
                let call = LossCall::Function(&function);
                keras::losses::call_loss(self, call, true_arg, pred_arg, &weighting)
            }
            Loss::Object(id) => return self.call_loss_object(*id, true_arg, pred_arg, weighting),
            Loss::Unknown(value) => {
                return Ok(self.unknown(format!("a loss that is not known: {}", unknown_reason(value))));
            }
        };
        self.loss_value(answer)
    }

    fn call_loss_object(&mut self, id: ObjId, y_true: Arg, y_pred: Arg, mut weighting: Weighting) -> Eval {
        let state = self.config(id).cloned().unwrap_or_default();
        let setting = |name: &str| state.args.iter().find(|(n, _)| &**n == name).map(|(_, a)| a.clone());
        if let Some(reduction) = setting("reduction").filter(|r| !matches!(r, Arg::Missing)) {
            weighting.reduction = reduction;
        }
        if let Some(Arg::Str(dtype)) = setting("dtype")
            && let Some(dtype) = DType::parse(&dtype)
        {
            weighting.dtype = dtype;
        }
        let method = self.script_method(id, "call");
        let answer = match method {
            Some(method) => {
                let (labels, predictions) = (self.value_of(&y_true), self.value_of(&y_pred));
                self.meet_loss(&method, &labels, &predictions);
                let method = self.arg(&method);
                keras::losses::call_loss(self, LossCall::Method(&method), y_true, y_pred, &weighting)
            }
            None => match keras::losses::find_loss(&state.path) {
                Some(loss) => {
                    let settings = Bound { keras: self.keras, class: "", args: &state.args };
                    let call = LossCall::Known(loss, settings);
                    keras::losses::call_loss(self, call, y_true, y_pred, &weighting)
                }
                None if &*state.path == "keras.losses.Loss" => return Err(self.abstract_loss()),
                None => return Ok(self.unknown(format!("`{}` is not modelled", state.path))),
            },
        };
        self.loss_value(answer)
    }

    fn loss_value(&mut self, answer: ops::Infer<Arg>) -> Eval {
        match self.settle(answer, "loss", Vec::new)? {
            Ok(arg) => Ok(self.value_of(&arg)),
            Err(why) => Ok(self.unknown(format!("a loss: {why}"))),
        }
    }
}

/// The first reason why a value is not known.
pub(crate) fn unknown_reason(value: &Value) -> String {
    match value {
        Value::Unknown(reason) => reason.text().to_owned(),
        _ => "a part of it is not known".to_owned(),
    }
}
