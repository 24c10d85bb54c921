"""Personalities: what a model of router is and says of itself, as data."""

from .platform import PLATFORMS, Hardware, Platform, platform_named

__all__ = ["PLATFORMS", "Hardware", "Platform", "platform_named"]
