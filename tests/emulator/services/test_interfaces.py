"""What the interfaces of a router are: state, addresses, counters, and what the log says."""

from collections.abc import Sequence
from ipaddress import IPv4Interface

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.services.chassis import Peer
from getvpn.emulator.services.interface_state import InterfaceState
from getvpn.emulator.services.interfaces import Interfaces
from getvpn.emulator.testing import START, make_router

TEXT = """\
interface Loopback0
 ip address 10.1.1.1 255.255.255.255
interface GigabitEthernet0/0/0
 description to the provider
 ip address 192.0.2.1 255.255.255.0
 ip address 192.0.2.9 255.255.255.0 secondary
 ipv6 address 2001:db8::1/64
interface GigabitEthernet0/0/1
 shutdown
"""
LINE = "LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/0/0,"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def router(clock: ManualClock) -> Router:
    return make_router(startup=TEXT, clock=clock)


def _state(router: Router, name: str) -> InterfaceState:
    found = router.feature(Interfaces).get(name)
    assert found is not None
    return found


def _log(router: Router) -> list[str]:
    return [f"{m.facility}-{m.severity}-{m.mnemonic}: {m.text}" for m in router.log.messages]


class _Lab:
    """A network with one neighbour behind each interface, and a DHCP server."""

    def peers(self, router: Router, interface: str) -> Sequence[Peer]:
        return [Peer(address="192.0.2.7", mac="0011.2233.4455", learned_at=START)]

    def lease(self, router: Router, interface: str) -> IPv4Interface | None:
        return IPv4Interface("198.51.100.5/24")


def test_interfaces_are_listed_with_the_ports_first(router: Router) -> None:
    names = [state.name for state in router.feature(Interfaces).all()]
    assert names == [
        "GigabitEthernet0/0/0",
        "GigabitEthernet0/0/1",
        "GigabitEthernet0/0/2",
        "GigabitEthernet0/0/3",
        "GigabitEthernet0",
        "Loopback0",
    ]


def test_an_interface_is_what_its_lines_say(router: Router) -> None:
    state = _state(router, "GigabitEthernet0/0/0")
    assert (state.status, state.protocol) == ("up", "up")
    assert state.description == "to the provider"
    assert [str(address) for address in state.ipv4] == ["192.0.2.1/24", "192.0.2.9/24"]
    assert [str(address) for address in state.ipv6] == ["2001:db8::1/64"]
    assert (state.mtu, state.ip_mtu, state.bandwidth_kbit) == (1500, 1500, 1_000_000)
    assert state.hardware == "ISR4451-X-4x1GE"


def test_an_interface_that_is_shut_is_down(router: Router) -> None:
    state = _state(router, "GigabitEthernet0/0/1")
    assert (state.status, state.protocol) == ("administratively down", "down")
    assert state.address == "unassigned"


def test_a_port_without_a_cable_is_down(router: Router) -> None:
    router.chassis.unplug("GigabitEthernet0/0/0")
    state = _state(router, "GigabitEthernet0/0/0")
    assert (state.status, state.protocol) == ("down", "down")
    router.chassis.plug("GigabitEthernet0/0/0")
    assert _state(router, "GigabitEthernet0/0/0").protocol == "up"


def test_hardware_addresses_depend_on_the_seed_and_stay_over_a_reload() -> None:
    one, same, other = (make_router(startup=TEXT, seed=seed) for seed in (1, 1, 2))
    mac = _state(one, "GigabitEthernet0/0/0").mac
    assert mac == _state(same, "GigabitEthernet0/0/0").mac
    assert mac != _state(other, "GigabitEthernet0/0/0").mac
    one.stop()
    one.boot()
    assert _state(one, "GigabitEthernet0/0/0").mac == mac


