//! `EinsumDense`.

use std::rc::Rc;

use ops::{Arg, Infer, Keras};
use tensor::{Dim, Shape};

use super::{lora, support};
use crate::host::WeightArgs;
use crate::python::{int, type_error, type_name, unknown, value_error};
use crate::{Adapted, CallArgs, Host, InputSpec, Layer, Mask, dims};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "EinsumDense",
    init,
    build,
    call,
    output_shape: Some(|host, inputs| {
        let shape = dims::of_input(inputs)?;
        Ok(dims::tuple(analyse(host, &shape)?.output))
    }),
    mask: Mask::Drops,
    adapted: Some(Adapted::KERNEL),
    source: "keras/src/layers/core/einsum_dense.py, tf_keras/src/layers/core/einsum_dense.py",
    ..Layer::BASE
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("output_shape");
    let partial = match &given {
        Arg::Tuple(items) | Arg::List(items) => Arg::Tuple(items.clone()),
        _ => match int(&given)? {
            Some(n) => Arg::Tuple([Arg::Int(n)].into()),
            None => {
                let kind = type_name(&given);
                return type_error("output_shape", format!("'{kind}' object is not iterable"));
            }
        },
    };
    host.set("partial_output_shape", partial);
    crate::identifiers::check(host)
}

/// The parts of an equation: input, weight, output.
struct Equation<'a> {
    input: &'a str,
    weight: &'a str,
    output: &'a str,
    left_elided: bool,
}

/// What follows from an equation and the input's shape.
struct Shapes {
    weight: Vec<Dim>,
    bias: Option<Vec<Dim>>,
    output: Vec<Dim>,
}

/// Reads `[X],[Y]->[Z]`, `...[X],[Y]->...[Z]` and `[X]...,[Y]->[Z]...`, as the regular expressions do.
fn parse(equation: &str) -> Option<Equation<'_>> {
    let letters = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic());
    let (left, right) = equation.split_once("->")?;
    let (input, weight) = left.split_once(',')?;
    if !letters(weight) {
        return None;
    }
    // The expressions are not anchored at the end.
    let head = |text: &str| text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    if letters(input) {
        let output = &right[..head(right)];
        return (!output.is_empty()).then_some(Equation { input, weight, output, left_elided: false });
    }
    if let (Some(input), Some(rest)) = (input.strip_prefix("..."), right.strip_prefix("...")) {
        let output = &rest[..head(rest)];
        let fits = letters(input) && !output.is_empty();
        return fits.then_some(Equation { input, weight, output, left_elided: true });
    }
    let input = input.strip_suffix("...").filter(|i| letters(i) && i.len() >= 2)?;
    let output = &right[..head(right)];
    let fits = !output.is_empty() && right[output.len()..].starts_with("...");
    fits.then_some(Equation { input, weight, output, left_elided: false })
}

/// Returns the equation, of which the form is checked.
fn known_equation(host: &dyn Host) -> Infer<Rc<str>> {
    let Arg::Str(equation) = host.get("equation") else { return unknown("an equation that is not known") };
    if parse(&equation).is_none() {
        let forms = "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....";
        let problem = format!("Invalid einsum equation '{equation}'. Equations must be in the form {forms}");
        return value_error("equation", problem);
    }
    Ok(equation)
}

/// `_analyze_einsum_string`.
fn analyse(host: &dyn Host, shape: &[Dim]) -> Infer<Shapes> {
    let equation = known_equation(host)?;
    let Some(parts) = parse(&equation) else { return unknown("an equation that is not known") };
    let mut output = vec![dims::at(shape, 0)?];
    output.extend(partial(host)?);
    let elided = shape.len().saturating_sub(parts.input.len());
    let shift = shape.len() as i64 - parts.input.len() as i64;
    if shift > 0 && parts.left_elided {
        for dim in &shape[1..elided] {
            output.insert(1, *dim);
        }
    } else if shift > 0 {
        output.extend_from_slice(&shape[shape.len() - elided..]);
    }
    let offset = if parts.left_elided { shift } else { 0 };
    let input_at = |c: char| {
        parts
            .input
            .find(c)
            .map(|i| i as i64 + offset - if parts.left_elided { shape.len() as i64 } else { 0 })
    };
    let output_at = |c: char| parts.output.find(c).map(|i| i as i64 + offset);
    check(&parts, shape, &output, &input_at, &output_at)?;
    let mut weight = Vec::new();
    for c in parts.weight.chars() {
        let (from_input, from_output) = (input_at(c), output_at(c));
        // Keras 2 looks at the input first, Keras 3 at the output.
        let (input, out) = match host.keras() {
            Keras::Two => (from_input, from_output.filter(|_| from_input.is_none())),
            Keras::Three => (from_input.filter(|_| from_output.is_none()), from_output),
        };
        weight.push(match (input, out) {
            (Some(at), _) => dims::at(shape, at)?,
            (None, Some(at)) => of_list(&output, at)?,
            (None, None) => {
                return value_error(
                    "equation",
                    format!(
                        "Weight dimension '{c}' did not have a match in either the input spec '{}' or the output spec \
                         '{}'. For this layer, the weight must be fully specified.",
                        parts.input, parts.output
                    ),
                );
            }
        });
    }
    let bias = bias(host, &parts, &output, shift)?;
    Ok(Shapes { weight, bias, output })
}

