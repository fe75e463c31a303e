//! The values of tensors, where a script is carried out with numbers.
//!
//! Every op call records the kernels that it consists of in one program; a call whose operands have values is
//! computed as it is recorded. The trace stays what it is without numbers: nodes name their values here.

use std::rc::Rc;

use array::Array;
use graph::NodeId;
use ops::numeric::{Recorder, ValueId, gradients};
use ops::spec::{Cx, Tensor};
use ops::{Call, Infer, Mode, Operand, Out, Stop, Surface};
use rustc_hash::FxHashMap;

use crate::Interp;

/// The values of nodes.
#[derive(Debug, Default)]
pub struct Numbers {
    recorder: Rc<Recorder>,
    values: FxHashMap<NodeId, ValueId>,
}

impl Numbers {
    /// Gives a node its elements.
    pub fn set(&mut self, node: NodeId, array: Array) {
        let value = self.recorder.constant(array);
        self.values.insert(node, value);
    }

    /// Returns a node's elements, where they are known.
    pub fn array(&self, node: NodeId) -> Option<Array> {
        self.recorder.array(*self.values.get(&node)?)
    }

    /// Begins a call; returns what records it.
    fn begin(&self, operands: &[Operand]) -> Rc<Recorder> {
        let value = |operand: &Operand| self.values.get(&NodeId(operand.node?)).copied();
        self.recorder.begin(operands.iter().map(value).collect());
        Rc::clone(&self.recorder)
    }
}

impl Interp<'_> {
    /// Begins the recording of an op call, where numbers are wanted.
    pub(crate) fn begin_numbers(&self, operands: &[Operand]) -> Option<Rc<Recorder>> {
        self.numbers.as_ref().map(|numbers| numbers.begin(operands))
    }

    /// Keeps the value that an op call gave to a node.
    pub(crate) fn keep_number(&mut self, node: NodeId, out: &Out) {
        if let (Some(numbers), Some(value)) = (&mut self.numbers, out.value) {
            numbers.values.insert(node, value);
        }
    }

    /// Returns a node's elements as the trace knows them.
    pub fn content_array(&self, node: NodeId) -> Option<Array> {
        let node = self.trace.node(node);
        let tensor = Tensor::new(node.spec.shape.clone(), node.spec.dtype).with_content(node.content.clone());
        let array = ops::numeric::array_of(&tensor)?;
        // Contents that are not as many as the spec says are no answer.
        (node.spec.shape.size().known() == i64::try_from(array.len()).ok()).then_some(array)
    }

    /// Takes the gradients of the sum of the targets' elements by numbers: nothing for a source without a path.
    ///
    /// # Errors
    /// A value is not there, or a gradient on the way is not written.
    pub fn gradient_numbers(&self, targets: &[NodeId], sources: &[NodeId]) -> Infer<Vec<Option<Array>>> {
        let missing = Stop::Unknown("a value that is not computed");
        let Some(numbers) = &self.numbers else { return Err(missing) };
        let value = |node: &NodeId| numbers.values.get(node).copied().ok_or(missing.clone());
        let targets: Vec<_> = targets.iter().map(|t| Ok((value(t)?, None))).collect::<Infer<_>>()?;
        let sources: Vec<ValueId> = sources.iter().map(value).collect::<Infer<_>>()?;
        let Some(op) = ops::find_op("identity") else { return Err(missing) };
        let recorder = &*numbers.recorder;
        let call = Call {
            op,
            path: "",
            surface: Surface::Tf,
            mode: Mode::Graph,
            keras: self.keras,
            args: &[],
            recorder: Some(recorder),
        };
        let cx = Cx::detached(&call);
        let grads = gradients(&cx, recorder, &targets, &sources)?;
        let array = |grad: Tensor| match grad.value {
            Some(id) => recorder.array(id).ok_or(missing.clone()),
            None => ops::numeric::array_of(&grad).ok_or(missing.clone()),
        };
        grads.into_iter().map(|grad| grad.map(array).transpose()).collect()
    }
}
