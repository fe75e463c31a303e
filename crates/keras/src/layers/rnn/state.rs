//! States of recurrent layers: sizes, initial values, checks.

use ops::{Arg, Exc, Infer, Keras, Mistake, Stop, Violation};
use tensor::{Dim, Shape};

use crate::config::value_error;
use crate::{Host, Runner};

/// The sizes of a cell's states: `units`, or a list of sizes, which may be nested.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Size {
    One(i64),
    /// The trailing sizes of a state of higher rank: `tf.TensorShape([4, 4])`.
    Many(Vec<Size>),
}

impl Size {
    /// Reads `state_size` or `output_size`.
    pub(super) fn read(arg: &Arg) -> Infer<Size> {
        match arg {
            Arg::Int(n) => Ok(Size::One(*n)),
            Arg::Tuple(items) | Arg::List(items) => {
                Ok(Size::Many(items.iter().map(Size::read).collect::<Infer<_>>()?))
            }
            _ => Err(Stop::Unknown("a state size that is not known")),
        }
    }

    /// Returns the sizes without their nesting.
    pub(super) fn flat(&self) -> Vec<i64> {
        match self {
            Size::One(n) => vec![*n],
            Size::Many(items) => items.iter().flat_map(Size::flat).collect(),
        }
    }

    /// Returns the states of the first level: one of a single size.
    pub(super) fn states(&self) -> Vec<Size> {
        match self {
            Size::One(_) => vec![self.clone()],
            Size::Many(items) => items.clone(),
        }
    }

