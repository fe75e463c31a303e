//! The elements of datasets with numbers: how a dataset is made of its data, carried out when it is gone through.

use std::rc::Rc;

use array::Array;
use graph::NodeId;
use ops::TensorKind;

use super::DatasetState;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, DTypeObject, Value};

/// The most elements that are made at once.
pub(super) const MAX_ELEMENTS: usize = 200_000;

/// How a dataset's elements are made.
#[derive(Clone, Debug)]
pub enum Recipe {
    /// One element.
    One(Value),
    /// The rows of tensors.
    Rows(Value),
    /// Ints: the first, the bound and the step.
    Range(i64, i64, i64),
    /// Those that a Python callable yields for arguments.
    Generator(Value, Rc<[Value]>, Value),
    /// Those of another, one for each.
    Map(Rc<Recipe>, Value),
    /// Those of another for which a function holds.
    Filter(Rc<Recipe>, Value),
    /// Several of another as one, and whether a last smaller one is dropped.
    Batch(Rc<Recipe>, usize, bool),
    /// The rows of another's elements.
    Unbatch(Rc<Recipe>),
    /// Those of another in a drawn order.
    Shuffle(Rc<Recipe>),
    /// Those of another again and again; without end where nothing is given.
    Repeat(Rc<Recipe>, Option<usize>),
    /// The first of another.
    Take(Rc<Recipe>, usize),
    /// All but the first of another.
    Skip(Rc<Recipe>, usize),
    /// Those of one behind those of another.
    Then(Rc<Recipe>, Rc<Recipe>),
    /// Those of several side by side.
    Zip(Vec<Rc<Recipe>>),
    /// The same by keys.
    Named(Vec<(Value, Rc<Recipe>)>),
    /// Those of another with their numbers.
    Numbered(Rc<Recipe>, i64),
    /// Those of another up to the first for which a function does not hold.
    While(Rc<Recipe>, Value),
    /// Elements that are there.
    Listed(Rc<[Value]>),
    /// Datasets of elements of another that lie behind each other.
    Windows(Rc<Recipe>, Window),
    /// The elements of the datasets that a function makes of each of another's.
    Flat(Rc<Recipe>, Value),
    /// The elements of such datasets, of several of them in turn.
    Interleaved(Rc<Recipe>, Value, Turns),
    /// Each so manyth of another's: how far they are apart, and the first.
    Shard(Rc<Recipe>, usize, usize),
    /// What a function makes of a state and each of another's, beside the next state.
    Scan(Rc<Recipe>, Value, Value),
    /// Several of another as one, each tensor made as large as the largest or as a shape says.
    Padded(Rc<Recipe>, usize, bool, Padding),
    /// Each of another's once.
    Unique(Rc<Recipe>),
    /// What is made of groups of another's.
    Grouped(Rc<Recipe>, Rc<Grouping>),
    /// Those of several, as the ints of another say; whether one that has ended ends all.
    Chosen(Vec<Rc<Recipe>>, Rc<Recipe>, bool),
}

/// How elements are sorted into groups, and what is made of a group.
#[derive(Clone, Debug)]
pub enum Grouping {
    /// By functions of the script's.
    By {
        /// The key of an element.
        key: Value,
        /// The dataset that is made of a key and a group.
        reduce: Value,
        /// How many elements a group has, or a function that tells it of a key.
        size: Value,
    },
    /// By an element's length.
    Buckets {
        /// The length of an element.
        length: Value,
        /// The bounds between the groups.
        bounds: Vec<i64>,
        /// The groups' sizes.
        sizes: Vec<usize>,
        /// How batches are padded, if they are.
        padding: Option<Padding>,
        /// Whether a smaller group is dropped.
        drop: bool,
    },
}

/// What batches are padded to, and with.
#[derive(Clone, Debug)]
pub struct Padding {
    /// The shapes of the element's tensors, or `None`.
    pub shapes: Value,
    /// The values of the element's tensors, or `None` for zeros and empty texts.
    pub values: Value,
}

/// How `interleave` goes round the datasets that are open.
#[derive(Clone, Copy, Debug)]
pub struct Turns {
    /// How many datasets are open at a time.
    pub cycle: usize,
    /// How many elements are taken from one before it is the next one's turn.
    pub block: usize,
}

/// Which elements windows have.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// How many.
    pub size: usize,
    /// How far the next window's first lies from this one's.
    pub shift: usize,
    /// How far an element lies from the next.
    pub stride: usize,
    /// Whether smaller ones are dropped.
    pub drop: bool,
}

