//! `tf.convert_to_tensor`: what becomes of Python values, arrays and tensors.

use tensor::{Array, Content, DType, Data, Dim, Shape};

use super::repr::{repr, type_name};
use super::{Cx, Tensor, Val, fold};
use crate::numeric::ValueId;
use crate::{Arg, Exc, Infer, Mistake, Stop, TensorKind, Violation};

/// Why a value is no tensor. TensorFlow's op registry catches the two exceptions and words them anew.
#[derive(Debug)]
pub(super) enum Failure {
    /// Not told, or an exception of another kind.
    Stop(Stop),
    /// A `TypeError`.
    Type(String),
    /// A `ValueError`.
    Value(String),
    /// `None` in place of a value.
    NoValue(String),
    /// `None` among the elements: an exception of that class.
    NoneIn(Exc, String),
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Failure {
        Failure::Stop(stop)
    }
}

impl Failure {
    pub(super) fn stop(self) -> Stop {
        let mistake = |problem: &str| Mistake::Argument { param: "value", problem: problem.to_owned() };
        match self {
            Failure::Stop(stop) => stop,
            Failure::Type(text) => Violation::stop(Exc::TypeError, text.as_str(), mistake(&text)),
            Failure::Value(text) => Violation::stop(Exc::ValueError, text.as_str(), mistake(&text)),
            Failure::NoValue(text) => Violation::stop(Exc::ValueError, text, Mistake::NoneValue),
            Failure::NoneIn(class, text) => Violation::stop(class, text, Mistake::NoneValue),
        }
    }
}

type Try<T> = Result<T, Failure>;

/// Words what is said while tracing of a value that NumPy makes an array of objects of.
fn not_elements(val: &Val) -> String {
    format!(
        "Failed to convert elements of {} to Tensor. Consider casting elements to a supported type. See \
         https://www.tensorflow.org/api_docs/python/tf/dtypes for supported TF dtypes.",
        repr(val)
    )
}

/// Words what `tf.convert_to_tensor` says of a shape that is known in part.
pub fn partly_known(shape: &Shape) -> String {
    format!("Cannot convert a partially known TensorShape {} to a Tensor.", shape.tuple())
}

/// The kinds of Python scalars, in the order in which NumPy promotes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Bool,
    Int,
    Float,
    Str,
}

