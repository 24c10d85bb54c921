"""What our parsers read in the shows of a member is what it holds."""

from ipaddress import ip_address
from typing import Any

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.policy import Transport
from getvpn.emulator.gdoi.records import Registration
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.testing import console
from getvpn.parsers import parse

from .gm_situations import RECEIVED, SENT, STATES, rolling, settled
from .gm_states import (
    DER,
    KEKS,
    RELEASES,
    TIMED,
    gm_router,
    group_text,
    hold_kek,
    hold_tek,
    joined,
    map_text,
    policy,
    register,
    wan_text,
)

COMMANDS = (
    "show crypto gdoi",
    "show crypto gdoi detail",
    "show crypto gdoi group G1",
    "show crypto gdoi gm",
    "show crypto gdoi gm acl",
    "show crypto gdoi gm acl local",
    "show crypto gdoi gm acl download",
    "show crypto gdoi gm dataplane counters",
    "show crypto gdoi gm identifier",
    "show crypto gdoi gm identifier detail",
    "show crypto gdoi gm pubkey",
    "show crypto gdoi gm rekey",
    "show crypto gdoi gm rekey detail",
    "show crypto gdoi gm replay",
    "show crypto gdoi ipsec sa",
    "show crypto ipsec sa",
    "show crypto ipsec sa detail",
    "show crypto session",
    "show crypto session detail",
    "show crypto engine connections active",
)


def read(router: Router, command: str) -> Any:
    """What our parser makes of a command."""
    return parse(command, console(router).run(command))


# ---- our parsers ----


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("state", STATES)
def test_our_parsers_read_every_line(state: str, release: str) -> None:
    router = STATES[state](release)
    left = {}
    for command in COMMANDS:
        record = read(router, command)
        if record.unparsed or record.partial:
            left[command] = [*(line.text for line in record.unparsed), *record.partial]

    # without a policy there is nothing that could follow
    waiting = "no group member follows", "no selector follows"
    assert not {
        command: lines for command, lines in left.items() if not str(lines[0]).startswith(waiting)
    }


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("state", STATES)
def test_our_parsers_agree_with_the_registration(state: str, release: str) -> None:
    router = STATES[state](release)
    member = joined(router)
    (group,) = read(router, "show crypto gdoi").groups
    (found,) = group.members

    assert (group.group, group.identity, group.role) == ("G1", 1001, "group-member")
    assert group.servers == tuple(map(ip_address, member.policy.servers))
    assert group.rekeys_received == member.rekeys
    assert found.address == ip_address(member.policy.address)
    assert found.registration_status == str(member.state)
    registered = member.state is Registration.REGISTERED
    assert found.registered_with == (
        ip_address(member.registered_with) if registered else None
    ) or (
        str(found.registered_with) == "0.0.0.0"  # noqa: S104 - an address in a table
    )
    assert found.registrations_succeeded == member.succeeded
    assert found.registrations_attempted == member.attempted
    assert found.last_rekey_sequence == member.last_sequence
    assert found.rekeys_total == member.rekeys
    assert found.rekeys_since_registration == member.rekeys_since
    if member.transport is not Transport.MULTICAST:
        assert found.unicast_rekeys == member.rekeys
        assert found.rekey_acks_sent == found.rekey_acks_total == member.acks
    age = None if member.last_rekey_at is None else member.kernel.now() - member.last_rekey_at
    assert found.last_rekey_age_s == age


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("state", STATES)
def test_our_parsers_agree_with_the_keys(state: str, release: str) -> None:
    router = STATES[state](release)
    member, now = joined(router), joined(router).kernel.now()
    (group,) = read(router, "show crypto gdoi").groups
    teks = [sa for interface in group.tek_interfaces for sa in interface.sas]

    assert [sa.spi for sa in teks] == [held.tek.spi for held in reversed(member.teks)]
    assert [sa.remaining_s for sa in teks] == [
        int(held.remaining_s(now)) for held in reversed(member.teks)
    ]
    assert len(group.keks) == (member.kek is not None)
    for kek in group.keks:
        assert kek.transport == member.transport
        assert kek.remaining_s == int(member.kek_expires_at - now)
        assert kek.signature_key_bits in (2048, len(DER) * 8)
    (shown,) = group.downloaded_acls
    wanted = [entry.action for sa in member.sas for entry in sa.entries]
    assert [line.action for line in shown.entries] == wanted


