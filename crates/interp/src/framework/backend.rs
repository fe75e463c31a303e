//! Settings and state of Keras that functions of `keras.backend` and `keras.config` read and change.

use std::rc::Rc;

use ops::{Exc, Flow, Keras, Mistake, Violation};
use tensor::DType;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("keras.backend.epsilon", |_, _| Ok(Value::Float(1e-7))),
    native("keras.config.epsilon", |_, _| Ok(Value::Float(1e-7))),
    native("keras.backend.floatx", |i, _| Ok(Value::str(i.floatx.name()))),
    native("keras.config.floatx", |i, _| Ok(Value::str(i.floatx.name()))),
    native("keras.backend.image_data_format", |_, _| Ok(Value::str("channels_last"))),
    native("keras.config.image_data_format", |_, _| Ok(Value::str("channels_last"))),
    native("keras.backend.backend", |_, _| Ok(Value::str("tensorflow"))),
    native("keras.config.backend", |_, _| Ok(Value::str("tensorflow"))),
    native("keras.backend.set_floatx", |i, a| changes(i, &a, "float32", "the default float type")),
    native("keras.config.set_floatx", |i, a| changes(i, &a, "float32", "the default float type")),
    native("keras.backend.set_image_data_format", |i, a| {
        changes(i, &a, "channels_last", "the order of image axes")
    }),
    native("keras.config.set_image_data_format", |i, a| {
        changes(i, &a, "channels_last", "the order of image axes")
    }),
    native("keras.backend.clear_session", clear_session),
    native("keras.utils.clear_session", clear_session),
    native("keras.utils.get_source_inputs", |interp, args| {
        let tensor = args.get(0, "tensor").cloned().unwrap_or(Value::None);
        let Value::Tensor(id) = &tensor else {
            return Ok(interp.unknown("the inputs of what is not known"));
        };
        if interp.trace.node(*id).kind != ops::TensorKind::Keras {
            // Keras has no history of it.
            return Ok(tensor);
        }
        let inputs = interp.source_inputs(*id).into_iter().map(Value::Tensor).collect();
        Ok(interp.new_list(inputs))
    }),
    native("keras.backend.set_epsilon", |_, _| Ok(Value::None)),
    native("keras.config.set_epsilon", |_, _| Ok(Value::None)),
    native("keras.utils.set_random_seed", set_all_seeds),
    native("tf.random.set_seed", set_seed),
    native("keras.config.enable_unsafe_deserialization", enable_unsafe),
    native("keras.__internal__.enable_unsafe_deserialization", enable_unsafe),
    native("keras.mixed_precision.set_global_policy", set_policy),
    native("keras.mixed_precision.set_dtype_policy", set_policy),
    native("keras.config.set_dtype_policy", set_policy),
    native("keras.StatelessScope", |interp, _| {
        // What is assigned there is kept beside the variables.
        interp.undecided("variables within a `StatelessScope`");
        Ok(interp.unknown("a `StatelessScope`"))
    }),
    native("keras.utils.plot_model", |_, _| Ok(Value::None)),
    native("tf.random.set_seed", set_seed),
    native("tf.print", tf_print),
    native("tf.no_op", |interp, _| operation(interp)),
    native("tf.group", |interp, _| operation(interp)),
    native("tf.get_logger", |i, _| Ok(i.unknown("a logger"))),
    native("tf.gradients", graph_gradients),
    native("tf.compat.v1.gradients", graph_gradients),
    native("tf.keras.backend.gradients", graph_gradients),
    native("tf.compat.v1.disable_eager_execution", |i, _| {
        i.running.graph_mode = true;
        Ok(Value::None)
    }),
    native("tf.executing_eagerly", |i, _| Ok(Value::Bool(i.graph_depth == 0 && !i.is_as_if_traced()))),
];

/// Begins random numbers anew, where numbers are computed.
fn set_seed(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let (Some(numbers), Some(Value::Int(seed))) = (&mut interp.numbers, args.get(0, "seed")) {
        numbers.reseed(seed.cast_unsigned());
    }
    Ok(Value::None)
}

/// `keras.utils.set_random_seed(seed)`: Python's, NumPy's and TensorFlow's generators begin anew.
fn set_all_seeds(interp: &mut Interp<'_>, args: Args) -> Eval {
    let seed = args.get(0, "seed").cloned().unwrap_or(Value::None);
    for path in ["random.seed", "np.random.seed"] {
        interp.call_api(&path.into(), Args::of([seed.clone()]))?;
    }
    set_seed(interp, args)
}

/// `tf.print(*inputs, output_stream=sys.stderr, summarize=3, sep=" ", end="\n")`.
fn tf_print(interp: &mut Interp<'_>, args: Args) -> Eval {
    if interp.graph_depth > 0 || !interp.computes() {
        return operation(interp);
    }
    interp.print_tensors(&args)?;
    Ok(Value::None)
}

/// What a function without a result returns: nothing on values, an operation while tracing.
fn operation(interp: &mut Interp<'_>) -> Eval {
    Ok(match interp.graph_depth {
        0 => Value::None,
        _ => interp.value_of(&ops::Arg::Object("tf.Operation".into())),
    })
}

