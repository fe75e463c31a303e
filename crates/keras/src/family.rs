//! Names for objects: what `activation="relu"` or `loss="mse"` means, and the error for a name that means nothing.

use ops::{Exc, Keras, Mistake, Stop, Violation};

/// In which profiles a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum In {
    /// In both.
    Both,
    /// In Keras 2 only.
    Two,
    /// In Keras 3 only.
    Three,
}

/// One object and the strings that mean it.
#[derive(Debug)]
pub struct Row {
    /// The object's public path (`keras.losses.mean_squared_error`), or its definition (`module:name`) where
    /// it has none. A class begins with a capital letter.
    pub path: &'static str,
    /// The strings.
    pub names: &'static [&'static str],
    /// Where it holds.
    pub profiles: In,
}

pub(crate) const fn both(path: &'static str, names: &'static [&'static str]) -> Row {
    Row { path, names, profiles: In::Both }
}

pub(crate) const fn keras2(path: &'static str, names: &'static [&'static str]) -> Row {
    Row { path, names, profiles: In::Two }
}

pub(crate) const fn keras3(path: &'static str, names: &'static [&'static str]) -> Row {
    Row { path, names, profiles: In::Three }
}

/// What a string means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A function, by its path.
    Function(&'static str),
    /// A class, by its path; an instance is made without arguments.
    Class(&'static str),
    /// Nothing, but Keras 2 hands the string on and fails when it is called:
    /// `Dense(2, kernel_regularizer="rellu")`.
    Itself,
}

/// A kind of object that can be given by name.
#[derive(Debug)]
pub struct Family {
    /// What Keras 2 calls the kind in "Unknown …: 'name'".
    pub noun: &'static str,
    /// What "Could not interpret … identifier" calls it, in Keras 2 and 3.
    pub identifier: [&'static str; 2],
    /// Whether Keras 2 takes an unknown string for the object.
    pub hands_on: bool,
    /// The objects.
    pub rows: &'static [Row],
}

impl Family {
    /// Finds what a string means.
    ///
    /// # Errors
    /// Keras' `ValueError` for a name it does not know. Names that a script registers come before this.
    pub fn find(&self, keras: Keras, name: &str) -> Result<Named, Stop> {
        let holds = |row: &&Row| match row.profiles {
            In::Both => true,
            In::Two => keras == Keras::Two,
            In::Three => keras == Keras::Three,
        };
        match self.rows.iter().filter(holds).find(|row| row.names.contains(&name)) {
            Some(row) if is_class(row.path) => Ok(Named::Class(row.path)),
            Some(row) => Ok(Named::Function(row.path)),
            None if keras == Keras::Two && self.hands_on => Ok(Named::Itself),
            None => Err(self.unknown(keras, name)),
        }
    }

    /// Returns every name that means something.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().flat_map(|row| row.names.iter().copied())
    }

    fn unknown(&self, keras: Keras, name: &str) -> Stop {
        let core = match keras {
            Keras::Three => return self.uninterpretable(keras, name),
            // Only activations are looked up by the newer of Keras 2's two loaders.
            Keras::Two if self.noun == "activation function" => {
                format!("Unknown activation function '{name}' cannot be deserialized.")
            }
            Keras::Two => format!(
                "Unknown {}: '{name}'. Please ensure you are using a `keras.utils.custom_object_scope` and that this \
                 object is included in the scope. See \
                 https://www.tensorflow.org/guide/keras/save_and_serialize#registering_the_custom_object for details.",
                self.noun
            ),
        };
        Violation::stop(Exc::ValueError, core, self.mistake(name))
    }

    /// Makes the error for an object that is neither a name nor callable: `activation=3`. `shown` is its `str`.
    pub fn uninterpretable(&self, keras: Keras, shown: &str) -> Stop {
        let [two, three] = self.identifier;
        let (class, what) = match keras {
            Keras::Two if self.noun == "activation function" => (Exc::TypeError, two),
            Keras::Two => (Exc::ValueError, two),
            Keras::Three => (Exc::ValueError, three),
        };
        let core = format!("Could not interpret {what} identifier: {shown}");
        Violation::stop(class, core, self.mistake(shown))
    }

    fn mistake(&self, shown: &str) -> Mistake {
        let problem = format!("`{shown}` is the name of no {}", self.noun);
        Mistake::Argument { param: "identifier", problem }
    }
}

/// Tells a class's path from a function's.
pub fn is_class(path: &str) -> bool {
    let name = path.rsplit(['.', ':']).next().unwrap_or(path);
    name.starts_with(|c: char| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::{Family, Named};
    use crate::activations::ACTIVATIONS;
    use crate::constraints::CONSTRAINTS;
    use crate::initializers::INITIALIZERS;
    use crate::losses::LOSS_NAMES;
    use crate::metrics::METRIC_NAMES;
    use crate::optimizers::{OPTIMIZERS, optimizer_named};
    use crate::regularizers::REGULARIZERS;
    use ops::{Keras, Stop};

    const FAMILIES: [&Family; 7] =
        [&ACTIVATIONS, &CONSTRAINTS, &INITIALIZERS, &LOSS_NAMES, &METRIC_NAMES, &OPTIMIZERS, &REGULARIZERS];

    fn core(result: Result<Named, Stop>) -> String {
        match result {
            Err(Stop::Violation(violation)) => violation.core,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_name_means_one_object_in_a_profile() {
        for family in FAMILIES {
            for keras in [Keras::Two, Keras::Three] {
                for name in family.names() {
                    let rows = family.rows.iter().filter(|row| {
                        row.names.contains(&name)
                            && match row.profiles {
                                super::In::Both => true,
                                super::In::Two => keras == Keras::Two,
                                super::In::Three => keras == Keras::Three,
                            }
                    });
                    assert!(rows.count() <= 1, "{name} in {}", family.noun);
                }
            }
        }
    }

    #[test]
    fn unknown_names_are_worded_by_the_profile() {
        let rellu = |keras| core(ACTIVATIONS.find(keras, "rellu"));
        assert_eq!(rellu(Keras::Two), "Unknown activation function 'rellu' cannot be deserialized.");
        assert_eq!(rellu(Keras::Three), "Could not interpret activation function identifier: rellu");
        assert_eq!(REGULARIZERS.find(Keras::Two, "rellu"), Ok(Named::Itself));
        assert!(core(optimizer_named(Keras::Two, "adamx")).starts_with("Unknown optimizer: 'adamx'."));
        assert_eq!(optimizer_named(Keras::Three, "Adam"), Ok(Named::Class("keras.optimizers.Adam")));
    }
}
