//! `model.summary()`.
//!
//! source: keras/src/utils/summary_utils.py, tf_keras/src/utils/layer_utils.py

mod plain;
mod rich;
mod rows;

use graph::VariableId;
use ops::{Exc, Keras, Mistake, Violation};
use tensor::TensorSpec;

pub use rows::{Entry, Row};

use self::rich::{Column, Justify, Paper, Piece};
use crate::framework::binding::Given;
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::record::Phase;
use crate::value::{Args, Value};
use crate::world::Stream;

/// How deep nested models are opened.
const DEPTH: usize = 50;

/// `model.summary(...)`.
pub(super) fn summary(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.phased(Phase::Summary, |interp| {
        let given = interp.bind_method_args("keras.Model.summary", Value::Instance(id), &args)?;
        // A layer that adapted to what is not known tells a `Sequential` a shape that is not known.
        let adapted = |layer: &ObjId| interp.has_adapted(*layer);
        let lost = interp.layer(id).is_some_and(|s| s.lost.is_some() || s.sublayers.first().is_some_and(adapted));
        let built = lost || interp.layer(id).is_some_and(|s| s.built);
        if !built && interp.keras == Keras::Two {
            let text = "This model has not yet been built. Build the model first by calling `build()` or by calling \
                        the model on a batch of data.";
            let violation =
                Violation { class: Exc::ValueError, core: text.to_owned(), mistake: Mistake::NotBuilt };
            return Err(interp.raise_violation(violation, "summary".into(), Vec::new()));
        }
        if interp.carries_out() {
            if !interp.follows_weights(id) {
                interp.needs(&Value::None, "the summary of a model that is not followed")?;
            }
            interp.write_summary(id, &given)?;
        }
        Ok(Value::None)
    })
}

/// What is asked of a summary.
struct Wanted {
    length: Option<usize>,
    places: Option<Vec<f64>>,
    nested: bool,
    trainable: bool,
}

/// One line of the table, at its depth in nested models.
struct Shown {
    row: Row,
    outputs: String,
    level: usize,
    /// Whether it is the last one in a nested model.
    last: bool,
    /// Whether layers of its own follow.
    opened: bool,
}

