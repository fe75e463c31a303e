//! Going through a dataset.

use ops::{Exc, TensorKind};
use tensor::{Content, DType, Dim, Shape, TensorSpec};

use super::batches::{draws, own};
use super::{Batch, Count, DatasetState, Uneven};
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// A loop over more elements than this is not followed step by step.
const MAX_STEPS: i64 = 64;

/// Methods.
pub(super) static METHODS: &[Native] = &[
    native("__iter__", |interp, args| elements(interp, &args, TensorKind::Eager)),
    native("as_numpy_iterator", |interp, args| elements(interp, &args, TensorKind::Numpy)),
    native("__len__", len),
    native("__bool__", |_, _| Ok(Value::Bool(true))),
    native("__repr__", repr),
    native("cardinality", cardinality),
    native("get_single_element", single),
    native("options", |interp, _| Ok(interp.unknown("the options of a dataset"))),
];

/// Properties.
pub(super) static PROPERTIES: &[Native] = &[native("element_spec", element_spec)];

/// An iterator over the elements, as far as their number is known.
fn elements(interp: &mut Interp<'_>, args: &Args, kind: TensorKind) -> Eval {
    let state = own(interp, args);
    let recipe = interp.recipe_of(args);
    let made = DatasetState { recipe, ..state.clone() };
    if interp.graph_depth == 0
        && let Some(items) = interp.dataset_elements(&made, usize::MAX)?
    {
        let items = items
            .iter()
            .map(|item| if kind == TensorKind::Numpy { interp.numpy_element(item) } else { item.clone() })
            .collect();
        return Ok(interp.new_iterator(items));
    }
    if interp.graph_depth > 0 {
        let item = interp.element_as(&state, TensorKind::Graph, &|_| None);
        return Ok(interp.endless(item));
    }
    if let Some(Uneven::First(text)) = interp.uneven(args) {
        return Err(interp.bad_data(Exc::InvalidArgumentError, text.to_string()));
    }
    let draws = draws(interp, args);
    // A tensor that is there has no `None` in its shape, only sizes that cannot be told.
    let real = |size: Option<i64>| Some(size.map_or(Dim::Unknown, Dim::Known));
    let item = |interp: &mut Interp<'_>, at: i64, count: i64| {
        let element = interp.element_as(&state, kind, &|batch| {
            real(match at {
                _ if batch.first == batch.last => batch.first,
                0 => batch.first,
                _ if at + 1 == count => batch.last,
                _ if batch.last.is_some() => batch.first,
                _ => None,
            })
        });
        interp.first_with_draws(element, &draws)
    };
    match state.count {
        Count::Known(count) | Count::Untold(count) if count <= MAX_STEPS => {
            let items: Vec<Value> = (0..count).map(|at| item(interp, at, count)).collect();
            Ok(interp.new_iterator(items))
        }
        _ => {
            let all = interp.element_as(&state, kind, &|b| real(b.first.filter(|_| b.first == b.last)));
            Ok(interp.endless(all))
        }
    }
}

fn len(interp: &mut Interp<'_>, args: Args) -> Eval {
    let text = match own(interp, &args).count {
        Count::Known(n) => return Ok(Value::Int(n)),
        Count::Infinite => "The dataset is infinite.",
        Count::Untold(_) => "The dataset length is unknown.",
        Count::Unknown => {
            // TensorFlow may know what is not known here.
            return Ok(Value::Any(crate::value::Plain::Int));
        }
    };
    Err(interp.raise(Exc::TypeError, text))
}

fn cardinality(interp: &mut Interp<'_>, args: Args) -> Eval {
    let count = own(interp, &args).count;
    let spec = TensorSpec::new(Shape::scalar(), DType::Int64);
    let value = interp.element_tensor(spec, TensorKind::Eager, None);
    let told = !matches!(count, Count::Unknown);
    if let (Value::Tensor(id), true) = (&value, told || interp.computes()) {
        // In a run, what has no number here has none in TensorFlow either: of a generator, or of what a filter leaves.
        let shown = if told { count.shown() } else { -2 };
        interp.trace.node_mut(*id).content = Content::ints(Vec::new(), DType::Int64, vec![shown]);
        if let Ok(number) = array::Array::ints(&[], DType::Int64, vec![shown])
            && interp.computes()
        {
            interp.set_array(*id, number);
        }
    }
    Ok(value)
}

fn single(interp: &mut Interp<'_>, args: Args) -> Eval {
    let state = own(interp, &args);
    Ok(interp.element_as(&state, TensorKind::Eager, &Batch::first))
}

fn element_spec(interp: &mut Interp<'_>, args: Args) -> Eval {
    let element = own(interp, &args).element;
    Ok(specs(interp, &element))
}

/// `<_BatchDataset element_spec=...>`.
///
/// source: `tensorflow/python/data/ops/dataset_ops.py`, DatasetV2.__repr__
fn repr(interp: &mut Interp<'_>, args: Args) -> Eval {
    let state = own(interp, &args);
    let element = specs(interp, &state.element);
    Ok(match interp.repr(&element)? {
        Some(element) => Value::Str(format!("<{} element_spec={element}>", state.class).into()),
        None => Value::Any(crate::value::Plain::Str),
    })
}

fn specs(interp: &mut Interp<'_>, element: &Value) -> Value {
    match element {
        Value::Tensor(id) => {
            let spec = interp.trace.node(*id).spec.clone();
            interp.new_tensor_spec(&spec)
        }
        Value::Tuple(items) => {
            let items: Vec<Value> = items.iter().map(|v| specs(interp, v)).collect();
            Value::tuple(items)
        }
        Value::Dict(_) => {
            let pairs = interp.pairs_of(element).unwrap_or_default();
            let pairs: Vec<_> = pairs.into_iter().map(|(k, v)| (k, specs(interp, &v))).collect();
            interp.new_dict(pairs)
        }
        Value::None => Value::None,
        _ => interp.unknown("the spec of an element"),
    }
}

impl Interp<'_> {
    /// What a model's methods get from a dataset: the element that a step is traced for, and the first batch.
    pub(crate) fn dataset_feed(&mut self, state: &DatasetState) -> (Value, Value) {
        let traced = self.element_as(state, TensorKind::Graph, &|_| None);
        let first = self.element_as(state, TensorKind::Eager, &Batch::whole);
        (traced, first)
    }
}
