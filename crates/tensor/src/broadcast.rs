//! Broadcasting.

use crate::{Dim, Shape};

/// Two dims that cannot be broadcast against each other, and the axis (from the end, 1-based).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BroadcastError {
    /// How many axes from the end: 1 is the last.
    pub from_end: usize,
    /// The left dim.
    pub left: Dim,
    /// The right dim.
    pub right: Dim,
}

/// Broadcasts two dims. An unknown dim against a known one other than 1 gives the known one, as in
/// TensorFlow's shape functions: it is that or an error at run time.
pub fn broadcast_dim(left: Dim, right: Dim) -> Option<Dim> {
    match (left, right) {
        (Dim::Known(1), d) | (d, Dim::Known(1)) => Some(d),
        (Dim::Known(a), Dim::Known(b)) => (a == b).then_some(left),
        // Against a zero the unknown one may be 0 or 1.
        (Dim::Known(0), _) | (_, Dim::Known(0)) => Some(Dim::Unknown),
        (Dim::Known(_), _) => Some(left),
        (_, Dim::Known(_)) => Some(right),
        // Two unknown dims: the same symbol stays itself, else either may be 1.
        _ => Some(left.join(right)),
    }
}

/// Broadcasts two shapes, aligned at their last axes.
///
/// # Errors
/// The first pair of dims, from the front, that does not fit.
pub fn broadcast(left: &Shape, right: &Shape) -> Result<Shape, BroadcastError> {
    let (Some(a), Some(b)) = (left.dims(), right.dims()) else { return Ok(Shape::UNKNOWN) };
    let rank = a.len().max(b.len());
    let at =
        |dims: &[Dim], from_end: usize| dims.len().checked_sub(from_end).map_or(Dim::Known(1), |i| dims[i]);
    let mut out = vec![Dim::Unknown; rank];
    for from_end in (1..=rank).rev() {
        let (l, r) = (at(a, from_end), at(b, from_end));
        out[rank - from_end] = broadcast_dim(l, r).ok_or(BroadcastError { from_end, left: l, right: r })?;
    }
    Ok(Shape::new(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_at_the_last_axis() {
        let got =
            broadcast(&Shape::new([Dim::Unknown, Dim::Known(10), Dim::Known(1)]), &Shape::known(&[10, 5]));
        assert_eq!(got, Ok(Shape::new([Dim::Unknown, Dim::Known(10), Dim::Known(5)])));
    }

    #[test]
    fn names_the_axis_that_does_not_fit() {
        let got = broadcast(&Shape::known(&[3, 4]), &Shape::known(&[3, 5]));
        assert_eq!(got, Err(BroadcastError { from_end: 1, left: Dim::Known(4), right: Dim::Known(5) }));
    }
}
