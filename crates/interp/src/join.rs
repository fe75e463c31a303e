//! Branches on conditions that are not known: both are carried out and joined.

use std::rc::Rc;

use graph::{Node, NodeId, Source};
use ops::Flow as GradientFlow;
use rustc_hash::FxHashSet;
use smallvec::smallvec;
use tensor::Content;

use crate::heap::{Changes, Instance, Names, ObjId, Object, ScopeObject};
use crate::interp::{Interp, Leave};
use crate::native::NativeState;
use crate::raise::{Eval, Halt};
use crate::stmt::Flow;
use crate::value::{Plain, Value};

impl<'a> Interp<'a> {
    /// Carries out two alternatives of statements, of which either may happen.
    ///
    /// An alternative that raises is taken not to happen, unless both do.
    ///
    /// # Errors
    /// The exception when both raise, or a budget that ran out.
    pub fn both(
        &mut self,
        first: impl FnOnce(&mut Self) -> Eval<Flow>,
        second: impl FnOnce(&mut Self) -> Eval<Flow>,
    ) -> Eval<Flow> {
        self.fork(first, second, |interp, a, b| match (a, b) {
            (Flow::Return(a), Flow::Return(b)) => Ok(Flow::Return(interp.join(&a, &b)?)),
            (Flow::Return(value), flow) | (flow, Flow::Return(value)) => {
                if let Some(frame) = interp.frames.last_mut() {
                    frame.returns.push(value);
                }
                Ok(flow)
            }
            (Flow::Break, Flow::Break) => Ok(Flow::Break),
            (Flow::Continue, Flow::Continue) => Ok(Flow::Continue),
            (a, b) => {
                let leave = match (a, b) {
                    (Flow::Break, _) | (_, Flow::Break) => Some(Leave::Break),
                    (Flow::Continue, _) | (_, Flow::Continue) => Some(Leave::Continue),
                    _ => None,
                };
                if let (Some(frame), Some(leave)) = (interp.frames.last_mut(), leave) {
                    frame.may_leave.get_or_insert(leave);
                }
                Ok(Flow::Next)
            }
        })
    }

    /// Evaluates two alternatives of which either may happen, and joins their values.
    ///
    /// # Errors
    /// As for [`Interp::both`].
    pub fn either(
        &mut self,
        first: impl FnOnce(&mut Self) -> Eval,
        second: impl FnOnce(&mut Self) -> Eval,
    ) -> Eval {
        self.fork(first, second, |interp, a, b| interp.join(&a, &b))
    }

    fn fork<T: Early>(
        &mut self,
        first: impl FnOnce(&mut Self) -> Eval<T>,
        second: impl FnOnce(&mut Self) -> Eval<T>,
        join: impl FnOnce(&mut Self, T, T) -> Eval<T>,
    ) -> Eval<T> {
        if self.graph_depth == 0 {
            self.needs(&Value::None, "which of two ways the script goes")?;
        }
        let depth = self.frames.len();
        // Recursion that forks each time would do so without end.
        self.charge(10 + depth as u64);
        let counters = self.counters.clone();
        self.heap.open();
        let before = self.heap.before_branch();
        let a = first(self);
        self.frames.truncate(depth);
        let mut changed_a = self.heap.undo();
        if a.as_ref().is_err_and(Halt::is_final) {
            return a;
        }
        let counters_a = std::mem::replace(&mut self.counters, counters);
        self.heap.open();
        let b = second(self);
        self.frames.truncate(depth);
        match (a, b) {
            (_, Err(halt)) if halt.is_final() => {
                self.heap.keep();
                Err(halt)
            }
            // Only the second goes on: `if unknown: raise ValueError(...)`.
            (Err(_), b) => {
                self.heap.keep();
                b
            }
            (a, Err(_)) => {
                self.heap.undo();
                self.counters = counters_a;
                for (id, object) in changed_a {
                    self.heap.put(id, object);
                }
                a
            }
            // `if unknown: return x`: what follows sees only the other branch.
            (Ok(a), Ok(b)) if a.ends_early() && !b.ends_early() => {
                self.heap.keep();
                self.put_back(&mut changed_a, before);
                join(self, a, b)
            }
            (Ok(a), Ok(b)) if b.ends_early() && !a.ends_early() => {
                let mut changed_b = self.heap.undo();
                self.put_back(&mut changed_b, before);
                self.counters = counters_a;
                for (id, object) in changed_a {
                    self.heap.put(id, object);
                }
                join(self, a, b)
            }
            (Ok(a), Ok(b)) => {
                let changed_b = self.heap.undo();
                self.counters.symbols = self.counters.symbols.max(counters_a.symbols);
                self.join_changes(changed_a, changed_b, before)?;
                join(self, a, b)
            }
        }
    }

