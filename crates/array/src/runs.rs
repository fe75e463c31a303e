//! Walking strided arrays: every element once, in row-major order, in runs as long as the strides allow.

use smallvec::SmallVec;

/// A shape with the strides of `N` operands, as few axes as possible.
pub(crate) struct Walk<const N: usize> {
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
    let walk = Walk::new(shape, strides);
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

impl<const N: usize> Walk<N> {
    /// Drops axes of size 1 and merges those that lie one behind the other in every operand.
    pub(crate) fn new(shape: &[usize], strides: [&[isize]; N]) -> Walk<N> {
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

    /// Visits, as [`runs`] does, so many elements from the one of this number on.
    pub(crate) fn part(
        &self,
        offsets: [usize; N],
        start: usize,
        count: usize,
        mut visit: impl FnMut([usize; N], [isize; N], usize),
    ) {
        let inner = self.sizes.last().copied().unwrap_or(1).max(1);
        let steps = self.strides.last().copied().unwrap_or([1; N]);
        let (mut next, stop) = (start, start + count);
        while next < stop {
            let n = (inner - next % inner).min(stop - next);
            let mut at = offsets;
            let mut rest = next;
            for (size, stride) in self.sizes.iter().zip(&self.strides).rev() {
                let index = (rest % size.max(&1)) as isize;
                rest /= size.max(&1);
                (0..N).for_each(|k| at[k] = at[k].wrapping_add_signed(stride[k] * index));
            }
            visit(at, steps, n);
            next += n;
        }
    }
}

impl Walk<1> {
    /// Returns after how many elements the same ones come again, and the step between them; nothing where all differ.
    pub(crate) fn cycle(&self) -> Option<(usize, isize)> {
        match (&self.sizes[..], &self.strides[..]) {
            ([], _) | ([_], [[0]]) => Some((1, 0)),
            ([_, inner], [[0], [step]]) => Some((*inner, *step)),
            _ => None,
        }
    }
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
    fn what_is_broadcast_along_leading_axes_comes_again() {
        let cycle = |shape: &[usize], strides: &[isize]| Walk::new(shape, [strides]).cycle();
        assert_eq!(cycle(&[4, 2, 3], &[0, 0, 1]), Some((3, 1)));
        assert_eq!(cycle(&[4, 3], &[0, 0]), Some((1, 0)));
        assert_eq!(cycle(&[4, 3], &[1, 0]), None);
    }

    #[test]
    fn a_part_is_some_of_the_elements() {
        let walk = Walk::new(&[2, 3], [&[1, 2]]);
        let mut seen = Vec::new();
        walk.part([10], 2, 3, |[at], [step], n| seen.push((at, step, n)));
        assert_eq!(seen, [(14, 2, 1), (11, 2, 2)]);
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
