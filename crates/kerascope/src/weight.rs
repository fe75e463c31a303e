//! Variables: the weights of layers, and what optimizers and metrics keep.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use array::{Array, Random};
use keras::{Attached, Bound, Named};
use ops::{Arg, Keras};
use tensor::TensorSpec;

use crate::attached::Applied;
use crate::compile::Configured;
use crate::{Error, Result};

/// Ids tell variables apart within a process; nothing depends on their values.
static IDS: AtomicU32 = AtomicU32::new(0);

/// A variable. Its elements change; whoever holds it sees the present ones.
#[derive(Clone, Debug)]
pub struct Weight(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    id: u32,
    name: RefCell<Rc<str>>,
    spec: TensorSpec,
    /// Whether it is of those that training changes, unless its layer is frozen.
    trainable: bool,
    frozen: Cell<bool>,
    initializer: Arg,
    /// The initializer, if it is an object.
    begins: RefCell<Option<Configured>>,
    /// The places on its last axis that begin as ones.
    ones: Option<Range<usize>>,
    array: RefCell<Option<Array>>,
    attached: RefCell<Vec<(Attached, Applied)>>,
}

impl Weight {
    pub(crate) fn new(name: Rc<str>, spec: TensorSpec, trainable: bool, initializer: Arg) -> Weight {
        Weight::beginning(name, spec, trainable, initializer, None)
    }

    /// A weight of which some places begin as ones whatever the initializer makes.
    pub(crate) fn beginning(
        name: Rc<str>,
        spec: TensorSpec,
        trainable: bool,
        initializer: Arg,
        ones: Option<Range<usize>>,
    ) -> Weight {
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        Weight(Rc::new(Inner {
            id,
            name: RefCell::new(name),
            spec,
            trainable,
            frozen: Cell::new(false),
            initializer,
            begins: RefCell::default(),
            ones,
            array: RefCell::default(),
            attached: RefCell::default(),
        }))
    }

    /// Sets the object that makes its first numbers.
    pub(crate) fn begin_with(&self, initializer: Option<Configured>) {
        self.0.begins.replace(initializer);
    }

    /// Attaches a regularizer or a constraint.
    pub(crate) fn attach(&self, kind: Attached, applied: Applied) {
        self.0.attached.borrow_mut().push((kind, applied));
    }

    /// Returns what is attached of a kind.
    pub(crate) fn attached(&self, kind: Attached) -> Option<Applied> {
        let attached = self.0.attached.borrow();
        attached.iter().find(|(own, _)| *own == kind).map(|(_, applied)| applied.clone())
    }

    /// Returns the name, as reports use it: `dense/kernel`.
    pub fn name(&self) -> Rc<str> {
        self.0.name.borrow().clone()
    }

    /// Names it after its layer's new name.
    pub(crate) fn rename(&self, old: &str, new: &str) {
        let own = self.name();
        if let Some(rest) = own.strip_prefix(old) {
            self.0.name.replace(format!("{new}{rest}").into());
        }
    }

    /// Tells whether it has this name within its layer: `kernel`.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name().rsplit('/').next() == Some(name)
    }

    /// Returns shape and dtype.
    pub fn spec(&self) -> &TensorSpec {
        &self.0.spec
    }

    /// Tells whether training changes it.
    pub fn is_trainable(&self) -> bool {
        self.0.trainable && !self.0.frozen.get()
    }

    /// Tells whether training changes it where its layer is not frozen: such weights come first in files.
    pub(crate) fn is_trained_by_itself(&self) -> bool {
        self.0.trainable
    }

    /// Sets whether its layer is frozen.
    pub(crate) fn freeze(&self, frozen: bool) {
        self.0.frozen.set(frozen);
    }

    /// Returns its elements.
    ///
    /// # Errors
    /// [`Error::Unknown`] where the weight belongs to no model yet, whose making gives weights their first numbers.
    pub fn array(&self) -> Result<Array> {
        self.0.array.borrow().clone().ok_or(Error::Unknown("a weight without numbers"))
    }

    /// Gives it other elements, cast to its dtype.
    ///
    /// # Errors
    /// [`Error::Data`] where the shape is another.
    pub fn assign(&self, array: &Array) -> Result<()> {
        let shape = ops::numeric::shape_of(array);
        if !shape.compatible(&self.0.spec.shape) {
            let (name, own, given) = (self.name(), self.0.spec.shape.tuple(), shape.tuple());
            return Err(Error::Data(format!("{name} has the shape {own}, not {given}")));
        }
        let array = match self.0.spec.dtype {
            Some(dtype) => array.cast(dtype)?,
            None => array.clone(),
        };
        self.store(array);
        Ok(())
    }

    /// Gives it elements of its own shape and dtype.
    pub(crate) fn store(&self, array: Array) {
        self.0.array.replace(Some(array));
    }

    /// Lets go of its elements until it gets others.
    pub(crate) fn release(&self) {
        self.0.array.replace(None);
    }

    /// Tells whether it has elements.
    pub(crate) fn has_numbers(&self) -> bool {
        self.0.array.borrow().is_some()
    }

    /// Returns what tells it from other variables.
    pub(crate) fn id(&self) -> u32 {
        self.0.id
    }

    /// Gives it the numbers that its initializer makes.
    ///
    /// # Errors
    /// What Keras raises for an initializer that it does not know; [`Error::Unknown`] for one that is not modelled.
    pub(crate) fn initialise(&self, random: &mut Random) -> Result<()> {
        let unknown = Error::Unknown("the first numbers of a weight");
        let spec = &self.0.spec;
        let (Some(sizes), Some(dtype)) = (sizes(spec), spec.dtype) else { return Err(unknown) };
        let begins = self.0.begins.borrow();
        let made;
        let path = match &self.0.initializer {
            _ if begins.is_some() => {
                made = format!("keras.initializers.{}", begins.as_ref().map_or("", Configured::class));
                &made
            }
            Arg::Str(name) => match keras::initializers::INITIALIZERS.find(Keras::Three, name)? {
                Named::Class(path) | Named::Function(path) => path,
                Named::Itself => return Err(unknown),
            },
            arg if arg.is_none() && dtype.is_floating() => "keras.initializers.GlorotUniform",
            arg if arg.is_none() => "keras.initializers.Zeros",
            _ => return Err(unknown),
        };
        let none = Bound { keras: Keras::Three, class: "", args: &[] };
        let settings = begins.as_ref().map_or(none, Configured::bound);
        let array = keras::initial::initial(path, &settings, &sizes, dtype, random).ok_or(unknown)?;
        self.store(match &self.0.ones {
            Some(places) => keras::initial::with_ones(&array, places).unwrap_or(array),
            None => array,
        });
        Ok(())
    }
}

/// The sizes of a spec that is known whole.
pub(crate) fn sizes(spec: &TensorSpec) -> Option<Vec<usize>> {
    spec.shape.all_known()?.into_iter().map(|n| usize::try_from(n).ok()).collect()
}