fn of_list(list: &[Dim], at: i64) -> Infer<Dim> {
    dims::place(list.len(), at).map_or_else(|| dims::out_of_range("list"), |at| Ok(list[at]))
}

fn partial(host: &dyn Host) -> Infer<Vec<Dim>> {
    let given = host.get("partial_output_shape");
    let Some(items) = given.items() else { return unknown("an output shape that is not known") };
    items
        .iter()
        .map(|item| match item {
            Arg::None => Ok(dims::NONE),
            _ => crate::python::size(item),
        })
        .collect()
}

/// Checks the dims that input and output share, and the letters of the output.
fn check(
    parts: &Equation<'_>,
    shape: &[Dim],
    output: &[Dim],
    input_at: &dyn Fn(char) -> Option<i64>,
    output_at: &dyn Fn(char) -> Option<i64>,
) -> Infer<()> {
    for c in parts.input.chars() {
        let have = dims::at(shape, input_at(c).unwrap_or_default())?;
        let Some(at) = output_at(c) else { continue };
        let want = of_list(output, at)?;
        let differs = match (want, have) {
            (Dim::Known(a), Dim::Known(b)) => a != b,
            (Dim::Known(_), Dim::Symbol(_)) => true,
            _ => false,
        };
        if differs {
            return value_error(
                "output_shape",
                format!(
                    "Input shape and output shape do not match at shared dimension '{c}'. Input shape is {have}, and \
                     output shape is {want}."
                ),
            );
        }
    }
    for c in parts.output.chars() {
        if !parts.input.contains(c) && !parts.weight.contains(c) {
            return value_error(
                "equation",
                format!(
                    "Dimension '{c}' was specified in the output '{}' but has no corresponding dim in the input spec \
                     '{}' or weight spec '{}'",
                    parts.output, parts.input, parts.output
                ),
            );
        }
    }
    Ok(())
}

fn bias(host: &dyn Host, parts: &Equation<'_>, output: &[Dim], elided: i64) -> Infer<Option<Vec<Dim>>> {
    let axes = match host.get("bias_axes") {
        Arg::Str(s) => s,
        arg if arg.is_none() => return Ok(None),
        _ => return unknown("bias axes that are not known"),
    };
    let offset = if parts.left_elided { elided } else { 0 };
    let Some(first) = axes.chars().map(|c| parts.output.find(c)).min().flatten() else {
        let missing = axes.chars().find(|c| !parts.output.contains(*c)).unwrap_or_default();
        let problem = format!(
            "Bias dimension '{missing}' was requested, but is not part of the output spec '{}'",
            parts.output
        );
        return value_error("bias_axes", problem);
    };
    let mut shape = Vec::new();
    for (i, c) in parts.output.char_indices().skip(first) {
        let dim = if axes.contains(c) { of_list(output, i as i64 + offset)? } else { Dim::Known(1) };
        shape.push(dim);
    }
    if !parts.left_elided {
        shape.extend((0..elided).map(|_| Dim::Known(1)));
    }
    Ok(Some(shape))
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    if host.unknown_rank() {
        known_equation(host)?;
        dims::countable(host)?;
    }
    let shape = dims::only(shapes)?;
    let found = analyse(host, &shape)?;
    if host.keras() == Keras::Three {
        host.set_input_spec(vec![InputSpec::rank(shape.len())]);
    }
    let initializer = host.get("kernel_initializer");
    let shape = found.weight.clone();
    let mut kernel = WeightArgs::new("kernel", found.weight, initializer);
    kernel.trainable = lora::rank(host)?.is_none();
    host.add_weight(kernel)?;
    if let Some(bias) = found.bias {
        let initializer = host.get("bias_initializer");
        host.add_weight(WeightArgs::new("bias", bias, initializer))?;
    }
    lora::add(host, Adapted::KERNEL, &shape)
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(kernel) = host.weight("kernel") else { return unknown("the layer is not built") };
    let kernel = lora::merge(host, kernel, Adapted::KERNEL)?;
    let equation = host.get("equation");
    let paths = ["tf.einsum", "keras.ops.einsum"];
    let mut x = support::api(host, paths, &[equation, args.inputs.clone(), kernel], &[])?;
    if let Some(bias) = host.weight("bias") {
        x = support::api(host, support::ADD, &[x, bias], &[])?;
    }
    support::activate(host, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_forms() {
        let parts = |text| parse(text).map(|e| (e.input, e.weight, e.output, e.left_elided));
        assert_eq!(parts("abc,cd->abd"), Some(("abc", "cd", "abd", false)));
        assert_eq!(parts("...x,xy->...y"), Some(("x", "xy", "y", true)));
        assert_eq!(parts("ab...,bc->ac..."), Some(("ab", "bc", "ac", false)));
        assert_eq!(parts("a...,bc->ac..."), None);
        assert_eq!(parts("abc->abd"), None);
    }
}
