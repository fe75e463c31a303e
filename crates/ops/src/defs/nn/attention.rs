//! `keras.ops.dot_product_attention`.

use tensor::{DType, Dim, Shape};

use crate::defs::layout::repeat_along;
use crate::defs::rule;
use crate::kernels::einsum::{Equation, einsum};
use crate::kernels::index::select;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop};

pub(in crate::defs) static OPS: &[Op] = &[rule(
    "dot_product_attention",
    &["keras.ops.dot_product_attention", "keras.ops.nn.dot_product_attention"],
    |c| run(c, attention),
    "keras/src/ops/nn.py: DotProductAttention, keras/src/backend/tensorflow/nn.py: dot_product_attention",
)];

const QUERY: Param<Arg> = Param::at(0, &["query"]);
const KEY: Param<Arg> = Param::at(1, &["key"]);
const VALUE: Param<Arg> = Param::at(2, &["value"]);
const BIAS: Param<Arg> = Param::named(&["bias"]);
const MASK: Param<Arg> = Param::named(&["mask"]);
const SCALE: Param<Arg> = Param::named(&["scale"]);
const CAUSAL: Param<Arg> = Param::named(&["is_causal"]);
const FLASH: Param<Arg> = Param::named(&["flash_attention"]);
const SOFT_CAP: Param<Arg> = Param::named(&["attn_logits_soft_cap"]);

fn refuse<R>(cx: &Cx<'_>, param: &'static str, text: impl Into<String>) -> Infer<R> {
    let text = text.into();
    cx.value_error(text.clone(), Mistake::Argument { param, problem: text })
}

fn attention(cx: &Cx<'_>) -> Infer<Val> {
    if !cx.known(SOFT_CAP)?.is_none() {
        let text = "attn_logits_soft_cap is only supported for JAX on TPU. Set attn_logits_soft_cap=None when not using \
                    JAX on TPU.";
        return refuse(cx, "attn_logits_soft_cap", text);
    }
    let (query, key, value) = (cx.tensor(QUERY)?, cx.tensor(KEY)?, cx.tensor(VALUE)?);
    let dtypes: Vec<Promoted> =
        [&query, &key, &value].iter().filter_map(|t| t.dtype.map(Promoted::Of)).collect();
    if dtypes.len() != 3 {
        return Err(Stop::Unknown("a dtype that is not known"));
    }
    if cx.symbolic() {
        let dtype = keras::common_dtype(cx, &dtypes)?;
        return Ok(Val::T(keras::spec(query.shape.clone(), dtype, &[&query, &key, &value])));
    }
    if matches!(cx.known(FLASH)?, Val::Py(Arg::Bool(true))) {
        return refuse(cx, "flash_attention", "Flash attention is not supported in tensorflow backend.");
    }
    let Some(rank) = query.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    if rank != 4 {
        let [q, k, v] = [&query, &key, &value].map(|t| t.shape.tuple());
        return refuse(
            cx,
            "query",
            format!(
                "`dot_product_attention` only supports 4D inputs. Received: query.shape={q}, key.shape={k}, \
                 value.shape={v}."
            ),
        );
    }
    let dtype = Some(keras::common_dtype(cx, &dtypes)?);
    let (query, mut key, mut value) =
        (cast(cx, query, dtype)?, cast(cx, key, dtype)?, cast(cx, value, dtype)?);
    if let (Some(Dim::Known(heads)), Some(Dim::Known(of_key))) = (query.shape.dim(2), key.shape.dim(2))
        && heads > of_key
        && of_key > 1
    {
        let times = Val::from(heads / of_key);
        key = repeat_along(cx, key, &times, 2)?;
        value = repeat_along(cx, value, &times, 2)?;
    }
    let float = |d: Option<DType>| d.map(|d| if d == DType::Float64 { d } else { DType::Float32 });
    let query_size = query.shape.dim(-1);
    let logits = einsum(cx, &Equation::parse("BTNH,BSNH->BNTS"), vec![query, key])?;
    let wide = float(logits.dtype);
    let mut logits = cast(cx, logits, wide)?;
    let scale = match cx.known(SCALE)? {
        v if v.is_none() => match query_size {
            Some(Dim::Known(size)) if size > 0 => cx.convert(&Val::from(1.0 / (size as f64).sqrt()), wide)?,
            _ => cx.convert(&Val::Py(Arg::Float(0.5)), wide)?.like(),
        },
        given => cast(cx, cx.convert(given, None)?, wide)?,
    };
    logits = binary(cx, "Mul", logits, scale)?;
    let bias = cx.known(BIAS)?;
    if !bias.is_none() {
        let bias = cast(cx, cx.convert(bias, dtype)?, wide)?;
        logits = binary(cx, "AddV2", logits, bias)?;
    }
    let probabilities = cast(cx, unary(cx, "Softmax", masked(cx, logits)?)?, dtype)?;
    einsum(cx, &Equation::parse("BNTS,BSNH->BTNH"), vec![probabilities, value]).map(Val::T)
}

/// Replaces what the mask or the order of time hides.
fn masked(cx: &Cx<'_>, logits: Tensor) -> Infer<Tensor> {
    let mask = cx.known(MASK)?;
    let causal = match cx.known(CAUSAL)? {
        Val::Py(Arg::Bool(causal)) => *causal,
        Val::Py(Arg::Missing) => false,
        _ => return Err(Stop::Unknown("a flag that is not known")),
    };
    if mask.is_none() && !causal {
        return Ok(logits);
    }
    let mut kept = match (&*logits.shape.all_known().unwrap_or_default(), causal) {
        ([.., rows @ 1..=64, columns @ 1..=64], true) if cx.eager() => {
            let past = (0..rows * columns).map(|at| i64::from(at % columns <= at / columns)).collect();
            cast(cx, Tensor::ints(vec![*rows, *columns], DType::Int32, past), Some(DType::Bool))?
        }
        ([_, ..], false) if cx.eager() => cx.convert(&Val::from(true), Some(DType::Bool))?,
        _ => Tensor { dtype: Some(DType::Bool), ..logits.clone().like() },
    };
    if !mask.is_none() {
        let mask = cx.convert(mask, None)?;
        if mask.dtype != Some(DType::Bool) {
            return Err(Stop::Unknown("a mask of another dtype"));
        }
        kept = binary(cx, "LogicalAnd", kept, mask)?;
    }
    let low = cx.convert(&Val::Py(Arg::Float(-2.37e38)), logits.dtype)?;
    let shape: Shape = logits.shape.clone();
    let out = select(cx, Val::T(kept), Val::T(logits), Val::T(low))?;
    Ok(Tensor { shape, ..out })
}
