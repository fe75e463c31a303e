//! What a script itself says of its Keras.

use ops::Keras;

use super::{Profile, from_project_file};

/// Reads what a script says of the version it needs: the dependencies of its PEP 723 block, the switch
/// `TF_USE_LEGACY_KERAS`, an import of `tf_keras`, or a backend that only Keras 3 has.
pub fn from_script(source: &str) -> Option<Profile> {
    if let Some(profile) = inline_metadata(source) {
        return Some(profile);
    }
    let mut legacy = None;
    for (index, line) in source.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("import keras") || line.starts_with("from keras") {
            return None;
        }
        let imports = line.starts_with("import tf_keras") || line.starts_with("from tf_keras");
        if imports && legacy.is_none() {
            legacy = Some(format!("line {} imports tf_keras", index + 1));
        }
        if line.starts_with("os.environ") && sets_legacy(line) {
            return Some(Profile {
                keras: Keras::Two,
                reason: format!("line {} sets TF_USE_LEGACY_KERAS", index + 1),
            });
        }
        if line.starts_with("os.environ") && chooses_backend(line) {
            return Some(Profile {
                keras: Keras::Three,
                reason: format!("line {} sets KERAS_BACKEND", index + 1),
            });
        }
    }
    legacy.map(|reason| Profile { keras: Keras::Two, reason })
}

/// Tells whether a line is `os.environ["TF_USE_LEGACY_KERAS"] = "1"` or the like.
fn sets_legacy(line: &str) -> bool {
    set_to(line, "TF_USE_LEGACY_KERAS", &["1", "true"])
}

/// Tells whether a line is `os.environ["KERAS_BACKEND"] = "jax"` or the like: a backend that Keras 2 has not.
fn chooses_backend(line: &str) -> bool {
    set_to(line, "KERAS_BACKEND", &["jax", "torch"])
}

/// Tells whether a line gives a variable of the environment a value that begins like one of these.
fn set_to(line: &str, variable: &str, values: &[&str]) -> bool {
    let Some((_, rest)) = line.split_once(variable) else { return false };
    let value = rest.trim_start_matches(['"', '\'', ']', ' ', '=', ',']);
    values
        .iter()
        .any(|wanted| value.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted)))
}

/// Reads the `# /// script` block.
fn inline_metadata(source: &str) -> Option<Profile> {
    let start = source.lines().position(|line| line.trim_end() == "# /// script")?;
    let body =
        source.lines().skip(start + 1).take_while(|line| line.starts_with('#') && line.trim_end() != "# ///");
    let text: Vec<&str> = body.map(|line| line.trim_start_matches('#').trim_start()).collect();
    let found = from_project_file("pyproject.toml", &text.join("\n"))?;
    let reason = found.reason.split_once(" has ").map_or(found.reason.as_str(), |(_, what)| what);
    Some(Profile { keras: found.keras, reason: format!("the script's own metadata has {reason}") })
}
