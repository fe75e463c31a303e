//! The equations of attention with several heads.

/// A projection: `abc,cde->abde`, the axes of its bias, and the output's rank.
pub(super) struct Projection {
    pub(super) equation: String,
    pub(super) bias_axes: String,
    pub(super) rank: usize,
}

/// The letters that name axes.
fn letters(from: usize, count: usize) -> Option<String> {
    (from..from + count)
        .map(|i| u8::try_from(i).ok().filter(|i| *i < 26).map(|i| char::from(b'a' + i)))
        .collect()
}

/// `_build_proj_equation`: an input with free axes and bound ones, which become others.
pub(super) fn projection(free: usize, bound: usize, output: usize) -> Option<Projection> {
    let (free_axes, bound_axes) = (letters(0, free)?, letters(free, bound)?);
    let new = letters(free + bound, output)?;
    let equation = format!("{free_axes}{bound_axes},{bound_axes}{new}->{free_axes}{new}");
    Some(Projection { equation, bias_axes: new, rank: free + output })
}

/// The products of queries with keys and of scores with values, and the rank of the scores.
pub(super) struct Attention {
    pub(super) product: String,
    pub(super) combine: String,
    pub(super) scores_rank: usize,
}

/// `_build_attention_equation`: over some axes of tensors of a rank.
pub(super) fn attention(rank: usize, axes: &[usize]) -> Option<Attention> {
    let target = letters(0, rank)?;
    let at = |text: &str, i: usize| text.chars().nth(i);
    let batch: Vec<usize> = (0..rank.checked_sub(1)?).filter(|i| !axes.contains(i)).collect();
    let mut next = rank;
    let mut source = String::new();
    for i in 0..rank {
        if batch.contains(&i) || i == rank - 1 {
            source.push(at(&target, i)?);
        } else {
            source.push_str(&letters(next, 1)?);
            next += 1;
        }
    }
    let mut scores = String::new();
    for i in &batch {
        scores.push(at(&target, *i)?);
    }
    for text in [&target, &source] {
        for i in axes {
            scores.push(at(text, *i)?);
        }
    }
    let scores_rank = scores.len();
    Some(Attention {
        product: format!("{source},{target}->{scores}"),
        combine: format!("{scores},{source}->{target}"),
        scores_rank,
    })
}

#[cfg(test)]
mod tests {
    use super::{attention, projection};

    #[test]
    fn equations_are_keras_own() {
        let query = projection(2, 1, 2).map(|p| (p.equation, p.bias_axes, p.rank));
        assert_eq!(query, Some(("abc,cde->abde".to_owned(), "de".to_owned(), 4)));
        let equation = attention(4, &[1]).map(|a| (a.product, a.combine, a.scores_rank));
        assert_eq!(equation, Some(("aecd,abcd->acbe".to_owned(), "acbe,aecd->abcd".to_owned(), 4)));
    }
}
