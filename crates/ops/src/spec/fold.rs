//! Arithmetic on known contents.
//!
//! TensorFlow folds constants while it traces: `tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1] // 6, 6])` has a
//! static 8 where the width is 48. It computes a tensor all of whose inputs are known, and follows *partly*
//! known integers only through `Shape`, `Pack`, `ConcatV2`, `StridedSlice`, `Cast` and `Identity`; a
//! vector such as `tf.shape(x) * 2` with an unknown batch stays unknown as a whole.

use std::rc::Rc;

use tensor::{Among, Array, Content, DType, Data, Dim, Spread};

/// Rounds a float to the precision of a dtype.
pub fn round_to(x: f64, dtype: DType) -> f64 {
    match dtype {
        DType::Float32 => f64::from(x as f32),
        DType::BFloat16 => {
            let bits = (x as f32).to_bits();
            let rounded = bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) & 0xffff_0000;
            f64::from(f32::from_bits(rounded))
        }
        DType::Float16 => half(x),
        _ => x,
    }
}

/// Rounds to half precision: 11 significant bits, exponents from -14 to 15.
fn half(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let exponent = x.abs().log2().floor().max(-14.0);
    let step = (exponent - 10.0).exp2();
    let rounded = (x / step).round_ties_even() * step;
    if rounded.abs() > 65504.0 { f64::INFINITY.copysign(x) } else { rounded }
}

/// Returns the array, where all elements are known.
pub fn array(content: &Content, shape: &[i64], dtype: DType) -> Option<Array> {
    match content {
        Content::Array(array) => Some((**array).clone()),
        Content::Zeros => {
            let count = shape.iter().try_fold(1_usize, |n, d| n.checked_mul(usize::try_from(*d).ok()?))?;
            (count <= tensor::MAX_ELEMENTS)
                .then(|| Array::new(shape.to_vec(), dtype, filled(count, 0.0, dtype)?))?
        }
        Content::Dims(_)
        | Content::Shape(_)
        | Content::Drawn(_)
        | Content::Sample(_)
        | Content::Among(_)
        | Content::Spread(_)
        | Content::Unknown => None,
    }
}

/// Returns as many equal elements of a dtype.
pub fn filled(count: usize, value: f64, dtype: DType) -> Option<Data> {
    Some(match dtype {
        DType::Bool => Data::Bool(vec![value != 0.0; count]),
        d if d.is_integer() => Data::Int(vec![value as i64; count]),
        d if d.is_floating() => Data::Float(vec![round_to(value, d); count]),
        _ => return None,
    })
}

/// Makes elements of a dtype from floats.
pub fn data(values: Vec<f64>, dtype: DType) -> Option<Data> {
    Some(match dtype {
        DType::Bool => Data::Bool(values.into_iter().map(|x| x != 0.0).collect()),
        d if d.is_integer() => Data::Int(values.into_iter().map(|x| wrap(x as i64, d)).collect()),
        d if d.is_floating() => Data::Float(values.into_iter().map(|x| round_to(x, d)).collect()),
        _ => return None,
    })
}

/// Wraps an integer into the range of its dtype.
pub fn wrap(n: i64, dtype: DType) -> i64 {
    match dtype {
        DType::Int8 => i64::from(n as i8),
        DType::Int16 => i64::from(n as i16),
        DType::Int32 => i64::from(n as i32),
        DType::UInt8 => i64::from(n as u8),
        DType::UInt16 => i64::from(n as u16),
        DType::UInt32 => i64::from(n as u32),
        _ => n,
    }
}

/// Casts known elements.
pub fn cast(content: &Content, to: DType) -> Content {
    match content {
        Content::Dims(dims) | Content::Shape(dims) if to.is_integer() => Content::Dims(dims.clone()),
        Content::Zeros => Content::Zeros,
        Content::Array(array) => cast_array(array, to).map_or(Content::Unknown, Content::Array),
        Content::Sample(rows) => cast_array(rows, to).map_or(Content::Unknown, Content::Sample),
        Content::Drawn(values) => drawn(values, to, |x| x),
        Content::Among(draws) => among(draws, to, |x| x),
        Content::Spread(spread) => spread_through(*spread, to, |x| x),
        _ => Content::Unknown,
    }
}

