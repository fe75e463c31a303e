//! One call being inferred.

use tensor::{DType, Shape};

use super::{Misfit, Tensor, Val};
use crate::{Arg, Call, Exc, FromArg, Infer, Keras, Mistake, Mode, Outputs, Param, Stop, Surface, Violation};

/// One call being inferred: its arguments and the ways to fail.
#[derive(Debug)]
pub struct Cx<'a> {
    /// The call.
    pub call: &'a Call<'a>,
    args: Vec<Val>,
    operands: usize,
    missing: Val,
}

/// Runs a rule on a call: the `infer` of an op that is composed of kernels.
///
/// # Errors
/// What the rule answers.
pub fn run(call: &Call<'_>, rule: impl FnOnce(&Cx<'_>) -> Infer<Val>) -> Infer<Outputs> {
    let mut operands = 0;
    let args = call.args.iter().map(|(_, arg)| Val::read(arg, &mut operands, call.recorder)).collect();
    let cx = Cx { call, args, operands, missing: Val::Py(Arg::Missing) };
    rule(&cx).map(|val| val.into_outputs(cx.operands))
}

impl<'a> Cx<'a> {
    /// Makes a context without arguments, for kernels that are applied outside of a call: gradients.
    pub fn detached(call: &'a Call<'a>) -> Cx<'a> {
        Cx { call, args: Vec::new(), operands: 0, missing: Val::Py(Arg::Missing) }
    }
}

