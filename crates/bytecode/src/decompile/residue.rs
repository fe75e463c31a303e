//! Branches that the compiler left out, by the constants that it left behind.
//!
//! CPython decides `1.0 if 'yes' else 0.0` while it compiles: what remains of it is `1.0`, but to 3.11 the constants
//! keep `'yes'`, which nothing uses, and `0.0` where the branch stood. The order in which a compiler comes across
//! the constants of an expression is known, so an explanation can be tried: with the branch put back, the constants
//! must come out exactly as they are in the code. Later releases drop what is not used; for those there is nothing to
//! go by.

use std::collections::HashSet;
use std::rc::Rc;

use crate::literal::literal;
use crate::object::{Code, Object};
use crate::ops::{Collection, Name};
use crate::version::Version;

use super::tree::{Argument, Clause, Comprehension, Expr, Gathers, Parameters, Piece, Shared};

/// The most expressions, and the most constants, among which an explanation is looked for.
const MAX_NODES: usize = 256;
const MAX_CONSTANTS: usize = 32;
/// The most unused constants that are taken for tests.
const MAX_TESTS: usize = 4;

/// Returns the body of a lambda with the branch that the compiler left out; nothing where none was, or where the
/// constants have several explanations.
///
/// Where the branch stood is not always told by the constants: `(2.0 if '' else x) + 3.0` has those of
/// `x + (2.0 if '' else 3.0)` and the same instructions. The innermost place counts, a constant's before others.
pub(super) fn restore(code: &Code, body: &Shared, version: Version) -> Option<Shared> {
    if !(Version::V38..=Version::V311).contains(&version) || code.consts.len() > MAX_CONSTANTS {
        return None;
    }
    let plain = Compilation::of(body, version, None)?;
    // A name that nothing uses stood in the branch too, and what was done with it is lost.
    if plain.gives(&code.consts) || code.names.iter().any(|name| !plain.names.contains(name)) {
        return None;
    }
    let tests: Vec<&Object> = code.consts.iter().filter(|constant| !plain.has(constant)).collect();
    let nodes = nodes(body);
    if tests.len() > MAX_TESTS || nodes.len() > MAX_NODES {
        return None;
    }
    for branches in [short_branches, long_branches] {
        let mut found: Option<(Branch, &Shared)> = None;
        for node in &nodes {
            for branch in branches(node, &tests, &code.consts, version) {
                if !Compilation::of(body, version, Some((node, &branch)))?.gives(&code.consts) {
                    continue;
                }
                match &found {
                    Some((known, _)) if *known != branch => return None,
                    Some((_, place)) if matches!(***place, Expr::Constant(_)) => {}
                    _ => found = Some((branch, node)),
                }
            }
        }
        if let Some((branch, node)) = found {
            return Some(replaced(body, node, &branch.around(node)));
        }
    }
    None
}

/// A branch that a compiler leaves out: what is around the expression that stays.
#[derive(Clone, Debug, PartialEq)]
enum Branch {
    /// `stays if test else other`, with a test that is true.
    Yes { test: Object, other: Object },
    /// `other if test else stays`, with a test that is false.
    No { test: Object, other: Object },
    /// `test and stays`, `test or stays`.
    Last { and: bool, test: Object },
    /// `stays and other`, `stays or other`, where a constant stays.
    First { and: bool, other: Object },
}

impl Branch {
    fn around(&self, stays: &Shared) -> Shared {
        let constant = |object: &Object| Rc::new(Expr::Constant(object.clone()));
        Rc::new(match self {
            Branch::Yes { test, other } => {
                Expr::Conditional { test: constant(test), yes: stays.clone(), no: constant(other) }
            }
            Branch::No { test, other } => {
                Expr::Conditional { test: constant(test), yes: constant(other), no: stays.clone() }
            }
            Branch::Last { and, test } => {
                Expr::Bool { and: *and, parts: vec![constant(test), stays.clone()] }
            }
            Branch::First { and, other } => {
                Expr::Bool { and: *and, parts: vec![stays.clone(), constant(other)] }
            }
        })
    }
}

/// The branches of one constant that may have stood around an expression. To 3.9 `and` and `or` are not decided.
fn short_branches(stays: &Expr, tests: &[&Object], _: &[Object], version: Version) -> Vec<Branch> {
    let mut found = Vec::new();
    for test in tests.iter().copied().filter(|_| version >= Version::V310) {
        let Some(is_true) = truth(test) else { continue };
        found.push(Branch::Last { and: is_true, test: test.clone() });
        if let Expr::Constant(stays) = stays
            && let Some(is_true) = truth(stays)
        {
            found.push(Branch::First { and: !is_true, other: test.clone() });
        }
    }
    found
}

