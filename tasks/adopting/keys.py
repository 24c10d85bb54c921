"""The pre-shared keys of configurations: for whom they are, where they stand, and what they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from ...inventory.secrets import Secret
from ...parsers.config import ConfigLine, Ikev2Peer, IsakmpKey
from .reading import Found

_TYPES: Final = ("0", "6")
_PEERS: Final = ("address", "hostname")
_ENCRYPTED: Final = "6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key for a peer, or for all in a network.

    `peer` is the host name that it is for, or the name of its block in an IKEv2 keyring. `value` is
    None where it cannot be known: it is encrypted, or no key at all.
    """

    found: Found = field(repr=False)
    line: ConfigLine = field(repr=False)
    network: IPv4Network | None
    peer: str | None = None
    vrf: str | None = None
    keyring: str | None = None
    value: Secret | None = None

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.found.place(self.line)

    @property
    def single(self) -> IPv4Address | None:
        """The one peer that it is for, None where it is for several."""
        if self.network is None or self.network.prefixlen < self.network.max_prefixlen:
            return None
        return self.network.network_address


def isakmp_keys(found: Found) -> tuple[Key, ...]:
    """The IKEv1 keys of a device, in the order of the text."""
    return tuple(_isakmp(found, view) for view in found.config.isakmp_keys)


def ikev2_keys(found: Found, keyring: str | None) -> tuple[Key, ...]:
    """The keys of an IKEv2 keyring, in the order of the text."""
    ring = found.config.ikev2_keyrings.get(keyring or "")
    return () if ring is None else tuple(_ikev2(found, ring.name, peer) for peer in ring.peers)


class KeyTable:
    """The keys of a device by peer."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._single: dict[IPv4Address, Key] = {}
        self._wider: list[tuple[IPv4Network, Key]] = []
        for key in keys:
            if key.single is not None:
                self._single.setdefault(key.single, key)
            elif key.network is not None:
                self._wider.append((key.network, key))
        self._wider.sort(key=lambda pair: -pair[0].prefixlen)

    def of(self, address: IPv4Address | None) -> Key | None:
        """The key that the device uses for a peer: that of the smallest network it is in."""
        if address is None:
            return None
        wider = (key for network, key in self._wider if address in network)
        return self._single.get(address) or next(wider, None)


def key_for(keys: Iterable[Key], address: IPv4Address | None) -> Key | None:
    """The key that a device uses for one peer."""
    return KeyTable(keys).of(address)


def _isakmp(found: Found, view: IsakmpKey) -> Key:
    words = view.line.words[len(view.line.command.split()) :]
    if view.keyring is None:
        typed = view.secret_type != 0 or (
            len(words) > 1 and words[0] in _TYPES and words[1] not in _PEERS
        )
        value = words[1 if typed else 0] if len(words) > typed else ""
    else:
        at = next((at for at, word in enumerate(words) if at > 1 and word.lower() == "key"), None)
        secret = [] if at is None else words[at + 1 :]
        typed = len(secret) > 1 and secret[0] in _TYPES
        value = secret[1 if typed else 0] if len(secret) > typed else ""
    return Key(
        found=found,
        line=view.line,
        network=view.address if isinstance(view.address, IPv4Network) else None,
        peer=view.hostname,
        vrf=view.vrf,
        keyring=view.keyring,
        value=_secret(value, encrypted=view.secret_type != 0),
    )


def _ikev2(found: Found, keyring: str, peer: Ikev2Peer) -> Key:
    values: dict[str, None] = {}
    line, encrypted = peer.line, False
    for each in peer.line.children:
        words = each.words
        if not "pre-shared-key".startswith(words[0]) or len(words) < 2:
            continue
        line, rest = each, words[1:]
        if rest[0] in ("local", "remote") and len(rest) > 1:
            rest = rest[1:]
        if len(rest) > 1 and rest[0] in _TYPES:
            encrypted = encrypted or rest[0] == _ENCRYPTED
            rest = rest[1:]
        values[" ".join(rest)] = None
    only = next(iter(values)) if len(values) == 1 else ""
    return Key(
        found=found,
        line=line,
        network=peer.address if isinstance(peer.address, IPv4Network) else None,
        peer=peer.name,
        keyring=keyring,
        value=_secret(only, encrypted=encrypted),
    )


def _secret(value: str, *, encrypted: bool) -> Secret | None:
    placeholder = value[:1] == "<" and value[-1:] == ">"
    return Secret(value) if value and not encrypted and not placeholder else None


def values_of(keys: Iterable[Key | None]) -> Sequence[Secret]:
    """The different values that are known, in order."""
    known = (key.value for key in keys if key is not None)
    return tuple(dict.fromkeys(value for value in known if value is not None))
