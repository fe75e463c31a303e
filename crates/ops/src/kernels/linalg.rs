//! Matrix kernels.

use tensor::{Dim, Shape};

use crate::spec::merge::{self, Fit, Misfit};
use crate::spec::{Cx, Tensor, Val};
use crate::{Infer, Mistake, Stop};

/// `MatMul`: two matrices.
///
/// # Errors
/// A rank is not 2, or the inner sizes differ.
pub fn mat_mul(cx: &Cx<'_>, a: Val, b: Val, transpose_a: bool, transpose_b: bool) -> Infer<Tensor> {
    let mut node = cx.node("MatMul", [a, b])?;
    node.with("transpose_a", transpose_a);
    node.with("transpose_b", transpose_b);
    let (a, b) = (node.x(0), node.x(1));
    let rank = |t: &Tensor, i: usize| {
        cx.fit_or("MatMul", matrix(&t.shape, if i == 0 { "a" } else { "b" }), || {
            format!("In[{i}] ndims must be >= 2")
        })
    };
    let (a_shape, b_shape) = (rank(a, 0)?, rank(b, 1)?);
    let (rows, inner) = if transpose_a { (1, 0) } else { (0, 1) };
    let (outer, columns) = if transpose_b { (1, 0) } else { (0, 1) };
    let dim = |s: &Shape, at: i64| s.dim(at).unwrap_or(Dim::Unknown);
    cx.fit_or("MatMul", merge::dims(dim(&a_shape, inner), dim(&b_shape, outer), "inner dims"), || {
        format!("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.shape.bracketed(), b.shape.bracketed())
    })?;
    Ok(node.out(Shape::new([dim(&a_shape, rows), dim(&b_shape, columns)])))
}

fn matrix(shape: &Shape, param: &'static str) -> Fit<Shape> {
    merge::rank(shape, 2).map_err(|mut m| {
        if let Mistake::RankMismatch { param: p, .. } = &mut m.mistake {
            *p = param;
        }
        m
    })
}

/// `BatchMatMulV2`: matrices with broadcast batch dims.
///
/// # Errors
/// A rank is below 2, or the inner sizes or batch dims do not fit.
pub fn batch_mat_mul(cx: &Cx<'_>, a: Val, b: Val, adjoint_a: bool, adjoint_b: bool) -> Infer<Tensor> {
    const KERNEL: &str = "BatchMatMulV2";
    let mut node = cx.node(KERNEL, [a, b])?;
    node.with("adj_x", adjoint_a);
    node.with("adj_y", adjoint_b);
    let (a, b) = (node.x(0), node.x(1));
    for (i, t) in [a, b].into_iter().enumerate() {
        let rank = t.rank().unwrap_or(2);
        cx.fit_or(KERNEL, merge::rank_at_least(&t.shape, 2), || {
            format!("In[{i}] ndims must be >= 2: {rank}")
        })?;
    }
    let dim = |t: &Tensor, at: i64| t.shape.dim(at).unwrap_or(Dim::Unknown);
    let (rows, inner) = if adjoint_a { (-1, -2) } else { (-2, -1) };
    let (outer, columns) = if adjoint_b { (-1, -2) } else { (-2, -1) };
    let batch = |t: &Tensor| {
        t.shape.dims().map_or(Shape::UNKNOWN, |d| d[..d.len().saturating_sub(2)].iter().copied().collect())
    };
    let (batch_a, batch_b) = (batch(a), batch(b));
    let fits = merge::broadcast(&batch_a, &batch_b);
    if cx.eager() && fits.is_err() {
        cx.fit_or(KERNEL, fits.clone(), || {
            format!(
                "In[0] and In[1] must have compatible batch dimensions: {} vs. {}",
                a.shape.bracketed(),
                b.shape.bracketed()
            )
        })?;
    }
    cx.fit_or(KERNEL, merge::dims(dim(a, inner), dim(b, outer), "inner dims"), || {
        let flags = format!("{} {}", u8::from(adjoint_a), u8::from(adjoint_b));
        format!(
            "Matrix size-incompatible: In[0]: {}, In[1]: {} {flags}",
            a.shape.bracketed(),
            b.shape.bracketed()
        )
    })?;
    let Some(mut out) = cx.fit(KERNEL, fits)?.dims().map(<[Dim]>::to_vec) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    out.extend([dim(a, rows), dim(b, columns)]);
    Ok(node.out(Shape::new(out)))
}

/// A kernel on square matrices that keeps their shape (`MatrixInverse`, `Cholesky`) or drops it
/// (`MatrixDeterminant`).
///
/// # Errors
/// The rank is below 2 or the matrices are not square.
pub fn square(cx: &Cx<'_>, kernel: &str, x: impl Into<Val>, keep: bool) -> Infer<Tensor> {
    let node = cx.node(kernel, [x.into()])?;
    let shape = squared(cx, kernel, node.x(0), keep)?;
    Ok(node.out(shape))
}

/// The shape of what a kernel makes of square matrices: matrices, or a number for each.
pub(crate) fn squared(cx: &Cx<'_>, kernel: &str, x: &Tensor, keep: bool) -> Infer<Shape> {
    cx.fit_or(kernel, merge::rank_at_least(&x.shape, 2), || {
        format!("Input tensor 0 must have rank >= 2, got {}", x.rank().unwrap_or(0))
    })?;
    let Some(dims) = x.shape.dims() else { return Ok(Shape::UNKNOWN) };
    let (rows, columns) = (dims[dims.len() - 2], dims[dims.len() - 1]);
    // `MatrixDeterminant` merges the last dim first, the others the rows.
    let fit = if keep {
        merge::dims(rows, columns, "a square matrix")
    } else {
        merge::dims(columns, rows, "a square matrix")
    };
    let size = cx.fit_or(kernel, fit, || "Input matrix must be square.".to_owned())?;
    let mut out = dims[..dims.len() - 2].to_vec();
    if keep {
        out.extend([size, size]);
    }
    Ok(Shape::new(out))
}

/// `MatrixInverse`: the inverses of matrices, or of their adjoints.
///
/// # Errors
/// The rank is below 2 or the matrices are not square.
pub fn inverse(cx: &Cx<'_>, x: impl Into<Val>, adjoint: bool) -> Infer<Tensor> {
    let mut node = cx.node("MatrixInverse", [x.into()])?;
    node.with("adjoint", adjoint);
    let shape = squared(cx, "MatrixInverse", node.x(0), true)?;
    Ok(node.out(shape))
}

/// The eigenvalues and eigenvectors of `SelfAdjointEigV2`.
///
/// # Errors
/// The rank is not known.
pub fn eigenvectors(cx: &Cx<'_>, x: &Tensor) -> Infer<(Tensor, Tensor)> {
    let node = cx.node("SelfAdjointEigV2", [x.into()])?;
    let Some([outer @ .., _, size]) = x.shape.dims() else {
        return Err(Stop::Unknown("matrices of unknown rank"));
    };
    let values = outer.iter().copied().chain([*size]).collect();
    Ok((node.nth(0, values), node.nth(1, x.shape.clone())))
}

/// The singular values of `Svd`, and the left and right singular vectors, as many as there are values.
///
/// # Errors
/// The rank is not known.
pub fn singular(cx: &Cx<'_>, x: &Tensor) -> Infer<[Tensor; 3]> {
    let node = cx.node("Svd", [x.into()])?;
    let Some([outer @ .., rows, columns]) = x.shape.dims() else {
        return Err(Stop::Unknown("matrices of unknown rank"));
    };
    let least = rows.map2(*columns, |rows, columns| Some(rows.min(columns)));
    let of = |sizes: &[Dim]| outer.iter().chain(sizes).copied().collect::<Shape>();
    Ok([node.nth(0, of(&[least])), node.nth(1, of(&[*rows, least])), node.nth(2, of(&[*columns, least]))])
}

/// The matrices that `MatrixDiagV3` makes: which diagonals are given, and the sizes that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Diagonals {
    /// The lowest diagonal.
    pub lower: i64,
    /// The highest one.
    pub upper: i64,
    /// The number of rows, where it is asked for.
    pub rows: Option<i64>,
    /// The number of columns, where it is asked for.
    pub columns: Option<i64>,
}

