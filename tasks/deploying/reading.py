"""Reading what devices answer; what was read before is not read again.

Whoever waits asks the same again and again, and a fleet says much of it in the same words: most of
what is read twice is a list that has not changed, or a key that all members of a group show.
"""

from functools import lru_cache
from typing import Final

from ...errors import ParseError
from ...parsers import parse
from ...parsers.config import DeviceConfig, device_config, parse_config
from ...parsers.record import Record

KEPT: Final = 64
"""So many answers are remembered, with their records."""
KEPT_CONFIGS: Final = 32
"""So many configurations are."""
MOST_CHARS: Final = 20_000
"""Longer answers are not: they are of large groups, in which something changes all the time."""


def read(command: str, text: str, *, source: str) -> Record:
    """As `getvpn.parsers.parse`."""
    if len(text) <= MOST_CHARS:
        try:
            return _remembered(command, text)
        except ParseError:
            pass  # it is to name its source
    return parse(command, text, source=source)


@lru_cache(maxsize=KEPT_CONFIGS)
def read_config(text: str, source: str) -> DeviceConfig:
    """A configuration as typed views."""
    return device_config(parse_config(text, source))


_remembered = lru_cache(maxsize=KEPT)(parse)
