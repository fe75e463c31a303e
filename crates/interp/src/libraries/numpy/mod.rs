//! NumPy beyond its ops: arrays as objects, random generators, and functions that compute nothing.

mod array;
mod draws;
mod files;
mod functions;
mod numbers;
pub(crate) mod print;
mod random;
mod testing;
mod tricks;

pub(crate) use numbers::View;

use crate::interp::Interp;
use crate::native::NativeClass;
use crate::value::{Native, Value};

/// Native classes.
pub(crate) static CLASSES: &[&NativeClass] = &[
    &random::RANDOM_STATE,
    &random::GENERATOR,
    &tricks::ROWS,
    &tricks::COLUMNS,
    &tricks::GRID,
    &tricks::OPEN_GRID,
    &tricks::SLICES,
    &functions::QUIET,
];

/// Native functions.
pub(crate) static FUNCTIONS: &[&[Native]] =
    &[files::FUNCTIONS, functions::FUNCTIONS, random::FUNCTIONS, testing::FUNCTIONS];

impl Interp<'_> {
    /// A member of one of NumPy's own classes that is a function by another path.
    pub(crate) fn numpy_member(&mut self, class: &str, name: &str) -> Option<Value> {
        let paths: &[&str] = match class {
            "np.random.RandomState" => &["np.random"],
            "np.random.Generator" => &["np.random.Generator", "np.random"],
            _ => return None,
        };
        paths.iter().map(|path| format!("{path}.{name}")).find_map(|path| {
            let known = crate::native::find_function(&path).is_some()
                || binding::op_of_path(self.keras, &path).is_some();
            known.then(|| Value::Api(path.into()))
        })
    }

    /// An object that NumPy has under a path: `np.r_`.
    pub(crate) fn numpy_object(&mut self, path: &str) -> Option<Value> {
        let class = match path {
            "np.r_" => "np.lib._index_tricks_impl.RClass",
            "np.c_" => "np.lib._index_tricks_impl.CClass",
            "np.mgrid" => "np.lib._index_tricks_impl.MGridClass",
            "np.ogrid" => "np.lib._index_tricks_impl.OGridClass",
            "np.s_" | "np.index_exp" => "np.lib._index_tricks_impl.IndexExpression",
            _ => return None,
        };
        let class = self.native_class(class);
        Some(Value::Instance(self.new_instance(class)))
    }
}
