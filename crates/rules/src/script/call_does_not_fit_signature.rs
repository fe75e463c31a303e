//! Calls with arguments that a function does not have.

use diagnostics::{Fix, Severity, Span};
use interp::events::Event;
use interp::value::{FunctionId, Value, profile};
use ops::{Keras, Misbound, Mistake};
use python::Ranged;
use python::ast::{AnyNodeRef, Expr};

use crate::explain::consequence;
use crate::repair::lambda::{into_list, lambda_of, take_list};
use crate::repair::{add_keyword, replace, safe};
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
    let Mistake::Signature { problem, misbound } = failure.mistake()? else { return None };
    let mut explanation = Explanation::new(worded(failure, problem, misbound));
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
    if let Misbound::Missing(missing) = misbound
        && let Some((help, fix)) = former_defaults(failure, missing)
    {
        explanation = explanation.help(help).mended(fix);
    }
    if *misbound == Misbound::NoInput {
        let (help, fix) = layer_itself(failure);
        explanation = explanation
            .note("a layer's constructor makes it, its call takes a tensor: this one is made already, and called here")
            .help(help)
            .mended(fix);
    }
    if let Misbound::Unexpected(wrong) = misbound {
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

/// Says what does not fit.
fn worded(failure: &Failure<'_>, problem: &str, misbound: &Misbound) -> String {
    let op = failure.op().trim_end_matches(".__init__");
    let (subject, object) = match op {
        "" => ("the function".to_owned(), "the function".to_owned()),
        lambda if lambda.contains("<lambda>") => ("the lambda".to_owned(), "the lambda".to_owned()),
        name => (format!("`{name}`"), format!("`{name}`")),
    };
    match misbound {
        Misbound::Unexpected(name) => format!("{subject} has no parameter `{name}`"),
        Misbound::Missing(names) => {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("the call of {object} does not give {}", listed(&quoted))
        }
        Misbound::NoInput => format!("layer '{op}' is called on nothing"),
        Misbound::Other => format!("the call does not fit the function: {problem}"),
    }
}

/// What to do about `model.add(layer())`: the layer that is made already is what is to be added.
fn layer_itself(failure: &Failure<'_>) -> (String, Option<Fix>) {
    let call = source::call_at(failure.program(), failure.span());
    let layer = call.map(|call| python::span(call.func.range()));
    let Some((call, layer)) = call.zip(layer) else { return ("call it on a tensor".to_owned(), None) };
    let name = source::plain(failure.program(), layer).unwrap_or_else(|| "layer".to_owned());
    let added = source::around(failure.program(), failure.span()).iter().rev().any(|node| match node {
        AnyNodeRef::ExprCall(outer) => {
            let adds = matches!(&*outer.func, Expr::Attribute(method) if method.attr.as_str() == "add");
            adds && outer.arguments.args.iter().any(|arg| arg.range() == call.range())
        }
        _ => false,
    });
    if !added {
        return (
            format!("call it on a tensor, `{name}(x)`; where the layer itself is wanted, leave out `()`"),
            None,
        );
    }
    let brackets = Span::new(layer.end, python::span(call.range()).end);
    let fix = safe("add the layer itself", vec![replace(brackets, "")]);
    (format!("`add` takes the layer itself: `add({name})`"), Some(fix))
}

/// Parameters that have a default in the other version only: `AveragePooling2D()` is one of Keras 2.
fn former_defaults(failure: &Failure<'_>, missing: &[String]) -> Option<(String, Option<Fix>)> {
    let (other, version) = match failure.interp.keras {
        Keras::Two => (names::Profile::Keras3, "Keras 3"),
        Keras::Three => (names::Profile::Keras2, "Keras 2"),
    };
    let signature = python::parse_signature(names::lookup(other, &path(failure)?)?.signature)?;
    let defaults: Vec<String> = missing
        .iter()
        .map(|name| {
            let parameter = signature.params.iter().find(|parameter| *parameter.name == **name)?;
            Some(format!("{name}={}", parameter.default.as_ref()?.source()?))
        })
        .collect::<Option<_>>()?;
    let written = defaults.join(", ");
    let call = source::call_at(failure.program(), failure.span());
    let edit = call.map(|call| add_keyword(failure.program(), call, &written));
    let fix = edit.map(|edit| safe(format!("write out the default of {version}"), vec![edit]));
    Some((format!("{version} has a default for it: `{written}`"), fix))
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
    let entry = names::lookup(profile(failure.interp.keras), &path(failure)?)?;
    (!entry.signature.is_empty()).then(|| entry.signature.to_owned())
}

/// The public name of a framework's function that is called.
fn path(failure: &Failure<'_>) -> Option<String> {
    let interp = failure.interp;
    let callee = failure.callee();
    let (root, rest) = callee.split_once('.').unwrap_or((&callee, ""));
    match interp.global(root)? {
        Value::Module(path) if !rest.is_empty() => Some(format!("{path}.{rest}")),
        Value::Api(path) if rest.is_empty() => Some(path.to_string()),
        Value::Class(class) if rest.is_empty() => interp.class(class).path.as_deref().map(str::to_owned),
        _ => None,
    }
}
