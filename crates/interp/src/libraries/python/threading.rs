//! `threading`: locks, which are tied to their process and cannot be copied or saved.

use crate::heap::{Instance, Names, Object};
use crate::interp::Interp;
use crate::native::{NativeState, native};
use crate::raise::Eval;
use crate::value::{Native, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    native("threading.Lock", |interp, _| lock(interp, "_thread.lock")),
    native("threading.RLock", |interp, _| lock(interp, "_thread.RLock")),
];

fn lock(interp: &mut Interp<'_>, path: &str) -> Eval {
    let class = interp.native_class(path);
    // What its methods do is not followed.
    interp.open_class(class);
    let (attrs, native) = (Names::default(), NativeState::default());
    Ok(Value::Instance(interp.heap.add(Object::Instance(Instance { class, attrs, native }))))
}
