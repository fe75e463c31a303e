"""Checkpoints where a script is carried out (`tensorflow/python/checkpoint/{checkpoint,checkpoint_management}.py`): what
they keep is kept in memory by its path, and no file is written."""

import os

import tensorflow as tf

_kept = {}
_latest = {}


def _variables(value):
    """The variables of an object, in an order of its own."""
    if hasattr(value, "assign"):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [variable for item in value for variable in _variables(item)]
    if hasattr(value, "weights"):
        return list(value.weights)
    if hasattr(value, "variables"):
        return list(value.variables)
    not_followed("what a checkpoint keeps of an object")
    return []


class _Status:
    """What `restore` answers: that all was found."""

    def assert_consumed(self):
        return self

    def assert_existing_objects_matched(self):
        return self

    def assert_nontrivial_match(self):
        return self

    def expect_partial(self):
        return self

    def initialize_or_restore(self, session=None):
        pass


class Checkpoint:
    def __new__(cls, root=None, **kwargs):
        return object.__new__(cls) if is_carried_out() else unknown()

    def __init__(self, root=None, **kwargs):
        self._root, self._named = root, kwargs
        for name, value in kwargs.items():
            setattr(self, name, value)
        self.save_counter = tf.Variable(0, dtype=tf.int64, trainable=False)

    def _objects(self):
        return {"": self._root, **self._named} if self._root is not None else dict(self._named)

    def write(self, file_prefix, options=None):
        path = os.fspath(file_prefix)
        _kept[path] = {name: [v.numpy() for v in _variables(value)] for name, value in self._objects().items()}
        return path

    def save(self, file_prefix, options=None):
        self.save_counter.assign_add(1)
        path = self.write("%s-%d" % (os.fspath(file_prefix), int(self.save_counter)))
        _latest[os.path.dirname(path)] = path
        return path

    def read(self, save_path, options=None):
        if save_path is None:
            return _Status()
        kept = _kept.get(os.fspath(save_path))
        if kept is None:
            not_followed("a checkpoint that the script did not write")
            return _Status()
        for name, value in self._objects().items():
            variables = _variables(value)
            if len(variables) != len(kept.get(name, [])):
                not_followed("a checkpoint of variables that are made later, or of other objects")
                return _Status()
            for variable, number in zip(variables, kept[name]):
                variable.assign(number)
        return _Status()

    def restore(self, save_path, options=None):
        status = self.read(save_path)
        if save_path is not None:
            self.save_counter.assign(int(os.fspath(save_path).rsplit("-", 1)[-1]))
        return status


class CheckpointManager:
    def __new__(cls, *args, **kwargs):
        return object.__new__(cls) if is_carried_out() else unknown()

    def __init__(self, checkpoint, directory, max_to_keep, keep_checkpoint_every_n_hours=None, checkpoint_name="ckpt",
                 step_counter=None, checkpoint_interval=None, init_fn=None):
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError("Either a positive integer or `None` is expected for `max_to_keep`. Got %d." % max_to_keep)
        self.checkpoint, self.directory = checkpoint, os.fspath(directory)
        self._most, self._name, self._init = max_to_keep, checkpoint_name, init_fn
        self._steps, self._interval = step_counter, checkpoint_interval
        self.checkpoints = []

    @property
    def latest_checkpoint(self):
        return self.checkpoints[-1] if self.checkpoints else _latest.get(self.directory)

    @property
    def checkpoint_interval(self):
        return self._interval

    def save(self, checkpoint_number=None, check_interval=True, options=None):
        if self._interval is not None:
            not_followed("checkpoints that are written at intervals")
        prefix = os.path.join(self.directory, self._name)
        if checkpoint_number is None:
            path = self.checkpoint.save(prefix)
        else:
            self.checkpoint.save_counter.assign_add(1)
            path = self.checkpoint.write("%s-%d" % (prefix, int(checkpoint_number)))
            _latest[self.directory] = path
        self.checkpoints = [own for own in self.checkpoints if own != path] + [path]
        if self._most is not None:
            self.checkpoints = self.checkpoints[-self._most:]
        return path

    def restore_or_initialize(self):
        path = self.latest_checkpoint
        if path is not None:
            self.checkpoint.restore(path)
            return path
        if self._init is not None:
            self._init()
        return None


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    if not is_carried_out():
        return unknown()
    return _latest.get(os.fspath(checkpoint_dir).rstrip("/"))
