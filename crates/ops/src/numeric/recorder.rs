//! The recorder: what turns kernel applications into a program while an op's rule runs.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use array::{Array, Fault};
use smallvec::SmallVec;
use tensor::{Content, DType, Data, Shape, TensorSpec};

use super::program::Attrs;
use super::{Applied, Arrays, Draws, Program, Source, Step, StepId, Value, ValueId, row};
use crate::spec::{Cx, Kernel, Reach, Tensor};
use crate::{Call, Eval, Gradient, Keras, Mode, Op, Stop, Surface, TensorKind};

/// The most elements that are handed back to the rules as known contents: enough for shapes and axes.
const MAX_CONTENT: usize = 64;

/// What kernels belong to that are applied outside of any op's call.
static APART: Op = Op {
    name: "",
    apis: &[],
    infer: |_| Err(Stop::Unknown("no op")),
    gradient: Gradient::Kernels,
    eval: Eval::Kernels,
    source: "",
    kernel: "",
};

/// Records kernel applications.
#[derive(Debug, Default)]
pub struct Recorder {
    program: RefCell<Program>,
    /// The values of the operands of the call that is being inferred.
    operands: RefCell<Vec<Option<ValueId>>>,
    /// The outputs of the last step that was computed.
    computed: RefCell<Option<(StepId, Arrays)>>,
    /// Why the first value that is missing is not there.
    missing: Cell<Option<Missing>>,
}

