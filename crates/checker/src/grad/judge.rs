//! What the numbers say of a gradient.

use diagnostics::Span;
use exec::slopes::{Side, Slope, agrees};
use interp::framework::met::{Input, Kind, Recorded};
use ops::Flow;
use tensor::DType;

use super::sample::{Like, Look};
use super::{Argument, Seen};

/// Gradients below this are as good as none.
const VANISHING: f64 = 1e-6;
/// So much of a gradient has to vanish for the function to count as saturated.
const SATURATED: f64 = 0.9;
/// So many elements of an input are shown.
const SHOWN: usize = 6;

/// What is so of the gradient of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the slope of the function.
    Agrees,
    /// It is not.
    Differs,
    /// There is none.
    None,
    /// It is zero wherever the function was tried.
    Zero,
    /// The input has no floats.
    NotFloat,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Training suffers from it.
    Warning,
    /// It is so, and may be meant.
    Note,
}

/// Something to be said of a function's gradient.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is, in kebab-case: `gradient-differs`.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is said.
    pub message: String,
    /// The operation's place, where one is named.
    pub span: Option<Span>,
    /// An input that shows it: the parameter's name and some of its elements, or what they are like.
    pub input: Option<(String, String)>,
}

/// A function whose outputs are no floats.
pub(super) fn without_floats(recorded: &Recorded) -> Seen {
    let argument = |input: &Input| Argument {
        name: input.name.clone(),
        spec: input.spec.clone(),
        verdict: if is_float(input) { Verdict::None } else { Verdict::NotFloat },
        error: None,
    };
    let finding = Finding {
        name: "no-gradient",
        level: Level::Warning,
        message: "what it gives are no floats, so no gradient passes".to_owned(),
        span: None,
        input: None,
    };
    Seen { inputs: recorded.inputs.iter().map(argument).collect(), points: 0, findings: vec![finding] }
}

/// Judges a function by what was seen of it.
pub(super) fn judge(kind: Kind, recorded: &Recorded, looks: &[Look]) -> Seen {
    let mut findings = Vec::new();
    let mut inputs = Vec::with_capacity(recorded.inputs.len());
    for (at, input) in recorded.inputs.iter().enumerate() {
        // Nobody asks for the gradient of labels.
        let labels = kind == Kind::Loss && at == 0;
        let verdict = verdict(at, input, looks);
        if !labels {
            let case = Case { kind, at, input, looks };
            findings.extend(case.gradient(verdict));
        }
        // What inputs are like is said of inputs; weights are near their present numbers at each point.
        if !labels && input.weight.is_none() {
            let case = Case { kind, at, input, looks };
            findings.extend(case.not_finite());
            findings.extend(case.rough());
            findings.extend(case.chosen(verdict));
            findings.extend(case.saturation());
        }
        let error = error(at, looks).filter(|_| matches!(verdict, Verdict::Agrees | Verdict::Differs));
        inputs.push(Argument { name: input.name.clone(), spec: input.spec.clone(), verdict, error });
    }
    findings.extend(values_not_finite(recorded, looks));
    findings.sort_by_key(|finding| finding.level == Level::Note);
    Seen { inputs, points: looks.len(), findings }
}

pub(super) fn is_float(input: &Input) -> bool {
    input.spec.dtype.is_some_and(DType::is_floating)
}

fn verdict(at: usize, input: &Input, looks: &[Look]) -> Verdict {
    if !is_float(input) {
        return Verdict::NotFloat;
    }
    if input.gradient.is_none() {
        // Zeros that no kernel computes arrive nevertheless.
        return if input.flow == Flow::Zero { Verdict::Zero } else { Verdict::None };
    }
    let usual = || looks.iter().filter(|look| !matches!(look.like, Like::Large));
    let elements = usual().flat_map(|look| look.seen.gradients[at].iter().flatten());
    if elements.clone().next().is_some() && elements.clone().all(|g| *g == 0.0) {
        return Verdict::Zero;
    }
    if compared(at, looks).any(|(gradient, slope)| !agrees(gradient, slope.numeric())) {
        return Verdict::Differs;
    }
    Verdict::Agrees
}

/// The gradient beside the slope, wherever the function is smooth and both are finite. Points where elements are equal or
/// zero are left out, since a gradient may choose there, and large inputs, since a small step is lost in what is large.
fn compared(at: usize, looks: &[Look]) -> impl Iterator<Item = (f64, Slope)> {
    let generic = |look: &&Look| matches!(look.like, Like::Normal | Like::Positive | Like::Negative);
    looks.iter().filter(generic).flat_map(move |look| pairs(at, look))
}

