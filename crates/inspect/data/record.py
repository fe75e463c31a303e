"""Records what is in the tables here from the installed Keras.

    python record.py functions > keras_functions.tsv
    python record.py keywords keras > keywords_keras3.tsv
    python record.py keywords tf_keras > keywords_keras2.tsv
"""
import ast
import builtins
import dis
import importlib.util
import pathlib
import sys
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
    for node in ast.walk(init):
        match node:
            case ast.Call(ast.Attribute(ast.Name("kwargs"), "pop" | "get"), [ast.Constant(key), *_]):
                found.add(key)
            case ast.Compare(ast.Constant(key), [ast.In()], [ast.Name("kwargs")]):
                found.add(key)
            case ast.Assign([ast.Name("allowed_kwargs")], value):
                found |= {c.value for c in ast.walk(value) if isinstance(c, ast.Constant)}
    return found


def classes(package):
    """Each class of a package by its name: its bases and its constructor."""
    found = {}
    root = pathlib.Path(importlib.util.find_spec(package).origin).parent / "src"
    for path in sorted(root.rglob("*.py")):
        if "test" in path.name:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name not in found:
                init = [f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"]
                bases = [b.attr if isinstance(b, ast.Attribute) else b.id for b in node.bases if hasattr(b, "attr") or hasattr(b, "id")]
                exported = any("keras_export" in ast.unparse(d) and ".layers." in ast.unparse(d) for d in node.decorator_list)
                found[node.name] = bases, init, exported
    return found


def keywords(package):
    known = classes(package)
    print("layer", "open", "keywords", sep="\t")
    for name in sorted(name for name, (_, _, exported) in known.items() if exported):
        line, seen = [name], []
        while line:
            part = line.pop(0)
            if part in known and part not in seen and part != "Layer":
                seen.append(part)
                line += known[part][0]
        if not any("Layer" in known[part][0] for part in seen):
            continue
        found, own, is_open = set(), None, True
        for part in seen:
            for init in known[part][1]:
                named = {a.arg for a in init.args.args + init.args.kwonlyargs} - {"self"}
                own = named if own is None else own
                found |= named | taken(init)
                is_open = is_open and init.args.kwarg is not None
            if not is_open:
                break
        extra = sorted(found - (own or set()) - BASE[package])
        if extra or not is_open:
            print(name, "yes" if is_open else "no", " ".join(extra), sep="\t")


functions() if sys.argv[1] == "functions" else keywords(sys.argv[2])
