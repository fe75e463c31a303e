//! Constructor arguments that many layers check alike: tuples of ints, padding, data format.
//!
//! source: keras/src/utils/argument_validation.py, keras/src/backend/config.py,
//! tf_keras/src/utils/conv_utils.py

use ops::{Arg, Infer, Keras};

use crate::Host;
use crate::python::{int, int_set, known_int, repr, text, type_error, type_name, unknown, value_error};

/// Makes a tuple of `n` ints of an argument (`standardize_tuple`, `normalize_tuple`).
///
/// # Errors
/// Keras' `ValueError`.
pub(crate) fn int_tuple(
    keras: Keras,
    param: &'static str,
    value: &Arg,
    n: usize,
    allow_zero: bool,
) -> Infer<Vec<i64>> {
    let received = text(value);
    let mut message = match keras {
        Keras::Two => format!("The `{param}` argument must be a tuple of {n} integers. Received: {received}"),
        Keras::Three => {
            format!("The `{param}` argument must be a tuple of {n} integers. Received {param}={received}")
        }
    };
    let values = match value {
        Arg::Tuple(items) | Arg::List(items) => {
            if items.len() != n {
                return value_error(param, message);
            }
            let mut values = Vec::with_capacity(n);
            for item in items.iter() {
                match item {
                    Arg::Float(_) => return unknown("a float where an integer is expected"),
                    Arg::Str(s) if s.trim().parse::<i64>().is_ok() => {
                        return unknown("a string where an integer is expected");
                    }
                    _ => {}
                }
                match int(item)? {
                    Some(n) => values.push(n),
                    None => {
                        let kind = type_name(item);
                        message
                            .push_str(&format!("including element {} of type <class '{kind}'>", text(item)));
                        return value_error(param, message);
                    }
                }
            }
            values
        }
        Arg::Str(s) if s.chars().count() == n && s.chars().all(|c| c.is_ascii_digit()) => {
            return unknown("a string where integers are expected");
        }
        Arg::Str(s) if s.chars().count() == n => {
            // A string is a sequence too; its first character that is no digit is refused.
            if let Some(bad) = s.chars().find(|c| !c.is_ascii_digit()) {
                message.push_str(&format!("including element {bad} of type <class 'str'>"));
            }
            return value_error(param, message);
        }
        Arg::Dict(_) | Arg::Object(_) | Arg::Callable(_) => return unknown("an argument of another type"),
        _ => match int(value)? {
            Some(one) => vec![one; n],
            None => return value_error(param, message),
        },
    };
    let least = i64::from(!allow_zero);
    let low: Vec<i64> = values.iter().copied().filter(|v| *v < least).collect();
    if !low.is_empty() {
        let set = int_set(&low);
        let bound = if allow_zero { ">= 0" } else { "> 0" };
        message.push_str(&match keras {
            Keras::Two => format!(" including {set} that does not satisfy the requirement `{bound}`."),
            Keras::Three => format!(", including values {set} that do not satisfy `value {bound}`"),
        });
        return value_error(param, message);
    }
    Ok(values)
}

/// Makes an argument of ints.
pub(crate) fn int_arg(values: &[i64]) -> Arg {
    Arg::Tuple(values.iter().map(|n| Arg::Int(*n)).collect())
}

/// Reads a constructor argument as a tuple of `n` ints and stores it.
///
/// # Errors
/// Keras' `ValueError`.
pub(crate) fn store_tuple(
    host: &mut dyn Host,
    param: &'static str,
    n: usize,
    allow_zero: bool,
) -> Infer<Vec<i64>> {
    let values = int_tuple(host.keras(), param, &host.get(param), n, allow_zero)?;
    host.set(param, int_arg(&values));
    Ok(values)
}

/// Returns the ints that [`store_tuple`] stored.
///
/// # Errors
/// `Stop::Unknown` where they are not known.
pub(crate) fn stored(host: &dyn Host, param: &str) -> Infer<Vec<i64>> {
    match host.get(param) {
        Arg::Tuple(items) | Arg::List(items) => items.iter().map(known_int).collect(),
        one => known_int(&one).map(|n| vec![n]),
    }
}

