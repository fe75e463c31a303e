//! What public names reach: the operating system, files, the network, code; or nothing.

/// What a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It reaches out: what it does, as the end of "which …".
    Dangerous(&'static str),
    /// It computes.
    Harmless,
    /// It is not known.
    Unknown,
}

const PROGRAMS: &str = "runs other programs";
const FILES: &str = "reads or writes files";
const NETWORK: &str = "opens network connections";
const CODE: &str = "makes and runs code";
const SYSTEM: &str = "reaches the operating system";
const MEMORY: &str = "reaches raw memory and native code";
const LOADS: &str = "loads models or code from files";
const UNSAFE: &str = "switches off Keras' safe mode";

/// Modules and names that reach out, with all that is in them; the longest match counts.
const DANGEROUS: &[(&str, &str)] = &[
    ("builtins.exec", CODE),
    ("builtins.eval", CODE),
    ("builtins.compile", CODE),
    ("builtins.open", FILES),
    ("builtins.input", "waits for the keyboard"),
    ("builtins.breakpoint", "starts a debugger"),
    ("builtins.exit", "ends the process"),
    ("builtins.quit", "ends the process"),
    ("os", SYSTEM),
    ("os.system", PROGRAMS),
    ("os.popen", PROGRAMS),
    ("os.exec", PROGRAMS),
    ("os.spawn", PROGRAMS),
    ("posix", SYSTEM),
    ("nt", SYSTEM),
    ("subprocess", PROGRAMS),
    ("_posixsubprocess", PROGRAMS),
    ("commands", PROGRAMS),
    ("popen2", PROGRAMS),
    ("platform.popen", PROGRAMS),
    ("pty", PROGRAMS),
    ("webbrowser", PROGRAMS),
    ("multiprocessing", PROGRAMS),
    ("concurrent.futures.process", PROGRAMS),
    ("asyncio", SYSTEM),
    ("signal", SYSTEM),
    ("resource", SYSTEM),
    ("pwd", SYSTEM),
    ("getpass", SYSTEM),
    ("atexit", "runs code when the process ends"),
    ("sys", SYSTEM),
    ("socket", NETWORK),
    ("_socket", NETWORK),
    ("socketserver", NETWORK),
    ("ssl", NETWORK),
    ("select", NETWORK),
    ("urllib", NETWORK),
    ("urllib2", NETWORK),
    ("urllib3", NETWORK),
    ("http", NETWORK),
    ("httplib", NETWORK),
    ("requests", NETWORK),
    ("httpx", NETWORK),
    ("aiohttp", NETWORK),
    ("ftplib", NETWORK),
    ("smtplib", NETWORK),
    ("poplib", NETWORK),
    ("imaplib", NETWORK),
    ("telnetlib", NETWORK),
    ("xmlrpc", NETWORK),
    ("paramiko", NETWORK),
    ("shutil", FILES),
    ("pathlib", FILES),
    ("tempfile", FILES),
    ("io", FILES),
    ("_io", FILES),
    ("io.BytesIO", ""),
    ("io.StringIO", ""),
    ("_io.BytesIO", ""),
    ("_io.StringIO", ""),
    ("glob", FILES),
    ("fileinput", FILES),
    ("linecache", FILES),
    ("zipfile", FILES),
    ("tarfile", FILES),
    ("gzip", FILES),
    ("bz2", FILES),
    ("lzma", FILES),
    ("sqlite3", FILES),
    ("dbm", FILES),
    ("shelve", FILES),
    ("mmap", FILES),
    ("h5py", FILES),
    ("gzip.decompress", ""),
    ("bz2.decompress", ""),
    ("lzma.decompress", ""),
    ("codecs.open", FILES),
    ("pickle", CODE),
    ("_pickle", CODE),
    ("cPickle", CODE),
    ("dill", CODE),
    ("cloudpickle", CODE),
    ("joblib", CODE),
    ("marshal", CODE),
    ("types.FunctionType", CODE),
    ("types.LambdaType", CODE),
    ("types.CodeType", CODE),
    ("code", CODE),
    ("codeop", CODE),
    ("runpy", CODE),
    ("importlib", CODE),
    ("imp", CODE),
    ("pkgutil", CODE),
    ("zipimport", CODE),
    ("pdb", CODE),
    ("bdb", CODE),
    ("timeit", CODE),
    ("trace", CODE),
    ("profile", CODE),
    ("cProfile", CODE),
    ("doctest", CODE),
    ("pip", CODE),
    ("setuptools", CODE),
    ("distutils", CODE),
    ("yaml.load", CODE),
    ("yaml.unsafe_load", CODE),
    ("gc", MEMORY),
    ("inspect", MEMORY),
    ("ctypes", MEMORY),
    ("_ctypes", MEMORY),
    ("cffi", MEMORY),
    ("torch.load", LOADS),
    ("torch.hub", LOADS),
    ("numpy.load", FILES),
    ("numpy.save", FILES),
    ("numpy.loadtxt", FILES),
    ("numpy.genfromtxt", FILES),
    ("numpy.fromfile", FILES),
    ("numpy.memmap", FILES),
    ("numpy.DataSource", FILES),
    ("numpy.testing.runstring", CODE),
    ("numpy.testing.rundocs", CODE),
    ("numpy.f2py", PROGRAMS),
    ("numpy.distutils", PROGRAMS),
    ("numpy.lib.npyio", FILES),
    ("numpy.ctypeslib", MEMORY),
    ("pandas.read_", FILES),
    ("pandas.eval", CODE),
    ("scipy.io", FILES),
    ("tensorflow.io.read_file", FILES),
    ("tensorflow.io.write_file", FILES),
    ("tensorflow.io.matching_files", FILES),
    ("tensorflow.io.gfile", FILES),
    ("tensorflow.gfile", FILES),
    ("tensorflow.compat.v1.gfile", FILES),
    ("tensorflow.io.TFRecordWriter", FILES),
    ("tensorflow.io.write_graph", FILES),
    ("tensorflow.io.parse_from_file", FILES),
    ("tensorflow.read_file", FILES),
    ("tensorflow.write_file", FILES),
    ("tensorflow.data.TFRecordDataset", FILES),
    ("tensorflow.data.TextLineDataset", FILES),
    ("tensorflow.data.FixedLengthRecordDataset", FILES),
    ("tensorflow.data.Dataset.list_files", FILES),
    ("tensorflow.data.experimental.save", FILES),
    ("tensorflow.train.Checkpoint", FILES),
    ("tensorflow.train.load_", FILES),
    ("tensorflow.summary.create_file_writer", FILES),
    ("tensorflow.saved_model", LOADS),
    ("tensorflow.load_library", LOADS),
    ("tensorflow.load_op_library", LOADS),
    ("tensorflow.raw_ops.ReadFile", FILES),
    ("tensorflow.raw_ops.WriteFile", FILES),
    ("tensorflow.raw_ops.MatchingFiles", FILES),
    ("tensorflow.raw_ops.Save", FILES),
    ("tensorflow.raw_ops.Restore", FILES),
    ("tensorflow.raw_ops.PrintV2", FILES),
    ("tensorflow.raw_ops.PyFunc", CODE),
    ("tensorflow.raw_ops.EagerPyFunc", CODE),
    ("tensorflow.distribute", NETWORK),
    ("tensorflow.python", ""),
    ("tensorflow.python.platform.gfile", FILES),
    ("tensorflow.python.lib.io", FILES),
    ("keras.utils.get_file", "downloads files"),
    ("keras.utils.data_utils", "downloads files"),
    ("keras.src.utils.file_utils", FILES),
    ("keras.src.utils.python_utils.func_load", CODE),
    ("keras.src.saving", LOADS),
    ("keras.utils.load_img", FILES),
    ("keras.utils.save_img", FILES),
    ("keras.preprocessing.image.load_img", FILES),
    ("keras.preprocessing.image.save_img", FILES),
    ("keras.models.load_model", LOADS),
    ("keras.models.save_model", FILES),
    ("keras.models.model_from_json", LOADS),
    ("keras.saving.", LOADS),
    ("keras.saving.register_keras_serializable", ""),
    ("keras.saving.get_registered_object", ""),
    ("keras.config.enable_unsafe_deserialization", UNSAFE),
    ("keras.src.saving.serialization_lib.enable_unsafe_deserialization", UNSAFE),
    ("keras.utils.deserialize_keras_object", LOADS),
    ("keras.layers.TFSMLayer", LOADS),
];

