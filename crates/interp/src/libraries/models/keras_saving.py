"""Objects as configs, and configs as objects (`keras/src/saving/serialization_lib.py`, `serialize` and `deserialize` in
`keras/src/*/__init__.py`, `tf_keras/src/layers/serialization.py`)."""

import keras

PLAIN = (bool, int, float, str)
FUNCTION_FAMILIES = ("activations", "losses", "metrics")
# What the interpreter keeps of a layer beside its constructor's arguments.
INTERNAL = ("rank", "weights", "cell", "use_cudnn", "output_size", "state_size", "pairs", "slope", "forward_layer",
            "partial_output_shape", "flash_attention")
# What a config has beside them.
ALSO = {
    "AdditiveAttention": {"seed": None}, "ConvLSTM2D": {"unroll": False, "zero_output_for_mask": False},
    "Embedding": {"activity_regularizer": None}, "EinsumDense": {"activity_regularizer": None},
    "GRU": {"zero_output_for_mask": False}, "LSTM": {"zero_output_for_mask": False},
    "SimpleRNN": {"zero_output_for_mask": False}, "LayerNormalization": {"rms_scaling": False},
}
# Classes that tell less: nothing of being trained, and their dtype by its name.
PLAIN_DTYPE = ("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Discretization")
# Layers whose own config tells of their activity regularizer; others do if they have one.
TELL_ACTIVITY = ("GroupQueryAttention", "MultiHeadAttention", "ActivityRegularization", "EinsumDense", "Embedding")


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
    place = public_place(obj)
    if place is None:
        return unknown()
    module, name = place
    entry = {"module": module, "class_name": name, "config": obj.get_config(), "registered_name": None}
    if module == "keras.layers" and obj.built and obj.weights:
        entry["build_config"] = unknown()
    return entry


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


def layer_config(config, name):
    """What a layer of Keras 3 says of itself, of what its constructor was given."""
    told = dict(ALSO.get(name, {}))
    for key, value in config.items():
        if (key in INTERNAL and not (name == "RNN" and key == "cell")) or (name == "SimpleRNN" and key == "seed"):
            continue
        if key == "trainable" and name in PLAIN_DTYPE:
            continue
        if key == "dtype" and name not in PLAIN_DTYPE:
            value = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": value}, "registered_name": None}
        elif key == "activity_regularizer" and value is None:
            if not (name in TELL_ACTIVITY or "Conv" in name or name in ("LSTM", "GRU", "SimpleRNN")):
                continue
        elif key in ("lora_rank", "lora_alpha", "gptq_unpacked_column_size") and value is None:
            continue
        elif key.endswith("_initializer"):
            value = serialize_keras_object(keras.initializers.get(value))
        elif key.endswith("_regularizer"):
            value = serialize_keras_object(keras.regularizers.get(value))
        elif key.endswith("_constraint"):
            value = serialize_keras_object(keras.constraints.get(value))
        elif key in ("activation", "recurrent_activation"):
            found = keras.activations.get(value)
            value = serialize_activation(found) if public_place(found) else unknown()
        elif key == "quantization_config":
            value = None
        elif key == "data_format" and value is None:
            value = "channels_last"
        elif key in ("layer", "cell", "cells", "backward_layer"):
            value = serialize_keras_object(value)
        elif name == "Bidirectional" and key in ("return_sequences", "return_state", "stateful"):
            continue
        elif name == "MultiHeadAttention" and key == "value_dim" and value is None:
            value = config["key_dim"]
        elif name in ("RandomRotation", "RandomBrightness", "RandomContrast") and key == "factor":
            value = unknown()
        elif name == "EinsumDense" and key == "output_shape" and isinstance(value, int):
            value = (value,)
        told[key] = value
    return told


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
    found = public_object("keras.layers." + name) or public_object("keras." + name)
    if found is None:
        # A name that is in no table is handed on.
        return unknown() if custom_objects or registers_objects() or config.get("module") else name
    return found.from_config(config["config"])
