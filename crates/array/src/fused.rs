//! Chains of element-wise functions, carried out block by block, so that what is between them stays in the cache.
//!
//! A chain computes in single precision. Its inputs are broadcast to one shape; bools are ones and zeros within it.
//! An output is written over an input that nobody else holds, as a variable's new value is over its old one.

use tensor::DType;

use crate::array::{Array, Sizes, broadcast, count};
use crate::elements::Element;
use crate::pairs::{self, Binary, Both, Compare};
use crate::runs::Walk;
use crate::unary::{self, Each, Unary};
use crate::{Fault, Result};

/// The number of elements that are computed at a time.
const BLOCK: usize = 512;

/// The fewest elements that are worth two threads.
const LEAST: usize = 1 << 18;

/// What a function of a chain reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// An input of the chain.
    Input(usize),
    /// What an earlier function of the chain made.
    Link(usize),
}

/// One function of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// A function of one number.
    Unary(Unary, From),
    /// A function of two numbers.
    Binary(Binary, From, From),
    /// A comparison.
    Compare(Compare, From, From),
    /// The second where the first, a comparison, holds; otherwise the third.
    Select(From, From, From),
}

/// Element-wise functions, each of inputs and of what earlier ones make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// The functions in order.
    pub links: Vec<Link>,
    /// The numbers of those whose results come out.
    pub outputs: Vec<usize>,
}

/// An input of a chain.
enum Given {
    /// An array of the shape of the outputs.
    Array(Array),
    /// What the output of this number is written over.
    Under(usize),
}

