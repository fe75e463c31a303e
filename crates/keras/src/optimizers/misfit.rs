//! Gradients whose shape is not that of their variable: what the first kernel of an update that meets one says.
//!
//! source: `update_step` in keras/src/optimizers/*.py and tf_keras/src/optimizers/*.py

use ops::spec::merge;
use ops::{Exc, Infer, Keras, Mistake, Violation};
use tensor::Shape;

use crate::config::{Bound, number};

/// How an optimizer's first kernel takes a gradient.
enum First {
    /// It is added to or taken from a variable as it is.
    Assigned(&'static str),
    /// It meets a variable, before or after it, and the sum is assigned.
    Joined(&'static str, bool, Assigned),
}

/// How the sum is assigned.
enum Assigned {
    /// By a kernel that updates.
    Kernel(&'static str),
    /// By `variable.assign`, to a variable of this name.
    Value(&'static str),
}

fn first(class: &str, settings: &Bound<'_>) -> Option<First> {
    use Assigned::{Kernel, Value};
    const ADD: &str = "AssignAddVariableOp";
    const SUB: &str = "AssignSubVariableOp";
    let two = settings.keras == Keras::Two;
    let momentum = number(&settings.get("momentum"));
    Some(match class {
        "SGD" if two => First::Joined("AddV2", true, Value("m")),
        "SGD" if momentum == Some(0.0) => First::Assigned(SUB),
        "SGD" => First::Joined("Sub", false, Value("momentum")),
        "Adagrad" => First::Assigned(ADD),
        "Adam" | "AdamW" | "Adamax" | "Nadam" | "Lamb" | "Muon" => First::Joined("Sub", true, Kernel(ADD)),
        "Ftrl" => First::Joined("AddV2", true, Kernel(ADD)),
        "RMSprop" => First::Joined("AddV2", false, Value("velocity")),
        "Adadelta" => First::Joined("AddV2", false, Value("accumulated_grad")),
        "Lion" if !two => First::Joined("AddV2", false, Kernel(SUB)),
        _ => return None,
    })
}

/// Checks the shape of one gradient as a step does: the kernels refuse values, their shape functions refuse what a
/// graph is traced with (`traced`). `name` is the variable's, in Keras 3 with the optimizer's: `adam/dense_kernel`.
///
/// # Errors
/// The kernel's `InvalidArgumentError`, its shape function's `ValueError`, or that of `variable.assign`.
pub fn check_gradient(
    class: &str,
    settings: &Bound<'_>,
    gradient: &Shape,
    variable: &Shape,
    name: &str,
    traced: bool,
) -> Infer<()> {
    if gradient == variable || gradient.all_known().is_none() || variable.all_known().is_none() {
        return Ok(());
    }
    let Some(first) = first(class, settings) else { return Ok(()) };
    let update = |kernel: &str, given: &Shape| {
        if traced {
            return match merge::shapes(variable, given) {
                Ok(_) => Ok(()),
                Err(misfit) => refused(Exc::ValueError, misfit.text),
            };
        }
        let text = format!(
            "Cannot update variable with shape {} using a Tensor with shape {}, shapes must be equal.",
            variable.bracketed(),
            given.bracketed()
        );
        refused(Exc::InvalidArgumentError, ops::spec::on_values(kernel, &text))
    };
    match first {
        First::Assigned(kernel) => update(kernel, gradient),
        First::Joined(kernel, leads, assigned) => {
            let (x, y) = if leads { (gradient, variable) } else { (variable, gradient) };
            let sum = match merge::broadcast(x, y) {
                Ok(sum) => sum,
                Err(misfit) if traced => return refused(Exc::ValueError, misfit.text),
                Err(_) => {
                    let text = format!("Incompatible shapes: {} vs. {}", x.bracketed(), y.bracketed());
                    return refused(Exc::InvalidArgumentError, ops::spec::on_values(kernel, &text));
                }
            };
            if sum == *variable {
                return Ok(());
            }
            match assigned {
                Assigned::Kernel(kernel) => update(kernel, &sum),
                Assigned::Value(slot) => {
                    let place = match settings.keras {
                        Keras::Two => format!("{class}/{slot}/{name}"),
                        Keras::Three => format!("{name}_{slot}"),
                    };
                    let text = format!(
                        "Cannot assign value to variable ' {place}:0': Shape mismatch.The variable shape {}, and the \
                         assigned value shape {} are incompatible.",
                        variable.tuple(),
                        sum.tuple()
                    );
                    refused(Exc::ValueError, text)
                }
            }
        }
    }
}

fn refused(class: Exc, core: String) -> Infer<()> {
    let problem = core.clone();
    Err(Violation::stop(class, core, Mistake::Argument { param: "grads_and_vars", problem }))
}