impl Interp<'_> {
    fn write_summary(&mut self, model: ObjId, given: &Given) -> Eval<()> {
        let range = given.get("layer_range");
        if !range.is_none() {
            return self.needs(&range, "the summary of some of a model's layers");
        }
        let places = match given.get("positions") {
            Value::None => None,
            positions => {
                let (items, _) = self.iterate(&positions, 16)?;
                items.iter().map(|item| self.number_of(item)).collect::<Option<Vec<f64>>>()
            }
        };
        let wanted = Wanted {
            length: given.int("line_length").and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0),
            places,
            nested: self.truth(&given.get("expand_nested"))? == Some(true),
            trainable: self.truth(&given.get("show_trainable"))? == Some(true),
        };
        let mut shown = Vec::new();
        let entries = self.entries_of(model);
        self.show_entries(model, &entries, 0, wanted.nested, &mut shown)?;
        let print = given.get("print_fn");
        let lines = match self.keras {
            Keras::Three => vec![self.rich_summary(model, &wanted, &shown, print.is_none())?],
            Keras::Two => self.plain_summary(model, &wanted, &shown),
        };
        for line in lines {
            if print.is_none() {
                let end = if self.keras == Keras::Two { "\n" } else { "" };
                self.write_out(Stream::Output, &format!("{line}{end}"));
            } else {
                self.call(&print, Args::of([Value::Str(line.into())]))?;
            }
        }
        Ok(())
    }

    fn number_of(&self, value: &Value) -> Option<f64> {
        match self.plain_scalar(value) {
            Value::Float(x) => Some(x),
            other => other.as_int().map(|n| n as f64),
        }
    }

    /// Lists layers, each before those within it.
    fn show_entries(
        &mut self,
        model: ObjId,
        entries: &[Entry],
        level: usize,
        nested: bool,
        shown: &mut Vec<Shown>,
    ) -> Eval<()> {
        for (at, entry) in entries.iter().enumerate() {
            let Some(row) = self.row_of(model, *entry) else { continue };
            let outputs = self.shown_outputs(&row)?;
            let inner = match entry {
                Entry::Layer(id) if nested && level < DEPTH => self.entries_of(*id),
                Entry::Layer(_) | Entry::Operation(_) => Vec::new(),
            };
            let last = level > 0 && at + 1 == entries.len();
            shown.push(Shown { row, outputs, level, last, opened: !inner.is_empty() });
            self.show_entries(model, &inner, level + 1, nested, shown)?;
        }
        Ok(())
    }

    /// Tells whether each layer of a model has one input, the layer before it.
    fn is_straight(&self, model: ObjId) -> bool {
        let graph = self.model(model).filter(|m| m.sequential.is_none()).and_then(|m| m.graph.as_ref());
        let Some(outputs) = graph.and_then(|graph| graph.outputs.as_ref()) else { return true };
        let inputs = graph.map(|graph| graph.inputs.clone()).unwrap_or_default();
        self.order_graph(&inputs, &self.flat_tensors(outputs)).straight
    }

    fn trains_entry(&self, entry: Entry) -> (bool, bool) {
        match entry {
            Entry::Layer(id) => {
                let (trainable, rest) = self.weights_of(id);
                let weights = !trainable.is_empty() || !rest.is_empty();
                (weights, self.layer(id).is_some_and(|state| state.trainable))
            }
            Entry::Operation(_) => (false, true),
        }
    }

    fn is_built(&self, entry: Entry) -> bool {
        match entry {
            Entry::Layer(id) => {
                self.layer(id).is_some_and(|state| state.built) || self.input_of(id).is_some()
            }
            Entry::Operation(_) => true,
        }
    }

    fn rich_summary(
        &mut self,
        model: ObjId,
        wanted: &Wanted,
        shown: &[Shown],
        printed: bool,
    ) -> Eval<String> {
        let screen = self.world.map(|world| world.screen()).unwrap_or_default();
        let paper = Paper { columns: screen.columns, inks: screen.colors && printed };
        let straight = self.is_straight(model);
        let (mut length, mut places): (usize, Vec<f64>) = match straight {
            true => (88, vec![0.45, 0.80, 1.0]),
            false => (108, vec![0.3, 0.56, 0.74, 1.0]),
        };
        places = wanted.places.clone().unwrap_or(places);
        let mut titles = vec![
            ("Layer (type)", Justify::Left),
            ("Output Shape", Justify::Left),
            ("Param #", Justify::Right),
        ];
        if !straight {
            titles.push(("Connected to", Justify::Left));
        }
        if wanted.trainable {
            length += 12;
            places = places.into_iter().map(|place| place * 0.90).chain([1.0]).collect();
            titles.push(("Trainable", Justify::Center));
        }
        let length = wanted.length.unwrap_or(length.min(screen.columns.saturating_sub(4)));
        let mut columns = Vec::new();
        let mut used = 0;
        for ((title, justify), place) in titles.into_iter().zip(&places) {
            let width = ((place * length as f64) as usize).saturating_sub(used);
            if width < 4 {
                return Err(self.raise(Exc::ValueError, "Insufficient console width to print summary."));
            }
            used += width;
            columns.push(Column { title, justify, width });
        }
        let rows: Vec<Vec<Vec<Piece>>> =
            shown.iter().map(|row| self.rich_row(row, straight, wanted.trainable)).collect();
        let name = self.layer(model).map(|state| state.name.clone()).unwrap_or_default();
        let mut out = rich::text(&[Piece::bold(format!("Model: \"{name}\""), None)], paper);
        out += &rich::table(&columns, &rows, length, paper);
        let (trained, rest) = self.weights_of(model);
        let optimizer = self.optimizer_weights(model);
        let sizes = [self.sizes(&trained), self.sizes(&rest), optimizer.unwrap_or_default()];
        let all = sizes.iter().fold((0, 0), |(n, bytes), (more, size)| (n + more, bytes + size));
        let mut sums = vec![("Total", all), ("Trainable", sizes[0]), ("Non-trainable", sizes[1])];
        sums.extend(optimizer.map(|size| ("Optimizer", size)));
        for (what, (count, bytes)) in sums {
            let pieces = [
                Piece::bold(format!(" {what} params: "), None),
                Piece::colored(thousands(count), NUMBER),
                Piece::plain(format!(" ({})", readable(bytes, "B"))),
            ];
            out += &rich::text(&pieces, paper);
        }
        Ok(out)
    }

    fn rich_row(&self, shown: &Shown, straight: bool, trainable: bool) -> Vec<Vec<Piece>> {
        let Shown { row, outputs, level, .. } = shown;
        let prefix = if *level > 0 { format!("{}└ ", "   ".repeat(*level)) } else { String::new() };
        let built = self.is_built(row.entry);
        let count = if built { row.parameters.unwrap_or(0) } else { 0 };
        let mut parameters = vec![Piece::colored(thousands(count), NUMBER)];
        if !built {
            parameters.push(Piece::plain(" (unbuilt)"));
        }
        let mut cells = vec![
            vec![
                Piece::plain(format!("{prefix}{} (", row.name)),
                Piece::colored(&*row.class, SYMBOL),
                Piece::plain(")"),
            ],
            colored_shape(outputs),
            parameters,
        ];
        if !straight {
            cells.push(connections(&row.connected_to));
        }
        if trainable {
            let mark = match self.trains_entry(row.entry) {
                (true, true) => Piece::bold("Y", Some(NUMBER)),
                (true, false) => Piece::bold("N", Some(9)),
                (false, _) => Piece::bold("-", None),
            };
            cells.push(vec![mark]);
        }
        cells
    }

    fn plain_summary(&self, model: ObjId, wanted: &Wanted, shown: &[Shown]) -> Vec<String> {
        let straight = self.is_straight(model);
        let (default, places): (usize, &[f64]) = match straight {
            true => (65, &[0.45, 0.85, 1.0]),
            false => (98, &[0.3, 0.6, 0.70, 1.0]),
        };
        let mut length = wanted.length.unwrap_or(default);
        let places = wanted.places.as_deref().unwrap_or(places);
        let relative = places.last().is_none_or(|last| *last <= 1.0);
        let whole = |place: &f64| if relative { (length as f64 * place) as usize } else { *place as usize };
        let mut places: Vec<usize> = places.iter().map(whole).collect();
        let mut titles = vec!["Layer (type)", "Output Shape", "Param #"];
        if !straight {
            titles.push("Connected to");
        }
        if wanted.trainable {
            length += 11;
            places.push(length);
            titles.push("Trainable");
        }
        places.truncate(titles.len());
        let name = self.layer(model).map(|state| state.name.clone()).unwrap_or_default();
        let titles: Vec<String> = titles.into_iter().take(places.len()).map(str::to_owned).collect();
        let mut lines = vec![format!("Model: \"{name}\""), "_".repeat(length)];
        lines.extend(plain::row(&titles, &places, 0));
        lines.push("=".repeat(length));
        // So many nested models are open.
        let mut open = 0;
        for row in shown {
            close(&mut open, row.level, length, &mut lines);
            let mut fields = self.plain_fields(row, straight, wanted.trainable);
            fields.truncate(places.len());
            lines.extend(plain::row(&fields, &places, row.level));
            if row.opened {
                lines.push(plain::lid(length, row.level + 1));
                open += 1;
            } else if !row.last {
                lines.push(plain::gap(length, row.level));
            }
        }
        close(&mut open, 0, length, &mut lines);
        lines.push("=".repeat(length));
        let (trained, rest) = self.weights_of(model);
        let sizes = [self.sizes(&trained), self.sizes(&rest)];
        let all = (sizes[0].0 + sizes[1].0, sizes[0].1 + sizes[1].1);
        for (what, (count, bytes)) in [("Total", all), ("Trainable", sizes[0]), ("Non-trainable", sizes[1])] {
            lines.push(format!("{what} params: {count} ({})", readable(bytes, "Byte")));
        }
        lines.push("_".repeat(length));
        lines
    }

    fn plain_fields(&self, shown: &Shown, straight: bool, trainable: bool) -> Vec<String> {
        let row = &shown.row;
        let parameters = match self.is_built(row.entry) {
            true => row.parameters.unwrap_or(0).to_string(),
            false => "0 (unused)".to_owned(),
        };
        let mut fields = vec![format!("{} ({})", row.name, row.class), shown.outputs.clone(), parameters];
        if !straight {
            let quoted: Vec<String> = row.connected_to.iter().map(|place| format!("'{place}'")).collect();
            fields.push(format!("[{}]", quoted.join(", ")));
        }
        if trainable {
            let (_, trains) = self.trains_entry(row.entry);
            fields.push(if trains { "Y" } else { "N" }.to_owned());
        }
        fields
    }

    /// How many numbers variables have, and their bytes.
    fn sizes(&self, variables: &[VariableId]) -> (i64, i64) {
        sizes(variables.iter().map(|variable| &self.trace.variable(*variable).spec))
    }

    /// The numbers and bytes of the optimizer that a model was compiled with, once it has variables.
    fn optimizer_weights(&self, model: ObjId) -> Option<(i64, i64)> {
        let Value::Instance(optimizer) = self.compiled(model)?.optimizer else { return None };
        let slots = self.slots_of(&super::training::Owner::Object(optimizer));
        if slots.is_empty() {
            return None;
        }
        let (count, bytes) = sizes(slots.iter().map(|node| &self.trace.node(*node).spec));
        // A learning rate that no schedule gives is a variable too.
        let rate = self.config(optimizer).is_some_and(|state| state.schedule.is_none());
        Some(if rate { (count + 1, bytes + 4) } else { (count, bytes) })
    }
}

