//! Lambdas rewritten as named functions and as layer classes.

use diagnostics::{Edit, Span};
use interp::Interp;
use python::Ranged;
use python::ast::visitor::{Visitor, walk_expr};
use python::ast::{self, AnyNodeRef, Expr, Stmt};

use super::lambda::{free_name, is_in_function, lambda_of, statement_start};
use super::{assignments, insert, is_primary, module_name, replace};
use crate::source;

/// The decorator that lets a function or class be saved by its name.
fn registered(interp: &Interp<'_>) -> Option<String> {
    let keras = module_name(interp, "keras.saving").or_else(|| {
        let utils = module_name(interp, "keras.utils");
        utils.filter(|_| module_name(interp, "keras").is_none())
    })?;
    Some(format!("@{keras}.register_keras_serializable()"))
}

/// The edit that registers a class or function.
pub(crate) fn register(interp: &Interp<'_>, definition: &Stmt) -> Option<Edit> {
    let decorator = registered(interp)?;
    let (start, indent) = match definition {
        Stmt::ClassDef(s) => (s.decorator_list.first().map(|d| python::span(d.range()).start), s.range()),
        Stmt::FunctionDef(s) => (s.decorator_list.first().map(|d| python::span(d.range()).start), s.range()),
        _ => return None,
    };
    let at = start.unwrap_or_else(|| python::span(indent).start);
    (interp.program.script().line_column(at).1 == 1).then(|| insert(at, format!("{decorator}\n")))
}

/// Makes a named, registered function of a Lambda's lambda.
pub(crate) fn named_function(interp: &Interp<'_>, call: &ast::ExprCall, layer: &str) -> Option<Vec<Edit>> {
    let module = interp.program;
    let decorator = registered(interp)?;
    let Some(lambda) = lambda_of(call) else { return named_assignment(interp, call, &decorator) };
    let place = python::span(lambda.range());
    if reads_locals(interp, lambda) {
        return None;
    }
    let parameters = lambda.parameters.as_deref().map_or("", |p| module.text(python::span(p.range())));
    let body = returned(interp, lambda);
    let name = free_name(interp, &format!("{}_function", words(layer)));
    let at = statement_start(interp, place)?;
    let blank = if at == 0 { "" } else { blank_before(interp, at) };
    Some(vec![
        insert(at, format!("{blank}{decorator}\ndef {name}({parameters}):\n    return {body}\n\n\n")),
        replace(place, name),
    ])
}

/// Makes a registered function of a lambda that a name is assigned at the top: `f = lambda t: ...`.
fn named_assignment(interp: &Interp<'_>, call: &ast::ExprCall, decorator: &str) -> Option<Vec<Edit>> {
    let function = call.arguments.find_keyword("function").map(|keyword| &keyword.value);
    let Expr::Name(name) = function.or_else(|| call.arguments.args.first())? else { return None };
    let (statement, lambda) =
        assignments(interp, &name.id).find_map(|statement| match &*statement.value {
            Expr::Lambda(lambda) => Some((statement, lambda)),
            _ => None,
        })?;
    let parameters =
        lambda.parameters.as_deref().map_or("", |p| interp.program.text(python::span(p.range())));
    let whole = python::span(statement.range());
    let blank = blank_before(interp, whole.start);
    let body = returned(interp, lambda);
    let rest = interp.program.script().source().get(whole.end as usize..).unwrap_or_default();
    let behind = rest.bytes().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| *byte == b'\n');
    // Two empty lines stand behind a definition.
    let lines = "\n".repeat(3usize.saturating_sub(behind.count().max(1)));
    let text = format!("{blank}{decorator}\ndef {}({parameters}):\n    return {body}{lines}", name.id);
    Some(vec![replace(whole, text)])
}

/// What a lambda returns, as a statement can: over several lines only within brackets.
fn returned(interp: &Interp<'_>, lambda: &ast::ExprLambda) -> String {
    let body = interp.program.text(python::span(lambda.body.range()));
    if body.contains('\n') && !is_primary(&lambda.body) { format!("({body})") } else { body.to_owned() }
}