impl Cx<'_> {
    /// Converts a value to a tensor: `tf.convert_to_tensor(value, dtype)`.
    ///
    /// # Errors
    /// What TensorFlow raises.
    pub fn convert(&self, val: &Val, dtype: Option<DType>) -> Infer<Tensor> {
        self.try_convert(val, dtype).map_err(Failure::stop)
    }

    /// Converts a value to a tensor, of `hint`'s dtype where it fits: `tf.convert_to_tensor(value, dtype_hint=…)`.
    ///
    /// # Errors
    /// What TensorFlow raises.
    pub fn convert_hint(&self, val: &Val, hint: Option<DType>) -> Infer<Tensor> {
        if hint.is_none() && !matches!(val, Val::T(_)) {
            return self.convert_like(val, &Tensor::new(Shape::UNKNOWN, None));
        }
        self.try_hint(val, hint).map_err(Failure::stop)
    }

    /// Converts a value to the dtype of another tensor; where that is not known, a Python value's is neither.
    ///
    /// # Errors
    /// What TensorFlow raises.
    pub fn convert_like(&self, val: &Val, like: &Tensor) -> Infer<Tensor> {
        if like.dtype.is_some() || matches!(val, Val::T(_)) {
            return self.convert(val, like.dtype);
        }
        let mut tensor = self.convert(val, None)?;
        (tensor.dtype, tensor.content) = (None, Content::Unknown);
        Ok(tensor)
    }

    pub(super) fn try_hint(&self, val: &Val, hint: Option<DType>) -> Try<Tensor> {
        match (hint, self.try_convert(val, hint)) {
            (
                Some(_),
                Err(Failure::Type(_) | Failure::Value(_) | Failure::NoValue(_) | Failure::NoneIn(..)),
            ) => self.try_convert(val, None),
            (_, result) => result,
        }
    }

    pub(super) fn try_convert(&self, val: &Val, dtype: Option<DType>) -> Try<Tensor> {
        match val {
            Val::T(t) if t.is_tf() => as_dtype(t, dtype),
            Val::T(array) => self.of_array(array, dtype),
            Val::List(items) | Val::Tuple(items) if val.has_tf_tensor() => self.packed(items, dtype),
            Val::List(_) | Val::Tuple(_) => self.of_sequence(val, dtype),
            Val::Named(_) => Err(Failure::Stop(Stop::Unknown("a structure where a tensor is expected"))),
            Val::Py(arg) => self.of_python(arg, val, dtype),
        }
    }

    /// Converts a NumPy array: NumPy casts it to whatever dtype is asked for (`NPY_ARRAY_FORCECAST`), so that
    /// `tf.constant([1, 2]) + np.array([1.5, 2.5])` cuts the fractions off.
    fn of_array(&self, array: &Tensor, dtype: Option<DType>) -> Try<Tensor> {
        let mut out = array.clone();
        out.kind = if self.eager() { TensorKind::Eager } else { TensorKind::Graph };
        let (Some(want), Some(have)) = (dtype, array.dtype) else {
            out.dtype = dtype.or(array.dtype);
            if dtype.is_some() {
                out.content = Content::Unknown;
            }
            return Ok(out);
        };
        match (have == DType::String, want == DType::String) {
            (true, false) => return Err(Failure::Stop(Stop::Unknown("which numbers strings stand for"))),
            (false, true) if self.eager() => {
                let kind = match have {
                    DType::Bool => "bool",
                    have if have.is_integer() => "int",
                    have if have.is_complex() => "complex",
                    _ => "float",
                };
                let text =
                    format!("Failed to convert a NumPy array to a Tensor (Unsupported object type {kind}).");
                return Err(Failure::Value(text));
            }
            _ => {}
        }
        if want != have {
            out.value = self.cast_value(&out, want);
        }
        out.content = fold::cast(&array.content, want);
        out.dtype = Some(want);
        Ok(out)
    }

    /// The value of an array in another dtype.
    fn cast_value(&self, array: &Tensor, dtype: DType) -> Option<ValueId> {
        self.call.recorder?;
        crate::kernels::pointwise::cast(self, array.clone(), Some(dtype)).ok()?.value
    }

    fn of_python(&self, arg: &Arg, val: &Val, dtype: Option<DType>) -> Try<Tensor> {
        let made = |dtype: DType, content| Ok(Tensor::new(Shape::scalar(), dtype).with_content(content));
        let kind = match arg {
            Arg::Bool(_) => Kind::Bool,
            Arg::Int(_) | Arg::Dim(_) => Kind::Int,
            Arg::Float(_) => Kind::Float,
            Arg::Str(_) | Arg::Number(DType::String) => Kind::Str,
            Arg::Number(DType::Bool) => Kind::Bool,
            Arg::Number(d) if d.is_integer() => Kind::Int,
            Arg::Number(_) => Kind::Float,
            Arg::None | Arg::Missing if self.eager() => {
                let text = "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.";
                return Err(Failure::NoValue(text.to_owned()));
            }
            Arg::None | Arg::Missing => {
                return Err(Failure::NoValue("None values not supported.".to_owned()));
            }
            // `tf.zeros(x.shape)`.
            Arg::Shape(shape)
                if shape.dims().is_some_and(|d| d.iter().any(|d| matches!(d, Dim::Symbol(_)))) =>
            {
                let text = partly_known(shape);
                return Err(Failure::NoValue(text));
            }
            Arg::Callable(_) | Arg::Dict(_) | Arg::DType(_) | Arg::Ellipsis => {
                return Err(self.no_value(val, dtype));
            }
            _ => return Err(Failure::Stop(Stop::Unknown("a value that is no tensor"))),
        };
        if let Some(want) = dtype {
            self.accepts(want, kind, val)?;
        }
        let want = dtype.unwrap_or_else(|| default_dtype(kind, [arg]));
        made(want, scalar_content(arg, want))
    }

    /// A function, a dict or another object that nothing converts.
    fn no_value(&self, val: &Val, dtype: Option<DType>) -> Failure {
        let (shown, class) = (repr(val), type_name(val));
        if self.eager() {
            return Failure::Value(format!(
                "Attempt to convert a value ({shown}) with an unsupported type (<class '{class}'>) to a Tensor."
            ));
        }
        Failure::Type(match dtype {
            Some(want) => format!("Expected {want}, but got {shown} of type '{class}'."),
            None => not_elements(val),
        })
    }

    /// Refuses a Python scalar that does not convert to a dtype.
    fn accepts(&self, want: DType, kind: Kind, val: &Val) -> Try<()> {
        let fits = match want {
            DType::Bool => kind == Kind::Bool,
            DType::String => kind == Kind::Str,
            d if d.is_integer() => kind <= Kind::Int,
            d if d.is_floating() || d.is_complex() => kind <= Kind::Float,
            _ => return Err(Failure::Stop(Stop::Unknown("a dtype that is not modelled"))),
        };
        if fits {
            return Ok(());
        }
        if self.eager() {
            return Err(Failure::Type(format!(
                "Cannot convert {} to EagerTensor of dtype {}",
                repr(val),
                want.cpp()
            )));
        }
        let shown = if let Val::Py(Arg::Str(s)) = val { s.to_string() } else { repr(val) };
        Err(Failure::Type(format!("Expected {want}, but got {shown} of type '{}'.", type_name(val))))
    }

    /// Converts nested lists of Python scalars and arrays.
    fn of_sequence(&self, val: &Val, dtype: Option<DType>) -> Try<Tensor> {
        let mut leaves = Vec::new();
        let shape = self.flatten(val, &mut leaves)?;
        if leaves.iter().any(|leaf| matches!(leaf, Val::T(_))) {
            return self.stacked_arrays(val, dtype);
        }
        let mut kind = Kind::Bool;
        let mut args: Vec<&Arg> = Vec::with_capacity(leaves.len());
        for leaf in &leaves {
            let Val::Py(arg) = leaf else { continue };
            kind = kind.max(match arg {
                Arg::Bool(_) | Arg::Number(DType::Bool) => Kind::Bool,
                Arg::Int(_) | Arg::Dim(_) => Kind::Int,
                Arg::Number(d) if d.is_integer() => Kind::Int,
                Arg::Str(_) | Arg::Number(DType::String) => Kind::Str,
                Arg::Float(_) | Arg::Number(_) => Kind::Float,
                Arg::None => return Err(self.none_in(val, dtype)),
                _ => return Err(Failure::Stop(Stop::Unknown("a list of values that are not known"))),
            });
            if let Some(want) = dtype {
                let own = if matches!(arg, Arg::Float(_)) { Kind::Float } else { kind };
                self.accepts(want, own, leaf)?;
            }
            args.push(arg);
        }
        let is_text = |arg: &&Arg| matches!(arg, Arg::Str(_) | Arg::Number(DType::String));
        if kind == Kind::Str && !args.iter().all(is_text) && dtype.is_none() {
            return Err(match self.eager() {
                true => {
                    Failure::Value("Can't convert Python sequence with mixed types to Tensor.".to_owned())
                }
                false => Failure::Type(not_elements(val)),
            });
        }
        // `tf.constant([True, 1])`: what a tensor of booleans is made of are booleans.
        let begins_true = matches!(args.first(), Some(Arg::Bool(_)));
        if dtype.is_none()
            && self.eager()
            && begins_true
            && args.iter().any(|arg| matches!(arg, Arg::Int(_) | Arg::Float(_)))
        {
            let text = "Can't convert Python sequence with mixed types to Tensor.";
            return Err(Failure::Value(text.to_owned()));
        }
        let want = match dtype {
            Some(want) => want,
            // `np.array([])` is a float array.
            None if args.is_empty() => DType::Float32,
            None => default_dtype(kind, args.iter().copied()),
        };
        let content = list_content(&shape, want, &args);
        Ok(Tensor::new(Shape::known(&shape), want).with_content(content))
    }

    /// `[None, 3]` is no tensor: NumPy makes an array of objects of it.
    fn none_in(&self, val: &Val, dtype: Option<DType>) -> Failure {
        if self.eager() {
            let text = "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.";
            return Failure::NoneIn(Exc::ValueError, text.to_owned());
        }
        let text = match dtype {
            Some(want) => format!("Expected {want}, but got None of type 'NoneType'."),
            None => not_elements(val),
        };
        Failure::NoneIn(Exc::TypeError, text)
    }

    /// Collects the leaves of nested lists and returns the sizes.
    fn flatten<'v>(&self, val: &'v Val, leaves: &mut Vec<&'v Val>) -> Try<Vec<i64>> {
        let Some(items) = val.items() else {
            leaves.push(val);
            return Ok(Vec::new());
        };
        let mut shape = vec![items.len() as i64];
        for (i, item) in items.iter().enumerate() {
            let inner = self.flatten(item, leaves)?;
            if i == 0 {
                shape.extend(inner);
            } else if inner != shape[1..] {
                let text = if self.eager() {
                    "Can't convert non-rectangular Python sequence to Tensor.".to_owned()
                } else {
                    let known = &shape[..1];
                    let at = known.iter().map(|n| format!("{n},")).collect::<String>();
                    format!(
                        "setting an array element with a sequence. The requested array has an inhomogeneous shape after \
                         1 dimensions. The detected shape was ({at}) + inhomogeneous part."
                    )
                };
                return Err(Failure::Value(text));
            }
        }
        Ok(shape)
    }

    /// Stacks a list of arrays and scalars as NumPy does.
    fn stacked_arrays(&self, val: &Val, dtype: Option<DType>) -> Try<Tensor> {
        let parts: Vec<Tensor> = match val.items() {
            Some(items) => items.iter().map(|i| self.within_list(i, dtype)).collect::<Try<_>>()?,
            None => return self.try_convert(val, dtype),
        };
        let mut shape = parts.first().map_or(Shape::scalar(), |p| p.shape.clone());
        let mut want = parts.first().and_then(|p| p.dtype);
        for part in parts.iter().skip(1) {
            shape = shape.merge(&part.shape).ok_or(Stop::Unknown("a list of arrays of several shapes"))?;
            want = want.zip(part.dtype).and_then(|(a, b)| tensor::numpy_result_type(a, b));
        }
        let count = Dim::Known(parts.len() as i64);
        let shape = shape
            .dims()
            .map_or(Shape::UNKNOWN, |dims| Shape::new(std::iter::once(count).chain(dims.iter().copied())));
        let mut out = Tensor::new(shape, dtype.or(want));
        if self.call.recorder.is_some() {
            let cast = |part: &Tensor| crate::kernels::pointwise::cast(self, part.clone(), out.dtype);
            let parts: Vec<Tensor> = parts.iter().map(cast).collect::<Infer<_>>()?;
            out.value = crate::kernels::join::pack_tensors(self, &parts, 0)?.value;
        }
        Ok(out)
    }

    /// Converts an array in a list, which loses nothing of its kind: `tf.constant([np.array([1.5])], tf.int32)`.
    fn within_list(&self, item: &Val, dtype: Option<DType>) -> Try<Tensor> {
        if let (Val::T(array), Some(want)) = (item, dtype)
            && let Some(have) = array.dtype
            && self.eager()
        {
            let keeps = want == have
                || (want.is_integer() && have.is_integer())
                || (want.is_floating() && (have.is_floating() || have.is_integer()))
                || (want.is_complex() && (have.is_complex() || have.is_floating() || have.is_integer()));
            if !keeps {
                let text = format!("Cannot convert array to EagerTensor of dtype {}", want.cpp());
                return Err(Failure::Type(text));
            }
        }
        self.try_convert(item, dtype)
    }

    /// Packs a list with tensors in it: `[tf.shape(x)[0], -1]`.
    fn packed(&self, items: &[Val], dtype: Option<DType>) -> Try<Tensor> {
        let want = match dtype {
            Some(_) => dtype,
            None => first_dtype(items),
        };
        let parts: Vec<Tensor> = items
            .iter()
            .map(|item| match item {
                // A tensor of another dtype is cast where a dtype was asked for.
                Val::T(t) if t.is_tf() && dtype.is_some() && t.dtype.is_some() && t.dtype != dtype => {
                    Ok(crate::kernels::pointwise::cast(self, t.clone(), dtype)?)
                }
                Val::T(t) if t.is_tf() && t.dtype.is_some() && want.is_some() && t.dtype != want => {
                    let (have, want) = (name(t.dtype), name(want));
                    Err(Failure::Type(format!(
                        "Cannot convert a list containing a tensor of dtype <dtype: '{have}'> to <dtype: '{want}'> (Tensor is: {})",
                        repr(item)
                    )))
                }
                _ => self.try_convert(item, want),
            })
            .collect::<Try<_>>()?;
        Ok(crate::kernels::join::pack_tensors(self, &parts, 0)?)
    }
}

