//! Nodes, variables and scopes.

use std::rc::Rc;

use diagnostics::Span;
use ops::{Flow, Op, Operand, TensorKind};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tensor::{Content, TensorSpec};

/// Names a node of the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// Names a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub u32);

/// Names the call of a layer, model or loss inside which a node was made; 0 is the script itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ScopeId(pub u32);

/// Where a node comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// `keras.Input`, a placeholder of a traced step, or data handed to one.
    Input,
    /// Data: arrays, constants.
    Constant,
    /// The value of a variable.
    Variable(VariableId),
    /// An op.
    Op(&'static Op),
    /// A symbolic layer call; the interpreter knows which.
    LayerCall(u32),
    /// Something without a model; the text names it.
    Opaque(&'static str),
}

/// One tensor.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it comes from.
    pub source: Source,
    /// What Python object it is.
    pub kind: TensorKind,
    /// Shape and dtype.
    pub spec: TensorSpec,
    /// Known elements.
    pub content: Content,
    /// The nodes it is computed from, each with whether a gradient passes back to it.
    pub inputs: SmallVec<[(NodeId, Flow); 3]>,
    /// The expression that made it.
    pub span: Span,
    /// The call inside which it was made.
    pub scope: ScopeId,
}

/// A variable: a layer's weight or a `tf.Variable`.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name that reports use: `encoder/kernel`.
    pub name: Rc<str>,
    /// Shape and dtype.
    pub spec: TensorSpec,
    /// Whether it was made trainable.
    pub trainable: bool,
    /// Its value's node.
    pub node: NodeId,
}

/// The call of a layer, model or loss.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The enclosing call.
    pub parent: ScopeId,
    /// What is called, for messages: `Lambda 'lambda'`.
    pub label: Rc<str>,
    /// The calling expression.
    pub span: Span,
}

/// The trace of a script.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    nodes: Vec<Node>,
    variables: Vec<Variable>,
    scopes: Vec<Scope>,
    scope: ScopeId,
    /// The names of graphs' placeholders.
    names: FxHashMap<NodeId, Rc<str>>,
    work: u64,
}

/// What a node costs, in steps of plain Python: a loop that trains makes tens of them a round, and what is known of
/// their elements takes its time too. A KerasTensor costs nothing, so that models of any number of layers are followed
/// to their end.
fn cost(node: &Node) -> u64 {
    let own = match node.kind {
        TensorKind::Keras | TensorKind::Variable => return 0,
        // Tens of thousands of windows are cut out of a series: `x.append(series[i - 60 : i])`.
        TensorKind::Numpy => 3,
        TensorKind::Graph | TensorKind::Eager => 30,
    };
    let elements = match &node.content {
        Content::Array(array) | Content::Sample(array) => array.data.len(),
        Content::Drawn(values) => values.len(),
        Content::Among(among) => among.values.len(),
        Content::Unknown | Content::Zeros | Content::Dims(_) | Content::Shape(_) | Content::Spread(_) => 0,
    };
    own + elements as u64 / 32
}

impl Trace {
    /// Adds a node.
    pub fn add(&mut self, source: Source, kind: TensorKind, spec: TensorSpec, span: Span) -> NodeId {
        self.push(Node {
            source,
            kind,
            spec,
            content: Content::Unknown,
            inputs: SmallVec::new(),
            span,
            scope: self.scope,
        })
    }

    /// Adds a node that is complete but for its scope.
    pub fn push(&mut self, mut node: Node) -> NodeId {
        node.scope = self.scope;
        self.work += cost(&node);
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    /// Returns what all nodes have cost, in steps of plain Python.
    pub fn work(&self) -> u64 {
        self.work
    }

    /// Returns a node. Ids come from this trace, so there is one; a foreign id gives the last node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[(id.0 as usize).min(self.nodes.len().saturating_sub(1))]
    }

    /// Returns a node to change.
    pub fn node_mut(&mut self, id: NodeId) -> &mut Node {
        let at = (id.0 as usize).min(self.nodes.len().saturating_sub(1));
        &mut self.nodes[at]
    }

    /// Returns the number of nodes; ids below it exist.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Tells whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns a node as ops see it.
    pub fn operand(&self, id: NodeId) -> Operand {
        let node = self.node(id);
        Operand {
            spec: node.spec.clone(),
            content: node.content.clone(),
            kind: node.kind,
            node: Some(id.0),
            name: self.names.get(&id).cloned(),
        }
    }

    /// Names a tensor as its graph does, which messages print: `x:0`.
    pub fn name(&mut self, id: NodeId, name: impl Into<Rc<str>>) {
        self.names.insert(id, name.into());
    }

    /// Returns the name of a tensor in its graph, if it was given one.
    pub fn name_of(&self, id: NodeId) -> Option<&Rc<str>> {
        self.names.get(&id)
    }

    /// Adds a variable and the node of its value.
    pub fn add_variable(
        &mut self,
        name: Rc<str>,
        spec: TensorSpec,
        trainable: bool,
        span: Span,
    ) -> VariableId {
        let id = VariableId(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
        let node = self.add(Source::Variable(id), TensorKind::Variable, spec.clone(), span);
        self.variables.push(Variable { name, spec, trainable, node });
        id
    }

    /// Returns a variable.
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[(id.0 as usize).min(self.variables.len().saturating_sub(1))]
    }

    /// Returns a variable to change.
    pub fn variable_mut(&mut self, id: VariableId) -> &mut Variable {
        let at = (id.0 as usize).min(self.variables.len().saturating_sub(1));
        &mut self.variables[at]
    }

    /// Tells which op made a tensor, and from what; a conversion of what is a tensor already is looked through.
    pub fn made_by(&self, id: NodeId) -> Option<(&'static Op, impl Iterator<Item = NodeId>)> {
        let mut node = self.node(id);
        while let Source::Op(op) = node.source
            && op.name == "convert_to_tensor"
            && let [(input, _)] = node.inputs.as_slice()
            && self.node(*input).spec.dtype == node.spec.dtype
        {
            node = self.node(*input);
        }
        let Source::Op(op) = node.source else { return None };
        Some((op, node.inputs.iter().map(|(input, _)| *input)))
    }

    /// Returns every variable.
    pub fn variables(&self) -> impl Iterator<Item = (VariableId, &Variable)> {
        (0..).map(VariableId).zip(&self.variables)
    }

    /// Enters a call; nodes made until [`Trace::leave`] belong to it.
    pub fn enter(&mut self, label: Rc<str>, span: Span) -> ScopeId {
        self.scopes.push(Scope { parent: self.scope, label, span });
        self.scope = ScopeId(u32::try_from(self.scopes.len()).unwrap_or(u32::MAX));
        self.scope
    }

    /// Leaves the innermost call.
    pub fn leave(&mut self) {
        self.scope = self.scope(self.scope).map_or(ScopeId(0), |s| s.parent);
    }

    /// Returns a call's scope; nothing for the script itself.
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        (id.0 as usize).checked_sub(1).and_then(|at| self.scopes.get(at))
    }
}
