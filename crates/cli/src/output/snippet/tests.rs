//! What findings look like.

use checker::{Applicability, Edit, Label, Pages, Profile, unknown_record};

use super::*;

const SOURCE: &str = include_str!("../../../../../examples/weighted_sum.py");

fn file(source: &str) -> FileReport {
    let pages = Pages::of_script("examples/weighted_sum.py", source);
    FileReport::empty(pages, Profile::default(), unknown_record(String::new()))
}

fn label(source: &str, needle: &str, text: &str) -> Label {
    let start = source.find(needle).unwrap_or(source.len()) as u32;
    Label { span: Span::new(start, start + needle.len() as u32), text: text.to_owned() }
}

fn sample(primary: Label, message: &str) -> Diagnostic {
    Diagnostic::new("dot-of-a-vector", "shape", Severity::Error, primary, message.to_owned())
}

fn rendered(found: &Diagnostic, source: &str, width: usize) -> String {
    Style::new(false, width).render(found, &file(source))
}

#[test]
fn labels_notes_help_and_fix() {
    let primary = label(SOURCE, "K.dot(x, weights)", "`fit` raises IndexError here");
    let mut found = sample(primary, "`K.dot` cannot multiply rank 3 by rank 1");
    found.labels.push(label(SOURCE, "K.random_normal", "rank 1: float32[100]"));
    found.labels.push(label(SOURCE, "summed", "called here"));
    found.notes.push("`K.dot` takes the last axis of `x` and the second-to-last axis of `weights`; a tensor of rank 1 has none".to_owned());
    found.help.push("to weight the features and add them up, write `K.sum(x * weights, axis=-1)`".to_owned());
    let old = label(SOURCE, "K.dot(x, weights)", "").span;
    let edits = vec![Edit { span: old, content: "K.sum(x * weights, axis=-1)".to_owned() }];
    let title = "multiply and add up".to_owned();
    found.fix = Some(Fix { applicability: Applicability::Unsafe, title, edits });
    let expected = "\
error[dot-of-a-vector]: `K.dot` cannot multiply rank 3 by rank 1
  --> examples/weighted_sum.py:11:12
   |
10 |     weights = K.random_normal(shape=(K.int_shape(x)[2],), mean=0.0, stddev=1.0)
   |               --------------- rank 1: float32[100]
11 |     return K.dot(x, weights)
   |            ^^^^^^^^^^^^^^^^^ `fit` raises IndexError here
...
15 | summed = Lambda(weighted_sum, output_shape=(100,))(sequence)
   | ------ called here
   |
   = note: `K.dot` takes the last axis of `x` and the second-to-last axis of `weights`; a
           tensor of rank 1 has none
   = help: to weight the features and add them up, write `K.sum(x * weights, axis=-1)`
help: multiply and add up
   |
11 -     return K.dot(x, weights)
11 +     return K.sum(x * weights, axis=-1)
   |";
    let text = rendered(&found, SOURCE, 90);
    assert_eq!(text, expected, "\n{text}");
}

#[test]
fn long_messages_are_wrapped() {
    let primary = label(SOURCE, "K.dot", "");
    let text = rendered(&sample(primary, "this message is longer than the terminal is wide"), SOURCE, 48);
    let lines: Vec<&str> = text.lines().take(3).collect();
    assert_eq!(
        lines,
        [
            "error[dot-of-a-vector]: this message is longer",
            "    than the terminal is wide",
            " --> examples/weighted_sum.py:1:57",
        ]
    );
}

#[test]
fn places_at_the_end_and_askew() {
    let end = Label { span: Span::new(9999, 10_000), text: "here".to_owned() };
    assert!(rendered(&sample(end, "ends"), "x = (\n", 80).contains("weighted_sum.py:"));
    let inside = Label { span: Span::new(6, 3), text: String::new() };
    assert!(rendered(&sample(inside, "askew"), "x = 'é'\n", 80).contains(":1:6"));
    assert!(rendered(&sample(label("", "x", ""), "empty"), "", 80).contains("empty"));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let source = "x = '\u{1b}[31m'\n";
    let text = rendered(&sample(label(source, "x", "\u{1b}[0m"), "bad \u{7}"), source, 80);
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text:?}");
}

#[test]
fn wraps_prose_and_leaves_drawings() {
    assert_eq!(wrapped("one two three", 7), "one two\nthree");
    assert_eq!(wrapped("  a long drawing\nb", 4), "  a long drawing\nb");
    assert_eq!(wrapped("unbreakable", 4), "unbreakable");
    assert_eq!(wrapped("write `a + b`, not c", 10), "write\n`a + b`,\nnot c");
    assert_eq!(wrapped("", 4), "");
}

#[test]
fn labels_that_do_not_fit_are_set_below_what_they_are_about() {
    let source = "model.fit(inputs, labels, epochs=1)\n";
    let primary = label(
        source,
        "model.fit(inputs, labels, epochs=1)",
        "raises `InvalidArgumentError`: indices[0,1] = 7",
    );
    let found = sample(primary, "an id is too large");
    let expected = "\
error[dot-of-a-vector]: an id is too large
 --> examples/weighted_sum.py:1:1
  |
1 | model.fit(inputs, labels, epochs=1)
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  | |
  | raises `InvalidArgumentError`:
  | indices[0,1] = 7
  |";
    let text = rendered(&found, source, 50);
    assert_eq!(text.trim_end_matches("\n  |"), expected.trim_end_matches("\n  |"), "\n{text}");
    let wide = rendered(&found, source, 100);
    assert!(wide.contains("^ raises `InvalidArgumentError`: indices[0,1] = 7"), "\n{wide}");
}

#[test]
fn long_source_lines_are_cut_with_a_sign() {
    let source = "first = tf.constant(1.0)\nresult = tf.matmul(first, tf.random.normal(shape=(100, 200)), name=\"product\")\n";
    let mut found =
        sample(label(source, "tf.random.normal(shape=(100, 200))", "float32[100, 200]"), "too long");
    found.labels.push(label(source, "tf.constant(1.0)", "made here"));
    let edits = vec![Edit { span: label(source, "product", "").span, content: "p".to_owned() }];
    found.fix = Some(Fix { applicability: Applicability::Safe, title: "shorten".to_owned(), edits });
    let text = rendered(&found, source, 50);
    let expected = "\
error[dot-of-a-vector]: too long
 --> examples/weighted_sum.py:2:27
  |
1 | first = tf.constant(1.0)
  |         ---------------- made here
2 | ...irst, tf.random.normal(shape=(100, 200))...
  |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |          |
  |          float32[100, 200]
  |
help: shorten
  |
2 - ....normal(shape=(100, 200)), name=\"product\")
2 + ....normal(shape=(100, 200)), name=\"p\")
  |";
    assert_eq!(text, expected, "\n{text}");
}
