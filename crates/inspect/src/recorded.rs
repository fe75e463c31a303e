//! What was recorded of Keras: see `data/README.md`.

use checker::Keras;

/// A row for each public function of Keras 3: its path, the names of its module that it needs.
const FUNCTIONS: &str = include_str!("../data/keras_functions.tsv");
/// A row for each layer that takes keywords beside those of its signature and of every layer.
const KEYWORDS_2: &str = include_str!("../data/keywords_keras2.tsv");
/// The same of Keras 3.
const KEYWORDS_3: &str = include_str!("../data/keywords_keras3.tsv");

/// Returns the names of its own module that a public function of Keras 3 needs: `keras.ops.square` needs `Square`.
pub(crate) fn needs(path: &str) -> Option<impl Iterator<Item = &'static str> + use<>> {
    Some(row(FUNCTIONS, path)?.split(' ').filter(|name| !name.is_empty()))
}

/// Tells whether a layer takes a keyword that is not in its signature; `every` has those that the base class takes.
pub(crate) fn takes_keyword(keras: Keras, class: &str, keyword: &str, every: &[&str]) -> bool {
    let table = match keras {
        Keras::Two => KEYWORDS_2,
        Keras::Three => KEYWORDS_3,
    };
    let Some((open, more)) = row(table, class).and_then(|row| row.split_once('\t')) else {
        return every.contains(&keyword);
    };
    more.split(' ').any(|name| name == keyword) || open == "yes" && every.contains(&keyword)
}

/// The cells after the first of a row.
fn row(table: &'static str, key: &str) -> Option<&'static str> {
    table.lines().skip(1).find_map(|row| row.strip_prefix(key)?.strip_prefix('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_recorded() {
        let square: Option<Vec<_>> = needs("keras.ops.square").map(Iterator::collect);
        assert_eq!(square, Some(vec!["Square", "any_symbolic_tensors", "backend"]));
        assert!(needs("keras.ops.squared").is_none());
        for keras in [Keras::Two, Keras::Three] {
            assert!(takes_keyword(keras, "LSTM", "zero_output_for_mask", &[]));
            assert!(!takes_keyword(keras, "Dense", "zero_output_for_mask", &["name"]));
        }
        assert!(!takes_keyword(Keras::Three, "SpatialDropout2D", "input_dim", &["input_dim"]));
    }
}
