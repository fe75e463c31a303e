//! `np.random`'s generators and the functions that change something in place.

use std::rc::Rc;

use array::{Mersenne, Pcg64, Stream};

use crate::framework::training::Drawn;
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Bound, Native, Value};

/// `np.random.RandomState`: its methods are the functions of `np.random`.
pub(super) static RANDOM_STATE: NativeClass = NativeClass {
    path: "np.random.RandomState",
    state: || NativeState::Plain,
    methods: &[&[native("__init__", seeded)]],
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
    native("np.random.on_own_stream", on_own_stream),
    native("np.random.shuffle", shuffle),
    native("np.random.Generator.shuffle", shuffle),
];

fn nothing(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::None)
}

/// `np.random.seed(n)`, where a script is carried out; without a number the stream goes on as it is.
fn seed(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = args.get(0, "seed").cloned().unwrap_or(Value::None);
    if given.is_none() {
        return Ok(Value::None);
    }
    if let (Some(keys), Some(numbers)) = (seed_words(interp, &given), &mut interp.numbers) {
        numbers.numpy = Stream::Legacy(Mersenne::new(&keys));
        numbers.ahead.seed(Drawn::Numpy);
    } else {
        interp.needs(&given, "a seed that is not known")?;
    }
    Ok(Value::None)
}

/// The words of a seed that is a number or a list of them.
fn seed_words(interp: &mut Interp<'_>, given: &Value) -> Option<Vec<u32>> {
    let number = |value: &Value| value.as_int().and_then(|n| u32::try_from(n).ok());
    let keys: Option<Vec<u32>> = match given {
        Value::Tuple(items) => items.iter().map(number).collect(),
        Value::List(id) => interp.heap.list(*id).and_then(|items| items.iter().map(number).collect()),
        one => number(&interp.plain_scalar(one)).map(|n| vec![n]),
    };
    keys.filter(|keys| !keys.is_empty())
}

/// `np.random.RandomState(seed)`: a stream of its own.
fn seeded(interp: &mut Interp<'_>, args: Args) -> Eval {
    let seed = args.get(1, "seed").cloned().unwrap_or(Value::None);
    if let Some(Value::Instance(id)) = args.positional.first() {
        interp.own_stream(*id, &seed, |keys| Stream::Legacy(Mersenne::new(keys)))?;
    }
    Ok(Value::None)
}

/// `np.random.default_rng(seed)`.
fn default_rng(interp: &mut Interp<'_>, args: Args) -> Eval {
    let seed = args.get(0, "seed").cloned().unwrap_or(Value::None);
    // A generator is handed back as it is.
    if let Value::Instance(id) = &seed
        && interp.numbers.as_ref().is_some_and(|n| n.generators.contains_key(id))
    {
        return Ok(seed);
    }
    let class = interp.native_class("np.random.Generator");
    let id = interp.new_instance(class);
    interp.own_stream(id, &seed, |keys| Stream::Generator(Pcg64::new(keys)))?;
    Ok(Value::Instance(id))
}

/// A method of a generator: the function of `np.random` that it is, on the generator's stream. The object that it is
/// bound to is the generator with the function.
fn on_own_stream(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let bound = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
    let Value::Tuple(pair) = bound else { return Ok(interp.unknown("a generator that is not known")) };
    let [Value::Instance(id), function] = &pair[..] else {
        return Ok(interp.unknown("a generator that is not known"));
    };
    let swap = |interp: &mut Interp<'_>| {
        if let Some(numbers) = &mut interp.numbers
            && let Some(own) = numbers.generators.get_mut(id)
        {
            std::mem::swap(own, &mut numbers.numpy);
            numbers.ahead.own = if numbers.ahead.own.is_none() { Some(*id) } else { None };
        }
    };
    swap(interp);
    let result = interp.call(function, args);
    swap(interp);
    result
}

impl Interp<'_> {
    /// Gives a generator its stream.
    fn own_stream(&mut self, id: ObjId, seed: &Value, make: fn(&[u32]) -> Stream) -> Eval<()> {
        if self.numbers.is_none() {
            return Ok(());
        }
        let keys = if seed.is_none() { Some(UNSEEDED.to_vec()) } else { seed_words(self, seed) };
        match (keys, &mut self.numbers) {
            (Some(keys), Some(numbers)) => {
                numbers.generators.insert(id, make(&keys));
                if !seed.is_none() {
                    numbers.ahead.seed(Drawn::Own(id));
                }
            }
            _ => self.needs(seed, "a seed that is not known").map(drop)?,
        }
        Ok(())
    }

    /// Binds a member of a generator to its stream.
    pub(crate) fn bound_to_stream(&mut self, id: ObjId, member: Value) -> Value {
        let own = self.numbers.as_ref().is_some_and(|n| n.generators.contains_key(&id));
        match crate::native::find_function("np.random.on_own_stream") {
            Some(function) if own && matches!(member, Value::Api(_)) => Value::Bound(Rc::new(Bound {
                object: Value::tuple([Value::Instance(id), member]),
                function: Value::Native(function),
                owner: None,
            })),
            _ => member,
        }
    }
}

/// The seed of a generator that is given none.
const UNSEEDED: [u32; 1] = [0x6b65_7261];

/// Shuffles an array or list in place: it keeps its length, and the order of its items is not known.
fn shuffle(interp: &mut Interp<'_>, args: Args) -> Eval {
    interp.note_numpy_draw();
    match args.get(0, "x") {
        Some(Value::Tensor(id)) if interp.computes() => {
            let (id, mut order) = (*id, Vec::new());
            let array = interp.array_of_node(id);
            let size = array.as_ref().and_then(|a| a.shape().first().copied()).unwrap_or(0);
            if let Some(numbers) = &mut interp.numbers {
                order = numbers.numpy.shuffled(size).into_iter().map(|i| i as i64).collect();
            }
            let order = array::Array::ints(&[size], tensor::DType::Int64, order).ok();
            let shuffled = array.zip(order).and_then(|(x, order)| array::gather(&x, &order, 0, 0).ok());
            interp.array_written(id, shuffled);
        }
        Some(Value::Tensor(id)) => {
            let content = interp.trace.node(*id).content.sampled();
            interp.array_changed(*id, content);
        }
        Some(Value::List(id)) if interp.computes() => {
            let (id, size) = (*id, interp.heap.list(*id).map_or(0, Vec::len));
            let order = interp.numbers.as_mut().map(|numbers| numbers.numpy.shuffled(size));
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
