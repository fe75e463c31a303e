//! A bound call: what an op's rules read their arguments from.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use tensor::{Content, DType, Dim, Shape, TensorSpec};

use crate::numeric::Recorder;
use crate::{Arg, Exc, Infer, Mistake, Op, Operand, Stop, TensorKind, Violation};

/// Which Keras stands on TensorFlow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Keras {
    /// tf_keras 2.21.
    Two,
    /// Keras 3.15.
    Three,
}

/// How the call is carried out, which decides the wording of its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// On values: TensorFlow's kernels complain.
    Eager,
    /// On values in a function that was traced for wider specs: kernels complain, while the checks in Python have been
    /// passed without the sizes.
    Running,
    /// In a traced function: TensorFlow's shape functions complain.
    Graph,
    /// On KerasTensors by Keras 3: `compute_output_spec` complains.
    Symbolic,
}

/// By which family of names the op was reached; it decides dtype promotion and error texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    /// `tf.…`, and operators and methods of TensorFlow's tensors.
    Tf,
    /// `tf.keras.backend.…` (and `keras.backend.…` in Keras 2).
    Backend,
    /// `keras.ops.…`, `keras.random.…`, and operators on Keras 3's KerasTensors.
    KerasOps,
    /// `np.…`, and operators and methods of arrays.
    Numpy,
}

impl Surface {
    /// Tells the surface from a public path.
    pub fn of(path: &str) -> Surface {
        if path.starts_with("np.") {
            Surface::Numpy
        } else if path.contains("keras.backend.") {
            Surface::Backend
        } else if path.starts_with("keras.") || path.starts_with("tf.keras.") {
            Surface::KerasOps
        } else {
            Surface::Tf
        }
    }
}

/// A call of an op with its arguments bound to the parameters of the signature that was called.
#[derive(Debug)]
pub struct Call<'a> {
    /// The op.
    pub op: &'static Op,
    /// The public path it was reached by (`tf.concat`), canonical.
    pub path: &'a str,
    /// The path's family.
    pub surface: Surface,
    /// How it is carried out.
    pub mode: Mode,
    /// The profile.
    pub keras: Keras,
    /// The signature's parameters in order with their arguments; defaults included.
    pub args: &'a [(Rc<str>, Arg)],
    /// What the kernels that the call consists of are recorded by, where numbers are wanted.
    pub recorder: Option<&'a Recorder>,
    /// What the call raises if chance will have it, where it is not sure to.
    pub risk: RefCell<Option<Risk>>,
}

/// An exception that is raised for some of the draws that may be among a call's operands.
#[derive(Clone, Debug)]
pub struct Risk {
    /// The chance that it is not raised.
    pub spared: f64,
    /// The exception.
    pub stop: Stop,
}

impl Call<'_> {
    /// Raises an exception that is spared the script with this chance: at once where it is as good as sure, otherwise
    /// whoever made the call learns of it.
    ///
    /// # Errors
    /// The exception, where it is sure.
    pub fn risk(&self, spared: f64, raised: Infer<()>) -> Infer<()> {
        let Err(stop) = raised else { return Ok(()) };
        if spared < tensor::UNSURE {
            return Err(stop);
        }
        let mut risk = self.risk.borrow_mut();
        *risk = Some(match risk.take() {
            Some(first) => Risk { spared: first.spared * spared, stop: first.stop },
            None => Risk { spared, stop },
        });
        Ok(())
    }
}

/// A typed parameter: the names it has in the signatures, and its position where names vary too much.
#[derive(Debug)]
pub struct Param<T> {
    label: &'static str,
    names: &'static [&'static str],
    position: Option<usize>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Param<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Param<T> {}

impl<T> Param<T> {
    /// A parameter known by any of these names.
    pub const fn named(names: &'static [&'static str]) -> Param<T> {
        let label = if names.is_empty() { "argument" } else { names[0] };
        Param { label, names, position: None, kind: PhantomData }
    }

    /// A parameter known by its names, else by its position in the signature.
    pub const fn at(position: usize, names: &'static [&'static str]) -> Param<T> {
        let label = if names.is_empty() { "argument" } else { names[0] };
        Param { label, names, position: Some(position), kind: PhantomData }
    }

    /// A parameter known by its position alone: the names in the signatures mean other things (`tf.atan2(y, x)`).
    pub const fn place(position: usize, label: &'static str) -> Param<T> {
        Param { label, names: &[], position: Some(position), kind: PhantomData }
    }

    /// Returns the name used in mistakes.
    pub fn name(self) -> &'static str {
        self.label
    }
}

