"""Personalities: what a model of router is and says of itself, as data."""

from ...errors import InputError
from . import c8000v, isr2911, isr4451
from .platform import Hardware, Platform

PLATFORMS = {
    platform.name: platform for platform in (isr4451.PLATFORM, c8000v.PLATFORM, isr2911.PLATFORM)
}
"""The models that can be emulated, by name."""


def platform_named(name: str) -> Platform:
    """The personality `name`; InputError names those that there are."""
    if name not in PLATFORMS:
        known = ", ".join(sorted(PLATFORMS))
        raise InputError(f"there is no platform {name!r}", hint=f"known platforms: {known}")
    return PLATFORMS[name]


__all__ = ["PLATFORMS", "Hardware", "Platform", "platform_named"]
