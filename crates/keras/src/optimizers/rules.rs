//! How each optimizer changes a variable by its gradient.
//!
//! source: keras/src/optimizers/*.py, tf_keras/src/optimizers/*.py: `update_step`

use ops::{Arg, Infer, Keras, Stop};
use tensor::DType;

use super::gradient::Gradient;
use crate::config::{Bound, number};
use crate::runner::Keeper;
use crate::tools::{Tools, dtype_of, shape_of};

/// One variable that is updated.
pub(super) struct Rule<'k, 'a> {
    keeper: &'k mut dyn Keeper,
    settings: &'a Bound<'a>,
    /// Which of the optimizer's variables it is.
    index: usize,
    /// Which of the variables of this step it is, and how many there are.
    place: (usize, usize),
    variable: Arg,
    gradient: Arg,
    /// The gradient with the rows that it is the sum of.
    given: &'a Gradient,
    /// The learning rate in the variable's dtype.
    rate: Arg,
    /// The number of steps made.
    iterations: Arg,
    /// Whether the step is traced as a graph.
    traced: bool,
    sizes: Vec<i64>,
    dtype: DType,
}

/// What a rule is applied to.
pub(super) struct Applied<'a> {
    pub(super) index: usize,
    pub(super) place: (usize, usize),
    pub(super) variable: &'a Arg,
    pub(super) gradient: &'a Gradient,
    pub(super) rate: &'a Arg,
    pub(super) iterations: &'a Arg,
    pub(super) traced: bool,
}

/// What an optimizer does with one variable.
type Update = fn(&mut Rule<'_, '_>) -> Infer<()>;

/// Every optimizer's rule, by the class.
static RULES: &[(&str, Update)] = &[
    ("SGD", sgd),
    ("RMSprop", rmsprop),
    ("Adam", adam),
    ("AdamW", adam),
    ("Nadam", nadam),
    ("Adamax", adamax),
    ("Adagrad", adagrad),
    ("Adadelta", adadelta),
    ("Ftrl", ftrl),
    ("Lion", lion),
    ("Lamb", lamb),
    ("Adafactor", adafactor),
    ("Muon", muon),
];

/// Updates one variable as the optimizer of this class does.
///
/// # Errors
/// The optimizer is not modelled, or an op answers so.
pub(super) fn update(
    keeper: &mut dyn Keeper,
    class: &str,
    settings: &Bound<'_>,
    applied: &Applied<'_>,
) -> Infer<()> {
    let Some((_, rule)) = RULES.iter().find(|(name, _)| *name == class) else {
        return Err(Stop::Unknown("an optimizer whose updates are not modelled"));
    };
    // A number that is not known would be taken for none.
    if settings.args.iter().any(|(name, arg)| &**name != "learning_rate" && !is_told(arg)) {
        return Err(Stop::Unknown("a setting of an optimizer that is not known"));
    }
    let dtype = dtype_of(applied.variable).unwrap_or(DType::Float32);
    let unknown = Stop::Unknown("a variable whose shape is not known");
    let sizes = shape_of(applied.variable).all_known().ok_or(unknown)?;
    let mut tools = Tools::new(keeper);
    let rate = tools.cast(applied.rate, dtype)?;
    let gradient = tools.cast(&applied.gradient.sum, dtype)?;
    rule(&mut Rule {
        keeper,
        settings,
        index: applied.index,
        place: applied.place,
        variable: applied.variable.clone(),
        gradient,
        given: applied.gradient,
        rate,
        iterations: applied.iterations.clone(),
        traced: applied.traced,
        sizes,
        dtype,
    })
}

/// Tells whether a setting is known, so that what is no number is none.
fn is_told(setting: &Arg) -> bool {
    number(setting).is_some() || !matches!(setting, Arg::Unknown | Arg::Tensor(_) | Arg::Number(_))
}

