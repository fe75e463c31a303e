"""Objects as configs, and configs as objects (`keras/src/saving/serialization_lib.py`, `serialize` and `deserialize` in
`keras/src/*/__init__.py`, `tf_keras/src/layers/serialization.py`)."""

import keras
import numpy as np

PLAIN = (bool, int, float, str)
FUNCTION_FAMILIES = ("activations", "losses", "metrics")
# Keras 2 keeps these as single-precision numbers.
SINGLE = {"LeakyReLU": ("alpha",), "ELU": ("alpha",), "ThresholdedReLU": ("theta",)}
SINGLE_ARRAYS = {"ReLU": ("max_value", "negative_slope", "threshold")}
# What is kept as a range: the lower end of `factor=0.1`
# (`keras/src/layers/preprocessing/image_preprocessing/base_image_preprocessing_layer.py`, `_set_factor`).
RANGES = {"AugMix": 0, "CutMix": 0, "RandAugment": 0, "RandomBrightness": -1, "RandomColorDegeneration": -1,
          "RandomContrast": 0, "RandomElasticTransform": 0, "RandomErasing": 0, "RandomGaussianBlur": 0, "RandomHue": 0,
          "RandomInvert": 0, "RandomPerspective": 0, "RandomPosterization": 1, "RandomRotation": -1,
          "RandomSaturation": -1, "RandomSharpness": 0}
# Layers of Keras 2 whose dtype is that of what they answer.
INDICES = ("Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup")


def serialize_keras_object(obj):
    if not is_followed(obj):
        return unknown()
    if is_public_function(obj):
        _, name = public_place(obj)
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}
    if obj is None or isinstance(obj, PLAIN):
        return obj
    if isinstance(obj, list):
        return [serialize_keras_object(item) for item in obj]
    if isinstance(obj, tuple):
        return tuple([serialize_keras_object(item) for item in obj])
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, (np.ndarray, np.generic)):
        if np.ndim(obj) == 0:
            return obj.item()
        return {"class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": obj.dtype.name}}
    place = public_place(obj)
    own = scripts_name(obj)
    if place is None and own is None:
        return unknown()
    if own is not None and own[1] == "function":
        name = registered_name(obj)
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}
    if own is not None and own[1] != "class":
        return unknown()
    if own is not None:
        module, name, registered = None, own[0], registered_name(obj)
    elif place == ("keras", "Functional"):
        module = "keras.src.models.functional" if KERAS == 3 else "tf_keras.src.engine.functional"
        name = registered = "Functional"
    else:
        module, name = place
        registered = None
    config = input_config(obj) if place == ("keras.layers", "InputLayer") else obj.get_config()
    if name == "MultiHeadAttention" and module == "keras.layers":
        _tell_attention(config, built_shapes(obj))
    entry = {"module": module, "class_name": name, "config": serialize_keras_object(config), "registered_name": registered}
    if is_layer(obj) and place != ("keras.layers", "InputLayer"):
        _add_state(entry, obj, name)
    return entry


def input_config(layer):
    shape = "batch_input_shape" if KERAS == 2 else "batch_shape"
    return {shape: input_shape(layer), "dtype": input_dtype(layer), "sparse": False, "ragged": False,
            "name": layer.name, "optional": False}


def _tell_attention(config, shapes):
    """What a MultiHeadAttention tells once it is built: its axes, and in Keras 2 the shapes that it was built for."""
    if shapes is None:
        return
    shapes = shapes if isinstance(shapes, list) else [shapes, shapes]
    if config["attention_axes"] is None:
        config["attention_axes"] = list(range(1, len(shapes[0]) - 1))
    if KERAS == 2:
        config["query_shape"], config["value_shape"] = shapes[0], shapes[1]
        config["key_shape"] = shapes[2] if len(shapes) > 2 else shapes[1]


def auto_config(layer):
    """The config of a class of the script's that has no `get_config`: what it was made with."""
    given, names, takes_more = given_arguments(layer)
    given = {key: serialize_keras_object(value) for key, value in given.items()}
    compute, kept = layer.compute_dtype, layer.variable_dtype
    policy = compute if compute == kept else f"mixed_{compute}"
    if KERAS == 3:
        policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": policy}, "registered_name": None}
        config = {"name": layer.name, **given, "trainable": layer.trainable, "dtype": policy}
        if "name" not in names and not takes_more:
            del config["name"]
        return config
    config = {"name": layer.name, "trainable": layer.trainable, "dtype": policy}
    config = {key: value for key, value in config.items() if takes_more or key in names}
    return {**config, **given}


