"""Parsers read what a key server prints, and agree with what it holds."""

from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address
from typing import Any

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.records import Role
from getvpn.parsers import parse

from ...commands.readers import read_by_genie
from .ks_states import (
    RELEASES,
    USUAL_ACL,
    group_text,
    hold_kek,
    hold_tek,
    key_server,
    know_member,
    know_peer,
    served,
    show,
)

ADDRESS, PEER = "10.1.1.1", "10.1.1.2"
TAILS = (
    "", "detail", "ks", "ks detail", "ks acl", "ks coop", "ks coop detail", "ks coop version",
    "ks coop identifier", "ks coop identifier detail", "ks identifier", "ks identifier detail",
    "ks members", "ks members 10.9.0.1", "ks members summary", "ks policy", "ks rekey",
    "ks replay", "feature", "feature pfs", "feature gikev2", "rekey sa", "rekey sa detail",
)  # fmt: skip
XE = ("16.12", "17.16")
LISTS = USUAL_ACL.format(acl="POLICY") + (
    "ipv6 access-list POLICY6\n"
    " deny udp any any eq 20001\n"
    " permit ipv6 2001:DB8:1::/48 2001:DB8:1::/48\n"
    "ip access-list extended REKEYS\n"
    " permit udp host 10.1.1.1 eq 848 host 239.1.1.1 eq 848\n"
)


@cache
def busy(release: str) -> Router:
    """A key server of a unicast group with a partner and of an IPv6 group with multicast rekeys."""
    rekey = (
        "rekey algorithm aes 256",
        "rekey retransmit 40 number 3",
        "rekey authentication mypubkey rsa REKEY",
    )
    text = group_text(
        "ONE", 1001, rekey=(*rekey, "rekey transport unicast"),
        coop=("local priority 100", f"peer address ipv4 {PEER}"),
        replay="replay time window-size 5",
    ) + group_text(
        "SIX", 1006, acl="POLICY6", ipv6=True, rekey=("rekey address ipv4 REKEYS", *rekey[2:])
    )  # fmt: skip
    router = key_server(release, text, acls=LISTS, lifetime=7200, keys={"REKEY": 2048})
    one, six = served(router, "ONE"), served(router, "SIX")
    assert one.coop is not None
    one.coop.role = Role.PRIMARY
    know_peer(one, PEER, handle=99, version="1.0.25", priority=75, role=Role.SECONDARY)
    hold_kek(one, spi=0xEEB0E9A2BBD4C71AF1034F6B24EB8022, age=100, sequence=4, rekey_in=80_000)
    hold_tek(one, spi=0x3A14695B, age=6800)
    hold_tek(one, spi=0xEE021924, age=40, rekey_in=6200)
    one.rekeys_sent = 3
    one.duration_s = 12.5
    one.begin_pseudotime(one.kernel.now() - 1234.5)
    know_member(one, "10.9.0.1", rekeys=3, missed=1, sequences=(2, 3, 4))
    know_member(one, "10.9.0.2", key_server=PEER)
    hold_tek(six, spi=0x5A69F51E, age=10)
    return router


# ---- our own parsers ----


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("tail", TAILS)
def test_our_parsers_read_every_row(release: str, tail: str) -> None:
    for choice in ("", "group ONE ", "group SIX "):
        if choice and tail == "ks coop version":
            continue
        text = show(busy(release), choice + tail)
        record = parse(f"show crypto gdoi {choice}{tail}".strip(), text)

        assert (record.unparsed, record.partial) == ((), ()), choice


@pytest.mark.parametrize("tail", TAILS)
def test_the_newer_spelling_prints_the_same(tail: str) -> None:
    router = busy("17.16")

    assert show(router, tail, spelling="gkm") == show(router, tail)


def record_of(release: str, tail: str) -> Any:
    return parse(f"show crypto gdoi {tail}".strip(), show(busy(release), tail))