impl Rule<'_, '_> {
    fn tools(&mut self) -> Tools<'_> {
        Tools::new(self.keeper)
    }

    /// The squares of the gradient's elements; of rows that are not added up, the sums of theirs.
    fn squares(&mut self) -> Infer<Arg> {
        let (given, dtype) = (self.given, self.dtype);
        let mut t = self.tools();
        let squares = given.mapped(&mut t, &mut |t, x| t.square(x))?.sum;
        t.cast(&squares, dtype)
    }

    fn number(&self, name: &str) -> f64 {
        number(&self.settings.get(name)).unwrap_or(0.0)
    }

    fn flag(&self, name: &str) -> bool {
        self.settings.get(name) == Arg::Bool(true)
    }

    /// A variable of the shape of the one that is updated.
    fn slot(&mut self, name: &str, initial: f64) -> Infer<Arg> {
        let sizes = self.sizes.clone();
        self.slot_of(name, &sizes, initial)
    }

    fn slot_of(&mut self, name: &str, sizes: &[i64], initial: f64) -> Infer<Arg> {
        self.keeper.slot(&format!("{}/{name}", self.index), sizes, self.dtype, initial)
    }

    fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()> {
        self.keeper.assign(variable, value)
    }

    /// Takes something off the variable that is updated.
    fn subtract(&mut self, change: &Arg) -> Infer<()> {
        let variable = self.variable.clone();
        let value = self.tools().sub(&variable, change)?;
        self.assign(&variable, &value)
    }

    /// The step that is being made, from 1, plus some.
    fn step(&mut self, more: i64) -> Infer<Arg> {
        let (iterations, dtype) = (self.iterations.clone(), self.dtype);
        let mut t = self.tools();
        let next = t.add(&iterations, &Arg::Int(1 + more))?;
        t.cast(&next, dtype)
    }

    fn power(&mut self, base: f64, exponent: &Arg) -> Infer<Arg> {
        let dtype = self.dtype;
        let mut t = self.tools();
        let base = t.convert(&Arg::Float(base), Some(dtype))?;
        t.pow(&base, exponent)
    }

    /// `old + (new - old) * share`, kept in the slot.
    fn approach(&mut self, slot: &Arg, new: &Arg, share: f64) -> Infer<()> {
        let mut t = self.tools();
        let way = t.sub(new, slot)?;
        let way = t.mul(&way, &Arg::Float(share))?;
        let value = t.add(slot, &way)?;
        self.assign(slot, &value)
    }

    /// `share * old + (1 - share) * new`, kept in the slot.
    fn average(&mut self, slot: &Arg, new: &Arg, share: f64) -> Infer<()> {
        let mut t = self.tools();
        let old = t.mul(&Arg::Float(share), slot)?;
        let new = t.mul(&Arg::Float(1.0 - share), new)?;
        let value = t.add(&old, &new)?;
        self.assign(slot, &value)
    }

    /// The moving averages of the gradient and of its square that Adam and its kin keep.
    fn moments(&mut self) -> Infer<(Arg, Arg)> {
        let (m, v) = (self.slot("momentum", 0.0)?, self.slot("velocity", 0.0)?);
        let (beta_1, beta_2) = (self.number("beta_1"), self.number("beta_2"));
        let gradient = self.gradient.clone();
        self.approach(&m, &gradient, 1.0 - beta_1)?;
        let square = self.squares()?;
        self.approach(&v, &square, 1.0 - beta_2)?;
        Ok((m, v))
    }

    /// `1 - base ** step`.
    fn bias(&mut self, base: f64) -> Infer<Arg> {
        let step = self.step(0)?;
        let power = self.power(base, &step)?;
        self.tools().sub(&Arg::Float(1.0), &power)
    }
}

fn sgd(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (gradient, rate) = (r.gradient.clone(), r.rate.clone());
    let scaled = r.tools().mul(&gradient, &rate)?;
    let momentum = r.number("momentum");
    if momentum == 0.0 {
        return r.subtract(&scaled);
    }
    let m = r.slot("momentum", 0.0)?;
    let mut t = r.tools();
    let kept = t.mul(&m, &Arg::Float(momentum))?;
    let value = t.sub(&kept, &scaled)?;
    r.assign(&m, &value)?;
    let change = if r.flag("nesterov") {
        let mut t = r.tools();
        let ahead = t.mul(&m, &Arg::Float(momentum))?;
        t.sub(&scaled, &ahead)?
    } else {
        r.tools().negative(&m)?
    };
    r.subtract(&change)
}

