//! The table of a model's layers.

use std::io::{self, Write};

use checker::thousands;
use inspect::{Inspection, Layer};

use crate::output::table;
use crate::terminal::Terminal;

/// Writes the table; nothing for a file without layers.
pub(super) fn layers(inspection: &Inspection, terminal: &mut Terminal) -> io::Result<()> {
    let layers = &inspection.checked.layers;
    if layers.is_empty() {
        return Ok(());
    }
    let rows: Vec<[String; 5]> = layers.iter().map(row).collect();
    writeln!(terminal)?;
    table::write(["Layer", "Class", "Output", "Parameters", "Weights in the file"], &rows, terminal)?;
    let known: Option<i64> = layers.iter().map(parameters).sum();
    if let Some(total) = known {
        writeln!(terminal, "  {} parameters in all", thousands(total))?;
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
    let parameters = parameters(layer).map_or("?".to_owned(), thousands);
    let output = layer.output.clone().unwrap_or_else(|| "?".to_owned());
    [layer.name.clone(), layer.class.clone(), output, parameters, weights(layer)]
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
