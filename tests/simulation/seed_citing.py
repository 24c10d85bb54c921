"""Tests cite the sentences of the GETVPN concepts document (the seed) that they hold."""

from collections.abc import Callable
from typing import TypeVar

from .seed_behaviours import BEHAVIOURS

T = TypeVar("T")


def seed(*quotations: str) -> Callable[[T], T]:
    """Say which sentences a test holds; ValueError for one that is not in the list."""
    unknown = [each for each in quotations if each not in BEHAVIOURS]
    if unknown:
        raise ValueError(f"not in the list of behaviours: {unknown}")
    return lambda test: test
