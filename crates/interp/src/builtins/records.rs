//! Named tuples and dataclasses.

use std::rc::Rc;

use python::{Bound as BoundArg, ParameterKind, Signature};

use crate::class::ClassId;
use crate::function::{Body, Function};
use crate::heap::{Instance, Names, ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Bound, Native, Value, Wrapped};

/// The name under which a dataclass keeps its fields, which no script can write: a tuple of `(name, default, factory,
/// flags)`. What scripts see is `__dataclass_fields__`.
const FIELDS: &str = "<fields>";

/// A field of a dataclass.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    name: Rc<str>,
    default: Option<Value>,
    factory: Option<Value>,
    init: bool,
    repr: bool,
    kw_only: bool,
    /// `InitVar[...]`: an argument of `__init__` that is handed on to `__post_init__`, and no attribute.
    init_only: bool,
}

/// Reads an item of a named tuple: the position comes first, then the object.
static ITEM: Native = native("namedtuple.field", |interp, args| {
    let [at, object] = args.positional.as_slice() else { return Ok(Value::None) };
    let data = interp.plain(object);
    interp.get_item(&data, at)
});

static AS_DICT: Native = native("namedtuple._asdict", |interp, args| {
    let Some(Value::Instance(id)) = args.positional.first() else { return Ok(Value::None) };
    let pairs = interp.named_items(*id).unwrap_or_default();
    Ok(interp.new_dict(pairs.into_iter().map(|(name, value)| (Value::Str(name), value))))
});

static REPLACE: Native = native("namedtuple._replace", |interp, args| {
    let Some(Value::Instance(id)) = args.positional.first() else { return Ok(Value::None) };
    let mut pairs = interp.named_items(*id).unwrap_or_default();
    for (name, value) in args.keywords {
        if let Some(slot) = pairs.iter_mut().find(|(n, _)| *n == name) {
            slot.1 = value;
        }
    }
    let Some(class) = interp.heap.instance(*id).map(|i| i.class) else { return Ok(Value::None) };
    Ok(interp.new_record(class, pairs.into_iter().map(|(_, v)| v).collect()))
});

static MAKE: Native = native("namedtuple._make", |interp, args| {
    let [Value::Class(class), items] = args.positional.as_slice() else { return Ok(Value::None) };
    let (items, more) = interp.iterate(items, 4096)?;
    Ok(if more { interp.unknown("a named tuple of unknown items") } else { interp.new_record(*class, items) })
});

/// `super().__new__(cls, ...)` in a class that derives from a named tuple.
static NEW: Native = native("namedtuple.__new__", |interp, mut args| {
    if args.positional.is_empty() {
        return Ok(interp.unknown("a named tuple of no class"));
    }
    match args.positional.remove(0) {
        Value::Class(class) => Ok(interp.record_of_fields(class, &args)?.unwrap_or(Value::None)),
        _ => Ok(interp.unknown("a named tuple of a class that is not known")),
    }
});

/// `__eq__` of dataclasses: by fields.
static EQUAL: Native = native("dataclass.__eq__", |interp, args| {
    let [Value::Instance(a), Value::Instance(b)] = args.positional.as_slice() else {
        return Ok(Value::NotImplemented);
    };
    let class = |id: &ObjId| interp.heap.instance(*id).map(|i| i.class);
    if class(a) != class(b) {
        return Ok(Value::NotImplemented);
    }
    let (a, b) = (interp.field_values(*a), interp.field_values(*b));
    interp.compare(python::ast::CmpOp::Eq, &Value::tuple(a), &Value::tuple(b))
});

fn ordered(interp: &mut Interp<'_>, args: &Args, op: python::ast::CmpOp) -> Eval {
    let [Value::Instance(a), Value::Instance(b)] = args.positional.as_slice() else {
        return Ok(Value::NotImplemented);
    };
    let (a, b) = (interp.field_values(*a), interp.field_values(*b));
    interp.compare(op, &Value::tuple(a), &Value::tuple(b))
}

static ORDER: &[Native] = &[
    native("__lt__", |interp, args| ordered(interp, &args, python::ast::CmpOp::Lt)),
    native("__le__", |interp, args| ordered(interp, &args, python::ast::CmpOp::LtE)),
    native("__gt__", |interp, args| ordered(interp, &args, python::ast::CmpOp::Gt)),
    native("__ge__", |interp, args| ordered(interp, &args, python::ast::CmpOp::GtE)),
];

