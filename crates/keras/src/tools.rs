//! Ops as layers, losses and metrics write them: the same line for both profiles.

use ops::{Arg, Exc, Infer, Keras, Mistake, Stop, Violation};
use tensor::{DType, Dim, Shape};

use crate::Runner;

/// Calls the functions that each profile's losses are written in: `tf.…` in Keras 2, `keras.ops.…` in Keras 3.
pub(crate) struct Tools<'r> {
    runner: &'r mut dyn Runner,
}

impl<'r> Tools<'r> {
    pub(crate) fn new(runner: &'r mut dyn Runner) -> Tools<'r> {
        Tools { runner }
    }

    pub(crate) fn runner(&mut self) -> &mut dyn Runner {
        self.runner
    }

    pub(crate) fn keras(&self) -> Keras {
        self.runner.keras()
    }

    pub(crate) fn keras3(&self) -> bool {
        self.keras() == Keras::Three
    }

    /// Calls a function, by its path in each profile.
    pub(crate) fn call(
        &mut self,
        [two, three]: [&'static str; 2],
        args: &[&Arg],
        keywords: &[(&'static str, Arg)],
    ) -> Infer<Arg> {
        let path = if self.keras3() { three } else { two };
        let args: Vec<Arg> = args.iter().map(|a| (*a).clone()).collect();
        self.runner.api(path, &args, keywords)
    }

    /// Calls what `x + y` calls: a number takes the dtype of the tensor on its right, as in `1 - z`.
    fn operator(&mut self, paths: [&'static str; 2], x: &Arg, y: &Arg) -> Infer<Arg> {
        let number = matches!(x, Arg::Int(_) | Arg::Float(_));
        match dtype_of(y).filter(|_| number && !self.keras3()) {
            Some(dtype) => {
                let x = self.convert(x, Some(dtype))?;
                self.call(paths, &[&x, y], &[])
            }
            None => self.call(paths, &[x, y], &[]),
        }
    }

    /// Tells whether an operator of Keras 3's code is TensorFlow's: a KerasTensor's is the function of `keras.ops`.
    fn writes_plainly(&self, x: &Arg, y: &Arg) -> bool {
        let symbolic = |arg: &Arg| matches!(arg, Arg::Tensor(t) if t.kind == ops::TensorKind::Keras);
        self.keras3() && !symbolic(x) && !symbolic(y)
    }

    /// What Python's operator makes of tensors, unlike Keras 3's functions without promotion: `x * -2.0` refuses
    /// integers, and so does `ints * floats`.
    fn plainly(&mut self, path: &'static str, x: &Arg, y: &Arg) -> Infer<Arg> {
        let number = |arg: &Arg| matches!(arg, Arg::Int(_) | Arg::Float(_));
        let convert = |t: &mut Self, of: &Arg, like: &Arg| match dtype_of(like) {
            Some(dtype) => {
                t.runner.api("tf.convert_to_tensor", std::slice::from_ref(of), &[("dtype", dtype_arg(dtype))])
            }
            None => Err(Stop::Unknown("an operand of unknown dtype")),
        };
        let (x, y) = match (number(x), number(y)) {
            (true, false) => (convert(self, x, y)?, y.clone()),
            (false, true) => (x.clone(), convert(self, y, x)?),
            _ => (x.clone(), y.clone()),
        };
        self.runner.api(path, &[x, y], &[])
    }

    /// `x + y` as Keras writes it.
    pub(crate) fn plus(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        if self.writes_plainly(x, y) { self.plainly("tf.add", x, y) } else { self.add(x, y) }
    }

    /// `x - y` as Keras writes it.
    pub(crate) fn minus(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        if self.writes_plainly(x, y) { self.plainly("tf.subtract", x, y) } else { self.sub(x, y) }
    }

    /// `x * y` as Keras writes it.
    pub(crate) fn times(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        if self.writes_plainly(x, y) { self.plainly("tf.multiply", x, y) } else { self.mul(x, y) }
    }

    /// `x / y` as Keras writes it.
    pub(crate) fn over(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        if self.writes_plainly(x, y) { self.plainly("tf.divide", x, y) } else { self.div(x, y) }
    }

    /// `x / y`, 0 where `y` is.
    pub(crate) fn quotient(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.call(["tf.math.divide_no_nan", "keras.ops.divide_no_nan"], &[x, y], &[])
    }

    /// A number in the dtype of a tensor, in Keras 3 as `convert_to_tensor(number, dtype=x.dtype)`.
    pub(crate) fn number_like(&mut self, number: f64, x: &Arg) -> Infer<Arg> {
        match dtype_of(x).filter(|_| self.writes_plainly(x, x)) {
            Some(dtype) if !dtype.is_floating() => self.convert(&Arg::Int(number as i64), Some(dtype)),
            _ => Ok(Arg::Float(number)),
        }
    }

    pub(crate) fn add(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.operator(["tf.add", "keras.ops.add"], x, y)
    }

    pub(crate) fn sub(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.operator(["tf.subtract", "keras.ops.subtract"], x, y)
    }

    pub(crate) fn mul(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.operator(["tf.multiply", "keras.ops.multiply"], x, y)
    }

    pub(crate) fn div(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.operator(["tf.divide", "keras.ops.divide"], x, y)
    }

    pub(crate) fn maximum(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.call(["tf.maximum", "keras.ops.maximum"], &[x, y], &[])
    }

    pub(crate) fn equal(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.call(["tf.equal", "keras.ops.equal"], &[x, y], &[])
    }

    pub(crate) fn log(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.math.log", "keras.ops.log"], &[x], &[])
    }

    pub(crate) fn abs(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.abs", "keras.ops.absolute"], &[x], &[])
    }

    pub(crate) fn square(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.square", "keras.ops.square"], &[x], &[])
    }

    pub(crate) fn sqrt(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.sqrt", "keras.ops.sqrt"], &[x], &[])
    }

    pub(crate) fn sign(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.sign", "keras.ops.sign"], &[x], &[])
    }

    pub(crate) fn pow(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.call(["tf.pow", "keras.ops.power"], &[x, y], &[])
    }

    pub(crate) fn minimum(&mut self, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.call(["tf.minimum", "keras.ops.minimum"], &[x, y], &[])
    }

    /// `x` where the condition holds, else `y`.
    pub(crate) fn choose(&mut self, condition: &Arg, x: &Arg, y: &Arg) -> Infer<Arg> {
        self.call(["tf.where", "keras.ops.where"], &[condition, x, y], &[])
    }

    pub(crate) fn clip_to(&mut self, x: &Arg, low: f64, high: f64) -> Infer<Arg> {
        let bounds = [Arg::Float(low), Arg::Float(high)];
        self.call(["tf.clip_by_value", "keras.ops.clip"], &[x, &bounds[0], &bounds[1]], &[])
    }

    pub(crate) fn softplus(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.math.softplus", "keras.ops.softplus"], &[x], &[])
    }

    pub(crate) fn negative(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.negative", "keras.ops.negative"], &[x], &[])
    }

    pub(crate) fn mean(&mut self, x: &Arg, axis: Arg) -> Infer<Arg> {
        self.call(["tf.keras.backend.mean", "keras.ops.mean"], &[x], &[("axis", axis)])
    }

    pub(crate) fn sum(&mut self, x: &Arg, axis: Arg) -> Infer<Arg> {
        self.call(["tf.reduce_sum", "keras.ops.sum"], &[x], &[("axis", axis)])
    }

    pub(crate) fn max(&mut self, x: &Arg, axis: Arg) -> Infer<Arg> {
        self.call(["tf.reduce_max", "keras.ops.max"], &[x], &[("axis", axis)])
    }

    /// Clips to at least epsilon and at most one, as divergences do.
    pub(crate) fn clip(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.keras.backend.clip", "keras.ops.clip"], &[x, &Arg::Float(1e-7), &Arg::Int(1)], &[])
    }

    pub(crate) fn squeeze(&mut self, x: &Arg, axis: i64) -> Infer<Arg> {
        self.call(["tf.squeeze", "keras.ops.squeeze"], &[x], &[("axis", Arg::Int(axis))])
    }

    pub(crate) fn expand_dims(&mut self, x: &Arg, axis: i64) -> Infer<Arg> {
        self.call(["tf.expand_dims", "keras.ops.expand_dims"], &[x], &[("axis", Arg::Int(axis))])
    }

    pub(crate) fn argmax(&mut self, x: &Arg) -> Infer<Arg> {
        self.call(["tf.math.argmax", "keras.ops.argmax"], &[x], &[("axis", Arg::Int(-1))])
    }

    pub(crate) fn cast(&mut self, x: &Arg, dtype: DType) -> Infer<Arg> {
        self.call(["tf.cast", "keras.ops.cast"], &[x], &[("dtype", dtype_arg(dtype))])
    }

    /// Converts to a tensor, in Keras 3 with a dtype.
    pub(crate) fn convert(&mut self, x: &Arg, dtype: Option<DType>) -> Infer<Arg> {
        let keywords: &[(&'static str, Arg)] = &match dtype {
            Some(dtype) => vec![("dtype", dtype_arg(dtype))],
            None => Vec::new(),
        };
        // A tensor stays what it is; but of a KerasTensor Keras 2 makes a layer.
        let stays = |kind| match kind {
            ops::TensorKind::Numpy => false,
            ops::TensorKind::Keras => self.keras3(),
            _ => true,
        };
        if dtype.is_none() && matches!(x, Arg::Tensor(t) if stays(t.kind)) {
            return Ok(x.clone());
        }
        self.call(["tf.convert_to_tensor", "keras.ops.convert_to_tensor"], &[x], keywords)
    }

    /// Converts every tensor of a structure.
    pub(crate) fn convert_all(&mut self, x: &Arg, dtype: DType) -> Infer<Arg> {
        match x {
            Arg::List(items) => Ok(Arg::List(self.convert_each(items, dtype)?.into())),
            Arg::Tuple(items) => Ok(Arg::Tuple(self.convert_each(items, dtype)?.into())),
            Arg::Dict(_) => Err(Stop::Unknown("a dict where a loss expects tensors")),
            _ => self.convert(x, Some(dtype)),
        }
    }

    fn convert_each(&mut self, items: &[Arg], dtype: DType) -> Infer<Vec<Arg>> {
        items.iter().map(|item| self.convert_all(item, dtype)).collect()
    }

    /// Begins as most loss functions do: predictions become a tensor, labels are cast to their dtype.
    pub(crate) fn start(&mut self, y_true: &Arg, y_pred: &Arg) -> Infer<(Arg, Arg)> {
        let y_pred = self.convert(y_pred, None)?;
        let y_true = match dtype_of(&y_pred) {
            Some(dtype) => self.cast(y_true, dtype)?,
            None => return Err(Stop::Unknown("predictions of unknown dtype")),
        };
        Ok((y_true, y_pred))
    }
}

/// A dtype as both profiles take it.
pub(crate) fn dtype_arg(dtype: DType) -> Arg {
    Arg::Str(dtype.name().into())
}

/// Returns the dtype of a tensor.
pub(crate) fn dtype_of(x: &Arg) -> Option<DType> {
    if let Arg::Tensor(t) = x { t.spec.dtype } else { None }
}

/// Returns the shape of a tensor.
pub(crate) fn shape_of(x: &Arg) -> Shape {
    if let Arg::Tensor(t) = x { t.spec.shape.clone() } else { Shape::UNKNOWN }
}

/// Returns the rank of a tensor.
///
/// # Errors
/// `Stop::Unknown` where it is not known.
pub(crate) fn rank_of(x: &Arg) -> Infer<usize> {
    shape_of(x).rank().ok_or(Stop::Unknown("a tensor of unknown rank"))
}

/// Keras 2's `x.shape.assert_is_compatible_with(y.shape)`.
///
/// # Errors
/// TensorFlow's `ValueError`.
pub(crate) fn check_compatible(t: &mut Tools<'_>, x: &Arg, y: &Arg) -> Infer<()> {
    let (x, y) = (shape_of(x), shape_of(y));
    if t.runner().mode() == ops::Mode::Running || x.compatible(&y) {
        return Ok(());
    }
    let core = format!("Shapes {} and {} are incompatible", x.tuple(), y.tuple());
    let problem = core.clone();
    Err(Violation::stop(Exc::ValueError, core, Mistake::Data { problem }))
}

pub(crate) fn last_is_one(x: &Arg) -> bool {
    shape_of(x).dim(-1) == Some(Dim::Known(1))
}

/// Keras 3's `squeeze_or_expand_to_same_rank`: a last axis of size 1 goes or comes.
pub(crate) fn squeeze_or_expand(tools: &mut Tools<'_>, x1: Arg, x2: Arg) -> Infer<(Arg, Arg)> {
    let (rank1, rank2) = (rank_of(&x1)?, rank_of(&x2)?);
    if rank1 == rank2 + 1 && last_is_one(&x1) {
        return if rank2 == 1 {
            let x2 = tools.expand_dims(&x2, -1)?;
            Ok((x1, x2))
        } else {
            Ok((tools.squeeze(&x1, -1)?, x2))
        };
    }
    if rank2 == rank1 + 1 && last_is_one(&x2) {
        return if rank1 == 1 {
            let x1 = tools.expand_dims(&x1, -1)?;
            Ok((x1, x2))
        } else {
            let x2 = tools.squeeze(&x2, -1)?;
            Ok((x1, x2))
        };
    }
    Ok((x1, x2))
}

/// Keras 2's `squeeze_or_expand_dimensions` for labels and predictions.
pub(crate) fn squeeze_for_loss(tools: &mut Tools<'_>, y_true: Arg, y_pred: Arg) -> Infer<(Arg, Arg)> {
    let (labels, predictions) = (rank_of(&y_true)?, rank_of(&y_pred)?);
    // An unknown last dim counts as 1 here.
    let may_be_one = |x: &Arg| shape_of(x).dim(-1).is_some_and(|d| d.compatible(Dim::Known(1)));
    if predictions == labels + 1 && last_is_one(&y_pred) {
        return Ok((y_true, tools.squeeze(&y_pred, -1)?));
    }
    if labels == predictions + 1 && may_be_one(&y_true) {
        return Ok((tools.squeeze(&y_true, -1)?, y_pred));
    }
    Ok((y_true, y_pred))
}
