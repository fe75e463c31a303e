//! Repairs of names that do not exist: what they are called now, and where they are.

use diagnostics::{Fix, Span};
use interp::value::profile;
use ops::Keras;
use python::Ranged;
use python::ast::{self, AnyNodeRef};

use crate::repair::{insert, module_name, replace, safe};
use crate::{Failure, source};

/// Modules that public names have been moved to.
const HOMES: &[&str] = &[
    "keras.layers",
    "keras.utils",
    "keras.models",
    "keras.optimizers",
    "keras.saving",
    "keras.losses",
    "keras",
];

/// Writes a name where it is read: `tf.math.log` for `tf.log`.
pub(super) fn moved(failure: &Failure<'_>, path: &str) -> Option<Fix> {
    let (home, name) = path.rsplit_once('.')?;
    let attribute = attribute(failure)?;
    let module = module_name(failure.interp, home)?;
    let span = python::span(attribute.range());
    Some(safe(format!("write `{module}.{name}`"), vec![replace(span, format!("{module}.{name}"))]))
}

/// Imports names from where they are: `from keras.layers import Lambda` for `from keras.layers.core import Lambda`.
pub(super) fn import(failure: &Failure<'_>) -> Option<Fix> {
    let statement =
        source::around(failure.program(), failure.span()).into_iter().rev().find_map(|node| match node {
            AnyNodeRef::StmtImportFrom(s) => Some(s),
            _ => None,
        })?;
    let module = statement.module.as_ref().filter(|_| statement.level == 0)?;
    let profile = profile(failure.interp.keras);
    let has_all = |home: &str| {
        let home = home.replacen("tensorflow", "tf", 1);
        statement
            .names
            .iter()
            .all(|alias| names::lookup(profile, &format!("{home}.{}", alias.name)).is_some())
    };
    let parents =
        module.as_str().match_indices('.').map(|(at, _)| module[..at].to_owned()).collect::<Vec<_>>();
    // `tensorflow.keras` stays what it is.
    let prefix = if module.starts_with("tensorflow.keras") { "tensorflow." } else { "" };
    let homes = HOMES.iter().map(|home| format!("{prefix}{home}"));
    let home = parents.into_iter().rev().chain(homes).find(|home| home.contains("keras") && has_all(home))?;
    let place = python::span(module.range());
    Some(safe(format!("import from `{home}`"), vec![replace(place, home)]))
}

/// Imports the module that took in a former one under the former name: `from keras import utils as np_utils`.
pub(super) fn former_module(failure: &Failure<'_>, name: &str) -> Option<Fix> {
    let home = match name {
        "np_utils" | "generic_utils" => "utils",
        _ => return None,
    };
    let statement =
        source::around(failure.program(), failure.span()).into_iter().rev().find_map(|node| match node {
            AnyNodeRef::StmtImportFrom(s) => Some(s),
            _ => None,
        })?;
    let [alias] = &statement.names[..] else { return None };
    let parent = statement.module.as_ref()?.strip_suffix(".utils").filter(|_| statement.level == 0)?;
    let own = alias.asname.as_ref().map_or(name, ast::Identifier::as_str);
    let text = format!("from {parent} import {home} as {own}");
    Some(safe(
        format!("import `{parent}.{home}` by that name"),
        vec![replace(python::span(statement.range()), text)],
    ))
}

/// Attributes of shapes and of layers that are gone.
pub(super) fn attribute_of_shape(failure: &Failure<'_>, name: &str) -> Option<Fix> {
    let attribute = attribute(failure)?;
    let (whole, owner) = (python::span(attribute.range()), python::span(attribute.value.range()));
    let call = call_of(failure, whole);
    let rest = Span::new(owner.end, call.unwrap_or(whole).end);
    let around = |function: &str| vec![insert(owner.start, format!("{function}(")), replace(rest, ")")];
    let edits = match name {
        "as_list" => around("list"),
        "rank" | "ndims" => around("len"),
        "num_elements" => return None,
        "get_shape" if call.is_some() => vec![replace(rest, ".shape")],
        "value" => vec![replace(rest, "")],
        "lr" => vec![replace(rest, ".learning_rate")],
        "output_shape" if failure.interp.keras == Keras::Three => vec![replace(rest, ".output.shape")],
        "input_shape" if failure.interp.keras == Keras::Three => vec![replace(rest, ".input.shape")],
        _ => return None,
    };
    Some(safe("take what there is in its place", edits))
}

/// Imports a library under its usual name.
pub(super) fn imported(failure: &Failure<'_>, statement: &str) -> Fix {
    let at = failure.program().script().body().first().map_or(0, |first| {
        let docstring = matches!(first, ast::Stmt::Expr(s) if s.value.is_string_literal_expr());
        let second = failure.program().script().body().get(1).filter(|_| docstring);
        python::span(second.unwrap_or(first).range()).start
    });
    safe(format!("add `{statement}`"), vec![insert(at, format!("{statement}\n"))])
}

/// The attribute that is read: `tf.log`.
fn attribute<'a>(failure: &Failure<'a>) -> Option<&'a ast::ExprAttribute> {
    let span = failure.span();
    source::around(failure.program(), span).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprAttribute(e) if python::span(e.range()).end == span.end => Some(e),
        _ => None,
    })
}

/// The call of what is at a place.
fn call_of(failure: &Failure<'_>, function: Span) -> Option<Span> {
    source::around(failure.program(), function).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprCall(call) if python::span(call.func.range()) == function => {
            Some(python::span(call.range()))
        }
        _ => None,
    })
}
