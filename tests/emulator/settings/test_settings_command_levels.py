"""The levels of commands in the configuration."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import make_router

Added = Callable[[Router, str], list[str]]


def levels(router: Router) -> list[str]:
    return [line for line in router.running_lines() if line.startswith("privilege")]


def test_keywords_before_the_last_one_get_the_same_level(router: Router) -> None:
    router.merge("privilege exec level 7 sh ip ro\n")

    assert levels(router) == [
        "privilege exec level 7 show ip route",
        "privilege exec level 7 show ip",
        "privilege exec level 7 show",
    ]


def test_a_level_can_be_given_again_to_the_keywords_before(router: Router) -> None:
    router.merge("privilege exec level 15 show ip access-lists\nprivilege exec level 1 show ip\n")

    assert levels(router) == [
        "privilege exec level 15 show ip access-lists",
        "privilege exec level 1 show ip",
        "privilege exec level 1 show",
    ]


@pytest.mark.parametrize("family", ["isr4451", "isr2911"])
def test_levels_are_the_same_when_they_are_read_again(family: str) -> None:
    first = make_router(platform=family)
    first.merge(
        "privilege exec level 15 show ip access-lists\n"
        "privilege exec all level 5 clear\n"
        "privilege exec level 1 show ip\n"
        "privilege interface level 9 ip address\n"
        "privilege interface level 3 ip\n"
        "privilege configure level 9 interface\n"
    )
    second = make_router(platform=family)
    second.merge("\n".join(first.running_lines()))

    assert levels(second) == levels(first)
    assert levels(first)[-1].startswith("privilege exec")


def test_a_level_for_all_that_follows_replaces_the_levels_of_that(router: Router) -> None:
    router.merge("privilege exec level 7 clear counters\nprivilege exec all level 3 clear\n")

    assert levels(router) == ["privilege exec all level 3 clear"]


@pytest.mark.parametrize(
    "line",
    [
        "privilege exec reset show running-config",
        "no privilege exec level 7 show running-config",
        "privilege exec reset sh run",
    ],
)
def test_a_command_gets_its_own_level_back(router: Router, line: str) -> None:
    router.merge(f"privilege exec level 7 show running-config\n{line}\n")

    assert levels(router) == ["privilege exec level 7 show"]


def test_a_command_that_the_router_does_not_know_is_kept_as_typed(router: Router) -> None:
    router.merge("privilege exec level 7 frobnicate all\n")

    assert "privilege exec level 7 frobnicate all" in levels(router)
