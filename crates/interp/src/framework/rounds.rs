//! Loops carried out round by round, where numbers are computed and everything that they depend on is known.

use graph::NodeId;

use crate::framework::compile_loss::is_nested;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// The most rounds that are carried out.
const MAX_ROUNDS: usize = 10_000;

impl Interp<'_> {
    /// Tells how many rounds a loop over the rows of these tensors has, where it can be carried out.
    pub(super) fn row_count(&mut self, elements: &Value) -> Option<usize> {
        if !self.computes() {
            return None;
        }
        // In a step that is recorded to be run later, sizes are enough.
        let mut counts = Vec::new();
        for node in self.flat_tensors(elements) {
            self.number(node)?;
            let size = self.trace.node(node).spec.shape.dim(0)?.known()?;
            counts.push(usize::try_from(size).ok()?);
        }
        let count = *counts.first()?;
        (count > 0 && count <= MAX_ROUNDS && counts.iter().all(|n| *n == count)).then_some(count)
    }

    /// A row of each tensor.
    pub(super) fn row(&mut self, elements: &Value, at: usize) -> Value {
        let index = Value::Int(i64::try_from(at).unwrap_or(i64::MAX));
        self.map_tensors(elements, &mut |interp, node: NodeId| match interp
            .tensor_item(&Value::Tensor(node), &index)
        {
            Ok(Value::Tensor(row)) => row,
            _ => node,
        })
    }

    /// The results of all rounds, stacked tensor by tensor; nothing where they are no tensors of one structure.
    pub(super) fn stacked_rounds(&mut self, results: &[Value]) -> Eval<Option<Value>> {
        let Some(first) = results.first() else { return Ok(None) };
        if let Value::Dict(_) = first {
            let keys: Vec<Value> =
                self.pairs_of(first).unwrap_or_default().into_iter().map(|(k, _)| k).collect();
            let mut pairs = Vec::with_capacity(keys.len());
            for key in keys {
                let mut column = Vec::with_capacity(results.len());
                for result in results {
                    column.push(self.get_item(result, &key)?);
                }
                let Some(stacked) = self.stacked_rounds(&column)? else { return Ok(None) };
                pairs.push((key, stacked));
            }
            return Ok(Some(self.new_dict(pairs)));
        }
        if is_nested(first) {
            let each: Option<Vec<Vec<Value>>> = results.iter().map(|r| self.children(r)).collect();
            let count = each.as_ref().and_then(|all| all.first().map(Vec::len)).unwrap_or(0);
            let Some(each) = each.filter(|all| all.iter().all(|items| items.len() == count)) else {
                return Ok(None);
            };
            let mut items = Vec::with_capacity(count);
            for at in 0..count {
                let column: Vec<Value> = each.iter().map(|items| items[at].clone()).collect();
                let Some(stacked) = self.stacked_rounds(&column)? else { return Ok(None) };
                items.push(stacked);
            }
            return Ok(Some(if matches!(first, Value::Tuple(_)) {
                Value::tuple(items)
            } else {
                self.new_list(items)
            }));
        }
        let list = self.new_list(results.to_vec());
        let stacked = self.op_on("stack", &[("values", list), ("axis", Value::Int(0))])?;
        Ok(matches!(stacked, Value::Tensor(_)).then_some(stacked))
    }

    /// Maps a function over the rows.
    pub(super) fn map_rounds(&mut self, function: &Value, elements: &Value) -> Eval<Option<Value>> {
        let Some(count) = self.row_count(elements) else { return Ok(None) };
        let mut results = Vec::with_capacity(count);
        for at in 0..count {
            let row = self.row(elements, at);
            let result = self.call(function, Args::of([row]))?;
            if result.is_unknown() {
                return Ok(None);
            }
            results.push(result);
        }
        self.stacked_rounds(&results)
    }

    /// Gathers the rows by a function of what was gathered and the next row; returns every intermediate result in
    /// the order of the rounds. Without a start, the first row is it.
    pub(super) fn fold_rounds(
        &mut self,
        function: &Value,
        elements: &Value,
        start: &Value,
        backwards: bool,
    ) -> Eval<Option<Vec<Value>>> {
        let Some(count) = self.row_count(elements) else { return Ok(None) };
        let mut order: Vec<usize> = (0..count).collect();
        if backwards {
            order.reverse();
        }
        let mut results = Vec::with_capacity(count);
        let mut gathered = start.clone();
        for at in order {
            let row = self.row(elements, at);
            gathered = if gathered.is_none() { row } else { self.call(function, Args::of([gathered, row]))? };
            if gathered.is_unknown() {
                return Ok(None);
            }
            results.push(gathered.clone());
        }
        Ok(Some(results))
    }

    /// Repeats a body while a condition holds; nothing where the condition is not known.
    pub(super) fn while_rounds(
        &mut self,
        (condition, body): (&Value, &Value),
        variables: &[Value],
        most: Option<i64>,
        listed: bool,
    ) -> Eval<Option<Vec<Value>>> {
        if !self.computes() || self.graph_depth > 0 {
            return Ok(None);
        }
        // Without a graph what a loop begins with stays what it is, a number of Python's too.
        let mut current = variables.to_vec();
        let most = most.and_then(|n| usize::try_from(n).ok()).unwrap_or(MAX_ROUNDS + 1);
        for round in 0..=most {
            if round > MAX_ROUNDS {
                return Ok(None);
            }
            let goes_on = self.call(condition, Args::of(current.iter().cloned()))?;
            match self.truth(&goes_on)? {
                Some(true) if round < most => {}
                Some(_) => break,
                None => return Ok(None),
            }
            let result = self.call(body, Args::of(current.iter().cloned()))?;
            if listed && matches!(result, Value::Int(_) | Value::Float(_) | Value::Bool(_)) {
                // `tuple(body(*args))`
                let text = format!("'{}' object is not iterable", self.type_name(&result));
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            current = match self.children(&result).filter(|items| items.len() == current.len()) {
                Some(items) => items,
                None if current.len() == 1 && !result.is_unknown() => vec![result],
                None => return Ok(None),
            };
        }
        let tensors = current.iter().map(|value| self.as_tensors(value)).collect::<Eval<_>>()?;
        Ok(Some(tensors))
    }
}
