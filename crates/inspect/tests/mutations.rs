//! Configs of real models with a few edits: they are inspected and rescued like any other, and nothing panics.

#[path = "support/edits.rs"]
mod edits;

use std::fs;
use std::path::Path;

use inspect::formats::{Window, read_model};
use inspect::{Python, inspect, rescue};

const FILES: &[&str] = &[
    "k3_closure_numbers.keras",
    "k3_mask_lambda.keras",
    "k3_nested_timedistributed.keras",
    "k3_recurrent_keywords.h5",
    "old_py37_keras231_vae.h5",
    "tfk_nested.h5",
    "tfk_siamese_named.h5",
];

/// How many copies of each file are edited.
const COPIES: usize = 5;

#[test]
fn edited_configs_do_no_harm() {
    // A generator of numbers that is the same every time.
    let mut seed = 7u64;
    let mut next = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 56) as u8
    };
    for name in FILES {
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name));
        let bytes = bytes.unwrap_or_default();
        for copy in 0..COPIES {
            let mut model = read_model(name, Window::new(bytes.clone()));
            let config = model.config.as_mut().expect("a config");
            for _ in 0..=copy % 4 {
                edits::edit(config, [next(), next(), next()]);
            }
            let text = config.to_string();
            let done = checker::with_deep_stack(|| {
                let inspection = inspect(model, Python::V311);
                let _ = rescue(&inspection, name, "rescued");
            });
            assert!(done.is_ok(), "{name}: {done:?} with {text}");
        }
    }
}
