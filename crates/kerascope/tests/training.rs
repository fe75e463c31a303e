//! What `fit` and its like measure, as Keras does under the same arguments (`saved/record_fit.py` recorded it), and
//! steps that a program makes itself.

use std::path::Path;

use anyhow::{Context, Result};
use array::Array;
use formats::Npy;
use kerascope::{
    Batch, Callback, DType, EarlyStopping, Epoch, Error, Fit, Input, Layer, Loss, Metric, Model, Next,
    Optimizer,
};

/// What Keras measured.
struct Truth(Vec<(String, Npy)>);

impl Truth {
    fn read() -> Result<Truth> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saved/fit.npz");
        Ok(Truth(formats::read_npz(&std::fs::read(path)?)?))
    }

    fn array(&self, name: &str) -> Result<Array> {
        let found = self.0.iter().find(|(own, _)| own == name).and_then(|(_, npy)| npy.to_array());
        found.with_context(|| format!("no {name}"))
    }

    fn assert_measured<'n>(
        &self,
        case: &str,
        logs: impl IntoIterator<Item = (&'n str, &'n [f64])>,
    ) -> Result<()> {
        let mut seen = Vec::new();
        for (name, numbers) in logs {
            let expected = self.array(&format!("{case}:{name}"))?.to_floats()?;
            assert_eq!(numbers.len(), expected.len(), "{case}: {name}");
            for (a, b) in numbers.iter().zip(&expected) {
                assert!((a - b).abs() <= 2e-5, "{case}: {name} is {numbers:?}, in Keras {expected:?}");
            }
            seen.push(name);
        }
        let recorded = self.0.iter().filter(|(name, _)| name.starts_with(&format!("{case}:"))).count();
        assert_eq!(seen.len(), recorded, "{case}: {seen:?}");
        Ok(())
    }

    fn assert_logs(&self, case: &str, logs: &[(String, f64)]) -> Result<()> {
        self.assert_measured(case, logs.iter().map(|(name, x)| (name.as_str(), std::slice::from_ref(x))))
    }

    /// The model that Keras trained, with one output or two.
    fn model(&self, outputs: &[&str]) -> Result<Model> {
        let x = Input::new([3]);
        let hidden = Layer::new("Dense").with("units", 4).with("activation", "tanh").call(&x)?;
        let head = |name: &&str| {
            let dense = Layer::new("Dense").with("units", 1).with("activation", "sigmoid");
            dense.named(name).call(&hidden)
        };
        let heads = outputs.iter().map(head).collect::<kerascope::Result<Vec<_>>>()?;
        let mut model = Model::with_outputs(&[&x], &heads.iter().collect::<Vec<_>>())?;
        let count = model.weights().len();
        let first = (0..count).map(|at| self.array(&format!("first_{}", if at < 4 { at } else { at - 2 })));
        model.set_numbers(&first.collect::<Result<Vec<_>>>()?)?;
        let adam = Optimizer::new("Adam").with("learning_rate", 0.05);
        if outputs.len() == 1 {
            let metrics = ["accuracy", "accuracy", "mse"].map(Metric::new);
            let [plain, weighted, squared] = metrics;
            model.compile_with(
                &adam,
                "binary_crossentropy",
                [plain, weighted.weighted(), squared.weighted()],
            )?;
        } else {
            let mean = || Metric::new("mae").of_output("a");
            let metrics = [mean(), Metric::new("mse").of_output("b"), mean().weighted()];
            model.compile_with(&adam, [Loss::new("binary_crossentropy"), Loss::new("mse")], metrics)?;
        }
        Ok(model)
    }
}

