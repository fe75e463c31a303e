//! Work on known elements.

use tensor::{DType, Data};

/// Returns the elements at these places; nothing where one is missing.
pub fn pick(data: &Data, places: &[usize]) -> Option<Data> {
    fn from<T: Clone>(values: &[T], places: &[usize]) -> Option<Vec<T>> {
        places.iter().map(|at| values.get(*at).cloned()).collect()
    }
    Some(match data {
        Data::Bool(v) => Data::Bool(from(v, places)?),
        Data::Int(v) => Data::Int(from(v, places)?),
        Data::Float(v) => Data::Float(from(v, places)?),
        Data::Str(v) => Data::Str(from(v, places)?),
    })
}

/// Joins the elements of several arrays of one dtype.
pub fn chain(parts: Vec<Data>) -> Option<Data> {
    let mut parts = parts.into_iter();
    let mut all = parts.next()?;
    for part in parts {
        match (&mut all, part) {
            (Data::Bool(a), Data::Bool(b)) => a.extend(b),
            (Data::Int(a), Data::Int(b)) => a.extend(b),
            (Data::Float(a), Data::Float(b)) => a.extend(b),
            (Data::Str(a), Data::Str(b)) => a.extend(b),
            _ => return None,
        }
    }
    Some(all)
}

/// Returns the distance between neighbours along each axis of an array in row-major order.
pub fn strides(sizes: &[i64]) -> Vec<i64> {
    let mut strides = vec![1_i64; sizes.len()];
    for axis in (1..sizes.len()).rev() {
        strides[axis - 1] = strides[axis].saturating_mul(sizes[axis]);
    }
    strides
}

/// Returns the place of an index in the flattened array.
pub fn place(index: &[i64], strides: &[i64]) -> usize {
    let at: i64 = index.iter().zip(strides).map(|(i, s)| i.saturating_mul(*s)).sum();
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// Returns the number of elements, if it is small enough to follow them.
pub fn few(sizes: &[i64]) -> Option<usize> {
    let count = sizes.iter().try_fold(1_i64, |n, d| n.checked_mul(*d))?;
    usize::try_from(count).ok().filter(|n| *n <= tensor::MAX_ELEMENTS)
}

/// Orders two elements as `np.sort` does: NaN last.
pub fn order(data: &Data, a: usize, b: usize) -> std::cmp::Ordering {
    match data {
        Data::Bool(v) => v[a].cmp(&v[b]),
        Data::Int(v) => v[a].cmp(&v[b]),
        Data::Float(v) => match (v[a].is_nan(), v[b].is_nan()) {
            (false, false) => v[a].partial_cmp(&v[b]).unwrap_or(std::cmp::Ordering::Equal),
            (left, right) => left.cmp(&right),
        },
        Data::Str(v) => v[a].cmp(&v[b]),
    }
}

/// Makes elements of a dtype from floats; nothing for dtypes whose elements are not kept.
pub fn of_floats(values: Vec<f64>, dtype: DType) -> Option<Data> {
    crate::spec::fold::data(values, dtype)
}

/// Writes elements to these places; nothing where one is missing or the kinds differ.
pub fn put(data: &mut Data, places: &[usize], values: Data) -> Option<()> {
    fn to<T>(data: &mut [T], places: &[usize], values: Vec<T>) -> Option<()> {
        for (at, value) in places.iter().zip(values) {
            *data.get_mut(*at)? = value;
        }
        Some(())
    }
    match (data, values) {
        (Data::Bool(d), Data::Bool(v)) => to(d, places, v),
        (Data::Int(d), Data::Int(v)) => to(d, places, v),
        (Data::Float(d), Data::Float(v)) => to(d, places, v),
        (Data::Str(d), Data::Str(v)) => to(d, places, v),
        _ => None,
    }
}
