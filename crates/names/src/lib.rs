//! Every public name and signature of TensorFlow, Keras and NumPy, as data.
