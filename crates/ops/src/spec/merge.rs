//! TensorFlow's helpers of shape functions, with their texts.
//!
//! They are what `InferenceContext` and `common_shape_fns` offer to the shape functions of
//! `tensorflow/core/ops/*.cc`. An unknown rank or dim fits everything.

use tensor::{Dim, Shape};

use crate::Mistake;

/// What a shape function refuses: its text and the mistake behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// The text, without the node's name and the input shapes that TensorFlow appends.
    pub text: String,
    /// What is wrong.
    pub mistake: Mistake,
}

impl Misfit {
    /// Makes a misfit.
    pub fn new(text: impl Into<String>, mistake: Mistake) -> Misfit {
        Misfit { text: text.into(), mistake }
    }

    /// Makes a misfit of an argument.
    pub fn argument(param: &'static str, text: impl Into<String>) -> Misfit {
        let text = text.into();
        Misfit { mistake: Mistake::Argument { param, problem: text.clone() }, text }
    }

    /// Returns the misfit with more words behind.
    #[must_use]
    pub fn with(mut self, more: &str) -> Misfit {
        self.text.push_str(more);
        self
    }
}

/// The result of a shape function.
pub type Fit<T> = Result<T, Misfit>;

/// Merges two dims that must be equal.
///
/// # Errors
/// They are known and differ.
pub fn dims(left: Dim, right: Dim, what: &'static str) -> Fit<Dim> {
    left.merge(right).ok_or_else(|| {
        let text = format!("Dimensions must be equal, but are {left} and {right}");
        Misfit::new(text, Mistake::DimMismatch { left, right, what })
    })
}

/// Merges two shapes that must be equal.
///
/// # Errors
/// Ranks or dims are known and differ.
pub fn shapes(left: &Shape, right: &Shape) -> Fit<Shape> {
    let (Some(a), Some(b)) = (left.dims(), right.dims()) else {
        return Ok(left.merge(right).unwrap_or_default());
    };
    if a.len() != b.len() {
        let text = format!("Shapes must be equal rank, but are {} and {}", a.len(), b.len());
        let expected = format!("{}", a.len());
        return Err(Misfit::new(text, Mistake::RankMismatch { param: "", expected, got: b.len() }));
    }
    for (axis, (l, r)) in a.iter().zip(b).enumerate() {
        if !l.compatible(*r) {
            let text = format!(
                "Dimension {axis} in both shapes must be equal, but are {l} and {r}. Shapes are {} and {}.",
                left.bracketed(),
                right.bracketed()
            );
            let what = "dims at the same axis";
            return Err(Misfit::new(text, Mistake::DimMismatch { left: *l, right: *r, what }));
        }
    }
    Ok(left.merge(right).unwrap_or_default())
}

/// Requires a rank; an unknown rank becomes that many unknown dims.
///
/// # Errors
/// The rank is known and another.
pub fn rank(shape: &Shape, rank: usize) -> Fit<Shape> {
    match shape.rank() {
        None => Ok(Shape::of_rank(rank)),
        Some(got) if got == rank => Ok(shape.clone()),
        Some(got) => Err(rank_misfit("", rank, got)),
    }
}

/// Requires a least rank.
///
/// # Errors
/// The rank is known and lower.
pub fn rank_at_least(shape: &Shape, rank: usize) -> Fit<()> {
    match shape.rank() {
        Some(got) if got < rank => Err(rank_misfit("at least ", rank, got)),
        _ => Ok(()),
    }
}

/// Requires a highest rank.
///
/// # Errors
/// The rank is known and higher.
pub fn rank_at_most(shape: &Shape, rank: usize) -> Fit<()> {
    match shape.rank() {
        Some(got) if got > rank => Err(rank_misfit("at most ", rank, got)),
        _ => Ok(()),
    }
}

