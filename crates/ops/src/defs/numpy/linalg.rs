//! NumPy's linear algebra.

use tensor::{DType, Dim, Shape};

use super::row;
use crate::numpy::cx::{argument, tuple};
use crate::numpy::{Nd, Np, Weak, call, convert, promote};
use crate::{Arg, Call, Exc, FromArg, Infer, Mistake, Op, Operand, Outputs, Param, Stop};

const A: Param<Operand> = Param::at(0, &["a", "x1", "x"]);
const B: Param<Operand> = Param::at(1, &["b", "x2", "y"]);

pub(super) static OPS: &[Op] = &[
    row("np.matmul", &["np.matmul", "np.linalg.matmul(x1, x2, /)"], matmul),
    row("np.dot", &["np.dot", "np.ndarray.dot"], dot),
    row("np.vdot", &["np.vdot"], vdot),
    row("np.inner", &["np.inner"], inner),
    row("np.outer", &["np.outer", "np.linalg.outer"], outer),
    row("np.kron", &["np.kron"], kron),
    row("np.tensordot", &["np.tensordot"], tensordot),
    row("np.einsum", &["np.einsum"], einsum),
    row("np.cross", &["np.cross"], cross),
    row("np.linalg.inv", &["np.linalg.inv", "np.linalg.cholesky"], square),
    row("np.linalg.pinv", &["np.linalg.pinv"], pinv),
    row("np.linalg.det", &["np.linalg.det"], det),
    row("np.linalg.slogdet", &["np.linalg.slogdet"], slogdet),
    row("np.linalg.solve", &["np.linalg.solve"], solve),
    row("np.linalg.lstsq", &["np.linalg.lstsq"], lstsq),
    row("np.linalg.eigh", &["np.linalg.eigh"], eigh),
    row("np.linalg.eigvalsh", &["np.linalg.eigvalsh"], eigvalsh),
    row("np.linalg.svd", &["np.linalg.svd"], svd),
    row("np.linalg.qr", &["np.linalg.qr"], qr),
    row("np.linalg.matrix_power", &["np.linalg.matrix_power"], matrix_power),
    row("np.linalg.matrix_rank", &["np.linalg.matrix_rank"], matrix_rank),
    row("np.cov", &["np.cov", "np.corrcoef"], cov),
    row("np.convolve", &["np.convolve", "np.correlate"], convolve),
    row("np.interp", &["np.interp"], interp),
    row("np.polyfit", &["np.polyfit"], polyfit),
    row("np.polyval", &["np.polyval"], polyval),
    row("np.trapezoid", &["np.trapezoid"], trapezoid),
];

/// The dtype of a product; Python's numbers count in full.
fn product(x: &Nd, y: &Nd) -> Option<DType> {
    let full = |nd: &Nd| Nd { weak: Weak::No, ..nd.clone() };
    promote::result_type(&[&full(x), &full(y)])
}

fn matmul(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(B)?);
        let dtype = product(&x, &y);
        for (number, nd) in [&x, &y].into_iter().enumerate() {
            if nd.rank() == Some(0) {
                let text = format!(
                    "matmul: Input operand {number} does not have enough dimensions (has 0, gufunc core with \
                     signature (n?,k),(k,m?)->(n?,m?) requires 1)"
                );
                let (param, expected) = (if number == 0 { "x1" } else { "x2" }, "at least 1".to_owned());
                return np.value_error(text, Mistake::RankMismatch { param, expected, got: 0 });
            }
        }
        let (Some(a), Some(b)) = (x.dims(), y.dims()) else {
            return Ok(Nd::new(Shape::UNKNOWN, dtype).output());
        };
        let (left, right) = (a[a.len() - 1], if b.len() == 1 { b[0] } else { b[b.len() - 2] });
        if !left.compatible(right) {
            let text = format!(
                "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature \
                 (n?,k),(k,m?)->(n?,m?) (size {right} is different from {left})"
            );
            return np.value_error(
                text,
                Mistake::DimMismatch { left, right, what: "the inner dims of a product" },
            );
        }
        let (a_batch, b_batch) = (&a[..a.len().saturating_sub(2)], &b[..b.len().saturating_sub(2)]);
        let batch = batches(np, (a_batch, a), (b_batch, b))?;
        let Some(batch) = batch.dims() else { return Ok(Nd::new(Shape::UNKNOWN, dtype).output()) };
        let mut dims = batch.to_vec();
        if a.len() > 1 {
            dims.push(a[a.len() - 2]);
        }
        if b.len() > 1 {
            dims.push(b[b.len() - 1]);
        }
        Ok(Nd::new(Shape::new(dims), dtype).output())
    })
}