fn rmsprop(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (rho, momentum, epsilon) = (r.number("rho"), r.number("momentum"), r.number("epsilon"));
    let (gradient, rate) = (r.gradient.clone(), r.rate.clone());
    let velocity = r.slot("velocity", 0.0)?;
    let square = r.squares()?;
    r.average(&velocity, &square, rho)?;
    let mut spread = velocity;
    if r.flag("centered") {
        let mean = r.slot("average_gradient", 0.0)?;
        r.average(&mean, &gradient, rho)?;
        let mut t = r.tools();
        let square = t.square(&mean)?;
        spread = t.sub(&spread, &square)?;
    }
    let mut t = r.tools();
    let spread = t.add(&spread, &Arg::Float(epsilon))?;
    let root = t.sqrt(&spread)?;
    let scaled = t.mul(&rate, &gradient)?;
    let increment = t.div(&scaled, &root)?;
    if momentum <= 0.0 {
        return r.subtract(&increment);
    }
    let m = r.slot("momentum", 0.0)?;
    let mut t = r.tools();
    let kept = t.mul(&Arg::Float(momentum), &m)?;
    let value = t.add(&kept, &increment)?;
    r.assign(&m, &value)?;
    r.subtract(&m)
}

fn adam(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (beta_1, beta_2) = (r.number("beta_1"), r.number("beta_2"));
    let (first, second) = (r.bias(beta_1)?, r.bias(beta_2)?);
    let (m, mut v) = r.moments()?;
    if r.flag("amsgrad") {
        let hat = r.slot("velocity_hat", 0.0)?;
        let value = r.tools().maximum(&hat, &v)?;
        r.assign(&hat, &value)?;
        v = hat;
    }
    let rate = r.rate.clone();
    subtract_moments(r, [&m, &v], &rate, [&first, &second])
}

/// Subtracts the first moment over the root of the second, both freed of their bias.
fn subtract_moments(
    r: &mut Rule<'_, '_>,
    [m, v]: [&Arg; 2],
    rate: &Arg,
    [first, second]: [&Arg; 2],
) -> Infer<()> {
    let (epsilon, adaptive) = (Arg::Float(r.number("epsilon")), r.flag("adaptive_epsilon"));
    let mut t = r.tools();
    let root = t.sqrt(second)?;
    let alpha = t.mul(rate, &root)?;
    let alpha = t.div(&alpha, first)?;
    let epsilon = if adaptive { t.mul(&epsilon, &root)? } else { epsilon };
    let spread = t.sqrt(v)?;
    let spread = t.add(&spread, &epsilon)?;
    let change = t.mul(m, &alpha)?;
    let change = t.div(&change, &spread)?;
    r.subtract(&change)
}

/// The share of the momentum in the step that is `more` after this one.
fn nadam_share(r: &mut Rule<'_, '_>, more: i64) -> Infer<Arg> {
    let beta = r.number("beta_1");
    let step = r.step(more)?;
    let decay = r.power(0.96, &step)?;
    let mut t = r.tools();
    let half = t.mul(&Arg::Float(0.5), &decay)?;
    let rest = t.sub(&Arg::Float(1.0), &half)?;
    t.mul(&Arg::Float(beta), &rest)
}

