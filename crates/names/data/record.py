#!/usr/bin/env python3
"""Record the public names of TensorFlow, Keras 3, tf_keras and NumPy as the tables beside this file.

    record.py     needs tensorflow, keras, tf_keras and numpy; README.md says which versions were recorded

A table of names has one line a public name: path, kind, definition, signature. A table of classes has one line
a class and one a member: definition or definition.member, kind, bases or nothing, signature. Both are sorted
bytewise by their first column; README.md explains the columns.
"""
import ast, inspect, os, pkgutil, re, sys, types, warnings

if os.environ.get("PYTHONHASHSEED") != "0":
    # Else the values of sets would be written in another order every time.
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
warnings.simplefilter("ignore")
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
import importlib
import keras, numpy, tensorflow, tf_keras

OUT = os.path.dirname(os.path.abspath(__file__))
OURS = ("tensorflow", "keras", "tf_keras", "numpy")
# Not recorded: large, internal, or of no use to a Keras script.
SKIP = {
    "tf.compat", "tf.keras", "tf.estimator", "tf.contrib", "tf.lite", "tf.experimental.dtensor", "tf.experimental.tensorrt", "tf.tpu",
    "tf.profiler", "tf.mlir", "tf.xla", "tf.types", "np.f2py", "np.rec", "np.char", "np.strings",
    "np.chararray", "np.polynomial", "np.ctypeslib", "np.typing", "np.matlib", "np.lib", "np.dtypes", "np.exceptions", "np.testing",
    "np.distutils", "np.core", "np._core", "np.random.bit_generator", "np.random.mtrand",
}
# Names that a module gives with a warning when it is asked for them, and does not list.
UNLISTED = {"np": {"chararray"}}
# A name that exists and is not recorded has a line of kind "?".
SKIP_NAMES = {"src", "python", "tsl", "core", "tools", "api", "ma", "include", "distribute_lib"}
# Classes of objects that scripts meet and no public path names.
PRIVATE = [
    "tensorflow.python.framework.ops:EagerTensor",
    "tensorflow.python.framework.ops:SymbolicTensor",
    "tensorflow.python.ops.resource_variable_ops:ResourceVariable",
    "tensorflow.python.eager.polymorphic_function.polymorphic_function:Function",
    "keras.src.backend.tensorflow.core:Variable",
    "keras.src.models.functional:Functional",
    "keras.src.backend.common.keras_tensor:KerasTensor",
    "tf_keras.src.engine.functional:Functional",
    "tf_keras.src.engine.keras_tensor:KerasTensor",
]
# Attributes that others than `self` set, which the search for assignments cannot see.
SET_BY_OTHERS = {
    "keras.src.trainers.trainer:Trainer": ["history", "stop_training"],
    "tf_keras.src.engine.training:Model": ["history", "stop_training"],
    "tensorflow.python.data.ops.dataset_ops:DatasetV2": ["class_names", "file_paths"],
}
# `__getattr__` here only refuses known names, with a better message.
HARMLESS_GETATTR = {"tensorflow.python.framework.tensor:Tensor"}
# Base classes from these modules add no public attribute.
EMPTY = ("abc", "typing", "typing_extensions", "pybind11_builtins")


def clean(text):
    return re.sub(r" at 0x[0-9a-f]+", "", text).replace("\t", " ").replace("\n", " ")


def signature(o):
    try:
        return clean(str(inspect.signature(o)))
    except (TypeError, ValueError):
        return ""


def definition(o, name=""):
    return f"{getattr(o, '__module__', '') or ''}:{getattr(o, '__qualname__', name)}"


classes, keys = {}, {}


def walk(table, module, path, depth=0, seen=frozenset()):
    for name in sorted(set(dir(module)) | UNLISTED.get(path, set())):
        p = f"{path}.{name}"
        if name == "__version__":
            table[p] = ("K", "", repr(module.__version__), None)
        if name.startswith("_"):
            continue
        if p in SKIP or name in SKIP_NAMES:
            table[p] = ("?", "", "", None)
            continue
        try:
            o = getattr(module, name)
        except Exception:
            table[p] = ("?", "", "", None)
            continue
        if isinstance(o, types.ModuleType):
            table[p] = ("M", o.__name__ if not o.__name__.startswith("/") else "", "", None)
            ours = o.__name__.split(".")[0] in OURS or "api" in o.__name__
            if depth < 5 and (id(o), p) not in seen and ours:
                walk(table, o, p, depth + 1, seen | {(id(o), p)})
        elif inspect.isclass(o):
            table[p] = ("C", class_key(o), signature(o), o)
            add_class(o)
        elif path == "tf.raw_ops":
            # Wrappers that share the qualified name of what they wrap and take keywords alone.
            table[p] = ("F", f"tensorflow.raw_ops:{name}", signature(o), o)
        elif callable(o):
            table[p] = ("F", definition(o, name), signature(o), o)
        else:
            table[p] = ("K", "", clean(repr(o)[:80]), None)


    for info in pkgutil.iter_modules(getattr(module, "__path__", [])):
        if not info.name.startswith("_"):
            kind = "?" if hasattr(module, info.name) else "i"
            table.setdefault(f"{path}.{info.name}", (kind, "", "", None))


