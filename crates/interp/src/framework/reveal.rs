//! `reveal_gradient`, with which tests ask what reaches a tensor.

use graph::{NodeId, Source};
use ops::Flow;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[native("builtins.reveal_gradient", reveal_gradient)];

/// `reveal_gradient(lambda: tf.round(x), x)`: the spec of the gradient that arrives, or what cuts or zeroes it.
fn reveal_gradient(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(function), Some(Value::Tensor(source))) = (args.positional.first(), args.positional.get(1))
    else {
        return Ok(Value::None);
    };
    let (function, source) = (function.clone(), *source);
    let line = interp.line();
    let since = u32::try_from(interp.trace.len()).unwrap_or(u32::MAX);
    let result = interp.call(&function, Args::default())?;
    let targets = interp.flat_tensors(&result);
    let recorded = since..u32::MAX;
    let flow = interp.trace.reach(&targets, std::slice::from_ref(&recorded)).at(source);
    let stop = || cutting_op(interp, &targets, source, flow);
    let text = match flow {
        Flow::Ok => interp.trace.node(source).spec.to_string(),
        Flow::Zero => format!("zero ({})", stop()),
        Flow::None => format!("None ({})", stop()),
        Flow::Unknown => "Unknown".to_owned(),
        Flow::Raises(kernel) => format!("LookupError ({})", kernel.name()),
    };
    interp.revealed.push((line, text));
    Ok(result)
}

/// The op on the way to a source that hands nothing on, or only zeros.
fn cutting_op(interp: &Interp<'_>, targets: &[NodeId], source: NodeId, flow: Flow) -> &'static str {
    let name = |node: NodeId| match interp.trace.node(node).source {
        Source::Op(op) => op.name,
        _ => "disconnected",
    };
    if let Some(cut) = interp.trace.cut(targets, source) {
        return name(cut.node);
    }
    let zeroing = targets.iter().find(|t| interp.trace.node(**t).inputs.iter().any(|(_, f)| *f == flow));
    zeroing.map_or("disconnected", |t| name(*t))
}
