//! Libraries that are modelled in Python: what they do is said in Python, which the interpreter carries out.
//!
//! `keras.utils.to_categorical` is a few lines of NumPy; said so, its shapes, dtypes and exceptions follow from
//! NumPy's. A model's lines are no lines of the script: tracebacks do not show them.

mod applications;
mod gaps;
mod intrinsics;
mod objects;
mod patterns;
mod tensorflow;

use std::sync::LazyLock;

use python::Module;
use rustc_hash::FxHashMap;

use crate::class::ClassId;
use crate::framework::network::INTRINSICS as NETWORK;
use crate::framework::object_arrays::{BOXED, HOLDING};
use crate::heap::{ObjId, Object, ScopeObject};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// A public path (`*` at its end for all that is in a module), and the name in the model's text, by default the last
/// part of the path.
type Paths = &'static [(&'static str, &'static str)];

/// A library's model.
#[derive(Debug)]
pub(crate) struct Model {
    /// The name of its text.
    name: &'static str,
    /// The text, parsed when it is first needed.
    module: LazyLock<Module>,
    /// What it models.
    paths: Paths,
    /// Another model whose names this one's text uses.
    beside: Option<&'static str>,
}

macro_rules! model {
    ($name:literal, $paths:expr) => {
        model!($name, $paths, None)
    };
    ($name:literal, $paths:expr, $beside:expr) => {
        Model {
            name: $name,
            module: LazyLock::new(|| python::parse(include_str!(concat!($name, ".py")))),
            paths: $paths,
            beside: $beside,
        }
    };
}