/// Why a value is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// An input of this kernel is made without kernels.
    Input(&'static str),
    /// The kernel's numbers are not written.
    Kernel(&'static str),
    /// The kernel refuses its inputs.
    Refused(&'static str),
}

impl Recorder {
    /// Begins a call: these are the values of its operands, in the order of [`crate::Call::operands`].
    pub fn begin(&self, operands: Vec<Option<ValueId>>) {
        self.operands.replace(operands);
        self.missing.set(None);
    }

    /// Applies kernels outside of any op's call: a gradient, an optimizer's update. They are recorded here.
    pub fn kernels<R>(&self, mode: Mode, keras: Keras, apply: impl FnOnce(&Cx<'_>) -> R) -> R {
        let call = Call {
            op: &APART,
            path: "",
            surface: Surface::Tf,
            mode,
            keras,
            args: &[],
            recorder: Some(self),
            risk: RefCell::default(),
        };
        apply(&Cx::detached(&call))
    }

    /// Adds a value that is handed to the program.
    pub fn input(&self, spec: TensorSpec) -> ValueId {
        self.program.borrow_mut().add(Value { spec, source: Source::Input, array: None })
    }

    /// Adds a value that is known; as an input it is one that a gradient may be taken of.
    pub fn constant(&self, array: Array) -> ValueId {
        let spec = spec_of(&array);
        self.program.borrow_mut().add(Value { spec, source: Source::Constant, array: Some(array) })
    }

    /// Returns a value's elements, where they are known.
    pub fn array(&self, id: ValueId) -> Option<Array> {
        self.program.borrow().value(id).and_then(|v| v.array.clone())
    }

    /// Returns why something was not recorded since the call began.
    pub fn missing(&self) -> Option<Missing> {
        self.missing.get()
    }

    /// Returns the rows that a gradient is the sum of, each with the places where they are added: TensorFlow keeps
    /// the gradient of what was gathered as such `IndexedSlices`, and sums of those alone. Nothing for others.
    ///
    /// source: tensorflow/python/ops/gradients_util.py: _AggregatedGrads
    pub fn placed_rows(&self, id: ValueId) -> Vec<[ValueId; 2]> {
        let program = self.program.borrow();
        let (mut open, mut rows) = (vec![id], Vec::new());
        while let Some(id) = open.pop() {
            let made = program.value(id).map(|value| value.source);
            let Some(Source::Step(step, _)) = made else { return Vec::new() };
            let Some(step) = program.step(step) else { return Vec::new() };
            match (step.kernel.name, &step.inputs[..]) {
                ("ScatterNd", [places, updates, _]) => rows.push([*updates, *places]),
                ("Reshape", [x, _]) => open.push(*x),
                ("AddV2", [x, y]) => open.extend([*x, *y]),
                _ => return Vec::new(),
            }
        }
        rows
    }

    /// Looks at the program.
    pub fn with_program<R>(&self, look: impl FnOnce(&Program) -> R) -> R {
        look(&self.program.borrow())
    }

    /// Returns the program.
    pub fn into_program(self) -> Program {
        self.program.into_inner()
    }

    /// Returns a value as rules see it.
    pub fn tensor(&self, id: ValueId) -> Tensor {
        let program = self.program.borrow();
        let Some(value) = program.value(id) else { return Tensor::new(Shape::UNKNOWN, None) };
        Tensor {
            shape: value.spec.shape.clone(),
            dtype: value.spec.dtype,
            content: value.array.as_ref().map_or(Content::Unknown, content_of),
            kind: TensorKind::Graph,
            reach: Reach::default(),
            value: Some(id),
            name: None,
        }
    }

    /// Returns the value of an operand of the call.
    pub(crate) fn operand(&self, number: usize) -> Option<ValueId> {
        self.operands.borrow().get(number).copied().flatten()
    }

    /// Returns the value of a tensor: the recorded one, or its known contents as a constant. A tensor whose
    /// shape or dtype is not the recorded value's stands for something that was not composed of kernels.
    fn value_of(&self, tensor: &Tensor) -> Option<ValueId> {
        if let Some(id) = tensor.value {
            let program = self.program.borrow();
            let spec = &program.value(id)?.spec;
            let fits = spec.shape.compatible(&tensor.shape)
                && spec.dtype.zip(tensor.dtype).is_none_or(|(recorded, now)| recorded == now);
            return fits.then_some(id);
        }
        let array = array_of(tensor)?;
        Some(self.constant(array))
    }

    /// Makes a recorder whose random kernels draw from there.
    pub fn drawing(draws: &Arc<Draws>) -> Recorder {
        Recorder { program: RefCell::new(Program::drawing(draws)), ..Recorder::default() }
    }

    /// Returns where random kernels draw from.
    pub fn draws(&self) -> Arc<Draws> {
        Arc::clone(self.program.borrow().draws())
    }

    /// Records a kernel application; nothing where an input is not there. What a traced random kernel gives is
    /// not known before the program runs.
    pub(crate) fn step(
        &self,
        kernel: Kernel,
        attrs: Attrs,
        inputs: &[Vec<Tensor>],
        eager: bool,
    ) -> Option<StepId> {
        let mut values = SmallVec::new();
        let mut groups = SmallVec::new();
        for group in inputs {
            groups.push(u16::try_from(group.len()).ok()?);
            for tensor in group {
                match self.value_of(tensor) {
                    Some(value) => values.push(value),
                    None => return self.lacks(Missing::Input(kernel.name)),
                }
            }
        }
        let step =
            Step { kernel, row: row(kernel.name), attrs, inputs: values, groups, outputs: SmallVec::new() };
        let arrays = {
            let program = self.program.borrow();
            let array = |id: &ValueId| program.value(*id).and_then(|v| v.array.clone());
            step.inputs.iter().map(array).collect::<Option<Vec<Array>>>()
        };
        let arrays = arrays.filter(|_| eager || !step.draws());
        let result = match (arrays, step.row) {
            (Some(arrays), Some(row)) => match (row.eval)(&mut Applied::new(&step, arrays, &self.draws())) {
                Ok(result) => Some(result),
                Err(Fault::Unsupported(_)) => return self.lacks(Missing::Kernel(kernel.name)),
                Err(_) => return self.lacks(Missing::Refused(kernel.name)),
            },
            (_, None) => return self.lacks(Missing::Kernel(kernel.name)),
            (None, Some(_)) => None,
        };
        let id = self.program.borrow_mut().push(step);
        self.computed.replace(result.map(|arrays| (id, arrays)));
        Some(id)
    }

    fn lacks(&self, missing: Missing) -> Option<StepId> {
        if self.missing.get().is_none() {
            self.missing.set(Some(missing));
        }
        None
    }

    /// Gives an output its value; one that was computed gives its shape and, if it is small, its contents.
    pub(crate) fn output(&self, step: StepId, at: usize, tensor: &mut Tensor) {
        let computed = self.computed.borrow();
        let arrays = computed.as_ref().filter(|(id, _)| *id == step).map(|(_, arrays)| arrays);
        let array = match arrays {
            Some(arrays) => {
                let Some(array) = arrays.get(at) else { return };
                let shape = shape_of(array);
                if !shape.compatible(&tensor.shape) || tensor.dtype.is_some_and(|d| d != array.dtype()) {
                    return;
                }
                tensor.shape = shape;
                tensor.dtype = Some(array.dtype());
                if tensor.content == Content::Unknown {
                    tensor.content = content_of(array);
                }
                Some(array.clone())
            }
            None => None,
        };
        tensor.value = Some(self.program.borrow_mut().output(step, at, tensor.spec(), array));
    }
}

/// The shape of an array.
pub fn shape_of(array: &Array) -> Shape {
    array.shape().iter().map(|size| tensor::Dim::Known(i64::try_from(*size).unwrap_or(i64::MAX))).collect()
}

/// The shape and dtype of an array.
pub fn spec_of(array: &Array) -> TensorSpec {
    TensorSpec::new(shape_of(array), array.dtype())
}

/// The contents of a small array, as rules know them.
pub fn content_of(array: &Array) -> Content {
    if array.len() > MAX_CONTENT {
        return Content::Unknown;
    }
    let data = match array.dtype() {
        DType::Bool => array.to_bools().map(Data::Bool),
        d if d.is_integer() => array.to_ints().map(Data::Int),
        d if d.is_floating() => array.to_floats().map(Data::Float),
        _ => return Content::Unknown,
    };
    let shape = array.shape().iter().map(|size| *size as i64).collect();
    data.ok()
        .and_then(|data| tensor::Array::new(shape, array.dtype(), data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// The elements of a tensor of known contents.
pub fn array_of(tensor: &Tensor) -> Option<Array> {
    array_of_content(&tensor.content, &tensor.shape, tensor.dtype?)
}

/// The array of known contents.
fn array_of_content(content: &Content, shape: &Shape, dtype: DType) -> Option<Array> {
    match content {
        Content::Array(known) => {
            let shape: Vec<usize> =
                known.shape.iter().map(|size| usize::try_from(*size).ok()).collect::<Option<_>>()?;
            match &known.data {
                Data::Bool(v) => Array::bools(&shape, v.clone()),
                Data::Int(v) => Array::ints(&shape, dtype, v.clone()),
                Data::Float(v) => Array::floats(&shape, dtype, v.clone()),
                Data::Str(v) => Array::texts(&shape, v.iter().map(|s| (**s).into()).collect()),
            }
            .ok()
        }
        Content::Zeros => {
            let sizes: Vec<usize> = shape
                .all_known()?
                .into_iter()
                .map(|size| usize::try_from(size).ok())
                .collect::<Option<_>>()?;
            Array::zeros(&sizes, dtype).ok()
        }
        Content::Dims(_)
        | Content::Shape(_)
        | Content::Drawn(_)
        | Content::Sample(_)
        | Content::Among(_)
        | Content::Spread(_)
        | Content::Unknown => None,
    }
}