fn cast_array(array: &Array, to: DType) -> Option<Rc<Array>> {
    let converted = match &array.data {
        Data::Int(v) if to.is_integer() => Data::Int(v.iter().map(|n| wrap(*n, to)).collect()),
        other => data(other.to_floats()?, to)?,
    };
    Array::new(array.shape.clone(), to, converted).map(Rc::new)
}

/// Applies a function to the values that are drawn from, unless some of them become equal.
pub fn drawn(values: &Data, to: DType, f: impl Fn(f64) -> f64) -> Content {
    let mapped = || {
        let mut floats: Vec<f64> = values.to_floats()?.into_iter().map(f).collect();
        if to == DType::Bool {
            // Where none of them is what was asked for, no draw is.
            return floats.iter().all(|x| *x == 0.0).then_some(Content::Zeros);
        }
        floats.sort_by(f64::total_cmp);
        let apart = floats.windows(2).all(|pair| pair[0] < pair[1]);
        let fits =
            !to.is_integer() || floats.iter().all(|x| x.fract() == 0.0 && wrap(*x as i64, to) == *x as i64);
        (apart && fits).then(|| data(floats, to))?.map(|data| Content::Drawn(data.into()))
    };
    mapped().unwrap_or(Content::Unknown)
}

/// Applies a function to the values that are drawn from and to what stands between the draws.
fn among(among: &Among, to: DType, f: impl Fn(f64) -> f64) -> Content {
    let filling = among.filling.map(&f);
    match drawn(&among.values, to, f) {
        Content::Drawn(values) => Content::Among(Among { values, filling, ..*among }.into()),
        Content::Zeros if filling.is_none_or(|filling| filling == 0.0) => Content::Zeros,
        _ => Content::Unknown,
    }
}

/// Applies a function to each of independent draws; nothing is known of other elements then.
pub fn draws_through(content: &Content, to: DType, f: impl Fn(f64) -> f64) -> Content {
    match content {
        Content::Drawn(values) => drawn(values, to, f),
        Content::Among(draws) => among(draws, to, f),
        Content::Spread(spread) => spread_through(*spread, to, f),
        _ => Content::Unknown,
    }
}

/// Applies a function to floats that were drawn: a condition, or a change of scale and place.
fn spread_through(spread: Spread, to: DType, f: impl Fn(f64) -> f64) -> Content {
    match to {
        DType::Bool => spread.meets(|x| f(x) != 0.0),
        to if to.is_floating() => spread.through(f).map_or(Content::Unknown, Content::Spread),
        _ => Content::Unknown,
    }
}

/// Draws that are combined with one known number, which `one` finds on the other side.
pub fn drawn_with(
    (x, y): (&Content, &Content),
    one: (Option<f64>, Option<f64>),
    to: DType,
    f: fn(f64, f64) -> f64,
) -> Content {
    let sample = |rows: &Array, f: &dyn Fn(f64) -> f64| {
        let Some(values) = rows.data.to_floats() else { return Content::Unknown };
        let values: Vec<f64> = values.into_iter().map(f).collect();
        if values.iter().all(|x| *x == 0.0) {
            return Content::Zeros;
        }
        let rows = data(values, to).and_then(|values| Array::new(rows.shape.clone(), to, values));
        rows.map_or(Content::Unknown, |rows| Content::Sample(rows.into()))
    };
    match (x, y, one) {
        (Content::Drawn(values), _, (_, Some(y))) => drawn(values, to, |x| f(x, y)),
        (_, Content::Drawn(values), (Some(x), _)) => drawn(values, to, |y| f(x, y)),
        (Content::Spread(spread), _, (_, Some(y))) => spread_through(*spread, to, |x| f(x, y)),
        (_, Content::Spread(spread), (Some(x), _)) => spread_through(*spread, to, |y| f(x, y)),
        // A sum of two columns.
        (Content::Spread(x), Content::Spread(y), _)
            if to.is_floating() && f(2.0, 5.0) == 7.0 && f(-1.0, 4.0) == 3.0 =>
        {
            Content::Spread(x.plus(*y))
        }
        (Content::Among(draws), _, (_, Some(y))) => among(draws, to, |x| f(x, y)),
        (_, Content::Among(draws), (Some(x), _)) => among(draws, to, |y| f(x, y)),
        (Content::Sample(rows), _, (_, Some(y))) => sample(rows, &|x| f(x, y)),
        (_, Content::Sample(rows), (Some(x), _)) => sample(rows, &|y| f(x, y)),
        _ => Content::Unknown,
    }
}

