//! Laws over the whole table of layers.

use std::rc::Rc;

use keras::{CallArgs, Host, InputSpec, Layer, Mask, Runner, WeightArgs, layers};
use ops::{Arg, Infer, Keras, Mode, Operand, Stop, TensorKind};
use tensor::{DType, Shape, TensorSpec};

/// A layer of which nothing is known: every argument is `given`.
struct Nothing {
    keras: Keras,
    given: Arg,
}

const WHY: Stop = Stop::Unknown("nothing is known");

impl Runner for Nothing {
    fn keras(&self) -> Keras {
        self.keras
    }
    fn mode(&self) -> Mode {
        Mode::Graph
    }
    fn op(&mut self, name: &'static str, _: &[(&'static str, Arg)]) -> Infer<Arg> {
        assert!(
            name == "getitem" || ops::find_op(name).is_some(),
            "a layer names the op `{name}`, which does not exist"
        );
        Err(WHY)
    }
    fn api(&mut self, _: &'static str, _: &[Arg], _: &[(&'static str, Arg)]) -> Infer<Arg> {
        Err(WHY)
    }
    fn call(&mut self, _: &Arg, _: Vec<Arg>, _: Vec<(Rc<str>, Arg)>) -> Infer<Arg> {
        Err(WHY)
    }
    fn made_by(&self, _: &Arg) -> Option<(&'static str, Vec<Arg>)> {
        None
    }
}

impl Host for Nothing {
    fn name(&self) -> Rc<str> {
        "layer".into()
    }
    fn compute_dtype(&self) -> DType {
        DType::Float32
    }
    fn get(&self, _: &str) -> Arg {
        self.given.clone()
    }
    fn given(&self) -> Vec<(Rc<str>, Arg)> {
        Vec::new()
    }
    fn set(&mut self, _: &'static str, _: Arg) {}
    fn set_input_spec(&mut self, _: Vec<InputSpec>) {}
    fn add_weight(&mut self, _: WeightArgs) -> Infer<Arg> {
        Err(WHY)
    }
    fn weight(&mut self, _: &str) -> Option<Arg> {
        None
    }
    fn activate(&mut self, _: &Arg, _: Arg) -> Infer<Arg> {
        Err(WHY)
    }
    fn build_sublayer(&mut self, _: &Arg, _: &[Shape]) -> Infer<()> {
        Err(WHY)
    }
    fn make_layer(&mut self, _: &str, _: Vec<(Rc<str>, Arg)>) -> Infer<Arg> {
        Err(WHY)
    }
    fn copy_layer(&mut self, _: &Arg, _: Vec<(Rc<str>, Arg)>) -> Infer<Arg> {
        Err(WHY)
    }
    fn layer_class(&self, _: &Arg) -> Option<Rc<str>> {
        None
    }
    fn compute_output_shape(&mut self, _: &Arg, _: &Shape) -> Infer<Arg> {
        Err(WHY)
    }
    fn has_attr(&mut self, _: &Arg, _: &str) -> Infer<bool> {
        Err(WHY)
    }
    fn attr(&mut self, _: &Arg, _: &str) -> Infer<Arg> {
        Err(WHY)
    }
}

fn silent<T>(layer: &Layer, what: &str, answer: Infer<T>) {
    if let Err(Stop::Violation(violation)) = answer {
        panic!("{}.{what} refuses what is not known: {}", layer.name, violation.core);
    }
}

fn tensor(shape: Shape) -> Arg {
    Arg::Tensor(Operand::loose(TensorSpec::new(shape, DType::Float32), TensorKind::Graph))
}

#[test]
fn unknown_arguments_are_never_refused() {
    for layer in layers() {
        for keras in [Keras::Two, Keras::Three] {
            for given in [Arg::Unknown, Arg::Missing] {
                let mut host = Nothing { keras, given: given.clone() };
                if given == Arg::Unknown {
                    silent(layer, "init", (layer.init)(&mut host));
                }
                let shapes: Vec<Shape> =
                    [vec![Shape::UNKNOWN], vec![Shape::of_rank(3)], vec![]].into_iter().flatten().collect();
                for count in 0..=shapes.len() {
                    // One input says as much of attention as no input: `MultiHeadAttention.call(query, value)`.
                    if layer.name == "MultiHeadAttention" && count < 2 {
                        continue;
                    }
                    // A host that knows nothing is never built, so only what the shapes alone say counts.
                    if given == Arg::Unknown {
                        silent(layer, "build", (layer.build)(&mut host, &shapes[..count]));
                    }
                }
                // Made without boundaries and called without `adapt`, it refuses whatever it is called on.
                if layer.name == "Discretization" && given == Arg::Missing {
                    continue;
                }
                let inputs = Arg::Unknown;
                let args = CallArgs { inputs, keywords: Vec::new(), training: None, mask: Arg::None };
                silent(layer, "call", (layer.call)(&mut host, &args));
                if let Some(rule) = layer.output_shape {
                    silent(layer, "output_shape", rule(&mut host, &Arg::Unknown));
                }
                if let Mask::Computes(mask) = layer.mask {
                    silent(layer, "mask", mask(&mut host, &args));
                }
                // A single tensor may be refused for being no list; it must not panic.
                let args = CallArgs { inputs: tensor(Shape::UNKNOWN), ..args };
                let _ = (layer.call)(&mut host, &args);
            }
        }
    }
}

#[test]
fn names_are_unique() {
    let mut names: Vec<&str> = layers().map(|l| l.name).collect();
    names.sort_unstable();
    let twice: Vec<&[&str]> = names.windows(2).filter(|w| w[0] == w[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(layers().all(|l| !l.source.is_empty() && !l.name.is_empty()));
}