fn name(dtype: Option<DType>) -> &'static str {
    dtype.map_or("?", DType::name)
}

/// Returns the dtype of the first tensor in nested lists.
fn first_dtype(items: &[Val]) -> Option<DType> {
    items.iter().find_map(|item| match item {
        Val::T(t) if t.is_tf() => t.dtype,
        Val::List(items) | Val::Tuple(items) => first_dtype(items),
        _ => None,
    })
}

/// Gives a tensor where a dtype is asked for: TensorFlow never casts.
fn as_dtype(t: &Tensor, dtype: Option<DType>) -> Try<Tensor> {
    match (dtype, t.dtype) {
        (Some(want), Some(have)) if want != have => Err(Failure::Value(match t.kind {
            TensorKind::Variable => format!(
                "Incompatible type conversion requested to type '{want}' for variable of type '{have}' (<variable>)"
            ),
            _ => format!(
                "Tensor conversion requested dtype {want} for Tensor with dtype {have}: {}",
                repr(&Val::T(t.clone()))
            ),
        })),
        (Some(want), None) => {
            let mut known = t.clone();
            known.dtype = Some(want);
            Ok(known)
        }
        _ => Ok(t.clone()),
    }
}

fn default_dtype<'v>(kind: Kind, args: impl IntoIterator<Item = &'v Arg>) -> DType {
    match kind {
        Kind::Bool => DType::Bool,
        Kind::Float => DType::Float32,
        Kind::Str => DType::String,
        Kind::Int => {
            let wide = |arg: &Arg| matches!(arg, Arg::Int(n) if i32::try_from(*n).is_err());
            if args.into_iter().any(wide) { DType::Int64 } else { DType::Int32 }
        }
    }
}