static MODELS: [Model; 62] = [
    model!("keras_data", KERAS_DATA),
    model!("keras_text", KERAS_TEXT),
    model!("keras_images", KERAS_IMAGES),
    model!("keras_boxes", &[("keras.utils.bounding_boxes.*", "")]),
    model!("keras_objects", KERAS_OBJECTS),
    model!("keras_ops", KERAS_OPS),
    model!("keras_saving", KERAS_SAVING),
    model!(
        "keras_shapes",
        &[
            ("keras.layers._attention_shape", "attention_shape"),
            ("keras.layers._initial_state", "initial_state"),
            ("keras.layers._recurrent_state", "recurrent_state"),
            ("keras.layers._output_shape", "output_shape"),
            ("keras.layers._output_signature", "output_signature"),
        ]
    ),
    model!("keras_models", KERAS_MODELS, Some("keras_saving")),
    model!(
        "sklearn_selection",
        &[
            ("sklearn.model_selection.*", ""),
            ("sklearn.metrics.*", ""),
            ("sklearn.utils.*", ""),
            ("sklearn.utils.class_weight.*", ""),
        ]
    ),
    model!(
        "sklearn_scores",
        &[
            ("sklearn.metrics.auc", ""),
            ("sklearn.metrics.cohen_kappa_score", ""),
            ("sklearn.metrics.log_loss", ""),
            ("sklearn.metrics.precision_recall_curve", ""),
            ("sklearn.metrics.roc_curve", ""),
            ("sklearn.model_selection.ParameterGrid", ""),
        ],
        Some("sklearn_selection")
    ),
    model!(
        "sklearn_estimators",
        &[
            ("sklearn.cluster.*", ""),
            ("sklearn.ensemble.*", ""),
            ("sklearn.linear_model.*", ""),
            ("sklearn.naive_bayes.*", ""),
            ("sklearn.neighbors.*", ""),
            ("sklearn.neural_network.*", ""),
            ("sklearn.svm.*", ""),
            ("sklearn.tree.*", ""),
        ]
    ),
    model!(
        "sklearn_preprocessing",
        &[
            ("sklearn.preprocessing.*", ""),
            ("sklearn.decomposition.*", ""),
            ("sklearn.manifold.*", ""),
            ("sklearn.impute.*", ""),
            ("sklearn.exceptions.*", ""),
        ]
    ),
    model!("sklearn_compose", &[("sklearn.compose.*", ""), ("sklearn.pipeline.*", "")]),
    model!(
        "sklearn_datasets",
        &[("sklearn.datasets.*", ""), ("sklearn.utils.Bunch", "")],
        Some("sklearn_tables")
    ),
    model!("sklearn_tables", &[]),
    model!("sklearn_text", &[("sklearn.feature_extraction.text.*", "")]),
    model!("scipy_sparse", &[("scipy.sparse.*", "")]),
    model!("pandas", &[("pandas.*", "")], Some("pandas_index")),
    model!("pandas_frame", &[("pandas.DataFrame", "")], Some("pandas")),
    model!(
        "pandas_index",
        &[
            ("pandas.Categorical", ""),
            ("pandas.Index", ""),
            ("pandas.DatetimeIndex", ""),
            ("pandas.date_range", ""),
            ("pandas.read_csv", ""),
            ("pandas.to_datetime", ""),
        ],
        Some("pandas_tables")
    ),
    model!("pandas_tables", &[], Some("pandas_run")),
    model!("pandas_run", &[]),
    model!("tf_devices", tensorflow::DEVICES),
    model!("tf_python_keras", tensorflow::PYTHON_KERAS),
    model!("tf_sparse", tensorflow::SPARSE),
    model!("tf_ragged", tensorflow::RAGGED),
    model!(
        "tf_checkpoints",
        &[
            ("tf.train.Checkpoint", ""),
            ("tf.train.CheckpointManager", ""),
            ("tf.train.latest_checkpoint", ""),
        ]
    ),
    model!("tf_distribute", tensorflow::DISTRIBUTE),
    model!("tf_files", tensorflow::FILES),
    model!("tf_signal", tensorflow::SIGNAL),
    model!("tf_operators", tensorflow::OPERATORS),
    model!("tf_linalg", tensorflow::LINALG),
    model!("tf_nn", tensorflow::NN),
    model!("tf_numpy", tensorflow::NUMPY),
    model!("tf_structures", tensorflow::STRUCTURES),
    model!("tf_initializers", tensorflow::INITIALIZERS),
    model!("keras_backend", tensorflow::BACKEND),
    model!("numpy_fft", NUMPY_FFT),
    model!(
        "numpy_index",
        &[("np.ndindex", ""), ("np.ndenumerate", ""), ("np.broadcast_shapes", ""), ("np.geomspace", "")]
    ),
    model!("numpy_windows", NUMPY_WINDOWS),
    model!(
        "csv_tables",
        &[("csv._reader", ""), ("csv._writer", ""), ("csv._DictReader", ""), ("csv._DictWriter", "")]
    ),
    model!("numpy_files", &[("np.lib.npyio.NpzFile", "")]),
    model!(
        "pprint",
        &[("pprint.pprint", ""), ("pprint.pformat", ""), ("pprint.pp", ""), ("pprint.PrettyPrinter", "")]
    ),
    model!("contextlib", &[("contextlib.redirect_stdout", "")]),
    model!("logging", &[("logging.*", "")]),
    model!("tempfile", &[("tempfile.*", "")]),
    model!("datetime", &[("datetime.*", "")]),
    model!("re_patterns", &[("re.*", "")]),
    model!("numpy_printing", &[("np.printoptions", "")]),
    model!("numpy_limits", &[("np.finfo", ""), ("np.iinfo", "")]),
    model!("applications/common", applications::COMMON),
    model!("applications/vgg", applications::VGG, Some("applications/common")),
    model!("applications/resnet", applications::RESNET, Some("applications/common")),
    model!("applications/mobilenet", applications::MOBILENET, Some("applications/common")),
    model!("applications/mobilenet_v3", applications::MOBILENET_V3, Some("applications/common")),
    model!("applications/densenet", applications::DENSENET, Some("applications/common")),
    model!("applications/inception", applications::INCEPTION, Some("applications/common")),
    model!("applications/inception_resnet", applications::INCEPTION_RESNET, Some("applications/common")),
    model!("applications/efficientnet", applications::EFFICIENTNET, Some("applications/common")),
    model!("applications/convnext", applications::CONVNEXT, Some("applications/common")),
    model!("applications/efficientnet_v2", applications::EFFICIENTNET_V2, Some("applications/common")),
];

