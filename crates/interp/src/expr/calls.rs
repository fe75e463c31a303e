//! Call expressions: evaluating the callee and its arguments.

use python::Ranged;
use python::ast::{self, Expr};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Reason, Value};

impl<'a> Interp<'a> {
    pub(super) fn eval_call(&mut self, e: &'a ast::ExprCall) -> Eval {
        let callee = self.eval(&e.func)?;
        let (args, unknown) = self.eval_args(&e.arguments)?;
        // CPython 3.11 puts a method call's line at the method's name, other calls' at their start.
        let span = python::span(e.range());
        self.at(match &*e.func {
            Expr::Attribute(a) => diagnostics::Span::new(python::span(a.attr.range()).start, span.end),
            _ => span,
        });
        if let Some(reason) = unknown {
            if self.calls_framework(&callee) {
                self.undecided(format!("a call with unknown arguments: {}", reason.text()));
            }
            return Ok(Value::Unknown(reason));
        }
        if let Expr::Name(name) = &*e.func
            && let Some(value) = self.special_call(&name.id, &callee, &args)?
        {
            return Ok(value);
        }
        if !self.leaves_script(&callee) {
            return self.call_spanned(&callee, args, span);
        }
        let result = self.call_spanned(&callee, args.clone(), span);
        if let Err(halt) = &result {
            self.note_arguments(halt, e, &callee, &args);
        }
        result
    }

    /// Evaluates arguments; `*xs` and `**kw` of unknown contents give a reason in place of a full list.
    fn eval_args(&mut self, arguments: &'a ast::Arguments) -> Eval<(Args, Option<Reason>)> {
        let mut args = Args::default();
        let mut unknown = None;
        for arg in &arguments.args {
            match arg {
                Expr::Starred(s) => {
                    let iterable = self.eval(&s.value)?;
                    let (items, more) = self.iterate(&iterable, 4096)?;
                    args.positional.extend(items);
                    if more {
                        unknown = Some(reason_of(&iterable, "arguments of unknown number"));
                    }
                }
                _ => args.positional.push(self.eval(arg)?),
            }
        }
        for keyword in &arguments.keywords {
            let value = self.eval(&keyword.value)?;
            match &keyword.arg {
                Some(name) => args.keywords.push((name.as_str().into(), value)),
                None => match self.pairs_of(&value) {
                    Some(pairs) => {
                        for (key, value) in pairs {
                            match key {
                                Value::Str(name) => args.keywords.push((name, value)),
                                _ => {
                                    unknown =
                                        Some(Reason::new("keyword arguments that are not strings", None))
                                }
                            }
                        }
                    }
                    None => unknown = Some(reason_of(&value, "keyword arguments that are not known")),
                },
            }
        }
        Ok((args, unknown))
    }
}

pub(super) fn reason_of(value: &Value, otherwise: &str) -> Reason {
    match value {
        Value::Unknown(reason) => reason.clone(),
        _ => Reason::new(otherwise, None),
    }
}