def test_our_parsers_agree_with_the_rekeys_and_public_keys() -> None:
    router = settled("17.6")
    (rekeys,) = read(router, "show crypto gdoi gm rekey detail").groups
    (keys,) = read(router, "show crypto gdoi gm pubkey").groups

    assert (rekeys.transport, rekeys.received, rekeys.acks_sent) == ("Unicast", 3, 3)
    assert rekeys.current.my_cookie == KEKS[0] >> 96
    assert rekeys.current.his_cookie == KEKS[0] >> 32 & 0xFFFFFFFF
    assert rekeys.current.source == ip_address("10.10.1.1")
    (key,) = keys.keys
    assert key.key_data == DER[:256]
    assert key.modulus_bits == 2048
    assert key.conn_id == rekeys.current.conn_id


def test_our_parsers_agree_with_packets_and_times() -> None:
    router = rolling("17.6")
    member = joined(router)
    (counters,) = read(router, "show crypto gdoi gm dataplane counters").groups
    (replay,) = read(router, "show crypto gdoi gm replay").groups
    (selected,) = read(router, "show crypto gdoi ipsec sa").groups

    assert (counters.encrypted, counters.decrypted) == (SENT, RECEIVED)
    assert replay.pseudotime_s == round(member.pseudotime() or 0.0, 2)
    assert (replay.input_packets, replay.output_packets) == (RECEIVED, SENT)
    (interface,) = selected.interfaces
    assert len(interface.selectors) == 2 * len(member.sas[0].entries)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("state", STATES)
def test_our_parsers_agree_with_the_flows(state: str, release: str) -> None:
    router = STATES[state](release)
    member = joined(router)
    record = read(router, "show crypto ipsec sa")
    lines = [*member.policy.local_entries, *(e for sa in member.sas for e in sa.entries)]

    assert [flow.action.lower() for flow in record.flows] == [
        entry.action for entry in reversed(lines)
    ]
    held = [tek.tek.spi for tek in member.teks]
    for flow in record.flows:
        permits = flow.action == "PERMIT"
        assert flow.group == (None if release == "15.0" else "G1")
        assert [sa.spi for sa in flow.sas("inbound")] == (held if permits else [])
        outward = permits and state != "receiving"
        assert [sa.spi for sa in flow.sas("outbound")] == (held if outward else [])
    sessions = read(router, "show crypto session").sessions
    shown = [flow.active_sas for session in sessions for flow in session.flows]
    assert shown == [len(flow.sas("inbound")) + len(flow.sas("outbound")) for flow in record.flows]


def test_our_parsers_read_a_member_that_registers_from_two_interfaces() -> None:
    text = group_text() + map_text(["G1"]) + wan_text("isr4451")
    second = "interface GigabitEthernet0/0/2\n ip address 10.20.9.1 255.255.255.0\n"
    router = gm_router("17.6", f"{text}{second} crypto map GETVPN-MAP\n no shutdown\n")
    members = router.feature(Gdoi).members
    for member in members:
        register(member, policy(replay=TIMED))
        hold_kek(member)
        hold_tek(member, spi=0x5A69F51E, left=510)
    assert len(members) == 2
    records = {command: read(router, command) for command in COMMANDS}
    assert not {command: record.unparsed for command, record in records.items() if record.unparsed}
    shown = records["show crypto gdoi gm replay"].groups
    assert [(each.group, each.history.clean) for each in shown] == [("G1", True)] * 2
