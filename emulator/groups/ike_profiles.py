"""Profiles of IKE version 1: `crypto isakmp profile`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from .ike_certificates import Seen
from .ike_identities import full_name, line_fits
from .ike_secrets import local_address

if TYPE_CHECKING:
    from ..device import Router


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile: what it asks of a peer, and what it does with one that fits.

    `vrf` is that of the traffic, `rings` the keyrings and `trustpoints` the trustpoints that count
    (empty for all), `local` the own address that it is for.
    """

    name: str
    vrf: str
    rings: tuple[str, ...]
    trustpoints: tuple[str, ...]
    local: str
    lines: tuple[Entry, ...]
    self_identity: Entry | None

    def own_identity(self, router: "Router", address: str, usual: str) -> str:
        """What the router claims towards a peer of this profile."""
        entry = self.self_identity
        if entry is None:
            return usual
        named = entry.get("address") or entry.get("name")
        if named:
            return str(named)
        return full_name(router) if "fqdn" in entry.text else address


class Profiles:
    """The profiles of a router, in the order of its configuration."""

    __slots__ = ("_all", "_router")

    def __init__(self, router: "Router") -> None:
        self._router = router
        entries = router.config.root.all("crypto isakmp profile")
        self._all = tuple(_profile(router, entry) for entry in entries)

    def find(
        self, identity: str, *, local: str, vrf: str, seen: Seen | None = None
    ) -> Profile | None:
        """The first that fits a peer; None if none does, which is no failure."""
        for profile in self._all:
            if profile.local in ("", local) and any(
                line_fits(self._router, line, identity, vrf=vrf, seen=seen)
                for line in profile.lines
            ):
                return profile
        return None


def _profile(router: "Router", entry: Entry) -> Profile:
    block = entry.block or Block("isakmp-profile")
    return Profile(
        name=str(entry["name"]),
        vrf=str(block.value("vrf", "vrf", "")),
        rings=tuple(str(line["keyring"]) for line in block.all("keyring")),
        trustpoints=tuple(str(line["trustpoint"]) for line in block.all("ca trust-point")),
        local=local_address(router, block.find("local-address")),
        lines=tuple(
            line for line in block.entries.values() if line.setting.name.startswith("match ")
        ),
        self_identity=block.find("self-identity"),
    )
