//! The JSON of `predict`: the fields that the oracle records from real Keras.

use checker::record::{FitGradients, LayerCall, ModelRecord, Outcome, Raised, Record};
use checker::{Keras, Shape};
use serde::Serialize;

/// Sizes of a shape, or nothing where the rank is unknown; an unknown size is nothing as well.
type Sizes = Option<Vec<Option<i64>>>;

/// One script's record.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    script: &'a str,
    profile: &'static str,
    layer_calls: Vec<Call<'a>>,
    models: Vec<Model<'a>>,
    gradients: Vec<Gradients<'a>>,
    tapes: Vec<Tape>,
    raised: Vec<Exception<'a>>,
    warnings: [(); 0],
    outcome: OutcomeJson<'a>,
}

#[derive(Serialize)]
struct Call<'a> {
    line: u32,
    layer: &'a str,
    class: &'a str,
    inputs: Vec<Sizes>,
    outputs: Vec<Sizes>,
    dtypes: &'a [String],
}

#[derive(Serialize)]
struct Model<'a> {
    name: &'a str,
    class: &'a str,
    inputs: Vec<Sizes>,
    outputs: Vec<Sizes>,
    trainable: Option<i64>,
    non_trainable: Option<i64>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Gradients<'a> {
    Measured { line: u32, variables: Vec<(&'a str, &'static str)> },
    Unmeasured { line: u32, unmeasured: &'a str },
}

#[derive(Serialize)]
struct Tape {
    line: u32,
    status: Vec<&'static str>,
}

/// An exception and where it passed.
#[derive(Serialize)]
pub(crate) struct Exception<'a> {
    phase: &'static str,
    exception: &'a str,
    core: &'a str,
    trace: Vec<TraceLine<'a>>,
}

#[derive(Serialize)]
struct TraceLine<'a> {
    line: u32,
    function: &'a str,
}

/// How a script ends.
#[derive(Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub(crate) enum OutcomeJson<'a> {
    /// At its end.
    Ok {
        /// The exit code, if it calls `sys.exit`.
        #[serde(skip_serializing_if = "Option::is_none")]
        exit: Option<i64>,
    },
    /// With an exception.
    Raises(Exception<'a>),
    /// It cannot be told.
    Unknown {
        /// Why.
        why: &'a str,
        /// Where the first cause is.
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
    },
}

impl<'a> Document<'a> {
    /// Makes the document of a record.
    pub(crate) fn new(script: &'a str, keras: Keras, record: &'a Record) -> Document<'a> {
        Document {
            script,
            profile: match keras {
                Keras::Two => "keras2",
                Keras::Three => "keras3",
            },
            layer_calls: record.layer_calls.iter().map(call).collect(),
            models: record.models.iter().map(model).collect(),
            gradients: record
                .gradients
                .iter()
                .map(|fit| match &fit.gradients {
                    FitGradients::Measured(variables) => Gradients::Measured {
                        line: fit.line,
                        variables: variables.iter().map(|(name, s)| (name.as_str(), s.name())).collect(),
                    },
                    FitGradients::Unmeasured(class) => {
                        Gradients::Unmeasured { line: fit.line, unmeasured: class }
                    }
                })
                .collect(),
            tapes: record
                .tapes
                .iter()
                .map(|tape| Tape { line: tape.line, status: tape.status.iter().map(|s| s.name()).collect() })
                .collect(),
            raised: record.raised.iter().map(exception).collect(),
            warnings: [],
            outcome: OutcomeJson::from(&record.outcome),
        }
    }
}

impl<'a> From<&'a Outcome> for OutcomeJson<'a> {
    fn from(outcome: &'a Outcome) -> OutcomeJson<'a> {
        match outcome {
            Outcome::Ok { exit } => OutcomeJson::Ok { exit: *exit },
            Outcome::Raises(raised) => OutcomeJson::Raises(exception(raised)),
            Outcome::Unknown { why, line } => OutcomeJson::Unknown { why, line: *line },
        }
    }
}

fn call(call: &LayerCall) -> Call<'_> {
    Call {
        line: call.line,
        layer: &call.layer,
        class: &call.class,
        inputs: call.inputs.iter().map(sizes).collect(),
        outputs: call.outputs.iter().map(sizes).collect(),
        dtypes: &call.dtypes,
    }
}

fn model(model: &ModelRecord) -> Model<'_> {
    Model {
        name: &model.name,
        class: &model.class,
        inputs: model.inputs.iter().map(sizes).collect(),
        outputs: model.outputs.iter().map(sizes).collect(),
        trainable: model.trainable,
        non_trainable: model.non_trainable,
    }
}

fn exception(raised: &Raised) -> Exception<'_> {
    Exception {
        phase: raised.phase.name(),
        exception: &raised.exception,
        core: &raised.core,
        trace: raised
            .trace
            .iter()
            .map(|frame| TraceLine { line: frame.line, function: &frame.function })
            .collect(),
    }
}

fn sizes(shape: &Shape) -> Sizes {
    Some(shape.dims()?.iter().map(|dim| dim.known()).collect())
}
