//! `einsum`: products named by the labels of axes.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::einsum::einsum;
use crate::kernels::layout::transpose;
use crate::kernels::pointwise::cast;
use crate::kernels::shape::{expand_dims, reshape, squeeze};
use crate::spec::keras::{self, Promoted, promoted};
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop, Surface};

const EQUATION: Param<Arg> = Param::at(0, &["equation", "subscripts"]);
const INPUTS: Param<Arg> = Param::at(1, &["inputs", "operands"]);
const KWARGS: Param<Arg> = Param::at(2, &["kwargs"]);

pub(in crate::defs) static OPS: &[Op] = &[rule(
    "einsum",
    &["tf.einsum", "keras.ops.einsum"],
    |c| run(c, einsum_op),
    "tensorflow/python/ops/special_math_ops.py: einsum, keras/src/backend/tensorflow/numpy.py: einsum",
)];

fn einsum_op(cx: &Cx<'_>) -> Infer<Val> {
    let Val::Py(Arg::Str(equation)) = cx.known(EQUATION)? else {
        return Err(Stop::Unknown("an equation that is not known"));
    };
    let inputs = match cx.known(INPUTS)? {
        Val::Tuple(items) | Val::List(items) => items.clone(),
        Val::T(t) => vec![Val::T(t.clone())],
        _ => return Err(Stop::Unknown("operands that are not known")),
    };
    if inputs.contains(&Val::Py(Arg::Unknown)) {
        return Err(Stop::Unknown("an operand that is not known"));
    }
    let inputs = match inputs.as_slice() {
        // `einsum(equation, [a, b])` is not what TensorFlow takes.
        [Val::List(_) | Val::Tuple(_)] => return Err(Stop::Unknown("operands in a list")),
        _ => inputs,
    };
    match cx.surface() {
        Surface::KerasOps if cx.symbolic() => symbolic(cx, equation, &inputs),
        Surface::KerasOps => of_keras(cx, equation, &inputs),
        _ => {
            check_keywords(cx)?;
            of_tf(cx, equation, inputs)
        }
    }
    .map(Val::T)
}

fn check_keywords(cx: &Cx<'_>) -> Infer<()> {
    let Val::Py(Arg::Dict(given)) = cx.val(KWARGS) else { return Ok(()) };
    let other: Vec<&str> =
        given.iter().map(|(k, _)| &**k).filter(|k| !matches!(*k, "name" | "optimize")).collect();
    if other.is_empty() {
        return Ok(());
    }
    let text = format!(
        "Invalid keyword arguments for einsum: {}. Valid arguments: name, optimize, greedy.",
        other.join(", ")
    );
    cx.type_error(text.clone(), Mistake::Signature { problem: text })
}

/// `tf.einsum`.
fn of_tf(cx: &Cx<'_>, equation: &str, inputs: Vec<Val>) -> Infer<Tensor> {
    let resolved = resolve(cx, equation, inputs.len())?;
    if inputs.len() <= 2 {
        return einsum(cx, inputs, &resolved);
    }
    many(cx, &resolved, &inputs)
}

fn refuse<R>(cx: &Cx<'_>, text: String) -> Infer<R> {
    cx.value_error(text.clone(), Mistake::Argument { param: "equation", problem: text })
}

/// Checks the equation and completes it with its output.
fn resolve(cx: &Cx<'_>, equation: &str, count: usize) -> Infer<String> {
    let plain = equation.replace(' ', "");
    let ellipsis = equation.contains("...");
    if ellipsis && plain.contains('0') {
        return refuse(cx, format!("Invalid character \"0\" in equation: {equation}."));
    }
    let marked = if ellipsis { plain.replace("...", "0") } else { plain.clone() };
    let label = |c: char| c.is_ascii_alphabetic() || (ellipsis && c == '0');
    let (left, right) = match marked.split_once("->") {
        Some((left, right)) => (left, Some(right)),
        None => (marked.as_str(), None),
    };
    let fine = left.chars().all(|c| label(c) || c == ',') && right.is_none_or(|r| r.chars().all(label));
    if !fine {
        return refuse(cx, format!("Subscripts have incorrect format: {marked}"));
    }
    let subscripts: Vec<&str> = left.split(',').collect();
    if count != subscripts.len() {
        return refuse(
            cx,
            format!("Got {count} inputs for equation \"{equation}\", expecting {}", subscripts.len()),
        );
    }
    let output = match right {
        Some(right) => right.to_owned(),
        None => once(left),
    };
    let mut seen = Vec::new();
    for c in output.chars() {
        if seen.contains(&c) {
            return refuse(
                cx,
                format!("Output subscripts contain a label appearing more than once: {equation}"),
            );
        }
        if c != '0' && !left.contains(c) {
            return refuse(
                cx,
                format!("Output subscripts contain the label {c} not present in the input subscripts."),
            );
        }
        seen.push(c);
    }
    Ok(format!("{left}->{output}").replace('0', "..."))
}

