//! Functions that make a merging layer and call it at once: `keras.layers.concatenate([a, b], axis=1)`.

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("keras.layers.add", |i, a| merge(i, "Add", &[], a)),
    native("keras.layers.subtract", |i, a| merge(i, "Subtract", &[], a)),
    native("keras.layers.multiply", |i, a| merge(i, "Multiply", &[], a)),
    native("keras.layers.average", |i, a| merge(i, "Average", &[], a)),
    native("keras.layers.maximum", |i, a| merge(i, "Maximum", &[], a)),
    native("keras.layers.minimum", |i, a| merge(i, "Minimum", &[], a)),
    native("keras.layers.concatenate", |i, a| merge(i, "Concatenate", &["axis"], a)),
    native("keras.layers.dot", |i, a| merge(i, "Dot", &["axes", "normalize"], a)),
];

/// Makes the layer with the arguments after the inputs, which may be positional, and calls it.
fn merge(interp: &mut Interp<'_>, class: &str, params: &[&str], mut args: Args) -> Eval {
    let inputs =
        if args.positional.is_empty() { args.take("inputs") } else { Some(args.positional.remove(0)) };
    let inputs = inputs.unwrap_or(Value::None);
    for (param, value) in params.iter().zip(std::mem::take(&mut args.positional)) {
        args.keywords.push(((*param).into(), value));
    }
    let class = interp.native_class(&format!("keras.layers.{class}"));
    let layer = interp.instantiate(class, args)?;
    interp.call(&layer, Args::of([inputs]))
}
