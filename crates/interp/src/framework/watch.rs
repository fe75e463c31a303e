//! What the rules want to know of a Lambda beside its result: what it captures, what it gives, and
//! whether Keras 3's inference misleads it.

use std::rc::Rc;

use rustc_hash::FxHashSet;
use tensor::DType;

use crate::events::{Event, Misled};
use crate::function::Body;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Halt;
use crate::value::{Args, FunctionId, Value};

impl Interp<'_> {
    /// Notes what a Lambda's function finds outside of itself at a symbolic call: the model calls it again
    /// later, when the names may mean something else.
    pub(crate) fn watch_captured(&mut self, id: ObjId) {
        let Some(state) = self.layer(id) else { return };
        let layer = state.name.clone();
        let Some(function) = state.lambda.as_ref().and_then(|l| plain_function(&l.function)) else { return };
        let values = self.captured(function);
        if !values.is_empty() {
            let span = self.here();
            self.events.push(Event::Captured { layer, function, values, span });
        }
    }

    /// The names that a function reads outside of itself, and what they mean now.
    pub fn captured(&self, function: FunctionId) -> Vec<(Rc<str>, Value)> {
        let known = self.function(function);
        let mut names = FxHashSet::default();
        let mut own: FxHashSet<&str> = known.signature.params.iter().map(|p| &*p.name).collect();
        match known.body {
            Body::Def(body) => {
                crate::locals::read(body, &mut names);
                crate::locals::collect(body, &mut own);
            }
            Body::Lambda(body) => crate::locals::read_by(body, &mut names),
            Body::Fields(_) => {}
        }
        let mut names: Vec<&str> = names.difference(&own).copied().collect();
        names.sort_unstable();
        let value = |name: &str| Some((name.into(), self.looked_up(known.scope, name)?));
        names.into_iter().filter_map(value).collect()
    }

    fn looked_up(&self, scope: ObjId, name: &str) -> Option<Value> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = self.heap.scope(id)?;
            if let Some(value) = scope.names.get(name) {
                return Some(value.clone());
            }
            at = scope.elsewhere.get(name).copied().or(scope.parent);
        }
        None
    }

    /// Notes that a Lambda's function gives something that is no tensor.
    pub(crate) fn watch_result(&mut self, id: ObjId, outputs: &Value, shown: Option<ObjId>) {
        let Some(state) = self.layer(id) else { return };
        let (layer, function) = (state.name.clone(), state.lambda.as_ref().map(|l| l.function.clone()));
        let function = function.as_ref().and_then(plain_function);
        let (gives, span) = (self.type_name(outputs), self.here());
        self.events.push(Event::NoTensor { layer, function, gives, shown, span });
    }

    /// Finds out whether a function that failed in Keras 3's inference runs on what it really gets: the
    /// inputs' own dtypes, their masks.
    pub(crate) fn misled(&mut self, id: ObjId, first: &Value, taken: DType) -> Option<Misled> {
        let nodes = self.flat_tensors(first);
        let other =
            nodes.iter().copied().find(|n| self.trace.node(*n).spec.dtype.is_some_and(|d| d != taken));
        if other.is_none() && !nodes.iter().any(|n| self.masks.contains_key(n)) {
            return None;
        }
        let (undecided, counters) = (self.undecided.clone(), self.counters.clone());
        let (depth, events) = (self.frames.len(), self.events.len());
        let traced = self.placeholder(first);
        self.heap.open();
        let result = self.in_graph(|interp| interp.run_lambda(id, Args::of([traced])));
        let gives = result.as_ref().ok().map(|value| self.flat_tensors(value));
        let gives = gives.and_then(|nodes| match nodes[..] {
            [one] => Some(self.trace.node(one).spec.shape.clone()),
            _ => None,
        });
        self.heap.undo();
        self.frames.truncate(depth);
        self.events.truncate(events);
        (self.undecided, self.counters) = (undecided, counters);
        match (result, other) {
            (Err(Halt::Exception(_)), _) => None,
            (Err(_), _) => None,
            (Ok(_), Some(input)) => Some(Misled::Dtype { input, taken, gives }),
            (Ok(_), None) => Some(Misled::Mask { gives }),
        }
    }

    /// Notes that a Lambda, or a layer of the script's own, drops the mask of its input, unless its function
    /// asks for it.
    pub(crate) fn watch_mask(&mut self, id: ObjId, first: &Value) {
        let Some(state) = self.layer(id) else { return };
        let (layer, supports) = (state.name.clone(), state.supports_masking);
        let lambda = state.lambda.as_ref().map(|l| l.function.clone());
        let is_lambda = lambda.is_some();
        let Some(function) = lambda.or_else(|| self.script_method(id, "call")) else { return };
        if supports || self.parameter_names(&function).iter().any(|n| &**n == "mask") {
            return;
        }
        let masked = self.flat_tensors(first).into_iter().find(|n| self.masks.contains_key(n));
        if let Some(input) = masked {
            let span = self.here();
            self.events.push(Event::MaskDropped { layer, lambda: is_lambda, input, span });
        }
    }
}

/// The script's function behind a value: a lambda, a `def`, or either in a decorator of TensorFlow's.
fn plain_function(value: &Value) -> Option<FunctionId> {
    match value {
        Value::Function(id) => Some(*id),
        Value::Wrapped(wrapped) => plain_function(wrapped.function()?),
        _ => None,
    }
}
