//! A stored function: decoded, decompiled, judged.

use bytecode::{Code, Decompiled, Given, Needs, Object, Use, Version, Versions};
use formats::{Json, Stored, StoredFunction};

use crate::danger::{Danger, Judgement, Meaning, judge_source, meaning};
use crate::literal::{decoded, literal};
use crate::recorded::needs;
use crate::script::module_of_function;

/// What is known of a function in a model file.
#[derive(Clone, Debug)]
pub struct Function {
    /// Where it stands, and as what.
    pub stored: StoredFunction,
    /// Its name: `<lambda>`, or that of the `def`.
    pub name: String,
    /// Python source; of code that could not be turned into source, a commented listing.
    pub source: Option<String>,
    /// Whether the source means the same as the code.
    pub complete: bool,
    /// Why it is not complete.
    pub obstacle: Option<String>,
    /// The releases of Python that may have compiled it.
    pub versions: Versions,
    /// Names of its module that it needs, without built-in ones.
    pub globals: Vec<String>,
    /// The same of a function of Keras that the file only names: its module is there wherever Keras is.
    pub own_globals: Vec<String>,
    /// The built-in names that it uses.
    pub builtins: Vec<String>,
    /// Its free variables with their values as Python literals; the value is missing where the file has none.
    pub closure: Vec<(String, Option<String>)>,
    /// Names of the module that the functions among those values need.
    pub closure_globals: Vec<String>,
    /// The defaults of its last positional parameters, as literals.
    pub defaults: Vec<String>,
    /// Keyword-only parameters: their defaults are lost when a function is saved.
    pub keyword_only: Vec<String>,
    /// Whether it is dangerous, and why.
    pub judgement: Judgement,
    /// What is stored but is no function: why.
    pub damage: Option<String>,
    /// What is dangerous in the functions among the values of its free variables.
    enclosed_dangers: Vec<Judgement>,
    /// The marshalled bytes, for saying what other Pythons make of them.
    pub(crate) bytes: Vec<u8>,
    /// The code.
    pub(crate) code: Option<Code>,
}

impl Function {
    /// Decodes a stored function.
    pub(crate) fn recover(stored: StoredFunction) -> Function {
        let mut function = Function {
            name: String::new(),
            source: None,
            complete: false,
            obstacle: None,
            versions: Versions::NONE,
            globals: Vec::new(),
            own_globals: Vec::new(),
            builtins: Vec::new(),
            closure: Vec::new(),
            closure_globals: Vec::new(),
            defaults: Vec::new(),
            keyword_only: Vec::new(),
            judgement: Judgement::harmless(),
            damage: None,
            enclosed_dangers: Vec::new(),
            bytes: Vec::new(),
            code: None,
            stored,
        };
        match function.stored.stored.clone() {
            Stored::Reference { module, name } => function.refer(&module, &name),
            Stored::Code { code, defaults, closure } => function.decode(&code, &defaults, &closure),
        }
        function
    }

    /// A function that the file only names.
    fn refer(&mut self, module: &str, name: &str) {
        name.clone_into(&mut self.name);
        let path = if module.is_empty() || module == "builtins" {
            name.to_owned()
        } else {
            format!("{module}.{name}")
        };
        let plain = module == "builtins" || module.is_empty();
        let of_keras = if plain {
            module_of_function(name).map(|module| format!("keras.{module}.{name}"))
        } else {
            Some(path.clone())
        };
        let needed = of_keras.and_then(|path| needs(&path));
        self.own_globals = needed.map_or(Vec::new(), |names| names.map(str::to_owned).collect());
        self.judgement = match meaning(&path) {
            // `builtins` is what Keras writes for functions of any module; only Keras' own are looked up.
            _ if plain && !matches!(name, "exec" | "eval" | "compile" | "open" | "__import__") => {
                Judgement::harmless()
            }
            Meaning::Dangerous(why) => {
                Judgement::new(Danger::Dangerous, format!("refers to `{path}`, which {why}"))
            }
            Meaning::Harmless => Judgement::harmless(),
            Meaning::Unknown if plain => {
                Judgement::new(Danger::Dangerous, format!("refers to `{path}`, which makes and runs code"))
            }
            Meaning::Unknown => Judgement::new(
                Danger::Unknown,
                format!("refers to `{path}`, which is neither in the file nor of Keras"),
            ),
        };
    }