#[test]
fn samples_and_classes_weigh_as_in_keras() -> Result<()> {
    let truth = Truth::read()?;
    let (x, y, weight) = (truth.array("x")?, truth.array("y")?, truth.array("weight")?);
    let reversed = array::gather(&weight, &Array::ints(&[22], DType::Int64, (0..22).rev().collect())?, 0, 0)?;
    let how = Fit::default().in_order();
    let cases = [
        ("weighted", how.clone().sample_weight(&weight).batch_size(8).epochs(2)),
        (
            "classes",
            how.clone().class_weight([(0, 0.5), (1, 3.0)]).batch_size(8).epochs(2).validation_split(0.3),
        ),
        (
            "split",
            how.clone()
                .sample_weight(&weight)
                .batch_size(6)
                .epochs(3)
                .validation_split(0.25)
                .validation_freq(2),
        ),
        (
            "steps",
            how.clone()
                .batch_size(5)
                .epochs(4)
                .steps_per_epoch(2)
                .validation(&[&x], &y)
                .validation_steps(2)
                .validation_batch_size(4),
        ),
    ];
    for (case, how) in cases {
        let history = truth.model(&["a"])?.fit(&[&x], &y, &how)?;
        truth.assert_measured(case, history.iter())?;
    }
    let how = how.sample_weight([&weight, &reversed]).batch_size(11).epochs(2);
    let history = truth.model(&["a", "b"])?.fit(&[&x], [&y, &y], &how)?;
    truth.assert_measured("two", history.iter())
}

#[test]
fn single_batches_are_measured_as_in_keras() -> Result<()> {
    let truth = Truth::read()?;
    let (x, y, weight) = (truth.array("x")?, truth.array("y")?, truth.array("weight")?);
    let mut model = truth.model(&["a"])?;
    truth.assert_logs("batch", &model.train_on_batch(&[&x], &y)?)?;
    truth.assert_logs("again", &model.test_on_batch(&[&x], &y)?)?;
    truth.assert_logs("evaluated", &model.evaluate_weighted(&[&x], &y, &weight, 8)?)
}

#[test]
fn gradients_make_the_same_step() -> Result<()> {
    let truth = Truth::read()?;
    let (x, y) = (truth.array("x")?, truth.array("y")?);
    let (mut whole, mut parts) = (truth.model(&["a"])?, truth.model(&["a"])?);
    for _ in 0..3 {
        let logs = whole.train_on_batch(&[&x], &y)?;
        let gradients = parts.gradients(&[&x], &y)?;
        assert_eq!(logs[0], ("loss".to_owned(), gradients.loss));
        parts.apply_gradients(&gradients.of)?;
    }
    for (a, b) in whole.numbers()?.iter().zip(parts.numbers()?) {
        assert_eq!(a.to_floats()?, b.to_floats()?);
    }
    // A weight without a gradient stays as it is.
    let before = parts.numbers()?;
    let mut gradients = parts.gradients(&[&x], &y)?;
    gradients.of[0] = None;
    parts.apply_gradients(&gradients.of)?;
    let after = parts.numbers()?;
    assert_eq!(before[0].to_floats()?, after[0].to_floats()?);
    assert_ne!(before[1].to_floats()?, after[1].to_floats()?);
    let few = parts.apply_gradients(&gradients.of[1..]).err();
    assert_eq!(few, Some(Error::Data("4 weights are trained, but 3 gradients were given".to_owned())));
    assert!(matches!(parts.apply_gradients(&vec![None; 4]).err(), Some(Error::Raised(_))));
    Ok(())
}

/// Counts what it is asked, and stops at a batch.
#[derive(Default)]
struct Counting {
    epochs: Vec<usize>,
    batches: usize,
}

impl Callback for Counting {
    fn epoch_begin(&mut self, number: usize, model: &mut Model) -> kerascope::Result<()> {
        self.epochs.push(number);
        model.set_learning_rate(0.01 / (1 + number) as f64)
    }

    fn batch_end(&mut self, batch: &Batch<'_>, _: &mut Model) -> kerascope::Result<Next> {
        self.batches += 1;
        Ok(if self.epochs.len() == 2 && batch.number == 1 { Next::Stop } else { Next::Epoch })
    }

    fn epoch_end(&mut self, _: &Epoch<'_>, _: &mut Model) -> kerascope::Result<Next> {
        Ok(Next::Epoch)
    }
}

