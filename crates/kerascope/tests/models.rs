//! Models built, checked and trained from Rust.

use kerascope::{
    Array, Constraint, Cut, DType, Dim, EarlyStopping, Epoch, Error, Exc, Fate, Finding, Fit, Input, Lambda,
    Layer, Loss, Model, Next, Optimizer, ReduceOnPlateau, Regularizer, Result, Schedule, Sequential,
    TensorSpec,
};

/// Numbers between -1 and 1 that are the same each time.
fn numbers(count: usize) -> Vec<f64> {
    (0..count).map(|n| ((n * 7919 + 13) % 2003) as f64 / 1001.5 - 1.0).collect()
}

fn floats(shape: &[usize]) -> Result<Array> {
    Ok(Array::floats(shape, DType::Float32, numbers(shape.iter().product()))?)
}

/// Trains a model for some epochs on labels of ones, and returns the losses.
fn losses(model: &mut Model, optimizer: &Optimizer, input: &Array, labels: &[usize]) -> Result<Vec<f64>> {
    model.compile(optimizer, "mse", &[])?;
    let labels = Array::full(labels, DType::Float32, 1.0)?;
    let history = model.fit(&[input], &labels, &Fit::default().epochs(6).batch_size(8).in_order())?;
    Ok(history.of("loss").to_vec())
}

#[test]
fn a_lambda_hides_what_its_function_raises() -> Result<()> {
    let input = Input::new([10, 100]);
    let dot = Lambda::new(|k, x| {
        let weights = k.call("keras.ops.ones", [[100].into()], [])?;
        k.call("tf.keras.backend.dot", [x.into(), (&weights).into()], [])
    });
    let Err(Error::Raised(raised)) = dot.call(&input) else { panic!("it raises") };
    assert_eq!(raised.exception, Exc::NotImplementedError);
    let cause = raised.cause();
    assert_eq!((cause.exception, cause.message.as_str()), (Exc::IndexError, "pop index out of range"));
    assert_eq!(cause.layer, "lambda");
    let shapes: Vec<String> = cause.operands.iter().map(|(_, spec)| spec.shape.tuple()).collect();
    assert_eq!(shapes, ["(None, 10, 100)", "(100,)"]);
    Ok(())
}

#[test]
fn an_output_shape_that_lies_is_found() -> Result<()> {
    let input = Input::new([10, 100]);
    let summed = Lambda::new(|k, x| k.sum(x, 2)).output_shape([100]).call(&input)?;
    assert_eq!(summed.shape().tuple(), "(None, 100)");
    let findings = Model::new(&[&input], &summed)?.check(4, &[]);
    let lies = findings
        .iter()
        .any(|finding| matches!(finding, Finding::OutputShape { actual, .. } if actual.tuple() == "(4, 10)"));
    assert!(lies, "{findings:?}");
    Ok(())
}

#[test]
fn what_is_drawn_is_not_trained() -> Result<()> {
    let input = Input::new([10, 100]);
    let summed = Lambda::new(|k, x| {
        let weights = k.call("tf.keras.backend.random_normal", [[100].into()], [])?;
        let weighted = k.mul(x, &weights)?;
        k.sum(&weighted, 2)
    });
    let summed = summed.call(&input)?;
    let findings = Model::new(&[&input], &summed)?.check(4, &[]);
    let redrawn = Finding::Redrawn { layer: "lambda".to_owned(), op: "random_normal" };
    assert_eq!(findings, [redrawn, Finding::NoTrainableWeights]);
    Ok(())
}

#[test]
fn rounding_cuts_the_gradient() -> Result<()> {
    let input = Input::new([8]);
    let encoded = Layer::new("Dense").with("units", 5).named("encoder").call(&input)?;
    let levels = Lambda::new(|k, x| k.map("round", x)).named("levels").call(&encoded)?;
    let output = Layer::new("Dense").with("units", 1).named("head").call(&levels)?;
    let mut model = Model::new(&[&input], &output)?;
    model.compile(&Optimizer::new("Adam"), "mse", &[])?;
    let cut = Some(Cut { op: "round", layer: "levels".to_owned() });
    let untrained = |weight: &str| Finding::Untrained {
        weight: weight.to_owned(),
        gradient: Fate::None,
        cut: cut.clone(),
    };
    assert_eq!(model.check(16, &[]), [untrained("encoder/kernel"), untrained("encoder/bias")]);
    let before = model.weights()[0].array()?.to_floats()?;
    model.fit(&[&floats(&[16, 8])?], &floats(&[16, 1])?, &Fit::default())?;
    assert_eq!(model.weights()[0].array()?.to_floats()?, before);
    Ok(())
}

