//! Calls, functions, classes, intrinsics.

use super::Lowering;
use crate::decode::{DecodeError, Instruction};
use crate::ops::{Op, Unary, making};
use crate::version::Version;

impl Lowering<'_> {
    pub(super) fn call(&mut self, at: &Instruction) -> Result<Option<Vec<Op>>, DecodeError> {
        let count = at.arg;
        let modern = self.version >= Version::V311;
        let one = match at.opcode.name {
            "CALL_FUNCTION" | "CALL_METHOD" => Op::Call { count, null: false, names: None },
            "CALL" => Op::Call { count, null: true, names: self.keywords.take() },
            "CALL_FUNCTION_KW" => Op::CallKeywords { count, null: false },
            "CALL_KW" => Op::CallKeywords { count, null: true },
            "CALL_FUNCTION_EX" => {
                // Since 3.14 a null stands for a mapping that is not there.
                Op::CallSpread { mapping: count & 1 == 1 || self.version >= Version::V314, null: modern }
            }
            "KW_NAMES" => {
                self.keywords = Some(self.names(at, at.arg)?);
                return Ok(Some(Vec::new()));
            }
            "PRECALL" => return Ok(Some(Vec::new())),
            "PUSH_NULL" => Op::Null,
            "MAKE_FUNCTION" if self.version >= Version::V313 => Op::MakeFunction(0),
            "MAKE_FUNCTION" => Op::MakeFunction(at.arg),
            "SET_FUNCTION_ATTRIBUTE" => {
                let known = [
                    making::DEFAULTS,
                    making::KEYWORD_DEFAULTS,
                    making::ANNOTATIONS,
                    making::CLOSURE,
                    making::ANNOTATE,
                ];
                if !known.contains(&at.arg) {
                    return self.fail(at, "there is no such attribute of a function");
                }
                Op::FunctionAttribute(at.arg)
            }
            "LOAD_BUILD_CLASS" => Op::BuildClass,
            "CALL_INTRINSIC_1" => match at.arg {
                2 => Op::ImportStar,
                5 => Op::Unary(Unary::Plus),
                6 => Op::ListToTuple,
                // An async generator wraps what it yields.
                4 => return Ok(Some(Vec::new())),
                3 => Op::Unsupported("CALL_INTRINSIC_1 STOPITERATION_ERROR"),
                _ => Op::Unsupported("CALL_INTRINSIC_1"),
            },
            _ => return Ok(None),
        };
        Ok(Some(vec![one]))
    }
}
