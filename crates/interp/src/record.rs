//! What a run of the script would have recorded: the oracle's fields, predicted.
//!
//! `predict` prints these as JSON; the rules read them together with the trace. Lines count from 1.

use ops::Exc;
use tensor::Shape;

/// In which part of a program something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the methods'")]
pub enum Phase {
    Import,
    Build,
    Compile,
    Fit,
    Evaluate,
    Predict,
    Save,
    Load,
    Summary,
}

impl Phase {
    /// Returns the name used in records.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Import => "import",
            Phase::Build => "build",
            Phase::Compile => "compile",
            Phase::Fit => "fit",
            Phase::Evaluate => "evaluate",
            Phase::Predict => "predict",
            Phase::Save => "save",
            Phase::Load => "load",
            Phase::Summary => "summary",
        }
    }
}

/// A line of the script in a traceback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The line, from 1.
    pub line: u32,
    /// The function's name, `<module>` at the top.
    pub function: String,
    /// Whether the line is one of a module that the script imports, which recordings leave out.
    pub imported: bool,
}

/// An exception as the oracle records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Where in the program.
    pub phase: Phase,
    /// The class's `__name__`.
    pub exception: String,
    /// The message without the frameworks' wrapping.
    pub core: String,
    /// The script's lines, outermost first.
    pub trace: Vec<Frame>,
}

/// How the script ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It runs to its end; with the code it exits with, if it calls `sys.exit`.
    Ok {
        /// The exit code.
        exit: Option<i64>,
    },
    /// It ends with an exception.
    Raises(Raised),
    /// It cannot be told.
    Unknown {
        /// Why, in a few words.
        why: String,
        /// The line of the first cause, if there is one.
        line: Option<u32>,
    },
}

/// A symbolic layer call that the script makes itself.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerCall {
    /// The line.
    pub line: u32,
    /// The layer's name.
    pub layer: String,
    /// Its class's name.
    pub class: String,
    /// The inputs' shapes.
    pub inputs: Vec<Shape>,
    /// The outputs' shapes.
    pub outputs: Vec<Shape>,
    /// The outputs' dtypes.
    pub dtypes: Vec<String>,
}

/// A functional or sequential model alive at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRecord {
    /// The model's name.
    pub name: String,
    /// Its class's name.
    pub class: String,
    /// Its inputs' shapes.
    pub inputs: Vec<Shape>,
    /// Its outputs' shapes.
    pub outputs: Vec<Shape>,
    /// The number of trainable parameters; nothing where it cannot be told.
    pub trainable: Option<i64>,
    /// The number of other parameters.
    pub non_trainable: Option<i64>,
}

/// What becomes of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GradientStatus {
    /// It arrives.
    Ok,
    /// It is zero everywhere.
    Zero,
    /// It is NaN.
    Nan,
    /// The tape gives `None`.
    None,
    /// It cannot be told.
    Unknown,
}

impl GradientStatus {
    /// Returns the name used in records.
    pub fn name(self) -> &'static str {
        match self {
            GradientStatus::Ok => "ok",
            GradientStatus::Zero => "zero",
            GradientStatus::Nan => "nan",
            GradientStatus::None => "none",
            GradientStatus::Unknown => "unknown",
        }
    }
}

/// The gradients of one `fit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FitGradients {
    /// Each trainable variable's, in the model's order.
    Measured(Vec<(String, GradientStatus)>),
    /// The first step raised an exception of this class.
    Unmeasured(String),
}

/// The gradients of one `fit` and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitRecord {
    /// The line of the call.
    pub line: u32,
    /// The gradients.
    pub gradients: FitGradients,
}

/// One call of a tape's `gradient`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TapeRecord {
    /// The line of the call.
    pub line: u32,
    /// One status for each source.
    pub status: Vec<GradientStatus>,
}

/// Everything that is recorded of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// How it ends.
    pub outcome: Outcome,
    /// Exceptions that left a layer call or a model method, caught or not.
    pub raised: Vec<Raised>,
    /// Symbolic layer calls.
    pub layer_calls: Vec<LayerCall>,
    /// Models.
    pub models: Vec<ModelRecord>,
    /// Gradients of every `fit`.
    pub gradients: Vec<FitRecord>,
    /// Gradients of every tape.
    pub tapes: Vec<TapeRecord>,
}

impl Raised {
    /// Makes a record of a violation's exception.
    pub fn new(phase: Phase, class: Exc, core: impl Into<String>, trace: Vec<Frame>) -> Raised {
        Raised { phase, exception: class.name().to_owned(), core: core.into(), trace }
    }
}
