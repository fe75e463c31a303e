//! Classes that hold settings: optimizers, schedules, initializers, regularizers, losses, metrics. What matters of
//! their constructors are the arguments they refuse.

use std::rc::Rc;

use ops::spec::{Val, repr};
use ops::{Arg, Exc, Infer, Keras, Mistake, Stop, Violation};

/// The bound arguments of a constructor, as its recorded signature has them.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// The profile.
    pub keras: Keras,
    /// The name of the class that is made: `Adam`.
    pub class: &'a str,
    /// Parameters in order with their arguments, defaults included; `**kwargs` is a dict.
    pub args: &'a [(Rc<str>, Arg)],
}

impl Bound<'_> {
    /// Returns an argument; `Missing` where the signature lacks it. Arguments taken by `**kwargs` are found too.
    pub fn get(&self, name: &str) -> Arg {
        let find = |args: &[(Rc<str>, Arg)]| args.iter().find(|(n, _)| **n == *name).map(|(_, a)| a.clone());
        find(self.args).or_else(|| find(&self.extra())).unwrap_or(Arg::Missing)
    }

    /// Returns what `**kwargs` took.
    pub fn extra(&self) -> Vec<(Rc<str>, Arg)> {
        let extra = self.args.iter().find_map(|(name, arg)| match arg {
            Arg::Dict(items) if &**name == "kwargs" => Some(items.to_vec()),
            _ => None,
        });
        extra.unwrap_or_default()
    }

    /// Tells whether the profile is Keras 3.
    pub fn keras3(&self) -> bool {
        self.keras == Keras::Three
    }
}

/// A class that holds settings.
#[derive(Debug)]
pub struct Config {
    /// Its public path: `keras.optimizers.Adam`.
    pub path: &'static str,
    /// Checks the constructor's arguments.
    pub init: fn(&Bound<'_>) -> Infer<()>,
    /// Where the behaviour was read.
    pub source: &'static str,
}

/// Every class that holds settings.
static CONFIGS: &[&[Config]] = &[
    crate::constraints::CONFIGS,
    crate::initializers::CONFIGS,
    crate::losses::CONFIGS,
    crate::metrics::CONFIGS,
    crate::optimizers::CONFIGS,
    crate::regularizers::CONFIGS,
];

/// Returns every declared class that holds settings. One that is not declared takes any argument.
pub fn configs() -> impl Iterator<Item = &'static Config> {
    CONFIGS.iter().copied().flatten()
}

/// Finds a class that holds settings by its public path.
pub fn find_config(path: &str) -> Option<&'static Config> {
    configs().find(|c| c.path == path)
}

/// A constructor that refuses nothing.
pub(crate) fn anything(_: &Bound<'_>) -> Infer<()> {
    Ok(())
}

/// Makes a `ValueError` about an argument.
pub(crate) fn value_error(param: &'static str, core: impl Into<String>) -> Stop {
    refused(Exc::ValueError, param, core)
}

/// Makes an exception about an argument.
pub(crate) fn refused(class: Exc, param: &'static str, core: impl Into<String>) -> Stop {
    let core = core.into();
    let problem = core.clone();
    Violation::stop(class, core, Mistake::Argument { param, problem })
}

/// Writes an argument as Python's `repr`.
pub(crate) fn shown_repr(arg: &Arg) -> String {
    match arg {
        Arg::Tuple(items) if items.len() == 1 => format!("({},)", joined(items)),
        Arg::Tuple(items) => format!("({})", joined(items)),
        Arg::List(items) => format!("[{}]", joined(items)),
        Arg::Dict(items) => {
            let items: Vec<String> = items.iter().map(|(k, v)| format!("'{k}': {}", shown_repr(v))).collect();
            format!("{{{}}}", items.join(", "))
        }
        Arg::DType(d) => format!("<dtype: '{d}'>"),
        _ => repr(&Val::Py(arg.clone())),
    }
}

fn joined(items: &[Arg]) -> String {
    items.iter().map(shown_repr).collect::<Vec<_>>().join(", ")
}

/// Writes an argument as Python's `str`.
pub fn shown(arg: &Arg) -> String {
    match arg {
        Arg::Str(s) => s.to_string(),
        _ => shown_repr(arg),
    }
}

/// Returns a number that is known; nothing for what is no number or not known.
pub fn number(arg: &Arg) -> Option<f64> {
    match arg {
        Arg::Float(x) => Some(*x),
        Arg::Int(n) => Some(*n as f64),
        Arg::Bool(b) => Some(f64::from(u8::from(*b))),
        // `np.float64(0.9)`
        Arg::Tensor(t) if t.kind == ops::TensorKind::Numpy && t.spec.shape.rank() == Some(0) => {
            match &t.content {
                tensor::Content::Array(array) => array.data.to_floats()?.first().copied(),
                _ => None,
            }
        }
        _ => None,
    }
}
