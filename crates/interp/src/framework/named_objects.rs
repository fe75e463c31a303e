//! The objects that layers' arguments name: `kernel_initializer="zeros"` is an object once the layer is made.

use std::rc::Rc;

use ops::Arg;

use crate::framework::lookups;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

impl Interp<'_> {
    /// Makes the objects that a constructor gets as configs: `Dense(3, kernel_initializer={"class_name": "Zeros", …})`.
    ///
    /// # Errors
    /// What Keras raises for a config that it does not know.
    pub(crate) fn make_named_objects(&mut self, config: &mut [(Rc<str>, Arg)]) -> Eval<()> {
        for (name, arg) in config {
            let Some(family) = keras::family_of_argument(name).filter(|_| matches!(arg, Arg::Dict(_))) else {
                continue;
            };
            let given = self.value_of(arg);
            let made = lookups::object(self, family, &given)?;
            *arg = self.arg(&made);
        }
        Ok(())
    }

    /// Reads an attribute of a layer that its constructor got as an argument. What that named is the object itself,
    /// which stays the same from then on.
    ///
    /// # Errors
    /// None that a name raises, which the constructor has checked.
    pub(crate) fn layer_argument(&mut self, id: ObjId, name: &str) -> Eval<Option<Value>> {
        let Some(state) = self.layer(id) else { return Ok(None) };
        let Some(arg) = state.config.iter().find(|(n, _)| &**n == name).map(|(_, arg)| arg.clone()) else {
            return Ok(None);
        };
        let declared = state.decl.is_some();
        let class = state.decl.map(|decl| format!("keras.layers.{}", decl.name)).unwrap_or_default();
        let profile = crate::value::profile(self.keras);
        if declared && names::class_member(profile, &class, name) == names::Existence::Missing {
            // An argument that is kept under another name: Keras 2's `MultiHeadAttention` has `_num_heads`.
            return Ok(None);
        }
        if declared && name == "axis" && class == "keras.layers.Normalization" && arg.items().is_none() {
            let axes = if arg.is_none() { Vec::new() } else { vec![arg] };
            return Ok(Some(self.value_of(&Arg::Tuple(axes.into()))));
        }
        if declared && name == "bin_boundaries" && arg.is_none() && self.has_adapted(id) {
            return Ok(Some(self.unknown("the boundaries that a layer learnt")));
        }
        if declared
            && name == "factor"
            && self.keras == ops::Keras::Three
            && matches!(arg, Arg::Int(_) | Arg::Float(_) | Arg::Tuple(_) | Arg::List(_))
        {
            let given = [Value::str(class.rsplit('.').next().unwrap_or_default()), self.value_of(&arg)];
            return self.call_model("keras.saving._kept_factor", given).map(Some);
        }
        let family = keras::family_of_argument(name).filter(|_| declared);
        let (Some(family), Arg::Str(_) | Arg::None) = (family, &arg) else {
            return Ok(Some(self.value_of(&arg)));
        };
        let given = self.value_of(&arg);
        let object = lookups::object(self, family, &given)?;
        if let Value::Instance(_) = object {
            let kept = self.arg(&object);
            if let Some(state) = self.layer_mut(id)
                && let Some(slot) = state.config.iter_mut().find(|(n, _)| &**n == name)
            {
                slot.1 = kept;
            }
        }
        Ok(Some(object))
    }
}
