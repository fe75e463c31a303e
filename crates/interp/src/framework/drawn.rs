//! Ints that were drawn, lists and arrays whose length was drawn, and what chance has in store for a script.
//!
//! A draw is the values that it is made of, each as likely as the others; nothing is ever predicted from one of them.
//! What is raised for some of the values is claimed once it is as good as sure: chances at one place of the script add
//! up, as they do in a loop that writes `matrix[row, word] = 1` for row after row.

use std::cell::RefCell;
use std::rc::Rc;

use diagnostics::Span;
use graph::NodeId;
use ops::{Arg, Call, Infer, Mode, Op, Outputs, Risk, Surface, TensorKind};
use python::ast::Operator;
use rustc_hash::FxHashMap;
use tensor::{Among, Content, DType, Data, Dim, Each, Shape};

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Draw, Plain, Value};

/// So many sequences of lengths that were drawn are not all of one length.
const SEVERAL: usize = 2;

/// So many calls of traced functions are tried out on values.
const MAX_TRIES: u32 = 64;

/// What chance has in store.
#[derive(Debug, Default)]
pub(crate) struct Chances {
    /// What has become of the calls at these places, the innermost last.
    places: FxHashMap<Vec<Span>, Chance>,
    /// Whether what is raised now was drawn, so that its text is not known.
    pub(crate) raised: bool,
    /// The risks of what is being tried out.
    tried: Option<Vec<Risk>>,
    /// How many calls of traced functions have been tried out.
    tries: u32,
    /// The lengths of arrays that were drawn.
    lengths: FxHashMap<NodeId, Rc<Draw>>,
}

/// What has become of the calls at one place.
#[derive(Debug)]
struct Chance {
    /// The chance that all of them have been spared.
    spared: f64,
    /// How many tapes and trainings had been recorded when it was likelier than not that one of them had raised.
    recorded: Option<(usize, usize)>,
}

/// An integer of a draw.
fn ints(draw: &Draw) -> Option<&[i64]> {
    match &*draw.values {
        Data::Int(values) => Some(values),
        _ => None,
    }
}

