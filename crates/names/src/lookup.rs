//! From a path to what it names.

use std::borrow::Cow;

use crate::classes;
use crate::entry::{Entry, Existence, Kind, Profile};
use crate::table::{
    CLASSES, DISPATCHED, KERAS2, KERAS3, NUMPY, NUMPY_REMOVED, Row, SYMBOLS, TF, TF_KERAS3, Table,
};

/// The tables that hold a path, the first going before the second, and the path's key there.
struct Place<'a> {
    over: Option<Table>,
    base: Table,
    key: Cow<'a, str>,
}

/// The modules of TensorFlow that are really Keras; the table of TensorFlow was recorded with Keras 3.
const KERAS_IN_TF: [&str; 4] = ["initializers", "losses", "metrics", "optimizers"];

impl<'a> Place<'a> {
    fn of(profile: Profile, path: &'a str) -> Option<Place<'a>> {
        let root = path.split('.').next().unwrap_or_default();
        let rest = path.get(root.len()..).unwrap_or_default();
        let keras = |key| Some(Place { over: None, base: keras_table(profile), key });
        match root {
            "keras" => keras(Cow::Borrowed(path)),
            // Keras 2 by its own name is Keras 2 whatever `keras` means.
            "tf_keras" => Some(Place { over: None, base: KERAS2, key: with_root("keras", rest) }),
            "np" | "numpy" => Some(Place { over: None, base: NUMPY, key: with_root("np", rest) }),
            "tf" | "tensorflow" => {
                let inside = rest.strip_prefix('.').unwrap_or_default();
                let head = inside.split('.').next().unwrap_or_default();
                if head == "keras" {
                    let over = (profile == Profile::Keras3).then_some(TF_KERAS3);
                    return Some(Place { over, base: keras_table(profile), key: Cow::Borrowed(inside) });
                }
                if profile == Profile::Keras2 && KERAS_IN_TF.contains(&head) {
                    return keras(with_root("keras", rest));
                }
                Some(Place { over: None, base: TF, key: with_root("tf", rest) })
            }
            _ => None,
        }
    }

    fn find(&self, key: &str) -> Option<Row> {
        match self.over.and_then(|table| table.find(key)) {
            Some(row) if row.kind == "-" => None,
            Some(row) => Some(row),
            None => self.base.find(key),
        }
    }

    fn children(&self) -> impl Iterator<Item = Row> {
        let prefix = format!("{}.", self.key);
        let direct = |row: &Row| row.key.get(prefix.len()..).is_some_and(|name| !name.contains('.'));
        let rows = |table: Table| table.rows_with_prefix(&prefix).filter(direct).collect::<Vec<Row>>();
        let over = self.over.map(rows).unwrap_or_default();
        let mut base = rows(self.base);
        base.retain(|row| !over.iter().any(|hiding| hiding.key == row.key));
        over.into_iter().filter(|row| row.kind != "-").chain(base)
    }
}

fn keras_table(profile: Profile) -> Table {
    match profile {
        Profile::Keras2 => KERAS2,
        Profile::Keras3 => KERAS3,
    }
}

/// Joins the root of a key and the rest of a path, which is empty or begins with a dot.
fn with_root<'a>(root: &'static str, rest: &str) -> Cow<'a, str> {
    if rest.is_empty() { Cow::Borrowed(root) } else { Cow::Owned(format!("{root}{rest}")) }
}

fn entry(row: Row) -> Option<Entry<'static>> {
    let kind = match row.kind {
        "M" => Kind::Module,
        "C" => Kind::Class,
        "F" => Kind::Function,
        "K" => Kind::Constant,
        _ => return None,
    };
    Some(Entry { path: row.key, kind, definition: row.definition, signature: row.signature })
}

/// Looks a path up among the names of modules, not among members of classes.
pub(crate) fn named(profile: Profile, path: &str) -> Option<Entry<'static>> {
    let place = Place::of(profile, path)?;
    place.find(&place.key).and_then(entry)
}

/// Looks a path up; `None` if it does not exist or is not recorded.
pub fn lookup(profile: Profile, path: &str) -> Option<Entry<'static>> {
    exists(profile, path).entry()
}

/// Tells whether a path exists.
pub fn exists(profile: Profile, path: &str) -> Existence {
    if path.contains(':') {
        return defined(path);
    }
    let Some(place) = Place::of(profile, path) else { return Existence::NotRecorded };
    match place.find(&place.key) {
        Some(row) if row.kind == "i" => return Existence::ImportOnly,
        Some(row) => return entry(row).map_or(Existence::NotRecorded, Existence::Exists),
        None => {}
    }
    let Some((owner, name)) = path.rsplit_once('.') else { return Existence::NotRecorded };
    match exists(profile, owner) {
        Existence::Exists(owner_entry) => match owner_entry.kind {
            Kind::Class => classes::member(owner_entry.definition, name),
            Kind::Module if name.starts_with('_') || !has_children(profile, owner) => Existence::NotRecorded,
            Kind::Module => Existence::Missing,
            _ => Existence::NotRecorded,
        },
        // What a module that may not be there has, if it is there.
        Existence::ImportOnly | Existence::NotRecorded => Existence::NotRecorded,
        Existence::Missing => Existence::Missing,
    }
}

