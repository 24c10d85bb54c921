"""The access lists of a configuration, and what they permit."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from ..config.store import Block, Entry
from .access_entries import AccessEntry

STANDARD, EXTENDED, IPV6 = "standard", "extended", "ipv6"
IPV4_LISTS = ((STANDARD, "ip access-list standard"), (EXTENDED, "ip access-list extended"))
_LISTS = (*IPV4_LISTS, (IPV6, "ipv6 access-list"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessList:
    """A list: `kind` is standard, extended or ipv6; `entries` are its lines by sequence number.

    Remarks are left out.
    """

    name: str
    kind: str
    entries: tuple[tuple[int, AccessEntry], ...]

    def permits(self, source: int, destination: int = 0) -> bool:
        """Whether a packet between two addresses (as numbers) passes, whatever it carries.

        Entries with a protocol or ports are passed over; a list without entries permits.
        """
        if not self.entries:
            return True
        for _, entry in self.entries:
            if entry.protocol not in ("ip", "ipv6") or not entry.source.holds(source):
                continue
            if entry.destination is None or entry.destination.holds(destination):
                return entry.permits
        return False


def place(entry: Entry) -> tuple[int, int]:
    """Where a line stands in its list; a remark without a number stands behind an entry."""
    sequence = entry["sequence"]
    return sequence if isinstance(sequence, tuple) else (int(sequence), 0)


def lines(block: Block | None) -> list[Entry]:
    """The lines of a list in their order, remarks among them."""
    return sorted(block.entries.values(), key=place) if block is not None else []


def list_order(entry: Entry) -> tuple[bool, bool, int, str]:
    """Sort key of lists: standard before extended ones, numbers before names."""
    name = str(entry["acl"])
    extended = entry.setting.name.endswith(EXTENDED)
    number = int(name) if name.isdecimal() else 0
    return (extended, not name.isdecimal(), number, name)


def access_lists(root: Block) -> list[AccessList]:
    """All lists, those of IPv4 first, in the order in which IOS shows them."""
    found: list[AccessList] = []
    for kind, setting in _LISTS:
        entries = sorted(root.all(setting), key=list_order)
        found += [_list(entry, kind) for entry in entries]
    return found


def access_list(root: Block, name: str, *, ipv6: bool = False) -> AccessList | None:
    """The list `name` (a number is written as text); None if there is none."""
    for kind, setting in _LISTS:
        entry = root.find(setting, name)
        if entry is not None and (kind == IPV6) == ipv6:
            return _list(entry, kind)
    return None


def _list(entry: Entry, kind: str) -> AccessList:
    found = [(place(line)[0], line["ace"]) for line in lines(entry.block) if line.get("ace")]
    return AccessList(name=str(entry["acl"]), kind=kind, entries=tuple(found))


def permits_source(root: Block, name: str, source: str) -> bool:
    """Whether the IPv4 list `name` permits a source address; a list that is not there permits.

    An address of IPv6 passes only a list that is not there.
    """
    found = access_list(root, name)
    if found is None or not found.entries:
        return True
    return "." in source and found.permits(int(IPv4Address(source)))
