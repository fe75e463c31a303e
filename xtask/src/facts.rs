//! Predicted facts about single calls, in the form in which real ones are recorded.
//!
//! Each line of the input names an expression and its tensors; each line of the output predicts what tracing
//! it gives (`symbolic`), what real values give (`concrete`), which inputs get a gradient, and for layers how
//! many weights there are. What cannot be told is `{"unknown": why}`.

mod gradients;
mod json;
mod numbers;
#[cfg(test)]
mod recorded;

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail};
use graph::{NodeId, Source};
use interp::raise::Halt;
use interp::value::{Args, Value};
use interp::{Alone, Interp, Options};
use ops::{Keras, TensorKind};
use python::Program;
use serde_json::{Map, Value as Json, json};
use tensor::{DType, Dim, Shape, Symbol, TensorSpec};

/// What the expressions of a file are about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Namespace {
    /// Functions, under a version of Keras.
    Functions(Keras),
    /// Layers, under a version of Keras.
    Layers(Keras),
}

/// Prints the predicted facts for a file of expressions.
///
/// # Errors
/// For a namespace or file that is not there, and lines that are not facts.
pub(crate) fn run(namespace: &str, file: &str) -> Result<()> {
    let namespace = self::namespace(namespace)?;
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let mut out = String::new();
    for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let fact: Json =
            serde_json::from_str(line).with_context(|| format!("{file}:{}: not JSON", number + 1))?;
        let predicted = predict(namespace, &fact);
        writeln!(out, "{predicted}")?;
    }
    print(&out);
    Ok(())
}

fn namespace(name: &str) -> Result<Namespace> {
    Ok(match name {
        "tf" | "K3" | "ops" => Namespace::Functions(Keras::Three),
        "K2" => Namespace::Functions(Keras::Two),
        "layers2" => Namespace::Layers(Keras::Two),
        "layers3" => Namespace::Layers(Keras::Three),
        _ => bail!("the namespaces are tf, K2, K3, ops, layers2 and layers3"),
    })
}

#[expect(clippy::print_stdout, reason = "the facts are the command's output")]
fn print(text: &str) {
    print!("{text}");
}

fn predict(namespace: Namespace, fact: &Json) -> Json {
    let expr = fact["expr"].as_str().unwrap_or_default();
    let inputs = inputs_of(fact);
    let mut predicted = Map::new();
    predicted.insert("expr".to_owned(), json!(expr));
    predicted.insert("inputs".to_owned(), fact["inputs"].clone());
    match namespace {
        Namespace::Layers(keras) => predict_layer(keras, expr, &inputs, &mut predicted),
        Namespace::Functions(keras) => predict_function(keras, expr, &inputs, &mut predicted),
    }
    Json::Object(predicted)
}

/// An input of an expression.
struct Input {
    name: String,
    spec: TensorSpec,
}

fn inputs_of(fact: &Json) -> Vec<Input> {
    let Some(inputs) = fact["inputs"].as_object() else { return Vec::new() };
    // A size that tracing does not know is `None` to the function, not just unknown to us: a symbol.
    let mut symbols = 1_000_000;
    let mut open = || {
        symbols += 1;
        Dim::Symbol(Symbol(symbols))
    };
    let mut spec = |json: &Json| {
        let dims = json["shape"].as_array().map_or(&[][..], Vec::as_slice);
        let shape: Shape = dims.iter().map(|d| d.as_i64().map_or_else(&mut open, Dim::Known)).collect();
        TensorSpec::new(shape, json["dtype"].as_str().and_then(DType::parse))
    };
    inputs.iter().map(|(name, json)| Input { name: name.clone(), spec: spec(json) }).collect()
}

/// The names that expressions use.
fn imports(keras: Keras) -> &'static str {
    match keras {
        Keras::Two => {
            "import numpy as np\nimport tensorflow as tf\nimport keras\nfrom keras import layers\nK = keras.backend\nops = None\n"
        }
        Keras::Three => {
            "import numpy as np\nimport tensorflow as tf\nimport keras\nfrom keras import layers, ops\nK = tf.keras.backend\n"
        }
    }
}