/// Rich's colors of numbers, of `None`, and of classes.
const NUMBER: u8 = 34;
const MISSING: u8 = 45;
const SYMBOL: u8 = 33;

fn sizes<'s>(specs: impl Iterator<Item = &'s TensorSpec>) -> (i64, i64) {
    specs.fold((0, 0), |(numbers, bytes), spec| {
        let count = spec.shape.size().known().unwrap_or(0);
        let size = spec.dtype.and_then(tensor::DType::size).map_or(4, i64::from);
        (numbers + count, bytes + count * size)
    })
}

/// Closes the nested models that are deeper than a level.
fn close(open: &mut usize, level: usize, length: usize, lines: &mut Vec<String>) {
    while *open > level {
        *open -= 1;
        lines.push(plain::lid(length, *open));
    }
}

/// A shape with its numbers in color.
fn colored_shape(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let word = |c: char| c.is_ascii_alphanumeric();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| word(c) != word(first)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        pieces.push(match part {
            "None" => Piece::colored(part, MISSING),
            _ if part.chars().all(|c| c.is_ascii_digit()) => Piece::colored(part, NUMBER),
            _ => Piece::plain(part),
        });
        rest = after;
    }
    pieces
}

/// Where inputs come from, with the numbers in color.
fn connections(places: &[String]) -> Vec<Piece> {
    if places.is_empty() {
        return vec![Piece::plain("-")];
    }
    let mut pieces = Vec::new();
    for (at, place) in places.iter().enumerate() {
        if at > 0 {
            pieces.push(Piece::plain(", "));
        }
        let (name, numbers) = place.find('[').map_or((place.as_str(), ""), |cut| place.split_at(cut));
        pieces.push(Piece::plain(name));
        pieces.extend(colored_shape(numbers));
    }
    pieces
}

/// Writes a number with commas between its thousands: `1,234,567`.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = if number < 0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of bytes in the unit that suits it.
fn readable(bytes: i64, unit: &str) -> String {
    let mut size = bytes as f64;
    for unit in [unit, "KB", "MB", "GB", "TB"] {
        if size / 1024.0 < 1.0 {
            return format!("{size:.2} {unit}");
        }
        size /= 1024.0;
    }
    format!("{size:.2} PB")
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn groups_digits() {
        assert_eq!([0, 999, 1000, -1_234_567].map(thousands), ["0", "999", "1,000", "-1,234,567"]);
    }
}
