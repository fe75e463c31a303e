//! NumPy's files: `np.save`, `np.load` and their like, of a script that is carried out.
//!
//! source: numpy/lib/_npyio_impl.py, numpy/lib/_format_impl.py

use std::sync::Arc;

use array::Array;
use formats::Npy;
use tensor::{DType, Shape};

use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Value};

/// Native functions.
pub(super) static FUNCTIONS: &[Native] = &[
    native("np.save", save),
    native("np.savez", |interp, args| save_archive(interp, args, false)),
    native("np.savez_compressed", |interp, args| save_archive(interp, args, true)),
    native("np.savetxt", save_text),
    native("np.load", load),
    native("np.loadtxt", |interp, args| load_text(interp, &args, "skiprows", 0)),
    native("np.genfromtxt", |interp, args| load_text(interp, &args, "skip_header", 3)),
];

impl Interp<'_> {
    /// A NumPy array of known elements.
    pub(crate) fn array_value(&mut self, array: Array) -> Value {
        let value = self.new_array(ops::numeric::shape_of(&array), array.dtype());
        if let Value::Tensor(id) = value {
            self.trace.node_mut(id).content = ops::numeric::content_of(&array);
            self.set_array(id, array);
        }
        value
    }

    /// The elements of what `np.asarray` makes of a value.
    fn known_elements(&mut self, value: &Value) -> Eval<Array> {
        let array = self.call_api(&"np.asarray".into(), Args::of([value.clone()]))?;
        let known = match &array {
            Value::Tensor(id) => self.array_of_node(*id),
            _ => None,
        };
        known.ok_or_else(|| self.stuck(&array, "an array that is written is not known"))
    }

    fn npy_of(&mut self, value: &Value) -> Eval<Npy> {
        let array = self.known_elements(value)?;
        Npy::of_array(&array).ok_or_else(|| {
            self.stuck(&Value::None, &format!("an array of {} is not written", array.dtype().name()))
        })
    }

    fn value_of_npy(&mut self, npy: &Npy) -> Eval {
        match npy.to_array() {
            Some(array) => Ok(self.array_value(array)),
            None => Err(self.stuck(&Value::None, &format!("an array of dtype `{}` is not read", npy.descr))),
        }
    }

    /// A path with the ending that NumPy adds.
    fn with_ending(&mut self, target: &Value, ending: &str) -> Eval {
        let text = match target {
            Value::Str(text) => Some(text.to_string()),
            Value::Instance(_) => match self.find_attr(target, "__fspath__")? {
                Some(method) => self.call(&method, Args::default())?.as_str().map(str::to_owned),
                None => None,
            },
            _ => None,
        };
        Ok(match text {
            Some(text) if text.ends_with(ending) => Value::Str(text.into()),
            Some(text) => Value::Str((text + ending).into()),
            None => target.clone(),
        })
    }
}

/// `np.save(file, arr)`.
fn save(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(file), Some(array)) = (args.get(0, "file").cloned(), args.get(1, "arr").cloned()) else {
        return Ok(Value::None);
    };
    if interp.carries_out() {
        let npy = interp.npy_of(&array)?;
        let file = interp.with_ending(&file, ".npy")?;
        interp.write_to(&file, formats::write_npy(&npy))?;
    }
    Ok(Value::None)
}

/// `np.savez(file, *args, **kwds)`: arrays without a name are `arr_0`, `arr_1`, …
fn save_archive(interp: &mut Interp<'_>, args: Args, packed: bool) -> Eval {
    if !interp.carries_out() {
        return Ok(Value::None);
    }
    let mut given = args.positional.into_iter();
    let keyword = |name: &str| args.keywords.iter().find(|(n, _)| &**n == name).map(|(_, v)| v.clone());
    let Some(file) = given.next().or_else(|| keyword("file")) else { return Ok(Value::None) };
    let mut arrays = Vec::new();
    for (name, value) in args.keywords.iter().filter(|(name, _)| &**name != "file") {
        arrays.push((name.to_string(), interp.npy_of(value)?));
    }
    for (at, value) in given.enumerate() {
        arrays.push((format!("arr_{at}"), interp.npy_of(&value)?));
    }
    let bytes = formats::write_npz(&arrays, packed);
    let bytes = bytes.map_err(|error| interp.stuck(&Value::None, &error.0))?;
    let file = interp.with_ending(&file, ".npz")?;
    interp.write_to(&file, bytes)?;
    Ok(Value::None)
}

/// `np.load(file)`.
fn load(interp: &mut Interp<'_>, args: Args) -> Eval {
    if !interp.carries_out() {
        return Ok(interp.unknown("`np.load`: the contents of a file"));
    }
    let file = args.get(0, "file").cloned().unwrap_or(Value::None);
    let bytes = interp.read_from(&file)?;
    if bytes.starts_with(b"PK") {
        let arrays = formats::read_npz(&bytes).map_err(|error| unread(interp, &file, &error.0))?;
        let mut pairs = Vec::new();
        for (name, npy) in arrays {
            pairs.push((Value::Str(name.into()), interp.value_of_npy(&npy)?));
        }
        let dict = interp.new_dict(pairs);
        return interp.call_model("np.lib.npyio.NpzFile", [dict]);
    }
    let npy = formats::read_npy(&bytes).map_err(|error| unread(interp, &file, &error.0))?;
    interp.value_of_npy(&npy)
}