/// The gradient beside the slope at one point.
fn pairs(at: usize, look: &Look) -> impl Iterator<Item = (f64, Slope)> {
    let slopes = look.seen.slopes.iter().filter(move |s| s.input == at && s.kind == Side::Smooth);
    slopes.filter_map(move |slope| {
        let gradient = *look.seen.gradients[at].as_ref()?.get(slope.element)?;
        gradient.is_finite().then_some((gradient, *slope))
    })
}

fn error(at: usize, looks: &[Look]) -> Option<f64> {
    let relative = |(gradient, slope): (f64, Slope)| {
        let numeric = slope.numeric();
        (gradient - numeric).abs() / gradient.abs().max(numeric.abs()).max(1.0)
    };
    compared(at, looks).map(relative).reduce(f64::max)
}

/// One input of a function.
struct Case<'a> {
    kind: Kind,
    at: usize,
    input: &'a Input,
    looks: &'a [Look],
}

impl Case<'_> {
    /// What is wrong with the gradient itself.
    fn gradient(&self, verdict: Verdict) -> Option<Finding> {
        let name = &self.input.name;
        let stopped = |what: &str| match &self.input.cut {
            Some((op, span)) => {
                (format!("no gradient reaches `{name}`: `{op}` lets none through{what}"), Some(*span))
            }
            None => (format!("no gradient reaches `{name}`{what}"), None),
        };
        let flat = self.slopes().all(|slope| slope.kind != Side::Smooth || slope.numeric().abs() < VANISHING);
        match verdict {
            Verdict::Agrees | Verdict::NotFloat => None,
            Verdict::None if self.slopes().all(|s| s.sides == [0.0, 0.0]) && self.input.cut.is_none() => {
                let message = format!("what it gives does not depend on `{name}`");
                Some(self.finding("no-gradient", Level::Note, message, None))
            }
            Verdict::None => {
                let (message, span) =
                    stopped(if flat { "" } else { ", though the function changes with it" });
                Some(self.finding("no-gradient", Level::Warning, message, span))
            }
            Verdict::Zero => {
                let message = if flat {
                    format!(
                        "the gradient of `{name}` is zero wherever it was tried: nothing in front of it is trained"
                    )
                } else {
                    format!("the gradient of `{name}` is zero, though the function changes with it")
                };
                Some(self.finding("gradient-always-zero", Level::Warning, message, None))
            }
            Verdict::Differs if flat && self.has_custom() => {
                let message = format!(
                    "the gradient of `{name}` stands in for that of a function that is flat between its jumps"
                );
                Some(self.finding("gradient-stands-in", Level::Note, message, None))
            }
            Verdict::Differs => {
                let worst = compared(self.at, self.looks)
                    .filter(|(gradient, slope)| !agrees(*gradient, slope.numeric()))
                    .max_by(|a, b| (a.0 - a.1.numeric()).abs().total_cmp(&(b.0 - b.1.numeric()).abs()));
                let (gradient, slope) = worst?;
                let message = format!(
                    "the gradient of `{name}` is not the slope of the function: {} against {} at element {}",
                    number(gradient),
                    number(slope.numeric()),
                    slope.element
                );
                let shown = format!("{} at element {}", number(slope.at), slope.element);
                let finding = self.finding("gradient-differs", Level::Warning, message, None);
                Some(Finding { input: Some((name.clone(), shown)), ..finding })
            }
        }
    }

    /// Whether a gradient of the script's own may take part.
    fn has_custom(&self) -> bool {
        self.kind == Kind::CustomGradient || self.input.cut.is_none()
    }

    /// A gradient that is NaN or infinite, and an input that shows it.
    fn not_finite(&self) -> Option<Finding> {
        let broken = |look: &&Look| {
            look.seen.gradients[self.at].as_ref().is_some_and(|g| g.iter().any(|x| !x.is_finite()))
        };
        let look = self.looks.iter().find(broken)?;
        let gradient = look.seen.gradients[self.at].as_ref()?;
        let element = gradient.iter().position(|x| !x.is_finite())?;
        let what = if gradient[element].is_nan() { "NaN" } else { "infinite" };
        let message = format!(
            "the gradient of `{}` is {what} for inputs that are {}",
            self.input.name,
            look.like.words()
        );
        Some(self.shown("gradient-not-finite", Level::Warning, message, look))
    }

    /// Points where the function is not differentiable.
    fn rough(&self) -> Option<Finding> {
        let rough = |s: &&Slope| s.input == self.at && matches!(s.kind, Side::Kink | Side::Jump);
        let (look, slope) =
            self.looks.iter().find_map(|look| Some((look, look.seen.slopes.iter().find(rough)?)))?;
        let name = &self.input.name;
        let message = match slope.kind {
            Side::Jump => format!("the function jumps at {} of `{name}`", number(slope.at)),
            _ => format!(
                "the function has a kink at {} of `{name}`: its slope is {} below and {} above",
                number(slope.at),
                number(slope.sides[0]),
                number(slope.sides[1])
            ),
        };
        Some(self.shown("not-differentiable-here", Level::Note, message, look))
    }

    /// A point where elements are equal or zero, at which the gradient is another than the slope.
    fn chosen(&self, verdict: Verdict) -> Option<Finding> {
        if verdict != Verdict::Agrees {
            return None;
        }
        let special = |look: &&Look| matches!(look.like, Like::Zeros | Like::Ones);
        let differs = |(gradient, slope): &(f64, Slope)| !agrees(*gradient, slope.numeric());
        let (look, (gradient, slope)) = self
            .looks
            .iter()
            .filter(special)
            .find_map(|look| Some((look, pairs(self.at, look).find(differs)?)))?;
        let message = format!(
            "at {} of `{}` the gradient is {}, though the slope on both sides is {}",
            number(slope.at),
            self.input.name,
            number(gradient),
            number(slope.numeric())
        );
        Some(self.shown("not-the-slope-here", Level::Note, message, look))
    }

    /// A gradient that vanishes for large inputs.
    fn saturation(&self) -> Option<Finding> {
        let share = |usual: bool| {
            let looks = self
                .looks
                .iter()
                .filter(|look| if usual { look.like.is_usual() } else { look.like == Like::Large });
            let elements: Vec<f64> =
                looks.filter_map(|look| look.seen.gradients[self.at].as_ref()).flatten().copied().collect();
            let small = elements.iter().filter(|g| g.abs() < VANISHING).count();
            (!elements.is_empty()).then(|| small as f64 / elements.len() as f64)
        };
        let (usual, large) = (share(true)?, share(false)?);
        if large < SATURATED || usual > 0.5 {
            return None;
        }
        let look = self.looks.iter().find(|look| look.like == Like::Large)?;
        let message = format!(
            "it saturates: with inputs of ±30 and more, {:.0} % of the gradient of `{}` is below {VANISHING:e}",
            large * 100.0,
            self.input.name
        );
        Some(self.shown("saturates", Level::Note, message, look))
    }

    fn slopes(&self) -> impl Iterator<Item = &Slope> {
        self.looks.iter().flat_map(|look| &look.seen.slopes).filter(|slope| slope.input == self.at)
    }

    fn finding(&self, name: &'static str, level: Level, message: String, span: Option<Span>) -> Finding {
        Finding { name, level, message, span: span.filter(|s| s.start < s.end), input: None }
    }

    fn shown(&self, name: &'static str, level: Level, message: String, look: &Look) -> Finding {
        let input = look.point.get(self.at).and_then(|array| array.to_floats().ok());
        let input = input.map(|elements| (self.input.name.clone(), shown(&elements)));
        Finding { input, ..self.finding(name, level, message, None) }
    }
}

/// Values that are NaN or infinite, and an input that shows it.
fn values_not_finite(recorded: &Recorded, looks: &[Look]) -> Option<Finding> {
    let look = looks.iter().find(|look| !look.seen.finite)?;
    let first = recorded.inputs.iter().zip(&look.point).find(|(input, _)| is_float(input));
    Some(Finding {
        name: "value-not-finite",
        level: Level::Warning,
        message: format!("its value is not finite for inputs that are {}", look.like.words()),
        span: None,
        input: first.and_then(|(input, array)| Some((input.name.clone(), shown(&array.to_floats().ok()?)))),
    })
}

/// The first elements of an input.
fn shown(elements: &[f64]) -> String {
    let mut text: Vec<String> = elements.iter().take(SHOWN).map(|x| number(*x)).collect();
    if elements.len() > SHOWN {
        text.push("...".to_owned());
    }
    format!("[{}]", text.join(", "))
}

/// A number in a few digits.
fn number(x: f64) -> String {
    if x == 0.0 {
        "0".to_owned()
    } else if !(1e-4..1e6).contains(&x.abs()) {
        format!("{x:.3e}")
    } else {
        let text = format!("{x:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}
