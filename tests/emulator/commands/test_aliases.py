"""Aliases are words of exec mode that stand for the beginning of a command."""

import pytest

from .readers import PLATFORMS, STARTUP, Bench
from .visitors import Visitor

ALIASES = "alias exec shc show clock\nalias exec up show version | include uptime\n"


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param, STARTUP + ALIASES)


def test_a_configured_alias_runs_its_command(bench: Bench) -> None:
    assert bench.run("shc") == bench.run("show clock")
    assert bench.run("shc detail") == bench.run("show clock detail")
    assert bench.run("up") == "KS1 uptime is 1 day, 2 hours, 12 minutes\n"


def test_some_aliases_are_always_there(bench: Bench) -> None:
    assert bench.run("s clock") == bench.run("show clock")
    assert bench.run("w") == "% No connections open\n"
    assert bench.run("u all") == "All possible debugging has been turned off\n"
    assert bench.run("h").startswith("Help may be requested at any point")


def test_only_whole_words_are_aliases(bench: Bench) -> None:
    assert bench.run("sh clock") == bench.run("show clock")
    assert "Translating" in bench.run("shcx")


def test_a_removed_alias_is_no_command(bench: Bench) -> None:
    bench.configure("no alias exec shc show clock")
    assert "UTC" not in bench.run("shc")


def test_an_alias_works_for_a_single_command_too(bench: Bench) -> None:
    visitor = Visitor(bench.router)
    visitor.session.start_exec("shc")
    assert "*02:12:01.000 UTC" in visitor.take()
