"""What a member does with one packet, sent or received."""

from ipaddress import IPv6Address

import pytest

from getvpn.emulator.gdoi.member.forwarding import (
    Action,
    arrived,
    receive,
    responsible,
    send,
)
from getvpn.emulator.gdoi.messages import RekeyKind
from getvpn.emulator.gdoi.packets import Drop, Packet, Protection
from getvpn.emulator.gdoi.policy import FailClose, Replay, ReplayKind
from getvpn.emulator.services.access_entries import ipv6_entry

from .scripted import GM, KS1, World, entries, packet, sa_policy

SSH = packet(6, port=22)
WEB = packet(6, port=80)
ABROAD = packet(6, destination="192.0.2.1", port=80)
OWN = packet(17, source=GM, destination=KS1, port=848)
CLOSED = FailClose(acl="CLOSED", entries=entries("deny ospf any any", "deny tcp any any eq 22"))


def with_lines(*lines, **changes):
    """A member whose key server has other lines."""
    world = World()
    world.ks1.sas = (sa_policy(lines),)
    world.ks1.fresh_keys()
    return world.registered(**changes)


# ---- sending ----


def test_what_the_lists_permit_is_encrypted_with_the_tek_of_the_policy():
    member = World().registered()
    verdict = send(member, WEB)

    assert (verdict.action, verdict.tek) == (Action.ENCRYPT, member.teks[0])
    assert verdict.passes


@pytest.mark.parametrize("sent", [SSH, ABROAD])
def test_what_they_deny_or_do_not_mean_leaves_in_clear(sent):
    assert send(World().registered(), sent).action is Action.CLEAR


def test_the_first_line_that_means_a_packet_decides_across_policies():
    world = World()
    world.ks1.sas = (
        sa_policy(["deny tcp any any eq 80", "permit udp any any"]),
        sa_policy(["permit ip any any"], number=20),
    )
    world.ks1.fresh_keys()
    member = world.registered()

    assert send(member, WEB).action is Action.CLEAR
    assert send(member, packet(17, port=9)).tek.tek.sa.number == 10
    assert send(member, SSH).tek.tek.sa.number == 20


def test_the_members_own_list_comes_first_and_only_denies():
    own = entries("deny tcp any any eq 80", "permit tcp any any eq 22")
    member = with_lines("deny tcp any any eq 22", "permit ip any any", local_entries=own)

    assert send(member, WEB).action is Action.CLEAR
    assert send(member, SSH).action is Action.CLEAR
    assert send(member, packet()).action is Action.ENCRYPT


def test_before_the_first_registration_everything_passes_in_clear():
    member = World().member()
    member.start()

    assert send(member, WEB).action is Action.CLEAR
    assert receive(member, WEB, None).action is Action.ACCEPT


def test_a_closed_map_lets_pass_what_its_list_denies_until_it_is_registered():
    world = World()
    member = world.member(fail_close=CLOSED, local_entries=entries("deny udp any any eq 53"))
    member.start()
    assert send(member, SSH).action is Action.CLEAR
    assert send(member, packet(17, port=53)).action is Action.CLEAR
    assert send(member, WEB).reason is Drop.FAIL_CLOSED
    assert receive(member, WEB, None).reason is Drop.FAIL_CLOSED
    assert receive(member, packet(89), None).passes

    world.kernel.advance(1.0)
    assert send(member, WEB).action is Action.ENCRYPT
    assert send(member, ABROAD).action is Action.CLEAR


def test_a_map_stays_closed_until_all_its_groups_are_registered():
    world = World()
    first, second = world.member(fail_close=CLOSED), world.member(name="GM2", address="172.16.0.2")
    first.others = (second,)
    first.start()
    world.kernel.advance(1.0)
    assert send(first, WEB).reason is Drop.FAIL_CLOSED

    second.start()
    world.kernel.advance(1.0)
    assert send(first, WEB).action is Action.ENCRYPT


def test_an_open_map_encrypts_for_the_groups_that_are_registered():
    world = World()
    first, second = world.registered(), world.member(name="GM2", address="172.16.0.2")
    first.others = (second,)

    assert send(first, WEB).action is Action.ENCRYPT


def test_who_was_registered_once_drops_what_it_has_no_key_for():
    world = World()
    member = world.registered(fail_close=CLOSED)
    world.ks1.silent = world.ks2.silent = True
    world.kernel.advance(7300.0)

    assert send(member, WEB).reason is Drop.NO_KEY
    assert send(member, ABROAD).action is Action.CLEAR
    assert receive(member, WEB, None).reason is Drop.IN_CLEAR


