//! The table of a model's layers.

use std::io::{self, Write};

use inspect::{Inspection, Layer};

use super::HEADING;
use crate::terminal::Terminal;

const TITLES: [&str; 5] = ["Layer", "Class", "Output", "Parameters", "Weights in the file"];
/// The widest that a cell may be.
const WIDEST: usize = 40;

/// Writes the table; nothing for a file without layers.
pub(super) fn layers(inspection: &Inspection, terminal: &mut Terminal) -> io::Result<()> {
    let layers = &inspection.checked.layers;
    if layers.is_empty() {
        return Ok(());
    }
    let rows: Vec<[String; 5]> = layers.iter().map(row).collect();
    let width = |at: usize| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.chain([TITLES[at].len()]).max().unwrap_or(0).min(WIDEST)
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |cells: [&str; 5]| {
        let [name, class, output, parameters, weights] = cells;
        let [a, b, c, d, _] = widths;
        let text = format!("  {name:a$}  {class:b$}  {output:c$}  {parameters:>d$}  {weights}");
        text.trim_end().to_owned()
    };
    let titles = terminal.paint(HEADING, &line(TITLES));
    writeln!(terminal, "\n{titles}")?;
    for row in &rows {
        writeln!(terminal, "{}", line(std::array::from_fn(|at| row[at].as_str())))?;
    }
    let known: Option<i64> = layers.iter().map(parameters).sum();
    if let Some(total) = known {
        writeln!(terminal, "  {} parameters in all", grouped(total))?;
    }
    if let Some(obstacle) = &inspection.checked.obstacle {
        super::paragraph(terminal, "  not followed to its end: ", "    ", obstacle)?;
    }
    Ok(())
}

fn parameters(layer: &Layer) -> Option<i64> {
    if layer.class == "InputLayer" { Some(0) } else { layer.parameters }
}

fn row(layer: &Layer) -> [String; 5] {
    let parameters = parameters(layer).map_or("?".to_owned(), grouped);
    let output = layer.output.clone().unwrap_or_else(|| "?".to_owned());
    [shortened(&layer.name), shortened(&layer.class), shortened(&output), parameters, weights(layer)]
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

fn weights(layer: &Layer) -> String {
    let shown = |shapes: &[Vec<u64>]| {
        let shape = |sizes: &Vec<u64>| {
            let sizes: Vec<String> = sizes.iter().map(u64::to_string).collect();
            format!("[{}]", sizes.join(", "))
        };
        shapes.iter().map(shape).collect::<Vec<_>>().join(" ")
    };
    match (&layer.stored, layer.fits()) {
        (None, _) => String::new(),
        (Some(stored), Some(false)) => {
            let found = if stored.is_empty() { "none".to_owned() } else { shown(stored) };
            format!("{found}, but the config has {}", layer.expected.as_deref().map_or(String::new(), shown))
        }
        (Some(stored), _) => shown(stored),
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
