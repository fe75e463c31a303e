//! What the constructors of all convolutions check.

use ops::{Arg, Exc, Infer, Keras};
use tensor::Dim;

use super::windows::Window;
use crate::python::{int, ints, is_open, known_int, number, raise, size, text, truth, unknown, value_error};
use crate::{Host, InputSpec, args, dims};

/// Which family a convolution belongs to; their texts differ a little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// `Conv1D` and so on.
    Plain,
    /// `Conv1DTranspose` and so on.
    Transpose,
    /// `DepthwiseConv1D` and so on.
    Depthwise,
    /// `SeparableConv1D` and so on.
    Separable,
}

/// The number of spatial axes, which [`init`] stored.
pub(super) fn rank(host: &dyn Host) -> Infer<usize> {
    known_int(&host.get("rank")).map(|rank| rank as usize)
}

/// Checks and normalises what all convolutions take.
pub(super) fn init(host: &mut dyn Host, rank: usize, family: Family) -> Infer<()> {
    host.set("rank", Arg::Int(rank as i64));
    match host.keras() {
        Keras::Two => init2(host, rank, family)?,
        Keras::Three => init3(host, rank, family)?,
    }
    host.set_input_spec(vec![InputSpec::at_least(rank + 2)]);
    crate::identifiers::check(host)
}

fn init3(host: &mut dyn Host, rank: usize, family: Family) -> Infer<()> {
    args::store_tuple(host, "kernel_size", rank, false)?;
    let strides = args::store_tuple(host, "strides", rank, false)?;
    let dilation = args::store_tuple(host, "dilation_rate", rank, false)?;
    args::store_padding(host, family == Family::Plain && rank == 1)?;
    if family == Family::Transpose && !host.get("output_padding").is_none() {
        args::store_tuple(host, "output_padding", rank, true)?;
    }
    args::store_data_format(host)?;
    if matches!(family, Family::Depthwise | Family::Separable) {
        positive(host, "depth_multiplier")?;
    }
    if family != Family::Depthwise {
        positive(host, "filters")?;
    }
    if family == Family::Plain {
        let groups = known_int(&host.get("groups"))?;
        if groups <= 0 {
            let problem = "The number of groups must be a positive integer.";
            return value_error("groups", format!("{problem} Received: groups={groups}."));
        }
        divisible(host, groups, ".")?;
    }
    if let (Family::Transpose, Some(extra)) = (family, output_padding(host)?) {
        for (i, (extra_i, stride)) in extra.iter().zip(&strides).enumerate() {
            if extra_i >= stride {
                let (extra, strides) = (ints(&extra), ints(&strides));
                return value_error(
                    "output_padding",
                    format!(
                        "`output_padding` must be strictly less than `strides` for all dimensions. At dimension {i}, \
                         `output_padding` is {extra_i} but `strides` is {stride}. Received: output_padding={extra}, \
                         strides={strides}"
                    ),
                );
            }
        }
    }
    if matches!(family, Family::Plain | Family::Transpose) {
        not_both(&strides, &dilation)?;
    }
    Ok(())
}

/// Checks `filters` and `depth_multiplier`, which may be `None`.
fn positive(host: &dyn Host, param: &'static str) -> Infer<()> {
    let given = host.get(param);
    if is_open(&given) {
        return Ok(());
    }
    match number(param, &given, "<=", "int")? {
        Some(n) if n <= 0.0 => value_error(
            param,
            format!(
                "Invalid value for argument `{param}`. Expected a strictly positive value. Received {param}={}.",
                text(&given)
            ),
        ),
        _ => Ok(()),
    }
}

fn divisible(host: &dyn Host, groups: i64, end: &str) -> Infer<()> {
    let given = host.get("filters");
    if is_open(&given) {
        return Ok(());
    }
    let Some(filters) = int(&given)? else { return Ok(()) };
    if filters % groups != 0 {
        return value_error(
            "filters",
            format!(
                "The number of filters must be evenly divisible by the number of groups. Received: groups={groups}, \
                 filters={filters}{end}"
            ),
        );
    }
    Ok(())
}

fn not_both(strides: &[i64], dilation: &[i64]) -> Infer<()> {
    if strides.iter().any(|n| *n > 1) && dilation.iter().any(|n| *n > 1) {
        return value_error(
            "strides",
            format!(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides={} and \
                 dilation_rate={}",
                ints(strides),
                ints(dilation)
            ),
        );
    }
    Ok(())
}