/// Broadcasts the axes before the matrices.
fn batches(np: &Np<'_>, (a, whole_a): (&[Dim], &[Dim]), (b, whole_b): (&[Dim], &[Dim])) -> Infer<Shape> {
    let (left, right) = (Shape::new(a.iter().copied()), Shape::new(b.iter().copied()));
    tensor::broadcast(&left, &right).or_else(|e| {
        let mapped = |dims: &[Dim], batch: &[Dim]| {
            let whole = tuple(&Shape::new(dims.iter().copied()));
            let inner: Vec<String> =
                batch.iter().map(|d| d.known().map_or("None".to_owned(), |n| n.to_string())).collect();
            format!("{whole}->({},newaxis,newaxis)", inner.join(","))
        };
        let shown = |d: Option<&Dim>| d.map_or("?".to_owned(), Dim::to_string);
        let text = format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: {} {}  and \
             requested shape ({},{})",
            mapped(whole_a, a),
            mapped(whole_b, b),
            shown(whole_a.iter().rev().nth(1)),
            shown(whole_b.last())
        );
        let mistake = Mistake::NotBroadcastable { left: e.left, right: e.right, from_end: e.from_end + 2 };
        np.value_error(text, mistake)
    })
}

/// What `np.dot` and its like raise for axes of several sizes.
fn not_aligned<R>(np: &Np<'_>, x: &Nd, y: &Nd, at: (usize, usize)) -> Infer<R> {
    let (left, right) =
        (x.shape.dim(at.0 as i64).unwrap_or(Dim::Unknown), y.shape.dim(at.1 as i64).unwrap_or(Dim::Unknown));
    let text = format!(
        "shapes {} and {} not aligned: {left} (dim {}) != {right} (dim {})",
        tuple(&x.shape),
        tuple(&y.shape),
        at.0,
        at.1
    );
    np.value_error(text, Mistake::DimMismatch { left, right, what: "the inner dims of a product" })
}

fn dot(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(Param::at(1, &["b", "other"]))?);
        let dtype = product(&x, &y);
        let (Some(a), Some(b)) = (x.dims(), y.dims()) else {
            return Ok(Nd::new(Shape::UNKNOWN, dtype).output());
        };
        if a.is_empty() || b.is_empty() {
            let dims = a.iter().chain(b).copied();
            return Ok(Nd::new(dims.collect(), promote::result_type(&[&x, &y])).output());
        }
        let (i, j) = (a.len() - 1, b.len().saturating_sub(2));
        if !a[i].compatible(b[j]) {
            return not_aligned(np, &x, &y, (i, j));
        }
        let rest = b.iter().enumerate().filter(|(axis, _)| *axis != j).map(|(_, d)| *d);
        Ok(Nd::new(a[..i].iter().copied().chain(rest).collect(), dtype).output())
    })
}

fn vdot(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(B)?);
        Ok(Nd::new(Shape::scalar(), product(&x, &y)).output())
    })
}