impl Interp<'_> {
    /// How the dataset that a method is called on is made; nothing without numbers.
    pub(super) fn recipe_of(&self, args: &Args) -> Option<Rc<Recipe>> {
        self.computes().then(|| args.positional.first().and_then(|v| self.dataset(v))?.recipe).flatten()
    }

    /// Says how a new dataset is made of the one that a method is called on.
    pub(super) fn made_by(&self, args: &Args, make: impl FnOnce(Rc<Recipe>) -> Recipe) -> Option<Rc<Recipe>> {
        self.recipe_of(args).map(|recipe| Rc::new(make(recipe)))
    }

    /// The elements of a dataset with their numbers, at most so many; nothing where they are not known.
    pub(crate) fn dataset_elements(
        &mut self,
        state: &DatasetState,
        limit: usize,
    ) -> Eval<Option<Vec<Value>>> {
        match &state.recipe {
            Some(recipe) if self.computes() => {
                let recipe = recipe.clone();
                self.elements_by(&recipe, limit.min(MAX_ELEMENTS))
            }
            _ => Ok(None),
        }
    }

    /// What a generator yields, in the dtypes that the dataset was made for.
    fn as_declared(&mut self, item: &Value, element: &Value) -> Eval {
        Ok(match element {
            Value::Tensor(node) => {
                let dtype = self.trace.node(*node).spec.dtype;
                let array = self.call_api(&"np.asarray".into(), Args::of([item.clone()]))?;
                match dtype {
                    Some(dtype) => self.call_api(
                        &"tf.cast".into(),
                        Args::of([array, Value::DType(dtype, DTypeObject::TensorFlow)]),
                    )?,
                    None => self.as_element(&array)?,
                }
            }
            Value::Tuple(parts) => {
                let (items, _) = self.iterate(item, parts.len() + 1)?;
                let pairs = items.iter().zip(parts.iter());
                let declared: Vec<Value> =
                    pairs.map(|(item, part)| self.as_declared(item, part)).collect::<Eval<_>>()?;
                Value::tuple(declared)
            }
            Value::Dict(_) => {
                let parts = self.pairs_of(element).unwrap_or_default();
                let mut declared = Vec::with_capacity(parts.len());
                for (key, part) in parts {
                    let value = self.get_item(item, &key)?;
                    declared.push((key, self.as_declared(&value, &part)?));
                }
                self.new_dict(declared)
            }
            _ => self.as_element(item)?,
        })
    }

    pub(super) fn elements_by(&mut self, recipe: &Recipe, limit: usize) -> Eval<Option<Vec<Value>>> {
        self.spend(1)?;
        match recipe {
            Recipe::One(value) => Ok(Some(vec![value.clone()])),
            Recipe::Rows(data) => Ok(self.rows(data, limit)),
            Recipe::Range(start, stop, step) => {
                let count = usize::try_from(crate::stmt::range_len(*start, *stop, *step)).unwrap_or(0);
                let numbers = (0..count.min(limit) as i64).map(|i| start + i * step);
                let scalar = |n: i64| Array::ints(&[], tensor::DType::Int64, vec![n]).ok();
                let arrays: Option<Vec<Array>> = numbers.map(scalar).collect();
                Ok(arrays.map(|arrays| arrays.into_iter().map(|a| self.eager(a)).collect()))
            }
            Recipe::Generator(callable, given, element) => {
                let items = self.call(callable, Args::of(given.iter().cloned()))?;
                let (items, _) = self.iterate(&items, limit)?;
                let mut out = Vec::with_capacity(items.len());
                for item in items {
                    out.push(self.as_declared(&item, element)?);
                }
                Ok(Some(out))
            }
            Recipe::Map(inner, function) => {
                let Some(items) = self.elements_by(inner, limit)? else { return Ok(None) };
                let mut out = Vec::with_capacity(items.len());
                for item in items {
                    let made = self.on_element(function, item)?;
                    out.push(self.as_mapped(&made)?);
                }
                Ok(Some(out))
            }
            Recipe::Filter(inner, function) => {
                let Some(items) = self.elements_by(inner, MAX_ELEMENTS)? else { return Ok(None) };
                let mut out = Vec::new();
                for item in items {
                    let holds = self.on_element(function, item.clone())?;
                    match self.truth(&holds)? {
                        Some(true) if out.len() < limit => out.push(item),
                        Some(_) => {}
                        None => return Ok(None),
                    }
                }
                Ok(Some(out))
            }
            Recipe::Batch(inner, size, drop) => {
                let Some(items) = self.elements_by(inner, limit.saturating_mul(*size))? else {
                    return Ok(None);
                };
                let whole = items.chunks((*size).max(1)).filter(|part| !drop || part.len() == *size);
                Ok(whole.map(|part| self.piled(part)).collect())
            }
            Recipe::Unbatch(inner) => {
                let Some(items) = self.elements_by(inner, limit)? else { return Ok(None) };
                let rows: Option<Vec<Vec<Value>>> = items.iter().map(|item| self.rows(item, limit)).collect();
                Ok(rows.map(|rows| rows.into_iter().flatten().take(limit).collect()))
            }
            Recipe::Shuffle(inner) => {
                let Some(items) = self.elements_by(inner, limit)? else { return Ok(None) };
                let order = self.numbers.as_mut().map(|n| n.random.order(items.len())).unwrap_or_default();
                Ok(Some(order.into_iter().filter_map(|at| items.get(at).cloned()).collect()))
            }
            Recipe::Repeat(inner, times) => self.repeated(inner, *times, limit),
            Recipe::Take(inner, count) => self.elements_by(inner, limit.min(*count)),
            Recipe::Skip(inner, count) => {
                let items = self.elements_by(inner, limit.saturating_add(*count))?;
                Ok(items.map(|items| items.into_iter().skip(*count).collect()))
            }
            Recipe::Then(first, second) => {
                let Some(mut items) = self.elements_by(first, limit)? else { return Ok(None) };
                let Some(more) = self.elements_by(second, limit - items.len().min(limit))? else {
                    return Ok(None);
                };
                items.extend(more);
                Ok(Some(items))
            }
            Recipe::Zip(parts) => {
                let mut columns = Vec::new();
                for part in parts {
                    let Some(items) = self.elements_by(part, limit)? else { return Ok(None) };
                    columns.push(items);
                }
                let count = columns.iter().map(Vec::len).min().unwrap_or(0);
                let row = |at: usize| Value::tuple(columns.iter().map(|c| c[at].clone()).collect::<Vec<_>>());
                Ok(Some((0..count).map(row).collect()))
            }
            Recipe::Numbered(inner, start) => {
                let Some(items) = self.elements_by(inner, limit)? else { return Ok(None) };
                let mut out = Vec::with_capacity(items.len());
                for (at, item) in items.into_iter().enumerate() {
                    let number = Array::ints(&[], tensor::DType::Int64, vec![start + at as i64]);
                    let Ok(number) = number else { return Ok(None) };
                    out.push(Value::tuple([self.eager(number), item]));
                }
                Ok(Some(out))
            }
            of_several => self.elements_of_several(of_several, limit),
        }
    }

    fn repeated(&mut self, inner: &Recipe, times: Option<usize>, limit: usize) -> Eval<Option<Vec<Value>>> {
        let mut out = Vec::new();
        let mut round = 0;
        while out.len() < limit && times.is_none_or(|times| round < times) {
            let Some(items) = self.elements_by(inner, limit - out.len())? else { return Ok(None) };
            if items.is_empty() {
                break;
            }
            out.extend(items);
            round += 1;
        }
        Ok(Some(out))
    }

    /// Calls a function on an element: a tuple's items are its arguments.
    pub(super) fn on_element(&mut self, function: &Value, element: Value) -> Eval {
        let args = match element {
            Value::Tuple(items) => Args::of(items.iter().cloned()),
            one => Args::of([one]),
        };
        self.call(function, args)
    }

    /// A tensor with data.
    pub(crate) fn eager(&mut self, array: Array) -> Value {
        let spec = ops::numeric::spec_of(&array);
        let span = self.here();
        let node = self.trace.add(graph::Source::Constant, TensorKind::Eager, spec, span);
        self.set_array(node, array);
        Value::Tensor(node)
    }

    /// The rows of the tensors in a structure, each in the same structure.
    fn rows(&mut self, data: &Value, limit: usize) -> Option<Vec<Value>> {
        let arrays: Option<Vec<Array>> =
            self.flat_tensors(data).into_iter().map(|n| self.array_of_node(n)).collect();
        let arrays = arrays?;
        let count = arrays.iter().map(|a| a.shape().first().copied().unwrap_or(0)).min()?;
        (0..count.min(limit))
            .map(|at| {
                let mut parts = arrays.iter().map(|a| {
                    let row = a.narrow(0, at, at + 1).ok()?.dense();
                    row.reshape(row.shape().get(1..)?).ok()
                });
                self.refilled(data, &mut |_| parts.next().flatten())
            })
            .collect()
    }

    /// Several elements as one, each tensor with a new first axis.
    fn piled(&mut self, items: &[Value]) -> Option<Value> {
        let columns: Vec<Vec<NodeId>> = items.iter().map(|item| self.flat_tensors(item)).collect();
        let mut at = 0;
        let mut stack = |interp: &Self| {
            let arrays: Option<Vec<Array>> =
                columns.iter().map(|column| interp.array_of_node(*column.get(at)?)).collect();
            at += 1;
            array::stack(&arrays?, 0).ok()
        };
        self.refilled(items.first()?, &mut |interp| stack(interp))
    }

    /// The same structure with other tensors.
    pub(super) fn refilled(
        &mut self,
        data: &Value,
        next: &mut dyn FnMut(&Self) -> Option<Array>,
    ) -> Option<Value> {
        let mut whole = true;
        let value = self.map_tensors(data, &mut |interp, id| match next(interp) {
            Some(array) => match interp.eager(array) {
                Value::Tensor(node) => node,
                _ => id,
            },
            None => {
                whole = false;
                id
            }
        });
        whole.then_some(value)
    }
}
