//! Indices outside of an axis.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds indices that lie outside of an axis.
pub(super) static INDEX_OUT_OF_RANGE: Rule = Rule {
    name: "index-out-of-range",
    group: Group::Shape,
    summary: "an index lies outside of the axis",
    severity: Severity::Error,
    page: include_str!("index_out_of_range.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::IndexOutOfRange { index, axis, size } = failure.mistake()? else { return None };
    let operands = failure.operands();
    if let Some(layer) = operands.iter().find_map(|operand| operand.name.strip_suffix("/embeddings")) {
        // Keras 3 puts the model's name before it.
        let layer = layer.rsplit('/').next().unwrap_or(layer);
        return Some(id_too_large(layer, *index, *size).operands(failure));
    }
    let subject = operands.first().map_or_else(
        || "the tensor".to_owned(),
        |operand| format!("`{}` {}", operand.name, operand.spec.shape),
    );
    let message = format!("index {index} is outside of axis {axis} of {subject}, which has {size} elements");
    let mut explanation = Explanation::new(message);
    if *size > 0 {
        explanation.notes.push(format!("valid are 0 to {}, and from the end -1 to -{size}", size - 1));
        explanation.help.push(format!(
            "indices begin at 0, so the last of {size} is {}; where {index} is meant, the axis has to be longer where it is \
             made",
            size - 1
        ));
    } else {
        explanation
            .help
            .push("nothing can be picked of an empty axis: look where it lost its elements".to_owned());
    }
    Some(explanation.operands(failure))
}

/// Explains an id that an Embedding has no row for.
fn id_too_large(layer: &str, id: i64, rows: i64) -> Explanation {
    let explanation = Explanation::new(format!(
        "the ids handed to layer '{layer}' contain {id}, but it has {rows} rows: ids are 0 to {}",
        rows - 1
    ))
    .note("an Embedding looks up a row for each id; `input_dim` is how many there are, so it is the largest id plus one");
    if id < 0 {
        return explanation.help("an id is not negative: shift the ids so that they begin at 0");
    }
    explanation.help(format!("`Embedding({}, ...)` or more; or map rare ids to one that is there", id + 1))
}
