//! Element-wise functions of two arrays, broadcast against each other, and the choice between them.

use tensor::DType;

use crate::array::broadcast;
use crate::elements::{Buffer, Complex, Element, wrap};
use crate::runs::runs;
use crate::scalars::{Real, floor_mod, larger, smaller};
use crate::{Array, Fault, Result, special};

/// A function of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the functions")]
pub enum Binary {
    Add,
    And,
    Atan2,
    Div,
    DivNoNan,
    FloorDiv,
    FloorMod,
    Igamma,
    IgammaSlope,
    Igammac,
    LeftShift,
    Maximum,
    Minimum,
    Mul,
    MulNoNan,
    NextAfter,
    Or,
    Polygamma,
    Pow,
    RightShift,
    SquaredDifference,
    Sub,
    TruncateDiv,
    TruncateMod,
    Xdivy,
    Xlog1py,
    Xlogy,
    Xor,
    Zeta,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the comparisons")]
pub enum Compare {
    Equal,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    NotEqual,
}

/// Applies a function to every pair of elements.
pub(crate) fn zip<A: Element + Copy, B: Element>(
    x: &Array,
    y: &Array,
    dtype: DType,
    f: impl Fn(A, A) -> B,
) -> Result<Array> {
    let shape = broadcast(x.shape(), y.shape())?;
    let (x, y) = (x.broadcast_to(&shape)?, y.broadcast_to(&shape)?);
    let (a, b) = (x.slice::<A>()?, y.slice::<A>()?);
    let mut out = B::room(x.len());
    runs(&shape, [x.strides(), y.strides()], [x.offset(), y.offset()], |[i, j], steps, n| {
        let left = a.get(i..).unwrap_or_default();
        let right = b.get(j..).unwrap_or_default();
        match steps {
            [1, 1] => out.extend(left.iter().zip(right).take(n).map(|(x, y)| f(*x, *y))),
            [1, 0] => {
                if let Some(y) = right.first() {
                    out.extend(left.iter().take(n).map(|x| f(*x, *y)));
                }
            }
            [0, 1] => {
                if let Some(x) = left.first() {
                    out.extend(right.iter().take(n).map(|y| f(*x, *y)));
                }
            }
            [p, q] => out.extend((0..n as isize).filter_map(|k| {
                Some(f(*a.get(i.wrapping_add_signed(k * p))?, *b.get(j.wrapping_add_signed(k * q))?))
            })),
        }
    });
    Array::new(&shape, dtype, out)
}

/// Applies a function to every pair of elements, into the first array where nobody else holds it.
fn apply<A: Element + Copy>(mut x: Array, y: &Array, f: impl Fn(A, A) -> A) -> Result<Array> {
    let dtype = x.dtype();
    let same = x.shape() == y.shape();
    if let Some(right) = y.whole::<A>().filter(|r| same || r.len() == 1 && y.rank() <= x.rank())
        && let Some(left) = x.whole_mut::<A>()
    {
        match right {
            [y] if left.len() != 1 => left.iter_mut().for_each(|x| *x = f(*x, *y)),
            _ => left.iter_mut().zip(right).for_each(|(x, y)| *x = f(*x, *y)),
        }
        A::fit(left, dtype);
        return Ok(x);
    }
    zip(&x, y, dtype, f)
}

/// Applies a function to every pair of elements of two arrays of one dtype, broadcast against each other. The
/// first one's buffer is written into where nobody else holds it.
///
/// # Errors
/// The shapes cannot be broadcast, or the function is not defined for the dtype.
pub fn binary(f: Binary, x: Array, y: &Array) -> Result<Array> {
    match (&x.buffer, &y.buffer) {
        (Buffer::Single(_), Buffer::Single(_)) => reals::<f32>(f, x, y),
        (Buffer::Double(_), Buffer::Double(_)) => reals::<f64>(f, x, y),
        (Buffer::Int(_), Buffer::Int(_)) => ints(f, x, y),
        (Buffer::Complex(_), Buffer::Complex(_)) => complexes(f, x, y),
        (Buffer::Bool(_), Buffer::Bool(_)) => bools(f, x, y),
        _ => Err(Fault::DType(y.dtype())),
    }
}

/// Something that is done with a function of two numbers, whichever it is.
pub(crate) trait Both<R> {
    /// What comes of it.
    type Out;
    /// Does it.
    fn with(self, f: impl Fn(R, R) -> R) -> Self::Out;
}

/// A function applied to whole arrays, into the first where that can be.
struct Whole<'a>(Array, &'a Array);