fn inner(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(B)?);
        let dtype = product(&x, &y);
        let (Some(a), Some(b)) = (x.dims(), y.dims()) else {
            return Ok(Nd::new(Shape::UNKNOWN, dtype).output());
        };
        if a.is_empty() || b.is_empty() {
            return Ok(
                Nd::new(a.iter().chain(b).copied().collect(), promote::result_type(&[&x, &y])).output()
            );
        }
        let (i, j) = (a.len() - 1, b.len() - 1);
        if !a[i].compatible(b[j]) {
            // It is computed as a product with the transposed second operand, which the text shows.
            let mut turned = b.to_vec();
            let at = j.saturating_sub(1);
            turned.swap(at, j);
            let turned = Nd::new(Shape::new(turned), y.dtype);
            return not_aligned(np, &x, &turned, (i, at));
        }
        Ok(Nd::new(a[..i].iter().chain(&b[..j]).copied().collect(), dtype).output())
    })
}

fn outer(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(B)?);
        Ok(Nd::new(Shape::new([x.shape.size(), y.shape.size()]), product(&x, &y)).output())
    })
}

fn kron(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(B)?);
        let dtype = product(&x, &y);
        let (Some(a), Some(b)) = (x.dims(), y.dims()) else {
            return Ok(Nd::new(Shape::UNKNOWN, dtype).output());
        };
        let rank = a.len().max(b.len());
        let at =
            |dims: &[Dim], i: usize| (i + dims.len()).checked_sub(rank).map_or(Dim::Known(1), |i| dims[i]);
        Ok(Nd::new((0..rank).map(|i| at(a, i).times(at(b, i))).collect(), dtype).output())
    })
}

fn tensordot(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(B)?);
        let dtype = product(&x, &y);
        let (Some(a), Some(b)) = (x.dims(), y.dims()) else {
            return Ok(Nd::new(Shape::UNKNOWN, dtype).output());
        };
        let (left, right) = match np.arg(Param::<Arg>::named(&["axes"])) {
            Arg::List(items) | Arg::Tuple(items) if items.len() == 2 => {
                (Vec::<i64>::from_arg(&items[0])?, Vec::<i64>::from_arg(&items[1])?)
            }
            arg => {
                let n = if matches!(arg, Arg::Missing) { 2 } else { i64::from_arg(arg)? };
                ((-n..0).collect(), (0..n).collect())
            }
        };
        if left.len() != right.len() {
            return np.value_error("shape-mismatch for sum", argument("axes", "another number of axes"));
        }
        let inside = |axes: Vec<i64>, rank: usize| -> Option<Vec<usize>> {
            let front = |n: i64| if n < 0 { n + rank as i64 } else { n };
            axes.into_iter().map(|n| usize::try_from(front(n)).ok().filter(|i| *i < rank)).collect()
        };
        let (Some(left), Some(right)) = (inside(left, a.len()), inside(right, b.len())) else {
            return np.index_error("tuple index out of range", argument("axes", "outside of the rank"));
        };
        for (i, j) in left.iter().zip(&right) {
            if !a[*i].compatible(b[*j]) {
                let (left, right) = (a[*i], b[*j]);
                let mistake = Mistake::DimMismatch { left, right, what: "the summed axes" };
                return np.value_error("shape-mismatch for sum", mistake);
            }
        }
        let rest = |dims: &[Dim], gone: &[usize]| -> Vec<Dim> {
            dims.iter().enumerate().filter(|(i, _)| !gone.contains(i)).map(|(_, d)| *d).collect()
        };
        let dims = rest(a, &left).into_iter().chain(rest(b, &right));
        Ok(Nd::new(dims.collect(), dtype).output())
    })
}

