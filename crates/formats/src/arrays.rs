//! The arrays of weight files: reading them with their elements, and writing them as h5py does.
//!
//! source: keras/src/saving/saving_lib.py: `H5IOStore`, tf_keras/src/saving/saving_lib.py: `H5IOStore`

use std::collections::BTreeMap;

use hdf5_pure::{
    AttrValue, Datatype, DatatypeByteOrder, EnumTypeBuilder, File, FileBuilder, FinishedGroup,
    FixedPointLayout, FloatingPointLayout, Group, GroupBuilder,
};

use crate::npy::Npy;
use crate::rewrite::RewriteError;

/// How deep groups are nested at most.
const MAX_DEPTH: usize = 64;
/// How many arrays are read.
const MAX_ARRAYS: usize = 100_000;

/// The variables of one object in a weight file: the group `<path>/vars`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// Where the object stands: `layers/dense`; nothing for the model itself.
    pub path: String,
    /// The object's name, which Keras 3 writes beside them.
    pub name: Option<String>,
    /// The arrays with their keys: `0`, `1`, …
    pub arrays: Vec<(String, Npy)>,
}

/// A group while it is put together.
#[derive(Default)]
struct Node<'a> {
    name: Option<&'a str>,
    arrays: Vec<(&'a str, &'a Npy)>,
    groups: BTreeMap<&'a str, Node<'a>>,
}

/// Writes a weight file.
///
/// # Errors
/// Where an array has a dtype that such files do not keep.
pub fn write_weights(objects: &[Variables]) -> Result<Vec<u8>, RewriteError> {
    let mut root = Node::default();
    for object in objects {
        let mut node = &mut root;
        for part in object.path.split('/').filter(|part| !part.is_empty()).chain(["vars"]) {
            node = node.groups.entry(part).or_default();
        }
        node.name = object.name.as_deref();
        node.arrays.extend(object.arrays.iter().map(|(key, array)| (key.as_str(), array)));
    }
    let mut file = FileBuilder::new();
    for (name, node) in &root.groups {
        let group = file.create_group(name);
        file.add_group(finished(group, node, 0)?);
    }
    file.finish().map_err(|error| RewriteError(error.to_string()))
}

fn finished(mut group: GroupBuilder, node: &Node<'_>, depth: usize) -> Result<FinishedGroup, RewriteError> {
    if depth > MAX_DEPTH {
        return Err(RewriteError("its objects are nested too deep".to_owned()));
    }
    if let Some(name) = node.name {
        group.set_attr("name", AttrValue::VarLenString(name.to_owned()));
    }
    for (key, array) in &node.arrays {
        let dtype = datatype(&array.descr)
            .filter(|_| !array.fortran)
            .ok_or_else(|| RewriteError(format!("an array of {} is not written", array.descr)))?;
        let shape: Vec<u64> = array.shape.iter().map(|n| *n as u64).collect();
        let dataset = group.create_dataset(key).with_shape(&shape);
        if array.data.is_empty() {
            dataset.with_dtype(dtype);
        } else {
            dataset.with_raw_data(dtype, array.data.clone(), shape.iter().product());
        }
    }
    for (name, inner) in &node.groups {
        let builder = group.create_group(name);
        group.add_group(finished(builder, inner, depth + 1)?);
    }
    Ok(group.finish())
}

/// The type of a dtype in NumPy's short form.
fn datatype(descr: &str) -> Option<Datatype> {
    let whole = |size: u32, signed: bool| Datatype::FixedPoint {
        size,
        byte_order: DatatypeByteOrder::LittleEndian,
        layout: FixedPointLayout { signed, bit_offset: 0, bit_precision: 8 * size as u16 },
    };
    let real = |size: u32, layout: FloatingPointLayout| Datatype::FloatingPoint {
        size,
        byte_order: DatatypeByteOrder::LittleEndian,
        layout,
    };
    Some(match descr.trim_start_matches(['<', '|', '=']) {
        "f2" => real(2, HALF),
        "f4" => real(4, FloatingPointLayout::IEEE754_BINARY32),
        "f8" => real(8, FloatingPointLayout::IEEE754_BINARY64),
        "i1" => whole(1, true),
        "i2" => whole(2, true),
        "i4" => whole(4, true),
        "i8" => whole(8, true),
        "u1" => whole(1, false),
        "u2" => whole(2, false),
        "u4" => whole(4, false),
        "u8" => whole(8, false),
        // As h5py writes truth values.
        "b1" => EnumTypeBuilder::with_base(whole(1, true))
            .raw_value("FALSE", &[0])
            .raw_value("TRUE", &[1])
            .build()
            .ok()?,
        _ => return None,
    })
}