#[test]
fn labels_that_do_not_fit_are_found() -> Result<()> {
    let input = Input::new([8]);
    let output = Layer::new("Dense").with("units", 3).call(&input)?;
    let mut model = Model::new(&[&input], &output)?;
    model.compile(&Optimizer::new("SGD"), "mse", &[])?;
    let labels = TensorSpec::new([Dim::Known(4)].into_iter().collect(), DType::Float32);
    assert!(matches!(model.check(16, &[labels]).as_slice(), [Finding::Raises(_)]));
    Ok(())
}

#[test]
fn layers_of_many_kinds_train_and_have_shapes() -> Result<()> {
    let dense = |units: i64| Layer::new("Dense").with("units", units);
    let adam = Optimizer::new("Adam").with("learning_rate", 0.01);
    let mut convolution = Sequential::new([8, 8, 2])
        .then(Layer::new("Conv2D").with("filters", 4).with("kernel_size", 3).with("activation", "relu"))?
        .then(Layer::new("MaxPooling2D"))?
        .then(Layer::new("Flatten"))?
        .then(dense(2))?
        .build()?;
    let mut recurrent =
        Sequential::new([6, 3]).then(Layer::new("LSTM").with("units", 5))?.then(dense(2))?.build()?;
    let words = Input::of_dtype([6], DType::Int32);
    let mut embedded = Sequential::from(words)
        .then(Layer::new("Embedding").with("input_dim", 10).with("output_dim", 4))?
        .then(Layer::new("GlobalAveragePooling1D"))?
        .then(dense(2))?
        .build()?;
    let ids = Array::ints(&[16, 6], DType::Int32, (0..96).map(|n| n % 10).collect())?;
    let images = floats(&[16, 8, 8, 2])?;
    let sequences = floats(&[16, 6, 3])?;
    for (model, data) in [(&mut convolution, &images), (&mut recurrent, &sequences), (&mut embedded, &ids)] {
        let losses = losses(model, &adam, data, &[16, 2])?;
        assert!(losses.last() < losses.first() && losses.iter().all(|loss| loss.is_finite()), "{losses:?}");
        assert_eq!(model.predict(&[data], 5)?.shape(), [16, 2]);
    }
    let names: Vec<String> = recurrent.weights().iter().map(|w| w.name().to_string()).collect();
    assert_eq!(names[0], "lstm/lstm_cell/kernel");
    Ok(())
}

#[test]
fn a_step_of_gradient_descent_is_what_calculus_says() -> Result<()> {
    let input = Input::new([1]);
    let output = Layer::new("Dense").with("units", 1).with("kernel_initializer", "ones").call(&input)?;
    let mut model = Model::new(&[&input], &output)?;
    model.compile(&Optimizer::new("SGD").with("learning_rate", 0.25), "mse", &["mae"])?;
    let x = Array::floats(&[2, 1], DType::Float32, vec![1.0, 2.0])?;
    let y = Array::floats(&[2, 1], DType::Float32, vec![0.0, 0.0])?;
    // The errors are 1 and 2: the loss 2.5, its slopes 2 * (1 + 4) / 2 = 5 and 2 * (1 + 2) / 2 = 3.
    let history = model.fit(&[&x], &y, &Fit::default().in_order())?;
    assert_eq!((history.of("loss"), history.of("mae")), (&[2.5][..], &[1.5][..]));
    let weights = model.weights();
    assert_eq!(weights[0].array()?.to_floats()?, [1.0 - 0.25 * 5.0]);
    assert_eq!(weights[1].array()?.to_floats()?, [-0.25 * 3.0]);
    Ok(())
}