    fn text(&self) -> String {
        match self {
            Size::One(n) => n.to_string(),
            Size::Many(items) => {
                let items: Vec<String> = items.iter().map(Size::text).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }
}

/// Returns the size of the cell's states.
pub(super) fn size(host: &mut dyn Host) -> Infer<Size> {
    let cell = host.get("cell");
    let size = host.attr(&cell, "state_size")?;
    Size::read(&size)
}

/// Returns how many states the cell has.
pub(super) fn count(host: &mut dyn Host) -> Infer<usize> {
    Ok(size(host)?.states().len())
}

/// Makes states of zeros, in the nesting of their sizes.
pub(super) fn zeros(host: &mut dyn Host, batch: Dim, size: &Size) -> Infer<Arg> {
    match size {
        Size::One(n) => zero(host, [batch, Dim::Known(*n)]),
        Size::Many(items) => {
            let items = items.iter().map(|s| zeros(host, batch, s)).collect::<Infer<Vec<_>>>()?;
            Ok(Arg::List(items.into()))
        }
    }
}

/// Makes a tensor of zeros with a shape of which the batch may not be known.
pub(super) fn zero(host: &mut dyn Host, dims: impl IntoIterator<Item = Dim>) -> Infer<Arg> {
    let spec = tensor::TensorSpec::new(Shape::new(dims), host.compute_dtype());
    let kind = match host.mode() {
        ops::Mode::Eager | ops::Mode::Running => ops::TensorKind::Eager,
        _ => ops::TensorKind::Graph,
    };
    let operand = ops::Operand { spec, content: tensor::Content::Zeros, kind, node: None, name: None };
    Ok(Arg::Tensor(operand))
}

/// Checks states that were given against the cell: Keras 2 does so when it builds the layer.
pub(super) fn check(host: &mut dyn Host, given: &[Arg]) -> Infer<()> {
    if host.keras() == Keras::Three {
        return Ok(());
    }
    let size = size(host)?;
    let wanted = size.flat();
    if host.get(CHECKED) == Arg::Missing {
        host.set(CHECKED, Arg::Bool(true));
        let shapes: Vec<Shape> = given.iter().map(shape_of).collect();
        let fits = |(shape, want): (&Shape, &i64)| {
            shape.rank().is_none_or(|r| r == 2)
                && shape.dim(-1).is_none_or(|d| d.compatible(Dim::Known(*want)))
        };
        if shapes.len() != wanted.len() || !shapes.iter().zip(&wanted).all(fits) {
            let specs: Vec<String> = shapes.iter().map(spec_text).collect();
            let states: Vec<String> = size.states().iter().map(Size::text).collect();
            return Err(value_error(
                "initial_state",
                format!(
                    "An `initial_state` was passed that is not compatible with `cell.state_size`. Received \
                     `state_spec`=ListWrapper([{}]); however `cell.state_size` is [{}]",
                    specs.join(", "),
                    states.join(", ")
                ),
            ));
        }
    }
    if given.len() != size.states().len() && given.len() != wanted.len() {
        let core = format!(
            "Layer has {} states but was passed {} initial states. Received: initial_state=…",
            wanted.len(),
            given.len()
        );
        return Err(value_error("initial_state", core));
    }
    Ok(())
}

/// The name under which a layer remembers that its states were checked.
const CHECKED: &str = "_states_checked";

fn shape_of(arg: &Arg) -> Shape {
    if let Arg::Tensor(t) = arg { t.spec.shape.clone() } else { Shape::UNKNOWN }
}

fn spec_text(shape: &Shape) -> String {
    let rank = shape.rank().map_or("None".to_owned(), |r| r.to_string());
    format!("InputSpec(shape={}, ndim={rank})", shape.tuple())
}

/// Refuses a stateful layer whose batch size is not known, and remembers the size.
pub(super) fn check_batch(host: &mut dyn Host, shape: &Shape) -> Infer<()> {
    let batch = shape.dim(0).unwrap_or(Dim::Unknown);
    let text = match (batch, host.keras()) {
        (Dim::Known(n), _) => {
            host.set("_expected_batch_size", Arg::Int(n));
            return Ok(());
        }
        (Dim::Unknown, _) => return Err(Stop::Unknown("a batch size that is not known")),
        (_, Keras::Three) => format!(
            "When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: \
             sequence.shape={}",
            shape.tuple()
        ),
        (_, Keras::Two) => "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your \
                            input tensors: \n- If using a Sequential model, specify the batch size by passing a \
                            `batch_input_shape` argument to your first layer.\n- If using the functional API, \
                            specify the batch size by passing a `batch_shape` argument to your Input layer."
            .to_owned(),
    };
    let problem = "a stateful layer needs a known batch size".to_owned();
    Err(Violation::stop(
        Exc::ValueError,
        text,
        Mistake::LayerInput { layer: host.name().to_string(), misfit: ops::Misfitting::Other(problem) },
    ))
}

/// Refuses another batch size than the one that a stateful layer of Keras 3 was built for.
/// When it runs, the cell adds shares of the input and of the states that are `width` wide.
pub(super) fn same_batch(host: &dyn Host, batch: Dim, width: Option<i64>) -> Infer<()> {
    let (Arg::Int(expected), Dim::Known(received)) = (host.get("_expected_batch_size"), batch) else {
        return Ok(());
    };
    if host.executing() {
        return width.map_or(Ok(()), |width| adds_states(expected, received, width));
    }
    if host.keras() == Keras::Three && expected != received {
        let core = format!(
            "If an RNN is stateful, the batch size of the input sequences must be the same as the batch size of the \
             initial state. \n- Expected batch size: {expected}\n- Received batch size: {received}"
        );
        return Err(value_error("sequences", core));
    }
    Ok(())
}

/// What the addition of an input's and a state's share refuses when it runs; a batch of one is stretched.
fn adds_states(expected: i64, received: i64, width: i64) -> Infer<()> {
    if expected == received || expected == 1 || received == 1 {
        return Ok(());
    }
    let core = format!("Incompatible shapes: [{received},{width}] vs. [{expected},{width}]");
    let (left, right) = (Dim::Known(received), Dim::Known(expected));
    Err(Violation::stop(
        Exc::InvalidArgumentError,
        core,
        Mistake::NotBroadcastable { left, right, from_end: 1 },
    ))
}

/// Slices one step of a sequence: `x[:, at]`.
pub(super) fn step(runner: &mut dyn Runner, x: &Arg, time_major: bool) -> Infer<Arg> {
    let Arg::Tensor(operand) = x else { return Err(Stop::Unknown("a sequence that is no tensor")) };
    let dims = operand.spec.shape.dims().ok_or(Stop::Unknown("a sequence of unknown rank"))?;
    let axis = usize::from(!time_major);
    if dims.len() <= axis {
        return Err(Stop::Unknown("a sequence without a time axis"));
    }
    let kept: Shape = dims.iter().enumerate().filter(|(i, _)| *i != axis).map(|(_, d)| *d).collect();
    runner.op(
        "time_step",
        &[
            ("x", x.clone()),
            ("axis", Arg::Int(axis as i64)),
            ("shape", Arg::List(kept.dims().unwrap_or_default().iter().map(|d| Arg::Dim(*d)).collect())),
        ],
    )
}
