//! The entrance of functional models: which argument goes to which Input, and what is refused there.

use std::rc::Rc;

use graph::{NodeId, Source};
use ops::{Exc, Flow, Keras, Mistake, TensorKind};
use tensor::{Array, Content, DType, Data, Dim, Shape};

use crate::framework::functional::Graph;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{DTypeObject, Value};

impl Interp<'_> {
    /// Checks the inputs of a functional model's call, as `Layer.__call__` does by its input spec.
    ///
    /// # Errors
    /// `ValueError` for missing inputs, another number of them, and sizes that differ.
    pub(crate) fn check_entrance(&mut self, id: ObjId, first: &Value, symbolic: bool) -> Eval<()> {
        let Some(model) = self.model(id).filter(|_| !self.running.executing) else { return Ok(()) };
        // A Sequential has a spec only in Keras 2, and only where the script gave its input's shape. Keras 3 hands
        // a symbolic call to its functional model, which checks its input under its own name.
        let (checks, twin) = match &model.sequential {
            Some(stack) if self.keras == Keras::Two => (stack.explicit, None),
            Some(stack) => (symbolic, Some(stack.twin.clone())),
            None => (true, None),
        };
        let Some(graph) = model.graph.clone().filter(|_| checks) else { return Ok(()) };
        if self.script_method(id, "call").is_some() || (symbolic && self.keras == Keras::Two) {
            return Ok(());
        }
        let Some(names) = self.input_names(&graph) else { return Ok(()) };
        let given = self.leaves(first);
        if first.is_none() && names.len() == 1 {
            let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            return Err(self.refuse_no_input(&name, &graph));
        }
        let inputs = match first {
            Value::Dict(_) => match self.by_names(first, &names)? {
                Some(inputs) => inputs,
                None => return Ok(()),
            },
            _ => given,
        };
        if inputs.iter().any(|v| !matches!(v, Value::Tensor(_))) {
            return Ok(());
        }
        let name = twin.or_else(|| self.layer(id).map(|s| s.name.clone())).unwrap_or_default();
        if inputs.len() != names.len() {
            return Err(self.wrong_count(&name, &names, &inputs));
        }
        for (index, (input, expected)) in inputs.iter().zip(&graph.inputs).enumerate() {
            let (spec, shape) = (self.input_spec_of(*expected), self.first_shape(input));
            self.check_sizes(&name, index, &names[index], &spec, &shape, input)?;
        }
        Ok(())
    }

    /// Refuses `None` as a model's only input.
    fn refuse_no_input(&mut self, model: &str, graph: &Graph) -> Halt {
        if self.keras == Keras::Two {
            return self.refuse(model, &Value::None);
        }
        let first = graph.inputs.first().and_then(|n| self.input_layers.get(n)).and_then(|l| self.layer(*l));
        let name = match first.map(|s| s.name.clone()) {
            Some(name) if name.starts_with("input_layer") => "keras_tensor".into(),
            name => name.unwrap_or_default(),
        };
        let core = format!(
            "The input '{name}' is not optional, but None was passed. Please provide a valid tensor."
        );
        self.bad_input(core, Vec::new())
    }

    /// The names of the inputs in the order that specs have; nothing where they are nested deeply.
    fn input_names(&self, graph: &Graph) -> Option<Vec<Rc<str>>> {
        let structure = graph.input_structure.as_ref()?;
        if let Value::Dict(_) = structure {
            let pairs = self.sorted_pairs(structure)?;
            let plain = pairs.iter().all(|(_, v)| matches!(v, Value::Tensor(_)));
            return plain.then(|| pairs.into_iter().map(|(k, _)| k).collect());
        }
        let nested = self.children(structure).is_some_and(|c| c.len() != graph.inputs.len());
        if nested && self.keras == Keras::Two {
            return None;
        }
        graph.inputs.iter().map(|n| Some(self.layer(*self.input_layers.get(n)?)?.name.clone())).collect()
    }

    /// An Input's shape without its batch size.
    fn input_spec_of(&self, node: NodeId) -> Shape {
        let shape = self.trace.node(node).spec.shape.clone();
        if shape.rank().is_some_and(|r| r > 0) { shape.with_dim(0, Dim::Unknown) } else { shape }
    }

    /// The values of a dict in the order of names.
    fn by_names(&mut self, given: &Value, names: &[Rc<str>]) -> Eval<Option<Vec<Value>>> {
        let Some(pairs) = self.pairs_of(given) else { return Ok(None) };
        let mut inputs = Vec::new();
        for name in names {
            let found = pairs.iter().find(|(k, _)| k.as_str() == Some(name)).map(|(_, v)| v.clone());
            let Some(value) = found else {
                let quote = |n: &str| format!("'{n}'");
                let keys: Vec<String> = pairs.iter().filter_map(|(k, _)| k.as_str().map(quote)).collect();
                let expected: Vec<String> = names.iter().map(|n| quote(n)).collect();
                let core = format!(
                    "Missing data for input \"{name}\". You passed a data dictionary with keys [{}]. Expected the \
                     following keys: [{}]",
                    keys.join(", "),
                    expected.join(", ")
                );
                return Err(self.bad_input(core, Vec::new()));
            };
            inputs.push(value);
        }
        Ok(Some(inputs))
    }

    fn wrong_count(&mut self, name: &str, names: &[Rc<str>], inputs: &[Value]) -> Halt {
        let (expected, got) = (names.len(), inputs.len());
        let core = match self.keras {
            Keras::Three => {
                let quoted: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
                let pairs: Vec<String> = quoted.iter().map(|n| format!("{n}: ...")).collect();
                format!(
                    "Layer \"{name}\" expects {expected} named input(s) with keys [{}], but it received {got} input \
                     tensors. Pass inputs as a dict, e.g. `layer({{{}}})`.",
                    quoted.join(", "),
                    pairs.join(", ")
                )
            }
            Keras::Two => {
                let shown: Vec<String> = inputs.iter().map(|v| self.tensor_repr(v)).collect();
                format!(
                    "Layer \"{name}\" expects {expected} input(s), but it received {got} input tensors. Inputs received: \
                     [{}]",
                    shown.join(", ")
                )
            }
        };
        let nodes = inputs.iter().flat_map(|v| self.flat_tensors(v)).collect();
        self.bad_input(core, nodes)
    }

    /// A tensor of a graph as Python prints it: `<tf.Tensor 'IteratorGetNext:0' shape=(None, 4) dtype=float32>`.
    fn tensor_repr(&self, value: &Value) -> String {
        let Some(node) = self.flat_tensors(value).first().copied() else { return "None".to_owned() };
        let spec = &self.trace.node(node).spec;
        let name = self.trace.name_of(node).map_or("", |name| &**name);
        format!(
            "<tf.Tensor '{name}' shape={} dtype={}>",
            spec.shape.tuple(),
            spec.dtype.map_or("float32", DType::name)
        )
    }

    fn check_sizes(
        &mut self,
        layer: &str,
        index: usize,
        input: &str,
        spec: &Shape,
        shape: &Shape,
        value: &Value,
    ) -> Eval<()> {
        let (Some(expected), Some(dims)) = (spec.dims(), shape.dims()) else { return Ok(()) };
        let squeezed = |dims: &[Dim]| match dims.split_last() {
            Some((Dim::Known(1), rest)) => rest.to_vec(),
            _ => dims.to_vec(),
        };
        let (wanted, found) = (squeezed(expected), squeezed(dims));
        if wanted.iter().zip(&found).all(|(a, b)| a.compatible(*b)) {
            return Ok(());
        }
        let core = match self.keras {
            Keras::Two => format!(
                "Input {index} of layer \"{layer}\" is incompatible with the layer: expected shape={}, found shape={}",
                spec.tuple(),
                shape.tuple()
            ),
            Keras::Three => format!(
                "Input {index} with name '{input}' of layer '{layer}' is incompatible with the layer: expected shape={}, \
                 found shape={}",
                spec.tuple(),
                Shape::new(found).tuple()
            ),
        };
        let nodes = self.flat_tensors(value);
        Err(self.bad_input(core, nodes))
    }

    fn bad_input(&mut self, core: String, nodes: Vec<NodeId>) -> Halt {
        let misfit = ops::Misfitting::Other(core.clone());
        let mistake = Mistake::LayerInput { layer: "model".to_owned(), misfit };
        let violation = ops::Violation { class: Exc::ValueError, core, mistake };
        let operands = nodes.into_iter().map(|n| ("inputs".into(), n)).collect();
        self.raise_violation(violation, "Model".into(), operands)
    }

    /// The tensors that a functional model's Inputs stand for in a call: in the Inputs' order, with their
    /// dtypes, and with a last axis of size 1 more or less. Nothing where they cannot be told.
    ///
    /// # Errors
    /// Keras 3's `ValueError` for another rank.
    pub(crate) fn enter_graph(&mut self, graph: &Graph, first: &Value) -> Eval<Option<Vec<NodeId>>> {
        let names = self.input_names(graph);
        let given = match (first, names) {
            (Value::Dict(_), Some(names)) => match self.by_names(first, &names)? {
                Some(given) => given,
                None => return Ok(None),
            },
            _ => self.leaves(first),
        };
        let mut tensors = Vec::new();
        for (input, value) in graph.inputs.iter().zip(&given) {
            if value.is_none() && self.keras == Keras::Three && graph.inputs.len() == 1 {
                return Err(self.refuse_no_input("", graph));
            }
            let Value::Tensor(node) = value else { return Ok(None) };
            tensors.push(self.conform_input(graph, *input, *node)?);
        }
        Ok((tensors.len() == graph.inputs.len()).then_some(tensors))
    }

    fn conform_input(&mut self, graph: &Graph, input: NodeId, node: NodeId) -> Eval<NodeId> {
        let expected = self.trace.node(input).spec.clone();
        let mut node = node;
        let given = self.trace.node(node).spec.clone();
        if self.keras == Keras::Three && self.trace.node(node).kind == TensorKind::Keras {
            // Only specs are asked for.
            return Ok(node);
        }
        if let (Some(want), Some(have)) = (expected.shape.rank(), given.shape.rank())
            && want != have
        {
            let (x, axis) = (("x", Value::Tensor(node)), ("axis", Value::Int(-1)));
            let one = Some(Dim::Known(1));
            let adjusted = if have == want + 1 && given.shape.dim(-1) == one {
                self.op_on("squeeze", &[x, axis])?
            } else if have + 1 == want && expected.shape.dim(-1) == one {
                self.op_on("expand_dims", &[x, axis])?
            } else if self.keras == Keras::Three {
                return Err(self.wrong_rank(graph, input, node));
            } else {
                Value::Tensor(node)
            };
            if let Value::Tensor(new) = adjusted {
                node = new;
            }
        }
        let dtype = self.trace.node(node).spec.dtype;
        if dtype.is_some() && expected.dtype.is_some() && dtype != expected.dtype {
            self.refuse_cast(node, expected.dtype)?;
            node = self.recast(node, expected.dtype);
            if self.keras == Keras::Three && self.graph_depth > 0 {
                // A layer opens its scope twice, so that what it calls is in the second.
                let scopes: Vec<String> = self.layer_scopes.iter().map(|s| format!("{s}_1")).collect();
                self.trace.name(node, format!("{}/Cast:0", scopes.join("/")));
            }
        }
        Ok(node)
    }

    /// No kernel makes texts of numbers or numbers of texts, though the graph that casts them is traced. What an array of
    /// objects holds may be texts.
    fn refuse_cast(&mut self, node: NodeId, to: Option<DType>) -> Eval<()> {
        let known = self.trace.node(node);
        let (Some(from), Some(to), kind) = (known.spec.dtype, to, known.kind) else { return Ok(()) };
        // An input that was made for the first data has a dtype of its own, which is no float's where that is texts.
        let texts = match from {
            DType::String => to.is_integer(),
            _ => to == DType::String,
        };
        if kind == TensorKind::Keras || !texts || from == DType::Object {
            return Ok(());
        }
        let text = ops::spec::no_cast(from, to);
        let core = if kind == TensorKind::Graph { text.clone() } else { ops::spec::on_values("Cast", &text) };
        let mistake = Mistake::Argument { param: "x", problem: text };
        let violation = ops::Violation { class: Exc::UnimplementedError, core, mistake };
        Err(self.raise_violation(violation, "tf.cast".into(), vec![("x".into(), node)]))
    }

    /// The same tensor in another dtype.
    pub(crate) fn recast(&mut self, node: NodeId, dtype: Option<DType>) -> NodeId {
        let kind = match self.trace.node(node).kind {
            TensorKind::Numpy | TensorKind::Variable => TensorKind::Eager,
            kind => kind,
        };
        let float = |d: Option<DType>| d.is_none_or(DType::is_differentiable);
        let passes = float(self.trace.node(node).spec.dtype) && float(dtype);
        let content = recast_content(&self.trace.node(node).content, dtype);
        let new = self.stand_in(node, kind, Source::Opaque("a cast"));
        let target = self.trace.node_mut(new);
        target.spec.dtype = dtype;
        target.content = content;
        if !passes {
            target.inputs.iter_mut().for_each(|(_, flow)| *flow = Flow::None);
        }
        if self.computes()
            && let Some(dtype) = dtype
        {
            let keywords = vec![("dtype".into(), Value::DType(dtype, DTypeObject::TensorFlow))];
            let args = crate::value::Args { positional: vec![Value::Tensor(node)], keywords };
            if let Ok(Value::Tensor(cast)) = self.call_api(&"tf.cast".into(), args) {
                self.share_number(cast, new);
            }
        }
        new
    }

    fn wrong_rank(&mut self, graph: &Graph, input: NodeId, node: NodeId) -> Halt {
        let expected = self.trace.node(input).spec.shape.tuple();
        let name = self.input_layers.get(&input).and_then(|l| self.layer(*l)).map(|s| s.name.clone());
        // An Input without a name is called by its KerasTensor's.
        let name = match name {
            Some(name) if name.starts_with("input_layer") => "keras_tensor".into(),
            name => name.unwrap_or_default(),
        };
        let spec = &self.trace.node(node).spec;
        let shape = spec.shape.tuple();
        let dtype = spec.dtype.map_or("float32", DType::name);
        let shown = match self.trace.name_of(node) {
            Some(own) => format!("Tensor(\"{own}\", shape={shape}, dtype={dtype})"),
            None => "…".to_owned(),
        };
        let core = format!(
            "Invalid input shape for input {shown} with name '{name}' and path '{}'. Expected shape {expected}, but input \
             has incompatible shape {shape}",
            self.path_of_input(graph, input)
        );
        self.bad_input(core, vec![node])
    }

    /// Where an Input stands in its model's structure: empty for a single one, an index or key in a container.
    fn path_of_input(&self, graph: &Graph, input: NodeId) -> String {
        let structure = graph.input_structure.clone().unwrap_or(Value::None);
        if let Some(pairs) = self.sorted_pairs(&structure) {
            let found = pairs.iter().find(|(_, v)| self.flat_tensors(v).contains(&input));
            return found.map(|(k, _)| k.to_string()).unwrap_or_default();
        }
        let items = self.children(&structure).unwrap_or_default();
        let at = items.iter().position(|v| self.flat_tensors(v).contains(&input));
        at.map(|i| i.to_string()).unwrap_or_default()
    }
}

/// Integers in another dtype, which floats hold as well; of other elements nothing is kept.
fn recast_content(content: &Content, dtype: Option<DType>) -> Content {
    let Some(dtype) = dtype else { return Content::Unknown };
    if let Content::Drawn(_) | Content::Sample(_) | Content::Among(_) = content {
        return ops::spec::fold::cast(content, dtype);
    }
    let Content::Array(array) = content else { return Content::Unknown };
    let Data::Int(values) = &array.data else { return Content::Unknown };
    // A float32 has 24 bits for an integer.
    let exact = values.iter().all(|value| value.unsigned_abs() < 1 << 24);
    let data = match dtype {
        DType::Float32 | DType::Float64 if exact => {
            Data::Float(values.iter().map(|value| *value as f64).collect())
        }
        DType::Int64 => Data::Int(values.clone()),
        DType::Int32 if exact => Data::Int(values.clone()),
        _ => return Content::Unknown,
    };
    Array::new(array.shape.clone(), dtype, data)
        .map_or(Content::Unknown, |array| Content::Array(array.into()))
}
