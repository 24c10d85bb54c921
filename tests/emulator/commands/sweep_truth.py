"""What a router truly has, by name: what may stand behind the keywords of a command."""

from collections.abc import Callable
from functools import cached_property

from getvpn.emulator.config.store import Entry
from getvpn.emulator.grammar.arguments import Kind
from getvpn.emulator.services.access_lists import access_lists
from getvpn.emulator.services.interface_state import InterfaceState
from getvpn.emulator.services.interfaces import Interfaces

from .readers import Bench
from .sweep_routers import NEIGHBOURS

NOWHERE = "203.0.113.200"
SITE = "203.0.113.77"
"""The peer of the crypto map of a member."""
SETTINGS = {
    "certificates": "crypto pki trustpoint",
    "verbose": "crypto pki trustpoint",
    "pem": "crypto pki trustpoint",
    "trustpoints": "crypto pki trustpoint",
    "server": "crypto pki server",
    "isakmp profile": "crypto isakmp profile",
    "ikev2 profile": "crypto ikev2 profile",
    "ikev2 proposal": "crypto ikev2 proposal",
    "ikev2 policy": "crypto ikev2 policy",
    "transform-set": "crypto ipsec transform-set",
    "ipsec profile": "crypto ipsec profile",
    "dynamic-map tag": "crypto dynamic-map",
    "map tag": "crypto map",
    "gdoi group": "crypto gdoi group",
    "gkm group": "crypto gdoi group",
    "sa map": "crypto map",
    "fail-close": "crypto map",
    "route-map": "route-map",
    "class-map": "class-map",
    "policy-map": "policy-map",
    "ip prefix-list": "ip prefix-list",
    "ipv6 prefix-list": "ipv6 prefix-list",
    "chain": "key chain",
    "eigrp": "router eigrp",
    "ospf": "router ospf",
    "bgp": "router bgp",
    "track": "track",
    "statistics": "ip sla",
    "configuration": "ip sla",
    "dhcp pool": "ip dhcp pool",
}
"""Which settings' names stand behind a keyword, or behind two."""
SAMPLES = {
    "data": ["ABCD"],
    "first": ["1"],
    "last": ["3"],
    "group": ["239.1.1.1"],
    "mask": ["255.255.255.0"],
    "mode": ["exec"],
    "number": ["0"],
    "port": ["33434"],
    "probes": ["2"],
    "repeat": ["3"],
    "size": ["200"],
    "source": ["Loopback0"],
    "timeout": ["1"],
    "wait": ["1"],
}
"""Values that need not be of the router."""
NOT_TYPED = frozenset({"entry", "expected", "second"})
"""What nobody has a parser for: neighbours that do not exist, check sums, a second file."""


class Truth:
    """The names, addresses and numbers of a router."""

    def __init__(self, bench: Bench) -> None:
        self.router = bench.router
        self.interfaces = bench.router.feature(Interfaces)

    @cached_property
    def states(self) -> dict[str, InterfaceState]:
        """The interfaces by name."""
        return {state.name: state for state in self.interfaces.all()}

    @cached_property
    def addresses(self) -> list[str]:
        """Its own addresses of IPv4."""
        return [str(own.ip) for state in self.states.values() for own in state.ipv4]

    @cached_property
    def addresses6(self) -> list[str]:
        """Its own addresses of IPv6."""
        return [str(own.ip).upper() for state in self.states.values() for own in state.ipv6]

    def names(self, setting: str) -> list[str]:
        """The names of the entries of a setting."""
        entries = self.router.config.root.all(setting)
        found = {str(entry[entry.setting.identity[0]]): None for entry in entries}
        return list(found)

    def lists(self, *kinds: str) -> list[str]:
        """The names of access lists of these kinds; of all kinds if none is given."""
        found = access_lists(self.router.config.root)
        return [acl.name for acl in found if not kinds or acl.kind in kinds]

    def lists_shown(self, keywords: tuple[str, ...], acl: str) -> list[str]:
        """The names of the access lists that a command shows, all or the one `acl`."""
        kinds = {"ip": ["standard", "extended"], "ipv6": ["ipv6"]}.get(keywords[1], [])
        return [name for name in self.lists(*kinds) if acl in ("", name)]

    def labels(self) -> list[str]:
        """The labels of the key pairs."""
        return [pair.label for pair in self.router.keys.pairs()]

    def argument(self, name: str, kind: Kind, keywords: tuple[str, ...]) -> list[str]:
        """True values for an argument behind `keywords`; LookupError if nothing is known of it."""
        if kind.name in ("ipv4", "ipv6") and name not in SAMPLES:
            return self._hosts(kind.name, peer=name == "peer", crypto="crypto" in keywords)
        if kind.name in ("ipv4_prefix", "ipv6_prefix"):
            return self._prefixes(kind.name)
        made: dict[str, Callable[[], list[str]]] = {
            "interface": lambda: list(self.states),
            "mac": lambda: [s.mac for s in self.states.values() if s.ipv4 and s.mac][:1],
            "path": lambda: ["nvram:startup-config"],
            "vrf": self.interfaces.vrfs,
            "acl": lambda: self.lists(*(["ipv6"] if "ipv6" in keywords else [])),
            "label": self.labels,
            "destination": lambda: self._destinations(six="ipv6" in keywords),
        }
        if name in NOT_TYPED or keywords[-1] in NOT_TYPED:
            return []
        for key in (kind.name, name):
            if key in made:
                return made[key]()
        for at in range(len(keywords), 0, -1):
            for words in (keywords[max(0, at - 2) : at], keywords[at - 1 : at]):
                if " ".join(words) in SETTINGS:
                    return self.names(SETTINGS[" ".join(words)])
        return SAMPLES[name]

    def _destinations(self, *, six: bool) -> list[str]:
        """What answers pings, and what does not."""
        return self._hosts("ipv6") if six else [*self._hosts("ipv4"), NOWHERE]

    def lines_of(self, interface: str) -> list[Entry]:
        """The configuration of an interface."""
        entry = self.router.config.root.find("interface", interface)
        return list(entry.block.entries.values()) if entry is not None and entry.block else []

    def _hosts(self, kind: str, *, peer: bool = False, crypto: bool = False) -> list[str]:
        """An address of the router and one of a neighbour, or that of a peer."""
        if peer and kind == "ipv4":
            return [SITE if crypto else NEIGHBOURS[0]]
        if kind == "ipv6":
            return self.addresses6[:1]
        return self.addresses[:1] + [each for each in NEIGHBOURS[:1] if self.addresses]

    def _prefixes(self, kind: str) -> list[str]:
        for state in self.states.values():
            for own in state.ipv4 if kind == "ipv4_prefix" else state.ipv6:
                return [str(own.network).upper()]
        return []
