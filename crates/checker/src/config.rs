//! What a project wants of its checks: `kerascope.toml`, or `[tool.kerascope]` in `pyproject.toml`.
//!
//! Nothing here reads files: the caller hands over the texts of those named in [`CONFIG_FILES`].

use std::fmt;

use globset::{Glob, GlobBuilder, GlobMatcher};
use ops::Keras;
use toml::{Table, Value};

use crate::selection::UnknownName;

/// The files that may hold settings; the first that does is taken.
pub const CONFIG_FILES: &[&str] = &["kerascope.toml", "pyproject.toml"];
/// The file whose table `tool.kerascope` holds them, instead of the whole file.
const SHARED: &str = "pyproject.toml";
const KEYS: &[&str] = &["keras", "backend", "select", "extend-select", "ignore", "per-file-ignores"];

/// A project's settings; what is not set is empty.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The Keras to check for.
    pub keras: Option<Keras>,
    /// Whether the backend is said to be TensorFlow, whatever a script chooses.
    pub on_tensorflow: bool,
    /// If given, only these rules and groups are reported.
    pub select: Vec<String>,
    /// These are reported too.
    pub extend_select: Vec<String>,
    /// These are not reported.
    pub ignore: Vec<String>,
    /// What is ignored in some files.
    per_file_ignores: Vec<PerFile>,
}

/// What is ignored in the files that a pattern matches.
#[derive(Clone, Debug)]
struct PerFile {
    pattern: GlobMatcher,
    names: Vec<String>,
}

/// Why a file of settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadConfig(Vec<String>);

impl fmt::Display for BadConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for BadConfig {}

impl Config {
    /// Reads settings; nothing where the file has none.
    ///
    /// # Errors
    /// When the file is no TOML, or a key or a value means nothing; all that is wrong is told at once.
    pub fn read(file_name: &str, text: &str) -> Result<Option<Config>, BadConfig> {
        let shared = file_name == SHARED;
        // Most projects' files say nothing about kerascope, and what else they hold is not ours to judge.
        if shared && !text.contains("kerascope") {
            return Ok(None);
        }
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            BadConfig(vec![format!("this is not TOML: {}", error.to_string().trim_end())])
        })?;
        if !shared {
            return Config::of(&table).map(Some);
        }
        let own = table.get("tool").and_then(|tool| tool.get("kerascope"));
        match own {
            None => Ok(None),
            Some(Value::Table(own)) => Config::of(own).map(Some),
            Some(_) => Err(BadConfig(vec!["`tool.kerascope` has to be a table".to_owned()])),
        }
    }

    fn of(table: &Table) -> Result<Config, BadConfig> {
        let mut config = Config::default();
        let mut wrong = Vec::new();
        for (key, value) in table {
            if let Err(problem) = config.set(key, value) {
                wrong.push(problem);
            }
        }
        if wrong.is_empty() { Ok(config) } else { Err(BadConfig(wrong)) }
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        match key {
            "keras" => self.keras = Some(keras(value)?),
            "backend" => {
                backend(value.as_str().unwrap_or_default())?;
                self.on_tensorflow = true;
            }
            "select" => self.select = names(key, value)?,
            "extend-select" => self.extend_select = names(key, value)?,
            "ignore" => self.ignore = names(key, value)?,
            "per-file-ignores" => {
                let Value::Table(files) = value else {
                    return Err(format!("`{key}` has to be a table of patterns and names of rules"));
                };
                let each = files.iter().map(|(pattern, value)| per_file(pattern, value));
                self.per_file_ignores = each.collect::<Result<_, _>>()?;
            }
            _ => {
                let near = names::nearest(key, KEYS.iter().copied());
                let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                return Err(format!("unknown key `{key}`{hint}"));
            }
        }
        Ok(())
    }

    /// Returns what is ignored in a file, whose path from the settings' folder is given with `/`.
    pub fn ignored_in<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let matching = move |entry: &&PerFile| entry.pattern.is_match(path) || entry.pattern.is_match(name);
        self.per_file_ignores.iter().filter(matching).flat_map(|entry| &entry.names)
    }
}

