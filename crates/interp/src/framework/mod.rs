//! TensorFlow and Keras as the interpreter knows them beyond ops and layer declarations.

mod adapt;
mod adapt_bins;
mod added_loss;
mod alive;
pub(crate) mod backend;
mod backend_state;
mod batches;
mod binding;
pub(crate) mod call_args;
mod callback_state;
mod callbacks;
mod called_objects;
mod chosen_backend;
mod class_weight;
pub mod compile;
mod compile_again;
mod compile_loss;
mod compile_metrics;
pub mod config;
pub mod constants;
mod control_flow;
pub mod custom_gradient;
mod data;
pub mod dataset;
pub(crate) mod deserialise;
mod direct_call;
pub(crate) mod drawn;
mod dunders;
mod entrance;
pub(crate) mod evaluate;
mod fed_by_generators;
mod fit;
pub mod functional;
pub mod given_metric;
mod gradients;
pub mod history;
mod hooks;
mod host;
mod ids;
mod inferring;
mod initial;
mod input_specs;
pub(crate) mod inputs;
mod kept_weights;
pub mod lambda;
mod later_batches;
pub mod layer;
pub mod layer_call;
mod layer_class;
mod layer_extras;
mod layer_functions;
mod layer_methods;
pub(crate) mod lookups;
mod loops;
pub mod losses;
mod masks;
mod measure;
pub mod met;
pub mod metrics;
pub mod model;
mod model_build;
mod model_files;
mod model_state;
mod named_objects;
mod naming;
pub(crate) mod network;
mod no_tensor;
pub mod numbers;
pub(crate) mod object_arrays;
mod op_layers;
pub mod operators;
mod optimizer_variables;
mod optimizers;
mod order;
mod phase;
mod progbar;
mod recording;
mod remake;
mod reveal;
mod rnn_function;
mod rounds;
mod runner;
mod saving;
mod seeds;
pub mod sequential;
mod serialise;
mod shapes;
mod spans;
pub mod summary;
mod symbolic;
pub mod tape;
pub mod tensor_array;
mod tensor_prints;
mod tensor_text;
pub mod tensors;
mod trace_prints;
pub mod tracing;
mod train_step;
pub(crate) mod training;
mod validation_split;
pub mod variable;
mod variable_attrs;
mod variable_parts;
mod vocabulary;
mod watch;
mod weights;
mod words;
mod wrapped;
mod yielded;

pub use chosen_backend::Backend;
pub(crate) use model_files::Written as WrittenWeights;
pub use training::Bar;

use crate::interp::Interp;
use crate::native::NativeClass;
use crate::value::Native;

/// Native classes.
pub(crate) static CLASSES: &[&NativeClass] = &[
    &layer_class::LAYER,
    &lambda::LAMBDA,
    &inputs::INPUT_LAYER,
    &model::MODEL,
    &sequential::SEQUENTIAL,
    &tape::TAPE,
    &tape::PAUSE,
    &batches::SEQUENCE,
    &batches::PY_DATASET,
    &config::LOSS,
    &config::METRIC,
    &config::OPTIMIZER,
    &config::LEGACY,
    &config::SCHEDULE,
    &config::INITIALIZER,
    &config::REGULARIZER,
    &config::CONSTRAINT,
    &config::CALLBACK,
    &dataset::DATASET,
    &dataset::TENSOR_SPEC,
    &compile_metrics::COMPILED_METRICS,
    &tensor_array::TENSOR_ARRAY,
    &progbar::PROGBAR,
];

/// Native functions.
pub(crate) static FUNCTIONS: &[&[Native]] = &[
    inputs::FUNCTIONS,
    reveal::FUNCTIONS,
    backend::FUNCTIONS,
    chosen_backend::FUNCTIONS,
    saving::FUNCTIONS,
    deserialise::FUNCTIONS,
    layer_functions::FUNCTIONS,
    tracing::FUNCTIONS,
    custom_gradient::FUNCTIONS,
    backend_state::FUNCTIONS,
    control_flow::FUNCTIONS,
    loops::FUNCTIONS,
    lookups::FUNCTIONS,
    rnn_function::FUNCTIONS,
    variable::FUNCTIONS,
    constants::FUNCTIONS,
    dataset::FUNCTIONS,
    called_objects::FUNCTIONS,
];

/// Records the models that are alive at the end.
pub(crate) fn record_models(interp: &mut Interp<'_>) {
    model::record_models(interp);
}
