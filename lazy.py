"""Public names that are imported when they are first used (PEP 562)."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loader(package: str, home: Mapping[str, str], names: dict[str, Any]) -> Callable[[str], object]:
    """What a package calls `__getattr__`.

    `home` gives for each public name the module, relative to `package`, that defines it; `names`
    are the package's globals. The function raises AttributeError for any other name.
    """

    def attribute(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(home[name], package), name)
        names[name] = value
        return value

    return attribute