    /// Joins what two branches changed with what either left as it is. Objects from `made` on were made in them.
    ///
    /// Names and attributes come last, since what becomes of them is told by what their containers became:
    /// `if unknown: rows = []` followed by `rows.append(row)`.
    pub(crate) fn join_changes(&mut self, mut a: Changes, mut b: Changes, made: usize) -> Eval<()> {
        self.put_back(&mut a, made);
        self.put_back(&mut b, made);
        let all: FxHashSet<ObjId> = a.keys().chain(b.keys()).copied().collect();
        let mut ids: Vec<ObjId> = all.into_iter().collect();
        // What is inside of another container is mostly the younger of the two.
        ids.sort_unstable_by_key(|id| {
            (matches!(self.heap.get(*id), Object::Scope(_) | Object::Instance(_)), std::cmp::Reverse(*id))
        });
        self.charge(4 * ids.len() as u64);
        for id in ids {
            let before = self.heap.get(id).clone();
            let left = a.remove(&id).unwrap_or_else(|| before.clone());
            let right = b.remove(&id).unwrap_or(before);
            let joined = self.join_objects(left, right)?;
            self.heap.put(id, joined);
        }
        Ok(())
    }

    /// Gives the objects that a branch made what it put into them: they outlive it in what it returned or bound.
    fn put_back(&mut self, changes: &mut Changes, made: usize) {
        let own: Vec<ObjId> = changes.keys().copied().filter(|id| id.0 as usize >= made).collect();
        for id in own {
            if let Some(object) = changes.remove(&id) {
                self.heap.put(id, object);
            }
        }
    }

    fn join_objects(&mut self, a: Object, b: Object) -> Eval<Object> {
        Ok(match (a, b) {
            (Object::List(a), Object::List(b)) if a.len() == b.len() => {
                Object::List(a.iter().zip(&b).map(|(a, b)| self.join(a, b)).collect::<Eval<_>>()?)
            }
            (Object::Dict(mut a), Object::Dict(b))
                if a.len() == b.len() && a.keys().all(|k| b.contains_key(k)) =>
            {
                for (key, slot) in &mut a {
                    if let Some((_, other)) = b.get(key) {
                        slot.1 = self.join(&slot.1, other)?;
                    }
                }
                Object::Dict(a)
            }
            (Object::Scope(a), Object::Scope(b)) => {
                let names = self.join_names(a.names, &b.names)?;
                Object::Scope(ScopeObject { names, parent: a.parent, elsewhere: a.elsewhere })
            }
            (Object::Instance(a), Object::Instance(b)) => {
                let attrs = self.join_names(a.attrs, &b.attrs)?;
                let native = further(a.native, b.native);
                Object::Instance(Instance { class: a.class, attrs, native })
            }
            (Object::Set(a), Object::Set(b)) if a.len() == b.len() && a.keys().all(|k| b.contains_key(k)) => {
                Object::Set(a)
            }
            (Object::Items(a), Object::Items(b)) if a == b => Object::Items(a),
            (Object::Iterator(a), Object::Iterator(b)) if a.rest.len() == b.rest.len() => Object::Iterator(a),
            _ => Object::Lost("changed under a condition that is not known"),
        })
    }

    fn join_names(&mut self, mut a: Names, b: &Names) -> Eval<Names> {
        for (name, slot) in &mut a {
            *slot = match b.get(name) {
                Some(other) => self.join(slot, other)?,
                // Bound in one branch only: where it is used, it probably was.
                None => slot.clone(),
            };
        }
        for (name, value) in b {
            if !a.contains_key(name) {
                a.insert(name.clone(), value.clone());
            }
        }
        Ok(a)
    }

    /// Joins two values: what holds of a value that is the one or the other.
    ///
    /// # Errors
    /// A budget that ran out.
    pub fn join(&mut self, a: &Value, b: &Value) -> Eval {
        let deep = Value::unknown("a value that is nested very deep");
        self.nested(Ok(deep), |interp| interp.join_inside(a, b))
    }

