"""Models as configs, and configs as models (`keras/src/models/sequential.py`, `functional.py`, `model.py`,
`tf_keras/src/engine/sequential.py`, `functional.py`, `tf_keras/src/saving/saving_lib.py`)."""

import json

import keras
import numpy as np
import tensorflow as tf


def model_config(model):
    """`get_config()` of a model of Keras' own classes."""
    told = network(model)
    if told is None:
        return unknown()
    if told[0] == "Sequential":
        return _sequential_config(model, told[1])
    if told[0] == "Model":
        return own_config(model)
    config = {"name": model.name, "trainable": model.trainable, "layers": []}
    for layer, nodes in told[1]:
        entry = serialize_keras_object(layer)
        entry["name"] = layer.name
        entry["inbound_nodes"] = serialize_keras_object(nodes)
        config["layers"].append(entry)
    config["input_layers"], config["output_layers"] = told[2], told[3]
    return config


def _sequential_config(model, layers):
    layers = [serialize_keras_object(layer) for layer in layers]
    if KERAS == 2:
        return {"name": model.name, "layers": layers}
    config = {"name": model.name, "trainable": model.trainable, "dtype": _policy(model), "layers": layers}
    if layers and layers[0]["class_name"] == "InputLayer":
        config["build_input_shape"] = layers[0]["config"]["batch_shape"]
    return config


def _policy(layer):
    compute, kept = layer.compute_dtype, layer.variable_dtype
    name = compute if compute == kept else f"mixed_{compute}"
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}


def to_json(model):
    """`Model.to_json`: in Keras 3 the whole object, in Keras 2 its class, its config and what wrote it."""
    if KERAS == 3:
        return json.dumps(serialize_keras_object(model))
    entry = {"class_name": type(model).__name__, "config": model.get_config(), "keras_version": "2.21.0",
             "backend": "tensorflow"}
    return json.dumps(entry)


def model_text(model):
    """`config.json` of a `.keras` file."""
    return json.dumps(serialize_keras_object(model))


def model_from_text(text, customs, compiles, safe):
    """The model of a `config.json`, without the numbers of its weights."""
    return _object(json.loads(text), customs, compiles, safe)


def _object(config, customs, compiles=False, safe=True):
    if not isinstance(config, dict):
        return [_object(item, customs) for item in config] if isinstance(config, list) else config
    if "class_name" not in config or "config" not in config:
        return {key: _object(value, customs) for key, value in config.items()}
    name, inner, module = config["class_name"], config["config"], config.get("module")
    if name in ("__lambda__", "Lambda"):
        return refuse_stored_code(safe)
    if name == "__numpy__":
        return np.array(inner["value"], inner["dtype"])
    if name == "__tensor__":
        return tf.constant(inner["value"], inner["dtype"])
    if name == "DTypePolicy":
        return inner["name"]
    if name == "function":
        found = _function(inner, module, customs)
        return found
    if name.startswith("__"):
        return unknown()
    if name == "Functional":
        made = _functional(inner, customs)
    elif name == "Sequential" and module == "keras":
        made = _sequential(inner, customs)
    elif name == "InputLayer":
        shape = inner.get("batch_shape") or inner.get("batch_input_shape")
        return keras.Input(batch_shape=tuple(shape), dtype=inner["dtype"], name=inner["name"])
    else:
        made = _made(config, name, inner, module, customs)
    built = config.get("build_config")
    if is_layer(made) and is_model(made) and built and not made.built:
        _build(made, built)
    compiled = config.get("compile_config")
    if compiles and compiled:
        made.compile(**{key: _object(value, customs) for key, value in compiled.items() if _compiles(key, value)})
    return made


def _compiles(key, value):
    return value is not None and (KERAS == 3 or key != "run_eagerly")


def _function(name, module, customs):
    if name in customs:
        return customs[name]
    own = registered_object(name)
    if own is not None:
        return own
    for family in ("activations", "losses", "metrics"):
        found = public_object(f"keras.{family}.{name}")
        if found is not None:
            return found
    return unregistered("function", name)


def _made(config, name, inner, module, customs):
    found = customs.get(name)
    if found is None:
        found = registered_object(config.get("registered_name") or name)
    if found is None and module:
        found = public_object(f"{module}.{name}")
    if found is None:
        return unregistered("class", name)
    if not is_scripts_own(found):
        inner = {key: _argument(key, value, customs) for key, value in inner.items() if key != "quantization_config"}
        if KERAS == 2 and name == "MultiHeadAttention":
            inner = {key: value for key, value in inner.items() if key not in ("query_shape", "key_shape", "value_shape")}
        if KERAS == 2 and module == "keras.optimizers":
            inner = {key: value for key, value in inner.items() if key not in ("jit_compile", "is_legacy_optimizer")}
        if KERAS == 2 and module == "keras.losses":
            inner = {key: value for key, value in inner.items() if key != "fn"}
        if module == "keras.metrics":
            inner = {key: value for key, value in inner.items() if key != "fn"}
        return found(**inner)
    if KERAS == 3 and isinstance(inner.get("dtype"), dict):
        inner["dtype"] = inner["dtype"]["config"]["name"]
    return found.from_config(inner)


