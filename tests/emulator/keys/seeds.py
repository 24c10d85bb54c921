"""Random sources that give the same each time."""

from random import Random


def seeded(seed: int | str) -> Random:
    """A random source of its own."""
    return Random(seed)  # noqa: S311 - tests repeat
