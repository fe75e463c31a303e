//! Expressions: one file per group of forms.

mod arith;
mod calls;
mod compare;
mod comprehension;
mod literal;
mod operands;
mod subscript;

use std::rc::Rc;

use python::Ranged;
use python::ast::{self, BoolOp, Expr, UnaryOp};

use crate::coroutines::Place;
use crate::function::Yields;
use crate::function::{Body, Function, signature_of};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Reason, Value};

use calls::reason_of;

pub(crate) use arith::operator_name;
pub(crate) use comprehension::Written;

impl<'a> Interp<'a> {
    /// Evaluates an expression.
    ///
    /// # Errors
    /// The exception that it raises, or a budget that ran out.
    pub fn eval(&mut self, expr: &'a Expr) -> Eval {
        self.step()?;
        let value = self.eval_form(expr)?;
        if self.options.explain_unknown {
            self.note_unknown(&value, python::span(expr.range()));
        }
        Ok(value)
    }

    fn eval_form(&mut self, expr: &'a Expr) -> Eval {
        match expr {
            Expr::Name(e) => {
                self.at(python::span(e.range));
                self.name(&e.id)
            }
            Expr::Attribute(e) => {
                let object = self.eval(&e.value)?;
                self.at(self.attribute_span(e));
                let name = self.mangled(&e.attr);
                let result = self.get_attr(&object, &name);
                if let Err(halt) = &result {
                    self.note_operands(halt, &[(&*e.value, &object)]);
                }
                result
            }
            Expr::Call(e) => self.eval_call(e),
            Expr::Subscript(e) => {
                let object = self.eval(&e.value)?;
                let index = self.eval(&e.slice)?;
                self.at(python::span(e.range));
                let result = self.get_item(&object, &index);
                if let Err(halt) = &result {
                    self.note_operands(halt, &[(&*e.value, &object), (&*e.slice, &index)]);
                }
                result
            }
            Expr::BinOp(e) => self.eval_bin_op(e),
            Expr::UnaryOp(e) => self.eval_unary_op(e),
            Expr::BoolOp(e) => self.eval_bool_op(e.op, &e.values),
            Expr::Compare(e) => self.eval_compare(e),
            Expr::If(e) => self.eval_if(e),
            Expr::Lambda(e) => self.eval_lambda(e),
            Expr::Named(e) => {
                let value = self.eval(&e.value)?;
                match &*e.target {
                    Expr::Name(name) => self.set_outside(&name.id, value.clone()),
                    target => self.assign(target, value.clone())?,
                }
                Ok(value)
            }
            Expr::Tuple(ast::ExprTuple { elts, .. })
            | Expr::List(ast::ExprList { elts, .. })
            | Expr::Set(ast::ExprSet { elts, .. }) => match self.eval_items(elts)? {
                Err(reason) => Ok(Value::Unknown(reason)),
                Ok(items) if expr.is_tuple_expr() => Ok(Value::Tuple(items.into())),
                Ok(items) if expr.is_list_expr() => Ok(self.new_list(items)),
                Ok(items) => self.new_set(items),
            },
            Expr::Dict(e) => self.eval_dict(e),
            Expr::Slice(e) => self.eval_slice(e),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.eval_comprehension(expr)
            }
            Expr::Starred(e) => self.eval(&e.value),
            Expr::Yield(e) => {
                if let Some(sent) = self.sent() {
                    return sent;
                }
                let value = e.value.as_deref().map_or(Ok(Value::None), |v| self.eval(v))?;
                self.yield_item(value)
            }
            Expr::YieldFrom(e) => {
                if let Some(Place::From(iterator)) = self.taken_up() {
                    return self.yield_from(iterator);
                }
                let iterable = self.eval(&e.value)?;
                self.at(python::span(e.range));
                let iterator = self.iter_id(&iterable)?;
                self.yield_from(iterator)
            }
            Expr::Await(e) => self.eval(&e.value),
            Expr::TString(_) | Expr::IpyEscapeCommand(_) => {
                Ok(self.unknown("a template string or shell escape"))
            }
            _ => self.eval_literal(expr),
        }
    }

    /// Evaluates the items of a display, with `*items` spread. Where it is not known how many these are,
    /// `(None, *x.shape[2:])`, neither is the display: the reason.
    fn eval_items(&mut self, elts: &'a [Expr]) -> Eval<Result<Vec<Value>, Reason>> {
        let mut unknown = None;
        let mut items = Vec::with_capacity(elts.len());
        for elt in elts {
            match elt {
                Expr::Starred(s) => {
                    let iterable = self.eval(&s.value)?;
                    let (spread, more) = self.iterate(&iterable, 4096)?;
                    items.extend(spread);
                    if more {
                        unknown = Some(reason_of(&iterable, "items of unknown number"));
                    }
                }
                _ => items.push(self.eval(elt)?),
            }
        }
        Ok(unknown.map_or(Ok(items), Err))
    }

    fn eval_dict(&mut self, e: &'a ast::ExprDict) -> Eval {
        let mut pairs = Vec::with_capacity(e.items.len());
        for item in &e.items {
            match &item.key {
                Some(key) => {
                    let key = self.eval(key)?;
                    let value = self.eval(&item.value)?;
                    self.check_hashable(&key)?;
                    pairs.push((key, value));
                }
                None => {
                    let other = self.eval(&item.value)?;
                    match self.pairs_of(&other) {
                        Some(more) => pairs.extend(more),
                        None => return Ok(self.unknown("a dict made of an unknown one")),
                    }
                }
            }
        }
        Ok(self.new_dict(pairs))
    }

    fn eval_slice(&mut self, e: &'a ast::ExprSlice) -> Eval {
        let mut part = |e: &'a Option<Box<Expr>>| e.as_deref().map_or(Ok(Value::None), |e| self.eval(e));
        let parts = [part(&e.lower)?, part(&e.upper)?, part(&e.step)?];
        Ok(Value::Slice(Rc::new(parts)))
    }

    fn eval_unary_op(&mut self, e: &'a ast::ExprUnaryOp) -> Eval {
        let operand = self.eval(&e.operand)?;
        self.at(python::span(e.range));
        if e.op == UnaryOp::Not {
            return Ok(match self.truth(&operand)? {
                Some(truth) => Value::Bool(!truth),
                None => Value::Any(crate::value::Plain::Bool),
            });
        }
        self.unary(e.op, &operand)
    }

    fn eval_bool_op(&mut self, op: BoolOp, values: &'a [Expr]) -> Eval {
        let Some((first, rest)) = values.split_first() else { return Ok(Value::None) };
        let value = self.eval(first)?;
        if rest.is_empty() {
            return Ok(value);
        }
        match (self.truth(&value)?, op) {
            (Some(true), BoolOp::Or) | (Some(false), BoolOp::And) => Ok(value),
            (Some(_), _) => self.eval_bool_op(op, rest),
            (None, _) => {
                self.decides(&value)?;
                self.either(|_| Ok(value.clone()), |i| i.eval_bool_op(op, rest))
            }
        }
    }

    fn eval_if(&mut self, e: &'a ast::ExprIf) -> Eval {
        let condition = self.eval(&e.test)?;
        self.at(python::span(e.range));
        match self.truth(&condition)? {
            Some(true) => self.eval(&e.body),
            Some(false) => self.eval(&e.orelse),
            None => {
                self.decides(&condition)?;
                self.either(|i| i.eval(&e.body), |i| i.eval(&e.orelse))
            }
        }
    }

    fn eval_lambda(&mut self, e: &'a ast::ExprLambda) -> Eval {
        let (signature, defaults) = match &e.parameters {
            Some(parameters) => (signature_of(parameters), self.eval_defaults(parameters)?),
            None => (python::Signature { params: Vec::new() }, Vec::new()),
        };
        let scope = self.frames.last().map_or(self.globals, |f| f.scope);
        let attrs = self.new_attrs();
        let (module, own) = self.frames.last().map_or((None, false), |f| (f.module, f.own));
        let function = Function {
            name: "<lambda>".into(),
            qualname: self.qualname("<lambda>"),
            signature: Rc::new(signature),
            defaults,
            body: Body::Lambda(&e.body),
            scope: self.closure_scope(scope),
            owner: None,
            class: self.frames.last().and_then(|f| f.class),
            yields: Yields::Never,
            module,
            own,
            span: python::span(e.range),
            attrs,
        };
        Ok(self.add_function(function))
    }

    /// Where CPython 3.11 says an attribute access is: at the name where that stands on a line of its own.
    pub(crate) fn attribute_span(&self, e: &ast::ExprAttribute) -> diagnostics::Span {
        let (whole, name) = (python::span(e.range), python::span(e.attr.range()));
        let between = diagnostics::Span::new(python::span(e.value.range()).end, name.start);
        let source = self.frames.last().and_then(|f| f.module).map_or("", |m| m.source());
        match source.get(between.start as usize..between.end as usize) {
            Some(gap) if gap.contains('\n') => name,
            _ => whole,
        }
    }

    /// An attribute's name as its class mangles it: `self.__x` in `class A` is `self._A__x`.
    pub(crate) fn mangled<'n>(&self, name: &'n str) -> std::borrow::Cow<'n, str> {
        if name.starts_with("__")
            && !name.ends_with("__")
            && let Some(class) = self.frames.last().and_then(|f| f.class)
        {
            let class = self.class(class).name.trim_start_matches('_');
            if !class.is_empty() {
                return format!("_{class}{name}").into();
            }
        }
        name.into()
    }
}
