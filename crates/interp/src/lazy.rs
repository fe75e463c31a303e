//! Lazy iterators: each item is made when it is asked for, so that side effects come in Python's order.

use graph::NodeId;

use crate::heap::{IteratorState, ObjId, Object};
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, FunctionId, Value};

/// Where an iterator's items come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A generator that has not started: its function and arguments.
    Generator(FunctionId, Args),
    /// A generator that waits at a `yield`, or before its first statement: which.
    Waiting(usize),
    /// A generator that has ended with this value.
    Returned(Value),
    /// A generator that raises once its items are used up.
    Raise(Halt),
    /// A generator expression: which, the scope of its names, and the iterators of its `for`s under way.
    Expression(usize, ObjId, Vec<ObjId>),
    /// A list, read anew at every step, since the loop's body may change it.
    List(ObjId, usize),
    /// The keys of a dict and its length at the start, which must not change.
    Dict(ObjId, usize, usize),
    /// Ints: the next, how many are left, the step.
    Range(i64, i64, i64),
    /// The items along an array's first axis: the next, and their number.
    Tensor(NodeId, i64, i64),
    /// An object with `__next__`.
    Instance(Value),
    /// An object with `__getitem__` only, and the next index.
    Items(Value, i64),
    /// `itertools.count`: the next value and the step.
    Count(Value, Value),
    /// `itertools.cycle`: the items and the position.
    Cycle(Vec<Value>, usize),
    /// `itertools.repeat`: the item and how often it still comes.
    Repeat(Value, Option<i64>),
    /// `enumerate`: the iterator and the next number.
    Enumerate(ObjId, i64),
    /// `zip`: the iterators; whether they must be of one length.
    Zip(Vec<ObjId>, bool),
    /// `itertools.zip_longest`: the iterators, which of them have ended, and what fills up.
    ZipLongest(Vec<(ObjId, bool)>, Value),
    /// `map`: the function and the iterators.
    Map(Value, Vec<ObjId>),
    /// `itertools.starmap`: the function and the iterator of its arguments.
    StarMap(Value, ObjId),
    /// `filter`: the function, the iterator, and which outcome is kept.
    Filter(Value, ObjId, bool),
    /// `itertools.takewhile`.
    TakeWhile(Value, ObjId),
    /// `itertools.chain`: an iterator of iterables, and the one under way.
    Chain(ObjId, Option<ObjId>),
    /// `itertools.islice`: the iterator, how many items to drop first, how many may still come, the step.
    Slice(ObjId, i64, Option<i64>, i64),
    /// `itertools.accumulate`: the iterator, the function, and the value so far.
    Accumulate(ObjId, Option<Value>, Option<Value>),
    /// `iter(f, sentinel)`.
    Until(Value, Value),
}

/// The next step of an iterator.
#[derive(Clone, Debug)]
pub enum Pull {
    /// An item.
    Item(Value),
    /// There are no more.
    End,
    /// There may be more, nobody knows how many; they are like this one.
    Maybe(Value),
}

impl Pull {
    /// Changes the item.
    fn map(self, f: impl FnOnce(Value) -> Value) -> Pull {
        match self {
            Pull::Item(item) => Pull::Item(f(item)),
            Pull::Maybe(item) => Pull::Maybe(f(item)),
            Pull::End => Pull::End,
        }
    }
}

