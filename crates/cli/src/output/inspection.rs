//! What is in a model file, for people.

mod table;

use std::io::{self, Write};

use clap::builder::styling::{AnsiColor, Style};
use inspect::formats::{Format, Json, ModelFile};
use inspect::{Danger, Ending, Function, Inspection, Load, Python};

use super::severity_style;
use crate::terminal::Terminal;

const HEADING: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// Writes everything that is known of a file.
pub(crate) fn write(
    file: &str,
    inspection: &Inspection,
    python: Python,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let title = terminal.paint(HEADING, file);
    paragraph(terminal, &format!("{title}: "), "    ", &described(&inspection.model))?;
    verdict(inspection, terminal)?;
    table::layers(inspection, terminal)?;
    if let Some(line) = compiled(inspection) {
        writeln!(terminal)?;
        paragraph(terminal, "", "", &line)?;
    }
    for (index, function) in inspection.functions.iter().enumerate() {
        self::function(index, function, inspection, terminal)?;
    }
    let general: Vec<_> = inspection.checked.mistakes.iter().filter(|m| m.function.is_none()).collect();
    if !general.is_empty() {
        heading(terminal, "Mistakes in the model")?;
        for mistake in general {
            let at = mistake.layer.as_ref().map_or(String::new(), |layer| format!(" (layer '{layer}')"));
            finding(terminal, &mistake.diagnostic, &at)?;
        }
    }
    heading(terminal, &format!("Loading it with Python {python}"))?;
    let mut loads = inspection.loads.iter().peekable();
    while let Some(load) = loads.next() {
        // Both ways of a loader come to the same more often than not.
        let alike = |next: &&Load| {
            (&next.ending, &next.why) == (&load.ending, &load.why)
                && !load.loader.same_keras(next.loader).is_empty()
        };
        match loads.next_if(|next| alike(next)) {
            Some(next) => self::load(load.loader.same_keras(next.loader), load, terminal)?,
            None => self::load(load.loader.title(), load, terminal)?,
        }
    }
    writeln!(terminal)
}

fn described(model: &ModelFile) -> String {
    let kind = match model.format {
        Format::Keras => "a `.keras` archive",
        Format::KerasFolder => "an unpacked `.keras` archive",
        Format::Hdf5 => "a whole model in HDF5",
        Format::Weights => "weights in HDF5, without a model",
        Format::SavedModel => "a SavedModel",
        Format::Json => "a bare config",
        Format::Unknown => "not a model",
    };
    let mut text = kind.to_owned();
    if let Some(version) = &model.keras_version {
        text += &format!(" of Keras {version}");
    }
    if let Some(saved) = &model.saved {
        text += &format!(", saved {}", saved.replace('@', " "));
    }
    text
}

fn verdict(inspection: &Inspection, terminal: &mut Terminal) -> io::Result<()> {
    for damage in &inspection.damages {
        let title = terminal.paint(AnsiColor::BrightRed.on_default().bold(), "damaged");
        paragraph(terminal, &format!("{title}: "), "         ", damage)?;
    }
    let judgement = &inspection.judgement;
    let (style, title) = match judgement.danger {
        Danger::Dangerous => (AnsiColor::BrightRed.on_default().bold(), "dangerous"),
        Danger::Unknown => (AnsiColor::Yellow.on_default().bold(), "cannot be judged in full"),
        Danger::Harmless if inspection.functions.is_empty() => return Ok(()),
        Danger::Harmless => (AnsiColor::Green.on_default().bold(), "harmless"),
    };
    let title = terminal.paint(style, title);
    if judgement.reasons.is_empty() {
        // A function of which there is only the name can be anything by the time that the file is loaded.
        let reason = match inspection.functions.iter().any(|function| function.source.is_some()) {
            true => "its code reaches nothing outside of the computation",
            false => "it holds no code, only names of functions",
        };
        writeln!(terminal, "{title}: {reason}")?;
    }
    for (at, reason) in judgement.reasons.iter().enumerate() {
        let begin = if at == 0 { format!("{title}: ") } else { "    and: ".to_owned() };
        paragraph(terminal, &begin, "    ", reason)?;
    }
    for (id, at) in &inspection.advisories {
        writeln!(terminal, "    {id}, by {at}")?;
    }
    Ok(())
}

fn heading(terminal: &mut Terminal, text: &str) -> io::Result<()> {
    let text = terminal.paint(HEADING, text);
    writeln!(terminal, "\n{text}")
}

/// Writes a text after a beginning, broken into lines that fit; those after the first are indented.
fn paragraph(terminal: &mut Terminal, begin: &str, indent: &str, text: &str) -> io::Result<()> {
    let width = terminal.width();
    let mut line = begin.to_owned();
    let mut used = visible(begin);
    let mut fresh = true;
    for word in text.split_whitespace() {
        // Bytecode in a message: ['4wEAAAAA...'].
        let word = super::table::cut(word, width.saturating_sub(indent.chars().count()));
        let length = word.chars().count();
        if !fresh && used + 1 + length > width {
            writeln!(terminal, "{line}")?;
            line = format!("{indent}{word}");
            used = indent.chars().count() + length;
        } else {
            let space = usize::from(!fresh);
            line.push_str(if fresh { "" } else { " " });
            line.push_str(&word);
            used += space + length;
        }
        fresh = false;
    }
    writeln!(terminal, "{line}")
}

/// The columns that a text takes, without its colours.
fn visible(text: &str) -> usize {
    let mut count = 0;
    let mut escape = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => escape = true,
            'm' if escape => escape = false,
            _ if escape => {}
            _ => count += 1,
        }
    }
    count
}