/// Modules of other packages are recorded without their contents.
fn has_children(profile: Profile, module: &str) -> bool {
    Place::of(profile, module).is_some_and(|place| {
        let prefix = format!("{}.", place.key);
        let mut tables = place.over.into_iter().chain([place.base]);
        tables.any(|table| table.rows_with_prefix(&prefix).next().is_some())
    })
}

fn defined(definition: &str) -> Existence {
    let row = CLASSES.find(definition);
    match row {
        Some(row) if matches!(row.kind, "C" | "D") => Existence::Exists(Entry {
            path: row.key,
            kind: Kind::Class,
            definition: row.key,
            signature: row.signature,
        }),
        Some(row) => classes::member_entry(row).map_or(Existence::NotRecorded, Existence::Exists),
        None => Existence::NotRecorded,
    }
}

/// Returns what a module or a class has: the names directly in it, for a class the inherited ones too.
///
/// Names that exist without being recorded are left out.
pub fn members(profile: Profile, path: &str) -> impl Iterator<Item = Entry<'static>> {
    let found: Vec<Entry<'static>> = match lookup(profile, path) {
        Some(Entry { kind: Kind::Class, definition, .. }) => classes::members(definition),
        Some(Entry { kind: Kind::Module, .. }) => Place::of(profile, path)
            .map(|place| place.children().filter_map(entry).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    found.into_iter()
}

/// Returns a text that two paths share if and only if they name the same function, class or method.
pub fn canonical(profile: Profile, path: &str) -> Option<&'static str> {
    lookup(profile, path).map(|entry| entry.definition).filter(|definition| !definition.is_empty())
}

/// Returns all paths that name the object of that definition, in no particular order of merit.
///
/// This reads whole tables (a fraction of a millisecond): it is for messages, not for every lookup. Paths of
/// `tf.keras` stand as `keras`.
pub fn paths_of(profile: Profile, definition: &str) -> impl Iterator<Item = &'static str> {
    let tables = [keras_table(profile), TF, NUMPY];
    let rows = tables.into_iter().flat_map(|table| table.rows_from(""));
    rows.filter(move |row| row.definition == definition && matches!(row.kind, "C" | "F")).map(|row| row.key)
}

/// Returns the first path under `keras` that names the class of that definition. It is one search through a table's
/// text and reads no whole tables, as [`paths_of`] does: every class asks for those of its bases.
pub fn keras_class(profile: Profile, definition: &str) -> Option<&'static str> {
    keras_table(profile)
        .rows_with(&format!("\t{definition}"))
        .find(|row| row.definition == definition && matches!(row.kind, "C" | "F"))
        .map(|row| row.key)
}

/// Returns the `__name__` of a module.
pub fn module_name(profile: Profile, path: &str) -> Option<Cow<'static, str>> {
    let entry = lookup(profile, path).filter(|entry| entry.kind == Kind::Module)?;
    // Keras 2 shows TensorFlow another copy of its modules, with the same contents.
    let within_tf = path.starts_with("tf.") || path.starts_with("tensorflow.");
    Some(match entry.definition.strip_prefix("tf_keras") {
        Some(rest) if within_tf => Cow::Owned(format!("tf_keras.api._v2.keras{rest}")),
        _ => Cow::Borrowed(entry.definition),
    })
}

/// Returns the message of the `AttributeError` that reading a missing name from a module raises.
pub fn attribute_error(profile: Profile, module: &str, name: &str) -> Option<String> {
    let module_name = module_name(profile, module)?;
    if module_name == "numpy"
        && let Some(row) = NUMPY_REMOVED.find(&format!("np.{name}"))
    {
        return Some(row.kind.replace("\\n", "\n"));
    }
    Some(format!("module '{module_name}' has no attribute '{name}'"))
}

/// Returns the name under which TensorFlow's dispatch knows a function: `tf.math.reduce_mean` for `tf.reduce_mean`,
/// `tf.compat.v1.squeeze` for `tf.squeeze`, which is a function over that one. Keras 2 names op layers by it.
pub fn dispatch_symbol(path: &str) -> &str {
    SYMBOLS.find(path).map_or(path, |row| row.kind)
}

/// Tells whether TensorFlow's dispatcher binds a function's arguments before the function gets them; Keras' paths are
/// those of Keras 2.
pub fn is_dispatched(path: &str) -> bool {
    DISPATCHED.find(path).is_some()
}