const NUMPY_FFT: Paths = &[
    ("np.fft.fft", ""),
    ("np.fft.ifft", ""),
    ("np.fft.rfft", ""),
    ("np.fft.irfft", ""),
    ("np.fft.fft2", ""),
    ("np.fft.ifft2", ""),
    ("np.fft.fftfreq", ""),
    ("np.fft.rfftfreq", ""),
    ("np.fft.fftshift", ""),
    ("np.fft.ifftshift", ""),
];

const KERAS_DATA: Paths = &[
    ("keras.datasets.mnist.load_data", "mnist_load_data"),
    ("keras.datasets.fashion_mnist.load_data", "fashion_mnist_load_data"),
    ("keras.datasets.cifar10.load_data", "cifar10_load_data"),
    ("keras.datasets.cifar100.load_data", "cifar100_load_data"),
    ("keras.datasets.imdb.load_data", "imdb_load_data"),
    ("keras.datasets.imdb.get_word_index", "imdb_get_word_index"),
    ("keras.datasets.reuters.load_data", "reuters_load_data"),
    ("keras.datasets.reuters.get_word_index", "reuters_get_word_index"),
    ("keras.datasets.boston_housing.load_data", "boston_housing_load_data"),
    ("keras.datasets.california_housing.load_data", "california_housing_load_data"),
    ("keras.utils.to_categorical", ""),
    ("keras.utils.to_ordinal", ""),
    ("keras.utils.normalize", ""),
    ("keras.utils.pad_sequences", ""),
    ("keras.preprocessing.sequence.pad_sequences", ""),
    ("keras.preprocessing.sequence.TimeseriesGenerator", ""),
    ("keras.utils.split_dataset", ""),
    ("keras.utils.pack_x_y_sample_weight", ""),
    ("keras.utils.unpack_x_y_sample_weight", ""),
    ("keras.utils.get_file", ""),
    ("keras.utils.plot_model", "nothing"),
    ("keras.version", ""),
    ("keras.utils.disable_interactive_logging", "nothing"),
    ("keras.utils.enable_interactive_logging", "nothing"),
];

const KERAS_TEXT: Paths = &[
    ("keras.preprocessing.text.Tokenizer", ""),
    ("keras.preprocessing.text.tokenizer_from_json", ""),
    ("keras.preprocessing.text.text_to_word_sequence", ""),
    ("keras.preprocessing.text.one_hot", ""),
    ("keras.preprocessing.text.hashing_trick", ""),
    ("keras.preprocessing.sequence.skipgrams", ""),
];

const KERAS_IMAGES: Paths = &[
    ("keras.preprocessing.image.ImageDataGenerator", ""),
    ("keras.preprocessing.image.load_img", ""),
    ("keras.preprocessing.image.img_to_array", ""),
    ("keras.preprocessing.image.array_to_img", ""),
    ("keras.preprocessing.image.save_img", ""),
    ("keras.preprocessing.image.smart_resize", ""),
    ("keras.utils.load_img", ""),
    ("keras.utils.img_to_array", ""),
    ("keras.utils.array_to_img", ""),
    ("keras.utils.save_img", ""),
];

/// The models and their names by public path; what stands for a whole module, by `module.*`.
static BY_PATH: LazyLock<FxHashMap<&'static str, (&'static Model, &'static str)>> = LazyLock::new(|| {
    let rows = |model: &'static Model| model.paths.iter().map(move |(path, name)| (*path, (model, *name)));
    MODELS.iter().flat_map(rows).collect()
});

/// What is in modules of NumPy's that are not recorded.
const NUMPY_WINDOWS: Paths = &[("np.lib.stride_tricks.sliding_window_view", "")];

