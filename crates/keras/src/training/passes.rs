//! Epochs of a given number of steps: where one has ended in the midst of the data, the next one goes on.
//!
//! source: keras/src/trainers/epoch_iterator.py, tf_keras/src/engine/data_adapter.py: DataHandler

use std::collections::VecDeque;

use ops::Keras;

/// What is left of a pass over data, in batches of any kind.
#[derive(Clone, Debug)]
pub struct Passes<B> {
    /// The batches that are to come.
    batches: VecDeque<B>,
    /// Whether a pass has begun.
    open: bool,
    /// How many have begun.
    begun: usize,
    /// Whether Keras 2 ends the training because there were too few batches.
    pub ran_out: bool,
}

impl<B> Default for Passes<B> {
    fn default() -> Self {
        Passes { batches: VecDeque::new(), open: false, begun: 0, ran_out: false }
    }
}

/// An epoch of steps.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// The profile.
    pub keras: Keras,
    /// How many steps it has.
    pub count: usize,
    /// Whether it is known before how many batches a pass has: then Keras 3 begins anew with the last one.
    pub counted: bool,
    /// How often the data is gone through before it is at its end: Keras 2 repeats arrays for each epoch.
    pub repeats: usize,
}

impl<B> Passes<B> {
    /// Returns the batches of an epoch, fewer than its steps where the data ends; nothing where `begin`, which begins a
    /// pass, does not know them.
    ///
    /// # Errors
    /// What `begin` answers.
    pub fn epoch<E>(
        &mut self,
        steps: Steps,
        mut begin: impl FnMut() -> Result<Option<Vec<B>>, E>,
    ) -> Result<Option<Vec<B>>, E> {
        let mut taken = Vec::with_capacity(steps.count);
        while taken.len() < steps.count {
            if !self.open || (self.batches.is_empty() && self.begun < steps.repeats) {
                let Some(pass) = begin()? else { return Ok(None) };
                self.batches = pass.into();
                self.open = true;
                self.begun += 1;
            }
            match self.batches.pop_front() {
                Some(batch) => taken.push(batch),
                None => break,
            }
        }
        match steps.keras {
            Keras::Two => self.ran_out = taken.len() < steps.count,
            Keras::Three => {
                let ended = self.batches.is_empty() && steps.counted;
                self.open = !ended && taken.len() == steps.count;
            }
        }
        Ok(Some(taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(steps: Steps, epochs: usize) -> (Vec<Vec<u32>>, bool) {
        let mut passes = Passes::default();
        let mut epoch = || passes.epoch(steps, || Ok::<_, ()>(Some(vec![1, 2, 3]))).unwrap().unwrap();
        let all = (0..epochs).map(|_| epoch()).collect();
        (all, passes.ran_out)
    }

    #[test]
    fn an_epoch_goes_on_where_the_last_one_ended() {
        let steps = Steps { keras: Keras::Three, count: 2, counted: true, repeats: 0 };
        assert_eq!(epochs(steps, 4).0, [vec![1, 2], vec![3], vec![1, 2], vec![3]]);
        let steps = Steps { keras: Keras::Two, repeats: 2, ..steps };
        assert_eq!(epochs(steps, 4), (vec![vec![1, 2], vec![3, 1], vec![2, 3], vec![]], true));
    }
}
