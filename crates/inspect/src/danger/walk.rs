//! Judges source text: follows names, attributes, texts and calls to what they reach.
//!
//! `getattr(__import__('o' + 's'), 'metsys'[::-1])` is `os.system`, and so is found. All branches are taken,
//! nothing is run, and what is not known is not guessed: it makes the code unknown.

mod statements;

use std::collections::HashMap;
use std::rc::Rc;

use python::ast::{self, Expr, Number, Operator};

use super::names::{attribute, convention};
use super::value::{self, Known};
use super::{Danger, Judgement, Meaning, meaning};

/// How many expressions and statements are looked at.
const MAX_STEPS: usize = 200_000;
/// How many items of a comprehension are worked out one by one.
const MAX_ITEMS: usize = 4096;

/// Judges the source of a function. `closure` has the values of its free variables, as far as they are text.
pub(crate) fn judge_source(source: &str, closure: &[(String, Option<String>)]) -> Judgement {
    let module = python::parse(source);
    let mut judge = Judge { judgement: Judgement::harmless(), scopes: vec![HashMap::new()], steps: 0 };
    if let Some(error) = module.errors().first() {
        judge.judgement.add(Danger::Unknown, format!("its source could not be read: {}", error.message));
    }
    for (name, text) in closure {
        let value = text.as_deref().map_or(Known::Inert, Known::text);
        judge.bind(name, value);
    }
    for statement in module.body() {
        judge.statement(statement);
    }
    judge.judgement
}

struct Judge {
    judgement: Judgement,
    scopes: Vec<HashMap<String, Known>>,
    steps: usize,
}

