//! The values of tensors, where a script is carried out with numbers.
//!
//! Every op call records the kernels that it consists of in a program; a call whose operands have values is
//! computed as it is recorded. The trace stays what it is without numbers: nodes name their values here.
//!
//! Programs are open one inside the other: the outermost is the script itself, in which everything is known. In
//! one that is recorded to be run later ([`Interp::record_program`]) the variables are inputs, so that it can be
//! run on other values of theirs.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use array::{Array, Random, Stream};
use exec::Recording;
use graph::{NodeId, Source};
use indexmap::IndexMap;
use ops::numeric::{Draws, Missing, Recorder, ValueId, gradients_within};
use ops::spec::Tensor;
use ops::{Infer, Mode, Operand, Out, Outputs, Stop};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::Interp;

/// The most steps of a program that is kept although nothing asks for its gradients any more.
const MAX_STEPS: usize = 4096;

/// The seed of a script that sets none.
const DEFAULT_SEED: u64 = 0x6b65_7261;

/// The values of nodes.
#[derive(Debug)]
pub struct Numbers {
    /// The programs under way, innermost last.
    open: Vec<Open>,
    /// How many parts of the analysis are under way that look at specs only.
    paused: u32,
    /// How many tapes may still be asked for gradients.
    pub(crate) tapes: u32,
    /// Where random numbers come from that no op draws: first weights, the order of rows.
    pub(crate) random: Random,
    /// Where the random ops of all programs draw from.
    draws: Arc<Draws>,
    /// Where NumPy's random numbers come from.
    pub(crate) numpy: Stream,
    /// Where the numbers of Python's `random` come from.
    pub(crate) python: array::Mersenne,
    /// What generators that Keras reads ahead have taken.
    pub(crate) ahead: super::training::Ahead,
    /// How NumPy writes arrays.
    pub(crate) print: crate::libraries::numpy::print::Options,
    /// Where those of generators of their own come from.
    pub(crate) generators: FxHashMap<crate::heap::ObjId, Stream>,
    /// The variables of optimizers and metrics.
    pub(crate) slots: super::training::Slots,
    /// The steps of models that are ready to run.
    pub(crate) plans: super::training::Plans,
    /// The weights that the script saved, by path.
    pub(crate) files: FxHashMap<Rc<str>, super::kept_weights::File>,
    /// The objects that `model.metrics` gives for a model's logs.
    pub(crate) stand_ins: FxHashMap<crate::heap::ObjId, (crate::heap::ObjId, Rc<str>)>,
}

/// A program under way.
#[derive(Debug, Default)]
struct Open {
    recorder: Rc<Recorder>,
    values: FxHashMap<NodeId, ValueId>,
    /// Elements of nodes that are in no program, or in one that is closed.
    arrays: FxHashMap<NodeId, Array>,
    /// Whether variables are inputs.
    deferred: bool,
    /// The values that a variable had, the present one included.
    past: FxHashMap<NodeId, SmallVec<[ValueId; 2]>>,
    /// The variables that are inputs.
    read: IndexMap<NodeId, ValueId, FxBuildHasher>,
    /// The variables that were assigned.
    written: FxHashSet<NodeId>,
    /// Why a value is not there: the first of a program that is to be run later, the last of the script's own.
    missing: Option<String>,
}

/// A program that was recorded to be run on other values.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The kernels, and the variables that they read and change.
    pub recording: Recording<NodeId>,
    /// The values of all nodes in it.
    pub values: FxHashMap<NodeId, ValueId>,
}

impl Default for Numbers {
    fn default() -> Numbers {
        let draws = Arc::<Draws>::default();
        Numbers {
            open: vec![Open { recorder: Rc::new(Recorder::drawing(&draws)), ..Open::default() }],
            draws,
            paused: 0,
            tapes: 0,
            random: Random::new(DEFAULT_SEED),
            numpy: Stream::default(),
            python: array::Mersenne::default(),
            ahead: super::training::Ahead::default(),
            print: crate::libraries::numpy::print::Options::default(),
            generators: FxHashMap::default(),
            slots: super::training::Slots::default(),
            plans: super::training::Plans::default(),
            files: FxHashMap::default(),
            stand_ins: FxHashMap::default(),
        }
    }
}

impl Numbers {
    /// Begins random numbers anew with a seed: `tf.random.set_seed`.
    pub(crate) fn reseed(&mut self, seed: u64) {
        self.random = Random::new(DEFAULT_SEED ^ seed);
        self.draws.reseed(seed);
    }

