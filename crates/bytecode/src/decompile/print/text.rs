//! f-strings.

use super::expression::Precedence;
use super::{Printer, Prints};
use crate::literal::escape;
use crate::ops::Conversion;
use crate::version::Version;

use super::super::tree::{Expr, Piece};

impl Printer {
    /// Writes an f-string in quotes that do not occur in its expressions, as releases before 3.12 need it.
    pub(super) fn text(&mut self, pieces: &[Piece]) -> Prints {
        // Nested expressions are printed first, to see which quotes they have.
        let mut inner = Vec::new();
        self.values(pieces, &mut inner)?;
        let used = |quote: &str| inner.iter().any(|text: &String| text.contains(quote));
        let plain = |quote: char| {
            pieces.iter().any(|piece| matches!(piece, Piece::Literal(text) if text.contains(quote)))
        };
        let candidates = if plain('\'') && !plain('"') { ["\"", "'"] } else { ["'", "\""] };
        let candidates = candidates.into_iter().chain(["\"\"\"", "'''"]);
        let quotes = candidates.into_iter().find(|quotes| !used(quotes));
        let Some(quotes) = quotes.or((self.version >= Version::V312).then_some("'")) else {
            return Err("an f-string in it has all kinds of quotes");
        };
        if self.version < Version::V312 && inner.iter().any(|text| text.contains(['\\', '#', '\n'])) {
            return Err("an f-string in it has a backslash in an expression");
        }
        self.push("f")?;
        self.push(quotes)?;
        let mut values = inner.into_iter();
        self.pieces(pieces, quotes, &mut values)?;
        self.push(quotes)
    }

    /// Prints each value in an f-string and in its format specifications, in their order.
    fn values(&self, pieces: &[Piece], found: &mut Vec<String>) -> Prints {
        for piece in pieces {
            if let Piece::Value { value, spec, .. } = piece {
                let mut printer =
                    Printer { text: String::new(), indent: 0, depth: self.depth + 1, version: self.version };
                // `{lambda: 1}` and `{x := 1}` would be taken for a format.
                let needed = match &**value {
                    Expr::Lambda(_) => Precedence::Atom,
                    _ => Precedence::Test,
                };
                printer.expr(value, needed)?;
                found.push(printer.text);
                if let Some(spec) = spec {
                    self.values(spec, found)?;
                }
            }
        }
        Ok(())
    }

    fn pieces(&mut self, pieces: &[Piece], quotes: &str, values: &mut dyn Iterator<Item = String>) -> Prints {
        let quote = quotes.chars().next().unwrap_or('\'');
        for piece in pieces {
            match piece {
                Piece::Literal(text) => {
                    for character in text.chars() {
                        match character {
                            '{' => self.push("{{")?,
                            '}' => self.push("}}")?,
                            _ => escape(character.into(), quote, &mut self.text),
                        }
                    }
                }
                Piece::Value { conversion, spec, .. } => {
                    let value = values.next().unwrap_or_default();
                    // `{{` would be a brace.
                    self.push(if value.starts_with('{') { "{ " } else { "{" })?;
                    self.push(&value)?;
                    self.push(match conversion {
                        Conversion::None => "",
                        Conversion::Str => "!s",
                        Conversion::Repr => "!r",
                        Conversion::Ascii => "!a",
                    })?;
                    if let Some(spec) = spec {
                        self.push(":")?;
                        self.pieces(spec, quotes, values)?;
                    }
                    self.push("}")?;
                }
            }
        }
        Ok(())
    }
}
