//! The elements of arrays, where a script is carried out.
//!
//! An op's rule has made the nodes; what their elements are comes from `ops::numpy::numbers`. An array that shows
//! the elements of another remembers how: when one of them changes, the others are computed again.

use array::Array;
use graph::NodeId;
use ops::numpy::numbers::{Given, compute};
use ops::{Arg, Op, Operand, TensorKind};
use std::rc::Rc;
use tensor::{Content, DType};

use crate::interp::Interp;
use crate::value::Value;

/// So many arrays that show the elements of one are kept up to date; older ones are no longer known.
const MAX_VIEWS: usize = 32;

/// How an array shows the elements of another.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The array.
    node: NodeId,
    op: &'static Op,
    path: Rc<str>,
    args: Rc<[(Rc<str>, Arg)]>,
}

impl Interp<'_> {
    /// Computes the elements of a NumPy function's results.
    pub(crate) fn compute_numpy(
        &mut self,
        op: &'static Op,
        path: &str,
        args: &[(Rc<str>, Arg)],
        result: &Arg,
    ) {
        let mut nodes = Vec::new();
        result.tensors(&mut |operand| nodes.extend(operand.node.map(NodeId)));
        if nodes.is_empty() {
            return;
        }
        let drawn = self.draw(op.name, path, args, &nodes);
        let arrays = match drawn {
            Some(arrays) => Some(arrays),
            None => {
                let dtype = self.trace.node(nodes[0]).spec.dtype;
                let elements = |operand: &Operand| self.elements_of(operand);
                compute(&Given { op, path, args, dtype, elements: &elements })
            }
        };
        let Some(arrays) = arrays.filter(|arrays| arrays.len() == nodes.len()) else { return };
        for (node, array) in nodes.into_iter().zip(arrays) {
            self.keep_array(node, array);
        }
    }

    /// The elements of an operand.
    pub(crate) fn elements_of(&self, operand: &Operand) -> Option<Array> {
        match operand.node {
            Some(node) => self.array_of_node(NodeId(node)),
            None => None,
        }
    }

    /// Gives an array of NumPy's its elements, if they are of the shape that its rule says.
    pub(crate) fn keep_array(&mut self, node: NodeId, array: Array) {
        let spec = &self.trace.node(node).spec;
        let array = match spec.dtype {
            Some(dtype) => match array.cast(dtype) {
                Ok(array) => array,
                Err(_) => return,
            },
            None => array,
        };
        if !ops::numeric::shape_of(&array).compatible(&spec.shape) {
            return;
        }
        let known = self.trace.node_mut(node);
        known.spec.shape = ops::numeric::shape_of(&array);
        known.spec.dtype = Some(array.dtype());
        let content = ops::numeric::content_of(&array);
        if !matches!(content, Content::Unknown) {
            known.content = content;
        }
        if let Some(numbers) = &mut self.numbers {
            numbers.keep(node, array);
        }
    }

    /// The numbers that a function of `ndarray` gives as plain Python values.
    pub(crate) fn python_numbers(&self, op: &Op, args: &[(Rc<str>, Arg)]) -> Option<Arg> {
        let first = args.first().map(|(_, arg)| arg)?;
        match op.name {
            "np.tolist" => {
                let Arg::Tensor(operand) = first else { return None };
                nested(&self.elements_of(operand)?)
            }
            "np.item" => {
                let Arg::Tensor(operand) = first else { return None };
                let array = self.elements_of(operand)?;
                let at = match args.get(1).map(|(_, arg)| arg) {
                    Some(Arg::Tuple(items)) if items.len() == 1 => match &items[0] {
                        Arg::Int(n) => usize::try_from(*n).ok()?,
                        _ => return None,
                    },
                    Some(Arg::Int(n)) => usize::try_from(*n).ok()?,
                    Some(Arg::Tuple(items)) if items.len() > 1 => return None,
                    _ => 0,
                };
                let flat = array.reshape(&[array.len()]).ok()?;
                nested(&flat.narrow(0, at, at + 1).ok()?.reshape(&[]).ok()?)
            }
            _ => None,
        }
    }

    /// Compares whole arrays: `np.allclose`, `np.array_equal`.
    pub(crate) fn compared_arrays(&self, op: &Op, path: &str, args: &[(Rc<str>, Arg)]) -> Option<Arg> {
        if op.name != "np.allclose" {
            return None;
        }
        let elements = |operand: &Operand| self.elements_of(operand);
        let close = path.ends_with("allclose");
        let name = if close { "np.isclose" } else { "np.equal" };
        let op = ops::find_op(name)?;
        let given = Given { op, path: name, args, dtype: Some(DType::Bool), elements: &elements };
        match compute(&given) {
            Some(found) => Some(Arg::Bool(found.first()?.to_bools().ok()?.into_iter().all(|b| b))),
            // Arrays that cannot be compared are not equal; those that are not known are.
            None if !close && path.ends_with("array_equal") => {
                let shape = |at: usize| match &args.get(at)?.1 {
                    Arg::Tensor(operand) => operand.spec.shape.all_known(),
                    _ => None,
                };
                (shape(0)? != shape(1)?).then_some(Arg::Bool(false))
            }
            None => None,
        }
    }

    /// Remembers that an array shows the elements of another.
    pub(crate) fn keep_view(&mut self, op: &'static Op, path: &str, args: &[(Rc<str>, Arg)], result: &Value) {
        let Value::Tensor(node) = result else { return };
        let index = args.iter().find(|(name, _)| &**name == "index").map(|(_, arg)| arg);
        let copies = index.is_some_and(is_fancy)
            || path.ends_with("flatten")
            || path.ends_with("copy")
            || self.is_numpy_scalar(*node);
        let base = self.trace.node(*node).inputs.first().map(|(base, _)| *base);
        let Some(base) = base.filter(|_| !copies) else { return };
        if self.trace.node(base).kind != TensorKind::Numpy
            || self.trace.node(base).spec.dtype != self.trace.node(*node).spec.dtype
        {
            return;
        }
        let root = self.shown_root(base);
        let views = self.shown_views.entry(root).or_default();
        views.push(View { node: *node, op, path: path.into(), args: args.into() });
        if views.len() > MAX_VIEWS {
            let oldest = views.remove(0);
            // It is right until the elements change, and not known from then on.
            self.stale_views.entry(root).or_default().push(oldest.node);
        }
        self.shown_roots.insert(*node, root);
    }

    /// The array whose elements a view shows in the end.
    fn shown_root(&self, node: NodeId) -> NodeId {
        self.shown_roots.get(&node).copied().unwrap_or(node)
    }

    /// Gives an array the elements of what was computed for it; they are not known where that has none.
    pub(crate) fn array_takes(&mut self, node: NodeId, result: &Value) {
        let array = if let Value::Tensor(id) = result { self.array_of_node(*id) } else { None };
        self.array_written(node, array);
    }

    /// Gives an array other elements, and all that show the same ones theirs.
    pub(crate) fn array_written(&mut self, node: NodeId, array: Option<Array>) {
        self.object_items.remove(&node);
        let root = self.shown_root(node);
        for stale in self.stale_views.remove(&root).unwrap_or_default() {
            self.forget_array(stale);
        }
        let views = self.shown_views.get(&root).cloned().unwrap_or_default();
        let whole = match array {
            Some(array) if root == node => Some(array),
            Some(array) => self.written_through(root, node, &views, &array),
            None => None,
        };
        match whole {
            Some(whole) => {
                self.rewrite_array(root, whole);
                for view in views {
                    match self.view_elements(&view, None) {
                        Some(array) => self.rewrite_array(view.node, array),
                        None => self.forget_array(view.node),
                    }
                }
            }
            None => {
                self.forget_array(root);
                self.forget_array(node);
                views.iter().for_each(|view| self.forget_array(view.node));
            }
        }
    }

    fn rewrite_array(&mut self, node: NodeId, array: Array) {
        self.trace.node_mut(node).content = Content::Unknown;
        self.keep_array(node, array);
    }

    fn forget_array(&mut self, node: NodeId) {
        self.trace.node_mut(node).content = Content::Unknown;
        self.lose_number(node);
    }

    /// What a view shows; of the places of all elements where those are given instead of the elements.
    fn view_elements(&self, view: &View, places: Option<&dyn Fn(NodeId) -> Option<Array>>) -> Option<Array> {
        let base = self.trace.node(view.node).inputs.first().map(|(base, _)| *base)?;
        let elements = |operand: &Operand| match (operand.node, places) {
            (Some(node), Some(places)) if NodeId(node) == base => places(base),
            (Some(node), _) => self.array_of_node(NodeId(node)),
            (None, _) => None,
        };
        let dtype = if places.is_some() { Some(DType::Int64) } else { self.trace.node(view.node).spec.dtype };
        let given = Given { op: view.op, path: &view.path, args: &view.args, dtype, elements: &elements };
        compute(&given)?.into_iter().next()
    }

    /// The places in the root that a view shows.
    fn places(&self, root: NodeId, node: NodeId, views: &[View], depth: u32) -> Option<Array> {
        if node == root {
            let shape = self.array_of_node(root)?.shape().to_vec();
            let count: usize = shape.iter().product();
            return Array::ints(&shape, DType::Int64, (0..count as i64).collect()).ok();
        }
        let view = views.iter().find(|view| view.node == node).filter(|_| depth < 32)?;
        self.view_elements(view, Some(&|base| self.places(root, base, views, depth + 1)))
    }

    /// The root's elements after those that a view shows have changed.
    fn written_through(&self, root: NodeId, node: NodeId, views: &[View], array: &Array) -> Option<Array> {
        let places = self.places(root, node, views, 0)?;
        let whole = self.array_of_node(root)?;
        let count = places.len();
        let places = places.reshape(&[count, 1]).ok()?;
        let values = array.cast(whole.dtype()).ok()?.reshape(&[count]).ok()?;
        let flat = whole.reshape(&[whole.len()]).ok()?;
        array::scatter_nd(&flat, &places, &values, array::Rows::Set).ok()?.reshape(whole.shape()).ok()
    }
}

/// Tells whether an index picks by arrays or lists, which copies.
fn is_fancy(index: &Arg) -> bool {
    match index {
        Arg::Tensor(operand) => {
            operand.spec.shape.rank() != Some(0) || operand.spec.dtype == Some(DType::Bool)
        }
        Arg::List(_) | Arg::Bool(_) => true,
        Arg::Tuple(items) => items.iter().any(is_fancy),
        _ => false,
    }
}

/// Elements as nested lists of Python numbers.
fn nested(array: &Array) -> Option<Arg> {
    if array.rank() == 0 {
        return Some(match array.dtype() {
            DType::Bool => Arg::Bool(array.to_bools().ok()?.first().copied()?),
            DType::String => Arg::Str((*array.to_texts().ok()?.first()?.clone()).into()),
            d if d.is_integer() => Arg::Int(array.to_int().ok()?),
            _ => Arg::Float(array.to_float().ok()?),
        });
    }
    let row = |i: usize| nested(&array.narrow(0, i, i + 1).ok()?.reshape(&array.shape()[1..]).ok()?);
    (0..array.shape()[0]).map(row).collect::<Option<Vec<_>>>().map(|items| Arg::List(items.into()))
}