/// The labels that stand once, in the order of the alphabet.
fn once(left: &str) -> String {
    let mut labels: Vec<char> = left.chars().filter(|c| *c != ',' && left.matches(*c).count() == 1).collect();
    labels.sort_unstable();
    labels.into_iter().collect()
}

/// More than two operands are contracted in pairs, in an order that does not change the result's shape.
fn many(cx: &Cx<'_>, equation: &str, inputs: &[Val]) -> Infer<Tensor> {
    if equation.contains("...") {
        return Err(Stop::Unknown("a product of many tensors with an ellipsis"));
    }
    let Some((left, output)) = equation.split_once("->") else { return Err(Stop::Unknown("an equation")) };
    let mut labels: Vec<(char, Dim)> = Vec::new();
    let mut out = Tensor::new(Shape::UNKNOWN, None);
    for (i, (subscript, input)) in left.split(',').zip(inputs).enumerate() {
        let x = cx.convert(input, None)?;
        if let Some(dims) = x.shape.dims() {
            if subscript.len() != dims.len() {
                let text = format!(
                    "Number of named labels in input #{i} of equation {equation} must be equal to the number of dimensions \
                     in shape {}",
                    keras::list(&x.shape)
                );
                return cx.value_error(
                    text,
                    Mistake::RankMismatch {
                        param: "inputs",
                        expected: subscript.len().to_string(),
                        got: dims.len(),
                    },
                );
            }
            for (label, dim) in subscript.chars().zip(dims) {
                match labels.iter_mut().find(|(l, _)| *l == label) {
                    Some((_, known)) => {
                        let Some(merged) = known.merge(*dim) else {
                            return Err(Stop::Unknown("axes of one label that differ, among many tensors"));
                        };
                        *known = merged;
                    }
                    None => labels.push((label, *dim)),
                }
            }
        }
        if i == 0 {
            out = Tensor { dtype: x.dtype, kind: x.kind, ..out };
        } else if out.dtype != x.dtype {
            return Err(Stop::Unknown("a product of many tensors of several dtypes"));
        }
        out.reach.join(&x.reach);
    }
    let dim = |c: char| labels.iter().find(|(l, _)| *l == c).map_or(Dim::Unknown, |(_, d)| *d);
    Ok(out.with_shape(output.chars().map(dim).collect()))
}

/// A step of a product that Keras 3 writes out.
#[derive(Clone, Copy, Debug)]
enum Step {
    ExpandX(i64),
    ExpandY(i64),
    TransposeX(&'static [i64]),
    TransposeY(&'static [i64]),
    /// Labels of each axis, `*` for what is left.
    ReshapeX(&'static [&'static str]),
    ReshapeY(&'static [&'static str]),
    Transpose(&'static [i64]),
    Reshape(&'static [&'static str]),
    Squeeze(i64),
}

use Step::*;

