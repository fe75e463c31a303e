//! The gradient of one variable as an optimizer sees it.
//!
//! What was gathered from a variable has a gradient in rows, of which several may be for one place
//! (`tf.IndexedSlices`). Where Keras computes with the rows before they are added up, the result is another than
//! that of their sum: the square of a sum is not the sum of the squares.
//!
//! source: keras/src/backend/tensorflow/sparse.py, tf_keras/src/optimizers/optimizer.py: _deduplicate_sparse_grad,
//! tensorflow/python/ops/clip_ops.py

use ops::{Arg, Infer};

use crate::tools::{Tools, shape_of};

/// A gradient, and the rows that it is the sum of.
#[derive(Clone, Debug)]
pub(super) struct Gradient {
    /// The whole.
    pub(super) sum: Arg,
    /// Rows with their places; nothing for a gradient that is no `IndexedSlices`.
    rows: Vec<[Arg; 2]>,
}

impl Gradient {
    /// The gradient in a tensor.
    pub(super) fn of(t: &mut Tools<'_>, gradient: &Arg) -> Gradient {
        Gradient { sum: gradient.clone(), rows: t.runner().placed_rows(gradient) }
    }

    /// The gradient after its rows were added up.
    pub(super) fn merged(self) -> Gradient {
        Gradient { rows: Vec::new(), ..self }
    }

    /// The sum of the squares of all elements.
    pub(super) fn squared_norm(&self, t: &mut Tools<'_>) -> Infer<Arg> {
        let whole = [[self.sum.clone(), Arg::None]];
        let parts = if self.rows.is_empty() { &whole[..] } else { &self.rows };
        let mut total: Option<Arg> = None;
        for [part, _] in parts {
            let square = t.square(part)?;
            let sum = t.sum(&square, Arg::None)?;
            total = Some(match total {
                Some(total) => t.add(&total, &sum)?,
                None => sum,
            });
        }
        Ok(total.unwrap_or(Arg::Float(0.0)))
    }

    /// Changes the whole and its rows alike, by something linear: the rows still add up to the whole.
    pub(super) fn scaled(
        &self,
        t: &mut Tools<'_>,
        scale: &mut dyn FnMut(&mut Tools<'_>, &Arg) -> Infer<Arg>,
    ) -> Infer<Gradient> {
        let sum = scale(t, &self.sum)?;
        let rows = self.rows.iter().map(|[row, at]| Ok([scale(t, row)?, at.clone()]));
        Ok(Gradient { sum, rows: rows.collect::<Infer<_>>()? })
    }

    /// Changes each element by itself, those of rows before they are added up.
    pub(super) fn mapped(
        &self,
        t: &mut Tools<'_>,
        change: &mut dyn FnMut(&mut Tools<'_>, &Arg) -> Infer<Arg>,
    ) -> Infer<Gradient> {
        if self.rows.is_empty() {
            return Ok(Gradient { sum: change(t, &self.sum)?, rows: Vec::new() });
        }
        let rows = self.rows.iter().map(|[row, at]| Ok([change(t, row)?, at.clone()]));
        let rows: Vec<[Arg; 2]> = rows.collect::<Infer<_>>()?;
        let sizes = shape_of(&self.sum).all_known().unwrap_or_default();
        let list = |sizes: &[i64]| Arg::List(sizes.iter().map(|n| Arg::Int(*n)).collect());
        let (count, rest) = (sizes.first().copied().unwrap_or(1), sizes.iter().skip(1).product());
        let mut sum: Option<Arg> = None;
        for [row, at] in &rows {
            let shape = t.convert(&list(&[count, rest]), Some(tensor::DType::Int64))?;
            let placed = t.runner().api("tf.scatter_nd", &[at.clone(), row.clone(), shape], &[])?;
            sum = Some(match sum {
                Some(sum) => t.add(&sum, &placed)?,
                None => placed,
            });
        }
        let sum = sum.unwrap_or(Arg::None);
        let sum = t.call(["tf.reshape", "keras.ops.reshape"], &[&sum, &list(&sizes)], &[])?;
        Ok(Gradient { sum, rows })
    }
}
