//! Modules of the script's own project, which it imports.
//!
//! Their texts come from [`Sources`], which a front end gives: nothing here knows files. A module is carried out
//! once, when it is first imported, as Python does.

use std::cell::OnceCell;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use python::{Library, Module};

use crate::call::changed_in_functions;
use crate::heap::{Names, ObjId, Object, ScopeObject};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Plain, Value};

/// Why nothing is known of a module that is there.
const NOT_READ: &str = "a module of the project that is not read, since so many are";

/// Where the modules of a script's project are found.
pub trait Sources: Sync + Debug {
    /// Returns the module of a dotted name: for `shop.model` what is in `shop/model.py` or `shop/model/__init__.py`.
    fn find(&self, name: &str) -> Search;

    /// Returns the package that the script itself lies in, from which its relative imports start.
    fn package(&self) -> Option<&str>;

    /// Returns where the modules are parsed; one library for all scripts of a run spares parsing them anew for each.
    fn library(&self) -> Arc<Library> {
        Arc::default()
    }
}

/// What became of the search for a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// It is there.
    Found(Found),
    /// The project has no such module.
    Nowhere,
    /// It is there but is not read, since so many are read already.
    Unread,
}

/// A module of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file as it is to be shown.
    pub path: String,
    /// Its text; of a folder without an `__init__.py` nothing.
    pub text: Arc<str>,
    /// Whether it is a package, which has modules of its own.
    pub package: bool,
    /// Whether Python may find an installed library by that name instead, which has names of its own: what lies
    /// above the script's folder is on Python's path only where it is installed, and a folder without an
    /// `__init__.py` gives way to any library.
    pub shadowed: bool,
}

/// The sources of a script that stands alone.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Sources for Alone {
    fn find(&self, _name: &str) -> Search {
        Search::Nowhere
    }

    fn package(&self) -> Option<&str> {
        None
    }
}

/// The modules of the project so far.
#[derive(Debug)]
pub(crate) struct Project<'a> {
    sources: &'a dyn Sources,
    loaded: Vec<Loaded<'a>>,
    /// Whether something that is imported is not read, so that what it imports is not known.
    unread: bool,
}

/// What an import of one module comes to.
enum Import {
    /// Its names.
    Module(ObjId),
    Nowhere,
    /// Nothing is known of it.
    Unread,
}

/// A module that was imported, or whose import is under way.
#[derive(Debug)]
struct Loaded<'a> {
    name: Rc<str>,
    path: Rc<str>,
    module: &'a Module,
    /// The names of the containers that its functions change, once they were asked for.
    registries: OnceCell<Rc<[Rc<str>]>>,
    scope: ObjId,
    /// Whether it has not come to its end yet: something that it imports imports it.
    partial: bool,
    /// Whether it may have names that no statement of it binds.
    open: bool,
}

impl<'a> Loaded<'a> {
    /// A module whose import begins; `open` says that it may have names that no statement of it binds.
    fn begun(name: Rc<str>, path: Rc<str>, module: &'a Module, scope: ObjId, open: bool) -> Loaded<'a> {
        Loaded { name, path, module, registries: OnceCell::new(), scope, partial: true, open }
    }

    fn registries(&self) -> Rc<[Rc<str>]> {
        Rc::clone(self.registries.get_or_init(|| changed_in_functions(self.module)))
    }
}

impl<'a> Project<'a> {
    pub(crate) fn new(sources: &'a dyn Sources) -> Project<'a> {
        Project { sources, loaded: Vec::new(), unread: false }
    }

    /// Returns the names of each module.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = ObjId> {
        self.loaded.iter().map(|module| module.scope)
    }

    pub(crate) fn package(&self) -> Option<&'a str> {
        self.sources.package()
    }
}

impl<'a> Interp<'a> {
    /// Imports `a.b.c` with the packages around it; nothing if `a` is no module of the project.
    ///
    /// # Errors
    /// What a module raises while it is carried out.
    pub(crate) fn import_of_project(&mut self, name: &str) -> Eval<Option<Value>> {
        let mut found = None;
        for end in name.match_indices('.').map(|(at, _)| at).chain([name.len()]) {
            let prefix = &name[..end];
            found = match self.load(prefix)? {
                Import::Module(scope) => Some(Value::Script(scope)),
                Import::Unread => return Ok(Some(self.unknown(NOT_READ))),
                Import::Nowhere if found.is_none() => return Ok(None),
                // It may be there all the same: as a library, or made by a build.
                Import::Nowhere => {
                    return Ok(Some(
                        self.unknown(format!("the module `{prefix}` is not found in the project")),
                    ));
                }
            };
        }
        Ok(found)
    }

