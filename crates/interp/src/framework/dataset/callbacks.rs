//! Methods that trace a function of the script on an element.

use ops::{Exc, TensorKind};
use tensor::{DType, Shape};

use super::batches::{draws, own};
use super::recipe::Turns;
use super::{Batch, Count, DatasetState, Draws, Recipe};
use crate::framework::tracing::Autograph;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods.
pub(super) static METHODS: &[Native] = &[
    native("map", map),
    native("filter", |interp, args| filtered(interp, args, "predicate")),
    native("take_while", take_while),
    native("flat_map", |interp, args| flat_map(interp, args, false)),
    native("interleave", |interp, args| flat_map(interp, args, true)),
    native("rejection_resample", ungrouped),
    native("apply", apply),
    native("scan", scan),
    native("reduce", reduce),
];

impl Interp<'_> {
    /// Traces a function as `tf.data` does: in a graph, rewritten by AutoGraph; a tuple's items are its arguments.
    pub(super) fn trace_element(&mut self, function: &Value, element: &Value) -> Eval {
        self.trace_drawn(function, element, &Draws::default())
    }

    /// The same for an element whose integers are drawn from values that are known.
    fn trace_drawn(&mut self, function: &Value, element: &Value, draws: &Draws) -> Eval {
        let given = self.map_specs(element, TensorKind::Graph, &mut |_, spec| spec);
        let given = self.with_draws(given, draws, None);
        let args = match given {
            Value::Tuple(items) => Args::of(items.iter().cloned()),
            one => Args::of([one]),
        };
        let traced = crate::value::Traced { function: function.clone(), autograph: true, signature: None };
        let traced = Value::Wrapped(crate::value::Wrapped::Graph(traced.into()).into());
        self.in_graph(|interp| interp.under(Autograph::On, |interp| interp.call(&traced, args)))
            .map_err(|halt| self.staged(halt))
    }
}

fn map(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let Some(function) = args.get(1, "map_func").cloned() else {
        return Ok(interp.unknown("`map` without a function"));
    };
    state.class = if args.get(2, "num_parallel_calls").is_some_and(|v| !v.is_none()) {
        "_ParallelMapDataset"
    } else {
        "_MapDataset"
    };
    if interp.vague_element(&state.element) {
        state.element = interp.unknown("the elements of a dataset");
        state.sized = None;
        return Ok(interp.new_dataset(state));
    }
    let before = draws(interp, &args);
    let result = interp.on_specs(|interp| interp.trace_drawn(&function, &state.element, &before))?;
    state.draws = before.through(interp, &result);
    state.element = interp.as_mapped(&result)?;
    if let Some(sized) = state.sized.take() {
        state.sized = interp.follow(&sized, &mut |interp, element| {
            let result = interp.trace_element(&function, element)?;
            interp.as_mapped(&result).map(Some)
        })?;
    }
    state.uneven = interp.uneven_through(interp.uneven(&args), &mut |interp, element| {
        let result = interp.trace_element(&function, element)?;
        interp.as_mapped(&result).map(Some)
    })?;
    state.recipe = interp.made_by(&args, |inner| Recipe::Map(inner, function));
    Ok(interp.new_dataset(state))
}

fn filtered(interp: &mut Interp<'_>, args: Args, name: &str) -> Eval {
    let mut state = own(interp, &args);
    let Some(function) = args.get(1, name).cloned() else {
        return Ok(interp.unknown("`filter` without a function"));
    };
    if !interp.vague_element(&state.element) {
        let result = interp.on_specs(|interp| interp.trace_element(&function, &state.element))?;
        if let Value::Tensor(id) = result {
            let spec = interp.trace.node(id).spec.clone();
            let scalar = spec.shape.rank().is_none_or(|r| r == 0);
            if !scalar || spec.dtype.is_some_and(|d| d != DType::Bool) {
                let shown = spec.dtype.map_or("?", DType::name);
                let core = format!(
                    "Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its return type is \
                     TensorSpec(shape={}, dtype=tf.{shown}, name=None).",
                    spec.shape.tuple()
                );
                return Err(interp.bad_data(Exc::ValueError, core));
            }
        }
    }
    // Of data without end as well: TensorFlow does not say whether anything passes.
    state.count = Count::Unknown;
    state.batches.iter_mut().for_each(|b| (b.first, b.last) = (None, None));
    state.class = "_FilterDataset";
    state.recipe = interp.made_by(&args, |inner| Recipe::Filter(inner, function));
    Ok(interp.new_dataset(state))
}

/// The first elements, for which a function holds.
fn take_while(interp: &mut Interp<'_>, args: Args) -> Eval {
    let function = args.get(1, "predicate").cloned();
    let recipe = function.and_then(|function| interp.made_by(&args, |inner| Recipe::While(inner, function)));
    let made = filtered(interp, args, "predicate")?;
    match interp.dataset(&made) {
        Some(state) => Ok(interp.new_dataset(DatasetState { recipe, class: "_TakeWhileDataset", ..state })),
        None => Ok(made),
    }
}

