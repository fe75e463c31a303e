"""Objects of Keras 3 that keep little (`keras/src/random/seed_generator.py`,
`keras/src/saving/object_registration.py`)."""


class SeedGenerator:
    def __init__(self, seed=None, name=None, **kwargs):
        kwargs.pop("backend", None)
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
        if isinstance(seed, (str, float, list, tuple)):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={seed}")
        self._initial_seed = seed
        self.name = name or "seed_generator"

    @property
    def state(self):
        return unknown()

    def next(self, ordered=True):
        return made("int64", [2])

    def get_config(self):
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def get_registered_name(obj):
    place = public_place(obj)
    return place[1] if place else unknown()


def get_registered_object(name, custom_objects=None, module_objects=None):
    return unknown() if custom_objects or module_objects or registers_objects() else None