def test_with_fail_close_revert_the_closed_map_is_back_when_the_keys_have_ended():
    world = World()
    member = world.registered(fail_close=CLOSED, fail_close_revert=True)
    world.ks1.silent = world.ks2.silent = True
    world.kernel.advance(7300.0)
    assert send(member, ABROAD).reason is Drop.FAIL_CLOSED
    assert send(member, SSH).action is Action.CLEAR

    world.ks1.silent = False
    world.ks1.fresh_teks()
    world.kernel.advance(100.0)
    assert send(member, ABROAD).action is Action.CLEAR
    assert send(member, WEB).action is Action.ENCRYPT


def test_without_a_crypto_map_everything_leaves_in_clear():
    member = World().registered()
    member.stop()

    assert send(member, WEB).action is Action.CLEAR
    assert receive(member, WEB, Protection(spi=0x1234)).reason is Drop.NO_MAP


def test_group_key_management_of_the_member_itself_passes_in_clear():
    member = with_lines("permit ip any any", fail_close=CLOSED)
    assert send(member, OWN).action is Action.CLEAR
    assert send(member, packet(17, port=848)).action is Action.ENCRYPT
    coming = packet(17, source=KS1, destination=GM, port=848)
    assert receive(member, coming, None).passes


def test_with_no_bypass_policy_a_list_that_encrypts_everything_stops_rekeys():
    world = World()
    world.ks1.sas = (sa_policy(["permit ip any any"]),)
    world.ks1.fresh_keys()
    member = world.registered(bypass_policy=False)
    assert send(member, OWN).action is Action.ENCRYPT

    world.ks1.renew()
    world.kernel.advance(7100.0)
    assert member.rekeys == 0
    assert len(world.ks1.requests) == 1
    assert member.attempted > 10


def test_with_no_bypass_policy_a_list_with_the_usual_lines_lets_rekeys_pass():
    world = World()
    member = world.registered(bypass_policy=False)
    world.ks1.renew()
    world.kernel.advance(1.0)

    assert member.rekeys == 1


# ---- directions ----


def test_a_group_that_only_receives_sends_in_clear_and_takes_both():
    world = World()
    world.ks1.download = {"receive_only": True}
    member = world.registered()
    assert member.teks[0].encrypts_at is None
    assert send(member, WEB).action is Action.CLEAR
    assert receive(member, WEB, None).passes
    assert receive(member, WEB, Protection(member.teks[0].tek.spi)).passes
    assert "GDOI-5-GM_SA_INGRESS" in "\n".join(world.log())

    world.ks1.send(world.ks1.rekey(RekeyKind.TRIGGERED))
    world.kernel.advance(1.0)
    assert send(member, WEB).action is Action.ENCRYPT
    assert receive(member, WEB, None).reason is Drop.IN_CLEAR
    assert "GDOI-5-GM_CONV_SA_DUPLEX" in "\n".join(world.log())


def test_a_passive_member_encrypts_and_takes_both():
    world = World()
    world.ks1.download = {"receive_only": True}
    member = world.registered(passive=True)

    assert send(member, WEB).action is Action.ENCRYPT
    assert receive(member, WEB, None).passes


@pytest.mark.parametrize(
    ("word", "sent", "taken"),
    [
        ("both", Action.ENCRYPT, False),
        ("inbound", Action.CLEAR, True),
        ("inbound only", Action.CLEAR, True),
        ("inbound optional", Action.ENCRYPT, True),
    ],
)
def test_an_operator_sets_the_direction_of_a_member(word, sent, taken):
    member = World().registered()
    member.set_direction(word)

    assert send(member, WEB).action is sent
    assert receive(member, WEB, None).passes is taken

    member.set_direction("")
    assert send(member, WEB).action is Action.ENCRYPT


def test_an_operator_can_turn_a_member_of_a_group_that_only_receives():
    world = World()
    world.ks1.download = {"receive_only": True}
    member = world.registered()
    member.set_direction("both")

    assert send(member, WEB).action is Action.ENCRYPT
    assert world.count("GM_CONV_SA_DUPLEX_LOCAL") == 1


def test_a_direction_that_is_none_is_refused():
    with pytest.raises(ValueError, match="outbound"):
        World().registered().set_direction("outbound")


# ---- receiving ----


def test_a_clear_packet_that_should_be_encrypted_is_dropped():
    member = World().registered()

    assert receive(member, WEB, None).reason is Drop.IN_CLEAR
    assert receive(member, SSH, None).action is Action.ACCEPT
    assert receive(member, ABROAD, None).action is Action.ACCEPT


