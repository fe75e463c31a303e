//! `np.random`'s generators and the functions that change something in place.

use tensor::Content;

use crate::heap::Object;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// `np.random.RandomState`: its methods are the functions of `np.random`.
pub(super) static RANDOM_STATE: NativeClass = NativeClass {
    path: "np.random.RandomState",
    state: || NativeState::Plain,
    methods: &[&[native("__init__", nothing)]],
    properties: &[],
};

/// `np.random.Generator`, which `np.random.default_rng` makes.
pub(super) static GENERATOR: NativeClass = NativeClass {
    path: "np.random.Generator",
    state: || NativeState::Plain,
    methods: &[&[native("__init__", nothing)]],
    properties: &[],
};

/// Native functions.
pub(super) static FUNCTIONS: &[Native] = &[
    native("np.random.seed", seed),
    native("np.random.set_state", nothing),
    native("np.random.default_rng", default_rng),
    native("np.random.shuffle", shuffle),
    native("np.random.Generator.shuffle", shuffle),
];

fn nothing(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::None)
}

/// `np.random.seed(n)`, where a script is carried out; without a number the stream goes on as it is.
fn seed(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = args.get(0, "seed").cloned().unwrap_or(Value::None);
    let number = |value: &Value| value.as_int().and_then(|n| u32::try_from(n).ok());
    let keys: Option<Vec<u32>> = match &given {
        Value::None => return Ok(Value::None),
        Value::Tuple(items) => items.iter().map(number).collect(),
        Value::List(id) => interp.heap.list(*id).and_then(|items| items.iter().map(number).collect()),
        one => number(&interp.plain_scalar(one)).map(|n| vec![n]),
    };
    if let (Some(keys), Some(numbers)) = (keys.filter(|k| !k.is_empty()), &mut interp.numbers) {
        numbers.mersenne = array::Mersenne::new(&keys);
    } else {
        interp.needs(&given, "a seed that is not known")?;
    }
    Ok(Value::None)
}

fn default_rng(interp: &mut Interp<'_>, _: Args) -> Eval {
    let class = interp.native_class("np.random.Generator");
    Ok(Value::Instance(interp.new_instance(class)))
}

/// Shuffles an array or list in place: it keeps its length, and the order of its items is not known.
fn shuffle(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.get(0, "x") {
        Some(Value::Tensor(id)) if interp.computes() => {
            let (id, mut order) = (*id, Vec::new());
            let array = interp.array_of_node(id);
            let size = array.as_ref().and_then(|a| a.shape().first().copied()).unwrap_or(0);
            if let Some(numbers) = &mut interp.numbers {
                order = numbers.mersenne.shuffled(size).into_iter().map(|i| i as i64).collect();
            }
            let order = array::Array::ints(&[size], tensor::DType::Int64, order).ok();
            let shuffled = array.zip(order).and_then(|(x, order)| array::gather(&x, &order, 0, 0).ok());
            interp.array_written(id, shuffled);
        }
        Some(Value::Tensor(id)) => interp.array_changed(*id, Content::Unknown),
        Some(Value::List(id)) if interp.computes() => {
            let (id, size) = (*id, interp.heap.list(*id).map_or(0, Vec::len));
            let order = interp.numbers.as_mut().map(|numbers| numbers.mersenne.shuffled(size));
            if let (Some(order), Some(items)) = (order, interp.heap.list_mut(id)) {
                let before = std::mem::take(items);
                items.extend(order.into_iter().filter_map(|at| before.get(at).cloned()));
            }
        }
        Some(Value::List(id)) => interp.shuffle_list(*id)?,
        _ => {}
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// Forgets the order of a list's items: each is what all have in common.
    pub(crate) fn shuffle_list(&mut self, id: crate::heap::ObjId) -> Eval<()> {
        let Some(items) = self.heap.list(id).cloned() else { return Ok(()) };
        let one = match &items[..] {
            [] | [_] => return Ok(()),
            all => self.any_of(all)?,
        };
        let shuffled = vec![one; items.len()];
        if let Object::List(items) = self.heap.get_mut(id) {
            *items = shuffled;
        }
        Ok(())
    }
}
