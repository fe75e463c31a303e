"""Tridiagonal and banded systems, and what is done with LU factors (`tensorflow/python/ops/linalg/linalg_impl.py`)."""

import tensorflow as tf


def _differ(one, other):
    return one is not None and other is not None and is_known(one) and is_known(other) and one != other


def _from_matrix(matrix):
    rows, columns = matrix.shape[-1], matrix.shape[-2]
    if _differ(rows, columns):
        raise ValueError(f"Expected last two dimensions of diagonals to be same, got {rows} and {columns}")
    return tf.linalg.diag_part(matrix, k=(-1, 1), padding_value=0.0, align="LEFT_RIGHT")


def _padded(part, what, main, edges):
    size, wanted = part.shape[-1], main.shape[-1]
    if not _differ(size, wanted):
        return part
    if size != wanted - 1:
        raise ValueError(f"Expected {what} to be have length {wanted} or {wanted - 1}, got {size}.")
    return tf.pad(part, [[0, 0]] * (len(part.shape) - 1) + [edges])


def tridiagonal_solve(diagonals, rhs, diagonals_format="compact", transpose_rhs=False, conjugate_rhs=False, name=None,
                      partial_pivoting=True, perturb_singular=False):
    if perturb_singular and not partial_pivoting:
        raise ValueError("partial_pivoting must be True if perturb_singular is.")
    if diagonals_format == "sequence":
        if not isinstance(diagonals, (tuple, list)) or len(diagonals) != 3:
            raise ValueError("Expected diagonals to be a sequence of length 3.")
        upper, main, lower = diagonals
        for part in (lower, upper):
            if not part.shape[:-1].is_compatible_with(main.shape[:-1]):
                raise ValueError("Tensors representing the three diagonals must have the same shape,except for the last "
                                 f"dimension, got {lower.shape}, {main.shape}, {upper.shape}")
        lower, upper = _padded(lower, "subdiagonal", main, [1, 0]), _padded(upper, "superdiagonal", main, [0, 1])
        diagonals = tf.stack((upper, main, lower), axis=-2)
    elif diagonals_format == "matrix":
        diagonals = _from_matrix(diagonals)
    elif diagonals_format != "compact":
        raise ValueError(f"Unrecognized diagonals_format: {diagonals_format}")
    return _compact_solve(diagonals, rhs, transpose_rhs, conjugate_rhs)


def _compact_solve(diagonals, rhs, transposed, conjugate):
    rank, columns = len(diagonals.shape), len(rhs.shape)
    if not is_known(rank) or not is_known(columns):
        return unknown()
    if rank < 2:
        raise ValueError(f"Expected diagonals to have rank at least 2, got {rank}")
    if columns and columns not in (rank, rank - 1):
        raise ValueError(f"Expected the rank of rhs to be {rank - 1} or {rank}, got {columns}")
    batch = diagonals.shape[:-2]
    if columns and not batch.is_compatible_with(rhs.shape[:rank - 2]):
        raise ValueError(f"Batch shapes {batch} and {rhs.shape[:rank - 2]} are incompatible")
    if _differ(diagonals.shape[-2], 3):
        raise ValueError(f"Expected 3 diagonals got {diagonals.shape[-2]}")
    if conjugate:
        rhs = tf.math.conj(rhs)
    one = columns == rank - 1
    if one:
        rhs = tf.expand_dims(rhs, -1)
    elif transposed:
        rhs = tf.linalg.matrix_transpose(rhs)
    check_rank_at_least(rhs, 2)
    if _differ(diagonals.shape[-1], rhs.shape[-2]):
        raise ValueError("Expected number of left-hand sided and right-hand sides to be equal, got "
                         f"{diagonals.shape[-1]} and {rhs.shape[-2]}")
    solved = made(rhs.dtype, rhs.shape, diagonals, rhs)
    return tf.squeeze(solved, -1) if one else solved


