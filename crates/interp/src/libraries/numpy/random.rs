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
    native("np.random.seed", nothing),
    native("np.random.set_state", nothing),
    native("np.random.default_rng", default_rng),
    native("np.random.shuffle", shuffle),
    native("np.random.Generator.shuffle", shuffle),
];

fn nothing(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::None)
}

fn default_rng(interp: &mut Interp<'_>, _: Args) -> Eval {
    let class = interp.native_class("np.random.Generator");
    Ok(Value::Instance(interp.new_instance(class)))
}

/// Shuffles an array or list in place: it keeps its length, and the order of its items is not known.
fn shuffle(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.get(0, "x") {
        Some(Value::Tensor(id)) => interp.array_changed(*id, Content::Unknown),
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