/// Where the elements of an input are read from, a block at a time.
enum Reader<'a> {
    /// An output, each of whose blocks is read before it is written.
    Under(usize),
    /// They lie in order.
    Dense(&'a [f32]),
    /// They are gathered into a block.
    Strided { values: &'a [f32], walk: Walk<1>, offset: usize, block: Vec<f32> },
    /// The same ones come again and again, as those of a bias do: so many of them, written as often as a block
    /// needs that begins with any of them.
    Cyclic(usize, Vec<f32>),
}

impl Chain {
    /// Computes the outputs of inputs that are broadcast against each other.
    ///
    /// # Errors
    /// An input is neither of single precision nor bool, the shapes cannot be broadcast, or a function is not one of floats.
    pub fn run(&self, inputs: Vec<Array>) -> Result<Vec<Array>> {
        let mut shape = Sizes::new();
        for input in &inputs {
            shape = broadcast(&shape, input.shape())?;
        }
        let length = count(&shape)?;
        let wide = |x: Array| match x.dtype() {
            DType::Float32 if *x.shape() == *shape => Ok(Given::Array(x)),
            DType::Float32 => x.broadcast_to(&shape).map(Given::Array),
            DType::Bool => x.cast(DType::Float32)?.broadcast_to(&shape).map(Given::Array),
            other => Err(Fault::DType(other)),
        };
        let mut given: Vec<Given> = inputs.into_iter().map(wide).collect::<Result<_>>()?;
        let place = |(at, link): (usize, &usize)| {
            let over = (!self.compares(*link)).then(|| given_up(&mut given, at)).flatten();
            over.unwrap_or_else(|| f32::overwritten(length))
        };
        let mut out: Vec<Vec<f32>> = self.outputs.iter().enumerate().map(place).collect();
        self.fill(&given, 0, out.iter_mut().map(Vec::as_mut_slice).collect())?;
        let made = self.outputs.iter().zip(out).map(|(link, values)| match self.compares(*link) {
            true => Array::bools(&shape, values.iter().map(|v| *v != 0.0).collect()),
            false => Array::new(&shape, DType::Float32, values),
        });
        made.collect()
    }

    /// Tells whether what a link makes is a comparison.
    fn compares(&self, link: usize) -> bool {
        matches!(self.links.get(link), Some(Link::Compare(..)))
    }

    /// Computes a part of the outputs, from an element on; halves of a large one on two threads.
    fn fill(&self, inputs: &[Given], first: usize, out: Vec<&mut [f32]>) -> Result<()> {
        let length = out.first().map_or(0, |out| out.len());
        if length >= LEAST {
            let middle = length / 2 / BLOCK * BLOCK;
            let (left, right): (Vec<_>, Vec<_>) = out.into_iter().map(|out| out.split_at_mut(middle)).unzip();
            let (left, right) =
                rayon::join(|| self.fill(inputs, first, left), || self.fill(inputs, first + middle, right));
            return left.and(right);
        }
        let mut out = out;
        let room = BLOCK.min(length);
        let mut readers: Vec<Reader<'_>> =
            inputs.iter().map(|x| Reader::of(x, room)).collect::<Result<_>>()?;
        let mut made = vec![0.0; room * self.links.len()];
        for start in (0..length).step_by(BLOCK) {
            let size = BLOCK.min(length - start);
            let from = first + start;
            readers.iter_mut().for_each(|reader| reader.gather(from, size));
            for (at, link) in self.links.iter().enumerate() {
                let (earlier, rest) = made.split_at_mut(at * room);
                let to = rest.get_mut(..size).unwrap_or_default();
                let read = |reads: &From| match *reads {
                    From::Input(at) => match readers.get(at)? {
                        Reader::Under(output) => out.get(*output)?.get(start..start + size),
                        reader => reader.block(from, size),
                    },
                    From::Link(at) => earlier.get(at * room..at * room + size),
                };
                compute(link, read, to)?;
            }
            for (out, link) in out.iter_mut().zip(&self.outputs) {
                let block = made.get(link * room..link * room + size);
                if let (Some(to), Some(block)) = (out.get_mut(start..start + size), block) {
                    to.copy_from_slice(block);
                }
            }
        }
        Ok(())
    }
}

/// Takes the elements of an input that nobody else holds, for the output of this number to be written over.
fn given_up(given: &mut [Given], output: usize) -> Option<Vec<f32>> {
    given.iter_mut().find_map(|input| {
        let Given::Array(array) = input else { return None };
        let values = array.give_up()?;
        *input = Given::Under(output);
        Some(values)
    })
}

impl<'a> Reader<'a> {
    fn of(x: &'a Given, room: usize) -> Result<Reader<'a>> {
        let x = match x {
            Given::Array(x) => x,
            Given::Under(output) => return Ok(Reader::Under(*output)),
        };
        let values = x.slice::<f32>()?;
        if let Some(dense) = values.get(x.offset()..x.offset() + x.len()).filter(|_| x.is_dense()) {
            return Ok(Reader::Dense(dense));
        }
        let walk = Walk::new(x.shape(), [x.strides()]);
        if let Some((period, step)) = walk.cycle().filter(|(period, _)| *period <= BLOCK) {
            let one = (0..period as isize).map(|k| x.offset().wrapping_add_signed(k * step));
            let one: Vec<f32> = one.map(|at| values.get(at).copied().unwrap_or_default()).collect();
            return Ok(Reader::Cyclic(period, one.iter().copied().cycle().take(period + room).collect()));
        }
        Ok(Reader::Strided { values, walk, offset: x.offset(), block: Vec::with_capacity(room) })
    }

    /// Gathers a block, if that is needed.
    fn gather(&mut self, start: usize, size: usize) {
        if let Reader::Strided { values, walk, offset, block } = self {
            block.clear();
            walk.part([*offset], start, size, |[at], [step], n| match step {
                1 => block.extend_from_slice(values.get(at..at + n).unwrap_or_default()),
                0 => block.extend(std::iter::repeat_n(values.get(at).copied().unwrap_or_default(), n)),
                _ => block.extend(
                    (0..n as isize).filter_map(|k| values.get(at.wrapping_add_signed(k * step))).copied(),
                ),
            });
        }
    }

    /// Returns the block that was gathered.
    fn block(&self, start: usize, size: usize) -> Option<&[f32]> {
        match self {
            Reader::Dense(values) => values.get(start..start + size),
            Reader::Strided { block, .. } => block.get(..size),
            Reader::Cyclic(period, values) => values.get(start % period..start % period + size),
            Reader::Under(_) => None,
        }
    }
}

/// A function of one block, written into another.
struct One<'a> {
    x: &'a [f32],
    to: &'a mut [f32],
}

impl Each<f32> for One<'_> {
    type Out = ();

    fn with(self, f: impl Fn(f32) -> f32) {
        self.to.iter_mut().zip(self.x).for_each(|(to, x)| *to = f(*x));
    }
}

/// A function of two blocks, written into a third.
struct Two<'a> {
    x: &'a [f32],
    y: &'a [f32],
    to: &'a mut [f32],
}

impl Both<f32> for Two<'_> {
    type Out = ();

    fn with(self, f: impl Fn(f32, f32) -> f32) {
        self.to.iter_mut().zip(self.x).zip(self.y).for_each(|((to, x), y)| *to = f(*x, *y));
    }
}

