"""Whatever lines of a difference were entered: there are lines that lead back to what was."""

import re
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from getvpn.emulator.device import Router
from getvpn.emulator.shell.loading import load
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views
from getvpn.parsers.config import ConfigLine, parse_config
from getvpn.tasks.comparing.entered import entered
from getvpn.tasks.comparing.plan import Command
from getvpn.tasks.comparing.text import lines
from getvpn.tasks.diff import difference, inverse, way_back
from getvpn.tasks.render import render

from .changing import booted, common, pairs, running
from .networks import KnownSecrets

law = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
IN_ORDER = re.compile(r"access-list \S+ |server address ipv4 |proposal ")
"""How lines begin whose order among themselves counts."""


def told(text: str) -> Any:
    """All that a configuration says: lines stand in an order only where it counts."""
    return _block(parse_config(text, "router").lines)


def _block(below: tuple[ConfigLine, ...]) -> Any:
    def place(line: ConfigLine) -> str:
        found = IN_ORDER.match(line.text)
        return found[0] if found is not None else line.text

    def inside(line: ConfigLine) -> Any:
        if line.words[1:2] == ("access-list",):
            return [each.text for each in line.children]
        return _block(line.children)

    return [(line.text, inside(line)) for line in sorted(below, key=place)]


def enter(router: Router, commands: tuple[Command, ...]) -> None:
    loaded = load(router, "\n".join(lines(commands)))
    assert [(each.line, each.text) for each in loaded.rejected] == []


@law
@given(pairs())
def test_the_inverse_leads_back_to_what_was(networks: tuple[Intent, Intent]) -> None:
    one, other = networks
    before, after = (render(each, KnownSecrets()) for each in networks)
    for name, release in common(one, other):
        router = booted(release, name, before[name])
        view, was = device_views(other)[name], running(router)
        back = inverse(view, after[name], was)
        commands = difference(view, after[name], was).commands

        enter(router, commands)
        foreseen = entered(was, commands, view)
        assert [*lines(way_back(view, after[name], running(router), foreseen))] == []
        enter(router, back)

        assert told(running(router)) == told(was)


@law
@given(pairs(), st.integers(0, 200))
def test_from_any_point_there_is_a_way_back(networks: tuple[Intent, Intent], count: int) -> None:
    one, other = networks
    before, after = (render(each, KnownSecrets()) for each in networks)
    for name, release in common(one, other):
        router = booted(release, name, before[name])
        view, was = device_views(other)[name], running(router)
        commands = difference(view, after[name], was).commands
        enter(router, commands[: count % (len(commands) + 1)])

        enter(router, way_back(view, after[name], running(router), was))

        assert told(running(router)) == told(was)
        assert [*lines(way_back(view, after[name], running(router), was))] == []
