//! The gradients of a script's functions, tried with numbers: of Lambdas, own layers and losses, custom gradients.
//!
//! Each function is carried out in double precision on sampled inputs; its gradient is compared with the slopes of its
//! values. Plain data comes out, which a front end shows.

mod judge;
mod sample;

use diagnostics::Span;
use exec::Plan;
use exec::slopes::Function;
use interp::Interp;
use interp::framework::met::{Kind, Met, Recorded};
use interp::record::Outcome;
use python::NotebookError;
use tensor::TensorSpec;

use crate::analyse::{internal_failure, refused};
use crate::guard::guarded;
use crate::{Input, Pages, Profile, Settings};

pub use judge::{Finding, Level, Verdict};

/// What becomes of the gradients of a script's functions.
#[derive(Debug)]
pub struct Graded {
    /// The Keras it was interpreted for.
    pub profile: Profile,
    /// The script's text.
    pub pages: Pages,
    /// How the script ends; what comes after is not met. Models are not trained.
    pub outcome: Outcome,
    /// The functions in the order of their first call.
    pub functions: Vec<Tried>,
}

/// A function that was tried.
#[derive(Debug)]
pub struct Tried {
    /// What it is: `Lambda`, `layer`, `loss`, `custom gradient`.
    pub kind: &'static str,
    /// The name of the layer or function.
    pub name: String,
    /// The call that met it.
    pub span: Span,
    /// What was seen of it, or why nothing was.
    pub result: Result<Seen, String>,
}

/// What was seen of a function.
#[derive(Debug)]
pub struct Seen {
    /// Its inputs.
    pub inputs: Vec<Argument>,
    /// At how many points it was tried.
    pub points: usize,
    /// What is to be said of it.
    pub findings: Vec<Finding>,
}

/// An input of a function.
#[derive(Debug)]
pub struct Argument {
    /// The parameter's name.
    pub name: String,
    /// What it was tried with.
    pub spec: TensorSpec,
    /// What is so of its gradient.
    pub verdict: Verdict,
    /// The largest difference between the gradient and a slope of the function, relative to their size.
    pub error: Option<f64>,
}

impl Graded {
    /// Tells whether something is wrong with a gradient.
    pub fn has_warnings(&self) -> bool {
        let findings = self.functions.iter().filter_map(|tried| tried.result.as_ref().ok());
        findings.flat_map(|seen| &seen.findings).any(|finding| finding.level == Level::Warning)
    }
}

/// Interprets a script, and tries the gradient of each function that one goes through.
///
/// # Errors
/// When a notebook is none.
pub fn grad(input: Input<'_>, settings: &Settings) -> Result<Graded, NotebookError> {
    guarded(|| graded(input, settings)).unwrap_or_else(|panic| {
        let pages = Pages::of_script(input.path, input.text);
        let outcome = internal_failure(&panic).outcome;
        Ok(Graded { profile: settings.profile(input.text), pages, outcome, functions: Vec::new() })
    })
}

fn graded(input: Input<'_>, settings: &Settings) -> Result<Graded, NotebookError> {
    let program = input.program()?;
    let profile = settings.profile(program.script().source());
    if let Some(error) = program.script().errors().first() {
        let outcome = refused(error).outcome;
        return Ok(Graded { profile, pages: Pages::of(&program), outcome, functions: Vec::new() });
    }
    let mut interp = interp::look_for_functions(&program, input.sources, settings.options(&profile));
    let outcome = interp.record.outcome.clone();
    let met = interp.functions_met();
    let tried = met.iter().map(|met| (met, tried(&mut interp, met)));
    // What a loss makes of labels that it is never given says nothing.
    let functions = tried.filter(|(met, tried)| !met.assumed || tried.result.is_ok());
    let functions = functions.map(|(_, tried)| tried).collect();
    Ok(Graded { profile, pages: Pages::of(&program), outcome, functions })
}

fn tried(interp: &mut Interp<'_>, met: &Met) -> Tried {
    let kind = match met.kind {
        Kind::Lambda => "Lambda",
        Kind::Layer => "layer",
        Kind::Loss => "loss",
        Kind::CustomGradient => "custom gradient",
    };
    let recorded = interp.record_function(met);
    let result = recorded.and_then(|recorded| seen(met.kind, &recorded));
    Tried { kind, name: met.name.to_string(), span: met.span, result }
}

fn seen(kind: Kind, recorded: &Recorded) -> Result<Seen, String> {
    if !recorded.inputs.iter().any(judge::is_float) {
        return Err("it is called on no floats, so there is no gradient".to_owned());
    }
    if recorded.outputs.is_empty() {
        return Ok(judge::without_floats(recorded));
    }
    let function = function(recorded)?;
    let looks = sample::look(&function, recorded)?;
    Ok(judge::judge(kind, recorded, &looks))
}

/// Makes a recorded function ready to run in double precision.
fn function(recorded: &Recorded) -> Result<Function, String> {
    let program = recorded.program.in_double().ok_or("it cannot be computed in double precision")?;
    let variables: Vec<_> = recorded.variables.iter().map(|(value, _)| *value).collect();
    let inputs: Vec<_> = recorded.inputs.iter().map(|input| input.value).collect();
    let values: Vec<_> = recorded.outputs.iter().map(|(value, _)| *value).collect();
    let gradients: Vec<_> = recorded.inputs.iter().filter_map(|input| input.gradient).collect();
    let plan = |given: Vec<_>, wanted: Vec<_>| {
        Plan::new(&program, &given, &wanted).map_err(|unplanned| match unplanned {
            exec::Unplanned::Kernel(kernel) => format!("the numbers of `{kernel}` are not written"),
            exec::Unplanned::Input(_) => "a part of it has no numbers".to_owned(),
        })
    };
    let forward = [inputs.clone(), variables.clone()].concat();
    let backward = [inputs, recorded.directions.clone(), variables].concat();
    let fixed = recorded.variables.iter().map(|(_, array)| sample::doubled(array));
    let directions = recorded.outputs.iter().enumerate().map(|(at, (_, spec))| sample::direction(spec, at));
    let refused = |fault: array::Fault| fault.to_string();
    Ok(Function {
        values: plan(forward, values.clone())?,
        gradients: plan(backward, [values, gradients].concat())?,
        reached: recorded.inputs.iter().map(|input| input.gradient.is_some()).collect(),
        directions: directions.collect::<Result<_, _>>().map_err(refused)?,
        fixed: fixed.collect::<Result<_, _>>().map_err(refused)?,
        seed: sample::SEED,
    })
}