impl<'a> Call<'a> {
    /// Returns the argument of a parameter as it was given; `Missing` where the signature lacks it.
    pub fn arg<T>(&self, param: Param<T>) -> &'a Arg {
        self.position(param).and_then(|at| self.args.get(at)).map_or(&Arg::Missing, |(_, arg)| arg)
    }

    /// Returns where a parameter stands in the signature.
    pub fn position<T>(&self, param: Param<T>) -> Option<usize> {
        let named = self.args.iter().position(|(name, _)| param.names.contains(&&**name));
        named.or_else(|| param.position.filter(|at| *at < self.args.len()))
    }

    /// Returns the argument of a parameter in the parameter's type.
    ///
    /// # Errors
    /// `Stop::Unknown` where the argument is unknown or of another type; where a framework has an
    /// exception for the latter, the op looks at [`Call::arg`] first.
    pub fn get<T: FromArg>(&self, param: Param<T>) -> Infer<T> {
        T::from_call(self, self.arg(param))
    }

    /// Calls `visit` for every tensor argument in the order of the signature: the inputs of the node.
    pub fn operands(&self, visit: &mut impl FnMut(&'a str, &'a Operand)) {
        for (name, arg) in self.args {
            arg.tensors(&mut |operand| visit(name, operand));
        }
    }
}

/// A type that arguments convert to.
pub trait FromArg: Sized {
    /// Converts an argument.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is unknown or of another type.
    fn from_arg(arg: &Arg) -> Infer<Self>;

    /// Converts an argument of a call, which may have an exception for what is no such value.
    ///
    /// # Errors
    /// That exception; `Stop::Unknown` as above.
    fn from_call(_: &Call<'_>, arg: &Arg) -> Infer<Self> {
        Self::from_arg(arg)
    }
}

fn other<T>(_: &Arg) -> Infer<T> {
    Err(Stop::Unknown("argument of another type than modelled"))
}

impl FromArg for Arg {
    fn from_arg(arg: &Arg) -> Infer<Arg> {
        Ok(arg.clone())
    }
}

impl<T: FromArg> FromArg for Option<T> {
    fn from_arg(arg: &Arg) -> Infer<Option<T>> {
        if arg.is_none() { Ok(None) } else { T::from_arg(arg).map(Some) }
    }

    fn from_call(call: &Call<'_>, arg: &Arg) -> Infer<Option<T>> {
        if arg.is_none() { Ok(None) } else { T::from_call(call, arg).map(Some) }
    }
}

impl FromArg for i64 {
    fn from_arg(arg: &Arg) -> Infer<i64> {
        match arg {
            Arg::Int(n) | Arg::Dim(Dim::Known(n)) => Ok(*n),
            Arg::Bool(b) => Ok(i64::from(*b)),
            Arg::Tensor(t) if t.spec.shape.rank() == Some(0) => match t.content.dims().as_deref() {
                Some([Dim::Known(n)]) => Ok(*n),
                _ => Err(Stop::Unknown("an integer that is not known")),
            },
            _ => other(arg),
        }
    }
}

impl FromArg for f64 {
    fn from_arg(arg: &Arg) -> Infer<f64> {
        match arg {
            Arg::Float(x) => Ok(*x),
            _ => i64::from_arg(arg).map(|n| n as f64),
        }
    }
}

impl FromArg for bool {
    fn from_arg(arg: &Arg) -> Infer<bool> {
        match arg {
            Arg::Bool(b) => Ok(*b),
            Arg::Int(n) => Ok(*n != 0),
            Arg::None | Arg::Missing => Ok(false),
            _ => other(arg),
        }
    }
}

impl FromArg for Rc<str> {
    fn from_arg(arg: &Arg) -> Infer<Rc<str>> {
        match arg {
            Arg::Str(s) => Ok(s.clone()),
            _ => other(arg),
        }
    }
}

impl FromArg for DType {
    fn from_arg(arg: &Arg) -> Infer<DType> {
        match arg {
            Arg::DType(d) => Ok(*d),
            Arg::Str(s) => DType::parse(s).ok_or(Stop::Unknown("a dtype that is not known")),
            _ => other(arg),
        }
    }

    fn from_call(call: &Call<'_>, arg: &Arg) -> Infer<DType> {
        let tensorflow = matches!(call.surface, Surface::Tf | Surface::Backend);
        match arg {
            Arg::Str(name) if tensorflow => match tensorflow_dtype(name) {
                Some(dtype) => Ok(dtype),
                None if is_rare(name) => Err(Stop::Unknown("a dtype that is not known")),
                None => Err(no_dtype(call, name)),
            },
            Arg::Str(name) if DType::parse(name).is_none() && !may_be_dtype(name) => {
                Err(no_dtype(call, name))
            }
            Arg::Int(n) if call.surface == Surface::KerasOps => Err(no_dtype(call, &n.to_string())),
            Arg::Tensor(t)
                if call.surface == Surface::Tf && t.kind == TensorKind::Graph && t.spec.dtype.is_some() =>
            {
                let text = format!(
                    "Cannot convert the argument `type_value`: {} to a TensorFlow DType.",
                    crate::spec::repr(&crate::spec::Val::read(arg, &mut 0, None))
                );
                let mistake = Mistake::Argument { param: "dtype", problem: "is a tensor".to_owned() };
                Err(Violation::stop(Exc::TypeError, text, mistake))
            }
            _ => DType::from_arg(arg),
        }
    }
}