impl<R: Real> Both<R> for Whole<'_> {
    type Out = Result<Array>;

    fn with(self, f: impl Fn(R, R) -> R) -> Result<Array> {
        apply(self.0, self.1, f)
    }
}

fn reals<R: Real>(f: Binary, x: Array, y: &Array) -> Result<Array> {
    let dtype = x.dtype();
    on_reals::<R, _>(f, Whole(x, y)).unwrap_or(Err(Fault::DType(dtype)))
}

/// Hands a function on; nothing where it is not one of real numbers.
pub(crate) fn on_reals<R: Real, B: Both<R>>(f: Binary, each: B) -> Option<B::Out> {
    let zero = R::zero();
    let wide = |f: fn(f64, f64) -> f64| move |a: R, b: R| R::of(f(a.wide(), b.wide()));
    Some(match f {
        Binary::Add => each.with(|a: R, b: R| a + b),
        Binary::Atan2 => each.with(wide(f64::atan2)),
        Binary::Div => each.with(|a: R, b: R| a / b),
        Binary::DivNoNan => each.with(move |a: R, b: R| if b == zero { zero } else { a / b }),
        Binary::FloorDiv => each.with(|a: R, b: R| (a / b).floor()),
        Binary::FloorMod => each.with(floor_mod::<R>),
        Binary::Igamma => each.with(wide(special::igamma)),
        Binary::IgammaSlope => each.with(wide(special::igamma_slope)),
        Binary::Igammac => each.with(wide(|a, x| 1.0 - special::igamma(a, x))),
        Binary::Maximum => each.with(larger::<R>),
        Binary::Minimum => each.with(smaller::<R>),
        Binary::Mul => each.with(|a: R, b: R| a * b),
        Binary::MulNoNan => each.with(move |a: R, b: R| if b == zero { zero } else { a * b }),
        Binary::NextAfter => each.with(|a: R, b: R| next_after(a, b)),
        Binary::Polygamma => each.with(wide(special::polygamma)),
        Binary::Pow => each.with(R::powf),
        Binary::SquaredDifference => each.with(|a: R, b: R| (a - b) * (a - b)),
        Binary::Sub => each.with(|a: R, b: R| a - b),
        Binary::TruncateDiv => each.with(|a: R, b: R| (a / b).by(f64::trunc)),
        Binary::TruncateMod => each.with(|a: R, b: R| a % b),
        Binary::Xdivy => each.with(move |a: R, b: R| if a == zero { zero } else { a / b }),
        Binary::Xlog1py => each.with(move |a: R, b: R| if a == zero { zero } else { a * b.by(f64::ln_1p) }),
        Binary::Xlogy => each.with(move |a: R, b: R| if a == zero { zero } else { a * b.ln() }),
        Binary::Zeta => each.with(wide(special::zeta)),
        Binary::And | Binary::Or | Binary::Xor | Binary::LeftShift | Binary::RightShift => return None,
    })
}

/// The next number from `a` towards `b`.
fn next_after<R: Real>(a: R, b: R) -> R {
    let (wide, towards) = (a.wide(), b.wide());
    if wide == towards || wide.is_nan() || towards.is_nan() {
        return b;
    }
    if R::keeps(DType::Float64) {
        return R::of(if towards > wide { wide.next_up() } else { wide.next_down() });
    }
    let single = wide as f32;
    R::of(f64::from(if towards > wide { single.next_up() } else { single.next_down() }))
}