/// The branches of two constants. To 3.9 only tests that are true are decided.
fn long_branches(_: &Expr, tests: &[&Object], constants: &[Object], version: Version) -> Vec<Branch> {
    let mut found = Vec::new();
    for test in tests {
        let Some(is_true) = truth(test).filter(|is_true| *is_true || version >= Version::V310) else {
            continue;
        };
        for other in constants.iter().filter(|other| !matches!(other, Object::Code(_))) {
            let (test, other) = ((*test).clone(), other.clone());
            found.push(if is_true { Branch::Yes { test, other } } else { Branch::No { test, other } });
        }
    }
    found
}

/// Whether Python takes a constant for true.
fn truth(object: &Object) -> Option<bool> {
    Some(match object {
        Object::None => false,
        Object::Bool(value) => *value,
        Object::Ellipsis => true,
        Object::Int(value) => value.to_string() != "0",
        Object::Float(value) => *value != 0.0,
        Object::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
        Object::Str(text) => !text.is_empty(),
        Object::Bytes(bytes) => !bytes.is_empty(),
        Object::Tuple(items) | Object::FrozenSet(items) => !items.is_empty(),
        _ => return None,
    })
}

/// What a constant is to the compiler, which keeps `1`, `1.0` and `True` apart.
fn key(object: &Object) -> Option<String> {
    literal(object, 1 << 16)
}

/// The constants of a function in the order in which the compiler comes across them.
struct Compilation {
    version: Version,
    /// Each constant once; `None` is for code.
    constants: Vec<Option<String>>,
    seen: HashSet<String>,
    /// The last of them that the code itself uses.
    used: usize,
    /// Whether what is being compiled is left out afterwards.
    dead: bool,
    /// The names in it.
    names: HashSet<Name>,
}

impl Compilation {
    /// Compiles a lambda's body, with a branch around one of its expressions. Nothing for what is not modelled.
    fn of(body: &Shared, version: Version, branch: Option<(&Shared, &Branch)>) -> Option<Compilation> {
        let mut compilation = Compilation {
            version,
            constants: Vec::new(),
            seen: HashSet::new(),
            used: 0,
            dead: false,
            names: HashSet::new(),
        };
        // A lambda has no docstring, which is what `None` in its place says.
        compilation.constant(&Object::None)?;
        compilation.expr(body, branch)?;
        Some(compilation)
    }

    /// Tells whether these are the constants that the code is left with: since 3.10 those behind the last used one are
    /// dropped.
    fn gives(&self, constants: &[Object]) -> bool {
        let fits = |(own, constant): (&Option<String>, &Object)| match own {
            Some(own) => key(constant).as_ref() == Some(own),
            None => matches!(constant, Object::Code(_)),
        };
        let left = if self.version >= Version::V310 { self.used + 1 } else { self.constants.len() };
        constants.len() == left && self.constants.iter().zip(constants).all(fits)
    }

    fn has(&self, constant: &Object) -> bool {
        matches!(constant, Object::Code(_)) || key(constant).is_some_and(|key| self.seen.contains(&key))
    }

    fn constant(&mut self, object: &Object) -> Option<()> {
        let key = key(object)?;
        let at = if self.seen.insert(key.clone()) {
            self.constants.push(Some(key));
            self.constants.len() - 1
        } else {
            self.constants.iter().position(|known| known.as_ref() == Some(&key))?
        };
        if !self.dead {
            self.used = self.used.max(at);
        }
        Some(())
    }

    fn left_out(&mut self, object: &Object) -> Option<()> {
        let outer = std::mem::replace(&mut self.dead, true);
        let done = self.constant(object);
        self.dead = outer;
        done
    }

    fn function(&mut self, name: &str) -> Option<()> {
        self.constants.push(None);
        self.used = self.constants.len() - 1;
        // Before 3.11 the qualified name follows, which says what is around the function: not known here.
        (self.version >= Version::V311 && !name.is_empty()).then_some(())
    }

