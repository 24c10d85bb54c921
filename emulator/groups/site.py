"""A router as a site: what is behind it, and through which interface its traffic goes."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..gdoi.member.group import MemberGroup
from ..gdoi.passage import Deed, Handled
from ..gdoi.traffic import Door
from ..services.access_hits import AccessHits
from ..services.access_lists import access_list
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..services.reach import learned, routed
from .feature import Gdoi
from .ipsec_tables import IpsecTables

if TYPE_CHECKING:
    from ..device import Router

T = TypeVar("T")
MANAGEMENT = "GigabitEthernet0"
LOOPBACK = "Loopback"
MOST_KNOWN: Final = 20_000
_UNKNOWN: Any = object()


class RouterSite:
    """A router of a lab as traffic sees it. While it is down it has no way in or out.

    `vrf` is where the traffic is, None for the first VRF that has a route for it. What follows from
    the configuration and the cables is worked out once for each state of them.
    """

    def __init__(self, router: "Router", vrf: str | None = None) -> None:
        self.router = router
        self.name = router.name
        self._vrf = vrf
        self._known: dict[tuple[str, int, bool], Any] = {}
        self._known_of: tuple[object, int, int, bool] | None = None

    def inside(self, *, ipv6: bool = False) -> int | None:
        """The first address of an interface without a crypto map; a loopback's comes last."""
        if not self.router.running:
            return None
        return self._once("address", 0, ipv6, self._find_address)

    def door(self, address: int, *, ipv6: bool = False) -> Door | None:
        """The interface of the route to an address, and the members on it."""
        state = self._outside(address, ipv6=ipv6)
        if state is None:
            return None
        name = state.name
        members = [
            each
            for each in self.members()
            if name == each.policy.interface or name in each.policy.also
        ]
        return Door(name, members, state.ip_mtu)

    def segment(self, address: int, *, ipv6: bool = False) -> int | None:
        """What `ip tcp adjust-mss` says on the interfaces that a connection passes here."""
        return self._once("segment", address, ipv6, self._segment)

    def members(self) -> Sequence[MemberGroup]:
        """The groups that it is a member of."""
        return self.router.feature(Gdoi).members if self.router.running else ()

    def count(self, handled: Handled, packets: int) -> None:
        """Count packets in the flows of IPsec, or at the line of the own list that exempts them."""
        if handled.deed is Deed.EXEMPTED:
            self._hit(handled, packets)
        else:
            self.router.feature(IpsecTables).note(handled, packets)

    def feed(self, source: Callable[[], None]) -> Callable[[], None]:
        """Have `source` called before anybody reads the flows or the lines of access lists."""
        hits = self.router.feature(AccessHits).sources
        end = self.router.feature(IpsecTables).feed(source)
        hits.append(source)

        def ends() -> None:
            end()
            hits.remove(source)

        return ends

    def _hit(self, handled: Handled, packets: int) -> None:
        policy, router, line = handled.member.policy, self.router, handled.line
        found = access_list(router.config.root, policy.local_acl, ipv6=policy.ipv6)
        for sequence, entry in found.entries if found is not None else ():
            if entry == line:
                hits = router.feature(AccessHits)
                hits.count(policy.local_acl, sequence, packets, ipv6=policy.ipv6)
                return

    def _once(self, what: str, address: int, ipv6: bool, find: Callable[[int, bool], T]) -> T:
        """What `find` gives, which holds until something is configured or a cable moves."""
        config = self.router.config
        state = (config, config.edits, self.router.chassis.version, self.router.running)
        if state != self._known_of:
            self._known_of = state
            self._known.clear()
        elif len(self._known) > MOST_KNOWN:
            self._known.clear()
        place = (what, address, ipv6)
        found: T = self._known.get(place, _UNKNOWN)
        if found is _UNKNOWN:
            # to find it may ask for more, and begin anew
            found = find(address, ipv6)
            self._known[place] = found
        return found

    def _segment(self, address: int, ipv6: bool) -> int | None:
        passed = (self._inside(ipv6=ipv6), self._outside(address, ipv6=ipv6))
        name, root = f"{'ipv6' if ipv6 else 'ip'} tcp adjust-mss", self.router.config.root
        entries = [root.find("interface", state.name) for state in passed if state is not None]
        found = [entry.block.value(name, "bytes") for entry in entries if entry and entry.block]
        return min((int(size) for size in found if size is not None), default=None)

    def _inside(self, *, ipv6: bool) -> InterfaceState | None:
        if not self.router.running:
            return None
        return self._once("inside", 0, ipv6, self._find_inside)

    def _find_address(self, _: int, ipv6: bool) -> int | None:
        state = self._inside(ipv6=ipv6)
        if state is None:
            return None
        own = state.ipv6 if ipv6 else state.ipv4
        return int(own[0].ip)

    def _find_inside(self, _: int, ipv6: bool) -> InterfaceState | None:
        outside = {name for member in self.members() for name in _interfaces(member)}
        loopback: InterfaceState | None = None
        for state in self.router.feature(Interfaces).all():
            own = state.ipv6 if ipv6 else state.ipv4
            if not state.line_up or not own or state.name in outside or state.name == MANAGEMENT:
                continue
            if not state.name.startswith(LOOPBACK):
                return state
            loopback = loopback or state
        return loopback

    def _outside(self, address: int, *, ipv6: bool) -> InterfaceState | None:
        if not self.router.running:
            return None
        return self._once("outside", address, ipv6, self._find_outside)

    def _find_outside(self, address: int, ipv6: bool) -> InterfaceState | None:
        wanted = str(IPv6Address(address) if ipv6 else IPv4Address(address))
        interfaces = self.router.feature(Interfaces)
        vrfs = ("", *interfaces.vrfs()) if self._vrf is None else (self._vrf,)
        for vrf in dict.fromkeys(vrfs):
            route = interfaces.lookup(wanted, vrf)
            state = interfaces.get(route.through) if route is not None else None
            if state is not None and _leaves(state, ipv6=ipv6):
                return state
        if "" in vrfs and routed(self.router):
            return learned(self.router, ipv6=ipv6)
        return None


def _leaves(state: InterfaceState, *, ipv6: bool) -> bool:
    return state.line_up and bool(state.ipv6 if ipv6 else state.ipv4)


def _interfaces(member: MemberGroup) -> tuple[str, ...]:
    return (member.policy.interface, *member.policy.also)