/// `__setattr__` of frozen dataclasses.
static FROZEN: Native = native("dataclass.__setattr__", |interp, args| {
    let name = args.positional.get(1).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let class = interp.frozen_error();
    let id = interp.new_exception(class, format!("cannot assign to field '{name}'").into(), None);
    Err(crate::raise::Halt::Exception(id))
});

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("collections.namedtuple", named_tuple),
    native("typing.NamedTuple", |interp, args| {
        let Some(fields) = args.positional.get(1) else { return Ok(interp.unknown("a named tuple")) };
        let (fields, _) = interp.iterate(&fields.clone(), 256)?;
        let mut names = Vec::new();
        for field in fields {
            let (pair, _) = interp.iterate(&field, 2)?;
            names.extend(pair.into_iter().next());
        }
        let names = Value::tuple(names);
        let name = args.positional[0].clone();
        named_tuple(interp, Args::of([name, names]))
    }),
    native("dataclasses.dataclass", dataclass),
    native("dataclasses.field", |interp, args| {
        let class = interp.native_class("dataclasses.Field");
        let mut attrs = Names::default();
        attrs.extend(args.keywords);
        let state = Instance { class, attrs, native: NativeState::Plain };
        Ok(Value::Instance(interp.heap.add(Object::Instance(state))))
    }),
    native("dataclasses.asdict", |interp, args| match args.positional.first() {
        Some(value) => interp.as_dict(&value.clone(), 0),
        None => Ok(Value::None),
    }),
    native("dataclasses.astuple", |interp, args| match args.positional.first() {
        Some(Value::Instance(id)) => Ok(Value::tuple(interp.field_values(*id))),
        _ => Ok(interp.unknown("`astuple` of an object")),
    }),
    native("dataclasses.replace", |interp, mut args| {
        let Some(Value::Instance(id)) = args.positional.first().cloned() else { return Ok(Value::None) };
        let Some(class) = interp.heap.instance(id).map(|i| i.class) else { return Ok(Value::None) };
        let fields = interp.fields_of(class);
        for field in fields.iter().filter(|f| f.init) {
            if args.keyword(&field.name).is_none() {
                let value = interp.heap.instance(id).and_then(|i| i.attrs.get(&field.name)).cloned();
                args.keywords.push((field.name.clone(), value.unwrap_or(Value::None)));
            }
        }
        interp.instantiate(class, Args { positional: Vec::new(), keywords: args.keywords })
    }),
    native("dataclasses.fields", |interp, args| {
        let class = match args.positional.first() {
            Some(Value::Instance(id)) => interp.heap.instance(*id).map(|i| i.class),
            Some(Value::Class(id)) => Some(*id),
            _ => None,
        };
        let Some(class) = class else { return Ok(interp.unknown("`fields` of an object")) };
        let made = interp.shown_fields(class);
        Ok(Value::tuple(made.into_iter().map(|(_, field)| field)))
    }),
    native("dataclasses.is_dataclass", |interp, args| {
        let class = match args.positional.first() {
            Some(Value::Instance(id)) => interp.heap.instance(*id).map(|i| i.class),
            Some(Value::Class(id)) => Some(*id),
            Some(Value::Unknown(_)) => return Ok(Value::Any(crate::value::Plain::Bool)),
            _ => None,
        };
        Ok(Value::Bool(class.is_some_and(|class| interp.class_attr(class, FIELDS).is_some())))
    }),
];