def class_key(cls):
    """The definition of a class, with a mark where another class has the same (a named tuple's base)."""
    key = definition(cls)
    while keys.setdefault(key, cls) is not cls:
        key += "'"
    return key


def add_class(cls):
    key = class_key(cls)
    if key in classes or cls is object:
        return
    if cls.__module__.split(".")[0] not in OURS:
        if cls.__module__ not in EMPTY:
            classes[key] = ("D", "", {})
        return
    classes[key] = None
    bases = [b for b in cls.__bases__ if b is not object and definition(b).split(":")[0] not in EMPTY]
    getters = [vars(cls).get(n) for n in ("__getattr__", "__getattribute__")]
    dynamic = any(isinstance(g, types.FunctionType) for g in getters) and key not in HARMLESS_GETATTR
    members = {}
    for name in assigned(cls) + SET_BY_OTHERS.get(key, []):
        members[name] = ("a", "")
    for name, value in vars(cls).items():
        if name.startswith("_") and name not in ("__call__", "__init__"):
            continue
        members[name] = member(cls, name, value)
    for name in list(members):
        # What a class repeats of the next class that has it says nothing new.
        above = next((b for b in cls.__mro__[1:] if name in known(b)), object)
        if above.__module__.split(".")[0] in OURS and name != "__init__":
            theirs = member(above, name, vars(above)[name]) if name in vars(above) else ("a", "")
            if members[name] in (theirs, ("a", "")):
                del members[name]
    classes[key] = ("D" if dynamic else "C", ",".join(class_key(b) for b in bases), members)
    for base in bases:
        add_class(base)


def known(cls):
    """The names that a class or its methods set."""
    return set(vars(cls)) | set(assigned(cls))


def member(cls, name, value):
    if isinstance(value, classmethod):
        return "c", signature(getattr(cls, name))
    if isinstance(value, staticmethod):
        return "s", signature(getattr(cls, name))
    if callable(value) and not inspect.isclass(value):
        return "m", signature(value)
    if inspect.isdatadescriptor(value) or hasattr(type(value), "__get__"):
        return "p", ""
    return "k", clean(repr(value)[:80])


trees = {}


def assigned(cls):
    """The public attributes that the class's own methods assign on `self`."""
    module = sys.modules.get(cls.__module__)
    path = getattr(module, "__file__", None) or ""
    if not path.endswith(".py"):
        return []
    if path not in trees:
        with open(path) as f:
            trees[path] = ast.parse(f.read())
    body = trees[path].body
    for part in cls.__qualname__.split("."):
        found = [n for n in find_definitions(body) if n.name == part]
        if not found:
            return []
        body = found[-1].body
    out = []
    for method in find_definitions(body):
        if isinstance(method, ast.ClassDef) or not method.args.args:
            continue
        me = method.args.args[0].arg
        for node in ast.walk(method):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                if isinstance(node.value, ast.Name) and node.value.id == me and not node.attr.startswith("_"):
                    out.append(node.attr)
    return sorted(set(out))


