//! kerascope
fn main() {}