/// Modules that compute, where nothing more is said of a name in them.
const COMPUTES: &[&str] = &[
    "keras",
    "tensorflow",
    "tf_keras",
    "numpy",
    "math",
    "cmath",
    "operator",
    "functools",
    "itertools",
    "random",
    "collections",
    "string",
    "re",
    "time",
    "datetime",
    "copy",
    "statistics",
    "decimal",
    "fractions",
    "numbers",
    "json",
    "base64",
    "binascii",
    "codecs",
    "struct",
    "hashlib",
    "textwrap",
    "enum",
    "typing",
    "abc",
    "dataclasses",
    "warnings",
    "logging",
    "scipy",
    "jax",
    "torch",
    "tensorflow_probability",
    "tensorflow_addons",
    "einops",
    "zlib",
    "gzip",
    "bz2",
    "lzma",
    "io",
    "_io",
    "types",
    "bisect",
    "heapq",
    "array",
    "calendar",
    "uuid",
    "secrets",
    "platform",
    "pandas",
];

/// Harmless parts of modules that reach out as a whole.
const HARMLESS: &[&str] = &[
    "os.path",
    "os.sep",
    "os.linesep",
    "os.name",
    "os.extsep",
    "os.pathsep",
    "os.curdir",
    "os.altsep",
    "os.cpu_count",
    "os.fspath",
    "sys.maxsize",
    "sys.stdout",
    "sys.stderr",
    "sys.version",
    "sys.version_info",
    "sys.platform",
    "sys.byteorder",
    "sys.float_info",
    "sys.getsizeof",
    "sys.getrecursionlimit",
    "sys.intern",
    "inspect.signature",
    "gc.collect",
    "importlib.metadata",
];

