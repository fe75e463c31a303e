//! Functions, lambdas, classes and comprehensions while they are made.

use std::rc::Rc;

use crate::object::Object;
use crate::ops::{Collection, Name, making};
use crate::version::Version;

use super::super::function;
use super::super::stack::{Item, Making, shared};
use super::super::tree::{Class, Expr, Shared, Stmt};
use super::call::is_comprehension;
use super::{Does, Machine};

impl Machine<'_> {
    pub(super) fn make(&mut self, flags: u32) -> Does<()> {
        if self.version <= Version::V310 {
            // The qualified name.
            self.pop()?;
        }
        let code = self.pop()?;
        let Expr::Constant(Object::Code(code)) = &*code else { return Err("a function is made of no code") };
        let mut made = Making {
            code: code.clone(),
            defaults: None,
            keyword_defaults: None,
            annotations: None,
            decorators: Vec::new(),
            class: None,
        };
        if flags & making::CLOSURE != 0 && !matches!(self.pop_item()?, Item::Cell(_)) {
            return Err("a closure is made of no cells");
        }
        if flags & making::ANNOTATIONS != 0 {
            made.annotations = Some(self.pop()?);
        }
        if flags & making::KEYWORD_DEFAULTS != 0 {
            made.keyword_defaults = Some(self.pop()?);
        }
        if flags & making::DEFAULTS != 0 {
            made.defaults = Some(self.pop()?);
        }
        self.state.stack.push(Item::Making(Rc::new(made)));
        Ok(())
    }

    pub(super) fn attribute_of_made(&mut self, flag: u32) -> Does<()> {
        let Item::Making(made) = self.pop_item()? else { return Err("an attribute is set of no function") };
        let mut made = Making::clone(&made);
        match flag {
            making::CLOSURE => {
                if !matches!(self.pop_item()?, Item::Cell(_)) {
                    return Err("a closure is made of no cells");
                }
            }
            making::ANNOTATIONS => made.annotations = Some(self.pop()?),
            making::KEYWORD_DEFAULTS => made.keyword_defaults = Some(self.pop()?),
            making::DEFAULTS => made.defaults = Some(self.pop()?),
            making::ANNOTATE => {
                let Item::Making(annotate) = self.pop_item()? else {
                    return Err("annotations are made by no function");
                };
                made.annotations = Some(function::annotations(&annotate.code, self.version, self.depth + 1)?);
            }
            _ => return Err("an unknown attribute of a function is set"),
        }
        self.state.stack.push(Item::Making(Rc::new(made)));
        Ok(())
    }

    /// Returns the expression that a function, a lambda or a class is.
    pub(super) fn made(&mut self, made: &Rc<Making>) -> Does<Shared> {
        if let Some(arguments) = &made.class {
            let class = Class {
                name: Rc::from(&*made.code.name),
                decorators: made.decorators.clone(),
                arguments: arguments.clone(),
                body: function::class_body(&made.code, self.version, self.depth + 1)?,
            };
            return Ok(shared(Expr::Class(Box::new(class))));
        }
        if is_comprehension(made) {
            return Err("a comprehension is not called at once");
        }
        function::made(made, self.version, self.depth + 1).map(shared)
    }

    /// Binds the function or class on top of the stack to its name.
    pub(super) fn define(&mut self, name: &Name) -> Does<()> {
        let Item::Making(made) = self.pop_item()? else { return Err("nothing is defined") };
        let value = self.made(&made)?;
        let statement = match &*value {
            Expr::Function(function) if *function.name == **name => Stmt::Function(function.clone()),
            Expr::Class(class) if *class.name == **name => Stmt::Class(class.clone()),
            Expr::Function(_) | Expr::Class(_) => return Err("a definition is bound to another name"),
            _ => {
                return self.bind_value(Vec::new(), value, shared(Expr::Name(name.clone())));
            }
        };
        self.emit(statement);
        Ok(())
    }

    pub(super) fn build_class(&mut self, items: Vec<Item>, names: &[Name]) -> Does<()> {
        let mut items = items.into_iter();
        let (Some(Item::Making(body)), Some(Item::Value(_))) = (items.next(), items.next()) else {
            return Err("a class is made in a way that is not known");
        };
        let arguments = self.arguments(items.collect(), names)?;
        let mut made = Making::clone(&body);
        made.class = Some(arguments);
        self.state.stack.push(Item::Making(Rc::new(made)));
        Ok(())
    }

    /// Returns the comprehension that a call of its function with its first iterator is.
    pub(super) fn comprehension(&mut self, made: &Making, items: &[Item]) -> Does<Option<Expr>> {
        if !is_comprehension(made) {
            return Ok(None);
        }
        let [Item::Iterator(iterable)] = items else {
            return Err("a comprehension is called in a way that is not known");
        };
        function::comprehension(&made.code, self.version, iterable, self.depth + 1).map(Some)
    }
}

/// Returns the elements of a tuple's display or constant.
pub(in super::super) fn tuple_elements(value: &Shared) -> Option<Vec<Shared>> {
    match &**value {
        Expr::Display(Collection::Tuple, elements) => Some(elements.clone()),
        Expr::Constant(Object::Tuple(parts)) => {
            Some(parts.iter().map(|part| shared(Expr::Constant(part.clone()))).collect())
        }
        _ => None,
    }
}