/// Tells whether a lambda in a function of the script reads names that may be that function's own.
fn reads_locals(interp: &Interp<'_>, lambda: &ast::ExprLambda) -> bool {
    let place = python::span(lambda.range());
    if !is_in_function(interp, place) {
        return false;
    }
    let mut read = Names::default();
    read.visit_expr(&lambda.body);
    let parameters = lambda.parameters.as_deref();
    let own = |name: &str| parameters.is_some_and(|p| p.iter().any(|parameter| parameter.name() == name));
    let mut local = Names::default();
    for node in source::around(interp.program, place) {
        match node {
            AnyNodeRef::StmtFunctionDef(s) => {
                local
                    .stored
                    .extend(s.parameters.iter().map(|parameter| parameter.name().as_str().to_owned()));
                s.body.iter().for_each(|statement| local.visit_stmt(statement));
            }
            AnyNodeRef::StmtClassDef(_) => return true,
            _ => {}
        }
    }
    read.read.iter().any(|name| !own(name) && (local.stored.contains(name) || interp.global(name).is_none()))
}

/// The names that code reads and assigns.
#[derive(Default)]
struct Names {
    read: Vec<String>,
    stored: Vec<String>,
}

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            match name.ctx {
                ast::ExprContext::Load => self.read.push(name.id.to_string()),
                _ => self.stored.push(name.id.to_string()),
            }
        }
        walk_expr(self, expr);
    }
}

/// A definition stands behind two empty lines.
fn blank_before(interp: &Interp<'_>, at: u32) -> &'static str {
    let before = interp.program.script().source().get(..at as usize).unwrap_or_default();
    if before.ends_with("\n\n\n") {
        ""
    } else if before.ends_with("\n\n") {
        "\n"
    } else {
        "\n\n"
    }
}

/// A layer's name as a Python name.
fn words(layer: &str) -> String {
    let plain: String =
        layer.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if plain.starts_with(|c: char| c.is_ascii_digit()) || plain.is_empty() {
        format!("layer_{plain}")
    } else {
        plain
    }
}

/// `weighted_sum` as `WeightedSum`.
fn class_name(function: &str) -> String {
    let parts = function.split('_').filter(|part| !part.is_empty());
    parts.map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect()
}

/// A random draw in a Lambda's function, and the weight that is to stand for it.
pub(crate) struct Weight<'a> {
    /// The draw's call.
    pub draw: Span,
    /// The expression of its shape.
    pub shape: &'a Expr,
    /// What to call it.
    pub name: String,
}

/// Makes a registered layer of a Lambda whose function draws what was meant for a weight.
pub(crate) fn layer_class(
    interp: &Interp<'_>,
    lambda: &ast::ExprCall,
    weight: &Weight<'_>,
) -> Option<Vec<Edit>> {
    let module = interp.program;
    let function = function_of(interp, lambda)?;
    let shape = shape_in_build(interp, weight.shape, function.parameter)?;
    let decorator = registered(interp)?;
    let base = format!("{}.Layer", module_name(interp, "keras.layers")?);
    let attribute = match weight.name.as_str() {
        "weights" | "variables" | "losses" | "metrics" | "input" | "output" | "name" | "dtype" => "kernel",
        name => name,
    };
    let class = free_name(interp, &class_name(&function.name));
    let class = if class == function.name { free_name(interp, &format!("{class}Layer")) } else { class };
    let head = format!(
        "{decorator}\nclass {class}({base}):\n    def build(self, input_shape):\n        self.{attribute} = \
         self.add_weight(\n            name=\"{attribute}\", shape={shape}, initializer=\"random_normal\"\n        )\n\n    \
         def call(self, {}):\n",
        function.parameter
    );
    let made = {
        let name = lambda.arguments.find_keyword("name").map(|k| module.text(python::span(k.range())));
        replace(python::span(lambda.range()), format!("{class}({})", name.unwrap_or_default()))
    };
    match function.definition {
        Definition::Lambda(expr) => {
            let body = python::span(expr.body.range());
            let body = with_weight(module.text(body), body, weight.draw, attribute)?;
            let at = statement_start(interp, python::span(lambda.range()))?;
            let blank = blank_before(interp, at);
            Some(vec![insert(at, format!("{blank}{head}        return {body}\n\n\n")), made])
        }
        Definition::Function(statement) => {
            let (first, last) = (statement.body.first()?, statement.body.last()?);
            let start = module.script().line_span(module.line(python::span(first.range()).start))?.start;
            let body = Span::new(start, python::span(last.range()).end);
            let text = with_weight(module.text(body), body, weight.draw, attribute)?;
            let indented: Vec<String> = text
                .lines()
                .map(|line| if line.trim().is_empty() { String::new() } else { format!("    {line}") })
                .collect();
            let whole = python::span(statement.range());
            Some(vec![
                replace(Span::new(whole.start, body.end), format!("{head}{}", indented.join("\n"))),
                made,
            ])
        }
    }
}

