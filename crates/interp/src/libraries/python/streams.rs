//! Files as Python's objects: `open`, `io.StringIO`, `io.BytesIO`.

use std::rc::Rc;

use super::paths::expected_path;
use crate::files::FileState;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// The class of all files.
pub(super) static FILE: NativeClass = NativeClass {
    path: "_io.TextIOWrapper",
    state: || NativeState::Plain,
    methods: &[&[
        native("read", read),
        native("readline", readline),
        native("readlines", |interp, args| {
            let lines = lines(interp, &args)?;
            Ok(interp.new_list(lines))
        }),
        native("__iter__", |interp, args| {
            let lines = lines(interp, &args)?;
            Ok(interp.new_iterator(lines))
        }),
        native("__next__", |interp, args| {
            let line = readline(interp, args)?;
            match &line {
                Value::Str(text) if text.is_empty() => Err(interp.raise_named("StopIteration", "")),
                _ => Ok(line),
            }
        }),
        native("write", write),
        native("writelines", |interp, args| {
            let [file, lines, ..] = args.positional.as_slice() else { return Ok(Value::None) };
            let (file, lines) = (file.clone(), lines.clone());
            for line in interp.iterate(&lines, usize::MAX)?.0 {
                write(interp, Args::of([file.clone(), line]))?;
            }
            Ok(Value::None)
        }),
        native("getvalue", |interp, args| {
            let Some((_, file)) = file_of(interp, &args) else { return Ok(Value::None) };
            let (content, binary) = (file.content.clone(), file.binary);
            text_of(interp, &content, binary)
        }),
        native("seek", |interp, args| {
            let offset = args.get(1, "offset").and_then(Value::as_int).unwrap_or(0);
            let whence = args.get(2, "whence").and_then(Value::as_int).unwrap_or(0);
            let Some((_, file)) = file_of(interp, &args) else { return Ok(Value::None) };
            let from = match whence {
                1 => file.at as i64,
                2 => file.content.len() as i64,
                _ => 0,
            };
            file.at = usize::try_from(from + offset).unwrap_or(0);
            Ok(Value::Int(file.at as i64))
        }),
        native("tell", |interp, args| {
            Ok(file_of(interp, &args).map_or(Value::None, |(_, f)| Value::Int(f.at as i64)))
        }),
        native("truncate", |interp, args| {
            let size = args.get(1, "size").and_then(Value::as_int).and_then(|n| usize::try_from(n).ok());
            let Some((_, file)) = file_of(interp, &args) else { return Ok(Value::None) };
            let size = size.unwrap_or(file.at);
            file.content.truncate(size);
            file.changed = true;
            Ok(Value::Int(size as i64))
        }),
        native("flush", |interp, args| {
            if let Some((id, _)) = file_of(interp, &args) {
                interp.store_open(id)?;
            }
            Ok(Value::None)
        }),
        native("close", close),
        native("__enter__", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))),
        native("__exit__", |interp, args| {
            close(interp, args)?;
            Ok(Value::Bool(false))
        }),
        native("readable", |interp, args| {
            Ok(Value::Bool(file_of(interp, &args).is_some_and(|(_, file)| file.reads)))
        }),
        native("writable", |interp, args| {
            Ok(Value::Bool(file_of(interp, &args).is_some_and(|(_, file)| file.writes)))
        }),
        native("isatty", |_, _| Ok(Value::Bool(false))),
    ]],
    properties: &[&[native("closed", |interp, args| {
        Ok(Value::Bool(file_of(interp, &args).is_some_and(|(_, file)| file.closed)))
    })]],
};

pub(super) static FUNCTIONS: &[Native] = &[
    native("builtins.open", open),
    native("io.open", open),
    native("io.StringIO", |interp, args| in_memory(interp, &args, false)),
    native("io.BytesIO", |interp, args| in_memory(interp, &args, true)),
];

