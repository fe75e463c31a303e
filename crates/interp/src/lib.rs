//! An abstract interpreter for Python scripts that use Keras.
//!
//! It runs a script the way CPython would, on abstract values: plain Python values as far as they are
//! known, tensors as specs with their origin, `Unknown` with a reason. Nothing of the script is executed,
//! imported or downloaded, and every step is bounded.

mod attr;
mod builtins;
mod call;
mod choose;
pub mod class;
mod coroutines;
pub mod coverage;
pub mod events;
mod expr;
pub mod files;
pub mod framework;
mod function;
mod generators;
pub mod heap;
pub mod interp;
mod iterate;
mod join;
pub mod lazy;
mod libraries;
mod locals;
mod modules;
pub mod native;
mod probe;
pub mod project;
pub mod raise;
pub mod record;
pub mod results;
mod scope;
mod stated;
mod stmt;
mod unknowns;
pub mod value;
pub mod world;

pub use framework::Backend;
pub use framework::numbers::Numbers;
pub use interp::{Interp, Options};
pub use project::{Alone, Found, Search, Sources};
pub use record::Record;
pub use unknowns::UnknownResult;
pub use world::World;

/// Carries a script out, with numbers, in a world; the modules of its project come from `sources`.
pub fn carry_out<'a>(
    program: &'a python::Program,
    sources: &'a dyn Sources,
    options: Options,
    world: &'a dyn World,
) -> Interp<'a> {
    let mut interp = Interp::new(program, sources, options);
    interp.numbers = Some(Numbers::default());
    interp.world = Some(world);
    interp.run();
    interp
}

/// Interprets a script with numbers, but without training its models, and notes the functions that gradients go
/// through: [`Interp::functions_met`].
pub fn look_for_functions<'a>(
    program: &'a python::Program,
    sources: &'a dyn Sources,
    options: Options,
) -> Interp<'a> {
    let mut interp = Interp::new(program, sources, options);
    interp.numbers = Some(Numbers::default());
    interp.met = Some(framework::met::Functions::default());
    interp.run();
    interp
}

/// Interprets a script; the modules of its project come from `sources`.
pub fn analyse<'a>(program: &'a python::Program, sources: &'a dyn Sources, options: Options) -> Interp<'a> {
    let mut interp = Interp::new(program, sources, options);
    interp.run();
    if interp.options.probe {
        interp.probe();
    }
    interp
}