/// Equations that Keras 3 carries out by one matrix product, with the steps before it and after. They are
/// taken where all sizes but the batch are known; the empty list of labels says that none need be.
const CUSTOM: &[(&str, &str, &[Step], &[Step])] = &[
    ("a,b->ab", "", &[ExpandX(-1), ExpandY(0)], &[]),
    ("ab,b->a", "", &[ExpandY(-1)], &[Squeeze(-1)]),
    ("ab,bc->ac", "", &[], &[]),
    ("ab,cb->ac", "", &[TransposeY(&[1, 0])], &[]),
    ("abc,cd->abd", "", &[], &[]),
    ("abc,cde->abde", "bcde", &[ReshapeY(&["c", "*"])], &[Reshape(&["*", "b", "d", "e"])]),
    ("abc,dc->abd", "", &[TransposeY(&[1, 0])], &[]),
    (
        "abc,dce->abde",
        "bcde",
        &[TransposeY(&[1, 0, 2]), ReshapeY(&["c", "*"])],
        &[Reshape(&["*", "b", "d", "e"])],
    ),
    (
        "abc,dec->abde",
        "bcde",
        &[TransposeY(&[2, 0, 1]), ReshapeY(&["c", "*"])],
        &[Reshape(&["*", "b", "d", "e"])],
    ),
    ("abcd,abde->abce", "", &[], &[]),
    ("abcd,abed->abce", "", &[TransposeY(&[0, 1, 3, 2])], &[]),
    (
        "abcd,acbe->adbe",
        "",
        &[TransposeX(&[0, 1, 3, 2]), TransposeY(&[0, 2, 1, 3])],
        &[Transpose(&[0, 2, 1, 3])],
    ),
    ("abcd,adbe->acbe", "", &[TransposeY(&[0, 2, 1, 3])], &[Transpose(&[0, 2, 1, 3])]),
    ("abcd,aecd->acbe", "", &[TransposeX(&[0, 2, 1, 3]), TransposeY(&[0, 2, 3, 1])], &[]),
    (
        "abcd,aecd->aceb",
        "",
        &[TransposeX(&[0, 2, 1, 3]), TransposeY(&[0, 2, 3, 1])],
        &[Transpose(&[0, 1, 3, 2])],
    ),
    ("abcd,cde->abe", "bcde", &[ReshapeX(&["*", "b", "cd"]), ReshapeY(&["*", "e"])], &[]),
    (
        "abcd,ced->abe",
        "bcde",
        &[ReshapeX(&["*", "b", "cd"]), TransposeY(&[0, 2, 1]), ReshapeY(&["*", "e"])],
        &[],
    ),
    (
        "abcd,ecd->abe",
        "bcde",
        &[ReshapeX(&["*", "b", "cd"]), TransposeY(&[1, 2, 0]), ReshapeY(&["*", "e"])],
        &[],
    ),
    (
        "abcde,aebf->adbcf",
        "bcdef",
        &[ReshapeX(&["*", "b", "cd", "e"]), TransposeY(&[0, 2, 1, 3])],
        &[Reshape(&["*", "b", "c", "d", "f"]), Transpose(&[0, 3, 1, 2, 4])],
    ),
    (
        "abcde,afce->acdbf",
        "bcdef",
        &[TransposeX(&[0, 2, 3, 1, 4]), ReshapeX(&["*", "c", "db", "e"]), TransposeY(&[0, 2, 3, 1])],
        &[Reshape(&["*", "c", "d", "b", "f"])],
    ),
];

/// Renames the labels to `a`, `b`, `c`… in the order in which they stand.
fn normalized(equation: &str) -> String {
    let mut seen: Vec<char> = Vec::new();
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').collect();
    equation
        .chars()
        .map(|c| {
            if !c.is_ascii_alphabetic() {
                return c;
            }
            let at = seen.iter().position(|s| *s == c).unwrap_or_else(|| {
                seen.push(c);
                seen.len() - 1
            });
            letters.get(at).copied().unwrap_or(c)
        })
        .collect()
}