/// `open(file, mode="r")`; an analysis reads nothing.
pub(super) fn open(interp: &mut Interp<'_>, args: Args) -> Eval {
    if !interp.carries_out() {
        return Ok(interp.unknown("the contents of a file"));
    }
    let Some(path) = expected_path(interp, &args, 0, "file")? else {
        return Err(interp.stuck(&Value::None, "a file whose path is not known"));
    };
    let mode: Rc<str> = match args.get(1, "mode") {
        None => "r".into(),
        Some(Value::Str(mode)) => mode.clone(),
        Some(mode) => return Err(interp.stuck(&mode.clone(), "how a file is opened is not known")),
    };
    let main = mode.chars().filter(|c| "rwax".contains(*c)).count();
    if main != 1 || mode.chars().any(|c| !"rwaxbt+".contains(c)) {
        let text = match main {
            1 => format!("invalid mode: '{mode}'"),
            _ => "must have exactly one of create/read/write/append mode".to_owned(),
        };
        return Err(interp.raise(ops::Exc::ValueError, text));
    }
    let (plus, binary) = (mode.contains('+'), mode.contains('b'));
    let (reads, appends) = (mode.contains('r') || plus, mode.contains('a'));
    let writes = !mode.contains('r') || plus;
    let there =
        |interp: &mut Interp<'_>| -> Eval<bool> { Ok(interp.path_kind(&path)? == crate::world::Kind::File) };
    let content = if mode.contains('r') {
        interp.read_file(&path)?.to_vec()
    } else if mode.contains('x') && there(interp)? {
        return Err(interp.os_error("FileExistsError", 17, "File exists", &path));
    } else if appends && there(interp)? {
        interp.read_file(&path)?.to_vec()
    } else {
        Vec::new()
    };
    let at = if appends { content.len() } else { 0 };
    let changed = !mode.contains('r') && !appends;
    let state = FileState {
        path: Some(path.as_str().into()),
        content,
        at,
        binary,
        reads,
        writes,
        appends,
        changed,
        closed: false,
    };
    let file = interp.new_file(state);
    if let Value::Instance(id) = &file {
        for (name, value) in [("name", Value::Str(path.into())), ("mode", Value::Str(mode))] {
            interp.set_own_attr(*id, name, value)?;
        }
        if writes {
            interp.files.open.push(*id);
        }
    }
    Ok(file)
}

fn in_memory(interp: &mut Interp<'_>, args: &Args, binary: bool) -> Eval {
    let read = matches!(args.positional.first(), Some(Value::Str(_) | Value::Bytes(_)));
    // Of a stream that is written to, only a run knows what it holds.
    if !interp.carries_out() && !read {
        return Ok(interp.unknown("what a stream in memory holds"));
    }
    let content = match args.positional.first() {
        None | Some(Value::None) => Vec::new(),
        Some(Value::Str(text)) => text.as_bytes().to_vec(),
        Some(Value::Bytes(bytes)) => bytes.to_vec(),
        Some(value) => return Err(interp.stuck(&value.clone(), "what a stream in memory holds is not known")),
    };
    Ok(interp.new_file(FileState { content, binary, reads: true, writes: true, ..FileState::default() }))
}

fn file_of<'i>(interp: &'i mut Interp<'_>, args: &Args) -> Option<(ObjId, &'i mut FileState)> {
    let Some(Value::Instance(id)) = args.positional.first() else { return None };
    match &mut interp.heap.instance_mut(*id)?.native {
        NativeState::File(file) => Some((*id, file)),
        _ => None,
    }
}

/// Bytes as the script sees them: in a text file decoded, with the ends of lines as `\n`.
fn text_of(interp: &mut Interp<'_>, bytes: &[u8], binary: bool) -> Eval {
    if binary {
        return Ok(Value::Bytes(bytes.into()));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('\r') => {
            Ok(Value::Str(text.replace("\r\n", "\n").replace('\r', "\n").into()))
        }
        Ok(text) => Ok(Value::str(text)),
        Err(error) => {
            let at = error.valid_up_to();
            let byte = bytes.get(at).copied().unwrap_or(0);
            let text =
                format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte");
            Err(interp.raise_named("UnicodeDecodeError", text))
        }
    }
}

/// Refuses what a file was not opened for.
fn usable(interp: &mut Interp<'_>, args: &Args, writing: bool) -> Eval<()> {
    let Some((_, file)) = file_of(interp, args) else { return Ok(()) };
    let (closed, allowed) = (file.closed, if writing { file.writes } else { file.reads });
    if closed {
        return Err(interp.raise(ops::Exc::ValueError, "I/O operation on closed file."));
    }
    if !allowed {
        let text = if writing { "not writable" } else { "not readable" };
        return Err(interp.raise_named("UnsupportedOperation", text));
    }
    Ok(())
}

/// The next bytes of a file: so many, or up to and with the end of the line.
fn next(interp: &mut Interp<'_>, args: &Args, size: Option<usize>, line: bool) -> Eval {
    usable(interp, args, false)?;
    let Some((_, file)) = file_of(interp, args) else { return Ok(Value::None) };
    let rest = file.content.get(file.at..).unwrap_or_default();
    let mut length = match (line, size) {
        (true, _) => rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1),
        (false, Some(size)) => size.min(rest.len()),
        (false, None) => rest.len(),
    };
    // Of text, whole characters are read.
    while !file.binary && length < rest.len() && rest[length] & 0xc0 == 0x80 {
        length += 1;
    }
    let (bytes, binary) = (rest[..length].to_vec(), file.binary);
    file.at += length;
    text_of(interp, &bytes, binary)
}

fn read(interp: &mut Interp<'_>, args: Args) -> Eval {
    let size = args.get(1, "size").and_then(Value::as_int).and_then(|n| usize::try_from(n).ok());
    next(interp, &args, size, false)
}

fn readline(interp: &mut Interp<'_>, args: Args) -> Eval {
    next(interp, &args, None, true)
}