/// Applies a function to every element; the result has dtype `out`.
pub fn unary(content: &Content, shape: &[i64], dtype: DType, out: DType, f: fn(f64) -> f64) -> Content {
    let Some(array) = array(content, shape, dtype) else { return Content::Unknown };
    let Some(values) = array.data.to_floats() else { return Content::Unknown };
    wrapped(array.shape, out, values.into_iter().map(f).collect())
}

/// Applies a function to every pair of elements of two broadcast arrays; the result has dtype `out`.
pub fn binary(left: &Array, right: &Array, out: DType, f: fn(f64, f64) -> f64) -> Content {
    let Some((a, b)) = left.data.to_floats().zip(right.data.to_floats()) else { return Content::Unknown };
    let Some(shape) = broadcast(&left.shape, &right.shape) else { return Content::Unknown };
    let count = shape.iter().product::<i64>();
    if !(0..=tensor::MAX_ELEMENTS as i64).contains(&count) {
        return Content::Unknown;
    }
    let mut values = Vec::with_capacity(count as usize);
    for_each_index(&shape, |index| {
        values.push(f(a[offset(index, &left.shape)], b[offset(index, &right.shape)]));
    });
    wrapped(shape, out, values)
}

fn wrapped(shape: Vec<i64>, dtype: DType, values: Vec<f64>) -> Content {
    data(values, dtype)
        .and_then(|data| Array::new(shape, dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// Broadcasts two lists of sizes.
pub fn broadcast(a: &[i64], b: &[i64]) -> Option<Vec<i64>> {
    let rank = a.len().max(b.len());
    let at = |dims: &[i64], i: usize| (i + dims.len()).checked_sub(rank).map_or(1, |i| dims[i]);
    (0..rank)
        .map(|i| match (at(a, i), at(b, i)) {
            (1, n) | (n, 1) => Some(n),
            (m, n) => (m == n).then_some(m),
        })
        .collect()
}

/// Calls `visit` for every index of an array in row-major order.
pub fn for_each_index(shape: &[i64], mut visit: impl FnMut(&[i64])) {
    if shape.contains(&0) {
        return;
    }
    let mut index = vec![0; shape.len()];
    loop {
        visit(&index);
        let Some(axis) = (0..shape.len()).rev().find(|axis| index[*axis] + 1 < shape[*axis]) else { return };
        index[axis] += 1;
        index[axis + 1..].fill(0);
    }
}

/// Returns where an index of the broadcast shape lies in an array of these sizes.
pub fn offset(index: &[i64], shape: &[i64]) -> usize {
    let skip = index.len().saturating_sub(shape.len());
    let at =
        shape.iter().zip(&index[skip..]).fold(0, |at, (size, i)| at * size + if *size == 1 { 0 } else { *i });
    usize::try_from(at).unwrap_or(0)
}

/// Returns the only element as a dim, where the content is an integer scalar.
pub fn scalar_dim(content: &Content) -> Dim {
    match content.dims().as_deref() {
        Some([dim]) => *dim,
        _ => Dim::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasts_values() {
        let row = Array::new(vec![3], DType::Int32, Data::Int(vec![1, 2, 3])).unwrap();
        let column = Array::new(vec![2, 1], DType::Int32, Data::Int(vec![10, 20])).unwrap();
        let Content::Array(sum) = binary(&row, &column, DType::Int32, |a, b| a + b) else { panic!() };
        assert_eq!(sum.shape, [2, 3]);
        assert_eq!(sum.data, Data::Int(vec![11, 12, 13, 21, 22, 23]));
    }

    #[test]
    fn rounds_to_precision() {
        assert_eq!(round_to(0.1, DType::Float32), f64::from(0.1_f32));
        assert_eq!(round_to(70000.0, DType::Float16), f64::INFINITY);
        assert_eq!(round_to(0.1, DType::Float16), 0.0999755859375);
        assert_eq!(wrap(300, DType::UInt8), 44);
    }

    #[test]
    fn visits_in_row_major_order() {
        let mut seen = Vec::new();
        for_each_index(&[2, 2], |i| seen.push(i.to_vec()));
        assert_eq!(seen, [[0, 0], [0, 1], [1, 0], [1, 1]]);
        for_each_index(&[0, 3], |_| panic!("empty"));
    }
}
