//! Which crate may depend on which: lower layers never on higher ones.

use anyhow::Result;

use super::{Package, read};

/// Each crate and those of ours that it may use. A new edge changes this table and ARCHITECTURE.md in
/// the same commit.
const LAYERS: &[(&str, &[&str])] = &[
    ("tensor", &[]),
    ("array", &["tensor"]),
    ("diagnostics", &[]),
    ("names", &[]),
    ("bytecode", &[]),
    ("catalogue", &[]),
    ("formats", &["tensor", "array"]),
    ("python", &["diagnostics"]),
    ("ops", &["tensor", "array"]),
    ("binding", &["tensor", "names", "python", "ops"]),
    ("exec", &["tensor", "array", "ops"]),
    ("graph", &["tensor", "diagnostics", "ops"]),
    ("keras", &["tensor", "array", "ops", "graph"]),
    (
        "interp",
        &[
            "tensor",
            "array",
            "diagnostics",
            "names",
            "formats",
            "python",
            "ops",
            "binding",
            "exec",
            "graph",
            "keras",
        ],
    ),
    ("kerascope", &["tensor", "array", "diagnostics", "formats", "ops", "binding", "exec", "graph", "keras"]),
    ("rules", &["tensor", "diagnostics", "names", "python", "ops", "graph", "keras", "interp"]),
    (
        "checker",
        &[
            "tensor",
            "array",
            "diagnostics",
            "names",
            "python",
            "ops",
            "exec",
            "graph",
            "keras",
            "interp",
            "rules",
        ],
    ),
    ("inspect", &["names", "python", "bytecode", "formats", "checker"]),
    ("cli", &["checker", "catalogue", "inspect"]),
    ("mdtest", &["diagnostics"]),
    // Chores may look into every layer; nothing depends on them.
    (
        "xtask",
        &[
            "tensor",
            "array",
            "diagnostics",
            "names",
            "python",
            "ops",
            "graph",
            "keras",
            "interp",
            "rules",
            "checker",
            "bytecode",
            "formats",
            "inspect",
        ],
    ),
];

/// What only tests and benches may use besides.
const IN_TESTS: &[(&str, &[&str])] =
    &[("checker", &["mdtest"]), ("cli", &["formats"]), ("names", &["python"]), ("bytecode", &["python"])];

/// Checks the dependencies of a package.
pub(super) fn check(package: &Package, problems: &mut Vec<String>) -> Result<()> {
    let manifest = read(&package.folder.join("Cargo.toml"))?;
    problems.append(&mut wrong_edges(&package.name, &manifest));
    Ok(())
}

fn wrong_edges(package: &str, manifest: &str) -> Vec<String> {
    let Some(allowed) = row(LAYERS, package) else {
        return vec![format!("crates/{package}: is not in the table of layers in xtask/src/tidy/layers.rs")];
    };
    let in_tests = row(IN_TESTS, package).unwrap_or_default();
    let mut problems = Vec::new();
    let mut section = "";
    for line in manifest.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            continue;
        }
        let kind = section.rsplit('.').next().unwrap_or("");
        if !matches!(kind, "dependencies" | "dev-dependencies" | "build-dependencies") {
            continue;
        }
        let name = line.split(['.', '=', ' ']).next().unwrap_or("");
        let ours = row(LAYERS, name).is_some();
        let fits = allowed.contains(&name) || (kind == "dev-dependencies" && in_tests.contains(&name));
        if ours && !fits {
            problems.push(format!("crates/{package}: may not depend on {name}"));
        }
    }
    problems
}

fn row(table: &'static [(&str, &[&'static str])], name: &str) -> Option<&'static [&'static str]> {
    table.iter().find(|(known, _)| *known == name).map(|(_, row)| *row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_edges_that_point_up() {
        let manifest = "\
[package]
name = \"ops\"

[dependencies]
tensor.workspace = true
keras = { workspace = true }
serde = \"1\"

[dev-dependencies]
mdtest.workspace = true
";
        assert_eq!(
            wrong_edges("ops", manifest),
            ["crates/ops: may not depend on keras", "crates/ops: may not depend on mdtest"]
        );
        assert_eq!(wrong_edges("checker", "[dev-dependencies]\nmdtest.workspace = true\n"), [""; 0]);
        assert_eq!(wrong_edges("new", "").len(), 1);
    }

    #[test]
    fn the_table_has_no_cycle() {
        for (name, row) in LAYERS {
            for lower in *row {
                let below = LAYERS.iter().find(|(known, _)| known == lower).map(|(_, row)| *row);
                assert!(below.is_some_and(|below| !below.contains(name)), "{name} and {lower}");
            }
        }
    }
}