    /// The absolute name of a relative import; nothing where the package is not known.
    ///
    /// # Errors
    /// `ImportError` beyond the outermost package.
    pub(crate) fn absolute_name(&mut self, level: u32, name: &str) -> Eval<Option<String>> {
        let scope = self.frames.last().map_or(self.globals, |frame| frame.scope);
        let globals = self.globals_of(scope);
        let package = self.heap.scope(globals).and_then(|scope| scope.names.get("__package__"));
        let Some(Value::Str(package)) = package.cloned().filter(|p| p.as_str() != Some("")) else {
            return Ok(None);
        };
        let mut package: &str = &package;
        for _ in 1..level {
            package = match package.rsplit_once('.') {
                Some((outer, _)) => outer,
                None => {
                    return Err(
                        self.raise_named("ImportError", "attempted relative import beyond top-level package")
                    );
                }
            };
        }
        Ok(Some(if name.is_empty() { package.to_owned() } else { format!("{package}.{name}") }))
    }

    /// Makes the script the package that it is, `shop/__init__.py`: that is imported, and nobody carries it out by
    /// itself. What it imports finds it under way instead of carrying it out again. Tells whether the package around
    /// it, which Python imports first, has imported it already.
    ///
    /// # Errors
    /// What the package around it raises.
    pub(crate) fn be_package(&mut self) -> Eval<bool> {
        let program = self.program;
        let Some(file) = program.files().next().filter(|file| file.path().ends_with("__init__.py")) else {
            return Ok(false);
        };
        let Some(package) = self.project.package() else { return Ok(false) };
        if let Some((around, _)) = package.rsplit_once('.') {
            self.import_of_project(around)?;
        }
        if self.project.loaded.iter().any(|module| &*module.name == package) {
            return Ok(true);
        }
        let module = program.script();
        if let Some(scope) = self.heap.scope_mut(self.globals) {
            scope.names.extend(own_names(package, true, module.docstring()));
        }
        let open = makes_names(module.source());
        let loaded = Loaded::begun(package.into(), file.path().into(), module, self.globals, open);
        self.project.loaded.push(loaded);
        Ok(false)
    }

    /// Imports one module, which is carried out if it is new.
    fn load(&mut self, name: &str) -> Eval<Import> {
        if let Some(module) = self.project.loaded.iter().find(|module| &*module.name == name) {
            return Ok(Import::Module(module.scope));
        }
        let program = self.program;
        let found = match self.project.sources.find(name) {
            Search::Found(found) => found,
            Search::Nowhere => return Ok(Import::Nowhere),
            Search::Unread => return Ok(self.import_unread()),
        };
        let Some(module) = program.import(&found.path, &found.text) else {
            return Ok(self.import_unread());
        };
        self.spend(found.text.len() / 100)?;
        if let Some(error) = module.errors().first() {
            let file = found.path.rsplit(['/', '\\']).next().unwrap_or(&found.path);
            let text = format!("{} ({file}, line {})", error.message, error.line);
            return Err(self.raise_named(error.exception.unwrap_or("RecursionError"), text));
        }
        let scope = self.heap.add(Object::Scope(ScopeObject {
            names: own_names(name, found.package, module.docstring()),
            ..ScopeObject::default()
        }));
        let open = found.shadowed || makes_names(&found.text);
        let (path, name): (Rc<str>, Rc<str>) = (found.path.into(), name.into());
        self.project.loaded.push(Loaded::begun(name.clone(), path, module, scope, open));
        let ended = self.carry_out_module(module, scope);
        match ended {
            Ok(()) => {
                if let Some(loaded) = self.project.loaded.iter_mut().find(|module| module.name == name) {
                    loaded.partial = false;
                }
            }
            Err(halt) => {
                self.project.loaded.retain(|module| module.name != name);
                return Err(halt);
            }
        }
        if self.project.unread
            && let Some(loaded) = self.project.loaded.iter().find(|module| module.scope == scope)
        {
            self.lose_registries(&loaded.registries(), scope);
        }
        // A package has the modules that were imported from it as attributes.
        if let Some((parent, own)) = name.rsplit_once('.')
            && let Some(parent) = self.project.loaded.iter().find(|module| &*module.name == parent)
            && let Some(names) = self.heap.scope_mut(parent.scope)
        {
            names.names.insert(own.into(), Value::Script(scope));
        }
        Ok(Import::Module(scope))
    }

