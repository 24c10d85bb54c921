"""Laws of network configurations: what is printed can be loaded, and means the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.device import Router
from getvpn.emulator.services.archive import Archive
from getvpn.emulator.shell.loading import load
from getvpn.emulator.testing import make_router

from ...effort import calls
from ..strategies_network import network_texts

SUBINTERFACE = """\
interface GigabitEthernet0/0/1.{0}
 encapsulation dot1Q {0}
 ip address 10.{1}.{2}.1 255.255.255.0
"""
PLATFORMS = ("isr4451", "c8000v", "isr2911")
relaxed = settings(max_examples=20)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    platform = draw(st.sampled_from(PLATFORMS))
    return platform, draw(network_texts(platform))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str, str]:
    platform = draw(st.sampled_from(PLATFORMS))
    return platform, draw(network_texts(platform)), draw(network_texts(platform))


def _loaded(platform: str, text: str) -> Router:
    router = make_router(platform=platform)
    loaded = load(router, text)
    assert [line.text for line in loaded.rejected] == []
    return router


def _without_remarks(text: str) -> str:
    """A text without remarks: one without a number is another one each time that it is typed."""
    return "\n".join(line for line in text.split("\n") if " remark " not in f" {line}")


@relaxed
@given(texts())
def test_what_is_printed_is_taken_and_printed_again(case: tuple[str, str]) -> None:
    platform, text = case
    printed = _loaded(platform, text).running_lines()
    assert _loaded(platform, "\n".join(printed)).running_lines() == printed


@relaxed
@given(texts())
def test_loading_what_is_there_changes_nothing(case: tuple[str, str]) -> None:
    platform, text = case
    router = _loaded(platform, _without_remarks(text))
    printed = router.running_lines()
    load(router, "\n".join(printed))
    assert router.running_lines() == printed


@relaxed
@given(texts())
def test_a_saved_configuration_boots_to_what_was_printed(case: tuple[str, str]) -> None:
    platform, text = case
    printed = _loaded(platform, text).running_lines()
    assert make_router(platform=platform, startup="\n".join(printed)).running_lines() == printed


@relaxed
@given(pairs())
def test_a_replacement_ends_with_the_other_configuration(case: tuple[str, str, str]) -> None:
    platform, one, other = case
    router = _loaded(platform, _without_remarks(one))
    wanted = _loaded(platform, _without_remarks(other)).running_lines()
    router.feature(Archive).replace("\n".join(wanted), user="ann", origin="console")
    # lines of one kind whose order does not count stay in the order in which they were entered
    assert sorted(router.running_lines()) == sorted(wanted)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("access-list 52 permit 10.0.0.1", "access-list 52 remark office"),
        ("ip prefix-list P permit 10.0.0.0/8", "ip prefix-list P deny 10.0.0.0/8"),
        ("vrf definition RED\n rd 1:1", "vrf definition RED\n rd 1:2"),
        ("class-map match-any C", "class-map match-all C"),
        ("router bgp 1", "router bgp 2"),
        ("ip name-server 192.0.2.1 192.0.2.2", "ip name-server 192.0.2.2 192.0.2.3"),
        ("ip name-server vrf RED 192.0.2.1", "ip name-server vrf RED 192.0.2.2"),
    ],
)
def test_what_is_not_overwritten_is_removed_first(one: str, other: str) -> None:
    router = _loaded("c8000v", one)
    wanted = _loaded("c8000v", other).running_lines()
    outcome = router.feature(Archive).replace("\n".join(wanted), user="ann", origin="console")
    assert router.running_lines() == wanted
    assert len(outcome.passes) == 1


@pytest.mark.parametrize(
    "line",
    [
        SUBINTERFACE,
        "access-list 10 permit 10.{1}.{2}.1",
        "ip prefix-list P permit 10.{1}.{2}.0/24",
        "ip route 10.{1}.{2}.0 255.255.255.0 Null0",
        "route-map M permit {0}",
    ],
)
def test_a_long_configuration_takes_no_longer_by_the_line(line: str) -> None:
    def work(first: int, count: int) -> int:
        text = "\n".join(line.format(n, n // 250, n % 250) for n in range(first, first + count))
        router = make_router()
        rejected: list[object] = []
        work = calls(lambda: rejected.extend(router.merge(text).rejected))
        assert not rejected
        return work

    # eight times the lines; each is new, for the grammar remembers some of those that it has read
    few = work(101, 150)
    assert work(301, 1200) < 12 * few