fn named_tuple(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(name), Some(fields)) = (args.get(0, "typename"), args.get(1, "field_names")) else {
        return Ok(interp.unknown("a named tuple"));
    };
    let Value::Str(name) = name.clone() else { return Ok(interp.unknown("a named tuple")) };
    let names: Vec<Rc<str>> = match fields {
        Value::Str(text) => {
            text.split([',', ' ', '\n', '\t']).filter(|s| !s.is_empty()).map(Rc::from).collect()
        }
        other => {
            let (items, more) = interp.iterate(&other.clone(), 4096)?;
            let names: Vec<Rc<str>> = items.iter().filter_map(|v| v.as_str().map(Rc::from)).collect();
            if more || names.len() != items.len() {
                return Ok(interp.unknown("a named tuple whose fields are not known"));
            }
            names
        }
    };
    let defaults = match args.keyword("defaults") {
        Some(defaults) => interp.iterate(&defaults.clone(), 4096)?.0,
        None => Vec::new(),
    };
    let tuple = interp.builtin_class("tuple");
    let class = interp.add_class(name, &[tuple], None, None);
    let from = names.len().saturating_sub(defaults.len());
    let pairs = names
        .into_iter()
        .enumerate()
        .map(|(i, name)| (name, i.checked_sub(from).and_then(|i| defaults.get(i)).cloned()));
    let pairs: Vec<_> = pairs.collect();
    interp.name_fields(class, &pairs);
    Ok(Value::Class(class))
}

fn dataclass(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.first() {
        Some(Value::Class(class)) => {
            let class = *class;
            interp.make_dataclass(class, &args)?;
            Ok(Value::Class(class))
        }
        // `@dataclass(frozen=True)`
        None => Ok(Value::Wrapped(Rc::new(Wrapped::Partial(
            Value::Native(crate::native::find_function("dataclasses.dataclass").unwrap_or(&EQUAL)),
            args,
        )))),
        Some(other) => Ok(other.clone()),
    }
}