const KERAS_OBJECTS: Paths = &[
    ("keras.random.SeedGenerator", ""),
    ("keras.saving.get_registered_name", ""),
    ("keras.saving.get_registered_object", ""),
    ("keras.utils.get_registered_name", ""),
    ("keras.InputSpec", ""),
    ("keras.DTypePolicy", ""),
    ("keras.name_scope", "name_scope"),
    ("keras.metrics.pearson_correlation", ""),
    ("keras.metrics.concordance_correlation", ""),
    ("keras.dtype_policies.DTypePolicy", ""),
    ("keras.dtype_policies.get", "get_policy"),
    ("keras.initializers._of_values", "initializer_of"),
    ("keras.metrics._auc_setting", "auc_setting"),
    ("keras.optimizers._callable_list", "CallableList"),
    ("keras.mixed_precision.DTypePolicy", ""),
    ("keras.mixed_precision.Policy", ""),
    ("keras.mixed_precision.global_policy", "policy_in_force"),
    ("keras.mixed_precision.dtype_policy", "policy_in_force"),
    ("keras.config.dtype_policy", "policy_in_force"),
    ("keras.layers.InputSpec", ""),
    ("keras.utils.get_registered_object", ""),
];

const KERAS_OPS: Paths = &[
    ("keras.ops.associative_scan", ""),
    ("keras.ops.convert_to_numpy", ""),
    ("keras.ops.fold", ""),
    ("keras.ops.nn.fold", ""),
    ("keras.ops.istft", ""),
    ("keras.ops.jvp", ""),
    ("keras.ops.linalg.jvp", ""),
    ("keras.ops.rearrange", ""),
    ("keras.ops.slice_update", ""),
    ("keras.ops.unfold", ""),
    ("keras.ops.nn.unfold", ""),
    ("keras.ops.vectorize", ""),
];

const KERAS_SAVING: Paths = &[
    ("keras.activations.serialize", "serialize_activation"),
    ("keras.constraints.serialize", "serialize"),
    ("keras.initializers.serialize", "serialize"),
    ("keras.layers.deserialize", "deserialize_layer"),
    ("keras.layers.serialize", "serialize"),
    ("keras.losses.serialize", "serialize"),
    ("keras.metrics.serialize", "serialize"),
    ("keras.optimizers.serialize", "serialize"),
    ("keras.optimizers.schedules.serialize", "serialize"),
    ("keras.regularizers.serialize", "serialize"),
    ("keras.saving.deserialize_keras_object", ""),
    ("keras.saving.serialize_keras_object", ""),
    ("keras.utils.deserialize_keras_object", ""),
    ("keras.utils.serialize_keras_object", ""),
    // What the interpreter itself asks of it.
    ("keras.saving._auto_config", "auto_config"),
    ("keras.saving._build_config", "build_config"),
    ("keras.saving._build_from_config", "build_from_config"),
    ("keras.saving._deserialize_optimizer", "deserialize_optimizer"),
    ("keras.saving._deserialize_schedule", "deserialize_schedule"),
    ("keras.saving._from_module", "from_module"),
    ("keras.saving._input_config", "input_config"),
    ("keras.saving._kept_factor", "kept_factor"),
    ("keras.saving._layer_config", "layer_config"),
];

/// What the interpreter itself asks of the text about models' configs.
const KERAS_MODELS: Paths = &[
    ("keras.saving._model_config", "model_config"),
    ("keras.saving._model_from_text", "model_from_text"),
    ("keras.saving._model_text", "model_text"),
    ("keras.saving._to_json", "to_json"),
];

/// Finds the model of a public path, and the name in it.
fn model_of(path: &str) -> Option<(&'static Model, &str)> {
    let path = if path.starts_with("tf.keras.") { path.get("tf.".len()..)? } else { path };
    let (module, last) = path.rsplit_once('.')?;
    let (model, name) = match BY_PATH.get(path) {
        Some(found) => *found,
        None if last.starts_with('_') => return None,
        None => *BY_PATH.get(format!("{module}.*").as_str())?,
    };
    Some((model, if name.is_empty() { last } else { name }))
}

/// The public paths that have a model of their own.
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    MODELS.iter().flat_map(|model| model.paths).map(|(path, _)| *path).filter(|path| !path.ends_with('*'))
}

