//! What the models of saving ask: which public names objects have, and which objects public names mean.

use keras::Named;
use ops::Keras;

use crate::framework::backend::policy_named;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value, profile};

pub(super) static INTRINSICS: &[Native] = &[
    native("public_place", public_place),
    native("public_object", public_object),
    native("object_named", object_named),
    native("is_public_function", |_, args| {
        Ok(Value::Bool(matches!(args.positional.first(), Some(Value::Api(_) | Value::Native(_)))))
    }),
    native("is_followed", |_, args| {
        Ok(Value::Bool(args.positional.first().is_some_and(|value| !value.is_unknown())))
    }),
    native("is_layer", |interp, args| {
        let layer = args.positional.first().is_some_and(|value| interp.as_layer(value).is_some());
        Ok(Value::Bool(layer))
    }),
    native("global_policy_name", |interp, _| Ok(Value::str(&interp.global_policy_name()))),
    native("policy_dtypes", |_, args| {
        let named = args.positional.first().and_then(Value::as_str).and_then(policy_named);
        Ok(named.map_or(Value::None, |(compute, variable)| {
            Value::tuple([Value::str(compute.name()), Value::str(variable.name())])
        }))
    }),
    native("registers_objects", |interp, _| Ok(Value::Bool(interp.registers_objects()))),
];

/// The module and the name under which a framework's function, class or object of such a class is public:
/// `("keras.layers", "Dense")`; `None` for the script's own.
fn public_place(interp: &mut Interp<'_>, args: Args) -> Eval {
    let path = match args.positional.first() {
        Some(Value::Api(path)) => Some(path.clone()),
        Some(Value::Native(native)) => Some(native.name.into()),
        Some(Value::Class(class)) => interp.class(*class).path.clone(),
        Some(Value::Instance(id)) => {
            interp.heap.instance(*id).and_then(|i| interp.class(i.class).path.clone())
        }
        _ => None,
    };
    let Some(path) = path.filter(|path| path.starts_with("keras.") || path.starts_with("tf.keras.")) else {
        return Ok(Value::None);
    };
    let path = path.strip_prefix("tf.").unwrap_or(&path);
    let Some((module, last)) = path.rsplit_once('.') else { return Ok(Value::None) };
    // An alias (`Convolution2D`) is written by the name in the definition.
    let own = names::canonical(profile(interp.keras), path).and_then(|d| d.rsplit(':').next());
    let own = own.filter(|own| names::lookup(profile(interp.keras), &format!("{module}.{own}")).is_some());
    Ok(Value::tuple([Value::str(module), Value::str(own.unwrap_or(last))]))
}

/// The function or class of a public path; `None` where there is none.
fn public_object(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(path) = args.positional.first().and_then(Value::as_str) else { return Ok(Value::None) };
    let Some(entry) = names::lookup(profile(interp.keras), path) else { return Ok(Value::None) };
    Ok(match entry.kind {
        names::Kind::Class => Value::Class(interp.native_class(path)),
        names::Kind::Function => Value::Api(path.into()),
        _ => Value::None,
    })
}

/// What a name means in a module's table of its objects; `None` where it is in none.
fn object_named(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(family), Some(name)) =
        (args.get(0, "family").and_then(Value::as_str), args.get(1, "name").and_then(Value::as_str))
    else {
        return Ok(Value::None);
    };
    let family = match family {
        "activation function" => &keras::activations::ACTIVATIONS,
        "constraint" => &keras::constraints::CONSTRAINTS,
        "initializer" => &keras::initializers::INITIALIZERS,
        "loss function" => &keras::losses::LOSS_NAMES,
        "metric function" => &keras::metrics::METRIC_NAMES,
        "regularizer" => &keras::regularizers::REGULARIZERS,
        _ => &keras::optimizers::OPTIMIZERS,
    };
    Ok(match family.find(Keras::Three, name) {
        Ok(Named::Class(path)) => Value::Class(interp.native_class(path)),
        Ok(Named::Function(path)) if path.contains(':') => interp.unknown("a function without a public name"),
        Ok(Named::Function(path)) => Value::Api(path.into()),
        Ok(Named::Itself) | Err(_) => Value::None,
    })
}
