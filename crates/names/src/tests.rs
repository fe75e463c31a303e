//! The tables are well formed and say what the packages do.

use std::collections::{BTreeMap, HashSet};

use crate::Profile::{Keras2, Keras3};
use crate::table::{CLASSES, CONFIGS, KERAS2, KERAS3, NUMPY, NUMPY_REMOVED, TF, TF_KERAS3, Table};
use crate::*;

const TABLES: [(&str, Table, &str); 7] = [
    ("tf", TF, "MCFK?i"),
    ("keras2", KERAS2, "MCFK?i"),
    ("keras3", KERAS3, "MCFK?i"),
    ("tfkeras3", TF_KERAS3, "MCFK?i-"),
    ("numpy", NUMPY, "MCFK?i"),
    ("classes", CLASSES, "CDmcspak"),
    ("configs", CONFIGS, "g"),
];

fn kind(profile: Profile, path: &str) -> Option<Kind> {
    lookup(profile, path).map(|entry| entry.kind)
}

#[test]
fn tables_are_sorted_and_well_formed() {
    for (name, table, kinds) in TABLES {
        assert!(table.0.ends_with('\n'), "{name}");
        assert!(!table.0.contains('\r'), "{name}");
        let mut last = "";
        for line in table.0.lines() {
            assert_eq!(line.split('\t').count(), 4, "{name}: {line}");
            let row = table.find(line.split('\t').next().unwrap_or_default()).expect(line);
            assert!(last < row.key, "{name}: {line}");
            assert!(row.kind.len() == 1 && kinds.contains(row.kind), "{name}: {line}");
            last = row.key;
        }
    }
    assert!(NUMPY_REMOVED.find("np.float_").is_some());
}

#[test]
fn finds_first_last_and_nothing_else() {
    for (name, table, _) in TABLES {
        let first = table.rows_from("").next().expect(name);
        let last = table.rows_from("").last().expect(name);
        assert_eq!(table.find(first.key), Some(first));
        assert_eq!(table.find(last.key), Some(last));
        for missing in ["", "a", "zzz", "tf.", "keras.layers.Dens", "keras.layers.Dense\t", "\u{10ffff}"] {
            assert_eq!(table.find(missing), None, "{name}: {missing}");
        }
    }
}

#[test]
fn every_class_has_its_line_and_its_bases() {
    for (name, table, _) in TABLES {
        for row in table.rows_from("").filter(|row| row.kind == "C" && name != "classes") {
            assert!(CLASSES.find(row.definition).is_some(), "{name}: {}", row.key);
        }
    }
    for row in CLASSES.rows_from("").filter(|row| matches!(row.kind, "C" | "D")) {
        let order = mro(Keras3, row.key);
        assert_eq!(order.first(), Some(&row.key));
        assert_eq!(order.iter().collect::<HashSet<_>>().len(), order.len(), "{}", row.key);
        assert!(order.iter().all(|class| CLASSES.find(class).is_some()), "{}", row.key);
    }
}

#[test]
fn a_definition_has_one_signature() {
    for (name, table, _) in TABLES {
        let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for row in table.rows_from("").filter(|row| matches!(row.kind, "C" | "F") && name != "classes") {
            let signature = seen.entry((row.kind, row.definition)).or_insert(row.signature);
            assert_eq!(*signature, row.signature, "{name}: {}", row.key);
        }
    }
}

