"""Who an end claims to be, and which lines of a profile fit that: `match identity …`."""

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from ..config.store import Entry
from .certificate_maps import fits
from .ike_certificates import Own, Seen
from .ike_secrets import parsed

if TYPE_CHECKING:
    from ..device import Router


def is_address(identity: str) -> bool:
    """Whether an identity is an address."""
    return parsed(identity) is not None


def full_name(router: "Router") -> str:
    """The name of a router with its domain."""
    return f"{router.hostname}.{router.domain}" if router.domain else router.hostname


def identity_of(router: "Router", source: str) -> str:
    """What a router claims with a pre-shared key (`crypto isakmp identity`).

    A distinguished name needs a certificate; without one it is the address.
    """
    return full_name(router) if _kind(router) == "hostname" else source


def certified_identity(router: "Router", source: str, own: Own) -> str:
    """What a router claims with one of its certificates.

    An address counts only if the certificate has it, else the router says its name (`My ID
    configured as IPv4 Addr, but Addr not in Cert! Using FQDN as My ID`, debug of IOS-XE 17).
    """
    kind = _kind(router)
    if kind == "dn":
        return own.seen.subject
    if kind == "address" and source in own.seen.addresses:
        return source
    return own.seen.hosts[0] if own.seen.hosts else full_name(router)


def _kind(router: "Router") -> str:
    return str(router.config.root.value("crypto isakmp identity", "kind", "address"))


def line_fits(router: "Router", line: Entry, identity: str, *, vrf: str, seen: Seen | None) -> bool:
    """Whether a `match` line of a profile of either version fits who the peer claims to be.

    `seen` is its certificate, None when it used a key.
    """
    name, text = line.setting.name, identity.lower()
    words = name.removeprefix("match identity ").removeprefix("remote ")
    if name == "match certificate":
        return seen is not None and fits(router, str(line["map"]), seen)
    if name in ("match any", "match identity remote any"):
        return True
    if words.startswith(("address", "ipv6")):
        return is_address(identity) and _address_fits(line, identity, vrf)
    if is_address(identity):
        return False
    if line.get("domain") is not None:
        mark = "@" if words.startswith(("email", "user")) else "."
        return text.endswith(f"{mark}{line['domain']}".lower())
    named = (line.get(argument) for argument in ("fqdn", "host", "email", "user", "id", "group"))
    return any(text == str(value).lower() for value in named if value is not None)


def _address_fits(line: Entry, identity: str, vrf: str) -> bool:
    """In version 1 the line names the VRF, too; without one it is for the global VRF."""
    if not line.setting.name.startswith("match identity remote") and (line.get("vrf") or "") != vrf:
        return False
    network = line.get("prefix") or f"{line.get('address')}/{line.get('mask')}"
    try:
        return ip_address(identity) in ip_network(str(network), strict=False)
    except ValueError:
        return False