/// `keras.ops.einsum`.
fn of_keras(cx: &Cx<'_>, equation: &str, inputs: &[Val]) -> Infer<Tensor> {
    let tensors: Vec<Tensor> = inputs.iter().map(|v| keras::tensor(cx, v, None)).collect::<Infer<_>>()?;
    let equation = normalized(equation);
    let dtypes: Vec<Promoted> = tensors.iter().map(|t| promoted(&Val::T(t.clone()))).collect::<Infer<_>>()?;
    if dtypes.iter().all(|d| *d == Promoted::Of(DType::Int8)) {
        return Err(Stop::Unknown("a product of 8-bit integers"));
    }
    let result = keras::common_dtype(cx, &dtypes)?;
    let compute = if result.is_integer() { DType::Float32 } else { result };
    let custom = match cx.val(KWARGS) {
        Val::Py(Arg::Dict(given)) if !given.is_empty() => None,
        _ => custom(cx, &equation, &tensors)?,
    };
    let cast_to = |t: &Tensor| cast(cx, t, Some(compute));
    let tensors: Vec<Tensor> = tensors.iter().map(cast_to).collect::<Infer<_>>()?;
    let out = match custom {
        Some((before, after, sizes)) => stepwise(cx, &tensors, before, after, &sizes)?,
        None => of_tf(cx, &equation, tensors.into_iter().map(Val::T).collect())?,
    };
    cast(cx, out, Some(result))
}

type Custom = (&'static [Step], &'static [Step], Vec<(char, i64)>);

/// Finds the steps of an equation, and the sizes of its labels.
fn custom(cx: &Cx<'_>, equation: &str, tensors: &[Tensor]) -> Infer<Option<Custom>> {
    let Some((_, needed, before, after)) = CUSTOM.iter().find(|(e, ..)| *e == equation) else {
        return Ok(None);
    };
    let [x, y] = tensors else { return Ok(None) };
    if needed.is_empty() {
        return Ok(Some((before, after, Vec::new())));
    }
    let (left, _) = equation.split_once("->").unwrap_or((equation, ""));
    let mut sizes: Vec<(char, Dim)> = Vec::new();
    for (subscript, t) in left.split(',').zip([x, y]) {
        let Some(dims) = t.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
        if dims.len() != subscript.len() {
            let want = subscript.len();
            let text = if dims.len() > want {
                format!("too many values to unpack (expected {want})")
            } else {
                format!("not enough values to unpack (expected {want}, got {})", dims.len())
            };
            let mistake =
                Mistake::RankMismatch { param: "operands", expected: want.to_string(), got: dims.len() };
            return cx.value_error(text, mistake);
        }
        for (label, dim) in subscript.chars().zip(dims) {
            match sizes.iter_mut().find(|(l, _)| *l == label) {
                Some((_, known)) if known.is_known() => {}
                Some((_, known)) => *known = *dim,
                None => sizes.push((label, *dim)),
            }
        }
    }
    let known: Option<Vec<(char, i64)>> = needed
        .chars()
        .map(|c| sizes.iter().find(|(l, _)| *l == c).and_then(|(_, d)| d.known()).map(|n| (c, n)))
        .collect();
    Ok(known.map(|sizes| (*before, *after, sizes)))
}

fn stepwise(
    cx: &Cx<'_>,
    tensors: &[Tensor],
    before: &[Step],
    after: &[Step],
    sizes: &[(char, i64)],
) -> Infer<Tensor> {
    let [x, y] = tensors else { return Err(Stop::Unknown("other than two tensors")) };
    let (mut x, mut y) = (x.clone(), y.clone());
    let shape = |axes: &[&str]| -> Val {
        let size = |c: char| sizes.iter().find(|(l, _)| *l == c).map_or(1, |(_, n)| *n);
        let axis = |labels: &&str| if *labels == "*" { -1 } else { labels.chars().map(size).product() };
        Val::ints(&axes.iter().map(axis).collect::<Vec<i64>>())
    };
    for step in before {
        match *step {
            ExpandX(axis) => x = expand_dims(cx, x, Val::from(axis))?,
            ExpandY(axis) => y = expand_dims(cx, y, Val::from(axis))?,
            TransposeX(order) => x = transpose(cx, x, Val::ints(order))?,
            TransposeY(order) => y = transpose(cx, y, Val::ints(order))?,
            ReshapeX(axes) => x = reshape(cx, x, shape(axes))?,
            ReshapeY(axes) => y = reshape(cx, y, shape(axes))?,
            Transpose(_) | Reshape(_) | Squeeze(_) => {}
        }
    }
    let mut out = super::matmul::matmul(cx, x, y)?;
    for step in after {
        out = match *step {
            Transpose(order) => transpose(cx, out, Val::ints(order))?,
            Reshape(axes) => reshape(cx, out, shape(axes))?,
            Squeeze(axis) => squeeze(cx, out, &[axis])?,
            _ => out,
        };
    }
    Ok(out)
}

