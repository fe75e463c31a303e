//! The connectionist temporal classification of sequences: how likely labels are, whatever the times at which they
//! stand.
//!
//! source: tensorflow/core/util/ctc/ctc_loss_calculator.h

use crate::{Array, Fault, Result};

/// What the loss is computed of.
#[derive(Clone, Copy, Debug)]
pub struct Sequences<'a> {
    /// Scores of classes: times, sequences, classes.
    pub logits: &'a Array,
    /// Labels: sequences, the longest labelling.
    pub labels: &'a Array,
    /// How many labels each sequence has.
    pub label_lengths: &'a Array,
    /// How many times each sequence has.
    pub lengths: &'a Array,
    /// The class that stands for no label.
    pub blank: usize,
}

/// The loss of each sequence, and its gradient by the scores.
///
/// # Errors
/// The arrays do not belong together, or a sequence is too short for its labels.
pub fn ctc(x: &Sequences<'_>) -> Result<[Array; 2]> {
    let &[times, batch, classes] = x.logits.shape() else {
        return Err(Fault::Shape("sequences that are not of rank 3".to_owned()));
    };
    let scores = crate::softmax(x.logits, true)?.to_floats()?;
    let (labels, counts, lengths) = (x.labels.to_ints()?, x.label_lengths.to_ints()?, x.lengths.to_ints()?);
    let width = labels.len().checked_div(batch).unwrap_or(0);
    let mut losses = Vec::with_capacity(batch);
    let mut gradient = vec![0.0; scores.len()];
    for sequence in 0..batch {
        let size = |sizes: &[i64], most: usize| {
            sizes.get(sequence).and_then(|n| usize::try_from(*n).ok()).filter(|n| *n <= most)
        };
        let (Some(count), Some(length)) = (size(&counts, width), size(&lengths, times)) else {
            return Err(Fault::Shape("lengths that are longer than the sequences".to_owned()));
        };
        let mut own = Vec::with_capacity(count);
        for label in &labels[sequence * width..sequence * width + count] {
            let label = usize::try_from(*label).ok().filter(|label| *label < classes);
            own.push(label.ok_or_else(|| Fault::Shape("a label that is no class".to_owned()))?);
        }
        let at = |time: usize, class: usize| (time * batch + sequence) * classes + class;
        let score = |time: usize, class: usize| scores[at(time, class)];
        let path = Path::new(&own, x.blank);
        if path.shortest() > length {
            return Err(Fault::Shape("a sequence that is too short for its labels".to_owned()));
        }
        let (loss, posterior) = path.loss(length, classes, &score);
        losses.push(loss);
        for time in 0..length {
            for class in 0..classes {
                gradient[at(time, class)] = score(time, class).exp() - posterior[time * classes + class];
            }
        }
    }
    let dtype = x.logits.dtype();
    Ok([Array::floats(&[batch], dtype, losses)?, Array::floats(x.logits.shape(), dtype, gradient)?])
}

/// Labels with blanks before, between and behind them.
struct Path {
    states: Vec<usize>,
    blank: usize,
}

impl Path {
    fn new(labels: &[usize], blank: usize) -> Path {
        let between = labels.iter().flat_map(|label| [*label, blank]);
        Path { states: std::iter::once(blank).chain(between).collect(), blank }
    }

    /// The fewest times that the labels need: one each, and one between equal neighbours.
    fn shortest(&self) -> usize {
        let labels: Vec<usize> = self.states.iter().copied().skip(1).step_by(2).collect();
        labels.len() + labels.windows(2).filter(|pair| pair[0] == pair[1]).count()
    }

    /// Whether a state may be reached from the one before the last.
    fn skips(&self, state: usize) -> bool {
        state >= 2 && self.states[state] != self.blank && self.states[state] != self.states[state - 2]
    }

