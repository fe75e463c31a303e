//! What a function prints that `tf.function` traces: Python's `print` runs once for each trace, and sees placeholders.
//!
//! A run carries such functions out on values each time, so what they print is told apart here.

use graph::NodeId;
use ops::TensorKind;
use rustc_hash::FxHashMap;

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Traced, Value};

/// A traced function that is carried out on values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Printing {
    /// Whether it was traced before, so that Python's `print` is not reached.
    quiet: bool,
    /// The placeholders: the name and the shape that each shows.
    names: FxHashMap<NodeId, (String, String)>,
    /// The first node that is made in it.
    since: u32,
}

impl Interp<'_> {
    /// Tells whether a function is carried out that `tf.function` would trace.
    pub(crate) fn is_as_if_traced(&self) -> bool {
        self.running.printing.is_some()
    }

    /// Calls a function on values as if it were traced.
    ///
    /// # Errors
    /// What the function raises.
    pub(super) fn as_if_traced(&mut self, traced: &Traced, args: Args) -> Eval {
        let key = self.trace_key(traced, &args)?;
        let quiet = !self.running.traces.insert(key) || self.prints_nothing();
        let since = u32::try_from(self.trace.len()).unwrap_or(u32::MAX);
        let names = if quiet { FxHashMap::default() } else { self.placeholder_names(traced, &args) };
        let outer = self.running.printing.replace(Printing { quiet, names, since });
        let result = self.call(&traced.function, args);
        self.running.printing = outer;
        result
    }

    /// Tells whether Python's `print` is not reached at present, since a traced function runs.
    pub(crate) fn prints_nothing(&self) -> bool {
        self.running.quiet > 0 || self.running.printing.as_ref().is_some_and(|printing| printing.quiet)
    }

    /// Carries out what a traced function does when it runs: Python's `print` was reached while it was traced.
    pub(crate) fn in_quiet<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.running.quiet += 1;
        let result = f(self);
        self.running.quiet -= 1;
        result
    }

    /// Carries something out that a trace does not reach again: the second round of a loop over a tensor.
    pub(crate) fn beyond_trace(&mut self, quiet: bool) {
        if let Some(printing) = &mut self.running.printing {
            printing.quiet = quiet;
        }
    }

    /// What tells one trace from another.
    fn trace_key(&mut self, traced: &Traced, args: &Args) -> Eval<String> {
        let mut key = format!("{:?}", traced.function);
        if traced.signature.is_some() {
            // Only whose method it is tells them apart.
            if let Some(Value::Instance(id)) = args.positional.first() {
                key += &format!("{id:?}");
            }
            return Ok(key);
        }
        for value in &args.positional {
            key += &self.trace_part(value)?;
        }
        for (name, value) in &args.keywords {
            key += &format!("{name}={}", self.trace_part(value)?);
        }
        Ok(key)
    }

    fn trace_part(&mut self, value: &Value) -> Eval<String> {
        let tensors = self.flat_tensors(value);
        if tensors.is_empty() {
            let text = match value {
                Value::Instance(_) | Value::Function(_) => None,
                value => self.repr(value)?,
            };
            return Ok(text.map_or_else(|| format!("|{value:?}"), |text| format!("|{text}")));
        }
        let specs = tensors.into_iter().map(|id| match self.trace.node(id).kind {
            TensorKind::Variable => format!("|{id:?}"),
            _ => format!("|{}", self.trace.node(id).spec),
        });
        Ok(specs.collect())
    }

    /// The placeholders' names: those of the parameters.
    fn placeholder_names(&mut self, traced: &Traced, args: &Args) -> FxHashMap<NodeId, (String, String)> {
        let mut names = FxHashMap::default();
        let parameters = self.parameter_names(&traced.function);
        let declared = match &traced.signature {
            Some(signature) => self.iterate(signature, 1000).map(|(items, _)| items).unwrap_or_default(),
            None => Vec::new(),
        };
        let skipped = args.positional.len().saturating_sub(declared.len());
        for (at, (name, value)) in parameters.iter().zip(&args.positional).enumerate() {
            if let Value::Tensor(node) = value
                && self.trace.node(*node).kind == TensorKind::Eager
            {
                let spec = at.checked_sub(skipped).and_then(|at| declared.get(at));
                let shape = spec.and_then(|spec| self.tensor_spec(spec)).map(|spec| spec.shape);
                let shape = shape.unwrap_or_else(|| self.trace.node(*node).spec.shape.clone());
                names.insert(*node, (name.to_string(), shape.tuple()));
            }
        }
        for (name, value) in &args.keywords {
            if let Value::Tensor(node) = value {
                let shape = self.trace.node(*node).spec.shape.tuple();
                names.insert(*node, (name.to_string(), shape));
            }
        }
        names
    }

    /// How a tensor shows in a function that is traced; `Some(None)` where the name of its op is not known, and nothing
    /// where it shows as ever.
    pub(super) fn placeholder_in_trace(&self, id: NodeId, repr: bool) -> Option<Option<String>> {
        let printing = self.running.printing.as_ref()?;
        let node = self.trace.node(id);
        if let Some((name, shape)) = printing.names.get(&id) {
            let dtype = node.spec.dtype?;
            return Some(Some(match repr {
                true => format!("<tf.Tensor '{name}:0' shape={shape} dtype={dtype}>"),
                false => format!("Tensor(\"{name}:0\", shape={shape}, dtype={dtype})"),
            }));
        }
        match node.kind {
            TensorKind::Eager if id.0 >= printing.since => Some(None),
            TensorKind::Variable if !self.is_keras_variable(id) => {
                let name = self.variable_of(id).map(|v| self.trace.variable(v).name.clone())?;
                let (shape, dtype) = (node.spec.shape.tuple(), node.spec.dtype?);
                Some(Some(format!("<tf.Variable '{name}' shape={shape} dtype={dtype}>")))
            }
            _ => None,
        }
    }
}
