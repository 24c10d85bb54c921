"""Where a member is attached: its crypto maps, its interfaces, and whence it registers."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final, Literal

from ...parsers.config import CryptoMap, CryptoMapEntry, DeviceConfig, GroupMemberConfig, Interface
from .ledger import Ledger
from .reading import Found

Family = Literal["ipv4", "ipv6"]
FAMILIES: Final[tuple[Family, ...]] = ("ipv4", "ipv6")
_NEVER_LAN: Final = ("Tunnel", "Virtual", "Loopback", "Null", "Dialer", "Async", "NVI", "vasi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """The crypto maps of a member, by family, and the interfaces where they stand.

    `entries` are the entries of these maps by family and group, as the member calls it.
    """

    found: Found
    maps: dict[Family, CryptoMap] = field(default_factory=dict)
    entries: dict[tuple[Family, str], CryptoMapEntry] = field(default_factory=dict)
    interfaces: tuple[str, ...] = ()

    @property
    def local_interface(self) -> str | None:
        """The interface whose address the maps use, None for that where they stand."""
        said = [each.local_address for each in self.maps.values()]
        return next((each for each in said if each is not None), None)

    def source(self, view: GroupMemberConfig) -> str | None:
        """The interface from which the member registers in a group, None where it is not known."""
        first = self.interfaces[0] if self.interfaces else None
        return view.registration_interface or self.local_interface or first

    def address(self, view: GroupMemberConfig) -> IPv4Address | None:
        """The address from which it registers, None where it is not known."""
        return address_of(self.found.config, self.source(view))


def attachment(found: Found, ledger: Ledger) -> Attachment:
    """How a member is attached: of several maps of one family the first applied one counts."""
    config = found.config
    groups = {view.group for view in config.group_members}
    maps: dict[Family, CryptoMap] = {}
    for family in FAMILIES:
        fit = [
            each
            for each in config.crypto_maps
            if each.family == family and any(entry.group in groups for entry in _gdoi(each))
        ]
        fit.sort(key=lambda each: not each.interfaces)
        if fit:
            maps[family] = fit[0]
        for each in fit[1:]:
            ledger.left_out(found, each.line, f"a member has one crypto map, here {fit[0].name}")
    entries: dict[tuple[Family, str], CryptoMapEntry] = {}
    for family, each in maps.items():
        for entry in _gdoi(each):
            if entry.group is not None and entry.group in groups:
                entries.setdefault((family, entry.group), entry)
    names = dict.fromkeys(name for each in maps.values() for name in each.interfaces)
    known = [name for name in config.interfaces if name in names]
    known.sort(key=lambda name: config.interfaces[name].shutdown)
    return Attachment(found=found, maps=maps, entries=entries, interfaces=tuple(known))


def _gdoi(each: CryptoMap) -> list[CryptoMapEntry]:
    return [entry for entry in each.entries if entry.kind == "gdoi"]


def address_of(config: DeviceConfig, interface: str | None) -> IPv4Address | None:
    """The address of an interface, None where it has none that is written down."""
    view = config.interfaces.get(interface or "")
    return view.addresses[0].ip if view is not None and view.addresses else None


def site_interfaces(found: Found, outer: tuple[str, ...], vrf: str | None) -> list[Interface]:
    """The interfaces towards the site: those that have an address, or clamp TCP segments.

    Loopbacks and tunnels are none, unless they clamp; neither are those of other VRFs.
    """
    kept = []
    for name, view in found.config.interfaces.items():
        clamps = view.tcp_adjust_mss is not None or view.ipv6_adjust_mss is not None
        attached = bool(view.addresses or view.ipv6_addresses) and not view.shutdown
        real = not name.startswith(_NEVER_LAN)
        if name not in outer and view.vrf == vrf and (clamps or (attached and real)):
            kept.append(view)
    return kept
