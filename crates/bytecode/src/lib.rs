//! CPython bytecode without Python: what `marshal` wrote, from which release, and the source it came from.
//!
//! ```text
//! bytes ──marshal──▶ Object, Code ──tell──▶ versions
//!                        │
//!                     decode ──▶ instructions ──lower──▶ ops ──▶ decompile ──▶ source
//! ```
//!
//! [`read`] gives the objects and the releases that fit them, [`decompile`] the source or, where that can't
//! be had, a listing that says so. [`Needs`] says which names a function takes from around it, [`uses`] what
//! it touches. Nothing is executed, and no input takes more than linear memory.

mod builtins;
mod decode;
mod decompile;
mod disassemble;
mod integer;
mod literal;
mod lower;
mod marshal;
mod needs;
mod object;
mod ops;
mod tell;
mod uses;
mod version;

pub use builtins::is_builtin;
pub use decode::{DecodeError, Instruction, Opcode, instructions};
pub use decompile::{Decompiled, Given, decompile, decompile_given};
pub use disassemble::disassemble;
pub use integer::Integer;
pub use literal::literal;
pub use marshal::{Loaded, MarshalError, Marshalled, Problem, loads, read};
pub use needs::Needs;
pub use object::{Code, Layout, Object, flags};
pub use tell::of_code as versions_of;
pub use uses::{Use, uses};
pub use version::{Version, Versions};
