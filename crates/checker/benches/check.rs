//! How long parsing, interpreting and a whole check take: `cargo bench --bench check`.

use checker::{Input, Keras, Settings, check_source, predict};
use divan::Bencher;

/// A short script with a model, a `Lambda` and a `fit`.
const SCRIPT: &str = include_str!("../../../examples/weighted_sum.py");
/// How many layers the long scripts have.
const LAYERS: &[usize] = &[100, 200, 1000];
/// How often the loops go round: the time is to grow as they do.
const ROUNDS: &[usize] = &[100, 1000, 10_000];

fn main() {
    divan::main();
}

/// Writes a functional model of so many layers, a line each.
fn long_script(layers: usize) -> String {
    let mut source = "import keras\nfrom keras import layers\n\nx = inputs = keras.Input((32,))\n".to_owned();
    for layer in 0..layers {
        source += &match layer % 4 {
            0 => format!("x = layers.Dense({}, activation=\"relu\")(x)\n", 32 + layer % 7),
            1 => "x = layers.Dropout(0.1)(x)\n".to_owned(),
            2 => "x = layers.LayerNormalization()(x)\n".to_owned(),
            _ => "x = layers.Lambda(lambda t: t * 2.0 + 1.0)(x)\n".to_owned(),
        };
    }
    source + "model = keras.Model(inputs, x)\nmodel.compile(optimizer=\"adam\", loss=\"mse\")\n"
}

#[divan::bench]
fn parse_short(bencher: Bencher<'_, '_>) {
    bencher.bench(|| python::parse(divan::black_box(SCRIPT)));
}

#[divan::bench(args = LAYERS)]
fn parse_long(bencher: Bencher<'_, '_>, layers: usize) {
    let source = long_script(layers);
    bencher.bench(|| python::parse(divan::black_box(&source)));
}

#[divan::bench(args = [Keras::Two, Keras::Three])]
fn interpret_short(bencher: Bencher<'_, '_>, keras: Keras) {
    bencher.bench(|| predict(Input::alone("script.py", divan::black_box(SCRIPT)), keras));
}

#[divan::bench(args = LAYERS)]
fn interpret_long(bencher: Bencher<'_, '_>, layers: usize) {
    let source = long_script(layers);
    bencher.bench(|| predict(Input::alone("script.py", divan::black_box(&source)), Keras::Three));
}

/// Makes a functional model in a loop, of so many layers in a row, and calls the rest of what a script does with one.
fn loop_script(rounds: usize) -> String {
    format!(
        "import keras\nfrom keras import layers\n\nx = inputs = keras.Input((32,))\nfor _ in range({rounds}):\n    \
         x = layers.Dense(32, activation=\"relu\")(x)\nmodel = keras.Model(inputs, x)\n\
         model.compile(optimizer=\"adam\", loss=\"mse\")\n"
    )
}

#[divan::bench(args = ROUNDS, sample_count = 5)]
fn layers_in_a_loop(bencher: Bencher<'_, '_>, rounds: usize) {
    let source = loop_script(rounds);
    bencher.bench(|| predict(Input::alone("script.py", divan::black_box(&source)), Keras::Three));
}

/// Reads a list item by item.
#[divan::bench(args = ROUNDS, sample_count = 5)]
fn items_of_a_list(bencher: Bencher<'_, '_>, rounds: usize) {
    let source =
        format!("items = list(range({rounds}))\nfor i in range({rounds}):\n    items[i] = items[-1]\n");
    bencher.bench(|| predict(Input::alone("script.py", divan::black_box(&source)), Keras::Three));
}

#[divan::bench]
fn check_short(bencher: Bencher<'_, '_>) {
    let settings = Settings::for_keras(Keras::Three);
    bencher.bench(|| check_source(divan::black_box(SCRIPT), "script.py", &settings));
}

#[divan::bench(args = LAYERS)]
fn check_long(bencher: Bencher<'_, '_>, layers: usize) {
    let source = long_script(layers);
    let settings = Settings::for_keras(Keras::Three);
    bencher.bench(|| check_source(divan::black_box(&source), "script.py", &settings));
}