/// A setting that is only modelled at its default.
fn changes(interp: &mut Interp<'_>, args: &Args, default: &str, what: &str) -> Eval {
    let given = args.positional.first().and_then(Value::as_str);
    let (parameter, allowed): (&str, &[&str]) = match default {
        "float32" => ("floatx", &["bfloat16", "float16", "float32", "float64"]),
        _ => ("data_format", &["channels_last", "channels_first"]),
    };
    if let Some(other) = given.filter(|given| !allowed.contains(given)) {
        let list: Vec<String> = allowed.iter().map(|name| format!("'{name}'")).collect();
        let text = match (parameter, interp.keras) {
            ("data_format", Keras::Two) => {
                format!("Unknown `data_format`: {other}. Expected one of {{{}}}", list.join(", "))
            }
            ("data_format", Keras::Three) => format!(
                "The `data_format` argument must be one of {{'channels_first', 'channels_last'}}. Received: \
                 data_format={other}"
            ),
            _ => format!("Unknown `{parameter}` value: {other}. Expected one of {{{}}}", list.join(", ")),
        };
        return Err(interp.raise(Exc::ValueError, text));
    }
    if let Some(floatx) = given.filter(|_| parameter == "floatx").and_then(DType::parse) {
        // Layers get it where no policy was chosen.
        if interp.policy == (interp.floatx, interp.floatx) {
            interp.policy = (floatx, floatx);
        }
        interp.floatx = floatx;
    }
    if given != Some(default) {
        interp.undecided(format!("{what} is changed"));
    }
    Ok(Value::None)
}

/// `clear_session()` begins automatic names anew. It resets the default graph, which a graph that is being traced
/// does not allow.
fn clear_session(interp: &mut Interp<'_>, _: Args) -> Eval {
    if interp.graph_depth > 0 {
        let text = "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, exit the \
                    nesting and create a new graph.";
        return Err(interp.raise(Exc::AssertionError, text));
    }
    interp.counters.names.clear();
    Ok(Value::None)
}

/// `tf.gradients(y, x)`: of a graph, which there is only within a `tf.function` or without eager execution.
fn graph_gradients(interp: &mut Interp<'_>, args: Args) -> Eval {
    if interp.running.graph_mode {
        return Ok(interp.unknown("the gradients of a graph"));
    }
    if interp.graph_depth > 0 {
        return traced_gradients(interp, &args);
    }
    // A run carries a `tf.function` out without tracing it.
    if interp.carries_out() && interp.frames.len() > 1 {
        return Ok(interp.unknown("the gradients of a graph"));
    }
    let core = "tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead."
        .to_owned();
    let violation = Violation { class: Exc::RuntimeError, core, mistake: Mistake::NoGraph };
    Err(interp.raise_violation(violation, "tf.gradients".into(), Vec::new()))
}

/// Within a traced function: a tensor like each of the others, or `None` where nothing leads there.
fn traced_gradients(interp: &mut Interp<'_>, args: &Args) -> Eval {
    let (Some(of), Some(by)) = (args.positional.first(), args.positional.get(1)) else {
        return Ok(interp.unknown("the gradients of a graph"));
    };
    let (targets, sources) = (interp.flat_tensors(of), interp.flat_tensors(by));
    let whole = 0..u32::MAX;
    let reach = interp.trace.reach(&targets, std::slice::from_ref(&whole));
    let flows: Vec<_> = sources.iter().map(|source| (*source, reach.at(*source))).collect();
    let gradients = flows.into_iter().map(|(source, flow)| match flow {
        Flow::None => Value::None,
        Flow::Unknown | Flow::Raises(_) => interp.unknown("whether a gradient arrives"),
        Flow::Zero | Flow::Ok => {
            let spec = interp.trace.node(source).spec.clone();
            Value::Tensor(interp.opaque("a gradient", spec, &[(source, flow)]))
        }
    });
    let gradients: Vec<Value> = gradients.collect();
    Ok(interp.new_list(gradients))
}

fn enable_unsafe(interp: &mut Interp<'_>, _: Args) -> Eval {
    interp.unsafe_loading = true;
    Ok(Value::None)
}

/// `set_global_policy("mixed_float16")`: layers compute in one dtype and keep their variables in another.
fn set_policy(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = args.positional.first().or_else(|| args.keyword("policy")).unwrap_or(&Value::None);
    match interp.policy_text(given).as_deref().and_then(policy_named) {
        Some(policy) => interp.policy = policy,
        None => {
            if let Value::Str(_) = given {
                // The policy's class refuses a name that is none: "float16_mixed".
                let class = match interp.keras {
                    ops::Keras::Two => "keras.mixed_precision.Policy",
                    ops::Keras::Three => "keras.DTypePolicy",
                };
                interp.call_api(&class.into(), Args::of([given.clone()]))?;
            }
            interp.undecided("a dtype policy that is not known");
        }
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// The name of a policy that is given as a string or an object: `Policy("mixed_float16")`.
    pub(crate) fn policy_text(&self, given: &Value) -> Option<Rc<str>> {
        match given {
            Value::Str(name) => Some(name.clone()),
            Value::Instance(id) if matches!(&*self.class_name(*id), "DTypePolicy" | "Policy") => {
                match self.heap.instance(*id)?.attrs.get("_name")? {
                    Value::Str(name) => Some(name.clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The name of the policy that layers get which are given none.
    pub(crate) fn global_policy_name(&self) -> String {
        let (compute, variable) = self.policy;
        super::layer_methods::policy_name(compute, variable)
    }
}

/// The dtypes of computing and of variables that a policy's name stands for.
pub(crate) fn policy_named(name: &str) -> Option<(DType, DType)> {
    Some(match name {
        "mixed_float16" => (DType::Float16, DType::Float32),
        "mixed_bfloat16" => (DType::BFloat16, DType::Float32),
        other => {
            let dtype = DType::parse(other)?;
            (dtype, dtype)
        }
    })
}
