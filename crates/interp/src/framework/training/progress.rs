//! What Keras shows of a training while it goes on: the bar of an epoch and its numbers.
//!
//! The layout is Keras' own, byte for byte; the times are ours.
//!
//! source: keras/src/utils/progbar.py, keras/src/callbacks/progbar_logger.py, tf_keras/src/utils/generic_utils.py,
//! tf_keras/src/callbacks.py: `ProgbarLogger`

use std::fmt::Write as _;
use std::rc::Rc;

use ops::Keras;

use crate::builtins::number_text;

/// A bar is drawn anew at most that often, in seconds.
const INTERVAL: f64 = 0.05;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// A bar that is drawn over and over.
    Bar,
    /// A line for each epoch.
    Line,
    /// Nothing but the epochs' numbers: any other value but 0.
    Epochs,
}

impl Verbosity {
    /// Reads `verbose`; nothing is shown for 0.
    pub(crate) fn of(verbose: i64) -> Option<Verbosity> {
        match verbose {
            0 => None,
            1 => Some(Verbosity::Bar),
            2 => Some(Verbosity::Line),
            _ => Some(Verbosity::Epochs),
        }
    }
}

/// A number that a bar shows: its mean over the steps, as a sum and a count.
#[derive(Clone, Debug)]
struct Shown {
    name: Rc<str>,
    sum: f64,
    count: f64,
}

/// `keras.utils.Progbar`.
#[derive(Clone, Debug)]
pub struct Bar {
    keras: Keras,
    /// The number of steps, where it is known.
    pub(crate) target: Option<i64>,
    pub(crate) verbosity: Option<Verbosity>,
    pub(crate) width: usize,
    pub(crate) interval: f64,
    pub(crate) unit: Rc<str>,
    values: Vec<Shown>,
    /// The steps that were seen so far.
    pub(crate) seen: i64,
    start: f64,
    drawn: f64,
    after_first: Option<f64>,
    columns: usize,
}

/// One update of a bar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update<'v> {
    /// The present time in seconds.
    pub(crate) now: f64,
    /// The number of the step.
    pub(crate) current: i64,
    /// The numbers of the step, and whether each is averaged over the steps.
    pub(crate) values: &'v [(Rc<str>, f64, bool)],
    /// Whether it is the last one; by itself once the target is reached.
    pub(crate) finalize: Option<bool>,
}

impl Bar {
    /// Makes a bar at a time in seconds.
    pub(crate) fn new(keras: Keras, target: Option<i64>, verbosity: Option<Verbosity>, now: f64) -> Bar {
        Bar {
            keras,
            target,
            verbosity,
            width: if keras == Keras::Two { 30 } else { 20 },
            interval: INTERVAL,
            unit: "step".into(),
            values: Vec::new(),
            seen: 0,
            start: now,
            drawn: 0.0,
            after_first: None,
            columns: 0,
        }
    }

    /// Takes a step's numbers in; returns what is printed, if anything is.
    pub(crate) fn update(&mut self, update: &Update<'_>) -> Option<String> {
        let Update { now, current, .. } = *update;
        let last = update.finalize.unwrap_or_else(|| self.target.is_some_and(|target| current >= target));
        self.take(update, last);
        self.seen = current;
        let idle = self.verbosity == Some(Verbosity::Bar) && now - self.drawn < self.interval && !last;
        // Keras 2 estimates only what it draws.
        let per_unit = if idle && self.keras == Keras::Two { 0.0 } else { self.per_unit(current, now) };
        if idle {
            return None;
        }
        let text = match (self.verbosity, self.keras) {
            (Some(Verbosity::Bar), Keras::Three) => Some(self.drawn_3(update, per_unit, last)),
            (Some(Verbosity::Bar), Keras::Two) => Some(self.drawn_2(update, per_unit, last)),
            (Some(Verbosity::Line), _) if last => self.line(update, per_unit),
            _ => None,
        };
        self.drawn = now;
        text
    }

