//! Code objects, in the three layouts that releases wrote.

use std::sync::Arc;

use super::error::{MarshalError, Problem};
use super::reader::Reader;
use crate::object::{Code, Layout, Object};

/// Bits of a local variable's kind, since 3.11.
const LOCAL: u8 = 0x20;
const CELL: u8 = 0x40;
const FREE: u8 = 0x80;

impl Reader<'_> {
    /// Reads a code object after its type code.
    pub(super) fn code(&mut self) -> Result<Code, MarshalError> {
        let layout = self.layout;
        let argcount = self.count("the number of parameters")?;
        let posonlyargcount = match layout {
            Layout::Old => 0,
            Layout::Positional | Layout::Modern => self.count("the number of positional-only parameters")?,
        };
        let kwonlyargcount = self.count("the number of keyword-only parameters")?;
        if layout != Layout::Modern {
            self.count("the number of local variables")?;
        }
        let stacksize = self.count("the size of the stack")?;
        let flags = self.count("the flags of a code object")?;
        let code = self.bytes("the instructions of a code object")?;
        let consts = self.tuple("the constants of a code object")?;
        let names = self.texts("the names of a code object")?;
        let locals = self.locals()?;
        let filename = self.text("the file name of a code object")?;
        let name = self.text("the name of a code object")?;
        let qualname = match layout {
            Layout::Modern => self.text("the qualified name of a code object")?,
            Layout::Old | Layout::Positional => "".into(),
        };
        let firstlineno = self.int("the first line of a code object")?;
        let linetable = self.bytes("the line table of a code object")?;
        let exceptiontable = match layout {
            Layout::Modern => self.bytes("the exception table of a code object")?,
            Layout::Old | Layout::Positional => Arc::from([]),
        };
        Ok(Code {
            layout,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            code,
            consts: consts.to_vec(),
            names,
            varnames: locals.varnames,
            freevars: locals.freevars,
            cellvars: locals.cellvars,
            localsplus: locals.localsplus,
            filename,
            name,
            qualname,
            firstlineno,
            linetable,
            exceptiontable,
        })
    }

    fn locals(&mut self) -> Result<Locals, MarshalError> {
        if self.layout != Layout::Modern {
            return Ok(Locals {
                varnames: self.texts("the variables of a code object")?,
                freevars: self.texts("the free variables of a code object")?,
                cellvars: self.texts("the cells of a code object")?,
                localsplus: Vec::new(),
            });
        }
        let localsplus = self.texts("the variables of a code object")?;
        let offset = self.position();
        let kinds = self.bytes("the kinds of a code object's variables")?;
        if kinds.len() != localsplus.len() {
            return self.fail(offset, Problem::WrongType { expected: "a kind for each variable" });
        }
        let of = |kind: u8| {
            let kept = localsplus.iter().zip(kinds.iter()).filter(|(_, bits)| **bits & kind != 0);
            kept.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        Ok(Locals { varnames: of(LOCAL), freevars: of(FREE), cellvars: of(CELL), localsplus })
    }

    fn count(&mut self, expected: &'static str) -> Result<u32, MarshalError> {
        let offset = self.position();
        let count = self.int(expected)?;
        match u32::try_from(count) {
            Ok(count) => Ok(count),
            Err(_) => self.fail(offset, Problem::Length { of: expected, length: count.into() }),
        }
    }

    fn bytes(&mut self, expected: &'static str) -> Result<Arc<[u8]>, MarshalError> {
        let offset = self.position();
        match self.object(expected)? {
            Object::Bytes(bytes) => Ok(bytes),
            _ => self.fail(offset, Problem::WrongType { expected }),
        }
    }

    fn text(&mut self, expected: &'static str) -> Result<Arc<str>, MarshalError> {
        let offset = self.position();
        match self.object(expected)? {
            Object::Str(text) => Ok(text),
            // A file name may be in no encoding; as a name it is of no use.
            Object::Surrogates(points) => {
                let characters = points.iter().map(|point| char::from_u32(*point).unwrap_or('\u{fffd}'));
                Ok(characters.collect::<String>().into())
            }
            _ => self.fail(offset, Problem::WrongType { expected }),
        }
    }

    fn tuple(&mut self, expected: &'static str) -> Result<Arc<[Object]>, MarshalError> {
        let offset = self.position();
        match self.object(expected)? {
            Object::Tuple(elements) => Ok(elements),
            _ => self.fail(offset, Problem::WrongType { expected }),
        }
    }

    fn texts(&mut self, expected: &'static str) -> Result<Vec<Arc<str>>, MarshalError> {
        let offset = self.position();
        let elements = self.tuple(expected)?;
        let texts = elements.iter().map(|element| match element {
            Object::Str(text) => Ok(text.clone()),
            _ => self.fail(offset, Problem::WrongType { expected }),
        });
        texts.collect()
    }
}

struct Locals {
    varnames: Vec<Arc<str>>,
    freevars: Vec<Arc<str>>,
    cellvars: Vec<Arc<str>>,
    localsplus: Vec<Arc<str>>,
}
