//! What a traceback says of the script: its files and lines, and the last exception.

use std::sync::LazyLock;

use regex::Regex;

/// A line of code that a traceback names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The file as it is written there.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Whether it is code of a package and not of the person's own.
    pub library: bool,
}

/// What is read from a text that may hold a traceback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traceback {
    /// The lines of code, in the text's order.
    pub frames: Vec<Frame>,
    /// The last exception: its class and the first line of its message.
    pub message: Option<String>,
    /// 2 or 3, where the packages' paths show which Keras it was.
    pub keras: Option<u8>,
}

/// `File "model.py", line 12`, `File model.py:12` of IPython, `model.py:12: ValueError` of pytest.
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"(?m)File "(?P<a>[^"\n]+)", line (?P<an>\d+)"#,
        r"|^\s*File (?P<b>[^\s:]+\.py):(?P<bn>\d+)",
        r"|^(?P<c>[^\s:]+\.py):(?P<cn>\d+): ",
    ))
    .ok()
});

/// `ValueError: no`, also with a module before it, alone, or as pytest and logs print it.
static EXCEPTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^\s*(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Interrupt|Exit)\b(?::[^\n]*)?$",
    )
    .ok()
});

impl Traceback {
    /// Reads a text that is cleaned already.
    pub fn of(clean: &str) -> Traceback {
        let mut read = Traceback::default();
        for found in PLACE.as_ref().into_iter().flat_map(|place| place.captures_iter(clean)) {
            let pairs = [("a", "an"), ("b", "bn"), ("c", "cn")];
            let pair = pairs.iter().find_map(|(file, line)| Some((found.name(file)?, found.name(line)?)));
            let Some((file, line)) = pair else { continue };
            let Ok(line) = line.as_str().parse() else { continue };
            let file = file.as_str().to_owned();
            read.keras = read.keras.or_else(|| generation(&file));
            let library = is_library(&file);
            read.frames.push(Frame { file, line, library });
        }
        let exceptions = EXCEPTION.as_ref().into_iter().flat_map(|exception| exception.find_iter(clean));
        read.message = exceptions.last().map(|found| found.as_str().trim().to_owned());
        read
    }

    /// Returns the files of the person's own with the lines named in each, the outermost first.
    pub fn own_files(&self) -> Vec<(&str, Vec<u32>)> {
        let mut files: Vec<(&str, Vec<u32>)> = Vec::new();
        for frame in self.frames.iter().filter(|frame| !frame.library) {
            match files.iter_mut().find(|(file, _)| *file == frame.file) {
                Some((_, lines)) if lines.contains(&frame.line) => {}
                Some((_, lines)) => lines.push(frame.line),
                None => files.push((&frame.file, vec![frame.line])),
            }
        }
        files
    }
}

/// Tells whether a path is a package's or Python's own.
fn is_library(file: &str) -> bool {
    let file = file.replace('\\', "/");
    let parts = ["/site-packages/", "/dist-packages/", "/lib/python", "/Lib/", "/__autograph_generated_file"];
    file.starts_with('<') || parts.iter().any(|part| file.contains(part))
}

/// Tells which Keras a path belongs to.
fn generation(file: &str) -> Option<u8> {
    let file = file.replace('\\', "/");
    let has = |part: &str| file.contains(part);
    if has("/tf_keras/")
        || has("/keras/engine/")
        || has("/keras/src/engine/")
        || has("/tensorflow/python/keras/")
    {
        return Some(2);
    }
    // Keras 2.13 to 2.15 have `keras/src` as well, but not these.
    let three =
        ["/keras/src/ops/", "/keras/src/backend/", "/keras/src/trainers/", "/keras/src/layers/layer.py"];
    let three = three.iter().any(|part| has(part)) || has("/keras/src/utils/traceback_utils.py");
    (three && has("-packages/keras/")).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_python_s_own_form() {
        let text = "Traceback (most recent call last):\n  File \"/home/me/model.py\", line 12, in <module>\n    \
                    y = f(x)\n  File \"/v/lib/python3.11/site-packages/keras/src/ops/numpy.py\", line 5, in f\n    \
                    raise E\nkeras.src.SomeError: a\n  b\nValueError: last\nmore of it\n";
        let read = Traceback::of(text);
        assert_eq!(read.own_files(), [("/home/me/model.py", vec![12])]);
        assert_eq!(read.message.as_deref(), Some("ValueError: last"));
        assert_eq!(read.keras, Some(3));
    }

    #[test]
    fn reads_other_forms() {
        let read = Traceback::of("File ~/code/a.py:3, in f(x)\n      2 def f\na.py:7: ValueError\n");
        assert_eq!(read.own_files(), [("~/code/a.py", vec![3]), ("a.py", vec![7])]);
        let windows = r#"  File "C:\Users\me\m.py", line 3, in <module>
  File "C:\Python\Lib\site-packages\tf_keras\src\engine\x.py", line 9, in g"#;
        let read = Traceback::of(windows);
        assert_eq!(read.own_files(), [(r"C:\Users\me\m.py", vec![3])]);
        assert_eq!(read.keras, Some(2));
        assert_eq!(Traceback::of("no such thing"), Traceback::default());
    }
}