def test_ports_have_addresses_of_their_own_and_subinterfaces_those_of_their_ports(
    router: Router,
) -> None:
    router.merge("interface GigabitEthernet0/0/0.5\n encapsulation dot1Q 5\n")
    states = {state.name: state.mac for state in router.feature(Interfaces).all()}
    ports = router.platform.hardware.interfaces
    assert len({states[name] for name in ports}) == len(ports)
    assert states["GigabitEthernet0/0/0.5"] == states["GigabitEthernet0/0/0"]
    assert states["Loopback0"] == ""


def test_a_link_local_address_comes_from_the_hardware_address(router: Router) -> None:
    state = _state(router, "GigabitEthernet0/0/0")
    digits = state.mac.replace(".", "")
    low = f"{int(digits[:2], 16) ^ 2:02x}{digits[2:6]}fffe{digits[6:]}"
    expected = ":".join(low[i : i + 4].lstrip("0") or "0" for i in range(0, 16, 4))
    assert state.link_local == f"FE80::{expected}".upper()
    assert _state(router, "GigabitEthernet0/0/1").link_local == ""


def test_the_configuration_can_choose_addresses(router: Router) -> None:
    router.merge(
        "interface Gi0/0/1\n mac-address 0011.2233.4455\n ipv6 address fe80::7 link-local\n"
        " ipv6 address 2001:db8:7::/64 eui-64\n"
    )
    state = _state(router, "GigabitEthernet0/0/1")
    assert state.mac == "0011.2233.4455"
    assert state.link_local == "FE80::7"
    assert [str(address) for address in state.ipv6] == ["2001:db8:7:0:211:22ff:fe33:4455/64"]


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("", "NVRAM"),
        (" ip address 10.2.2.2 255.255.255.0\n", "manual"),
        (" no ip address\n", "manual"),
        (" ip address dhcp\n", "DHCP"),
        (" ip unnumbered Loopback0\n", "unset"),
    ],
)
def test_an_interface_knows_how_its_address_was_set(router: Router, text: str, method: str) -> None:
    router.merge(f"interface GigabitEthernet0/0/0\n{text}")
    assert _state(router, "GigabitEthernet0/0/0").method == method


def test_an_address_that_was_never_set_is_unset(router: Router) -> None:
    router.merge("interface Loopback9\n")
    assert _state(router, "Loopback9").method == "unset"


def test_an_address_may_be_leased_or_lent(router: Router) -> None:
    router.merge("interface Gi0/0/1\n no shutdown\n ip address dhcp\n")
    router.merge("interface Tunnel1\n ip unnumbered Loopback0\n")
    assert _state(router, "GigabitEthernet0/0/1").address == "unassigned"
    router.chassis.network = _Lab()
    assert _state(router, "GigabitEthernet0/0/1").address == "198.51.100.5"
    tunnel = _state(router, "Tunnel1")
    assert (tunnel.address, tunnel.unnumbered) == ("10.1.1.1", "Loopback0")


# ---- lines that depend on others ----


def test_a_subinterface_is_down_with_its_port(router: Router) -> None:
    router.merge("interface Gi0/0/1.5\n encapsulation dot1Q 5\n")
    state = _state(router, "GigabitEthernet0/0/1.5")
    assert (state.status, state.protocol) == ("administratively down", "down")
    assert (state.vlan, state.parent) == (5, "GigabitEthernet0/0/1")


@pytest.mark.parametrize(
    ("lines", "protocol"),
    [
        ("", "down"),
        (" tunnel source Loopback0\n", "down"),
        (" tunnel source Loopback0\n tunnel destination 192.0.2.7\n", "up"),
        (" tunnel source Gi0/0/1\n tunnel destination 192.0.2.7\n", "down"),
        (" tunnel source Gi0/0/0\n tunnel mode gre multipoint\n", "up"),
        (" tunnel source 192.0.2.1\n tunnel destination 192.0.2.7\n", "up"),
        (" tunnel source Loopback0\n tunnel destination 192.0.2.7\n shutdown\n", "down"),
    ],
)
def test_a_tunnel_needs_both_its_ends(router: Router, lines: str, protocol: str) -> None:
    router.merge(f"interface Tunnel1\n{lines}")
    state = _state(router, "Tunnel1")
    assert state.protocol == protocol
    assert (state.mtu, state.ip_mtu, state.bandwidth_kbit) == (17868, 1476, 100)


