//! What a generator or a sequence raises for a batch that is not the first: after a model was traced for the first one,
//! out of the pipeline that asks for the others.
//!
//! source: tensorflow/python/lib/core/py_func.cc: the status of an exception that a function of Python's raises

use std::rc::Rc;

use ops::{Exc, Keras};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};

/// So many batches are asked for at most.
const MOST_ASKED: i64 = 24;

/// Why not all batches can be made.
#[derive(Clone, Debug)]
pub(crate) struct Unmade {
    /// The class of TensorFlow's that the run ends with.
    class: &'static str,
    /// What is said.
    core: Rc<str>,
    /// Whether it is the data that is refused, not a function of the script's that failed.
    refused: bool,
}

impl Unmade {
    /// What a kernel says that cannot make a batch of elements.
    pub(crate) fn by_kernel(core: Rc<str>) -> Unmade {
        Unmade { class: Exc::InvalidArgumentError.name(), core, refused: true }
    }
}

impl Interp<'_> {
    /// How many batches Keras asks for itself, before there is a pipeline.
    pub(crate) fn asked_beforehand(&self) -> i64 {
        match self.keras {
            Keras::Two => 1,
            Keras::Three => 2,
        }
    }

    /// Asks for the batches of a round from a place on, and tells what is raised instead of one of them. `next` tells
    /// whether there surely is another.
    ///
    /// # Errors
    /// What ends an analysis.
    pub(crate) fn raised_later(
        &mut self,
        from: i64,
        count: Option<i64>,
        mut next: impl FnMut(&mut Self, i64) -> Eval<bool>,
    ) -> Eval<Option<Unmade>> {
        if self.carries_out() || self.heap.is_branching() {
            return Ok(None);
        }
        let share = self.share();
        for at in from..count.unwrap_or(0).min(MOST_ASKED) {
            match next(self, at) {
                Ok(true) if !self.has_taken(share) => {}
                Ok(_) => break,
                Err(Halt::Exception(exception)) => return Ok(Some(self.unmade_by(exception))),
                Err(halt) => return Err(halt),
            }
        }
        Ok(None)
    }

    /// What becomes of an exception in a function that a pipeline calls.
    fn unmade_by(&mut self, exception: ObjId) -> Unmade {
        let class = self.heap.instance(exception).map(|instance| instance.class);
        let mut is = |name: &str| {
            let base = self.builtin_class(name);
            class.is_some_and(|class| self.is_subclass(class, base))
        };
        let status = if is("ValueError") || is("TypeError") {
            "InvalidArgumentError"
        } else if is("NotImplementedError") {
            "UnimplementedError"
        } else if is("MemoryError") {
            "ResourceExhaustedError"
        } else {
            "UnknownError"
        };
        let said = self.exception(exception).map_or_else(Rc::default, |state| state.core.clone());
        let core = format!("{}: {said}", self.exception_name(exception));
        Unmade { class: status, core: core.into(), refused: false }
    }

    /// Ends a step for which not all batches can be made.
    pub(crate) fn end_unmade(&mut self, unmade: &Unmade) -> Halt {
        let halt = match unmade.refused {
            true => self.bad_data(Exc::InvalidArgumentError, unmade.core.to_string()),
            false => self.raise_named(unmade.class, &*unmade.core),
        };
        if let Halt::Exception(exception) = &halt
            && let Some(state) = self.exception_mut(*exception)
        {
            // Which elements meet in a batch depends on how they are shuffled.
            state.unsure = true;
        }
        halt
    }
}
