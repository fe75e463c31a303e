//! What preprocessing layers do to data, of which only shapes and dtypes are told.

use tensor::{Array, Content, DType, Data};

use super::augment::{CHANGE, changed};
use crate::params::{SHAPE, X};
use crate::spec::{Reach, Tensor, Val, run};
use crate::{Arg, Call, Eval, Gradient, Infer, Op, Outputs, Param};

const TO: Param<DType> = Param::named(&["dtype"]);
const ALL: Param<Arg> = Param::named(&["x"]);

/// The words of a lookup by their indices, and the index of all others, where there is one.
const WORDS: Param<Arg> = Param::named(&["words"]);
const OTHERS: Param<Arg> = Param::named(&["others"]);

const fn row(name: &'static str, infer: fn(&Call<'_>) -> Infer<Outputs>) -> Op {
    let source = "keras/src/layers/preprocessing, tf_keras/src/layers/preprocessing";
    Op { name, apis: &[], infer, gradient: Gradient::Kernels, eval: Eval::Missing, source, kernel: "" }
}

/// Each takes `x`, and the `shape` and `dtype` that the layer computes.
pub(super) static OPS: &[Op] = &[
    // Images flipped, turned, cropped, resized: a gradient reaches them.
    row("augmented", augmented),
    // Categories looked up, hashed, binned, encoded: nothing reaches them.
    row("encoded", encoded),
];

fn augmented(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let out = Tensor::new(cx.get(SHAPE)?, cx.get(TO)?);
        // Its numbers are asked for only where a run is recorded.
        if let (Val::Py(Arg::Str(change)), Some(_), Some(dtype)) = (cx.val(CHANGE), call.recorder, out.dtype)
            && let Ok(made) = changed(cx, &x, change, dtype)
        {
            return Ok(Val::T(Tensor { reach: x.reach, ..made.with_shape(out.shape) }));
        }
        Ok(Val::T(Tensor { reach: x.reach, ..out }))
    })
}

fn encoded(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let content = match (cx.known(ALL)?, cx.val(WORDS)) {
            (Val::T(x), Val::List(words)) => {
                let others = if let Val::Py(Arg::Int(index)) = cx.val(OTHERS) { Some(*index) } else { None };
                indices(&x.content, words, others, cx.get(TO)?)
            }
            _ => Content::Unknown,
        };
        let out = Tensor::new(cx.get(SHAPE)?, cx.get(TO)?).with_content(content);
        Ok(Val::T(Tensor { reach: Reach::default(), ..out }))
    })
}

/// The indices of words, as far as those are known.
fn indices(x: &Content, words: &[Val], others: Option<i64>, dtype: DType) -> Content {
    let place = |word: &dyn Fn(&Val) -> bool| {
        words.iter().position(word).and_then(|at| i64::try_from(at).ok()).or(others)
    };
    let of = |data: &Data| -> Option<Vec<i64>> {
        match data {
            Data::Str(texts) => {
                texts.iter().map(|t| place(&|w| matches!(w, Val::Py(Arg::Str(own)) if own == t))).collect()
            }
            Data::Int(numbers) => {
                numbers.iter().map(|n| place(&|w| matches!(w, Val::Py(Arg::Int(own)) if own == n))).collect()
            }
            Data::Bool(_) | Data::Float(_) => None,
        }
    };
    match x {
        Content::Array(array) => of(&array.data)
            .and_then(|found| Array::new(array.shape.clone(), dtype, Data::Int(found)))
            .map_or(Content::Unknown, |found| Content::Array(found.into())),
        Content::Drawn(values) => {
            let Some(mut found) = of(values) else { return Content::Unknown };
            found.sort_unstable();
            // Two words with one index make that likelier than the others.
            let distinct = found.windows(2).all(|pair| pair[0] != pair[1]);
            if distinct { Content::Drawn(Data::Int(found).into()) } else { Content::Unknown }
        }
        _ => Content::Unknown,
    }
}
