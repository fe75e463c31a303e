//! `itertools`.

use crate::interp::Interp;
use crate::lazy::{Pull, Source};
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// How many combinations are written out.
const ITEMS: usize = 50_000;

pub(super) static FUNCTIONS: &[Native] = &[
    native("itertools.count", |interp, args| {
        let start = args.get(0, "start").cloned().unwrap_or(Value::Int(0));
        let step = args.get(1, "step").cloned().unwrap_or(Value::Int(1));
        Ok(interp.lazy(Source::Count(start, step)))
    }),
    native("itertools.cycle", |interp, args| {
        let Some(of) = args.positional.first() else { return Ok(Value::None) };
        let (items, more) = interp.iterate(of, ITEMS)?;
        match more {
            true => {
                let item = interp.item_of(of)?;
                Ok(interp.endless(item))
            }
            false => Ok(interp.lazy(Source::Cycle(items, 0))),
        }
    }),
    native("itertools.repeat", |interp, args| {
        let item = args.get(0, "object").cloned().unwrap_or(Value::None);
        match args.get(1, "times") {
            None => Ok(interp.lazy(Source::Repeat(item, None))),
            Some(times) => match times.as_int() {
                Some(times) => Ok(interp.lazy(Source::Repeat(item, Some(times.max(0))))),
                None => Ok(interp.endless(item)),
            },
        }
    }),
    native("itertools.chain", |interp, args| {
        let outer = interp.new_iterator(args.positional);
        let outer = interp.iter_id(&outer)?;
        Ok(interp.lazy(Source::Chain(outer, None)))
    }),
    native("itertools.chain.from_iterable", |interp, args| {
        let Some(of) = args.positional.first() else { return Ok(Value::None) };
        let outer = interp.iter_id(of)?;
        Ok(interp.lazy(Source::Chain(outer, None)))
    }),
    native("itertools.islice", islice),
    native("itertools.zip_longest", |interp, args| {
        let fill = args.keyword("fillvalue").cloned().unwrap_or(Value::None);
        let of: Vec<_> = args.positional.iter().map(|v| interp.iter_id(v)).collect::<Eval<_>>()?;
        Ok(interp.lazy(Source::ZipLongest(of.into_iter().map(|id| (id, false)).collect(), fill)))
    }),
    native("itertools.starmap", |interp, args| {
        let [function, of] = args.positional.as_slice() else { return Ok(Value::None) };
        let of = interp.iter_id(of)?;
        Ok(interp.lazy(Source::StarMap(function.clone(), of)))
    }),
    native("itertools.filterfalse", |interp, args| {
        let [function, of] = args.positional.as_slice() else { return Ok(Value::None) };
        let of = interp.iter_id(of)?;
        Ok(interp.lazy(Source::Filter(function.clone(), of, false)))
    }),
    native("itertools.takewhile", |interp, args| {
        let [function, of] = args.positional.as_slice() else { return Ok(Value::None) };
        let of = interp.iter_id(of)?;
        Ok(interp.lazy(Source::TakeWhile(function.clone(), of)))
    }),
    native("itertools.dropwhile", dropwhile),
    native("itertools.accumulate", |interp, args| {
        let Some(of) = args.positional.first() else { return Ok(Value::None) };
        let of = interp.iter_id(of)?;
        let function = args.get(1, "func").filter(|f| !f.is_none()).cloned();
        Ok(interp.lazy(Source::Accumulate(of, function, None)))
    }),
    native("itertools.product", product),
    native("itertools.permutations", |interp, args| arrange(interp, &args, permutations)),
    native("itertools.combinations", |interp, args| arrange(interp, &args, |n, k| chosen(n, k, false))),
    native("itertools.combinations_with_replacement", |interp, args| {
        arrange(interp, &args, |n, k| chosen(n, k, true))
    }),
    native("itertools.groupby", groupby),
    native("itertools.pairwise", |interp, args| {
        let Some(of) = args.positional.first() else { return Ok(Value::None) };
        let (items, more) = interp.iterate(of, ITEMS)?;
        if more {
            return unknown_rows(interp, of);
        }
        let rows = items.windows(2).map(|pair| Value::tuple(pair.iter().cloned())).collect();
        Ok(interp.new_iterator(rows))
    }),
    native("itertools.tee", |interp, args| {
        let Some(of) = args.positional.first() else { return Ok(Value::None) };
        let count = args.get(1, "n").map_or(Some(2), Value::as_int).unwrap_or(2).clamp(0, 16);
        let (items, more) = interp.iterate(of, ITEMS)?;
        let then = if more { Some(interp.item_of(of)?) } else { None };
        let copies: Vec<Value> = (0..count).map(|_| interp.new_iterator(items.clone())).collect();
        for copy in &copies {
            if let (Value::Iterator(id), Some(then)) = (copy, &then)
                && let crate::heap::Object::Iterator(state) = interp.heap.get_mut(*id)
            {
                state.then = Some(then.clone());
            }
        }
        Ok(Value::tuple(copies))
    }),
    native("itertools.compress", |interp, args| {
        let [data, selectors] = args.positional.as_slice() else { return Ok(Value::None) };
        let ((data_items, a), (selectors, b)) =
            (interp.iterate(data, ITEMS)?, interp.iterate(selectors, ITEMS)?);
        let mut kept = Vec::new();
        for (item, selector) in data_items.into_iter().zip(selectors) {
            match interp.truth(&selector)? {
                Some(true) => kept.push(item),
                Some(false) => {}
                None => return Ok(interp.endless(item)),
            }
        }
        if a || b {
            let item = interp.item_of(data)?;
            return Ok(interp.endless(item));
        }
        Ok(interp.new_iterator(kept))
    }),
];