impl Interp<'_> {
    /// Runs the risk that a call is. What happens only in a branch that may not be taken, or is tried out, does not
    /// count.
    ///
    /// # Errors
    /// The exception, once it is as good as sure that one of the calls at this place has raised it.
    pub(crate) fn run_risk(&mut self, risk: Risk) -> Infer<()> {
        if let Some(tried) = &mut self.chances.tried {
            tried.push(risk);
            return Ok(());
        }
        if self.heap.is_branching() || self.running.measuring > 0 || self.carries_out() {
            return Ok(());
        }
        let places = self.frames.iter().map(|frame| frame.at).collect();
        let recorded = (self.record.tapes.len(), self.record.gradients.len());
        let chance = self.chances.places.entry(places).or_insert(Chance { spared: 1.0, recorded: None });
        chance.spared *= risk.spared;
        if chance.spared < 0.5 {
            chance.recorded.get_or_insert(recorded);
        }
        if chance.spared >= tensor::UNSURE {
            return Ok(());
        }
        if let Some((tapes, trainings)) = chance.recorded {
            self.record.tapes.truncate(tapes);
            self.record.gradients.truncate(trainings);
        }
        self.chances.raised = true;
        Err(risk.stop)
    }

    /// Carries a traced function out on its arguments, where integers among their elements are known or drawn: a label
    /// that the loss has no class for, an id that the embedding has no row for.
    ///
    /// # Errors
    /// What a kernel raises for them.
    pub(crate) fn try_on_integers(&mut self, function: &Value, args: &Args) -> Eval<()> {
        let values = args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value));
        let nodes: Vec<NodeId> = values.flat_map(|value| self.flat_tensors(value)).collect();
        let integral = |node: &NodeId| match &self.trace.node(*node).content {
            Content::Drawn(values) => matches!(**values, Data::Int(_)),
            Content::Among(among) => matches!(*among.values, Data::Int(_)),
            Content::Sample(rows) | Content::Array(rows) => {
                matches!(rows.data, Data::Int(_)) && !rows.shape.is_empty()
            }
            _ => false,
        };
        let trying = self.chances.tried.is_some() || self.running.measuring > 0 || self.heap.is_branching();
        if trying || self.chances.tries >= MAX_TRIES || !nodes.iter().any(integral) {
            return Ok(());
        }
        self.chances.tries += 1;
        self.chances.tried = Some(Vec::new());
        let result = self.on_values(|interp| interp.call(function, args.clone()).map(drop));
        let risks = self.chances.tried.take().unwrap_or_default();
        if result.is_err() && self.refuses_values(&result) {
            self.doubt_message(&result);
            return result;
        }
        for risk in risks {
            let answer = self.run_risk(risk);
            self.settle(answer, "", Vec::new)?.ok();
        }
        Ok(())
    }

    /// `draw + 1`: a draw of other values; nothing where they are not all different or no ints.
    pub(crate) fn draw_with(&self, op: Operator, left: &Value, right: &Value) -> Option<Value> {
        let (draw, number, swapped) = match (left, right) {
            (Value::Drawn(draw), other) => (draw, other.as_int()?, false),
            (other, Value::Drawn(draw)) => (draw, other.as_int()?, true),
            _ => return None,
        };
        let apply = |value: i64| match (op, swapped) {
            (Operator::Add, _) => value.checked_add(number),
            (Operator::Mult, _) if number != 0 => value.checked_mul(number),
            (Operator::Sub, false) => value.checked_sub(number),
            (Operator::Sub, true) => number.checked_sub(value),
            _ => None,
        };
        let mut values: Vec<i64> = ints(draw)?.iter().map(|value| apply(*value)).collect::<Option<_>>()?;
        values.sort_unstable();
        let moved = matches!((op, swapped), (Operator::Add, _) | (Operator::Sub, false));
        let of = moved.then(|| draw.of.clone().unwrap_or_else(|| draw.clone()));
        Some(Value::Drawn(Rc::new(Draw { values: Rc::new(Data::Int(values)), of })))
    }

    /// The draw that a function of `np.random` gives where no size is asked for: that of an array of one.
    pub(crate) fn scalar_draw(&self, op: &'static Op, path: &str, args: &[(Rc<str>, Arg)]) -> Option<Value> {
        let of_one = |(name, arg): &(Rc<str>, Arg)| {
            (name.clone(), if &**name == "size" { Arg::Int(1) } else { arg.clone() })
        };
        let args: Vec<(Rc<str>, Arg)> = args.iter().map(of_one).collect();
        let call = Call {
            op,
            path,
            surface: Surface::Numpy,
            mode: Mode::Eager,
            keras: self.keras,
            args: &args,
            recorder: None,
            risk: RefCell::default(),
        };
        match (op.infer)(&call).ok()? {
            Outputs::Tensor(out) => match out.content {
                Content::Drawn(values) if matches!(*values, Data::Int(_)) => Some(Value::drawn(values)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Notes that the first axis of an array has a length that was drawn: `np.random.randint(1, 500, size=length)`.
    pub(crate) fn note_drawn_length(&mut self, args: &Args, size_at: Option<usize>, result: &Value) {
        let Value::Tensor(node) = result else { return };
        let size = args.keyword("size").or_else(|| args.positional.get(size_at?));
        let first = match size {
            Some(Value::Tuple(sizes)) => sizes.first().cloned(),
            Some(Value::List(id)) => self.heap.list(*id).and_then(|sizes| sizes.first()).cloned(),
            size => size.cloned(),
        };
        if let Some(Value::Drawn(draw)) = first {
            self.note_length(*node, draw);
        }
    }

    fn note_length(&mut self, node: NodeId, draw: Rc<Draw>) {
        let known = self.trace.node(node);
        let Some([first, rest @ ..]) = known.spec.shape.dims() else { return };
        if first.is_known() {
            return;
        }
        let each: Option<i64> = rest.iter().try_fold(1_i64, |n, dim| n.checked_mul(dim.known()?));
        let least = ints(&draw).and_then(|values| values.first()).zip(each).map(|(n, each)| n * each);
        if let (Content::Drawn(values), Some(least)) = (&known.content, least) {
            let least = least.max(0) as f64;
            let among = Among { values: values.clone(), least, each: Each::Array, filling: None };
            self.trace.node_mut(node).content = Content::Among(among.into());
        }
        self.chances.lengths.insert(node, draw);
    }

    /// The length of an array, where it was drawn.
    pub(crate) fn drawn_length(&self, node: NodeId) -> Option<Value> {
        self.chances.lengths.get(&node).cloned().map(Value::Drawn)
    }

    /// The array whose items a list has.
    pub(crate) fn items_of_list(&self, id: ObjId) -> Option<NodeId> {
        match self.heap.get(id) {
            Object::Items(node) => Some(*node),
            _ => None,
        }
    }

    /// `list(array)` of an array of unknown length.
    pub(crate) fn list_of_items(&mut self, node: NodeId) -> Value {
        Value::List(self.heap.add(Object::Items(node)))
    }

    /// `range(draw)`.
    pub(crate) fn range_to(&mut self, draw: Rc<Draw>) -> Value {
        let array = self.new_array(Shape::new([Dim::Unknown]), DType::Int64);
        let Value::Tensor(node) = array else { return array };
        self.note_length(node, draw);
        let range = self.list_of_items(node);
        if let Value::List(id) = range {
            self.set_kind(id, "range");
        }
        range
    }

    /// The list that a comprehension makes of one item for each of an iterable of unknown length.
    pub(crate) fn list_of_each(&mut self, iterable: &Value, item: &Value) -> Option<Value> {
        let Value::List(id) = iterable else { return None };
        let length = self.chances.lengths.get(&self.items_of_list(*id)?).cloned();
        self.list_of_length(length, item)
    }

    /// A list of so many items like one that is given, each a draw of its own where that one is drawn.
    pub(crate) fn list_of_length(&mut self, length: Option<Rc<Draw>>, item: &Value) -> Option<Value> {
        let (dtype, content) = match item {
            Value::Drawn(of) => (DType::Int64, Content::Drawn(of.values.clone())),
            Value::Int(_) | Value::Any(Plain::Int) => (DType::Int64, Content::Unknown),
            Value::Float(_) | Value::Any(Plain::Float) => (DType::Float64, Content::Unknown),
            Value::Str(_) | Value::Any(Plain::Str) => (DType::String, Content::Unknown),
            _ => return None,
        };
        let array = self.new_array(Shape::new([Dim::Unknown]), dtype);
        let Value::Tensor(node) = array else { return None };
        if let Some(length) = length {
            self.trace.node_mut(node).content = content;
            self.note_length(node, length);
        }
        Some(self.list_of_items(node))
    }

    /// The dtype that TensorFlow gives to lists of integers of unknown length: `int32` to those of Python.
    pub(crate) fn dtype_of_sequences(&self, sequences: &[Value]) -> Option<DType> {
        let of = |sequence: &Value| {
            let Value::List(id) = sequence else { return None };
            let node = self.trace.node(self.items_of_list(*id)?);
            match node.spec.dtype? {
                DType::Int64 if matches!(node.source, graph::Source::Constant) => Some(DType::Int32),
                dtype if dtype.is_integer() => Some(dtype),
                _ => None,
            }
        };
        let first = of(sequences.first()?)?;
        sequences.iter().all(|sequence| of(sequence) == Some(first)).then_some(first)
    }

    /// An index in which draws stand as arrays' scalars: `matrix[row, random.randint(0, 9)] = 1`.
    pub(crate) fn drawn_index(&mut self, index: &Value) -> Value {
        match index {
            Value::Drawn(draw) => {
                let scalar = self.new_array(Shape::scalar(), DType::Int64);
                if let Value::Tensor(node) = &scalar {
                    self.trace.node_mut(*node).content = Content::Drawn(draw.values.clone());
                }
                scalar
            }
            Value::Tuple(items) if items.iter().any(|item| matches!(item, Value::Drawn(_))) => {
                Value::tuple(items.clone().iter().map(|item| self.drawn_index(item)))
            }
            other => other.clone(),
        }
    }

    /// Says what the elements of an array are drawn from that is made of draws, each of which is used once.
    pub(crate) fn note_array_of_draws(&mut self, of: Option<&Value>, result: &Value) {
        let (Some(of), Value::Tensor(node)) = (of, result) else { return };
        let known = self.trace.node(*node);
        let integers = known.spec.dtype.is_some_and(DType::is_integer);
        if !integers
            || known.kind == TensorKind::Graph
            || !matches!(known.content, Content::Unknown | Content::Dims(_))
        {
            return;
        }
        let mut draws = Vec::new();
        if !self.flat_draws(of, &mut draws, 3) {
            return;
        }
        let Some(values) = draws.first().map(|draw| draw.values.clone()) else { return };
        let alike = draws.iter().all(|draw| Rc::ptr_eq(&draw.values, &values) || draw.values == values);
        let mut places: Vec<*const Draw> = draws.iter().map(Rc::as_ptr).collect();
        places.sort_unstable();
        if alike && places.windows(2).all(|pair| pair[0] != pair[1]) {
            self.trace.node_mut(*node).content = Content::Drawn(values);
        }
    }

    /// Collects the draws that a list consists of; tells whether there is nothing else in it.
    fn flat_draws(&self, value: &Value, out: &mut Vec<Rc<Draw>>, depth: u32) -> bool {
        let items = match value {
            Value::Drawn(draw) => {
                out.push(draw.clone());
                return true;
            }
            Value::List(id) => self.heap.list(*id).map(Vec::as_slice),
            Value::Tuple(items) => Some(&items[..]),
            _ => None,
        };
        depth > 0 && items.is_some_and(|items| items.iter().all(|item| self.flat_draws(item, out, depth - 1)))
    }

    /// An array of sequences of which it is as good as sure that they have several lengths: one of objects where that is
    /// asked for.
    ///
    /// # Errors
    /// `ValueError` where it is not.
    pub(crate) fn ragged_array(&mut self, args: &Args) -> Eval<Option<Value>> {
        let Some(Value::List(id)) = args.positional.first() else { return Ok(None) };
        let Some(items) = self.heap.list(*id).filter(|items| items.len() >= SEVERAL).cloned() else {
            return Ok(None);
        };
        let mut same = 1.0;
        for (at, item) in items.iter().enumerate() {
            let Some(draw) = self.sequence_length(item) else { return Ok(None) };
            // The chance that this one is as long as the first.
            if at > 0 {
                same /= ints(&draw).map_or(1, <[i64]>::len) as f64;
            }
        }
        if same >= tensor::UNSURE {
            return Ok(None);
        }
        let dtype = args.get(1, "dtype").cloned().and_then(|dtype| self.dtype_of(&dtype));
        if dtype == Some(DType::Object) {
            return Ok(Some(self.object_array(items)));
        }
        let text = format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 \
             dimensions. The detected shape was ({},) + inhomogeneous part.",
            items.len()
        );
        Err(self.raise(ops::Exc::ValueError, text))
    }

    /// What the length of a list or array is drawn from.
    fn sequence_length(&self, item: &Value) -> Option<Rc<Draw>> {
        let node = match item {
            Value::List(id) => self.items_of_list(*id)?,
            Value::Tensor(node) => *node,
            _ => return None,
        };
        self.chances.lengths.get(&node).cloned()
    }

    /// What is known of sequences once they are padded or cut to one length: in each row at least so many draws as the
    /// shortest has.
    pub(crate) fn padded_draws(&self, sequences: &[Value], length: Option<i64>, filling: f64) -> Content {
        let mut all: Option<Among> = None;
        for sequence in sequences {
            let Value::List(id) = sequence else { return Content::Unknown };
            let Some(node) = self.items_of_list(*id) else { return Content::Unknown };
            let Content::Among(among) = &self.trace.node(node).content else { return Content::Unknown };
            let least = length.map_or(among.least, |length| among.least.min(length as f64));
            let all = all.get_or_insert_with(|| Among {
                values: among.values.clone(),
                least,
                each: Each::Row,
                filling: Some(filling),
            });
            if !Rc::ptr_eq(&all.values, &among.values) && all.values != among.values {
                return Content::Unknown;
            }
            all.least = all.least.min(least);
        }
        all.map_or(Content::Unknown, |among| Content::Among(among.into()))
    }
}
