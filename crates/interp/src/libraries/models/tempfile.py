"""`tempfile`: folders and files with names of their own, which are never really there."""

_made = []


def gettempdir():
    return "/tmp"


def _path(suffix, prefix, dir):
    _made.append(None)
    number = str(len(_made)).rjust(8, "0")
    folder = str(gettempdir() if dir is None else dir)
    return passing(folder + "/" + ("tmp" if prefix is None else prefix) + number + ("" if suffix is None else suffix))


def mkdtemp(suffix=None, prefix=None, dir=None):
    path = _path(suffix, prefix, dir)
    if is_carried_out():
        import os
        os.makedirs(path)
    return path


def mktemp(suffix="", prefix="tmp", dir=None):
    return _path(suffix, prefix, dir)


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    return 3, _path(suffix, prefix, dir)


class TemporaryDirectory:
    def __init__(self, suffix=None, prefix=None, dir=None, ignore_cleanup_errors=False, *, delete=True):
        self.name = mkdtemp(suffix, prefix, dir)

    def __enter__(self):
        return self.name

    def __exit__(self, *error):
        return None

    def cleanup(self):
        return None


class _File:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def __getattr__(self, name):
        return unknown()


def NamedTemporaryFile(mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None,
                       delete=True, **options):
    path = _path(suffix, prefix, dir)
    return open(path, mode) if is_carried_out() else _File(path)