#[test]
fn paths_mean_what_they_mean_in_the_profile() {
    assert_eq!(kind(Keras3, "keras.ops.matmul"), Some(Kind::Function));
    assert_eq!(kind(Keras2, "keras.ops.matmul"), None);
    assert_eq!(kind(Keras2, "tf.keras.backend.dot"), Some(Kind::Function));
    assert_eq!(kind(Keras3, "tf.keras.backend.dot"), Some(Kind::Function));
    assert_eq!(kind(Keras3, "keras.backend.dot"), None);
    assert_eq!(kind(Keras3, "tf_keras.backend.dot"), Some(Kind::Function));
    assert_eq!(kind(Keras3, "tensorflow.keras.layers.Dense"), Some(Kind::Class));
    assert_eq!(kind(Keras3, "tensorflow"), Some(Kind::Module));
    assert_eq!(kind(Keras3, "tf.keras"), Some(Kind::Module));
    assert_eq!(kind(Keras2, "numpy.linalg.norm"), Some(Kind::Function));
    assert_eq!(kind(Keras2, "tf.float32"), Some(Kind::Constant));
    let definition = |profile, path| canonical(profile, path).unwrap_or_default();
    assert!(definition(Keras3, "tf.losses.mse").starts_with("keras."));
    assert!(definition(Keras2, "tf.losses.mse").starts_with("tf_keras."));
    assert_eq!(definition(Keras3, "tf.math.reduce_sum"), definition(Keras3, "tf.reduce_sum"));
    assert_ne!(definition(Keras3, "tf.signal.rfft"), definition(Keras3, "tf.signal.rfft2d"));
}

#[test]
fn tells_missing_from_not_recorded() {
    let cases = [
        (Keras3, "tf.contrib", Existence::Missing),
        (Keras3, "tf.contrib.layers", Existence::Missing),
        (Keras3, "tf.compat.v1.placeholder", Existence::NotRecorded),
        (Keras3, "tf.experimental.dtensor", Existence::NotRecorded),
        (Keras3, "tf.keras.saving", Existence::ImportOnly),
        (Keras3, "keras.src.layers", Existence::NotRecorded),
        (Keras3, "keras.layers.Dense.nothing", Existence::Missing),
        (Keras3, "keras.layers.Dense._private", Existence::NotRecorded),
        (Keras3, "keras.layers.CuDNNLSTM", Existence::Missing),
        (Keras3, "np.char.add", Existence::NotRecorded),
        (Keras3, "np.float", Existence::Missing),
        (Keras3, "torch.nn", Existence::NotRecorded),
        (Keras3, "tf.abs.anything", Existence::NotRecorded),
        (Keras3, "", Existence::NotRecorded),
        (Keras3, ".", Existence::NotRecorded),
        (Keras3, "tf.", Existence::Missing),
    ];
    for (profile, path, expected) in cases {
        assert_eq!(exists(profile, path), expected, "{path}");
    }
}

#[test]
fn members_are_inherited() {
    let member = |profile, class, name| class_member(profile, class, name).entry().map(|entry| entry.kind);
    assert_eq!(member(Keras3, "keras.layers.Dense", "units"), Some(Kind::Attribute));
    assert_eq!(member(Keras3, "keras.layers.Dense", "add_weight"), Some(Kind::Method));
    assert_eq!(member(Keras3, "keras.layers.Dense", "from_config"), Some(Kind::ClassMethod));
    assert_eq!(member(Keras3, "keras.layers.Dense", "name"), Some(Kind::Attribute));
    assert_eq!(class_member(Keras3, "keras.layers.Dense", "output_shape"), Existence::Missing);
    assert_eq!(member(Keras2, "keras.layers.Dense", "output_shape"), Some(Kind::Property));
    assert_eq!(class_member(Keras3, "keras.optimizers.Adam", "lr"), Existence::Missing);
    assert_eq!(member(Keras2, "keras.optimizers.Adam", "lr"), Some(Kind::Property));
    assert_eq!(member(Keras3, "tensorflow.python.framework.ops:EagerTensor", "numpy"), Some(Kind::Method));
    assert_eq!(class_member(Keras3, "keras.KerasTensor", "numpy"), Existence::Missing);
    assert_eq!(member(Keras3, "np.ndarray", "reshape"), Some(Kind::Method));
    assert!(is_subclass(Keras3, "keras.models.Sequential", "keras.layers.Layer"));
    assert!(!is_subclass(Keras3, "keras.layers.Layer", "keras.models.Sequential"));
    let names: Vec<_> = members(Keras3, "keras.layers.Dense").map(|entry| entry.name()).collect();
    assert!(names.contains(&"units") && names.contains(&"weights"));
}

