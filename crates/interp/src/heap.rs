//! Mutable objects, and the journal that lets a branch be undone.

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::class::ClassId;
use crate::native::NativeState;
use crate::value::Value;

/// Names an object on the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjId(pub u32);

/// Names in order of their first assignment, as in Python.
pub type Names = IndexMap<Rc<str>, Value, FxBuildHasher>;

/// A hashable Python value as a dict's key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `None`.
    None,
    /// An int, bool or integral float: Python holds them equal.
    Int(i64),
    /// A float, by its bits.
    Float(u64),
    /// A string.
    Str(Rc<str>),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// A tuple.
    Tuple(Rc<[Key]>),
    /// An object by identity: kind and id.
    Object(&'static str, u64),
}

/// A dict's items in order, each with the key as it was first given.
pub type Items = IndexMap<Key, (Value, Value), FxBuildHasher>;

/// An object on the heap.
#[derive(Clone, Debug)]
pub enum Object {
    /// A list; `open` when it may hold more than the items (appended to in an unknown branch).
    List(Vec<Value>),
    /// A dict.
    Dict(Items),
    /// A set.
    Set(IndexMap<Key, Value, FxBuildHasher>),
    /// The names of a module, function call or class body.
    Scope(ScopeObject),
    /// An instance.
    Instance(Instance),
    /// An iterator: what is left, and what comes after that.
    Iterator(IteratorState),
    /// A list of the items of an array whose length is not known.
    Items(graph::NodeId),
    /// A list, dict or set of which the contents are no longer known.
    Lost(&'static str),
}

/// Names and the scope around them.
#[derive(Clone, Debug, Default)]
pub struct ScopeObject {
    /// The names.
    pub names: Names,
    /// The enclosing scope, where free names are looked up.
    pub parent: Option<ObjId>,
    /// Names declared `global` or `nonlocal`, and the scope they mean.
    pub elsewhere: FxHashMap<Rc<str>, ObjId>,
}

/// An instance: its class, attributes and native part.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The class.
    pub class: ClassId,
    /// The attributes.
    pub attrs: Names,
    /// What native classes keep: a layer's state, an exception's arguments.
    pub native: NativeState,
}

/// An iterator.
#[derive(Clone, Debug, Default)]
pub struct IteratorState {
    /// The items that are left, the next one last.
    pub rest: Vec<Value>,
    /// What comes when they are used up: nothing, or values like this one, nobody knows how many.
    pub then: Option<Value>,
    /// Where further items come from once `rest` is used up.
    pub source: Option<Box<crate::lazy::Source>>,
}

/// The heap.
#[derive(Debug, Default)]
pub struct Heap {
    objects: Vec<Object>,
    /// Containers that stand for one of several, nobody knows which, and those that they may be.
    stands_for: FxHashMap<ObjId, Rc<[ObjId]>>,
    journals: Vec<Journal>,
}

/// How things were before a branch.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    /// The number of objects when it was opened.
    objects: usize,
    before: Changes,
}

/// The objects that a branch changed, as they were at its end.
pub type Changes = FxHashMap<ObjId, Object>;

impl Heap {
    /// Adds an object.
    pub fn add(&mut self, object: Object) -> ObjId {
        let id = ObjId(u32::try_from(self.objects.len()).unwrap_or(u32::MAX));
        self.objects.push(object);
        id
    }

    /// Returns the number of objects.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Returns an object.
    pub fn get(&self, id: ObjId) -> &Object {
        &self.objects[id.0 as usize]
    }

    /// Says that a container is one of several, nobody knows which: once it changes, none of them is known.
    pub(crate) fn stand_for(&mut self, id: ObjId, candidates: Rc<[ObjId]>) {
        self.stands_for.insert(id, candidates);
    }

    /// Returns an object to change; an open branch remembers how it was.
    pub fn get_mut(&mut self, id: ObjId) -> &mut Object {
        self.lose_candidates(id);
        let object = &mut self.objects[id.0 as usize];
        if let Some(journal) = self.journals.last_mut() {
            journal.before.entry(id).or_insert_with(|| object.clone());
        }
        object
    }

