"""The pre-shared keys of IKE version 1: global ones and those of keyrings, found by peer.

The longest match counts: an address before a name that `ip host` gives to it, a name before a
network. Of equal matches that of the global configuration comes first, then the keyrings in the
order of the configuration. That global keys serve peers of the global VRF only, and that a router
looks into all keyrings of a VRF as long as no profile names some, follows Cisco's description of
profiles and keyrings.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from ..gdoi.ike import secret_digest
from ..services.interfaces import Interfaces
from ..settings.preshared import clear_key

if TYPE_CHECKING:
    from ..device import Router

GLOBAL = ""
DEFAULT_RING = "default"
"""How profiles call the global keys."""
_BITS = {4: 32, 6: 128}
_SETTINGS = {
    GLOBAL: ("crypto isakmp key", "crypto isakmp key ipv6", "crypto isakmp key hostname"),
    "keyring": (
        "pre-shared-key address",
        "pre-shared-key address ipv6",
        "pre-shared-key hostname",
    ),
}


def parsed(address: str) -> IPv4Address | IPv6Address | None:
    """An address, None for what is none."""
    try:
        return ip_address(address)
    except ValueError:
        return None


class ByAddress:
    """Entries by network; finds that with the longest prefix which holds an address."""

    __slots__ = ("_by_mask",)

    def __init__(self) -> None:
        self._by_mask: dict[int, dict[int, dict[int, Entry]]] = {4: {}, 6: {}}

    def add(self, network: str, entry: Entry) -> None:
        """Put in an entry for `address/mask` or `prefix/length`; what is none is left out."""
        try:
            found = ip_network(network, strict=False)
        except ValueError:
            return
        here = self._by_mask[found.version].setdefault(int(found.netmask), {})
        here.setdefault(int(found.network_address), entry)

    def find(self, address: IPv4Address | IPv6Address) -> tuple[int, Entry] | None:
        """The length of the longest prefix, and its entry."""
        here, number = self._by_mask[address.version], int(address)
        for mask in sorted(here, reverse=True):
            entry = here[mask].get(number & mask)
            if entry is not None:
                return mask.bit_count(), entry
        return None


class Ring:
    """One keyring, or the global keys: a VRF, the local address that it is for, and its keys."""

    __slots__ = ("_by_address", "_by_host", "local", "name", "vrf")

    def __init__(self, name: str, vrf: str, local: str, block: Block) -> None:
        self.name = name
        self.vrf = vrf
        self.local = local
        self._by_address = ByAddress()
        self._by_host: dict[str, Entry] = {}
        v4, v6, host = _SETTINGS["keyring" if name else GLOBAL]
        for entry in block.entries.values():
            kind = entry.setting.name
            if kind == v4:
                self._by_address.add(f"{entry['address']}/{entry['mask']}", entry)
            elif kind == v6:
                self._by_address.add(str(entry["prefix"]), entry)
            elif kind == host:
                self._by_host[str(entry["host"]).lower()] = entry

    def find(
        self, address: IPv4Address | IPv6Address, names: tuple[str, ...]
    ) -> tuple[int, Entry] | None:
        """How well the best key matches, and the key: networks by length, names, addresses."""
        found, bits = self._by_address.find(address), _BITS[address.version]
        if found is not None and found[0] == bits:
            return bits + 1, found[1]
        host = next((self._by_host[name] for name in names if name in self._by_host), None)
        return (bits, host) if host is not None else found


class Secrets:
    """The keys of a router as it is configured now."""

    __slots__ = ("_digests", "_names", "_rings", "_router")

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._digests: dict[int, bytes] = {}
        self._rings = list(_rings(router))
        self._names = _names(router)

    def find(self, peer: str, *, local: str, vrf: str = "", rings: tuple[str, ...] = ()) -> bytes:
        """The digest of the key for a peer, empty without one.

        `rings` are the keyrings that a profile names; without any all of the VRF count.
        """
        address = parsed(peer)
        if address is None:
            return b""
        names = self._names.get((vrf, peer), ())
        best: tuple[int, Entry] | None = None
        for ring in self._rings:
            if ring.vrf != vrf or ring.local not in ("", local):
                continue
            if rings and (ring.name or DEFAULT_RING) not in rings:
                continue
            found = ring.find(address, names)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        return self.digest(best[1]) if best is not None else b""

    def digest(self, entry: Entry) -> bytes:
        """What stands for the key of an entry; empty when the master key does not open it."""
        known = self._digests.get(id(entry))
        if known is None:
            key = clear_key(self._router, entry)
            known = self._digests[id(entry)] = secret_digest(key) if key is not None else b""
        return known


def _rings(router: "Router") -> Iterator[Ring]:
    root = router.config.root
    yield Ring(GLOBAL, "", "", root)
    for entry in root.all("crypto keyring"):
        block = entry.block
        if block is not None:
            local = local_address(router, block.find("local-address"))
            yield Ring(str(entry["name"]), str(entry.get("vrf") or ""), local, block)


def local_address(router: "Router", entry: Entry | None) -> str:
    """The address that `local-address` limits something to; empty without the line."""
    if entry is None:
        return ""
    if entry.get("address"):
        return str(entry["address"])
    state = router.feature(Interfaces).get(str(entry.get("interface")))
    return str(state.ipv4[0].ip) if state is not None and state.ipv4 else "none"


def _names(router: "Router") -> dict[tuple[str, str], tuple[str, ...]]:
    """The names that `ip host` gives to addresses, by VRF and address."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    root = router.config.root
    for setting in ("ip host", "ip host vrf"):
        for entry in root.all(setting):
            vrf = str(entry.get("vrf") or "")
            for address in entry.get("addresses") or ():
                key = (vrf, str(address))
                found[key] = (*found.get(key, ()), str(entry["name"]).lower())
    return found
