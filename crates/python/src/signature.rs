//! Signatures as `inspect.signature` prints them.
//!
//! A hand-written scanner: the texts come from a recording of well-formed signatures whose defaults are
//! `repr`s, which are not Python (`<no value>`, `<class 'float'>`), and thousands are read one at a time.

use std::rc::Rc;

use crate::default::Default;

/// How an argument reaches a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// By position only: before `/`.
    PositionalOnly,
    /// By position or by name.
    Standard,
    /// `*args`.
    VarArgs,
    /// By name only: after `*`.
    KeywordOnly,
    /// `**kwargs`.
    KwArgs,
}

/// One parameter of a signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name, without stars.
    pub name: Rc<str>,
    /// How arguments reach it.
    pub kind: ParameterKind,
    /// The default, if it may be left out.
    pub default: Option<Default>,
}

/// The parameters of a function, in order.
#[derive(Clone, Debug, PartialEq, std::default::Default)]
pub struct Signature {
    /// The parameters.
    pub params: Vec<Parameter>,
}

impl Signature {
    /// Returns the parameter of that name and its index.
    pub fn position(&self, name: &str) -> Option<(usize, &Parameter)> {
        self.params.iter().enumerate().find(|(_, parameter)| &*parameter.name == name)
    }

    /// Returns the signature without its first parameter, as a bound method has it.
    pub fn without_first(&self) -> Signature {
        Signature { params: self.params.get(1..).unwrap_or_default().to_vec() }
    }
}

/// Reads a signature such as `(x, /, axis=None, *, dtype=<class 'float'>, **kwargs)`.
///
/// Annotations and the return annotation are skipped. Returns `None` for text that is no signature, such as
/// the empty text recorded for a builtin without one.
pub fn parse_signature(text: &str) -> Option<Signature> {
    let inner = text.trim().strip_prefix('(')?;
    let end = find_top_level(inner, b")")?;
    let mut params: Vec<Parameter> = Vec::new();
    let mut rest = inner.get(..end)?;
    let mut after_star = false;
    while !rest.trim().is_empty() {
        let comma = find_top_level(rest, b",").unwrap_or(rest.len());
        let part = rest.get(..comma)?.trim();
        rest = rest.get(comma + 1..).unwrap_or_default();
        match part {
            "/" => params.iter_mut().for_each(|parameter| parameter.kind = ParameterKind::PositionalOnly),
            "*" => after_star = true,
            _ => {
                let parameter = parse_parameter(part, after_star)?;
                after_star |= parameter.kind == ParameterKind::VarArgs;
                params.push(parameter);
            }
        }
    }
    Some(Signature { params })
}

fn parse_parameter(part: &str, after_star: bool) -> Option<Parameter> {
    let (kind, part) = if let Some(name) = part.strip_prefix("**") {
        (ParameterKind::KwArgs, name)
    } else if let Some(name) = part.strip_prefix('*') {
        (ParameterKind::VarArgs, name)
    } else if after_star {
        (ParameterKind::KeywordOnly, part)
    } else {
        (ParameterKind::Standard, part)
    };
    let equals = find_top_level(part, b"=");
    let declared = part.get(..equals.unwrap_or(part.len()))?;
    let name = declared.split(':').next()?.trim();
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let default = equals.and_then(|at| part.get(at + 1..)).map(Default::parse);
    Some(Parameter { name: Rc::from(name), kind, default })
}

/// Returns the first place of one of the bytes outside strings and brackets, `<…>` of a `repr` included.
pub(crate) fn find_top_level(text: &str, wanted: &[u8]) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut quote = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if let Some(open) = quote {
            match byte {
                b'\\' => at += 1,
                _ if byte == open => quote = None,
                _ => {}
            }
        } else if depth == 0 && wanted.contains(&byte) {
            return Some(at);
        } else {
            match byte {
                b'\'' | b'"' => quote = Some(byte),
                b'(' | b'[' | b'{' | b'<' => depth += 1,
                b'>' if at > 0 && bytes.get(at - 1) == Some(&b'-') => {}
                b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(String, ParameterKind, Option<Default>)> {
        let signature = parse_signature(text).expect(text);
        signature.params.into_iter().map(|p| (p.name.to_string(), p.kind, p.default)).collect()
    }

    #[test]
    fn reads_every_kind() {
        use ParameterKind::*;
        let expected = vec![
            ("x".to_owned(), PositionalOnly, None),
            ("out".to_owned(), Standard, Some(Default::None)),
            ("args".to_owned(), VarArgs, None),
            ("where".to_owned(), KeywordOnly, Some(Default::Bool(true))),
            ("initial".to_owned(), KeywordOnly, Some(Default::Other)),
            ("kwargs".to_owned(), KwArgs, None),
        ];
        let text = "(x, /, out=None, *args, where=True, initial=<no value>, **kwargs)";
        assert_eq!(kinds(text), expected);
    }

    #[test]
    fn commas_and_parentheses_hide_in_reprs_and_strings() {
        let text = "(self, f=<function f at (1, 2)>, s='a, b)', t=(1, 2), u=\"it's\", *, v='\\'', w)";
        let names: Vec<_> = kinds(text).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["self", "f", "s", "t", "u", "v", "w"]);
    }

    #[test]
    fn skips_annotations() {
        let text = "(x: Callable[[int], str] = None, y: 'a, b' = 3, *rest: int) -> Optional[Tuple[int, int]]";
        let names: Vec<_> = kinds(text).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["x", "y", "rest"]);
        assert_eq!(parse_signature("() -> None"), Some(Signature::default()));
    }

    #[test]
    fn refuses_what_is_no_signature() {
        for text in ["", "x", "(", "(a", "(a b)", "(1+1)", "(=3)", "('a')"] {
            assert_eq!(parse_signature(text), None, "{text}");
        }
    }
}