def find_definitions(body):
    """The functions and classes of a body, those under `if` and `try` too."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node
        elif isinstance(node, (ast.If, ast.Try)):
            yield from find_definitions(node.body + node.orelse + getattr(node, "finalbody", []))
            for handler in getattr(node, "handlers", []):
                yield from find_definitions(handler.body)


def separate(table):
    """Makes definitions unique that different objects share, such as those of closures."""
    first = {}
    for path in sorted(table):
        kind, where, sig, o = table[path]
        if kind == "M" or o is None:
            continue
        if first.setdefault((kind, where), o) is not o:
            print("shared by different objects:", where, path, file=sys.stderr)
            table[path] = (kind, f"{where}@{path}", sig, o)


def write_names(file, table, fallback=None, root=None):
    rows = {p: f"{kind}\t{where}\t{sig}" for p, (kind, where, sig, _) in table.items()}
    if fallback is not None:
        base = {p: f"{kind}\t{where}\t{sig}" for p, (kind, where, sig, _) in fallback.items()}
        rows = {p: r for p, r in rows.items() if base.get(p) != r} | {p: "-\t\t" for p in base if p not in rows}
    if root:
        rows[root[0]] = f"M\t{root[1]}\t"
    write(file, rows)


def write(file, rows):
    with open(os.path.join(OUT, file), "w", encoding="utf-8", newline="\n") as f:
        for key in sorted(rows, key=str.encode):
            print(key, rows[key], sep="\t", file=f)


def mro(key):
    """The order in which lib.rs looks a member up: depth first, a class that is reached twice the last time."""
    order = [key]
    for base in reversed([b for b in classes[key][1].split(",") if b]):
        above = mro(base)
        order = [key] + above + [k for k in order[1:] if k not in above]
    return order


def check(cls):
    """Tells where a lookup in the tables differs from Python's."""
    for name in set(dir(cls)):
        owner = next((b for b in cls.__mro__ if name in vars(b)), object)
        private = name.startswith("_") and name not in ("__call__", "__init__")
        if private or owner.__module__.split(".")[0] not in OURS:
            continue
        found = next((classes[k][2][name] for k in mro(class_key(cls)) if name in classes[k][2]), None)
        if found != member(owner, name, vars(owner)[name]):
            print("differs", definition(cls), name, found, file=sys.stderr)


def main():
    tables = {name: {} for name in ("tf", "keras3", "tfkeras3", "keras2", "numpy")}
    # Before `tf`, whose lazily loaded `tf.losses` and the like replace some of these modules.
    walk(tables["tfkeras3"], importlib.import_module("keras._tf_keras.keras"), "keras")
    walk(tables["keras3"], keras, "keras")
    walk(tables["tf"], tensorflow, "tf")
    # Its contents are in other tables; here it stands for lists of what TensorFlow has.
    tables["tf"]["tf.keras"] = ("M", "keras._tf_keras.keras", "", None)
    walk(tables["keras2"], tf_keras, "keras")
    walk(tables["numpy"], numpy, "np")
    for where in PRIVATE:
        module, name = where.split(":")
        add_class(getattr(importlib.import_module(module), name))
    for table in tables.values():
        separate(table)
    write_names("tf.tsv", tables["tf"], root=("tf", "tensorflow"))
    write_names("keras3.tsv", tables["keras3"], root=("keras", "keras"))
    write_names("tfkeras3.tsv", tables["tfkeras3"], tables["keras3"], root=("keras", "keras._tf_keras.keras"))
    write_names("keras2.tsv", tables["keras2"], root=("keras", "tf_keras"))
    write_names("numpy.tsv", tables["numpy"], root=("np", "numpy"))
    for table in tables.values():
        for _, _, _, o in table.values():
            if inspect.isclass(o) and o.__module__.split(".")[0] in OURS:
                check(o)
    rows = {}
    for key, (kind, bases, members) in classes.items():
        rows[key] = f"{kind}\t{bases}\t"
        for name, (kind, sig) in members.items():
            rows[f"{key}.{name}"] = f"{kind}\t\t{sig}"
    write("classes.tsv", rows)
    write("dispatched.tsv", {path: "F" for path in dispatched(tables)})
    write("numpy_removed.tsv", {f"np.{name}": message for name, message in removed_from_numpy()})


def dispatched(tables):
    """The paths of functions that a dispatcher stands before."""
    keras2 = [(tables["keras2"], f"keras.{module}.") for module in ("backend", "activations", "losses", "metrics")]
    for table, root in [(tables["tf"], "tf."), *keras2]:
        for path, (kind, _, _, f) in table.items():
            while kind == "F" and path.startswith(root) and not path.startswith("tf.keras.") and f is not None:
                code = getattr(f, "__code__", None)
                if code is not None and code.co_name in ("error_handler", "op_dispatch_handler"):
                    yield path
                    break
                f = getattr(f, "__wrapped__", None)


def removed_from_numpy():
    """The names whose AttributeError says more than that there is no such name, and the whole message."""
    for name in sorted({*numpy.__former_attrs__, *numpy.__expired_attributes__}):
        try:
            getattr(numpy, name)
        except AttributeError as error:
            yield name, str(error).replace("\n", "\\n").replace("\t", " ")


main()
