//! Decompositions, systems of equations and kernels that move rows, applied to small inputs.

use ops::Infer;
use ops::kernels::linalg::{self, Sides};
use ops::kernels::{partition, pointwise};
use ops::spec::{Cx, Tensor, Val};
use tensor::{DType, Shape};

use crate::samples::{Sample, sample, spread};

/// Matrices that are well away from having no inverse.
fn solid(shape: &[usize]) -> (Vec<usize>, Vec<f64>) {
    let (shape, mut values) = spread(shape, -0.5, 0.5);
    let n = shape[shape.len() - 1];
    (0..values.len()).filter(|at| at / n % n == at % n).for_each(|at| values[at] += 2.0);
    (shape, values)
}

/// A symmetric matrix of the lower triangle, which is what kernels of symmetric matrices read.
fn symmetric(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    let lower = linalg::band_part(cx, x, Val::from(-1), Val::from(0))?;
    let strict = pointwise::binary(cx, "Sub", &lower, linalg::band_part(cx, x, Val::from(0), Val::from(0))?)?;
    let upper = ops::kernels::layout::transpose(cx, strict, Tensor::vector(&[1, 0]))?;
    pointwise::binary(cx, "AddV2", lower, upper)
}

fn outputs(cx: &Cx<'_>, kernel: &str, x: &Tensor, at: usize, shape: &[i64]) -> Infer<Tensor> {
    Ok(cx.node(kernel, [x.into()])?.nth(at, Shape::known(shape)))
}

fn matrices() -> Vec<Sample> {
    let mut out = Vec::new();
    for adjoint in [false, true] {
        out.push(sample("MatrixInverse", vec![solid(&[2, 2, 2])], move |cx, x| {
            linalg::inverse(cx, &x[0], adjoint)
        }));
        for lower in [false, true] {
            let sides = Sides { lower, adjoint };
            for kernel in ["MatrixSolve", "MatrixTriangularSolve"] {
                let inputs = vec![solid(&[3, 3]), spread(&[3, 2], -1.0, 1.0)];
                out.push(sample(kernel, inputs, move |cx, x| {
                    linalg::solve(cx, kernel, (&x[0]).into(), (&x[1]).into(), sides)
                }));
            }
        }
    }
    out.push(sample("MatrixDeterminant", vec![solid(&[2, 2, 2])], |cx, x| {
        linalg::square(cx, "MatrixDeterminant", &x[0], false)
    }));
    out.push(sample("LogMatrixDeterminant", vec![solid(&[3, 3])], |cx, x| {
        outputs(cx, "LogMatrixDeterminant", &x[0], 1, &[])
    }));
    out.push(sample("Cholesky", vec![solid(&[3, 3])], |cx, x| {
        linalg::square(cx, "Cholesky", symmetric(cx, &x[0])?, true)
    }));
    out.push(sample("SelfAdjointEigV2", vec![solid(&[3, 3])], |cx, x| {
        outputs(cx, "SelfAdjointEigV2", &symmetric(cx, &x[0])?, 0, &[3])
    }));
    out.push(sample("SelfAdjointEigV2", vec![solid(&[3, 3])], |cx, x| {
        let vectors = outputs(cx, "SelfAdjointEigV2", &symmetric(cx, &x[0])?, 1, &[3, 3])?;
        // The signs of eigenvectors are nobody's.
        pointwise::unary(cx, "Square", vectors)
    }));
    out.push(sample("Svd", vec![spread(&[3, 2], -1.0, 1.0)], |cx, x| outputs(cx, "Svd", &x[0], 0, &[2])));
    // Upright, square and lying matrices; the signs of the factors are nobody's.
    for shape in [[3, 2], [3, 3], [2, 3]] {
        let [rows, columns] = shape.map(|n| n as i64);
        let inner = rows.min(columns);
        let inputs = || vec![spread(&shape, -1.0, 1.2)];
        out.push(sample("Qr", inputs(), move |cx, x| {
            let node = cx.node("Qr", [(&x[0]).into()])?;
            let (q, r) =
                (node.nth(0, Shape::known(&[rows, inner])), node.nth(1, Shape::known(&[inner, columns])));
            let [q, r] = [q, r].map(|factor| pointwise::unary(cx, "Square", factor));
            linalg::mat_mul(cx, Val::T(q?), Val::T(r?), false, false)
        }));
        let inputs = vec![spread(&shape, -1.0, 1.2), spread(&[shape[0], 2], -1.0, 1.0)];
        out.push(sample("MatrixSolveLs", inputs, move |cx, x| {
            let weight = Val::T(Tensor::floats(vec![], DType::Float64, vec![0.3]));
            let node = cx.node("MatrixSolveLs", [(&x[0]).into(), (&x[1]).into(), weight])?;
            Ok(node.out(Shape::known(&[columns, 2])))
        }));
    }
    let vectors = || spread(&[2, 3], -1.0, 1.0);
    out.push(sample("Cross", vec![vectors(), spread(&[2, 3], -0.8, 1.2)], |cx, x| {
        Ok(cx.node("Cross", [(&x[0]).into(), (&x[1]).into()])?.out(Shape::known(&[2, 3])))
    }));
    out
}

fn moves() -> Vec<Sample> {
    let ints =
        |shape: &[i64], values: &[i64]| Val::T(Tensor::ints(shape.to_vec(), DType::Int32, values.to_vec()));
    vec![
        sample("SpaceToBatchND", vec![spread(&[1, 3, 4, 2], -1.0, 1.0)], move |cx, x| {
            let edges = ints(&[2, 2], &[1, 0, 0, 2]);
            partition::blocks(cx, "SpaceToBatchND", (&x[0]).into(), ints(&[2], &[2, 3]), edges)
        }),
        sample("BatchToSpaceND", vec![spread(&[6, 2, 2, 1], -1.0, 1.0)], move |cx, x| {
            let edges = ints(&[2, 2], &[1, 0, 0, 2]);
            partition::blocks(cx, "BatchToSpaceND", (&x[0]).into(), ints(&[2], &[2, 3]), edges)
        }),
        sample("ReverseSequence", vec![spread(&[2, 3, 2], -1.0, 1.0)], move |cx, x| {
            partition::reverse_sequence(cx, (&x[0]).into(), ints(&[2], &[3, 2]), 1, 0)
        }),
        sample(
            "DynamicStitch",
            vec![spread(&[2, 2], -1.0, 1.0), spread(&[1, 2], -1.0, 1.0)],
            move |cx, x| {
                let places = Val::List(vec![ints(&[2], &[2, 0]), ints(&[1], &[1])]);
                partition::stitch(cx, "DynamicStitch", places, Val::list(x.to_vec()))
            },
        ),
    ]
}

/// What is parted has a size that only numbers tell.
fn parts() -> Sample {
    sample("DynamicPartition", vec![spread(&[4, 2], -1.0, 1.0)], |cx, x| {
        let of = Val::T(Tensor::ints(vec![4], DType::Int32, vec![1, 0, 1, 1]));
        let parts = partition::partition(cx, (&x[0]).into(), of, 2)?;
        let sum = |t: &Tensor| {
            ops::kernels::reduce::reduce(cx, "Sum", t, &ops::kernels::reduce::Axes::ints(&[0]), false)
        };
        pointwise::binary(cx, "Mul", sum(&parts[0])?, sum(&parts[1])?)
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    matrices().into_iter().chain(moves()).chain([parts()]).collect()
}
