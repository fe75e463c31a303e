//! `summary()`: the layers of a model as a table.

use std::fmt;
use std::rc::Rc;

use tensor::Shape;

use crate::model::Model;
use crate::symbol::Symbol;
use crate::weight::{Weight, sizes};

/// What [`Model::summary`] says of a model; shown as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The layers in Keras' order, inputs first.
    pub layers: Vec<SummaryRow>,
    /// How many numbers training changes.
    pub trainable: usize,
    /// How many numbers the other weights have.
    pub non_trainable: usize,
}

/// A layer in a summary.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    /// The layer's name.
    pub name: String,
    /// Its class.
    pub class: String,
    /// The shapes of what its last call in the model gives.
    pub outputs: Vec<Shape>,
    /// How many numbers its weights have.
    pub parameters: usize,
}

impl Model {
    /// Lists the layers with their outputs' shapes and the numbers of their parameters.
    ///
    /// ```
    /// use kerascope::{Layer, Sequential};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let model = Sequential::new([8]).then(Layer::new("Dense").with("units", 3))?.build()?;
    /// let summary = model.summary();
    /// assert_eq!(summary.layers[1].outputs[0].tuple(), "(None, 3)");
    /// assert_eq!(summary.parameters(), 27);
    /// assert!(summary.to_string().contains("dense (Dense)"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn summary(&self) -> Summary {
        let network = &self.network;
        let inputs = network.inputs.iter().enumerate().map(|(at, input)| SummaryRow {
            name: crate::saved::input_name(at),
            class: "InputLayer".to_owned(),
            outputs: vec![input.shape().clone()],
            parameters: 0,
        });
        let mut seen: Vec<&Symbol> = network.calls.iter().flat_map(|call| &call.inputs).collect();
        seen.extend(&network.outputs);
        let mut layers: Vec<SummaryRow> = inputs.collect();
        for layer in network.layers_by_depth() {
            let last = network.calls.iter().rev().find(|call| call.layer.is(&layer));
            let mut outputs: Vec<(usize, &Symbol)> = Vec::new();
            for symbol in &seen {
                if let (Some((call, at)), Some(last)) = (symbol.call(), last)
                    && Rc::ptr_eq(call, last)
                    && outputs.iter().all(|(known, _)| *known != at)
                {
                    outputs.push((at, symbol));
                }
            }
            outputs.sort_by_key(|(at, _)| *at);
            layers.push(SummaryRow {
                name: layer.name().to_string(),
                class: layer.class().to_owned(),
                outputs: outputs.into_iter().map(|(_, symbol)| symbol.shape().clone()).collect(),
                parameters: count(&layer.weights(), |_| true),
            });
        }
        let weights = self.weights();
        Summary {
            layers,
            trainable: count(&weights, Weight::is_trainable),
            non_trainable: count(&weights, |weight| !weight.is_trainable()),
        }
    }
}

/// Counts the numbers of weights, each weight once.
fn count(weights: &[Weight], wanted: impl Fn(&Weight) -> bool) -> usize {
    let mut seen = Vec::new();
    let mut total = 0;
    for weight in weights.iter().filter(|weight| wanted(weight)) {
        if !seen.contains(&weight.id()) {
            seen.push(weight.id());
            total += sizes(weight.spec()).map_or(0, |sizes| sizes.iter().product());
        }
    }
    total
}

impl Summary {
    /// Returns how many numbers all weights have: `count_params`.
    pub fn parameters(&self) -> usize {
        self.trainable + self.non_trainable
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 3]> = self.layers.iter().map(SummaryRow::cells).collect();
        let head = ["Layer (type)", "Output Shape", "Param #"].map(str::to_owned);
        let all: Vec<&[String; 3]> = std::iter::once(&head).chain(&rows).collect();
        let wide = |at: usize| all.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
        let [name, shape, count] = [wide(0), wide(1), wide(2)];
        let line = |f: &mut fmt::Formatter<'_>, row: &[String; 3]| {
            writeln!(f, "{:name$}  {:shape$}  {:>count$}", row[0], row[1], row[2])
        };
        line(f, &head)?;
        writeln!(f, "{}", "-".repeat(name + shape + count + 4))?;
        rows.iter().try_for_each(|row| line(f, row))?;
        writeln!(f, "{}", "-".repeat(name + shape + count + 4))?;
        writeln!(f, "Total params: {}", self.parameters())?;
        writeln!(f, "Trainable params: {}", self.trainable)?;
        write!(f, "Non-trainable params: {}", self.non_trainable)
    }
}

impl SummaryRow {
    fn cells(&self) -> [String; 3] {
        let shapes: Vec<String> = self.outputs.iter().map(Shape::tuple).collect();
        [format!("{} ({})", self.name, self.class), shapes.join(", "), self.parameters.to_string()]
    }
}