def test_a_bundle_is_up_with_one_of_its_members(router: Router) -> None:
    router.merge("interface Port-channel1\n")
    assert _state(router, "Port-channel1").protocol == "down"
    router.merge("interface Gi0/0/2\n channel-group 1 mode active\n")
    assert _state(router, "Port-channel1").protocol == "up"
    router.chassis.unplug("GigabitEthernet0/0/2")
    assert _state(router, "Port-channel1").protocol == "down"


def test_a_subinterface_inherits_numbers_of_its_port(router: Router) -> None:
    router.merge("interface Gi0/0/0\n mtu 9000\n bandwidth 5000\n delay 7\n")
    router.merge("interface Gi0/0/0.5\n encapsulation dot1Q 5\n")
    state = _state(router, "GigabitEthernet0/0/0.5")
    assert (state.mtu, state.bandwidth_kbit, state.delay_usec) == (9000, 5000, 70)


# ---- the log ----


def test_nothing_is_logged_of_what_was_so_at_the_boot(router: Router, clock: ManualClock) -> None:
    clock.advance(60)
    assert not any("UPDOWN" in line for line in _log(router))


def test_a_shutdown_is_logged_link_first(router: Router, clock: ManualClock) -> None:
    router.merge("interface GigabitEthernet0/0/0\n shutdown\n")
    clock.advance(10)
    assert _log(router)[-2:] == [
        "LINK-5-CHANGED: Interface GigabitEthernet0/0/0, changed state to administratively down",
        f"{LINE} changed state to down",
    ]
    assert [m.time - START for m in list(router.log.messages)[-2:]] == [2, 3]


def test_a_cable_is_logged(router: Router, clock: ManualClock) -> None:
    router.chassis.unplug("GigabitEthernet0/0/0")
    clock.advance(10)
    router.chassis.plug("GigabitEthernet0/0/0")
    clock.advance(10)
    assert _log(router)[-4:] == [
        "LINK-3-UPDOWN: Interface GigabitEthernet0/0/0, changed state to down",
        f"{LINE} changed state to down",
        "LINK-3-UPDOWN: Interface GigabitEthernet0/0/0, changed state to up",
        f"{LINE} changed state to up",
    ]


def test_a_new_loopback_comes_up_and_an_old_one_goes(router: Router, clock: ManualClock) -> None:
    router.merge("interface Loopback5\n")
    clock.advance(10)
    assert _log(router)[-1] == (
        "LINEPROTO-5-UPDOWN: Line protocol on Interface Loopback5, changed state to up"
    )
    router.merge("no interface Loopback5\n")
    clock.advance(10)
    assert _log(router)[-2:] == [
        "LINK-5-CHANGED: Interface Loopback5, changed state to administratively down",
        "LINEPROTO-5-UPDOWN: Line protocol on Interface Loopback5, changed state to down",
    ]


def test_what_is_back_before_it_is_told_is_not_logged(router: Router, clock: ManualClock) -> None:
    before = len(_log(router))
    router.chassis.unplug("GigabitEthernet0/0/0")
    router.chassis.plug("GigabitEthernet0/0/0")
    clock.advance(10)
    assert len(_log(router)) == before


def test_nothing_is_logged_by_a_router_that_went_down(router: Router, clock: ManualClock) -> None:
    router.merge("interface GigabitEthernet0/0/0\n shutdown\n")
    log = router.log
    router.stop()
    before = len(log.messages)
    clock.advance(10)
    assert len(log.messages) == before