/// Tells whether a public path has a model.
pub(super) fn is_modelled(path: &str) -> bool {
    model_of(path).is_some()
}

/// Tells whether a module outside of the frameworks has a model.
pub(super) fn is_module(name: &str) -> bool {
    let within = |path: &str| path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let foreign = |path: &&str| !["keras.", "tf.", "np."].iter().any(|own| path.starts_with(own));
    MODELS.iter().flat_map(|m| m.paths).map(|(path, _)| *path).filter(foreign).any(within)
}

/// Tells whether something in a module has a model, of whose names none is recorded.
pub(crate) fn has_models_within(module: &str) -> bool {
    let within = |path: &str| path.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'));
    tensorflow::PYTHON_KERAS.iter().chain(NUMPY_WINDOWS).any(|(path, _)| within(path))
}

impl Interp<'_> {
    /// Returns what a library's model has for a public path; nothing where there is none.
    ///
    /// # Errors
    /// A budget that ran out.
    pub(crate) fn modelled(&mut self, path: &str) -> Eval<Option<Value>> {
        let Some((model, name)) = model_of(path) else { return Ok(None) };
        let scope = self.model_scope(model)?;
        Ok(self.heap.scope(scope).and_then(|s| s.names.get(name)).cloned())
    }

    /// Calls a function of a library's model; unknown where there is none.
    ///
    /// # Errors
    /// What the function raises.
    pub(crate) fn call_model(&mut self, path: &str, args: impl IntoIterator<Item = Value>) -> Eval {
        match self.modelled(path)? {
            Some(function) => self.call(&function, Args::of(args)),
            None => Ok(self.unknown(format!("`{path}` is not modelled"))),
        }
    }

    /// Returns the class that a library's model has for a public path. A composite tensor's stands for the recorded
    /// one: what the model leaves out of it is unknown rather than missing.
    ///
    /// # Errors
    /// A budget that ran out.
    pub(crate) fn modelled_class(&mut self, path: &str) -> Eval<Option<Value>> {
        let Some(Value::Class(id)) = self.modelled(path)? else { return Ok(None) };
        if self.is_composite(id) {
            self.classes[id.0 as usize].path.get_or_insert_with(|| path.into());
        }
        Ok(Some(Value::Class(id)))
    }

    /// Tells whether a class is a model of composite tensors, which have a type specification.
    pub(crate) fn is_composite(&self, class: ClassId) -> bool {
        self.class_attr(class, "_type_spec").is_some()
    }

    /// Gives a call to the model of the composite tensor that it is made on: `tf.reduce_sum(ragged, axis=1)`.
    ///
    /// # Errors
    /// What the model raises.
    pub(crate) fn dispatched(&mut self, path: &str, args: &Args) -> Eval<Option<Value>> {
        let Some(composite) = self.composite_in(args) else { return Ok(None) };
        let positional = Value::Tuple(args.positional.iter().cloned().collect());
        let keywords = self.new_dict(args.keywords.iter().map(|(k, v)| (Value::Str(k.clone()), v.clone())));
        self.call_method(&composite, "_dispatch", Args::of([Value::str(path), positional, keywords]))
    }

    /// The first composite tensor among arguments, or in a list of them.
    fn composite_in(&self, args: &Args) -> Option<Value> {
        let composite = |value: &&Value| {
            let Value::Instance(id) = value else { return false };
            let class = self.heap.instance(*id).map(|i| i.class);
            class.is_some_and(|class| self.class_attr(class, "_dispatch").is_some())
        };
        let values = args.positional.iter().chain(args.keywords.iter().map(|(_, v)| v));
        values.into_iter().find_map(|value| match value {
            Value::Tuple(items) => items.iter().find(composite).cloned(),
            Value::List(id) => self.heap.list(*id)?.iter().find(composite).cloned(),
            other => composite(&other).then(|| other.clone()),
        })
    }

    /// Carries a model's text out, once.
    fn model_scope(&mut self, model: &'static Model) -> Eval<ObjId> {
        if let Some(scope) = self.models.get(model.name) {
            return Ok(*scope);
        }
        let beside = model.beside.and_then(|name| MODELS.iter().find(|m| m.name == name));
        let parent = match beside {
            Some(beside) => Some(self.model_scope(beside)?),
            None => None,
        };
        let scope = self.heap.add(Object::Scope(ScopeObject { parent, ..ScopeObject::default() }));
        self.models.insert(model.name, scope);
        let keras = if self.keras == ops::Keras::Two { 2 } else { 3 };
        if let Some(names) = self.heap.scope_mut(scope) {
            names.names.insert("KERAS".into(), Value::Int(keras));
            names.names.insert("__name__".into(), Value::str(model.name));
            let all = intrinsics::INTRINSICS
                .iter()
                .chain(gaps::INTRINSICS)
                .chain(objects::INTRINSICS)
                .chain(patterns::INTRINSICS);
            for intrinsic in all.chain(NETWORK).chain([&BOXED, &HOLDING]) {
                names.names.insert(intrinsic.name.into(), Value::Native(intrinsic));
            }
        }
        let module: &'static Module = &model.module;
        self.push_frame("<module>".into(), scope, Some(module), false);
        let done = self.exec_block(module.body());
        self.frames.pop();
        let open = |path: &str| path.starts_with("sklearn.") || path.starts_with("scipy.");
        if model.paths.iter().all(|(path, _)| open(path)) {
            self.open_classes(scope);
        }
        done.map(|_| scope)
    }

    /// Marks the classes of scikit-learn's and SciPy's models as having more than they say: no table has all that its objects
    /// have (`pipeline.decision_function`). A class that derives from one of Python's has what that has.
    fn open_classes(&mut self, scope: ObjId) {
        let names = self.heap.scope(scope).map(|s| s.names.values().cloned().collect::<Vec<_>>());
        for value in names.unwrap_or_default() {
            let Value::Class(id) = value else { continue };
            let paths = self.class(id).mro.iter().filter_map(|class| self.class(*class).path.as_deref());
            if paths.into_iter().all(|path| path == "builtins.object") {
                self.open_class(id);
            }
        }
    }

    /// Converts frames and series in data to arrays as Keras' adapters do: a series becomes a column.
    ///
    /// # Errors
    /// A budget that ran out.
    pub(crate) fn keras_array(&mut self, value: &Value) -> Eval {
        let Value::Instance(id) = value else { return Ok(value.clone()) };
        let Some(class) = self.heap.instance(*id).map(|i| i.class) else { return Ok(value.clone()) };
        if self.class_attr(class, "_keras_array").is_none() {
            return Ok(value.clone());
        }
        Ok(self.call_method(value, "_keras_array", Args::default())?.unwrap_or_else(|| value.clone()))
    }

    /// Converts an object that has `__array__` to an array; other values stay as they are.
    ///
    /// # Errors
    /// What `__array__` raises.
    pub(crate) fn array_like(&mut self, value: Value) -> Eval {
        let Value::Instance(id) = &value else { return Ok(value) };
        let Some(class) = self.heap.instance(*id).map(|i| i.class) else { return Ok(value) };
        if self.class_attr(class, "__array__").is_none() {
            return Ok(value);
        }
        match self.find_attr(&value, "__array__")? {
            Some(method) => self.call(&method, Args::default()),
            None => Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_has_two_models() {
        let rows: usize = MODELS.iter().map(|model| model.paths.len()).sum();
        assert_eq!(BY_PATH.len(), rows);
    }

    #[test]
    fn a_path_means_its_own_model_before_that_of_its_module() {
        let found = |path| model_of(path).map(|(model, name)| (model.name, name));
        assert_eq!(found("tf.keras.utils.plot_model"), Some(("keras_data", "nothing")));
        assert_eq!(found("sklearn.utils.Bunch"), Some(("sklearn_datasets", "Bunch")));
        assert_eq!(found("sklearn.utils.shuffle"), Some(("sklearn_selection", "shuffle")));
        assert_eq!(found("sklearn.utils._private"), None);
    }
}
