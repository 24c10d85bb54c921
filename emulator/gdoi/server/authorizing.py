"""Who may register: by the address of its IKE, and by what it proved to be."""

from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address

from ...services.access_entries import AccessEntry
from ..ike import IkeAnswer
from ..policy import Authorization


class Authorizer:
    """The lists of a group, arranged so that thousands of lines cost nothing at a registration."""

    __slots__ = ("_hosts", "_identities", "_others", "wanted")

    def __init__(self, wanted: Authorization) -> None:
        self.wanted = wanted
        self._hosts: dict[int, tuple[int, bool]] = {}
        self._others: list[tuple[int, AccessEntry]] = []
        for place, entry in enumerate(wanted.entries):
            end = entry.source
            if end.wildcard == 0 and end.address is not None:
                self._hosts.setdefault(end.address, (place, entry.permits))
            else:
                self._others.append((place, entry))
        self._identities = tuple(_Identity(name) for name in wanted.names)

    def permits_address(self, address: str) -> bool:
        """Whether the list of addresses permits one.

        Without a list, and with one that has no lines, everybody may; as with all lists of IOS.
        """
        if not self.wanted.acl or not self.wanted.entries:
            return True
        try:
            number = int(IPv4Address(address))
        except AddressValueError:
            return False
        first, permits = self._hosts.get(number, (len(self.wanted.entries), False))
        for place, entry in self._others:
            if place > first:
                break
            if entry.source.holds(number):
                return entry.permits
        return permits

    def permits_identity(self, answer: IkeAnswer) -> bool:
        """Whether the list of identities has one; an empty list has none (field report)."""
        if not self.wanted.identity:
            return True
        names = _normal((answer.peer_identity, *answer.peer_names))
        return any(identity.matches(names) for identity in self._identities)

    def described(self, answer: IkeAnswer, address: str) -> str:
        """How the log calls an identity that is not authorized (log of IOS-XE 17.16)."""
        identity = answer.peer_identity
        if "=" in identity and any(one.distinguished for one in self._identities):
            return f"Dist. name: {identity}"
        if "=" in identity or not identity or not _is_name(identity):
            return f"Dist. name parsing failed. Peer Address: {address}"
        return f"FQDN name: {identity}"


class _Identity:
    """A line of a `crypto identity`: parts of a distinguished name, or a host name."""

    __slots__ = ("distinguished", "parts", "suffix")

    def __init__(self, text: str) -> None:
        words = text.split(maxsplit=1)
        if len(words) > 1 and words[0] in ("dn", "fqdn"):
            text = words[1]
        self.distinguished = "=" in text
        self.parts = _normal((text,))
        # a field report has `fqdn *.example.net`
        self.suffix = text.lower()[1:] if text.startswith("*.") else ""

    def matches(self, names: frozenset[str]) -> bool:
        """Whether somebody with these names is meant."""
        if self.suffix:
            return any(name.endswith(self.suffix) for name in names if "=" not in name)
        return self.parts <= names


def _normal(names: Iterable[str]) -> frozenset[str]:
    """Names to compare: distinguished ones in parts, without case and blanks around `=`."""
    found: set[str] = set()
    for name in names:
        if "=" not in name:
            found.add(name.strip().lower())
            continue
        for part in name.split(","):
            key, _, value = part.partition("=")
            found.add(f"{key.strip().lower()}={value.strip().lower()}")
    return frozenset(found)


def _is_name(identity: str) -> bool:
    """Whether an identity is the name of a host, not an address."""
    return ":" not in identity and any(letter.isalpha() for letter in identity)