fn islice(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(of) = args.positional.first() else { return Ok(Value::None) };
    let of_id = interp.iter_id(of)?;
    let bound = |v: &Value| if v.is_none() { Some(None) } else { v.as_int().map(Some) };
    let (start, stop, step) = match &args.positional[1..] {
        [stop] => (Some(None), bound(stop), Some(None)),
        [start, stop] => (bound(start), bound(stop), Some(None)),
        [start, stop, step, ..] => (bound(start), bound(stop), bound(step)),
        [] => return Ok(Value::None),
    };
    let (Some(start), Some(stop), Some(step)) = (start, stop, step) else {
        let item = interp.item_of(of)?;
        return Ok(interp.endless(item));
    };
    let (start, step) = (start.unwrap_or(0).max(0), step.unwrap_or(1).max(1));
    let count = stop.map(|stop| crate::stmt::range_len(start, stop, step));
    Ok(interp.lazy(Source::Slice(of_id, start, count, step)))
}

fn dropwhile(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [function, of] = args.positional.as_slice() else { return Ok(Value::None) };
    let id = interp.iter_id(of)?;
    loop {
        match interp.pull(id)? {
            Pull::Item(item) => {
                let test = interp.call(function, Args::of([item.clone()]))?;
                if interp.truth(&test)? != Some(true) {
                    let first = interp.new_iterator(vec![item]);
                    let outer = interp.new_iterator(vec![first, Value::Iterator(id)]);
                    let outer = interp.iter_id(&outer)?;
                    return Ok(interp.lazy(Source::Chain(outer, None)));
                }
            }
            Pull::Maybe(item) => return Ok(interp.endless(item)),
            Pull::End => return Ok(Value::Iterator(id)),
        }
    }
}

/// An iterator of tuples of an unknown iterable's items.
fn unknown_rows(interp: &mut Interp<'_>, of: &Value) -> Eval {
    let item = interp.item_of(of)?;
    Ok(interp.endless(Value::tuple([item.clone(), item])))
}

