//! Phases of a program: which model method is being carried out.

use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::record::Phase;

impl Interp<'_> {
    /// Carries out a model's method: the outermost names the phase, and records what leaves it.
    ///
    /// # Errors
    /// What the method raises.
    pub fn phased<T>(&mut self, phase: Phase, method: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        let before = self.phase;
        let outermost = before == Phase::Build;
        if outermost {
            self.phase = phase;
        }
        let result = method(self);
        if let Err(Halt::Exception(id)) = &result {
            let now = self.phase;
            if let Some(state) = self.exception_mut(*id) {
                state.phase = Some(now);
            }
            if outermost {
                self.record_raised(*id, phase);
            }
        }
        self.phase = before;
        result
    }
}