#[test]
fn own_losses_schedules_and_validation() -> Result<()> {
    let input = Input::new([4]);
    let output = Layer::new("Dense").with("units", 1).call(&input)?;
    let mut model = Model::new(&[&input], &output)?;
    let loss = Loss::function(|k, y_true, y_pred| {
        let error = k.sub(y_pred, y_true)?;
        k.map("square", &error)
    });
    let decay = Schedule::new("ExponentialDecay")
        .with("initial_learning_rate", 0.1)
        .with("decay_steps", 1)
        .with("decay_rate", 0.0);
    model.compile(&Optimizer::new("SGD").scheduled(decay), loss, &[])?;
    let (x, y) = (floats(&[8, 4])?, floats(&[8, 1])?);
    let how = Fit::default().epochs(3).batch_size(8).in_order().validation(&[&x], &y);
    let history = model.fit(&[&x], &y, &how)?;
    // The rate is 0.1 in the first step and 0 from then on.
    let losses = history.of("loss");
    assert!(losses[1] < losses[0]);
    assert_eq!(losses[1], losses[2]);
    assert_eq!(history.of("val_loss")[0], losses[1]);
    assert_eq!(model.evaluate(&[&x], &y, 8)?, [("loss".to_owned(), losses[2])]);
    Ok(())
}

#[test]
fn mistakes_are_values() -> Result<()> {
    let input = Input::new([4]);
    let wrong = Layer::new("Dense").with("units", -1).call(&input);
    assert!(matches!(wrong, Err(Error::Raised(raised)) if raised.exception == Exc::ValueError));
    let unknown = Layer::new("Dense").with("unitz", 1).call(&input);
    assert!(matches!(unknown, Err(Error::Raised(raised)) if raised.exception == Exc::TypeError));
    let none = Layer::new("NoSuchLayer").call(&input);
    assert!(matches!(none, Err(Error::Unknown(_))));
    let other = Input::new([4]);
    let output = Layer::new("Dense").with("units", 1).call(&input)?;
    assert!(matches!(Model::new(&[&other], &output), Err(Error::Raised(_))));
    let model = Model::new(&[&input], &output)?;
    assert_eq!(model.evaluate(&[&floats(&[2, 4])?], &floats(&[2, 1])?, 2), Err(Error::NotCompiled));
    assert!(matches!(model.predict(&[&floats(&[2, 5])?], 2), Err(Error::Data(_))));
    Ok(())
}

#[test]
fn layers_are_named_apart() -> Result<()> {
    let dense = || Layer::new("Dense").with("units", 2);
    let model = Sequential::new([2]).then(dense())?.then(dense())?.build()?;
    let names: Vec<String> = model.weights().iter().map(|w| w.name().to_string()).collect();
    assert_eq!(names, ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]);
    let twice = Sequential::new([2]).then(dense().named("a"))?.then(dense().named("a"))?.build();
    assert!(matches!(twice, Err(Error::Raised(_))));
    Ok(())
}

#[test]
fn first_numbers_depend_on_the_seed_alone() -> Result<()> {
    let build = || Sequential::new([3]).then(Layer::new("Dense").with("units", 3))?.build();
    let (a, b) = (build()?, build()?);
    let numbers = |model: &Model| model.weights()[0].array()?.to_floats().map_err(Error::from);
    assert_eq!(numbers(&a)?, numbers(&b)?);
    b.initialise(7)?;
    assert_ne!(numbers(&a)?, numbers(&b)?);
    Ok(())
}

#[test]
fn several_outputs_have_their_losses() -> Result<()> {
    let input = Input::new([1]);
    let dense = |name: &str| {
        Layer::new("Dense").with("units", 1).with("kernel_initializer", "ones").named(name).call(&input)
    };
    let mut model = Model::with_outputs(&[&input], &[&dense("a")?, &dense("b")?])?;
    let losses = [Loss::new("mse"), Loss::new("mae").weight(0.5)];
    model.compile(&Optimizer::new("SGD").with("learning_rate", 0.1), losses, &["mae"])?;
    let x = Array::floats(&[2, 1], DType::Float32, vec![1.0, 2.0])?;
    let (zeros, twos) = (Array::zeros(&[2, 1], DType::Float32)?, Array::full(&[2, 1], DType::Float32, 2.5)?);
    let history = model.fit(&[&x], [&zeros, &twos], &Fit::default().in_order())?;
    let found: Vec<(&str, f64)> = history.iter().map(|(name, numbers)| (name, numbers[0])).collect();
    // Errors of 1 and 2 in the first output, of 1.5 and 0.5 in the second.
    let expected = [("loss", 3.0), ("a_loss", 2.5), ("b_loss", 1.0), ("a_mae", 1.5), ("b_mae", 1.0)];
    assert_eq!(found, expected);
    // The slopes of half the absolute errors: -0.5 * (1 + 2) / 2, and -0.5.
    let weights: Vec<f64> =
        model.weights()[2..].iter().map(|w| Ok(w.array()?.to_floats()?[0])).collect::<Result<_>>()?;
    assert!((weights[0] - 1.075).abs() < 1e-6 && (weights[1] - 0.05).abs() < 1e-6, "{weights:?}");
    assert_eq!(model.predict_all(&[&x], 32)?.len(), 2);
    assert!(matches!(model.predict(&[&x], 32), Err(Error::Data(_))));
    assert!(matches!(model.evaluate(&[&x], &zeros, 32), Err(Error::Data(_))));
    Ok(())
}