impl Judge {
    fn bind(&mut self, name: &str, value: Known) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), value);
        }
    }

    fn scoped<T>(&mut self, work: impl FnOnce(&mut Judge) -> T) -> T {
        self.scopes.push(HashMap::new());
        let result = work(self);
        self.scopes.pop();
        result
    }

    /// Takes a step; tells whether there is one left.
    fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps == MAX_STEPS {
            self.judgement.add(Danger::Unknown, "it is too long to be judged");
        }
        self.steps < MAX_STEPS
    }

    /// Evaluates an expression whose value goes anywhere: it must reach nothing.
    fn eval(&mut self, expr: &Expr) -> Known {
        let value = self.raw(expr);
        self.check(&value);
        value
    }

    fn check(&mut self, value: &Known) {
        match value {
            Known::Path(path) => match meaning(path) {
                Meaning::Dangerous(why) => {
                    self.judgement.add(Danger::Dangerous, format!("uses `{path}`, which {why}"))
                }
                Meaning::Unknown => {
                    self.judgement.add(Danger::Unknown, format!("uses `{path}`, which is not known"))
                }
                Meaning::Harmless => {}
            },
            Known::Foreign(name) => {
                self.judgement.add(Danger::Unknown, format!("uses `{name}`, which the file does not hold"));
            }
            _ => {}
        }
    }

    /// Evaluates an expression of which a part may still be taken: `os` in `os.sep`.
    fn raw(&mut self, expr: &Expr) -> Known {
        if !self.step() {
            return Known::Inert;
        }
        match expr {
            Expr::Name(name) => self.name(&name.id),
            Expr::Attribute(e) => {
                let value = self.raw(&e.value);
                self.attribute(value, &e.attr)
            }
            Expr::Subscript(e) => self.subscript(e),
            Expr::Call(call) => self.call(call),
            Expr::StringLiteral(e) => Known::text(e.value.to_str()),
            Expr::BytesLiteral(e) => Known::Bytes(e.value.bytes().collect::<Vec<_>>().into()),
            Expr::NumberLiteral(e) => match &e.value {
                Number::Int(n) => n.as_i64().map_or(Known::Inert, Known::Int),
                _ => Known::Inert,
            },
            Expr::List(e) => self.items(&e.elts),
            Expr::Tuple(e) => self.items(&e.elts),
            Expr::BinOp(e) => self.binary(e),
            Expr::UnaryOp(e) => match (e.op, self.eval(&e.operand)) {
                (ast::UnaryOp::USub, Known::Int(n)) => Known::Int(-n),
                _ => Known::Inert,
            },
            Expr::Named(e) => {
                let value = self.raw(&e.value);
                if let Expr::Name(name) = &*e.target {
                    self.bind(&name.id, value.clone());
                }
                value
            }
            Expr::If(e) => {
                self.eval(&e.test);
                let (yes, no) = (self.raw(&e.body), self.raw(&e.orelse));
                self.either(yes, no)
            }
            Expr::BoolOp(e) => {
                let values: Vec<Known> = e.values.iter().map(|v| self.raw(v)).collect();
                values.into_iter().reduce(|a, b| self.either(a, b)).unwrap_or(Known::Inert)
            }
            Expr::Lambda(e) => {
                self.lambda(e, &[]);
                Known::Inert
            }
            Expr::ListComp(e) => self.comprehension(&e.generators, &e.elt, None),
            Expr::SetComp(e) => self.comprehension(&e.generators, &e.elt, None),
            Expr::Generator(e) => self.comprehension(&e.generators, &e.elt, None),
            Expr::DictComp(e) => {
                let key = e.key.as_deref().unwrap_or(&e.value);
                self.comprehension(&e.generators, key, Some(&e.value));
                Known::Inert
            }
            other => {
                self.parts(other);
                Known::Inert
            }
        }
    }

    /// One of two values: the one that reaches something, if any does.
    fn either(&mut self, a: Known, b: Known) -> Known {
        match (&a, &b) {
            (Known::Path(_), Known::Path(_)) => {
                self.check(&b);
                a
            }
            (Known::Path(_) | Known::Foreign(_), _) => a,
            _ => b,
        }
    }

    /// Evaluates the parts of an expression that only hands on what is in it.
    fn parts(&mut self, expr: &Expr) {
        match expr {
            Expr::Compare(e) => {
                self.eval(&e.left);
                e.comparators.iter().for_each(|part| drop(self.eval(part)));
            }
            Expr::Dict(e) => {
                for item in &e.items {
                    item.key.iter().for_each(|key| drop(self.eval(key)));
                    self.eval(&item.value);
                }
            }
            Expr::Set(e) => e.elts.iter().for_each(|part| drop(self.eval(part))),
            Expr::Slice(e) => {
                [&e.lower, &e.upper, &e.step].into_iter().flatten().for_each(|part| drop(self.eval(part)));
            }
            Expr::Starred(e) => drop(self.eval(&e.value)),
            Expr::Await(e) => drop(self.eval(&e.value)),
            Expr::Yield(e) => e.value.iter().for_each(|part| drop(self.eval(part))),
            Expr::YieldFrom(e) => drop(self.eval(&e.value)),
            Expr::FString(e) => {
                let elements =
                    e.value.elements().filter_map(ast::InterpolatedStringElement::as_interpolation);
                elements.for_each(|element| drop(self.eval(&element.expression)));
            }
            _ => {}
        }
    }

    fn items(&mut self, items: &[Expr]) -> Known {
        let values: Vec<Known> = items.iter().map(|item| self.raw(item)).collect();
        for value in &values {
            // `[os][0].system`: what is taken out again is followed, but it is in the list all the same.
            self.check(value);
        }
        Known::List(values.into())
    }

    fn name(&mut self, name: &str) -> Known {
        if let Some(value) = self.scopes.iter().rev().find_map(|scope| scope.get(name)) {
            return value.clone();
        }
        if name == "__builtins__" {
            return Known::path("builtins");
        }
        if bytecode::is_builtin(name, bytecode::Version::V311) {
            return Known::path(format!("builtins.{name}"));
        }
        match convention(name) {
            Some(path) => Known::path(path),
            None => Known::Foreign(name.into()),
        }
    }

    fn attribute(&mut self, value: Known, name: &str) -> Known {
        if let Some(why) = attribute(name) {
            self.judgement.add(Danger::Dangerous, format!("uses `{name}`, which {why}"));
            return Known::Inert;
        }
        match value {
            // The dictionary of a module has what the module has.
            Known::Path(path) if name == "__dict__" => Known::Path(path),
            // `print.__self__` is the module of the built-in functions.
            Known::Path(path) if name == "__self__" && path.starts_with("builtins.") => {
                Known::path("builtins")
            }
            Known::Path(path) => Known::path(canonical(&format!("{path}.{name}"))),
            Known::Foreign(of) => {
                self.check(&Known::Foreign(of));
                Known::Inert
            }
            // Methods of texts are looked up when they are called.
            _ => Known::Inert,
        }
    }

    fn subscript(&mut self, e: &ast::ExprSubscript) -> Known {
        let value = self.raw(&e.value);
        if let Expr::Slice(slice) = &*e.slice {
            self.parts(&e.slice);
            return sliced(&value, slice);
        }
        let index = self.eval(&e.slice);
        match (&value, index) {
            (Known::List(items), Known::Int(at)) => {
                let at = if at < 0 { at + items.len() as i64 } else { at };
                usize::try_from(at).ok().and_then(|at| items.get(at)).cloned().unwrap_or(Known::Inert)
            }
            (Known::Text(text), Known::Int(at)) => {
                let count = text.chars().count() as i64;
                let at = usize::try_from(if at < 0 { at + count } else { at }).ok();
                at.and_then(|at| text.chars().nth(at)).map_or(Known::Inert, |c| Known::text(c.to_string()))
            }
            (Known::Path(path), key) => self.item(path, &key),
            (Known::Foreign(name), Known::Text(key)) if &**name == "globals()" => self.name(&key),
            (value, _) => {
                self.check(value);
                Known::Inert
            }
        }
    }

    /// `sys.modules['os']`, `__builtins__['exec']`, `os.environ['HOME']`.
    fn item(&mut self, path: &str, key: &Known) -> Known {
        match key {
            Known::Text(key) if path == "sys.modules" => Known::path(canonical(key)),
            Known::Text(key) if path == "builtins" || !path.contains('.') => {
                Known::path(format!("{path}.{key}"))
            }
            _ => {
                self.check(&Known::path(path));
                Known::Inert
            }
        }
    }

    fn binary(&mut self, e: &ast::ExprBinOp) -> Known {
        let (left, right) = (self.eval(&e.left), self.eval(&e.right));
        let sign = match e.op {
            Operator::Add => '+',
            Operator::Sub => '-',
            Operator::Mult => '*',
            Operator::Mod => '%',
            Operator::BitXor => '^',
            Operator::FloorDiv => '/',
            _ => return Known::Inert,
        };
        value::binary(sign, &left, &right)
    }

    fn lambda(&mut self, e: &ast::ExprLambda, args: &[Known]) -> Known {
        self.scoped(|judge| {
            judge.parameters(e.parameters.as_deref(), args);
            judge.eval(&e.body)
        })
    }

    fn parameters(&mut self, parameters: Option<&ast::Parameters>, args: &[Known]) {
        let Some(parameters) = parameters else { return };
        for (at, parameter) in parameters.iter_non_variadic_params().enumerate() {
            let default = parameter.default.as_deref().map(|default| self.eval(default));
            let value = args.get(at).cloned().or(default).unwrap_or(Known::Inert);
            self.bind(&parameter.parameter.name, value);
        }
        for rest in [&parameters.vararg, &parameters.kwarg].into_iter().flatten() {
            self.bind(&rest.name, Known::Inert);
        }
    }

    fn comprehension(
        &mut self,
        generators: &[ast::Comprehension],
        item: &Expr,
        also: Option<&Expr>,
    ) -> Known {
        self.scoped(|judge| {
            // `[chr(c) for c in [115, 121, 115]]` is worked out; anything else is looked at once.
            if let ([only], None) = (generators, also)
                && let Expr::Name(target) = &only.target
                && only.ifs.is_empty()
            {
                let iterated = judge.eval(&only.iter);
                if let Some(items) = iterated.items().filter(|items| items.len() <= MAX_ITEMS) {
                    let work = |value: Known| {
                        judge.bind(&target.id, value);
                        judge.eval(item)
                    };
                    return Known::List(items.into_iter().map(work).collect::<Vec<_>>().into());
                }
            }
            for generator in generators {
                let iterated = judge.eval(&generator.iter);
                judge.assign(&generator.target, &element(&iterated));
                generator.ifs.iter().for_each(|test| drop(judge.eval(test)));
            }
            judge.eval(item);
            also.iter().for_each(|also| drop(judge.eval(also)));
            Known::Inert
        })
    }

    fn call(&mut self, call: &ast::ExprCall) -> Known {
        if let Expr::Attribute(method) = &*call.func {
            let value = self.raw(&method.value);
            return match value {
                Known::Path(path) => self.call_in_path(&path, &method.attr, call),
                Known::Foreign(_) => {
                    self.check(&value);
                    self.arguments(call);
                    Known::Inert
                }
                _ => {
                    self.attribute(value.clone(), &method.attr);
                    let args = self.arguments(call);
                    value::method(&value, &method.attr, &args)
                }
            };
        }
        if let Expr::Lambda(lambda) = &*call.func {
            let args = self.arguments(call);
            return self.lambda(lambda, &args);
        }
        match self.raw(&call.func) {
            Known::Path(path) => self.call_path(&path, call),
            other => {
                self.check(&other);
                self.arguments(call);
                Known::Inert
            }
        }
    }

    /// A call of something in a module: `sys.modules.get('os')`, `os.system('ls')`.
    fn call_in_path(&mut self, path: &Rc<str>, name: &str, call: &ast::ExprCall) -> Known {
        if matches!(name, "get" | "__getitem__" | "__getattribute__" | "__getattr__")
            && meaning(path) != Meaning::Harmless
            || (&**path == "builtins" && name.starts_with("__get"))
        {
            let args = self.arguments(call);
            return self.item(path, args.first().unwrap_or(&Known::Inert));
        }
        match self.attribute(Known::Path(path.clone()), name) {
            Known::Path(path) => self.call_path(&path, call),
            _ => {
                self.arguments(call);
                Known::Inert
            }
        }
    }

    fn call_path(&mut self, path: &str, call: &ast::ExprCall) -> Known {
        match path {
            "builtins.getattr" => return self.getattr(call),
            "builtins.__import__" | "importlib.import_module" | "importlib.__import__" => {
                return self.import(path, call);
            }
            "builtins.globals" | "builtins.locals" if call.arguments.is_empty() => {
                return Known::Foreign("globals()".into());
            }
            "builtins.vars" if call.arguments.len() == 1 => {
                return call.arguments.args.first().map_or(Known::Inert, |arg| self.raw(arg));
            }
            "builtins.map" => return self.map(call),
            "tensorflow.print" | "tensorflow.compat.v1.print" => self.output_stream(path, call),
            _ => {}
        }
        self.check(&Known::path(path));
        let args = self.arguments(call);
        value::function(path, &args).unwrap_or(Known::Inert)
    }

    fn arguments(&mut self, call: &ast::ExprCall) -> Vec<Known> {
        let args = call.arguments.args.iter().map(|arg| self.eval(arg)).collect();
        call.arguments.keywords.iter().for_each(|keyword| drop(self.eval(&keyword.value)));
        args
    }

    /// `tf.print(x, output_stream='file:///tmp/x')` appends to a file.
    fn output_stream(&mut self, path: &str, call: &ast::ExprCall) {
        let Some(stream) = call.arguments.find_keyword("output_stream") else { return };
        if matches!(self.eval(&stream.value), Known::Text(text) if text.starts_with("file:")) {
            self.judgement.add(Danger::Dangerous, format!("uses `{path}`, which writes files"));
        }
    }

    fn getattr(&mut self, call: &ast::ExprCall) -> Known {
        let [object, name, rest @ ..] = &*call.arguments.args else { return Known::Inert };
        let (object, name) = (self.raw(object), self.eval(name));
        rest.iter().for_each(|arg| drop(self.eval(arg)));
        match (object, name) {
            (object, Known::Text(name)) => self.attribute(object, &name),
            (Known::Path(path), _) => {
                let why = format!("takes something out of `{path}` whose name is made as it runs");
                let danger = if path.starts_with("tensorflow")
                    || path.starts_with("keras")
                    || path.starts_with("numpy")
                {
                    Danger::Unknown
                } else {
                    Danger::Dangerous
                };
                self.judgement.add(danger, why);
                Known::Inert
            }
            (object, _) => {
                self.check(&object);
                self.judgement.add(Danger::Unknown, "reads an attribute whose name is made as it runs");
                Known::Inert
            }
        }
    }

    fn import(&mut self, path: &str, call: &ast::ExprCall) -> Known {
        let args = self.arguments(call);
        match args.first() {
            // `__import__('os.path')` gives `os`, unless names are asked for.
            Some(Known::Text(name)) if path == "builtins.__import__" && args.len() < 4 => {
                Known::path(name.split('.').next().unwrap_or(name))
            }
            Some(Known::Text(name)) => Known::path(&**name),
            _ => {
                self.judgement.add(Danger::Dangerous, "imports a module whose name is made as it runs");
                Known::Inert
            }
        }
    }

    fn map(&mut self, call: &ast::ExprCall) -> Known {
        let [function, rest @ ..] = &*call.arguments.args else { return Known::Inert };
        let function = self.eval(function);
        let rest: Vec<Known> = rest.iter().map(|arg| self.eval(arg)).collect();
        match (function, rest.first().and_then(Known::items)) {
            (Known::Path(path), Some(items)) if items.len() <= MAX_ITEMS => {
                let each = |item: Known| value::function(&path, &[item]).unwrap_or(Known::Inert);
                Known::List(items.into_iter().map(each).collect::<Vec<_>>().into())
            }
            _ => Known::Inert,
        }
    }
}