fn rank_misfit(how: &str, rank: usize, got: usize) -> Misfit {
    let text = format!("Shape must be {how}rank {rank} but is rank {got}");
    Misfit::new(text, Mistake::RankMismatch { param: "", expected: format!("{how}{rank}"), got })
}

/// Requires a dim to have a value.
///
/// # Errors
/// It is known and another.
pub fn value(dim: Dim, value: i64) -> Fit<Dim> {
    if dim.compatible(Dim::Known(value)) {
        return Ok(Dim::Known(value));
    }
    let text = format!("Dimension must be {value} but is {dim}");
    Err(Misfit::new(text, Mistake::DimMismatch { left: Dim::Known(value), right: dim, what: "a fixed dim" }))
}

/// Divides a dim evenly.
///
/// # Errors
/// It is known and not a multiple.
pub fn divide(dim: Dim, by: i64) -> Fit<Dim> {
    match dim {
        Dim::Known(n) if by != 0 && n % by != 0 => {
            let text = format!("Dimension size must be evenly divisible by {by} but is {n}");
            Err(Misfit::new(
                text,
                Mistake::DimMismatch { left: dim, right: Dim::Known(by), what: "a multiple" },
            ))
        }
        Dim::Known(n) if by != 0 => Ok(Dim::Known(n / by)),
        _ if by == 1 => Ok(dim),
        _ => Ok(Dim::Unknown),
    }
}

/// Subtracts from a dim.
///
/// # Errors
/// The difference is known and negative.
pub fn subtract(dim: Dim, by: Dim) -> Fit<Dim> {
    match (dim, by) {
        (d, Dim::Known(0)) => Ok(d),
        (Dim::Known(a), Dim::Known(b)) if a < b => {
            let text = format!("Negative dimension size caused by subtracting {b} from {a}");
            Err(Misfit::new(text, Mistake::DimMismatch { left: dim, right: by, what: "a difference" }))
        }
        _ => Ok(dim.map2(by, i64::checked_sub)),
    }
}

/// Broadcasts two shapes as TensorFlow's binary ops do.
///
/// # Errors
/// Two dims are known, differ, and neither is 1.
pub fn broadcast(left: &Shape, right: &Shape) -> Fit<Shape> {
    tensor::broadcast(left, right).map_err(|e| {
        let text = format!("Dimensions must be equal, but are {} and {}", e.left, e.right);
        Misfit::new(text, Mistake::NotBroadcastable { left: e.left, right: e.right, from_end: e.from_end })
    })
}

/// Turns an axis into one counted from the front.
///
/// # Errors
/// It lies outside of the rank; `text` words it.
pub fn axis(axis: i64, rank: usize, text: impl FnOnce() -> String) -> Fit<usize> {
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    match usize::try_from(at) {
        Ok(at) if at < rank => Ok(at),
        _ => Err(Misfit::new(text(), Mistake::AxisOutOfRange { axis, rank })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_the_first_difference() {
        let got = shapes(&Shape::known(&[3, 4, 5]), &Shape::known(&[3, 5, 4])).unwrap_err();
        assert_eq!(
            got.text,
            "Dimension 1 in both shapes must be equal, but are 4 and 5. Shapes are [3,4,5] and [3,5,4]."
        );
    }

    #[test]
    fn unknowns_fit_everything() {
        assert!(shapes(&Shape::UNKNOWN, &Shape::known(&[2])).is_ok());
        assert_eq!(rank(&Shape::UNKNOWN, 2), Ok(Shape::of_rank(2)));
        assert_eq!(divide(Dim::Unknown, 3), Ok(Dim::Unknown));
        assert!(broadcast(&Shape::of_rank(2), &Shape::known(&[7])).is_ok());
    }

    #[test]
    fn counts_axes_from_the_end() {
        assert_eq!(axis(-1, 3, String::new), Ok(2));
        assert!(axis(3, 3, String::new).is_err() && axis(-4, 3, String::new).is_err());
    }
}
