//! `tf.print`: values as TensorFlow's kernels write them.

use array::Array;
use tensor::DType;

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};
use crate::world::Stream;

impl Interp<'_> {
    /// Writes what `tf.print` is given.
    ///
    /// source: `tensorflow/python/ops/logging_ops.py`, print_v2
    pub(super) fn print_tensors(&mut self, args: &Args) -> Eval<()> {
        let word = |name: &str, default: &str| match args.keyword(name) {
            Some(Value::Str(text)) => text.to_string(),
            _ => default.to_owned(),
        };
        let summarize = match args.keyword("summarize").and_then(Value::as_int) {
            Some(n) => usize::try_from(n).ok(),
            None => Some(3),
        };
        let (between, end) = (word("sep", " "), word("end", "\n"));
        let mut text = String::new();
        for (at, value) in args.positional.iter().enumerate() {
            if at > 0 {
                text += &between;
            }
            match self.printed(value, summarize, true)? {
                Some(part) => text += &part,
                None => {
                    self.needs(value, "a value that is printed")?;
                    text += "?";
                }
            }
        }
        text += &end;
        let stream = args.keyword("output_stream").cloned();
        match self.stream_name(stream.as_ref()).as_deref() {
            Some("<stdout>") => self.write_out(Stream::Output, &text),
            Some("<stderr>") => self.write_out(Stream::Error, &text),
            _ => {}
        }
        Ok(())
    }

    /// The name of the stream to write to, which is standard error where none is given.
    fn stream_name(&self, stream: Option<&Value>) -> Option<String> {
        match stream {
            None => Some("<stderr>".to_owned()),
            Some(Value::Instance(id)) => match self.heap.instance(*id)?.attrs.get("name") {
                Some(Value::Str(name)) => Some(name.to_string()),
                _ => None,
            },
            Some(_) => None,
        }
    }

    fn printed(&mut self, value: &Value, summarize: Option<usize>, outermost: bool) -> Eval<Option<String>> {
        Ok(match value {
            Value::Tensor(id) => self.array_of_node(*id).and_then(|array| summary(&array, summarize)),
            Value::Str(text) if outermost => Some(text.to_string()),
            Value::Str(text) => Some(format!("\"{text}\"")),
            Value::List(_) | Value::Tuple(_) => {
                let (items, _) = self.iterate(value, 100_000)?;
                let mut parts = Vec::with_capacity(items.len());
                for item in &items {
                    let Some(part) = self.printed(item, summarize, false)? else { return Ok(None) };
                    parts.push(part);
                }
                let (open, close) = if matches!(value, Value::List(_)) { ("[", "]") } else { ("(", ")") };
                Some(format!("{open}{}{close}", parts.join(", ")))
            }
            Value::Dict(_) => {
                let mut parts = Vec::new();
                for (key, item) in self.pairs_of(value).unwrap_or_default() {
                    let (key, item) = (self.repr(&key)?, self.printed(&item, summarize, false)?);
                    let (Some(key), Some(item)) = (key, item) else { return Ok(None) };
                    parts.push(format!("{key}: {item}"));
                }
                Some(format!("{{{}}}", parts.join(", ")))
            }
            value => self.display(value)?,
        })
    }
}

/// A tensor as `Tensor::SummarizeValue` writes it: at most so many elements at each end of an axis.
///
/// source: `tensorflow/core/framework/tensor.cc`, SummarizeValue
fn summary(array: &Array, summarize: Option<usize>) -> Option<String> {
    if array.rank() == 0 {
        return element(array);
    }
    let size = *array.shape().first()?;
    let many = summarize.filter(|n| size > 2 * n);
    let row = |at: usize| {
        let row = array.narrow(0, at, at + 1).ok()?.dense();
        summary(&row.reshape(row.shape().get(1..)?).ok()?, summarize)
    };
    let mut parts = Vec::new();
    for at in 0..size {
        match many {
            Some(n) if at == n => parts.push("...".to_owned()),
            Some(n) if at > n && at < size - n => {}
            _ => parts.push(row(at)?),
        }
    }
    let rank = array.rank();
    if rank == 1 {
        return Some(format!("[{}]", parts.join(" ")));
    }
    // Rows of several lines are indented by one for each axis.
    let parts: Vec<String> = parts.into_iter().map(|part| part.replace('\n', "\n ")).collect();
    Some(format!("[{}]", parts.join(&format!("{} ", "\n".repeat(rank - 1)))))
}

/// One element: the fewest digits of six or nine (fifteen or seventeen) that tell it from others.
fn element(array: &Array) -> Option<String> {
    match array.dtype() {
        DType::String => Some(array.to_texts().ok()?.first()?.to_string()),
        DType::Bool => Some(if array.to_int().ok()? != 0 { "1" } else { "0" }.to_owned()),
        dtype if dtype.is_integer() => array.to_int().ok().map(|n| n.to_string()),
        DType::Float64 => {
            let x = array.to_float().ok()?;
            let short = crate::builtins::number_text::general(x, 15, false);
            Some(if short.parse() == Ok(x) {
                short
            } else {
                crate::builtins::number_text::general(x, 17, false)
            })
        }
        dtype if dtype.is_floating() => {
            let x = array.to_float().ok()?;
            let short = crate::builtins::number_text::general(x, 6, false);
            let same = short.parse::<f32>() == Ok(x as f32);
            Some(if same { short } else { crate::builtins::number_text::general(x, 9, false) })
        }
        _ => None,
    }
}