    fn top(&mut self) -> Option<&mut Open> {
        self.open.last_mut()
    }

    /// Gives a node its elements.
    pub fn set(&mut self, node: NodeId, array: Array) {
        let Some(top) = self.top() else { return };
        let value = top.recorder.constant(array.clone());
        top.values.insert(node, value);
        if !top.deferred {
            top.arrays.insert(node, array);
        }
    }

    /// Tells whether a node's elements depend on numbers that are drawn.
    pub fn is_drawn(&self, node: NodeId) -> bool {
        self.open.iter().any(|open| {
            let value = open.values.get(&node);
            value.is_some_and(|value| open.recorder.with_program(|program| program.is_drawn(*value)))
        })
    }

    /// Gives an array of NumPy's its elements: it takes part in a program only once an op reads it.
    pub(crate) fn keep(&mut self, node: NodeId, array: Array) {
        for open in &mut self.open {
            open.values.remove(&node);
        }
        if let Some(outermost) = self.open.first_mut() {
            outermost.arrays.insert(node, array);
        }
    }

    /// Returns a node's elements, where they are known.
    pub fn array(&self, node: NodeId) -> Option<Array> {
        for open in self.open.iter().rev() {
            if let Some(value) = open.values.get(&node) {
                return open.recorder.array(*value);
            }
            if let Some(array) = open.arrays.get(&node) {
                return Some(array.clone());
            }
        }
        None
    }

    /// Tells whether numbers are computed at present.
    pub(crate) fn active(&self) -> bool {
        self.paused == 0
    }

    /// Returns a node's value in the present program, which gets one from those around it if it has none.
    fn value(&mut self, node: NodeId, variable: Option<&tensor::TensorSpec>) -> Option<ValueId> {
        if let Some(value) = self.open.last()?.values.get(&node) {
            return Some(*value);
        }
        let array = self.array(node)?;
        let top = self.top()?;
        let value = match variable.filter(|_| top.deferred) {
            Some(spec) => {
                let value = top.recorder.input(spec.clone());
                top.read.insert(node, value);
                value
            }
            None => top.recorder.constant(array),
        };
        top.values.insert(node, value);
        top.past.entry(node).or_default().push(value);
        Some(value)
    }

    /// Gives a variable another value.
    fn write(&mut self, variable: NodeId, value: ValueId) {
        let Some(top) = self.top() else { return };
        match top.recorder.array(value).filter(|_| !top.deferred) {
            Some(array) => {
                // What was computed has no gradient into what is assigned.
                let value = top.recorder.constant(array.clone());
                top.arrays.insert(variable, array);
                top.values.insert(variable, value);
                top.past.entry(variable).or_default().push(value);
            }
            None => {
                top.values.insert(variable, value);
                top.written.insert(variable);
            }
        }
    }

    /// Lets go of a variable's elements, which a run is about to replace.
    pub(crate) fn release(&mut self, variable: NodeId) {
        let Some(outer) = self.open.first_mut() else { return };
        outer.values.remove(&variable);
        outer.past.remove(&variable);
        outer.arrays.remove(&variable);
    }

    /// Gives variables the elements that a run computed.
    pub(crate) fn store(&mut self, variable: NodeId, array: Array) {
        self.release(variable);
        if let Some(outer) = self.open.first_mut() {
            outer.arrays.insert(variable, array);
        }
    }

    /// Closes the script's program where it has become long and no tape is open: what is known stays known.
    pub(crate) fn shorten(&mut self) {
        let idle = self.open.len() == 1 && self.tapes == 0;
        let Some(outer) = self.open.first_mut().filter(|_| idle) else { return };
        if outer.recorder.with_program(|p| p.steps().len()) < MAX_STEPS {
            return;
        }
        let values = std::mem::take(&mut outer.values);
        for (node, value) in values {
            if let Some(array) = outer.recorder.array(value) {
                outer.arrays.insert(node, array);
            }
        }
        outer.recorder = Rc::new(Recorder::drawing(&self.draws));
        outer.past.clear();
    }
}

