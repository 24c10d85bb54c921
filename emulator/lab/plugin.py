"""The pytest plugin: the fixture `getvpn_lab` serves labs for the length of a test.

pytest loads this module whenever it starts: what it needs is imported when the fixture is used.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .background import BackgroundLab
    from .lab import Source


@pytest.fixture
def getvpn_lab() -> "Iterator[Callable[[Source], BackgroundLab]]":
    """Function that serves a lab, given its path, text or data, until the test ends."""
    from .background import BackgroundLab

    with ExitStack() as labs:

        def serve(source: "Source") -> BackgroundLab:
            return labs.enter_context(BackgroundLab(source))

        yield serve
