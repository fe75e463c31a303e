"""Linear operators, matrices that are known by less than their elements
(`tensorflow/python/ops/linalg/linear_operator*.py`). What an operator does is said of its dense matrix; where the
framework computes otherwise, the result is the same but for what rounding makes of it."""

import tensorflow as tf


def _fitting(own, other):
    if own is not None and other is not None and is_known(own) and is_known(other) and own != other:
        raise ValueError(f"Dimensions {own} and {other} are not compatible")


class LinearOperator:
    is_non_singular = is_self_adjoint = is_positive_definite = None
    is_square = True

    def _hints(self, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name):
        self.is_non_singular, self.is_self_adjoint = is_non_singular, is_self_adjoint
        self.is_positive_definite, self.name = is_positive_definite, name
        if is_square is not None:
            self.is_square = is_square

    @property
    def shape(self):
        return self.to_dense().shape

    @property
    def dtype(self):
        return self.to_dense().dtype

    @property
    def batch_shape(self):
        return self.shape[:-2]

    @property
    def tensor_rank(self):
        return len(self.shape)

    @property
    def domain_dimension(self):
        return self.shape[-1]

    @property
    def range_dimension(self):
        return self.shape[-2]

    def shape_tensor(self, name="shape_tensor"):
        return tf.shape(self.to_dense())

    def _right(self, x, row, adjoint_arg):
        if isinstance(x, LinearOperator):
            return unknown()
        x = tf.convert_to_tensor(x)
        if x.dtype != self.dtype:
            raise TypeError(f"Expected argument to have dtype {self.dtype}.  Found: {x.dtype} in tensor {x}")
        _fitting(self.shape[row], x.shape[-1 if adjoint_arg else -2])
        return tf.linalg.adjoint(x) if adjoint_arg else x

    def matmul(self, x, adjoint=False, adjoint_arg=False, name="matmul"):
        return tf.matmul(self.to_dense(), self._right(x, -2 if adjoint else -1, adjoint_arg), adjoint_a=adjoint)

    def __matmul__(self, other):
        return self.matmul(other)

    def matvec(self, x, adjoint=False, name="matvec"):
        x = tf.convert_to_tensor(x)
        _fitting(self.shape[-2 if adjoint else -1], x.shape[-1])
        return tf.squeeze(self.matmul(x[..., tf.newaxis], adjoint=adjoint), -1)

    def solve(self, rhs, adjoint=False, adjoint_arg=False, name="solve"):
        if self.is_non_singular is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to be singular.")
        if self.is_square is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to not be square.")
        rhs = self._right(rhs, -1 if adjoint else -2, adjoint_arg)
        matrix = self.to_dense()
        batch = tf.broadcast_static_shape(matrix.shape[:-2], rhs.shape[:-2])
        if len(batch) and not batch.is_fully_defined():
            return made(rhs.dtype, list(batch) + list(rhs.shape)[-2:], matrix, rhs)
        matrix = tf.broadcast_to(matrix, list(batch) + list(matrix.shape)[-2:]) if len(batch) else matrix
        rhs = tf.broadcast_to(rhs, list(batch) + list(rhs.shape)[-2:]) if len(batch) else rhs
        return tf.linalg.solve(matrix, rhs, adjoint=adjoint)

    def solvevec(self, rhs, adjoint=False, name="solve"):
        rhs = tf.convert_to_tensor(rhs)
        _fitting(self.shape[-1 if adjoint else -2], rhs.shape[-1])
        return tf.squeeze(self.solve(rhs[..., tf.newaxis], adjoint=adjoint), -1)

    def _square_for(self, what):
        if self.is_square is False:
            raise NotImplementedError(f"{what} not implemented for an operator that is expected to not be square.")

    def determinant(self, name="det"):
        self._square_for("Determinant")
        return tf.linalg.det(self.to_dense())

    def log_abs_determinant(self, name="log_abs_det"):
        self._square_for("Determinant")
        return tf.linalg.slogdet(self.to_dense())[1]

    def trace(self, name="trace"):
        return tf.reduce_sum(self.diag_part(), axis=-1)

    def diag_part(self, name="diag_part"):
        return tf.linalg.diag_part(self.to_dense())

    def add_to_tensor(self, x, name="add_to_tensor"):
        return tf.convert_to_tensor(x) + self.to_dense()

    def adjoint(self, name="adjoint"):
        return LinearOperatorFullMatrix(tf.linalg.adjoint(self.to_dense()))

    H = property(adjoint)

    def inverse(self, name="inverse"):
        return LinearOperatorFullMatrix(tf.linalg.inv(self.to_dense()))

    def cholesky(self, name="cholesky"):
        if not (self.is_self_adjoint and self.is_positive_definite):
            raise ValueError("Cannot take the Cholesky decomposition: Not a positive definite self adjoint matrix.")
        return LinearOperatorLowerTriangular(tf.linalg.cholesky(self.to_dense()))


class LinearOperatorFullMatrix(LinearOperator):
    def __init__(self, matrix, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name="LinearOperatorFullMatrix"):
        self._matrix = tf.convert_to_tensor(matrix)
        if is_known(len(self._matrix.shape)) and len(self._matrix.shape) < 2:
            raise ValueError(f"Argument matrix must have at least 2 dimensions.  Found: {self._matrix}")
        rows, columns = self._matrix.shape[-2], self._matrix.shape[-1]
        if is_square is None and is_known(rows) and is_known(columns) and rows is not None and columns is not None:
            is_square = rows == columns
        self._hints(is_non_singular, is_self_adjoint, is_positive_definite, is_square, name)

    def to_dense(self, name="to_dense"):
        return self._matrix