    /// The loss, and how likely each class is at each time if the labels are right.
    fn loss(&self, times: usize, classes: usize, score: &dyn Fn(usize, usize) -> f64) -> (f64, Vec<f64>) {
        let states = self.states.len();
        let none = f64::NEG_INFINITY;
        let mut posterior = vec![0.0; times * classes];
        if times == 0 {
            return (if states == 1 { 0.0 } else { f64::INFINITY }, posterior);
        }
        let mut ahead = vec![none; times * states];
        for (slot, class) in ahead.iter_mut().zip(&self.states).take(2) {
            *slot = score(0, *class);
        }
        for time in 1..times {
            for state in 0..states {
                let before = |back: usize| match state.checked_sub(back) {
                    Some(from) => ahead[(time - 1) * states + from],
                    None => none,
                };
                let skipped = if self.skips(state) { before(2) } else { none };
                let sum = log_sum(log_sum(before(0), before(1)), skipped);
                ahead[time * states + state] = sum + score(time, self.states[state]);
            }
        }
        let mut behind = vec![none; times * states];
        for state in states.saturating_sub(2)..states {
            behind[(times - 1) * states + state] = 0.0;
        }
        for time in (0..times - 1).rev() {
            for state in 0..states {
                let after = |on: usize| match self.states.get(state + on) {
                    Some(class) => behind[(time + 1) * states + state + on] + score(time + 1, *class),
                    None => none,
                };
                let skipped = if state + 2 < states && self.skips(state + 2) { after(2) } else { none };
                behind[time * states + state] = log_sum(log_sum(after(0), after(1)), skipped);
            }
        }
        let last = &ahead[(times - 1) * states..];
        let total = last.iter().skip(states.saturating_sub(2)).copied().fold(none, log_sum);
        if total > none {
            for time in 0..times {
                for (state, class) in self.states.iter().enumerate() {
                    let at = time * states + state;
                    posterior[time * classes + class] += (ahead[at] + behind[at] - total).exp();
                }
            }
        }
        (-total, posterior)
    }
}

/// The logarithm of the sum of two numbers, which are given as logarithms.
fn log_sum(a: f64, b: f64) -> f64 {
    let top = a.max(b);
    if top == f64::NEG_INFINITY { top } else { top + ((a - top).exp() + (b - top).exp()).ln() }
}

#[cfg(test)]
mod tests {
    use tensor::DType;

    use super::*;

    fn loss(logits: &[f64], labels: &[i64], times: usize, classes: usize) -> Result<[Array; 2]> {
        let logits = Array::floats(&[times, 1, classes], DType::Float64, logits.to_vec())?;
        let count = labels.len();
        ctc(&Sequences {
            logits: &logits,
            labels: &Array::ints(&[1, count], DType::Int64, labels.to_vec())?,
            label_lengths: &Array::ints(&[1], DType::Int32, vec![count as i64])?,
            lengths: &Array::ints(&[1], DType::Int32, vec![times as i64])?,
            blank: classes - 1,
        })
    }

    #[test]
    fn sums_over_all_ways_to_place_the_labels() -> Result<()> {
        // Two classes and a blank, all equally likely: the label 0 stands in two times as 0 0, 0 _, _ 0.
        let [value, gradient] = loss(&[0.0; 6], &[0], 2, 3)?;
        assert!((value.to_floats()?[0] - (9.0_f64 / 3.0).ln()).abs() < 1e-12);
        let expected = [1.0 / 3.0 - 2.0 / 3.0, 1.0 / 3.0, 0.0];
        for (got, wanted) in gradient.to_floats()?.iter().zip(expected) {
            assert!((got - wanted).abs() < 1e-12, "{got} {wanted}");
        }
        Ok(())
    }

    #[test]
    fn its_gradient_is_its_slope() -> Result<()> {
        let logits: Vec<f64> = (0..20).map(|n| f64::from(n * 7 % 11) / 5.0).collect();
        let [value, gradient] = loss(&logits, &[1, 1], 5, 4)?;
        let (value, gradient) = (value.to_floats()?[0], gradient.to_floats()?);
        for at in 0..logits.len() {
            let mut moved = logits.clone();
            moved[at] += 1e-6;
            let slope = (loss(&moved, &[1, 1], 5, 4)?[0].to_floats()?[0] - value) / 1e-6;
            assert!((slope - gradient[at]).abs() < 1e-4, "{at}: {slope} {}", gradient[at]);
        }
        Ok(())
    }

    #[test]
    fn equal_neighbours_need_a_blank_between() {
        assert!(loss(&[0.0; 6], &[0, 0], 2, 3).is_err());
    }
}
