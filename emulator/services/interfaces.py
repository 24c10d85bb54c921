"""The interfaces of a router as they are: state, addresses, counters, routes, neighbours.

`router.feature(Interfaces)` gives it; the commands that show interfaces and routes read it:

    all()                       every interface as an `InterfaceState`, in the order of the tables
    get(name)                   one of them by its full name, None if there is none
    counters(name)              its `Counters` since they were cleared
    clear_counters(name)        begin them anew; without a name those of all interfaces
    count(name, …)              add traffic that really happened
    routes(vrf), routes6(vrf)   the routing table as `Route`s; the empty name is the global table
    lookup(address, vrf)        the route to an address, of either family, or None
    arp(vrf)                    the ARP table as `ArpEntry`s
    holder(address, vrf)        the interface that has an IPv4 or IPv6 address, or None
    vrfs()                      the names of all VRFs, in their order
    networks()                  which networks are configured, by VRF, to find overlaps
    watch(changed)              call `changed(state)` when a line protocol goes up or down

Cables and what is at their other ends belong to the chassis: `router.chassis.unplug(name)`,
`router.chassis.network`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from ..clock import Timer
from ..config.store import Block, Change, Entry
from ..feature import Feature
from .connected import ConnectedNetworks
from .interface_state import InterfaceState
from .interface_traffic import Counters, Traffic
from .interface_view import InterfaceReader, listing_order
from .routes import Route, Table, ipv4_table, ipv6_table

if TYPE_CHECKING:
    from ..device import Router

LINK_DELAY_S = 2.0
"""How long IOS waits before it tells of a change (the default `carrier-delay`)."""
LINE_PROTOCOL_DELAY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpEntry:
    """A line of the ARP table; `age_s` is None for an address of the router itself."""

    address: str
    mac: str
    interface: str
    vrf: str
    age_s: float | None


@dataclass(slots=True)
class _Seen:
    """What was last known of an interface; `up_s` is how long it had been up before `since`."""

    shutdown: bool
    connected: bool
    line_up: bool
    since: float
    up_s: float = 0.0


class Interfaces(Feature):
    """Follows the configuration of interfaces, and the cables."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._reader = InterfaceReader(router, self._changed_at)
        self._methods: dict[str, str] = {}
        self._seen: dict[str, _Seen] = {}
        self._traffic: dict[str, Traffic] = {}
        self._states: list[InterfaceState] = []
        self._by_name: dict[str, InterfaceState] = {}
        self._states_of: tuple[int, int] = (-1, -1)
        self._tables: dict[tuple[str, int], Table] = {}
        self._dirty_at: float | None = None
        self._timers: list[Timer] = []
        self._networks: ConnectedNetworks | None = None
        self._watchers: list[Callable[[InterfaceState], None]] = []
        self._unwatch = router.chassis.watch(self._cables_changed)

    # ---- what others ask ----

    def all(self) -> list[InterfaceState]:
        """Every interface, in the order in which tables list them: the hardware first."""
        self._observe()
        self._read()
        return self._states

    def get(self, name: str) -> InterfaceState | None:
        """The interface with this full name."""
        self.all()
        return self._by_name.get(name)

    def counters(self, name: str) -> Counters:
        """What has passed an interface since its counters were cleared; KeyError without one."""
        state = self.get(name)
        if state is None:
            raise KeyError(name)
        now = self.router.clock.now()
        return self._traffic_of(name).counters(state, self._up_s(name, now), now)

    def clear_counters(self, name: str | None = None) -> None:
        """Begin to count anew."""
        now = self.router.clock.now()
        for state in self.all():
            if name in (None, state.name):
                self._traffic_of(state.name).clear(state, self._up_s(state.name, now), now)

    def count(
        self,
        name: str,
        *,
        packets_in: int = 0,
        bytes_in: int = 0,
        packets_out: int = 0,
        bytes_out: int = 0,
    ) -> None:
        """Add traffic that really happened to the counters of an interface."""
        now = self.router.clock.now()
        self._traffic_of(name).add(packets_in, bytes_in, packets_out, bytes_out, now)

    def routes(self, vrf: str = "") -> list[Route]:
        """The IPv4 routes of a VRF by network."""
        return self._table(vrf, 4).routes()

    def routes6(self, vrf: str = "") -> list[Route]:
        """The IPv6 routes of a VRF by network."""
        return self._table(vrf, 6).routes()

    def lookup(self, address: str, vrf: str = "") -> Route | None:
        """The route to an address; ValueError if it is none."""
        parsed = ip_address(address)
        return self._table(vrf, parsed.version).lookup(parsed)

    def arp(self, vrf: str = "") -> list[ArpEntry]:
        """The ARP table of a VRF by address: own addresses, and neighbours that answer."""
        found: list[ArpEntry] = []
        network = self.router.chassis.network
        now = self.router.clock.now()
        for state in self.all():
            if not state.line_up or state.vrf != vrf or not state.mac or state.unnumbered:
                continue
            found += [_own(state, str(own.ip)) for own in state.ipv4]
            if network is None or not state.ipv4:
                continue
            for peer in network.peers(self.router, state.name):
                entry = ArpEntry(
                    address=peer.address,
                    mac=peer.mac,
                    interface=state.name,
                    vrf=vrf,
                    age_s=now - peer.learned_at,
                )
                found.append(entry)
        return sorted(found, key=lambda entry: int(ip_address(entry.address)))

    def holder(self, address: str, vrf: str = "") -> InterfaceState | None:
        """The interface that has `address` itself."""
        wanted = ip_address(address)
        for state in self.all():
            if state.vrf == vrf and not state.unnumbered:
                if any(own.ip == wanted for own in state.ipv4):
                    return state
                if any(own.ip == wanted for own in state.ipv6):
                    return state
        return None

    def networks(self) -> ConnectedNetworks:
        """The networks of the interfaces as they are configured, up or down."""
        if self._networks is None:
            self._networks = ConnectedNetworks(self.router.config.root)
        return self._networks

    def vrfs(self) -> list[str]:
        """The names of all VRFs, by name."""
        root = self.router.config.root
        return sorted(
            str(e["vrf"]) for name in ("vrf definition", "ip vrf") for e in root.all(name)
        )

    def watch(self, changed: Callable[[InterfaceState], None]) -> None:
        """Have `changed` called with the new state when a line protocol goes up or down."""
        self._watchers.append(changed)

    # ---- events ----

    def config_changed(self, change: Change) -> None:
        """Remember how addresses were set, and look again at the lines."""
        owner = change.owners[0] if change.owners else change.entry
        if owner.setting.name != "interface":
            return
        if change.owners and change.name == "ip address":
            self._address_set(str(owner["name"]), change)
        if self._networks is not None:
            self._networks.touch(str(owner["name"]))
        if not change.owners and change.after is None:
            self._methods.pop(str(owner["name"]), None)
        self._mark()

    def booted(self) -> None:
        """From now on changes are told."""
        self._dirty_at = None
        now = self.router.clock.now()
        for entry in self.router.config.root.all("interface"):
            self._seen[str(entry["name"])] = self._look(entry, now)

    def stopped(self) -> None:
        """The router goes down."""
        self._unwatch()
        for timer in self._timers:
            timer.cancel()

    def _cables_changed(self) -> None:
        self._mark()

    def _mark(self) -> None:
        """Something may have changed: look when somebody asks, and before it is told."""
        if not self.router.running or self._dirty_at is not None:
            return
        now = self.router.clock.now()
        self._dirty_at = now
        self._call(now + LINK_DELAY_S, self._observe)

    def _call(self, when: float, callback: Callable[[], None]) -> None:
        def run() -> None:
            self._timers.remove(timer)
            callback()

        timer = self.router.clock.call_at(when, run)
        self._timers.append(timer)

    def _address_set(self, name: str, change: Change) -> None:
        after = change.after
        text = after.text if after is not None else ""
        if change.before is None and text == "no ip address":
            return
        method = "NVRAM" if self.router.loading else "manual"
        if text.startswith("ip address dhcp"):
            method = "DHCP"
        elif text.startswith("ip address negotiated"):
            method = "IPCP"
        elif text.startswith("ip unnumbered"):
            method = "unset"
        self._methods[name] = method

    # ---- what is known ----

    def _look(self, entry: Entry, now: float) -> _Seen:
        shutdown, connected, line_up = self._reader.link(entry)
        return _Seen(shutdown, connected, line_up, now)

    def _observe(self) -> None:
        """Compare with what was known, and tell of the differences."""
        if self._dirty_at is None:
            return
        at, self._dirty_at = self._dirty_at, None
        known, self._seen = self._seen, {}
        changed: list[str] = []
        for entry in self.router.config.root.all("interface"):
            name = str(entry["name"])
            new = self._look(entry, at)
            old = known.get(name)
            self._seen[name] = new if old is None else _continued(old, new)
            self._tell(name, old, new, at)
            if new.line_up != (old is not None and old.line_up):
                changed.append(name)
        gone = _Seen(shutdown=True, connected=False, line_up=False, since=at)
        for name in sorted(known.keys() - self._seen.keys()):
            self._traffic.pop(name, None)
            self._tell(name, known[name], gone, at)
        self._notify(changed)

    def _tell(self, name: str, old: _Seen | None, new: _Seen, at: float) -> None:
        """Log a change as IOS does: first the link, then the line protocol."""
        was = old or _Seen(shutdown=False, connected=False, line_up=False, since=at)
        if "." in name:
            return
        if new.shutdown and not was.shutdown:
            text = f"Interface {name}, changed state to administratively down"
            self._log_at(at + LINK_DELAY_S, "LINK", 5, "CHANGED", text)
        elif not new.shutdown and self._link_told(name, old, new):
            text = f"Interface {name}, changed state to {_word(new.connected)}"
            self._log_at(at + LINK_DELAY_S, "LINK", 3, "UPDOWN", text)
        if new.line_up != was.line_up:
            text = f"Line protocol on Interface {name}, changed state to {_word(new.line_up)}"
            later = at + LINK_DELAY_S + LINE_PROTOCOL_DELAY_S
            self._log_at(later, "LINEPROTO", 5, "UPDOWN", text)

    def _link_told(self, name: str, old: _Seen | None, new: _Seen) -> bool:
        """Whether a link that is not shut down has changed: only ports lose their carrier."""
        if old is None:
            return False
        port = name in self.router.platform.hardware.interfaces
        return old.shutdown or (port and old.connected != new.connected)

    def _log_at(self, when: float, facility: str, severity: int, mnemonic: str, text: str) -> None:
        add = self.router.log.add
        if when <= self.router.clock.now():
            add(facility, severity, mnemonic, text)
            return
        self._call(when, lambda: add(facility, severity, mnemonic, text))

    def _notify(self, names: list[str]) -> None:
        if not self._watchers or not names:
            return
        self._read()
        for name in names:
            for watcher in self._watchers:
                watcher(self._by_name[name])

    def _read(self) -> None:
        """Make the states anew if the configuration or a cable changed since they were made."""
        current = (self.router.config.edits, self.router.chassis.version)
        if current == self._states_of:
            return
        entries = self.router.config.root.all("interface")
        states = [self._reader.state(entry, self._method(entry)) for entry in entries]
        states.sort(key=lambda state: listing_order(self.router.platform, state.name))
        self._states = states
        self._by_name = {state.name: state for state in states}
        self._states_of = current
        self._tables.clear()

    def _method(self, entry: Entry) -> str:
        return self._methods.get(str(entry["name"]), "unset")

    def _changed_at(self, name: str) -> float:
        seen = self._seen.get(name)
        return seen.since if seen else self.router.booted_at

    def _up_s(self, name: str, now: float) -> float:
        """Seconds that the line has been up since the boot."""
        seen = self._seen.get(name)
        if seen is None:
            return 0.0
        return seen.up_s + (now - seen.since if seen.line_up else 0.0)

    def _traffic_of(self, name: str) -> Traffic:
        found = self._traffic.get(name)
        if found is None:
            found = self._traffic[name] = Traffic(self.router.chassis, name)
        return found

    def _table(self, vrf: str, version: int) -> Table:
        """A routing table; it is made once for each state of the configuration and the cables."""
        states, root = self.all(), self.router.config.root
        found = self._tables.get((vrf, version))
        if found is None:
            if version == 4:
                found = ipv4_table(vrf, states, _static_routes(root, "ip route"))
            else:
                found = ipv6_table(vrf, states, _static_routes(root, "ipv6 route"))
            self._tables[vrf, version] = found
        return found


def _static_routes(root: Block, name: str) -> list[Entry]:
    return [entry for entry in root.all(name) if not entry.negated]


def _continued(old: _Seen, new: _Seen) -> _Seen:
    """What is new, with the time that the line had been up before."""
    if new.line_up == old.line_up:
        new.since, new.up_s = old.since, old.up_s
    else:
        new.up_s = old.up_s + (new.since - old.since if old.line_up else 0.0)
    return new


def _own(state: InterfaceState, address: str) -> ArpEntry:
    return ArpEntry(address=address, mac=state.mac, interface=state.name, vrf=state.vrf, age_s=None)


def _word(up: bool) -> str:
    return "up" if up else "down"
