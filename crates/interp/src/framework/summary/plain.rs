//! Tables as Keras 2 prints them: columns at fixed places, long fields on several lines.
//!
//! source: tf_keras/src/utils/layer_utils.py: `print_summary`

/// What a field may be broken after, so that tuples stay whole.
const ENDS: &[&str] = &["),", "},", "],", "',"];

/// Lays fields out in lines, each field ending before its column's place; `level` is how deep the layer is nested.
pub(super) fn row(fields: &[String], places: &[usize], level: usize) -> Vec<String> {
    let mut left: Vec<Vec<char>> = fields.iter().map(|field| field.chars().collect()).collect();
    let mut lines = Vec::new();
    while left.iter().any(|field| !field.is_empty()) {
        let mut line = String::new();
        let mut length = 0;
        for (at, field) in left.iter_mut().enumerate() {
            let start = if at > 0 { places[at - 1] } else { 0 };
            let last = at + 1 == places.len();
            let space = if last { 0 } else { 2 };
            let mut room = places[at].saturating_sub(start).saturating_sub(space);
            if !last {
                room = room.saturating_sub(1);
            }
            if at == 0 {
                room = room.saturating_sub(level);
            }
            // A column without room would never end.
            let taken = cut(field, room.max(1));
            if at == 0 {
                line.push_str(&"|".repeat(level));
                line.push(' ');
                length += level + 1;
            }
            length += taken.len() + space;
            line.extend(taken);
            line.push_str(&" ".repeat(space));
            let inset = if level > 0 && last { level } else { 0 };
            let padding = places[at].saturating_sub(length).saturating_sub(inset);
            line.push_str(&" ".repeat(padding));
            length += padding;
        }
        line.push_str(&"|".repeat(level));
        lines.push(line);
    }
    lines
}

/// Takes what fits off a field.
fn cut(field: &mut Vec<char>, room: usize) -> Vec<char> {
    let room = room.min(field.len());
    let fitting: String = field[..room].iter().collect();
    let ends = ENDS.iter().filter_map(|end| {
        let at = fitting.find(end)?;
        Some(fitting[..at].chars().count() + end.len())
    });
    let room = ends.min().unwrap_or(room);
    field.drain(..room).collect()
}

/// The line above and below the layers of a nested model.
pub(super) fn lid(length: usize, level: usize) -> String {
    framed('¯', length, level)
}

/// The empty line between layers.
pub(super) fn gap(length: usize, level: usize) -> String {
    framed(' ', length, level)
}

fn framed(fill: char, length: usize, level: usize) -> String {
    let sides = "|".repeat(level);
    format!("{sides}{}{sides}", fill.to_string().repeat(length.saturating_sub(2 * level)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_fields_go_on_in_the_next_line() {
        let fields = ["lstm_with_a_long_name (LSTM)", "[(None, 32), (None, 32)]", "20608"].map(str::to_owned);
        let lines = row(&fields, &[20, 38, 45], 0);
        assert_eq!(
            lines,
            [
                " lstm_with_a_long_  [(None, 32),      20608  ",
                " name (LSTM)         (None, 32)]             "
            ]
        );
    }

    #[test]
    fn nested_rows_have_walls() {
        let lines = row(&["in_a (Dense)", "(None, 3)", "15"].map(str::to_owned), &[29, 55, 65], 2);
        assert_eq!(lines, ["|| in_a (Dense)              (None, 3)                 15      ||"]);
        assert_eq!(lid(10, 1), "|¯¯¯¯¯¯¯¯|");
    }
}