impl Diagonals {
    /// One diagonal of square matrices.
    pub fn one(k: i64) -> Diagonals {
        Diagonals { lower: k, upper: k, rows: None, columns: None }
    }

    fn is_band(self) -> bool {
        self.lower < self.upper
    }

    /// The offsets as the kernels take them.
    fn offsets(self) -> Val {
        if self.is_band() { Val::ints(&[self.lower, self.upper]) } else { Val::from(self.lower) }
    }

    /// The sizes of matrices with diagonals of at most this length.
    fn sizes(self, longest: i64) -> Fit<(i64, i64)> {
        let (least_rows, least_columns) = (longest - self.upper.min(0), longest + self.lower.max(0));
        let (rows, columns) = match (self.rows, self.columns) {
            (None, None) => {
                let side = least_rows.max(least_columns);
                (side, side)
            }
            (rows, columns) => (rows.unwrap_or(least_rows), columns.unwrap_or(least_columns)),
        };
        let misfit = |param, text: &str| Err(Misfit::argument(param, text));
        if rows < least_rows {
            return misfit("num_rows", "num_rows is too small.");
        }
        if columns < least_columns {
            return misfit("num_cols", "num_cols is too small.");
        }
        if rows != least_rows && columns != least_columns {
            let text = format!(
                "num_rows and num_cols are not consistent with lower_diag_index, upper_diag_index, and the length of the \
                 given diagonals.\nnum_rows = {rows} != min_num_rows = {least_rows}, num_cols = {columns} != \
                 min_num_cols = {least_columns}"
            );
            return misfit("num_rows", &text);
        }
        Ok((rows, columns))
    }
}

