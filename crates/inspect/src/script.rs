//! A config as the Python that makes the same model.
//!
//! The checker then says of it what it says of any script: shapes, parameters, mistakes in the functions. There
//! are two views. The author's has everything that the functions need; a loader's is what the loader does, in
//! its order, with the names that the loader supplies, and ends where the loader raises for a reason that is in
//! the file and not in the model.

mod compiled;
mod functions;
mod graph;
mod objects;

use std::collections::{BTreeSet, HashMap};

use bytecode::Version;
use checker::record::Outcome;
use checker::{Input, Keras};
use formats::Json;

use crate::function::Function;
pub(crate) use functions::supplied;
pub(crate) use graph::{is_model, lowest_calls, reference};
pub(crate) use objects::{
    LAMBDA_NOTES, TENSORFLOW_OPERATIONS, is_class_of, is_operation_of_keras_3, module_of_function,
    takes_argument,
};

/// Whose Python it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// The author's, who has everything.
    Author(Keras),
    /// A loader's.
    Loader {
        /// Which Keras.
        keras: Keras,
        /// Whether safe mode applies.
        safe: bool,
        /// The Python that it runs in.
        python: Version,
        /// Whether the config is of the legacy format: HDF5, SavedModel.
        legacy: bool,
    },
}

impl View {
    pub(crate) fn keras(self) -> Keras {
        match self {
            View::Author(keras) | View::Loader { keras, .. } => keras,
        }
    }

    /// Tells whether it follows a loader into its errors.
    fn loads(self) -> bool {
        matches!(self, View::Loader { .. })
    }
}

/// An exception for a reason in the file, or the end of what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It raises.
    Raises {
        /// The class's name.
        exception: &'static str,
        /// The message, without what other layers of the loader wrap around it.
        message: String,
        /// Why, in our words.
        why: String,
    },
    /// It cannot be told.
    Unknown(String),
}

impl Stop {
    fn raises(exception: &'static str, message: impl Into<String>, why: impl Into<String>) -> Stop {
        Stop::Raises { exception, message: message.into(), why: why.into() }
    }
}

/// What a line of the script comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A layer, by its place: `td/sub/flip`.
    Layer(String),
    /// A function, by its index.
    Function(usize),
}

/// A script and where its lines come from.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// The text.
    pub(crate) text: String,
    /// For each line, counted from 0, what it comes from.
    pub(crate) origins: Vec<Option<Origin>>,
    /// The lines, counted from 0, whose exceptions the loader turns into a `TypeError`.
    pub(crate) wrapped: BTreeSet<usize>,
    /// The variable that holds the model, if there is one at its end.
    model: Option<String>,
    /// Why it ends before the model is whole.
    pub(crate) stop: Option<Stop>,
    /// The functions that it has.
    pub(crate) functions: BTreeSet<usize>,
}

/// The name that the script goes by.
pub(crate) const PATH: &str = "model.py";

impl Script {
    /// Returns what a place in the text comes from.
    pub(crate) fn origin(&self, place: u32) -> Option<&Origin> {
        let before = self.text.as_bytes().get(..place as usize)?;
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        self.origins.get(line)?.as_ref()
    }

    /// Lets it count the layers that have weights, as Keras 3 does before it loads those of a legacy file.
    ///
    /// A `Sequential` whose Lambda could not be called is left half built, and has fewer of them than were saved.
    pub(crate) fn count_saved(&mut self, saved: usize) {
        let Some(model) = &self.model else { return };
        let lines = [
            format!("built = len([layer for layer in {model}.layers if layer.weights])"),
            format!("if built != {saved}:"),
            format!(
                "    raise ValueError(f'Layer count mismatch when loading weights from file. Model expected {{built}} \
                 layers, found {saved} saved layers.')"
            ),
        ];
        for line in lines {
            self.text.push_str(&line);
            self.text.push('\n');
            self.origins.push(None);
        }
    }

    /// Why a loader fails once the model is made, over what it was compiled with.
    pub(crate) fn compile_stop(&self) -> Option<&Stop> {
        self.stop.as_ref().filter(|_| self.model.is_some())
    }

    /// Predicts how a run of it ends.
    pub(crate) fn outcome(&self, keras: Keras) -> Outcome {
        match checker::predict(Input::alone(PATH, &self.text), keras) {
            Ok(record) => record.outcome,
            Err(error) => Outcome::Unknown { why: error.message, line: None },
        }
    }
}

/// Writes the script for a config.
pub(crate) fn script(config: &Json, compile: Option<&Json>, functions: &[Function], view: View) -> Script {
    let mut writer = Writer {
        view,
        functions,
        lines: Vec::new(),
        wrapped: BTreeSet::new(),
        names: HashMap::new(),
        defined: HashMap::new(),
        made: HashMap::new(),
        computed: HashMap::new(),
        places: Vec::new(),
        depth: 0,
    };
    let made = writer.model(config);
    let (model, stop) = match made {
        Ok(model) => {
            if !view.loads() {
                writer.reveal(config, &model);
            }
            (Some(model), compile.and_then(|compile| writer.compile(compile).err()))
        }
        Err(stop) => (None, Some(stop)),
    };
    let mut lines = writer.imports();
    let wrapped = writer.wrapped.iter().map(|line| line + lines.len()).collect();
    lines.append(&mut writer.lines);
    let functions = writer.defined.into_keys().collect();
    let (texts, origins): (Vec<String>, Vec<Option<Origin>>) = lines.into_iter().unzip();
    Script { text: texts.join("\n") + "\n", origins, wrapped, model, stop, functions }
}