/// Returns what a dotted name means.
pub(crate) fn meaning(path: &str) -> Meaning {
    let within = |name: &str| {
        path.strip_prefix(name).is_some_and(|rest| {
            // `os.exec` stands for `os.execv` and its like, `pandas.read_` for all readers.
            rest.is_empty() || rest.starts_with('.') || name.ends_with(['_', '.']) || is_stem(name)
        })
    };
    if HARMLESS
        .iter()
        .any(|name| path == *name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    {
        return Meaning::Harmless;
    }
    let found = DANGEROUS.iter().filter(|(name, _)| within(name)).max_by_key(|(name, _)| name.len());
    match found {
        Some((_, "")) => Meaning::Harmless,
        Some((_, why)) => Meaning::Dangerous(why),
        None => {
            let package = path.split('.').next().unwrap_or(path);
            if package == "builtins" || COMPUTES.contains(&package) {
                Meaning::Harmless
            } else {
                Meaning::Unknown
            }
        }
    }
}

fn is_stem(name: &str) -> bool {
    matches!(
        name,
        "os.exec" | "os.spawn" | "numpy.save" | "tensorflow.raw_ops.Save" | "tensorflow.raw_ops.Restore"
    )
}

/// Returns what a name of the module is that the code came from, by what everybody calls it.
pub(crate) fn convention(name: &str) -> Option<&'static str> {
    Some(match name {
        "tf" | "tensorflow" => "tensorflow",
        "np" | "numpy" => "numpy",
        "K" => "keras.backend",
        "keras" | "tf_keras" => "keras",
        "ops" => "keras.ops",
        "jnp" => "jax.numpy",
        "jax" => "jax",
        "torch" => "torch",
        "pd" => "pandas",
        "math" => "math",
        "random" => "random",
        "functools" => "functools",
        "itertools" => "itertools",
        "operator" => "operator",
        "os" => "os",
        "sys" => "sys",
        "subprocess" => "subprocess",
        "socket" => "socket",
        "shutil" => "shutil",
        "pathlib" => "pathlib",
        "pickle" => "pickle",
        "marshal" => "marshal",
        "importlib" => "importlib",
        "ctypes" => "ctypes",
        "urllib" => "urllib",
        "requests" => "requests",
        "base64" => "base64",
        "codecs" => "codecs",
        "warnings" => "warnings",
        "binascii" => "binascii",
        "python_types" => "types",
        "__builtins__" => "builtins",
        "layers" => "keras.layers",
        "backend" => "keras.backend",
        _ => return None,
    })
}

/// Returns what an attribute of any object reaches, whatever the object is: the ways out of a sandbox.
pub(crate) fn attribute(name: &str) -> Option<&'static str> {
    Some(match name {
        "__subclasses__" => "lists all classes of the process, which leads to anything",
        "__globals__" | "func_globals" | "__builtins__" => "reaches the globals of other code",
        "__code__" | "func_code" | "gi_code" | "cr_code" => "reaches the code of a function",
        "gi_frame" | "cr_frame" | "f_globals" | "f_builtins" | "f_back" | "tb_frame" => {
            "reaches frames of other code"
        }
        "__loader__" | "__spec__" | "load_module" | "exec_module" => "reaches the machinery of imports",
        "__reduce__" | "__reduce_ex__" => "reaches the machinery of pickle",
        "tofile" | "to_pickle" | "to_csv" | "write_text" | "write_bytes" => "writes files",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_reaches_out() {
        for path in [
            "os.system",
            "os.execvp",
            "subprocess.Popen",
            "builtins.exec",
            "numpy.load",
            "pandas.read_csv",
            "keras.saving.load_model",
            "sys.modules",
        ] {
            assert!(matches!(meaning(path), Meaning::Dangerous(_)), "{path}");
        }
        for path in [
            "os.path.join",
            "os.sep",
            "tensorflow.nn.relu",
            "keras.ops.mean",
            "builtins.len",
            "numpy.loadtxt2",
            "operator.add",
        ] {
            assert_eq!(meaning(path), Meaning::Harmless, "{path}");
        }
        assert_eq!(meaning("solver.run"), Meaning::Unknown);
    }
}