/// `MatrixDiagV3`: matrices with the last axis, or for a band the last two, on diagonals.
///
/// # Errors
/// The rank is too low, the diagonals are not as many as the band has, or the sizes do not fit them.
pub fn matrix_diag(cx: &Cx<'_>, x: impl Into<Val>, of: Diagonals) -> Infer<Tensor> {
    let x = x.into();
    let dtype = cx.convert(&x, None)?.dtype;
    let zero = if dtype == Some(tensor::DType::Bool) { Val::from(false) } else { Val::from(0) };
    matrix_diag_in(cx, x, of, zero)
}

/// `MatrixDiagV3` whose other elements are given.
///
/// # Errors
/// As [`matrix_diag`].
pub fn matrix_diag_in(cx: &Cx<'_>, x: Val, of: Diagonals, padding: Val) -> Infer<Tensor> {
    const KERNEL: &str = "MatrixDiagV3";
    let size = |n: Option<i64>| Val::from(n.unwrap_or(-1));
    let node = cx.node(KERNEL, [x, of.offsets(), size(of.rows), size(of.columns), padding])?;
    let x = node.x(0);
    cx.fit_or(KERNEL, merge::rank_at_least(&x.shape, 1), || {
        format!("diagonal must be at least 1-dim, received shape: {}", x.shape.bracketed())
    })?;
    let Some((last, mut outer)) = x.shape.dims().and_then(<[Dim]>::split_last) else {
        return Ok(node.out(Shape::UNKNOWN));
    };
    if of.is_band() {
        // Of a vector, the axis before the last is the last again; an unknown size is -1, which no band has.
        let count = outer.last().unwrap_or(last).known().unwrap_or(-1);
        if count != of.upper - of.lower + 1 {
            let text = format!(
                "The number of rows of `diagonal` doesn't match the number of diagonals implied from `d_lower` and \
                 `d_upper`.\nnum_diags = {count}, d_lower = {}, d_upper = {} {} {}",
                of.lower,
                of.upper,
                outer.len() + 1,
                last.known().unwrap_or(-1)
            );
            return cx.refuse(KERNEL, Misfit::argument("diagonal", text));
        }
        outer = outer.split_last().map_or(outer, |(_, rest)| rest);
    }
    let sizes = match last.known() {
        Some(longest) => {
            let (rows, columns) = cx.fit(KERNEL, of.sizes(longest))?;
            [Dim::Known(rows), Dim::Known(columns)]
        }
        None if of.rows.is_none() && of.columns.is_none() && !of.is_band() => {
            // To the shape function an unknown length is -1, from which a diagonal off the middle counts on.
            let off = of.lower.abs();
            let side = if off > 0 && !cx.eager() { Dim::Known(off - 1) } else { last.plus(Dim::Known(off)) };
            [side, side]
        }
        None => [of.rows, of.columns].map(|n| n.map_or(Dim::Unknown, Dim::Known)),
    };
    let out = node.out(outer.iter().copied().chain(sizes).collect());
    // The kernel's row computes one diagonal of square matrices.
    Ok(if of.is_band() || of.rows.is_some() || of.columns.is_some() { out.like() } else { out })
}