#[test]
fn callbacks_see_epochs_and_batches() -> Result<()> {
    let truth = Truth::read()?;
    let (x, y) = (truth.array("x")?, truth.array("y")?);
    let mut model = truth.model(&["a"])?;
    let mut counting = Counting::default();
    let how = Fit::default().initial_epoch(4).epochs(9).batch_size(8);
    let history = model.fit_with(&[&x], &y, &how, &mut [&mut counting])?;
    assert_eq!((counting.epochs, counting.batches, history.of("loss").len()), (vec![4, 5], 5, 2));
    assert_eq!(model.learning_rate().map(|rate| rate as f32), Some((0.01 / 6.0_f64) as f32));
    // No epoch before the first that counts is the best.
    let mut stopping = EarlyStopping::new("loss").start_from_epoch(2).restoring().more_is_better(true);
    let history = model.fit_with(&[&x], &y, &Fit::default().epochs(9), &mut [&mut stopping])?;
    assert_eq!(history.of("loss").len(), 4);
    Ok(())
}

#[test]
fn what_cannot_be_weighed_is_refused() -> Result<()> {
    let truth = Truth::read()?;
    let (x, y, weight) = (truth.array("x")?, truth.array("y")?, truth.array("weight")?);
    let message = |how: &Fit<'_>| -> Result<String> {
        let refused = truth.model(&["a"])?.fit(&[&x], &y, how).err();
        Ok(refused.context("it is refused")?.to_string())
    };
    let both = Fit::default().sample_weight(&weight).class_weight([(0, 1.0), (1, 2.0)]);
    assert_eq!(
        message(&both)?,
        "ValueError: You cannot `class_weight` and `sample_weight` at the same time."
    );
    let lacking = message(&Fit::default().class_weight([(0, 2.0)]))?;
    assert_eq!(lacking, "a label without a weight of its class");
    let all = message(&Fit::default().validation_split(1.0))?;
    assert!(all.starts_with("ValueError: Training data contains 22 samples"), "{all}");
    Ok(())
}

#[test]
fn what_is_frozen_stays() -> Result<()> {
    let truth = Truth::read()?;
    let (x, y) = (truth.array("x")?, truth.array("y")?);
    let features = Input::new([3]);
    let hidden = Layer::new("Dense").with("units", 4).named("hidden").call(&features)?;
    let body = Model::new(&[&features], &Layer::new("BatchNormalization").call(&hidden)?)?;
    let encoder = body.as_layer().named("encoder");
    let output = Layer::new("Dense").with("units", 1).call(&encoder.call(&features)?)?;
    let mut model = Model::new(&[&features], &output)?;
    encoder.set_trainable(false);
    model.compile(&Optimizer::new("Adam"), "mse", &[])?;
    assert_eq!((model.weights().len(), model.trainable_weights().len()), (8, 2));
    let numbers = |model: &Model| -> Result<Vec<Vec<f64>>> {
        model.numbers()?.iter().map(|array| Ok(array.to_floats()?)).collect()
    };
    let (part, whole) = (numbers(&body)?, numbers(&model)?);
    model.fit(&[&x], &y, &Fit::default())?;
    assert_eq!(numbers(&body)?, part, "neither weights nor what was measured changes");
    assert_ne!(numbers(&model)?, whole);
    // It is frozen in a file too, and can be thawed.
    let mut again = kerascope::Loader::new().read(&model.to_keras(0.0)?)?;
    assert_eq!(again.trainable_weights().len(), 2);
    assert_eq!(numbers(&again)?, numbers(&model)?);
    again.layer("encoder").context("a layer")?.set_trainable(true);
    assert_eq!(again.trainable_weights().len(), 6);
    again.compile(&Optimizer::new("Adam"), "mse", &[])?;
    let before = numbers(&again)?;
    again.fit(&[&x], &y, &Fit::default())?;
    assert!(numbers(&again)?.iter().zip(&before).all(|(now, then)| now != then));
    Ok(())
}
