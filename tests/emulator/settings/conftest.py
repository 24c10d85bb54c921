"""What the tests of settings share: routers, and texts loaded into them."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.shell.loading import Loaded
from getvpn.emulator.testing import make_router

FAMILIES = {"xe": "isr4451", "classic": "isr2911"}


@pytest.fixture(params=["isr4451", "c8000v", "isr2911"])
def any_router(request: pytest.FixtureRequest) -> Router:
    return make_router(platform=request.param)


@pytest.fixture
def router() -> Router:
    return make_router()


@pytest.fixture
def classic() -> Router:
    return make_router(platform="isr2911")


def _added(router: Router, text: str) -> list[str]:
    before = router.running_lines()
    loaded = router.merge(text)
    assert not loaded.rejected, loaded.rejected[0].text
    return [line for line in router.running_lines() if line not in before]


@pytest.fixture
def added() -> Callable[[Router, str], list[str]]:
    """Load a text that must be taken whole, and give the lines that are new then."""
    return _added


def _refused(router: Router, text: str) -> str:
    loaded: Loaded = router.merge(text)
    assert len(loaded.rejected) == 1, loaded.output
    return loaded.rejected[0].text.partition("\n")[2]


@pytest.fixture
def refused() -> Callable[[Router, str], str]:
    """Load a text of which one line must be refused, and give what is said of it."""
    return _refused