fn lines(interp: &mut Interp<'_>, args: &Args) -> Eval<Vec<Value>> {
    let mut lines = Vec::new();
    loop {
        interp.step()?;
        let line = next(interp, args, None, true)?;
        match &line {
            Value::Str(text) if text.is_empty() => return Ok(lines),
            Value::Bytes(bytes) if bytes.is_empty() => return Ok(lines),
            Value::Str(_) | Value::Bytes(_) => lines.push(line),
            _ => return Ok(lines),
        }
    }
}

fn write(interp: &mut Interp<'_>, args: Args) -> Eval {
    usable(interp, &args, true)?;
    let data = args.get(1, "s").cloned().unwrap_or(Value::None);
    let Some((_, file)) = file_of(interp, &args) else { return Ok(Value::Any(Plain::Int)) };
    let (bytes, length) = match (&data, file.binary) {
        (Value::Str(text), false) => (text.as_bytes().to_vec(), text.chars().count()),
        (Value::Bytes(bytes), true) => (bytes.to_vec(), bytes.len()),
        (Value::Any(_) | Value::Unknown(_), _) => {
            return Err(interp.stuck(&data, "a text that is written is not known"));
        }
        (_, binary) => {
            let kind = interp.type_name(&data);
            let text = match binary {
                true => format!("a bytes-like object is required, not '{kind}'"),
                false => format!("write() argument must be str, not {kind}"),
            };
            return Err(interp.raise(ops::Exc::TypeError, text));
        }
    };
    if file.appends {
        file.at = file.content.len();
    }
    let at = file.at.min(file.content.len());
    let over = bytes.len().min(file.content.len() - at);
    file.at = at + bytes.len();
    file.content.splice(at..at + over, bytes);
    file.changed = true;
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn close(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((id, _)) = file_of(interp, &args) else { return Ok(Value::None) };
    interp.store_open(id)?;
    interp.files.open.retain(|open| *open != id);
    if let Some((_, file)) = file_of(interp, &args) {
        file.closed = true;
    }
    Ok(Value::None)
}

impl Interp<'_> {
    fn new_file(&mut self, state: FileState) -> Value {
        let class = self.native_class(FILE.path);
        let id = self.new_instance(class);
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.native = NativeState::File(Box::new(state));
        }
        Value::Instance(id)
    }

    /// Stores what was written to an open file.
    fn store_open(&mut self, id: ObjId) -> Eval<()> {
        let Some(NativeState::File(file)) = self.heap.instance_mut(id).map(|i| &mut i.native) else {
            return Ok(());
        };
        if !file.changed {
            return Ok(());
        }
        file.changed = false;
        match (file.path.clone(), file.content.clone()) {
            (Some(path), content) => self.write_file(&path, content),
            (None, _) => Ok(()),
        }
    }

    /// Stores what was written to files that nobody has closed, before a script looks at files.
    ///
    /// CPython closes a file when nothing refers to it any more: `json.dump(x, open("x.json", "w"))` is on disk
    /// with the next statement. Nothing counts references here, so that a file that is still held is stored early.
    pub(crate) fn store_files(&mut self) -> Eval<()> {
        for id in self.files.open.clone() {
            self.store_open(id)?;
        }
        Ok(())
    }

    /// Stores the files that a script left open, as CPython does when it ends.
    pub(crate) fn close_files(&mut self) -> Eval<()> {
        self.store_files()?;
        self.files.open.clear();
        Ok(())
    }

    /// All that is left in a file object; nothing where the value is none.
    pub(crate) fn rest_of_file(&mut self, value: &Value) -> Eval<Option<Vec<u8>>> {
        let args = Args::of([value.clone()]);
        if file_of(self, &args).is_none() {
            return Ok(None);
        }
        usable(self, &args, false)?;
        Ok(file_of(self, &args).map(|(_, file)| {
            let rest = file.content.get(file.at..).unwrap_or_default().to_vec();
            file.at = file.content.len();
            rest
        }))
    }

    /// Writes bytes to a file object or a path.
    ///
    /// # Errors
    /// What writing raises.
    pub(crate) fn write_to(&mut self, target: &Value, bytes: Vec<u8>) -> Eval<()> {
        let args = Args::of([target.clone()]);
        if file_of(self, &args).is_some() {
            usable(self, &args, true)?;
            if let Some((_, file)) = file_of(self, &args) {
                file.content.truncate(file.at);
                file.content.extend_from_slice(&bytes);
                (file.at, file.changed) = (file.content.len(), true);
            }
            return Ok(());
        }
        match expected_path(self, &args, 0, "file")? {
            Some(path) => self.write_file(&path, bytes),
            None => Err(self.stuck(target, "a file whose path is not known")),
        }
    }

    /// Reads all of a file object or of what lies at a path.
    ///
    /// # Errors
    /// What reading raises.
    pub(crate) fn read_from(&mut self, source: &Value) -> Eval<Rc<[u8]>> {
        if let Some(bytes) = self.rest_of_file(source)? {
            return Ok(bytes.into());
        }
        match expected_path(self, &Args::of([source.clone()]), 0, "file")? {
            Some(path) => self.read_file(&path),
            None => Err(self.stuck(source, "a file whose path is not known")),
        }
    }
}
