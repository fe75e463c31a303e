//! The interpreter as what carries out the ops of layers, losses and metrics.

use std::rc::Rc;

use graph::NodeId;
use keras::{Bound, Runner};
use ops::{Arg, Infer, Keras, Mode, Stop, Surface};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

impl Runner for Interp<'_> {
    fn keras(&self) -> Keras {
        self.keras
    }

    fn mode(&self) -> Mode {
        match (self.graph_depth > 0, self.running.executing) {
            (true, _) => Mode::Graph,
            (false, true) => Mode::Running,
            (false, false) => Mode::Eager,
        }
    }

    fn op(&mut self, name: &'static str, args: &[(&'static str, Arg)]) -> Infer<Arg> {
        let Some(op) = ops::find_op(name) else { return Err(Stop::Unknown("an op that is not modelled")) };
        let args: Vec<(Rc<str>, Arg)> = args.iter().map(|(n, a)| ((*n).into(), a.clone())).collect();
        let surface = if self.keras == Keras::Three { Surface::KerasOps } else { Surface::Tf };
        self.infer_op(op, "", surface, &args)
    }

    fn api(&mut self, path: &'static str, args: &[Arg], keywords: &[(&'static str, Arg)]) -> Infer<Arg> {
        let positional = args.iter().map(|a| self.value_of(a)).collect();
        let keywords = keywords.iter().map(|(n, a)| ((*n).into(), self.value_of(a))).collect();
        let result = self.call_api(&path.into(), Args { positional, keywords });
        self.inferred(result)
    }

    fn call(&mut self, callee: &Arg, args: Vec<Arg>, keywords: Vec<(Rc<str>, Arg)>) -> Infer<Arg> {
        let callee = self.value_of(callee);
        let positional = args.iter().map(|a| self.value_of(a)).collect();
        let keywords = keywords.iter().map(|(n, a)| (n.clone(), self.value_of(a))).collect();
        let result = Interp::call(self, &callee, Args { positional, keywords });
        self.inferred(result)
    }

    fn made_by(&self, tensor: &Arg) -> Option<(&'static str, Vec<Arg>)> {
        let Arg::Tensor(operand) = tensor else { return None };
        let (op, inputs) = self.trace.made_by(NodeId(operand.node?))?;
        let inputs = inputs.map(|input| Arg::Tensor(self.trace.operand(input))).collect();
        Some((op.name, inputs))
    }

    fn computes(&self) -> bool {
        Interp::computes(self)
    }

    fn placed_rows(&mut self, gradient: &Arg) -> Vec<[Arg; 2]> {
        let Arg::Tensor(operand) = gradient else { return Vec::new() };
        let Some(node) = operand.node else { return Vec::new() };
        let rows = Interp::placed_rows(self, NodeId(node));
        rows.into_iter().map(|pair| pair.map(|node| Arg::Tensor(self.trace.operand(node)))).collect()
    }
}

impl Interp<'_> {
    /// Turns what a call gave into what declarations work with.
    pub(crate) fn inferred(&mut self, result: Eval) -> Infer<Arg> {
        match result {
            Ok(Value::Unknown(_)) => Err(Stop::Unknown("a call inside of the layer is not known")),
            Ok(value) => Ok(self.arg(&value)),
            Err(halt) => Err(Stop::Raised(self.keep_raised(halt))),
        }
    }

    /// Calls a loss's or metric's function, which is declared in ops: `keras.losses.mean_squared_error(a, b)`.
    ///
    /// # Errors
    /// What the function raises.
    pub(crate) fn call_declared(&mut self, path: &str, args: &Args) -> Eval<Option<Value>> {
        // `keras.losses.MSE` is `keras.losses.mean_squared_error`.
        let family = ["keras.losses.", "keras.metrics."].into_iter().find(|f| path.contains(f));
        let definition = names::lookup(crate::value::profile(self.keras), path).map(|e| e.definition);
        let (Some(family), Some((_, name))) = (family, definition.and_then(|d| d.split_once(':'))) else {
            return Ok(None);
        };
        let path = &*format!("{family}{name}");
        let loss = keras::losses::find_loss(path).filter(|_| !keras::is_class(path));
        let metric = keras::metrics::find_metric_function(path).filter(|_| !keras::is_class(path));
        if loss.is_none() && metric.is_none() {
            return Ok(None);
        }
        let Some(signature) = self.signature(path, None) else { return Ok(None) };
        if let Some(misfit) = crate::call::dispatcher_misfit(self.keras, path, &signature, args) {
            return Err(self.raise_violation(misfit.violation(), name.into(), Vec::new()));
        }
        let bound = self.bind_api(&signature, name, args.clone())?;
        let settings = Bound { keras: self.keras, class: "", args: &bound };
        let (answer, what) = match (loss, metric) {
            (Some(loss), _) => (loss.call(self, &settings), loss.function),
            (None, Some(metric)) => (metric.call(self, &settings), metric.path),
            (None, None) => return Ok(None),
        };
        let operands = || crate::call::named_nodes(&bound);
        match self.settle(answer, what, operands)? {
            Ok(arg) => Ok(Some(self.value_of(&arg))),
            Err(why) => Ok(Some(self.unknown(format!("`{path}`: {why}")))),
        }
    }
}
