//! Variables, attributes, constants, imports.

use super::Lowering;
use crate::decode::{DecodeError, Instruction};
use crate::integer::Integer;
use crate::object::Object;
use crate::ops::{Name, Op, Scope};
use crate::version::Version;

impl Lowering<'_> {
    pub(super) fn variable(&self, at: &Instruction) -> Result<Option<Vec<Op>>, DecodeError> {
        let arg = at.arg;
        let load = |scope, name| Op::Load(scope, name);
        let one = match at.opcode.name {
            "LOAD_CONST" | "LOAD_CONST_IMMORTAL" | "LOAD_CONST_MORTAL" => Op::Const(self.constant(at, arg)?),
            "LOAD_SMALL_INT" => Op::Const(Object::Int(Integer::from(i64::from(arg)))),
            "LOAD_COMMON_CONSTANT" if arg == 0 => Op::AssertionError,
            "LOAD_COMMON_CONSTANT" => {
                let names = ["AssertionError", "NotImplementedError", "tuple", "all", "any"];
                match names.get(arg as usize) {
                    Some(name) => load(Scope::Global, Name::from(*name)),
                    None => return self.fail(at, "there is no such common constant"),
                }
            }
            "LOAD_ASSERTION_ERROR" => Op::AssertionError,
            "LOAD_FAST" | "LOAD_FAST_CHECK" | "LOAD_FAST_BORROW" => load(Scope::Local, self.local(at, arg)?),
            "LOAD_FAST_LOAD_FAST" | "LOAD_FAST_BORROW_LOAD_FAST_BORROW" => {
                return Ok(Some(vec![
                    load(Scope::Local, self.local(at, arg >> 4)?),
                    load(Scope::Local, self.local(at, arg & 15)?),
                ]));
            }
            "STORE_FAST_LOAD_FAST" => {
                return Ok(Some(vec![
                    Op::Store(Scope::Local, self.local(at, arg >> 4)?),
                    load(Scope::Local, self.local(at, arg & 15)?),
                ]));
            }
            "STORE_FAST_STORE_FAST" => {
                return Ok(Some(vec![
                    Op::Store(Scope::Local, self.local(at, arg >> 4)?),
                    Op::Store(Scope::Local, self.local(at, arg & 15)?),
                ]));
            }
            "LOAD_FAST_AND_CLEAR" => Op::SaveAndClear(self.local(at, arg)?),
            "STORE_FAST" | "STORE_FAST_MAYBE_NULL" => Op::Store(Scope::Local, self.local(at, arg)?),
            "DELETE_FAST" => Op::Delete(Scope::Local, self.local(at, arg)?),
            "LOAD_GLOBAL" if self.version >= Version::V311 => {
                let global = load(Scope::Global, self.name(at, arg >> 1)?);
                return Ok(Some(match (arg & 1, self.version >= Version::V313) {
                    (0, _) => vec![global],
                    (_, false) => vec![Op::Null, global],
                    (_, true) => vec![global, Op::Null],
                }));
            }
            "LOAD_GLOBAL" => load(Scope::Global, self.name(at, arg)?),
            "STORE_GLOBAL" => Op::Store(Scope::Global, self.name(at, arg)?),
            "DELETE_GLOBAL" => Op::Delete(Scope::Global, self.name(at, arg)?),
            "LOAD_NAME" => load(Scope::Named, self.name(at, arg)?),
            "STORE_NAME" => Op::Store(Scope::Named, self.name(at, arg)?),
            "DELETE_NAME" => Op::Delete(Scope::Named, self.name(at, arg)?),
            "LOAD_DEREF" | "LOAD_CLASSDEREF" => load(Scope::Cell, self.cell(at, arg)?),
            "STORE_DEREF" => Op::Store(Scope::Cell, self.cell(at, arg)?),
            "DELETE_DEREF" => Op::Delete(Scope::Cell, self.cell(at, arg)?),
            "LOAD_CLOSURE" => Op::LoadCell(self.cell(at, arg)?),
            "LOAD_ATTR" if self.version >= Version::V312 => {
                let name = self.name(at, arg >> 1)?;
                if arg & 1 == 1 { Op::Method(name) } else { Op::Attribute(name) }
            }
            "LOAD_ATTR" => Op::Attribute(self.name(at, arg)?),
            "LOAD_METHOD" if self.version >= Version::V311 => Op::Method(self.name(at, arg)?),
            "LOAD_METHOD" => Op::Attribute(self.name(at, arg)?),
            "LOAD_SUPER_ATTR" => Op::SuperAttribute {
                name: self.name(at, arg >> 2)?,
                method: arg & 1 == 1,
                explicit: arg & 2 == 2,
            },
            "STORE_ATTR" => Op::StoreAttribute(self.name(at, arg)?),
            "DELETE_ATTR" => Op::DeleteAttribute(self.name(at, arg)?),
            "IMPORT_NAME" => Op::Import(self.name(at, arg)?),
            "IMPORT_FROM" => Op::ImportFrom(self.name(at, arg)?),
            "IMPORT_STAR" => Op::ImportStar,
            "STORE_ANNOTATION" => Op::Unsupported("STORE_ANNOTATION"),
            "SETUP_ANNOTATIONS" => Op::SetupAnnotations,
            "MAKE_CELL" => {
                self.cell(at, arg)?;
                return Ok(Some(Vec::new()));
            }
            "COPY_FREE_VARS" => return Ok(Some(Vec::new())),
            "RESUME" => return Ok(Some(Vec::new())),
            _ => return Ok(None),
        };
        Ok(Some(vec![one]))
    }

    /// Returns the local variable of a number.
    pub(super) fn local(&self, at: &Instruction, index: u32) -> Result<Name, DecodeError> {
        let modern = self.version >= Version::V311;
        let names = if modern { &self.code.localsplus } else { &self.code.varnames };
        match names.get(index as usize) {
            Some(name) => Ok(name.clone()),
            None => self.fail(at, "there is no such local variable"),
        }
    }

    /// Returns the cell of a number: its own cells come first, then those of functions around it.
    fn cell(&self, at: &Instruction, index: u32) -> Result<Name, DecodeError> {
        if self.version >= Version::V311 {
            return self.local(at, index);
        }
        match self.code.cellvars.iter().chain(&self.code.freevars).nth(index as usize) {
            Some(name) => Ok(name.clone()),
            None => self.fail(at, "there is no such cell"),
        }
    }
}
