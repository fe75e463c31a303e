//! Files whose names say no format that Keras 3 knows.

use diagnostics::{Edit, Fix, Severity, Span};
use ops::Mistake;
use python::Ranged;
use python::ast::Expr;
use python::ast::visitor::{Visitor, walk_expr};

use crate::repair::{insert, safe};
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds models that are saved to, or loaded from, what is neither a `.keras` nor a `.h5` file.
pub(super) static MODEL_FORMAT_NOT_SUPPORTED: Rule = Rule {
    name: "model-format-not-supported",
    group: Group::Saving,
    summary: "a model is saved or loaded in a format that this Keras does not have",
    severity: Severity::Error,
    page: include_str!("model_format_not_supported.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::FileFormat { path, exported } = failure.mistake()? else { return None };
    Some(if *exported {
        Explanation::new(format!("'{path}' is a SavedModel, which Keras 3's `load_model` does not read"))
            .note("`export` writes a model for serving: a graph without its layers")
            .help(format!(
                "for its predictions, `keras.layers.TFSMLayer('{path}', call_endpoint='serving_default')` or \
                 `tf.saved_model.load('{path}')`"
            ))
            .help("to get the model back, save it with `model.save('model.keras')`")
    } else {
        Explanation::new(format!("'{path}' says no format: Keras 3 saves `.keras` and `.h5` files"))
            .note("Keras 2 wrote a folder, a SavedModel, where a name had no ending")
            .mended(fix(failure, path))
            .help(format!(
                "`model.save('{path}.keras')`; for serving, `model.export('{path}')` writes a SavedModel"
            ))
    })
}

/// Ends the name in `.keras`, wherever it is written out as an argument.
fn fix(failure: &Failure<'_>, path: &str) -> Option<Fix> {
    struct Names<'n> {
        path: &'n str,
        ends: Vec<u32>,
    }
    impl<'a> Visitor<'a> for Names<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Call(call) = expr {
                let values =
                    call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|k| &k.value));
                for value in values.filter_map(Expr::as_string_literal_expr) {
                    if value.value.to_str() == self.path && !value.value.is_implicit_concatenated() {
                        self.ends.push(python::span(value.range()).end);
                    }
                }
            }
            walk_expr(self, expr);
        }
    }
    let mut names = Names { path, ends: Vec::new() };
    failure.program().script().body().iter().for_each(|statement| names.visit_stmt(statement));
    let quote = |end: u32| {
        let text = failure.program().text(Span::new(end.saturating_sub(3), end));
        if text == "\"\"\"" || text == "'''" { end - 3 } else { end - 1 }
    };
    let edits: Vec<Edit> = names.ends.iter().map(|end| insert(quote(*end), ".keras")).collect();
    (!edits.is_empty()).then(|| safe("save a `.keras` file", edits))
}
