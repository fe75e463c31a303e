//! Which objects are still referenced when the script ends.

use graph::{NodeId, Source};
use rustc_hash::FxHashSet;

use crate::class::ClassId;
use crate::framework::history::Callee;
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::NativeState;
use crate::value::{Args, FunctionId, Value, Wrapped};

/// Something that keeps other things alive.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Thing {
    Object(ObjId),
    Node(NodeId),
    Function(FunctionId),
    Class(ClassId),
}

/// Walks references from the module's names.
struct Walk {
    seen: FxHashSet<Thing>,
    todo: Vec<Thing>,
}

impl Walk {
    fn thing(&mut self, thing: Thing) {
        if self.seen.insert(thing) {
            self.todo.push(thing);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Tuple(items) => items.iter().for_each(|v| self.value(v)),
            Value::List(id)
            | Value::Dict(id)
            | Value::Set(id)
            | Value::Iterator(id)
            | Value::Script(id)
            | Value::Instance(id) => self.thing(Thing::Object(*id)),
            Value::Tensor(id) => self.thing(Thing::Node(*id)),
            Value::Function(id) => self.thing(Thing::Function(*id)),
            Value::Class(id) => self.thing(Thing::Class(*id)),
            Value::Bound(bound) => {
                self.value(&bound.object);
                self.value(&bound.function);
            }
            Value::Wrapped(wrapped) => match &**wrapped {
                Wrapped::Property(a, b) => {
                    self.value(a);
                    if let Some(b) = b {
                        self.value(b);
                    }
                }
                Wrapped::Partial(function, args) => {
                    self.value(function);
                    self.args(args);
                }
                Wrapped::Static(v)
                | Wrapped::ClassMethod(v)
                | Wrapped::Super(v, _)
                | Wrapped::CustomGradient(v) => self.value(v),
                Wrapped::Graph(traced) => self.value(&traced.function),
            },
            _ => {}
        }
    }

    fn args(&mut self, args: &Args) {
        args.positional.iter().for_each(|v| self.value(v));
        args.keywords.iter().for_each(|(_, v)| self.value(v));
    }

    fn object(&mut self, object: &Object) {
        match object {
            Object::List(items) => items.iter().for_each(|v| self.value(v)),
            Object::Dict(items) => items.values().for_each(|(k, v)| {
                self.value(k);
                self.value(v);
            }),
            Object::Set(items) => items.values().for_each(|v| self.value(v)),
            Object::Scope(scope) => {
                scope.names.values().for_each(|v| self.value(v));
                if let Some(parent) = scope.parent {
                    self.thing(Thing::Object(parent));
                }
            }
            Object::Iterator(state) => state.rest.iter().for_each(|v| self.value(v)),
            Object::Instance(instance) => {
                self.thing(Thing::Class(instance.class));
                instance.attrs.values().for_each(|v| self.value(v));
                if let NativeState::Layer(state) = &instance.native {
                    state.sublayers.iter().for_each(|l| self.thing(Thing::Object(*l)));
                    if let Some(lambda) = &state.lambda {
                        self.value(&lambda.function);
                    }
                    if let Some(graph) = state.model.as_ref().and_then(|m| m.graph.as_ref()) {
                        graph.inputs.iter().for_each(|n| self.thing(Thing::Node(*n)));
                        graph.outputs.iter().for_each(|v| self.value(v));
                    }
                }
            }
            Object::Items(_) | Object::Lost(_) => {}
        }
    }
}

impl Interp<'_> {
    /// Returns the objects that the names of modules lead to.
    pub(crate) fn alive(&self) -> FxHashSet<ObjId> {
        let mut walk = Walk { seen: FxHashSet::default(), todo: Vec::new() };
        walk.thing(Thing::Object(self.globals));
        self.project.scopes().for_each(|scope| walk.thing(Thing::Object(scope)));
        // `tf.model = model`.
        self.members.values().for_each(|value| walk.value(value));
        while let Some(thing) = walk.todo.pop() {
            match thing {
                Thing::Object(id) => walk.object(self.heap.get(id)),
                Thing::Node(id) => self.alive_behind(id, &mut walk),
                Thing::Function(id) => {
                    let function = self.function(id);
                    walk.thing(Thing::Object(function.scope));
                    walk.thing(Thing::Object(function.attrs));
                    function.defaults.iter().for_each(|(_, v)| walk.value(v));
                }
                Thing::Class(id) => walk.thing(Thing::Object(self.class(id).dict)),
            }
        }
        walk.seen
            .into_iter()
            .filter_map(|t| if let Thing::Object(id) = t { Some(id) } else { None })
            .collect()
    }

    /// A KerasTensor keeps the layers alive that it was computed by.
    fn alive_behind(&self, node: NodeId, walk: &mut Walk) {
        if let Some(layer) = self.input_layers.get(&node) {
            walk.thing(Thing::Object(*layer));
        }
        let Source::LayerCall(call) = self.trace.node(node).source else { return };
        let Some(call) = self.keras_calls.get(call as usize) else { return };
        if let Callee::Layer(id) = call.callee {
            walk.thing(Thing::Object(id));
        }
        call.inputs.iter().for_each(|n| walk.thing(Thing::Node(*n)));
    }
}
