//! Values of a config as Python literals.

use formats::Json;

/// Returns a string as Python's `repr` shows it.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if c == quote => {
                shown.push('\\');
                shown.push(c);
            }
            c if c.is_control() => shown.push_str(&match u32::from(c) {
                n @ ..0x100 => format!("\\x{n:02x}"),
                n => format!("\\u{n:04x}"),
            }),
            c => shown.push(c),
        }
    }
    shown.push(quote);
    shown
}

/// Returns a number as Python writes it.
pub(crate) fn number(text: &str) -> String {
    match text {
        "NaN" => "float('nan')".to_owned(),
        "Infinity" => "float('inf')".to_owned(),
        "-Infinity" => "float('-inf')".to_owned(),
        _ => text.to_owned(),
    }
}

/// Returns a value as a literal; dictionaries stay dictionaries, whatever they stand for.
pub(crate) fn literal(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Number(text) => number(text),
        Json::Str(text) => quoted(text),
        Json::List(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Json::Dict(pairs) => {
            let pairs: Vec<String> =
                pairs.iter().map(|(k, v)| format!("{}: {}", quoted(k), literal(v))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

/// Returns what an array or tuple in a config stands for, `None` for other values.
///
/// Keras 3 stores `{"class_name": "__numpy__", "config": {"value", "dtype"}}`, Keras 2 `{"type": "ndarray", "value"}`.
pub(crate) fn special(value: &Json) -> Option<String> {
    let config = value.get("config");
    Some(match value.text("class_name") {
        Some("__numpy__") => format!(
            "numpy.array({}, dtype={})",
            literal(config?.get("value")?),
            literal(config?.get("dtype").unwrap_or(&Json::Null))
        ),
        Some("__tensor__") => format!(
            "keras.ops.convert_to_tensor({}, dtype={})",
            literal(config?.get("value")?),
            literal(config?.get("dtype").unwrap_or(&Json::Null))
        ),
        Some("__tuple__") => {
            let items: Vec<String> = value.get("items")?.items().iter().map(decoded).collect();
            format!("({}{})", items.join(", "), if items.len() == 1 { "," } else { "" })
        }
        Some("__ellipsis__") => "...".to_owned(),
        Some("__bytes__") => format!("{}.encode('utf-8')", literal(config?.get("value")?)),
        Some("__slice__") => {
            let part = |key: &str| config.and_then(|c| c.get(key)).map_or("None".to_owned(), decoded);
            format!("slice({}, {}, {})", part("start"), part("stop"), part("step"))
        }
        _ if value.text("type") == Some("ndarray") => {
            format!("numpy.array({})", literal(value.get("value")?))
        }
        _ => return None,
    })
}

/// Returns a value as Python, arrays and tuples decoded.
pub(crate) fn decoded(value: &Json) -> String {
    match value {
        Json::List(items) => format!("[{}]", items.iter().map(decoded).collect::<Vec<_>>().join(", ")),
        Json::Dict(pairs) => special(value).unwrap_or_else(|| {
            let pairs: Vec<String> =
                pairs.iter().map(|(k, v)| format!("{}: {}", quoted(k), decoded(v))).collect();
            format!("{{{}}}", pairs.join(", "))
        }),
        other => literal(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_python() {
        let value = formats::read_json(br#"{"a": [null, true, -1.5, NaN, "it's\n"], "b": {"class_name": "__numpy__", "config": {"value": [1], "dtype": "int8"}}}"#);
        let value = value.unwrap_or(Json::Null);
        assert_eq!(
            decoded(&value),
            "{'a': [None, True, -1.5, float('nan'), \"it's\\n\"], 'b': numpy.array([1], dtype='int8')}"
        );
        assert_eq!(quoted("a\u{7}\\"), "'a\\x07\\\\'");
    }
}
