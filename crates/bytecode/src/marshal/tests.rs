//! Tests of reading the format.

use super::*;
use crate::integer::Integer;

fn value(bytes: &[u8]) -> Object {
    read(bytes).unwrap().value
}

fn int(value: i64) -> Object {
    Object::Int(Integer::from(value))
}

#[test]
fn plain_objects_are_read() {
    assert_eq!(value(b"N"), Object::None);
    assert_eq!(value(b"T"), Object::Bool(true));
    assert_eq!(value(b"."), Object::Ellipsis);
    assert_eq!(value(b"i\xff\xff\xff\xff"), int(-1));
    assert_eq!(value(b"l\xfe\xff\xff\xff\x01\x00\x01\x00"), int(-32769));
    assert_eq!(value(b"g\x00\x00\x00\x00\x00\x00\xf8\x3f"), Object::Float(1.5));
    assert_eq!(value(b"f\x031.5"), Object::Float(1.5));
    assert_eq!(value(b"z\x02ab"), Object::Str("ab".into()));
    assert_eq!(value(b"u\x02\x00\x00\x00\xc3\xa9"), Object::Str("\u{e9}".into()));
    assert_eq!(value(b"u\x03\x00\x00\x00\xed\xa0\x80"), Object::Surrogates([0xd800].as_slice().into()));
    assert_eq!(value(b"s\x01\x00\x00\x00\x00"), Object::Bytes([0].as_slice().into()));
}

#[test]
fn containers_and_references_are_read() {
    // `(5, 5)`, the second by reference; what follows is ignored.
    let read = read(b")\x02\xe9\x05\x00\x00\x00r\x00\x00\x00\x00rest").unwrap();
    assert_eq!(read.value, Object::Tuple([int(5), int(5)].as_slice().into()));
    assert_eq!(read.length, 12);
    assert_eq!(value(b"{NT0"), Object::Dict([(Object::None, Object::Bool(true))].as_slice().into()));
    assert_eq!(value(b":NNN"), Object::Slice([Object::None, Object::None, Object::None].into()));
}

#[test]
fn damage_is_named_with_its_place() {
    let message = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(message(b""), "byte 0: expected an object, the data ends");
    assert_eq!(
        message(b")\x02N"),
        "byte 1: expected a tuple, found a length of 2, which the data does not have"
    );
    assert_eq!(message(b")\x02N?"), "byte 3: expected an object, found the unknown type code 0x3f");
    assert_eq!(
        message(b"(\xff\xff\xff\x7f"),
        "byte 1: expected a tuple, found a length of 2147483647, which the data does not have"
    );
    assert_eq!(
        message(b"r\x05\x00\x00\x00"),
        "byte 0: expected an object, found a reference to object 5, which was not read before"
    );
    assert_eq!(message(&[b')', 1].repeat(5000)), "byte 400: objects are nested too deep");
}

#[test]
fn a_container_that_contains_itself_is_refused() {
    assert!(matches!(
        read(b"\xdb\x01\x00\x00\x00r\x00\x00\x00\x00").unwrap_err().problem,
        Problem::Reference(0)
    ));
}
