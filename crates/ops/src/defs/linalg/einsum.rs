//! Sums of products by an equation.

use tensor::{DType, Dim, Shape};

use super::matmul::times;
use crate::defs::rule;
use crate::kernels::einsum::{Equation, einsum};
use crate::kernels::layout::transpose;
use crate::kernels::pointwise::cast;
use crate::kernels::shape::{expand_dims, reshape, squeeze};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, has_attribute, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Stop, Surface, Violation};

pub(in crate::defs) static OPS: &[Op] = &[rule(
    "einsum",
    &["tf.einsum", "keras.ops.einsum"],
    |c| run(c, einsum_op),
    "tensorflow/core/framework/common_shape_fns.cc: EinsumShape",
)];

fn einsum_op(cx: &Cx<'_>) -> Infer<Val> {
    let text = match cx.vals().first() {
        Some(Val::Py(Arg::Str(s))) => s.to_string(),
        _ => return Err(Stop::Unknown("an equation that is not known")),
    };
    let operands: Vec<Val> = match cx.vals().get(1) {
        Some(Val::Tuple(items)) => items.clone(),
        _ => return Err(Stop::Unknown("operands that are not known")),
    };
    if cx.surface() == Surface::Tf {
        for operand in &operands {
            has_attribute(cx, operand, "shape", "x")?;
        }
        let plain: String = text.chars().filter(|c| *c != ' ').collect();
        let expected = plain.split("->").next().unwrap_or_default().split(',').count();
        if expected != operands.len() {
            let text =
                format!("Got {} inputs for equation \"{plain}\", expecting {expected}", operands.len());
            return cx.value_error(text.clone(), Mistake::Argument { param: "inputs", problem: text });
        }
    }
    if operands.is_empty() || operands.len() > 2 {
        return many(cx, &text, &operands);
    }
    if cx.surface() != Surface::KerasOps {
        check_output(&text)?;
        let tensors = operands.iter().map(|v| cx.convert(v, None)).collect::<Infer<_>>()?;
        return einsum(cx, &Equation::parse(&text), tensors).map(Val::T);
    }
    if cx.symbolic() {
        return symbolic_einsum(cx, &text, &operands).map(Val::T);
    }
    keras_einsum(cx, &text, &operands).map(Val::T)
}

/// TensorFlow's check of an output written out: each label once, and none that no input has.
fn check_output(text: &str) -> Infer<()> {
    let plain: String = text.chars().filter(|c| *c != ' ').collect();
    let Some((inputs, output)) = plain.split_once("->") else { return Ok(()) };
    let labels: Vec<char> = output.chars().filter(char::is_ascii_alphabetic).collect();
    let twice = labels.iter().enumerate().any(|(i, label)| labels[..i].contains(label));
    let problem = if twice {
        format!("Output subscripts contain a label appearing more than once: {text}")
    } else if let Some(label) = labels.iter().find(|l| !inputs.contains(**l)) {
        format!("Output subscripts contain the label {label} not present in the input subscripts.")
    } else {
        return Ok(());
    };
    let mistake = Mistake::Argument { param: "equation", problem: problem.clone() };
    Err(Violation::stop(Exc::ValueError, problem, mistake))
}

/// Three and more operands are contracted in pairs, in an order that depends on sizes; only the result is told.
fn many(cx: &Cx<'_>, text: &str, operands: &[Val]) -> Infer<Val> {
    let equation = Equation::parse(text);
    let tensors: Vec<Tensor> = operands.iter().map(|v| cx.convert(v, None)).collect::<Infer<_>>()?;
    if equation.text().contains("...") || tensors.len() != equation.inputs.len() {
        return Err(Stop::Unknown("an einsum of many operands"));
    }
    let mut letters: Vec<(char, Dim)> = Vec::new();
    for (x, labels) in tensors.iter().zip(&equation.inputs) {
        let Some(dims) = x.shape.dims() else { continue };
        if dims.len() != labels.chars().count() {
            return Err(Stop::Unknown("an einsum of many operands"));
        }
        for (letter, dim) in labels.chars().zip(dims) {
            match letters.iter_mut().find(|(l, _)| *l == letter) {
                Some((_, known)) => {
                    *known = known.merge(*dim).ok_or(Stop::Unknown("an einsum of many operands"))?
                }
                None => letters.push((letter, *dim)),
            }
        }
    }
    let dim = |letter: char| letters.iter().find(|(l, _)| *l == letter).map_or(Dim::Unknown, |(_, d)| *d);
    let refs: Vec<&Tensor> = tensors.iter().collect();
    let mut out =
        keras::spec(equation.output.chars().map(dim).collect(), tensors.first().and_then(|t| t.dtype), &refs);
    out.kind = crate::TensorKind::Graph;
    Ok(Val::T(out))
}

