//! Calls with arguments that a function does not have.

use diagnostics::{Fix, Severity};
use interp::events::Event;
use interp::value::{FunctionId, Value, profile};
use ops::Mistake;
use python::Ranged;
use python::ast::Expr;

use crate::explain::consequence;
use crate::repair::lambda::{into_list, lambda_of, take_list};
use crate::repair::{replace, safe};
use crate::wording::listed;
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds calls whose arguments do not fit the signature.
pub(super) static CALL_DOES_NOT_FIT_SIGNATURE: Rule = Rule {
    name: "call-does-not-fit-signature",
    group: Group::Script,
    summary: "a call lacks an argument or has one that the function does not take",
    severity: Severity::Error,
    page: include_str!("call_does_not_fit_signature.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::Signature { problem } = failure.mistake()? else { return None };
    let mut explanation = Explanation::new(format!("the call does not fit the function: {problem}"));
    let parameters: Vec<String> = match own_function(failure) {
        Some(id) => {
            let function = failure.interp.function(id);
            let span = source::first_line(failure.program(), function.span);
            explanation = explanation.label(span, "the function is defined here");
            function.signature.params.iter().map(|p| p.name.to_string()).collect()
        }
        None => {
            let signature = recorded(failure);
            let parsed = signature.as_deref().and_then(python::parse_signature);
            if let Some(signature) = signature.filter(|text| text.len() < MAX_SIGNATURE) {
                explanation = explanation.note(format!("its parameters are `{signature}`"));
            }
            parsed.map(|s| s.params.iter().map(|p| p.name.to_string()).collect()).unwrap_or_default()
        }
    };
    if let Some(wrong) =
        problem.split("unexpected keyword argument '").nth(1).and_then(|t| t.split('\'').next())
    {
        match meant(wrong, &parameters) {
            Some(name) => {
                let fix = renamed(failure, wrong, name);
                explanation = explanation.help(format!("there is a parameter `{name}`")).mended(fix);
            }
            None if own_function(failure).is_some() && !parameters.is_empty() => {
                let quoted: Vec<String> = parameters.iter().map(|name| format!("`{name}`")).collect();
                explanation = explanation.help(format!("its parameters are {}", listed(&quoted)));
            }
            None => {}
        }
    }
    if let Some(declared) = &failure.declared {
        // The function is called when the model runs; the mistake is where the layer is made.
        explanation.span = Some(source::whole(failure.program(), declared.span));
        explanation.labels.push(consequence(failure));
    }
    explanation.fix = explanation.fix.or_else(|| listed_tensors(failure));
    if by_lambda(failure) || failure.declared.is_some() {
        explanation = explanation.help(
            "a Lambda hands its function only the first argument of the call: several tensors go into one list, other values \
             into `Lambda(..., arguments={...})`",
        );
    }
    Some(explanation)
}

/// Writes the parameter's name.
fn renamed(failure: &Failure<'_>, wrong: &str, name: &str) -> Option<Fix> {
    let call = source::call_at(failure.program(), failure.span())?;
    let keyword = call.arguments.keywords.iter().find(|keyword| keyword.arg.as_deref() == Some(wrong))?;
    let place = python::span(keyword.arg.as_ref()?.range());
    Some(safe(format!("write `{name}=`"), vec![replace(place, name)]))
}

/// Lets a lambda of several parameters take the one list that its Lambda is called on.
fn listed_tensors(failure: &Failure<'_>) -> Option<Fix> {
    let place = failure.declared.as_ref().map_or(failure.span(), |declared| declared.span);
    let call = source::call_at(failure.program(), source::whole(failure.program(), place))?;
    let Expr::Call(maker) = &*call.func else { return None };
    let lambda = lambda_of(maker)?;
    let parameters = lambda.parameters.as_deref()?;
    let names: Vec<&str> = parameters.args.iter().map(|p| p.parameter.name.as_str()).collect();
    let mut edits = take_list(lambda, &names)?;
    match &call.arguments.args[..] {
        [Expr::List(list)] if list.elts.len() == names.len() => {}
        several if several.len() == names.len() && names.len() > 1 => edits.extend(into_list(call)?),
        _ => return None,
    }
    Some(safe("take the tensors out of one list", edits))
}

/// A signature longer than this is not shown.
const MAX_SIGNATURE: usize = 200;

/// The parameter that a wrong keyword means: an old name, or one that begins like it.
fn meant<'a>(wrong: &str, parameters: &'a [String]) -> Option<&'a str> {
    const OLD: &[(&str, &str)] = &[
        ("dim", "axis"),
        ("lr", "learning_rate"),
        ("keep_dims", "keepdims"),
        ("input_dim", "input_shape"),
        ("output_dim", "units"),
        ("nb_epoch", "epochs"),
        ("init", "kernel_initializer"),
        ("border_mode", "padding"),
        ("subsample", "strides"),
        ("p", "rate"),
    ];
    let renamed = OLD.iter().find(|(old, _)| *old == wrong).map(|(_, new)| *new);
    let known = |name: &str| parameters.iter().find(|p| *p == name).map(String::as_str);
    renamed.and_then(known).or_else(|| {
        let plain = |text: &str| text.replace('_', "").to_lowercase();
        parameters.iter().map(String::as_str).find(|p| {
            let (a, b) = (plain(p), plain(wrong));
            a == b || (b.len() >= 3 && (a.starts_with(&b) || b.starts_with(&a)))
        })
    })
}

/// Tells whether it is a Lambda that calls the script's function.
fn by_lambda(failure: &Failure<'_>) -> bool {
    let Some(id) = own_function(failure) else { return false };
    let callee = failure.callee();
    failure
        .interp
        .events
        .iter()
        .any(|event| matches!(event, Event::Captured { function, .. } if *function == id))
        || (callee.rsplit('.').next() != Some(failure.op())
            && !callee.starts_with("Lambda")
            && is_layer(failure))
}

fn is_layer(failure: &Failure<'_>) -> bool {
    let Some(call) = source::call_at(failure.program(), failure.span()) else { return false };
    match &*call.func {
        Expr::Name(name) => matches!(failure.interp.global(&name.id), Some(Value::Instance(_)) | None),
        Expr::Call(_) => true,
        _ => false,
    }
}

/// The script's own function that is called.
fn own_function(failure: &Failure<'_>) -> Option<FunctionId> {
    let interp = failure.interp;
    match interp.global(failure.op())? {
        Value::Function(id) => Some(id),
        _ => None,
    }
}

/// The parameters of a framework's function.
fn recorded(failure: &Failure<'_>) -> Option<String> {
    let interp = failure.interp;
    let callee = failure.callee();
    let (root, rest) = callee.split_once('.').unwrap_or((&callee, ""));
    let path = match interp.global(root)? {
        Value::Module(path) if !rest.is_empty() => format!("{path}.{rest}"),
        Value::Api(path) if rest.is_empty() => path.to_string(),
        Value::Class(class) if rest.is_empty() => interp.class(class).path.as_deref()?.to_owned(),
        _ => return None,
    };
    let entry = names::lookup(profile(interp.keras), &path)?;
    (!entry.signature.is_empty()).then(|| entry.signature.to_owned())
}
