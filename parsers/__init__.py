"""Device text in, typed and frozen records out.

A parser reports what a device said; it never judges it. Of this package it may import
`getvpn.errors` only. Names are imported when first used: reading a configuration needs no TTP.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .commands import Command, families, resolve
    from .config import ConfigTree, DeviceConfig, device_config, parse_config
    from .record import NumberedLine, Record, Row
    from .registry import parse
    from .serialise import plain
    from .transcript import Capture, guess_command, read_paths, split_log

__all__ = [
    "Capture",
    "Command",
    "ConfigTree",
    "DeviceConfig",
    "NumberedLine",
    "Record",
    "Row",
    "device_config",
    "families",
    "guess_command",
    "parse",
    "parse_config",
    "plain",
    "read_paths",
    "resolve",
    "split_log",
]

_HOME = {
    "Capture": ".transcript",
    "Command": ".commands",
    "ConfigTree": ".config",
    "DeviceConfig": ".config",
    "NumberedLine": ".record",
    "Record": ".record",
    "Row": ".record",
    "device_config": ".config",
    "families": ".commands",
    "guess_command": ".transcript",
    "parse": ".registry",
    "parse_config": ".config",
    "plain": ".serialise",
    "read_paths": ".transcript",
    "resolve": ".commands",
    "split_log": ".transcript",
}


def __getattr__(name: str) -> object:
    """Import the public name `name` from the module that defines it (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name], __name__), name)
    globals()[name] = value
    return value