/// Keras 3 renames the letters in order of appearance: `bij,bjk->bik` becomes `abc,acd->abd`.
fn renamed(text: &str) -> String {
    let mut seen: Vec<char> = Vec::new();
    text.chars()
        .map(|c| {
            if !c.is_ascii_alphabetic() {
                return c;
            }
            let at = seen.iter().position(|s| *s == c).unwrap_or_else(|| {
                seen.push(c);
                seen.len() - 1
            });
            let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
            letters.get(at).map_or(c, |l| char::from(*l))
        })
        .collect()
}

/// An equation, and the permutations of its left side, right side and result (none where empty).
type Product = (&'static str, &'static [i64], &'static [i64], &'static [i64]);

/// Equations that Keras 3 carries out as a matrix product: the axes of both operands and of the result.
const AS_MATMUL: &[Product] = &[
    ("ab,bc->ac", &[], &[], &[]),
    ("ab,cb->ac", &[], &[1, 0], &[]),
    ("abc,cd->abd", &[], &[], &[]),
    ("abc,dc->abd", &[], &[1, 0], &[]),
    ("abcd,abde->abce", &[], &[], &[]),
    ("abcd,abed->abce", &[], &[0, 1, 3, 2], &[]),
    ("abcd,acbe->adbe", &[0, 1, 3, 2], &[0, 2, 1, 3], &[0, 2, 1, 3]),
    ("abcd,adbe->acbe", &[], &[0, 2, 1, 3], &[0, 2, 1, 3]),
    ("abcd,aecd->acbe", &[0, 2, 1, 3], &[0, 2, 3, 1], &[]),
    ("abcd,aecd->aceb", &[0, 2, 1, 3], &[0, 2, 3, 1], &[0, 1, 3, 2]),
];

/// Equations with a projection over several axes: the axes of the second operand, how many axes of it are
/// contracted, and how many it adds.
const AS_PROJECTION: &[(&str, &[i64], usize)] = &[
    ("abc,cde->abde", &[0, 1, 2], 1),
    ("abc,dce->abde", &[1, 0, 2], 1),
    ("abc,dec->abde", &[2, 0, 1], 1),
    ("abcd,cde->abe", &[0, 1, 2], 2),
    ("abcd,ced->abe", &[0, 2, 1], 2),
    ("abcd,ecd->abe", &[1, 2, 0], 2),
];

fn keras_einsum(cx: &Cx<'_>, text: &str, operands: &[Val]) -> Infer<Tensor> {
    let text = renamed(text);
    let tensors: Vec<Tensor> = operands.iter().map(|v| keras::tensor(cx, v, None)).collect::<Infer<_>>()?;
    let dtypes: Vec<Promoted> = tensors.iter().map(|t| keras::promoted(&t.into())).collect::<Infer<_>>()?;
    let result = keras::common_dtype(cx, &dtypes)?;
    let compute = if result.is_integer() { DType::Float32 } else { result };
    let tensors: Vec<Tensor> =
        tensors.into_iter().map(|t| cast(cx, t, Some(compute))).collect::<Infer<_>>()?;
    let out = match &tensors[..] {
        [x, y] => match product(cx, &text, x, y)? {
            Some(out) => out,
            None => einsum(cx, &Equation::parse(&text), tensors)?,
        },
        _ => einsum(cx, &Equation::parse(&text), tensors)?,
    };
    cast(cx, out, Some(result))
}