impl Cx<'_> {
    /// Tells whether the call is carried out on values at once.
    pub fn eager(&self) -> bool {
        matches!(self.call.mode, Mode::Eager | Mode::Running)
    }

    /// Tells whether the call runs in a function that was traced without knowing the sizes.
    pub fn running(&self) -> bool {
        self.call.mode == Mode::Running
    }

    /// Tells whether Keras 3 infers the call on tensors without data.
    pub fn symbolic(&self) -> bool {
        self.call.mode == Mode::Symbolic
    }

    /// Returns the family of names that the op was reached by.
    pub fn surface(&self) -> Surface {
        self.call.surface
    }

    /// Tells whether the profile is Keras 3.
    pub fn keras3(&self) -> bool {
        self.call.keras == Keras::Three
    }

    /// Returns the argument of a parameter; `Missing` where the signature lacks it.
    pub fn val<P>(&self, param: Param<P>) -> &Val {
        self.call.position(param).and_then(|at| self.args.get(at)).unwrap_or(&self.missing)
    }

    /// Returns all arguments in order.
    pub fn vals(&self) -> &[Val] {
        &self.args
    }

    /// Returns the argument of a parameter, which must be known.
    ///
    /// # Errors
    /// `Stop::Unknown` where nothing is known of it.
    pub fn known<P>(&self, param: Param<P>) -> Infer<&Val> {
        match self.val(param) {
            Val::Py(Arg::Unknown) => Err(Stop::Unknown("an argument is not known")),
            val => Ok(val),
        }
    }

    /// Returns the argument of a parameter in the parameter's type.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is unknown or of another type.
    pub fn get<P: FromArg>(&self, param: Param<P>) -> Infer<P> {
        self.call.get(param)
    }

    /// Refuses what is no text where a kernel has an attribute that is one: `tf.strings.join(x, separator=1)`.
    ///
    /// # Errors
    /// `TypeError`, as `tensorflow/python/eager/execute.py: make_str` words it.
    pub fn text_attr<P>(&self, param: Param<P>, name: &'static str) -> Infer<()> {
        let val = self.val(param);
        let other = matches!(val, Val::Py(Arg::Int(_) | Arg::Float(_) | Arg::Bool(_) | Arg::Number(_)));
        if !other && !matches!(val, Val::T(_) | Val::List(_) | Val::Tuple(_)) {
            return Ok(());
        }
        let text = format!("Expected string for argument '{name}' not {}.", super::repr(val));
        self.type_error(text.clone(), Mistake::Argument { param: name, problem: text })
    }

    /// Returns the argument of a parameter, converted to a tensor as TensorFlow does.
    ///
    /// # Errors
    /// What `tf.convert_to_tensor` raises.
    pub fn tensor<P>(&self, param: Param<P>) -> Infer<Tensor> {
        self.convert(self.known(param)?, None)
    }

    /// Raises an exception.
    ///
    /// # Errors
    /// Always: the violation.
    pub fn raise<R>(&self, class: Exc, core: impl Into<String>, mistake: Mistake) -> Infer<R> {
        Err(Violation::stop(class, core, mistake))
    }

    /// Raises `ValueError` about an argument.
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

    /// Turns what a shape function refuses into the exception of the mode: `ValueError` while tracing, a
    /// kernel's `InvalidArgumentError` on values.
    ///
    /// # Errors
    /// The violation.
    pub fn fit<R>(&self, kernel: &str, result: Result<R, Misfit>) -> Infer<R> {
        result.or_else(|misfit| self.refuse(kernel, misfit))
    }

    /// As [`Cx::fit`], with the text of the kernel on values where it differs from the shape function's.
    ///
    /// # Errors
    /// The violation.
    pub fn fit_or<R>(
        &self,
        kernel: &str,
        result: Result<R, Misfit>,
        eager: impl FnOnce() -> String,
    ) -> Infer<R> {
        result.or_else(|mut misfit| {
            if self.eager() {
                misfit.text = eager();
            }
            self.refuse(kernel, misfit)
        })
    }

    /// Raises what a shape function or kernel refuses.
    ///
    /// # Errors
    /// Always: the violation.
    pub fn refuse<R>(&self, kernel: &str, misfit: Misfit) -> Infer<R> {
        if self.eager() {
            let core = on_values(kernel, &misfit.text);
            return self.raise(Exc::InvalidArgumentError, core, misfit.mistake);
        }
        self.raise(Exc::ValueError, misfit.text, misfit.mistake)
    }

    /// Raises what a kernel raises on values that it has no implementation for.
    ///
    /// # Errors
    /// Always.
    pub fn unimplemented<R>(&self, kernel: &str, text: String) -> Infer<R> {
        let mistake = Mistake::Argument { param: "x", problem: text.clone() };
        self.raise(Exc::UnimplementedError, on_values(kernel, &text), mistake)
    }

    /// Reads integers from a value: one, a sequence, or an integer tensor of known contents.
    ///
    /// # Errors
    /// `Stop::Unknown` where one is not known.
    pub fn ints(&self, val: &Val) -> Infer<Vec<i64>> {
        Vec::<i64>::from_arg(&val.to_arg())
    }

    /// Reads one integer.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is not known.
    pub fn int(&self, val: &Val) -> Infer<i64> {
        i64::from_arg(&val.to_arg())
    }

    /// Returns the elements of a tensor of integers, known while tracing or computed on values.
    pub fn integers(&self, tensor: &Tensor) -> Option<Vec<i64>> {
        let computed = || self.call.recorder?.array(tensor.value?)?.to_ints().ok();
        tensor.int_values().or_else(computed)
    }

    /// Reads a dtype.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is not known.
    pub fn dtype(&self, val: &Val) -> Infer<Option<DType>> {
        Option::<DType>::from_call(self.call, &val.to_arg())
    }

    /// Reads a shape.
    ///
    /// # Errors
    /// `Stop::Unknown` where the value is of another type.
    pub fn shape(&self, val: &Val) -> Infer<Shape> {
        Shape::from_arg(&val.to_arg())
    }
}

/// Words what the kernel says that has no such cast.
///
/// source: tensorflow/core/kernels/cast_op.cc: Unimplemented
pub fn no_cast(from: DType, to: DType) -> String {
    format!("Cast {} to {} is not supported", from.cpp(), to.cpp())
}

/// Wraps a kernel's text as TensorFlow does on values.
pub fn on_values(kernel: &str, text: &str) -> String {
    // On processors TensorFlow multiplies matrices by oneDNN's kernel, under the name that was called.
    let own = if kernel == "MatMul" { "__MklMatMul" } else { kernel };
    format!(
        "{{{{function_node __wrapped__{own}_device_/job:localhost/replica:0/task:0/device:CPU:0}}}} {text} [Op:{kernel}]"
    )
}
