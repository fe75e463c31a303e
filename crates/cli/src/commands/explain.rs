//! `kerascope explain`: a rule's page, the list of rules, or what an error of Keras means.

mod error;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use catalogue::{Entry, find_entry};
use checker::{Rule, find_rule, rules, similar_rule};
use serde::Serialize;

use crate::Exit;
use crate::args::{Explain, PlainFormat};
use crate::files::shown;
use crate::output::entry::{self, EntryJson};
use crate::output::rule::{self, RuleJson};
use crate::terminal::Terminal;

/// More of an error text is not read: the last word of a traceback stands at its end, but a run's whole
/// output can be any length.
const MAX_TEXT: u64 = 64 * 1024 * 1024;

/// What is to be explained.
enum Subject {
    /// Nothing in particular.
    Rules,
    /// A rule.
    Rule(&'static Rule),
    /// An entry of the catalogue by its name.
    Entry(&'static Entry),
    /// A text with an error in it.
    Text(String),
    /// A script, for what is wrong with it.
    Script(PathBuf),
}

/// What is printed of rules, as JSON.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleJson>,
    entries: Vec<EntryJson<'a>>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Explain, terminal: &mut Terminal) -> Result<Exit> {
    let json = arguments.output_format == PlainFormat::Json;
    let document = match subject(arguments)? {
        Subject::Text(text) => return error::run(&text, arguments.script.as_deref(), arguments, terminal),
        Subject::Script(script) => return error::run("", Some(&script), arguments, terminal),
        Subject::Rules if json => {
            Document { version: 1, rules: rules().map(RuleJson::from).collect(), entries: Vec::new() }
        }
        Subject::Rules => {
            rule::list(terminal)?;
            return Ok(Exit::Clean);
        }
        Subject::Rule(rule) if json => {
            let about = catalogue::entries().iter().filter(|e| e.rules.iter().any(|name| name == rule.name));
            let entries = about.map(EntryJson::from).collect();
            Document { version: 1, rules: vec![RuleJson::from(rule)], entries }
        }
        Subject::Rule(rule) => {
            rule::page(rule, terminal)?;
            return Ok(Exit::Clean);
        }
        Subject::Entry(entry) if json => {
            Document { version: 1, rules: Vec::new(), entries: vec![EntryJson::from(entry)] }
        }
        Subject::Entry(entry) => {
            entry::write(entry, None, terminal)?;
            return Ok(Exit::Clean);
        }
    };
    error::print_json(&document, terminal)?;
    Ok(Exit::Clean)
}

/// Finds out what the argument is: a rule, an entry, a file, or a text itself.
fn subject(arguments: &Explain) -> Result<Subject> {
    let [what] = &arguments.what[..] else {
        return Ok(match (&arguments.what[..], &arguments.script) {
            ([], None) => Subject::Rules,
            ([], Some(script)) => Subject::Script(script.clone()),
            // A message without quotes around it comes as many words.
            (words, _) => Subject::Text(words.join(" ")),
        });
    };
    if let Some(rule) = find_rule(what) {
        return Ok(Subject::Rule(rule));
    }
    if let Some(entry) = find_entry(what) {
        return Ok(Subject::Entry(entry));
    }
    if what == "-" {
        return Ok(Subject::Text(read(io::stdin().lock()).context("cannot read standard input")?));
    }
    let path = Path::new(what);
    if !what.contains('\n') && path.is_file() {
        if arguments.script.is_none() && path.extension().is_some_and(|extension| extension == "py") {
            return Ok(Subject::Script(path.to_path_buf()));
        }
        let file = fs::File::open(path).with_context(|| format!("cannot read {}", shown(path)))?;
        return Ok(Subject::Text(read(file).with_context(|| format!("cannot read {}", shown(path)))?));
    }
    // One word in the form of a rule's name is meant for one.
    let is_name = !what.is_empty() && what.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if is_name {
        match similar_rule(what) {
            Some(similar) => bail!("there is no rule `{what}`; did you mean `{similar}`?"),
            None => bail!("there is no rule `{what}`; `kerascope explain` lists them"),
        }
    }
    Ok(Subject::Text(what.clone()))
}

/// Reads a text in whatever encoding a shell wrote it.
fn read(reader: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.take(MAX_TEXT).read_to_end(&mut bytes)?;
    // PowerShell's `>` writes UTF-16.
    let wide = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(of).collect();
        String::from_utf16_lossy(&units)
    };
    Ok(match bytes.get(..2) {
        Some([0xff, 0xfe]) => wide(u16::from_le_bytes),
        Some([0xfe, 0xff]) => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    })
}