def tridiagonal_matmul(diagonals, rhs, diagonals_format="compact", name=None):
    if diagonals_format == "sequence":
        upper, main, lower = diagonals
    elif diagonals_format in ("compact", "matrix"):
        if diagonals_format == "matrix":
            diagonals = _from_matrix(diagonals)
        upper, main, lower = diagonals[..., 0, :], diagonals[..., 1, :], diagonals[..., 2, :]
    else:
        raise ValueError(f"Unrecognized diagonals_format: {diagonals_format}")
    upper, main, lower = tf.expand_dims(upper, -2), tf.expand_dims(main, -2), tf.expand_dims(lower, -2)
    rhs = tf.convert_to_tensor(rhs)
    for part in (upper, main, lower):
        check_rank_at_least(part, 2)
    check_rank_at_least(rhs, 2)
    if not is_known(len(main.shape)) or not is_known(len(rhs.shape)):
        return unknown()
    batch = same_shape(same_shape(upper.shape[:-2], main.shape[:-2]), lower.shape[:-2])
    same_shape(batch, rhs.shape[:-2])
    same_size(main.shape[-1], rhs.shape[-2])
    return made(rhs.dtype, rhs.shape, upper, main, lower, rhs)


def banded_triangular_solve(bands, rhs, lower=True, adjoint=False, name=None):
    bands, rhs = inputs_of("BandedTriangularSolve", bands, rhs)
    check_rank_at_least(bands, 2)
    check_rank_at_least(rhs, 2)
    if not is_known(len(bands.shape)) or not is_known(len(rhs.shape)):
        return unknown()
    size = same_size(bands.shape[-1], rhs.shape[-2])
    count = bands.shape[-2]
    if _differ(count, size) and count > size:
        refuse(f"Number of bands {count} cannot exceed the size of the matrix {size}")
    batch = tf.broadcast_static_shape(bands.shape[:-2], rhs.shape[:-2])
    return made(rhs.dtype, list(batch) + [size, rhs.shape[-1]], bands, rhs)


def _check_factors(lower_upper, perm):
    rank, order = len(lower_upper.shape), len(perm.shape)
    if is_known(rank) and rank < 2:
        raise ValueError("Input `lower_upper` must have at least 2 dimensions.")
    if is_known(rank) and is_known(order) and rank != order + 1:
        raise ValueError("`rank(lower_upper)` must equal `rank(perm) + 1`")
    if lower_upper.shape[:-2].is_fully_defined() and _differ(lower_upper.shape[-2], lower_upper.shape[-1]):
        raise ValueError("`lower_upper` must be square.")


def _factors(lower_upper, perm):
    lower_upper = tf.convert_to_tensor(lower_upper, dtype_hint=tf.float32)
    perm = tf.convert_to_tensor(perm, dtype_hint=tf.int32)
    _check_factors(lower_upper, perm)
    return lower_upper, perm


def lu_solve(lower_upper, perm, rhs, validate_args=False, name=None):
    lower_upper, perm = _factors(lower_upper, perm)
    rhs = tf.convert_to_tensor(rhs, dtype_hint=lower_upper.dtype)
    if is_known(len(rhs.shape)) and len(rhs.shape) < 2:
        raise ValueError("Input `rhs` must have at least 2 dimensions.")
    if not is_known(len(rhs.shape)) or not is_known(len(lower_upper.shape)):
        return unknown()
    if _differ(lower_upper.shape[-1], rhs.shape[-2]):
        raise ValueError("`lower_upper.shape[-1]` must equal `rhs.shape[-1]`.")
    batch = tf.broadcast_static_shape(rhs.shape[:-2], perm.shape[:-1])
    permuted = made(rhs.dtype, list(batch) + [rhs.shape[-2], rhs.shape[-1]], rhs)
    return tf.linalg.triangular_solve(lower_upper, tf.linalg.triangular_solve(lower_upper, permuted), lower=False)


def lu_matrix_inverse(lower_upper, perm, validate_args=False, name=None):
    lower_upper, perm = _factors(lower_upper, perm)
    if is_known(len(lower_upper.shape)) and _differ(lower_upper.shape[-2], lower_upper.shape[-1]):
        raise ValueError("`lower_upper` must be square.")
    return made(lower_upper.dtype, lower_upper.shape, lower_upper)


def lu_reconstruct(lower_upper, perm, validate_args=False, name=None):
    lower_upper, perm = _factors(lower_upper, perm)
    return made(lower_upper.dtype, lower_upper.shape, lower_upper)


def eigh_tridiagonal(alpha, beta, eigvals_only=True, select="a", select_range=None, tol=None, name=None):
    alpha = tf.convert_to_tensor(alpha)
    size = alpha.shape[0]
    if size is None:
        raise TypeError("'<=' not supported between instances of 'NoneType' and 'int'")
    if not is_known(size) or select != "a":
        return unknown()
    check_rank_at_most(alpha, 1)
    values = made(alpha.dtype.real_dtype, [size])
    return values if eigvals_only else (values, made(alpha.dtype, [size, size]))
