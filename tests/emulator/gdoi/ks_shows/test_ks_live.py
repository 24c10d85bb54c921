"""The shows of key servers while groups live: parsers read them, and the servers agree."""

import re
from typing import Any

import pytest

from getvpn.parsers import parse

from ..binding.routers import KS1, KS2, LABEL, Routers, rekey_key

TAILS = (
    "", "ks", "ks acl", "ks coop", "ks coop identifier detail", "ks identifier detail",
    "ks members", "ks members summary", "ks policy", "ks rekey", "ks replay", "feature pfs",
    "rekey sa", "rekey sa detail",
)  # fmt: skip


@pytest.fixture
def world() -> Routers:
    """Two key servers; KS1 is the primary. Two members register with it, one with KS2."""
    routers = Routers()
    routers.servers(KS1, KS2)
    routers.run(120)
    for number, server in enumerate((KS1, KS1, KS2), 1):
        routers.member(number, server)
    routers.run(60)
    return routers


def record(world: Routers, name: str, tail: str) -> Any:
    command = f"show crypto gdoi {tail}".strip()
    return parse(command, world.type(name, command))


def assert_readable(world: Routers, *names: str) -> None:
    for name in names:
        for tail in TAILS:
            found = record(world, name, tail)
            assert (found.unparsed, found.partial) == ((), ()), (name, tail)


def test_everything_is_readable_at_every_stage(world: Routers) -> None:
    assert_readable(world, "KS1", "KS2", "GM1")

    world.run(6600)  # the TEK is renewed, the old one lives on
    assert_readable(world, "KS1", "KS2", "GM1")

    world.network.partition(["KS1", "GM1"], ["KS2", "GM2", "GM3"])
    world.run(200)
    assert_readable(world, "KS1", "KS2")

    world.network.heal()
    world.run(200)
    assert_readable(world, "KS1", "KS2", "GM1")


def test_both_key_servers_show_the_same_keys(world: Routers) -> None:
    world.run(6600)
    one, two = (record(world, name, "ks policy").groups[0] for name in ("KS1", "KS2"))

    assert one.tek_count == two.tek_count == 2
    assert [kek.spi for kek in one.keks] == [kek.spi for kek in two.keks]
    assert [tek.spi for tek in one.teks] == [tek.spi for tek in two.teks]
    first, second = one.teks
    assert second.time_to_rekey_s is None
    assert first.lifetime_s - first.elapsed_s - first.remaining_s in (0, 1)  # halves of a second
    members = record(world, "GM1", "").groups[0].tek_interfaces[0].sas
    assert [sa.spi for sa in members] == [first.spi, second.spi]


def test_the_name_of_the_key_that_signs_is_another_one_from_the_next_rekey_on(
    world: Routers,
) -> None:
    for name in ("KS1", "KS2"):
        world.routers[name].keys.add("SECOND", rekey_key(2), now=world.kernel.now(), saved=True)
        world.configure(
            name,
            "crypto gdoi group G1\nserver local\nrekey authentication mypubkey rsa SECOND\n",
        )
    assert signer(world, "KS1") == LABEL

    world.run(6600)
    assert signer(world, "KS1") == signer(world, "KS2") == "SECOND"


def signer(world: Routers, name: str) -> str | None:
    (kek,) = record(world, name, "ks policy").groups[0].keks
    shown: str | None = kek.signature_key_name
    return shown


def test_the_roles_and_the_databases_mirror_each_other(world: Routers) -> None:
    one, two = (record(world, name, "ks coop").groups[0] for name in ("KS1", "KS2"))

    assert (one.role, two.role) == ("Primary", "Secondary")
    assert (one.peers[0].role, two.peers[0].role) == ("Secondary", "Primary")
    assert one.peers[0].bytes_sent == two.peers[0].bytes_received
    sides = []
    for name in ("KS1", "KS2"):
        servers = record(world, name, "ks members summary").groups[0].servers
        sides.append({(str(each.key_server), each.state): each.member_count for each in servers})
    assert sides == [
        {(KS1, "LOCAL"): 2, (KS2, "REDUNDANT"): 1},
        {(KS2, "LOCAL"): 1, (KS1, "REDUNDANT"): 2},
    ]


def test_acknowledgements_are_counted_by_member(world: Routers) -> None:
    world.network.cut("KS1", "GM2")
    world.run(6600)

    members = {str(each.address): each for each in record(world, "KS1", "ks members").members}
    answered, silent = members["10.20.1.1"], members["10.20.2.1"]
    assert (answered.rekeys_sent, answered.acks_received, answered.acks_missed) == (1, 1, 0)
    assert (silent.acks_received, silent.acks_missed) == (0, 1)
    assert silent.rekey_retries == 2
    assert answered.sent_sequences == answered.received_sequences != (0, 0, 0, 0)
    assert silent.received_sequences == (0, 0, 0, 0)


def test_key_servers_show_the_sender_identifiers_of_each_other(world: Routers) -> None:
    command = "show crypto gdoi ks coop identifier detail"
    for name, low in (("KS1", 10), ("KS2", 20)):
        lines = f"identifier\n   range {low} - {low + 5}\n   value {low + 9}\n"
        world.configure(name, f"crypto gdoi group G1\n server local\n  {lines}")
    world.run(5)
    text = world.type("KS1", command)
    assert re.findall(r"^ +KSSID\(s\) Assigned +: (.*)", text, re.MULTILINE) == [
        "10-15,19",
        "20-25,29",
    ]
    assert re.findall(r"KSSID Overlap +: (\w+)", text) == ["No", "No"]

    world.configure("KS2", "crypto gdoi group G1\n server local\n  identifier\n   value 12\n")
    world.run(5)
    for name in ("KS1", "KS2"):
        text = world.type(name, command)
        assert re.findall(r"KSSID Overlap +: (\w+)", text) == ["Yes", "Yes"]
        assert len(world.logged(name, "%GDOI-3-COOP_KSSID_OVERLAP: Overlapping")) == 1
    found = record(world, "KS1", "ks coop identifier detail")
    assert (found.unparsed, found.partial) == ((), ())


def test_a_key_server_is_no_partner_of_itself(world: Routers) -> None:
    text = f"crypto gkm group G1\nserver local\nredundancy\npeer address ipv4 {KS1}\n"
    world.configure("KS1", text)
    (group,) = record(world, "KS1", "ks coop").groups

    assert [str(peer.address) for peer in group.peers] == [KS2]
