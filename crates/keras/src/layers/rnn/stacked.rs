//! `StackedRNNCells`: several cells as one.

use ops::{Arg, Infer, Keras, Stop};
use tensor::{Dim, Shape};

use crate::config::value_error;
use crate::{CallArgs, Host, Layer, Mask};

use super::state::Size;
use super::{argument, first_shape};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "StackedRNNCells",
    init,
    build,
    call,
    output_shape: None,
    mask: Mask::Drops,
    source: "keras/src/layers/rnn/stacked_rnn_cells.py, tf_keras/src/layers/rnn/stacked_rnn_cells.py",
    ..Layer::BASE
}];

fn cells(host: &dyn Host) -> Infer<Vec<Arg>> {
    let cells = host.get("cells");
    cells.items().map(<[Arg]>::to_vec).ok_or(Stop::Unknown("cells that are not known"))
}

fn init(host: &mut dyn Host) -> Infer<()> {
    let cells = cells(host)?;
    let mut sizes = Vec::with_capacity(cells.len());
    for cell in &cells {
        let text = host.shown(cell);
        if host.layer_class(cell).is_none() && !host.has_attr(cell, "call")? {
            let core =
                format!("All cells must have a `call` method. Received cell without a `call` method: {text}");
            return Err(value_error("cells", core));
        }
        if !host.has_attr(cell, "state_size")? {
            let core = format!(
                "All cells must have a `state_size` attribute. Received cell without a `state_size`: {text}"
            );
            return Err(value_error("cells", core));
        }
        sizes.push(host.attr(cell, "state_size")?);
    }
    if host.get("reverse_state_order") == Arg::Bool(true) {
        return Err(Stop::Unknown("a reversed order of states"));
    }
    host.set("cells", Arg::List(cells.into()));
    let sizes = sizes.into();
    host.set("state_size", if host.keras() == Keras::Two { Arg::Tuple(sizes) } else { Arg::List(sizes) });
    if let Some(size) = output_size(host)? {
        host.set("output_size", Arg::Int(size));
    }
    Ok(())
}

/// The output size of the last cell.
fn output_size(host: &mut dyn Host) -> Infer<Option<i64>> {
    match cells(host)?.last() {
        Some(cell) => size_of(host, &cell.clone()).map(Some),
        None => Ok(None),
    }
}

fn size_of(host: &mut dyn Host, cell: &Arg) -> Infer<i64> {
    if host.has_attr(cell, "output_size")?
        && let Arg::Int(n) = host.attr(cell, "output_size")?
    {
        return Ok(n);
    }
    let size = Size::read(&host.attr(cell, "state_size")?)?;
    size.flat().first().copied().ok_or(Stop::Unknown("a cell without states"))
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let shape = first_shape(host, shapes)?;
    let batch = shape.dim(0).unwrap_or(Dim::Unknown);
    let mut shape = shape.clone();
    for cell in cells(host)? {
        if host.layer_class(&cell).is_some() {
            host.build_sublayer(&cell, std::slice::from_ref(&shape))?;
        }
        shape = Shape::new([batch, Dim::Known(size_of(host, &cell)?)]);
    }
    Ok(())
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let given = argument(args, "states", "#1");
    let Some(states) = given.items() else { return Err(Stop::Unknown("states that are not known")) };
    let cells = cells(host)?;
    if states.len() != cells.len() {
        return Err(Stop::Unknown("states in another nesting than the cells'"));
    }
    let (mut x, mut new) = (args.inputs.clone(), Vec::with_capacity(cells.len()));
    for (cell, state) in cells.iter().zip(states) {
        let nested = state.items().is_some();
        let own = if nested { state.clone() } else { Arg::List([state.clone()].into()) };
        let result = host.call(cell, vec![x, own], vec![])?;
        let Some([output, after]) = result.items() else {
            return Err(Stop::Unknown("what a cell returns is not known"));
        };
        x = output.clone();
        // Keras 2 makes `h` again of `[h]`, if the state was no list.
        new.push(match after.items() {
            Some([only]) if !nested && host.keras() == Keras::Two => only.clone(),
            _ => after.clone(),
        });
    }
    let one = host.keras() == Keras::Three && new.len() == 1;
    let states = match (one, new.pop()) {
        (true, Some(only)) => only,
        (_, last) => {
            new.extend(last);
            Arg::List(new.into())
        }
    };
    Ok(Arg::Tuple([x, states].into()))
}
