//! Buffers that are used again: those of large arrays that nobody holds any more are kept for the next of their size.
//!
//! A step of training makes the same arrays each time. Were they given back to the system, their pages would be
//! cleared and mapped anew in each step. Each thread keeps its own, and not more than so much of them.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

use rustc_hash::FxHashMap;

/// The least elements of a buffer that is kept.
const LEAST: usize = 1 << 12;
/// The most elements that are kept in all.
const MOST: usize = 1 << 23;

/// The elements of an array in single precision, which are kept when nobody holds them any more.
#[derive(Debug)]
pub(crate) struct Singles(Vec<f32>);

/// What is kept, by the number of elements there is room for.
#[derive(Default)]
struct Spare {
    buffers: FxHashMap<usize, Vec<Vec<f32>>>,
    total: usize,
}

thread_local! {
    static SPARE: RefCell<Spare> = RefCell::default();
}

impl From<Vec<f32>> for Singles {
    fn from(values: Vec<f32>) -> Singles {
        Singles(values)
    }
}

impl Deref for Singles {
    type Target = Vec<f32>;

    fn deref(&self) -> &Vec<f32> {
        &self.0
    }
}

impl DerefMut for Singles {
    fn deref_mut(&mut self) -> &mut Vec<f32> {
        &mut self.0
    }
}

impl Drop for Singles {
    fn drop(&mut self) {
        let values = std::mem::take(&mut self.0);
        let room = values.capacity();
        if !(LEAST..=MOST).contains(&room) {
            return;
        }
        // A thread that ends keeps nothing.
        let _ = SPARE.try_with(|spare| {
            let Ok(mut spare) = spare.try_borrow_mut() else { return };
            if spare.total + room > MOST {
                // Other sizes are made now than those that are kept.
                *spare = Spare::default();
            }
            spare.total += room;
            spare.buffers.entry(room).or_default().push(values);
        });
    }
}

/// Returns a buffer with room for exactly so many elements; what is in it is of no meaning.
pub(crate) fn buffer(len: usize) -> Vec<f32> {
    let known = |spare: &RefCell<Spare>| {
        let mut spare = spare.try_borrow_mut().ok()?;
        let values = spare.buffers.get_mut(&len)?.pop()?;
        spare.total -= len;
        Some(values)
    };
    let kept = if len < LEAST { None } else { SPARE.try_with(known).ok().flatten() };
    kept.unwrap_or_else(|| Vec::with_capacity(len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_once_nobody_holds_it() {
        let len = LEAST + 17;
        let mut values = buffer(len);
        values.resize(len, 1.5);
        assert_eq!(values.capacity(), len);
        drop(Singles::from(values));
        // What comes back still has what was written; nothing else of this size is kept.
        assert_eq!(buffer(len), vec![1.5; len]);
        assert!(buffer(len).is_empty());
    }

    #[test]
    fn not_more_than_so_much_is_kept() {
        for _ in 0..4 {
            drop(Singles::from(Vec::with_capacity(MOST / 2)));
        }
        SPARE.with(|spare| assert!(spare.borrow().total <= MOST));
        drop(Singles::from(Vec::with_capacity(MOST + 1)));
        SPARE.with(|spare| assert!(!spare.borrow().buffers.contains_key(&(MOST + 1))));
    }
}
