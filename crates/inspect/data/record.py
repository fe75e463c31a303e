"""Records what is in the tables here from the installed Keras.

    python record.py functions > keras_functions.tsv
    python record.py keywords keras > keywords_keras3.tsv
    python record.py keywords tf_keras > keywords_keras2.tsv
"""
import ast
import builtins
import dis
import importlib
import inspect
import sys
import textwrap
import types

MODULES = ["activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers", "ops"]
BASE = {
    "keras": {"activity_regularizer", "autocast", "dtype", "input_dim", "input_shape", "name", "trainable"},
    "tf_keras": {
        "activity_regularizer", "autocast", "batch_input_shape", "batch_size", "dtype", "dynamic", "implementation",
        "input_dim", "input_shape", "name", "trainable", "weights",
    },
}


def codes(code):
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from codes(const)


def needed(code):
    loads = ("LOAD_GLOBAL", "LOAD_NAME")
    names = {i.argval for inner in codes(code) for i in dis.get_instructions(inner) if i.opname in loads}
    return sorted(name for name in names if not hasattr(builtins, name))


def functions():
    import keras

    print("function", "needs", sep="\t")
    for module in MODULES:
        for name, value in sorted(vars(getattr(keras, module)).items()):
            if isinstance(value, types.FunctionType) and not name.startswith("_"):
                print(f"keras.{module}.{name}", " ".join(needed(value.__code__)), sep="\t")


def taken(init):
    """The keywords that a constructor takes out of its `**kwargs`."""
    found = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(init)))):
        match node:
            case ast.Call(ast.Attribute(ast.Name("kwargs"), "pop" | "get"), [ast.Constant(key), *_]):
                found.add(key)
            case ast.Compare(ast.Constant(key), [ast.In()], [ast.Name("kwargs")]):
                found.add(key)
            case ast.Assign([ast.Name("allowed_kwargs")], value):
                found |= {c.value for c in ast.walk(value) if isinstance(c, ast.Constant)}
    return found


def keywords(package):
    keras = importlib.import_module(package)
    base = keras.layers.Layer
    print("layer", "open", "keywords", sep="\t")
    for name, cls in sorted(vars(keras.layers).items()):
        if not (isinstance(cls, type) and issubclass(cls, base) and cls is not base):
            continue
        own = set(inspect.signature(cls.__init__).parameters)
        found, is_open = set(), True
        for part in cls.__mro__:
            init = inspect.unwrap(vars(part).get("__init__", None) or (lambda **kwargs: None))
            if "__init__" not in vars(part):
                continue
            if part is base:
                break
            parameters = inspect.signature(init).parameters.values()
            named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
            found |= {p.name for p in parameters if p.kind in named} | taken(init)
            if not any(p.kind == inspect.Parameter.VAR_KEYWORD for p in parameters):
                is_open = False
                break
        extra = sorted(found - own - BASE[package] - {"self"})
        if extra or not is_open:
            print(name, "yes" if is_open else "no", " ".join(extra), sep="\t")


functions() if sys.argv[1] == "functions" else keywords(sys.argv[2])
