//! The size at one axis.

use std::fmt;

/// Names one unknown size, so that two uses of the same batch can be told from two batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub u32);

/// The size at one axis: known, unknown but the same wherever its symbol stands, or unknown.
///
/// Keras calls both of the latter `None`; `keras.Input((4,))` makes a symbol for its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dim {
    /// A size known before the script runs.
    Known(i64),
    /// An unknown size that is equal wherever the symbol is.
    Symbol(Symbol),
    /// A size nothing is known of.
    Unknown,
}

impl Dim {
    /// Returns the size if it is known.
    pub fn known(self) -> Option<i64> {
        match self {
            Dim::Known(n) => Some(n),
            Dim::Symbol(_) | Dim::Unknown => None,
        }
    }

    /// Tells whether the size is known.
    pub fn is_known(self) -> bool {
        self.known().is_some()
    }

    /// Tells whether two sizes can be equal: Keras takes `None` as compatible with everything.
    pub fn compatible(self, other: Dim) -> bool {
        match (self, other) {
            (Dim::Known(a), Dim::Known(b)) => a == b,
            _ => true,
        }
    }

    /// Returns what is known of a size that both describe, or `None` where they contradict.
    pub fn merge(self, other: Dim) -> Option<Dim> {
        match (self, other) {
            (Dim::Known(a), Dim::Known(b)) => (a == b).then_some(self),
            (Dim::Known(_), _) | (Dim::Symbol(_), Dim::Unknown) => Some(self),
            _ => Some(if other == Dim::Unknown { self } else { other }),
        }
    }

    /// Returns what holds of a size that is one or the other.
    pub fn join(self, other: Dim) -> Dim {
        if self == other { self } else { Dim::Unknown }
    }

    /// Applies integer arithmetic to two sizes; unknown when either is, or on overflow.
    pub fn map2(self, other: Dim, f: impl FnOnce(i64, i64) -> Option<i64>) -> Dim {
        match (self, other) {
            (Dim::Known(a), Dim::Known(b)) => f(a, b).map_or(Dim::Unknown, Dim::Known),
            _ => Dim::Unknown,
        }
    }

    /// Applies integer arithmetic to the size; unknown stays unknown.
    pub fn map(self, f: impl FnOnce(i64) -> i64) -> Dim {
        self.known().map_or(Dim::Unknown, |n| Dim::Known(f(n)))
    }

    /// Adds two sizes; adding zero keeps a symbol.
    pub fn plus(self, other: Dim) -> Dim {
        match (self, other) {
            (d, Dim::Known(0)) | (Dim::Known(0), d) => d,
            _ => self.map2(other, i64::checked_add),
        }
    }

    /// Multiplies two sizes; one keeps a symbol, zero gives zero.
    pub fn times(self, other: Dim) -> Dim {
        match (self, other) {
            (Dim::Known(0), _) | (_, Dim::Known(0)) => Dim::Known(0),
            (d, Dim::Known(1)) | (Dim::Known(1), d) => d,
            _ => self.map2(other, i64::checked_mul),
        }
    }
}

impl From<i64> for Dim {
    fn from(n: i64) -> Dim {
        Dim::Known(n)
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dim::Known(n) => n.fmt(f),
            Dim::Symbol(_) | Dim::Unknown => f.write_str("None"),
        }
    }
}
