//! What leads from inputs to outputs: what a model consists of, and a layer that is a model.

use std::rc::Rc;

use ops::{Arg, Exc, Keras, Mistake, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::layer::{Layer, gathered};
use crate::symbol::{Call, Symbol};

/// The calls of layers that lead from inputs to outputs.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) inputs: Vec<Symbol>,
    pub(crate) outputs: Vec<Symbol>,
    /// The calls, each after those it depends on.
    pub(crate) calls: Vec<Rc<Call>>,
    /// The layers in the order in which they are called.
    pub(crate) layers: Vec<Layer>,
}

impl Network {
    /// Finds what leads from inputs to outputs, and gives layers without a name of their own one.
    ///
    /// # Errors
    /// What Keras raises: an output depends on an `Input` that is not among the inputs, two layers have one name.
    pub(crate) fn new(inputs: Vec<Symbol>, outputs: Vec<Symbol>) -> Result<Network> {
        let calls = ordered(&inputs, &outputs)?;
        let mut seen = FxHashSet::default();
        let first = |call: &&Rc<Call>| seen.insert(call.layer.id());
        let layers: Vec<Layer> = calls.iter().filter(first).map(|call| call.layer.clone()).collect();
        name(&layers)?;
        Ok(Network { inputs, outputs, calls, layers })
    }

    /// Carries the calls out on tensors of a trace; `see` gets each call with what came out of it.
    pub(crate) fn forward(
        &self,
        engine: &mut Engine,
        inputs: Vec<Arg>,
        mut see: impl FnMut(&Call, &Arg),
    ) -> Result<Vec<Arg>> {
        let mut known: FxHashMap<*const Call, Vec<Arg>> = FxHashMap::default();
        let value = |known: &FxHashMap<*const Call, Vec<Arg>>, symbol: &Symbol| {
            // An input may stand in the middle of what other models are made of.
            if let Some(at) = self.inputs.iter().position(|input| input.is(symbol)) {
                return inputs.get(at).cloned();
            }
            let (call, output) = symbol.call()?;
            known.get(&Rc::as_ptr(call))?.get(output).cloned()
        };
        let lost = Error::Unknown("a tensor that is not of the model");
        for call in &self.calls {
            let given: Option<Vec<Arg>> = call.inputs.iter().map(|input| value(&known, input)).collect();
            let given = gathered(given.ok_or(lost.clone())?, call.listed);
            let outputs = engine.call_layer_with(&call.layer, given)?;
            see(call, &outputs);
            let mut flat = Vec::new();
            outputs.tensors(&mut |operand| flat.push(Arg::Tensor(operand.clone())));
            known.insert(Rc::as_ptr(call), flat);
        }
        self.outputs.iter().map(|output| value(&known, output).ok_or(lost.clone())).collect()
    }
}

/// Puts the calls that outputs depend on in order.
fn ordered(inputs: &[Symbol], outputs: &[Symbol]) -> Result<Vec<Rc<Call>>> {
    let mut order: Vec<Rc<Call>> = Vec::new();
    let mut done: FxHashSet<*const Call> = FxHashSet::default();
    let mut open: Vec<(Symbol, bool)> = outputs.iter().rev().map(|output| (output.clone(), false)).collect();
    while let Some((symbol, ready)) = open.pop() {
        if inputs.iter().any(|input| input.is(&symbol)) {
            continue;
        }
        let Some((call, _)) = symbol.call() else {
            let message = "Output with path `` is not connected to `inputs`";
            let mistake = Mistake::Disconnected { layer: String::new() };
            return Err(Violation::stop(Exc::ValueError, message, mistake).into());
        };
        if done.contains(&Rc::as_ptr(call)) {
            continue;
        }
        if ready {
            done.insert(Rc::as_ptr(call));
            order.push(Rc::clone(call));
        } else {
            open.push((symbol.clone(), true));
            open.extend(call.inputs.iter().rev().map(|input| (input.clone(), false)));
        }
    }
    Ok(order)
}

/// Gives layers without a name of their own one that no other has.
fn name(layers: &[Layer]) -> Result<()> {
    let mut taken: FxHashMap<Rc<str>, usize> = FxHashMap::default();
    for layer in layers {
        let own = layer.name();
        let times = taken.entry(Rc::clone(&own)).or_default();
        *times += 1;
        if *times == 1 {
            continue;
        }
        if let Arg::Str(_) = layer.get("name") {
            return Err(keras::duplicate_name(Keras::Three, &own, *times).raised().into());
        }
        // `dense`, `dense_1`, `dense_2`.
        let mut number = *times - 1;
        while taken.contains_key(&*format!("{own}_{number}")) {
            number += 1;
        }
        let free: Rc<str> = format!("{own}_{number}").into();
        taken.insert(Rc::clone(&free), 1);
        layer.rename(free);
    }
    Ok(())
}
