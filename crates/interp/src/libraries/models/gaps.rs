//! Rows of arrays without a value: those that `shift` leaves above or below, and arrays that surely have none.
//!
//! pandas' `dropna` leaves as many rows as have no gap in any column, which is known where the gaps of each are.

use graph::{NodeId, Source};
use tensor::{Content, DType, Data, Dim};

use crate::interp::Interp;
use crate::native::native;
use crate::value::{Args, Native, Value};

/// So far an array is followed back to what it was made of.
const MAX_STEPS: u32 = 16;

/// How many rows have no value, above and below; all others have one.
pub(crate) type Gaps = (i64, i64);

pub(super) static INTRINSICS: &[Native] = &[
    native("gaps_of", |interp, args| {
        let gaps = match args.positional.first() {
            Some(Value::Tensor(id)) => interp.gaps(*id, MAX_STEPS),
            _ => None,
        };
        Ok(match gaps {
            Some((above, below)) => Value::tuple([Value::Int(above), Value::Int(below)]),
            None => Value::tuple([Value::Dim(Dim::Unknown), Value::Dim(Dim::Unknown)]),
        })
    }),
    native("with_gaps", |interp, args: Args| {
        let count = |at: usize| args.positional.get(at).and_then(Value::as_int);
        let gaps = count(1).zip(count(2));
        if let Some(Value::Tensor(id)) = args.positional.first() {
            interp.gaps.insert(*id, gaps);
        }
        Ok(args.positional.into_iter().next().unwrap_or(Value::None))
    }),
];

/// NumPy's functions that make no gaps of operands that have none, and leave them in their rows otherwise.
const BY_ROWS: &[&str] = &[
    "np.add",
    "np.subtract",
    "np.multiply",
    "np.negative",
    "np.positive",
    "np.absolute",
    "np.square",
    "np.exp",
    "np.sin",
    "np.cos",
    "np.tanh",
    "np.arctan",
    "np.floor",
    "np.ceil",
    "np.round",
    "np.clip",
    "np.maximum",
    "np.minimum",
    "np.asarray",
    "np.ndarray.copy",
    "np.ndarray.astype",
];

/// Those that only choose, join or arrange elements.
const ARRANGING: &[&str] = &[
    "np.getitem",
    "np.take",
    "np.reshape",
    "np.ravel",
    "np.squeeze",
    "np.expand_dims",
    "np.transpose",
    "np.stack",
    "np.concatenate",
    "np.vstack",
    "np.hstack",
    "np.column_stack",
    "np.tile",
    "np.repeat",
    "np.cumsum",
    "np.sort",
];

/// Those that make numbers of nothing.
const MAKING: &[&str] = &["np.arange", "np.linspace", "np.zeros", "np.ones", "np.eye", "np.identity"];

impl Interp<'_> {
    /// How many rows of an array have no value, where that is known.
    pub(crate) fn gaps(&self, id: NodeId, steps: u32) -> Option<Gaps> {
        if let Some(gaps) = self.gaps.get(&id) {
            return *gaps;
        }
        let node = self.trace.node(id);
        let texts = node.spec.dtype == Some(DType::String);
        match &node.content {
            Content::Array(array) => {
                let missing = matches!(&array.data, Data::Float(all) if all.iter().any(|x| x.is_nan()));
                return (!missing).then_some((0, 0));
            }
            Content::Zeros | Content::Drawn(_) | Content::Sample(_) | Content::Spread(_) => {
                return Some((0, 0));
            }
            // Objects may be none.
            _ if texts => return None,
            _ => {}
        }
        if node.spec.dtype.is_some_and(|dtype| dtype.is_integer() || dtype == DType::Bool) {
            return Some((0, 0));
        }
        let Source::Op(op) = node.source else { return None };
        if MAKING.contains(&op.name) {
            return Some((0, 0));
        }
        let steps = steps.checked_sub(1)?;
        let mut operands = node.inputs.iter().map(|(input, _)| (*input, self.gaps(*input, steps)));
        if BY_ROWS.contains(&op.name) {
            let rows = node.spec.shape.dim(0);
            return operands.try_fold(None, |found: Option<Gaps>, (input, gaps)| {
                let (above, below) = gaps?;
                let aligned = self.trace.node(input).spec.shape.dim(0) == rows;
                let (a, b) = found.unwrap_or_default();
                (aligned || gaps == Some((0, 0))).then_some(Some((a.max(above), b.max(below))))
            })?;
        }
        let drawn = op.name.starts_with("np.random.") && node.inputs.is_empty();
        let arranged = ARRANGING.contains(&op.name) || op.name.starts_with("np.random.");
        let whole = operands.all(|(_, gaps)| gaps == Some((0, 0))) && arranged;
        (drawn || whole && !node.inputs.is_empty()).then_some((0, 0))
    }

    /// Says that an array's elements have changed, so that gaps may be among them.
    pub(crate) fn note_gaps_written(&mut self, ids: impl IntoIterator<Item = NodeId>) {
        for id in ids {
            self.gaps.insert(id, None);
        }
    }

    /// Tells whether a value that is written into an array leaves no gap there.
    pub(crate) fn leaves_no_gap(&self, value: &Value) -> bool {
        match value {
            Value::Int(_) | Value::Bool(_) | Value::Drawn(_) => true,
            Value::Float(x) => !x.is_nan(),
            Value::Tensor(id) => self.gaps(*id, MAX_STEPS) == Some((0, 0)),
            _ => false,
        }
    }
}
