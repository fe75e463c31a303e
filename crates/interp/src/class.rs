//! Classes: the script's own, Python's, and the frameworks'.

use std::rc::Rc;

use crate::heap::{ObjId, Object, ScopeObject};
use crate::interp::Interp;
use crate::native::NativeClass;
use crate::value::Value;

/// Names a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId(pub u32);

/// A class.
#[derive(Clone, Debug)]
pub struct Class {
    /// `__name__`.
    pub name: Rc<str>,
    /// The canonical public path of a framework's or Python's class: `keras.layers.Dense`, `builtins.ValueError`.
    pub path: Option<Rc<str>>,
    /// The method resolution order, from the class itself to its farthest base.
    pub mro: Rc<[ClassId]>,
    /// The attributes, a scope on the heap.
    pub dict: ObjId,
    /// The native part, where there is a model.
    pub native: Option<&'static NativeClass>,
    /// A base is unknown, so attributes that are not found may exist.
    pub open: bool,
    /// The class's own class, where the script defines that.
    pub meta: Option<ClassId>,
}

/// Python's exceptions and their bases.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("BaseException", "object"),
    ("Exception", "BaseException"),
    ("SystemExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("ArithmeticError", "Exception"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("LookupError", "Exception"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("OSError", "Exception"),
    ("BlockingIOError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ChildProcessError", "OSError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("InterruptedError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("StopIteration", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("SyntaxError", "Exception"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("Warning", "Exception"),
    ("OverflowError", "ArithmeticError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("FloatingPointError", "ArithmeticError"),
    ("ModuleNotFoundError", "ImportError"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("UnboundLocalError", "NameError"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("PermissionError", "OSError"),
    ("ConnectionError", "OSError"),
    ("TimeoutError", "OSError"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("DeprecationWarning", "Warning"),
    ("FutureWarning", "Warning"),
    ("UserWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"),
    ("ResourceWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("UnicodeWarning", "Warning"),
    ("BytesWarning", "Warning"),
    // The frameworks' own; under their bare names, since reports print those.
    ("OpError", "Exception"),
    ("InvalidArgumentError", "OpError"),
    ("UnimplementedError", "OpError"),
    ("NotFoundError", "OpError"),
    ("FailedPreconditionError", "OpError"),
    ("InternalError", "OpError"),
    ("OutOfRangeError", "OpError"),
    ("ResourceExhaustedError", "OpError"),
    ("UnknownError", "OpError"),
    ("OperatorNotAllowedInGraphError", "TypeError"),
    ("StagingError", "Exception"),
    ("AxisError", "ValueError"),
    ("LinAlgError", "ValueError"),
    ("UFuncTypeError", "TypeError"),
];

/// Returns the base of an exception class that Python or a framework defines.
fn exception_base(name: &str) -> Option<&'static str> {
    EXCEPTIONS.iter().find(|(n, _)| *n == name).map(|(_, base)| *base)
}

/// Tells whether a name is an exception of TensorFlow's or NumPy's that is made under its bare name.
pub fn is_framework_exception(name: &str) -> bool {
    exception_base(name).is_some() && !is_builtin_exception(name)
}

/// Tells whether Python has a built-in exception of this name.
pub fn is_builtin_exception(name: &str) -> bool {
    exception_base(name).is_some()
        && !matches!(
            name,
            "OpError"
                | "AxisError"
                | "LinAlgError"
                | "UFuncTypeError"
                | "OperatorNotAllowedInGraphError"
                | "StagingError"
        )
        && !matches!(exception_base(name), Some("OpError"))
}

impl Interp<'_> {
    /// Returns a class of Python's or an exception of the frameworks', made at first use.
    pub fn builtin_class(&mut self, name: &str) -> ClassId {
        let path: Rc<str> = format!("builtins.{name}").into();
        if let Some(id) = self.class_paths.get(&path) {
            return *id;
        }
        let bases = match name {
            "object" => Vec::new(),
            // NumPy's error is both.
            "AxisError" => vec![self.builtin_class("ValueError"), self.builtin_class("IndexError")],
            "bool" => vec![self.builtin_class("int")],
            _ => vec![self.builtin_class(exception_base(name).unwrap_or("object"))],
        };
        let native = crate::native::find_class(&path);
        let id = self.add_class(name.into(), &bases, native, Some(path.clone()));
        self.class_paths.insert(path, id);
        id
    }

    /// Adds a class and returns its id.
    pub fn add_class(
        &mut self,
        name: Rc<str>,
        bases: &[ClassId],
        native: Option<&'static NativeClass>,
        path: Option<Rc<str>>,
    ) -> ClassId {
        let id = ClassId(u32::try_from(self.classes.len()).unwrap_or(u32::MAX));
        let dict = self.heap.add(Object::Scope(ScopeObject::default()));
        let open = bases.iter().any(|b| self.class(*b).open);
        let mro = self.linearise(id, bases);
        let meta = bases.iter().find_map(|base| self.class(*base).meta);
        self.classes.push(Class { name, path, mro, dict, native, open, meta });
        id
    }

    /// Returns a class.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }

    /// Lets instances of a class have attributes that are not known.
    pub(crate) fn open_class(&mut self, id: ClassId) {
        if let Some(class) = self.classes.get_mut(id.0 as usize) {
            class.open = true;
        }
    }

    /// The same of a class of the script's, and of those that derive from it.
    pub(crate) fn open_own_class(&mut self, id: ClassId) {
        if self.class(id).path.is_some() {
            return;
        }
        for class in &mut self.classes {
            class.open |= class.mro.contains(&id);
        }
    }

    /// The public path of a class, or of the nearest of its bases that is no class of the script's.
    pub(crate) fn framework_path(&self, id: ClassId) -> Option<Rc<str>> {
        self.class(id).mro.iter().find_map(|class| self.class(*class).path.clone())
    }

    /// Orders a class and its bases: C3 where it works out, else depth first.
    fn linearise(&self, id: ClassId, bases: &[ClassId]) -> Rc<[ClassId]> {
        let mut lists: Vec<Vec<ClassId>> = bases.iter().map(|b| self.class(*b).mro.to_vec()).collect();
        lists.push(bases.to_vec());
        let mut mro = vec![id];
        loop {
            lists.retain(|l| !l.is_empty());
            let Some(first) = lists.first() else { return mro.into() };
            let head = lists
                .iter()
                .map(|l| l[0])
                .find(|h| lists.iter().all(|l| !l[1..].contains(h)))
                .unwrap_or(first[0]);
            mro.push(head);
            for list in &mut lists {
                list.retain(|c| *c != head);
            }
        }
    }

    /// Tells whether one class is another or derives from it.
    pub fn is_subclass(&self, class: ClassId, base: ClassId) -> bool {
        self.class(class).mro.contains(&base)
    }

    /// Tells whether a class is, or derives from, the class with this canonical path.
    pub fn derives_from(&self, class: ClassId, path: &str) -> bool {
        self.class_paths.get(path).is_some_and(|base| self.is_subclass(class, *base))
    }

    /// Finds a class attribute along the resolution order, and the class that has it.
    pub fn class_attr(&self, class: ClassId, name: &str) -> Option<(Value, ClassId)> {
        self.class_attr_in(&self.class(class).mro, name)
    }

    /// Finds an attribute in a part of a resolution order, as `super()` does.
    pub fn class_attr_in(&self, mro: &[ClassId], name: &str) -> Option<(Value, ClassId)> {
        mro.iter().find_map(|&id| {
            let class = self.class(id);
            let own = self.heap.scope(class.dict).and_then(|s| s.names.get(name)).cloned();
            own.or_else(|| class.native.and_then(|n| n.attr(name))).map(|v| (v, id))
        })
    }
}