/// The elements of the datasets that a function makes of each element.
fn flat_map(interp: &mut Interp<'_>, args: Args, interleaved: bool) -> Eval {
    let state = own(interp, &args);
    let Some(function) = args.get(1, "map_func").cloned() else {
        return Ok(interp.unknown("`flat_map` without a function"));
    };
    let inner = if interp.vague_element(&state.element) {
        None
    } else {
        let result = interp.on_specs(|interp| interp.trace_element(&function, &state.element))?;
        interp.dataset(&result)
    };
    let uneven = interp.uneven_through(interp.uneven(&args), &mut |interp, element| {
        let made = interp.trace_element(&function, element)?;
        Ok(interp.dataset(&made).and_then(|made| interp.only_element(&made)))
    })?;
    let mut inner = inner.unwrap_or_default();
    let count = match (state.count, state.count.read(), inner.count.read()) {
        (Count::Infinite, ..) => Count::Infinite,
        (_, Some(outer), Some(each)) if interp.uneven(&args).is_none() => {
            Count::Untold(outer.saturating_mul(each))
        }
        _ => Count::Unknown,
    };
    if !inner.batches.is_empty() && inner.batches.iter().all(|b| b.first.is_some() && b.first == b.last) {
        inner.sized = Some(interp.element_as(&inner, TensorKind::Graph, &Batch::first));
    }
    // Elements come from many datasets: only sizes that all have are known.
    inner.batches.iter_mut().for_each(|b| {
        if b.first != b.last {
            (b.first, b.last) = (None, None);
        }
    });
    let recipe = if interleaved {
        turns(interp, &args)
            .and_then(|turns| interp.made_by(&args, |outer| Recipe::Interleaved(outer, function, turns)))
    } else {
        interp.made_by(&args, |outer| Recipe::Flat(outer, function))
    };
    let class = if interleaved { "_InterleaveDataset" } else { "_FlatMapDataset" };
    Ok(interp.new_dataset(DatasetState { count, class, uneven, recipe, ..inner }))
}

/// `interleave(map_func, cycle_length, block_length)`: how many are open by default depends on the machine.
fn turns(interp: &Interp<'_>, args: &Args) -> Option<Turns> {
    let count = |at, name| args.get(at, name).map(|v| interp.plain_scalar(v).as_int());
    let of = |n: i64| usize::try_from(n).ok().filter(|n| (1..=1024).contains(n));
    let (cycle, block) = (count(2, "cycle_length")??, count(3, "block_length").unwrap_or(Some(1))?);
    Some(Turns { cycle: of(cycle)?, block: of(block)? })
}

fn ungrouped(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(interp.new_dataset(DatasetState::default()))
}

fn apply(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(function) = args.get(1, "transformation_func").cloned() else {
        return Ok(interp.unknown("`apply` without a function"));
    };
    let dataset = args.positional.first().cloned().unwrap_or(Value::None);
    interp.call(&function, Args::of([dataset]))
}

/// `scan(initial_state, f)`: the second part of what the function returns.
fn scan(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    state.class = "_ScanDataset";
    let (Some(start), Some(function)) =
        (args.get(1, "initial_state").cloned(), args.get(2, "scan_func").cloned())
    else {
        return Ok(interp.unknown("`scan` without a function"));
    };
    let start = interp.as_element(&start)?;
    let taken = Value::tuple([start.clone(), state.element.clone()]);
    let result = interp.trace_element(&function, &taken)?;
    state.recipe = interp.made_by(&args, |inner| Recipe::Scan(inner, start, function));
    state.element = match &result {
        Value::Tuple(items) if items.len() == 2 => interp.as_element(&items[1].clone())?,
        _ => interp.unknown("what `scan` gives"),
    };
    state.sized = None;
    Ok(interp.new_dataset(state))
}

/// `reduce(initial_state, f)`: a state like the first.
fn reduce(interp: &mut Interp<'_>, args: Args) -> Eval {
    let state = own(interp, &args);
    let (Some(start), Some(function)) =
        (args.get(1, "initial_state").cloned(), args.get(2, "reduce_func").cloned())
    else {
        return Ok(interp.unknown("`reduce` without a function"));
    };
    let start = interp.as_element(&start)?;
    let result = if interp.vague_element(&state.element) {
        start
    } else {
        let result = interp.trace_element(&function, &Value::tuple([start, state.element.clone()]))?;
        interp.as_element(&result)?
    };
    let recipe = interp.recipe_of(&args);
    let made = DatasetState { recipe, ..own(interp, &args) };
    if interp.graph_depth == 0
        && let Some(items) = interp.dataset_elements(&made, usize::MAX)?
        && let Some(start) = args.get(1, "initial_state").cloned()
    {
        let start = interp.as_element(&start)?;
        return interp.reduced(items, start, &function);
    }
    // The shape may change from step to step.
    Ok(interp.map_specs(&result, TensorKind::Eager, &mut |_, spec| {
        let shape = if spec.shape.rank() == Some(0) { spec.shape } else { Shape::UNKNOWN };
        tensor::TensorSpec::new(shape, spec.dtype)
    }))
}