fn scalar_content(arg: &Arg, dtype: DType) -> Content {
    if let Arg::Dim(dim) = arg {
        return if dtype.is_integer() { Content::Dims([*dim].into()) } else { Content::Unknown };
    }
    list_content(&[], dtype, &[arg])
}

fn list_content(shape: &[i64], dtype: DType, args: &[&Arg]) -> Content {
    if dtype.is_integer() && args.iter().any(|a| matches!(a, Arg::Dim(d) if !d.is_known())) {
        let dim = |arg: &&Arg| match arg {
            Arg::Int(n) => Dim::Known(*n),
            Arg::Dim(d) => *d,
            _ => Dim::Unknown,
        };
        return if shape.len() <= 1 {
            Content::Dims(args.iter().map(dim).collect())
        } else {
            Content::Unknown
        };
    }
    let value = |arg: &&Arg| match arg {
        Arg::Bool(b) => Some(f64::from(u8::from(*b))),
        Arg::Int(n) | Arg::Dim(Dim::Known(n)) => Some(*n as f64),
        Arg::Float(x) => Some(*x),
        _ => None,
    };
    let ints = |arg: &&Arg| match arg {
        Arg::Bool(b) => Some(i64::from(*b)),
        Arg::Int(n) | Arg::Dim(Dim::Known(n)) => Some(*n),
        _ => None,
    };
    let data = if dtype == DType::Bool {
        args.iter()
            .map(|a| if let Arg::Bool(b) = a { Some(*b) } else { None })
            .collect::<Option<_>>()
            .map(Data::Bool)
    } else if dtype == DType::String {
        args.iter()
            .map(|a| if let Arg::Str(s) = a { Some(s.clone()) } else { None })
            .collect::<Option<_>>()
            .map(Data::Str)
    } else if dtype.is_integer() {
        args.iter().map(ints).collect::<Option<_>>().map(Data::Int)
    } else if dtype.is_floating() {
        let values: Option<Vec<f64>> = args.iter().map(value).collect();
        values.map(|v| Data::Float(v.into_iter().map(|x| fold::round_to(x, dtype)).collect()))
    } else {
        None
    };
    data.and_then(|data| Array::new(shape.to_vec(), dtype, data))
        .map_or(Content::Unknown, |a| Content::Array(a.into()))
}