    fn take(&mut self, update: &Update<'_>, last: bool) {
        for (name, value, averaged) in update.values {
            let step = match (averaged, self.keras) {
                (true, Keras::Three) if last => None,
                (true, _) => Some((update.current - self.seen).max(1) as f64),
                (false, _) => None,
            };
            let at = self.values.iter().position(|shown| shown.name == *name);
            let shown = match at.and_then(|at| self.values.get_mut(at)) {
                Some(shown) => shown,
                None => {
                    self.values.push(Shown { name: name.clone(), sum: 0.0, count: 0.0 });
                    let end = self.values.len() - 1;
                    &mut self.values[end]
                }
            };
            match step {
                Some(step) => {
                    shown.sum += value * step;
                    shown.count += step;
                }
                None => (shown.sum, shown.count) = (*value, 1.0),
            }
        }
    }

    /// The time of one step: the first is left out where there are others.
    fn per_unit(&mut self, current: i64, now: f64) -> f64 {
        if current == 0 {
            return 0.0;
        }
        let time = match self.after_first {
            Some(after) if current > 1 => (now - after) / (current - 1) as f64,
            _ => (now - self.start) / current as f64,
        };
        if current == 1 {
            self.after_first = Some(now);
        }
        time
    }

    /// Keras 3's bar, in bold, green and white.
    fn drawn_3(&mut self, update: &Update<'_>, per_unit: f64, last: bool) -> String {
        let target = self.target.filter(|target| *target > 0);
        let (bar, bar_columns) = match target {
            Some(target) => {
                let counted = counted(update.current, target);
                let done = filled(update.current, target, self.width);
                let mut bar = format!("\x1b[1m{counted}\x1b[0m ");
                if done > 0 {
                    let _ = write!(bar, "\x1b[32m{}\x1b[0m", "━".repeat(done));
                }
                let _ = write!(bar, "\x1b[37m{}\x1b[0m", "━".repeat(self.width - done));
                (bar, counted.len() + 1 + self.width)
            }
            None => {
                let bar = format!("{:>7}/Unknown", update.current);
                let columns = bar.len();
                (bar, columns)
            }
        };
        let time = match target.filter(|_| !last) {
            Some(target) => remaining(per_unit * (target - update.current) as f64),
            None => format!("{:.0}s", update.now - self.start),
        };
        let rest = format!("{}{}", timed(per_unit, &self.unit), self.numbers(f64::abs));
        let columns = bar_columns + 1 + time.len() + rest.len();
        let mut text = "\u{8}".repeat(self.columns);
        let _ = write!(text, "\r{bar} \x1b[1m{time}\x1b[0m{rest}");
        text.extend(std::iter::repeat_n(' ', self.columns.saturating_sub(columns)));
        if last {
            text.push('\n');
        }
        self.columns = columns;
        text
    }

    /// Keras 2's bar: `[=====>.....]`.
    fn drawn_2(&mut self, update: &Update<'_>, per_unit: f64, last: bool) -> String {
        let bar = match self.target {
            Some(target) => {
                let done = filled(update.current, target, self.width);
                let mut bar = format!("{} [", counted(update.current, target));
                bar.extend(std::iter::repeat_n('=', done.saturating_sub(1)));
                if done > 0 {
                    bar.push(if update.current < target { '>' } else { '=' });
                }
                bar.extend(std::iter::repeat_n('.', self.width - done));
                bar.push(']');
                bar
            }
            None => format!("{:>7}/Unknown", update.current),
        };
        let mut info = match self.target.filter(|_| !last) {
            Some(target) => format!(" - ETA: {}", remaining(per_unit * (target - update.current) as f64)),
            None => format!(" - {:.0}s{}", update.now - self.start, timed(per_unit, &self.unit)),
        };
        info += &self.numbers(f64::abs);
        let columns = bar.len() + info.len();
        let mut text = "\u{8}".repeat(self.columns);
        let _ = write!(text, "\r{bar}{info}");
        text.extend(std::iter::repeat_n(' ', self.columns.saturating_sub(columns)));
        if last {
            text.push('\n');
        }
        self.columns = columns;
        text
    }

