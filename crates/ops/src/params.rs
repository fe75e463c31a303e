//! Parameters that many ops share.

use std::rc::Rc;

use tensor::{DType, Shape};

use crate::{Arg, Operand, Param};

/// The first operand, whatever its name.
pub const X: Param<Operand> = Param::place(0, "x");
/// The second operand, whatever its name.
pub const Y: Param<Operand> = Param::place(1, "y");
/// A list of tensors in first place.
pub const XS: Param<Vec<Operand>> = Param::at(0, &["xs"]);
/// An axis or axes, as given.
pub const AXIS: Param<Arg> = Param::named(&["axis", "axes", "dim"]);
/// Whether reduced axes stay with size 1.
pub const KEEPDIMS: Param<bool> = Param::named(&["keepdims", "keep_dims"]);
/// A dtype.
pub const DTYPE: Param<Option<DType>> = Param::named(&["dtype"]);
/// A shape, as given.
pub const SHAPE: Param<Shape> = Param::named(&["shape", "newshape", "size"]);
/// A name for the operation; it never matters.
pub const NAME: Param<Option<Rc<str>>> = Param::named(&["name"]);
