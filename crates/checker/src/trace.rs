//! What a script computes, line by line: tensors, layers, gradients.
//!
//! Plain data, made from what the interpreter leaves; nothing is judged here, that is what rules do.

mod gradients;
mod models;
mod values;

use diagnostics::Span;
use interp::Interp;
use interp::record::{GradientStatus, Outcome};
use python::NotebookError;
use tensor::TensorSpec;

use crate::analyse::{internal_failure, refused};
use crate::guard::guarded;
use crate::{Input, Pages, Profile, Settings};

/// What a script computes.
#[derive(Debug)]
pub struct Traced {
    /// The Keras it was interpreted for.
    pub profile: Profile,
    /// The script's text.
    pub pages: Pages,
    /// How it ends; what comes after is not traced.
    pub outcome: Outcome,
    /// The tensors that the script's own lines make, in the order of their place.
    pub values: Vec<Computed>,
    /// The functions of Lambdas and of the script's own layers, each call opened.
    pub bodies: Vec<Body>,
    /// The models that are there at the end.
    pub models: Vec<ModelTable>,
    /// The gradients that training or a tape asked for.
    pub gradients: Vec<GradientTable>,
}

/// An expression and the tensors that it gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    /// The expression.
    pub span: Span,
    /// What it gave, each spec once, in the order of their making: a loop may give several.
    pub specs: Vec<TensorSpec>,
}

/// The function of a Lambda, or the `call` of a layer of the script's own, as some calls saw it.
#[derive(Clone, Debug)]
pub struct Body {
    /// The layer's name.
    pub layer: String,
    /// Its class.
    pub class: String,
    /// The expressions that called it and saw the same.
    pub calls: Vec<Span>,
    /// What its lines gave.
    pub values: Vec<Computed>,
}

/// A model as `summary()` shows it.
#[derive(Debug)]
pub struct ModelTable {
    /// The model's name.
    pub name: String,
    /// Its class.
    pub class: String,
    /// Its layers in Keras' order.
    pub layers: Vec<LayerRow>,
    /// The number of trained parameters; nothing where it cannot be told.
    pub trainable: Option<i64>,
    /// The number of other parameters.
    pub non_trainable: Option<i64>,
}

/// A row of a model's table.
#[derive(Debug)]
pub struct LayerRow {
    /// The layer's name.
    pub name: String,
    /// Its class.
    pub class: String,
    /// What its last call in the model gives.
    pub outputs: Vec<TensorSpec>,
    /// The number of its parameters; nothing where it cannot be told.
    pub parameters: Option<i64>,
    /// Where its inputs come from, as Keras writes it: `dense[0][0]`.
    pub connected_to: Vec<String>,
    /// The expression that made it.
    pub made: Span,
}

/// Who asks for gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// `fit`.
    Fit,
    /// A tape.
    Tape,
}

/// The gradients that one call asked for.
#[derive(Debug)]
pub struct GradientTable {
    /// Who asked.
    pub by: Asker,
    /// The call.
    pub span: Span,
    /// The variables in the model's order, or the sources in the tape's.
    pub rows: Vec<GradientRow>,
}

/// What becomes of one gradient.
#[derive(Debug)]
pub struct GradientRow {
    /// The variable's name, or the source's text.
    pub name: String,
    /// What becomes of it.
    pub status: GradientStatus,
    /// The operation that cuts it or makes it zero, and its place.
    pub stopped: Option<(String, Span)>,
}

/// Interprets a script and tells what it computes.
///
/// # Errors
/// When a notebook is none.
pub fn trace(input: Input<'_>, settings: &Settings) -> Result<Traced, NotebookError> {
    guarded(|| traced(input, settings)).unwrap_or_else(|panic| {
        let pages = Pages::of_script(input.path, input.text);
        Ok(Traced::empty(settings.profile(input.text), pages, internal_failure(&panic).outcome))
    })
}

fn traced(input: Input<'_>, settings: &Settings) -> Result<Traced, NotebookError> {
    let program = input.program()?;
    let profile = settings.profile(program.script().source());
    if let Some(error) = program.script().errors().first() {
        return Ok(Traced::empty(profile, Pages::of(&program), refused(error).outcome));
    }
    let interp = interp::analyse(&program, input.sources, settings.options(&profile));
    let mut traced = Traced::empty(profile, Pages::of(&program), interp.record.outcome.clone());
    traced.fill(&interp);
    Ok(traced)
}

impl Traced {
    fn empty(profile: Profile, pages: Pages, outcome: Outcome) -> Traced {
        let (values, bodies) = (Vec::new(), Vec::new());
        Traced { profile, pages, outcome, values, bodies, models: Vec::new(), gradients: Vec::new() }
    }

    fn fill(&mut self, interp: &Interp<'_>) {
        (self.values, self.bodies) = values::of(interp);
        self.models = models::of(interp);
        self.gradients = gradients::of(interp);
    }
}