fn einsum(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let given = c.args.first().and_then(|(_, arg)| arg.items()).unwrap_or_default();
        let Some((Arg::Str(equation), operands)) = given.split_first() else {
            return Err(Stop::Unknown("an einsum without an equation"));
        };
        let arrays = operands.iter().map(convert::array).collect::<Infer<Vec<Nd>>>()?;
        let dtype = promote::result_type(&arrays.iter().collect::<Vec<_>>());
        let equation: String = equation.chars().filter(|ch| !ch.is_whitespace()).collect();
        if equation.contains('.') {
            return Ok(Nd::new(Shape::UNKNOWN, dtype).output());
        }
        let (inputs, output) = match equation.split_once("->") {
            Some((inputs, output)) => (inputs, Some(output)),
            None => (&equation[..], None),
        };
        let terms: Vec<&str> = inputs.split(',').collect();
        if terms.len() != arrays.len() {
            let text = if terms.len() > arrays.len() {
                "more operands provided to einstein sum function than specified in the subscripts string"
            } else {
                "fewer operands provided to einstein sum function than specified in the subscripts string"
            };
            return np.value_error(text, argument("operands", "another number than the equation has"));
        }
        let mut sizes: Vec<(char, Dim)> = Vec::new();
        for (number, (term, array)) in terms.iter().zip(&arrays).enumerate() {
            let Some(dims) = array.dims() else { continue };
            let count = term.chars().count();
            if count != dims.len() {
                let text = if count < dims.len() {
                    "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis \
                         provided to broadcast the extra dimensions.".to_string()
                } else {
                    format!(
                        "einstein sum subscripts string contains too many subscripts for operand {number}"
                    )
                };
                let expected = count.to_string();
                return np.value_error(
                    text,
                    Mistake::RankMismatch { param: "operands", expected, got: dims.len() },
                );
            }
            for (letter, dim) in term.chars().zip(dims) {
                match sizes.iter_mut().find(|(l, _)| *l == letter) {
                    None => sizes.push((letter, *dim)),
                    Some((_, known)) => match tensor::broadcast_dim(*known, *dim) {
                        Some(merged) => *known = merged,
                        None => {
                            let (left, right) = (*known, *dim);
                            let text = remapped(&terms, &arrays, output);
                            let mistake =
                                Mistake::DimMismatch { left, right, what: "the axes of one subscript" };
                            return np.value_error(text, mistake);
                        }
                    },
                }
            }
        }
        let letters: Vec<char> = match output {
            Some(output) => output.chars().collect(),
            None => {
                let all: String = terms.concat();
                let mut once: Vec<char> =
                    all.chars().filter(|l| all.chars().filter(|other| other == l).count() == 1).collect();
                once.sort_unstable();
                once
            }
        };
        let size = |letter: &char| sizes.iter().find(|(l, _)| l == letter).map_or(Dim::Unknown, |(_, d)| *d);
        Ok(Nd::new(letters.iter().map(size).collect(), dtype).output())
    })
}

/// The text for subscripts of several sizes, which names every operand as it is laid out for the iteration.
fn remapped(terms: &[&str], arrays: &[Nd], output: Option<&str>) -> String {
    let mut order: Vec<char> = output.unwrap_or_default().chars().collect();
    for letter in terms.concat().chars() {
        if !order.contains(&letter) {
            order.push(letter);
        }
    }
    let shown: Vec<String> = terms
        .iter()
        .zip(arrays)
        .map(|(term, array)| {
            let dims = array.dims().unwrap_or_default();
            let last = order.iter().rposition(|l| term.contains(*l)).map_or(0, |i| i + 1);
            let first = order.iter().position(|l| term.contains(*l)).unwrap_or(0);
            let mapped: Vec<String> = order[first..last]
                .iter()
                .map(|letter| match term.chars().position(|l| l == *letter) {
                    Some(i) => dims.get(i).map_or("?".to_owned(), Dim::to_string),
                    None => "newaxis".to_owned(),
                })
                .collect();
            format!("{}->({})", tuple(&array.shape), mapped.join(","))
        })
        .collect();
    format!(
        "operands could not be broadcast together with remapped shapes [original->remapped]: {} ",
        shown.join(" ")
    )
}

