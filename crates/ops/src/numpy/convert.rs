//! `np.asarray`: what becomes of numbers, strings and nested lists.

use tensor::{Content, DType, Data, Dim, Shape};

use super::{Nd, Weak, elements, promote};
use crate::{Arg, Exc, Infer, Mistake, Stop, Violation};

/// Deeper nesting than this is no array; NumPy's own limit.
const MAX_RANK: usize = 64;

/// Converts an argument to an array; Python numbers stay weak.
///
/// # Errors
/// `ValueError` for lists of several lengths; `Stop::Unknown` where nothing is known.
pub fn array(arg: &Arg) -> Infer<Nd> {
    Ok(match arg {
        Arg::Tensor(operand) => Nd::from_operand(operand),
        Arg::List(_) | Arg::Tuple(_) => list(arg, None)?,
        Arg::Bool(_) | Arg::Int(_) | Arg::Float(_) | Arg::Dim(_) | Arg::Number(_) | Arg::Str(_) => leaf(arg)?,
        Arg::Dict(_) | Arg::Object(_) => Nd::new(Shape::scalar(), DType::Object),
        Arg::None => Nd::new(Shape::scalar(), DType::Object),
        _ => return Err(Stop::Unknown("not an array that is known")),
    })
}

/// Converts an argument as `np.array(x, dtype=…)` does.
///
/// # Errors
/// As [`array`].
pub fn array_as(arg: &Arg, dtype: Option<DType>) -> Infer<Nd> {
    let mut nd = match arg {
        Arg::List(_) | Arg::Tuple(_) => list(arg, dtype)?,
        _ => array(arg)?,
    };
    if let (Some(to), Weak::Int) = (dtype, nd.weak) {
        nd.int_values().unwrap_or_default().into_iter().try_for_each(|n| in_range(n, to))?;
    }
    nd.weak = Weak::No;
    match dtype {
        Some(to) if nd.dtype != Some(to) => cast(&nd, to),
        _ => Ok(nd),
    }
}

/// Casts as `astype` does.
///
/// # Errors
/// `ValueError` for strings that are no numbers.
pub fn cast(nd: &Nd, to: DType) -> Infer<Nd> {
    if nd.dtype == Some(DType::String)
        && (to.is_floating() || to.is_integer())
        && let Some(tensor::Array { data: Data::Str(texts), .. }) = nd.array()
    {
        let mut values = Vec::with_capacity(texts.len());
        for text in texts {
            match text.trim().parse::<f64>() {
                Ok(value) if to.is_floating() || value.fract() == 0.0 => values.push(value),
                _ => return Err(no_number(&text, to, true)),
            }
        }
        let content = elements::of_floats(values, to)
            .and_then(|data| tensor::Array::new(nd.shape.all_known()?, to, data))
            .map_or(Content::Unknown, |a| Content::Array(a.into()));
        return Ok(Nd::new(nd.shape.clone(), to).with_content(content));
    }
    // Columns of words that were drawn, in an array of their own or beside numbers among objects.
    if matches!(nd.dtype, Some(DType::String | DType::Object))
        && (to.is_floating() || to.is_integer())
        && let Some(text) = nd.content.surely_text(&nd.shape, |text| text.trim().parse::<f64>().is_err())
    {
        return Err(no_number(&text, to, nd.dtype == Some(DType::String)));
    }
    Ok(nd.cast(Some(to)))
}

/// What NumPy says of a text that is no number: `np.array(["a"]).astype(float)`.
fn no_number(text: &str, to: DType, scalar: bool) -> Stop {
    let shown = if scalar { format!("np.str_('{text}')") } else { format!("'{text}'") };
    let core = match to.is_floating() {
        true => format!("could not convert string to float: {shown}"),
        false => format!("invalid literal for int() with base 10: {shown}"),
    };
    let mistake = Mistake::Argument { param: "dtype", problem: "not a number".to_owned() };
    Violation::stop(Exc::ValueError, core, mistake)
}

/// Checks that a Python int fits a dtype.
///
/// # Errors
/// `OverflowError` where it does not.
pub fn in_range(value: i64, dtype: DType) -> Infer<()> {
    let fits = match dtype {
        DType::UInt64 => value >= 0,
        d if d.is_integer() => crate::spec::fold::wrap(value, d) == value,
        _ => true,
    };
    if fits {
        return Ok(());
    }
    let core = format!("Python integer {value} out of bounds for {dtype}");
    let problem = "an int out of the dtype's range".to_owned();
    Err(Violation::stop(Exc::OverflowError, core, Mistake::Argument { param: "x", problem }))
}

