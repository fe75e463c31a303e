//! Arrays of objects: what is known of them besides their shape is the type of the first item that is no text, which
//! TensorFlow names when it refuses them.
//!
//! source: tensorflow/python/lib/core/ndarray_tensor.cc: EncodePyStringArray,
//! keras/src/trainers/data_adapters/array_slicing.py: convert_to_sliceable

use graph::NodeId;
use ops::{Arg, Exc, Keras, TensorKind};
use tensor::DType;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Native, Value};

/// So many arrays are looked at on the way back to the one whose items are known.
const MAX_WAY: usize = 64;

/// Of so many objects an array that is empty at first is followed.
const MAX_OBJECTS: usize = 1 << 20;

/// The same where a script is only analysed: every item that is written copies them.
const MAX_FOLLOWED: usize = 1 << 10;

/// Begins the kind of an array that was made of a frame: the dtype of its first column that holds no numbers.
const COLUMN: &str = "dtype ";

/// The kind of the array of a series of texts, which is none of NumPy's.
pub(super) const TEXTS: &str = "pandas texts";

/// `holding(array, kind)`: the array, which holds objects of that type besides texts.
pub(crate) static HOLDING: Native = native("holding", |interp, args| {
    let array = args.positional.first().cloned().unwrap_or(Value::None);
    if let (Value::Tensor(node), Some(Value::Str(kind))) = (&array, args.positional.get(1)) {
        interp.object_kinds.insert(*node, kind.clone());
    }
    Ok(array)
});

/// `boxed(items)`: an array of one axis of these objects, whatever they are.
pub(crate) static BOXED: Native = native("boxed", |interp, args| {
    let items = args.positional.first().cloned().unwrap_or(Value::None);
    let kind = first_object(&interp.arg(&items), 1);
    let Value::List(list) = &items else { return Ok(interp.unknown("the objects of an array")) };
    let objects = interp.heap.list(*list).cloned().unwrap_or_default();
    let made = interp.object_array(objects);
    if let (Value::Tensor(node), Some(kind)) = (&made, kind) {
        interp.object_kinds.insert(*node, kind.into());
    }
    Ok(made)
});

/// `array.tolist()` of an array of objects that are known.
pub(crate) static LISTED: Native = native("tolist", |interp, args| {
    let items = args.positional.first().and_then(|array| interp.objects_of(array));
    Ok(match items {
        Some(items) => interp.new_list(items.to_vec()),
        None => interp.unknown("the objects of an array"),
    })
});

/// What gives the objects of an array another shape, in their order.
const RESHAPED: &[&str] = &["copy", "expand_dims", "flatten", "ravel", "reshape", "squeeze"];