/// What `tf.as_dtype` makes of a text: the names of its dtypes and three aliases, none of NumPy's.
fn tensorflow_dtype(name: &str) -> Option<DType> {
    match name {
        "half" => Some(DType::Float16),
        "float" => Some(DType::Float32),
        "double" => Some(DType::Float64),
        "object" => None,
        _ => DType::ALL.into_iter().find(|dtype| dtype.name() == name),
    }
}

/// Tells whether TensorFlow has a dtype of this name that there is no model of.
fn is_rare(name: &str) -> bool {
    const PARTS: [&str; 8] = ["float8", "float4", "int4", "int2", "qint", "quint", "resource", "variant"];
    PARTS.iter().any(|part| name.contains(part)) || name.ends_with("_ref")
}

/// Tells whether TensorFlow or NumPy might know a dtype by this name though it has no model: `float8_e5m2`, `<f4`.
fn may_be_dtype(name: &str) -> bool {
    const WORDS: [&str; 20] = [
        "float",
        "int",
        "uint",
        "str",
        "bytes",
        "object",
        "void",
        "half",
        "single",
        "double",
        "longdouble",
        "csingle",
        "cdouble",
        "clongdouble",
        "byte",
        "short",
        "long",
        "longlong",
        "resource",
        "variant",
    ];
    const PARTS: [&str; 6] = ["float8", "float4", "int4", "int2", "qint", "quint"];
    let code = name.trim_start_matches(['<', '>', '=', '|']);
    let digits = code.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let coded = code.len() - digits.len() == 1 && digits.chars().all(|c| c.is_ascii_digit());
    coded
        || name.contains([',', '[', '_'])
        || WORDS.contains(&name)
        || PARTS.iter().any(|part| name.contains(part))
}

/// What is raised for a name that is no dtype's.
fn no_dtype(call: &Call<'_>, name: &str) -> Stop {
    let mistake = Mistake::DType { param: "dtype", got: format!("'{name}'"), expected: "a dtype".to_owned() };
    // `keras.ops.ones` and its kin hand the name on to TensorFlow.
    let handed_on = matches!(call.op.name, "zeros" | "ones" | "eye");
    match (call.surface, call.keras) {
        (Surface::KerasOps, Keras::Three) if !handed_on => {
            Violation::stop(Exc::ValueError, format!("Invalid dtype: {name}"), mistake)
        }
        (Surface::Tf | Surface::Backend, _) | (Surface::KerasOps, Keras::Three) => {
            let text = format!("Cannot convert the argument `type_value`: '{name}' to a TensorFlow DType.");
            Violation::stop(Exc::TypeError, text, mistake)
        }
        _ => Stop::Unknown("a dtype that is not known"),
    }
}

/// A tensor, or what TensorFlow converts to one: numbers, strings and nested lists of them.
impl FromArg for Operand {
    fn from_arg(arg: &Arg) -> Infer<Operand> {
        operand_of(arg).ok_or(Stop::Unknown("not a tensor that is known"))
    }
}

/// A list or tuple of tensors.
impl FromArg for Vec<Operand> {
    fn from_arg(arg: &Arg) -> Infer<Vec<Operand>> {
        arg.items().map_or_else(|| other(arg), |items| items.iter().map(Operand::from_arg).collect())
    }
}

/// Integers: one, a sequence, or an integer tensor of known contents.
impl FromArg for Vec<i64> {
    fn from_arg(arg: &Arg) -> Infer<Vec<i64>> {
        match arg {
            Arg::Tuple(items) | Arg::List(items) => items.iter().map(i64::from_arg).collect(),
            Arg::Tensor(t) => t
                .content
                .dims()
                .and_then(|d| d.iter().map(|d| d.known()).collect())
                .ok_or(Stop::Unknown("integers that are not known")),
            _ => i64::from_arg(arg).map(|n| vec![n]),
        }
    }
}