def _add_state(entry, layer, name):
    """What a layer was built for, and a model compiled with."""
    shapes = built_shapes(layer)
    if KERAS == 3 and name == "Functional":
        entry["build_config"] = {"input_shape": None}
    elif shapes is not None:
        entry["build_config"] = {"input_shape": shapes}
        if KERAS == 3 and name == "MultiHeadAttention":
            shapes = shapes if isinstance(shapes, list) else [shapes, shapes]
            entry["build_config"] = {"shapes_dict": dict(zip(("query_shape", "value_shape", "key_shape"), shapes))}
    if not is_model(layer):
        return
    given = compiled_with(layer)
    if given is None:
        if KERAS == 3:
            entry["compile_config"] = {}
        return
    entry["compile_config"] = {key: serialize_keras_object(value) for key, value in given.items()}


def build_config(layer, name):
    """`get_build_config`: what a layer was built for."""
    entry = {}
    _add_state(entry, layer, name)
    return entry.get("build_config")


def build_from_config(layer, config):
    if not config:
        return
    if KERAS == 2 or "input_shape" in config:
        if config["input_shape"] is not None:
            layer.build(config["input_shape"])
    elif "shapes_dict" in config:
        layer.build(**config["shapes_dict"])


def serialize(obj, use_legacy_format=False):
    return unknown() if use_legacy_format else serialize_keras_object(obj)


def serialize_activation(activation, use_legacy_format=False):
    if use_legacy_format:
        return unknown()
    config = serialize_keras_object(activation)
    if config is None or isinstance(config, str):
        words = ("or use `@keras.saving.register_keras_serializable()`to register any custom activations." if KERAS == 3
                 else "or use `@keras.utils.register_keras_serializable` for any custom activations.")
        raise ValueError(f"Unknown activation function '{activation}' cannot be serialized due to invalid function name. "
                         "Make sure to use an activation name that matches the references defined in activations.py "
                         f"{words} config={config}")
    if is_public_function(activation):
        return config["config"]
    return config


def layer_config(given, name, policy, keys, shape):
    """What a layer says of itself: `keys` are those of its class, with their values where no argument gives one; `shape`
    is that of its input in Keras 2, where it was told."""
    told = {}
    for key, *default in keys:
        value = given.get(key)
        if key == "dtype":
            value = _told_policy(name, value, policy, default, given)
        elif value is None and default:
            value = default[0]
        elif KERAS == 3 and name == "Bidirectional" and key == "layer":
            value = given["forward_layer"]
        elif key not in given:
            value = unknown()
        told[key] = _told(name, key, value, given)
    if KERAS == 3 and given.get("activity_regularizer") is not None:
        told["activity_regularizer"] = serialize_keras_object(keras.regularizers.get(given["activity_regularizer"]))
    if shape is not None:
        # It stands before the dtype.
        rest = [(key, told.pop(key)) for key in list(told) if key not in ("name", "trainable", "batch_input_shape")]
        told["batch_input_shape"] = shape
        told.update(rest)
    return told


def _told_policy(name, asked, policy, default, given):
    """The policy of a layer's dtypes: by its name, or in Keras 3 mostly as an object."""
    if KERAS == 2:
        if name == "TextVectorization" or name in INDICES and given.get("output_mode", "int") == "int":
            return policy if asked is not None else default[0]
        return policy
    if asked is None and default and isinstance(default[0], dict):
        return default[0]
    if default and isinstance(default[0], str):
        return default[0] if asked is None and name == "HashedCrossing" else policy
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": policy}, "registered_name": None}


def _size_with_special(given):
    """How many words a lookup has with those for a mask and for unknown words, which its own may begin with."""
    words = given["vocabulary"]
    if not isinstance(words, (list, tuple)):
        return unknown()
    masks = given.get("mask_token") is not None and given.get("output_mode") == "int"
    special = ([given["mask_token"]] if masks else []) + [given["oov_token"]] * given["num_oov_indices"]
    if special and list(words[: len(special)]) == special:
        return len(words)
    return len(words) + len(special)


