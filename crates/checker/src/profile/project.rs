//! Requirements, lock files and installed packages.

use super::{Decisive, Package, Profile};

/// Reads a project file (one of [`super::PROJECT_FILES`]); nothing when it does not mention Keras or
/// TensorFlow. The path is shown in the reason.
pub fn from_project_file(path: &str, text: &str) -> Option<Profile> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    if name.ends_with(".lock") {
        return from_lock_file(path, text);
    }
    let mut decisive = Decisive::default();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        for Requirement { package, specifier, shown } in requirements(name, line) {
            decisive.consider(package, specifier, || format!("{path}:{} has `{shown}`", index + 1));
        }
    }
    decisive.profile()
}

/// Reads a lock file: a package's name stands in one line, its version in a later one.
fn from_lock_file(path: &str, text: &str) -> Option<Profile> {
    let mut decisive = Decisive::default();
    let mut package = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        // TOML's `name = "keras"`, or JSON's `"keras": {`.
        if let Some(named) = line.strip_prefix("name = ").or_else(|| line.strip_suffix(": {")) {
            package = Package::named(unquote(named));
        }
        let version = line.strip_prefix("version = ").or_else(|| line.strip_prefix("\"version\": "));
        if let (Some(locked), Some(version)) = (package, version) {
            let version = unquote(version.trim_end_matches(',')).trim_start_matches('=');
            decisive.consider(locked, &format!("=={version}"), || {
                format!("{path}:{} locks {} {version}", index + 1, locked.title())
            });
            package = None;
        }
    }
    decisive.profile()
}

/// Reads the folder names of an environment's `site-packages`, such as `keras-3.4.1.dist-info`.
pub fn from_installed<'a>(environment: &str, names: impl IntoIterator<Item = &'a str>) -> Option<Profile> {
    let mut decisive = Decisive::default();
    for name in names {
        let Some((package, version)) = name.strip_suffix(".dist-info").and_then(|s| s.split_once('-')) else {
            continue;
        };
        if let Some(package) = Package::named(package) {
            let reason = || format!("{environment} has {} {version}", package.title());
            decisive.consider(package, &format!("=={version}"), reason);
        }
    }
    decisive.profile()
}

struct Requirement<'a> {
    package: Package,
    specifier: &'a str,
    shown: &'a str,
}

/// Finds the requirements in a line of a file that is not a lock file.
fn requirements<'a>(file: &str, line: &'a str) -> Vec<Requirement<'a>> {
    let bare = file.starts_with("requirements") || file == "setup.cfg" || file.starts_with("environment");
    if bare {
        let line = line.split(" #").next().unwrap_or(line).trim_start_matches("- ").trim();
        return requirement(line).into_iter().collect();
    }
    // `tensorflow = "^2.12"` or `tensorflow = {version = "^2.12"}`: a table of Poetry or Pipenv.
    if let Some((key, value)) = line.split_once('=') {
        let package = Package::named(unquote(key.trim()));
        if let Some(package) = package.filter(|_| !value.starts_with('=')) {
            let version = match value.split_once("version") {
                Some((_, rest)) => rest.split('"').nth(1).unwrap_or("*"),
                None => unquote(value.trim()),
            };
            return vec![Requirement { package, specifier: version, shown: line }];
        }
    }
    // Otherwise requirements stand in quotes, in an array or an argument.
    let mark = if line.contains('"') { '"' } else { '\'' };
    line.split(mark).skip(1).step_by(2).filter_map(requirement).collect()
}

/// Reads `name[extras]specifier; marker`.
fn requirement(text: &str) -> Option<Requirement<'_>> {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let package = Package::named(&text[..end])?;
    let rest = text[end..].trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map_or("", |(_, rest)| rest),
        None => rest,
    };
    let specifier = rest.split([';', '#']).next().unwrap_or("").trim();
    let specifier = specifier.strip_prefix('(').map_or(specifier, |s| s.trim_end_matches(')'));
    let shown = text.split([';', '#']).next().unwrap_or(text).trim();
    // "tensorflow is needed for this" is prose.
    let plain = specifier.is_empty() || specifier.starts_with(['=', '<', '>', '~', '!', '^', '@']);
    plain.then_some(Requirement { package, specifier, shown })
}

fn unquote(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}