fn nadam(r: &mut Rule<'_, '_>) -> Infer<()> {
    let beta_2 = r.number("beta_2");
    let (now, next) = (nadam_share(r, 0)?, nadam_share(r, 1)?);
    let product = nadam_product(r, &now)?;
    let second = r.bias(beta_2)?;
    let (m, v) = r.moments()?;
    let (rate, epsilon, gradient) = (r.rate.clone(), r.number("epsilon"), r.gradient.clone());
    let mut t = r.tools();
    let ahead = t.mul(&product, &next)?;
    let one = Arg::Float(1.0);
    let of_momentum = t.mul(&next, &m)?;
    let ahead = t.sub(&one, &ahead)?;
    let of_momentum = t.div(&of_momentum, &ahead)?;
    let share = t.sub(&one, &now)?;
    let of_gradient = t.mul(&share, &gradient)?;
    let behind = t.sub(&one, &product)?;
    let of_gradient = t.div(&of_gradient, &behind)?;
    let m_hat = t.add(&of_momentum, &of_gradient)?;
    let v_hat = t.div(&v, &second)?;
    let root = t.sqrt(&v_hat)?;
    let spread = t.add(&root, &Arg::Float(epsilon))?;
    let change = t.mul(&m_hat, &rate)?;
    let change = t.div(&change, &spread)?;
    r.subtract(&change)
}

/// The product of the momentum's shares so far, which all variables have in common.
///
/// Keras 3 updates it once a step. Keras 2 means to, by a counter that is a Python number: in a traced step each
/// variable has its own constant there, and the product is multiplied for every variable but the one whose
/// constant happens to be the step's number. The constants go on from those of the first trace, which TensorFlow
/// throws away because it made variables.
fn nadam_product(r: &mut Rule<'_, '_>, now: &Arg) -> Infer<Arg> {
    let dtype = r.dtype;
    let product = r.keeper.slot("u_product", &[], dtype, 1.0)?;
    let updated = r.tools().mul(&product, now)?;
    let (at, count) = r.place;
    if r.keeper.keras() == Keras::Two && r.traced {
        let (counter, iterations) = (Arg::Int((count + at) as i64 - 1), r.iterations.clone());
        let mut t = r.tools();
        let cached = t.equal(&iterations, &counter)?;
        let value = t.choose(&cached, &product, &updated)?;
        r.assign(&product, &value)?;
    } else if at == 0 {
        r.assign(&product, &updated)?;
    }
    Ok(product)
}

fn adamax(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (beta_1, beta_2, epsilon) = (r.number("beta_1"), r.number("beta_2"), r.number("epsilon"));
    let first = r.bias(beta_1)?;
    let (m, u) = (r.slot("momentum", 0.0)?, r.slot("norm", 0.0)?);
    let (gradient, rate) = (r.gradient.clone(), r.rate.clone());
    r.approach(&m, &gradient, 1.0 - beta_1)?;
    let given = r.given;
    let mut t = r.tools();
    let kept = t.mul(&Arg::Float(beta_2), &u)?;
    let size = given.mapped(&mut t, &mut |t, x| t.abs(x))?.sum;
    let value = t.maximum(&kept, &size)?;
    r.assign(&u, &value)?;
    let mut t = r.tools();
    let spread = t.add(&u, &Arg::Float(epsilon))?;
    let spread = t.mul(&first, &spread)?;
    let change = t.mul(&rate, &m)?;
    let change = t.div(&change, &spread)?;
    r.subtract(&change)
}

fn adagrad(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (initial, epsilon) = (r.number("initial_accumulator_value"), r.number("epsilon"));
    let accumulator = r.slot("accumulator", initial)?;
    let (gradient, rate) = (r.gradient.clone(), r.rate.clone());
    let square = r.squares()?;
    let value = r.tools().add(&accumulator, &square)?;
    r.assign(&accumulator, &value)?;
    let mut t = r.tools();
    let spread = t.add(&accumulator, &Arg::Float(epsilon))?;
    let root = t.sqrt(&spread)?;
    let change = t.mul(&rate, &gradient)?;
    let change = t.div(&change, &root)?;
    r.subtract(&change)
}

fn adadelta(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (rho, epsilon) = (r.number("rho"), Arg::Float(r.number("epsilon")));
    let (grads, deltas) = (r.slot("accumulated_grad", 0.0)?, r.slot("accumulated_delta_var", 0.0)?);
    let (gradient, rate) = (r.gradient.clone(), r.rate.clone());
    let square = r.squares()?;
    r.average(&grads, &square, rho)?;
    let mut t = r.tools();
    let [above, below] = [&deltas, &grads].map(|x| {
        let sum = t.add(x, &epsilon)?;
        t.sqrt(&sum)
    });
    let change = t.mul(&above?, &gradient)?;
    let change = t.div(&change, &below?)?;
    let square = t.square(&change)?;
    r.average(&deltas, &square, rho)?;
    let change = r.tools().mul(&rate, &change)?;
    r.subtract(&change)
}