/// `Einsum.compute_output_spec`.
fn symbolic(cx: &Cx<'_>, equation: &str, inputs: &[Val]) -> Infer<Tensor> {
    let parts: Vec<&str> = equation.split("->").collect();
    if parts.len() > 2 {
        let text = format!("At most one '->' is supported in `einsum` subscripts, but received {equation}.");
        return refuse(cx, text);
    }
    let specs: Vec<&str> = parts[0].split(',').collect();
    if specs.len() != inputs.len() {
        let text = format!(
            "Number of operands ({}) does not match the number of input specs ({}) in `einsum`, received \
             subscripts={equation}.",
            inputs.len(),
            specs.len()
        );
        return refuse(cx, text);
    }
    let output = match parts.get(1) {
        Some(output) => (*output).to_owned(),
        None => format!("...{}", once(parts[0])),
    };
    let tensors: Vec<Tensor> = inputs.iter().map(|v| cx.convert(v, None)).collect::<Infer<_>>()?;
    let mut out: Option<Shape> = None;
    for (x, spec) in tensors.iter().zip(&specs) {
        let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("an operand of unknown rank")) };
        let own = expanded(cx, spec.trim(), dims, output.trim())?;
        out = Some(match out {
            None => own,
            Some(other) => keras::broadcast_shapes(cx, &other, &own)?,
        });
    }
    let dtypes: Vec<Promoted> = tensors.iter().map(|t| promoted(&Val::T(t.clone()))).collect::<Infer<_>>()?;
    let int8 = dtypes.iter().all(|d| *d == Promoted::Of(DType::Int8));
    let dtype = if int8 { DType::Int32 } else { keras::common_dtype(cx, &dtypes)? };
    let from: Vec<&Tensor> = tensors.iter().collect();
    Ok(keras::spec(out.unwrap_or(Shape::UNKNOWN), dtype, &from))
}

/// The shape that an operand has in the output: 1 along labels that it lacks.
fn expanded(cx: &Cx<'_>, spec: &str, dims: &[Dim], output: &str) -> Infer<Shape> {
    let (before, after, ellipsis) = match spec.split_once("...") {
        Some((before, after)) => (before, after, true),
        None => (spec, "", false),
    };
    let named = before.len() + after.len();
    if !ellipsis && named != dims.len() {
        let sizes: Vec<String> = dims.iter().map(|d| d.known().unwrap_or(-1).to_string()).collect();
        let text = format!(
            "Number of dimensions in the subscript does not match the number of dimensions in the operand, received \
             subscript `{spec}` and operand of shape [{}].",
            sizes.join(", ")
        );
        let mistake =
            Mistake::RankMismatch { param: "operands", expected: named.to_string(), got: dims.len() };
        return cx.value_error(text, mistake);
    }
    if named > dims.len() {
        return Err(Stop::Unknown("an operand of too low a rank for its labels"));
    }
    let split = dims.len() - after.len();
    let dim = |label: char| -> Dim {
        if let Some(i) = before.find(label) {
            return dims[i];
        }
        after.find(label).map_or(Dim::Known(1), |i| dims[split + i])
    };
    let mut out = Vec::new();
    let (head, tail, dots) = match output.split_once("...") {
        Some((head, tail)) => (head, tail, true),
        None => (output, "", false),
    };
    out.extend(head.chars().map(dim));
    if dots && ellipsis {
        out.extend(&dims[before.len()..split]);
    }
    out.extend(tail.chars().map(dim));
    Ok(Shape::new(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_labels_in_order() {
        assert_eq!(normalized("bij,bjk->bik"), "abc,acd->abd");
        assert_eq!(normalized("...i,i->..."), "...a,a->...");
    }

    #[test]
    fn labels_that_stand_once_are_kept() {
        assert_eq!(once("ij,jk"), "ik");
        assert_eq!(once("0ba,b"), "0a");
    }
}
