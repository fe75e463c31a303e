//! What a `Discretization` learns of data: the quantiles between its bins.
//!
//! source: keras/src/layers/preprocessing/discretization.py, tf_keras/src/layers/preprocessing/discretization.py

use std::rc::Rc;

use ops::{Arg, Keras};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

/// How many rows of an array Keras 2 looks at together.
const BATCH: usize = 32;

/// Values in order, and how many numbers each of them stands for.
#[derive(Clone, Debug, Default)]
struct Summary {
    values: Vec<f32>,
    weights: Vec<f32>,
}

impl Summary {
    /// The summary of one batch.
    fn of(mut numbers: Vec<f32>, epsilon: f64, keras: Keras) -> Summary {
        numbers.sort_by(f32::total_cmp);
        let increment = numbers.len() as f64 * epsilon;
        let (start, step, weight) = match keras {
            Keras::Two => {
                let increment = (numbers.len() as f32 / (1.0 / epsilon) as f32) as usize;
                (increment, increment.max(1), increment.max(1) as f32)
            }
            Keras::Three => {
                let step = increment.max(1.0);
                ((step - 1.0) as usize, step as usize, step as f32)
            }
        };
        let values: Vec<f32> = numbers.into_iter().skip(start).step_by(step).collect();
        let weights = vec![weight; values.len()];
        Summary { values, weights }
    }

    /// Both summaries together, not longer than it has to be.
    fn merged(self, other: Summary, epsilon: f64) -> Summary {
        let mut pairs: Vec<(f32, f32)> = self
            .values
            .into_iter()
            .chain(other.values)
            .zip(self.weights.into_iter().chain(other.weights))
            .collect();
        pairs.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let (values, weights) = pairs.into_iter().unzip();
        Summary { values, weights }.compressed(epsilon)
    }

    /// The summary of so many quantiles: what lies between the values is interpolated.
    fn compressed(self, epsilon: f64) -> Summary {
        if self.values.is_empty() || (self.values.len() as f64) * epsilon < 1.0 {
            return self;
        }
        let mut sum = 0.0_f32;
        let sums: Vec<f32> = self
            .weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        let shares: Vec<f64> = sums.iter().map(|at| f64::from(at / sum)).collect();
        let count = (1.0 / epsilon).ceil() as usize;
        let (mut values, mut weights, mut before) = (Vec::new(), Vec::new(), 0.0);
        for at in 0..count {
            let share = epsilon + at as f64 * epsilon;
            values.push(between(share, &shares, &self.values) as f32);
            let reached = between(share, &shares, &sums);
            weights.push((reached - before) as f32);
            before = reached;
        }
        Summary { values, weights }
    }
}

/// `np.interp`: the value at a place, of places in order.
fn between(at: f64, places: &[f64], values: &[f32]) -> f64 {
    let after = places.partition_point(|place| *place <= at);
    let value = |n: usize| values.get(n).copied().map_or(0.0, f64::from);
    match (after.checked_sub(1), places.get(after)) {
        (None, _) => value(0),
        (Some(before), None) => value(before),
        (Some(before), Some(next)) => {
            let place = places.get(before).copied().unwrap_or(0.0);
            let slope = (value(after) - value(before)) / (next - place);
            slope * (at - place) + value(before)
        }
    }
}

impl Interp<'_> {
    /// Gives a `Discretization` the bounds of its bins; tells whether it could.
    pub(super) fn adapt_bins(&mut self, id: ObjId, data: &Value) -> Eval<bool> {
        let bins = match self.layer_arg(id, "num_bins") {
            Some(Arg::Int(bins)) if *bins > 0 => *bins,
            _ => return Ok(false),
        };
        let epsilon = match self.layer_arg(id, "epsilon") {
            Some(Arg::Float(epsilon)) if *epsilon > 0.0 => *epsilon,
            None | Some(Arg::Missing) => 0.01,
            _ => return Ok(false),
        };
        let batches = match self.dataset(data) {
            Some(state) => {
                let Some(items) = self.dataset_elements(&state, usize::MAX)? else { return Ok(false) };
                items.iter().map(|item| self.floats_for_bins(item)).collect::<Option<Vec<_>>>()
            }
            None => {
                let data = self.array_like(data.clone())?;
                self.floats_for_bins(&data).map(|numbers| self.cut_for_bins(&data, numbers))
            }
        };
        let Some(batches) = batches else { return Ok(false) };
        let mut summary = Summary::default();
        for numbers in batches {
            summary = Summary::of(numbers, epsilon, self.keras).merged(summary, epsilon);
        }
        let mut bounds = summary.compressed(1.0 / bins as f64).values;
        bounds.pop();
        let bounds: Rc<[Arg]> = bounds.into_iter().map(|bound| Arg::Float(f64::from(bound))).collect();
        if let Some(state) = self.layer_mut(id) {
            state.config.retain(|(name, _)| &**name != "bin_boundaries");
            state.config.push(("bin_boundaries".into(), Arg::List(bounds)));
        }
        Ok(true)
    }

    fn floats_for_bins(&self, value: &Value) -> Option<Vec<f32>> {
        let Value::Tensor(node) = value else { return None };
        let numbers = self.array_of_node(*node)?.to_floats().ok()?;
        Some(numbers.into_iter().map(|x| x as f32).collect())
    }

    /// Keras 2 looks at an array batch by batch, Keras 3 at all of it.
    fn cut_for_bins(&self, data: &Value, numbers: Vec<f32>) -> Vec<Vec<f32>> {
        let rows = match data {
            Value::Tensor(node) => self.array_of_node(*node).and_then(|a| a.shape().first().copied()),
            _ => None,
        };
        let wide = numbers.len() / rows.unwrap_or(1).max(1);
        match self.keras {
            Keras::Two => numbers.chunks((BATCH * wide).max(1)).map(<[f32]>::to_vec).collect(),
            Keras::Three => vec![numbers],
        }
    }
}
