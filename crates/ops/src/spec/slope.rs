//! Which inputs of a kernel a gradient reaches, where the registry's column does not say it.
//!
//! The registry knows whether a gradient *function* exists; these functions may still return `None` or zeros
//! for an input (`tensorflow/python/ops/*_grad.py`).

use super::kernel::{Kernel, Slope};

/// Kernels whose gradient function answers `None` for all but these inputs.
const ONLY: &[(&str, &[usize])] = &[
    ("Betainc", &[2]),
    ("BroadcastTo", &[0]),
    ("CTCLoss", &[0]),
    ("CTCLossV2", &[0]),
    ("CropAndResize", &[0, 1]),
    ("CumulativeLogsumexp", &[0]),
    ("FloorDiv", &[]),
    ("FusedBatchNorm", &[0, 1, 2]),
    ("FusedBatchNormV2", &[0, 1, 2]),
    ("FusedBatchNormV3", &[0, 1, 2]),
    ("Gather", &[0]),
    ("GatherNd", &[0]),
    ("GatherV2", &[0]),
    ("ImageProjectiveTransformV3", &[0]),
    ("Pad", &[0]),
    ("PadV2", &[0, 2]),
    ("Polygamma", &[1]),
    ("ScaleAndTranslate", &[0]),
    ("Select", &[1, 2]),
    ("SelectV2", &[1, 2]),
    ("TruncateDiv", &[]),
    ("Zeta", &[1]),
];

/// Kernels that have a gradient function which answers zeros.
const ZERO: &[&str] = &["Sign"];

/// Kernels whose gradient function answers `None` for every input.
const NONE: &[&str] = &[
    "ArgMax",
    "ArgMin",
    "Bucketize",
    "Ceil",
    "Floor",
    "LinSpace",
    "Multinomial",
    "OneHot",
    "Range",
    "Rint",
    "Round",
    "Shape",
    "Size",
    "StopGradient",
];

/// Tells what becomes of the gradient at an input.
pub fn slope_of(kernel: &Kernel, input: usize) -> Slope {
    if ZERO.contains(&kernel.name) {
        return Slope::Zero;
    }
    if NONE.contains(&kernel.name) {
        return Slope::None;
    }
    match ONLY.binary_search_by_key(&kernel.name, |(name, _)| name) {
        Ok(at) if !ONLY[at].1.contains(&input) => Slope::None,
        _ => kernel.slope,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::kernel;

    #[test]
    fn exceptions_are_sorted_and_exist() {
        assert!(ONLY.windows(2).all(|w| w[0].0 < w[1].0));
        for name in ONLY.iter().map(|(name, _)| *name).chain(ZERO.iter().copied()).chain(NONE.iter().copied())
        {
            assert!(kernel(name).is_some(), "{name}");
        }
    }

    #[test]
    fn rounding_stops_and_sign_zeroes() {
        assert_eq!(slope_of(&kernel("Round").unwrap(), 0), Slope::None);
        assert_eq!(slope_of(&kernel("Sign").unwrap(), 0), Slope::Zero);
        assert_eq!(slope_of(&kernel("Exp").unwrap(), 0), Slope::Ok);
    }
}
