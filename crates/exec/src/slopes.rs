//! The gradient of a recorded function beside the slopes of the function itself.
//!
//! A function of tensors is looked at as a number: the sum of its outputs' elements, each times a factor (a
//! *direction*). Its gradient, which the program computes, is compared at a point with what the number does when one
//! element of an input is moved a little, up and down. Where the two sides differ the function has a kink or a jump.

use array::{Array, Fault};

use crate::{Failure, Plan};

/// A function with its gradient, made ready to run in double precision.
#[derive(Debug)]
pub struct Function {
    /// Computes the outputs of inputs and fixed values.
    pub values: Plan,
    /// Computes of inputs, directions and fixed values the outputs again - so that both plans draw the same random
    /// numbers - and the gradients that there are.
    pub gradients: Plan,
    /// Which inputs have a gradient, in order.
    pub reached: Vec<bool>,
    /// One factor for each element of each output.
    pub directions: Vec<Array>,
    /// What is the same at each point: weights.
    pub fixed: Vec<Array>,
    /// What random kernels begin with, so that they draw the same at each point.
    pub seed: u64,
}

/// What was seen at a point.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Whether the function's own values are finite.
    pub finite: bool,
    /// The gradients, for each input that has one: its elements.
    pub gradients: Vec<Option<Vec<f64>>>,
    /// The elements that were moved.
    pub slopes: Vec<Slope>,
}

/// What moving one element does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// The number of the input.
    pub input: usize,
    /// The element, counted in row-major order.
    pub element: usize,
    /// Its value.
    pub at: f64,
    /// How fast the function grows below it and above it.
    pub sides: [f64; 2],
    /// What the sides say together.
    pub kind: Side,
}

/// Whether the slopes on both sides agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// They do: the function is smooth here.
    Smooth,
    /// The function is continuous, its slope is not.
    Kink,
    /// The function jumps.
    Jump,
    /// The function curves more sharply than steps resolve: its slope cannot be told.
    Steep,
    /// The function is not finite on one side.
    Broken,
}

impl Slope {
    /// Returns the slope of a smooth function.
    pub fn numeric(&self) -> f64 {
        f64::midpoint(self.sides[0], self.sides[1])
    }
}

/// How far an element is moved, relative to its size.
const STEP: f64 = 1e-5;
/// How much smaller the second step is that tells a kink from a curve.
const FINER: f64 = 16.0;
/// By how much, relative to their size, slopes may differ that are the same.
const TOLERANCE: f64 = 1e-3;

impl Function {
    /// Looks at the function at a point, moving so many elements of each input that has floats.
    ///
    /// # Errors
    /// A kernel refuses the numbers.
    pub fn look(&self, point: &[Array], elements: usize) -> Result<Seen, Failure> {
        let middle = self.number(point)?;
        let mut seen = Seen { finite: middle.is_finite(), ..Seen::default() };
        self.draw(&self.gradients);
        let given = point.iter().chain(&self.directions).chain(&self.fixed).cloned().collect();
        let mut gradients = self.gradients.run(given)?.into_iter().skip(self.directions.len());
        for reached in &self.reached {
            let gradient = if *reached { gradients.next() } else { None };
            seen.gradients.push(gradient.map(|g| g.to_floats()).transpose().map_err(fail)?);
        }
        if !seen.finite {
            return Ok(seen);
        }
        for (input, array) in point.iter().enumerate() {
            if !array.dtype().is_floating() {
                continue;
            }
            for element in spread(array.len(), elements) {
                seen.slopes.push(self.slope(point, middle, input, element)?);
            }
        }
        Ok(seen)
    }

    /// Moves one element.
    fn slope(&self, point: &[Array], middle: f64, input: usize, element: usize) -> Result<Slope, Failure> {
        let values = point[input].to_floats().map_err(fail)?;
        let at = values.get(element).copied().unwrap_or_default();
        let moved = |by: f64| -> Result<f64, Failure> {
            let mut values = values.clone();
            if let Some(value) = values.get_mut(element) {
                *value += by;
            }
            let mut point = point.to_vec();
            point[input] = Array::floats(point[input].shape(), point[input].dtype(), values).map_err(fail)?;
            self.number(&point)
        };
        let sides = |step: f64| -> Result<[f64; 2], Failure> {
            Ok([(middle - moved(-step)?) / step, (moved(step)? - middle) / step])
        };
        let step = STEP * at.abs().max(1.0);
        let (coarse, fine) = (sides(step)?, sides(step / FINER)?);
        Ok(Slope { input, element, at, sides: coarse, kind: told(coarse, fine) })
    }

    /// The number that the function is at a point.
    fn number(&self, point: &[Array]) -> Result<f64, Failure> {
        self.draw(&self.values);
        let given = point.iter().chain(&self.fixed).cloned().collect();
        let mut sum = 0.0;
        for (value, direction) in self.values.run(given)?.iter().zip(&self.directions) {
            let (value, factors) = (value.to_floats().map_err(fail)?, direction.to_floats().map_err(fail)?);
            sum += value.iter().zip(&factors).map(|(x, factor)| x * factor).sum::<f64>();
        }
        Ok(sum)
    }

    fn draw(&self, plan: &Plan) {
        plan.draws().reseed(self.seed);
    }
}

fn fail(fault: Fault) -> Failure {
    Failure { kernel: "", fault }
}

/// Tells what the slopes on both sides say, those of a step and of a finer one.
fn told(coarse: [f64; 2], fine: [f64; 2]) -> Side {
    if !coarse.iter().chain(&fine).all(|side| side.is_finite()) {
        return Side::Broken;
    }
    if gap(coarse) > TOLERANCE {
        // The sides of a curve come together as the step shrinks, those of a jump move apart.
        match (fine[0] - fine[1]).abs() / (coarse[0] - coarse[1]).abs() {
            ratio if ratio > 4.0 => return Side::Jump,
            ratio if ratio > 0.25 => return Side::Kink,
            _ => {}
        }
    }
    let middle = |[below, above]: [f64; 2]| f64::midpoint(below, above);
    if gap([middle(coarse), middle(fine)]) > TOLERANCE { Side::Steep } else { Side::Smooth }
}

/// How far two slopes are from each other, relative to their size.
fn gap([below, above]: [f64; 2]) -> f64 {
    (below - above).abs() / below.abs().max(above.abs()).max(1.0)
}

/// Tells whether a gradient is the slope of the function.
pub fn agrees(analytic: f64, numeric: f64) -> bool {
    gap([analytic, numeric]) <= TOLERANCE
}

/// Some of the elements of an array, evenly spread over it.
fn spread(len: usize, count: usize) -> impl Iterator<Item = usize> {
    let count = count.min(len);
    (0..count).map(move |at| at * len / count)
}
