"""Device text in, typed and frozen records out.

A parser reports what a device said; it never judges it. Of this package it may import
`getvpn.errors` only. Names are imported when first used: reading a configuration needs no TTP.
"""

from typing import TYPE_CHECKING

from ..lazy import loader

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

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