    /// The one line of an epoch with `verbose=2`.
    fn line(&self, update: &Update<'_>, per_unit: f64) -> Option<String> {
        let target = self.target.filter(|target| *target > 0)?;
        let (counted, spent) = (counted(update.current, target), update.now - self.start);
        let numbers = self.numbers(|mean| mean);
        Some(match self.keras {
            Keras::Three => format!("{counted} - {spent:.0}s -{}{numbers}\n", timed(per_unit, &self.unit)),
            Keras::Two => {
                let (epoch, step) = (timed(spent, "epoch"), timed(spent / target as f64, &self.unit));
                format!("{counted} - {spent:.0}s{numbers} -{epoch} -{step}\n")
            }
        })
    }

    /// The numbers so far; small ones are written with an exponent.
    fn numbers(&self, size: fn(f64) -> f64) -> String {
        let mut out = String::new();
        for Shown { name, sum, count } in &self.values {
            let mean = sum / count.max(1.0);
            let number = if size(mean) > 1e-3 {
                number_text::fixed(mean, 4)
            } else {
                number_text::exponential(mean, 4)
            };
            let _ = write!(out, " - {name}: {number}");
        }
        out
    }
}

/// `%3d/%d`.
fn counted(current: i64, target: i64) -> String {
    let digits = (target.max(1).ilog10() + 1) as usize;
    format!("{current:>digits$}/{target}")
}

/// How much of a bar is filled.
fn filled(current: i64, target: i64, width: usize) -> usize {
    if target <= 0 {
        return 0;
    }
    let part = (width as f64 * (current as f64 / target as f64)).floor();
    (part.max(0.0) as usize).min(width)
}

/// The time that is left.
fn remaining(seconds: f64) -> String {
    let whole = seconds.max(0.0).floor() as i64;
    match whole {
        n if seconds > 3600.0 => format!("{}:{:02}:{:02}", n / 3600, n % 3600 / 60, n % 60),
        n if seconds > 60.0 => format!("{}:{:02}", n / 60, n % 60),
        n => format!("{n}s"),
    }
}

/// ` 12ms/step`.
fn timed(seconds: f64, unit: &str) -> String {
    if seconds >= 1.0 || seconds == 0.0 {
        format!(" {seconds:.0}s/{unit}")
    } else if seconds >= 1e-3 {
        format!(" {:.0}ms/{unit}", seconds * 1e3)
    } else {
        format!(" {:.0}us/{unit}", seconds * 1e6)
    }
}

/// What calls a model: the bars of a validation within `fit` are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// `fit`.
    Fit,
    /// `evaluate` or `predict`.
    Alone,
}

/// `keras.callbacks.ProgbarLogger`: draws the bars of one call of a model.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    keras: Keras,
    verbosity: Verbosity,
    call: Call,
    epochs: i64,
    target: Option<i64>,
    bar: Option<Bar>,
    /// The steps of the round that were made so far.
    seen: i64,
    /// The names of the model's metrics; in Keras 2 other numbers are averaged.
    pub(crate) metrics: Option<Vec<Rc<str>>>,
}

impl Progress {
    /// Makes one for so many epochs of so many steps.
    pub(crate) fn new(
        keras: Keras,
        verbosity: Verbosity,
        call: Call,
        epochs: i64,
        target: Option<i64>,
    ) -> Progress {
        Progress { keras, verbosity, call, epochs, target, bar: None, seen: 0, metrics: None }
    }

    /// Tells whether an event is one that is shown: validation within `fit` is not.
    pub(crate) fn shows(&self, method: &str) -> bool {
        self.call == Call::Alone || !method.starts_with("on_test")
    }

    /// Notes a step; tells whether its numbers are shown.
    pub(crate) fn counts(&mut self, step: i64) -> bool {
        self.seen = step;
        self.verbosity == Verbosity::Bar
    }

