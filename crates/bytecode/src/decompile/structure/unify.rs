//! Undoes copies that compilers make of one piece of source: tests of loops, small ends of functions.

use std::collections::HashMap;

use crate::ops::Unary;

use super::super::flow::Flow;
use super::super::graph::{Action, End, Node};
use super::super::reduce::negate;
use super::super::stack::Id;
use super::super::tree::{Expr, Shared};

/// Makes one of nodes that do the same, come from the same place in the source and go on alike.
pub(in super::super) fn unify(flow: &mut Flow<'_>) {
    split_ends(flow);
    let live: Vec<Id> = flow.live().into_iter().collect();
    let mut classes: HashMap<Id, usize> = HashMap::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for id in &live {
        if let Some(node) = flow.node(*id) {
            let count = names.len();
            classes.insert(*id, *names.entry(content(node, *id)).or_insert(count));
        }
    }
    // Nodes stay together only as long as what they go to does.
    loop {
        let mut refined: HashMap<(usize, Vec<usize>), usize> = HashMap::new();
        let mut next: HashMap<Id, usize> = HashMap::new();
        for id in &live {
            let Some(node) = flow.node(*id) else { continue };
            let mut targets: Vec<usize> = node
                .targets()
                .iter()
                .map(|to| classes.get(&resolved(flow, *to)).copied().unwrap_or(usize::MAX))
                .collect();
            if matches!(&node.end, End::Test { test, .. } if canonical(test).1) {
                targets.reverse();
            }
            let key = (classes.get(id).copied().unwrap_or(usize::MAX), targets);
            let count = refined.len();
            next.insert(*id, *refined.entry(key).or_insert(count));
        }
        let count =
            |classes: &HashMap<Id, usize>| classes.values().collect::<std::collections::HashSet<_>>().len();
        let stable = count(&next) == count(&classes);
        classes = next;
        if stable {
            break;
        }
    }
    let mut first: HashMap<usize, Id> = HashMap::new();
    let mut instead: HashMap<Id, Id> = HashMap::new();
    for id in &live {
        if let Some(class) = classes.get(id) {
            let kept = *first.entry(*class).or_insert(*id);
            if kept != *id {
                instead.insert(*id, kept);
            }
        }
    }
    for node in flow.nodes.iter_mut().flatten() {
        redirect(&mut node.end, &instead);
    }
}

/// Returns the node at which something happens, from one that may only go on.
fn resolved(flow: &Flow<'_>, mut id: Id) -> Id {
    for _ in 0..100 {
        match flow.node(id) {
            Some(node) if node.steps.is_empty() => match node.end {
                End::Goto(to) => id = to,
                _ => return id,
            },
            _ => return id,
        }
    }
    id
}

/// Returns what a node does, as text; what must stay apart has its own number in it.
fn content(node: &Node, id: Id) -> String {
    let copies = matches!(node.end, End::Test { .. } | End::Return(_) | End::Never | End::Goto(_));
    if !copies || (node.steps.is_empty() && matches!(node.end, End::Goto(_))) || node.position.line.is_none()
    {
        return format!("{id}");
    }
    let end = match &node.end {
        End::Test { test, .. } => format!("test {}", canonical(test).0),
        End::Return(value) => format!("return {value:?}"),
        End::Goto(_) => "goto".to_owned(),
        _ => "never".to_owned(),
    };
    format!("{:?} {end} {:?}", node.steps, node.position)
}

/// Puts tests and what functions end with into nodes of their own, as they may be copies; then the statements
/// before the end of a function, one by one.
fn split_ends(flow: &mut Flow<'_>) {
    let live: Vec<Id> = flow.live().into_iter().collect();
    for id in live {
        let Some(Some(node)) = flow.nodes.get_mut(id) else { continue };
        let (steps, position) = (node.steps.len(), node.position);
        let own = match &node.end {
            End::Test { .. } | End::Return(_) if steps > 0 => Vec::new(),
            // A `raise` is a statement and ends its node.
            End::Never if steps > 1 => node.steps.split_off(steps - 1),
            _ => continue,
        };
        if let Some(last) = node.steps.last() {
            node.position = last.position;
        }
        let end = std::mem::replace(&mut node.end, End::Never);
        let tests = matches!(end, End::Test { .. });
        let state = node.state.clone();
        let tail = push(
            flow,
            Node { steps: own, end, state: state.clone(), base: state, position, returns_at: None },
        );
        if let Some(Some(node)) = flow.nodes.get_mut(id) {
            node.end = End::Goto(tail);
        }
        if !tests {
            split_steps(flow, id);
        }
    }
}

/// Splits the statements at the end of a node off, one by one.
fn split_steps(flow: &mut Flow<'_>, id: Id) {
    loop {
        let Some(Some(node)) = flow.nodes.get_mut(id) else { return };
        let plain =
            node.steps.len() > 1 && matches!(node.steps.last().map(|step| &step.action), Some(Action::Do(_)));
        let Some(step) = (plain).then(|| node.steps.pop()).flatten() else { return };
        let state = node.state.clone();
        let end = std::mem::replace(&mut node.end, End::Never);
        let tail = Node {
            position: step.position,
            returns_at: None,
            steps: vec![step],
            end,
            state: state.clone(),
            base: state,
        };
        let tail = push(flow, tail);
        if let Some(Some(node)) = flow.nodes.get_mut(id) {
            node.end = End::Goto(tail);
            if let Some(step) = node.steps.last() {
                node.position = step.position;
            }
        }
    }
}

fn push(flow: &mut Flow<'_>, node: Node) -> Id {
    flow.nodes.push(Some(node));
    flow.nodes.len() - 1
}

/// Returns a test as text that is the same for its negation, and whether it is that of the negation.
fn canonical(test: &Shared) -> (String, bool) {
    let (plain, negated) = (written(test, false), written(test, true));
    if plain <= negated { (plain, false) } else { (negated, true) }
}

/// Returns a test or its negation with `not` only before what is tested.
fn written(test: &Shared, negated: bool) -> String {
    match &**test {
        Expr::Unary(Unary::Not, inner) => written(inner, !negated),
        Expr::Bool { and, parts } => {
            let parts: Vec<String> = parts.iter().map(|part| written(part, negated)).collect();
            format!("{} {parts:?}", *and != negated)
        }
        Expr::Compare(_, rest) if rest.len() == 1 => {
            let opposite = negate(test);
            match *opposite {
                Expr::Unary(..) => format!("{negated} {test:?}"),
                _ if negated => format!("false {opposite:?}"),
                _ => format!("false {test:?}"),
            }
        }
        _ => format!("{negated} {test:?}"),
    }
}

fn redirect(end: &mut End, instead: &HashMap<Id, Id>) {
    let change = |id: &mut Id| {
        if let Some(kept) = instead.get(id) {
            *id = *kept;
        }
    };
    match end {
        End::Goto(to) => change(to),
        End::Test { yes, no, .. } => {
            change(&mut yes.to);
            change(&mut no.to);
        }
        End::Loop { body, done, .. } => {
            change(body);
            change(done);
        }
        End::Guard { handler, body, .. } => {
            change(handler);
            change(body);
        }
        End::Return(_) | End::Reraise | End::Never => {}
    }
}
