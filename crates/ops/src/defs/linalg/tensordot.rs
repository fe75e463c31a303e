//! `tensordot`: products along any axes of both operands.

use tensor::{DType, Dim, Shape};

use super::matmul::{A, B, matmul};
use crate::defs::rule;
use crate::kernels::index::gather;
use crate::kernels::pointwise::cast;
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{reshape, shape_of};
use crate::kernels::{join, layout};
use crate::spec::keras::{self, Promoted, promoted};
use crate::spec::{Cx, Tensor, Val, repr, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

const AXES: Param<Arg> = Param::at(2, &["axes"]);

pub(in crate::defs) static OPS: &[Op] = &[rule(
    "tensordot",
    &["tf.tensordot", "keras.ops.tensordot"],
    |c| run(c, tensordot_op),
    "tensorflow/python/ops/math_ops.py: tensordot, keras/src/ops/numpy.py: Tensordot",
)];

fn tensordot_op(cx: &Cx<'_>) -> Infer<Val> {
    let (a, b) = (cx.known(A)?, cx.known(B)?);
    let given = cx.known(AXES)?;
    let axes = if matches!(given, Val::Py(Arg::Missing)) { Val::from(2) } else { given.clone() };
    match cx.surface() {
        Surface::KerasOps if cx.symbolic() => symbolic(cx, a, b, &axes),
        Surface::KerasOps => of_keras(cx, a, b, &axes),
        _ => {
            let (a, b) = (cx.convert(a, None)?, cx.convert(b, None)?);
            contract(cx, a, b, &axes)
        }
    }
    .map(Val::T)
}

fn of_keras(cx: &Cx<'_>, a: &Val, b: &Val, axes: &Val) -> Infer<Tensor> {
    let (x1, x2) = (keras::tensor(cx, a, None)?, keras::tensor(cx, b, None)?);
    let own = [promoted(&Val::T(x1.clone()))?, promoted(&Val::T(x2.clone()))?];
    let result = keras::common_dtype(cx, &own)?;
    let plain = matches!(result, DType::Int32 | DType::Int64) || result.is_differentiable();
    let compute =
        if plain { result } else { keras::common_dtype(cx, &[Promoted::Of(result), Promoted::Float])? };
    let (x1, x2) = (cast(cx, x1, Some(compute))?, cast(cx, x2, Some(compute))?);
    let out = contract(cx, x1, x2, axes)?;
    cast(cx, out, Some(result))
}

/// `tf.tensordot` of two tensors.
pub(in crate::defs) fn contract(cx: &Cx<'_>, a: Tensor, b: Tensor, axes: &Val) -> Infer<Tensor> {
    let (a_axes, b_axes) = read_axes(cx, &a, axes)?;
    let left = flattened(cx, &a, &a_axes, false)?;
    let right = flattened(cx, &b, &b_axes, true)?;
    let product = matmul(cx, left.matrix, right.matrix)?;
    let free: Vec<Dim> = left.free.iter().chain(&right.free).copied().collect();
    if let (None, None) = (&left.sizes, &right.sizes) {
        if product.shape.dims() == Some(&free[..]) {
            return Ok(product);
        }
        let sizes: Vec<i64> = free.iter().filter_map(|d| d.known()).collect();
        return reshape(cx, product, Val::ints(&sizes));
    }
    let sizes =
        |own: Option<Tensor>, free: &[Dim]| own.unwrap_or_else(|| Tensor::dims(free.to_vec(), DType::Int32));
    let wanted = [sizes(left.sizes, &left.free), sizes(right.sizes, &right.free)];
    let wanted = join::concat(cx, Val::list(wanted), Val::from(0))?;
    Ok(reshape(cx, product, wanted)?.with_shape(Shape::new(free)))
}

/// An operand as a matrix.
struct Flat {
    matrix: Tensor,
    /// The sizes that are left.
    free: Vec<Dim>,
    /// The same as a tensor, where they are not all static.
    sizes: Option<Tensor>,
}

/// Brings the axes that are summed to one side and flattens both sides.
fn flattened(cx: &Cx<'_>, x: &Tensor, axes: &[i64], flipped: bool) -> Infer<Flat> {
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let rank = dims.len() as i64;
    let axes: Vec<i64> = axes.iter().map(|a| if *a < 0 { a + rank } else { *a }).collect();
    for axis in &axes {
        if *axis >= rank {
            let mistake = Mistake::AxisOutOfRange { axis: *axis, rank: dims.len() };
            return cx.raise(Exc::IndexError, "list index out of range", mistake);
        }
        if *axis < 0 {
            return Err(Stop::Unknown("an axis outside of the rank"));
        }
    }
    let free: Vec<i64> = (0..rank).filter(|i| !axes.contains(i)).collect();
    let pick = |list: &[i64]| -> Vec<Dim> {
        list.iter().filter_map(|i| usize::try_from(*i).ok().map(|i| dims[i])).collect()
    };
    let (free_dims, axes_dims) = (pick(&free), pick(&axes));
    let order: Vec<i64> = if flipped {
        axes.iter().chain(&free).copied().collect()
    } else {
        free.iter().chain(&axes).copied().collect()
    };
    if let Some(sizes) = x.shape.all_known() {
        let product = |list: &[i64]| -> i64 {
            list.iter().filter_map(|i| usize::try_from(*i).ok()).map(|i| sizes[i]).product()
        };
        let pair = if flipped { [product(&axes), product(&free)] } else { [product(&free), product(&axes)] };
        let moved = order.iter().enumerate().any(|(i, a)| i as i64 != *a);
        let turned = if moved { layout::transpose(cx, x, Val::ints(&order))? } else { x.clone() };
        let matrix =
            if turned.shape == Shape::known(&pair) { turned } else { reshape(cx, turned, Val::ints(&pair))? };
        return Ok(Flat { matrix, free: free_dims, sizes: None });
    }
    let _ = axes_dims;
    let whole = shape_of(x, DType::Int32);
    let picked = |list: &[i64]| gather(cx, &whole, Val::T(Tensor::vector(list)), Val::from(0), 0);
    let (free_sizes, axes_sizes) = (picked(&free)?, picked(&axes)?);
    let total = |sizes: &Tensor| reduce(cx, "Prod", sizes, &Axes::ints(&[0]), false);
    let (free_total, axes_total) = (total(&free_sizes)?, total(&axes_sizes)?);
    let pair = if flipped { [axes_total, free_total] } else { [free_total, axes_total] };
    let turned = layout::transpose(cx, x, Val::ints(&order))?;
    let matrix = reshape(cx, turned, join::pack_tensors(cx, &pair, 0)?)?;
    Ok(Flat { matrix, free: free_dims, sizes: Some(free_sizes) })
}

fn read_axes(cx: &Cx<'_>, a: &Tensor, axes: &Val) -> Infer<(Vec<i64>, Vec<i64>)> {
    let refuse =
        |text: String| cx.value_error(text.clone(), Mistake::Argument { param: "axes", problem: text });
    match axes {
        Val::Py(Arg::Int(n)) => {
            if *n < 0 {
                return refuse(format!("`axes` must be at least 0. Received: {n}."));
            }
            let Some(rank) = a.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
            let rank = rank as i64;
            if *n > rank {
                return refuse(format!(
                    "`axes` must not be larger than the number of dimensions of tensor {}.  Received {n}, vs tensor \
                     dimensions {rank}.",
                    repr(&Val::T(a.clone()))
                ));
            }
            Ok(((rank - n..rank).collect(), (0..*n).collect()))
        }
        Val::List(items) | Val::Tuple(items) => {
            let [first, second] = items.as_slice() else {
                return refuse(format!(
                    "`axes` must be an integer or have length 2. Received {}.",
                    repr(axes)
                ));
            };
            let (first, second) = (cx.ints(first)?, cx.ints(second)?);
            if first.len() != second.len() {
                return refuse(format!(
                    "Different number of contraction axes `a` and `b`, {} != {}.",
                    first.len(),
                    second.len()
                ));
            }
            Ok((first, second))
        }
        _ => Err(Stop::Unknown("axes that are not known")),
    }
}

/// `Tensordot.compute_output_spec`.
fn symbolic(cx: &Cx<'_>, a: &Val, b: &Val, axes: &Val) -> Infer<Tensor> {
    let (x1, x2) = (cx.convert(a, None)?, cx.convert(b, None)?);
    let (Some(d1), Some(d2)) = (x1.shape.dims(), x2.shape.dims()) else {
        return Err(Stop::Unknown("a tensor of unknown rank"));
    };
    let dtype = keras::common_dtype(cx, &[promoted(&Val::T(x1.clone()))?, promoted(&Val::T(x2.clone()))?])?;
    let out = match axes {
        Val::Py(Arg::Int(n)) => {
            let n = usize::try_from(*n).unwrap_or(0);
            let head = &d1[..d1.len().saturating_sub(n)];
            head.iter().chain(d2.get(n..).unwrap_or_default()).copied().collect()
        }
        Val::List(items) | Val::Tuple(items) if items.len() == 2 => {
            let (first, second) = (cx.ints(&items[0])?, cx.ints(&items[1])?);
            let place = |axis: i64, rank: usize| -> Infer<usize> {
                let at = if axis < 0 { axis + rank as i64 } else { axis };
                match usize::try_from(at) {
                    Ok(at) if at < rank => Ok(at),
                    _ => cx.raise(
                        Exc::IndexError,
                        "list index out of range",
                        Mistake::AxisOutOfRange { axis, rank },
                    ),
                }
            };
            let left: Vec<usize> = first.iter().map(|a| place(*a, d1.len())).collect::<Infer<_>>()?;
            let right: Vec<usize> = second.iter().map(|a| place(*a, d2.len())).collect::<Infer<_>>()?;
            let select = |dims: &[Dim], at: &[usize]| Shape::new(at.iter().map(|i| dims[*i]));
            let (chosen, other) = (select(d1, &left), select(d2, &right));
            if !chosen.compatible(&other) {
                let text = format!(
                    "Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`, received {} and {}.",
                    keras::list(&chosen),
                    keras::list(&other)
                );
                let pair = chosen.dims().unwrap_or_default().iter().zip(other.dims().unwrap_or_default());
                let (left, right) = pair
                    .into_iter()
                    .find(|(a, b)| !a.compatible(**b))
                    .map_or((Dim::Unknown, Dim::Unknown), |(a, b)| (*a, *b));
                return cx.value_error(
                    text,
                    Mistake::DimMismatch { left, right, what: "the axes that are summed" },
                );
            }
            let rest = |dims: &[Dim], at: &[usize]| -> Vec<Dim> {
                (0..dims.len()).filter(|i| !at.contains(i)).map(|i| dims[i]).collect()
            };
            rest(d1, &left).into_iter().chain(rest(d2, &right)).collect()
        }
        _ => return Err(Stop::Unknown("axes that are not known")),
    };
    Ok(keras::spec(out, dtype, &[&x1, &x2]))
}