/// What one item of a value is: of a known list the first that reaches something.
fn element(value: &Known) -> Known {
    let items = value.items().unwrap_or_default();
    items.into_iter().find(|item| matches!(item, Known::Path(_) | Known::Foreign(_))).unwrap_or(Known::Inert)
}

fn sliced(value: &Known, slice: &ast::ExprSlice) -> Known {
    let number = |part: &Option<Box<Expr>>| -> Option<i64> {
        match part.as_deref() {
            None => None,
            Some(Expr::NumberLiteral(e)) => match &e.value {
                Number::Int(n) => n.as_i64(),
                _ => None,
            },
            Some(Expr::UnaryOp(e)) => match &*e.operand {
                Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(n), .. }) => {
                    n.as_i64().map(|n| -n)
                }
                _ => None,
            },
            Some(_) => None,
        }
    };
    let (Some(items), step) = (value.items(), number(&slice.step).unwrap_or(1)) else { return Known::Inert };
    let count = items.len() as i64;
    let at = |bound: Option<i64>, default: i64| match bound {
        Some(n) if n < 0 => (n + count).max(0),
        Some(n) => n.min(count),
        None => default,
    };
    let mut taken = Vec::new();
    let (start, end) = if step < 0 {
        (at(number(&slice.lower), count).min(count - 1), number(&slice.upper).map_or(-1, |n| at(Some(n), -1)))
    } else {
        (at(number(&slice.lower), 0), at(number(&slice.upper), count))
    };
    let mut index = start;
    while step != 0 && (if step > 0 { index < end } else { index > end }) {
        if let Some(item) = usize::try_from(index).ok().and_then(|index| items.get(index)) {
            taken.push(item.clone());
        }
        index += step;
    }
    match value {
        Known::Text(_) => value::method(&Known::text(""), "join", &[Known::List(taken.into())]),
        Known::Bytes(_) => {
            value::function("builtins.bytes", &[Known::List(taken.into())]).unwrap_or(Known::Inert)
        }
        _ => Known::List(taken.into()),
    }
}