fn ftrl(r: &mut Rule<'_, '_>) -> Infer<()> {
    let accumulator = r.slot("accumulator", r.number("initial_accumulator_value"))?;
    let linear = r.slot("linear", 0.0)?;
    let power = Arg::Float(-r.number("learning_rate_power"));
    let (l1, l2) = (r.number("l1_regularization_strength"), r.number("l2_regularization_strength"));
    let (beta, shrinkage) = (r.number("beta"), r.number("l2_shrinkage_regularization_strength"));
    let (gradient, rate, variable) = (r.gradient.clone(), r.rate.clone(), r.variable.clone());
    let mut t = r.tools();
    let twice = t.mul(&Arg::Float(2.0), &rate)?;
    let of_rate = t.div(&Arg::Float(beta), &twice)?;
    let l2 = t.add(&Arg::Float(l2), &of_rate)?;
    let shrunk = t.mul(&Arg::Float(2.0 * shrinkage), &variable)?;
    let used = t.add(&gradient, &shrunk)?;
    let square = t.square(&gradient)?;
    let sum = t.add(&accumulator, &square)?;
    let (new, old) = (t.pow(&sum, &power)?, t.pow(&accumulator, &power)?);
    let way = t.sub(&new, &old)?;
    let way = t.div(&way, &rate)?;
    let way = t.mul(&way, &variable)?;
    let way = t.sub(&used, &way)?;
    let value = t.add(&linear, &way)?;
    r.assign(&linear, &value)?;
    let mut t = r.tools();
    let quadratic = t.div(&new, &rate)?;
    let double = t.mul(&Arg::Float(2.0), &l2)?;
    let quadratic = t.add(&quadratic, &double)?;
    let clipped = t.clip_to(&linear, -l1, l1)?;
    let rest = t.sub(&clipped, &linear)?;
    let value = t.div(&rest, &quadratic)?;
    r.assign(&variable, &value)?;
    r.assign(&accumulator, &sum)
}

fn lion(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (beta_1, beta_2) = (r.number("beta_1"), r.number("beta_2"));
    let m = r.slot("momentum", 0.0)?;
    let (gradient, rate) = (r.gradient.clone(), r.rate.clone());
    let mut t = r.tools();
    let old = t.mul(&m, &Arg::Float(beta_1))?;
    let new = t.mul(&gradient, &Arg::Float(1.0 - beta_1))?;
    let both = t.add(&old, &new)?;
    let sign = t.sign(&both)?;
    let change = t.mul(&rate, &sign)?;
    r.subtract(&change)?;
    r.average(&m, &gradient, beta_2)
}

fn lamb(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (beta_1, beta_2, epsilon) = (r.number("beta_1"), r.number("beta_2"), r.number("epsilon"));
    let (first, second) = (r.bias(beta_1)?, r.bias(beta_2)?);
    let (m, v) = r.moments()?;
    let (rate, variable) = (r.rate.clone(), r.variable.clone());
    let mut t = r.tools();
    let m_hat = t.div(&m, &first)?;
    let v_hat = t.div(&v, &second)?;
    let root = t.sqrt(&v_hat)?;
    let spread = t.add(&root, &Arg::Float(epsilon))?;
    let update = t.div(&m_hat, &spread)?;
    let [own, other] = [&variable, &update].map(|x| {
        let square = t.square(x)?;
        let sum = t.sum(&square, Arg::None)?;
        t.sqrt(&sum)
    });
    let (own, other) = (own?, other?);
    // Where either is zero the ratio is one.
    let product = t.mul(&own, &other)?;
    let positive = t.call(["tf.greater", "keras.ops.greater"], &[&product, &Arg::Float(0.0)], &[])?;
    let ratio = t.div(&own, &other)?;
    let one = t.convert(&Arg::Float(1.0), Some(DType::Float32))?;
    let ratio = t.choose(&positive, &ratio, &one)?;
    let change = t.mul(&ratio, &rate)?;
    let change = t.mul(&change, &update)?;
    r.subtract(&change)
}