impl Interp<'_> {
    /// Tells whether numbers are computed at present.
    pub(crate) fn computes(&self) -> bool {
        self.numbers.as_ref().is_some_and(Numbers::active)
    }

    /// Tells whether models are trained and run on their data; not where only functions are looked for.
    pub(crate) fn trains(&self) -> bool {
        self.computes() && self.met.is_none()
    }

    /// Carries something out on specs alone, as a check does.
    pub(crate) fn on_specs<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let pause = |interp: &mut Self, by: i32| {
            if let Some(numbers) = &mut interp.numbers {
                numbers.paused = numbers.paused.saturating_add_signed(by);
            }
        };
        pause(self, 1);
        let result = f(self);
        pause(self, -1);
        result
    }

    /// Carries something out with numbers in the script's own program, wherever it is asked for: the first values
    /// of variables.
    pub(crate) fn outside<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let Some(numbers) = &mut self.numbers else { return f(self) };
        let inner = numbers.open.split_off(1.min(numbers.open.len()));
        let paused = std::mem::take(&mut numbers.paused);
        let depth = std::mem::take(&mut self.graph_depth);
        let result = f(self);
        self.graph_depth = depth;
        if let Some(numbers) = &mut self.numbers {
            numbers.open.extend(inner);
            numbers.paused = paused;
        }
        result
    }

    /// Begins the recording of an op call, where numbers are wanted.
    pub(crate) fn begin_numbers(&mut self, operands: &[Operand]) -> Option<Rc<Recorder>> {
        self.numbers.as_ref().filter(|n| n.active())?;
        let values = operands.iter().map(|o| self.number(NodeId(o.node?))).collect();
        let recorder = Rc::clone(&self.numbers.as_mut()?.top()?.recorder);
        recorder.begin(values);
        Some(recorder)
    }

    /// Returns a node's value in the program that is under way.
    pub(crate) fn number(&mut self, node: NodeId) -> Option<ValueId> {
        let variable = match self.trace.node(node).source {
            Source::Variable(id) => Some(self.trace.variable(id).spec.clone()),
            _ => None,
        };
        if let Some(value) = self.numbers.as_mut()?.value(node, variable.as_ref()) {
            return Some(value);
        }
        // What is known without kernels, such as `tf.constant(2.0)`, is one constant wherever it is used.
        let array = if variable.is_none() { self.content_array(node)? } else { return None };
        let top = self.numbers.as_mut()?.top()?;
        let value = top.recorder.constant(array);
        top.values.insert(node, value);
        Some(value)
    }

    /// Notes why an op has no numbers, unless that is only because an op before it has none.
    pub(crate) fn note_missing(
        &mut self,
        op: &ops::Op,
        inputs: &[NodeId],
        missing: Option<Missing>,
        outputs: &Outputs,
    ) {
        let lacks = matches!(outputs, Outputs::Tensor(out)
            if out.value.is_none() && matches!(out.content, tensor::Content::Unknown));
        // What is traced outside of a program, such as the layers of a functional model, has no numbers to miss.
        let traced = self.graph_depth > 0;
        let Some(open) = self.numbers.as_ref().and_then(|n| n.open.last()) else { return };
        let deferred = open.deferred;
        if !lacks || if deferred { open.missing.is_some() } else { traced } {
            return;
        }
        let without = inputs.iter().find(|n| self.number(**n).is_none() && self.content_array(**n).is_none());
        let why = match (without.map(|n| self.trace.node(*n).source), missing) {
            (Some(Source::Op(_)), _) => return,
            (Some(Source::Opaque(what)), _) => format!("{what} has no numbers"),
            // Placeholders that are looked at while a step is recorded are not of the step.
            (Some(_), _) if deferred => return,
            (Some(_), _) => "an input has no numbers".to_owned(),
            (None, Some(Missing::Kernel(kernel))) => format!("the numbers of `{kernel}` are not written"),
            (None, Some(Missing::Refused(kernel))) => format!("`{kernel}` refuses its inputs"),
            (None, Some(Missing::Input(kernel))) => format!("`{kernel}` is applied to what is no kernel's"),
            (None, None) => "it is not composed of kernels".to_owned(),
        };
        if let Some(open) = self.numbers.as_mut().and_then(Numbers::top) {
            open.missing = Some(format!("`{}`: {why}", op.name));
        }
    }

    /// Forgets why a number was not there: something else begins.
    pub(crate) fn forget_lacking(&mut self) {
        if let Some(numbers) = &mut self.numbers {
            numbers.open.iter_mut().for_each(|open| open.missing = None);
        }
    }

    /// The kernel that refused its inputs' values, where that is why a number is not there: an index beyond a table's
    /// rows, a label beyond the classes.
    pub(crate) fn refusing(&self) -> Option<&'static str> {
        const BY_VALUE: [&str; 2] = ["GatherV2", "SparseSoftmaxCrossEntropyWithLogits"];
        let why = self.lacking("");
        BY_VALUE.into_iter().find(|kernel| why.ends_with(&format!(": `{kernel}` refuses its inputs")))
    }

    /// Says why a number is not there.
    pub(crate) fn lacking(&self, what: &str) -> String {
        let open = self.numbers.as_ref().map(|n| n.open.iter().rev());
        match open.and_then(|mut open| open.find_map(|open| open.missing.clone())) {
            Some(why) => format!("{what}: {why}"),
            None => what.to_owned(),
        }
    }

    /// Says that the script's outcome hangs on numbers that are missing, and why.
    pub(crate) fn without_number(&mut self, what: &str) {
        let why = self.lacking(what);
        self.undecided(why);
    }

    /// Keeps the value that an op call gave to a node.
    pub(crate) fn keep_number(&mut self, node: NodeId, out: &Out) {
        let Some(value) = out.value else { return };
        self.set_number(node, value);
        // Conditions, shapes and conversions are read from what is known of a node.
        if matches!(self.trace.node(node).content, tensor::Content::Unknown)
            && let Some(array) = self.numbers.as_ref().and_then(|n| n.open.last()?.recorder.array(value))
        {
            let known = self.trace.node_mut(node);
            known.content = ops::numeric::content_of(&array);
            known.spec.shape = ops::numeric::shape_of(&array);
        }
    }

    fn set_number(&mut self, node: NodeId, value: ValueId) {
        if let Some(top) = self.numbers.as_mut().filter(|n| n.active()).and_then(Numbers::top) {
            top.values.insert(node, value);
        }
    }

    /// The number of steps of the program that is under way.
    pub(crate) fn program_mark(&self) -> u32 {
        let steps = self.numbers.as_ref().and_then(|n| n.open.last());
        steps.map_or(0, |open| {
            open.recorder.with_program(|p| u32::try_from(p.steps().len()).unwrap_or(u32::MAX))
        })
    }

    /// Makes one node stand for another: it has the same value.
    pub(crate) fn share_number(&mut self, from: NodeId, to: NodeId) {
        if !self.computes() {
            return;
        }
        if let Some(value) = self.number(from) {
            self.set_number(to, value);
        }
    }

    /// Gives a node its elements, where numbers are wanted.
    pub(crate) fn set_array(&mut self, node: NodeId, array: Array) {
        let Some(numbers) = &mut self.numbers else { return };
        let variable = matches!(self.trace.node(node).source, Source::Variable(_));
        if !variable {
            // A variable's elements change; those of others are what conditions and shapes are read from.
            let known = self.trace.node_mut(node);
            known.spec.shape = ops::numeric::shape_of(&array);
            known.content = ops::numeric::content_of(&array);
        }
        numbers.set(node, array);
    }

    /// Forgets a node's elements, which have become others that are not known.
    pub(crate) fn lose_number(&mut self, node: NodeId) {
        if let Some(numbers) = &mut self.numbers {
            for open in numbers.open.iter_mut().rev() {
                open.values.remove(&node);
                open.arrays.remove(&node);
                if open.deferred {
                    // A step that is only recorded changes nothing around it.
                    break;
                }
            }
        }
    }

    /// Returns a node's elements: those that were computed, or those that the trace knows.
    pub fn array_of_node(&self, node: NodeId) -> Option<Array> {
        let computed = self.numbers.as_ref().and_then(|n| n.array(node));
        computed.or_else(|| self.content_array(node))
    }

    /// Gives a variable the value of another node; tells whether that has one.
    pub(crate) fn assign_number(&mut self, variable: NodeId, value: NodeId) -> bool {
        if !self.computes() {
            return false;
        }
        let constant = self.content_array(value);
        let Some(numbers) = &mut self.numbers else { return false };
        let known = numbers.value(value, None).or_else(|| {
            let array = constant?;
            Some(numbers.top()?.recorder.constant(array))
        });
        let Some(id) = known else { return false };
        numbers.write(variable, id);
        true
    }

    /// Records what is carried out, to be run later on other values of the variables; nothing of it is computed now
    /// but what depends on neither variables nor `inputs`.
    pub(crate) fn record_program<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> (T, Option<Recorded>) {
        if let Some(numbers) = &mut self.numbers {
            let recorder = Rc::new(Recorder::drawing(&numbers.draws));
            numbers.open.push(Open { recorder, deferred: true, ..Open::default() });
        }
        let result = f(self);
        let closed = self.numbers.as_mut().filter(|n| n.open.len() > 1).and_then(|n| n.open.pop());
        let recorded = closed.and_then(|mut open| {
            if let (Some(why), Some(outer)) =
                (open.missing.take(), self.numbers.as_mut().and_then(Numbers::top))
            {
                outer.missing = Some(why);
            }
            let written = open.written.iter().filter_map(|node| Some((*node, *open.values.get(node)?)));
            let mut written: Vec<_> = written.collect();
            written.sort_unstable();
            let program = Rc::try_unwrap(open.recorder).ok()?.into_program();
            let read = open.read.into_iter().collect();
            Some(Recorded { recording: Recording { program, read, written }, values: open.values })
        });
        (result, recorded)
    }

    /// Returns the variables that the program under way reads, with the values that stand for them.
    pub(crate) fn variables_read(&self) -> Vec<(NodeId, ValueId)> {
        let open = self.numbers.as_ref().and_then(|n| n.open.last());
        open.map_or_else(Vec::new, |open| open.read.iter().map(|(node, value)| (*node, *value)).collect())
    }

    /// Returns a node's elements outside of the programs that are recorded.
    pub(crate) fn array_of_outermost(&self, node: NodeId) -> Option<Array> {
        let outermost = self.numbers.as_ref()?.open.first()?;
        match outermost.values.get(&node) {
            Some(value) => outermost.recorder.array(*value),
            None => outermost.arrays.get(&node).cloned(),
        }
    }

    /// Makes a node an input of the program that is recorded.
    pub(crate) fn input_number(&mut self, node: NodeId) -> Option<ValueId> {
        let spec = self.trace.node(node).spec.clone();
        let top = self.numbers.as_mut()?.top()?;
        let value = top.recorder.input(spec);
        top.values.insert(node, value);
        Some(value)
    }

    /// Returns a node's elements as the trace knows them.
    pub fn content_array(&self, node: NodeId) -> Option<Array> {
        let node = self.trace.node(node);
        let tensor = Tensor::new(node.spec.shape.clone(), node.spec.dtype).with_content(node.content.clone());
        let array = ops::numeric::array_of(&tensor)?;
        // Contents that are not as many as the spec says are no answer.
        (node.spec.shape.size().known() == i64::try_from(array.len()).ok()).then_some(array)
    }

    /// Takes the gradients of targets by numbers, each with what arrives at it (ones where there is nothing), and
    /// gives them to new nodes: nothing for a source without a path.
    ///
    /// # Errors
    /// A value is not there, or a gradient on the way is not written.
    pub(crate) fn gradient_values(
        &mut self,
        targets: &[(NodeId, Option<NodeId>)],
        sources: &[NodeId],
        within: &[Range<u32>],
    ) -> Infer<Vec<Option<Tensor>>> {
        let missing = Stop::Unknown("a value that is not computed");
        let mut from = Vec::with_capacity(targets.len());
        for (target, seed) in targets {
            let value = self.number(*target).ok_or(missing.clone())?;
            let seed = seed.map(|s| self.number(s).ok_or(missing.clone())).transpose()?;
            from.push((value, seed));
        }
        // A variable counts with all the values that it had.
        let mut to: Vec<ValueId> = Vec::new();
        let mut counts = Vec::with_capacity(sources.len());
        for source in sources {
            let value = self.number(*source).ok_or(missing.clone())?;
            let top = self.numbers.as_mut().and_then(Numbers::top);
            let past = top.and_then(|t| t.past.get(source).cloned()).unwrap_or_default();
            let own = if past.is_empty() { SmallVec::from_elem(value, 1) } else { past };
            counts.push(own.len());
            to.extend(own);
        }
        let keras = self.keras;
        let Some(recorder) = self.numbers.as_mut().and_then(Numbers::top).map(|t| Rc::clone(&t.recorder))
        else {
            return Err(missing);
        };
        // What was missing before is of no concern here.
        recorder.begin(Vec::new());
        recorder.kernels(Mode::Graph, keras, |cx| {
            let from: Vec<_> =
                from.into_iter().map(|(value, seed)| (value, seed.map(|s| recorder.tensor(s)))).collect();
            let mut grads = gradients_within(cx, &recorder, &from, &to, within)?.into_iter();
            let mut out = Vec::with_capacity(counts.len());
            for count in counts {
                let mut sum: Option<Tensor> = None;
                for grad in grads.by_ref().take(count).flatten() {
                    sum = Some(match sum {
                        Some(sum) => ops::kernels::pointwise::binary(cx, "AddV2", sum, grad)?,
                        None => grad,
                    });
                }
                out.push(sum);
            }
            Ok(out)
        })
    }

    /// Tells whether a kernel refused its inputs when numbers were taken last: a singular matrix has no inverse.
    pub fn gradient_refused(&mut self) -> bool {
        let top = self.numbers.as_mut().and_then(Numbers::top);
        matches!(top.and_then(|top| top.recorder.missing()), Some(ops::numeric::Missing::Refused(_)))
    }

    /// Takes the gradients of the sum of the targets' elements by numbers: nothing for a source without a path.
    ///
    /// # Errors
    /// A value is not there, or a gradient on the way is not written.
    pub fn gradient_numbers(&mut self, targets: &[NodeId], sources: &[NodeId]) -> Infer<Vec<Option<Array>>> {
        let targets: Vec<_> = targets.iter().map(|t| (*t, None)).collect();
        self.gradient_arrays(&targets, sources, std::slice::from_ref(&(0..u32::MAX)))
    }

    /// Takes the gradients of targets by numbers, each with what arrives at it, as [`Interp::gradient_values`] does.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn gradient_arrays(
        &mut self,
        targets: &[(NodeId, Option<NodeId>)],
        sources: &[NodeId],
        within: &[Range<u32>],
    ) -> Infer<Vec<Option<Array>>> {
        let grads = self.gradient_values(targets, sources, within)?;
        let missing = Stop::Unknown("a value that is not computed");
        let recorder = self.numbers.as_mut().and_then(Numbers::top).map(|t| Rc::clone(&t.recorder));
        let array = |grad: Tensor| match grad.value {
            Some(id) => recorder.as_ref().and_then(|r| r.array(id)).ok_or(missing.clone()),
            None => ops::numeric::array_of(&grad).ok_or(missing.clone()),
        };
        grads.into_iter().map(|grad| grad.map(array).transpose()).collect()
    }

    /// Returns what a gradient is the sum of, as nodes: rows, and the places where they are added; nothing where
    /// TensorFlow has no `IndexedSlices`.
    pub(crate) fn placed_rows(&mut self, gradient: NodeId) -> Vec<[NodeId; 2]> {
        let Some(value) = self.number(gradient) else { return Vec::new() };
        let Some(top) = self.numbers.as_mut().and_then(Numbers::top) else { return Vec::new() };
        let recorder = Rc::clone(&top.recorder);
        let kind = if self.graph_depth > 0 { ops::TensorKind::Graph } else { ops::TensorKind::Eager };
        let span = self.here();
        let mut node_of = |value: ValueId| {
            let node = self.trace.add(Source::Constant, kind, recorder.tensor(value).spec(), span);
            self.set_number(node, value);
            node
        };
        recorder.placed_rows(value).into_iter().map(|pair| pair.map(&mut node_of)).collect()
    }

    /// Gives a node zeros of the shape of another.
    pub(crate) fn number_zeros(&mut self, like: NodeId, node: NodeId) {
        let spec = self.trace.node(like).spec.clone();
        let sizes: Option<Vec<usize>> =
            spec.shape.all_known().and_then(|s| s.iter().map(|n| usize::try_from(*n).ok()).collect());
        if let Some(zeros) = sizes.zip(spec.dtype).and_then(|(s, d)| Array::zeros(&s, d).ok()) {
            self.set_array(node, zeros);
        }
    }

    /// Gives a variable zeros.
    pub(crate) fn fill_zeros(&mut self, node: NodeId) {
        self.number_zeros(node, node);
    }

    /// Gives a node the value of a gradient; tells whether it has one.
    pub(crate) fn keep_gradient(&mut self, node: NodeId, gradient: &Tensor) -> bool {
        match gradient.value {
            Some(value) => {
                self.set_number(node, value);
                true
            }
            None => match ops::numeric::array_of(gradient) {
                Some(array) => {
                    self.set_array(node, array);
                    true
                }
                None => false,
            },
        }
    }
}
