//! Any bytes as what `marshal` wrote: an error, source that parses, or a listing.
#![no_main]

use bytecode::{Needs, Object, Version, decompile, disassemble, read, uses};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(marshalled) = read(data) else { return };
    assert!(marshalled.length <= data.len());
    let Object::Code(code) = &marshalled.value else { return };
    // Also as releases that it can't be of.
    for version in Version::ALL {
        let _ = (Needs::of(code, version), uses(code, version), disassemble(code, version));
    }
    let found = decompile(code, marshalled.versions);
    if found.complete {
        assert!(python::parse(&found.source).errors().is_empty(), "no Python: {}", found.source);
    } else {
        assert!(found.source.lines().all(|line| line.starts_with('#')), "not a comment: {}", found.source);
    }
});
