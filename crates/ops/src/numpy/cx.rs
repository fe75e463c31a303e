//! One call of a NumPy function.

use tensor::{DType, Dim, Shape};

use super::{Nd, convert};
use crate::{
    Arg, Call, Exc, FromArg, Infer, Keras, Mistake, Op, Operand, Outputs, Param, Stop, TensorKind, Violation,
};

/// What NumPy says of a tensor without data, by its name.
pub(crate) fn no_array(name: &str) -> String {
    format!(
        "Cannot convert a symbolic tf.Tensor ({name}) to a numpy array. This error may indicate that you're trying to \
         pass a Tensor to a NumPy call, which is not supported."
    )
}

/// One call of a NumPy function: its arguments as NumPy reads them, and its exceptions.
#[derive(Debug)]
pub struct Np<'a> {
    /// The call.
    pub call: &'a Call<'a>,
}

/// Runs a rule on a call whose tensors NumPy converts to arrays: symbolic ones refuse.
///
/// # Errors
/// What the rule answers.
pub fn call(call: &Call<'_>, rule: impl FnOnce(&Np<'_>) -> Infer<Outputs>) -> Infer<Outputs> {
    let mut symbolic: Option<&Operand> = None;
    call.operands(&mut |_, operand| {
        if matches!(operand.kind, TensorKind::Keras | TensorKind::Graph) {
            symbolic = symbolic.or(Some(operand));
        }
    });
    match symbolic {
        Some(operand) => Err(not_an_array(operand, call)),
        // What rules say of elements is meant without these arguments.
        None if changes_elements(call.op, call.args) => rule(&Np { call }).map(Outputs::without_content),
        None => rule(&Np { call }),
    }
}

/// Tells whether one of the seldom given arguments is there that change elements and neither shape nor dtype:
/// `x.sum(where=mask)`, `x.max(initial=0)`.
pub(crate) fn changes_elements(op: &Op, args: &[(std::rc::Rc<str>, Arg)]) -> bool {
    args.iter().any(|(name, arg)| match (&**name, arg) {
        (_, Arg::Missing | Arg::None) => false,
        ("where", arg) => *arg != Arg::Bool(true),
        ("equal_nan", arg) => op.name == "np.array_equal" && *arg != Arg::Bool(false),
        ("axisa" | "axisb" | "axisc", arg) => *arg != Arg::Int(-1),
        ("kwargs", Arg::Dict(items)) => items.iter().any(|(name, _)| &**name == "reflect_type"),
        (name, _) => matches!(name, "initial" | "sorter" | "reflect_type"),
    })
}

/// What a symbolic tensor's `__array__` raises.
fn not_an_array(operand: &Operand, call: &Call<'_>) -> Stop {
    // Methods and operators of arrays come without a path.
    let function = if call.path.is_empty() { format!("np.{}", call.op.name) } else { call.path.to_owned() };
    let mistake = Mistake::SymbolicInput { function };
    match (operand.kind, call.keras) {
        (TensorKind::Keras, Keras::Three) => Violation::stop(
            Exc::ValueError,
            "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any actual \
             numerical value. You cannot convert it to a NumPy array.",
            mistake,
        ),
        (TensorKind::Keras, Keras::Two) => Violation::stop(
            Exc::TypeError,
            "You are passing KerasTensor(...), an intermediate Keras symbolic input/output, to a TF API that does \
             not allow registering custom dispatchers, such as `tf.cond`, `tf.function`, gradient tapes, or \
             `tf.map_fn`. Keras Functional model construction only supports TF API calls that *do* support \
             dispatching, such as `tf.math.add` or `tf.reshape`. Other APIs cannot be called directly on symbolic \
             Kerasinputs/outputs. You can work around this limitation by putting the operation in a custom Keras \
             layer `call` and calling that layer on this symbolic input/output.",
            mistake,
        ),
        _ => Violation::stop(Exc::NotImplementedError, no_array(operand.graph_name()), mistake),
    }
}

