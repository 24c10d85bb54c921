"""What holds for every configuration text of the system."""

import pytest
from hypothesis import given, settings

from getvpn.emulator.config.differences import UNCHANGED, contextual
from getvpn.emulator.device import Router
from getvpn.emulator.services.archive import Archive
from getvpn.emulator.testing import make_router

from ..strategies_system import system_texts

PLATFORMS = ("isr4451", "isr2911")
relaxed = settings(max_examples=30)


def with_text(text: str, platform: str) -> Router:
    """A router that has taken a text; what it refuses of it must be a login of the other model."""
    router = make_router(platform=platform)
    for line in router.merge(text).rejected:
        assert "login" in line.line, line.text
    return router


@pytest.mark.parametrize("platform", PLATFORMS)
@given(text=system_texts())
@relaxed
def test_a_printed_configuration_loads_into_a_second_router_unchanged(
    text: str, platform: str
) -> None:
    printed = with_text(text, platform).running_lines()
    again = make_router(platform=platform, startup="\n".join(printed))
    assert again.running_lines() == printed


@pytest.mark.parametrize("platform", PLATFORMS)
@given(text=system_texts())
@relaxed
def test_a_router_that_loads_its_own_configuration_does_not_change(
    text: str, platform: str
) -> None:
    router = with_text(text, platform)
    printed = router.running_lines()
    assert router.merge("\n".join(printed)).rejected == ()
    assert router.running_lines() == printed
    assert UNCHANGED in contextual("\n".join(printed), "\n".join(router.running_lines()))


@pytest.mark.parametrize("platform", PLATFORMS)
@given(text=system_texts())
@relaxed
def test_replacing_with_the_new_configuration_makes_a_router_new(text: str, platform: str) -> None:
    router = make_router(platform=platform)
    new = router.running_lines()
    router.merge(text)
    router.feature(Archive).replace("\n".join(new), user="ann", origin="console")
    assert router.running_lines() == new
