//! Ops on KerasTensors outside of layers: refused by Keras 3 for TensorFlow's functions, layers of their own in Keras 2.

use std::rc::Rc;

use graph::{NodeId, Source};
use ops::{Arg, Keras, Mistake, TensorKind};

use crate::framework::history::{Callee, KerasCall};
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::record::{LayerCall, Phase};
use crate::value::{Args, Value};

impl Interp<'_> {
    /// Carries out a symbolic call of an op: outside of layers on KerasTensors.
    ///
    /// Nothing for surfaces that treat KerasTensors as any other tensor.
    pub(crate) fn symbolic_call(
        &mut self,
        op: &'static ops::Op,
        path: &str,
        surface: ops::Surface,
        args: &[(std::rc::Rc<str>, Arg)],
    ) -> Eval<Option<Value>> {
        if self.keras == Keras::Two {
            return self.op_layer_call(op, path, surface, args);
        }
        let operands = crate::call::named_nodes(args);
        let function = if path.is_empty() { op.name } else { path };
        let violation = match self.infer_op(op, path, surface, args) {
            // `K.int_shape(x)` reads the tensor without computing anything.
            Ok(arg) => {
                let value = self.value_of(&arg);
                if self.flat_tensors(&value).is_empty() {
                    return Ok(Some(value));
                }
                ops::spec::keras::no_values(function)
            }
            // So would `K.ndim(x)`, but that asks for what only TensorFlow's tensors have.
            Err(ops::Stop::Violation(violation))
                if matches!(violation.mistake, Mistake::SymbolicInput { .. }) =>
            {
                *violation
            }
            Err(_) => ops::spec::keras::no_values(function),
        };
        Err(self.raise_violation(violation, function.into(), operands))
    }

    /// Keras 2 wraps TensorFlow functions on KerasTensors in layers of their own (`TFOpLambda`).
    fn op_layer_call(
        &mut self,
        op: &'static ops::Op,
        path: &str,
        surface: ops::Surface,
        args: &[(std::rc::Rc<str>, Arg)],
    ) -> Eval<Option<Value>> {
        let line = self.line();
        let operands = crate::call::named_nodes(args);
        self.graph_depth += 1;
        let answer = self.infer_op(op, path, surface, args);
        self.graph_depth -= 1;
        let settled = self.settle(answer, op.name, || operands);
        let answer = match settled {
            Ok(answer) => answer,
            Err(Halt::Exception(id)) => {
                if self.layer_depth == 0 {
                    self.record_raised(id, Phase::Build);
                }
                return Err(Halt::Exception(id));
            }
            Err(halt) => return Err(halt),
        };
        let value = match answer {
            Ok(arg) => self.value_of(&arg),
            Err(why) => return Ok(Some(self.unknown(why))),
        };
        if self.flat_tensors(&value).is_empty() {
            return Ok(Some(value));
        }
        let inputs: Vec<NodeId> = crate::call::named_nodes(args)
            .into_iter()
            .map(|(_, n)| n)
            .filter(|n| self.trace.node(*n).kind == TensorKind::Keras)
            .collect();
        let (name, class) = self.op_layer_name(op, path);
        if self.layer_depth == 0 {
            let outputs = self.flat_tensors(&value);
            let shape = |n: &NodeId| self.trace.node(*n).spec.shape.clone();
            let dtype =
                |n: &NodeId| self.trace.node(*n).spec.dtype.map_or("unknown", tensor::DType::name).to_owned();
            let call = LayerCall {
                line,
                layer: name.to_string(),
                class: class.to_owned(),
                inputs: inputs.iter().map(shape).collect(),
                outputs: outputs.iter().map(shape).collect(),
                dtypes: outputs.iter().map(dtype).collect(),
            };
            self.record.layer_calls.push(call);
        }
        self.note_operation((name, class.into()), op, path, args, &value);
        Ok(Some(value))
    }

    /// The name and class of the layer that Keras 2 makes for an op: `tf.math.reduce_mean_1`, `TFOpLambda`.
    fn op_layer_name(&mut self, op: &'static ops::Op, path: &str) -> (Rc<str>, &'static str) {
        let class = if op.name == "getitem" { "SlicingOpLambda" } else { "TFOpLambda" };
        let symbol = match (op.name, path) {
            ("getitem", _) => "tf.__operators__.getitem",
            ("add", "") => "tf.__operators__.add",
            ("divide", "") => "tf.math.truediv",
            _ if path.starts_with("tf.") && !path.starts_with("tf.keras.") => names::dispatch_symbol(path),
            // `K.mean(x)` is a call of `tf.reduce_mean`.
            _ => {
                let tf = op.apis.iter().find(|a| a.starts_with("tf.") && !a.starts_with("tf.keras."));
                tf.map_or(op.name, |path| names::dispatch_symbol(path))
            }
        };
        (self.unique_name(symbol), class)
    }

    /// The name and class of the operation that Keras 3 makes of an op: `expand_dims_1`, `ExpandDims`.
    pub(crate) fn operation_name(&mut self, op: &'static ops::Op, path: &str) -> (Rc<str>, Rc<str>) {
        let function = path.rsplit('.').next().filter(|name| !name.is_empty()).unwrap_or(op.name);
        let words = function.split('_').map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        });
        let class = if function == "getitem" { "GetItem".to_owned() } else { words.collect() };
        (self.unique_name(function), class.into())
    }

    /// Remembers an op on KerasTensors, so that a functional model can repeat it.
    pub(crate) fn note_operation(
        &mut self,
        (name, class): (Rc<str>, Rc<str>),
        op: &'static ops::Op,
        path: &str,
        args: &[(Rc<str>, Arg)],
        value: &Value,
    ) {
        let index = u32::try_from(self.keras_calls.len()).unwrap_or(u32::MAX);
        for node in self.flat_tensors(value) {
            self.trace.node_mut(node).source = Source::LayerCall(index);
        }
        let surface = if self.keras == Keras::Two { ops::Surface::Tf } else { ops::Surface::KerasOps };
        let surface = if path.is_empty() { surface } else { ops::Surface::of(path) };
        let inputs = crate::call::named_nodes(args)
            .into_iter()
            .map(|(_, n)| n)
            .filter(|n| self.trace.node(*n).kind == TensorKind::Keras)
            .collect();
        let callee = Callee::Op { name, class, op, path: path.into(), surface, args: args.to_vec() };
        let span = self.here();
        self.keras_calls.push(KerasCall {
            callee,
            args: Args::default(),
            outputs: value.clone(),
            inputs,
            span,
        });
    }
}