fn adafactor(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (decay, epsilon_1, epsilon_2) =
        (r.number("beta_2_decay"), r.number("epsilon_1"), r.number("epsilon_2"));
    let (threshold, relative) = (r.number("clip_threshold"), r.flag("relative_step"));
    let step = r.step(0)?;
    let (gradient, variable, sizes, mut rate) =
        (r.gradient.clone(), r.variable.clone(), r.sizes.clone(), r.rate.clone());
    let scheduled = matches!(r.settings.get("learning_rate"), Arg::Callable(_));
    let mut t = r.tools();
    let root = t.sqrt(&step)?;
    let falling = t.div(&Arg::Float(1.0), &root)?;
    if relative && !scheduled {
        rate = t.minimum(&rate, &falling)?;
    }
    let rho = t.minimum(&rate, &falling)?;
    let size = rms(&mut t, &variable)?;
    let size = t.maximum(&Arg::Float(epsilon_2), &size)?;
    let alpha = t.mul(&size, &rho)?;
    let square = r.squares()?;
    let mut t = r.tools();
    let square = t.add(&square, &Arg::Float(epsilon_1))?;
    let power = t.pow(&step, &Arg::Float(decay))?;
    let kept = t.sub(&Arg::Float(1.0), &power)?;
    let v = r.slot("velocity", 0.0)?;
    let factored = sizes.len() >= 2;
    let value = if factored {
        let (rows, columns) =
            (&sizes[..sizes.len() - 1], [&sizes[..sizes.len() - 2], &sizes[sizes.len() - 1..]].concat());
        let (r_slot, c_slot) = (r.slot_of("r", rows, 0.0)?, r.slot_of("c", &columns, 0.0)?);
        for (slot, axis) in [(&r_slot, -1), (&c_slot, -2)] {
            let mut t = r.tools();
            let mean =
                t.call(["tf.reduce_mean", "keras.ops.mean"], &[&square], &[("axis", Arg::Int(axis))])?;
            let value = blended(&mut t, slot, &mean, &kept, &power)?;
            r.assign(slot, &value)?;
        }
        let mut t = r.tools();
        let mean = t.call(
            ["tf.reduce_mean", "keras.ops.mean"],
            &[&r_slot],
            &[("axis", Arg::Int(-1)), ("keepdims", Arg::Bool(true))],
        )?;
        let ratio = t.div(&r_slot, &mean)?;
        let ratio = t.expand_dims(&ratio, -1)?;
        let columns = t.expand_dims(&c_slot, -2)?;
        t.mul(&ratio, &columns)?
    } else {
        blended(&mut r.tools(), &v, &square, &kept, &power)?
    };
    r.assign(&v, &value)?;
    let mut t = r.tools();
    let root = t.sqrt(&v)?;
    let update = t.div(&gradient, &root)?;
    let size = rms(&mut t, &update)?;
    let size = t.div(&size, &Arg::Float(threshold))?;
    let size = t.maximum(&Arg::Float(1.0), &size)?;
    let update = t.div(&update, &size)?;
    let change = t.mul(&alpha, &update)?;
    r.subtract(&change)
}

/// Tells whether Muon updates a variable of this rank as Adam does; nothing where its name decides.
pub(super) fn aside(settings: &Bound<'_>, rank: usize) -> Option<bool> {
    let named = |name: &str| settings.get(name).items().is_some_and(|items| !items.is_empty());
    (rank != 2 || !named("exclude_layers")).then_some(rank != 2)
}

