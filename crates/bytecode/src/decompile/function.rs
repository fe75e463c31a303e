//! A whole code object: parameters, body, what is around it.

use std::collections::HashSet;
use std::rc::Rc;

use crate::lower::{Body, lower};
use crate::object::{Code, Object, flags};
use crate::ops::{Collection, Op, Scope};
use crate::version::Version;

use super::Given;
use super::cfg::{Cfg, Copies};
use super::comprehension::gathered;
use super::flow::Flow;
use super::graph::Declared;
use super::machine::{Does, Machine, tuple_elements};
use super::residue::restore;
use super::stack::{Making, shared};
use super::structure::{Outcome, Structure, finish, unify, with_matches};
use super::tree::{Class, Default, Expr, Function, Lambda, Parameter, Parameters, Shared, Stmt};
use super::valid::{Kind, check};

/// How deep functions may be nested.
const MAX_DEPTH: usize = 20;

/// Returns the statements of a code object and the names that it declares.
fn statements(code: &Code, version: Version, depth: usize, expression: bool) -> Does<(Vec<Stmt>, Declared)> {
    if depth > MAX_DEPTH {
        return Err("its functions are nested too deep");
    }
    let body = lower(code, version).map_err(|error| error.problem)?;
    consistent(code, &body, version)?;
    // Where columns do not tell copies apart, they are joined only if there is no other way to read them.
    let tries = [Copies::Exact, Copies::UpTo(4), Copies::UpTo(3), Copies::UpTo(2)];
    let mut first = None;
    for copies in tries.into_iter().take(if version >= Version::V310 { 4 } else { 1 }) {
        let read = attempt(code, version, &body, depth, (expression, copies));
        match (read, first) {
            (Ok(read), _) => return Ok(read),
            (Err(obstacle), None) => first = Some(obstacle),
            (Err(_), Some(_)) => {}
        }
    }
    Err(first.unwrap_or("it has no instructions"))
}

/// Checks that a name in the source can only mean what it means in the code.
fn consistent(code: &Code, body: &Body, version: Version) -> Does<()> {
    let own = if version >= Version::V311 { &code.localsplus } else { &code.varnames };
    let mut locals = HashSet::new();
    if !own.iter().all(|name| locals.insert(name)) {
        return Err("two of its variables have one name");
    }
    locals.extend(code.cellvars.iter().chain(&code.freevars));
    // Since 3.12 a comprehension's variables are its function's, which may use globals of the same names.
    let cleared: HashSet<_> = body
        .ops
        .iter()
        .filter_map(|lowered| match &lowered.op {
            Op::SaveAndClear(name) => Some(name),
            _ => None,
        })
        .collect();
    let clash = body.ops.iter().any(|lowered| match &lowered.op {
        Op::Load(Scope::Global, name) | Op::Store(Scope::Global, name) | Op::Delete(Scope::Global, name) => {
            locals.contains(name) && !cleared.contains(name)
        }
        _ => false,
    });
    if clash { Err("a name in it means a variable and a global") } else { Ok(()) }
}

fn attempt(
    code: &Code,
    version: Version,
    body: &Body,
    depth: usize,
    (expression, copies): (bool, Copies),
) -> Does<(Vec<Stmt>, Declared)> {
    let cfg = Cfg::new(body, copies)?;
    let machine = Machine::new(code, version, body, &cfg, depth);
    let mut flow = Flow::new(machine, expression);
    flow.run()?;
    unify(&mut flow);
    let declared = flow.machine.declared.clone();
    let mut structure = Structure::new(&flow);
    let (found, outcome) = structure.statements((0, 0))?;
    if outcome != Outcome::Ended {
        return Err("it does not end");
    }
    structure.complete()?;
    let found = if flow.machine.subjects == 0 { found } else { with_matches(found)? };
    if expression && !matches!(found[..], [Stmt::Return(Some(_))]) {
        return Err("a lambda is more than an expression");
    }
    let asynchronous = code.flags & (flags::COROUTINE | flags::ASYNC_GENERATOR) != 0;
    let kind = match code.flags & flags::OPTIMIZED {
        0 => Kind::Body,
        _ if asynchronous => Kind::Asynchronous,
        _ => Kind::Function,
    };
    let mut checked = found.clone();
    if kind == Kind::Body {
        finish(&mut checked, &Declared::default());
    }
    let yields = check(kind, &checked)?;
    let generator = code.flags & (flags::GENERATOR | flags::ASYNC_GENERATOR) != 0;
    if yields != generator {
        return Err("what it yields is not what its flags say");
    }
    Ok((found, declared))
}

/// Returns the function or lambda of a code object that is decompiled by itself.
pub(super) fn alone(code: &Code, version: Version, given: &Given) -> Does<Expr> {
    let literal = |text: &String| Default::Literal(Rc::from(&**text));
    let defaults = given.defaults.iter().map(literal).collect();
    let keywords =
        given.keyword_defaults.iter().map(|(name, text)| (Rc::from(&**name), literal(text))).collect();
    let parameters = parameters(code, defaults, keywords, Vec::new())?;
    function(code, version, 0, parameters)
}