const HALF: FloatingPointLayout = FloatingPointLayout {
    bit_offset: 0,
    bit_precision: 16,
    exponent_location: 10,
    exponent_size: 5,
    mantissa_location: 0,
    mantissa_size: 10,
    exponent_bias: 15,
};

/// The dtype of a type in NumPy's short form.
fn descr(datatype: &Datatype) -> Option<String> {
    let order = |order: &DatatypeByteOrder, size: u32| match order {
        _ if size == 1 => Some('|'),
        DatatypeByteOrder::LittleEndian => Some('<'),
        DatatypeByteOrder::BigEndian => Some('>'),
        _ => None,
    };
    match datatype {
        Datatype::FixedPoint { size, byte_order, layout } => {
            let kind = if layout.signed { 'i' } else { 'u' };
            Some(format!("{}{kind}{size}", order(byte_order, *size)?))
        }
        Datatype::FloatingPoint { size: 2, layout, .. } if *layout != HALF => None,
        Datatype::FloatingPoint { size, byte_order, .. } => {
            Some(format!("{}f{size}", order(byte_order, *size)?))
        }
        Datatype::Enumeration { size: 1, .. } => Some("|b1".to_owned()),
        _ => None,
    }
}

/// Reads the arrays of a weight file, each with its path: `layers/dense/vars/0`.
///
/// # Errors
/// Where the file is none, or an array cannot be read.
pub fn read_weights(bytes: Vec<u8>) -> Result<BTreeMap<String, Npy>, RewriteError> {
    let file = File::from_bytes(bytes).map_err(|error| RewriteError(error.to_string()))?;
    let mut found = BTreeMap::new();
    collect(&file.root(), "", &mut found, 0)?;
    Ok(found)
}

fn collect(
    group: &Group,
    path: &str,
    found: &mut BTreeMap<String, Npy>,
    depth: usize,
) -> Result<(), RewriteError> {
    let failed = |error: hdf5_pure::Error| RewriteError(error.to_string());
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    if depth > MAX_DEPTH || found.len() > MAX_ARRAYS {
        return Err(RewriteError("it holds too much".to_owned()));
    }
    for name in group.datasets().map_err(failed)? {
        let dataset = group.dataset(&name).map_err(failed)?;
        let datatype = dataset.datatype().map_err(failed)?;
        // Texts and the like are no weights.
        let Some(descr) = descr(&datatype) else { continue };
        let shape = dataset.shape().map_err(failed)?;
        let shape: Option<Vec<usize>> = shape.into_iter().map(|n| usize::try_from(n).ok()).collect();
        let shape = shape.ok_or_else(|| RewriteError(format!("the array {name} is too large")))?;
        let data = dataset.read_raw().map_err(failed)?;
        found.insert(under(&name), Npy { descr, fortran: false, shape, data });
    }
    for name in group.groups().map_err(failed)? {
        collect(&group.group(&name).map_err(failed)?, &under(&name), found, depth + 1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() -> Result<(), RewriteError> {
        let array = |descr: &str, shape: &[usize], data: &[u8]| Npy {
            descr: descr.to_owned(),
            fortran: false,
            shape: shape.to_vec(),
            data: data.to_vec(),
        };
        let kernel = array("<f4", &[1, 2], &[0, 0, 128, 63, 0, 0, 0, 64]);
        let count = array("<i8", &[], &7i64.to_le_bytes());
        let objects = [
            Variables { path: String::new(), name: Some("m".into()), arrays: Vec::new() },
            Variables {
                path: "layers/dense".into(),
                name: Some("d".into()),
                arrays: vec![("0".into(), kernel.clone()), ("1".into(), array("|b1", &[2], &[1, 0]))],
            },
            Variables {
                path: "optimizer".into(),
                name: None,
                arrays: vec![("0".into(), count.clone()), ("1".into(), array("<f2", &[1], &[0, 60]))],
            },
        ];
        let read = read_weights(write_weights(&objects)?)?;
        assert_eq!(read.get("layers/dense/vars/0"), Some(&kernel));
        assert_eq!(read.get("layers/dense/vars/1").map(|a| a.descr.as_str()), Some("|b1"));
        assert_eq!(read.get("optimizer/vars/0"), Some(&count));
        assert_eq!(read.len(), 4);
        Ok(())
    }
}
