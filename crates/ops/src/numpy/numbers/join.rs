//! Joining arrays and taking them apart.

use array::{Array, Result};
use tensor::DType;

use super::Function;
use super::given::{Given, at_least, common, place, unknown};

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "concatenate" => |g| {
            let parts = common(g.arrays(g.first()?)?)?;
            let explicit =
                g.args.iter().any(|(name, arg)| &**name == "axis" && matches!(arg, crate::Arg::None));
            if explicit {
                let flat: Vec<Array> = parts.iter().map(|p| p.reshape(&[p.len()])).collect::<Result<_>>()?;
                return Ok(vec![array::concatenate(&flat, 0)?]);
            }
            let rank = parts.first().map_or(0, Array::rank);
            Ok(vec![array::concatenate(&parts, place(g.int(&["axis"], 0)?, rank))?])
        },
        "stack" => |g| {
            let parts = common(g.arrays(g.first()?)?)?;
            let rank = parts.first().map_or(0, Array::rank) + 1;
            Ok(vec![array::stack(&parts, place(g.int(&["axis"], 0)?, rank))?])
        },
        "vstack" => |g| {
            let parts = common(g.arrays(g.first()?)?)?;
            let least = |p: &Array| at_least(p, 2);
            Ok(vec![array::concatenate(&parts.iter().map(least).collect::<Result<Vec<_>>>()?, 0)?])
        },
        "hstack" => |g| {
            let parts = common(g.arrays(g.first()?)?)?;
            let least = |p: &Array| at_least(p, 1);
            let parts: Vec<Array> = parts.iter().map(least).collect::<Result<_>>()?;
            let axis = usize::from(parts.first().is_some_and(|p| p.rank() > 1));
            Ok(vec![array::concatenate(&parts, axis)?])
        },
        "column_stack" => |g| {
            let parts = common(g.arrays(g.first()?)?)?;
            let column = |p: &Array| if p.rank() < 2 { p.reshape(&[p.len(), 1]) } else { Ok(p.clone()) };
            Ok(vec![array::concatenate(&parts.iter().map(column).collect::<Result<Vec<_>>>()?, 1)?])
        },
        "append" => |g| {
            let (x, values) = (g.x()?, g.named(&["values"])?);
            let axis = g.axis(x.rank())?;
            let flat = |x: Array| if axis.is_none() { x.reshape(&[x.len()]) } else { Ok(x) };
            let parts = common(vec![flat(x)?, flat(values)?])?;
            Ok(vec![array::concatenate(&parts, axis.unwrap_or(0))?])
        },
        "delete" => |g| {
            let (x, axis) = g.along(g.x()?)?;
            let size = x.shape()[axis];
            let gone: Vec<usize> = g.sizes(&["obj"])?.into_iter().map(|i| place(i, size)).collect();
            let kept: Vec<i64> = (0..size).filter(|i| !gone.contains(i)).map(|i| i as i64).collect();
            let kept = Array::ints(&[kept.len()], DType::Int64, kept)?;
            Ok(vec![array::gather(&x, &kept, axis, 0)?])
        },
        "split" | "array_split" => |g| {
            let x = g.x()?;
            let axis = place(g.int(&["axis"], 0)?, x.rank());
            split(g, &x, axis)
        },
        "vsplit" | "hsplit" => |g| {
            let x = g.x()?;
            let columns = g.op.name == "np.hsplit" && x.rank() > 1;
            split(g, &x, usize::from(columns))
        },
        _ => return None,
    })
}

fn split(g: &Given<'_>, x: &Array, axis: usize) -> Result<Vec<Array>> {
    let size = *x.shape().get(axis).ok_or_else(unknown)?;
    let given = g.named(&["indices_or_sections"])?;
    let cuts: Vec<usize> = match given.rank() {
        0 => {
            let count = usize::try_from(given.to_int()?).ok().filter(|n| *n > 0).ok_or_else(unknown)?;
            let (each, more) = (size / count, size % count);
            (1..count).map(|i| i * each + i.min(more)).collect()
        }
        _ => given
            .to_ints()?
            .into_iter()
            .map(|cut| if cut < 0 { place(cut, size) } else { (cut as usize).min(size) })
            .collect(),
    };
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let stops = cuts.iter().copied().chain([size]);
    starts.zip(stops).map(|(from, to)| x.narrow(axis, from.min(to), to)).collect()
}