impl Interp<'_> {
    /// Makes numbers of the objects of an array: `frame.values.astype("float32")`.
    fn count_objects(&mut self, node: NodeId, args: &[(std::rc::Rc<str>, Arg)]) {
        let spec = self.trace.node(node).spec.clone();
        let Some((_, Arg::Tensor(from))) = args.first() else { return };
        let Some(from) = from.node.map(NodeId) else { return };
        let items = self.object_items.get(&from).or_else(|| self.object_tables.get(&from)).cloned();
        let (Some(items), Some(sizes), Some(dtype)) = (items, spec.shape.all_known(), spec.dtype) else {
            return;
        };
        let sizes: Option<Vec<usize>> = sizes.into_iter().map(|n| usize::try_from(n).ok()).collect();
        let number = |item: &Value| match item {
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            Value::Int(value) => Some(*value as f64),
            Value::Float(value) => Some(*value),
            _ => None,
        };
        let numbers: Option<Vec<f64>> = items.iter().map(number).collect();
        let (Some(sizes), Some(numbers)) = (sizes, numbers) else { return };
        if let Ok(array) = array::Array::floats(&sizes, DType::Float64, numbers).and_then(|a| a.cast(dtype)) {
            self.trace.node_mut(node).content = ops::numeric::content_of(&array);
            self.set_array(node, array);
        }
    }

    /// Hands the objects of an array on to one that has them in another shape.
    fn keep_objects(&mut self, node: NodeId, args: &[(std::rc::Rc<str>, Arg)]) {
        let Some((_, Arg::Tensor(from))) = args.first() else { return };
        let Some(from) = from.node.map(NodeId) else { return };
        let items = self.object_items.get(&from).or_else(|| self.object_tables.get(&from)).cloned();
        let rank = self.trace.node(node).spec.shape.rank();
        match (items, rank) {
            (Some(items), Some(1)) => drop(self.object_items.insert(node, items)),
            (Some(items), Some(2..)) => drop(self.object_tables.insert(node, items)),
            _ => {}
        }
    }

    /// Remembers what an array of objects was made of: `np.array(sequences, dtype=object)`.
    pub(crate) fn note_objects(&mut self, path: &str, args: &[(std::rc::Rc<str>, Arg)], result: &Value) {
        let Value::Tensor(node) = result else { return };
        if path.ends_with("astype") && self.trace.node(*node).spec.dtype.is_some_and(DType::is_floating) {
            self.count_objects(*node, args);
            return;
        }
        if RESHAPED.contains(&path.rsplit('.').next().unwrap_or(path)) {
            self.keep_objects(*node, args);
            return;
        }
        if self.trace.node(*node).spec.dtype != Some(DType::Object)
            || !matches!(path, "np.array" | "np.asarray" | "np.empty")
        {
            return;
        }
        let depth = self.trace.node(*node).spec.shape.rank().unwrap_or(0);
        if path == "np.empty" {
            // Every place has `None` at first.
            let count = self.trace.node(*node).spec.shape.dim(0).and_then(tensor::Dim::known);
            let count =
                count.and_then(|n| usize::try_from(n).ok()).filter(|n| depth == 1 && *n < MAX_OBJECTS);
            if let Some(count) = count.filter(|n| self.carries_out() || *n <= MAX_FOLLOWED) {
                self.object_items.insert(*node, vec![Value::None; count].into());
            }
            return;
        }
        if let Some((_, Arg::Tensor(from))) = args.first()
            && let Some(items) = from.node.and_then(|from| self.object_items.get(&NodeId(from)).cloned())
        {
            self.object_items.insert(*node, items);
        }
        if self.carries_out()
            && depth == 1
            && let Some((_, Arg::List(items) | Arg::Tuple(items))) = args.first()
        {
            let items: Vec<Value> = items.iter().map(|item| self.value_of(item)).collect();
            self.object_items.insert(*node, items.into());
        }
        if self.carries_out()
            && depth == 2
            && let Some((_, Arg::List(rows))) = args.first()
        {
            let cells = rows.iter().flat_map(|row| row.items().unwrap_or_default());
            let cells: Vec<Value> = cells.map(|item| self.value_of(item)).collect();
            self.object_tables.insert(*node, cells.into());
        }
        let kind = args.first().and_then(|(_, made)| first_object(made, depth));
        if let Some(kind) = kind {
            self.object_kinds.insert(*node, kind.into());
        }
    }

    /// The objects of an array of objects with one axis, where they are known.
    pub(crate) fn objects_of(&self, value: &Value) -> Option<std::rc::Rc<[Value]>> {
        let Value::Tensor(node) = value else { return None };
        self.object_items.get(node).cloned()
    }

    /// `array[index]` of an array whose objects are known; nothing for an index that is no number and no slice.
    pub(crate) fn object_item(&mut self, value: &Value, index: &Value) -> Eval<Option<Value>> {
        let Some(items) = self.objects_of(value) else { return Ok(None) };
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        if let Some(at) = self.plain_scalar(index).as_int() {
            let place = if at < 0 { at + count } else { at };
            return Ok(usize::try_from(place).ok().and_then(|place| items.get(place)).cloned());
        }
        if !matches!(index, Value::Slice(_)) {
            return Ok(None);
        }
        let list = self.new_list(items.to_vec());
        let part = self.get_item(&list, index)?;
        let part = match &part {
            Value::List(id) => self.heap.list(*id).cloned().unwrap_or_default(),
            _ => return Ok(None),
        };
        let made = self.object_array(part);
        if let (Value::Tensor(from), Value::Tensor(made)) = (value, &made) {
            self.sliced_objects.extend([*from, *made]);
        }
        Ok(Some(made))
    }

    /// An array of objects with one axis.
    pub(crate) fn object_array(&mut self, items: Vec<Value>) -> Value {
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        self.object_array_of(&[count], items)
    }

    /// An array of objects of these sizes.
    pub(crate) fn object_array_of(&mut self, sizes: &[i64], items: Vec<Value>) -> Value {
        let made = self.new_array(tensor::Shape::known(sizes), DType::Object);
        if let Value::Tensor(node) = &made {
            let kept = if sizes.len() == 1 { &mut self.object_items } else { &mut self.object_tables };
            kept.insert(*node, items.into());
        }
        made
    }

    /// The objects after `array[0] = [1, 2]` or `array[:] = rows`; nothing where that is not followed.
    pub(crate) fn objects_after(
        &mut self,
        node: NodeId,
        index: &Value,
        new: &Value,
    ) -> Option<std::rc::Rc<[Value]>> {
        let mut items = self.object_items.remove(&node)?.to_vec();
        if self.sliced_objects.contains(&node) {
            // The arrays that share these objects are no longer followed.
            for other in std::mem::take(&mut self.sliced_objects) {
                self.object_items.remove(&other);
            }
            return None;
        }
        let count = i64::try_from(items.len()).ok()?;
        if let Some(at) = self.plain_scalar(index).as_int() {
            let place = usize::try_from(if at < 0 { at + count } else { at }).ok()?;
            *items.get_mut(place)? = new.clone();
            return Some(items.into());
        }
        let whole =
            matches!(index, Value::Slice(parts) if parts.iter().all(|part| matches!(part, Value::None)));
        let Value::List(id) = new else { return None };
        let all = self.heap.list(*id).filter(|all| whole && all.len() == items.len())?;
        Some(all.clone().into())
    }

    /// The type of the first item of an array of objects that is no text, if it is known.
    pub(crate) fn object_kind(&self, node: NodeId) -> Option<std::rc::Rc<str>> {
        let mut at = node;
        for _ in 0..MAX_WAY {
            if let Some(kind) = self.object_kinds.get(&at) {
                return Some(kind.clone());
            }
            let known = self.trace.node(at);
            let objects = known.kind == TensorKind::Numpy && known.spec.dtype == Some(DType::Object);
            at = known.inputs.first().filter(|_| objects)?.0;
        }
        None
    }

    /// Refuses arrays of objects as data: mixed columns, lists of several lengths. A vector of them may be one of
    /// strings.
    ///
    /// # Errors
    /// `ValueError`.
    pub(super) fn check_objects(&mut self, node: NodeId, rank: Option<usize>) -> Eval<()> {
        let kind = self.object_kind(node);
        if rank.is_none_or(|rank| rank < 2) && kind.is_none() {
            self.undecided("an array of objects that are not known");
            return Ok(());
        }
        let core = match (self.keras, kind) {
            (Keras::Two, Some(kind)) => {
                format!("Failed to convert a NumPy array to a Tensor (Unsupported object type {kind}).")
            }
            (Keras::Two, None) => "Failed to convert a NumPy array to a Tensor".to_owned(),
            (Keras::Three, kind) => {
                let column = kind.as_deref().and_then(|kind| kind.strip_prefix(COLUMN));
                format!("Invalid dtype: {}", column.unwrap_or("object"))
            }
        };
        Err(self.bad_data(Exc::ValueError, core))
    }
}

/// The type of the first object that is no text, so many lists deep.
fn first_object(arg: &Arg, depth: usize) -> Option<&'static str> {
    match arg {
        Arg::List(items) | Arg::Tuple(items) if depth > 0 => {
            items.iter().find_map(|item| first_object(item, depth - 1))
        }
        Arg::List(_) => Some("list"),
        Arg::Tuple(_) => Some("tuple"),
        Arg::Dict(_) => Some("dict"),
        Arg::Bool(_) => Some("bool"),
        Arg::Int(_) | Arg::Dim(_) => Some("int"),
        Arg::Float(_) => Some("float"),
        Arg::None => Some("NoneType"),
        Arg::Tensor(_) => Some("numpy.ndarray"),
        _ => None,
    }
}