fn unread(interp: &mut Interp<'_>, file: &Value, why: &str) -> Halt {
    let shown = interp.display(file).ok().flatten().unwrap_or_default();
    interp.stuck(&Value::None, &format!("`{shown}` cannot be read: {why}"))
}

/// `np.savetxt(fname, X, fmt="%.18e", delimiter=" ", newline="\n", header="", footer="", comments="# ")`.
fn save_text(interp: &mut Interp<'_>, args: Args) -> Eval {
    if !interp.carries_out() {
        return Ok(Value::None);
    }
    let word = |at: usize, name: &str, default: &str| match args.get(at, name) {
        None | Some(Value::None) => Some(default.to_owned()),
        Some(Value::Str(text)) => Some(text.to_string()),
        Some(_) => None,
    };
    let words = [
        word(2, "fmt", "%.18e"),
        word(3, "delimiter", " "),
        word(4, "newline", "\n"),
        word(5, "header", ""),
        word(6, "footer", ""),
        word(7, "comments", "# "),
    ];
    let [Some(format), Some(delimiter), Some(newline), Some(header), Some(footer), Some(comments)] = words
    else {
        return Err(interp.stuck(&Value::None, "how `np.savetxt` is to write numbers"));
    };
    let array = interp.known_elements(args.get(1, "X").unwrap_or(&Value::None))?;
    let columns = match array.shape() {
        [] | [_] => 1,
        [_, columns] => *columns,
        shape => {
            let text = format!("Expected 1D or 2D array, got {}D array instead", shape.len());
            return Err(interp.raise(ops::Exc::ValueError, text));
        }
    };
    let several = format.matches('%').count() > 1;
    let row = if several { format } else { vec![format; columns.max(1)].join(&delimiter) };
    let values: Vec<Value> = match array.dtype() {
        DType::String => {
            let texts = array.to_texts().unwrap_or_default();
            texts.iter().map(|text| Value::Str(text.to_string().into())).collect()
        }
        d if d.is_integer() => array.to_ints().unwrap_or_default().into_iter().map(Value::Int).collect(),
        d if d.is_floating() => array.to_floats().unwrap_or_default().into_iter().map(Value::Float).collect(),
        DType::Bool => array.to_bools().unwrap_or_default().into_iter().map(Value::Bool).collect(),
        _ => return Err(interp.stuck(&Value::None, "an array of complex numbers is not written as text")),
    };
    let commented =
        |text: &str| format!("{comments}{}{newline}", text.replace('\n', &format!("\n{comments}")));
    let mut out = String::new();
    if !header.is_empty() {
        out += &commented(&header);
    }
    let row: std::rc::Rc<str> = row.into();
    for chunk in values.chunks(columns.max(1)) {
        interp.step()?;
        let line = interp.percent(&row, &Value::tuple(chunk.iter().cloned()))?;
        match line.as_str() {
            Some(line) => out += line,
            None => return Err(interp.stuck(&line, "a line of `np.savetxt` is not known")),
        }
        out += &newline;
    }
    if !footer.is_empty() {
        out += &commented(&footer);
    }
    let file = args.get(0, "fname").cloned().unwrap_or(Value::None);
    interp.write_to(&file, out.into_bytes())?;
    Ok(Value::None)
}

/// The text of a table: a file's, a stream's, or the lines themselves.
fn table_text(interp: &mut Interp<'_>, file: &Value) -> Eval<std::rc::Rc<[u8]>> {
    if !matches!(file, Value::List(_) | Value::Tuple(_)) {
        return interp.read_from(file);
    }
    let (lines, more) = interp.iterate(file, 1_000_000)?;
    let lines: Option<Vec<&str>> = lines.iter().map(Value::as_str).collect();
    match lines.filter(|_| !more) {
        Some(lines) => Ok(lines.join("\n").into_bytes().into()),
        None => Err(interp.stuck(file, "a table of numbers is not known")),
    }
}

