//! `explain`: rules, error texts, tracebacks, and the script at hand.

mod support;

use anyhow::{Context, Result};
use serde_json::Value;

use support::Folder;

const SCRIPT: &str =
    "import keras\n\nx = keras.Input((4,))\ny = keras.Input((3,))\nz = keras.layers.Add()([x, y])\n";
const MESSAGE: &str = "Inputs have incompatible shapes. Received shapes (4,) and (3,)";
const TRACEBACK: &str = "Traceback (most recent call last):\n  File \"model.py\", line 5, in <module>\n    z = \
     keras.layers.Add()([x, y])\n  File \"/v/lib/python3.11/site-packages/keras/src/layers/layer.py\", line 1, in f\n\
     ValueError: Inputs have incompatible shapes. Received shapes (4,) and (3,)\n";
const ENTRY: &str = "merge-layer-shapes-incompatible";

fn json(folder: &Folder, arguments: &[&str], input: &str) -> Result<(Option<i32>, Value)> {
    let mut all = vec!["explain", "--output-format", "json"];
    all.extend_from_slice(arguments);
    let ran = folder.run_with(&all, input)?;
    let document = serde_json::from_str(&ran.stdout).with_context(|| ran.stderr.clone())?;
    Ok((ran.exit, document))
}

#[test]
fn explains_rules() -> Result<()> {
    let folder = Folder::new("explain")?;
    let page = folder.run(&["explain", "syntax-error"])?;
    assert_eq!(page.exit, Some(0));
    assert!(page.stdout.starts_with("# syntax-error\n\n## What it finds"), "{}", page.stdout);
    let list = folder.run(&["explain"])?;
    assert!(list.stdout.contains("syntax-error"), "{}", list.stdout);
    assert_eq!(folder.run(&["explain", "nonsense"])?.exit, Some(2));
    let (exit, document) = json(&folder, &["incompatible-shapes"], "")?;
    assert_eq!((exit, &document["rules"][0]["name"]), (Some(0), &"incompatible-shapes".into()));
    assert!(document["entries"].as_array().is_some_and(|entries| !entries.is_empty()));
    Ok(())
}

#[test]
fn a_text_comes_as_argument_file_or_standard_input() -> Result<()> {
    let folder = Folder::new("explain_text")?;
    folder.write("log.txt", MESSAGE)?;
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(MESSAGE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    folder.write("powershell.txt", wide)?;
    let words: Vec<&str> = MESSAGE.split(' ').collect();
    for (arguments, input) in [
        (&[MESSAGE][..], ""),
        (&words, ""),
        (&["log.txt"], ""),
        (&["powershell.txt"], ""),
        (&["-"], MESSAGE),
        (&[ENTRY], ""),
    ] {
        let (exit, document) = json(&folder, arguments, input)?;
        assert_eq!((exit, &document["entries"][0]["id"]), (Some(0), &ENTRY.into()), "{arguments:?}");
        let cause = &document["entries"][0]["causes"][0];
        assert!(cause["cause"].is_string() && cause["fix"].is_string(), "{cause}");
    }
    let text = folder.run(&["explain", MESSAGE])?.stdout;
    assert!(text.contains(ENTRY) && text.contains("=> "), "{text}");
    Ok(())
}

#[test]
fn the_checker_s_own_finding_comes_first() -> Result<()> {
    let folder = Folder::new("explain_script")?;
    folder.write("model.py", SCRIPT)?;
    folder.write("log.txt", TRACEBACK)?;
    for arguments in
        [&["log.txt"][..], &["--script", "model.py", MESSAGE], &["--script", "model.py"], &["model.py"]]
    {
        let (exit, document) = json(&folder, arguments, "")?;
        assert_eq!((exit, &document["matched"]), (Some(0), &true.into()), "{arguments:?}");
        assert_eq!(document["entries"][0]["id"], ENTRY, "{arguments:?}");
        let found = &document["script"]["diagnostics"][0];
        assert_eq!((&found["rule"], &found["location"]["line"]), (&"incompatible-shapes".into(), &5.into()));
    }
    let text = folder.run(&["explain", "log.txt"])?.stdout;
    assert!(
        text.starts_with("Checked model.py for Keras 3 on TensorFlow (the traceback runs through Keras 3)\n")
    );
    let (finding, entry) = (text.find("--> model.py:5:5"), text.find(ENTRY));
    assert!(finding.is_some() && finding < entry, "{text}");
    let missing = folder.run(&["explain", "--script", "missing.py", MESSAGE])?;
    assert_eq!(missing.exit, Some(2));
    Ok(())
}

#[test]
fn a_text_of_no_kind_is_said_to_be() -> Result<()> {
    let folder = Folder::new("explain_unmatched")?;
    let (exit, document) = json(&folder, &["KeyError: 'customer'"], "")?;
    assert_eq!((exit, &document["matched"]), (Some(1), &false.into()));
    assert_eq!(document["entries"], Value::Array(Vec::new()));
    let near = folder.run(&["explain", "ValueError: the inputs of the merge have incompatible shapes"])?;
    assert_eq!(near.exit, Some(1));
    assert!(
        near.stdout.starts_with("Nothing in the catalogue of errors matches this text."),
        "{}",
        near.stdout
    );
    assert!(near.stdout.contains("The nearest there is:"), "{}", near.stdout);
    Ok(())
}

#[test]
fn the_catalogue_names_real_rules() {
    for entry in catalogue::entries() {
        for rule in &entry.rules {
            assert!(checker::find_rule(rule).is_some(), "{}: there is no rule `{rule}`", entry.id);
        }
    }
}
