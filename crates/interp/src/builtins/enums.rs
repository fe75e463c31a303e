//! `enum`: classes whose attributes are members.

use crate::class::ClassId;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

impl Interp<'_> {
    /// The members of an enum class in order; nothing for other classes.
    pub(crate) fn enum_members(&self, class: ClassId) -> Option<Vec<Value>> {
        let _ = class;
        None
    }

    /// Tells whether an instance is a member of an enum.
    pub(crate) fn is_enum_member(&self, id: ObjId) -> bool {
        let _ = id;
        false
    }

    /// `Color["RED"]`.
    pub(crate) fn enum_by_name(&mut self, members: &[Value], name: &Value) -> Eval {
        let _ = members;
        Err(self.key_error(name)?)
    }

    /// The `repr` of an enum member, dataclass or named tuple.
    pub(crate) fn repr_record(&mut self, id: ObjId, depth: u32) -> Eval<Option<String>> {
        let _ = (id, depth);
        Ok(None)
    }
}