impl Interp<'_> {
    /// Gives a class the fields of a named tuple.
    fn name_fields(&mut self, class: ClassId, fields: &[(Rc<str>, Option<Value>)]) {
        let dict = self.class(class).dict;
        let names = Value::tuple(fields.iter().map(|(name, _)| Value::Str(name.clone())));
        let defaults: Vec<(Value, Value)> = fields
            .iter()
            .filter_map(|(name, default)| Some((Value::Str(name.clone()), default.clone()?)))
            .collect();
        let defaults = self.new_dict(defaults);
        let Some(scope) = self.heap.scope_mut(dict) else { return };
        scope.names.insert("_fields".into(), names);
        scope.names.insert("_field_defaults".into(), defaults);
        for (i, (name, _)) in fields.iter().enumerate() {
            let getter = Bound { object: Value::Int(i as i64), function: Value::Native(&ITEM), owner: None };
            let property = Wrapped::Property(Value::Bound(Rc::new(getter)), None);
            scope.names.insert(name.clone(), Value::Wrapped(Rc::new(property)));
        }
        let new = Wrapped::Static(Value::Native(&NEW));
        scope.names.insert("__new__".into(), Value::Wrapped(Rc::new(new)));
        scope.names.insert("_asdict".into(), Value::Native(&AS_DICT));
        scope.names.insert("_replace".into(), Value::Native(&REPLACE));
        let make = Wrapped::ClassMethod(Value::Native(&MAKE));
        scope.names.insert("_make".into(), Value::Wrapped(Rc::new(make)));
    }

    /// Turns a class that derives from `typing.NamedTuple` into a named tuple.
    pub(crate) fn make_named_tuple(&mut self, class: ClassId) -> Eval<()> {
        let dict = self.class(class).dict;
        let annotations = self.heap.scope(dict).and_then(|s| s.names.get("__annotations__")).cloned();
        let pairs = annotations.and_then(|a| self.pairs_of(&a)).unwrap_or_default();
        let mut fields = Vec::new();
        for (name, _) in pairs {
            let Value::Str(name) = name else { continue };
            let default = self.heap.scope(dict).and_then(|s| s.names.get(&name)).cloned();
            fields.push((name, default));
        }
        self.name_fields(class, &fields);
        Ok(())
    }

    /// Makes an instance of a named tuple's class; nothing for other classes.
    pub(crate) fn named_instance(&mut self, class: ClassId, args: &Args) -> Eval<Option<Value>> {
        if !self.derives_from(class, "builtins.tuple") {
            return Ok(None);
        }
        if let Some((Value::Function(_), _)) = self.class_attr(class, "__new__") {
            return Ok(None);
        }
        self.record_of_fields(class, args)
    }

    /// Binds arguments to the fields of a named tuple's class; nothing for other classes.
    fn record_of_fields(&mut self, class: ClassId, args: &Args) -> Eval<Option<Value>> {
        let Some((Value::Tuple(names), _)) = self.class_attr(class, "_fields") else { return Ok(None) };
        let defaults = self.class_attr(class, "_field_defaults").map(|(d, _)| d);
        let defaults = defaults.and_then(|d| self.pairs_of(&d)).unwrap_or_default();
        let default =
            |name: &str| defaults.iter().find(|(k, _)| k.as_str() == Some(name)).map(|(_, v)| v.clone());
        let mut params = vec![python::Parameter {
            name: "cls".into(),
            kind: ParameterKind::PositionalOnly,
            default: None,
        }];
        for name in names.iter().filter_map(Value::as_str) {
            let has = default(name).is_some().then_some(python::Default::Other);
            params.push(python::Parameter { name: name.into(), kind: ParameterKind::Standard, default: has });
        }
        let signature = Signature { params };
        let name = format!("{}.__new__", self.class(class).name);
        let given = args.clone().with_self(Value::Class(class));
        let bound = match python::bind(&signature, &name, &given.positional, &given.keywords) {
            Ok(bound) => bound,
            Err(error) => return Err(self.raise(ops::Exc::TypeError, error.to_string())),
        };
        let items = signature.params.iter().zip(bound).skip(1).map(|(parameter, arg)| match arg {
            BoundArg::Given(value) => value,
            _ => default(&parameter.name).unwrap_or(Value::None),
        });
        let items = items.collect();
        Ok(Some(self.new_record(class, items)))
    }

    fn new_record(&mut self, class: ClassId, items: Vec<Value>) -> Value {
        let native = NativeState::Data(Value::tuple(items));
        let instance = Instance { class, attrs: Names::default(), native };
        Value::Instance(self.heap.add(Object::Instance(instance)))
    }

    /// Makes a named tuple of a library: `sys.version_info`.
    pub(crate) fn record_of(&mut self, name: &str, fields: &[(&str, Value)]) -> Value {
        let tuple = self.builtin_class("tuple");
        let class = self.add_class(name.into(), &[tuple], None, None);
        let names: Vec<_> = fields.iter().map(|(name, _)| (Rc::from(*name), None)).collect();
        self.name_fields(class, &names);
        self.new_record(class, fields.iter().map(|(_, value)| value.clone()).collect())
    }

    /// The fields of a named tuple and their values.
    fn named_items(&self, id: ObjId) -> Option<Vec<(Rc<str>, Value)>> {
        let class = self.heap.instance(id)?.class;
        let (Value::Tuple(names), _) = self.class_attr(class, "_fields")? else { return None };
        let Value::Tuple(items) = self.data(id)? else { return None };
        let names = names.iter().filter_map(|n| n.as_str().map(Rc::from));
        Some(names.zip(items.iter().cloned()).collect())
    }

    /// The `repr` of an enum member, dataclass or named tuple.
    pub(crate) fn repr_record(&mut self, id: ObjId, depth: u32) -> Eval<Option<String>> {
        if let Some(text) = self.member_text(id, true, depth)? {
            return Ok(Some(text));
        }
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return Ok(None) };
        let pairs = match self.named_items(id) {
            Some(pairs) => pairs,
            None if self.class_attr(class, FIELDS).is_some() => {
                let fields = self.fields_of(class);
                let values = self.heap.instance(id).map(|i| i.attrs.clone()).unwrap_or_default();
                let value = |f: &Field| values.get(&f.name).cloned().unwrap_or(Value::None);
                fields.iter().filter(|f| f.repr).map(|f| (f.name.clone(), value(f))).collect()
            }
            None => return Ok(None),
        };
        let mut parts = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            match self.repr_items(&[value], depth)? {
                Some(text) => parts.push(format!("{name}={text}")),
                None => return Ok(None),
            }
        }
        Ok(Some(format!("{}({})", self.class(class).name, parts.join(", "))))
    }

    /// The `Field` objects of a dataclass by their names.
    fn shown_fields(&mut self, class: ClassId) -> Vec<(Rc<str>, Value)> {
        let field_class = self.native_class("dataclasses.Field");
        let mut made = Vec::new();
        for field in self.fields_of(class) {
            let mut attrs = Names::default();
            attrs.insert("name".into(), Value::Str(field.name.clone()));
            attrs.insert("default".into(), field.default.unwrap_or(Value::None));
            attrs.insert("type".into(), Value::unknown("the type of a field"));
            let state = Instance { class: field_class, attrs, native: NativeState::Plain };
            made.push((field.name, Value::Instance(self.heap.add(Object::Instance(state)))));
        }
        made
    }

    /// The fields of a dataclass, those of its bases first.
    fn fields_of(&self, class: ClassId) -> Vec<Field> {
        self.arguments_of(class).into_iter().filter(|field| !field.init_only).collect()
    }

    /// The fields of a dataclass and what else its `__init__` takes, in order.
    fn arguments_of(&self, class: ClassId) -> Vec<Field> {
        let Some((Value::Tuple(fields), _)) = self.class_attr(class, FIELDS) else { return Vec::new() };
        let field = |value: &Value| {
            let Value::Tuple(parts) = value else { return None };
            let [Value::Str(name), default, factory, Value::Int(flags)] = &parts[..] else { return None };
            let given = |v: &Value| (!matches!(v, Value::NotImplemented)).then(|| v.clone());
            Some(Field {
                name: name.clone(),
                default: given(default),
                factory: given(factory),
                init: flags & 1 != 0,
                repr: flags & 2 != 0,
                kw_only: flags & 4 != 0,
                init_only: flags & 8 != 0,
            })
        };
        fields.iter().filter_map(field).collect()
    }

    fn make_dataclass(&mut self, class: ClassId, args: &Args) -> Eval<()> {
        let flag = |name: &str, otherwise: bool| match args.keyword(name) {
            Some(Value::Bool(b)) => *b,
            _ => otherwise,
        };
        let mut fields: Vec<Field> = Vec::new();
        let mro = self.class(class).mro.clone();
        for base in mro.iter().skip(1).rev() {
            let own = self.heap.scope(self.class(*base).dict).is_some_and(|s| s.names.contains_key(FIELDS));
            for field in if own { self.arguments_of(*base) } else { Vec::new() } {
                put(&mut fields, field);
            }
        }
        for field in self.own_fields(class, flag("kw_only", false))? {
            put(&mut fields, field);
        }
        let mut seen = false;
        for field in fields.iter().filter(|f| f.init && !f.kw_only) {
            let has = field.default.is_some() || field.factory.is_some();
            if seen && !has {
                let text = format!("non-default argument '{}' follows default argument", field.name);
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            seen |= has;
        }
        let stored = fields.iter().map(|f| {
            let flags = [f.init, f.repr, f.kw_only, f.init_only];
            let flags = flags.iter().rev().fold(0, |bits, flag| bits << 1 | i64::from(*flag));
            let missing = || Value::NotImplemented;
            Value::tuple([
                Value::Str(f.name.clone()),
                f.default.clone().unwrap_or_else(missing),
                f.factory.clone().unwrap_or_else(missing),
                Value::Int(flags),
            ])
        });
        let stored = Value::tuple(stored.collect::<Vec<_>>());
        let init = self.fields_init(class, &fields);
        let open = mro.iter().any(|class| self.class(*class).open);
        let dict = self.class(class).dict;
        let Some(scope) = self.heap.scope_mut(dict) else { return Ok(()) };
        scope.names.insert(FIELDS.into(), stored);
        // What an unknown base takes is not known.
        if flag("init", true) && !open && !scope.names.contains_key("__init__") {
            scope.names.insert("__init__".into(), init);
        }
        if flag("eq", true) && !scope.names.contains_key("__eq__") {
            scope.names.insert("__eq__".into(), Value::Native(&EQUAL));
        }
        if flag("order", false) {
            for method in ORDER {
                scope.names.insert(method.name.into(), Value::Native(method));
            }
        }
        if flag("frozen", false) {
            scope.names.insert("__setattr__".into(), Value::Native(&FROZEN));
        }
        let shown = self.shown_fields(class);
        let shown = self.new_dict(shown.into_iter().map(|(name, field)| (Value::Str(name), field)));
        if let Some(scope) = self.heap.scope_mut(dict) {
            scope.names.insert("__dataclass_fields__".into(), shown);
        }
        Ok(())
    }

    fn own_fields(&mut self, class: ClassId, kw_only: bool) -> Eval<Vec<Field>> {
        let dict = self.class(class).dict;
        let annotations = self.heap.scope(dict).and_then(|s| s.names.get("__annotations__")).cloned();
        let pairs = annotations.and_then(|a| self.pairs_of(&a)).unwrap_or_default();
        let mut fields = Vec::new();
        let mut kw_only = kw_only;
        for (name, annotation) in pairs {
            let Value::Str(name) = name else { continue };
            let kind = match &annotation {
                Value::Api(path) => path.rsplit('.').next().unwrap_or_default().to_owned(),
                Value::Str(text) => text.to_string(),
                _ => String::new(),
            };
            if kind == "ClassVar" {
                continue;
            }
            if kind == "KW_ONLY" {
                kw_only = true;
                continue;
            }
            let given = self.heap.scope(dict).and_then(|s| s.names.get(&name)).cloned();
            let init_only = kind == "InitVar";
            let mut field = Field {
                name: name.clone(),
                default: None,
                factory: None,
                init: true,
                repr: !init_only,
                kw_only,
                init_only,
            };
            match given {
                Some(Value::Instance(id)) if self.is_field(id) => self.read_field(id, &mut field),
                Some(value @ (Value::List(_) | Value::Dict(_) | Value::Set(_))) => {
                    let kind = self.type_name(&value);
                    let text = format!(
                        "mutable default <class '{kind}'> for field {name} is not allowed: use default_factory"
                    );
                    return Err(self.raise(ops::Exc::ValueError, text));
                }
                Some(value) => field.default = Some(value),
                None => {}
            }
            fields.push(field);
        }
        // A field's default stays as the class's attribute, `field(...)` itself does not.
        for field in &fields {
            if let Some(scope) = self.heap.scope_mut(dict) {
                match &field.default {
                    Some(default) => {
                        scope.names.insert(field.name.clone(), default.clone());
                    }
                    None => {
                        scope.names.shift_remove(&field.name);
                    }
                }
            }
        }
        Ok(fields)
    }

    fn is_field(&self, id: ObjId) -> bool {
        self.heap
            .instance(id)
            .is_some_and(|i| self.class(i.class).path.as_deref() == Some("dataclasses.Field"))
    }

    fn read_field(&self, id: ObjId, field: &mut Field) {
        let Some(instance) = self.heap.instance(id) else { return };
        let flag = |name: &str, otherwise: bool| match instance.attrs.get(name) {
            Some(Value::Bool(b)) => *b,
            _ => otherwise,
        };
        field.default = instance.attrs.get("default").cloned();
        field.factory = instance.attrs.get("default_factory").cloned();
        field.init = flag("init", true);
        field.repr = flag("repr", true);
        field.kw_only = flag("kw_only", field.kw_only);
    }

    /// The `__init__` of a dataclass: a function with the fields as parameters.
    fn fields_init(&mut self, class: ClassId, fields: &[Field]) -> Value {
        let parameter = |name: &str, kind, has: bool| python::Parameter {
            name: name.into(),
            kind,
            default: has.then_some(python::Default::Other),
        };
        let mut params = vec![parameter("self", ParameterKind::Standard, false)];
        let mut defaults = Vec::new();
        for keyword_only in [false, true] {
            for field in fields.iter().filter(|f| f.init && f.kw_only == keyword_only) {
                let has = field.default.is_some() || field.factory.is_some();
                let kind = if keyword_only { ParameterKind::KeywordOnly } else { ParameterKind::Standard };
                params.push(parameter(&field.name, kind, has));
                if has {
                    // What a factory makes is made at the call.
                    defaults.push((params.len() - 1, field.default.clone().unwrap_or(Value::NotImplemented)));
                }
            }
        }
        let attrs = self.new_attrs();
        let globals = self.globals;
        self.add_function(Function {
            name: "__init__".into(),
            qualname: format!("{}.__init__", self.class(class).name).into(),
            signature: Rc::new(Signature { params }),
            defaults,
            body: Body::Fields(class),
            scope: globals,
            owner: Some(class),
            class: None,
            yields: crate::function::Yields::Never,
            module: None,
            own: false,
            span: self.here(),
            attrs,
        })
    }

    /// Carries out a dataclass's `__init__`: the arguments are in the frame's scope.
    pub(crate) fn set_fields(&mut self, class: ClassId) -> Eval<()> {
        let Some(scope) = self.frames.last().map(|f| f.scope) else { return Ok(()) };
        let names = self.heap.scope(scope).map(|s| s.names.clone()).unwrap_or_default();
        let Some(Value::Instance(object)) = names.get("self").cloned() else { return Ok(()) };
        let mut handed_on = Args::default();
        for field in self.arguments_of(class) {
            let given = if field.init { names.get(&field.name).cloned() } else { field.default.clone() };
            let value = match (given, &field.factory) {
                (None | Some(Value::NotImplemented), Some(factory)) => self.call(factory, Args::default())?,
                (Some(value), _) => value,
                (None, None) => continue,
            };
            if field.init_only {
                handed_on.positional.push(value);
                continue;
            }
            self.set_own_attr(object, &field.name, value)?;
        }
        if let Some(method) = self.own_method(object, "__post_init__") {
            self.call(&method, handed_on)?;
        }
        Ok(())
    }

    /// The names by which a class pattern's positions are matched: a dataclass's or named tuple's fields.
    pub(crate) fn record_names(&self, class: &Value) -> Vec<Value> {
        let Value::Class(id) = class else { return Vec::new() };
        if let Some((Value::Tuple(names), _)) = self.class_attr(*id, "_fields") {
            return names.to_vec();
        }
        self.fields_of(*id).into_iter().filter(|f| f.init).map(|f| Value::Str(f.name)).collect()
    }

    /// The values of a dataclass's fields in order.
    fn field_values(&self, id: ObjId) -> Vec<Value> {
        let Some(instance) = self.heap.instance(id) else { return Vec::new() };
        let fields = self.fields_of(instance.class);
        fields.iter().map(|f| instance.attrs.get(&f.name).cloned().unwrap_or(Value::None)).collect()
    }

    /// `dataclasses.asdict`: dataclasses inside of lists and dicts too.
    fn as_dict(&mut self, value: &Value, depth: u32) -> Eval {
        if depth > 40 {
            return Ok(value.clone());
        }
        match value {
            Value::Instance(id) => {
                let Some(class) = self.heap.instance(*id).map(|i| i.class) else { return Ok(value.clone()) };
                if self.class_attr(class, FIELDS).is_none() {
                    return Ok(value.clone());
                }
                let names: Vec<_> = self.fields_of(class).into_iter().map(|f| f.name).collect();
                let values = self.field_values(*id);
                let mut pairs = Vec::with_capacity(names.len());
                for (name, value) in names.into_iter().zip(values) {
                    pairs.push((Value::Str(name), self.as_dict(&value, depth + 1)?));
                }
                Ok(self.new_dict(pairs))
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => {
                    let items = items.iter().map(|v| self.as_dict(v, depth + 1)).collect::<Eval<_>>()?;
                    Ok(self.new_list(items))
                }
                None => Ok(value.clone()),
            },
            Value::Tuple(items) => {
                let items = items.clone();
                let items: Vec<Value> =
                    items.iter().map(|v| self.as_dict(v, depth + 1)).collect::<Eval<_>>()?;
                Ok(Value::tuple(items))
            }
            Value::Dict(_) => match self.pairs_of(value) {
                Some(pairs) => {
                    let mut out = Vec::with_capacity(pairs.len());
                    for (key, value) in pairs {
                        out.push((key, self.as_dict(&value, depth + 1)?));
                    }
                    Ok(self.new_dict(out))
                }
                None => Ok(value.clone()),
            },
            _ => Ok(value.clone()),
        }
    }

    pub(crate) fn frozen_error(&mut self) -> ClassId {
        let path = "dataclasses.FrozenInstanceError";
        if let Some(id) = self.class_paths.get(path) {
            return *id;
        }
        let base = self.builtin_class("AttributeError");
        let id = self.add_class("FrozenInstanceError".into(), &[base], None, Some(path.into()));
        self.class_paths.insert(path.into(), id);
        id
    }
}

/// Adds a field; one of the same name in a base keeps its place.
fn put(fields: &mut Vec<Field>, field: Field) {
    match fields.iter_mut().find(|f| f.name == field.name) {
        Some(slot) => *slot = field,
        None => fields.push(field),
    }
}