fn cross(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(A)?, np.array(B)?);
        let shape = tensor::broadcast(&x.shape, &y.shape).unwrap_or(Shape::UNKNOWN);
        Ok(Nd::new(shape, product(&x, &y)).output())
    })
}

/// The matrix argument of a function of `np.linalg`: its dims, and the dtype it computes in.
fn matrix(np: &Np<'_>, square: bool) -> Infer<(Option<Vec<Dim>>, Option<DType>)> {
    let x = np.array(A)?;
    let dtype = x.dtype.map(|d| if d.is_integer() || d == DType::Bool { DType::Float64 } else { d });
    let Some(dims) = x.dims() else { return Ok((None, dtype)) };
    if dims.len() < 2 {
        let text = format!("{}-dimensional array given. Array must be at least two-dimensional", dims.len());
        let expected = "at least 2".to_owned();
        return np.raise(
            Exc::LinAlgError,
            text,
            Mistake::RankMismatch { param: "a", expected, got: dims.len() },
        );
    }
    let (left, right) = (dims[dims.len() - 2], dims[dims.len() - 1]);
    if square && !left.compatible(right) {
        let mistake = Mistake::DimMismatch { left, right, what: "the sides of a matrix" };
        return np.raise(Exc::LinAlgError, "Last 2 dimensions of the array must be square", mistake);
    }
    Ok((Some(dims.to_vec()), dtype))
}

/// Makes a result from the dims of the matrix: those before it and new ones.
fn made(dims: Option<&[Dim]>, new: &[Dim], dtype: Option<DType>) -> Outputs {
    let shape = dims.map(|dims| dims[..dims.len().saturating_sub(2)].iter().chain(new).copied().collect());
    Nd::new(shape.unwrap_or(Shape::UNKNOWN), dtype).output()
}

fn square(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, true)?;
        Ok(Nd::new(dims.map_or(Shape::UNKNOWN, Shape::new), dtype).output())
    })
}

fn pinv(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, false)?;
        Ok(match &dims {
            Some(d) => made(Some(d), &[d[d.len() - 1], d[d.len() - 2]], dtype),
            None => made(None, &[], dtype),
        })
    })
}

fn det(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, true)?;
        Ok(made(dims.as_deref(), &[], dtype))
    })
}

fn slogdet(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, true)?;
        Ok(Outputs::Tuple(vec![made(dims.as_deref(), &[], dtype), made(dims.as_deref(), &[], dtype)]))
    })
}

fn solve(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, true)?;
        let b = np.array(B)?;
        let dtype = dtype.zip(b.dtype).and_then(|(a, b)| tensor::numpy_result_type(a, b));
        if let (Some(dims), Some(own)) = (&dims, b.dims()) {
            let right = if own.len() == 1 {
                own[0]
            } else {
                own.get(own.len().wrapping_sub(2)).copied().unwrap_or(Dim::Unknown)
            };
            let left = dims[dims.len() - 1];
            if !left.compatible(right) {
                let signature = if own.len() == 1 { "(m,m),(m)->(m)" } else { "(m,m),(m,n)->(m,n)" };
                let name = if own.len() == 1 { "solve1" } else { "solve" };
                let text = format!(
                    "{name}: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature \
                     {signature} (size {right} is different from {left})"
                );
                return np.value_error(
                    text,
                    Mistake::DimMismatch { left, right, what: "a system and its right side" },
                );
            }
        }
        Ok(Nd::new(b.shape, dtype).output())
    })
}

