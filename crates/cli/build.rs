//! Links the command to be loaded at a fixed address.
//!
//! Its tables hold some 36,000 pointers, each of which the system's loader would otherwise adjust at every start, and
//! copy the page that it is in: half of the time of `kerascope --version`.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |what| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