/// Matrices are updated by their momentum made orthogonal, everything else as by Adam.
fn muon(r: &mut Rule<'_, '_>) -> Infer<()> {
    let (rate, gradient) = (r.rate.clone(), r.gradient.clone());
    let m = r.slot("momentum", 0.0)?;
    if aside(r.settings, r.sizes.len()).ok_or(Stop::Unknown("layers that Muon leaves out"))? {
        let (beta_1, beta_2) = (r.number("adam_beta_1"), r.number("adam_beta_2"));
        let (first, second) = (r.bias(beta_1)?, r.bias(beta_2)?);
        let v = r.slot("velocity", 0.0)?;
        r.approach(&m, &gradient, 1.0 - beta_1)?;
        let square = r.squares()?;
        r.approach(&v, &square, 1.0 - beta_2)?;
        let ratio = Arg::Float(r.number("adam_lr_ratio"));
        let rate = r.tools().mul(&rate, &ratio)?;
        return subtract_moments(r, [&m, &v], &rate, [&first, &second]);
    }
    let momentum = r.number("momentum");
    let mut t = r.tools();
    let less = t.mul(&m, &Arg::Float(momentum - 1.0))?;
    let more = t.add(&gradient, &less)?;
    let value = t.add(&m, &more)?;
    r.assign(&m, &value)?;
    let ahead = if r.flag("nesterov") {
        let mut t = r.tools();
        let scaled = t.mul(&Arg::Float(momentum), &m)?;
        t.add(&gradient, &scaled)?
    } else {
        m
    };
    let update = orthogonal(r, &ahead)?;
    let longer = r.sizes.iter().copied().max().unwrap_or(1) as f64;
    let size = number(&r.settings.get("rms_rate")).map(|rate| (f64::from((longer as f32).sqrt()), rate));
    let mut t = r.tools();
    let mut change = t.mul(&rate, &update)?;
    if let Some((length, rate)) = size {
        change = t.mul(&change, &Arg::Float(length))?;
        change = t.mul(&change, &Arg::Float(rate))?;
    }
    r.subtract(&change)
}

/// A matrix with its singular values near 1, by some rounds of Newton's and Schulz' iteration.
fn orthogonal(r: &mut Rule<'_, '_>, x: &Arg) -> Infer<Arg> {
    let [a, b, c] = ["muon_a", "muon_b", "muon_c"].map(|name| Arg::Float(r.number(name)));
    let (rounds, tall) = (r.number("ns_steps") as i64, r.sizes.first() > r.sizes.last());
    let mut t = r.tools();
    let (transpose, matmul) = (["tf.transpose", "keras.ops.transpose"], ["tf.matmul", "keras.ops.matmul"]);
    let mut x = if tall { t.call(transpose, &[x], &[])? } else { x.clone() };
    let squares = t.square(&x)?;
    let sum = t.sum(&squares, Arg::None)?;
    let norm = t.sqrt(&sum)?;
    let norm = t.add(&norm, &Arg::Float(1e-7))?;
    x = t.div(&x, &norm)?;
    for _ in 0..rounds {
        let turned = t.call(transpose, &[&x], &[])?;
        let gram = t.call(matmul, &[&x, &turned], &[])?;
        let cubic = t.mul(&c, &gram)?;
        let cubic = t.call(matmul, &[&cubic, &gram], &[])?;
        let linear = t.mul(&b, &gram)?;
        let both = t.add(&linear, &cubic)?;
        let turned = t.call(matmul, &[&both, &x], &[])?;
        let kept = t.mul(&a, &x)?;
        x = t.add(&kept, &turned)?;
    }
    if tall { t.call(transpose, &[&x], &[]) } else { Ok(x) }
}

/// `kept * old + rest * new`.
fn blended(t: &mut Tools<'_>, old: &Arg, new: &Arg, kept: &Arg, rest: &Arg) -> Infer<Arg> {
    let old = t.mul(kept, old)?;
    let new = t.mul(rest, new)?;
    t.add(&old, &new)
}

/// The root of the mean of the squares.
fn rms(t: &mut Tools<'_>, x: &Arg) -> Infer<Arg> {
    let square = t.square(x)?;
    let mean = t.call(["tf.reduce_mean", "keras.ops.mean"], &[&square], &[])?;
    t.sqrt(&mean)
}
