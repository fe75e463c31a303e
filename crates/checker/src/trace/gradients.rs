//! The tables of gradients.

use graph::{NodeId, Source};
use interp::Interp;
use interp::events::Event;
use interp::record::GradientStatus;
use ops::Flow;

use super::{Asker, GradientRow, GradientTable};

/// Returns what became of every gradient that was asked for, each call once.
pub(super) fn of(interp: &Interp<'_>) -> Vec<GradientTable> {
    let mut tables: Vec<GradientTable> = Vec::new();
    for event in &interp.events {
        let (by, span, targets, sources, status) = match event {
            Event::Fit { span, loss, variables, status, .. } => {
                let nodes = variables.iter().map(|id| interp.trace.variable(*id).node).collect();
                (Asker::Fit, *span, vec![*loss], nodes, status)
            }
            Event::Tape { span, targets, sources, status, .. } => {
                (Asker::Tape, *span, targets.clone(), sources.clone(), status)
            }
            _ => continue,
        };
        let sources: Vec<NodeId> = sources;
        let row = |(source, status): (&NodeId, &GradientStatus)| row(interp, &targets, *source, *status);
        let table = GradientTable { by, span, rows: sources.iter().zip(status).map(row).collect() };
        // The last of several runs of a line is what training ends with.
        tables.retain(|known| (known.span, known.by) != (span, by));
        tables.push(table);
    }
    tables
}

fn row(interp: &Interp<'_>, targets: &[NodeId], source: NodeId, status: GradientStatus) -> GradientRow {
    let flow = match status {
        GradientStatus::None => Some(Flow::None),
        GradientStatus::Zero => Some(Flow::Zero),
        GradientStatus::Ok | GradientStatus::Nan | GradientStatus::Unknown => None,
    };
    let stopped = flow.and_then(|flow| rules::gradient_stop(interp, targets, source, flow));
    GradientRow { name: name(interp, source), status, stopped }
}

fn name(interp: &Interp<'_>, node: NodeId) -> String {
    let known = interp.trace.node(node);
    match known.source {
        Source::Variable(id) => interp.trace.variable(id).name.trim_end_matches(":0").to_owned(),
        _ => interp.program.text(known.span).split_whitespace().collect::<Vec<_>>().join(" "),
    }
}