/// Returns the statements of a module or the class that a body makes.
pub(super) fn body_alone(code: &Code, version: Version) -> Does<Vec<Stmt>> {
    if &*code.name == "<module>" {
        let (mut body, declared) = statements(code, version, 0, false)?;
        finish(&mut body, &declared);
        return Ok(body);
    }
    let class = Class {
        name: Rc::from(&*code.name),
        decorators: Vec::new(),
        arguments: Vec::new(),
        body: class_body(code, version, 0)?,
    };
    Ok(vec![Stmt::Class(Box::new(class))])
}

/// Returns the function or lambda that is made in other code.
pub(super) fn made(made: &Making, version: Version, depth: usize) -> Does<Expr> {
    let code = &made.code;
    let defaults = match &made.defaults {
        Some(defaults) => tuple_elements(defaults).ok_or("its default values are no tuple")?,
        None => Vec::new(),
    };
    let keywords = match made.keyword_defaults.as_deref() {
        Some(Expr::Dict(entries)) => entries.iter().map(keyword).collect::<Does<Vec<_>>>()?,
        Some(_) => return Err("its keyword defaults are no dictionary"),
        None => Vec::new(),
    };
    let annotations = match &made.annotations {
        Some(annotations) => named_annotations(annotations)?,
        None => Vec::new(),
    };
    let returns = annotations.iter().find(|(name, _)| &**name == "return").map(|(_, value)| value.clone());
    let defaults = defaults.into_iter().map(Default::Code).collect();
    let parameters = parameters(code, defaults, keywords, annotations)?;
    let mut expr = function(code, version, depth, parameters)?;
    if let Expr::Function(function) = &mut expr {
        function.decorators = made.decorators.clone();
        function.returns = returns;
    } else if !made.decorators.is_empty() {
        return Err("a lambda is decorated");
    }
    Ok(expr)
}

fn keyword((key, value): &(Option<Shared>, Shared)) -> Does<(Rc<str>, Default)> {
    match key.as_deref() {
        Some(Expr::Constant(Object::Str(name))) => Ok((Rc::from(&**name), Default::Code(value.clone()))),
        _ => Err("its keyword defaults have no names"),
    }
}

/// Returns annotations by name: a dictionary to 3.9, then a tuple of names and values.
fn named_annotations(annotations: &Shared) -> Does<Vec<(Rc<str>, Shared)>> {
    const ODD: &str = "its annotations are not understood";
    let pairs: Vec<(Shared, Shared)> = match &**annotations {
        Expr::Dict(entries) => {
            entries.iter().filter_map(|(key, value)| Some((key.clone()?, value.clone()))).collect()
        }
        _ => {
            let parts = tuple_elements(annotations).ok_or(ODD)?;
            parts.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
        }
    };
    let named = pairs.into_iter().map(|(key, value)| match &*key {
        Expr::Constant(Object::Str(name)) => Ok((Rc::from(&**name), value)),
        _ => Err(ODD),
    });
    named.collect()
}

fn function(code: &Code, version: Version, depth: usize, parameters: Parameters) -> Does<Expr> {
    let (mut body, declared) = statements(code, version, depth, code.is_lambda())?;
    if code.is_lambda() {
        return match (&mut body[..], declared.globals.is_empty(), declared.nonlocals.is_empty()) {
            ([Stmt::Return(Some(value))], ..) => {
                let body = restore(code, value, version).unwrap_or_else(|| value.clone());
                Ok(Expr::Lambda(Box::new(Lambda { parameters, body })))
            }
            _ => Err("a lambda is more than an expression"),
        };
    }
    finish(&mut body, &declared);
    if let Some(docstring) = docstring(code, version) {
        body.insert(0, Stmt::Expr(shared(Expr::Constant(docstring))));
    }
    let asynchronous = code.flags & (flags::COROUTINE | flags::ASYNC_GENERATOR) != 0;
    let function = Function {
        name: Rc::from(&*code.name),
        asynchronous,
        decorators: Vec::new(),
        parameters,
        returns: None,
        body,
    };
    Ok(Expr::Function(Box::new(function)))
}

fn docstring(code: &Code, version: Version) -> Option<Object> {
    let first = code.consts.first().filter(|first| matches!(first, Object::Str(_)))?;
    let has = version < Version::V314 || code.flags & flags::HAS_DOCSTRING != 0;
    has.then(|| first.clone())
}

