//! Decompiles recorded functions, to be compared with the sources that they were compiled from.
//!
//! A line of the file is a function: `id`, `marshal_b64`, and the literals of its `defaults` and `kwdefaults`.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use bytecode::{Given, Object};
use python::ast;
use serde_json::{Value, json};

/// Prints `{"id", "source", "complete", "python"}` for each line of a file.
pub(crate) fn run(file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut out = io::stdout().lock();
    for line in text.lines() {
        let record: Value = serde_json::from_str(line)?;
        writeln!(out, "{}", decompiled(&record)?)?;
    }
    Ok(())
}

fn decompiled(record: &Value) -> Result<Value> {
    let stored = record["marshal_b64"].as_str().context("a line has no marshal_b64")?;
    let bytes = formats::decode_base64(stored).ok().context("marshal_b64 is no base64")?;
    let read = bytecode::read(&bytes)?;
    let Object::Code(code) = &read.value else { anyhow::bail!("{} is no code", record["id"]) };
    let given = Given {
        defaults: elements(record["defaults"].as_str().unwrap_or("()")),
        keyword_defaults: entries(record["kwdefaults"].as_str().unwrap_or("{}")),
    };
    let found = bytecode::decompile_given(code, read.versions, &given);
    let versions: Vec<String> = found.versions.iter().map(|version| version.to_string()).collect();
    Ok(json!({
        "id": record["id"],
        "source": found.source,
        "complete": found.complete,
        "obstacle": found.obstacle,
        "python": versions,
    }))
}

/// Splits the literal of a tuple.
fn elements(tuple: &str) -> Vec<String> {
    let module = python::parse(tuple);
    match module.body() {
        [ast::Stmt::Expr(statement)] => match &*statement.value {
            ast::Expr::Tuple(tuple) => tuple.elts.iter().map(|element| text(&module, element)).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Splits the literal of a dictionary with names as keys.
fn entries(dict: &str) -> Vec<(String, String)> {
    let module = python::parse(dict);
    let [ast::Stmt::Expr(statement)] = module.body() else { return Vec::new() };
    let ast::Expr::Dict(dict) = &*statement.value else { return Vec::new() };
    let pairs = dict.items.iter().filter_map(|item| match item.key.as_ref()? {
        ast::Expr::StringLiteral(key) => Some((key.value.to_str().to_owned(), text(&module, &item.value))),
        _ => None,
    });
    pairs.collect()
}

fn text(module: &python::Module, expression: &ast::Expr) -> String {
    use python::Ranged as _;
    module.text(python::span(expression.range())).to_owned()
}
