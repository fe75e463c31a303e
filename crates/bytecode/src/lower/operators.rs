//! Operators, comparisons, displays, formatting, and moving about on the stack.

use super::Lowering;
use crate::decode::{DecodeError, Instruction};
use crate::ops::{Binary, Collection, Comparison, Conversion, Op, Unary};
use crate::version::Version;

/// The operators in the order of `BINARY_OP`'s argument; those in place follow in the same order.
const BINARY: [Binary; 13] = [
    Binary::Add,
    Binary::And,
    Binary::FloorDivide,
    Binary::LeftShift,
    Binary::MatrixMultiply,
    Binary::Multiply,
    Binary::Remainder,
    Binary::Or,
    Binary::Power,
    Binary::RightShift,
    Binary::Subtract,
    Binary::Divide,
    Binary::Xor,
];
/// `BINARY_OP`'s argument for a subscript, since 3.14.
const SUBSCRIPT: u32 = 26;

/// The comparisons in the order of `COMPARE_OP`'s argument; those from `in` on to 3.8 only.
const COMPARISONS: [Comparison; 10] = [
    Comparison::Less,
    Comparison::LessEqual,
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Greater,
    Comparison::GreaterEqual,
    Comparison::In,
    Comparison::NotIn,
    Comparison::Is,
    Comparison::IsNot,
];

impl Lowering<'_> {
    pub(super) fn operator(&self, at: &Instruction) -> Result<Option<Vec<Op>>, DecodeError> {
        let name = at.opcode.name;
        if let Some(binary) = name.strip_prefix("BINARY_").and_then(binary) {
            return Ok(Some(vec![Op::Binary(binary)]));
        }
        if let Some(binary) = name.strip_prefix("INPLACE_").and_then(binary) {
            return Ok(Some(vec![Op::InPlace(binary)]));
        }
        let arg = at.arg;
        let one = match name {
            "BINARY_OP" => self.binary_op(at)?,
            "UNARY_POSITIVE" => Op::Unary(Unary::Plus),
            "UNARY_NEGATIVE" => Op::Unary(Unary::Minus),
            "UNARY_INVERT" => Op::Unary(Unary::Invert),
            "UNARY_NOT" => Op::Unary(Unary::Not),
            "COMPARE_OP" => self.comparison(at)?,
            "IS_OP" => Op::Compare(if arg == 0 { Comparison::Is } else { Comparison::IsNot }),
            "CONTAINS_OP" => Op::Compare(if arg == 0 { Comparison::In } else { Comparison::NotIn }),
            "BINARY_SUBSCR" => Op::Subscript,
            "STORE_SUBSCR" => Op::StoreSubscript,
            "DELETE_SUBSCR" => Op::DeleteSubscript,
            "BINARY_SLICE" => Op::SliceSubscript,
            "STORE_SLICE" => Op::StoreSlice,
            "BUILD_SLICE" => Op::Slice(arg),
            "FORMAT_SIMPLE" => Op::Format(Conversion::None, false),
            "FORMAT_WITH_SPEC" => Op::Format(Conversion::None, true),
            "FORMAT_VALUE" => Op::Format(conversion(arg & 3), arg & 4 != 0),
            "CONVERT_VALUE" => Op::Convert(conversion(arg)),
            "POP_TOP" => Op::Pop,
            "DUP_TOP" => Op::Copy(1),
            "DUP_TOP_TWO" => Op::CopyTwo,
            "ROT_TWO" => Op::Rotate(2),
            "ROT_THREE" => Op::Rotate(3),
            "ROT_FOUR" => Op::Rotate(4),
            "ROT_N" => Op::Rotate(arg),
            "COPY" => Op::Copy(arg),
            "SWAP" => Op::Swap(arg),
            "UNPACK_SEQUENCE" => Op::UnpackSequence(arg),
            "UNPACK_EX" => Op::UnpackRest(arg & 0xff, arg >> 8),
            "NOP" | "NOT_TAKEN" | "TO_BOOL" => Op::Nop,
            _ => return Ok(display(name, arg).map(|op| vec![op])),
        };
        Ok(Some(vec![one]))
    }

    fn binary_op(&self, at: &Instruction) -> Result<Op, DecodeError> {
        let index = at.arg as usize;
        let in_place = || index.checked_sub(BINARY.len()).and_then(|index| BINARY.get(index));
        match (BINARY.get(index), in_place()) {
            (Some(binary), _) => Ok(Op::Binary(*binary)),
            (None, Some(binary)) => Ok(Op::InPlace(*binary)),
            (None, None) if at.arg == SUBSCRIPT && self.version >= Version::V314 => Ok(Op::Subscript),
            (None, None) => self.fail(at, "there is no such operator"),
        }
    }

    fn comparison(&self, at: &Instruction) -> Result<Op, DecodeError> {
        // The low bits have a mask for specialisation in 3.12, and whether a bool is wanted since 3.13.
        let (index, known) = match self.version {
            Version::V36 | Version::V37 | Version::V38 => (at.arg, 10),
            Version::V312 => (at.arg >> 4, 6),
            Version::V313 | Version::V314 => (at.arg >> 5, 6),
            Version::V39 | Version::V310 | Version::V311 => (at.arg, 6),
        };
        if known == 10 && index == 10 {
            return Ok(Op::MatchException { keep: false });
        }
        match COMPARISONS.get(index as usize) {
            Some(comparison) if index < known => Ok(Op::Compare(*comparison)),
            _ => self.fail(at, "there is no such comparison"),
        }
    }
}

