//! Classes: their members and what they inherit.

use crate::entry::{Entry, Existence, Kind, Profile};
use crate::lookup;
use crate::memo::Memo;
use crate::table::{CLASSES, CONFIGS, Row};

thread_local! {
    static MEMBERS: Memo<Existence> = Memo::new();
}

/// Inheritance deeper than this is not followed; the deepest recorded is a dozen.
const MAX_DEPTH: usize = 64;

/// Looks up a member of a class or of its instances along its base classes.
///
/// `class` is a path or a definition. Members with a leading underscore are not recorded but for `__init__` and
/// `__call__`. [`Kind::Attribute`] and [`Kind::Property`] tell that a member is one of instances.
pub fn class_member(profile: Profile, class: &str, name: &str) -> Existence {
    match definition_of_class(profile, class) {
        Some(definition) => member(definition, name),
        None => Existence::NotRecorded,
    }
}

/// Returns the definitions of a class and all it inherits from in Python's order of lookup, without `object`.
///
/// `class` is a path or a definition; the result is empty if it is neither.
pub fn mro(profile: Profile, class: &str) -> Vec<&'static str> {
    definition_of_class(profile, class).map(linearise).unwrap_or_default()
}

/// Tells whether a class is another or inherits from it; both are paths or definitions.
///
/// Abstract classes may claim more subclasses than inherit from them; that is not known here.
pub fn is_subclass(profile: Profile, class: &str, base: &str) -> bool {
    definition_of_class(profile, base).is_some_and(|base| mro(profile, class).contains(&base))
}

/// Returns the keys of the config that an object of a class tells, in order; `None` for classes that are not recorded.
///
/// `class` is a path or a definition. Beside a key stands, as JSON, the value that it has where no argument of the
/// constructor gives one.
pub fn config_keys(
    profile: Profile,
    class: &str,
) -> Option<impl Iterator<Item = (&'static str, Option<&'static str>)> + use<>> {
    let row = CONFIGS.find(definition_of_class(profile, class)?)?;
    let entry =
        |text: &'static str| text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)));
    Some(row.signature.split(' ').filter(|text| !text.is_empty()).map(entry))
}

fn definition_of_class(profile: Profile, class: &str) -> Option<&'static str> {
    if class.contains(':') {
        return CLASSES.find(class).filter(|row| is_class(*row)).map(|row| row.key);
    }
    let entry = lookup::named(profile, class)?;
    (entry.kind == Kind::Class).then_some(entry.definition)
}

fn is_class(row: Row) -> bool {
    matches!(row.kind, "C" | "D")
}

/// Returns the definitions of the direct base classes.
pub(crate) fn bases(definition: &str) -> impl Iterator<Item = &'static str> {
    let row = CLASSES.find(definition).filter(|row| is_class(*row));
    row.map_or("", |row| row.definition).split(',').filter(|base| !base.is_empty())
}

/// Orders a class and its bases depth first, a class that is met twice at its last place.
///
/// That is Python's order for every recorded class; the recording script checks it.
pub(crate) fn linearise(definition: &'static str) -> Vec<&'static str> {
    fn visit(definition: &'static str, depth: usize, reversed: &mut Vec<&'static str>) {
        if depth > MAX_DEPTH || reversed.contains(&definition) {
            return;
        }
        let bases: Vec<_> = bases(definition).collect();
        for base in bases.into_iter().rev() {
            visit(base, depth + 1, reversed);
        }
        reversed.push(definition);
    }
    let mut order = Vec::new();
    visit(definition, 0, &mut order);
    order.reverse();
    order
}

/// Looks a member up along the base classes of a class given by definition.
pub(crate) fn member(definition: &'static str, name: &str) -> Existence {
    MEMBERS.with(|members| members.get(definition, name, || inherited(definition, name)))
}

fn inherited(definition: &'static str, name: &str) -> Existence {
    let mut dynamic = name.starts_with('_');
    let mut key = String::new();
    for class in linearise(definition) {
        let Some(row) = CLASSES.find(class) else { return Existence::NotRecorded };
        dynamic |= row.kind == "D";
        key.clear();
        key.extend([class, ".", name]);
        if let Some(entry) = CLASSES.find(&key).and_then(member_entry) {
            return Existence::Exists(entry);
        }
    }
    if dynamic { Existence::NotRecorded } else { Existence::Missing }
}

/// Returns the members of a class given by definition, inherited ones too, each as the first class has it.
pub(crate) fn members(definition: &'static str) -> Vec<Entry<'static>> {
    let mut found: Vec<Entry<'static>> = Vec::new();
    for class in linearise(definition) {
        let prefix = format!("{class}.");
        for row in CLASSES.rows_with_prefix(&prefix) {
            let nested = row.key.get(prefix.len()..).is_none_or(|name| name.contains('.'));
            if let Some(entry) = member_entry(row).filter(|_| !nested)
                && !found.iter().any(|other| other.name() == entry.name())
            {
                found.push(entry);
            }
        }
    }
    found
}

/// Turns a row of a member into its entry.
pub(crate) fn member_entry(row: Row) -> Option<Entry<'static>> {
    let kind = match row.kind {
        "m" => Kind::Method,
        "c" => Kind::ClassMethod,
        "s" => Kind::StaticMethod,
        "p" => Kind::Property,
        "a" => Kind::Attribute,
        "k" => Kind::Constant,
        _ => return None,
    };
    Some(Entry { path: row.key, kind, definition: row.key, signature: row.signature })
}
