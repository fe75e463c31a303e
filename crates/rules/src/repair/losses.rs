//! Repairs of what a model is compiled with, and of its last layer.

use diagnostics::{Edit, Span};
use graph::NodeId;
use interp::Interp;
use interp::value::Value;
use python::Ranged;
use python::ast::{self, Expr};

use super::{add_keyword, argument, assignments, literal_int, module_name, replace};
use crate::places::layer_of;
use crate::source;

/// Returns the `compile` of the model that a call of `fit` is of.
pub(crate) fn compile_call<'a>(interp: &Interp<'a>, fit: Span) -> Option<&'a ast::ExprCall> {
    let call = source::call_at(interp.program, fit)?;
    let Expr::Attribute(method) = &*call.func else { return None };
    let Expr::Name(name) = &*method.value else { return None };
    let Some(Value::Instance(id)) = interp.global(&name.id) else { return None };
    let compiled = interp.model(id)?.compiled.as_ref()?;
    source::call_at(interp.program, compiled.span)
}

/// Returns the loss that a model is compiled with, as it is written: in the call, as the only one of a list or dict, or
/// where the name is assigned that stands for it.
pub(crate) fn loss_of<'a>(interp: &Interp<'a>, fit: Span) -> Option<&'a Expr> {
    written_loss(interp, argument(compile_call(interp, fit)?, 1, "loss")?)
}

/// Returns a loss behind the name or the container that is written for it.
pub(crate) fn written_loss<'a>(interp: &Interp<'a>, loss: &'a Expr) -> Option<&'a Expr> {
    match loss {
        Expr::Dict(dict) => match &dict.items[..] {
            [only] => Some(&only.value),
            _ => None,
        },
        Expr::List(list) => match &list.elts[..] {
            [only] => Some(only),
            _ => None,
        },
        Expr::Name(name) => Some(assigned(interp, &name.id).unwrap_or(loss)),
        _ => Some(loss),
    }
}

/// The text or call that a name is assigned, if that is its only assignment at the top.
fn assigned<'a>(interp: &Interp<'a>, name: &str) -> Option<&'a Expr> {
    let mut values = assignments(interp, name).map(|statement| &*statement.value);
    let first = values.next()?;
    let plain = matches!(first, Expr::StringLiteral(_) | Expr::Call(_));
    (plain && values.next().is_none()).then_some(first)
}

/// Writes another crossentropy: by its name, or by its class.
pub(crate) fn other_loss(interp: &Interp<'_>, loss: &Expr, (from, to): (&str, &str)) -> Option<Edit> {
    if let Expr::Name(name) = loss
        && name.id.as_str() == from
    {
        // The function was imported by its name; the other was not.
        return Some(replace(python::span(loss.range()), format!("\"{to}\"")));
    }
    let place = match loss {
        Expr::StringLiteral(_) => python::span(loss.range()),
        Expr::Call(call) => python::span(call.func.range()),
        Expr::Attribute(_) | Expr::Name(_) => python::span(loss.range()),
        _ => return None,
    };
    let text = interp.program.text(place);
    let camel = |snake: &str| snake.split('_').map(capitalised).collect::<String>();
    let (old, new) = match text.contains(from) {
        true => (from.to_owned(), to.to_owned()),
        false => (camel(from), camel(to)),
    };
    let at = text.rfind(&old)? as u32;
    let span = Span::new(place.start + at, place.start + at + old.len() as u32);
    Some(replace(span, new))
}

fn capitalised(word: &str) -> String {
    word.get(..1).unwrap_or_default().to_ascii_uppercase() + word.get(1..).unwrap_or_default()
}

/// Tells a loss that it gets scores and not probabilities.
pub(crate) fn from_logits(interp: &Interp<'_>, loss: &Expr) -> Option<Edit> {
    match loss {
        Expr::StringLiteral(text) => {
            let class: String = text.value.to_str().split('_').map(capitalised).collect();
            let losses = module_name(interp, "keras.losses")?;
            Some(replace(python::span(loss.range()), format!("{losses}.{class}(from_logits=True)")))
        }
        Expr::Call(call) if call.arguments.find_keyword("from_logits").is_none() => {
            Some(add_keyword(interp.program, call, "from_logits=True"))
        }
        _ => None,
    }
}

/// Gives the last layer another number of units, where it has the given one as a number.
pub(crate) fn units(
    interp: &Interp<'_>,
    predictions: NodeId,
    (given, wanted): (i64, i64),
) -> Option<(String, Edit)> {
    let name = layer_of(interp, predictions)?;
    let state = interp.layers().find(|state| *state.name == *name)?;
    let call = source::call_at(interp.program, state.made)?;
    let dense = state.decl?.name == "Dense";
    let value = argument(call, 0, "units").filter(|value| dense && literal_int(value) == Some(given))?;
    Some((name, replace(python::span(value.range()), wanted.to_string())))
}
