//! What a layer is called on and is no tensor: a layer whose result was meant, a function, a number, `None`.

use ops::{Exc, Given, Keras, Mistake, Violation};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

/// Layers of Keras 3 that take lists and texts as well (`_allow_non_tensor_positional_args`).
const TAKES_ANYTHING: &[&str] = &[
    "CategoryEncoding",
    "Discretization",
    "Equalization",
    "HashedCrossing",
    "Hashing",
    "IntegerLookup",
    "Normalization",
    "Pipeline",
    "Rescaling",
    "Resizing",
    "CenterCrop",
    "StringLookup",
    "TextVectorization",
];

impl Interp<'_> {
    /// Keras 3 takes each positional argument of a layer's call for a tensor.
    ///
    /// # Errors
    /// `ValueError` for one that is none.
    pub(crate) fn check_positional(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        if self.keras == Keras::Two {
            return Ok(());
        }
        let class = self.class_name(id);
        if TAKES_ANYTHING.contains(&&*class) || class.starts_with("Random") {
            return Ok(());
        }
        for value in args.positional.iter().flat_map(|v| self.leaves(v)).collect::<Vec<_>>() {
            let Some(given) = self.no_tensor(&value).filter(|given| *given != Given::Nothing) else {
                continue;
            };
            let shown = match &value {
                Value::Str(text) => text.to_string(),
                _ => self.keras_repr(&value),
            };
            let kind = self.full_type(&value);
            let core = format!(
                "Only input tensors may be passed as positional arguments. The following argument value should be \
                 passed as a keyword argument: {shown} (of type {kind})"
            );
            let violation =
                Violation { class: Exc::ValueError, core, mistake: Mistake::NotATensor { given } };
            return Err(self.raise_violation(violation, "Layer.__call__".into(), Vec::new()));
        }
        Ok(())
    }

    /// Refuses what is no tensor where a layer has an input spec (`assert_input_compatibility`).
    ///
    /// # Errors
    /// `TypeError` in Keras 2, `ValueError` in Keras 3.
    pub(crate) fn refuse_no_tensor(&mut self, layer: &str, first: &Value) -> Eval<()> {
        let leaves = self.leaves(first);
        // Keras 2 makes tensors of numbers.
        let refused = |value: &&Value| self.no_tensor(value).is_some_and(|given| given != Given::Plain);
        let Some(value) = leaves.iter().find(refused).cloned() else { return Ok(()) };
        Err(self.refuse(layer, &value))
    }

    /// The tensors that Keras 2 makes of numbers in a structure, one of each: `Dense(3)([[1.0, 2.0]])` has two inputs.
    ///
    /// source: tf_keras/src/engine/base_layer.py, `_convert_numpy_or_python_types`
    pub(crate) fn inputs_of_numbers(&mut self, first: &Value) -> Eval<Vec<graph::NodeId>> {
        let leaves = self.leaves(first);
        if !leaves.iter().all(|value| matches!(value, Value::Int(_) | Value::Float(_))) {
            return Ok(Vec::new());
        }
        let mut nodes = Vec::with_capacity(leaves.len());
        for value in leaves {
            if let Value::Tensor(node) = self.call_api(&"tf.convert_to_tensor".into(), Args::of([value]))? {
                nodes.push(node);
            }
        }
        Ok(nodes)
    }

    /// Raises what a layer says of something that is no tensor.
    pub(crate) fn refuse(&mut self, layer: &str, value: &Value) -> Halt {
        let (shown, kind) = match value {
            Value::None => ("None".to_owned(), "<class 'NoneType'>".to_owned()),
            _ => (self.keras_repr(value), self.full_type(value)),
        };
        let core = format!(
            "Inputs to a layer should be tensors. Got '{shown}' (of type {kind}) as input for layer '{layer}'."
        );
        let class = if self.keras == Keras::Two { Exc::TypeError } else { Exc::ValueError };
        let mistake = Mistake::NotATensor { given: self.no_tensor(value).unwrap_or(Given::Plain) };
        self.raise_violation(Violation { class, core, mistake }, layer.into(), Vec::new())
    }

    /// What a value is, if it surely is neither a tensor nor made one by Keras.
    fn no_tensor(&self, value: &Value) -> Option<Given> {
        match value {
            Value::None => Some(Given::Nothing),
            Value::Function(_) | Value::Bound(_) | Value::Api(_) => Some(Given::Function),
            Value::Instance(id) => self.layer(*id).map(|_| Given::Layer),
            Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Str(_) => Some(Given::Plain),
            _ => None,
        }
    }
}
