//! Loads `.keras` files, shows what is in them, and saves each as another file, which Keras loads:
//! `cargo run -p kerascope --example resave -- model.keras copy.keras`.

use std::error::Error;
use std::io::Write;

use kerascope::Model;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let paths: Vec<String> = std::env::args().skip(1).collect();
    for pair in paths.chunks_exact(2) {
        let [from, to] = pair else { continue };
        match Model::load(from) {
            Ok(model) => {
                for layer in model.layers() {
                    let weights: Vec<String> =
                        layer.weights().iter().map(|weight| weight.spec().shape.tuple()).collect();
                    writeln!(out, "{:<24} {:<24} {}", layer.name(), layer.class(), weights.join(" "))?;
                }
                model.save(to)?;
            }
            // What is not modelled, and functions that have to be supplied, are told as what they are.
            Err(why) => writeln!(out, "{from}: {why}")?,
        }
    }
    Ok(())
}
