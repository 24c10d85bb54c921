"""What a key server tells members: the facets of a policy, and whether a rekey has to carry them.

A change of the configuration reaches members with the next rekey. Key servers with the policy
trigger (GETVPN 1.0.2) send none by themselves: `crypto gdoi ks rekey` does, and the old traffic
keys live on for a short time. `rekey replace-now` deletes them at once, with loss (guide to the
removal of members and the policy trigger).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ...parsers.config import AccessList, DeviceConfig, KeyServerConfig
from ...parsers.config.group import SaPolicy

Facet = Literal[
    "traffic",
    "transform",
    "lifetime",
    "replay",
    "tags",
    "direction",
    "delay",
    "secrecy",
    "cipher",
    "hash",
    "rekey lifetime",
    "transport",
    "signature",
]
_Say = Callable[[SaPolicy], str]
CARRIED: Final[dict[Facet, str]] = {
    "traffic": "what is encrypted",
    "transform": "how traffic is encrypted",
    "lifetime": "the lifetime of traffic keys",
    "replay": "the check for replays",
    "tags": "security group tags",
    "direction": "the direction of SAs",
    "delay": "the detection of delayed packets",
    "secrecy": "forward secrecy",
    "cipher": "the cipher of rekeys",
    "hash": "the hash that signs rekeys",
    "rekey lifetime": "the lifetime of the rekey key",
    "transport": "how rekeys travel",
}
"""Facets of which members learn by a rekey, for people.

The RSA key is none of them: members refuse a rekey that another key has signed, until they have
registered again.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetChange:
    """A facet of the policy of `group` that changes: its old and its new value, for people."""

    group: str
    facet: Facet
    old: str
    new: str


def facets(config: DeviceConfig, server: KeyServerConfig) -> dict[Facet, str]:
    """The facets of the policy of a group, as a configuration says them."""
    sas = sorted(server.sas, key=lambda sa: sa.sequence or 0)
    multicast = server.rekey_address_acl
    found: dict[Facet, str] = {
        "traffic": _each(sas, lambda sa: "; ".join(_entries(config, sa))),
        "transform": _each(sas, lambda sa: _transforms(config, sa)),
        "lifetime": _each(sas, lambda sa: f"{config.tek_lifetime_s(sa)} s"),
        "replay": _each(sas, _replay),
        "tags": _each(sas, lambda sa: "on" if sa.tag_cts_sgt else "off"),
        "direction": "receive only" if server.receive_only else "both",
        "delay": "off" if server.d3p_window_ms is None else f"{server.d3p_window_ms} ms",
        "secrecy": "on" if server.pfs else "off",
        "cipher": server.rekey_algorithm,
        "hash": server.rekey_sig_hash,
        "rekey lifetime": f"{server.rekey_lifetime_s} s",
        "transport": "unicast" if server.rekey_unicast else "multicast",
        "signature": server.rekey_authentication or "none",
    }
    if not server.rekey_unicast and multicast is not None:
        found["transport"] += f" ({_listed(config.access_lists.get(multicast))})"
    return found


def facet_changes(old: DeviceConfig, new: DeviceConfig) -> list[FacetChange]:
    """What changes of the policies of groups that are served before and after."""
    before = {server.group: server for server in old.key_servers}
    found = []
    for server in new.key_servers:
        if server.group not in before:
            continue
        was, becomes = facets(old, before[server.group]), facets(new, server)
        found += [
            FacetChange(group=server.group, facet=facet, old=was[facet], new=value)
            for facet, value in becomes.items()
            if value != was[facet]
        ]
    return found


def _each(sas: list[SaPolicy], say: _Say) -> str:
    """What is said of each `sa ipsec`; of a single one without its number."""
    if len(sas) == 1:
        return say(sas[0])
    return " / ".join(f"{sa.sequence}: {say(sa)}" for sa in sas)


def _entries(config: DeviceConfig, sa: SaPolicy) -> Iterator[str]:
    found = config.access_list_of(sa)
    for entry in found.entries if found is not None else ():
        yield str(entry).removeprefix(f"{entry.sequence} ")


def _listed(found: AccessList | None) -> str:
    entries = found.entries if found is not None else ()
    return "; ".join(str(entry).removeprefix(f"{entry.sequence} ") for entry in entries)


def _transforms(config: DeviceConfig, sa: SaPolicy) -> str:
    sets = config.transform_sets_of(sa)
    return ", ".join(
        each.normalised if each.mode == "tunnel" else f"{each.normalised} ({each.mode} mode)"
        for each in sets
    )


def _replay(sa: SaPolicy) -> str:
    if sa.replay == "none":
        return "off"
    unit = " s" if sa.replay == "time" else " packets"
    return f"{sa.replay}, {sa.replay_window}{unit}"