fn leaf(arg: &Arg) -> Infer<Nd> {
    Ok(match arg {
        Arg::Bool(b) => Nd::scalar(DType::Bool, Some(Data::Bool(vec![*b])), Weak::No),
        Arg::Int(n) => Nd::scalar(DType::Int64, Some(Data::Int(vec![*n])), Weak::Int),
        Arg::Float(x) => Nd::scalar(DType::Float64, Some(Data::Float(vec![*x])), Weak::Float),
        Arg::Dim(d) => {
            let mut nd = Nd::scalar(DType::Int64, None, Weak::Int);
            nd.content = Content::Dims([*d].into());
            nd
        }
        Arg::Number(DType::Bool) => Nd::scalar(DType::Bool, None, Weak::No),
        Arg::Number(d) if d.is_integer() => Nd::scalar(DType::Int64, None, Weak::Int),
        Arg::Number(DType::String) => Nd::scalar(DType::String, None, Weak::No),
        Arg::Number(_) => Nd::scalar(DType::Float64, None, Weak::Float),
        Arg::Str(s) => Nd::scalar(DType::String, Some(Data::Str(vec![s.clone()])), Weak::No),
        _ => return Err(Stop::Unknown("not an array that is known")),
    })
}

/// What nested lists contain: their common sizes, and all that lies below them in order.
struct Walk<'a> {
    sizes: Vec<Dim>,
    /// The depth from which the sizes disagree.
    ragged: Option<usize>,
    leaves: Vec<&'a Arg>,
    /// Something of which not even the rank is known.
    vague: bool,
}

fn list(arg: &Arg, dtype: Option<DType>) -> Infer<Nd> {
    let mut walk = Walk { sizes: Vec::new(), ragged: None, leaves: Vec::new(), vague: false };
    first_sizes(arg, &mut walk.sizes, &mut walk.vague);
    visit(arg, 0, &mut walk);
    if walk.vague {
        // Lists of which nobody knows the lengths differ in them: `np.array(sequences, dtype=object)`.
        let shape = if dtype == Some(DType::Object) { Shape::new(walk.sizes) } else { Shape::UNKNOWN };
        return Ok(Nd::new(shape, dtype));
    }
    if let Some(depth) = walk.ragged {
        if dtype == Some(DType::Object) {
            return Ok(Nd::new(Shape::new(walk.sizes[..depth].iter().copied()), DType::Object));
        }
        let shown = Shape::new(walk.sizes[..depth].iter().copied()).tuple();
        let core = format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after \
             {depth} dimensions. The detected shape was {shown} + inhomogeneous part."
        );
        let problem = "lists of several lengths".to_owned();
        return Err(Violation::stop(Exc::ValueError, core, Mistake::Argument { param: "object", problem }));
    }
    if let Some(kind) = numbers_dtype(&walk.leaves) {
        return numbers(&walk, kind, dtype);
    }
    let leaves: Vec<Nd> = walk.leaves.iter().map(|arg| element(arg)).collect();
    if let Some(to) = dtype {
        leaves.iter().try_for_each(|leaf| storable(leaf, to))?;
    }
    let found = leaves_dtype(&leaves);
    let content = joined(&walk.sizes, &leaves, dtype.or(found));
    Ok(Nd::new(Shape::new(walk.sizes), dtype.or(found)).with_content(content))
}

/// The dtype of an element, if it is a Python number.
fn number_dtype(arg: &Arg) -> Option<DType> {
    match arg {
        Arg::Bool(_) => Some(DType::Bool),
        Arg::Int(_) => Some(DType::Int64),
        Arg::Float(_) => Some(DType::Float64),
        _ => None,
    }
}

/// The dtype of elements that are Python numbers of one kind, as in most lists that scripts write.
fn numbers_dtype(leaves: &[&Arg]) -> Option<DType> {
    let first = number_dtype(leaves.first()?)?;
    leaves.iter().all(|leaf| number_dtype(leaf) == Some(first)).then_some(first)
}

