//! Which Keras a script is for, and how that is known.
//!
//! Nothing here reads files: the caller hands over the texts of those named in [`PROJECT_FILES`].

mod project;
mod script;
mod version;

use ops::Keras;

pub use project::{from_installed, from_project_file};
pub use script::from_script;
use version::{Upper, newest_allowed};

/// The files that say which packages a project uses, those that say it most exactly first.
pub const PROJECT_FILES: &[&str] = &[
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "requirements.txt",
    "requirements.in",
    "pyproject.toml",
    "Pipfile",
    "environment.yml",
    "environment.yaml",
    "setup.cfg",
    "setup.py",
];

/// A version of Keras on its backend, and how it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Keras 2 (tf_keras) or Keras 3.
    pub keras: Keras,
    /// Why, as it is shown: `requirements.txt:3 has tensorflow==2.12`.
    pub reason: String,
}

impl Profile {
    /// Makes the profile that the command line asks for.
    pub fn requested(keras: Keras) -> Profile {
        Profile { keras, reason: format!("--keras {}", number(keras)) }
    }

    /// Makes the profile that the settings in `file` ask for.
    pub fn configured(keras: Keras, file: &str) -> Profile {
        Profile { keras, reason: format!("{file} has keras = {}", number(keras)) }
    }

    /// Returns what the profile stands for: `Keras 3 on TensorFlow`.
    pub fn title(&self) -> &'static str {
        match self.keras {
            Keras::Two => "Keras 2 (tf_keras) on TensorFlow",
            Keras::Three => "Keras 3 on TensorFlow",
        }
    }

    /// Returns the name that records use: `keras3`.
    pub fn name(&self) -> &'static str {
        match self.keras {
            Keras::Two => "keras2",
            Keras::Three => "keras3",
        }
    }
}

impl Default for Profile {
    fn default() -> Profile {
        Profile { keras: Keras::Three, reason: "the default: no version is stated nearby".to_owned() }
    }
}

fn number(keras: Keras) -> u8 {
    match keras {
        Keras::Two => 2,
        Keras::Three => 3,
    }
}

/// A package that decides the version of Keras. A later one decides where an earlier is not mentioned.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Package {
    Keras,
    TfKeras,
    TensorFlow,
}

impl Package {
    fn named(name: &str) -> Option<Package> {
        // Names are compared as PyPI does: case, `-`, `_` and `.` do not matter.
        match name.to_ascii_lowercase().replace(['_', '.'], "-").as_str() {
            "keras" | "keras-nightly" => Some(Package::Keras),
            "tf-keras" | "tf-keras-nightly" => Some(Package::TfKeras),
            "tensorflow" | "tensorflow-cpu" | "tensorflow-gpu" | "tensorflow-macos" | "tensorflow-intel"
            | "tensorflow-cpu-aws" => Some(Package::TensorFlow),
            _ => None,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Package::Keras => "keras",
            Package::TfKeras => "tf_keras",
            Package::TensorFlow => "tensorflow",
        }
    }

    /// Returns which Keras the newest version that is allowed brings.
    fn decides(self, newest: &Upper) -> Keras {
        let three = match self {
            Package::Keras => newest.reaches(&[3, 0]),
            Package::TfKeras => false,
            // TensorFlow 2.16 was the first to bring Keras 3.
            Package::TensorFlow => newest.reaches(&[2, 16]),
        };
        if three { Keras::Three } else { Keras::Two }
    }
}

/// The requirement that decides, of those seen so far.
#[derive(Default)]
struct Decisive(Option<(Package, Profile)>);

impl Decisive {
    /// Takes a requirement into account; the reason is made only if it counts.
    fn consider(&mut self, package: Package, specifier: &str, reason: impl FnOnce() -> String) {
        if self.0.as_ref().is_none_or(|(known, _)| package < *known) {
            let keras = package.decides(&newest_allowed(specifier));
            self.0 = Some((package, Profile { keras, reason: reason() }));
        }
    }

    fn profile(self) -> Option<Profile> {
        self.0.map(|(_, profile)| profile)
    }
}

#[cfg(test)]
mod tests;
