//! Trains a model, saves it, and goes on with what was loaded: in this process, in another, or in Keras, which reads the
//! same file. `cargo run -p kerascope --example continued -- model.keras`

use std::io::{self, Write};
use std::path::PathBuf;

use kerascope::{Array, DType, EarlyStopping, Fit, Layer, Metric, Model, Optimizer, Result, Sequential};

/// Points in the plane, and whether they lie in the unit circle.
fn data(count: usize) -> Result<(Array, Array)> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 22) - 2.0
    };
    let points: Vec<f64> = (0..2 * count).map(|_| next()).collect();
    let inside = points
        .chunks_exact(2)
        .map(|point| f64::from(u8::from(point.iter().map(|x| x * x).sum::<f64>() < 1.0)));
    let inside = Array::floats(&[count, 1], DType::Float32, inside.collect())?;
    Ok((Array::floats(&[count, 2], DType::Float32, points)?, inside))
}

fn main() -> Result<()> {
    let mut out = io::stdout().lock();
    let mut say = |text: String| {
        // Whoever closed the other end has seen enough.
        let _ = writeln!(out, "{text}");
    };
    let path =
        std::env::args_os().nth(1).map_or_else(|| std::env::temp_dir().join("circle.keras"), PathBuf::from);
    let (points, inside) = data(512)?;
    let mut model = Sequential::new([2])
        .then(Layer::new("Dense").with("units", 16).with("activation", "tanh"))?
        .then(Layer::new("Dense").with("units", 1).with("activation", "sigmoid"))?
        .build()?;
    let optimizer = Optimizer::new("Adam").with("learning_rate", 0.02);
    model.compile_with(&optimizer, "binary_crossentropy", [Metric::new("accuracy"), Metric::new("AUC")])?;
    // Points within are rarer.
    let how = Fit::default().validation_split(0.25).class_weight([(0, 1.0), (1, 2.0)]);
    let history = model.fit(&[&points], &inside, &how.clone().epochs(5))?;
    say(format!("5 epochs: loss {:.4}", history.of("loss").last().copied().unwrap_or_default()));
    model.save(&path)?;

    let mut again = Model::load(&path)?;
    let mut stopping = EarlyStopping::new("val_loss").patience(3).restoring();
    let how = how.initial_epoch(5).epochs(60);
    let history = again.fit_with(&[&points], &inside, &how, &mut [&mut stopping])?;
    let measured = again.evaluate(&[&points], &inside, 128)?;
    say(format!("{} epochs more: {measured:.4?}", history.of("loss").len()));
    Ok(())
}
