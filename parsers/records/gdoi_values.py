"""Texts that several GDOI commands print in one way, and what they mean."""

from __future__ import annotations

from ipaddress import IPv4Address

from .. import convert
from ..convert import Address


def identity(value: str) -> int | IPv4Address:
    """A group identity: a number, or the IPv4 address of `identity address ipv4`."""
    return IPv4Address(value) if "." in value else convert.number(value)


def address_or_name(value: str) -> Address | str:
    """A server as an address, or as the name that it was configured by (`server hostname`)."""
    try:
        return convert.address(value)
    except ValueError:
        if value[:1].isdigit() or ":" in value:
            raise
        return value


def milliseconds_or_none(value: str) -> int | None:
    """A window as int milliseconds (`20000`, `20000 msec`, `20 sec`); None for `Disabled`."""
    number, _, unit = value.strip().lower().partition(" ")
    if number == "disabled" or number in convert.ABSENT:
        return None
    if unit.strip() not in _UNIT_MS:
        raise ValueError(f"{value!r} is not a window")
    return convert.number(number) * _UNIT_MS[unit.strip()]


_UNIT_MS = {"": 1, "ms": 1, "msec": 1, "msecs": 1, "s": 1000, "sec": 1000, "secs": 1000}