/// Checks `data_format`, stores it and tells whether channels come first.
///
/// # Errors
/// Keras' `ValueError`.
pub(crate) fn store_data_format(host: &mut dyn Host) -> Infer<bool> {
    let given = host.get("data_format");
    let keras = host.keras();
    let lower = match &given {
        // Pooling and `SpatialDropout` treat `None` alike; the setting in `keras.json` is not known to us.
        Arg::None | Arg::Missing => "channels_last".to_owned(),
        Arg::Str(s) => s.to_lowercase(),
        Arg::Int(_) | Arg::Bool(_) | Arg::Float(_) | Arg::Tuple(_) | Arg::List(_) => match keras {
            Keras::Two => {
                let problem = format!("'{}' object has no attribute 'lower'", type_name(&given));
                return crate::python::raise(ops::Exc::AttributeError, "data_format", problem);
            }
            Keras::Three => text(&given).to_lowercase(),
        },
        _ => return unknown("a data format that is not known"),
    };
    if lower != "channels_first" && lower != "channels_last" {
        return value_error(
            "data_format",
            match keras {
                Keras::Two => format!(
                    "The `data_format` argument must be one of \"channels_first\", \"channels_last\". Received: {}",
                    text(&given)
                ),
                Keras::Three => format!(
                    "The `data_format` argument must be one of {{'channels_first', 'channels_last'}}. \
                     Received: data_format={lower}"
                ),
            },
        );
    }
    let first = lower == "channels_first";
    host.set("data_format", Arg::Str(lower.into()));
    Ok(first)
}

/// Tells whether the stored `data_format` has channels first.
pub(crate) fn channels_first(host: &dyn Host) -> bool {
    matches!(host.get("data_format"), Arg::Str(s) if &*s == "channels_first")
}

/// Checks `padding` (`standardize_padding`, `normalize_padding`) and stores it in lower case.
///
/// # Errors
/// Keras' `ValueError`.
pub(crate) fn store_padding(host: &mut dyn Host, causal: bool) -> Infer<()> {
    let given = host.get("padding");
    let lower = match &given {
        Arg::Str(s) => s.to_lowercase(),
        Arg::List(_) | Arg::Tuple(_) => return Ok(()),
        Arg::None | Arg::Int(_) | Arg::Bool(_) | Arg::Float(_) => {
            let problem = format!("'{}' object has no attribute 'lower'", type_name(&given));
            return crate::python::raise(ops::Exc::AttributeError, "padding", problem);
        }
        _ => return unknown("a padding that is not known"),
    };
    let known = match lower.as_str() {
        "valid" | "same" => true,
        "causal" => causal || host.keras() == Keras::Two,
        _ => false,
    };
    if !known {
        return value_error(
            "padding",
            match host.keras() {
                Keras::Two => format!(
                    "The `padding` argument must be a list/tuple or one of \"valid\", \"same\" (or \"causal\", only \
                     for `Conv1D). Received: {lower}"
                ),
                Keras::Three => {
                    let allowed = if causal { "{'valid', 'same', 'causal'}" } else { "{'valid', 'same'}" };
                    format!(
                        "The `padding` argument must be a list/tuple or one of {allowed}. Received: {lower}"
                    )
                }
            },
        );
    }
    host.set("padding", Arg::Str(lower.into()));
    Ok(())
}

/// Checks that an argument is an int where the source asks `isinstance(value, int)`, bools left out.
///
/// # Errors
/// Keras' `TypeError`.
pub(crate) fn strict_int(param: &'static str, value: &Arg) -> Infer<i64> {
    match value {
        Arg::Bool(_) => {}
        _ => {
            if let Some(n) = int(value)? {
                return Ok(n);
            }
        }
    }
    type_error(param, format!("Expected an integer value for `{param}`, got <class '{}'>.", type_name(value)))
}

/// Reads `axis`: one int, or several.
///
/// # Errors
/// `TypeError` where it is neither, as `wording` says it; `Stop::Unknown` where it cannot be told.
pub(crate) fn axis_list(value: &Arg, wording: impl FnOnce(&str) -> String) -> Infer<Vec<i64>> {
    match value {
        Arg::Tuple(items) | Arg::List(items) => items.iter().map(known_int).collect(),
        _ => match int(value)? {
            Some(axis) => Ok(vec![axis]),
            None => type_error("axis", wording(&repr(value))),
        },
    }
}