@pytest.mark.parametrize("release", RELEASES)
def test_the_keys_agree_with_the_state(release: str) -> None:
    one = served(busy(release), "ONE")
    found = record_of(release, "ks policy").groups[0]
    assert one.kek is not None

    assert (found.group, str(found.server), found.tek_count, found.sequence) == (
        "ONE", ADDRESS, 2, 4,
    )  # fmt: skip
    assert (found.handle, found.server_handle) == (one.handle, one.server_handle)
    (kek,) = found.keks
    assert (kek.spi, kek.encryption, kek.key_bytes, kek.remaining_s) == (
        one.kek.spi, "AES", 32, 86_300,
    )  # fmt: skip
    assert (kek.signature_key_bytes, kek.signature_bytes, kek.signature_key_name) == (
        294, 256, "REKEY",
    )  # fmt: skip
    told = [(tek.spi, tek.remaining_s, tek.elapsed_s, tek.replay_window) for tek in found.teks]
    assert told == [(0xEE021924, 7160, 40, 5), (0x3A14695B, 400, 6800, 5)]
    if release > "15.1":
        assert (kek.time_to_rekey_s, found.teks[0].time_to_rekey_s) == (80_000, 6200)
        assert found.teks[1].time_to_rekey_s is None


@pytest.mark.parametrize("release", RELEASES)
def test_the_members_agree_with_the_state(release: str) -> None:
    found = record_of(release, "ks members")
    summary = record_of(release, "ks members summary")

    assert [(each.group, each.sent) for each in found.groups] == [("ONE", 3), ("SIX", 0)]
    first, second = found.members
    assert (str(first.address), first.group_id, str(first.key_server)) == (
        "10.9.0.1", 1001, ADDRESS,
    )  # fmt: skip
    assert (first.rekeys_sent, first.acks_received, first.acks_missed) == (3, 2, 1)
    assert first.sent_sequences == (2, 3, 4, 0)
    assert str(second.key_server) == PEER
    rows = [
        (str(each.key_server), each.state, each.member_count) for each in summary.groups[0].servers
    ]
    assert rows == [(ADDRESS, "LOCAL", 1), (PEER, "REDUNDANT", 1)]


@pytest.mark.parametrize("release", RELEASES)
def test_the_cooperation_agrees_with_the_state(release: str) -> None:
    one, six = record_of(release, "ks coop").groups

    assert (one.redundancy, one.role, one.priority) == (True, "Primary", 100)
    assert one.primary_timers.refresh_s == 20
    (peer,) = one.peers
    assert (peer.address, peer.priority, peer.role, peer.status) == (
        ip_address(PEER), 75, "Secondary", "Alive",
    )  # fmt: skip
    assert six.redundancy is False


@pytest.mark.parametrize("release", RELEASES)
def test_the_groups_agree_with_the_state(release: str) -> None:
    one, six = record_of(release, "").groups

    assert (one.group, one.transport, one.identity, one.member_count) == (
        "ONE", "Unicast", 1001, 2,
    )  # fmt: skip
    assert (one.role, one.rekey_lifetime_s, one.rekey_remaining_s) == (
        "key-server", 86_400, 86_300,
    )  # fmt: skip
    assert (one.retransmit_period_s, one.retransmit_attempts) == (40, 3)
    assert one.redundancy.role == "Primary"
    (sa,) = one.sas
    assert (sa.lifetime_s, sa.replay, sa.replay_window, sa.remaining_s, sa.acl) == (
        7200, "time", 5, 7160, "POLICY",
    )  # fmt: skip
    assert (six.transport, six.rekey_remaining_s) == ("Multicast", None)
    if release > "15.1":
        assert (one.crypto_path, six.crypto_path) == ("ipv4", "ipv6")


@pytest.mark.parametrize("release", RELEASES)
def test_the_lists_agree_with_the_configuration(release: str) -> None:
    one, six = record_of(release, "ks acl").groups

    assert [line.action for line in one.entries] == ["deny", "permit"]
    assert one.entries[0].source_ports.ports == (848,)
    assert [line.protocol for line in six.entries] == ["udp", "ipv6"]


