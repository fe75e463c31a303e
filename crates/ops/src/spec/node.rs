//! A kernel applied to inputs: conversion, dtype checks, result dtypes and gradient flow.

use std::cell::Cell;

use smallvec::SmallVec;
use tensor::{Content, DType, Shape};

use super::convert::Failure;
use super::cx::on_values;
use super::kernel::{Input, Kernel, Slope, Ty, kernel};
use super::repr::{repr, type_name};
use super::slope::slope_of;
use super::{Cx, Reach, Tensor, Val};
use crate::numeric::{Attr, Recorder, StepId};
use crate::{Exc, Flow, Infer, Mistake, Stop, Violation};

/// A kernel with its inputs converted and checked; it makes the outputs.
#[derive(Debug)]
pub struct Node<'a> {
    /// The kernel.
    pub kernel: Kernel,
    /// The tensors of each input: one, or those of a list.
    inputs: Vec<Vec<Tensor>>,
    types: SmallVec<[(&'static str, Option<DType>); 3]>,
    /// What the application is recorded by, if it is.
    recorder: Option<&'a Recorder>,
    attrs: SmallVec<[(&'static str, Attr); 3]>,
    /// Whether the call is carried out on values at once.
    eager: bool,
    /// The recorded step, once the first output is made; nothing inside where it cannot be recorded.
    step: Cell<Option<Option<StepId>>>,
}

impl<'a> Cx<'a> {
    /// Converts a kernel's inputs to tensors and checks their dtypes, as TensorFlow's op registry does.
    ///
    /// # Errors
    /// `TypeError` while tracing, `InvalidArgumentError` or `TypeError` on values.
    pub fn node<const N: usize>(&self, name: &str, inputs: [Val; N]) -> Infer<Node<'a>> {
        self.node_of(name, &inputs)
    }

    /// As [`Cx::node`], of as many inputs as there are.
    ///
    /// # Errors
    /// As there.
    pub fn node_of(&self, name: &str, inputs: &[Val]) -> Infer<Node<'a>> {
        let kernel = kernel(name).ok_or(Stop::Unknown("a kernel that is not known"))?;
        let mut node = Node {
            kernel,
            inputs: Vec::with_capacity(inputs.len()),
            types: SmallVec::new(),
            recorder: self.call.recorder,
            attrs: SmallVec::new(),
            eager: self.eager(),
            step: Cell::new(None),
        };
        if self.eager() {
            self.types_of_tensors(&mut node, inputs);
        }
        for (input, val) in kernel.inputs().zip(inputs) {
            let tensors = if input.list {
                self.list_input(&mut node, input, val)?
            } else {
                vec![self.input(&mut node, input, val)?]
            };
            node.inputs.push(tensors);
        }
        Ok(node)
    }

    /// On values, the dtypes of all tensors are looked at before anything is converted: `tf.add(1, x)` works.
    fn types_of_tensors(&self, node: &mut Node, inputs: &[Val]) {
        for (input, val) in node.kernel.inputs().zip(inputs) {
            let Ty::Attr(attr) = input.ty else { continue };
            let found = match val {
                Val::T(t) if t.is_tf() => Some(t.dtype),
                Val::List(items) | Val::Tuple(items) if input.list => {
                    items.iter().find_map(|i| i.as_tensor().filter(|t| t.is_tf()).map(|t| t.dtype))
                }
                _ => None,
            };
            if let Some(dtype) = found
                && node.attr_entry(attr).is_none()
            {
                node.types.push((attr, dtype));
            }
        }
    }

    fn input(&self, node: &mut Node, input: Input, val: &Val) -> Infer<Tensor> {
        let (want, attr) = match input.ty {
            Ty::Is(dtype) => (Some(dtype), None),
            Ty::Attr(attr) => (node.attr_entry(attr).flatten(), Some(attr)),
            Ty::Any => (None, None),
        };
        let unknown = attr.is_some_and(|a| node.attr_entry(a) == Some(None));
        if unknown && !matches!(val, Val::T(_)) {
            // A Python value takes the dtype of an earlier tensor, which is not known.
            let mut tensor = self.try_convert(val, None).map_err(Failure::stop)?;
            (tensor.dtype, tensor.content) = (None, Content::Unknown);
            return Ok(tensor);
        }
        let default = attr.and_then(|a| node.kernel.default(a));
        let converted = match want {
            Some(want) => self.try_convert(val, Some(want)),
            None => self.preferring(node, attr, val, default),
        };
        let tensor = converted.map_err(|failure| self.reword(node, input, want, val, failure))?;
        if let Some(attr) = attr {
            self.allow(node, input, attr, tensor.dtype)?;
            node.set(attr, tensor.dtype);
        }
        Ok(tensor)
    }

    /// Converts to the attribute's default dtype where the natural one is not allowed.
    fn preferring(
        &self,
        node: &Node,
        attr: Option<&str>,
        val: &Val,
        default: Option<DType>,
    ) -> Result<Tensor, Failure> {
        let Some(default) = default else { return self.try_convert(val, None) };
        if let Some(allowed) = attr.and_then(|a| node.kernel.allowed(a)) {
            let natural = self.try_convert(val, None);
            match natural {
                Ok(t) if t.dtype.is_none_or(|d| allowed.split(',').any(|a| a == d.name())) => return Ok(t),
                Err(failure @ (Failure::Value(_) | Failure::NoValue(_) | Failure::Stop(_))) => {
                    return Err(failure);
                }
                _ => {}
            }
        }
        self.try_hint(val, Some(default))
    }

    /// Words a failed conversion as the op registry does.
    fn reword(&self, node: &Node, input: Input, want: Option<DType>, val: &Val, failure: Failure) -> Stop {
        let (op, param) = (node.kernel.name, input.name);
        let mistake = |got: String, expected: String| Mistake::DType { param, got, expected };
        let failure = match failure {
            // A list whose items cannot be packed: `tf.stop_gradient([x, y])`.
            Failure::Stop(Stop::Violation(packed))
                if want.is_none() && packed.class == Exc::ValueError && !self.eager() =>
            {
                let core = unconverted(param, &packed.core);
                return Violation { core, ..*packed }.raised();
            }
            Failure::Stop(stop) => return stop,
            other => other,
        };
        let Some(want) = want else {
            return match failure {
                Failure::Value(error) if !self.eager() => {
                    let text = unconverted(param, &error);
                    Violation::stop(Exc::ValueError, text, Mistake::Argument { param, problem: error })
                }
                Failure::NoValue(error) if !self.eager() => {
                    Violation::stop(Exc::ValueError, unconverted(param, &error), Mistake::NoneValue)
                }
                other => other.stop(),
            };
        };
        if let Val::T(t) = val
            && let Some(have) = t.dtype
        {
            let at = node.kernel.inputs().position(|i| i.name == param).unwrap_or(0);
            if self.eager() {
                let text = format!(
                    "cannot compute {op} as input #{at}(zero-based) was expected to be a {} tensor but is a {} tensor [Op:{op}]",
                    want.cpp(),
                    have.cpp()
                );
                return Violation::stop(
                    Exc::InvalidArgumentError,
                    text,
                    mistake(have.to_string(), want.to_string()),
                );
            }
            let text = match input.ty {
                Ty::Attr(attr) => format!(
                    "Input '{param}' of '{op}' Op has type {have} that does not match type {want} of argument '{}'.",
                    node.inferred_from(attr)
                ),
                _ => format!(
                    "Input '{param}' of '{op}' Op has type {have} that does not match expected type of {want}."
                ),
            };
            return Violation::stop(Exc::TypeError, text, mistake(have.to_string(), want.to_string()));
        }
        match failure {
            Failure::Type(error) if !self.eager() => {
                let text = format!(
                    "Expected {want} passed to parameter '{param}' of op '{op}', got {} of type '{}' instead. Error: {error}",
                    repr(val),
                    type_name(val)
                );
                Violation::stop(Exc::TypeError, text, mistake(type_name(val).to_owned(), want.to_string()))
            }
            Failure::Value(error) if !self.eager() => {
                let mistake = mistake(type_name(val).to_owned(), want.to_string());
                Violation::stop(Exc::ValueError, unconverted(param, &error), mistake)
            }
            Failure::NoValue(error) if !self.eager() => {
                Violation::stop(Exc::ValueError, unconverted(param, &error), Mistake::NoneValue)
            }
            other => other.stop(),
        }
    }

    /// Checks a dtype against those that the kernel takes.
    fn allow(&self, node: &Node, input: Input, attr: &str, dtype: Option<DType>) -> Infer<()> {
        let (Some(dtype), Some(allowed)) = (dtype, node.kernel.allowed(attr)) else { return Ok(()) };
        if allowed.split(',').any(|a| a == dtype.name()) {
            return Ok(());
        }
        let list = allowed.replace(',', ", ");
        let mistake = Mistake::DType { param: input.name, got: dtype.to_string(), expected: list.clone() };
        if self.eager() {
            let text = format!(
                "Value for attr '{attr}' of {} is not in the list of allowed values: {list}",
                dtype.cpp()
            );
            return self.raise(Exc::InvalidArgumentError, on_values(node.kernel.name, &text), mistake);
        }
        let text = format!(
            "Value passed to parameter '{}' has DataType {dtype} not in list of allowed values: {list}",
            input.name
        );
        self.type_error(text, mistake)
    }

    fn list_input(&self, node: &mut Node, input: Input, val: &Val) -> Infer<Vec<Tensor>> {
        let op = node.kernel.name;
        let Some(items) = val.items() else {
            return match val {
                Val::Py(_) => Err(Stop::Unknown("a list of tensors that is not known")),
                _ => self.type_error(
                    format!("Expected list for '{}' argument to '{op}' Op, not {}.", input.name, repr(val)),
                    Mistake::Argument { param: input.name, problem: "not a list".to_owned() },
                ),
            };
        };
        if let (Ty::Is(want), false) = (input.ty, self.eager()) {
            return items
                .iter()
                .map(|item| match self.try_convert(item, Some(want)) {
                    Ok(tensor) if tensor.dtype.is_none_or(|dtype| dtype == want) => Ok(tensor),
                    Err(Failure::Stop(stop @ Stop::Unknown(_))) => Err(stop),
                    _ => self.mixed(op, input, items, Some(want)),
                })
                .collect();
        }
        let Ty::Attr(attr) = input.ty else {
            return items.iter().map(|item| self.convert(item, None)).collect();
        };
        let known = node.attr_entry(attr).flatten();
        let first = items.iter().find_map(|i| i.as_tensor().filter(|t| t.is_tf()).and_then(|t| t.dtype));
        let want = known.or(first);
        let mut tensors = Vec::with_capacity(items.len());
        for item in items {
            let converted = match want {
                Some(_) => self.try_convert(item, want),
                None => self.try_hint(item, node.kernel.default(attr)),
            };
            match converted {
                Ok(tensor) => tensors.push(tensor),
                Err(Failure::Stop(stop)) => return Err(stop),
                Err(_) => return self.mixed(op, input, items, known),
            }
        }
        let dtype = want.or_else(|| tensors.first().and_then(|t| t.dtype));
        if tensors.iter().any(|t| t.dtype.is_some() && dtype.is_some() && t.dtype != dtype) {
            return self.mixed(op, input, items, known);
        }
        if let Some(least) = node.kernel.minimum("N").filter(|least| tensors.len() < *least) {
            let text = format!(
                "List argument '{}' to '{op}' Op with length {} shorter than minimum length {least}.",
                input.name,
                tensors.len()
            );
            return self.value_error(
                text,
                Mistake::Argument { param: input.name, problem: "too few tensors".to_owned() },
            );
        }
        self.allow(node, input, attr, dtype)?;
        node.set(attr, dtype);
        Ok(tensors)
    }

    /// Refuses a list of tensors of several dtypes.
    fn mixed<R>(&self, op: &str, input: Input, items: &[Val], known: Option<DType>) -> Infer<R> {
        let observed: Vec<String> = items
            .iter()
            .map(|item| match self.try_convert(item, None) {
                Ok(t) => t.dtype.map_or("?".to_owned(), |d| d.to_string()),
                Err(_) => "<NOT CONVERTIBLE TO TENSOR>".to_owned(),
            })
            .collect();
        let got = observed.join(", ");
        let mistake =
            Mistake::DType { param: input.name, got: got.clone(), expected: "one dtype".to_owned() };
        if self.eager() {
            let first = items.iter().position(|i| {
                i.as_tensor().is_some_and(|t| t.dtype.map(|d| d.to_string()) != Some(observed[0].clone()))
            });
            let at = first.unwrap_or(1);
            let cpp = |name: &str| DType::parse(name).map_or("?", DType::cpp);
            let text = format!(
                "cannot compute {op} as input #{at}(zero-based) was expected to be a {} tensor but is a {} tensor [Op:{op}]",
                cpp(&observed[0]),
                cpp(observed.get(at).map_or("?", |s| s))
            );
            return self.raise(Exc::InvalidArgumentError, text, mistake);
        }
        let end = match known {
            Some(dtype) if matches!(input.ty, Ty::Is(_)) => {
                format!("that do not match expected type {dtype}.")
            }
            Some(dtype) => format!("that do not match type {dtype} inferred from earlier arguments."),
            None => "that don't all match.".to_owned(),
        };
        self.type_error(
            format!("Tensors in list passed to '{}' of '{op}' Op have types [{got}] {end}", input.name),
            mistake,
        )
    }
}

impl Node<'_> {
    /// Returns a single input.
    pub fn x(&self, at: usize) -> &Tensor {
        &self.inputs[at][0]
    }

    /// Returns all inputs, of lists the items.
    pub fn all(&self) -> impl Iterator<Item = &Tensor> {
        self.inputs.iter().flatten()
    }

    /// Returns the tensors of a list input.
    pub fn xs(&self, at: usize) -> &[Tensor] {
        self.inputs.get(at).map_or(&[], Vec::as_slice)
    }

    fn attr_entry(&self, attr: &str) -> Option<Option<DType>> {
        self.types.iter().find(|(name, _)| *name == attr).map(|(_, dtype)| *dtype)
    }

    /// Sets a type attribute: the dtype that `Cast` casts to.
    pub fn set(&mut self, attr: &'static str, dtype: Option<DType>) {
        match self.types.iter_mut().find(|(name, _)| *name == attr) {
            Some((_, known)) => *known = known.or(dtype),
            None => self.types.push((attr, dtype)),
        }
    }

    /// Returns a type attribute.
    pub fn attr(&self, attr: &str) -> Option<DType> {
        self.attr_entry(attr).flatten()
    }

    /// Names the input that decided on a type attribute.
    fn inferred_from(&self, attr: &str) -> &'static str {
        self.kernel.inputs().find(|i| matches!(i.ty, Ty::Attr(a) if a == attr)).map_or("x", |i| i.name)
    }

    /// Sets an attribute that only numbers depend on. It is looked at only where the application is recorded.
    pub fn with(&mut self, name: &'static str, value: impl Into<Attr>) {
        if self.recorder.is_some() {
            self.attrs.push((name, value.into()));
        }
    }

    /// Makes the only, or the first, output.
    pub fn out(&self, shape: Shape) -> Tensor {
        self.nth(0, shape)
    }

    /// Makes an output with known elements.
    pub fn out_with(&self, shape: Shape, content: Content) -> Tensor {
        let out = self.nth(0, shape);
        // What is computed as it is recorded is known already.
        if content == Content::Unknown { out } else { out.with_content(content) }
    }

    /// Makes an output by its number.
    pub fn nth(&self, at: usize, shape: Shape) -> Tensor {
        self.output(at, at, shape)
    }

    /// Makes a tensor of the only output, which is a list.
    pub fn part(&self, at: usize, shape: Shape) -> Tensor {
        self.output(0, at, shape)
    }

    fn output(&self, declared: usize, at: usize, shape: Shape) -> Tensor {
        let dtype = match self.kernel.outputs().nth(declared).map(|o| o.ty) {
            Some(Ty::Is(dtype)) => Some(dtype),
            Some(Ty::Attr(attr)) => match self.attr_entry(attr) {
                Some(dtype) => dtype,
                None => self.kernel.default(attr),
            },
            _ => None,
        };
        let mut reach = Reach::default();
        if dtype.is_none_or(DType::is_differentiable) {
            for (input, tensors) in self.inputs.iter().enumerate() {
                let at_most = match slope_of(&self.kernel, input) {
                    Slope::Ok => Flow::Ok,
                    Slope::Zero => Flow::Zero,
                    Slope::Missing => Flow::unregistered(self.kernel.name),
                    Slope::None => continue,
                };
                for tensor in tensors {
                    if tensor.dtype.is_none_or(DType::is_differentiable) {
                        reach.join(&tensor.reach.clone().at_most(at_most));
                    }
                }
            }
        }
        let mut out = Tensor { dtype, reach, ..Tensor::new(shape, dtype) };
        if let Some(recorder) = self.recorder {
            self.record(recorder, at, &mut out);
        }
        out
    }

    /// Records the application with its first output, and gives an output its value.
    fn record(&self, recorder: &Recorder, at: usize, out: &mut Tensor) {
        let step = self.step.get().unwrap_or_else(|| {
            let types = self.types.iter().filter_map(|(name, dtype)| Some((*name, Attr::Type((*dtype)?))));
            let attrs = self.attrs.iter().cloned().chain(types).collect();
            let step = recorder.step(self.kernel, attrs, &self.inputs, self.eager);
            self.step.set(Some(step));
            step
        });
        if let Some(step) = step {
            recorder.output(step, at, out);
        }
    }
}

/// What the op registry says of a value that cannot be converted.
fn unconverted(param: &str, error: &str) -> String {
    format!("Tried to convert '{param}' to a tensor and failed. Error: {error}")
}
