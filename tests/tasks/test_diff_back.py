"""Whatever lines of a difference were entered: there are lines that lead back to what was."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from getvpn.emulator.device import Router
from getvpn.emulator.shell.loading import load
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views
from getvpn.tasks.comparing.entered import entered
from getvpn.tasks.comparing.plan import Command
from getvpn.tasks.comparing.text import lines
from getvpn.tasks.diff import difference, inverse, way_back
from getvpn.tasks.render import render

from .changing import booted, common, pairs, running, told
from .networks import KnownSecrets, group, network, policy
from .variants import variant

law = settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NUMBER = re.compile(r"^ (?:sequence )?\d+ (?=permit |deny )", re.MULTILINE)
"""The numbers of entries of lists."""


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


@law
@given(pairs(), st.integers(0, 200))
def test_what_was_broken_off_ends_as_if_it_had_not_been(
    networks: tuple[Intent, Intent], count: int
) -> None:
    one, other = networks
    before, after = (render(each, KnownSecrets()) for each in networks)
    for name, release in common(one, other):
        view, was = device_views(other)[name], running(booted(release, name, before[name]))
        commands = difference(view, after[name], was).commands
        whole, broken = (booted(release, name, before[name]) for _ in range(2))
        enter(whole, commands)
        enter(broken, commands[: count % (len(commands) + 1)])

        enter(broken, difference(view, after[name], running(broken), was=was).commands)

        # numbers of entries do not count
        one_way, other_way = (NUMBER.sub(" ", running(each)) for each in (broken, whole))
        assert told(one_way) == told(other_way)


@pytest.mark.parametrize("kind", ["classic", "xe17"])
def test_a_list_that_stood_in_is_found_again(kind: str) -> None:
    one, other = (
        network(kind, group(policies=[policy(traffic=None, acl=[*acl, "permit ip any any"])]))
        for acl in (
            ["deny tcp any any eq 22", "deny pim any any"],
            ["deny pim any any", "deny tcp any any eq 22"],
        )
    )
    release = {"classic": "15.7(3)M5", "xe17": "17.9.4a"}[kind]
    view, wanted = device_views(other)["KS1"], rendered(other, "KS1")
    was = running(booted(release, "KS1", rendered(one, "KS1")))
    commands = difference(view, wanted, was).commands
    assert "POLICY-G1-NEXT" in str(commands)
    for count in range(len(commands)):
        router = booted(release, "KS1", rendered(one, "KS1"))
        enter(router, commands[:count])

        enter(router, difference(view, wanted, running(router)).commands)

        assert "-NEXT" not in running(router)
        assert not difference(view, wanted, running(router)).different


# What no intent says


def changed_and_back(was: str, intent: Intent, name: str = "KS1") -> tuple[Router, str]:
    """A router after a change to an intent and back, and what it has in between."""
    router = booted("17.9.4a", name, was)
    view, wanted = device_views(intent)[name], render(intent, KnownSecrets())[name]
    shown = running(router)
    back = inverse(view, wanted, shown)
    enter(router, difference(view, wanted, shown).commands)
    between = running(router)
    enter(router, back)
    assert told(running(router)) == told(shown)
    assert way_back(view, wanted, running(router), shown) == ()
    return router, between


def rendered(intent: Intent, name: str, *changes: tuple[str, str]) -> str:
    text = render(intent, KnownSecrets())[name]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_remarks_and_odd_numbers_of_lists_come_back() -> None:
    plain, other = (
        network(),
        network("xe17", group(policies=[policy(traffic=None, acl=["permit ip any any"])])),
    )
    was = rendered(
        plain,
        "KS1",
        (" 10 deny", " remark what IKE needs\n 7 deny"),
        (" 20 deny", " 33 deny"),
    ).replace("\n 30 deny", "\n 35 deny")

    router, between = changed_and_back(was, other)

    assert "what IKE needs" in running(router)
    assert "permit ip any any" in between


def test_lines_of_blocks_that_are_removed_come_back() -> None:
    plain = network()
    more = "crypto map GETVPN-MAP 99 gdoi\n description of an older group\n set group OLD\n!\n"
    old = "crypto gdoi group OLD\n identity number 9\n server address ipv4 10.10.1.1\n!\n"
    wan = "interface GigabitEthernet1\n"
    was = rendered(plain, "BR1", (wan, old + more + wan))

    router, between = changed_and_back(was, plain, "BR1")

    assert "OLD" not in between
    assert "description of an older group" in running(router)


def test_further_addresses_come_back_with_their_interface() -> None:
    address = " ip address 10.20.1.1 255.255.255.0\n"
    further = " ip address 10.99.1.1 255.255.255.0 secondary\n"
    was = rendered(network(), "BR1", (address, further + address))

    router, _ = changed_and_back(was, variant("a VRF", "xe17"), "BR1")

    assert further in running(router)


def test_what_others_changed_meanwhile_stays() -> None:
    plain, other = network(), network("xe17", group(rekey={"lifetime_s": 7200}))
    router = booted("17.9.4a", "KS1", rendered(plain, "KS1"))
    view, wanted = device_views(other)["KS1"], rendered(other, "KS1")
    shown = running(router)
    enter(router, difference(view, wanted, shown).commands)
    theirs = "ip access-list extended THEIRS\n permit tcp any any\nntp server 10.9.9.9\n"
    assert load(router, theirs).rejected == ()

    enter(router, way_back(view, wanted, running(router), shown))

    now = running(router)
    assert "rekey lifetime seconds 7200" not in now
    assert "ip access-list extended THEIRS" in now
    assert "ntp server 10.9.9.9" in now