    fn decode(&mut self, text: &str, defaults: &Json, closure: &Json) {
        self.bytes = raw(text);
        self.defaults = defaults.items().iter().map(decoded).collect();
        let value = match bytecode::read(&self.bytes) {
            Ok(marshalled) => marshalled.value,
            Err(error) => {
                let what = format!("what is stored for its code is not what `marshal` writes: {error}");
                return self.broken(what);
            }
        };
        let Object::Code(code) = value else {
            return self.broken("what is stored for its code is no code".to_owned());
        };
        let code = (*code).clone();
        self.name = code.name.to_string();
        self.versions = bytecode::versions_of(&code);
        let values = closure.items();
        for (at, name) in code.freevars.iter().enumerate() {
            let value = values.get(at).and_then(|value| self.enclosed(value));
            self.closure.push((name.to_string(), value));
        }
        let positional = code.argcount as usize;
        let keyword_only = code.varnames.iter().skip(positional).take(code.kwonlyargcount as usize);
        self.keyword_only = keyword_only.map(|name| name.to_string()).collect();
        let given = Given { defaults: self.defaults.clone(), ..Given::default() };
        let Decompiled { source, complete, versions, obstacle } =
            bytecode::decompile_given(&code, self.versions, &given);
        if !versions.is_empty() {
            self.versions = versions;
        }
        (self.complete, self.obstacle) = (complete, obstacle);
        let version = self.versions.iter().next_back();
        if let Some(needs) = version.and_then(|version| Needs::of(&code, version).ok()) {
            self.globals = needs.globals.into_iter().collect();
            self.builtins = needs.builtins.into_iter().collect();
        }
        self.judgement = if complete { self.judge(&source, values) } else { judge_uses(&code, version) };
        for Judgement { danger, reasons } in std::mem::take(&mut self.enclosed_dangers) {
            reasons.into_iter().for_each(|reason| self.judgement.add(danger, reason));
        }
        self.source = Some(source);
        self.code = Some(code);
    }

    /// The value of a free variable as Python; nothing for a function that the file does not hold.
    fn enclosed(&mut self, value: &Json) -> Option<String> {
        let stored = match formats::stored_function(value) {
            None => return Some(decoded(value)),
            Some(Stored::Reference { module, name }) if matches!(module.as_str(), "" | "builtins") => {
                return Some(format!("keras.{}.{name}", module_of_function(&name)?));
            }
            Some(Stored::Reference { .. }) => return None,
            Some(stored @ Stored::Code { .. }) => stored,
        };
        // Functions with free variables of their own are left alone, so that this ends.
        if matches!(&stored, Stored::Code { closure, .. } if !closure.items().is_empty()) {
            return None;
        }
        let inner = Function::recover(StoredFunction { stored, ..self.stored.clone() });
        self.closure_globals.extend(inner.globals.iter().cloned());
        self.enclosed_dangers.extend((inner.judgement.danger != Danger::Harmless).then_some(inner.judgement));
        inner.source.filter(|_| inner.complete && inner.name == "<lambda>")
    }

    fn judge(&self, source: &str, values: &[Json]) -> Judgement {
        let text = |(at, (name, _)): (usize, &(String, Option<String>))| {
            (name.clone(), values.get(at).and_then(Json::as_str).map(str::to_owned))
        };
        let closure: Vec<_> = self.closure.iter().enumerate().map(text).collect();
        judge_source(source, &closure)
    }

    fn broken(&mut self, what: String) {
        self.judgement = Judgement::new(Danger::Unknown, what.clone());
        self.damage = Some(what);
    }

    /// Tells whether the file has its code and not just its name.
    pub fn has_code(&self) -> bool {
        matches!(self.stored.stored, Stored::Code { .. })
    }

    /// Tells whether it is a lambda rather than a `def`.
    pub fn is_lambda(&self) -> bool {
        self.name == "<lambda>"
    }
}

/// The bytes as Keras takes them: base64, or the text itself where it is not that.
fn raw(text: &str) -> Vec<u8> {
    if text.is_ascii()
        && let Ok(bytes) = formats::decode_base64(text)
    {
        return bytes;
    }
    let mut bytes = Vec::new();
    for c in text.chars() {
        match u8::try_from(u32::from(c)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend(format!("\\u{:04x}", u32::from(c)).bytes()),
        }
    }
    bytes
}

/// Judges code that could not be turned into source by the names and texts in it.
fn judge_uses(code: &Code, version: Option<Version>) -> Judgement {
    let mut judgement = Judgement::new(Danger::Unknown, "its code could not be turned into source");
    let Some(uses) = version.and_then(|version| bytecode::uses(code, version).ok()) else { return judgement };
    let mut path: Option<String> = None;
    let mut source = Vec::new();
    for found in uses {
        match found {
            Use::Global(name) => {
                source.extend(path.replace(name));
            }
            Use::Import(name) | Use::ImportFrom(name) => {
                source.extend(path.take());
                source.push(format!("__import__({})", literal(&Json::Str(name))));
            }
            Use::Attribute(name) => path = Some(format!("{}.{name}", path.as_deref().unwrap_or("x"))),
            Use::Constant(_) | Use::Local(_) | Use::Call | Use::Write(_) => {}
        }
    }
    source.extend(path);
    for part in source {
        let found = judge_source(&format!("lambda x: {part}"), &[]);
        if found.danger == Danger::Dangerous {
            found.reasons.into_iter().for_each(|reason| judgement.add(Danger::Dangerous, reason));
        }
    }
    judgement
}
