//! The command as people and tools run it: output, formats, exit codes.

mod support;

use anyhow::{Context, Result};
use serde_json::Value;

use support::Folder;

#[test]
fn a_syntax_error_looks_like_this() -> Result<()> {
    let folder = Folder::new("syntax_error")?;
    folder.write("model.py", "import keras\nmodel = keras.Sequential([\n    1\nmodel.fit()\n")?;
    let ran = folder.run(&["check", "model.py"])?;
    assert_eq!((ran.exit, ran.stderr.as_str()), (Some(1), ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[..10],
        [
            "Checking for Keras 3 on TensorFlow (the default: no version is stated nearby)",
            "",
            "error[syntax-error]: invalid syntax: '[' was never closed",
            " --> model.py:2:26",
            "  |",
            "2 | model = keras.Sequential([",
            "  |                          ^",
            "3 |     1",
            "4 | model.fit()",
            "  | ----- expected `,`, found name",
        ]
    );
    assert!(lines.last().is_some_and(|line| line.starts_with("Found 1 error")), "{}", ran.stdout);
    let zero = folder.run(&["check", "--exit-zero", "model.py"])?;
    assert_eq!(zero.exit, Some(0));
    let ignored = folder.run(&["check", "--ignore", "script", "model.py"])?;
    assert_eq!(ignored.exit, Some(0), "{}", ignored.stdout);
    Ok(())
}

#[test]
fn formats_for_machines() -> Result<()> {
    let folder = Folder::new("formats")?;
    folder.write("a.py", "é = (\n")?;
    folder.write("b.py", "")?;
    let concise = folder.run(&["check", "--output-format", "concise", "."])?;
    assert_eq!(concise.exit, Some(1));
    assert!(concise.stdout.starts_with("a.py:"), "{}", concise.stdout);
    assert_eq!(concise.stdout.lines().count(), 1);

    let json = folder.run(&["check", "--output-format", "json", ".", "nowhere.py"])?;
    assert_eq!(json.exit, Some(2));
    let document: Value = serde_json::from_str(&json.stdout)?;
    assert_eq!(document["version"], 1);
    let files = document["files"].as_array().context("files")?;
    assert_eq!(files.len(), 2);
    assert_eq!(files[0]["path"], "a.py");
    assert_eq!(files[0]["profile"], "keras3");
    let found = &files[0]["diagnostics"][0];
    assert_eq!(
        (&found["rule"], &found["group"], &found["severity"]),
        (&"syntax-error".into(), &"script".into(), &"error".into())
    );
    assert!(found["location"]["line"].is_u64() && found["location"]["end_column"].is_u64());
    assert_eq!(files[1]["diagnostics"], Value::Array(Vec::new()));
    assert!(files[1]["outcome"]["status"].is_string());
    Ok(())
}

#[test]
fn what_cannot_be_checked_exits_with_2() -> Result<()> {
    let folder = Folder::new("unchecked")?;
    folder.write("empty/notes.txt", "no code")?;
    folder.write("image.py", b"\x89PNG\r\n\x1a\n\0\0")?;
    folder.write("latin.py", b"# caf\xe9\n")?;
    folder.write("lines.py", "x = 1\n".repeat(1_000_000))?;
    folder.write("long.py", format!("x = [{}]\n", "0, ".repeat(2_000_000)))?;
    for (path, message) in [
        ("missing.py", "no such file or folder: missing.py"),
        ("empty", "no Python files in empty"),
        ("image.py", "cannot check image.py: this is a binary file, not Python source"),
        ("latin.py", "cannot check latin.py: byte 0xe9 on line 1 is not UTF-8"),
        ("lines.py", "cannot check lines.py: the file has "),
        ("long.py", "cannot check long.py: the file has 5.7 MB"),
    ] {
        let ran = folder.run(&["check", path])?;
        assert_eq!(ran.exit, Some(2), "{path}");
        assert!(ran.stderr.starts_with(&format!("error: {message}")), "{path}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{path}");
    }
    let unknown = folder.run(&["check", "--select", "syntax-eror", "."])?;
    assert_eq!(unknown.exit, Some(2));
    assert!(unknown.stderr.contains("did you mean `syntax-error`?"), "{}", unknown.stderr);
    Ok(())
}

#[test]
fn hostile_sources_give_a_finding() -> Result<()> {
    let folder = Folder::new("hostile")?;
    let blocks: String = (0..10_000).map(|n| format!("{}if x:\n", " ".repeat(n % 400))).collect();
    for (name, source, exit, rule) in [
        (
            "brackets.py",
            "x = ".to_owned() + &"(".repeat(10_000) + "1" + &")".repeat(10_000),
            1,
            "syntax-error",
        ),
        ("blocks.py", blocks, 1, "syntax-error"),
        ("minus.py", "x = ".to_owned() + &"-".repeat(10_000) + "1", 0, "analysis-incomplete"),
        ("loop.py", "while True: pass\n".to_owned(), 0, "analysis-incomplete"),
        ("recursion.py", "def f(n):\n    return f(n + 1)\nf(0)\n".to_owned(), 1, "uncaught-exception"),
    ] {
        folder.write(name, source)?;
        let ran = folder.run(&["check", name])?;
        assert_eq!(ran.exit, Some(exit), "{name}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(&format!("[{rule}]")), "{name}: {}", ran.stdout);
        assert!(ran.stdout.lines().all(|line| line.chars().count() < 200), "{name}: a line is too long");
    }
    folder.write("power.py", "x = 10**10**10\n")?;
    assert_eq!(folder.run(&["check", "power.py"])?.exit, Some(0));
    Ok(())
}

#[test]
fn folders_obey_gitignore() -> Result<()> {
    let folder = Folder::new("folders")?;
    for name in ["b.py", "a/c.py", "generated/d.py", ".venv/lib/e.py", "venv/f.py", "notes.md"] {
        folder.write(name, "x = (\n")?;
    }
    folder.write(".gitignore", "generated/\n")?;
    let ran = folder.run(&["check", "--output-format", "concise"])?;
    let files: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(files, ["a/c.py", "b.py"]);
    let asked = folder.run(&["check", "--output-format", "concise", "venv", "generated/d.py"])?;
    assert_eq!(asked.stdout.lines().count(), 2, "{}", asked.stdout);
    Ok(())
}

#[test]
fn the_project_decides_the_profile() -> Result<()> {
    let folder = Folder::new("profile")?;
    folder.write("old/requirements.txt", "numpy\ntensorflow==2.12.0\n")?;
    folder.write("old/src/train.py", "")?;
    folder.write("new/train.py", "")?;
    folder.write("new/legacy.py", "import tf_keras\n")?;
    let first = |arguments: &[&str]| -> Result<String> {
        Ok(folder.run(arguments)?.stdout.lines().next().unwrap_or_default().to_owned())
    };
    assert_eq!(
        first(&["check", "old"])?,
        "Checking for Keras 2 (tf_keras) on TensorFlow (old/requirements.txt:2 has `tensorflow==2.12.0`)"
    );
    folder.write("new/requirements.txt", "keras>=3\n")?;
    assert_eq!(
        first(&["check", "new/legacy.py"])?,
        "Checking for Keras 2 (tf_keras) on TensorFlow (line 1 imports tf_keras)"
    );
    assert_eq!(first(&["check", "--keras", "3", "old"])?, "Checking for Keras 3 on TensorFlow (--keras 3)");
    let both = folder.run(&["check", "."])?.stdout;
    assert!(both.starts_with("Checking new/legacy.py for Keras 2"), "{both}");
    assert!(
        both.contains("Checking new/train.py for Keras 3 on TensorFlow (new/requirements.txt:1 has"),
        "{both}"
    );
    assert!(both.contains("Checking old/src/train.py for Keras 2"), "{both}");
    Ok(())
}

#[test]
fn a_backend_without_a_model_is_said() -> Result<()> {
    let folder = Folder::new("backends")?;
    let script = "import keras\n\nkeras.layers.Dense(3)(keras.Input((4, 8)), 5)\n";
    folder.write("a.py", script)?;
    let run = |keras_backend: &str, arguments: &[&str]| -> Result<String> {
        let arguments = [&["check", "--output-format", "concise"], arguments].concat();
        let mut command = folder.command(&arguments);
        if !keras_backend.is_empty() {
            command.env("KERAS_BACKEND", keras_backend);
        }
        Ok(String::from_utf8(command.output()?.stdout)?)
    };
    assert!(run("", &["a.py"])?.contains("error[layer-called-on-no-tensor]"));
    let torch = run("torch", &["a.py"])?;
    assert!(torch.contains("analysis-incomplete") && !torch.contains("error"), "{torch}");
    assert!(run("torch", &["--backend", "tensorflow", "a.py"])?.contains("error[layer-called-on-no-tensor]"));
    assert!(!run("torch", &["--keras", "2", "a.py"])?.contains("analysis-incomplete"));
    folder.write("keras.json", r#"{"backend": "jax"}"#)?;
    assert!(run("", &["a.py"])?.contains("analysis-incomplete"));
    assert!(run("tensorflow", &["a.py"])?.contains("error[layer-called-on-no-tensor]"));
    let cell = r#"{"cells": [{"cell_type": "code", "source": ["%env KERAS_BACKEND=torch\n", "import keras\n", "keras.layers.Dense(3)(4)"], "metadata": {}, "outputs": [], "execution_count": null}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}"#;
    folder.write("b.ipynb", cell)?;
    let notebook = run("tensorflow", &["b.ipynb"])?;
    assert!(notebook.contains("analysis-incomplete") && !notebook.contains("error"), "{notebook}");
    Ok(())
}

#[test]
fn reads_standard_input() -> Result<()> {
    let folder = Folder::new("stdin")?;
    let ran = folder.run_with(&["check", "--output-format", "concise", "-"], "x = (\n")?;
    assert!(ran.stdout.starts_with("<stdin>:"), "{}", ran.stdout);
    Ok(())
}

#[test]
fn predictions_are_a_line_each() -> Result<()> {
    let folder = Folder::new("predict")?;
    folder.write("a.py", "x = 1\n")?;
    let ran = folder.run(&["predict", "--keras", "2", "a.py", "missing.py", "a.py"])?;
    assert_eq!(ran.exit, Some(2));
    let documents: Vec<Value> = ran.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let scripts: Vec<&Value> = documents.iter().map(|document| &document["script"]).collect();
    assert_eq!(scripts, ["a.py", "missing.py", "a.py"]);
    for document in &documents {
        assert_eq!(document["profile"], "keras2");
        for field in ["layer_calls", "models", "gradients", "tapes", "raised", "warnings"] {
            assert!(document[field].is_array(), "{field}");
        }
        assert!(document["outcome"]["status"].is_string());
    }
    assert_eq!(documents[1]["outcome"]["status"], "unknown");
    Ok(())
}

#[test]
fn colours_are_for_terminals() -> Result<()> {
    let folder = Folder::new("colour")?;
    folder.write("a.py", "x = (\n")?;
    let styled =
        |arguments: &[&str]| -> Result<bool> { Ok(folder.run(arguments)?.stdout.contains('\u{1b}')) };
    assert!(!styled(&["check", "a.py"])?);
    assert!(styled(&["check", "--color", "always", "a.py"])?);
    assert!(!styled(&["check", "--color", "never", "a.py"])?);
    assert!(!styled(&["check", "--color", "always", "--output-format", "json", "a.py"])?);
    let with = |variables: &[(&str, &str)]| -> Result<bool> {
        let output = folder.command(&["check", "a.py"]).envs(variables.iter().copied()).output()?;
        Ok(String::from_utf8(output.stdout)?.contains('\u{1b}'))
    };
    assert!(with(&[("CLICOLOR_FORCE", "1")])?);
    assert!(!with(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")])?);
    Ok(())
}

#[test]
fn columns_are_obeyed() -> Result<()> {
    let folder = Folder::new("columns")?;
    folder.write(
        "a.py",
        "import keras\nx = keras.Input((4,))\ny = keras.Input((3,))\nz = keras.layers.Add()([x, y])\n",
    )?;
    for columns in [60, 80, 160] {
        let output = folder.command(&["check", "a.py"]).env("COLUMNS", columns.to_string()).output()?;
        let text = String::from_utf8(output.stdout)?;
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(columns), "{columns}:\n{text}");
    }
    Ok(())
}

#[test]
fn shells_complete_commands() -> Result<()> {
    let folder = Folder::new("completions")?;
    for (shell, part) in
        [("bash", "_kerascope()"), ("zsh", "#compdef kerascope"), ("fish", "complete -c kerascope")]
    {
        let ran = folder.run(&["completions", shell])?;
        assert_eq!(ran.exit, Some(0), "{shell}");
        assert!(ran.stdout.contains(part) && ran.stdout.contains("output-format"), "{shell}: {}", ran.stdout);
    }
    assert_eq!(folder.run(&["completions", "nonsense"])?.exit, Some(2));
    Ok(())
}