def test_others_are_told_of_changes(router: Router, clock: ManualClock) -> None:
    told: list[tuple[str, bool]] = []
    router.feature(Interfaces).watch(lambda state: told.append((state.name, state.line_up)))
    router.merge("interface GigabitEthernet0/0/0\n shutdown\n")
    clock.advance(10)
    router.merge("interface GigabitEthernet0/0/0\n no shutdown\n")
    clock.advance(10)
    assert told == [("GigabitEthernet0/0/0", False), ("GigabitEthernet0/0/0", True)]


# ---- counters ----


def test_counters_grow_with_the_time_that_a_line_is_up(router: Router, clock: ManualClock) -> None:
    feature = router.feature(Interfaces)
    assert feature.counters("GigabitEthernet0/0/0").packets_in == 0
    clock.advance(1000)
    first = feature.counters("GigabitEthernet0/0/0")
    clock.advance(1000)
    second = feature.counters("GigabitEthernet0/0/0")
    assert 0 < first.packets_in < second.packets_in
    assert first.bytes_in % first.packets_in == 0
    assert second.packets_in in range(2 * first.packets_in, 2 * first.packets_in + 2)


def test_counters_rest_while_a_line_is_down(router: Router, clock: ManualClock) -> None:
    feature = router.feature(Interfaces)
    clock.advance(100)
    router.chassis.unplug("GigabitEthernet0/0/0")
    stopped = feature.counters("GigabitEthernet0/0/0")
    clock.advance(1000)
    later = feature.counters("GigabitEthernet0/0/0")
    assert later.packets_in == stopped.packets_in
    assert later.packets_in_per_s == 0
    assert feature.counters("GigabitEthernet0/0/1").packets_in == 0


def test_counters_begin_anew_when_they_are_cleared(router: Router, clock: ManualClock) -> None:
    feature = router.feature(Interfaces)
    clock.advance(1000)
    feature.clear_counters("GigabitEthernet0/0/0")
    cleared = feature.counters("GigabitEthernet0/0/0")
    assert (cleared.packets_in, cleared.bytes_out) == (0, 0)
    assert cleared.cleared_at == START + 1000
    assert feature.counters("GigabitEthernet0/0/2").packets_in > 0
    feature.clear_counters()
    assert feature.counters("GigabitEthernet0/0/2").packets_in == 0


def test_traffic_that_happened_is_counted(router: Router) -> None:
    feature = router.feature(Interfaces)
    feature.count("Loopback0", packets_in=5, bytes_in=500, packets_out=4, bytes_out=400)
    found = feature.counters("Loopback0")
    assert (found.packets_in, found.bytes_in) == (5, 500)
    assert (found.packets_out, found.bytes_out) == (4, 400)
    assert found.last_input_s == 0


def test_counters_of_what_is_not_there_are_an_error(router: Router) -> None:
    with pytest.raises(KeyError):
        router.feature(Interfaces).counters("Loopback9")


# ---- addresses and neighbours ----


def test_an_address_finds_its_interface(router: Router) -> None:
    feature = router.feature(Interfaces)
    for address, name in (
        ("192.0.2.9", "GigabitEthernet0/0/0"),
        ("2001:db8::1", "GigabitEthernet0/0/0"),
        ("10.1.1.1", "Loopback0"),
    ):
        found = feature.holder(address)
        assert found is not None
        assert found.name == name
    assert feature.holder("192.0.2.2") is None
    assert feature.holder("192.0.2.9", "RED") is None


def test_the_arp_table_has_own_addresses_and_neighbours(router: Router, clock: ManualClock) -> None:
    feature = router.feature(Interfaces)
    mac = _state(router, "GigabitEthernet0/0/0").mac
    assert [(e.address, e.mac, e.age_s) for e in feature.arp()] == [
        ("192.0.2.1", mac, None),
        ("192.0.2.9", mac, None),
    ]
    router.chassis.network = _Lab()
    clock.advance(120)
    assert [(e.address, e.mac, e.age_s) for e in feature.arp()] == [
        ("192.0.2.1", mac, None),
        ("192.0.2.7", "0011.2233.4455", 120),
        ("192.0.2.9", mac, None),
    ]
