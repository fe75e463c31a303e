//! Calls.

use std::rc::Rc;

use crate::object::Object;
use crate::ops::{Collection, Name, Op};

use super::super::graph::Action;
use super::super::stack::{Item, Making, shared};
use super::super::tree::{Argument, Expr, Shared};
use super::{Does, Machine};

impl Machine<'_> {
    pub(super) fn call(&mut self, op: &Op) -> Does<bool> {
        match op {
            Op::Call { count, null, names } => {
                let names = names.clone().unwrap_or_default();
                self.call_with(*count as usize, *null, &names)?;
            }
            Op::CallKeywords { count, null } => {
                let names = self.pop()?;
                let names = texts(&names).ok_or("the names of a call's arguments are no names")?;
                self.call_with(*count as usize, *null, &names)?;
            }
            Op::CallSpread { mapping, null } => self.call_spread(*mapping, *null)?,
            Op::MakeFunction(flags) => self.make(*flags)?,
            Op::FunctionAttribute(flag) => self.attribute_of_made(*flag)?,
            Op::BuildClass => self.state.stack.push(Item::BuildClass),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn call_with(&mut self, count: usize, null: bool, names: &[Name]) -> Does<()> {
        let below = self.state.stack.len().checked_sub(count).ok_or("its stack is too low")?;
        let mut items = self.state.stack.split_off(below);
        let mut callee = self.pop_item()?;
        if null {
            // One of the two below the arguments is a null; if not, the upper one is an argument.
            let lower = self.pop_item()?;
            match (&lower, &callee) {
                (Item::Null, _) => {}
                (_, Item::Null) => callee = lower,
                _ => {
                    items.insert(0, callee);
                    callee = lower;
                }
            }
        }
        match callee {
            Item::Exit(number) => {
                let plain = items.iter().all(|item| matches!(item, Item::Value(value) if value.is_none()));
                if !plain {
                    return Err("a with statement is left in a way that is not known");
                }
                self.act(Action::Exit(number));
                self.state.stack.push(Item::Cleaned);
                Ok(())
            }
            Item::BuildClass => self.build_class(items, names),
            Item::Making(making) => match self.comprehension(&making, &items)? {
                Some(expr) => {
                    self.push(expr);
                    Ok(())
                }
                None => {
                    let callee = self.made(&making)?;
                    self.call_plain(callee, items, names)
                }
            },
            callee => {
                let callee = self.value(callee)?;
                if let ([Item::Making(making)], []) = (&items[..], names)
                    && (making.class.is_some() || !making.code.is_lambda())
                    && !is_comprehension(making)
                {
                    let mut making = Making::clone(making);
                    making.decorators.insert(0, callee);
                    self.state.stack.push(Item::Making(Rc::new(making)));
                    return Ok(());
                }
                self.call_plain(callee, items, names)
            }
        }
    }

    fn call_plain(&mut self, callee: Shared, items: Vec<Item>, names: &[Name]) -> Does<()> {
        let arguments = self.arguments(items, names)?;
        self.push(Expr::Call(callee, arguments));
        Ok(())
    }

    pub(super) fn arguments(&mut self, items: Vec<Item>, names: &[Name]) -> Does<Vec<Argument>> {
        let positional =
            items.len().checked_sub(names.len()).ok_or("a call has more names than arguments")?;
        let values = items.into_iter().map(|item| self.value(item)).collect::<Does<Vec<Shared>>>()?;
        let mut values = values.into_iter();
        let mut arguments: Vec<Argument> =
            values.by_ref().take(positional).map(Argument::Positional).collect();
        arguments
            .extend(names.iter().cloned().zip(values).map(|(name, value)| Argument::Keyword(name, value)));
        Ok(arguments)
    }

    fn call_spread(&mut self, mapping: bool, null: bool) -> Does<()> {
        let mut arguments = Vec::new();
        let keywords = if mapping { Some(self.pop_item()?) } else { None };
        let positional = self.pop()?;
        match &*positional {
            Expr::Display(Collection::Tuple, elements) => {
                arguments.extend(elements.iter().map(|element| match &**element {
                    Expr::Starred(value) => Argument::Star(value.clone()),
                    _ => Argument::Positional(element.clone()),
                }));
            }
            Expr::Constant(Object::Tuple(parts)) => {
                let parts =
                    parts.iter().map(|part| Argument::Positional(shared(Expr::Constant(part.clone()))));
                arguments.extend(parts);
            }
            _ => arguments.push(Argument::Star(positional)),
        }
        match keywords {
            None | Some(Item::Null) => {}
            Some(item) => {
                let mapping = self.value(item)?;
                spread_keywords(&mapping, &mut arguments);
            }
        }
        let mut callee = self.pop_item()?;
        if null {
            let lower = self.pop_item()?;
            match (&lower, &callee) {
                (Item::Null, _) => {}
                (_, Item::Null) => callee = lower,
                _ => return Err("a call with stars has no null"),
            }
        }
        let callee = self.value(callee)?;
        self.push(Expr::Call(callee, arguments));
        Ok(())
    }
}

fn spread_keywords(mapping: &Shared, arguments: &mut Vec<Argument>) {
    let Expr::Dict(entries) = &**mapping else {
        arguments.push(Argument::Mapping(mapping.clone()));
        return;
    };
    for (key, value) in entries {
        arguments.push(match key.as_deref() {
            Some(Expr::Constant(Object::Str(name))) => Argument::Keyword(name.clone(), value.clone()),
            Some(_) => Argument::Mapping(shared(Expr::Dict(vec![(key.clone(), value.clone())]))),
            None => Argument::Mapping(value.clone()),
        });
    }
}

fn texts(names: &Shared) -> Option<Vec<Name>> {
    match &**names {
        Expr::Constant(Object::Tuple(parts)) => {
            parts.iter().map(|part| part.as_str().map(Name::from)).collect()
        }
        _ => None,
    }
}

pub(super) fn is_comprehension(making: &Making) -> bool {
    matches!(&*making.code.name, "<listcomp>" | "<setcomp>" | "<dictcomp>" | "<genexpr>")
}
