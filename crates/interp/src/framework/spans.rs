//! Parts of a length that is known, which begin at a place that was drawn: `series[start : start + 24]`.

use std::rc::Rc;

use tensor::{Content, Data, Dim};

use crate::interp::Interp;
use crate::value::{Draw, Value};

/// The ints that a bound is drawn from.
enum Bound {
    /// One of Python.
    Draw(Rc<Draw>),
    /// An array's scalar.
    Scalar(graph::NodeId, Rc<Data>),
}

impl Bound {
    fn ints(&self) -> Option<&[i64]> {
        let values = match self {
            Bound::Draw(draw) => &draw.values,
            Bound::Scalar(_, values) => values,
        };
        match &**values {
            Data::Int(all) if !all.is_empty() => Some(all),
            _ => None,
        }
    }
}

impl Interp<'_> {
    /// Slices in an index whose bounds were drawn, but lie so far from each other as is known and never outside of
    /// the axis, with the bounds of one of them: all of them give a part of this size. What the part holds is that of
    /// another place.
    pub(crate) fn settled_spans(&self, index: &Value, dims: &[Dim]) -> Option<Value> {
        match index {
            Value::Slice(parts) => {
                let size = dims.first()?.known()?;
                let (first, last) = self.drawn_span(parts, size)?;
                Some(Value::Slice(Rc::new([Value::Int(first), Value::Int(last), Value::None])))
            }
            Value::Tuple(items) => {
                // What stands behind an ellipsis or a new axis is about another one.
                let plain = items.iter().take_while(|item| !matches!(item, Value::Ellipsis | Value::None));
                let mut settled: Vec<Value> = items.to_vec();
                let mut found = false;
                for (at, item) in plain.enumerate() {
                    if let Value::Slice(_) = item
                        && let Some(one) = dims.get(at..).and_then(|dims| self.settled_spans(item, dims))
                    {
                        settled[at] = one;
                        found = true;
                    }
                }
                found.then(|| Value::tuple(settled))
            }
            _ => None,
        }
    }

    /// The bounds of one of the slices that these may be, where all are equally long and within an axis of this size.
    pub(crate) fn drawn_span(&self, [start, stop, step]: &[Value; 3], size: i64) -> Option<(i64, i64)> {
        if !(step.is_none() || step.as_int() == Some(1)) {
            return None;
        }
        let (from, to) = (self.bound(start)?, self.bound(stop)?);
        let (starts, stops) = (from.ints()?, to.ints()?);
        let tied = match (&from, &to) {
            (Bound::Draw(a), Bound::Draw(b)) => {
                let origin = |draw: &Rc<Draw>| draw.of.as_ref().map_or(Rc::as_ptr(draw), Rc::as_ptr);
                origin(a) == origin(b)
            }
            (Bound::Scalar(a, _), Bound::Scalar(b, _)) => self.origin(*a) == self.origin(*b),
            _ => false,
        };
        let apart = stops.first()? - starts.first()?;
        let even = starts.len() == stops.len() && starts.iter().zip(stops).all(|(a, b)| b - a == apart);
        let within = *starts.first()? >= 0 && apart >= 0 && *stops.last()? <= size;
        (tied && even && within).then_some((*starts.first()?, *stops.first()?))
    }

    fn bound(&self, value: &Value) -> Option<Bound> {
        match value {
            Value::Drawn(draw) => Some(Bound::Draw(draw.clone())),
            Value::Tensor(id) => match &self.trace.node(*id).content {
                Content::Drawn(values) if self.trace.node(*id).spec.shape.rank() == Some(0) => {
                    Some(Bound::Scalar(*id, values.clone()))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The scalar that another was made of by adding what is known to it.
    fn origin(&self, id: graph::NodeId) -> graph::NodeId {
        let mut at = id;
        for _ in 0..8 {
            let node = self.trace.node(at);
            match (node.source, &node.inputs[..]) {
                (graph::Source::Op(op), [(input, _)])
                    if matches!(op.name, "np.add" | "np.subtract")
                        && matches!(self.trace.node(*input).content, Content::Drawn(_)) =>
                {
                    at = *input;
                }
                _ => break,
            }
        }
        at
    }
}
