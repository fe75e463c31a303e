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
            && let Some(range) = ranged(class.rsplit('.').next().unwrap_or_default(), &arg)
        {
            return Ok(Some(self.value_of(&range)));
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

/// The classes of Keras 3 that keep `factor` as a range, with the least that it may begin at.
///
/// source: keras/src/layers/preprocessing/image_preprocessing/base_image_preprocessing_layer.py: `_set_factor`
const RANGED: &[(&str, i64)] = &[
    ("AugMix", 0),
    ("CutMix", 0),
    ("RandAugment", 0),
    ("RandomBrightness", -1),
    ("RandomColorDegeneration", -1),
    ("RandomContrast", 0),
    ("RandomElasticTransform", 0),
    ("RandomErasing", 0),
    ("RandomGaussianBlur", 0),
    ("RandomHue", 0),
    ("RandomInvert", 0),
    ("RandomPerspective", 0),
    ("RandomPosterization", 1),
    ("RandomRotation", -1),
    ("RandomSaturation", -1),
    ("RandomSharpness", 0),
];

/// The range that a layer makes of a factor: `(-0.2, 0.2)` of 0.2.
fn ranged(class: &str, arg: &Arg) -> Option<Arg> {
    let (_, least) = RANGED.iter().find(|(name, _)| *name == class)?;
    let low = |below: f64, own: Arg| if below < *least as f64 { Arg::Int(*least) } else { own };
    let range = match arg {
        Arg::Float(x) => [low(-x.abs(), Arg::Float(-x.abs())), Arg::Float(x.abs())],
        Arg::Int(n) => [low(-(n.abs() as f64), Arg::Int(-n.abs())), Arg::Int(n.abs())],
        Arg::Tuple(items) | Arg::List(items) => {
            let [a, b] = &items[..] else { return None };
            if keras::number(a)? <= keras::number(b)? {
                [a.clone(), b.clone()]
            } else {
                [b.clone(), a.clone()]
            }
        }
        _ => return None,
    };
    Some(Arg::Tuple(range.into()))
}