#[test]
fn callbacks_stop_and_restore() -> Result<()> {
    let mut model = Sequential::new([1]).then(Layer::new("Dense").with("units", 1))?.build()?;
    // A rate with which the loss grows from epoch to epoch.
    model.compile(&Optimizer::new("SGD").with("learning_rate", 2.0), "mse", &[])?;
    let (x, y) = (floats(&[8, 1])?, floats(&[8, 1])?);
    let how = Fit::default().epochs(20).batch_size(8).in_order();
    let mut first = None;
    let mut keep = |epoch: &Epoch<'_>, model: &mut Model| {
        if epoch.number == 0 {
            first = Some(model.numbers()?);
        }
        Ok(Next::Epoch)
    };
    let mut stopping = EarlyStopping::new("loss").patience(3).restoring();
    let history = model.fit_with(&[&x], &y, &how, &mut [&mut keep, &mut stopping])?;
    assert_eq!(history.of("loss").len(), 4, "{history:?}");
    assert_eq!(stopping.best(), Some(history.of("loss")[0]));
    let first = first.ok_or(Error::Unknown("the first epoch"))?;
    assert_eq!(model.numbers()?[0].to_floats()?, first[0].to_floats()?);

    let mut reduce = ReduceOnPlateau::new("loss").factor(0.01).patience(1);
    model.fit_with(&[&x], &y, &Fit::default().epochs(2).batch_size(8).in_order(), &mut [&mut reduce])?;
    let rate = model.learning_rate().ok_or(Error::Unknown("a rate"))?;
    assert!((rate - 0.02).abs() < 1e-7, "{rate}");
    Ok(())
}

/// Numbers that real Keras 3.15 gives for the same weights, data and settings.
fn close(found: &[f64], recorded: &[f64]) {
    assert_eq!(found.len(), recorded.len());
    for (found, recorded) in found.iter().zip(recorded) {
        assert!((found - recorded).abs() < 2e-6 * recorded.abs().max(1.0), "{found} is not {recorded}");
    }
}

fn array(shape: &[usize], values: &[f64]) -> Result<Array> {
    Ok(Array::floats(shape, DType::Float32, values.to_vec())?)
}

#[test]
fn weights_are_regularized_and_constrained() -> Result<()> {
    let x = Input::new([3]);
    let y = Layer::new("Dense")
        .with("units", 2)
        .regularized("kernel", &Regularizer::new("L1L2").with("l1", 0.01).with("l2", 0.1))
        .with("bias_regularizer", "l2")
        .constrained("kernel", &Constraint::new("MaxNorm").with("max_value", 1.0))
        .call(&x)?;
    let mut model = Model::new(&[&x], &y)?;
    model.compile(&Optimizer::new("SGD").with("learning_rate", 0.5), "mse", &["mae"])?;
    model.set_numbers(&[array(&[3, 2], &[0.5, -1., 1.5, 0.25, -0.75, 1.])?, array(&[2], &[0.1, -0.2])?])?;
    let inputs = array(&[2, 3], &[1., 2., 3., 0.5, -1., 0.25])?;
    let labels = array(&[2, 2], &[1., 0., 0., 2.])?;
    let history = model.fit(&[&inputs], &labels, &Fit::default().epochs(2).batch_size(2).in_order())?;
    close(history.of("loss"), &[4.18585205078125, 3.648306131362915]);
    close(history.of("mae"), &[1.671875, 1.5020217895507812]);
    let kernel = [
        0.5357984304428101,
        0.2227124720811844,
        0.8372209668159485,
        0.20249715447425842,
        0.10945743322372437,
        0.9536215662956238,
    ];
    let numbers = model.numbers()?;
    close(&numbers[0].to_floats()?, &kernel);
    close(&numbers[1].to_floats()?, &[0.6377243399620056, 1.1096937656402588]);
    let measured: Vec<f64> =
        model.evaluate(&[&inputs], &labels, 32)?.into_iter().map(|(_, number)| number).collect();
    close(&measured, &[6.855436325073242, 1.9033526182174683]);
    Ok(())
}