fn binary(name: &str) -> Option<Binary> {
    Some(match name {
        "ADD" => Binary::Add,
        "AND" => Binary::And,
        "FLOOR_DIVIDE" => Binary::FloorDivide,
        "LSHIFT" => Binary::LeftShift,
        "MATRIX_MULTIPLY" => Binary::MatrixMultiply,
        "MULTIPLY" => Binary::Multiply,
        "MODULO" => Binary::Remainder,
        "OR" => Binary::Or,
        "POWER" => Binary::Power,
        "RSHIFT" => Binary::RightShift,
        "SUBTRACT" => Binary::Subtract,
        "TRUE_DIVIDE" => Binary::Divide,
        "XOR" => Binary::Xor,
        _ => return None,
    })
}

fn conversion(arg: u32) -> Conversion {
    match arg {
        1 => Conversion::Str,
        2 => Conversion::Repr,
        3 => Conversion::Ascii,
        _ => Conversion::None,
    }
}

fn display(name: &str, arg: u32) -> Option<Op> {
    Some(match name {
        "BUILD_TUPLE" => Op::Build(Collection::Tuple, arg),
        "BUILD_LIST" => Op::Build(Collection::List, arg),
        "BUILD_SET" => Op::Build(Collection::Set, arg),
        "BUILD_MAP" => Op::BuildMap(arg),
        "BUILD_CONST_KEY_MAP" => Op::BuildConstKeyMap(arg),
        "BUILD_STRING" => Op::BuildText(arg),
        "BUILD_TUPLE_UNPACK" | "BUILD_TUPLE_UNPACK_WITH_CALL" => Op::Unpack(Collection::Tuple, arg),
        "BUILD_LIST_UNPACK" => Op::Unpack(Collection::List, arg),
        "BUILD_SET_UNPACK" => Op::Unpack(Collection::Set, arg),
        "BUILD_MAP_UNPACK" | "BUILD_MAP_UNPACK_WITH_CALL" => Op::UnpackMap(arg & 0xff),
        "LIST_APPEND" => Op::Append(Collection::List, arg),
        "SET_ADD" => Op::Append(Collection::Set, arg),
        "MAP_ADD" => Op::AppendEntry(arg),
        "LIST_EXTEND" => Op::Extend(Collection::List, arg),
        "SET_UPDATE" => Op::Extend(Collection::Set, arg),
        "DICT_UPDATE" | "DICT_MERGE" => Op::ExtendMap(arg),
        "LIST_TO_TUPLE" => Op::ListToTuple,
        "MATCH_CLASS" => Op::MatchClass(arg),
        "MATCH_MAPPING" => Op::MatchMapping,
        "MATCH_SEQUENCE" => Op::MatchSequence,
        "MATCH_KEYS" => Op::MatchKeys,
        "GET_LEN" => Op::Length,
        _ => return None,
    })
}
