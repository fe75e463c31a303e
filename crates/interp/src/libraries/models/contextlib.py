"""Python's `contextlib.redirect_stdout`: what is printed goes to another stream."""


class redirect_stdout:
    def __init__(self, new_target):
        self._target = new_target

    def __enter__(self):
        redirect_output(self._target)
        return self._target

    def __exit__(self, kind, value, traceback):
        redirect_output(None)
        return None
