//! Walking strided arrays: every element once, in row-major order, in runs as long as the strides allow.

use smallvec::SmallVec;

/// A shape with the strides of `N` operands, as few axes as possible.
struct Walk<const N: usize> {
    sizes: SmallVec<[usize; 6]>,
    strides: SmallVec<[[isize; N]; 6]>,
}

/// Calls `visit` with the place of the first element of each operand, the step between its elements, and the
/// number of elements, for each run of the innermost axis. Axes that can be walked as one are merged, so that
/// dense operands are one run.
pub(crate) fn runs<const N: usize>(
    shape: &[usize],
    strides: [&[isize]; N],
    offsets: [usize; N],
    mut visit: impl FnMut([usize; N], [isize; N], usize),
) {
    if shape.contains(&0) {
        return;
    }
    let walk = merged(shape, strides);
    let Some((&count, outer)) = walk.sizes.split_last() else {
        visit(offsets, [1; N], 1);
        return;
    };
    let steps = walk.strides.last().copied().unwrap_or([1; N]);
    let mut index: SmallVec<[usize; 6]> = SmallVec::from_elem(0, outer.len());
    let mut at = offsets;
    loop {
        visit(at, steps, count);
        let mut axis = outer.len();
        loop {
            let Some(next) = axis.checked_sub(1) else { return };
            axis = next;
            let stride = walk.strides[axis];
            index[axis] += 1;
            if index[axis] < outer[axis] {
                (0..N).for_each(|n| at[n] = at[n].wrapping_add_signed(stride[n]));
                break;
            }
            index[axis] = 0;
            let back = (outer[axis] - 1) as isize;
            (0..N).for_each(|n| at[n] = at[n].wrapping_add_signed(-(stride[n] * back)));
        }
    }
}

/// Drops axes of size 1 and merges those that lie one behind the other in every operand.
fn merged<const N: usize>(shape: &[usize], strides: [&[isize]; N]) -> Walk<N> {
    let mut walk = Walk { sizes: SmallVec::new(), strides: SmallVec::new() };
    for (axis, &size) in shape.iter().enumerate().filter(|(_, size)| **size != 1) {
        let stride: [isize; N] = std::array::from_fn(|n| strides[n].get(axis).copied().unwrap_or(0));
        if let (Some(last), Some(outer)) = (walk.sizes.last_mut(), walk.strides.last_mut())
            && (0..N).all(|n| outer[n] == stride[n] * size as isize)
        {
            *last *= size;
            *outer = stride;
            continue;
        }
        walk.sizes.push(size);
        walk.strides.push(stride);
    }
    walk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_operands_are_one_run() {
        let mut seen = Vec::new();
        runs(&[2, 3, 4], [&[12, 4, 1], &[12, 4, 1]], [0, 5], |at, steps, n| seen.push((at, steps, n)));
        assert_eq!(seen, [([0, 5], [1, 1], 24)]);
    }

    #[test]
    fn broadcast_and_transposed_operands_are_walked_in_order() {
        let mut seen = Vec::new();
        runs(&[2, 3], [&[1, 2], &[0, 1]], [0, 0], |at, steps, n| seen.push((at, steps, n)));
        assert_eq!(seen, [([0, 0], [2, 1], 3), ([1, 0], [2, 1], 3)]);
        let mut count = 0;
        runs(&[2, 0], [&[0, 1]], [0], |_, _, _| count += 1);
        runs(&[], [&[]], [7], |at, _, n| count += at[0] + n);
        assert_eq!(count, 8);
    }
}
