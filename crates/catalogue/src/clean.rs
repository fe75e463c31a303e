//! From what people paste to the text that Keras wrote.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Colours and other orders to a terminal, also where the escape character itself was lost on the way
/// (`[0;31mValueError[0m`, as notebooks are copied).
static ESCAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\x1b\[[0-?]*[ -/]*[@-~]",
        r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)",
        r"|\x1b[@-Z\\-_]",
        r"|(?:\x{fffd}|\^\[)?\[\d{1,3}(?:;\d{1,3})*m",
    ))
    .ok()
});

/// What logs, containers, test runners and letters put before each line.
static PREFIX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:",
        // `2024-05-01T12:00:00.123Z `, `[12:00:00] `, `12:00:00,123 - `
        r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?(?: -| \|)?[ \t]",
        // `ERROR:root: `, `[ERROR] `, `ERROR - `
        r"|\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\]?(?::[\w.]+)?(?::| -| \|)[ \t]?",
        // `[rank0]: `, `(worker pid=12) `, `train-1  | `
        r"|\[[\w. -]{1,40}\]:? |\(\w[^()\n]{0,60}pid=\d+[^()\n]{0,60}\) |[\w.-]{1,60} +\| ?",
        // `E   ` of pytest, `> ` of letters, `| ` of exception groups
        r"|E(?: {3}|$)|(?:> ?)+|[|] ",
        r")",
    ))
    .ok()
});

/// Fewer lines than this begin alike by accident.
const MIN_COMMON: usize = 3;
/// What is longer is no prefix but a message that is printed over and over.
const MAX_PREFIX: usize = 60;

/// Returns a text as Keras wrote it: without colours, prefixes of lines, Windows' line ends and HTML's escapes.
pub fn cleaned(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let text = match ESCAPES.as_ref() {
        Some(escapes) => escapes.replace_all(&text, ""),
        None => Cow::Borrowed(text.as_str()),
    };
    let text = text.replace(['\u{a0}', '\u{2028}'], " ");
    let text = if text.contains("&lt;") || text.contains("&quot;") || text.contains("&#39;") {
        let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        plain.replace("&#39;", "'").replace("&#x27;", "'").replace("&amp;", "&")
    } else {
        text
    };
    without_prefixes(&text)
}

/// Takes away what stands before every line, and what logs are known to put before some.
fn without_prefixes(text: &str) -> String {
    let common = common_prefix(text);
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let mut rest = line.get(common..).unwrap_or_default();
        // A few may stand before one another: `train-1 | 12:00:00 ERROR - `.
        for _ in 0..4 {
            let Some(found) = PREFIX.as_ref().and_then(|prefix| prefix.find(rest)) else { break };
            if found.is_empty() {
                break;
            }
            rest = &rest[found.end()..];
        }
        out.push_str(rest);
    }
    out
}

/// Returns the length of what all lines but empty ones begin with, if they are several.
fn common_prefix(text: &str) -> usize {
    let mut lines = text.split('\n').filter(|line| !line.trim().is_empty());
    let Some(first) = lines.next() else { return 0 };
    let mut length = first.len();
    let mut count = 1;
    for line in lines {
        count += 1;
        length = first.bytes().zip(line.bytes()).take(length).take_while(|(a, b)| a == b).count();
    }
    if count < MIN_COMMON {
        return 0;
    }
    while !first.is_char_boundary(length) {
        length -= 1;
    }
    // Lines may begin alike by accident; a prefix ends where words do.
    let end = first[..length].rfind([' ', '\t', ':', '|', '>']).map_or(0, |at| at + 1);
    let prefix = &first[..end];
    let is_message = prefix.contains("Error") || prefix.contains("Warning");
    if prefix.trim().is_empty() || is_message || end > MAX_PREFIX { 0 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_line_ends_go() {
        assert_eq!(cleaned("\u{1b}[31mValueError\u{1b}[0m: no\r\nmore\r\n"), "ValueError: no\nmore\n");
        assert_eq!(cleaned("[0;31mValueError[0m: x[0]"), "ValueError: x[0]");
        assert_eq!(cleaned("ValueError: &lt;KerasTensor&gt; isn&#39;t"), "ValueError: <KerasTensor> isn't");
        assert_eq!(cleaned("10%\r20%\rValueError: no"), "10%\n20%\nValueError: no");
    }

    #[test]
    fn prefixes_of_lines_go() {
        let plain = "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: no\n";
        for prefix in [
            "2024-05-01T12:00:00.123Z ",
            "[rank0]: ",
            "train-1  | ",
            "ERROR:root:",
            "2024-05-01 12:00:00,123 - ERROR - ",
            "E   ",
            "> > ",
            "(train_fn pid=1234) ",
            "my own prefix> ",
        ] {
            let given: String = plain.lines().map(|line| format!("{prefix}{line}\n")).collect();
            assert_eq!(cleaned(&given), plain, "{prefix}");
        }
    }

    #[test]
    fn what_is_no_prefix_stays() {
        for text in [
            "ValueError: a\nValueError: b\nValueError: c\n",
            "my line 1\nmy line 2\n",
            "The same words stand on each of the lines of this long text: 1\n\
             The same words stand on each of the lines of this long text: 2\n\
             The same words stand on each of the lines of this long text: 3\n",
            "[1, 2] is wrong",
            "    x = f(y)\n    y = g(x)\n",
            "Error: 12:00 is not a number",
            "Epoch 1/2",
        ] {
            assert_eq!(cleaned(text), text);
        }
    }
}
