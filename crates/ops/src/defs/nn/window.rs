//! What convolutions and pooling share: strides, paddings and data formats as the frameworks read them.

use crate::kernels::conv::{Padding, Window};
use crate::spec::{Cx, Val, repr};
use crate::{Arg, Exc, Infer, Mistake, Param, Stop};

/// Strides, as given.
pub(super) const STRIDES: Param<Arg> = Param::named(&["strides", "stride"]);
/// A padding, as given.
pub(super) const PADDING: Param<Arg> = Param::named(&["padding"]);
/// A data format.
pub(in crate::defs) const DATA_FORMAT: Param<Arg> = Param::named(&["data_format"]);
/// Dilations, as given.
pub(super) const DILATIONS: Param<Arg> = Param::named(&["dilations", "dilation_rate", "rate", "rates"]);

/// `nn_ops._get_sequence`: an entry for each axis of an image of `n` spatial axes.
pub(super) fn sequence(
    cx: &Cx<'_>,
    value: &Val,
    n: usize,
    first: bool,
    name: &'static str,
) -> Infer<Vec<i64>> {
    if value.is_none() {
        return Ok(vec![1; n + 2]);
    }
    let mut list = match value {
        Val::Py(Arg::Int(one)) => vec![*one],
        Val::List(_) | Val::Tuple(_) | Val::T(_) => cx.ints(value)?,
        _ => return Err(Stop::Unknown("strides that are not known")),
    };
    if list.len() == n + 2 {
        return Ok(list);
    }
    if list.len() == 1 {
        list = vec![list[0]; n];
    } else if list.len() != n {
        let shown: Vec<String> = list.iter().map(i64::to_string).collect();
        let text = format!(
            "{name} should be of length 1, {n} or {}. Received: {name}=[{}] of length {}",
            n + 2,
            shown.join(", "),
            list.len()
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: name, problem: text });
    }
    Ok(around(&list, first))
}

/// Puts the entries of batch and channels around those of the spatial axes.
pub(super) fn around(spatial: &[i64], first: bool) -> Vec<i64> {
    if first { [&[1, 1], spatial].concat() } else { [&[1], spatial, &[1]].concat() }
}

/// Reads a string; nothing where it is `None`.
pub(in crate::defs) fn text(val: &Val) -> Infer<Option<String>> {
    match val {
        Val::Py(Arg::Str(s)) => Ok(Some(s.to_string())),
        v if v.is_none() => Ok(None),
        _ => Err(Stop::Unknown("a string that is not known")),
    }
}

/// Checks a string attribute of a kernel.
pub(super) fn attribute<'v>(
    cx: &Cx<'_>,
    kernel: &str,
    name: &'static str,
    value: &'v str,
    allowed: &[&str],
) -> Infer<&'v str> {
    if allowed.contains(&value) {
        return Ok(value);
    }
    let list: Vec<String> = allowed.iter().map(|a| format!("\"{a}\"")).collect();
    let list = list.join(", ");
    let mistake = Mistake::Argument { param: name, problem: format!("'{value}' is none of {list}") };
    if cx.eager() {
        let text =
            format!("Value for attr '{name}' of \"{value}\" is not in the list of allowed values: {list}");
        return cx.raise(Exc::InvalidArgumentError, text, mistake);
    }
    cx.value_error(format!("Attr '{name}' of '{kernel}' Op passed string '{value}' not in: {list}."), mistake)
}

/// `nn_ops.convert_padding`, and the check of the kernel's attribute. `length` is how many axes a list has;
/// nothing where the function takes no list.
pub(super) fn padding(cx: &Cx<'_>, kernel: &str, value: &Val, length: Option<usize>) -> Infer<Padding> {
    let argument = |text: &str| Mistake::Argument { param: "padding", problem: text.to_owned() };
    match value {
        Val::Py(Arg::Str(s)) if length.is_some() && &**s == "EXPLICIT" => {
            let text = "'EXPLICIT' is not a valid value for `padding`. To use explicit padding, `padding` must be a list.";
            cx.value_error(text, argument(text))
        }
        Val::Py(Arg::Str(s)) => {
            let allowed: &[&str] =
                if takes_lists(kernel) { &["SAME", "VALID", "EXPLICIT"] } else { &["SAME", "VALID"] };
            match attribute(cx, kernel, "padding", s, allowed)? {
                "SAME" => Ok(Padding::Same),
                "VALID" => Ok(Padding::Valid),
                _ => Err(Stop::Unknown("an explicit padding without amounts")),
            }
        }
        Val::List(rows) | Val::Tuple(rows) => {
            let Some(length) = length else { return Err(Stop::Unknown("a padding that is a list")) };
            let mut amounts = Vec::new();
            for (i, row) in rows.iter().enumerate() {
                let Some(pair) = row.items() else {
                    return Err(Stop::Unknown("a padding of other than pairs"));
                };
                if pair.len() != 2 {
                    let text = format!(
                        "When `padding` is a list, each element of `padding` must be a list/tuple of size 2. Received: \
                         padding={} with element at index {i} of size {}",
                        repr(value),
                        pair.len()
                    );
                    return cx.value_error(text.clone(), argument(&text));
                }
                amounts.extend(cx.ints(row)?);
            }
            if rows.len() != length {
                let text = format!(
                    "When padding is a list, it must be of size {length}. Received: padding={} of size {}",
                    repr(value),
                    rows.len()
                );
                return cx.value_error(text.clone(), argument(&text));
            }
            Ok(Padding::Explicit(amounts))
        }
        _ => Err(Stop::Unknown("a padding that is not known")),
    }
}

/// Tells whether a kernel takes explicit paddings.
fn takes_lists(kernel: &str) -> bool {
    matches!(kernel, "Conv2D" | "DepthwiseConv2dNative" | "MaxPool" | "Conv2DBackpropInput")
}

/// Makes a window of attributes that are checked.
pub(super) fn window(strides: Vec<i64>, dilations: Vec<i64>, padding: Padding, first: bool) -> Window {
    Window { strides, dilations, padding, first }
}

/// `standardize_data_format`: whether channels come first.
pub(in crate::defs) fn channels_first(cx: &Cx<'_>, val: &Val) -> Infer<bool> {
    match text(val)?.as_deref() {
        None | Some("channels_last") => Ok(false),
        Some("channels_first") => Ok(true),
        Some(other) => {
            let text = if cx.keras3() && cx.surface() == crate::Surface::KerasOps {
                format!(
                    "The `data_format` argument must be one of {{'channels_first', 'channels_last'}}. Received: \
                     data_format={other}"
                )
            } else {
                format!("Unknown data_format: {other}")
            };
            cx.value_error(text.clone(), Mistake::Argument { param: "data_format", problem: text })
        }
    }
}

/// Reads an int, or a tuple of as many as there are spatial axes.
pub(super) fn spatial(cx: &Cx<'_>, val: &Val, n: usize) -> Infer<Vec<i64>> {
    match val {
        v if v.is_none() => Ok(vec![1; n]),
        Val::Py(Arg::Int(one)) => Ok(vec![*one; n]),
        _ => cx.ints(val),
    }
}

/// Writes a tuple of ints as Python does.
pub(super) fn tuple(list: &[i64]) -> String {
    tensor::Shape::known(list).tuple()
}

/// Writes ints as NumPy prints an array: `[2 2]`.
pub(super) fn array(list: &[i64]) -> String {
    let shown: Vec<String> = list.iter().map(i64::to_string).collect();
    format!("[{}]", shown.join(" "))
}