    /// A module that is not read may put into the registries of others what it defines: `@register(Normal)`.
    fn import_unread(&mut self) -> Import {
        self.project.unread = true;
        let loaded: Vec<_> =
            self.project.loaded.iter().map(|loaded| (loaded.registries(), loaded.scope)).collect();
        for (registries, scope) in loaded {
            self.lose_registries(&registries, scope);
        }
        Import::Unread
    }

    /// What a module does happens once, also where the import stands in a branch that may not be taken.
    fn carry_out_module(&mut self, module: &'a Module, scope: ObjId) -> Eval<()> {
        if self.frames.len() >= self.options.depth {
            return Err(self.raise_named("RecursionError", "maximum recursion depth exceeded"));
        }
        self.stated.add(module);
        let depth = self.frames.len();
        let branches = self.heap.suspend();
        self.push_frame("<module>".into(), scope, Some(module), true);
        let ended = self.exec_block(module.body());
        self.frames.truncate(depth);
        self.heap.resume(branches);
        ended.map(|_| ())
    }

    /// A name of a module of the project; nothing where it certainly has none such.
    pub(crate) fn script_attr(&mut self, scope: ObjId, name: &str) -> Eval<Option<Value>> {
        if let Some(value) = self.bound_in_module(scope, name) {
            return Ok(Some(value));
        }
        let Some(module) = self.project.loaded.iter().find(|module| module.scope == scope) else {
            return Ok(None);
        };
        if name == "__dict__" {
            return Ok(Some(if module.open {
                self.lost_dict("the names of a module that not all is known of")
            } else {
                self.scope_dict(scope)
            }));
        }
        if module.open || name.starts_with("__") {
            return Ok(Some(self.unknown(format!("`{name}`, which a module makes while it runs"))));
        }
        // A module in it that something imports is an attribute too.
        let within = format!("{}.{name}", module.name);
        let may_be_imported = self.project.unread && self.project.sources.find(&within) != Search::Nowhere;
        Ok(may_be_imported.then(|| self.unknown(NOT_READ)))
    }

    /// What the statements of a module bind to a name.
    fn bound_in_module(&mut self, scope: ObjId, name: &str) -> Option<Value> {
        let bound = self.heap.scope(scope).and_then(|s| s.names.get(name)).cloned();
        bound.or_else(|| self.starred_name_of(scope, name))
    }

    /// Reads `from package import name`, where the name may be that of a module.
    ///
    /// # Errors
    /// `ImportError` for a name that the module lacks, and what a module raises.
    pub(crate) fn script_member(&mut self, scope: ObjId, name: &str) -> Eval {
        if let Some(value) = self.bound_in_module(scope, name) {
            return Ok(value);
        }
        let Some(module) = self.project.loaded.iter().find(|module| module.scope == scope) else {
            return Ok(self.unknown("a module of the project"));
        };
        let (module_name, path, partial) = (module.name.clone(), module.path.clone(), module.partial);
        match self.load(&format!("{module_name}.{name}"))? {
            Import::Module(found) => return Ok(Value::Script(found)),
            Import::Unread => return Ok(self.unknown(NOT_READ)),
            Import::Nowhere => {}
        }
        if let Some(value) = self.script_attr(scope, name)? {
            return Ok(value);
        }
        let core = if partial {
            format!(
                "cannot import name '{name}' from partially initialized module '{module_name}' (most likely due to a \
                 circular import) ({path})"
            )
        } else {
            format!("cannot import name '{name}' from '{module_name}' ({path})")
        };
        let mistake = ops::Mistake::MissingName { name: name.to_owned() };
        let violation = ops::Violation { class: ops::Exc::ImportError, core, mistake };
        Err(self.raise_violation(violation, module_name, Vec::new()))
    }
}

/// Tells whether a module may have names that no statement of it binds.
fn makes_names(text: &str) -> bool {
    ["globals()", "exec(", "sys.modules", "__getattr__", "__path__"].iter().any(|word| text.contains(word))
}

/// The names that every module has.
fn own_names(name: &str, package: bool, doc: Option<&str>) -> Names {
    let mut names = Names::default();
    let within = if package { name } else { name.rsplit_once('.').map_or("", |(package, _)| package) };
    names.insert("__name__".into(), Value::str(name));
    names.insert("__package__".into(), Value::str(within));
    names.insert("__file__".into(), Value::Any(Plain::Str));
    names.insert("__doc__".into(), doc.map_or(Value::None, Value::str));
    if package {
        names.insert("__path__".into(), Value::unknown("the folders of a package"));
    }
    names
}
