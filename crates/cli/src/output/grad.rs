//! The gradients of a script's functions, for people and as JSON.

pub(crate) mod json;
pub(crate) mod text;

use checker::grad::{Level, Verdict};

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "agrees",
        Verdict::Differs => "differs",
        Verdict::None => "none",
        Verdict::Zero => "zero",
        Verdict::NotFloat => "not-float",
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Warning => "warning",
        Level::Note => "info",
    }
}