    fn exprs<'a>(
        &mut self,
        exprs: impl IntoIterator<Item = &'a Shared>,
        branch: Option<(&Shared, &Branch)>,
    ) -> Option<()> {
        exprs.into_iter().try_for_each(|expr| self.expr(expr, branch))
    }

    fn expr(&mut self, expr: &Shared, branch: Option<(&Shared, &Branch)>) -> Option<()> {
        let Some((_, branch)) = branch.filter(|(node, _)| Rc::ptr_eq(node, expr)) else {
            return self.plain(expr, branch);
        };
        match branch {
            Branch::Yes { test, other } => {
                self.left_out(test)?;
                self.plain(expr, None)?;
                self.left_out(other)
            }
            Branch::No { test, other } => {
                self.left_out(test)?;
                self.left_out(other)?;
                self.plain(expr, None)
            }
            Branch::Last { test, .. } => {
                self.left_out(test)?;
                self.plain(expr, None)
            }
            Branch::First { other, .. } => {
                self.plain(expr, None)?;
                self.left_out(other)
            }
        }
    }

    fn plain(&mut self, expr: &Expr, branch: Option<(&Shared, &Branch)>) -> Option<()> {
        match expr {
            Expr::Name(name) => {
                self.names.insert(name.clone());
                Some(())
            }
            Expr::Constant(object) => self.constant(object),
            Expr::Slice(start, stop, step) => {
                for part in [start, stop] {
                    match part {
                        Some(part) => self.expr(part, branch)?,
                        None => self.constant(&Object::None)?,
                    }
                }
                self.exprs(step, branch)
            }
            Expr::Call(callee, arguments) => {
                self.expr(callee, branch)?;
                self.arguments(arguments, branch)
            }
            Expr::Display(collection, elements) => match all_constant(elements) {
                Some(constants) if elements.len() > 2 && self.version >= Version::V39 => {
                    self.constant(&match collection {
                        Collection::Set => Object::FrozenSet(constants.into()),
                        _ => Object::Tuple(constants.into()),
                    })
                }
                _ => self.exprs(elements, branch),
            },
            Expr::Dict(entries) => {
                let keys: Option<Vec<Shared>> = entries.iter().map(|(key, _)| key.clone()).collect();
                match all_constant(&keys?) {
                    Some(keys) if keys.len() > 1 => {
                        self.exprs(entries.iter().map(|(_, value)| value), branch)?;
                        self.constant(&Object::Tuple(keys.into()))
                    }
                    _ => entries.iter().try_for_each(|(key, value)| {
                        self.exprs(key, branch)?;
                        self.expr(value, branch)
                    }),
                }
            }
            Expr::Lambda(lambda) => {
                plain_parameters(&lambda.parameters).then_some(())?;
                self.function("<lambda>")
            }
            Expr::Comprehension(comprehension) => {
                let Some(Clause::For { iterable, .. }) = comprehension.clauses.first() else { return None };
                self.function(comprehension_name(comprehension))?;
                self.expr(iterable, branch)
            }
            Expr::Text(pieces) => self.pieces(pieces, branch),
            Expr::Attribute(object, name) => {
                self.names.insert(name.clone());
                self.expr(object, branch)
            }
            Expr::Subscript(..)
            | Expr::Unary(..)
            | Expr::Binary(..)
            | Expr::Compare(..)
            | Expr::Bool { .. }
            | Expr::Conditional { .. }
            | Expr::Walrus(..) => self.exprs(&parts(expr), branch),
            _ => None,
        }
    }

    fn arguments(&mut self, arguments: &[Argument], branch: Option<(&Shared, &Branch)>) -> Option<()> {
        let mut names = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Positional(value) => self.expr(value, branch)?,
                Argument::Keyword(name, value) => {
                    self.expr(value, branch)?;
                    names.push(Object::Str(name.clone()));
                }
                Argument::Star(_) | Argument::Mapping(_) => return None,
            }
        }
        if names.is_empty() { Some(()) } else { self.constant(&Object::Tuple(names.into())) }
    }

    fn pieces(&mut self, pieces: &[Piece], branch: Option<(&Shared, &Branch)>) -> Option<()> {
        pieces.iter().try_for_each(|piece| match piece {
            Piece::Literal(text) => self.constant(&Object::Str((&**text).into())),
            Piece::Value { value, spec, .. } => {
                self.expr(value, branch)?;
                spec.as_ref().map_or(Some(()), |spec| self.pieces(spec, branch))
            }
        })
    }
}

fn all_constant(elements: &[Shared]) -> Option<Vec<Object>> {
    let constant = |element: &Shared| match &**element {
        Expr::Constant(object) => Some(object.clone()),
        _ => None,
    };
    elements.iter().map(constant).collect()
}

fn plain_parameters(parameters: &Parameters) -> bool {
    let Parameters { positional_only, plain, keyword_only, .. } = parameters;
    positional_only.iter().chain(plain).chain(keyword_only).all(|parameter| parameter.default.is_none())
}

