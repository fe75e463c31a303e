#!/usr/bin/env python3
"""Record what the classes of Keras 3 and tf_keras tell of themselves in `get_config` as `configs.tsv`.

    record_configs.py     needs what record.py needs; README.md explains the columns

Of each public class one object is made, of the fewest arguments that its constructor takes. A key whose value does
not follow from an argument stands with its value: those without a parameter, and those whose parameter was `None`.
"""
import inspect, json, os, re, warnings

warnings.simplefilter("ignore")
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
import keras, tf_keras

OUT = os.path.dirname(os.path.abspath(__file__))
FAMILIES = (
    "layers", "layers.experimental", "layers.experimental.preprocessing", "initializers", "regularizers", "constraints",
    "losses", "metrics", "optimizers", "optimizers.legacy", "optimizers.schedules",
)
# Classes that need files, other frameworks or a subclass.
SKIP = {"TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "FeatureSpace"}
# What is tried where a constructor needs arguments.
TRIED = (
    "", "2", "2, 3", "(2,)", "(1,)", "0.1", "0.1, 0.1", "'relu'", "lambda t: t", "k.layers.LSTMCell(2)",
    "[k.layers.LSTMCell(2)]", "k.layers.LSTM(2)", "k.layers.Dense(2)", "[k.layers.Dense(2)]", "4, 4, 2", "'ab,bc->ac', 3",
    "2, [0]", "0.5", "[1.0]", "0.1, 10", "0.1, 10, 0.9", "[1], [0.1, 0.2]", "k.optimizers.SGD()", "k.losses.MeanSquaredError()",
    "num_bins=3",
)
# Where what is tried first means something else than what is usual.
FIRST = {
    "Bidirectional": "k.layers.LSTM(2)", "RNN": "k.layers.LSTMCell(2)", "StackedRNNCells": "[k.layers.LSTMCell(2)]",
    "Wrapper": "k.layers.Dense(2)", "TimeDistributed": "k.layers.Dense(2)", "SpectralNormalization": "k.layers.Dense(2)",
    "Pipeline": "[k.layers.Dense(2)]", "RandomApply": "[k.layers.RandomFlip()]", "InputLayer": "(2,)", "Reshape": "(2,)",
    "Permute": "(1,)", "Activation": "'relu'", "Lambda": "lambda t: t", "GroupQueryAttention": "4, 4, 2",
    "GroupedQueryAttention": "4, 4, 2", "Dropout": "0.1", "Discretization": "num_bins=3", "MeanRelativeError": "[1.0]",
    "LossScaleOptimizer": "k.optimizers.SGD()", "MeanMetricWrapper": "k.losses.get('mse')", "GroupNormalization": "2",
}


def made(k, cls):
    """An object of a class. The base class tells more of itself than of what derives from it."""
    if cls is keras.layers.Layer:
        cls = type("Own", (cls,), {"get_config": lambda self: keras.layers.Layer.get_config(self)})
    for text in (*([FIRST[cls.__name__]] if cls.__name__ in FIRST else []), *TRIED):
        try:
            k.backend.clear_session()
            return eval(f"cls({text})", {"cls": cls, "k": k})
        except Exception:
            pass


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(v) for key, v in value.items()}
    raise TypeError


def told(cls, config):
    params = inspect.signature(cls.__init__).parameters
    keys = []
    for key, value in config.items():
        default = params[key].default if key in params else None
        policy = key == "dtype" and isinstance(value, dict) and value["config"]["name"] == "float32"
        other = isinstance(value, dict) and value.get("module") in ("keras.layers", "keras.optimizers")
        drawn = key == "seed" and value is not None
        if policy or other or drawn or key in ("name", "trainable", "value_dim"):
            pass  # It follows from the object, from another one or argument, or from chance.
        elif default is None and value is not None or key not in params:
            try:
                key += "=" + json.dumps(plain(value), separators=(",", ":")).replace(" ", "\\u0020")
            except TypeError:
                pass
        keys.append(key)
    return " ".join(keys)


rows = {}
for k in (keras, tf_keras):
    for family in FAMILIES:
        module = k
        for part in family.split("."):
            module = getattr(module, part, None)
        for name in dir(module) if module else ():
            cls = getattr(module, name)
            if name.startswith("_") or not inspect.isclass(cls) or cls.__name__ in SKIP or not hasattr(cls, "get_config"):
                continue
            row = f"{cls.__module__}:{cls.__qualname__}"
            if row in rows:
                continue
            obj = made(k, cls)
            if obj is None:
                print("not made:", row)
                continue
            try:
                rows[row] = told(cls, obj.get_config())
            except Exception as error:
                print("tells nothing:", row, type(error).__name__)
with open(os.path.join(OUT, "configs.tsv"), "w") as out:
    for row in sorted(rows):
        out.write(f"{row}\tg\t\t{rows[row]}\n")