/// A shape argument, as TensorFlow reads one: ints, `None`, `-1` kept as it is, scalar tensors among
/// the items, or an integer vector whose length gives the rank.
impl FromArg for Shape {
    fn from_arg(arg: &Arg) -> Infer<Shape> {
        let dim = |arg: &Arg| match arg {
            Arg::Int(n) => Dim::Known(*n),
            Arg::Dim(d) => *d,
            Arg::Tensor(t) => t.content.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown),
            _ => Dim::Unknown,
        };
        Ok(match arg {
            Arg::Tuple(items) | Arg::List(items) => items.iter().map(dim).collect(),
            Arg::Int(_) | Arg::Dim(_) => Shape::new([dim(arg)]),
            Arg::Shape(shape) => shape.clone(),
            Arg::Tensor(t) => match (t.content.dims(), t.spec.shape.dims()) {
                (Some(dims), _) => Shape::new(dims),
                (None, Some([Dim::Known(rank)])) => Shape::of_rank(usize::try_from(*rank).unwrap_or(0)),
                _ => Shape::UNKNOWN,
            },
            Arg::None | Arg::Unknown => Shape::UNKNOWN,
            _ => return other(arg),
        })
    }
}

/// Converts what `tf.convert_to_tensor` converts, by its dtype rules: int32, float32, bool, string.
fn operand_of(arg: &Arg) -> Option<Operand> {
    let scalar = |dtype, content| Operand {
        spec: TensorSpec::new(Shape::scalar(), dtype),
        content,
        kind: TensorKind::Eager,
        node: None,
        name: None,
    };
    Some(match arg {
        Arg::Tensor(operand) => operand.clone(),
        Arg::Bool(b) => scalar(DType::Bool, bools(&[], vec![*b])),
        Arg::Int(n) => scalar(DType::Int32, Content::ints(vec![], DType::Int32, vec![*n])),
        Arg::Float(x) => scalar(DType::Float32, Content::floats(vec![], DType::Float32, vec![*x])),
        Arg::Dim(d) => scalar(DType::Int32, Content::Dims([*d].into())),
        Arg::Number(dtype) => scalar(*dtype, Content::Unknown),
        Arg::Str(_) => scalar(DType::String, Content::Unknown),
        Arg::Tuple(items) | Arg::List(items) => stacked(items)?,
        _ => return None,
    })
}

fn bools(shape: &[i64], values: Vec<bool>) -> Content {
    tensor::Array::new(shape.to_vec(), DType::Bool, tensor::Data::Bool(values))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}

/// Stacks the items of a nested list, as `tf.convert_to_tensor([[1, 2], [3, 4]])` does.
fn stacked(items: &[Arg]) -> Option<Operand> {
    let parts: Vec<Operand> = items.iter().map(operand_of).collect::<Option<_>>()?;
    let count = i64::try_from(parts.len()).ok()?;
    let Some(first) = parts.first() else {
        let content = Content::floats(vec![0], DType::Float32, Vec::new());
        let spec = TensorSpec::new(Shape::known(&[0]), DType::Float32);
        return Some(Operand { spec, content, kind: TensorKind::Eager, node: None, name: None });
    };
    let mut shape = first.spec.shape.clone();
    let mut dtype = first.spec.dtype;
    for part in &parts[1..] {
        shape = shape.merge(&part.spec.shape)?;
        if part.spec.dtype != dtype {
            // A list of ints and floats is a list of floats.
            dtype = match (dtype, part.spec.dtype) {
                (Some(a), Some(b)) => tensor::numpy_result_type(a, b).filter(|_| !a.is_floating()).or(dtype),
                _ => None,
            };
        }
    }
    let content = joined_content(&parts, dtype);
    let dims = shape.dims()?.iter().copied();
    let spec = TensorSpec::new(Shape::new(std::iter::once(Dim::Known(count)).chain(dims)), dtype);
    let kind = parts.iter().map(|p| p.kind).max_by_key(|k| *k == TensorKind::Graph)?;
    Some(Operand { spec, content, kind, node: None, name: None })
}

fn joined_content(parts: &[Operand], dtype: Option<DType>) -> Content {
    if dtype.is_some_and(DType::is_integer) && parts.iter().all(|p| p.spec.shape.rank() == Some(0)) {
        let dims = |p: &Operand| p.content.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown);
        return Content::Dims(parts.iter().map(dims).collect());
    }
    let mut values = Vec::new();
    let mut shape = vec![i64::try_from(parts.len()).unwrap_or(0)];
    for (i, part) in parts.iter().enumerate() {
        let Content::Array(array) = &part.content else { return Content::Unknown };
        let Some(floats) = array.data.to_floats() else { return Content::Unknown };
        values.extend(floats);
        if i == 0 {
            shape.extend(&array.shape);
        }
    }
    match dtype {
        Some(d) if d.is_floating() => Content::floats(shape, d, values),
        Some(d) if d.is_integer() => Content::ints(shape, d, values.iter().map(|x| *x as i64).collect()),
        Some(DType::Bool) => bools(&shape, values.iter().map(|x| *x != 0.0).collect()),
        _ => Content::Unknown,
    }
}