/// `np.linalg.lstsq(a, b)`: the solution, sums of squared residuals, of which there are none where the matrix lacks
/// rank, that rank, and the singular values.
fn lstsq(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (a, b) = (np.array(A)?, np.array(B)?);
        for (param, rank) in [("a", a.rank()), ("b", b.rank().map(|rank| if rank == 1 { 2 } else { rank }))] {
            if let Some(got) = rank.filter(|rank| *rank != 2) {
                let text = format!("{got}-dimensional array given. Array must be two-dimensional");
                let mistake = Mistake::RankMismatch { param, expected: "2".to_owned(), got };
                return np.raise(Exc::LinAlgError, text, mistake);
            }
        }
        let (dims, dtype) = matrix(np, false)?;
        let dtype = dtype.zip(b.dtype).and_then(|(a, b)| tensor::numpy_result_type(a, b));
        let (Some(&[rows, columns]), Some(right)) = (dims.as_deref(), b.dims()) else {
            return Err(Stop::Unknown("a system of unknown rank"));
        };
        if !rows.compatible(right[0]) {
            let mistake =
                Mistake::DimMismatch { left: rows, right: right[0], what: "a system and its right side" };
            return np.raise(Exc::LinAlgError, "Incompatible dimensions", mistake);
        }
        let of = |dims: Vec<Dim>| Nd::new(Shape::new(dims), dtype).output();
        let least = rows.map2(columns, |rows, columns| Some(rows.min(columns)));
        Ok(Outputs::Tuple(vec![
            of([&[columns], &right[1..]].concat()),
            of(vec![Dim::Unknown]),
            Nd::new(Shape::scalar(), Some(DType::Int32)).output(),
            of(vec![least]),
        ]))
    })
}

fn eigh(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, true)?;
        let side = dims.as_ref().map_or(Dim::Unknown, |d| d[d.len() - 1]);
        Ok(Outputs::Tuple(vec![
            made(dims.as_deref(), &[side], dtype),
            made(dims.as_deref(), &[side, side], dtype),
        ]))
    })
}

fn eigvalsh(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, true)?;
        let side = dims.as_ref().map_or(Dim::Unknown, |d| d[d.len() - 1]);
        Ok(made(dims.as_deref(), &[side], dtype))
    })
}

fn svd(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, false)?;
        let full = np.flag(Param::named(&["full_matrices"]), true)?;
        let vectors = np.flag(Param::named(&["compute_uv"]), true)?;
        let Some(d) = &dims else { return Err(Stop::Unknown("a matrix of unknown rank")) };
        let (m, n) = (d[d.len() - 2], d[d.len() - 1]);
        let k = m.map2(n, |m, n| Some(m.min(n)));
        let values = made(Some(d), &[k], dtype);
        if !vectors {
            return Ok(values);
        }
        let (u, v) = if full { ([m, m], [n, n]) } else { ([m, k], [k, n]) };
        Ok(Outputs::Tuple(vec![made(Some(d), &u, dtype), values, made(Some(d), &v, dtype)]))
    })
}

fn qr(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (dims, dtype) = matrix(np, false)?;
        let Some(d) = &dims else { return Err(Stop::Unknown("a matrix of unknown rank")) };
        let (m, n) = (d[d.len() - 2], d[d.len() - 1]);
        let k = m.map2(n, |m, n| Some(m.min(n)));
        match np.arg(Param::<Arg>::named(&["mode"])) {
            Arg::Missing => {}
            Arg::Str(s) if &**s == "reduced" => {}
            _ => return Err(Stop::Unknown("another mode of qr")),
        }
        Ok(Outputs::Tuple(vec![made(Some(d), &[m, k], dtype), made(Some(d), &[k, n], dtype)]))
    })
}

fn matrix_power(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        matrix(np, true)?;
        let x = np.array(A)?;
        Ok(Nd::new(x.shape, x.dtype).output())
    })
}

fn matrix_rank(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["A"]))?;
        let dims = x.dims().map(<[Dim]>::to_vec);
        Ok(made(dims.as_deref(), &[], Some(DType::Int64)))
    })
}