/// `MatrixDiagPartV3`: the diagonals of matrices, those of a band beside each other.
///
/// # Errors
/// The rank is below 2, or a diagonal lies outside of the matrix.
pub fn matrix_diag_part(cx: &Cx<'_>, x: impl Into<Val>, of: Diagonals) -> Infer<Tensor> {
    const KERNEL: &str = "MatrixDiagPartV3";
    let x = x.into();
    let dtype = cx.convert(&x, None)?.dtype;
    let zero = if dtype == Some(tensor::DType::Bool) { Val::from(false) } else { Val::from(0) };
    let node = cx.node(KERNEL, [x, of.offsets(), zero])?;
    let x = node.x(0);
    cx.fit_or(KERNEL, merge::rank_at_least(&x.shape, 2), || {
        format!("input must be at least 2-dim, received shape: {}", x.shape.bracketed())
    })?;
    let Some(dims) = x.shape.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    let (outer, pair) = dims.split_at(dims.len() - 2);
    let length = match (pair[0], pair[1]) {
        (Dim::Known(rows), Dim::Known(columns)) => {
            for (k, which) in [(of.lower, "lower"), (of.upper, "upper")] {
                if k <= -rows && rows > 0 || k >= columns && columns > 0 {
                    let text = match cx.eager() {
                        true => format!(
                            "{which}_diag_index is out of bound: {k}. It must be between {} and {columns}",
                            -rows
                        ),
                        false => format!("{which}_diag_index is out of bound."),
                    };
                    return cx.refuse(KERNEL, Misfit::argument("k", text));
                }
            }
            Dim::Known((rows + of.upper.min(0)).min(columns - of.lower.max(0)))
        }
        (a, b) if of.lower == 0 && !of.is_band() && a == b && a != Dim::Unknown => a,
        _ => Dim::Unknown,
    };
    let count = of.is_band().then_some(Dim::Known(of.upper - of.lower + 1));
    let out = node.out(outer.iter().copied().chain(count).chain([length]).collect());
    Ok(if of.is_band() { out.like() } else { out })
}

/// `MatrixSetDiagV3`: a stack of matrices with other diagonals `k`.
///
/// # Errors
/// The ranks or sizes do not fit.
pub fn set_diag(cx: &Cx<'_>, x: Val, diagonal: Val, k: i64) -> Infer<Tensor> {
    const KERNEL: &str = "MatrixSetDiagV3";
    let node = cx.node(KERNEL, [x, diagonal, Val::from(k)])?;
    let (input, diagonal) = (&node.x(0).shape, &node.x(1).shape);
    cx.fit(KERNEL, merge::rank_at_least(input, 2))?;
    cx.fit(KERNEL, merge::rank_at_least(diagonal, 1))?;
    let Some(rank) = input.rank() else { return Ok(node.out(Shape::UNKNOWN)) };
    let diagonal = cx.fit(KERNEL, merge::rank(diagonal, rank - 1))?;
    let dims = diagonal.dims().unwrap_or_default();
    if cx.eager() {
        let rows = input.dim(-2).unwrap_or(Dim::Unknown);
        let columns = input.dim(-1).unwrap_or(Dim::Unknown);
        let longest = rows.map2(columns, |r, c| Some((r + k.min(0)).min(c - k.max(0))));
        if !longest.compatible(dims.last().copied().unwrap_or(Dim::Unknown)) {
            return Err(Stop::Unknown("a diagonal of another length"));
        }
    }
    // The prefix of the diagonal says something of the sizes before the matrices.
    let prefix = dims[..dims.len() - 1].iter().copied().chain([Dim::Unknown, Dim::Unknown]).collect();
    let shape = cx.fit(KERNEL, merge::shapes(input, &prefix))?;
    Ok(node.out(shape))
}