/// The array of Python numbers of one kind: without an array for each, as `[0] * 100_000` has many.
fn numbers(walk: &Walk<'_>, kind: DType, dtype: Option<DType>) -> Infer<Nd> {
    let ints = || walk.leaves.iter().filter_map(|leaf| if let Arg::Int(n) = leaf { Some(*n) } else { None });
    if let Some(to) = dtype {
        ints().try_for_each(|n| in_range(n, to))?;
    }
    let shape = Shape::new(walk.sizes.iter().copied());
    let sizes = shape.all_known().filter(|sizes| elements::few(sizes).is_some());
    let content = sizes.and_then(|sizes| {
        let bools =
            walk.leaves.iter().filter_map(|leaf| if let Arg::Bool(b) = leaf { Some(*b) } else { None });
        let floats =
            walk.leaves.iter().filter_map(|leaf| if let Arg::Float(x) = leaf { Some(*x) } else { None });
        let data = match kind {
            DType::Bool => Data::Bool(bools.collect()),
            DType::Int64 => Data::Int(ints().collect()),
            _ => Data::Float(floats.collect()),
        };
        tensor::Array::new(sizes, kind, data)
    });
    let found =
        Nd::new(shape, kind).with_content(content.map_or(Content::Unknown, |a| Content::Array(a.into())));
    Ok(if dtype.is_some() { found.cast(dtype) } else { found })
}

/// An element of a list as an array: a tensor, or a scalar.
fn element(arg: &Arg) -> Nd {
    match arg {
        Arg::Tensor(t) => Nd::from_operand(t),
        other => leaf(other).unwrap_or_else(|_| Nd::new(Shape::scalar(), DType::Object)),
    }
}

/// Checks that a Python number or string in a list can be stored in a dtype.
fn storable(leaf: &Nd, to: DType) -> Infer<()> {
    if leaf.weak == Weak::Int {
        return leaf.int_values().unwrap_or_default().into_iter().try_for_each(|n| in_range(n, to));
    }
    if let (true, Some(tensor::Array { data: Data::Str(texts), .. })) =
        (to.is_floating() || to.is_integer(), leaf.array())
        && let Some(text) = texts.iter().find(|t| match to.is_floating() {
            true => t.trim().parse::<f64>().is_err(),
            false => t.trim().parse::<i64>().is_err(),
        })
    {
        let core = match to.is_floating() {
            true => format!("could not convert string to float: '{text}'"),
            false => format!("invalid literal for int() with base 10: '{text}'"),
        };
        let mistake = Mistake::Argument { param: "dtype", problem: "not a number".to_owned() };
        return Err(Violation::stop(Exc::ValueError, core, mistake));
    }
    Ok(())
}

/// The sizes along the first elements, which all others have to match.
fn first_sizes(arg: &Arg, sizes: &mut Vec<Dim>, vague: &mut bool) {
    match arg {
        Arg::List(items) | Arg::Tuple(items) => {
            if sizes.len() >= MAX_RANK {
                return;
            }
            sizes.push(Dim::Known(items.len() as i64));
            if let Some(first) = items.first() {
                first_sizes(first, sizes, vague);
            }
        }
        Arg::Tensor(t) => match t.spec.shape.dims() {
            Some(dims) => sizes.extend(dims),
            None => *vague = true,
        },
        Arg::Unknown | Arg::Missing => *vague = true,
        _ => {}
    }
}

fn visit<'a>(arg: &'a Arg, depth: usize, walk: &mut Walk<'a>) {
    let mut ragged = |at: usize| walk.ragged = Some(walk.ragged.map_or(at, |known| known.min(at)));
    match arg {
        Arg::List(items) | Arg::Tuple(items) => {
            let count = Dim::Known(items.len() as i64);
            match walk.sizes.get(depth) {
                Some(size) if size.compatible(count) => walk.sizes[depth] = count,
                _ => return ragged(depth),
            }
            items.iter().for_each(|item| visit(item, depth + 1, walk));
        }
        Arg::Tensor(t) => {
            let Some(dims) = t.spec.shape.dims() else {
                walk.vague = true;
                return;
            };
            for (i, dim) in dims.iter().enumerate() {
                match walk.sizes.get(depth + i).map(|size| size.merge(*dim)) {
                    Some(Some(merged)) => walk.sizes[depth + i] = merged,
                    _ => return ragged(depth + i),
                }
            }
            if depth + dims.len() < walk.sizes.len() {
                return ragged(depth + dims.len());
            }
            walk.leaves.push(arg);
        }
        Arg::Unknown | Arg::Missing => walk.vague = true,
        _ => {
            if depth < walk.sizes.len() {
                return ragged(depth);
            }
            walk.leaves.push(arg);
        }
    }
}

