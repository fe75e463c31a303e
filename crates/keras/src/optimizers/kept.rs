//! The variables that optimizers keep, in the order in which files have them.
//!
//! source: `build` in keras/src/optimizers/*.py and tf_keras/src/optimizers/*.py

use ops::{Arg, Keras};

use crate::config::{Bound, number};

/// Variables that an optimizer makes together.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// For each of the model's variables in turn one of each of these names, of its shape.
    Each(Vec<(&'static str, f64)>),
    /// One number.
    One(&'static str, f64),
}

/// Returns the variables that an optimizer keeps for the variables it is built for; nothing for one whose variables
/// are not followed.
pub fn kept(class: &str, settings: &Bound<'_>) -> Option<Vec<Kept>> {
    let keras = settings.keras;
    let given = |name: &str| number(&settings.get(name)).unwrap_or(0.0);
    let truth = |name: &str| matches!(settings.get(name), Arg::Bool(true));
    let zeros = |names: &[&'static str]| Kept::Each(names.iter().map(|name| (*name, 0.0)).collect());
    if !settings.get("gradient_accumulation_steps").is_none() {
        return None;
    }
    let mut all = Vec::new();
    if truth("use_ema") {
        // Keras 2 begins with the variables themselves.
        if keras == Keras::Two {
            return None;
        }
        all.push(zeros(&["average"]));
    }
    match class {
        "Adam" | "AdamW" => {
            all.push(zeros(&["momentum", "velocity"]));
            if truth("amsgrad") {
                all.push(zeros(&["velocity_hat"]));
            }
        }
        "Nadam" => {
            all.push(zeros(&["momentum", "velocity"]));
            // Which Keras 2 does not count among its variables.
            if keras == Keras::Three {
                all.push(Kept::One("u_product", 1.0));
            }
        }
        "Adamax" => all.push(zeros(&["momentum", "norm"])),
        "Adagrad" => all.push(Kept::Each(vec![("accumulator", given("initial_accumulator_value"))])),
        "Adadelta" => all.push(zeros(&["accumulated_grad", "accumulated_delta_var"])),
        "RMSprop" => {
            all.push(zeros(&["velocity"]));
            if given("momentum") > 0.0 {
                all.push(zeros(&["momentum"]));
            }
            if truth("centered") {
                all.push(zeros(&["average_gradient"]));
            }
        }
        "SGD" if keras == Keras::Two || given("momentum") != 0.0 => all.push(zeros(&["momentum"])),
        "SGD" => {}
        "Ftrl" => {
            let first = given("initial_accumulator_value");
            all.push(Kept::Each(vec![("accumulator", first), ("linear", 0.0)]));
        }
        "Lion" => all.push(zeros(&["momentum"])),
        _ => return None,
    }
    Some(all)
}