/// The text of a body with the weight in the place of the draw.
fn with_weight(text: &str, body: Span, draw: Span, attribute: &str) -> Option<String> {
    let (start, end) =
        (draw.start.checked_sub(body.start)? as usize, draw.end.checked_sub(body.start)? as usize);
    Some(format!("{}self.{attribute}{}", text.get(..start)?, text.get(end..)?))
}

enum Definition<'a> {
    Lambda(&'a ast::ExprLambda),
    Function(&'a ast::StmtFunctionDef),
}

struct Function<'a> {
    definition: Definition<'a>,
    name: String,
    parameter: &'a str,
}

/// The function of a Lambda: written in it, or defined at the top and used nowhere else.
fn function_of<'a>(interp: &Interp<'a>, call: &'a ast::ExprCall) -> Option<Function<'a>> {
    if let Some(lambda) = lambda_of(call) {
        let parameter = only_parameter(lambda.parameters.as_deref()?)?;
        return Some(Function {
            definition: Definition::Lambda(lambda),
            name: "weighted".to_owned(),
            parameter,
        });
    }
    let Expr::Name(name) = call.arguments.args.first()? else { return None };
    let definition = interp.program.script().body().iter().find_map(|statement| match statement {
        Stmt::FunctionDef(s) if s.name.as_str() == name.id.as_str() && s.decorator_list.is_empty() => Some(s),
        _ => None,
    })?;
    let parameter = only_parameter(&definition.parameters)?;
    let mut names = Names::default();
    interp.program.script().body().iter().for_each(|statement| names.visit_stmt(statement));
    let uses = names.read.iter().filter(|read| **read == *name.id).count();
    let documented = matches!(definition.body.first()?, Stmt::Expr(s) if s.value.is_string_literal_expr());
    let plain = definition
        .body
        .iter()
        .all(|s| interp.program.text(python::span(s.range())).matches("\"\"\"").count() == 0);
    (uses == 1 && !documented && plain).then(|| Function {
        definition: Definition::Function(definition),
        name: name.id.to_string(),
        parameter,
    })
}

fn only_parameter(parameters: &ast::Parameters) -> Option<&str> {
    let plain = parameters.vararg.is_none()
        && parameters.kwarg.is_none()
        && parameters.kwonlyargs.is_empty()
        && parameters.posonlyargs.is_empty();
    match &parameters.args[..] {
        [one] if plain && one.default.is_none() => Some(one.parameter.name.as_str()),
        _ => None,
    }
}

/// Writes a shape for `build`, where sizes come from `input_shape`; nothing where it takes them from elsewhere.
fn shape_in_build(interp: &Interp<'_>, shape: &Expr, parameter: &str) -> Option<String> {
    let items = match shape {
        Expr::Tuple(items) => &items.elts,
        Expr::List(items) => &items.elts,
        _ => return None,
    };
    let sizes: Vec<String> =
        items.iter().map(|size| size_in_build(interp, size, parameter)).collect::<Option<_>>()?;
    Some(match &sizes[..] {
        [one] => format!("({one},)"),
        _ => format!("({})", sizes.join(", ")),
    })
}

fn size_in_build(interp: &Interp<'_>, size: &Expr, parameter: &str) -> Option<String> {
    if size.is_number_literal_expr() {
        return Some(interp.program.text(python::span(size.range())).to_owned());
    }
    let Expr::Subscript(subscript) = size else { return None };
    let of_input = match &*subscript.value {
        Expr::Attribute(e) => e.attr.as_str() == "shape" && is_name(&e.value, parameter),
        Expr::Call(e) => {
            let callee = source::plain(interp.program, python::span(e.func.range()))?;
            callee.ends_with("int_shape")
                && e.arguments.args.first().is_some_and(|arg| is_name(arg, parameter))
        }
        _ => false,
    };
    let index = interp.program.text(python::span(subscript.slice.range()));
    (of_input && super::literal_int(&subscript.slice).is_some()).then(|| format!("input_shape[{index}]"))
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(e) if e.id.as_str() == name)
}
