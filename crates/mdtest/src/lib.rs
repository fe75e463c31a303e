//! Literate tests: Markdown whose code blocks say what is to be found in them.
//!
//! Headings name tests; the `py` blocks under a heading are one file. What is expected stands in
//! comments, on the line it is about or in lines of their own above it:
//!
//! ```py
//! reveal_type(x)  # revealed: float32[2, 3]
//! # error: [dim-mismatch] "3 and 4"
//! ops.concatenate([a, b])
//! K.sum(x)  # warn: [backend-function]
//! ```
//!
//! A `toml` block with `keras = 2`, `3` or `[2, 3]` says which Keras a section and those below it are
//! for; without one it is 3. Nothing here knows Keras or Python: a caller runs the code and hands over
//! what was found.

mod expect;
mod markdown;
mod outcome;
mod update;

pub use expect::{Expectation, Expected};
pub use markdown::{FixedText, FormError, Suite, Test, parse};
pub use outcome::{Failure, Finding, Found, compare};
pub use update::update;