    /// Begins a round; of several epochs the number is printed.
    pub(crate) fn begin(&mut self, now: f64, epoch: Option<i64>) -> Option<String> {
        self.bar = Some(Bar::new(self.keras, self.target, Some(self.verbosity), now));
        self.seen = 0;
        let epoch = epoch.filter(|_| self.epochs > 1)?;
        Some(format!("Epoch {}/{}\n", epoch + 1, self.epochs))
    }

    /// Takes in the numbers of the step that was noted last.
    pub(crate) fn step(&mut self, now: f64, logs: &[(Rc<str>, f64)]) -> Option<String> {
        self.update(now, self.seen, logs, false)
    }

    /// Ends a round with its numbers. The number of steps is known from then on.
    pub(crate) fn end(&mut self, now: f64, logs: &[(Rc<str>, f64)]) -> Option<String> {
        let target = *self.target.get_or_insert(self.seen);
        if let Some(bar) = &mut self.bar {
            bar.target = Some(target);
        }
        self.update(now, target, logs, true)
    }

    fn update(&mut self, now: f64, current: i64, logs: &[(Rc<str>, f64)], last: bool) -> Option<String> {
        let averaged = |name: &Rc<str>| {
            self.keras == Keras::Two && self.metrics.as_ref().is_some_and(|names| !names.contains(name))
        };
        let values: Vec<_> = logs.iter().map(|(name, x)| (name.clone(), *x, averaged(name))).collect();
        self.bar.as_mut()?.update(&Update { now, current, values: &values, finalize: Some(last) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(loss: f64) -> Vec<(Rc<str>, f64, bool)> {
        vec![("loss".into(), loss, false)]
    }

    #[test]
    fn a_bar_of_keras_3() {
        let mut bar = Bar::new(Keras::Three, Some(10), Some(Verbosity::Bar), 100.0);
        let first = bar.update(&Update { now: 100.5, current: 1, values: &values(0.5), finalize: None });
        let expected = "\r\x1b[1m 1/10\x1b[0m \x1b[32m━━\x1b[0m\x1b[37m━━━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m4s\x1b[0m \
                        500ms/step - loss: 0.5000";
        assert_eq!(first.as_deref(), Some(expected));
        // Too soon to be drawn again.
        let again = bar.update(&Update { now: 100.51, current: 2, values: &values(0.4), finalize: None });
        assert_eq!(again, None);
        let last = bar.update(&Update { now: 100.6, current: 10, values: &values(2e-4), finalize: None });
        let last = last.unwrap_or_default();
        let (back, rest) = last.split_at(55);
        assert_eq!(back, "\u{8}".repeat(55));
        let expected = "\r\x1b[1m10/10\x1b[0m \x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m1s\x1b[0m \
                        11ms/step - loss: 2.0000e-04\n";
        assert_eq!(rest, expected);
    }

    #[test]
    fn a_bar_of_keras_2_averages_what_is_no_metric() {
        let mut bar = Bar::new(Keras::Two, Some(4), Some(Verbosity::Bar), 0.0);
        bar.update(&Update { now: 1.0, current: 1, values: &[("x".into(), 1.0, true)], finalize: None });
        let text =
            bar.update(&Update { now: 2.0, current: 3, values: &[("x".into(), 4.0, true)], finalize: None });
        let expected = "\r3/4 [=====================>........] - ETA: 0s - x: 3.0000";
        assert_eq!(text.unwrap_or_default().trim_start_matches('\u{8}'), expected);
    }

    #[test]
    fn a_line_for_each_epoch() {
        let update = Update { now: 2.0, current: 4, values: &values(-0.5), finalize: Some(true) };
        let line = |keras| Bar::new(keras, Some(4), Some(Verbosity::Line), 0.0).update(&update);
        let three = "4/4 - 2s - 500ms/step - loss: -5.0000e-01\n";
        assert_eq!(line(Keras::Three).as_deref(), Some(three));
        let two = "4/4 - 2s - loss: -5.0000e-01 - 2s/epoch - 500ms/step\n";
        assert_eq!(line(Keras::Two).as_deref(), Some(two));
    }
}
