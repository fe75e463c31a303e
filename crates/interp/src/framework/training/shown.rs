//! What a training prints: its progress, and what Keras' own callbacks say.

use std::rc::Rc;

use ops::{Arg, Keras};

use crate::framework::callbacks::Callbacks;
use crate::framework::data::{Data, Feed};
use crate::framework::dataset::Count;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};
use crate::world::Stream;

impl Interp<'_> {
    /// The time in seconds; always the same where nothing is carried out.
    pub(crate) fn now(&self) -> f64 {
        self.world.map_or(0.0, |world| world.now())
    }

    /// The number of batches of one round that Keras knows beforehand.
    pub(crate) fn known_steps(&mut self, feed: &Feed, data: &Data) -> Eval<Option<i64>> {
        if let Some(steps) = feed.steps.filter(|steps| *steps > 0) {
            return Ok(Some(steps));
        }
        Ok(match data {
            Data::Unknown => None,
            Data::Arrays(arrays) => arrays.count(),
            Data::Batches { .. } => match self.dataset(&feed.x).map(|state| state.count) {
                Some(Count::Known(count)) => Some(count),
                Some(Count::Infinite | Count::Untold(_) | Count::Unknown) => None,
                None if matches!(feed.x, Value::Instance(_)) && self.trains() => {
                    self.call_method(&feed.x, "__len__", Args::default())?.and_then(|count| count.as_int())
                }
                None => None,
            },
        })
    }

    /// Shows the beginning and the end of a round.
    pub(crate) fn show_round(&mut self, callbacks: &mut Callbacks, method: &str, args: &[Value]) {
        let Some(progress) = callbacks.progress.as_mut().filter(|progress| progress.shows(method)) else {
            return;
        };
        let now = self.now();
        let text = match method {
            "on_epoch_begin" => progress.begin(now, args.first().and_then(Value::as_int)),
            "on_test_begin" | "on_predict_begin" => progress.begin(now, None),
            "on_epoch_end" | "on_test_end" | "on_predict_end" => {
                let logs = self.logs_of(args.last().unwrap_or(&Value::None));
                progress.end(now, &logs)
            }
            _ => None,
        };
        if let Some(text) = text {
            self.write_out(Stream::Output, &text);
        }
    }

    /// Shows a step that was made: the `at`-th of a round, from 0.
    pub(crate) fn show_step(
        &mut self,
        model: ObjId,
        callbacks: &mut Callbacks,
        method: &str,
        at: usize,
        logs: &Value,
    ) {
        let Some(progress) = callbacks.progress.as_mut().filter(|progress| progress.shows(method)) else {
            return;
        };
        if self.keras == Keras::Two && progress.metrics.is_none() {
            progress.metrics = Some(self.log_names(model));
        }
        if progress.counts(at as i64 + 1) {
            let numbers = self.callback_logs(logs);
            if let Some(text) = progress.step(self.now(), &numbers) {
                self.write_out(Stream::Output, &text);
            }
        }
    }

    /// The numbers of logs as callbacks see them: Keras 3 sorts them by their names.
    pub(crate) fn callback_logs(&mut self, logs: &Value) -> Vec<(Rc<str>, f64)> {
        let mut logs = self.logs_of(logs);
        self.order_logs(&mut logs);
        logs
    }

    /// Puts numbers into the order in which callbacks see them.
    pub(crate) fn order_logs(&self, logs: &mut [(Rc<str>, f64)]) {
        if self.keras == Keras::Three {
            logs.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
    }

    /// Prints what one of Keras' callbacks says, unless it is to be quiet.
    pub(crate) fn callback_says(&mut self, id: ObjId, text: impl FnOnce(&mut Self) -> String) {
        let quiet =
            matches!(self.callback_setting(id, "verbose"), Arg::Missing | Arg::Int(0) | Arg::Bool(false));
        if !quiet {
            let text = text(self);
            self.write_out(Stream::Output, &format!("{text}\n"));
        }
    }
}
