//! Many files at a time.

use rayon::prelude::*;

/// Applies `work` to every item, on all cores when there are several, and keeps the order.
pub fn map_in_parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    // A pool of threads is not worth its start for one file.
    if items.len() <= 1 {
        return items.into_iter().map(work).collect();
    }
    items.into_par_iter().map(work).collect()
}