fn parameters(
    code: &Code,
    defaults: Vec<Default>,
    mut keywords: Vec<(Rc<str>, Default)>,
    annotations: Vec<(Rc<str>, Shared)>,
) -> Does<Parameters> {
    let mut names = code.varnames.iter();
    let mut next = || -> Does<Parameter> {
        let name: Rc<str> = Rc::from(&**names.next().ok_or("it has fewer variables than parameters")?);
        let annotation = annotations.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
        Ok(Parameter { name, default: None, annotation })
    };
    let count = code.argcount as usize;
    let positional_only = code.posonlyargcount as usize;
    let mut found = Parameters::default();
    let without = count.checked_sub(defaults.len()).ok_or("it has more default values than parameters")?;
    let mut defaults = defaults.into_iter();
    for index in 0..count {
        let mut parameter = next()?;
        parameter.default = if index >= without { defaults.next() } else { None };
        let kind = if index < positional_only { &mut found.positional_only } else { &mut found.plain };
        kind.push(parameter);
    }
    for _ in 0..code.kwonlyargcount {
        let mut parameter = next()?;
        let at = keywords.iter().position(|(name, _)| *name == parameter.name);
        parameter.default = at.map(|at| keywords.swap_remove(at).1);
        found.keyword_only.push(parameter);
    }
    if code.flags & flags::VARARGS != 0 {
        found.star = Some(next()?);
    }
    if code.flags & flags::VARKEYWORDS != 0 {
        found.mapping = Some(next()?);
    }
    Ok(found)
}

/// Returns the body of a class.
pub(super) fn class_body(code: &Code, version: Version, depth: usize) -> Does<Vec<Stmt>> {
    let (body, declared) = statements(code, version, depth, false)?;
    let mut found = Vec::new();
    for statement in body {
        match &statement {
            Stmt::Assign(targets, value) if targets.len() == 1 => {
                let Some(target) = targets.first() else { continue };
                match (&**target, &**value) {
                    (Expr::Name(name), Expr::Constant(Object::Str(_)))
                        if &**name == "__doc__" && found.is_empty() =>
                    {
                        found.push(Stmt::Expr(value.clone()));
                        continue;
                    }
                    (Expr::Name(name), _) if is_made(name) => continue,
                    (Expr::Subscript(dict, key), _) if is_annotations(dict) => {
                        let annotated = annotate(found.pop(), key, value, &mut found)?;
                        found.push(annotated);
                        continue;
                    }
                    _ => {}
                }
            }
            Stmt::Return(_) => continue,
            _ => {}
        }
        found.push(statement);
    }
    // `global` in a class is rare, `nonlocal` too.
    if !declared.nonlocals.is_empty() {
        found.insert(0, Stmt::Nonlocal(declared.nonlocals.into_iter().collect()));
    }
    if !declared.globals.is_empty() {
        found.insert(0, Stmt::Global(declared.globals.into_iter().collect()));
    }
    Ok(found)
}

/// Tells whether the compiler adds the assignment of a name to the body of a class.
fn is_made(name: &str) -> bool {
    matches!(
        name,
        "__module__"
            | "__qualname__"
            | "__firstlineno__"
            | "__static_attributes__"
            | "__classcell__"
            | "__classdictcell__"
    )
}

fn is_annotations(dict: &Shared) -> bool {
    matches!(&**dict, Expr::Name(name) if &**name == "__annotations__")
}

/// Joins `x = 1` and `__annotations__['x'] = int`.
fn annotate(before: Option<Stmt>, key: &Shared, annotation: &Shared, found: &mut Vec<Stmt>) -> Does<Stmt> {
    let Expr::Constant(Object::Str(name)) = &**key else { return Err("an annotation has no name") };
    let target = shared(Expr::Name(name.clone()));
    if let Some(Stmt::Assign(targets, value)) = &before
        && targets[..] == [target.clone()]
    {
        return Ok(Stmt::Annotate(target, annotation.clone(), Some(value.clone())));
    }
    found.extend(before);
    Ok(Stmt::Annotate(target, annotation.clone(), None))
}

/// Returns the annotations that a function of 3.14 makes when it is asked for them.
pub(super) fn annotations(code: &Code, version: Version, depth: usize) -> Does<Shared> {
    let (body, _) = statements(code, version, depth, false)?;
    // `if format > 2: raise NotImplementedError`, then the dictionary.
    match &body[..] {
        [Stmt::If { .. }, Stmt::Return(Some(value))] if matches!(**value, Expr::Dict(_)) => Ok(value.clone()),
        _ => Err("its annotations are not understood"),
    }
}

/// Returns the comprehension of a code object, whose first iterable is given.
pub(super) fn comprehension(code: &Code, version: Version, iterable: &Shared, depth: usize) -> Does<Expr> {
    let (body, _) = statements(code, version, depth, false)?;
    gathered(&code.name, body, iterable)
}

/// Returns the statements that a function, lambda or class is when it stands by itself.
pub(super) fn as_statement(expr: Expr) -> Stmt {
    match expr {
        Expr::Function(function) => Stmt::Function(function),
        Expr::Class(class) => Stmt::Class(class),
        other => Stmt::Expr(shared(other)),
    }
}

/// Tells whether it is the display of an empty list, set or dictionary.
pub(super) fn is_empty_collection(expr: &Expr) -> bool {
    match expr {
        Expr::Display(Collection::List | Collection::Set, elements) => elements.is_empty(),
        Expr::Dict(entries) => entries.is_empty(),
        _ => false,
    }
}
