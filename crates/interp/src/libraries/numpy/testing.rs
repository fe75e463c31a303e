//! `np.testing`: assertions about whole arrays, which a run checks and an analysis takes for true.

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native functions.
pub(super) static FUNCTIONS: &[Native] = &[
    native("np.testing.assert_allclose", |interp, args| {
        let tolerance = |at: usize, name: &str, default: f64| {
            args.get(at, name).cloned().unwrap_or(Value::Float(default))
        };
        let (rtol, atol) = (tolerance(2, "rtol", 1e-7), tolerance(3, "atol", 0.0));
        let text = format!(
            "\nNot equal to tolerance rtol={}, atol={}\n",
            interp.display(&rtol)?.unwrap_or_default(),
            interp.display(&atol)?.unwrap_or_default()
        );
        let equal_nan = ("equal_nan".into(), Value::Bool(true));
        let keywords = vec![("rtol".into(), rtol), ("atol".into(), atol), equal_nan];
        holds(interp, &args, "np.allclose", keywords, &text)
    }),
    native("np.testing.assert_array_equal", equal),
    native("np.testing.assert_equal", equal),
    native("np.testing.assert_almost_equal", |interp, args| almost(interp, &args, 7)),
    native("np.testing.assert_array_almost_equal", |interp, args| almost(interp, &args, 6)),
    native("np.testing.assert_array_less", |interp, args| {
        let [x, y, ..] = &args.positional[..] else { return Ok(Value::None) };
        if interp.carries_out() {
            let less = interp.call_api(&"np.less".into(), Args::of([x.clone(), y.clone()]))?;
            let args = Args::of([less]);
            return holds(interp, &args, "np.all", Vec::new(), "\nArrays are not strictly ordered `x < y`\n");
        }
        Ok(Value::None)
    }),
];

fn equal(interp: &mut Interp<'_>, args: Args) -> Eval {
    let values = |v: &Value| matches!(v, Value::Tensor(_) | Value::List(_));
    if interp.carries_out() && !args.positional.iter().take(2).any(values) {
        let [x, y, ..] = &args.positional[..] else { return Ok(Value::None) };
        let same = interp.equal(&x.clone(), &y.clone())?;
        return match same {
            Some(true) => Ok(Value::None),
            Some(false) => Err(interp.raise(ops::Exc::AssertionError, "\nItems are not equal:\n")),
            None => interp
                .needs(&Value::None, "an assertion about values that are not known")
                .map(|()| Value::None),
        };
    }
    holds(interp, &args, "np.array_equal", Vec::new(), "\nArrays are not equal\n")
}

/// `abs(desired - actual) < 1.5 * 10**(-decimal)`.
fn almost(interp: &mut Interp<'_>, args: &Args, decimals: i64) -> Eval {
    let decimals = args.get(2, "decimal").and_then(Value::as_int).unwrap_or(decimals);
    let atol = 1.5 * 10_f64.powi(-i32::try_from(decimals.clamp(-300, 300)).unwrap_or(0));
    let keywords = vec![("rtol".into(), Value::Float(0.0)), ("atol".into(), Value::Float(atol))];
    let text = format!("\nArrays are not almost equal to {decimals} decimals\n");
    holds(interp, args, "np.allclose", keywords, &text)
}

/// Raises where a function of the first two arguments is false.
fn holds(
    interp: &mut Interp<'_>,
    args: &Args,
    function: &str,
    keywords: Vec<(std::rc::Rc<str>, Value)>,
    text: &str,
) -> Eval {
    if !interp.carries_out() {
        return Ok(Value::None);
    }
    let positional = args.positional.iter().take(2).cloned().collect();
    let holds = interp.call_api(&function.into(), Args { positional, keywords })?;
    match interp.truth(&holds)? {
        Some(true) => Ok(Value::None),
        Some(false) => Err(interp.raise(ops::Exc::AssertionError, text)),
        None => interp.needs(&holds, "an assertion about values that are not known").map(|()| Value::None),
    }
}