/// `np.loadtxt(fname, dtype=float, comments="#", delimiter=None, ..., skiprows=0)`; `np.genfromtxt` takes what is no
/// number for NaN.
fn load_text(interp: &mut Interp<'_>, args: &Args, skip: &str, skip_at: usize) -> Eval {
    let dtype = match args.get(1, "dtype").cloned() {
        None => Some(DType::Float64),
        Some(given) => interp.dtype_of(&given),
    };
    let file = args.get(0, "fname").cloned().unwrap_or(Value::None);
    // A stream in memory is known without a run: `np.loadtxt(io.StringIO(text))`.
    let held = if interp.carries_out() { None } else { interp.rest_of_file(&file)? };
    if held.is_none() && !interp.carries_out() {
        return Ok(interp.new_array(Shape::UNKNOWN, dtype));
    }
    const FOLLOWED: &[&str] =
        &["fname", "dtype", "comments", "delimiter", "skiprows", "skip_header", "usecols", "unpack", "ndmin"];
    let followed = args.keywords.iter().all(|(name, _)| FOLLOWED.contains(&&**name));
    let Some(dtype) = dtype.filter(|_| followed && args.positional.len() <= 4) else {
        return match held {
            Some(_) => Ok(interp.new_array(Shape::UNKNOWN, dtype)),
            None => Err(interp.stuck(&Value::None, "how a table of numbers is to be read")),
        };
    };
    let bytes = match held {
        Some(bytes) => bytes.into(),
        None => table_text(interp, &file)?,
    };
    let text = String::from_utf8_lossy(&bytes);
    let delimiter = match args.get(3, "delimiter") {
        Some(Value::Str(text)) => Some(text.clone()),
        _ => None,
    };
    let skipped = args.keyword(skip).or_else(|| args.positional.get(skip_at).filter(|_| skip_at > 3));
    let skipped = skipped.and_then(Value::as_int).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let wanted: Option<Vec<usize>> = match args.keyword("usecols").cloned() {
        None | Some(Value::None) => None,
        Some(value) => {
            let items = match value.as_int() {
                Some(_) => vec![value],
                None => interp.iterate(&value, 100_000)?.0,
            };
            Some(items.iter().filter_map(|v| usize::try_from(v.as_int()?).ok()).collect())
        }
    };
    let lenient = skip == "skip_header";
    let mut rows: Vec<Vec<&str>> = Vec::new();
    for line in text.lines().skip(skipped) {
        let line = line.split('#').next().unwrap_or_default();
        if line.trim().is_empty() {
            continue;
        }
        let fields: Vec<&str> = match &delimiter {
            Some(delimiter) => line.split(&**delimiter).map(str::trim).collect(),
            None => line.split_whitespace().collect(),
        };
        rows.push(match &wanted {
            Some(wanted) => wanted.iter().map(|at| fields.get(*at).copied().unwrap_or("")).collect(),
            None => fields,
        });
    }
    let columns = rows.first().map_or(0, Vec::len);
    if let Some(at) = rows.iter().position(|row| row.len() != columns) {
        let text = format!(
            "the number of columns changed from {columns} to {} at row {}; use `usecols` to select a subset and avoid \
             this error",
            rows[at].len(),
            at + 1
        );
        return Err(interp.raise(ops::Exc::ValueError, text));
    }
    let fields: Vec<&str> = rows.iter().flatten().copied().collect();
    let shape: Vec<usize> = if columns == 1 { vec![rows.len()] } else { vec![rows.len(), columns] };
    let array = if dtype == DType::String {
        Array::texts(&shape, fields.iter().map(|field| Arc::from(*field)).collect())
    } else {
        let mut numbers = Vec::with_capacity(fields.len());
        for field in fields {
            match field.parse::<f64>() {
                Ok(x) => numbers.push(x),
                Err(_) if lenient => numbers.push(f64::NAN),
                Err(_) => {
                    let text = format!("could not convert string '{field}' to float64");
                    return Err(interp.raise(ops::Exc::ValueError, text));
                }
            }
        }
        Array::floats(&shape, DType::Float64, numbers).and_then(|array| array.cast(dtype))
    };
    let Ok(mut array) = array else {
        return Err(interp.stuck(&Value::None, "a table of numbers that is too large"));
    };
    // One row or column is a vector.
    if rows.len() == 1 && columns > 1 && args.keyword("ndmin").is_none() {
        array = array.reshape(&[columns]).unwrap_or(array);
    }
    if let Some(unpack) = args.keyword("unpack").cloned()
        && interp.truth(&unpack)? == Some(true)
    {
        array = array.transposed().unwrap_or(array);
    }
    Ok(interp.array_value(array))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_survive_their_files() -> Result<(), array::Fault> {
        let arrays = [
            Array::floats(&[2, 2], DType::Float32, vec![1.0, -2.5, 0.1_f32.into(), 3.0])?,
            Array::floats(&[0], DType::Float64, vec![])?,
            Array::ints(&[3], DType::Int8, vec![-1, 0, 127])?,
            Array::ints(&[2], DType::UInt64, vec![1, -1])?,
            Array::bools(&[2], vec![true, false])?,
            Array::texts(&[2], vec!["ab".into(), "é".into()])?,
        ];
        for array in arrays {
            let back = Npy::of_array(&array).as_ref().and_then(Npy::to_array);
            let same =
                back.is_some_and(|back| back.shape() == array.shape() && back.dtype() == array.dtype());
            assert!(same, "{:?}", array.dtype());
        }
        Ok(())
    }
}