/// Modules that only code which reaches out takes from another module.
const CARRIED: &[&str] = &[
    "os",
    "posix",
    "nt",
    "sys",
    "subprocess",
    "builtins",
    "importlib",
    "socket",
    "shutil",
    "ctypes",
    "pickle",
    "marshal",
];

/// One name for one thing: `tensorflow.keras` is `keras`, so is `tf_keras`, and `warnings.sys` is `sys`.
fn canonical(path: &str) -> String {
    let carried = path.match_indices('.').rev().find_map(|(at, _)| {
        let rest = path.get(at + 1..)?;
        CARRIED.contains(&rest.split('.').next()?).then_some(rest)
    });
    if let Some(carried) = carried {
        return carried.to_owned();
    }
    for (other, name) in
        [("tensorflow.keras", "keras"), ("tensorflow.compat.v2", "tensorflow"), ("tf_keras", "keras")]
    {
        if let Some(rest) = path.strip_prefix(other).filter(|rest| rest.is_empty() || rest.starts_with('.')) {
            return format!("{name}{rest}");
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_through_what_hides_names() {
        for source in [
            "lambda x: os.system('ls') or x",
            "lambda x: (__import__('os').system('ls'), x)[1]",
            "lambda x: getattr(__import__('o' + 's'), 'metsys'[::-1])('ls')",
            "lambda x: getattr(__builtins__, chr(101) + 'xe' + chr(99))('1')",
            "lambda x: __builtins__['ev' 'al']('1')",
            "lambda x: sys.modules['os'].system('ls')",
            "lambda x: sys.modules.get('os').popen('ls')",
            "lambda x: [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0](['ls'])",
            "lambda x: ''.join([chr(c) for c in [101, 118, 97, 108]]) and x or getattr(__builtins__, ''.join(map(chr, [101, 118, 97, 108])))('1')",
            "lambda x: getattr(__import__(__import__('base64').b64decode('b3M=').decode()), 'sys' + 'tem')('ls')",
            "lambda x: (lambda f: f('ls'))(os.system)",
            "lambda x: list(map(os.system, ['ls'])) and x",
            "lambda x: [os][0].system('ls')",
            "lambda x: (o := os).system('ls')",
            "lambda x: open('a', 'w').write('b') and x",
            "lambda x: __import__('codecs').decode('riny', 'rot13') and getattr(__builtins__, codecs.decode('riny', 'rot13'))('1')",
            "lambda x: vars(os)['system']('ls')",
            "lambda x: globals()['__builtins__']['exec']('1')",
            "lambda x: tf.io.write_file('a', 'b') or x",
            "lambda x: keras.utils.get_file('a', 'http://b') and x",
            "lambda x: tf.keras.models.load_model('a')(x)",
            "lambda x: np.load('a', allow_pickle=True) + x",
            "lambda x: tf.py_function(lambda y: os.remove('a'), [x], x.dtype)",
            "lambda x: __import__('importlib').import_module('subprocess').run(['ls'])",
            "lambda x: getattr(os, x.name)('ls')",
            "lambda x: x.__class__.__init__.__globals__['os'].system('ls')",
            "def f(x):\n    from os import system as s\n    s('ls')\n    return x\n",
            "def f(x):\n    import subprocess as p\n    try:\n        p.call(['ls'])\n    finally:\n        pass\n    return x\n",
            "def f(x):\n    def g():\n        eval('1')\n    return x\n",
            "lambda x: f'{eval(\"1\")}' and x",
            "lambda x: warnings.sys.modules['subprocess'].run('ls') or x",
            "lambda x: os.path.os.system('ls') or x",
            "lambda x: print.__self__.__import__('os').system('ls') or x",
            "lambda x: print.__self__.__dict__['ev' 'al']('1') or x",
            "lambda x: tf.print(x, output_stream='file:///tmp/x') or x",
        ] {
            assert_eq!(judge_source(source, &[]).danger, Danger::Dangerous, "{source}");
        }
    }

    #[test]
    fn gives_no_alarm_for_what_computes() {
        for source in [
            "lambda x: x * 2.0 - 0.5",
            "lambda x: tf.nn.relu(x)",
            "lambda x: tf.keras.activations.relu(x)",
            "lambda x: __import__('tensorflow').nn.relu(x)",
            "lambda x: x + len(os.sep)",
            "lambda x: x * (1.0 if 'os.system(\"rm\")' else 0.0) + len('exec eval __import__ socket')",
            "lambda x: K.l2_normalize(x, axis=-1)",
            "lambda ab: abs(ab[0] - ab[1])",
            "lambda x: x[..., ::-1] / 127.5",
            "lambda t: sum([t[:, j] * j for j in range(4)])",
            "lambda x: x.eval.system",
            "lambda x: tf.print(x, output_stream=sys.stderr) or x",
            "def f(args):\n    m, s = args\n    e = K.random_normal(shape=(K.shape(m)[0], K.int_shape(m)[1]))\n    return m + K.exp(0.5 * s) * e\n",
        ] {
            assert_eq!(judge_source(source, &[]), Judgement::harmless(), "{source}");
        }
    }

    #[test]
    fn says_what_it_cannot_tell() {
        for source in [
            "lambda x: solver.eval(solver.system(x))",
            "lambda x: helper(x)",
            "lambda x: getattr(x, x.name)",
            "lambda x: (",
        ] {
            assert_eq!(judge_source(source, &[]).danger, Danger::Unknown, "{source}");
        }
    }
}
