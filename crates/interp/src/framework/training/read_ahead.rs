//! Generators that Keras reads ahead of its steps: another thread takes their items, and how many it has taken when an
//! iterator is thrown away, or when the script goes on, hangs on the threads' timing.
//!
//! Keras 3 keeps the first two items of a generator, and every iterator that it makes begins with them; Keras 2 keeps
//! none. A training goes through its epochs with one iterator, and Keras 3 makes another where the generator has ended;
//! each evaluation within a `fit` makes its own. So the batches of a training are certain. Of later evaluations those
//! that are kept are, and all where the generator has ended or gives the same batch over and over. Others are not
//! known, nor are the items and random numbers that the script takes from where a generator may have been read ahead.
//!
//! source: keras/src/trainers/data_adapters/generator_data_adapter.py: peek_and_restore,
//! keras/src/trainers/epoch_iterator.py: reset; tf_keras/src/engine/data_adapter.py: GeneratorDataAdapter;
//! tensorflow/core/kernels/data/prefetch_dataset_op.cc

use array::Array;
use ops::Keras;
use rustc_hash::FxHashSet;

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;

/// So many more items are compared before a generator is taken to give the same one over and over.
const SAME: usize = 8;

/// How many items Keras 3 keeps for each iterator to begin with.
const KEPT: usize = 2;

/// A stream of random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Drawn {
    /// That of `np.random`.
    Numpy,
    /// That of Python's `random`.
    Python,
    /// That of a generator of its own.
    Own(ObjId),
}

/// What has been read ahead, nobody knows how far.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    iterators: FxHashSet<ObjId>,
    streams: FxHashSet<Drawn>,
    /// The streams that were given seeds: no run draws the numbers of others again.
    seeded: FxHashSet<Drawn>,
    /// The generator whose stream stands in for that of `np.random`.
    pub(crate) own: Option<ObjId>,
}

impl Ahead {
    /// A stream begins anew.
    pub(crate) fn seed(&mut self, stream: Drawn) {
        self.streams.remove(&stream);
        self.seeded.insert(stream);
    }
}

/// What each stream is about to give.
type Foretold = Vec<(Drawn, [u64; 2])>;

/// How a generator is read by one `fit`, `evaluate` or `predict`.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    /// The first items.
    kept: Vec<Value>,
    /// Whether all items so far were the same.
    same: bool,
    /// Whether a round has been read.
    begun: bool,
    /// Whether there are no more items.
    ended: bool,
    /// The streams that it draws from.
    drew: Vec<Drawn>,
    /// What the streams were about to give when it was read last.
    foretold: Foretold,
}