fn ints(f: Binary, x: Array, y: &Array) -> Result<Array> {
    let dtype = x.dtype();
    let divides = matches!(
        f,
        Binary::Div | Binary::FloorDiv | Binary::FloorMod | Binary::TruncateDiv | Binary::TruncateMod
    );
    if divides && y.to_ints()?.contains(&0) {
        return Err(Fault::Shape("Integer division by zero".to_owned()));
    }
    let g: fn(i64, i64) -> i64 = match f {
        Binary::Add => i64::wrapping_add,
        Binary::And => |a, b| a & b,
        Binary::Div | Binary::TruncateDiv => |a, b| a.checked_div(b).unwrap_or(0),
        Binary::DivNoNan => |a, b| a.checked_div(b).unwrap_or(0),
        Binary::FloorDiv => |a, b| {
            let whole = a.wrapping_div(b);
            if a.wrapping_rem(b) != 0 && (a < 0) != (b < 0) { whole - 1 } else { whole }
        },
        Binary::FloorMod => |a, b| {
            let rest = a.wrapping_rem(b);
            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
        },
        Binary::LeftShift => |a, b| if (0..64).contains(&b) { a << b } else { 0 },
        Binary::Maximum => i64::max,
        Binary::Minimum => i64::min,
        Binary::Mul => i64::wrapping_mul,
        Binary::Or => |a, b| a | b,
        Binary::Pow => |a, b| u32::try_from(b).map_or(0, |n| a.wrapping_pow(n)),
        Binary::RightShift => |a, b| a >> b.clamp(0, 63),
        Binary::SquaredDifference => |a, b| a.wrapping_sub(b).wrapping_mul(a.wrapping_sub(b)),
        Binary::Sub => i64::wrapping_sub,
        Binary::TruncateMod => |a, b| a.checked_rem(b).unwrap_or(0),
        Binary::Xor => |a, b| a ^ b,
        _ => return Err(Fault::DType(dtype)),
    };
    apply(x, y, move |a: i64, b: i64| wrap(g(a, b), dtype))
}

fn complexes(f: Binary, x: Array, y: &Array) -> Result<Array> {
    let g: fn(Complex, Complex) -> Complex = match f {
        Binary::Add => Complex::add,
        Binary::Div => Complex::div,
        Binary::DivNoNan => |a, b| if b == Complex::default() { b } else { a.div(b) },
        Binary::Mul => Complex::mul,
        Binary::Pow => |a, b| b.mul(a.ln()).exp(),
        Binary::SquaredDifference => |a, b| {
            let d = a.sub(b);
            d.mul(Complex { re: d.re, im: -d.im })
        },
        Binary::Sub => Complex::sub,
        _ => return Err(Fault::DType(x.dtype())),
    };
    apply(x, y, g)
}

fn bools(f: Binary, x: Array, y: &Array) -> Result<Array> {
    match f {
        Binary::And | Binary::Minimum | Binary::Mul => apply(x, y, |a: bool, b: bool| a & b),
        Binary::Or | Binary::Maximum | Binary::Add => apply(x, y, |a: bool, b: bool| a | b),
        Binary::Xor => apply(x, y, |a: bool, b: bool| a ^ b),
        _ => Err(Fault::DType(x.dtype())),
    }
}

/// Compares every pair of elements of two arrays of one dtype, broadcast against each other.
///
/// # Errors
/// The shapes cannot be broadcast, or the comparison is not defined for the dtype.
pub fn compare(what: Compare, x: &Array, y: &Array) -> Result<Array> {
    match (&x.buffer, &y.buffer) {
        (Buffer::Single(_), Buffer::Single(_)) => ordered::<f32>(what, x, y),
        (Buffer::Double(_), Buffer::Double(_)) => ordered::<f64>(what, x, y),
        (Buffer::Int(_), Buffer::Int(_)) => ordered::<i64>(what, x, y),
        (Buffer::Bool(_), Buffer::Bool(_)) => ordered::<bool>(what, x, y),
        (Buffer::Complex(_), Buffer::Complex(_)) => match what {
            Compare::Equal => zip(x, y, DType::Bool, |a: Complex, b: Complex| a == b),
            Compare::NotEqual => zip(x, y, DType::Bool, |a: Complex, b: Complex| a != b),
            _ => Err(Fault::DType(x.dtype())),
        },
        (Buffer::Text(_), Buffer::Text(_)) => texts(what, x, y),
        _ => Err(Fault::DType(y.dtype())),
    }
}

fn ordered<A: Element + Copy + PartialOrd>(what: Compare, x: &Array, y: &Array) -> Result<Array> {
    match what {
        Compare::Equal => zip(x, y, DType::Bool, |a: A, b: A| a == b),
        Compare::Greater => zip(x, y, DType::Bool, |a: A, b: A| a > b),
        Compare::GreaterEqual => zip(x, y, DType::Bool, |a: A, b: A| a >= b),
        Compare::Less => zip(x, y, DType::Bool, |a: A, b: A| a < b),
        Compare::LessEqual => zip(x, y, DType::Bool, |a: A, b: A| a <= b),
        Compare::NotEqual => zip(x, y, DType::Bool, |a: A, b: A| a != b),
    }
}