/// Computes a block of one function.
fn compute<'b>(link: &Link, read: impl Fn(&From) -> Option<&'b [f32]>, to: &mut [f32]) -> Result<()> {
    let read = |from| read(from).ok_or(Fault::Unsupported("a chain that reads what is not there"));
    let done = match link {
        Link::Unary(f, a) => unary::on_reals(*f, One { x: read(a)?, to }),
        Link::Binary(f, a, b) => pairs::on_reals(*f, Two { x: read(a)?, y: read(b)?, to }),
        Link::Compare(what, a, b) => {
            let one = |holds: bool| f32::from(u8::from(holds));
            let two = Two { x: read(a)?, y: read(b)?, to };
            match what {
                Compare::Equal => two.with(|a, b| one(a == b)),
                Compare::Greater => two.with(|a, b| one(a > b)),
                Compare::GreaterEqual => two.with(|a, b| one(a >= b)),
                Compare::Less => two.with(|a, b| one(a < b)),
                Compare::LessEqual => two.with(|a, b| one(a <= b)),
                Compare::NotEqual => two.with(|a, b| one(a != b)),
            }
            Some(())
        }
        Link::Select(condition, a, b) => {
            let pairs = read(condition)?.iter().zip(read(a)?.iter().zip(read(b)?));
            to.iter_mut().zip(pairs).for_each(|(to, (c, (a, b)))| *to = if *c == 0.0 { *b } else { *a });
            Some(())
        }
    };
    done.ok_or(Fault::DType(DType::Float32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waves(shape: &[usize]) -> Array {
        let count = shape.iter().product::<usize>();
        Array::floats(shape, DType::Float32, (0..count).map(|n| (n as f64 * 0.7).sin()).collect()).unwrap()
    }

    #[test]
    fn computes_what_its_functions_do() {
        // relu(x + y) and whether it is, over broadcast and transposed inputs, for sizes around that of a block.
        for rows in [1, 7, 200, 30_000] {
            let x = waves(&[9, rows]).transposed().unwrap();
            let y = waves(&[9]);
            let zero = Array::scalar(DType::Float32, 0.0).unwrap();
            let chain = Chain {
                links: vec![
                    Link::Binary(Binary::Add, From::Input(0), From::Input(1)),
                    Link::Compare(Compare::Greater, From::Link(0), From::Input(2)),
                    Link::Select(From::Link(1), From::Link(0), From::Input(2)),
                    Link::Unary(Unary::Square, From::Link(2)),
                ],
                outputs: vec![2, 3],
            };
            let made = chain.run(vec![x.clone(), y.clone(), zero]).unwrap();
            let sum = crate::binary(Binary::Add, x, &y).unwrap();
            let relu = crate::unary(Unary::Relu, sum).unwrap();
            assert_eq!(made[0].shape(), [rows, 9]);
            assert_eq!(made[0].to_floats(), relu.to_floats());
            assert_eq!(made[1].to_floats(), crate::unary(Unary::Square, relu).unwrap().to_floats());
        }
    }

    #[test]
    fn writes_over_what_nobody_else_holds() {
        // A momentum and a weight, as an optimizer moves them: m = m / 2 + g, w = w - m.
        let chain = Chain {
            links: vec![
                Link::Binary(Binary::Mul, From::Input(0), From::Input(3)),
                Link::Binary(Binary::Add, From::Link(0), From::Input(2)),
                Link::Binary(Binary::Sub, From::Input(1), From::Link(1)),
            ],
            outputs: vec![1, 2],
        };
        for rows in [3, 1025, 300_000] {
            let half = Array::scalar(DType::Float32, 0.5).unwrap();
            let shared = [waves(&[rows]), waves(&[rows]), waves(&[rows])];
            let [m, w, g] = shared.clone();
            let expected = chain.run(vec![m, w, g, half.clone()]).unwrap();
            let places = |arrays: &[Array]| -> Vec<*const f32> {
                arrays.iter().map(|a| a.slice::<f32>().unwrap().as_ptr()).collect()
            };
            let before = places(&shared);
            assert!(places(&expected).iter().all(|place| !before.contains(place)));
            let [m, w, g] = shared;
            let made = chain.run(vec![m, w, g.clone(), half]).unwrap();
            assert_eq!(places(&made), before[..2]);
            assert_eq!(g.to_floats(), waves(&[rows]).to_floats());
            for (made, expected) in made.iter().zip(&expected) {
                assert_eq!(made.to_floats(), expected.to_floats());
            }
        }
    }

    #[test]
    fn refuses_what_it_cannot_compute() {
        let double = Array::scalar(DType::Float64, 0.0).unwrap();
        let chain = Chain { links: vec![Link::Unary(Unary::Neg, From::Input(0))], outputs: vec![0] };
        assert_eq!(chain.run(vec![double]).err(), Some(Fault::DType(DType::Float64)));
        let other = Chain { links: vec![Link::Unary(Unary::Neg, From::Input(1))], outputs: vec![0] };
        assert!(other.run(vec![waves(&[3])]).is_err());
        assert!(chain.run(vec![waves(&[0, 3])]).unwrap()[0].is_empty());
    }
}
