//! The vocabulary of spec rules: what many ops say about shapes, dtypes and errors.