fn init2(host: &mut dyn Host, rank: usize, family: Family) -> Infer<()> {
    if family != Family::Depthwise {
        if let Arg::Float(x) = host.get("filters") {
            host.set("filters", Arg::Int(x as i64));
        }
        positive(host, "filters")?;
    }
    let groups = host.get("groups");
    let groups = if truth(&groups)? { known_int(&groups)? } else { 1 };
    host.set("groups", Arg::Int(groups));
    args::store_tuple(host, "kernel_size", rank, false)?;
    let strides = args::store_tuple(host, "strides", rank, true)?;
    args::store_padding(host, true)?;
    args::store_data_format(host)?;
    let dilation = args::store_tuple(host, "dilation_rate", rank, false)?;
    if family != Family::Depthwise {
        if groups == 0 {
            return raise(Exc::ZeroDivisionError, "groups", "integer modulo by zero");
        }
        divisible(host, groups, "")?;
    }
    if strides.contains(&0) {
        let problem = "The argument `strides` cannot contains 0(s).";
        return value_error("strides", format!("{problem} Received: {}", ints(&strides)));
    }
    let causal = host.get("padding") == Arg::Str("causal".into());
    if causal && (rank > 1 || family == Family::Depthwise) {
        let problem = "Causal padding is only supported for `Conv1D`and `SeparableConv1D`.";
        return value_error("padding", problem);
    }
    not_both(&strides, &dilation)?;
    if family == Family::Transpose && !host.get("output_padding").is_none() {
        let extra = args::store_tuple(host, "output_padding", rank, true)?;
        if strides.iter().zip(&extra).any(|(stride, extra)| extra >= stride) {
            let (strides, extra) = (ints(&strides), ints(&extra));
            return value_error(
                "output_padding",
                format!(
                    "Strides must be greater than output padding. Received strides={strides}, output_padding={extra}."
                ),
            );
        }
    }
    Ok(())
}

/// The extra sizes of a transposed convolution.
pub(super) fn output_padding(host: &dyn Host) -> Infer<Option<Vec<i64>>> {
    if host.get("output_padding").is_none() {
        Ok(None)
    } else {
        args::stored(host, "output_padding").map(Some)
    }
}

/// The stored sizes of the window.
pub(super) struct Stored {
    size: Vec<i64>,
    strides: Vec<i64>,
    dilation: Vec<i64>,
    padding: std::rc::Rc<str>,
}

impl Stored {
    /// Reads what [`init`] stored.
    pub(super) fn of(host: &dyn Host) -> Infer<Stored> {
        let Arg::Str(padding) = host.get("padding") else { return unknown("a padding of another kind") };
        Ok(Stored {
            size: args::stored(host, "kernel_size")?,
            strides: args::stored(host, "strides")?,
            dilation: args::stored(host, "dilation_rate")?,
            padding,
        })
    }

    /// Returns the window.
    pub(super) fn window(&self) -> Window<'_> {
        Window { size: &self.size, strides: &self.strides, dilation: &self.dilation, padding: &self.padding }
    }
}

/// Returns the channels of an input, which Keras 2 wants to be known.
pub(super) fn channels2(host: &dyn Host, shape: &[Dim], what: &str) -> Infer<Dim> {
    let rank = rank(host)? as i64;
    let axis = if args::channels_first(host) { -1 - rank } else { -1 };
    match dims::at(shape, axis)? {
        Dim::Symbol(_) => value_error(
            "inputs",
            format!(
                "The channel dimension of the inputs{what} should be defined. The input_shape received is {}, where \
                 axis {axis} (0-based) is the channel dimension, which found to be `None`.",
                dims::text(shape)
            ),
        ),
        dim => Ok(dim),
    }
}

/// Returns the channels of an input in Keras 3, `None` included, and their axis.
pub(super) fn channels3(host: &dyn Host, shape: &[Dim]) -> Infer<(i64, Dim)> {
    let axis = if args::channels_first(host) { 1 } else { -1 };
    Ok((axis, dims::at(shape, axis)?))
}

/// `None * 3` or `None % 3`.
pub(super) fn no_arithmetic<T>(operator: &str, none_first: bool) -> Infer<T> {
    let (left, right) = if none_first { ("NoneType", "int") } else { ("int", "NoneType") };
    crate::python::no_size(format!("unsupported operand type(s) for {operator}: '{left}' and '{right}'"))
}

/// Returns `filters`, which a weight's shape needs.
pub(super) fn filters(host: &dyn Host) -> Infer<Dim> {
    size(&host.get("filters"))
}