    fn join_inside(&mut self, a: &Value, b: &Value) -> Eval {
        use Value::{Any, Bool, Float, Int};
        self.step()?;
        if self.identical(a, b) == Some(true) {
            return Ok(a.clone());
        }
        Ok(match (a, b) {
            (Value::Unknown(_), _) => a.clone(),
            (_, Value::Unknown(_)) => b.clone(),
            (Value::Tensor(x), Value::Tensor(y)) => Value::Tensor(self.join_tensors(*x, *y)),
            (Bool(_) | Any(Plain::Bool), Bool(_) | Any(Plain::Bool)) => Any(Plain::Bool),
            (
                Int(_) | Value::Dim(_) | Value::Drawn(_) | Any(Plain::Int),
                Int(_) | Value::Dim(_) | Value::Drawn(_) | Any(Plain::Int),
            ) => Any(Plain::Int),
            (Float(x), Float(y)) if x.to_bits() == y.to_bits() => a.clone(),
            (
                Int(_) | Float(_) | Value::Drawn(_) | Any(Plain::Int | Plain::Float),
                Int(_) | Float(_) | Value::Drawn(_) | Any(Plain::Int | Plain::Float),
            ) => Any(Plain::Float),
            (Value::Str(_) | Any(Plain::Str), Value::Str(_) | Any(Plain::Str)) => Any(Plain::Str),
            (Value::Shape(x), Value::Shape(y)) => Value::Shape(x.join(y)),
            (Value::Tuple(x), Value::Tuple(y)) if x.len() == y.len() => {
                let (x, y): (Rc<[Value]>, Rc<[Value]>) = (x.clone(), y.clone());
                Value::Tuple(x.iter().zip(y.iter()).map(|(x, y)| self.join(x, y)).collect::<Eval<_>>()?)
            }
            (Value::List(x), Value::List(y)) => {
                match (self.heap.list(*x).cloned(), self.heap.list(*y).cloned()) {
                    (Some(x), Some(y)) if x.len() == y.len() => {
                        let items = x.iter().zip(&y).map(|(x, y)| self.join(x, y)).collect::<Eval<_>>()?;
                        self.new_list(items)
                    }
                    _ => self.unknown("a list that depends on a condition that is not known"),
                }
            }
            (Value::Dict(x), Value::Dict(y)) => {
                match (self.heap.dict(*x).cloned(), self.heap.dict(*y).cloned()) {
                    (Some(x), Some(y)) if x.len() == y.len() && x.keys().all(|k| y.contains_key(k)) => {
                        let mut pairs = Vec::with_capacity(x.len());
                        for (key, (name, value)) in &x {
                            let other = y.get(key).map_or(Value::None, |(_, other)| other.clone());
                            pairs.push((name.clone(), self.join(value, &other)?));
                        }
                        self.new_dict(pairs)
                    }
                    _ => self.unknown("a dict that depends on a condition that is not known"),
                }
            }
            (Value::Instance(x), Value::Instance(y)) => {
                return self.join_instances(*x, *y);
            }
            _ => self.unknown("a value that depends on a condition that is not known"),
        })
    }

    /// Joins two named tuples or other immutable instances of one class.
    fn join_instances(&mut self, a: ObjId, b: ObjId) -> Eval {
        let class = |id| self.heap.instance(id).map(|i| i.class);
        if let (Some(x), Some(y), true) = (self.data(a), self.data(b), class(a) == class(b))
            && matches!(x, Value::Tuple(_))
            && let Some(instance) = self.heap.instance(a).cloned()
        {
            let data = self.join(&x, &y)?;
            if let Value::Tuple(_) = data {
                let native = NativeState::Data(data);
                let joined = Instance { native, ..instance };
                return Ok(Value::Instance(self.heap.add(Object::Instance(joined))));
            }
        }
        Ok(self.unknown("an object that depends on a condition that is not known"))
    }

    fn join_tensors(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let (x, y) = (self.trace.node(a), self.trace.node(b));
        let spec = x.spec.join(&y.spec);
        let kind = if x.kind == y.kind { x.kind } else { ops::TensorKind::Eager };
        let inputs = smallvec![(a, GradientFlow::Ok), (b, GradientFlow::Ok)];
        let span = self.here();
        let content = Content::Unknown;
        let source = Source::Opaque("a join of branches");
        self.trace.push(Node { source, kind, spec, content, inputs, span, scope: graph::ScopeId::default() })
    }
}

/// What two branches did to a native object, which has no meaningful join: what the second one did, but for a layer that
/// only the first has built, or lost. A layer that may be built is not said to be unbuilt.
fn further(a: NativeState, b: NativeState) -> NativeState {
    match (&a, &b) {
        (NativeState::Plain, _) => a,
        (NativeState::Layer(first), NativeState::Layer(second)) => {
            let lost = (first.lost.is_some(), second.lost.is_some());
            let only_first = lost == (true, false) || lost.0 == lost.1 && first.built && !second.built;
            if only_first { a } else { b }
        }
        _ => b,
    }
}

/// Tells whether an alternative ends before the statement after it.
trait Early {
    fn ends_early(&self) -> bool;
}

impl Early for Flow {
    fn ends_early(&self) -> bool {
        !matches!(self, Flow::Next)
    }
}

impl Early for Value {
    fn ends_early(&self) -> bool {
        false
    }
}
