//! Settings: files, flags, and which of them counts.

mod support;

use anyhow::Result;

use support::Folder;

fn rules(folder: &Folder, arguments: &[&str]) -> Result<Vec<String>> {
    let mut all = vec!["check", "--output-format", "concise"];
    all.extend_from_slice(arguments);
    let ran = folder.run(&all)?;
    assert_eq!(ran.stderr, "", "{arguments:?}");
    let rule = |line: &str| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned());
    Ok(ran.stdout.lines().filter_map(rule).collect())
}

#[test]
fn both_files_are_read_and_flags_win() -> Result<()> {
    let folder = Folder::new("settings_files")?;
    folder.write("a.py", "x = (\n")?;
    folder.write("pkg/b.py", "x = (\n")?;
    assert_eq!(rules(&folder, &["a.py"])?, ["syntax-error"]);
    folder.write("pyproject.toml", "[project]\nname = 'p'\n\n[tool.kerascope]\nignore = ['script']\n")?;
    assert!(rules(&folder, &["."])?.is_empty());
    assert_eq!(rules(&folder, &["--ignore", "shape", "a.py"])?, ["syntax-error"]);
    assert_eq!(rules(&folder, &["--extend-select", "syntax-error", "a.py"])?, ["syntax-error"]);
    // The nearest file counts, and of two in one folder kerascope's own.
    folder.write("pkg/kerascope.toml", "select = ['shape']\nextend-select = ['script']\n")?;
    assert_eq!(rules(&folder, &["."])?, ["syntax-error"]);
    assert!(rules(&folder, &["--select", "shape", "--ignore", "script", "."])?.is_empty());
    folder.write("kerascope.toml", "select = ['script']\n")?;
    assert_eq!(rules(&folder, &["."])?.len(), 2);
    Ok(())
}

#[test]
fn some_files_are_spared() -> Result<()> {
    let folder = Folder::new("settings_per_file")?;
    folder.write("tests/a.py", "x = (\n")?;
    folder.write("src/b.py", "x = (\n")?;
    folder.write("kerascope.toml", "[per-file-ignores]\n'tests/*' = ['script']\n")?;
    assert_eq!(rules(&folder, &["tests"])?.len(), 0);
    assert_eq!(rules(&folder, &["src"])?.len(), 1);
    assert_eq!(rules(&folder, &["--select", "syntax-error", "."])?.len(), 1);
    let stdin = |name: &str| -> Result<usize> {
        let arguments = ["check", "--output-format", "concise", "--stdin-filename", name, "-"];
        Ok(folder.run_with(&arguments, "x = (\n")?.stdout.lines().count())
    };
    assert_eq!((stdin("tests/new.py")?, stdin("src/new.py")?), (0, 1));
    Ok(())
}

#[test]
fn what_settings_cannot_mean_is_told() -> Result<()> {
    let folder = Folder::new("settings_wrong")?;
    folder.write("a.py", "x = 1\n")?;
    folder.write("kerascope.toml", "selct = ['shape']\nignore = ['lamda']\n")?;
    let ran = folder.run(&["check", "a.py"])?;
    assert_eq!((ran.exit, ran.stdout.as_str()), (Some(2), ""));
    for part in ["kerascope.toml cannot be used", "`selct`; did you mean `select`?", "did you mean `lambda`?"]
    {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    folder.write("other.toml", "keras = 2\n")?;
    let other = folder.run(&["check", "--config", "other.toml", "a.py"])?;
    assert_eq!(other.exit, Some(0), "{}", other.stderr);
    assert!(
        other.stdout.starts_with("Checking for Keras 2 (tf_keras) on TensorFlow (other.toml has keras = 2)")
    );
    assert_eq!(folder.run(&["check", "--config", "missing.toml", "a.py"])?.exit, Some(2));
    Ok(())
}

#[test]
fn settings_say_the_version() -> Result<()> {
    let folder = Folder::new("settings_version")?;
    folder.write("kerascope.toml", "keras = 2\n")?;
    folder.write("requirements.txt", "keras>=3\n")?;
    folder.write("a.py", "import keras\n")?;
    let first = |arguments: &[&str]| -> Result<String> {
        Ok(folder.run(arguments)?.stdout.lines().next().unwrap_or_default().to_owned())
    };
    let stated = "Checking for Keras 2 (tf_keras) on TensorFlow (kerascope.toml has keras = 2)";
    assert_eq!(first(&["check", "a.py"])?, stated);
    assert_eq!(first(&["check", "--keras", "3", "a.py"])?, "Checking for Keras 3 on TensorFlow (--keras 3)");
    Ok(())
}

#[test]
fn other_backends_are_refused() -> Result<()> {
    let folder = Folder::new("settings_backend")?;
    folder.write("a.py", "x = 1\n")?;
    assert_eq!(folder.run(&["check", "--backend", "tensorflow", "a.py"])?.exit, Some(0));
    for backend in ["jax", "torch", "nonsense"] {
        let ran = folder.run(&["check", "--backend", backend, "a.py"])?;
        assert_eq!(ran.exit, Some(2), "{backend}");
        assert!(ran.stderr.contains("modelled"), "{}", ran.stderr);
    }
    folder.write("kerascope.toml", "backend = 'jax'\n")?;
    assert_eq!(folder.run(&["check", "a.py"])?.exit, Some(2));
    Ok(())
}

#[test]
fn comments_of_no_use_are_told() -> Result<()> {
    let folder = Folder::new("settings_unused")?;
    folder.write("a.py", "x = 1 / 0  # kerascope: ignore\ny = 1  # kerascope: ignore[shape]\n")?;
    assert_eq!(rules(&folder, &["a.py"])?, ["unused-suppression"]);
    // Python refuses the text, so nothing is known of line 2.
    folder.write("a.py", "x = (  # kerascope: ignore[syntax-error]\ny = 1  # kerascope: ignore[shape]\n")?;
    assert!(rules(&folder, &["a.py"])?.is_empty());
    folder.write("b.py", "x = 1  # kerascope: ignore\n")?;
    let ran = folder.run(&["check", "b.py"])?;
    assert_eq!(ran.exit, Some(0), "a hint: {}", ran.stdout);
    assert!(ran.stdout.contains("[unused-suppression]"), "{}", ran.stdout);
    folder.write("b.py", "# kerascope: ignore-file[unused-suppression]\nx = 1  # kerascope: ignore\n")?;
    assert!(rules(&folder, &["b.py"])?.is_empty());
    Ok(())
}
