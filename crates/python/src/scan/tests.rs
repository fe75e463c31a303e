//! Texts that must pass and texts that must not.

use super::*;

fn refused(source: &str) -> Option<String> {
    scan(source, DepthLimits::default(), Dialect::Python).err().map(|deep| deep.message)
}

#[test]
fn refuses_every_way_to_nest() {
    let n = 100_000;
    let expression = Some("expression too deeply nested");
    let brackets = Some("too many nested parentheses");
    let cases = [
        ("brackets", format!("x = {}", "(".repeat(n)), brackets),
        ("lists", format!("x = {}{}", "[".repeat(n), "]".repeat(n)), brackets),
        ("unary", format!("x = {}1", "-".repeat(n)), expression),
        ("not", format!("x = {}1", "not ".repeat(n)), expression),
        ("sum", format!("x = 1{}", " + 1".repeat(n)), expression),
        ("power", format!("x = 1{}", "**1".repeat(n)), expression),
        ("calls", format!("x = f{}", "()".repeat(n)), expression),
        ("calls with commas", format!("x = f{}", "(1, 2)".repeat(n)), expression),
        ("attributes", format!("x = f{}", ".a".repeat(n)), expression),
        ("subscripts", format!("x = f{}", "[0]".repeat(n)), expression),
        ("lambdas", format!("x = {}1", "lambda: ".repeat(n)), expression),
        ("lambdas with parameters", format!("x = {}1", "lambda a, b: ".repeat(n)), expression),
        ("lambdas in defaults", format!("x = {}1", "lambda a=lambda c: 0, b=1: ".repeat(n)), expression),
        ("ternaries", format!("x = {}1", "1 if 1 else ".repeat(n)), expression),
        ("awaits", format!("x = {}1", "await ".repeat(n)), expression),
        ("stars", format!("x = f({}1)", "*".repeat(n)), expression),
        ("continued lines", format!("x = 1{}", "\\\n + 1".repeat(n)), expression),
        ("one-line statements", "if a: ".repeat(n), expression),
        ("f-strings", format!("x = {}", "f'{".repeat(n)), brackets),
        ("f-string formats", format!("x = f'{}", "{a:".repeat(n)), brackets),
        ("triple f-strings", "f'''{f\"\"\"{".repeat(n), brackets),
        ("a field with a sum", format!("x = f'{{1{}}}'", "+1".repeat(n)), expression),
        ("or-patterns", format!("match x:\n case 1{}: pass", "|1".repeat(n)), expression),
    ];
    for (name, source, expected) in cases {
        assert_eq!(refused(&source).as_deref(), expected, "{name}");
    }
    let blocks: String = (0..200).map(|level| format!("{}if x:\n", " ".repeat(level))).collect();
    assert_eq!(refused(&blocks).as_deref(), Some("too many levels of indentation"));
}

#[test]
fn accepts_what_is_long_but_flat() {
    let n = 20_000;
    let cases = [
        ("a list", format!("x = [{}]", "-1.5, ".repeat(n))),
        ("a list of calls", format!("x = [{}]", "f(a.b), ".repeat(n))),
        ("a list of lambdas", format!("x = [{}]", "lambda a, b: a + b, ".repeat(n))),
        ("a dictionary", format!("x = {{{}}}", "'a': 1, ".repeat(n))),
        ("statements", "x = a.b(c)[d] + 1; ".repeat(n)),
        ("lines", "x = a.b(c)[d] + 1\n".repeat(n)),
        ("elifs", format!("if x: pass\n{}", "elif x: pass\n".repeat(n))),
        ("an operator text", format!("x = '{}'", "+(".repeat(n))),
        ("a raw text", format!("x = r'{}\\'(('", "\\\\(".repeat(n))),
        ("a triple text", format!("x = '''{}'''", "it's (\n".repeat(n))),
        ("comments", "# ((((((((((\n".repeat(n)),
        ("f-strings", "x = f'{a!r:>{width}} {{(' + f\"{b['c']}\"\n".repeat(n)),
        ("a long f-string", format!("x = f'{}'", "{a:.{n}f} {{ }} ".repeat(100))),
        ("names like keywords", format!("x = [{}]", "format_ if_else ".repeat(n))),
    ];
    for (name, source) in cases {
        assert_eq!(refused(&source), None, "{name}");
    }
}

#[test]
fn broken_text_is_no_trouble() {
    let pieces =
        ["f'{", "'''", "\\", "\r", "}", ")", "(", "lambda", ":", "\"", "f'{a:", "\n", "é", "{{", "#", "rb'"];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let source = format!("{first}{second}{third}");
                let _ = scan(&source, DepthLimits::default(), Dialect::Python);
                let _ = crate::parse(&source);
            }
        }
    }
}

#[test]
fn a_missing_bracket_is_blamed_for_the_rest() {
    let source = format!("x = 1\ny = f(\n{}", "def g(): return a + b + c\n".repeat(2000));
    let module = crate::parse(&source);
    assert_eq!(module.errors()[0].message, "'(' was never closed");
    assert_eq!(module.errors()[0].line, 2);
}
