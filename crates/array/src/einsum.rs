//! `einsum`: sums of products by labelled axes, as one product of matrices.

use smallvec::SmallVec;

use crate::array::Sizes;
use crate::{Array, Fault, Reduction, Result};

/// Computes what an equation says of one or two arrays; each label is an axis. A label of several sizes is
/// broadcast where one of them is 1.
///
/// # Errors
/// The labels are not as many as the axes, sizes differ, or an output label is on no input.
pub fn einsum(arrays: &[Array], inputs: &[Vec<char>], output: &[char]) -> Result<Array> {
    let once = unique(output);
    let result = match (arrays, inputs) {
        ([x], [labels]) => {
            let (x, labels) = simple(x, labels, &once)?;
            arrange(&x, &labels, &once)?
        }
        ([x, y], [a, b]) => {
            let both = |own: &[char]| [own, &once[..]].concat();
            let (x, a) = simple(x, a, &both(b))?;
            let (y, b) = simple(y, b, &both(&a))?;
            product(&x, &a, &y, &b, &once)?
        }
        _ => return Err(Fault::Unsupported("an equation of more than two arrays")),
    };
    if once.len() == output.len() { Ok(result) } else { on_diagonals(&result, &once, output) }
}

fn unique(labels: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(labels.len());
    labels.iter().for_each(|label| {
        if !out.contains(label) {
            out.push(*label);
        }
    });
    out
}

/// Takes the diagonal of axes with the same label, and sums the axes that nothing else has.
fn simple(x: &Array, labels: &[char], wanted: &[char]) -> Result<(Array, Vec<char>)> {
    if labels.len() != x.rank() {
        return Err(Fault::Shape(format!("{} labels for {} axes", labels.len(), x.rank())));
    }
    let own = unique(labels);
    let mut x = x.clone();
    if own.len() < labels.len() {
        let mut shape = Sizes::new();
        let mut strides: SmallVec<[isize; 6]> = SmallVec::new();
        for label in &own {
            let axes = || (0..labels.len()).filter(|axis| labels[*axis] == *label);
            let size = axes().map(|axis| x.shape()[axis]).max().unwrap_or(1);
            if axes().any(|axis| x.shape()[axis] != size) {
                return Err(Fault::Shape(format!("several sizes of '{label}'")));
            }
            shape.push(size);
            strides.push(axes().map(|axis| x.strides()[axis]).sum());
        }
        x = x.seen(shape, strides);
    }
    let gone: Vec<bool> = own.iter().map(|label| !wanted.contains(label)).collect();
    if gone.contains(&true) {
        x = crate::reduce(Reduction::Sum, &x, &gone, false)?;
    }
    Ok((x, own.into_iter().filter(|label| wanted.contains(label)).collect()))
}

/// Orders the axes by labels; a label that is not there becomes an axis of size 1.
fn arrange(x: &Array, labels: &[char], order: &[char]) -> Result<Array> {
    let axes: Vec<usize> =
        order.iter().filter_map(|label| labels.iter().position(|own| own == label)).collect();
    if axes.len() != order.len() {
        return Err(Fault::Shape("an output label that no input has".to_owned()));
    }
    x.permute(&axes)
}

