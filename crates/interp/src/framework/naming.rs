//! Automatic names.

use std::rc::Rc;

use crate::interp::Interp;

impl Interp<'_> {
    /// Makes a name unique among automatic ones: `dense`, `dense_1`, …
    pub fn unique_name(&mut self, prefix: &str) -> Rc<str> {
        let count = self.counters.names.entry(prefix.into()).or_insert(0);
        let name = if *count == 0 { prefix.to_owned() } else { format!("{prefix}_{count}") };
        *count += 1;
        name.into()
    }
}