impl Interp<'_> {
    /// Begins to read a generator of which one item was taken already.
    pub(super) fn reader(&self, first: &Value) -> Reader {
        let (kept, foretold) = (vec![first.clone()], self.foretold());
        Reader { kept, same: true, begun: false, ended: false, drew: Vec::new(), foretold }
    }

    /// The items of a round, as they come from the generator; nothing where they hang on timing. `anew` tells whether
    /// each round has an iterator of its own, as evaluations have.
    ///
    /// # Errors
    /// What the generator raises.
    pub(super) fn items_of_round(
        &mut self,
        id: ObjId,
        reader: &mut Reader,
        limit: usize,
        anew: bool,
    ) -> Eval<Option<Vec<Value>>> {
        let later = std::mem::replace(&mut reader.begun, true);
        let mut items: Vec<Value> = match later {
            false => reader.kept.iter().take(1).cloned().collect(),
            true if self.keras == Keras::Three && (anew || reader.ended) => {
                reader.kept.iter().take(limit).cloned().collect()
            }
            true => Vec::new(),
        };
        if later && anew && items.len() < limit && !reader.ended {
            if self.gives_the_same(id, reader)? {
                return Ok(Some(reader.kept.iter().cycle().take(limit).cloned().collect()));
            }
            if !reader.ended {
                self.hangs_on_timing("which batches an evaluation gets");
                return Ok(None);
            }
        }
        while items.len() < limit && !reader.ended {
            match self.read_one(id, reader)? {
                Some(item) => {
                    reader.same = reader.same && self.same_item(&reader.kept[0], &item);
                    if reader.kept.len() < KEPT {
                        reader.kept.push(item.clone());
                    }
                    items.push(item);
                }
                None => reader.ended = true,
            }
        }
        Ok(Some(items))
    }

    /// Leaves a generator: what it gives next, and what is drawn next from where it draws, is known only where it has
    /// ended.
    pub(super) fn leave_generator(&mut self, id: ObjId, reader: &mut Reader) -> Eval<()> {
        let same = reader.ended || self.gives_the_same(id, reader)?;
        if let Some(numbers) = self.numbers.as_mut().filter(|_| !reader.ended) {
            if !same {
                numbers.ahead.iterators.insert(id);
            }
            let seeded = reader.drew.iter().filter(|stream| numbers.ahead.seeded.contains(*stream));
            numbers.ahead.streams.extend(seeded);
        }
        Ok(())
    }

    /// Tells whether a generator gives the same batch over and over, and whether it has ended, without taking anything
    /// from it.
    fn gives_the_same(&mut self, id: ObjId, reader: &mut Reader) -> Eval<bool> {
        let count = if reader.same { SAME } else { 1 };
        let mut items = Vec::new();
        while items.len() < count {
            match self.read_one(id, reader) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(Halt::Exception(_)) => {
                    self.hangs_on_timing("whether it fails");
                    break;
                }
                Err(halt) => return Err(halt),
            }
        }
        reader.ended = items.is_empty();
        let same = reader.same && items.len() == count;
        let same = same && items.iter().all(|item| self.same_item(&reader.kept[0], item));
        if let Object::Iterator(state) = self.heap.get_mut(id) {
            state.rest.extend(items.into_iter().rev());
        }
        Ok(same)
    }

    /// Takes an item and looks which streams are drawn from. Others may not draw from them: the thread that reads ahead
    /// does so at any time.
    fn read_one(&mut self, id: ObjId, reader: &mut Reader) -> Eval<Option<Value>> {
        let before = self.foretold();
        let item = self.next_item(id);
        let after = self.foretold();
        for stream in &after {
            if !before.contains(stream) && !reader.drew.contains(&stream.0) {
                reader.drew.push(stream.0);
            }
        }
        let moved = |at: &&(Drawn, [u64; 2])| reader.drew.contains(&at.0) && !before.contains(at);
        let moved = reader.foretold.iter().find(moved).map(|(stream, _)| *stream);
        if let (Some(stream), Some(numbers)) = (moved, &self.numbers)
            && numbers.ahead.seeded.contains(&stream)
        {
            self.hangs_on_timing("which random numbers it draws");
        }
        reader.foretold = after;
        item
    }

    /// What each stream is about to give.
    fn foretold(&self) -> Foretold {
        let Some(numbers) = &self.numbers else { return Vec::new() };
        let (mut numpy, mut python) = (numbers.numpy.clone(), numbers.python.clone());
        let mut all = vec![
            (Drawn::Numpy, [numpy.normal(), numpy.unit()].map(f64::to_bits)),
            (Drawn::Python, [python.normal(), python.unit()].map(f64::to_bits)),
        ];
        for (id, own) in &numbers.generators {
            let mut own = own.clone();
            all.push((Drawn::Own(*id), [own.normal(), own.unit()].map(f64::to_bits)));
        }
        all
    }

    /// Tells whether two items surely have the same numbers.
    fn same_item(&self, one: &Value, other: &Value) -> bool {
        let (ones, others) = (self.flat_tensors(one), self.flat_tensors(other));
        let same = |x: &Array, y: &Array| {
            x.shape() == y.shape() && x.dtype() == y.dtype() && x.to_floats().ok() == y.to_floats().ok()
        };
        let pairs = ones.iter().zip(&others);
        let mut arrays = pairs.map(|(x, y)| self.array_of_node(*x).zip(self.array_of_node(*y)));
        !ones.is_empty()
            && ones.len() == others.len()
            && arrays.all(|pair| pair.is_some_and(|(x, y)| same(&x, &y)))
    }

    /// Notes that the script takes an item of an iterator.
    pub(crate) fn note_taken(&mut self, id: ObjId) {
        if self.numbers.as_mut().is_some_and(|numbers| numbers.ahead.iterators.remove(&id)) {
            self.hangs_on_timing("what it gives after that");
        }
    }

    /// Notes that the script draws from a stream.
    pub(crate) fn note_draw(&mut self, stream: Drawn) {
        if self.numbers.as_mut().is_some_and(|numbers| numbers.ahead.streams.remove(&stream)) {
            self.hangs_on_timing("which random numbers come after those that it draws");
        }
    }

    /// Notes that the script draws from `np.random`, or from the generator that stands in for it.
    pub(crate) fn note_numpy_draw(&mut self) {
        let own = self.numbers.as_ref().and_then(|numbers| numbers.ahead.own);
        self.note_draw(own.map_or(Drawn::Numpy, Drawn::Own));
    }

    fn hangs_on_timing(&mut self, what: &str) {
        self.undecided(format!("Keras reads a generator ahead: {what} hangs on the timing of threads"));
    }
}