/// Checks that a backend is one that is modelled.
///
/// # Errors
/// For any but TensorFlow, saying that its behaviour would be a guess.
pub fn backend(name: &str) -> Result<(), String> {
    match name {
        "tensorflow" => Ok(()),
        "jax" | "torch" | "numpy" | "openvino" => Err(format!(
            "what Keras does on the backend `{name}` is not modelled; only `tensorflow` is, and its answers \
             would be guesses for another"
        )),
        _ => Err("the one backend that is modelled is `tensorflow`".to_owned()),
    }
}

fn keras(value: &Value) -> Result<Keras, String> {
    match value {
        Value::Integer(2) => Ok(Keras::Two),
        Value::Integer(3) => Ok(Keras::Three),
        Value::String(text) if text == "2" => Ok(Keras::Two),
        Value::String(text) if text == "3" => Ok(Keras::Three),
        _ => Err("`keras` has to be 2 or 3".to_owned()),
    }
}

fn names(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let wrong = || format!("`{key}` has to be a list of names of rules or groups");
    let items = value.as_array().ok_or_else(wrong)?;
    items
        .iter()
        .map(|item| {
            let name = item.as_str().ok_or_else(wrong)?;
            UnknownName::check(name).map_err(|unknown| format!("`{key}`: {unknown}"))?;
            Ok(name.to_owned())
        })
        .collect()
}

fn per_file(pattern: &str, value: &Value) -> Result<PerFile, String> {
    let glob: Result<Glob, _> = GlobBuilder::new(pattern).literal_separator(false).build();
    let glob = glob.map_err(|error| format!("`per-file-ignores`: {error}"))?;
    Ok(PerFile { pattern: glob.compile_matcher(), names: names("per-file-ignores", value)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        Config::read("kerascope.toml", text).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn reads_both_files() {
        let own = Config::read("kerascope.toml", "keras = 2\nselect = ['shape', 'syntax-error']\n");
        let own = own.unwrap().unwrap();
        assert_eq!((own.keras, own.select.len()), (Some(Keras::Two), 2));
        let shared = "[project]\nname = 'x'\n[tool.kerascope]\nignore = ['saving']\nbackend = 'tensorflow'\n";
        assert_eq!(Config::read("pyproject.toml", shared).unwrap().unwrap().ignore, ["saving"]);
        assert!(Config::read("pyproject.toml", "[tool.other]\nkerascope = 1\n").unwrap().is_none());
        assert!(Config::read("pyproject.toml", "this is no TOML").unwrap().is_none());
    }

    #[test]
    fn ignores_by_file() {
        let text = "[per-file-ignores]\n'tests/**' = ['shape']\n'conftest.py' = ['lambda', 'saving']\n";
        let config = Config::read("kerascope.toml", text).unwrap().unwrap();
        let ignored = |path: &str| config.ignored_in(path).cloned().collect::<Vec<_>>();
        assert_eq!(ignored("tests/a/b.py"), ["shape"]);
        assert_eq!(ignored("tests/conftest.py"), ["lambda", "saving", "shape"]);
        assert!(ignored("src/tests.py").is_empty());
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(wrong("selct = []"), "unknown key `selct`; did you mean `select`?");
        assert_eq!(
            wrong("keras = 4\nignore = ['lamda']"),
            "`ignore`: there is no rule or group `lamda`; did you mean `lambda`?\n`keras` has to be 2 or 3"
        );
        assert!(wrong("backend = 'jax'").contains("`jax` is not modelled"));
        assert!(wrong("keras = ").starts_with("this is not TOML"));
        assert!(wrong("[per-file-ignores]\n'[' = ['shape']").starts_with("`per-file-ignores`: "));
    }
}
