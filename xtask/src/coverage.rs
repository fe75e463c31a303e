//! `docs/ops.md`: which names of the frameworks have a model, by namespace, with counts.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use interp::coverage::{Coverage, coverage};
use names::{Kind, Profile};
use ops::Keras;

/// The namespaces of the page, and the versions of Keras for which each is shown.
const NAMESPACES: &[(&str, &[Keras])] = &[
    ("tf", &[Keras::Three]),
    ("tf.math", &[Keras::Three]),
    ("tf.nn", &[Keras::Three]),
    ("tf.linalg", &[Keras::Three]),
    ("tf.image", &[Keras::Three]),
    ("tf.signal", &[Keras::Three]),
    ("tf.random", &[Keras::Three]),
    ("tf.strings", &[Keras::Three]),
    ("tf.debugging", &[Keras::Three]),
    ("tf.io", &[Keras::Three]),
    ("tf.keras.backend", &[Keras::Two, Keras::Three]),
    ("keras.ops", &[Keras::Three]),
    ("keras.ops.image", &[Keras::Three]),
    ("keras.ops.linalg", &[Keras::Three]),
    ("keras.random", &[Keras::Three]),
    ("keras.layers", &[Keras::Two, Keras::Three]),
    ("keras.activations", &[Keras::Two, Keras::Three]),
    ("keras.constraints", &[Keras::Two, Keras::Three]),
    ("keras.initializers", &[Keras::Two, Keras::Three]),
    ("keras.losses", &[Keras::Two, Keras::Three]),
    ("keras.metrics", &[Keras::Two, Keras::Three]),
    ("keras.optimizers", &[Keras::Two, Keras::Three]),
    ("keras.regularizers", &[Keras::Two, Keras::Three]),
    ("np", &[Keras::Three]),
    ("np.linalg", &[Keras::Three]),
    ("np.random", &[Keras::Three]),
];

/// The page's place.
const PAGE: &str = "docs/ops.md";

/// Writes the page.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(root: &Path) -> Result<()> {
    let path = root.join(PAGE);
    fs::create_dir_all(root.join("docs"))?;
    fs::write(&path, page()).with_context(|| format!("cannot write {PAGE}"))
}

/// Checks that the page is what the tables say now.
///
/// # Errors
/// When it is not.
#[cfg(test)]
fn check(root: &Path) -> Result<()> {
    let text = fs::read_to_string(root.join(PAGE)).with_context(|| format!("cannot read {PAGE}"))?;
    if text != page() {
        anyhow::bail!("{PAGE} is out of date: run `cargo xtask docs`");
    }
    Ok(())
}

/// One namespace under one version.
struct Section {
    title: String,
    modelled: Vec<&'static str>,
    named: Vec<&'static str>,
}

fn section(namespace: &str, keras: Keras) -> Section {
    let profile = match keras {
        Keras::Two => Profile::Keras2,
        Keras::Three => Profile::Keras3,
    };
    let (mut modelled, mut named) = (Vec::new(), Vec::new());
    for entry in names::members(profile, namespace) {
        let classes = namespace.starts_with("keras.") && !namespace.starts_with("keras.ops");
        if entry.kind != Kind::Function && !(classes && entry.kind == Kind::Class) {
            continue;
        }
        match coverage(keras, &format!("{namespace}.{}", entry.name())) {
            Some(Coverage::Named) | None => named.push(entry.name()),
            Some(_) => modelled.push(entry.name()),
        }
    }
    modelled.sort_unstable();
    named.sort_unstable();
    let version = if keras == Keras::Two { "Keras 2" } else { "Keras 3" };
    let several = NAMESPACES.iter().any(|(n, k)| *n == namespace && k.len() > 1);
    let title = if several { format!("`{namespace}`, {version}") } else { format!("`{namespace}`") };
    Section { title, modelled, named }
}

fn page() -> String {
    let sections: Vec<Section> =
        NAMESPACES.iter().flat_map(|(n, versions)| versions.iter().map(|k| section(n, *k))).collect();
    let mut out = String::from(
        "# What is modelled\n\n\
         Written by `cargo xtask docs`. A modelled function has its shapes, dtypes, errors and gradients, a modelled layer \
         its arguments, weights and call. Every other public name is known too: a call of it is checked for nothing and \
         gives an unknown value, which is never reported.\n\n\
         | namespace | modelled | names |\n| --- | --- | --- |\n",
    );
    for section in &sections {
        let all = section.modelled.len() + section.named.len();
        let _ = writeln!(out, "| {} | {} | {all} |", section.title, section.modelled.len());
    }
    for section in &sections {
        let _ = write!(out, "\n## {}\n\n", section.title);
        for (what, list) in [("Modelled", &section.modelled), ("Known by name", &section.named)] {
            if !list.is_empty() {
                let list: Vec<String> = list.iter().map(|n| format!("`{n}`")).collect();
                let _ = writeln!(out, "{what}: {}.\n", list.join(", "));
            }
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_up_to_date() {
        super::check(&crate::root().expect("the repository")).expect("docs/ops.md is fresh");
    }
}