def _argument(key, value, customs):
    if isinstance(value, dict) and "class_name" in value:
        return _object(value, customs)
    if isinstance(value, list):
        items = [_argument(key, item, customs) for item in value]
        return items if key in ("cells", "axes") or value and isinstance(value[0], dict) else tuple(items)
    return value


def _build(model, config):
    """Makes a model's weights by calling it, as Keras does where its class does not say what it calls."""
    shape = config.get("input_shape")
    if not shape:
        return
    several = isinstance(shape[0], (list, tuple))
    inputs = [tf.zeros([1 if size is None else size for size in one]) for one in (shape if several else [shape])]
    model(inputs if several else inputs[0])


def _sequential(config, customs):
    model = keras.Sequential(name=config["name"])
    for entry in config["layers"]:
        model.add(_object(entry, customs))
    if not config.get("trainable", True):
        model.trainable = False
    return model


def _functional(config, customs):
    """A functional model, whose layers are called as soon as there are the tensors that they are called on."""
    layers, outputs, waiting = {}, {}, []
    for entry in config["layers"]:
        name = entry["name"]
        made = _object(entry, customs)
        layers[name] = made
        if entry["class_name"] == "InputLayer":
            outputs[name] = [made]
        else:
            first = 1 if _is_begun(entry) else 0
            outputs[name] = [None] * first if KERAS == 2 else []
            waiting.append((name, list(entry["inbound_nodes"])))
    while waiting:
        left = []
        for name, nodes in waiting:
            while nodes:
                arguments = _arguments(nodes[0], outputs, customs)
                if arguments is None:
                    break
                positional, keywords = arguments
                outputs[name].append(layers[name](*positional, **keywords))
                nodes.pop(0)
            if nodes:
                left.append((name, nodes))
        if len(left) == len(waiting) and [len(n) for _, n in left] == [len(n) for _, n in waiting]:
            return unknown()
        waiting = left
    begun = [entry["name"] for entry in config["layers"] if _is_begun(entry)]
    inputs = _ends(config["input_layers"], outputs, begun)
    ends = _ends(config["output_layers"], outputs, begun)
    model = keras.Model(inputs, ends, name=config["name"])
    if not config.get("trainable", True):
        model.trainable = False
    return model


def _is_begun(entry):
    inner = entry["config"]
    stack = KERAS == 2 and entry["class_name"] == "Sequential" and inner["layers"][:1]
    return entry["class_name"] == "Functional" or bool(stack and stack[0]["class_name"] == "InputLayer")


def _tensor(place, outputs):
    made = outputs.get(place[0], [])
    if len(made) <= place[1]:
        return None
    flat = tf.nest.flatten(made[place[1]])
    return flat[place[2]]


def _arguments(node, outputs, customs):
    """The arguments of a call; `None` where a tensor is not there yet."""
    missing = []

    def revived(value):
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            value = _tensor(value["config"]["keras_history"], outputs)
            if value is None:
                missing.append(True)
            return value
        if isinstance(value, dict) and "class_name" in value:
            return _object(value, customs)
        if isinstance(value, dict):
            return {key: revived(item) for key, item in value.items()}
        return [revived(item) for item in value] if isinstance(value, list) else value

    def placed(value):
        if isinstance(value, list) and len(value) in (3, 4) and isinstance(value[0], str):
            made = _tensor(value, outputs)
            if made is None:
                missing.append(True)
            return made
        if isinstance(value, dict):
            return {key: placed(item) for key, item in value.items()}
        return [placed(item) for item in value] if isinstance(value, list) else value

    if isinstance(node, dict) and "args" in node:
        positional = [revived(value) for value in node["args"]]
        keywords = {key: revived(value) for key, value in node["kwargs"].items() if value is not None}
    else:
        first = placed(node)
        leaf = node
        while isinstance(leaf, (list, dict)) and not (isinstance(leaf, list) and leaf and isinstance(leaf[0], str)):
            leaf = list(leaf.values())[0] if isinstance(leaf, dict) else leaf[0]
        keywords = {key: placed(value) for key, value in leaf[3].items()} if len(leaf) > 3 else {}
        keywords = {key: value for key, value in keywords.items() if value is not None}
        positional = [first[0] if isinstance(first, list) and len(first) == 1 else first]
    return None if missing else (positional, keywords)


def _ends(places, outputs, begun):
    if isinstance(places, dict):
        return {key: _ends(value, outputs, begun) for key, value in places.items()}
    if len(places) == 3 and isinstance(places[0], str):
        name, call, output = places
        if KERAS == 3 and name in begun:
            call = call - 1
        return _tensor([name, call, output], outputs)
    ends = [_ends(place, outputs, begun) for place in places]
    return ends[0] if KERAS == 2 and len(ends) == 1 else ends
