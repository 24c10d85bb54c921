"""Type 7: passwords hidden from a glance, and from nobody else.

Each byte is combined with one of a fixed text, from a place that the first two digits tell
(published many times since 1995, for instance in John the Ripper's `cisco2john`).
"""

from __future__ import annotations

import re
from random import Random

from .errors import BadSecretError

MAX_TYPE7_CHARS = 1024
"""Longest encoded text that is looked at."""

_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_LARGEST_START = 15
_TYPE7 = re.compile(r"(?P<start>[0-4][0-9]|5[0-2])(?P<data>(?:[0-9A-Fa-f]{2})*)", re.ASCII)


def encode_type7(password: str, random: Random) -> str:
    """Hide `password`, from a place that `random` chooses, as IOS does."""
    start = random.randint(0, _LARGEST_START)
    return f"{start:02d}{_combined(password.encode('utf-8', 'surrogatepass'), start).hex().upper()}"


def decode_type7(text: str) -> str:
    """The password in a type 7 text; raises BadSecretError for anything else."""
    match = _TYPE7.fullmatch(text) if len(text) <= MAX_TYPE7_CHARS else None
    if match is None:
        raise BadSecretError("not a type 7 password")
    try:
        return _combined(bytes.fromhex(match["data"]), int(match["start"])).decode("utf-8")
    except ValueError:
        raise BadSecretError("not a type 7 password") from None


def _combined(data: bytes, start: int) -> bytes:
    return bytes(byte ^ _KEY[(start + index) % len(_KEY)] for index, byte in enumerate(data))
