"""`tempfile`: folders and files with names of their own; what is written into them is not followed."""

_made = []


def gettempdir():
    return "/tmp"


def mkdtemp(suffix=None, prefix=None, dir=None):
    _made.append(None)
    number = str(len(_made)).rjust(8, "0")
    folder = str(gettempdir() if dir is None else dir)
    return folder + "/" + ("tmp" if prefix is None else prefix) + number + ("" if suffix is None else suffix)


def mktemp(suffix="", prefix="tmp", dir=None):
    return mkdtemp(suffix, prefix, dir)


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    return 3, mkdtemp(suffix, prefix, dir)


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
    return _File(mkdtemp(suffix, prefix, dir))