fn comprehension_name(comprehension: &Comprehension) -> &'static str {
    match comprehension.gathers {
        Gathers::List => "<listcomp>",
        Gathers::Set => "<setcomp>",
        Gathers::Dict => "<dictcomp>",
        Gathers::Generator => "<genexpr>",
    }
}

/// The expressions that an expression consists of, in the order in which they are computed.
fn parts(expr: &Expr) -> Vec<Shared> {
    match expr {
        Expr::Attribute(a, _) | Expr::Unary(_, a) | Expr::Walrus(_, a) => vec![a.clone()],
        Expr::Subscript(a, b) | Expr::Binary(_, a, b) => vec![a.clone(), b.clone()],
        Expr::Slice(a, b, c) => [a, b, c].into_iter().flatten().cloned().collect(),
        Expr::Compare(first, rest) => {
            std::iter::once(first).chain(rest.iter().map(|(_, operand)| operand)).cloned().collect()
        }
        Expr::Bool { parts, .. } | Expr::Display(_, parts) => parts.clone(),
        Expr::Conditional { test, yes, no } => vec![test.clone(), yes.clone(), no.clone()],
        Expr::Call(callee, arguments) => {
            let value = |argument: &Argument| match argument {
                Argument::Positional(value) | Argument::Keyword(_, value) => Some(value.clone()),
                Argument::Star(_) | Argument::Mapping(_) => None,
            };
            std::iter::once(callee.clone()).chain(arguments.iter().filter_map(value)).collect()
        }
        Expr::Dict(entries) => entries.iter().map(|(_, value)| value.clone()).collect(),
        Expr::Comprehension(comprehension) => match comprehension.clauses.first() {
            Some(Clause::For { iterable, .. }) => vec![iterable.clone()],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// An expression and all in it, the outer first.
fn nodes(body: &Shared) -> Vec<Shared> {
    let mut found = vec![];
    let mut todo = vec![body.clone()];
    while let Some(node) = todo.pop() {
        if found.len() > MAX_NODES {
            break;
        }
        todo.extend(parts(&node).into_iter().rev());
        found.push(node);
    }
    found.retain(|node| !matches!(**node, Expr::Slice(..)));
    found
}

/// An expression with one in it replaced.
fn replaced(expr: &Shared, old: &Shared, new: &Shared) -> Shared {
    if Rc::ptr_eq(expr, old) {
        return new.clone();
    }
    let inner = |part: &Shared| replaced(part, old, new);
    let optional = |part: &Option<Shared>| part.as_ref().map(inner);
    Rc::new(match &**expr {
        Expr::Attribute(a, name) => Expr::Attribute(inner(a), name.clone()),
        Expr::Unary(op, a) => Expr::Unary(*op, inner(a)),
        Expr::Walrus(name, a) => Expr::Walrus(name.clone(), inner(a)),
        Expr::Subscript(a, b) => Expr::Subscript(inner(a), inner(b)),
        Expr::Binary(op, a, b) => Expr::Binary(*op, inner(a), inner(b)),
        Expr::Slice(a, b, c) => Expr::Slice(optional(a), optional(b), optional(c)),
        Expr::Compare(first, rest) => {
            Expr::Compare(inner(first), rest.iter().map(|(op, operand)| (*op, inner(operand))).collect())
        }
        Expr::Bool { and, parts } => Expr::Bool { and: *and, parts: parts.iter().map(inner).collect() },
        Expr::Display(collection, parts) => Expr::Display(*collection, parts.iter().map(inner).collect()),
        Expr::Conditional { test, yes, no } => {
            Expr::Conditional { test: inner(test), yes: inner(yes), no: inner(no) }
        }
        Expr::Call(callee, arguments) => {
            let argument = |argument: &Argument| match argument {
                Argument::Positional(value) => Argument::Positional(inner(value)),
                Argument::Keyword(name, value) => Argument::Keyword(name.clone(), inner(value)),
                other => other.clone(),
            };
            Expr::Call(inner(callee), arguments.iter().map(argument).collect())
        }
        Expr::Dict(entries) => {
            Expr::Dict(entries.iter().map(|(key, value)| (key.clone(), inner(value))).collect())
        }
        Expr::Comprehension(comprehension) => {
            let mut comprehension = comprehension.clone();
            if let Some(Clause::For { iterable, .. }) = comprehension.clauses.first_mut() {
                *iterable = inner(iterable);
            }
            Expr::Comprehension(comprehension)
        }
        other => other.clone(),
    })
}
