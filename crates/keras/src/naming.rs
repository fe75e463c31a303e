//! Names of layers and models: automatic ones, and names that stand twice.

use ops::{Exc, Keras, Mistake, Violation};

/// Turns a class's name into snake case, as both profiles do: `Conv2D` gives `conv2d`.
///
/// source: keras/src/utils/naming.py, `to_snake_case`
pub fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(i + 1).copied();
        // `(.)([A-Z][a-z]+)` and `([a-z])([A-Z])` get an underscore between.
        let starts_word = c.is_ascii_uppercase() && after.is_some_and(|a| a.is_ascii_lowercase());
        let follows_lower = c.is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase());
        if before.is_some() && (starts_word || follows_lower) {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Says that several layers of a functional model have one name.
///
/// source: keras/src/models/functional.py, tf_keras/src/engine/functional.py, `_map_graph_network`
pub fn duplicate_name(keras: Keras, name: &str, times: usize) -> Violation {
    let what = if keras == Keras::Two { "layer" } else { "operation" };
    let core =
        format!("The name \"{name}\" is used {times} times in the model. All {what} names should be unique.");
    Violation { class: Exc::ValueError, core, mistake: Mistake::DuplicateName { name: name.to_owned() } }
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn follows_keras() {
        let names = [
            "Dense",
            "Conv2D",
            "LSTM",
            "GlobalAveragePooling2D",
            "TFOpLambda",
            "MLPBlock",
            "VAE",
            "ReLU",
            "SEBlock",
        ];
        let snake: Vec<String> = names.iter().map(|n| snake_case(n)).collect();
        let expected = [
            "dense",
            "conv2d",
            "lstm",
            "global_average_pooling2d",
            "tf_op_lambda",
            "mlp_block",
            "vae",
            "re_lu",
            "se_block",
        ];
        assert_eq!(snake, expected);
    }
}