fn cov(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["m", "x"]))?;
        let y = np.maybe_array(Param::named(&["y"]))?;
        let rows = np.flag(Param::named(&["rowvar"]), true)?;
        let count = match (x.dims(), rows) {
            (Some([_]), _) => Dim::Known(1),
            (Some([a, _]), true) => *a,
            (Some([_, b]), false) => *b,
            _ => Dim::Unknown,
        };
        let count = match y.as_ref().map(|y| y.dims().map(<[Dim]>::len)) {
            None => count,
            Some(Some(1)) => count.plus(Dim::Known(1)),
            Some(_) => Dim::Unknown,
        };
        let shape = if count == Dim::Known(1) { Shape::scalar() } else { Shape::new([count, count]) };
        Ok(Nd::new(shape, DType::Float64).output())
    })
}

fn convolve(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (x, y) = (np.array(Param::at(0, &["a"]))?, np.array(Param::at(1, &["v"]))?);
        let mode = match np.arg(Param::<Arg>::named(&["mode"])) {
            Arg::Str(s) => s.to_string(),
            _ if c.path == "np.correlate" => "valid".to_owned(),
            _ => "full".to_owned(),
        };
        let size = x.shape.size().map2(y.shape.size(), |a, b| match &mode[..] {
            "same" => Some(a.max(b)),
            "valid" => Some(a.max(b) - a.min(b) + 1),
            _ => Some(a + b - 1),
        });
        Ok(Nd::new(Shape::new([size]), product(&x, &y)).output())
    })
}

fn interp(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let x = np.array(Param::at(0, &["x"]))?;
        Ok(Nd::new(x.shape, DType::Float64).output())
    })
}

fn polyfit(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let degree = np.int_or(Param::named(&["deg"]), 1)?;
        let (y, cov) = (np.array(Param::at(1, &["y"]))?, np.arg(Param::<Operand>::named(&["cov"])));
        let count = Dim::Known(degree.saturating_add(1).max(0));
        // A polynomial for each column of `y`.
        let columns = y.dims().map(|dims| dims.get(1..).unwrap_or_default().to_vec());
        let of = |dims: &[Dim], columns: Option<&[Dim]>| {
            let shape = columns.map_or(Shape::UNKNOWN, |columns| Shape::new([dims, columns].concat()));
            Nd::new(shape, DType::Float64).output()
        };
        let found = of(&[count], columns.as_deref());
        if np.flag(Param::named(&["full"]), false)? {
            return Ok(Outputs::Tuple(vec![
                found,
                // None where the system has not the full rank.
                of(&[Dim::Unknown], Some(&[])),
                Nd::new(Shape::scalar(), Some(DType::Int32)).output(),
                of(&[count], Some(&[])),
                of(&[], Some(&[])),
            ]));
        }
        Ok(match cov {
            Arg::Missing | Arg::None | Arg::Bool(false) => found,
            Arg::Bool(true) => Outputs::Tuple(vec![found, of(&[count, count], columns.as_deref())]),
            // With `cov="unscaled"` one matrix is for all columns.
            Arg::Str(_) => {
                let one = columns.map(|columns| vec![Dim::Known(1); columns.len()]);
                Outputs::Tuple(vec![found, of(&[count, count], one.as_deref())])
            }
            _ => return Err(Stop::Unknown("what `cov` is")),
        })
    })
}

fn polyval(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let (p, x) = (np.array(Param::at(0, &["p"]))?, np.array(Param::at(1, &["x"]))?);
        Ok(Nd::new(x.shape.clone(), product(&p, &x)).output())
    })
}

fn trapezoid(c: &Call<'_>) -> Infer<Outputs> {
    call(c, |np| {
        let y = np.array(Param::at(0, &["y"]))?;
        let Some(dims) = y.dims() else { return Ok(Nd::new(Shape::UNKNOWN, DType::Float64).output()) };
        let at = np.axis(np.int_or(Param::named(&["axis"]), -1)?, dims.len())?;
        let rest = dims.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, d)| *d);
        Ok(Nd::new(rest.collect(), y.dtype.and_then(promote::averaged)).output())
    })
}