fn product(x: &Array, a: &[char], y: &Array, b: &[char], output: &[char]) -> Result<Array> {
    let shared = |label: &&char| a.contains(label) && b.contains(label);
    let batch: Vec<char> = output.iter().filter(shared).copied().collect();
    let summed: Vec<char> = a.iter().filter(|l| b.contains(l) && !output.contains(l)).copied().collect();
    let left: Vec<char> = a.iter().filter(|label| !b.contains(label)).copied().collect();
    let right: Vec<char> = b.iter().filter(|label| !a.contains(label)).copied().collect();
    let size_of = |label: &char| {
        let own =
            |labels: &[char], of: &Array| labels.iter().position(|l| l == label).map(|at| of.shape()[at]);
        match (own(a, x), own(b, y)) {
            (Some(1), Some(n)) | (Some(n), Some(1) | None) | (None, Some(n)) => Ok(n),
            (Some(m), Some(n)) if m == n => Ok(n),
            _ => Err(Fault::Shape(format!("several sizes of '{label}'"))),
        }
    };
    let sizes = |labels: &[char]| labels.iter().map(size_of).collect::<Result<Vec<usize>>>();
    let (outer, inner) = (sizes(&batch)?, sizes(&summed)?);
    let (rows, columns) = (sizes(&left)?, sizes(&right)?);
    let matrices = |of: &Array, labels: &[char], order: [&[char]; 3], flat: [usize; 2]| -> Result<Array> {
        let order = order.concat();
        let full = arrange(of, labels, &order)?.broadcast_to(&sizes(&order)?)?;
        full.reshape(&[&outer[..], &flat].concat())
    };
    let [m, k, n] = [&rows, &inner, &columns].map(|sizes| sizes.iter().product::<usize>());
    let p = matrices(x, a, [&batch, &left, &summed], [m, k])?;
    let q = matrices(y, b, [&batch, &summed, &right], [k, n])?;
    let made = crate::matmul(&p, &q)?.reshape(&[&outer[..], &rows, &columns].concat())?;
    arrange(&made, &[batch, left, right].concat(), output)
}

/// Spreads axes over all that have their label in the output: a vector as the diagonal of a matrix.
fn on_diagonals(x: &Array, labels: &[char], output: &[char]) -> Result<Array> {
    let at = |label: &char| labels.iter().position(|own| own == label).unwrap_or(0);
    let shape: Sizes = output.iter().map(|label| x.shape()[at(label)]).collect();
    let places = |of: &Array| {
        let mut strides: SmallVec<[isize; 6]> = SmallVec::from_elem(0, labels.len());
        output.iter().enumerate().for_each(|(axis, label)| strides[at(label)] += of.strides()[axis]);
        strides
    };
    let flat: usize = crate::array::count(&shape)?;
    let numbers = Array::ints(&shape, tensor::DType::Int64, (0..flat as i64).collect())?;
    let diagonal = numbers.seen(x.shape().into(), places(&numbers)).reshape(&[x.len(), 1])?;
    let zeros = Array::zeros(&[flat], x.dtype())?;
    crate::scatter_nd(&zeros, &diagonal, &x.reshape(&[x.len()])?, crate::Rows::Set)?.reshape(&shape)
}

#[cfg(test)]
mod tests {
    use tensor::DType;

    use super::*;

    fn counting(shape: &[usize]) -> Array {
        Array::ints(shape, DType::Int32, (0..shape.iter().product::<usize>() as i64).collect()).unwrap()
    }

    fn of(equation: &str, arrays: &[Array]) -> (Vec<usize>, Vec<i64>) {
        let (inputs, output) = equation.split_once("->").unwrap();
        let inputs: Vec<Vec<char>> = inputs.split(',').map(|labels| labels.chars().collect()).collect();
        let out = einsum(arrays, &inputs, &output.chars().collect::<Vec<_>>()).unwrap();
        (out.shape().to_vec(), out.to_ints().unwrap())
    }

    #[test]
    fn computes_what_equations_say() {
        let (x, y) = (counting(&[2, 3]), counting(&[3, 2]));
        assert_eq!(of("ij,jk->ik", &[x.clone(), y.clone()]), (vec![2, 2], vec![10, 13, 28, 40]));
        assert_eq!(of("ij->ji", std::slice::from_ref(&x)), (vec![3, 2], vec![0, 3, 1, 4, 2, 5]));
        assert_eq!(of("ij->", std::slice::from_ref(&x)), (vec![], vec![15]));
        assert_eq!(of("ij,ij->j", &[x.clone(), x.clone()]), (vec![3], vec![9, 17, 29]));
        assert_eq!(of("i,j->ij", &[counting(&[2]), counting(&[3])]), (vec![2, 3], vec![0, 0, 0, 0, 1, 2]));
        assert_eq!(of("ij,k->i", &[x, counting(&[2])]), (vec![2], vec![3, 12]));
        assert_eq!(of("ii->i", &[counting(&[3, 3])]), (vec![3], vec![0, 4, 8]));
        assert_eq!(of("i->ii", &[counting(&[2])]), (vec![2, 2], vec![0, 0, 0, 1]));
    }
}