fn texts(what: Compare, x: &Array, y: &Array) -> Result<Array> {
    let shape = broadcast(x.shape(), y.shape())?;
    let equal = match what {
        Compare::Equal => true,
        Compare::NotEqual => false,
        _ => return Err(Fault::DType(x.dtype())),
    };
    let (a, b) = (x.broadcast_to(&shape)?.to_texts()?, y.broadcast_to(&shape)?.to_texts()?);
    Array::bools(&shape, a.iter().zip(&b).map(|(a, b)| (a == b) == equal).collect())
}

/// Chooses between the elements of two arrays, all three broadcast against each other.
///
/// # Errors
/// The shapes cannot be broadcast, the condition is not bool, or the dtypes differ.
pub fn select(condition: &Array, then: &Array, otherwise: &Array) -> Result<Array> {
    match (&then.buffer, &otherwise.buffer) {
        (Buffer::Single(_), Buffer::Single(_)) => choose::<f32>(condition, then, otherwise),
        (Buffer::Double(_), Buffer::Double(_)) => choose::<f64>(condition, then, otherwise),
        (Buffer::Int(_), Buffer::Int(_)) => choose::<i64>(condition, then, otherwise),
        (Buffer::Bool(_), Buffer::Bool(_)) => choose::<bool>(condition, then, otherwise),
        (Buffer::Complex(_), Buffer::Complex(_)) => choose::<Complex>(condition, then, otherwise),
        (Buffer::Text(_), Buffer::Text(_)) => choose::<std::sync::Arc<str>>(condition, then, otherwise),
        _ => Err(Fault::DType(otherwise.dtype())),
    }
}

fn choose<A: Element>(condition: &Array, then: &Array, otherwise: &Array) -> Result<Array> {
    let shape = broadcast(condition.shape(), &broadcast(then.shape(), otherwise.shape())?)?;
    let (c, x, y) =
        (condition.broadcast_to(&shape)?, then.broadcast_to(&shape)?, otherwise.broadcast_to(&shape)?);
    let (flags, a, b) = (c.slice::<bool>()?, x.slice::<A>()?, y.slice::<A>()?);
    let mut out = A::room(c.len());
    let strides = [c.strides(), x.strides(), y.strides()];
    runs(&shape, strides, [c.offset(), x.offset(), y.offset()], |[h, i, j], [o, p, q], n| {
        out.extend((0..n as isize).filter_map(|k| {
            let flag = *flags.get(h.wrapping_add_signed(k * o))?;
            if flag { a.get(i.wrapping_add_signed(k * p)) } else { b.get(j.wrapping_add_signed(k * q)) }
                .cloned()
        }));
    });
    Array::new(&shape, then.dtype(), out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(shape: &[usize], values: &[i64]) -> Array {
        Array::ints(shape, DType::Int32, values.to_vec()).unwrap()
    }

    #[test]
    fn broadcasts() {
        let sum = binary(Binary::Add, ints(&[3], &[1, 2, 3]), &ints(&[2, 1], &[10, 20])).unwrap();
        assert_eq!(sum.shape(), [2, 3]);
        assert_eq!(sum.to_ints().unwrap(), [11, 12, 13, 21, 22, 23]);
        assert!(binary(Binary::Add, ints(&[3], &[1, 2, 3]), &ints(&[2], &[1, 2])).is_err());
    }

    #[test]
    fn divides_towards_minus_infinity() {
        let (a, b) = (ints(&[4], &[7, -7, 7, -7]), ints(&[4], &[2, 2, -2, -2]));
        assert_eq!(binary(Binary::FloorDiv, a.clone(), &b).unwrap().to_ints().unwrap(), [3, -4, -4, 3]);
        assert_eq!(binary(Binary::FloorMod, a.clone(), &b).unwrap().to_ints().unwrap(), [1, 1, -1, -1]);
        assert!(binary(Binary::FloorDiv, a, &ints(&[], &[0])).is_err());
    }

    #[test]
    fn writes_in_place_only_when_alone() {
        let a = ints(&[2], &[1, 2]);
        let kept = a.clone();
        binary(Binary::Add, a, &ints(&[], &[1])).unwrap();
        assert_eq!(kept.to_ints().unwrap(), [1, 2]);
    }

    #[test]
    fn chooses_elements() {
        let c = Array::bools(&[2, 1], vec![true, false]).unwrap();
        let chosen = select(&c, &ints(&[2], &[1, 2]), &ints(&[], &[0])).unwrap();
        assert_eq!(chosen.to_ints().unwrap(), [1, 2, 0, 0]);
    }
}