fn predict_layer(keras: Keras, expr: &str, inputs: &[Input], predicted: &mut Map<String, Json>) {
    let mut script = imports(keras).to_owned();
    for input in inputs {
        let dims: Vec<String> =
            input.spec.shape.dims().unwrap_or_default().iter().map(Dim::to_string).collect();
        let dtype = input.spec.dtype.map_or("float32", DType::name);
        let _ = writeln!(
            script,
            "{0} = keras.Input(batch_shape=({1},), dtype='{dtype}', name='{0}')",
            input.name,
            dims.join(", ")
        );
    }
    // An empty shape is `()`, not `(,)`.
    let script = script.replace("batch_shape=(,)", "batch_shape=()");
    let names: Vec<&str> = inputs.iter().map(|i| i.name.as_str()).collect();
    let script = format!("{script}answer = {expr}\nmodel = keras.Model([{}], answer)\n", names.join(", "));
    let program = Program::new("fact.py", python::parse(&script));
    let mut interp = Interp::new(&program, &Alone, Options::new(keras));
    interp.run();
    let answer = interp.global("answer");
    let outcome = match &answer {
        Some(value) => json::outputs(&mut interp, value),
        None => json::failure(&interp),
    };
    // The weights behind an output that is not known are not known either.
    let known = outcome.get("unknown").is_none();
    predicted.insert("symbolic".to_owned(), outcome);
    if let Some(Value::Instance(model)) = interp.global("model").filter(|_| known) {
        let (trainable, rest) = interp.weights_of(model);
        if let Some((a, b)) = interp.count(&trainable).zip(interp.count(&rest)) {
            predicted.insert("params".to_owned(), json!(a + b));
        }
    }
}

fn predict_function(keras: Keras, expr: &str, inputs: &[Input], predicted: &mut Map<String, Json>) {
    let names: Vec<&str> = inputs.iter().map(|i| i.name.as_str()).collect();
    let script = format!("{}f = lambda {}: ({expr})\n", imports(keras), names.join(", "));
    let program = Program::new("fact.py", python::parse(&script));
    // Numbers that are drawn have no values to compare.
    let drawn = expr.contains("random") || expr.contains("dropout");
    let symbolic = Evaluation::run(&program, keras, inputs, true, drawn);
    predicted.insert("symbolic".to_owned(), symbolic.outcome);
    let concrete = Evaluation::run(&program, keras, inputs, false, drawn);
    predicted.insert("concrete".to_owned(), concrete.outcome);
    predicted.insert("gradients".to_owned(), concrete.gradients);
}

/// What one evaluation of a function on tensors gives.
struct Evaluation {
    outcome: Json,
    gradients: Json,
}

impl Evaluation {
    fn run(program: &Program, keras: Keras, inputs: &[Input], traced: bool, drawn: bool) -> Evaluation {
        let mut interp = Interp::new(program, &Alone, Options::new(keras));
        interp.run();
        let Some(function) = interp.global("f") else {
            let unknown = json!({"unknown": "the expression could not be read"});
            return Evaluation { outcome: unknown.clone(), gradients: unknown };
        };
        interp.reopen();
        if !traced {
            interp.numbers = Some(interp::Numbers::default());
        }
        let nodes: Vec<NodeId> = inputs.iter().map(|input| tensor_of(&mut interp, input, traced)).collect();
        if traced {
            interp.graph_depth += 1;
        }
        let first = interp.trace.len();
        let result = interp.call(&function, Args::of(nodes.iter().copied().map(Value::Tensor)));
        match result {
            Ok(value) => {
                let gradients = gradients::statuses(&mut interp, &value, inputs, &nodes, first);
                let outcome = if traced {
                    json::traced(&mut interp, &value)
                } else {
                    json::values(&mut interp, &value, drawn)
                };
                Evaluation { outcome, gradients }
            }
            Err(Halt::Exception(id)) => {
                let outcome = json::exception(&interp, id);
                Evaluation { outcome, gradients: json!({"unknown": "the call raises"}) }
            }
            Err(_) => {
                let unknown = json!({"unknown": "a budget ran out"});
                Evaluation { outcome: unknown.clone(), gradients: unknown }
            }
        }
    }
}

/// Makes an input: a tensor of a traced function, or a real one whose unknown sizes are 3.
fn tensor_of(interp: &mut Interp<'_>, input: &Input, traced: bool) -> NodeId {
    let spec = &input.spec;
    let (kind, spec) = if traced {
        (TensorKind::Graph, spec.clone())
    } else {
        let dims = spec.shape.dims().unwrap_or_default();
        let shape = dims.iter().map(|d| Dim::Known(d.known().unwrap_or(3))).collect();
        (TensorKind::Eager, TensorSpec::new(shape, spec.dtype))
    };
    let array = numbers::of_input(&input.name, &spec);
    let node = interp.trace.add(Source::Input, kind, spec, diagnostics::Span::default());
    if traced {
        interp.trace.name(node, format!("{}:0", input.name));
    }
    if let (Some(numbers), Some(array)) = (&mut interp.numbers, array) {
        numbers.set(node, array);
    }
    node
}