def test_rekeys_and_pseudotime_agree_with_the_state() -> None:
    rekey = record_of("17.16", "ks rekey").groups[0]
    assert (rekey.sent, rekey.kek_lifetime_s, rekey.kek_remaining_s) == (3, 86_400, 86_300)
    assert [(sa.sequence, sa.lifetime_s, sa.remaining_s) for sa in rekey.sas] == [(10, 7200, 7160)]
    one, six = record_of("17.16", "ks replay").groups
    assert (one.enabled, one.pseudotime_s, one.sync_remaining_s) == (True, 1234.5, 5965)
    assert six.enabled is False


def test_the_sa_of_rekeys_agrees_with_the_state() -> None:
    found = record_of("17.16", "rekey sa detail")

    assert found.database.active == len(found.keks) == 1
    (kek,) = found.keks
    assert (kek.spi, str(kek.local_address), kek.sequence) == (
        0xEEB0E9A2BBD4C71AF1034F6B24EB8022, ADDRESS, 4,
    )  # fmt: skip
    (row,) = record_of("17.16", "rekey sa").sas
    assert (str(row.source), row.conn_id) == (ADDRESS, kek.conn_id)


@pytest.mark.parametrize(
    ("feature", "members"), [("gm-removal", True), ("gdoi-interop-ack", False), ("pfs", True)]
)
def test_features_follow_the_versions_of_the_devices(feature: str, members: bool) -> None:
    group = record_of("17.16", f"feature {feature}").groups[0]

    assert [str(each.address) for each in group.key_servers.devices] == [ADDRESS, PEER]
    assert {each.supported for each in group.members.devices} == {members}


# ---- genie ----


def values(found: object) -> Iterator[object]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield key
            yield from values(value)
    elif isinstance(found, list):
        for each in found:
            yield from values(each)
    else:
        yield found


GENIE = {
    "group ONE ks policy": ["0xEE021924", 7160, 6200, "REKEY", "esp-256-aes esp-sha256-hmac"],
    "group ONE ks members": ["10.9.0.1", "10.9.0.2", 1001, 12_500, 3],
    "group ONE ks detail": [1001, 2, "Primary", 100],
    "group SIX ks": ["SIX", "POLICY6", 1006],
    "ks members summary": ["LOCAL", "REDUNDANT", "10.9.0.2", "1.0.25"],
    "ks acl": ["access-list POLICY  deny udp any port = 848 any port = 848"],
    "ks coop detail": ["ONE", "SIX", PEER, "Secondary", 20, 75],
    "ks coop version": ["2.0.0", "2.0.1", "1.0.1"],
    "ks coop identifier": ["24 bits (MEDIUM)", ADDRESS],
    "ks coop identifier detail": [ADDRESS, PEER, "none"],
    "ks identifier": ["Non-Counter", "none", 24],
    "ks identifier detail": ["none", 24],
    "feature": [ADDRESS, PEER, "10.9.0.1"],
    "rekey sa": [ADDRESS, "ACTIVE"],
    "rekey sa detail": ["0xEEB0E9A2BBD4C71AF1034F6B24EB8022", 86_400, 294],
}
"""What genie has to find, by command.

Some of its parsers keep one group only, want members in each, or a partner.
"""


@pytest.mark.parametrize("release", XE)
@pytest.mark.parametrize("tail", GENIE)
def test_genie_finds_what_is_there(release: str, tail: str) -> None:
    pytest.importorskip("genie.libs.parser")
    text = show(busy(release), tail)
    command = tail.removeprefix("group ONE ").removeprefix("group SIX ")
    found = read_by_genie(RELEASES[release][0], f"show crypto gdoi {command}", text)

    seen = {str(value) for value in values(found)}
    assert [value for value in GENIE[tail] if str(value) not in seen] == []
