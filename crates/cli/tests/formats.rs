//! The formats for machines, read as machines read them.

mod support;

use anyhow::{Context, Result};
use serde_json::Value;

use support::Folder;

/// A script with an error, in a file whose name needs escapes everywhere.
const NAME: &str = "a b,c&é.py";
const SCRIPT: &str =
    "import keras\n\nx = keras.Input((4,))\ny = keras.Input((3,))\nz = keras.layers.Add()([\n    x, y])\n";

fn folder(test: &str) -> Result<Folder> {
    let folder = Folder::new(test)?;
    folder.write(NAME, SCRIPT)?;
    folder.write("hint.py", "while True: pass\n")?;
    folder.write("right.py", "x = 1\n")?;
    folder.write("image.py", b"\x89PNG\r\n\x1a\n\0\0")?;
    Ok(folder)
}

fn run(test: &str, format: &str) -> Result<String> {
    let ran = folder(test)?.run(&["check", "--output-format", format, "."])?;
    assert_eq!(ran.exit, Some(2), "a file cannot be read: {}", ran.stderr);
    Ok(ran.stdout)
}

#[test]
fn sarif_obeys_its_schema() -> Result<()> {
    let schema: Value = serde_json::from_str(include_str!("schemas/sarif-2.1.0.json"))?;
    let validator = jsonschema::validator_for(&schema)?;
    let log: Value = serde_json::from_str(&run("sarif", "sarif")?)?;
    let wrong: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");

    let run = &log["runs"][0];
    let results = run["results"].as_array().context("results")?;
    assert_eq!(results.len(), 2);
    let found = &results[0];
    assert_eq!((&found["level"], &results[1]["level"]), (&"error".into(), &"note".into()));
    let place = &found["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b%2Cc%26%C3%A9.py");
    assert_eq!((&place["region"]["startLine"], &place["region"]["endLine"]), (&5.into(), &6.into()));
    let rule = &run["tool"]["driver"]["rules"][found["ruleIndex"].as_u64().context("index")? as usize];
    assert_eq!(rule["id"], found["ruleId"]);
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert!(notice["message"]["text"].as_str().is_some_and(|text| text.contains("binary")), "{notice}");
    Ok(())
}

#[test]
fn sarif_obeys_its_schema_with_a_fix_and_without_findings() -> Result<()> {
    let schema: Value = serde_json::from_str(include_str!("schemas/sarif-2.1.0.json"))?;
    let validator = jsonschema::validator_for(&schema)?;
    let folder = Folder::new("sarif_fix")?;
    folder.write("fixed.py", "x = 1  # kerascope: ignore[shape]\n")?;
    folder.write("right.py", "x = 1\n")?;
    for (file, findings, fixes) in [("fixed.py", 1, true), ("right.py", 0, false)] {
        let ran = folder.run(&["check", "--output-format", "sarif", file])?;
        let log: Value = serde_json::from_str(&ran.stdout)?;
        assert!(validator.is_valid(&log), "{file}: {log}");
        let results = log["runs"][0]["results"].as_array().context("results")?;
        assert_eq!(results.len(), findings, "{file}");
        assert_eq!(results.iter().any(|found| found["fixes"].is_array()), fixes, "{file}");
    }
    Ok(())
}

#[test]
fn github_reads_a_line_for_each_finding() -> Result<()> {
    let out = run("github", "github")?;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    let error = lines[0];
    assert!(
        error.starts_with("::error title=kerascope (incompatible-shapes),file=a b%2Cc&é.py,line=5,"),
        "{error}"
    );
    // It spans two lines, so it has no columns; what follows the first line of the message is escaped.
    assert!(error.contains(",endLine=6::a b,c&é.py:5:5: ") && error.contains("%0A"), "{error}");
    assert!(lines[1].starts_with("::notice title=kerascope (analysis-incomplete),file=hint.py,line=1,col="));
    assert!(lines[2].starts_with("::error title=kerascope,file=image.py::cannot check image.py"));
    Ok(())
}

#[test]
fn gitlab_reads_issues_with_lasting_fingerprints() -> Result<()> {
    let issues: Value = serde_json::from_str(&run("gitlab", "gitlab")?)?;
    let issues = issues.as_array().context("a list")?;
    assert_eq!(issues.len(), 2);
    assert_eq!((&issues[0]["severity"], &issues[1]["severity"]), (&"critical".into(), &"info".into()));
    assert_eq!(issues[0]["check_name"], "incompatible-shapes");
    assert_eq!(issues[0]["location"]["path"], NAME);
    assert_eq!(issues[0]["location"]["lines"]["begin"], 5);

    let folder = Folder::new("gitlab_again")?;
    let prints = |source: String| -> Result<Vec<Value>> {
        folder.write(NAME, source)?;
        let ran = folder.run(&["check", "--output-format", "gitlab", NAME])?;
        let issues: Vec<Value> = serde_json::from_str(&ran.stdout)?;
        Ok(issues.iter().map(|issue| issue["fingerprint"].clone()).collect())
    };
    // Lines above change nothing; the same mistake a second time is another issue.
    assert_eq!(prints(format!("# a comment\n\n{SCRIPT}"))?, [issues[0]["fingerprint"].clone()]);
    let twice = prints("try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    pass\n".to_owned())?;
    let mut apart = twice.clone();
    apart.dedup();
    assert_eq!(apart, twice);
    Ok(())
}

#[test]
fn junit_reads_a_suite_for_each_file() -> Result<()> {
    let text = run("junit", "junit")?;
    let document = roxmltree::Document::parse(&text)?;
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let count = |name: &str| root.attribute(name).and_then(|number| number.parse::<usize>().ok());
    assert_eq!((count("tests"), count("failures"), count("errors")), (Some(4), Some(1), Some(1)));
    let suites: Vec<_> = root.children().filter(roxmltree::Node::is_element).collect();
    let names: Vec<_> = suites.iter().filter_map(|suite| suite.attribute("name")).collect();
    assert_eq!(names, [NAME, "hint.py", "right.py", "image.py"]);
    let all = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
    assert_eq!((all("testcase"), all("failure"), all("error"), all("system-out")), (4, 1, 1, 1));
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).context("failure")?;
    assert_eq!(failure.attribute("type"), Some("error"));
    assert!(failure.text().is_some_and(|text| text.starts_with("a b,c&é.py:5:5: ") && text.contains('\n')));
    Ok(())
}

#[test]
fn junit_holds_what_xml_cannot() -> Result<()> {
    let folder = Folder::new("junit_odd")?;
    folder.write("a.py", "x = '\u{1}<&>\"\u{fffe}' + 1\n")?;
    let ran = folder.run(&["check", "--output-format", "junit", "a.py"])?;
    roxmltree::Document::parse(&ran.stdout)?;
    Ok(())
}

#[test]
fn statistics_count_rules() -> Result<()> {
    let folder = folder("statistics")?;
    let text = folder.run(&["check", "--statistics", NAME, "hint.py"])?;
    assert_eq!(text.exit, Some(1));
    let lines: Vec<&str> = text.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", text.stdout);
    assert!(lines.iter().any(|line| line.starts_with("1  error    incompatible-shapes  ")), "{lines:?}");
    let json = folder.run(&["check", "--statistics", "--output-format", "json", NAME, NAME])?;
    let document: Value = serde_json::from_str(&json.stdout)?;
    let first = &document["statistics"][0];
    assert_eq!((&first["rule"], &first["count"]), (&"incompatible-shapes".into(), &1.into()));
    let other = folder.run(&["check", "--statistics", "--output-format", "sarif", NAME])?;
    assert_eq!(other.exit, Some(2));
    Ok(())
}