def test_a_packet_of_an_unknown_spi_is_dropped():
    member = World().registered()

    assert receive(member, WEB, Protection(0x1234)).reason is Drop.INVALID_SPI
    verdict = receive(member, WEB, Protection(member.teks[0].tek.spi))
    assert (verdict.action, verdict.tek) == (Action.ACCEPT, member.teks[0])


@pytest.mark.parametrize(
    ("off", "passes"), [(0.0, True), (5.0, True), (-5.0, True), (5.1, False), (-5.1, False)]
)
def test_a_pseudotime_may_differ_by_the_window(off, passes):
    world = World()
    world.ks1.sas = (sa_policy(replay=Replay(kind=ReplayKind.TIME, window=5)),)
    world.ks1.fresh_keys()
    member = world.registered()
    shown = Protection(member.teks[0].tek.spi, pseudotime=member.pseudotime() + off)
    verdict = receive(member, WEB, shown)

    assert verdict.passes is passes
    assert verdict.reason is (None if passes else Drop.REPLAY)


def test_a_packet_without_the_pseudotime_of_its_policy_is_dropped():
    world = World()
    world.ks1.sas = (sa_policy(replay=Replay(kind=ReplayKind.TIME, window=5)),)
    world.ks1.fresh_keys()
    member = world.registered()

    assert receive(member, WEB, Protection(member.teks[0].tek.spi)).reason is Drop.REPLAY


def test_counted_packets_arrive_once_and_inside_the_window():
    member = World().registered()
    spi = member.teks[0].tek.spi

    def taken(number):
        shown = Protection(spi, sequence=number)
        verdict = receive(member, WEB, shown)
        if verdict.passes:
            arrived(member, shown)
        return verdict.passes

    assert taken(1)
    assert not taken(1)
    assert taken(100)
    assert taken(37)
    assert not taken(37)
    assert not taken(36)
    assert taken(1000)
    assert not taken(100)
    assert taken(999)


def test_the_windows_of_keys_that_have_ended_are_forgotten():
    world = World()
    member = world.registered()
    arrived(member, Protection(member.teks[0].tek.spi, sequence=1))
    world.kernel.advance(6000.0)
    world.ks1.renew()
    world.kernel.advance(1500.0)
    arrived(member, Protection(member.teks[0].tek.spi, sequence=1))

    assert list(member.windows) == [member.teks[0].tek.spi]


def test_without_a_check_for_replays_everything_with_a_known_spi_arrives():
    world = World()
    world.ks1.sas = (sa_policy(replay=Replay(kind=ReplayKind.OFF)),)
    world.ks1.fresh_keys()
    member = world.registered()

    assert receive(member, WEB, Protection(member.teks[0].tek.spi, sequence=1)).passes


# ---- families and maps of several groups ----


def test_a_group_of_ipv6_protects_ipv6_and_nothing_else():
    world = World()
    lines = (["deny", "icmp", "any", "any"], ["permit", "ipv6", "2001:DB8::/32", "2001:DB8::/32"])
    world.ks1.sas = (sa_policy(entries=tuple(ipv6_entry(line) for line in lines)),)
    world.ks1.fresh_keys()
    member = world.registered(ipv6=True)
    ends = int(IPv6Address("2001:db8:1::5")), int(IPv6Address("2001:db8:2::5"))

    assert send(member, Packet(*ends, 6, 1, 2, ipv6=True)).action is Action.ENCRYPT
    assert send(member, Packet(*ends, 58, ipv6=True)).action is Action.CLEAR
    assert send(member, WEB).action is Action.CLEAR
    assert receive(member, WEB, None).passes


def test_of_several_groups_of_a_map_the_first_with_a_line_decides():
    world = World()
    first = world.registered()
    world.ks1.sas = (sa_policy(["permit ip any 192.0.2.0 0.0.0.255"]),)
    world.ks1.fresh_keys()
    second = world.registered(name="GM2", address="172.16.0.2")

    assert responsible((first, second), WEB) is first
    assert responsible((first, second), ABROAD) is second
    assert responsible((first, second), packet(destination="198.51.100.1")) is first


def test_changed_lists_hold_for_packets_that_were_asked_before():
    world = World()
    member = world.registered()
    assert send(member, WEB).action is Action.ENCRYPT

    world.ks1.sas = (sa_policy(["deny ip any any"]),)
    world.ks1.renew()
    world.kernel.advance(1.0)
    assert send(member, WEB).action is Action.CLEAR

    own = World().member(local_entries=entries("deny tcp any any eq 80")).policy
    world.ks1.sas = (sa_policy(["permit ip any any"]),)
    world.ks1.renew()
    world.kernel.advance(1.0)
    assert send(member, WEB).action is Action.ENCRYPT
    member.apply(own)
    assert send(member, WEB).action is Action.CLEAR