def _range(least, factor):
    if isinstance(factor, (list, tuple)):
        return tuple(sorted(factor))
    return (max(-abs(factor), least), abs(factor)) if isinstance(factor, (int, float)) else unknown()


def kept_factor(name, factor):
    """`layer.factor` in Keras 3: a range in the classes that make one of it."""
    return _range(RANGES[name], factor) if name in RANGES else factor


def _told(name, key, value, given):
    if key.endswith("_initializer"):
        return serialize_keras_object(keras.initializers.get(value))
    if key.endswith("_regularizer"):
        return serialize_keras_object(keras.regularizers.get(value))
    if key.endswith("_constraint"):
        return serialize_keras_object(keras.constraints.get(value))
    if key in ("activation", "recurrent_activation"):
        found = keras.activations.get(value)
        return serialize_activation(found) if public_place(found) else unknown()
    if key == "quantization_config":
        return None
    if key in ("layer", "cell", "cells", "backward_layer"):
        told = serialize_keras_object(value)
        if KERAS == 3 and name == "Bidirectional" and isinstance(told, dict) and "zero_output_for_mask" in told["config"]:
            told["config"]["zero_output_for_mask"] = told["config"]["return_sequences"]
        return told
    if key == "value_dim" and value is None:
        return given["key_dim"]
    if key == "factor" and name in RANGES and (KERAS == 3 or name == "RandomBrightness"):
        return _range(RANGES[name], value)
    if key == "seed" and name == "RandomCrop" and value is None:
        return unknown()
    if key == "vocabulary_size" and given.get("vocabulary") is not None:
        return _size_with_special(given)
    if key == "num_bins" and given.get("bin_boundaries") is not None:
        return None
    if KERAS == 2 and key in SINGLE.get(name, ()):
        return float(np.float32(value))
    if KERAS == 2 and key in SINGLE_ARRAYS.get(name, ()):
        return None if value is None else np.asarray(value, "float32")
    if KERAS == 2 and key == "oov_token" and name == "IntegerLookup":
        return np.int64(value)
    if name == "Normalization" and key == "axis" and isinstance(value, int):
        return (value,)
    if name == "EinsumDense" and key == "output_shape" and isinstance(value, int):
        return (value,)
    return value


def made(cls, module, name, config):
    try:
        return cls.from_config(config)
    except TypeError as error:
        whole = {"module": module, "class_name": name, "config": config, "registered_name": None}
        raise TypeError(f"{cls} could not be deserialized properly. Please ensure that components that are Python object "
                        "instances (layers, models, etc.) returned by `get_config()` are explicitly deserialized in the "
                        f"model's `from_config()` method.\n\nconfig={whole}.\n\nException encountered: {error}")


def from_module(config, family):
    """`deserialize` of a module that has a table of its objects: a name that is in no table is handed on."""
    if config is None:
        return None
    if not is_known(config):
        return unknown()
    inner, name = None, config
    if isinstance(config, dict):
        if "class_name" not in config:
            raise ValueError(f"Unknown `config` as a `dict`, config={config}")
        inner = config.get("config")
        if config["class_name"] == "function":
            name = inner if config["module"] == "builtins" else config["registered_name"]
        elif config.get("module", "_") is None:
            kind = config["class_name"]
            raise TypeError(f"Cannot deserialize object of type `{kind}`. If `{kind}` is a custom class, please register it "
                            "using the `@keras.saving.register_keras_serializable()` decorator.")
        else:
            name = config["class_name"]
    if not isinstance(name, str):
        return unknown()
    found = object_named(family, name)
    if found is None:
        return unknown() if registers_objects() else name
    module, own = public_place(found)
    if not is_public_function(found):
        return made(found, module, own, inner or {})
    # Only the function's own name leads back to it.
    if own != name:
        if module == "keras.losses" and public_object("keras.metrics." + own) is not None:
            module = "keras.metrics"
        raise ValueError(f"Could not deserialize '{module}.{name}' because it is not a KerasSaveable subclass")
    return found