/// How deep models and wrappers may be nested.
const MAX_DEPTH: usize = 60;

struct Writer<'a> {
    view: View,
    functions: &'a [Function],
    lines: Vec<(String, Option<Origin>)>,
    /// The lines whose exceptions the loader turns into a `TypeError`.
    wrapped: BTreeSet<usize>,
    /// How often a name was asked for.
    names: HashMap<String, usize>,
    /// The functions that are written, with their names.
    defined: HashMap<usize, String>,
    /// The variables of the outermost model's layers.
    made: HashMap<String, String>,
    /// The outputs of the outermost model's operations, which are no layers.
    computed: HashMap<String, String>,
    /// The layers around what is written.
    places: Vec<String>,
    depth: usize,
}

impl Writer<'_> {
    fn line(&mut self, text: String) {
        let text = if self.view.loads() { aliased(&text) } else { text };
        let origin = (!self.places.is_empty()).then(|| Origin::Layer(self.places.join("/")));
        self.lines.push((text, origin));
    }

    /// Asks for the layers' outputs, weights and parameters.
    fn reveal(&mut self, config: &Json, model: &str) {
        let layers = config.get("config").map_or(&[][..], |c| c.get("layers").map_or(c.items(), Json::items));
        for (at, layer) in layers.iter().enumerate() {
            let name =
                layer.get("config").and_then(|c| c.text("name")).or(layer.text("name")).unwrap_or("layer");
            let input = layer.text("class_name") == Some("InputLayer");
            self.places.push(name.to_owned());
            let computed = self.computed.get(name).cloned();
            match computed.clone().or_else(|| self.made.get(name).cloned()) {
                Some(variable) if input || computed.is_some() => {
                    self.line(format!("reveal_type({variable})"))
                }
                Some(variable) => {
                    for what in ["output", "count_params()"] {
                        self.line(format!("reveal_type({variable}.{what})"));
                    }
                    self.line(format!("reveal_type([tuple(w.shape) for w in {variable}.weights])"));
                }
                None => self.line(format!("reveal_type({model}.layers[{at}])")),
            }
            self.places.pop();
        }
    }

    /// Notes that the loader turns what the last line raises into a `TypeError`.
    fn wrap_last(&mut self) {
        self.wrapped.extend(self.lines.len().checked_sub(1));
    }

    /// Makes a new variable after a layer's name.
    fn variable(&mut self, name: &str) -> String {
        let mut base: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if base.is_empty() || base.starts_with(|c: char| c.is_ascii_digit()) || python_word(&base) {
            base.insert(0, '_');
        }
        let count = self.names.entry(base.clone()).or_default();
        *count += 1;
        if *count == 1 { base } else { format!("{base}__{count}") }
    }

    /// The imports at the top: the framework, and what the functions' globals are.
    fn imports(&self) -> Vec<(String, Option<Origin>)> {
        let own = |name: &&str| match self.view.loads() {
            true => format!("import {name} as {ALIAS}{name}"),
            false => format!("import {name}"),
        };
        let mut lines: Vec<String> = OWN.iter().map(own).collect();
        let used = self.defined.keys().filter_map(|index| self.functions.get(*index));
        let names: BTreeSet<&str> =
            used.flat_map(|f| f.globals.iter().chain(&f.closure_globals).map(String::as_str)).collect();
        for name in names {
            lines.extend(functions::global(name, self.view));
        }
        lines.into_iter().map(|line| (line, None)).collect()
    }

    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        if self.depth == MAX_DEPTH {
            return Err(Stop::Unknown("its layers are nested too deep".to_owned()));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }
}

/// What the script itself imports.
const OWN: &[&str] = &["keras", "numpy", "tensorflow"];
/// What these names begin with in a loader's script, so that the functions do not find them.
const ALIAS: &str = "loader_";

/// A line with the script's own names as a loader's script has them, but not within texts.
fn aliased(text: &str) -> String {
    let mut changed = String::new();
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None => {
                let rest = text.get(at..).unwrap_or("");
                let word = !(before.is_alphanumeric() || before == '_' || before == '.');
                let own = |name: &&&str| rest.strip_prefix(**name).is_some_and(|rest| rest.starts_with('.'));
                if word && OWN.iter().any(|name| own(&name)) {
                    changed.push_str(ALIAS);
                }
            }
        }
        changed.push(c);
        // An escaped backslash escapes nothing.
        before = if before == '\\' && c == '\\' { ' ' } else { c };
    }
    changed
}

/// Tells whether a name means something to Python or to the script itself.
pub(crate) fn python_word(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "False",
        "None",
        "True",
        "and",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
        // What the script itself needs.
        "keras",
        "numpy",
        "tensorflow",
        "reveal_type",
        "slice",
        "float",
        "tf",
        "np",
        "K",
        "ops",
    ];
    WORDS.contains(&text) || bytecode::is_builtin(text, Version::V314)
}
