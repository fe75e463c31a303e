//! Attributes that objects of the standard library have and that no model answers for: they are unknown, not missing.

/// Types by the last part of their path, and such names.
const NAMES: &[(&str, &str)] = &[
    (
        "PurePath",
        "anchor as_uri chmod drive group hardlink_to is_block_device is_char_device is_fifo is_mount is_relative_to \
         is_reserved is_socket is_symlink lchmod link_to lstat match owner readlink replace root samefile symlink_to \
         with_stem walk full_match",
    ),
    ("deque", "maxlen"),
    ("Counter", "subtract"),
    ("defaultdict", "default_factory"),
    ("ChainMap", "maps new_child parents"),
    ("dict", "maps new_child parents data"),
    (
        "ArgumentParser",
        "add_help allow_abbrev argument_default conflict_handler convert_arg_line_to_args description epilog exit \
         exit_on_error format_help format_usage formatter_class fromfile_prefix_chars get_default \
         parse_intermixed_args parse_known_intermixed_args prefix_chars prog register usage",
    ),
    (
        "Random",
        "VERSION betavariate binomialvariate expovariate gammavariate gauss_next getrandbits getstate \
         lognormvariate paretovariate randbytes setstate triangular vonmisesvariate weibullvariate",
    ),
    ("function", "cache_clear cache_info cache_parameters register registry dispatch"),
];

/// Tells whether objects of a type have an attribute that is not modelled.
pub(crate) fn has(class: &str, name: &str) -> bool {
    let class = class.rsplit('.').next().unwrap_or(class);
    NAMES.iter().any(|(known, names)| *known == class && names.split_whitespace().any(|n| n == name))
}