/// Carries out an equation as a matrix product, where Keras 3 does.
fn product(cx: &Cx<'_>, text: &str, x: &Tensor, y: &Tensor) -> Infer<Option<Tensor>> {
    let turned = |t: &Tensor, order: &[i64]| {
        if order.is_empty() { Ok(t.clone()) } else { transpose(cx, t, Val::ints(order)) }
    };
    match text {
        "a,b->ab" => {
            let (x, y) = (expand_dims(cx, x, Val::from(-1))?, expand_dims(cx, y, Val::from(0))?);
            return times(cx, &x, &y).map(Some);
        }
        "ab,b->a" => {
            let out = times(cx, x, &expand_dims(cx, y, Val::from(-1))?)?;
            return squeeze(cx, out, &[-1]).map(Some);
        }
        _ => {}
    }
    if let Some((_, a, b, out)) = AS_MATMUL.iter().find(|(t, ..)| *t == text) {
        let (x, y) = (turned(x, a)?, turned(y, b)?);
        let product = times(cx, &x, &y)?;
        return turned(&product, out).map(Some);
    }
    let Some((_, order, contracted)) = AS_PROJECTION.iter().find(|(t, ..)| *t == text) else {
        return Ok(None);
    };
    let (Some(dx), Some(dy)) = (x.shape.dims(), y.shape.dims()) else { return Ok(None) };
    if dx.len() != 2 + contracted || dy.len() != 3 {
        return Ok(None);
    }
    let right: Vec<Dim> = order.iter().map(|i| dy[*i as usize]).collect();
    // Each size is known from one operand or the other, or the equation is left to TensorFlow.
    let inner: Option<Vec<i64>> = (0..*contracted).map(|i| dx[2 + i].known().or(right[i].known())).collect();
    let added: Option<Vec<i64>> = right[*contracted..].iter().map(|d| d.known()).collect();
    let (Some(inner), Some(added), Some(rows)) = (inner, added, dx[1].known()) else { return Ok(None) };
    let y = if order.iter().enumerate().all(|(i, o)| i as i64 == *o) {
        y.clone()
    } else {
        transpose(cx, y, Val::ints(order))?
    };
    let out = if *contracted == 1 {
        let flat = reshape(cx, y, Val::ints(&[inner[0], -1]))?;
        let product = times(cx, x, &flat)?;
        reshape(cx, product, Val::ints(&[-1, rows, added[0], added[1]]))?
    } else {
        let left = reshape(cx, x, Val::ints(&[-1, rows, inner.iter().product()]))?;
        let flat = reshape(cx, y, Val::ints(&[-1, added[0]]))?;
        times(cx, &left, &flat)?
    };
    Ok(Some(out))
}

/// `Einsum.compute_output_spec`, as far as letters go.
fn symbolic_einsum(cx: &Cx<'_>, text: &str, operands: &[Val]) -> Infer<Tensor> {
    let equation = Equation::parse(text);
    if text.contains("...") || !text.contains("->") {
        return Err(Stop::Unknown("a symbolic einsum with an ellipsis"));
    }
    let tensors: Vec<Tensor> = operands.iter().map(|v| cx.convert(v, None)).collect::<Infer<_>>()?;
    let dtypes: Vec<Promoted> = tensors.iter().map(|t| keras::promoted(&t.into())).collect::<Infer<_>>()?;
    let dtype = keras::common_dtype(cx, &dtypes)?;
    let mut out: Option<Shape> = None;
    for (x, labels) in tensors.iter().zip(&equation.inputs) {
        let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
        if dims.len() != labels.chars().count() {
            let sizes: Vec<i64> = dims.iter().map(|d| d.known().unwrap_or(-1)).collect();
            let text = format!(
                "Number of dimensions in the subscript does not match the number of dimensions in the operand, received subscript `{labels}` and operand of shape {sizes:?}."
            );
            return cx.value_error(
                text,
                Mistake::RankMismatch {
                    param: "operands",
                    expected: labels.chars().count().to_string(),
                    got: dims.len(),
                },
            );
        }
        let expanded: Shape = equation
            .output
            .chars()
            .map(|c| labels.chars().position(|l| l == c).map_or(Dim::Known(1), |i| dims[i]))
            .collect();
        out = Some(match out {
            Some(known) => keras::broadcast_shapes(cx, &known, &expanded)?,
            None => expanded,
        });
    }
    let refs: Vec<&Tensor> = tensors.iter().collect();
    Ok(keras::spec(out.unwrap_or_default(), dtype, &refs))
}