    /// Puts another object in the place of one; an open branch remembers how it was.
    pub(crate) fn put(&mut self, id: ObjId, new: Object) {
        self.lose_candidates(id);
        let old = std::mem::replace(&mut self.objects[id.0 as usize], new);
        if let Some(journal) = self.journals.last_mut() {
            journal.before.entry(id).or_insert(old);
        }
    }

    /// What one of several is changed to, nobody knows of any of them.
    fn lose_candidates(&mut self, id: ObjId) {
        if !self.stands_for.is_empty()
            && let Some(candidates) = self.stands_for.get(&id).cloned()
        {
            for candidate in candidates.iter() {
                if !matches!(self.get(*candidate), Object::Lost(_)) {
                    *self.get_mut(*candidate) =
                        Object::Lost("one of several that changed, nobody knows which");
                }
            }
        }
    }

    /// Tells whether a branch is open: what happens now may not happen.
    pub fn is_branching(&self) -> bool {
        !self.journals.is_empty()
    }

    /// How many branches are open, each within the one before it.
    pub(crate) fn branches(&self) -> usize {
        self.journals.len()
    }

    /// Takes the open branches away, so that what happens now happens for good; [`Heap::resume`] puts them back.
    pub(crate) fn suspend(&mut self) -> Vec<Journal> {
        std::mem::take(&mut self.journals)
    }

    /// Puts the open branches back.
    pub(crate) fn resume(&mut self, branches: Vec<Journal>) {
        self.journals = branches;
    }

    /// Opens a branch.
    pub fn open(&mut self) {
        self.journals.push(Journal { objects: self.objects.len(), before: Changes::default() });
    }

    /// The number of objects when the innermost branch was opened: later ones are its own.
    pub(crate) fn before_branch(&self) -> usize {
        self.journals.last().map_or(self.objects.len(), |journal| journal.objects)
    }

    /// Closes the branch, puts everything back as it was before, and returns what had changed.
    pub fn undo(&mut self) -> Changes {
        let journal = self.journals.pop().unwrap_or_default();
        journal
            .before
            .into_iter()
            .map(|(id, old)| (id, std::mem::replace(&mut self.objects[id.0 as usize], old)))
            .collect()
    }

    /// Closes the branch and keeps its changes; an outer branch remembers how things were.
    pub fn keep(&mut self) {
        let journal = self.journals.pop().unwrap_or_default();
        if let Some(outer) = self.journals.last_mut() {
            for (id, old) in journal.before {
                outer.before.entry(id).or_insert(old);
            }
        }
    }

    /// Returns a list's items.
    pub fn list(&self, id: ObjId) -> Option<&Vec<Value>> {
        match self.get(id) {
            Object::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns a list's items to change.
    pub fn list_mut(&mut self, id: ObjId) -> Option<&mut Vec<Value>> {
        match self.get_mut(id) {
            Object::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns a dict's items.
    pub fn dict(&self, id: ObjId) -> Option<&Items> {
        match self.get(id) {
            Object::Dict(items) => Some(items),
            _ => None,
        }
    }

    /// Returns a dict's items to change.
    pub fn dict_mut(&mut self, id: ObjId) -> Option<&mut Items> {
        match self.get_mut(id) {
            Object::Dict(items) => Some(items),
            _ => None,
        }
    }

    /// Returns an instance.
    pub fn instance(&self, id: ObjId) -> Option<&Instance> {
        match self.get(id) {
            Object::Instance(instance) => Some(instance),
            _ => None,
        }
    }

    /// Returns an instance to change.
    pub fn instance_mut(&mut self, id: ObjId) -> Option<&mut Instance> {
        match self.get_mut(id) {
            Object::Instance(instance) => Some(instance),
            _ => None,
        }
    }

    /// Returns a scope.
    pub fn scope(&self, id: ObjId) -> Option<&ScopeObject> {
        match self.get(id) {
            Object::Scope(scope) => Some(scope),
            _ => None,
        }
    }

    /// Returns a scope to change.
    pub fn scope_mut(&mut self, id: ObjId) -> Option<&mut ScopeObject> {
        match self.get_mut(id) {
            Object::Scope(scope) => Some(scope),
            _ => None,
        }
    }
}

impl Instance {
    /// Tells whether the instance is a layer of a class that Keras defines, whose weights are attributes.
    pub fn native_is_declared(&self) -> bool {
        matches!(&self.native, NativeState::Layer(state) if state.decl.is_some())
    }
}