def deserialize_optimizer(config):
    name = config["class_name"]
    lower = name.lower()
    if object_named("optimizer", lower) is not None:
        config["class_name"] = lower
    return from_module(config, "optimizer")


def deserialize_schedule(config):
    name = config["class_name"]
    found = public_object("keras.optimizers.schedules." + name)
    if found is None:
        return unknown() if registers_objects() else name
    return made(found, "keras.optimizers.schedules", name, config.get("config") or {})


def deserialize_keras_object(config, custom_objects=None, safe_mode=True):
    if config is None or isinstance(config, PLAIN):
        return unknown() if isinstance(config, str) and (custom_objects or registers_objects()) else config
    if not is_known(config):
        return unknown()
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(item, custom_objects, safe_mode) for item in config]
    if not isinstance(config, dict):
        raise TypeError(f"Could not parse config: {config}")
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_keras_object(value, custom_objects, safe_mode) for key, value in config.items()}
    name, inner, module = config["class_name"], config["config"], config.get("module")
    own = class_among(custom_objects, config)
    if own is not None and isinstance(inner, dict):
        return restored(made(own, module, name, inner), config)
    if KERAS == 2 or custom_objects or registers_objects() or not isinstance(name, str):
        return unknown()
    if name == "__lambda__" and safe_mode:
        raise ValueError("Requested the deserialization of a Python lambda. This carries a potential risk of arbitrary code "
                         "execution and thus it is disallowed by default. If you trust the source of the artifact, you can "
                         "override this error by passing `safe_mode=False` to the loading function, or calling "
                         "`keras.config.enable_unsafe_deserialization().")
    if name.startswith("__"):
        return unknown()
    kind = "class"
    if name == "function":
        kind, name = "function", inner
    elif inner is None:
        inner = {}
    elif not isinstance(inner, dict):
        raise TypeError(f"Expected 'config' to be a dict for {name},\ninstead got {type(inner)}\nFull config: {config}")
    found = None
    if module == "builtins" and kind == "function":
        for family in FUNCTION_FAMILIES:
            found = found or public_object(f"keras.{family}.{name}")
    elif module:
        found = public_object(f"{module}.{name}")
        if found is None and module.split(".")[0] in ("keras", "keras_hub", "keras_cv", "keras_nlp"):
            return unknown()
    if found is None:
        raise TypeError(f"Could not locate {kind} '{name}'. Make sure custom classes and functions are decorated with "
                        "`@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are "
                        "all imported so that the decorator is run before trying to load them. Full object config: "
                        f"{config}")
    if is_public_function(found):
        return found
    return made(found, module, name, inner)


def class_among(custom_objects, config):
    """The class of the script's that is handed to a loader for a config."""
    if not isinstance(custom_objects, dict) or not is_known(custom_objects):
        return None
    return custom_objects.get(config.get("registered_name") or config["class_name"])


def restored(layer, config):
    """A layer that is built for what it was built for when its config was told."""
    if is_layer(layer) and not is_model(layer) and "build_config" in config:
        build_from_config(layer, config["build_config"])
    return layer


def deserialize_layer(config, custom_objects=None, use_legacy_format=False):
    if KERAS == 2:
        return _legacy_layer(config, custom_objects)
    layer = deserialize_keras_object(config, custom_objects)
    if not is_followed(layer):
        return layer
    if not is_layer(layer):
        raise ValueError("`keras.layers.deserialize` was passed a `config` object that is not a `keras.layers.Layer`. "
                         f"Received: {config}")
    return layer


def _legacy_layer(config, custom_objects):
    if not config:
        raise ValueError(f"Cannot deserialize empty config. Received: config={config}")
    if not isinstance(config, dict) or not is_known(config) or "class_name" not in config or "config" not in config:
        return unknown()
    name = config["class_name"]
    own = class_among(custom_objects, config)
    if own is not None and isinstance(config["config"], dict):
        return restored(own.from_config(config["config"]), config)
    found = public_object("keras.layers." + name) or public_object("keras." + name)
    if found is None:
        # A name that is in no table is handed on.
        return unknown() if custom_objects or registers_objects() or config.get("module") else name
    return found.from_config(config["config"])