impl Interp<'_> {
    /// Makes an iterator of known items.
    pub fn new_iterator(&mut self, mut items: Vec<Value>) -> Value {
        items.reverse();
        let state = IteratorState { rest: items, ..IteratorState::default() };
        Value::Iterator(self.heap.add(Object::Iterator(state)))
    }

    /// Makes an iterator of unknown length whose items are like this one.
    pub fn endless(&mut self, item: Value) -> Value {
        let state = IteratorState { then: Some(item), ..IteratorState::default() };
        Value::Iterator(self.heap.add(Object::Iterator(state)))
    }

    /// Makes an iterator that makes its items when they are asked for.
    pub fn lazy(&mut self, source: Source) -> Value {
        let state = IteratorState { source: Some(Box::new(source)), ..IteratorState::default() };
        Value::Iterator(self.heap.add(Object::Iterator(state)))
    }

    /// `iter(value)`.
    ///
    /// # Errors
    /// `TypeError` for what is not iterable, and what an `__iter__` raises.
    pub fn iter_id(&mut self, value: &Value) -> Eval<ObjId> {
        match self.iter(value)? {
            Value::Iterator(id) => Ok(id),
            Value::Instance(_) => {
                let source = Source::Instance(value.clone());
                match self.lazy(source) {
                    Value::Iterator(id) => Ok(id),
                    _ => Err(Halt::Budget("an iterator was lost")),
                }
            }
            _ => Err(Halt::Budget("an iterator was lost")),
        }
    }

    /// Takes the next item of an iterator.
    ///
    /// # Errors
    /// What making it raises.
    pub fn pull(&mut self, id: ObjId) -> Eval<Pull> {
        self.step()?;
        self.note_taken(id);
        let Object::Iterator(state) = self.heap.get_mut(id) else {
            return Ok(Pull::Maybe(Value::unknown("an item of a lost iterator")));
        };
        if let Some(item) = state.rest.pop() {
            return Ok(Pull::Item(item));
        }
        if let Some(item) = &state.then {
            return Ok(Pull::Maybe(item.clone()));
        }
        let Some(mut source) = state.source.take() else { return Ok(Pull::End) };
        if let Source::Generator(function, args) = *source {
            if !self.pauses(function) {
                self.start_generator(id, function, args)?;
                return self.pull(id);
            }
            *source = self.prepare(function, args)?;
        }
        let pulled = self.pull_source(&mut source);
        let ended = matches!(pulled, Ok(Pull::End) | Err(_)) && !matches!(*source, Source::Returned(_));
        if let (false, Object::Iterator(state)) = (ended, self.heap.get_mut(id)) {
            state.source = Some(source);
        }
        pulled
    }

    /// Runs the function of a generator that has not started, to its end. Generators whose side effects
    /// interleave with their consumer's are seen in another order; `for` and `with` do better.
    pub(crate) fn start_generator(&mut self, id: ObjId, function: FunctionId, args: Args) -> Eval<()> {
        // As for one that waits.
        let run = self.outside(|interp| interp.run_generator(function, args))?;
        if let Object::Iterator(state) = self.heap.get_mut(id) {
            state.then = run.then;
            state.rest = run.items.into_iter().rev().collect();
            state.source = Some(Box::new(match run.ended {
                Ok(value) => Source::Returned(value),
                Err(halt) => Source::Raise(halt),
            }));
        }
        Ok(())
    }

    /// What a generator that has ended returned: the value of `yield from`.
    pub(crate) fn returned(&self, id: ObjId) -> Value {
        match self.heap.get(id) {
            Object::Iterator(IteratorState { source: Some(source), .. }) => match &**source {
                Source::Returned(value) => value.clone(),
                _ => Value::None,
            },
            _ => Value::None,
        }
    }

    /// What `next` raises for an iterator that has ended: its `value` is what a generator returned.
    pub(crate) fn stop_iteration(&mut self, ended: ObjId) -> Halt {
        let value = self.returned(ended);
        let halt = self.raise_named("StopIteration", "");
        if let Halt::Exception(exception) = halt
            && let Some(instance) = self.heap.instance_mut(exception)
        {
            let args = (!value.is_none()).then_some(value);
            instance.attrs.insert("args".into(), Value::tuple(args));
        }
        halt
    }

    fn pull_source(&mut self, source: &mut Source) -> Eval<Pull> {
        Ok(match source {
            Source::Generator(..) | Source::Returned(_) => Pull::End,
            // It makes real items wherever the first is asked for: in a check of a training's first step, too.
            Source::Waiting(_) => self.outside(|interp| interp.go_on(source, Ok(Value::None)))?,
            Source::Raise(halt) => return Err(halt.clone()),
            Source::Expression(at, scope, active) => {
                let (at, scope) = (*at, *scope);
                self.pull_expression(at, scope, active)?
            }
            Source::List(list, at) => match self.heap.list(*list) {
                Some(items) => match items.get(*at) {
                    Some(item) => {
                        *at += 1;
                        Pull::Item(item.clone())
                    }
                    None => Pull::End,
                },
                None => Pull::Maybe(self.item_of(&Value::List(*list))?),
            },
            Source::Dict(dict, at, length) => match self.heap.dict(*dict) {
                Some(items) if items.len() != *length => {
                    return Err(
                        self.raise(ops::Exc::RuntimeError, "dictionary changed size during iteration")
                    );
                }
                Some(items) => match items.get_index(*at) {
                    Some((_, (key, _))) => {
                        *at += 1;
                        Pull::Item(key.clone())
                    }
                    None => Pull::End,
                },
                None => Pull::Maybe(self.unknown("a key of a dict whose contents are not known")),
            },
            Source::Range(next, left, step) => {
                if *left <= 0 {
                    return Ok(Pull::End);
                }
                let item = *next;
                *left -= 1;
                *next = next.saturating_add(*step);
                Pull::Item(Value::Int(item))
            }
            Source::Tensor(node, next, count) => {
                if *next >= *count {
                    return Ok(Pull::End);
                }
                let item = self.tensor_item(&Value::Tensor(*node), &Value::Int(*next))?;
                *next += 1;
                Pull::Item(item)
            }
            Source::Instance(object) => {
                let object = object.clone();
                self.pull_instance(&object)?
            }
            Source::Items(object, at) => {
                let (object, index) = (object.clone(), Value::Int(*at));
                *at += 1;
                match self.get_item(&object, &index) {
                    Ok(item) if *at > 512 => Pull::Maybe(item),
                    Ok(item) => Pull::Item(item),
                    Err(halt) => self.ends_with(halt, "IndexError")?,
                }
            }
            Source::Count(next, step) => {
                let item = next.clone();
                *next = self.binary(python::ast::Operator::Add, &item, &step.clone())?;
                Pull::Item(item)
            }
            Source::Cycle(items, at) => match items.get(*at) {
                Some(item) => {
                    *at = (*at + 1) % items.len();
                    Pull::Item(item.clone())
                }
                None => Pull::End,
            },
            Source::Repeat(item, left) => match left {
                Some(0) => Pull::End,
                _ => {
                    *left = left.map(|n| n - 1);
                    Pull::Item(item.clone())
                }
            },
            Source::Until(function, sentinel) => {
                let item = self.call(&function.clone(), Args::default())?;
                match self.equal(&item, &sentinel.clone())? {
                    Some(true) => Pull::End,
                    Some(false) => Pull::Item(item),
                    None => Pull::Maybe(item),
                }
            }
            other => return self.pull_derived(other),
        })
    }

    /// Iterators that are made of others.
    fn pull_derived(&mut self, source: &mut Source) -> Eval<Pull> {
        Ok(match source {
            Source::Enumerate(of, at) => {
                let number = Value::Int(*at);
                *at = at.saturating_add(1);
                match self.pull(*of)? {
                    Pull::Item(item) => Pull::Item(Value::tuple([number, item])),
                    Pull::Maybe(item) => {
                        Pull::Maybe(Value::tuple([Value::Any(crate::value::Plain::Int), item]))
                    }
                    Pull::End => Pull::End,
                }
            }
            Source::Zip(iterators, strict) => {
                let (iterators, strict) = (iterators.clone(), *strict);
                self.pull_zip(&iterators, strict)?
            }
            Source::ZipLongest(iterators, fill) => {
                let fill = fill.clone();
                self.pull_longest(iterators, &fill)?
            }
            Source::Map(function, iterators) => {
                let (function, iterators) = (function.clone(), iterators.clone());
                match self.pull_zip(&iterators, false)? {
                    Pull::End => Pull::End,
                    pulled => {
                        let (Pull::Item(args) | Pull::Maybe(args)) = &pulled else { return Ok(Pull::End) };
                        let Value::Tuple(args) = args.clone() else { return Ok(Pull::End) };
                        let result = self.call(&function, Args::of(args.iter().cloned()))?;
                        pulled.map(|_| result)
                    }
                }
            }
            other => return self.pull_applied(other),
        })
    }

    /// Iterators that call a function for each item, cut others or string them together.
    fn pull_applied(&mut self, source: &mut Source) -> Eval<Pull> {
        Ok(match source {
            Source::StarMap(function, of) => {
                let (function, of) = (function.clone(), *of);
                match self.pull(of)? {
                    Pull::End => Pull::End,
                    pulled => {
                        let (Pull::Item(args) | Pull::Maybe(args)) = &pulled else { return Ok(Pull::End) };
                        let (args, more) = self.iterate(&args.clone(), 256)?;
                        let result = match more {
                            false => self.call(&function, Args::of(args))?,
                            true => self.unknown("a call with arguments of unknown number"),
                        };
                        pulled.map(|_| result)
                    }
                }
            }
            Source::Filter(function, of, wanted) => {
                let (function, of, wanted) = (function.clone(), *of, *wanted);
                loop {
                    let pulled = self.pull(of)?;
                    let (Pull::Item(item) | Pull::Maybe(item)) = &pulled else { return Ok(Pull::End) };
                    let item = item.clone();
                    let test = match &function {
                        Value::None => item.clone(),
                        _ => self.call(&function, Args::of([item.clone()]))?,
                    };
                    match self.truth(&test)? {
                        Some(truth) if truth == wanted => return Ok(pulled),
                        Some(_) if matches!(pulled, Pull::Item(_)) => {}
                        _ => return Ok(Pull::Maybe(item)),
                    }
                }
            }
            Source::TakeWhile(function, of) => {
                let (function, of) = (function.clone(), *of);
                let pulled = self.pull(of)?;
                let (Pull::Item(item) | Pull::Maybe(item)) = &pulled else { return Ok(Pull::End) };
                let item = item.clone();
                let test = self.call(&function, Args::of([item.clone()]))?;
                match self.truth(&test)? {
                    Some(true) => pulled,
                    Some(false) => Pull::End,
                    None => Pull::Maybe(item),
                }
            }
            Source::Chain(outer, inner) => loop {
                if let Some(current) = *inner {
                    match self.pull(current)? {
                        Pull::End => *inner = None,
                        pulled => return Ok(pulled),
                    }
                }
                match self.pull(*outer)? {
                    Pull::End => return Ok(Pull::End),
                    Pull::Item(iterable) => *inner = Some(self.iter_id(&iterable)?),
                    Pull::Maybe(iterable) => return self.item_of(&iterable).map(Pull::Maybe),
                }
            },
            Source::Slice(of, drop, left, step) => {
                if *left == Some(0) {
                    return Ok(Pull::End);
                }
                for _ in 0..*drop {
                    match self.pull(*of)? {
                        Pull::Item(_) => {}
                        other => return Ok(other),
                    }
                }
                *drop = *step - 1;
                *left = left.map(|n| n - 1);
                self.pull(*of)?
            }
            Source::Accumulate(of, function, total) => {
                let (of, function, before) = (*of, function.clone(), total.clone());
                let pulled = self.pull(of)?;
                let (Pull::Item(item) | Pull::Maybe(item)) = &pulled else { return Ok(Pull::End) };
                let item = item.clone();
                let now = match (before, function) {
                    (None, _) => item,
                    (Some(before), None) => self.binary(python::ast::Operator::Add, &before, &item)?,
                    (Some(before), Some(function)) => self.call(&function, Args::of([before, item]))?,
                };
                *total = Some(now.clone());
                pulled.map(|_| now)
            }
            _ => Pull::End,
        })
    }

    fn pull_zip(&mut self, iterators: &[ObjId], strict: bool) -> Eval<Pull> {
        let mut row = Vec::with_capacity(iterators.len());
        let mut maybe = false;
        for (at, iterator) in iterators.iter().enumerate() {
            match self.pull(*iterator)? {
                Pull::Item(item) => row.push(item),
                Pull::Maybe(item) => {
                    maybe = true;
                    row.push(item);
                }
                Pull::End if strict && at > 0 && !maybe => {
                    let others = if at == 1 { "argument 1".to_owned() } else { format!("arguments 1-{at}") };
                    let text = format!("zip() argument {} is shorter than {others}", at + 1);
                    return Err(self.raise(ops::Exc::ValueError, text));
                }
                Pull::End if strict && !maybe => {
                    for (i, other) in iterators.iter().enumerate().skip(1) {
                        if let Pull::Item(_) = self.pull(*other)? {
                            let others =
                                if i == 1 { "argument 1".to_owned() } else { format!("arguments 1-{i}") };
                            let text = format!("zip() argument {} is longer than {others}", i + 1);
                            return Err(self.raise(ops::Exc::ValueError, text));
                        }
                    }
                    return Ok(Pull::End);
                }
                Pull::End => return Ok(Pull::End),
            }
        }
        if iterators.is_empty() {
            return Ok(Pull::End);
        }
        // Only where every iterator goes on without end is the length of the whole not known.
        let row = Value::tuple(row);
        Ok(if maybe { Pull::Maybe(row) } else { Pull::Item(row) })
    }

    fn pull_longest(&mut self, iterators: &mut [(ObjId, bool)], fill: &Value) -> Eval<Pull> {
        let mut row = Vec::with_capacity(iterators.len());
        let (mut any, mut maybe) = (false, false);
        for (iterator, ended) in iterators {
            match if *ended { Pull::End } else { self.pull(*iterator)? } {
                Pull::Item(item) => {
                    any = true;
                    row.push(item);
                }
                Pull::Maybe(item) => {
                    maybe = true;
                    row.push(self.join(&item, fill)?);
                }
                Pull::End => {
                    *ended = true;
                    row.push(fill.clone());
                }
            }
        }
        let row = Value::tuple(row);
        Ok(match (any, maybe) {
            (true, _) => Pull::Item(row),
            (false, true) => Pull::Maybe(row),
            _ => Pull::End,
        })
    }

    /// Calls `__next__`.
    fn pull_instance(&mut self, object: &Value) -> Eval<Pull> {
        let Some(next) = self.find_attr(object, "__next__")? else {
            if self.is_certain(object) {
                let text = format!("iter() returned non-iterator of type '{}'", self.type_name(object));
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            return Ok(Pull::Maybe(self.unknown("an item of an iterator without a model")));
        };
        match self.call(&next, Args::default()) {
            Ok(item) => Ok(Pull::Item(item)),
            Err(halt) => self.ends_with(halt, "StopIteration"),
        }
    }

    /// An iteration's end by an exception; others go on.
    fn ends_with(&mut self, halt: Halt, class: &str) -> Eval<Pull> {
        match halt {
            Halt::Exception(id) if &*self.exception_name(id) == class => Ok(Pull::End),
            halt => Err(halt),
        }
    }
}
