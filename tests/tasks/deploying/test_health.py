"""What stands in the way of a change, and only that."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from getvpn.emulator.lab import Lab
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.health import needed_s, obstacles, settled, troubles
from getvpn.tasks.deploying.observing import GM, KS, KS_MEMBERS, KS_POLICY, Observed, observe
from getvpn.tasks.deploying.troubles import Kind
from getvpn.tasks.render import render

from ..lab_devices import LabDevices
from ..networks import KnownSecrets, group, network, platform, policy
from ..variants import variant
from .looking import Running, Seen, healthy, roles, saying, told

SEVERAL = (
    ("multicast rekeys in a VRF", "classic"),
    ("G-IKEv2 with keys", "xe17"),
    ("several groups", "xe17"),
    ("IPv6", "xe16"),
    ("a combined mode", "classic"),
)


@pytest.fixture
def running() -> Running:
    """A network of two key servers and two members."""
    return Running(network())


def kinds(intent: Intent, seen: Seen, **options: Any) -> set[Kind]:
    return {trouble.kind for trouble in troubles(intent, seen, **options)}


# ---- what is well ----


@pytest.mark.parametrize(("name", "kind"), SEVERAL)
def test_nothing_stands_in_the_way_where_all_is_well(name: str, kind: str) -> None:
    running = Running(variant(name, kind))
    seen = running.look()
    assert settled(running.intent, None, seen) == []
    assert obstacles(running.intent, seen) == []


@st.composite
def networks(draw: st.DrawFn) -> Intent:
    """A small network: one to three key servers, one or two groups, some kinds of rekeys.

    Key servers may have names of their own for the groups.
    """
    servers = draw(st.integers(1, 3))
    kind = draw(st.sampled_from(("classic", "xe16", "xe17")))
    rekey: dict[str, Any] = draw(st.sampled_from(({}, {"multicast": "239.10.10.1"})))
    versions = draw(st.sampled_from(("ikev1", "ikev2")))
    names = [f"KS{n}" for n in range(1, servers + 1)]
    listed = [{"name": name, "priority": 100 - 10 * n} for n, name in enumerate(names)]
    own = draw(st.booleans())
    groups = [
        group(
            f"G{n}",
            identity=1000 + n,
            servers=[
                {**each, "group_name": f"G{n}-ON-{each['name']}" if own else None}
                for each in draw(st.permutations(listed))
            ],
            rekey=rekey,
            versions=versions,
        )
        for n in range(1, draw(st.integers(1, 2)) + 1)
    ]
    one = network(kind, *[{**each, "servers": listed[:1]} for each in groups])
    said = one.model_dump(mode="json", by_alias=True)
    first = said["key_servers"][0]
    said["key_servers"] = [
        {
            **first,
            "name": name,
            "address": f"10.10.{n}.1",
            "wan": {**first["wan"], "address": f"192.0.2.{4 * n + 1}/30"},
        }
        for n, name in enumerate(names, 1)
    ]
    said["groups"] = groups
    return Intent.model_validate(said)


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(networks(), st.integers(0, 6000), st.booleans())
def test_no_network_that_is_well_has_obstacles(intent: Intent, later: int, rekeyed: bool) -> None:
    running = Running(intent)
    running.lab.advance(later)
    if rekeyed:
        for each in intent.groups:
            for role in each.servers:
                name = role.group_name or each.name
                running.type(role.name, f"crypto gdoi ks group {name} rekey")
        running.lab.advance(60)
    seen = running.look()
    assert obstacles(intent, seen, rekey_after_s=0) == []
    assert settled(intent, None, seen) == []


def blank(intent: Intent, *, keys: bool) -> Lab:
    """Routers that have their names and keys, and nothing else yet."""
    said: dict[str, Any] = {
        "host_keys": {"type": "none"},
        "devices": {
            each.name: {"platform": platform(each), "startup": f"hostname {each.name}\n"}
            for each in (*intent.key_servers, *intent.members)
        },
    }
    if keys:
        names = [server.name for server in intent.key_servers]
        label = intent.groups[0].rekey.key
        said["keys"] = [{"label": label, "bits": 1024, "exportable": True, "devices": names}]
    return Lab.of(said)


def look_at(lab: Lab, intent: Intent) -> dict[str, Observed]:
    lab.sync()
    devices = LabDevices(lab)
    return {name: observe(devices(name), role) for name, role in roles(intent).items()}


def test_a_network_that_does_not_exist_yet_only_needs_its_rsa_keys() -> None:
    intent = network()
    assert obstacles(intent, look_at(blank(intent, keys=True), intent)) == []
    assert obstacles(intent, look_at(blank(intent, keys=False), intent)) == [
        f"{name}, group G1: it has no RSA key 'GETVPN-REKEY', which is to sign rekeys;"
        " generate it on one key server, export it and import it on the others"
        for name in ("KS1", "KS2")
    ]


def test_a_network_that_is_half_built_may_be_finished() -> None:
    intent = network()
    lab = blank(intent, keys=True)
    lab.sync()
    text = render(intent, KnownSecrets(), ["KS2"])["KS2"]
    console(lab["KS2"]).configure(text)
    console(lab["KS2"]).run("write memory")
    for seconds in (0, 10, 120):
        lab.advance(seconds)
        assert obstacles(intent, look_at(lab, intent), changing=roles(intent)) == []


# ---- key servers ----


def test_two_primaries_are_told_of_until_one_has_stepped_back(running: Running) -> None:
    intent, lab = running.intent, running.lab
    lab.partition(["KS1", "BR1"], ["KS2", "BR2"])
    lab.advance(240)
    found = obstacles(intent, running.look())
    assert (
        "group G1: KS1 and KS2 are primary at the same time; "
        "restore the connection between them and wait until one steps back"
    ) in found
    assert (
        "KS1, group G1: its peer KS2 (10.10.2.1) is dead; check the connection between them"
    ) in found

    lab.heal()
    lab.advance(120)
    assert obstacles(intent, running.look()) == []


def test_a_key_server_that_is_down_is_told_of_by_itself_and_by_its_peer(running: Running) -> None:
    running.lab.power_off("KS2")
    running.lab.advance(60)
    first, second = obstacles(running.intent, running.look())
    assert first == (
        "KS2: it cannot be reached: connection refused; bring it back before anything is changed"
    )
    assert second.startswith("KS1, group G1: its peer KS2 (10.10.2.1) is dead")


def test_an_election_is_waited_for(running: Running) -> None:
    running.lab.power_off("KS1")
    told_of: set[Kind] = set()
    for _ in range(90):
        running.lab.advance(1)
        told_of |= kinds(running.intent, running.look(["KS2"]))
    assert {Kind.NO_PRIMARY, Kind.ELECTION, Kind.PEER} <= told_of
    assert Kind.ELECTION not in kinds(running.intent, running.look(["KS2"]))


def test_a_primary_that_is_to_leave_hands_over_first(running: Running) -> None:
    said = running.intent.model_dump(mode="json", by_alias=True)
    said["groups"][0]["servers"] = said["groups"][0]["servers"][1:]
    (line,) = obstacles(Intent.model_validate(said), running.look(["KS2"]))
    assert line.startswith("KS2, group G1: its primary is 10.10.1.1, which the intent does not")


def test_a_key_server_of_somebody_else_is_not_looked_at() -> None:
    intent, seen = healthy()
    for name in ("KS1", "KS2"):  # the primary, or not
        said = intent.model_dump(mode="json", by_alias=True)
        said["key_servers"][int(name[-1]) - 1]["external"] = True
        ours = {other: each for other, each in seen.items() if other != name}
        assert obstacles(Intent.model_validate(said), ours) == []


def test_a_key_server_that_nobody_looked_at_is_an_obstacle() -> None:
    intent, seen = healthy()
    (line,) = obstacles(intent, {name: each for name, each in seen.items() if name != "KS2"})
    assert line.startswith("KS2, group G1: the key server was not looked at")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("ip access-list extended GETVPN-POLICY\n35 deny tcp any any eq bgp", "access list ("),
        ("crypto ipsec profile GETVPN-PROFILE\nset security-association lifetime seconds 3600", ""),
        ("crypto gkm group G1\nserver local\nrekey lifetime seconds 43200", "rekey lifetime ("),
    ],
)
def test_policies_that_differ_are_an_obstacle_unless_the_change_mends_that(
    running: Running, line: str, what: str
) -> None:
    config = running.type("KS2", "show running-config")
    names = {
        "GETVPN-POLICY": _word(config, "match address ipv4 "),
        "GETVPN-PROFILE": _word(config, "profile "),
    }
    for old, new in names.items():
        line = line.replace(old, new)
    running.configure("KS2", *line.split("\n"))
    seen = running.look()
    (found,) = obstacles(running.intent, seen)
    assert found.startswith(f"KS2, group G1: its policy differs from that of KS1: {what}")
    for name in ("KS1", "KS2"):
        assert obstacles(running.intent, seen, changing=[name]) == []
    assert obstacles(running.intent, seen, changing=["BR1"]) == [found]


def _word(config: str, lead: str) -> str:
    line = next(line.strip() for line in config.splitlines() if line.strip().startswith(lead))
    return line.removeprefix(lead).split()[0]


def test_rsa_keys_are_compared_by_what_is_in_them(running: Running) -> None:
    label = "GETVPN-REKEY"
    running.type("KS2", "configure terminal", f"crypto key zeroize rsa {label}", "yes", "end")
    (missing,) = obstacles(running.intent, running.look())
    assert missing.startswith(f"KS2, group G1: it has no RSA key '{label}'")
    running.configure("KS2", f"crypto key generate rsa label {label} modulus 1024")
    (other,) = obstacles(running.intent, running.look())
    assert other.startswith(
        f"KS2, group G1: its RSA key '{label}' is another one than that of KS1; export the key"
    )


def test_a_key_that_is_to_sign_must_be_everywhere_before() -> None:
    intent, seen = healthy()
    said = intent.model_dump(mode="json", by_alias=True)
    said["groups"][0]["rekey"]["key"] = "NEXT"
    assert kinds(Intent.model_validate(said), seen) == {Kind.RSA}


def test_a_key_server_without_its_peer_is_mended_by_its_change(running: Running) -> None:
    lines = ("crypto gkm group G1", "server local", "redundancy")
    running.configure("KS1", *lines, "no peer address ipv4 10.10.2.1")
    running.lab.advance(200)
    seen = running.look()
    (line,) = obstacles(running.intent, seen, changing=["KS2"])
    assert line == (
        "KS1, group G1: it does not cooperate with KS2 (10.10.2.1);"
        " give it the line 'peer address ipv4 10.10.2.1'"
    )
    assert obstacles(running.intent, seen, changing=["KS1"]) == []


def test_counts_and_keys_of_key_servers_must_agree() -> None:
    intent, seen = healthy()
    fewer = saying(seen, "KS2", KS, "Group Members            : 2", "Group Members            : 1")
    (line,) = obstacles(intent, fewer)
    assert line.startswith("KS2, group G1: it knows 1 member, KS1 knows 2; wait until")
    spi = next(iter(seen["KS2"].served[0].tek_spis))
    other = saying(seen, "KS2", KS_POLICY, f"0x{spi:X}", "0x12345678")
    (line,) = obstacles(intent, other)
    assert line.startswith("KS2, group G1: it has other keys than KS1; wait until")


def test_a_rekey_that_comes_before_the_change_is_through_is_waited_for() -> None:
    intent, seen = healthy()
    left = seen["KS1"].served[0].time_to_rekey_s
    assert left is not None
    assert obstacles(intent, seen, rekey_after_s=left) == []
    (line,) = obstacles(intent, seen, rekey_after_s=left + 1)
    assert line == (
        f"KS1, group G1: the next rekey leaves in {left} s, the change needs {left + 1} s;"
        " wait until it has been sent"
    )
    assert needed_s(100) == 210


# ---- members ----


def test_a_member_that_is_not_registered_is_an_obstacle_unless_it_is_changed(
    running: Running,
) -> None:
    for address in ("10.10.1.1", "10.10.2.1"):
        running.configure("BR1", f"no crypto isakmp key Key-PSK_BR1 address {address}")
    running.type("BR1", "clear crypto gdoi", "yes")
    running.lab.advance(5)
    seen = running.look()
    (line,) = (line for line in obstacles(running.intent, seen) if line.startswith("BR1"))
    assert line == (
        "BR1, group G1: it is not registered (Registering);"
        " see 'show crypto gdoi' and its log for the reason"
    )
    assert kinds(running.intent, seen, changing=["BR1"]) <= {Kind.MEMBER_COUNT}


def test_a_member_in_no_crypto_map_is_not_registered(running: Running) -> None:
    running.configure("BR2", "interface GigabitEthernet1", "no crypto map")
    running.lab.advance(5)
    lines = obstacles(running.intent, running.look())
    assert any("BR2, group G1: it is not registered (in no crypto map)" in line for line in lines)


@pytest.mark.parametrize(
    ("command", "old", "new", "kind"),
    [
        (GM, "Registered with       : 10.10.1.1", "Registered with       : 10.10.9.1", "foreign"),
        (GM, "spi: {spi}", "spi: 0x12345678(305419896)", "old keys"),
        (KS_MEMBERS, "Group Member ID    : 10.20.1.1", "Group Member ID    : 10.20.1.9", "listed"),
    ],
)
def test_a_member_that_its_key_servers_do_not_know_is_told_of(
    command: str, old: str, new: str, kind: str
) -> None:
    intent, seen = healthy()
    spi = next(iter(seen["BR1"].joined[0].tek_spis))
    old = old.replace("{spi}", f"0x{spi:X}({spi})")
    names = ["BR1"] if command == GM else ["KS1", "KS2"]
    for name in names:
        seen = saying(seen, name, command, old, new)
    (trouble,) = troubles(intent, seen)
    assert kind in trouble.kind
    assert str(trouble).startswith("BR1, group G1: it ")
    assert "clear crypto gdoi" in trouble.advice


# ---- single devices ----


def test_what_was_not_saved_is_told_of_until_it_is(running: Running) -> None:
    running.type("BR1", "configure terminal", "interface Loopback7", "end")
    (line,) = obstacles(running.intent, running.look())
    assert line == (
        "BR1: the user 'admin' has changed its configuration and not saved it;"
        " enter 'write memory' to keep that, or take it back"
    )
    running.type("BR1", "write memory")
    assert obstacles(running.intent, running.look()) == []


def test_a_change_that_was_taken_back_needs_no_saving(running: Running) -> None:
    running.type("BR1", "write memory")
    running.lab.advance(10)
    running.type("BR1", "configure terminal", "interface Loopback7", "no interface Loopback7")
    running.type("BR1", "end")
    assert obstacles(running.intent, running.look()) == []


def test_a_locked_configuration_is_told_of(running: Running) -> None:
    shell = console(running.lab["KS1"])
    shell.run("configure terminal lock")
    (line,) = obstacles(running.intent, running.look())
    assert line == (
        "KS1: the user 'admin' on line 0 has locked its configuration;"
        " wait until he has left, or enter 'clear configuration lock'"
    )
    shell.run("end")
    assert obstacles(running.intent, running.look()) == []


def test_a_change_on_trial_is_told_of_unless_it_is_our_own(running: Running) -> None:
    running.configure("KS2", "archive", "path bootflash:archive")
    running.type("KS2", "configure terminal revert timer 5", "end")
    seen = running.look()
    (line,) = obstacles(running.intent, seen)
    assert line.startswith("KS2: a change by the user 'admin' is on trial since 00:03:")
    assert line.endswith(
        "enter 'configure confirm' to keep it or 'configure revert now' to undo it"
    )
    assert obstacles(running.intent, seen, begun=["KS2"]) == []


def test_a_restart_that_is_scheduled_is_told_of(running: Running) -> None:
    running.type("KS2", "write memory", "reload in 30", "")
    (line,) = obstacles(running.intent, running.look())
    assert line.startswith("KS2: a restart is scheduled for 00:33:20 UTC Thu Jan 1 2026 (in 30")
    assert line.endswith("; enter 'reload cancel', or wait until it is over")
    running.type("KS2", "reload cancel")
    assert obstacles(running.intent, running.look()) == []


def test_what_cannot_be_seen_or_read_is_told_of() -> None:
    intent, seen = healthy()
    silent = {**seen, "KS1": told(seen["KS1"], lambda texts: texts.pop(KS_POLICY))}
    assert obstacles(intent, silent) == [
        f"KS1: it refuses '{KS_POLICY}': % Invalid; let the user see it"
    ]
    garbled = {**seen, "BR1": told(seen["BR1"], lambda texts: texts.update({GM: "Hello\n"}))}
    (line,) = obstacles(intent, garbled)
    assert line.startswith(f"BR1: its answer to '{GM}' cannot be read: ")


def test_lines_are_printable_and_in_the_order_of_the_intent() -> None:
    intent, seen = healthy()
    gone = {name: replace(each, failure="no\nanswer") for name, each in seen.items()}
    found = obstacles(intent, gone)
    assert [line.split(":")[0] for line in found] == ["KS1", "KS2", "BR1", "BR2"]
    assert all(line.isprintable() for line in found)


def test_groups_that_are_not_concerned_are_passed_over() -> None:
    intent, seen = healthy()
    assert obstacles(intent, seen, groups=["OTHER"], rekey_after_s=1e9) == []
    assert _each(intent, seen) == ["rekey soon"]


def _each(intent: Intent, seen: Seen) -> list[str]:
    return [trouble.kind for trouble in _soon(intent, seen)]


def _soon(intent: Intent, seen: Seen) -> Iterator[Any]:
    yield from troubles(intent, seen, groups=["G1"], rekey_after_s=1e9)


def test_a_policy_of_several_lists_is_compared_as_a_whole() -> None:
    intent = network("xe17", group(policies=[policy(), policy(number=20)]))
    running = Running(intent)
    assert obstacles(intent, running.look()) == []