#[test]
fn what_is_attached_reaches_the_cell_of_a_recurrent_layer() -> Result<()> {
    let x = Input::new([3, 2]);
    let y = Layer::new("LSTM")
        .with("units", 2)
        .regularized("recurrent", &Regularizer::new("L2").with("l2", 0.3))
        .with("recurrent_constraint", "non_neg")
        .call(&x)?;
    let mut model = Model::new(&[&x], &y)?;
    model.compile(&Optimizer::new("SGD").with("learning_rate", 0.5), "mse", &[])?;
    let rising = |count: u32, step: f64, first: f64| -> Vec<f64> {
        (0..count).map(|n| f64::from(n) * step + first).collect()
    };
    model.set_numbers(&[
        array(&[2, 8], &rising(16, 0.1, -0.7))?,
        array(&[2, 8], &rising(16, 0.05, -0.3))?,
        array(&[8], &[0.0; 8])?,
    ])?;
    let inputs = array(&[2, 3, 2], &rising(12, 0.1, 0.0))?;
    let labels = array(&[2, 2], &[0., 1., 1., 0.])?;
    let history = model.fit(&[&inputs], &labels, &Fit::default().epochs(2).batch_size(2).in_order())?;
    close(history.of("loss"), &[0.7020857334136963, 0.47249680757522583]);
    let recurrent = [
        0.002482588868588209,
        0.0,
        0.0011845959816128016,
        0.0,
        0.006265867501497269,
        0.0025940961204469204,
        0.002086566761136055,
        0.0247516967356205,
        0.05371681600809097,
        0.07305563986301422,
        0.10020777583122253,
        0.12215854972600937,
        0.16228267550468445,
        0.17565259337425232,
        0.19920361042022705,
        0.22068285942077637,
    ];
    close(&model.numbers()?[1].to_floats()?, &recurrent);
    Ok(())
}

#[test]
fn outputs_are_regularized_by_the_mean_over_the_batch() -> Result<()> {
    let x = Input::new([2]);
    let summed = Layer::new("Dense")
        .with("units", 1)
        .with("kernel_initializer", "ones")
        .regularized("activity", &Regularizer::new("L2").with("l2", 0.1))
        .call(&x)?;
    let y = Layer::new("ActivityRegularization").with("l1", 0.5).call(&summed)?;
    let mut model = Model::new(&[&x], &y)?;
    model.compile(&Optimizer::new("SGD"), "mse", &[])?;
    let data = Array::floats(&[2, 2], DType::Float32, vec![1.0, 2.0, 3.0, 4.0])?;
    let sums = Array::floats(&[2, 1], DType::Float32, vec![3.0, 7.0])?;
    // 0.1 * (3 * 3 + 7 * 7) / 2 + 0.5 * (3 + 7) / 2, and an error of 0.
    let loss = model.evaluate(&[&data], &sums, 2)?;
    assert!((loss[0].1 - 5.4).abs() < 1e-5, "{loss:?}");
    Ok(())
}

#[test]
fn a_regularizer_is_checked_with_its_layer() -> Result<()> {
    let layer = Layer::new("Dense")
        .with("units", 2)
        .regularized("kernel", &Regularizer::new("L2").with("l2", "much"));
    let Err(Error::Raised(raised)) = layer.call(&Input::new([3])) else { panic!("it raises") };
    assert_eq!(raised.exception, Exc::ValueError);
    assert!(raised.message.contains("expected a non-negative float"), "{}", raised.message);
    Ok(())
}
