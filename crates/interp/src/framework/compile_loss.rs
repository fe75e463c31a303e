//! The losses that `compile` was given, fitted to a model's outputs: `CompileLoss` and `LossesContainer`.

use std::rc::Rc;

use ops::{Exc, Keras};

use crate::framework::compile::OutputLoss;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

/// Tells whether a value is a container.
pub(crate) fn is_nested(value: &Value) -> bool {
    matches!(value, Value::Tuple(_) | Value::List(_) | Value::Dict(_))
}

impl Interp<'_> {
    /// The leaves of a structure in order, `None` included; dicts by sorted keys.
    pub(crate) fn leaves(&self, value: &Value) -> Vec<Value> {
        match value {
            Value::Tuple(items) => items.iter().flat_map(|v| self.leaves(v)).collect(),
            Value::List(id) => match self.heap.list(*id) {
                Some(items) => items.iter().flat_map(|v| self.leaves(v)).collect(),
                None => vec![value.clone()],
            },
            Value::Dict(_) => match self.sorted_pairs(value) {
                Some(pairs) => pairs.iter().flat_map(|(_, v)| self.leaves(v)).collect(),
                None => vec![value.clone()],
            },
            _ => vec![value.clone()],
        }
    }

    /// A dict's pairs by sorted string keys; nothing where they are not known.
    pub(crate) fn sorted_pairs(&self, value: &Value) -> Option<Vec<(Rc<str>, Value)>> {
        let mut pairs = self.keywords_of(value)?;
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        Some(pairs)
    }

    /// The items of a container one level deep; nothing for leaves.
    pub(crate) fn children(&self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::Tuple(items) => Some(items.to_vec()),
            Value::List(id) => self.heap.list(*id).cloned(),
            Value::Dict(_) => Some(self.sorted_pairs(value)?.into_iter().map(|(_, v)| v).collect()),
            _ => None,
        }
    }

    /// `*` for each leaf of a structure, as Keras prints it.
    pub(crate) fn structure_text(&self, value: &Value, leaf: &str) -> String {
        match value {
            Value::Tuple(items) => {
                let parts: Vec<String> = items.iter().map(|v| self.structure_text(v, leaf)).collect();
                let comma = if parts.len() == 1 { "," } else { "" };
                format!("({}{comma})", parts.join(", "))
            }
            Value::List(id) => {
                let items = self.heap.list(*id).cloned().unwrap_or_default();
                let parts: Vec<String> = items.iter().map(|v| self.structure_text(v, leaf)).collect();
                format!("[{}]", parts.join(", "))
            }
            Value::Dict(_) => {
                let pairs = self.sorted_pairs(value).unwrap_or_default();
                let parts: Vec<String> =
                    pairs.iter().map(|(k, v)| format!("'{k}': {}", self.structure_text(v, leaf))).collect();
                format!("{{{}}}", parts.join(", "))
            }
            _ => format!("'{leaf}'"),
        }
    }

    /// The compiled loss of predictions; nothing where there is none.
    ///
    /// # Errors
    /// What Keras raises for labels that do not fit.
    pub(crate) fn compiled_loss(
        &mut self,
        id: ObjId,
        y: &Value,
        y_pred: &Value,
        weight: &Value,
    ) -> Eval<Option<Value>> {
        let loss = self.compiled(id).map_or(Value::None, |c| c.loss.clone());
        if loss.is_none() {
            return Ok(None);
        }
        for value in [y_pred, y, &loss] {
            if self.hides_unknown(value) {
                let why = super::losses::unknown_reason(value);
                self.undecided(format!("the loss is not known: {why}"));
                return Ok(Some(self.unknown(format!("a loss: {why}"))));
            }
        }
        match self.keras {
            Keras::Two => self.losses_container(id, y, y_pred, weight),
            Keras::Three => self.compile_loss(id, y, y_pred, weight),
        }
    }

    fn compile_loss(&mut self, id: ObjId, y: &Value, y_pred: &Value, weight: &Value) -> Eval<Option<Value>> {
        let names = self.output_names(id);
        let labels = self.conform3(id, y, y_pred, names.as_deref())?;
        let outputs = self.leaves(y_pred);
        let plan = match self.compiled(id).and_then(|c| c.losses.clone()) {
            Some(plan) => plan,
            None => {
                let plan = self.plan3(id, &labels, y_pred, names.as_deref())?;
                if let Some(compiled) = self.compiled_mut(id) {
                    compiled.losses = Some(plan.clone());
                }
                plan
            }
        };
        let weights = self.leaves(weight);
        let mut values = Vec::new();
        for entry in plan.iter() {
            let (Some(y_t), Some(y_p)) = (labels.get(entry.output), outputs.get(entry.output)) else {
                continue;
            };
            let w = if is_nested(weight) { weights.get(entry.output).cloned() } else { Some(weight.clone()) };
            if y_t.is_none() {
                return Err(self.bad_data_of(
                    Exc::ValueError,
                    "None values not supported.".to_owned(),
                    ops::Mistake::NoLabels,
                ));
            }
            if let Value::Str(key) = y_t {
                return Err(self.key_as_labels(key));
            }
            let value = self.call_loss(&entry.loss, y_t, y_p, &w.unwrap_or(Value::None))?;
            if let Some(name) = &entry.name {
                self.track_output_loss(id, name, &value, y_p)?;
            }
            values.push(self.weighted(value, &entry.weight)?);
        }
        self.total(values)
    }

    /// Multiplies a loss by its weight.
    fn weighted(&mut self, value: Value, weight: &Value) -> Eval {
        if weight.is_none() || value.is_unknown() || weight.is_unknown() {
            return Ok(value);
        }
        // `compile(optimizer, loss, ["accuracy"])`: Keras 3 takes the third argument for the weights of losses.
        if let (Value::Str(_), Keras::Three) = (weight, self.keras) {
            let core = "dtype='string' is not a valid dtype for Keras type promotion.";
            let problem =
                "`loss_weights`, the third argument of `compile`, has a text in it: metrics come fourth"
                    .to_owned();
            let mistake = ops::Mistake::Argument { param: "loss_weights", problem };
            return Err(self.bad_data_of(Exc::ValueError, core.to_owned(), mistake));
        }
        self.op_on("multiply", &[("x", value), ("y", weight.clone())])
    }

    fn total(&mut self, values: Vec<Value>) -> Eval<Option<Value>> {
        if let Some(unknown) = values.iter().find(|v| v.is_unknown()).cloned() {
            self.undecided_by(&unknown, "the loss is not known");
            return Ok(Some(unknown));
        }
        let mut values = values.into_iter();
        let Some(mut total) = values.next() else { return Ok(None) };
        for value in values {
            total = self.op_on("add", &[("x", total), ("y", value)])?;
        }
        Ok(Some(total))
    }

    /// Labels in the order of the outputs.
    fn conform3(
        &mut self,
        id: ObjId,
        y: &Value,
        y_pred: &Value,
        names: Option<&[Rc<str>]>,
    ) -> Eval<Vec<Value>> {
        if !is_nested(y) && !is_nested(y_pred) {
            return Ok(vec![y.clone()]);
        }
        let outputs = self.leaves(y_pred);
        if let (Value::Dict(_), Value::List(_) | Value::Tuple(_), Some(names)) = (y, y_pred, names) {
            let pairs = self.sorted_pairs(y).unwrap_or_default();
            let found: Option<Vec<Value>> =
                names.iter().map(|n| pairs.iter().find(|(k, _)| k == n).map(|(_, v)| v.clone())).collect();
            if let Some(found) = found.filter(|f| f.len() == pairs.len()) {
                return Ok(found);
            }
        }
        // Labels of another structure are gone through for the outputs' places, and a dict gives its keys:
        // fit(x, {"out": y}) of a model with one output.
        if let Some(keys) = self.keys_of_others(y, y_pred)
            && keys.len() == outputs.len()
        {
            return Ok(keys);
        }
        let flat = self.leaves(y);
        if flat.len() == outputs.len() && (is_nested(y) || outputs.len() == 1) {
            return Ok(flat);
        }
        // A loss for some of the outputs only.
        let loss = self.compiled(id).map_or(Value::None, |c| c.loss.clone());
        let losses = self.leaves(&loss);
        let matches = losses.iter().filter(|l| !l.is_none()).count() == flat.len();
        if matches && !is_nested(&loss) && is_nested(y_pred) {
            return Err(self.missing_path(y_pred, 0));
        }
        if matches {
            let mut labels = flat.into_iter();
            return Ok(losses
                .iter()
                .map(|l| if l.is_none() { Value::None } else { labels.next().unwrap_or(Value::None) })
                .collect());
        }
        let core = format!(
            "y_true and y_pred have different structures.\ny_true: {}\ny_pred: {}\n",
            bare(self.structure_text(y, "*")),
            bare(self.structure_text(y_pred, "*"))
        );
        Err(self.bad_data(Exc::ValueError, core.trim_end().to_owned()))
    }

    /// The keys of labels in a dict that has not those of the outputs.
    fn keys_of_others(&self, y: &Value, y_pred: &Value) -> Option<Vec<Value>> {
        let Value::Dict(_) = y else { return None };
        let keys = |value: &Value| -> Option<Vec<Value>> {
            Some(self.pairs_of(value)?.into_iter().map(|(key, _)| key).collect())
        };
        let (given, outputs) = (keys(y)?, keys(y_pred).unwrap_or_default());
        let named = |key: &Value| outputs.iter().any(|other| self.key(other) == self.key(key));
        let same = given.len() == outputs.len() && given.iter().all(named);
        (!same && given.iter().all(|key| matches!(key, Value::Str(_)))).then_some(given)
    }

    /// What a key says that stands where labels are expected.
    fn key_as_labels(&mut self, key: &str) -> crate::raise::Halt {
        let core = match self.graph_depth {
            0 => format!("Cannot convert '{key}' to EagerTensor of dtype float"),
            _ => format!("Expected float32, but got {key} of type 'str'."),
        };
        let problem = format!(
            "the labels are a dict with the key '{key}', which the model's outputs have not as a key"
        );
        self.bad_data_of(Exc::TypeError, core, ops::Mistake::Argument { param: "y", problem })
    }

    /// What Keras 3 says where labels or outputs lack the place of a loss.
    fn missing_path(&mut self, y_pred: &Value, at: usize) -> crate::raise::Halt {
        let key = match self.sorted_pairs(y_pred).and_then(|pairs| pairs.get(at).map(|(k, _)| k.clone())) {
            Some(key) => format!("'{key}'"),
            None => at.to_string(),
        };
        let core = format!(
            "\"The path: ({key},) in the `loss` argument, can't be found in either the model's output (`y_pred`) or in \
             the labels (`y_true`).\""
        );
        let mistake = ops::Mistake::Argument { param: "loss", problem: core.clone() };
        let violation = ops::Violation { class: Exc::KeyError, core, mistake };
        self.raise_violation(violation, "compile".into(), Vec::new())
    }

    /// Which loss goes to which output, in Keras 3.
    fn plan3(
        &mut self,
        id: ObjId,
        labels: &[Value],
        y_pred: &Value,
        names: Option<&[Rc<str>]>,
    ) -> Eval<Rc<[OutputLoss]>> {
        let Some(compiled) = self.compiled(id).cloned() else { return Ok([].into()) };
        let outputs = self.leaves(y_pred);
        let mut given: Vec<(usize, Value)> = Vec::new();
        let mut keyed: Vec<Rc<str>> = Vec::new();
        if let (Value::Dict(_), false) = (&compiled.loss, matches!(y_pred, Value::Dict(_))) {
            let pairs = self.pairs_of(&compiled.loss).unwrap_or_default();
            let keys: Vec<Rc<str>> = pairs.iter().filter_map(|(k, _)| k.as_str().map(Into::into)).collect();
            let names = names.unwrap_or_default();
            if names.len() != keys.len() || !names.iter().all(|n| keys.contains(n)) {
                let core = format!(
                    "Expected keys {} in loss dict, but found loss.keys()={}",
                    name_list(names),
                    name_list(&keys)
                );
                return Err(self.bad_argument("loss", core));
            }
            for (at, name) in names.iter().enumerate() {
                let value = pairs.iter().find(|(k, _)| k.as_str() == Some(name)).map(|(_, v)| v.clone());
                given.push((at, value.unwrap_or(Value::None)));
                keyed.push(name.clone());
            }
        } else if let Value::Dict(_) = &compiled.loss {
            let outputs = self.sorted_pairs(y_pred).unwrap_or_default();
            for (key, value) in self.pairs_of(&compiled.loss).unwrap_or_default() {
                let Some(at) = outputs.iter().position(|(k, _)| key.as_str() == Some(k)) else {
                    let shown = self.repr(&key)?.unwrap_or_default();
                    let core = format!(
                        "\"The path: ({shown},) in the `loss` argument, can't be found in either the model's output \
                         (`y_pred`) or in the labels (`y_true`).\""
                    );
                    let mistake = ops::Mistake::Argument { param: "loss", problem: core.clone() };
                    let violation = ops::Violation { class: Exc::KeyError, core, mistake };
                    return Err(self.raise_violation(violation, "compile".into(), Vec::new()));
                };
                given.push((at, value));
                keyed.push(key.as_str().unwrap_or_default().into());
            }
        } else if let Some(items) = self.children(&compiled.loss) {
            let flat = self.leaves(&compiled.loss);
            if flat.len() == outputs.len() {
                given.extend(flat.into_iter().enumerate());
            } else if !is_nested(y_pred) {
                given.extend(items.into_iter().map(|v| (0, v)));
            } else if flat.len() > outputs.len() && !items.iter().any(is_nested) {
                return Err(self.missing_path(&Value::None, outputs.len()));
            } else if !items.iter().any(is_nested) {
                given.extend(flat.into_iter().enumerate());
            } else {
                self.undecided("losses that do not match the outputs");
            }
        } else {
            given.extend((0..outputs.len()).map(|at| (at, compiled.loss.clone())));
        }
        let weights = self.loss_weights3(&compiled.loss, &compiled.loss_weights, given.len(), &keyed)?;
        let several = given.iter().filter(|(_, v)| !v.is_none()).count() > 1;
        let keys: Vec<Rc<str>> = match y_pred {
            Value::Dict(_) => {
                let pairs = self.sorted_pairs(y_pred).unwrap_or_default();
                let flat = pairs.iter().all(|(_, value)| !is_nested(value));
                pairs.into_iter().filter(|_| flat).map(|(key, _)| key).collect()
            }
            _ => Vec::new(),
        };
        let mut plan = Vec::new();
        for (n, (output, value)) in given.into_iter().enumerate() {
            let (y_t, y_p) = (labels.get(output).cloned(), outputs.get(output).cloned());
            let (y_t, y_p) = (y_t.unwrap_or(Value::None), y_p.unwrap_or(Value::None));
            let Some(loss) = self.loss_of(&value, &y_t, &y_p)? else { continue };
            // An output in a dict is called by its key, whatever its layer is called.
            let own = match keys.get(output) {
                Some(key) => Some(key.clone()),
                None => names.and_then(|n| n.get(output).cloned()),
            };
            let own = own.unwrap_or_else(|| self.callable_name(&value));
            let name = several.then(|| format!("{own}_loss").into());
            plan.push(OutputLoss {
                output,
                loss,
                weight: weights.get(n).cloned().unwrap_or(Value::None),
                name,
            });
        }
        Ok(plan.into())
    }

    /// `loss_weights` in the order of the losses, in Keras 3, where losses in a dict are `keyed` by outputs.
    ///
    /// A dict of the losses' keys is read by them. Other structures are taken apart, dicts in the order of their sorted
    /// keys, and put together as the losses are (`CompileLoss.build`).
    fn loss_weights3(
        &mut self,
        loss: &Value,
        weights: &Value,
        count: usize,
        keyed: &[Rc<str>],
    ) -> Eval<Vec<Value>> {
        if weights.is_none() || weights.is_unknown() {
            return Ok(vec![Value::None; count]);
        }
        let flat = self.leaves(weights);
        let losses = self.leaves(loss).len();
        if flat.len() != losses {
            let core = format!(
                "`loss_weights` must match the number of losses, got {losses} losses and {} weights.",
                self.children(weights).map_or(1, |c| c.len())
            );
            return Err(self.bad_argument("loss_weights", core));
        }
        if keyed.is_empty() {
            return Ok(flat);
        }
        let named = match weights {
            Value::Dict(_) => self.sorted_pairs(weights).unwrap_or_default(),
            _ => {
                let mut sorted = keyed.to_vec();
                sorted.sort();
                sorted.into_iter().zip(flat).collect()
            }
        };
        let of = |key: &Rc<str>| named.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
        Ok(keyed.iter().map(|key| of(key).unwrap_or(Value::None)).collect())
    }

    /// Keras 2's `LossesContainer.__call__` without the regularization.
    fn losses_container(
        &mut self,
        id: ObjId,
        y: &Value,
        y_pred: &Value,
        weight: &Value,
    ) -> Eval<Option<Value>> {
        let names = self.names2(id, y_pred);
        let labels = self.conform2(y, y_pred, &names)?;
        let weights = self.conform2(weight, y_pred, &names)?;
        let outputs = self.leaves(y_pred);
        let plan = match self.compiled(id).and_then(|c| c.losses.clone()) {
            Some(plan) => plan,
            None => {
                let plan = self.plan2(id, y_pred, &outputs, &names)?;
                if let Some(compiled) = self.compiled_mut(id) {
                    compiled.losses = Some(plan.clone());
                }
                plan
            }
        };
        let mut values = Vec::new();
        for entry in plan.iter() {
            let (Some(y_t), Some(y_p)) = (labels.get(entry.output), outputs.get(entry.output)) else {
                continue;
            };
            if y_t.is_none() {
                continue;
            }
            let w = weights.get(entry.output).cloned().unwrap_or(Value::None);
            let (y_t, w) = self.match_rank(y_t, y_p, &w)?;
            let value = self.call_loss(&entry.loss, &y_t, y_p, &w)?;
            if let Some(name) = &entry.name {
                self.track_loss(id, name, &value, &y_t)?;
            }
            values.push(self.weighted(value, &entry.weight)?);
        }
        self.total(values)
    }

    /// Keras 2's `match_dtype_and_rank`.
    pub(crate) fn match_rank(&mut self, y_t: &Value, y_p: &Value, w: &Value) -> Eval<(Value, Value)> {
        if self.hides_unknown(y_t) || self.hides_unknown(y_p) || self.hides_unknown(w) {
            return Ok((y_t.clone(), w.clone()));
        }
        let (y_arg, p_arg, w_arg) = (self.arg(y_t), self.arg(y_p), self.arg(w));
        let answer = keras::losses::match_dtype_and_rank(self, y_arg, &p_arg, w_arg);
        match self.settle(answer, "loss", Vec::new)? {
            Ok((y, w)) => Ok((self.value_of(&y), self.value_of(&w))),
            Err(_) => Ok((y_t.clone(), w.clone())),
        }
    }

    /// The names of outputs in Keras 2; those of a subclassed model are made up.
    pub(crate) fn names2(&self, id: ObjId, y_pred: &Value) -> Vec<Rc<str>> {
        if let Some(names) = self.output_names(id) {
            return names;
        }
        match y_pred {
            Value::Dict(_) => {
                self.sorted_pairs(y_pred).unwrap_or_default().into_iter().map(|(k, _)| k).collect()
            }
            _ => (1..=self.leaves(y_pred).len()).map(|n| format!("output_{n}").into()).collect(),
        }
    }

    /// Refuses what is given for outputs that there are not.
    ///
    /// source: tf_keras/src/engine/compile_utils.py: map_to_output_names
    pub(crate) fn refuse_stray2(
        &mut self,
        param: &'static str,
        pairs: &[(Rc<str>, Value)],
        names: &[Rc<str>],
    ) -> Eval<()> {
        let stray: Vec<(Rc<str>, Value)> =
            pairs.iter().filter(|(k, _)| !names.contains(k)).cloned().collect();
        if stray.is_empty() {
            return Ok(());
        }
        let keys: Vec<Rc<str>> = stray.iter().map(|(k, _)| k.clone()).collect();
        let mut shown = Vec::new();
        for (key, value) in stray {
            shown.push(format!("'{key}': {}", self.repr(&value)?.unwrap_or_default()));
        }
        let core = format!(
            "Found unexpected losses or metrics that do not correspond to any Model output: dict_keys({}). Valid mode \
             output names: {}. Received struct is: {{{}}}.",
            name_list(&keys),
            name_list(names),
            shown.join(", ")
        );
        Err(self.bad_argument(param, core))
    }

    /// Keras 2's `_conform_to_outputs`, flattened: dicts by the outputs' names, one object for all.
    pub(crate) fn conform2(&mut self, given: &Value, y_pred: &Value, names: &[Rc<str>]) -> Eval<Vec<Value>> {
        if let (Value::Dict(_), false) = (given, matches!(y_pred, Value::Dict(_))) {
            let pairs = self.sorted_pairs(given).unwrap_or_default();
            self.refuse_stray2("loss", &pairs, names)?;
            let by_name = |n: &Rc<str>| pairs.iter().find(|(k, _)| k == n).map(|(_, v)| v.clone());
            return Ok(names.iter().map(|n| by_name(n).unwrap_or(Value::None)).collect());
        }
        if let (Value::Dict(_), Value::Dict(_)) = (given, y_pred) {
            let pairs = self.sorted_pairs(given).unwrap_or_default();
            let outputs = self.sorted_pairs(y_pred).unwrap_or_default();
            let by_name = |n: &Rc<str>| pairs.iter().find(|(k, _)| k == n).map(|(_, v)| v.clone());
            return Ok(outputs.iter().map(|(n, _)| by_name(n).unwrap_or(Value::None)).collect());
        }
        if !is_nested(given) {
            return Ok(vec![given.clone(); self.leaves(y_pred).len()]);
        }
        Ok(self.leaves(given))
    }

    fn plan2(
        &mut self,
        id: ObjId,
        y_pred: &Value,
        outputs: &[Value],
        names: &[Rc<str>],
    ) -> Eval<Rc<[OutputLoss]>> {
        let Some(compiled) = self.compiled(id).cloned() else { return Ok([].into()) };
        let losses = self.conform2(&compiled.loss, y_pred, names)?;
        let weights = self.conform2(&compiled.loss_weights, y_pred, names)?;
        let several = names.len() > 1;
        let mut plan = Vec::new();
        // Lists of other lengths are cut to the shortest.
        let count = outputs.len().min(weights.len());
        for (output, value) in losses.into_iter().enumerate().take(count) {
            let Some(loss) = self.loss_of(&value, &Value::None, &outputs[output])? else { continue };
            let name = names.get(output).filter(|_| several).map(|n| format!("{n}_loss").into());
            plan.push(OutputLoss {
                output,
                loss,
                weight: weights.get(output).cloned().unwrap_or(Value::None),
                name,
            });
        }
        Ok(plan.into())
    }
}

/// Names as Python shows a list of them: `['a', 'b']`.
pub(super) fn name_list(names: &[Rc<str>]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    format!("[{}]", names.join(", "))
}

/// A leaf alone is printed without quotes.
fn bare(text: String) -> String {
    if text == "'*'" { "*".to_owned() } else { text }
}
