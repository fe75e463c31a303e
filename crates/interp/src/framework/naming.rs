//! Automatic names.

use std::rc::Rc;

use ops::Keras;

use crate::interp::Interp;

impl Interp<'_> {
    /// Makes a name unique among automatic ones: `dense`, `dense_1`, …
    pub fn unique_name(&mut self, prefix: &str) -> Rc<str> {
        let count = self.counters.names.entry(prefix.into()).or_insert(0);
        let name = if *count == 0 { prefix.to_owned() } else { format!("{prefix}_{count}") };
        *count += 1;
        name.into()
    }

    /// Counts names that nothing shows.
    pub(crate) fn skip_names(&mut self, prefix: &str, names: u32) {
        if names > 0 {
            let count = self.counters.names.entry(prefix.into()).or_insert(0);
            *count = count.saturating_add(names);
        }
    }

    /// Carries out what is traced into a graph of its own, in which Keras 2 counts names from the beginning: a
    /// `tf.function`, and a layer that is called symbolically (`tf_keras/src/backend.py`, `unique_object_name`;
    /// `engine/base_layer.py`, `_infer_output_signature`).
    pub(crate) fn in_new_graph<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        if self.keras == Keras::Three {
            return f(self);
        }
        let names = std::mem::take(&mut self.counters.names);
        let result = f(self);
        self.counters.names = names;
        result
    }
}
