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
    /// For each of the model's variables the factors of its last two axes, and a velocity of its shape.
    Factors,
}

/// One variable that an optimizer keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptSlot {
    /// The name by which its rule asks for it: `0/momentum`.
    pub name: String,
    /// The place of the model's variable that it belongs to, whose dtype it has; a number of the optimizer's own has
    /// none.
    pub of: Option<usize>,
    /// Its sizes.
    pub sizes: Vec<i64>,
    /// What it begins with.
    pub initial: f64,
}

/// Returns the variables that an optimizer keeps for variables of these sizes, one by one; nothing for one whose
/// variables are not followed. The count of steps and the learning rate come before them.
pub fn kept_slots(class: &str, settings: &Bound<'_>, variables: &[Vec<i64>]) -> Option<Vec<KeptSlot>> {
    let mut slots = Vec::new();
    let mut keep = |name: String, of: Option<usize>, sizes: &[i64], initial: f64| {
        slots.push(KeptSlot { name, of, sizes: sizes.to_vec(), initial });
    };
    for group in kept(class, settings)? {
        let each = variables.iter().enumerate();
        match group {
            Kept::One(name, initial) => keep(name.to_owned(), None, &[], initial),
            Kept::Each(names) => each.for_each(|(at, sizes)| {
                let mut keep =
                    |(name, first): &(&str, f64)| keep(format!("{at}/{name}"), Some(at), sizes, *first);
                names.iter().for_each(&mut keep);
            }),
            Kept::Factors => each.for_each(|(at, sizes)| {
                for (name, sizes) in
                    ["r", "c"].into_iter().zip(factors(settings.keras, sizes).iter().flatten())
                {
                    keep(format!("{at}/{name}"), Some(at), sizes, 0.0);
                }
                keep(format!("{at}/velocity"), Some(at), sizes, 0.0);
            }),
        }
    }
    Some(slots)
}

/// The sizes of the factors that are kept for a variable. Keras 3 has numbers of no use in the place of those of a
/// vector.
fn factors(keras: Keras, sizes: &[i64]) -> Option<[Vec<i64>; 2]> {
    match sizes {
        [front @ .., rows, columns] => Some([*rows, *columns].map(|kept| [front, &[kept]].concat())),
        _ => (keras == Keras::Three).then(Default::default),
    }
}

/// Returns the variables that an optimizer keeps for the variables it is built for; nothing for one whose variables
/// are not followed.
pub fn kept(class: &str, settings: &Bound<'_>) -> Option<Vec<Kept>> {
    let keras = settings.keras;
    let given = |name: &str| number(&settings.get(name)).unwrap_or(0.0);
    let truth = |name: &str| matches!(settings.get(name), Arg::Bool(true));
    let zeros = |names: &[&'static str]| Kept::Each(names.iter().map(|name| (*name, 0.0)).collect());
    let mut all = Vec::new();
    if truth("use_ema") {
        // Keras 2 begins with the variables themselves.
        if keras == Keras::Two {
            return None;
        }
        all.push(zeros(&["average"]));
    }
    // The gradients of several steps are added up before anything else is kept.
    if !settings.get("gradient_accumulation_steps").is_none() {
        if keras == Keras::Two {
            return None;
        }
        all.push(zeros(&["gradient_accumulator"]));
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
        "Adafactor" => all.push(Kept::Factors),
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
