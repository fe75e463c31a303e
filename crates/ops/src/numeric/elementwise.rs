//! Which kernels compute each element from the elements at the same place, so that several can be carried out in
//! one go.

use array::{Binary, Compare, Unary};
use tensor::DType;

use super::{Step, pairs, pointwise};

/// What an element-wise kernel does with the elements at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elementwise {
    /// A function of the only input.
    Unary(Unary),
    /// A function of both inputs, broadcast against each other.
    Binary(Binary),
    /// A comparison of both inputs, broadcast against each other.
    Compare(Compare),
    /// The second input where the first holds, the third elsewhere; all are broadcast.
    Select,
}

impl Step {
    /// Returns what the step does with the elements at one place, as floats of single precision; nothing where
    /// other elements matter as well.
    pub fn elementwise(&self) -> Option<Elementwise> {
        let name = self.kernel.name;
        if let Some(function) = pointwise::function(name) {
            return Some(Elementwise::Unary(function));
        }
        if let Some(function) = pairs::function(name) {
            return Some(Elementwise::Binary(function));
        }
        if let Some(what) = pairs::compared(name) {
            return Some(Elementwise::Compare(what));
        }
        match name {
            "BiasAdd" if self.text("data_format") != "NCHW" => Some(Elementwise::Binary(Binary::Add)),
            "Cast" if self.dtype("DstT") == Some(DType::Float32) => Some(Elementwise::Unary(Unary::Identity)),
            "SelectV2" => Some(Elementwise::Select),
            _ => None,
        }
    }
}
