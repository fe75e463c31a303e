//! Strided arrays of any rank and dtype, and the arithmetic of tensor operations on them.
//!
//! [`Array`] is a shared buffer with sizes and strides: transposing, slicing and broadcasting copy nothing.
//! A function on arrays takes its operands by value where it may write into their buffer, which it does when
//! nobody else holds it. Each file is one family: element-wise functions, reductions, products of matrices,
//! picking and placing by index, order.
//!
//! Integers of every width are kept as `i64`, half precision as `f32`, complex numbers as pairs of `f64`;
//! results are wrapped or rounded to their dtype, so that the numbers are those of that dtype.
//!
//! Knows no graphs, no gradients and no Python. What does not fit is a [`Fault`], never a panic.

mod array;
mod cast;
mod colour;
mod crop;
mod ctc;
mod depthwise;
mod eigen;
mod einsum;
mod elements;
mod fault;
mod fingerprint;
mod fourier;
pub mod fused;
mod gather;
mod join;
mod matmul;
mod matrix;
mod mersenne;
mod order;
mod pairs;
mod pcg;
pub mod philox;
mod pool;
mod random;
mod reduce;
mod resample;
mod runs;
mod scalars;
mod scan;
mod segment;
mod siphash;
mod softmax;
mod spare;
mod special;
mod stream;
mod transcendental;
mod unary;
mod warp;
mod window;

pub use array::{Array, MAX_LEN, Sizes, broadcast};
pub use colour::{Recolouring, recolour};
pub use crop::{Boxes, crop_and_resize, crop_back, crop_back_boxes};
pub use ctc::{Sequences, ctc};
pub use depthwise::{depthwise, depthwise_back_filter, depthwise_back_images};
pub use eigen::{eigh, qr, svd};
pub use einsum::einsum;
pub use elements::Complex;
pub use fault::{Fault, Result};
pub use fingerprint::fingerprint;
pub use fourier::{fourier, real_fourier, real_fourier_back};
pub use gather::{Rows, gather, gather_nd, indices_of_true, one_hot, scatter_nd, take_along};
pub use join::{concatenate, mirror_pad, pad, stack, tile};
pub use matmul::matmul;
pub use matrix::{cholesky, determinant, inverse, log_determinant, lu, solve, solve_triangular};
pub use mersenne::Mersenne;
pub use order::{arg_extreme, sort_order, top_k};
pub use pairs::{Binary, Compare, binary, compare, select};
pub use pcg::Pcg64;
pub use pool::{max_places, max_pool, max_pool_back_to_all, mean_pool, mean_pool_back, pick, place};
pub use random::{Distribution, Random};
pub use reduce::{Reduction, reduce};
pub use resample::{Resampling, Weighing, resample, resample_back};
pub use scan::{Scan, scan};
pub use segment::{extremes, segments};
pub use siphash::siphash;
pub use softmax::{cross_entropy, softmax};
pub use stream::{Narrow, Stream};
pub use unary::{Test, Unary, test, unary};
pub use warp::{Beyond, warp};
pub use window::{Slide, convolve, convolve_back_filter, convolve_back_images, from_windows, windows};
