"""Laws of network configurations: what is printed can be loaded, and means the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.device import Router
from getvpn.emulator.shell.loading import load
from getvpn.emulator.testing import make_router

from ..strategies_network import network_texts

PLATFORMS = ("isr4451", "c8000v", "isr2911")


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    platform = draw(st.sampled_from(PLATFORMS))
    return platform, draw(network_texts(platform))


def _loaded(platform: str, text: str) -> Router:
    router = make_router(platform=platform)
    loaded = load(router, text)
    assert [line.text for line in loaded.rejected] == []
    return router


@settings(deadline=None)
@given(texts())
def test_what_is_printed_is_taken_and_printed_again(case: tuple[str, str]) -> None:
    platform, text = case
    printed = _loaded(platform, text).running_lines()
    assert _loaded(platform, "\n".join(printed)).running_lines() == printed


@settings(deadline=None)
@given(texts())
def test_loading_what_is_there_changes_nothing(case: tuple[str, str]) -> None:
    platform, whole = case
    # a remark without a number is another remark each time
    text = "\n".join(line for line in whole.split("\n") if " remark " not in f" {line}")
    router = _loaded(platform, text)
    printed = router.running_lines()
    load(router, "\n".join(printed))
    assert router.running_lines() == printed


@settings(deadline=None)
@given(texts())
def test_a_saved_configuration_boots_to_what_was_printed(case: tuple[str, str]) -> None:
    platform, text = case
    printed = _loaded(platform, text).running_lines()
    assert make_router(platform=platform, startup="\n".join(printed)).running_lines() == printed
