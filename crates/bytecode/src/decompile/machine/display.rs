//! Displays, slices, f-strings, elements of comprehensions.

use std::rc::Rc;

use crate::object::Object;
use crate::ops::{Collection, Conversion, Op};

use super::super::stack::{Item, shared};
use super::super::tree::{Expr, Piece, Shared, Stmt};
use super::{Does, Machine};

impl Machine<'_> {
    pub(super) fn display(&mut self, op: &Op) -> Does<bool> {
        match op {
            Op::Build(Collection::Tuple, count) if self.closure(*count as usize) => {}
            Op::Build(collection, count) => {
                let elements = self.pop_many(*count as usize)?;
                self.push(Expr::Display(*collection, elements));
            }
            Op::BuildMap(count) => {
                let parts = self.pop_many(*count as usize * 2)?;
                let entries = parts.chunks_exact(2).map(|pair| (Some(pair[0].clone()), pair[1].clone()));
                self.push(Expr::Dict(entries.collect()));
            }
            Op::BuildConstKeyMap(count) => {
                let keys = self.pop()?;
                let values = self.pop_many(*count as usize)?;
                let keys = elements_of(&keys).filter(|keys| keys.len() == values.len());
                let keys = keys.ok_or("a dictionary has other than constant keys")?;
                self.push(Expr::Dict(keys.into_iter().map(Some).zip(values).collect()));
            }
            Op::Unpack(collection, count) => {
                let parts = self.pop_many(*count as usize)?;
                let elements = parts.into_iter().flat_map(|part| spread(&part)).collect();
                self.push(Expr::Display(*collection, elements));
            }
            Op::UnpackMap(count) => {
                let parts = self.pop_many(*count as usize)?;
                let entries = parts.into_iter().flat_map(|part| spread_map(&part)).collect();
                self.push(Expr::Dict(entries));
            }
            Op::Append(_, place) => {
                let element = self.pop()?;
                self.gather(*place, element, None)?;
            }
            Op::AppendEntry(place) => {
                let (first, second) = (self.pop()?, self.pop()?);
                // To 3.7 the key is on top.
                let (key, value) = if self.version <= crate::version::Version::V37 {
                    (first, second)
                } else {
                    (second, first)
                };
                self.gather(*place, key, Some(value))?;
            }
            Op::Extend(_, place) => {
                let iterable = self.pop()?;
                self.extend(*place, &iterable)?;
            }
            Op::ExtendMap(place) => {
                let mapping = self.pop()?;
                let (target, _) = self.collection(*place)?;
                let Expr::Dict(entries) = &*target else {
                    return Err("a mapping is joined to no dictionary");
                };
                let mut entries = entries.clone();
                entries.extend(spread_map(&mapping));
                self.replace(*place, Expr::Dict(entries))?;
            }
            Op::ListToTuple => {
                let list = self.pop()?;
                let Expr::Display(Collection::List, elements) = &*list else {
                    return Err("a tuple is made of no list");
                };
                self.push(Expr::Display(Collection::Tuple, elements.clone()));
            }
            Op::BuildText(count) => {
                let parts = self.pop_many(*count as usize)?;
                let mut pieces = Vec::new();
                parts.iter().try_for_each(|part| add_pieces(part, &mut pieces))?;
                self.push(Expr::Text(pieces));
            }
            Op::Convert(conversion) => {
                let value = self.pop()?;
                self.push(Expr::Text(vec![Piece::Value { value, conversion: *conversion, spec: None }]));
            }
            Op::Format(conversion, with_spec) => self.format(*conversion, *with_spec)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes the cells of a closure and pushes a marker for them.
    fn closure(&mut self, count: usize) -> bool {
        let Some(from) = self.state.stack.len().checked_sub(count).filter(|_| count > 0) else {
            return false;
        };
        let cells = self.state.stack.get(from..).unwrap_or_default();
        if !cells.iter().all(|item| matches!(item, Item::Cell(_))) {
            return false;
        }
        self.state.stack.truncate(from);
        self.state.stack.push(Item::Cell("".into()));
        true
    }

    pub(super) fn slice(&mut self, count: u32) -> Does<Shared> {
        let parts = self.pop_many(count as usize)?;
        let mut parts = parts.into_iter().map(|part| (!part.is_none()).then_some(part));
        let mut part = || parts.next().flatten();
        let (start, stop, step) = (part(), part(), part());
        Ok(shared(Expr::Slice(start, stop, step)))
    }

    /// Returns the collection at a place, and whether a loop is between it and the top.
    fn collection(&self, place: u32) -> Does<(Shared, bool)> {
        let index = self.state.stack.len().checked_sub(place as usize).ok_or("its stack is too low")?;
        let above = self.state.stack.get(index + 1..).unwrap_or_default();
        let in_loop = above.iter().any(|item| matches!(item, Item::Loop(_)));
        match self.state.stack.get(index) {
            Some(Item::Value(value)) => Ok((value.clone(), in_loop)),
            _ => Err("an element is added to no collection"),
        }
    }

    fn replace(&mut self, place: u32, expr: Expr) -> Does<()> {
        let index = self.state.stack.len().checked_sub(place as usize).ok_or("its stack is too low")?;
        if let Some(slot) = self.state.stack.get_mut(index) {
            *slot = Item::Value(shared(expr));
        }
        Ok(())
    }

    fn gather(&mut self, place: u32, element: Shared, value: Option<Shared>) -> Does<()> {
        let (target, in_loop) = self.collection(place)?;
        match (&*target, value) {
            (Expr::Display(_, elements), None) if in_loop && elements.is_empty() => {
                self.emit(Stmt::Gather(element, None));
                Ok(())
            }
            (Expr::Dict(entries), Some(value)) if in_loop && entries.is_empty() => {
                self.emit(Stmt::Gather(element, Some(value)));
                Ok(())
            }
            (Expr::Display(collection, elements), None) if !in_loop => {
                let mut elements = elements.clone();
                elements.push(element);
                self.replace(place, Expr::Display(*collection, elements))
            }
            (Expr::Dict(entries), Some(value)) if !in_loop => {
                let mut entries = entries.clone();
                entries.push((Some(element), value));
                self.replace(place, Expr::Dict(entries))
            }
            _ => Err("an element is added to another collection"),
        }
    }

    fn extend(&mut self, place: u32, iterable: &Shared) -> Does<()> {
        let (target, _) = self.collection(place)?;
        let Expr::Display(collection, elements) = &*target else {
            return Err("elements are added to no collection");
        };
        let mut elements = elements.clone();
        // `[1, 2, 3]` is an empty list that a constant tuple or frozen set is joined to.
        match &**iterable {
            Expr::Constant(Object::Tuple(parts) | Object::FrozenSet(parts)) if elements.is_empty() => {
                elements.extend(parts.iter().map(|part| shared(Expr::Constant(part.clone()))));
            }
            _ => elements.extend(spread(iterable)),
        }
        self.replace(place, Expr::Display(*collection, elements))
    }

    fn format(&mut self, conversion: Conversion, with_spec: bool) -> Does<()> {
        let spec = match with_spec {
            true => {
                let spec = self.pop()?;
                let mut pieces = Vec::new();
                add_pieces(&spec, &mut pieces)?;
                Some(pieces)
            }
            false => None,
        };
        let value = self.pop()?;
        let (value, conversion) = match &*value {
            Expr::Text(pieces) if self.version >= crate::version::Version::V313 => match &pieces[..] {
                // `Convert` left it so.
                [Piece::Value { value, conversion, spec: None }] if *conversion != Conversion::None => {
                    (value.clone(), *conversion)
                }
                _ => (value.clone(), conversion),
            },
            _ => (value.clone(), conversion),
        };
        self.push(Expr::Text(vec![Piece::Value { value, conversion, spec }]));
        Ok(())
    }
}

fn elements_of(expr: &Shared) -> Option<Vec<Shared>> {
    match &**expr {
        Expr::Constant(Object::Tuple(parts)) => {
            Some(parts.iter().map(|part| shared(Expr::Constant(part.clone()))).collect())
        }
        _ => None,
    }
}

/// Returns the elements that an iterable adds to a display.
fn spread(part: &Shared) -> Vec<Shared> {
    match &**part {
        Expr::Display(Collection::Tuple, elements) => elements.clone(),
        Expr::Constant(Object::Tuple(_)) => elements_of(part).unwrap_or_default(),
        _ => vec![shared(Expr::Starred(part.clone()))],
    }
}

fn spread_map(part: &Shared) -> Vec<(Option<Shared>, Shared)> {
    match &**part {
        Expr::Dict(entries) => entries.clone(),
        _ => vec![(None, part.clone())],
    }
}

fn add_pieces(part: &Shared, pieces: &mut Vec<Piece>) -> Does<()> {
    match &**part {
        Expr::Constant(Object::Str(text)) => pieces.push(Piece::Literal(Rc::from(&**text))),
        Expr::Text(inner) => pieces.extend(inner.iter().cloned()),
        _ => return Err("an f-string has a part that is no text"),
    }
    Ok(())
}