fn compiled(inspection: &Inspection) -> Option<String> {
    let compile = inspection.model.compile.as_ref().filter(|c| !c.pairs().is_empty())?;
    let part = |key: &str| compile.get(key).filter(|value| !value.is_null()).map(named);
    let mut text = "Compiled with ".to_owned();
    let optimizer = inspection.optimizer.as_ref().map_or("no optimizer".to_owned(), named);
    text += &optimizer;
    if let Some(loss) = part("loss") {
        text += &format!(", loss {loss}");
    }
    if let Some(metrics) = part("metrics").filter(|metrics| !matches!(metrics.as_str(), "" | "none")) {
        text += &format!(", metrics {metrics}");
    }
    Some(text + ".")
}

/// A loss, metric or optimizer in a few words: its name or class.
fn named(value: &Json) -> String {
    match value {
        Json::Str(text) => text.clone(),
        Json::List(items) if items.is_empty() => "none".to_owned(),
        Json::List(items) => items.iter().map(named).collect::<Vec<_>>().join(", "),
        Json::Dict(pairs) => match (value.text("class_name"), value.get("config")) {
            (Some("function"), Some(name)) => named(name),
            (Some("__lambda__"), _) => "a lambda".to_owned(),
            (Some(class), Some(config)) => match config.get("learning_rate") {
                Some(Json::Number(rate)) => format!("{class} (learning rate {rate})"),
                _ => class.to_owned(),
            },
            _ => pairs.iter().map(|(k, v)| format!("{k}: {}", named(v))).collect::<Vec<_>>().join(", "),
        },
        other => other.to_string(),
    }
}

fn function(
    index: usize,
    function: &Function,
    inspection: &Inspection,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let stored = &function.stored;
    let place = terminal.paint(HEADING, &format!("{} of '{}'", stored.slot, stored.place));
    let python: Vec<String> = function.versions.iter().map(|v| v.to_string()).collect();
    let written = match python.as_slice() {
        [] => String::new(),
        [only] => format!(", bytecode of Python {only}"),
        [first, .., last] => format!(", bytecode of Python {first} to {last}"),
    };
    let danger = match function.judgement.danger {
        Danger::Dangerous => terminal.paint(AnsiColor::BrightRed.on_default().bold(), "dangerous"),
        Danger::Unknown => terminal.paint(AnsiColor::Yellow.on_default(), "unknown"),
        Danger::Harmless => terminal.paint(AnsiColor::Green.on_default(), "harmless"),
    };
    writeln!(terminal, "\n{place}{written}: {danger}")?;
    if let Some(damage) = &function.damage {
        return paragraph(terminal, "    ", "    ", damage);
    }
    match &function.source {
        Some(source) => {
            for line in source.trim_end().lines() {
                writeln!(terminal, "    {line}")?;
            }
        }
        None => paragraph(
            terminal,
            "    ",
            "    ",
            &format!("the file holds only its name: `{}`", function.name),
        )?,
    }
    let mut note = |label: &str, text: &str| {
        let begin = terminal.paint(FAINT, &format!("    {label} "));
        paragraph(terminal, &begin, "        ", text)
    };
    for reason in &function.judgement.reasons {
        note("why:", reason)?;
    }
    if !function.globals.is_empty() {
        note("needs:", &function.globals.join(", "))?;
    }
    if !function.closure.is_empty() {
        let values = function
            .closure
            .iter()
            .map(|(name, value)| format!("{name} = {}", value.as_deref().unwrap_or("(not in the file)")));
        note("with:", &values.collect::<Vec<_>>().join(", "))?;
    }
    if !function.keyword_only.is_empty() {
        let names = function.keyword_only.join(", ");
        note("note:", &format!("if {names} had defaults, they were lost when it was saved"))?;
    }
    for mistake in inspection.checked.mistakes.iter().filter(|m| m.function == Some(index)) {
        finding(terminal, &mistake.diagnostic, "")?;
    }
    Ok(())
}

fn finding(terminal: &mut Terminal, found: &checker::Diagnostic, at: &str) -> io::Result<()> {
    let title =
        terminal.paint(severity_style(found.severity), &format!("{}[{}]", found.severity, found.rule));
    paragraph(terminal, &format!("    {title}: "), "        ", &format!("{}{at}", found.message))?;
    for help in &found.help {
        paragraph(terminal, "        help: ", "              ", help)?;
    }
    Ok(())
}

/// The columns of the loaders' names.
const LOADER: usize = 27;

fn load(title: &str, load: &Load, terminal: &mut Terminal) -> io::Result<()> {
    let name = format!("  {title:LOADER$}");
    let indent = " ".repeat(LOADER + 2);
    match &load.ending {
        Ending::Loads => {
            let done = terminal.paint(AnsiColor::Green.on_default(), "loads");
            let runs = if load.runs_code { ", with the code that is in it" } else { "" };
            let why = if load.why.is_empty() { String::new() } else { format!(" ({})", load.why) };
            paragraph(terminal, &format!("{name}{done}"), &indent, &format!("{runs}{why}"))?;
        }
        Ending::Raises { exception, message } => {
            let exception = terminal.paint(AnsiColor::BrightRed.on_default(), exception);
            let first = message.split(". ").next().unwrap_or(message);
            let text = if first.is_empty() { String::new() } else { format!(": {first}") };
            paragraph(terminal, &format!("{name}{exception}"), &indent, &text)?;
            paragraph(terminal, &format!("{indent}since "), &indent, &load.why)?;
        }
        Ending::Unknown => {
            let title = terminal.paint(AnsiColor::Yellow.on_default(), "cannot be told");
            paragraph(terminal, &format!("{name}{title}"), &indent, &format!(": {}", load.why))?;
        }
    }
    for help in &load.help {
        paragraph(terminal, &format!("{indent}help: "), &format!("{indent}      "), help)?;
    }
    Ok(())
}