impl Np<'_> {
    /// Returns the argument of a parameter as it was given.
    pub fn arg<T>(&self, param: Param<T>) -> &Arg {
        self.call.arg(param)
    }

    /// Returns the argument of a parameter as an array.
    ///
    /// # Errors
    /// What `np.asarray` raises; unknown where nothing is known of it.
    pub fn array(&self, param: Param<Operand>) -> Infer<Nd> {
        convert::array(self.arg(param))
    }

    /// Returns an optional argument as an array.
    ///
    /// # Errors
    /// As [`Np::array`].
    pub fn maybe_array(&self, param: Param<Operand>) -> Infer<Option<Nd>> {
        if self.arg(param).is_none() { Ok(None) } else { self.array(param).map(Some) }
    }

    /// Returns the array that results are stored in, which may be given as a tuple of one.
    ///
    /// # Errors
    /// As [`Np::array`].
    pub fn out(&self, param: Param<Operand>) -> Infer<Option<Nd>> {
        match self.arg(param) {
            Arg::Tuple(items) => match &items[..] {
                [one] if one.is_none() => Ok(None),
                [one] => convert::array(one).map(Some),
                _ => Err(Stop::Unknown("several arrays for results")),
            },
            _ => self.maybe_array(param),
        }
    }

    /// Returns an argument in the parameter's type.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is unknown or of another type.
    pub fn get<T: FromArg>(&self, param: Param<T>) -> Infer<T> {
        self.call.get(param)
    }

    /// Returns a flag, or its default where it is not given.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is not known.
    pub fn flag(&self, param: Param<bool>, default: bool) -> Infer<bool> {
        if matches!(self.arg(param), Arg::Missing) { Ok(default) } else { self.get(param) }
    }

    /// Returns an int, or its default where it is not given.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is not known.
    pub fn int_or(&self, param: Param<i64>, default: i64) -> Infer<i64> {
        if self.arg(param).is_none() { Ok(default) } else { self.get(param) }
    }

    /// Returns a dtype argument; nothing where it was not given.
    ///
    /// # Errors
    /// `TypeError` for a name that NumPy does not know.
    pub fn dtype(&self, param: Param<Option<DType>>) -> Infer<Option<DType>> {
        let arg = self.arg(param);
        match arg {
            Arg::Str(name) => match convert::dtype_of_name(name) {
                Some(dtype) => Ok(Some(dtype)),
                None if convert::plausible_dtype(name) => Err(Stop::Unknown("a dtype that is not modelled")),
                None => self.type_error(
                    format!("data type '{name}' not understood"),
                    Mistake::Argument { param: "dtype", problem: format!("no dtype is called '{name}'") },
                ),
            },
            _ => self.get(param),
        }
    }

    /// Reads an `axis` argument of one axis, counted from the front.
    ///
    /// # Errors
    /// `AxisError` where it lies outside of the rank.
    pub fn axis(&self, axis: i64, rank: usize) -> Infer<usize> {
        self.named_axis("", axis, rank)
    }

    /// As [`Np::axis`], with the parameter's name before the text: `axis1: axis 5 is out of bounds …`.
    ///
    /// # Errors
    /// `AxisError` where it lies outside of the rank.
    pub fn named_axis(&self, prefix: &str, axis: i64, rank: usize) -> Infer<usize> {
        let at = if axis < 0 { axis.saturating_add(rank as i64) } else { axis };
        match usize::try_from(at).ok().filter(|at| *at < rank) {
            Some(at) => Ok(at),
            None => self.raise(
                Exc::AxisError,
                format!("{prefix}axis {axis} is out of bounds for array of dimension {rank}"),
                Mistake::AxisOutOfRange { axis, rank },
            ),
        }
    }

    /// Reads an `axis` argument that may be a tuple; nothing for all axes.
    ///
    /// # Errors
    /// `AxisError`, and `ValueError` for an axis given twice.
    pub fn axes(&self, arg: &Arg, rank: usize) -> Infer<Option<Vec<usize>>> {
        if arg.is_none() {
            return Ok(None);
        }
        let given = Vec::<i64>::from_arg(arg)?;
        let mut axes = Vec::with_capacity(given.len());
        if rank == 0 && given.iter().all(|axis| matches!(axis, 0 | -1)) {
            return Ok(Some(axes));
        }
        for axis in given {
            let at = self.axis(axis, rank)?;
            if axes.contains(&at) {
                let text = match self.call.op.name {
                    "np.median" => "repeated axis",
                    _ => "duplicate value in 'axis'",
                };
                return self.value_error(text, argument("axis", "an axis twice"));
            }
            axes.push(at);
        }
        Ok(Some(axes))
    }

    /// Reads a shape argument: an int or a sequence of ints.
    ///
    /// # Errors
    /// `TypeError` for what is no int, `ValueError` for a negative size.
    pub fn shape(&self, arg: &Arg) -> Infer<Shape> {
        let dims = match arg {
            Arg::Tuple(items) | Arg::List(items) => {
                items.iter().map(|item| self.size(item, false)).collect::<Infer<Vec<Dim>>>()?
            }
            Arg::Tensor(t) if t.spec.shape.rank() != Some(0) => {
                let nd = Nd::from_operand(t);
                return match (t.content.dims(), nd.dims()) {
                    (Some(dims), _) => Ok(Shape::new(dims)),
                    (None, Some([Dim::Known(n)])) => Ok(Shape::of_rank(usize::try_from(*n).unwrap_or(0))),
                    _ => Ok(Shape::UNKNOWN),
                };
            }
            Arg::Unknown => return Ok(Shape::UNKNOWN),
            other => vec![self.size(other, true)?],
        };
        if dims.iter().any(|d| d.known().is_some_and(|n| n < 0)) {
            return self
                .value_error("negative dimensions are not allowed", argument("shape", "a size below 0"));
        }
        Ok(Shape::new(dims))
    }

    /// Reads one size.
    fn size(&self, arg: &Arg, whole: bool) -> Infer<Dim> {
        let class = match arg {
            Arg::Int(n) => return Ok(Dim::Known(*n)),
            Arg::Bool(b) => return Ok(Dim::Known(i64::from(*b))),
            Arg::Dim(dim) => return Ok(*dim),
            Arg::Tensor(t) => match t.spec.dtype {
                Some(d) if d.is_floating() && t.spec.shape.rank() == Some(0) => {
                    return self.type_error(
                        format!("'numpy.{d}' object cannot be interpreted as an integer"),
                        argument("shape", "a float"),
                    );
                }
                _ => return Ok(t.content.dims().and_then(|d| d.first().copied()).unwrap_or(Dim::Unknown)),
            },
            Arg::Float(x) if whole => {
                return self.type_error(
                    format!("expected a sequence of integers or a single integer, got '{}'", repr_float(*x)),
                    argument("shape", "a float"),
                );
            }
            Arg::Number(d) if d.is_floating() && !whole => "float",
            Arg::Float(_) => "float",
            Arg::None => "NoneType",
            Arg::Str(_) => "str",
            Arg::Tuple(_) => "tuple",
            Arg::List(_) => "list",
            _ => return Ok(Dim::Unknown),
        };
        let text = format!("'{class}' object cannot be interpreted as an integer");
        self.type_error(text, argument("shape", class))
    }

    /// Raises an exception.
    ///
    /// # Errors
    /// Always: the violation.
    pub fn raise<R>(&self, class: Exc, core: impl Into<String>, mistake: Mistake) -> Infer<R> {
        Err(Violation::stop(class, core, mistake))
    }

    /// Raises `ValueError`.
    ///
    /// # Errors
    /// Always: the violation.
    pub fn value_error<R>(&self, core: impl Into<String>, mistake: Mistake) -> Infer<R> {
        self.raise(Exc::ValueError, core, mistake)
    }

    /// Raises `TypeError`.
    ///
    /// # Errors
    /// Always: the violation.
    pub fn type_error<R>(&self, core: impl Into<String>, mistake: Mistake) -> Infer<R> {
        self.raise(Exc::TypeError, core, mistake)
    }

    /// Raises `IndexError`.
    ///
    /// # Errors
    /// Always: the violation.
    pub fn index_error<R>(&self, core: impl Into<String>, mistake: Mistake) -> Infer<R> {
        self.raise(Exc::IndexError, core, mistake)
    }

    /// Broadcasts shapes as a ufunc does.
    ///
    /// # Errors
    /// `ValueError` where two dims differ and neither is 1.
    pub fn broadcast(&self, shapes: &[&Shape]) -> Infer<Shape> {
        let mut all = Shape::scalar();
        for shape in shapes {
            all = match tensor::broadcast(&all, shape) {
                Ok(shape) => shape,
                Err(e) => {
                    let texts: Vec<String> = shapes.iter().map(|s| tuple(s)).collect();
                    let text =
                        format!("operands could not be broadcast together with shapes {} ", texts.join(" "));
                    let mistake =
                        Mistake::NotBroadcastable { left: e.left, right: e.right, from_end: e.from_end };
                    return self.value_error(text, mistake);
                }
            };
        }
        Ok(all)
    }
}

/// Writes a shape as NumPy's texts do: `(3,4)`, `(3,)`.
pub fn tuple(shape: &Shape) -> String {
    shape.tuple().replace(", ", ",")
}

/// Makes the mistake of an argument.
pub fn argument(param: &'static str, problem: &str) -> Mistake {
    Mistake::Argument { param, problem: problem.to_owned() }
}

fn repr_float(x: f64) -> String {
    crate::spec::repr::float(x)
}
