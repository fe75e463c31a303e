//! `layer.call(x)` and `super().call(x)`: what a layer computes, without what `Layer.__call__` does around it.

use ops::{Exc, Keras, TensorKind};

use crate::class::ClassId;
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// The classes whose `call` is made of public operations, which take tensors without data as well.
const OF_OPS_IN_BOTH: &[&str] = &["Activation", "Conv1D", "Conv2D", "Dense", "Flatten", "Permute"];

/// Those of Keras 3 only.
const OF_OPS: &[&str] = &[
    "Add",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "Concatenate",
    "Conv3D",
    "Cropping1D",
    "Cropping2D",
    "ELU",
    "EinsumDense",
    "Embedding",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "LayerNormalization",
    "LeakyReLU",
    "MaxPooling1D",
    "MaxPooling2D",
    "Maximum",
    "Minimum",
    "Multiply",
    "ReLU",
    "RepeatVector",
    "Reshape",
    "Subtract",
    "UnitNormalization",
    "UpSampling2D",
    "ZeroPadding2D",
];

/// The `call` of a class of Keras'.
pub(crate) static CALL: Native = native("call", |interp, mut args| match split_self(&mut args) {
    Some(id) => interp.call_directly(id, args),
    None => Ok(interp.unknown("a layer's `call` on what is no layer")),
});

impl Interp<'_> {
    /// The `call` that a class inherits of Keras' layers, as a function or bound to an object; nothing for other names
    /// and classes.
    pub(crate) fn inherited_call(&mut self, class: ClassId, name: &str) -> Option<Value> {
        let base = (name == "call").then(|| self.native_class("keras.layers.Layer"))?;
        // Keras 2's metrics derive from `Layer`, but keep something else.
        let metric = self.native_class("keras.metrics.Metric");
        (self.is_subclass(class, base) && !self.is_subclass(class, metric)).then_some(Value::Native(&CALL))
    }

    /// Carries out the `call` of a layer's class of Keras', whatever the script's class overrides.
    fn call_directly(&mut self, id: ObjId, args: Args) -> Eval {
        let Some(state) = self.layer(id) else { return Ok(self.unknown("a call of what is no layer")) };
        if let Some(why) = state.lost {
            return Ok(self.unknown(why));
        }
        let (declared, built) = (state.decl, state.is_built(self.keras));
        self.check_direct_arguments(id, &args)?;
        let given = args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value));
        let symbolic = given
            .flat_map(|value| self.flat_tensors(value))
            .any(|node| self.trace.node(node).kind == TensorKind::Keras);
        if declared.is_some() && !built {
            self.refuse_unbuilt(id)?;
        }
        let name = declared.map_or("", |decl| decl.name);
        let of_ops = OF_OPS_IN_BOTH.contains(&name) || self.keras == Keras::Three && OF_OPS.contains(&name);
        if symbolic && self.layer_depth == 0 && !(of_ops && built) {
            return Ok(self.unknown("a layer's `call` on a tensor without data"));
        }
        let builds = |name: &str| name.ends_with("Normalization") || !self.inherits(name, "build");
        if declared.is_some_and(|decl| !built && builds(decl.name)) {
            return Ok(self.unknown("a layer's `call` before it is built"));
        }
        // Keras 2 makes tensors of arrays before it calls a layer, not in it.
        let arrays = self.keras == Keras::Two
            && args
                .positional
                .iter()
                .flat_map(|value| self.flat_tensors(value))
                .any(|node| self.trace.node(node).kind == TensorKind::Numpy);
        if arrays && self.layer_depth == 0 {
            return Ok(self.unknown("a layer's `call` on an array"));
        }
        self.call_inherited(id, args)
    }

    /// A layer that is not built lacks the weight that its `call` reads.
    fn refuse_unbuilt(&mut self, id: ObjId) -> Eval<()> {
        let Some(decl) = self.layer(id).and_then(|state| state.decl) else { return Ok(()) };
        let weight = match decl.name {
            "Dense" | "EinsumDense" | "Conv1D" | "Conv2D" | "Conv3D" => "kernel",
            "Embedding" => "embeddings",
            _ => return Ok(()),
        };
        let text = match self.keras {
            Keras::Two => format!("'{}' object has no attribute '{weight}'", self.class_name(id)),
            Keras::Three => format!("You must build the layer before accessing `{weight}`."),
        };
        Err(self.raise(Exc::AttributeError, text))
    }

    /// Binds the arguments to the signature of the class's `call`, as Python does.
    fn check_direct_arguments(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let Some(decl) = self.layer(id).and_then(|state| state.decl) else { return Ok(()) };
        let path = format!("keras.layers.{}", decl.name);
        let names::Existence::Exists(call) =
            names::class_member(crate::value::profile(self.keras), &path, "call")
        else {
            return Ok(());
        };
        let Some(signature) = self.signature(call.path, Some(call.signature)) else { return Ok(()) };
        let owner = call.path.rsplit(':').next().unwrap_or(call.path);
        let placed = args.clone().with_self(Value::Instance(id));
        match python::bind(&signature, owner, &placed.positional, &placed.keywords) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.raise(Exc::TypeError, error.to_string())),
        }
    }
}