#[test]
fn lists_modules() {
    let names = |profile, path| -> Vec<&str> { members(profile, path).map(|entry| entry.name()).collect() };
    assert!(names(Keras3, "tf.keras.backend").contains(&"dot"));
    assert!(!names(Keras3, "keras.backend").contains(&"dot"));
    assert!(names(Keras2, "tf").contains(&"math") && names(Keras2, "tf").contains(&"keras"));
    assert!(!names(Keras2, "tf").contains(&"reduce_logsumexp.x"));
    assert_eq!(names(Keras2, "tf.abs"), Vec::<&str>::new());
    let definition = canonical(Keras3, "tf.reduce_sum").unwrap_or_default();
    let paths: Vec<_> = paths_of(Keras3, definition).collect();
    assert_eq!(paths, ["tf.math.reduce_sum", "tf.reduce_sum"]);
    for (profile, path) in [(Keras2, "keras.optimizers.Adam"), (Keras3, "keras.layers.Dense")] {
        let definition = canonical(profile, path).unwrap_or_default();
        let first = paths_of(profile, definition).find(|path| path.starts_with("keras."));
        assert!(first.is_some());
        assert_eq!(keras_class(profile, definition), first);
    }
    assert_eq!(keras_class(Keras3, definition), None);
}

#[test]
fn speaks_like_python_of_missing_names() {
    let message = |profile, module, name| attribute_error(profile, module, name).unwrap_or_default();
    assert_eq!(message(Keras3, "tf", "foo"), "module 'tensorflow' has no attribute 'foo'");
    assert_eq!(message(Keras3, "tf.keras", "foo"), "module 'keras._tf_keras.keras' has no attribute 'foo'");
    assert_eq!(
        message(Keras2, "tf.keras.layers", "foo"),
        "module 'tf_keras.api._v2.keras.layers' has no attribute 'foo'"
    );
    assert_eq!(message(Keras2, "keras.layers", "foo"), "module 'tf_keras.layers' has no attribute 'foo'");
    assert!(message(Keras3, "np", "float").contains("`np.float` was a deprecated alias"));
    assert_eq!(attribute_error(Keras3, "np.abs", "x"), None);
}

#[test]
fn suggests_what_was_meant() {
    assert_eq!(suggest(Keras3, "keras.layers", "dense"), Some("Dense"));
    assert_eq!(suggest(Keras3, "keras.layers", "Lamda"), Some("Lambda"));
    assert_eq!(suggest(Keras3, "tf", "reduce_sums"), Some("reduce_sum"));
    assert_eq!(suggest(Keras3, "keras.layers", "CuDNNThing"), None);
}

#[test]
fn configs_have_keys_and_the_values_that_no_argument_gives() {
    let keys = |profile, path| config_keys(profile, path).map(Iterator::collect::<Vec<_>>);
    assert_eq!(keys(Keras3, "keras.layers.Flatten").unwrap_or_default().len(), 4);
    let two = keys(Keras2, "keras.layers.LSTM").unwrap_or_default();
    assert!(two.contains(&("units", None)) && two.contains(&("implementation", Some("2"))));
    assert_eq!(keys(Keras3, "keras.layers.zork"), None);
}

#[test]
fn what_was_found_is_not_sought_again() {
    let memo = crate::memo::Memo::new();
    let (table, other) = ("a\tC\nb\tC\n", "b\tF\n");
    assert_eq!(memo.get(table, "a", || 1), 1);
    assert_eq!(memo.get(table, "a", || 2), 1);
    assert_eq!(memo.get(table, "b", || 3), 3);
    assert_eq!(memo.get(other, "a", || 4), 4);
}
