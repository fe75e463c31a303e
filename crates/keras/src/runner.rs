//! How ops are carried out for layers, losses and metrics.

use std::rc::Rc;

use ops::{Arg, Infer, Keras, Mode};
use tensor::DType;

/// The part of the program that calls ops, functions and Python callables.
pub trait Runner {
    /// The profile.
    fn keras(&self) -> Keras;

    /// How ops are carried out at present; it words their errors.
    fn mode(&self) -> Mode;

    /// Applies an op by its name, arguments by the names its params take.
    ///
    /// # Errors
    /// What the op answers.
    fn op(&mut self, name: &'static str, args: &[(&'static str, Arg)]) -> Infer<Arg>;

    /// Calls a framework's function by its public path, as a script does: `tf.math.squared_difference(a, b)`.
    ///
    /// # Errors
    /// What the function raises.
    fn api(&mut self, path: &'static str, args: &[Arg], keywords: &[(&'static str, Arg)]) -> Infer<Arg>;

    /// Calls a Python callable: an activation, a sublayer, a function of the script.
    ///
    /// # Errors
    /// What it raises.
    fn call(&mut self, callee: &Arg, args: Vec<Arg>, keywords: Vec<(Rc<str>, Arg)>) -> Infer<Arg>;

    /// Tells which op made a tensor, and from what: crossentropies look behind a final softmax.
    fn made_by(&self, tensor: &Arg) -> Option<(&'static str, Vec<Arg>)>;

    /// Whether numbers are computed, so that what is called must be composed of kernels that compute them.
    fn computes(&self) -> bool {
        false
    }

    /// Returns what a gradient is the sum of where TensorFlow keeps it as `IndexedSlices`: rows of two axes, and the
    /// places where they are added. Nothing for others.
    fn placed_rows(&mut self, gradient: &Arg) -> Vec<[Arg; 2]> {
        let _ = gradient;
        Vec::new()
    }
}

/// What is carried out by a runner that it is part of: a layer or an optimizer within an engine.
pub trait Within {
    /// What carries it out.
    type Engine: Runner + ?Sized;

    /// Returns what carries it out.
    fn engine(&self) -> &Self::Engine;

    /// Returns what carries it out, to have something carried out.
    fn engine_mut(&mut self) -> &mut Self::Engine;
}

impl<T: Within> Runner for T {
    fn keras(&self) -> Keras {
        self.engine().keras()
    }

    fn mode(&self) -> Mode {
        self.engine().mode()
    }

    fn op(&mut self, name: &'static str, args: &[(&'static str, Arg)]) -> Infer<Arg> {
        self.engine_mut().op(name, args)
    }

    fn api(&mut self, path: &'static str, args: &[Arg], keywords: &[(&'static str, Arg)]) -> Infer<Arg> {
        self.engine_mut().api(path, args, keywords)
    }

    fn call(&mut self, callee: &Arg, args: Vec<Arg>, keywords: Vec<(Rc<str>, Arg)>) -> Infer<Arg> {
        self.engine_mut().call(callee, args, keywords)
    }

    fn made_by(&self, tensor: &Arg) -> Option<(&'static str, Vec<Arg>)> {
        self.engine().made_by(tensor)
    }

    fn computes(&self) -> bool {
        self.engine().computes()
    }

    fn placed_rows(&mut self, gradient: &Arg) -> Vec<[Arg; 2]> {
        self.engine_mut().placed_rows(gradient)
    }
}

/// A runner that keeps variables: those of an optimizer or a metric.
pub trait Keeper: Runner {
    /// Returns the variable of a name, which is made at its first use and filled with a number.
    ///
    /// # Errors
    /// It cannot be made.
    fn slot(&mut self, name: &str, shape: &[i64], dtype: DType, initial: f64) -> Infer<Arg>;

    /// Gives a variable another value.
    ///
    /// # Errors
    /// The value is not known.
    fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()>;
}