/// `MatrixBandPart` and others that keep the shape of matrices.
///
/// # Errors
/// The rank is below 2.
pub fn band_part(
    cx: &Cx<'_>,
    x: impl Into<Val>,
    lower: impl Into<Val>,
    upper: impl Into<Val>,
) -> Infer<Tensor> {
    let node = cx.node("MatrixBandPart", [x.into(), lower.into(), upper.into()])?;
    let x = node.x(0);
    if cx.eager() {
        cx.fit_or("MatrixBandPart", merge::rank_at_least(&x.shape, 2), || {
            format!("input must be at least 2-dim, received shape: {}", x.shape.bracketed())
        })?;
        let sides = [("num_lower", "rows", -2), ("num_upper", "columns", -1)];
        for ((name, what, axis), at) in sides.into_iter().zip([1, 2]) {
            let (Some(count), Some(Dim::Known(size))) = (node.x(at).int_value(), x.shape.dim(axis)) else {
                continue;
            };
            if count > size {
                let text = format!(
                    "{name} must be negative or less or equal to number of {what} ({size}) got: {count}"
                );
                return cx.refuse("MatrixBandPart", Misfit::argument(name, text));
            }
        }
    }
    Ok(node.out(x.shape.clone()))
}

/// Which part of the matrices of a system counts.
#[derive(Clone, Copy, Debug)]
pub struct Sides {
    /// Whether a triangle is the lower one.
    pub lower: bool,
    /// Whether the system is that of the adjoint matrices.
    pub adjoint: bool,
}

/// `MatrixSolve`, `MatrixTriangularSolve`, `CholeskySolve`: the shape of the right side.
///
/// # Errors
/// The matrices are not square, or the right side has other rows.
pub fn solve(cx: &Cx<'_>, kernel: &str, matrix: Val, right: Val, sides: Sides) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [matrix, right])?;
    node.with("adjoint", sides.adjoint);
    if kernel == "MatrixTriangularSolve" {
        node.with("lower", sides.lower);
    }
    let (matrix, right) = (node.x(0), node.x(1));
    let dim = |t: &Tensor, at: i64| t.shape.dim(at).unwrap_or(Dim::Unknown);
    cx.fit(kernel, merge::rank_at_least(&matrix.shape, 2))?;
    let size = cx.fit_or(kernel, merge::dims(dim(matrix, -2), dim(matrix, -1), "a square matrix"), || {
        "Input matrix must be square.".to_owned()
    })?;
    cx.fit(kernel, merge::rank_at_least(&right.shape, 2))?;
    let outer = |t: &Tensor| match t.shape.dims() {
        Some(dims) => dims[..dims.len() - 2].iter().copied().collect(),
        None => Shape::UNKNOWN,
    };
    let batch = if kernel == "MatrixSolve" {
        cx.fit(kernel, merge::shapes(&outer(matrix), &outer(right)))?
    } else {
        cx.fit(kernel, merge::broadcast(&outer(matrix), &outer(right)))?
    };
    let size = cx.fit_or(kernel, merge::dims(size, dim(right, -2), "the rows of both"), || {
        format!(
            "Input matrix and rhs are incompatible: {} vs. {}",
            matrix.shape.bracketed(),
            right.shape.bracketed()
        )
    })?;
    let Some(batch) = batch.dims() else { return Ok(node.out(Shape::UNKNOWN)) };
    Ok(node.out(batch.iter().copied().chain([size, dim(right, -1)]).collect()))
}
