//! Modules: their canonical paths, members and imports.

use std::rc::Rc;

use names::{Existence, Kind};
use ops::Keras;

use crate::class::ClassId;
use crate::interp::Interp;
use crate::libraries::gone;
use crate::raise::{Eval, Halt};
use crate::value::{Value, profile};

/// Keras as a member of TensorFlow, which loads it when it is asked for.
const TF_KERAS: &str = "tf.keras";

/// The root under which a module's names are recorded, and the rest of its path.
fn canonical(keras: Keras, module: &str) -> Option<String> {
    let (root, rest) = module.split_once('.').map_or((module, None), |(a, b)| (a, Some(b)));
    let root = match root {
        "tensorflow" => "tf",
        "numpy" => "np",
        "tf_keras" if keras == Keras::Two => "keras",
        "keras" => "keras",
        _ => return None,
    };
    Some(rest.map_or_else(|| root.to_owned(), |rest| format!("{root}.{rest}")))
}

/// Tells whether a dotted name as Python writes it, `numpy.fft`, is a framework's.
pub(crate) fn names_framework(keras: Keras, module: &str) -> bool {
    canonical(keras, module).is_some()
}

impl Interp<'_> {
    /// The module's own `__name__`, as AttributeErrors print it.
    pub(crate) fn module_name(&self, path: &str) -> String {
        names::module_name(profile(self.keras), path)
            .map_or_else(|| path.to_owned(), std::borrow::Cow::into_owned)
    }

    /// Imports a module by its dotted name.
    ///
    /// # Errors
    /// `ModuleNotFoundError` for a framework's module that does not exist.
    pub fn import_module(&mut self, name: &str) -> Eval {
        let Some(path) = canonical(self.keras, name) else {
            if let Some(gone) = gone::module(name) {
                return Err(self.no_module(name, format!("No module named '{gone}'")));
            }
            if let Some(module) = crate::libraries::module(name) {
                return Ok(module);
            }
            if let Some(module) = self.import_of_project(name)? {
                return Ok(module);
            }
            return Ok(self.unknown(format!("the module `{name}` is not modelled")));
        };
        if path.split('.').next() == Some("keras") || path == TF_KERAS || path.starts_with("tf.keras.") {
            self.load_keras()?;
        }
        if !path.contains('.') {
            return Ok(Value::Module(path.into()));
        }
        match names::exists(profile(self.keras), &path) {
            Existence::Exists(entry) if entry.kind == Kind::Module => Ok(Value::Module(path.into())),
            Existence::ImportOnly | Existence::NotRecorded => {
                self.imports_hidden = true;
                if crate::libraries::has_models_within(&path) {
                    return Ok(Value::Module(path.into()));
                }
                Ok(self.unknown(format!("the module `{name}` is not recorded")))
            }
            // `from tensorflow.keras.models.Model import …` names a class as a module.
            Existence::Exists(_) | Existence::Missing => {
                let parent = name.rsplit_once('.').map_or(name, |(parent, _)| parent);
                let module = matches!(
                    canonical(self.keras, parent).map(|p| names::exists(profile(self.keras), &p)),
                    Some(Existence::Exists(e)) if e.kind != Kind::Module
                );
                let core = if module {
                    format!("No module named '{name}'; '{parent}' is not a package")
                } else {
                    format!("No module named '{}'", self.first_missing(name))
                };
                Err(self.no_module(name, core))
            }
        }
    }

    fn no_module(&mut self, name: &str, core: String) -> Halt {
        let mistake = ops::Mistake::MissingName { name: name.to_owned() };
        let class = self.builtin_class("ModuleNotFoundError");
        let details = crate::raise::Details { mistake, callee: name.into(), operands: Vec::new() };
        Halt::Exception(self.new_exception(class, core.into(), Some(Rc::new(details))))
    }

    /// The shortest prefix of a dotted name that is no module, which Python's message names.
    fn first_missing<'n>(&self, name: &'n str) -> &'n str {
        let ends = name.match_indices('.').map(|(i, _)| i).chain([name.len()]);
        for end in ends {
            let prefix = &name[..end];
            let Some(path) = canonical(self.keras, prefix) else { return prefix };
            if path.contains('.') && matches!(names::exists(profile(self.keras), &path), Existence::Missing) {
                return prefix;
            }
        }
        name
    }

    /// Reads `from module import name`.
    ///
    /// # Errors
    /// `ImportError` for a name that the module lacks.
    pub(crate) fn import_member(&mut self, module: &Value, module_name: &str, name: &str) -> Eval {
        if let Value::Script(scope) = module {
            return self.script_member(*scope, name);
        }
        if gone::name(module_name, name) {
            return Err(self.no_name(module_name, module_name, name));
        }
        if let Some(value) = self.find_attr(module, name)? {
            return Ok(value);
        }
        if let Value::Module(path) = module {
            let full = format!("{module_name}.{name}");
            if canonical(self.keras, &full).is_none() && crate::libraries::module(&full).is_some() {
                return self.import_module(&full);
            }
            let shown = self.module_name(path);
            return Err(self.no_name(path, &shown, name));
        }
        Ok(self.unknown(format!("`{name}` of a module that is not known")))
    }

    /// API modules are packages; the message names the package's file.
    fn no_name(&mut self, path: &str, shown: &str, name: &str) -> Halt {
        let file = shown.replace('.', "/");
        let core = format!("cannot import name '{name}' from '{shown}' ({file}/__init__.py)");
        let mistake = ops::Mistake::MissingName { name: name.to_owned() };
        let violation = ops::Violation { class: ops::Exc::ImportError, core, mistake };
        self.raise_violation(violation, path.into(), Vec::new())
    }

    /// Reads a module's member; nothing where there is none.
    pub(crate) fn module_attr(&mut self, path: &str, name: &str) -> Eval<Option<Value>> {
        let full = format!("{path}.{name}");
        if let Some(known) = self.members.get(&*full) {
            return Ok(Some(known.clone()));
        }
        if let Some(words) = gone::refusal(path, name) {
            return Err(self.raise(ops::Exc::ImportError, words));
        }
        if canonical_root(path).is_none() {
            return Ok(crate::libraries::member(self, path, name));
        }
        let member = self.recorded_member(path, name, &full)?;
        if let Some(value @ (Value::Module(_) | Value::Class(_) | Value::Api(_) | Value::DType(..))) = &member
        {
            self.members.insert(full.into(), value.clone());
        }
        Ok(member)
    }

    /// Looks a framework's module's member up in the recorded surface.
    fn recorded_member(&mut self, path: &str, name: &str, full: &str) -> Eval<Option<Value>> {
        if full == TF_KERAS {
            self.load_keras()?;
        }
        if full == "keras.__internal__" {
            return Ok(Some(Value::Module(full.into())));
        }
        if path.ends_with(".__internal__") {
            let function = crate::native::find_function(full).map(Value::Native);
            return Ok(Some(function.unwrap_or_else(|| Value::unknown("what is internal is not modelled"))));
        }
        if let Some(value) = self.framework_constant(full) {
            return Ok(Some(value));
        }
        let existence = names::exists(profile(self.keras), full);
        // Keras 3's `tf.keras` has a `saving` that it does not show.
        let hidden = path == TF_KERAS && self.keras == Keras::Three && !self.imports_hidden;
        if hidden && (matches!(existence, Existence::ImportOnly) || name == "__internal__") {
            return Ok(None);
        }
        if path == TF_KERAS && self.keras == Keras::Two && name == "__version__" {
            return Ok(None);
        }
        Ok(match existence {
            Existence::Exists(entry) => Some(match entry.kind {
                Kind::Module => Value::Module(full.into()),
                Kind::Class => match (self.class_value_dtype(full), self.modelled_class(full)?) {
                    (Some(dtype), _) => Value::DType(dtype, crate::value::DTypeObject::Scalar),
                    (None, Some(class)) => class,
                    (None, None) => Value::Class(self.api_class(full, entry.definition)),
                },
                Kind::Constant | Kind::Property | Kind::Attribute => {
                    self.recorded_constant(full, entry.signature)
                }
                Kind::Function | Kind::Method | Kind::ClassMethod | Kind::StaticMethod => {
                    Value::Api(full.into())
                }
            }),
            Existence::Missing if name.starts_with("__") => match name {
                "__version__" => Some(self.version(path)),
                "__name__" => Some(Value::Str(self.module_name(path).into())),
                _ => Some(Value::unknown("a module's own machinery")),
            },
            Existence::Missing => None,
            Existence::ImportOnly | Existence::NotRecorded => Some(match self.modelled(full)? {
                Some(model) => model,
                None if crate::libraries::has_models_within(full) => Value::Module(full.into()),
                None => self.unknown(format!("`{full}` is not recorded")),
            }),
        })
    }

    fn version(&self, path: &str) -> Value {
        Value::str(match (path, self.keras) {
            ("tf", _) => "2.21.0",
            ("np", _) => "2.4.6",
            (_, Keras::Two) => "2.21.0",
            (_, Keras::Three) => "3.15.1",
        })
    }

    /// Returns the class of a framework's public path, made at first use; aliases are one class.
    pub fn api_class(&mut self, path: &str, definition: &'static str) -> ClassId {
        if let Some(id) = self.class_paths.get(definition) {
            return *id;
        }
        let name = definition.rsplit([':', '.']).next().unwrap_or(path);
        if let Some(id) = self.framework_exception(name, definition) {
            return id;
        }
        let profile = profile(self.keras);
        let native = crate::native::class_of_definition(profile, definition);
        let bases: Vec<&'static str> =
            names::lookup(profile, definition).map(|e| e.bases().collect()).unwrap_or_default();
        // A base class has its public path as well, by which its signature and members are found.
        let public = |base| names::keras_class(profile, base).unwrap_or(base);
        let mut parents: Vec<ClassId> =
            bases.into_iter().map(|base| self.api_class(public(base), base)).collect();
        if parents.is_empty() {
            parents.push(self.builtin_class("object"));
        }
        let path: Rc<str> = native.map_or(path, |n| n.path).into();
        let id = self.add_class(name.into(), &parents, native, Some(path.clone()));
        self.class_paths.insert(definition.into(), id);
        self.class_paths.entry(path).or_insert(id);
        id
    }

    /// TensorFlow's errors are made under their bare names, as the ops raise them.
    fn framework_exception(&mut self, name: &str, definition: &'static str) -> Option<ClassId> {
        let known = crate::class::is_framework_exception(name) && definition.contains("err");
        known.then(|| {
            let id = self.builtin_class(name);
            self.class_paths.insert(definition.into(), id);
            id
        })
    }

    /// Returns the class of a native class's canonical path: `keras.layers.Layer`.
    pub fn native_class(&mut self, path: &str) -> ClassId {
        if let Some(id) = self.class_paths.get(path) {
            return *id;
        }
        if let Some(name) = path.strip_prefix("builtins.") {
            return self.builtin_class(name);
        }
        if let Some(entry) = names::lookup(profile(self.keras), path).filter(|e| e.kind == Kind::Class) {
            return self.api_class(path, entry.definition);
        }
        let mut parents: Vec<ClassId> =
            crate::libraries::bases(path).iter().map(|base| self.native_class(base)).collect();
        if parents.is_empty() {
            parents.push(self.builtin_class("object"));
        }
        let name = path.rsplit('.').next().unwrap_or(path);
        let id = self.add_class(name.into(), &parents, crate::native::find_class(path), Some(path.into()));
        self.class_paths.insert(path.into(), id);
        id
    }
}

/// Tells whether a canonical path is that of a framework or of something in it.
pub(crate) fn is_framework(path: &str) -> bool {
    canonical_root(path).is_some()
}

fn canonical_root(path: &str) -> Option<&str> {
    let root = path.split('.').next()?;
    matches!(root, "tf" | "np" | "keras").then_some(root)
}