class LinearOperatorLowerTriangular(LinearOperator):
    def __init__(self, tril, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name="LinearOperatorLowerTriangular"):
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        self._tril = tf.convert_to_tensor(tril)
        if is_known(len(self._tril.shape)) and len(self._tril.shape) < 2:
            raise ValueError(f"Argument tril must have at least 2 dimensions.  Found: {self._tril}")
        self._hints(is_non_singular, is_self_adjoint, is_positive_definite, True, name)

    def to_dense(self, name="to_dense"):
        return tf.linalg.band_part(self._tril, -1, 0)


class LinearOperatorDiag(LinearOperator):
    def __init__(self, diag, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name="LinearOperatorDiag"):
        self.diag = tf.convert_to_tensor(diag)
        if is_known(len(self.diag.shape)) and len(self.diag.shape) < 1:
            raise ValueError(f"Argument diag must have at least 1 dimension.  Found: {self.diag}")
        if is_self_adjoint is False and not self.diag.dtype.is_complex:
            raise ValueError("A real diagonal operator is always self adjoint.")
        if is_square is False:
            raise ValueError("Only square diagonal operators currently supported.")
        real = None if self.diag.dtype.is_complex else True
        self._hints(is_non_singular, is_self_adjoint or real, is_positive_definite, True, name)

    def to_dense(self, name="to_dense"):
        return tf.linalg.diag(self.diag)

    def inverse(self, name="inverse"):
        return LinearOperatorDiag(1.0 / self.diag)


def _size(num_rows, name="num_rows"):
    size = tf.convert_to_tensor(num_rows)
    if size.dtype not in (tf.int32, tf.int64):
        raise TypeError(f"Argument `{name}` must be integer type.  Found: {num_rows}")
    if is_known(len(size.shape)) and len(size.shape) != 0:
        raise ValueError(f"Argument `{name}` must be a 0-D Tensor.  Found: {num_rows}")
    if isinstance(num_rows, int) and num_rows < 0:
        raise ValueError(f"Argument `{name}` must be non-negative.  Found: {num_rows}")
    return num_rows


class LinearOperatorIdentity(LinearOperator):
    def __init__(self, num_rows, batch_shape=None, dtype=None, is_non_singular=True, is_self_adjoint=True,
                 is_positive_definite=True, is_square=True, assert_proper_shapes=False, name="LinearOperatorIdentity"):
        if not is_self_adjoint:
            raise ValueError("An identity operator is always self adjoint.")
        if not is_non_singular:
            raise ValueError("An identity operator is always non-singular.")
        if not is_positive_definite:
            raise ValueError("An identity operator is always positive-definite.")
        if not is_square:
            raise ValueError("An identity operator is always square.")
        self._matrix = tf.eye(_size(num_rows), batch_shape=batch_shape, dtype=dtype or tf.float32)
        self._hints(True, True, True, True, name)

    def to_dense(self, name="to_dense"):
        return self._matrix


class LinearOperatorScaledIdentity(LinearOperator):
    def __init__(self, num_rows, multiplier, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
                 is_square=True, assert_proper_shapes=False, name="LinearOperatorScaledIdentity"):
        if not is_square:
            raise ValueError("A ScaledIdentity operator is always square.")
        self.multiplier = tf.convert_to_tensor(multiplier)
        self._rows = _size(num_rows)
        real = None if self.multiplier.dtype.is_complex else True
        self._hints(is_non_singular, is_self_adjoint or real, is_positive_definite, True, name)

    def to_dense(self, name="to_dense"):
        return self.multiplier[..., tf.newaxis, tf.newaxis] * tf.eye(self._rows, dtype=self.multiplier.dtype)


class LinearOperatorZeros(LinearOperator):
    def __init__(self, num_rows, num_columns=None, batch_shape=None, dtype=None, is_non_singular=False,
                 is_self_adjoint=True, is_positive_definite=False, is_square=True, assert_proper_shapes=False,
                 name="LinearOperatorZeros"):
        if is_non_singular:
            raise ValueError("A zero operator is always singular.")
        columns = num_rows if num_columns is None else num_columns
        sizes = list(batch_shape or []) + [_size(num_rows), _size(columns, "num_columns")]
        self._matrix = tf.zeros(sizes, dtype or tf.float32)
        self._hints(False, is_self_adjoint, False, is_square, name)

    def to_dense(self, name="to_dense"):
        return self._matrix


class LinearOperatorToeplitz(LinearOperator):
    def __init__(self, col, row, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name="LinearOperatorToeplitz"):
        if is_square is False:
            raise ValueError("Only square Toeplitz operators currently supported.")
        self.col, self.row = tf.convert_to_tensor(col), tf.convert_to_tensor(row)
        for what, part in (("column", self.col), ("row", self.row)):
            if is_known(len(part.shape)) and len(part.shape) < 1:
                raise ValueError(f"Argument {what} must have at least 1 dimension.  Found: {part}")
        _fitting(self.col.shape[-1], self.row.shape[-1])
        self._hints(is_non_singular, is_self_adjoint, is_positive_definite, True, name)

    def to_dense(self, name="to_dense"):
        size = self.col.shape[-1]
        if not is_known(size) or size is None or len(self.col.shape) > 1 or len(self.row.shape) > 1:
            return unknown()
        both = tf.concat([self.row[..., ::-1][..., :-1], self.col], axis=-1)
        return tf.gather(both, [[size - 1 + i - j for j in range(size)] for i in range(size)])