fn product(interp: &mut Interp<'_>, args: Args) -> Eval {
    let repeat = args.keyword("repeat").map_or(Some(1), Value::as_int).unwrap_or(1).clamp(0, 16);
    let mut pools = Vec::new();
    let mut total: usize = 1;
    for of in &args.positional {
        let (items, more) = interp.iterate(of, ITEMS)?;
        if more {
            let items: Vec<Value> = args.positional.iter().map(|v| interp.item_of(v)).collect::<Eval<_>>()?;
            return Ok(interp.endless(Value::tuple(items)));
        }
        pools.push(items);
    }
    let pools: Vec<&Vec<Value>> = (0..repeat).flat_map(|_| pools.iter()).collect();
    for pool in &pools {
        total = total.saturating_mul(pool.len());
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    if total > ITEMS {
        let row: Vec<Value> = pools.iter().filter_map(|p| p.first().cloned()).collect();
        return Ok(interp.endless(Value::tuple(row)));
    }
    for pool in pools {
        rows = rows
            .iter()
            .flat_map(|row| pool.iter().map(|item| row.iter().cloned().chain([item.clone()]).collect()))
            .collect();
    }
    Ok(interp.new_iterator(rows.into_iter().map(Value::tuple).collect()))
}

/// Arrangements of the items, by their indices; nothing where there are too many.
fn arrange(interp: &mut Interp<'_>, args: &Args, of: fn(usize, usize) -> Option<Vec<Vec<usize>>>) -> Eval {
    let Some(iterable) = args.positional.first() else { return Ok(Value::None) };
    let (items, more) = interp.iterate(iterable, ITEMS)?;
    if more {
        return unknown_rows(interp, iterable);
    }
    let size = match args.get(1, "r") {
        None | Some(Value::None) => Some(items.len()),
        Some(r) => r.as_int().and_then(|r| usize::try_from(r).ok()),
    };
    match size.and_then(|size| of(items.len(), size)) {
        Some(rows) => {
            let row = |row: Vec<usize>| Value::tuple(row.into_iter().map(|i| items[i].clone()));
            let rows = rows.into_iter().map(row).collect();
            Ok(interp.new_iterator(rows))
        }
        None => unknown_rows(interp, iterable),
    }
}

fn chosen(n: usize, k: usize, replace: bool) -> Option<Vec<Vec<usize>>> {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..k {
        let mut longer = Vec::new();
        for row in &rows {
            let from = row.last().map_or(0, |last| if replace { *last } else { last + 1 });
            for i in from..n {
                longer.push(row.iter().copied().chain([i]).collect());
                if longer.len() > ITEMS {
                    return None;
                }
            }
        }
        rows = longer;
    }
    Some(rows)
}

fn permutations(n: usize, k: usize) -> Option<Vec<Vec<usize>>> {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..k {
        let mut longer = Vec::new();
        for row in &rows {
            for i in (0..n).filter(|i| !row.contains(i)) {
                longer.push(row.iter().copied().chain([i]).collect());
                if longer.len() > ITEMS {
                    return None;
                }
            }
        }
        rows = longer;
    }
    Some(rows)
}

fn groupby(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(of) = args.positional.first() else { return Ok(Value::None) };
    let key = args.get(1, "key").filter(|k| !k.is_none()).cloned();
    let (items, more) = interp.iterate(of, ITEMS)?;
    if more {
        return unknown_rows(interp, of);
    }
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for item in items {
        let by = match &key {
            Some(key) => interp.call(key, Args::of([item.clone()]))?,
            None => item.clone(),
        };
        let same = match groups.last() {
            Some((last, _)) => interp.same_or_equal(&last.clone(), &by)?,
            None => Some(false),
        };
        match (same, groups.last_mut()) {
            (Some(true), Some((_, group))) => group.push(item),
            (Some(false), _) => groups.push((by, vec![item])),
            _ => return unknown_rows(interp, of),
        }
    }
    let rows: Vec<Value> =
        groups.into_iter().map(|(by, group)| Value::tuple([by, interp.new_iterator(group)])).collect();
    Ok(interp.new_iterator(rows))
}
