"""The pytest plugin: the fixture `getvpn_lab` serves labs for the length of a test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .background import BackgroundLab
    from .file import LabFile


@pytest.fixture
def getvpn_lab() -> "Iterator[Callable[[str | Path | LabFile | dict[str, Any]], BackgroundLab]]":
    """A function that serves the lab of a file, of its text or of its data until the test ends."""
    from .background import BackgroundLab
    from .lab import Lab

    with ExitStack() as labs:

        def serve(source: "str | Path | LabFile | dict[str, Any]") -> BackgroundLab:
            return labs.enter_context(BackgroundLab(Lab.of(source)))

        yield serve
