//! NumPy's promotion of dtypes: NEP 50, where Python's numbers yield to arrays.

use tensor::{DType, numpy_result_type};

use super::{Nd, Weak};
use crate::spec::keras::Promoted;

/// Returns the dtype of two elements of one list: strings swallow numbers, objects everything.
pub fn in_list(a: DType, b: DType) -> Option<DType> {
    match (a, b) {
        _ if a == b => Some(a),
        (DType::Object, _) | (_, DType::Object) => Some(DType::Object),
        (DType::String, _) | (_, DType::String) => Some(DType::String),
        _ => numpy_result_type(a, b),
    }
}

/// Returns the dtype that operands are promoted to; nothing where it is not known or there is none.
pub fn result_type(operands: &[&Nd]) -> Option<DType> {
    let mut strong: Option<DType> = None;
    let (mut int, mut float) = (false, false);
    for operand in operands {
        match operand.weak {
            Weak::Int => int = true,
            Weak::Float => float = true,
            Weak::No => {
                let dtype = operand.dtype?;
                strong = Some(match strong {
                    Some(known) => numpy_result_type(known, dtype)?,
                    None => dtype,
                });
            }
        }
    }
    let Some(strong) = strong else {
        return Some(if float { DType::Float64 } else { DType::Int64 });
    };
    if !int && !float {
        return Some(strong);
    }
    let weak = if float { Promoted::Float } else { Promoted::Int };
    crate::spec::numpy::result_type(Promoted::Of(strong), weak)
        .filter(|_| !matches!(strong, DType::String | DType::Object | DType::Variant | DType::Resource))
}

/// Returns the dtype of a function that works in floats: `np.sqrt`, `np.mean`; integers become float64, small
/// ones smaller floats.
pub fn floated(dtype: DType) -> Option<DType> {
    Some(match dtype {
        d if d.is_floating() || d.is_complex() => d,
        DType::Bool | DType::Int8 | DType::UInt8 => DType::Float16,
        DType::Int16 | DType::UInt16 => DType::Float32,
        d if d.is_integer() => DType::Float64,
        _ => return None,
    })
}

/// Returns the dtype of `np.mean` and its like: every integer becomes float64.
pub fn averaged(dtype: DType) -> Option<DType> {
    if dtype.is_integer() || dtype == DType::Bool { Some(DType::Float64) } else { floated(dtype) }
}

/// Returns the dtype of `np.sum` and `np.prod`: narrow integers are summed in 64 bits.
pub fn summed(dtype: DType) -> Option<DType> {
    match dtype {
        DType::Bool => Some(DType::Int64),
        d if d.is_unsigned() => Some(DType::UInt64),
        d if d.is_integer() => Some(DType::Int64),
        d if d.is_floating() || d.is_complex() || d == DType::Object => Some(d),
        _ => None,
    }
}

/// Writes a dtype as error texts do: `dtype('float64')`.
pub fn shown(dtype: DType) -> String {
    format!("dtype('{dtype}')")
}

/// Tells whether `casting='same_kind'` allows storing one dtype in another.
pub fn same_kind(from: DType, to: DType) -> bool {
    let kind = |d: DType| match d {
        DType::Bool => 0,
        d if d.is_unsigned() => 1,
        d if d.is_integer() => 2,
        d if d.is_floating() => 3,
        d if d.is_complex() => 4,
        _ => 5,
    };
    kind(from) <= kind(to)
}
