//! What callbacks decide that watch a number: that training ends, that the learning rate falls.
//!
//! source: keras/src/callbacks/{early_stopping,reduce_lr_on_plateau,monitor_callback}.py, tf_keras/src/callbacks.py

use ops::Keras;

/// Tells whether more is better of a number: as `mode` says, or, where that is `auto`, by its name.
pub fn more_is_better(keras: Keras, mode: &str, monitor: &str) -> bool {
    let words: &[&str] = match (mode, keras) {
        ("max", _) => return true,
        ("min", _) => return false,
        (_, Keras::Two) => &["acc", "auc"],
        (_, Keras::Three) => {
            &["acc", "auc", "precision", "recall", "f1", "fbeta", "iou", "r2", "top_k", "cosine"]
        }
    };
    words.iter().any(|word| monitor.contains(word))
}

/// `EarlyStopping`: training ends when a number has not become better for some epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct Stopping {
    /// Whether more is better.
    pub more: bool,
    /// By how much at least it has to become better.
    pub min_delta: f64,
    /// After how many epochs without that training ends.
    pub patience: i64,
    /// What it has to be better than as well.
    pub baseline: Option<f64>,
    /// The first epoch that counts.
    pub start: i64,
    /// The best number so far.
    pub best: Option<f64>,
    /// How many epochs have passed since.
    pub wait: i64,
}

/// What an epoch was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether it was looked at, and the best one so far.
    pub best: bool,
    /// Whether training ends with it.
    pub stop: bool,
}

impl Stopping {
    /// Looks at the number of an epoch.
    pub fn see(&mut self, epoch: i64, current: f64) -> Seen {
        if epoch < self.start {
            return Seen::default();
        }
        let better = |than: f64| {
            if self.more { current - self.min_delta > than } else { current + self.min_delta < than }
        };
        self.wait += 1;
        if better(self.best.unwrap_or(worst(self.more))) {
            if self.baseline.is_none_or(better) {
                self.wait = 0;
            }
            self.best = Some(current);
            return Seen { best: true, stop: false };
        }
        Seen { best: false, stop: self.wait >= self.patience && epoch > 0 }
    }
}

/// `ReduceLROnPlateau`: the learning rate falls when a number has not become better for some epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct Plateau {
    /// Whether more is better.
    pub more: bool,
    /// By how much at least it has to become better.
    pub min_delta: f64,
    /// After how many epochs without that the rate falls.
    pub patience: i64,
    /// What the rate is multiplied by.
    pub factor: f64,
    /// Whether it is multiplied in single precision, as Keras 2 does.
    pub single: bool,
    /// What it does not fall below.
    pub min_rate: f64,
    /// For how many epochs after that none counts.
    pub cooldown: i64,
    /// The best number so far.
    pub best: Option<f64>,
    /// How many epochs have passed since.
    pub wait: i64,
    /// How many epochs are left that do not count.
    pub cooling: i64,
}

impl Plateau {
    /// Looks at the number of an epoch that was trained at a rate; returns the new rate if it falls.
    pub fn see(&mut self, current: f64, rate: Option<f64>) -> Option<f64> {
        if self.cooling > 0 {
            self.cooling -= 1;
            self.wait = 0;
        }
        let best = self.best.unwrap_or(worst(self.more));
        let better =
            if self.more { current > best + self.min_delta } else { current < best - self.min_delta };
        if better {
            (self.best, self.wait) = (Some(current), 0);
            return None;
        }
        if self.cooling > 0 {
            return None;
        }
        self.wait += 1;
        // The rate is kept in single precision, and compared so.
        let falls = rate.filter(|rate| self.wait >= self.patience && *rate > f64::from(self.min_rate as f32));
        let rate = falls?;
        let product =
            if self.single { f64::from(rate as f32 * self.factor as f32) } else { rate * self.factor };
        let next = product.max(self.min_rate);
        (self.cooling, self.wait) = (self.cooldown, 0);
        Some(next)
    }
}

fn worst(more: bool) -> f64 {
    if more { f64::NEG_INFINITY } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_after_its_patience() {
        let mut stopping = Stopping {
            more: false,
            min_delta: 0.1,
            patience: 2,
            baseline: None,
            start: 1,
            best: None,
            wait: 0,
        };
        let seen: Vec<Seen> = [9.0, 1.0, 0.95, 0.8, 0.75, 0.72]
            .iter()
            .zip(0..)
            .map(|(x, epoch)| stopping.see(epoch, *x))
            .collect();
        let best: Vec<bool> = seen.iter().map(|seen| seen.best).collect();
        assert_eq!(best, [false, true, false, true, false, false]);
        assert_eq!(seen.iter().position(|seen| seen.stop), Some(5));
    }

    #[test]
    fn a_baseline_that_is_not_reached_is_no_progress() {
        let mut stopping = Stopping {
            more: true,
            min_delta: 0.0,
            patience: 2,
            baseline: Some(0.9),
            start: 0,
            best: None,
            wait: 0,
        };
        assert_eq!(stopping.see(0, 0.5), Seen { best: true, stop: false });
        assert_eq!(stopping.wait, 1);
        assert_eq!(stopping.see(1, 0.4), Seen { best: false, stop: true });
    }

    #[test]
    fn the_rate_falls_and_cools_down() {
        let mut plateau = Plateau {
            more: false,
            min_delta: 0.0,
            patience: 1,
            factor: 0.5,
            single: false,
            min_rate: 0.3,
            cooldown: 2,
            best: None,
            wait: 0,
            cooling: 0,
        };
        let mut rate = 1.0;
        let rates: Vec<f64> = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
            .iter()
            .map(|x| {
                rate = plateau.see(*x, Some(rate)).unwrap_or(rate);
                rate
            })
            .collect();
        assert_eq!(rates, [1.0, 0.5, 0.5, 0.3, 0.3, 0.3]);
    }

    #[test]
    fn names_say_what_is_better() {
        assert!(more_is_better(Keras::Three, "auto", "val_f1_score"));
        assert!(!more_is_better(Keras::Two, "auto", "val_precision"));
        assert!(more_is_better(Keras::Two, "max", "loss"));
    }
}