/// The dtype that all leaves have in common.
fn leaves_dtype(leaves: &[Nd]) -> Option<DType> {
    let mut kinds: Vec<(Option<DType>, Weak)> = Vec::new();
    for leaf in leaves {
        if !kinds.contains(&(leaf.dtype, leaf.weak)) {
            kinds.push((leaf.dtype, leaf.weak));
        }
    }
    if kinds.is_empty() {
        return Some(DType::Float64);
    }
    // In lists, Python's numbers count as int64 and float64; strings swallow numbers.
    let mut all = kinds[0].0?;
    for (dtype, _) in &kinds[1..] {
        all = promote::in_list(all, (*dtype)?)?;
    }
    Some(all)
}

/// The elements of all leaves, where all are known.
fn joined(all: &[Dim], leaves: &[Nd], dtype: Option<DType>) -> Content {
    let Some(dtype) = dtype else { return Content::Unknown };
    if dtype.is_integer()
        && all.len() == 1
        && leaves.iter().any(|l| matches!(&l.content, Content::Dims(d) if !d.iter().all(|d| d.is_known())))
    {
        let dims = leaves.iter().map(|l| match l.content.dims().as_deref() {
            Some([dim]) => *dim,
            _ => Dim::Unknown,
        });
        return Content::Dims(dims.collect());
    }
    let Some(sizes) = Shape::new(all.iter().copied()).all_known() else { return Content::Unknown };
    if elements::few(&sizes).is_none() {
        return Content::Unknown;
    }
    if leaves.is_empty() {
        return elements::of_floats(Vec::new(), dtype)
            .and_then(|data| tensor::Array::new(sizes, dtype, data))
            .map_or(Content::Unknown, |a| Content::Array(a.into()));
    }
    let parts: Option<Vec<Data>> =
        leaves.iter().map(|l| l.cast(Some(dtype)).array().map(|a| a.data)).collect();
    parts
        .and_then(elements::chain)
        .and_then(|data| tensor::Array::new(sizes, dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// Finds a dtype by the names that NumPy takes; nothing for names that are not modelled.
pub fn dtype_of_name(name: &str) -> Option<DType> {
    let bare = name.trim_start_matches(['<', '>', '=', '|']);
    match bare {
        "f8" | "d" | "float" | "double" => Some(DType::Float64),
        "f4" | "f" | "single" => Some(DType::Float32),
        "f2" | "e" | "half" => Some(DType::Float16),
        "i8" | "l" | "int" | "int_" | "intp" | "q" | "long" | "longlong" | "p" => Some(DType::Int64),
        "i4" | "i" | "intc" => Some(DType::Int32),
        "i2" | "h" | "short" => Some(DType::Int16),
        "i1" | "b" | "byte" => Some(DType::Int8),
        "u8" | "L" | "Q" | "uint" | "ulong" | "ulonglong" => Some(DType::UInt64),
        "u4" | "I" | "uintc" => Some(DType::UInt32),
        "u2" | "H" | "ushort" => Some(DType::UInt16),
        "u1" | "B" | "ubyte" => Some(DType::UInt8),
        "b1" | "?" | "bool_" => Some(DType::Bool),
        "c8" | "F" | "csingle" => Some(DType::Complex64),
        "c16" | "D" | "complex" | "cdouble" => Some(DType::Complex128),
        "O" => Some(DType::Object),
        "U" | "S" | "str" | "str_" => Some(DType::String),
        "bfloat16" | "string" | "variant" | "resource" => None,
        _ if bare.starts_with(['U', 'S']) && bare[1..].bytes().all(|b| b.is_ascii_digit()) => {
            Some(DType::String)
        }
        _ => DType::ALL.into_iter().find(|d| d.name() == bare),
    }
}

/// Tells whether a name may be one of NumPy's dtypes that has no model: dates, records, long floats.
pub fn plausible_dtype(name: &str) -> bool {
    // The order of bytes: `>m8`.
    let name = name.trim_start_matches(['<', '>', '=', '|']);
    name.contains(',')
        || name.bytes().any(|b| b.is_ascii_digit())
        || matches!(
            name,
            "longdouble"
                | "g"
                | "G"
                | "clongdouble"
                | "m"
                | "M"
                | "V"
                | "a"
                | "c"
                | "p"
                | "P"
                | "bytes"
                | "bytes_"
                | "void"
        )
        || ["datetime", "timedelta", "object", "str", "void", "T"].iter().any(|p| name.starts_with(p))
}
