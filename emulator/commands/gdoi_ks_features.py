"""Which devices of a group have a feature: `show crypto gdoi feature`."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..gdoi.member.group import MemberGroup
from ..grammar import CommandSet
from ..groups.feature import Gdoi
from ..shell.call import Call
from .gdoi_ks_choice import as_text, both_spellings, chosen_group, chosen_servers
from .gdoi_ks_coop import peers_of

Version = tuple[int, ...]
BASE: Version = (1, 0, 1)
FEATURES: Mapping[str, Version] = MappingProxyType(
    {
        "ckm": (1, 0, 17),
        "crl-check": (1, 0, 6),
        "cts-sgt": (1, 0, 5),
        "dp-recovery": (1, 0, 6),
        "gdoi-interop-ack": (1, 0, 27),
        "gdoi-mib": (1, 0, 4),
        "gikev2": (1, 0, 12),
        "gm-removal": (1, 0, 2),
        "ip-d3p": (1, 0, 11),
        "long-sa-lifetime": (1, 0, 4),
        "pfs": (1, 0, 20),
        "policy-replace": (1, 0, 2),
        "suite-b": (1, 0, 4),
    }
)
"""The first versions of the GETVPN software with a feature.

The configuration guides name 1.0.2 (removal of members, replacement of policies), 1.0.4 (long
lifetimes, Suite B) and 1.0.5 (tags); an output has members with 1.0.26 that lack the interoperable
acknowledgement, and a key server with 1.0.27 that has it. The others are inferred from releases.
"""
TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "ckm": "Crypto key management",
        "crl-check": "Re-authentication on a new CRL",
        "cts-sgt": "Inline tagging for Cisco TrustSec",
        "dp-recovery": "Recovery from dataplane errors",
        "gdoi-interop-ack": "Interoperable acknowledgement of rekeys",
        "gdoi-mib": "GDOI MIB",
        "gikev2": "G-IKEv2",
        "gm-removal": "Removal of group members",
        "ip-d3p": "IP delivery delay detection protocol",
        "long-sa-lifetime": "Long SA lifetimes",
        "pfs": "Perfect forward secrecy of rekeys",
        "policy-replace": "Replacement of policies",
        "suite-b": "Suite B",
    }
)

declared = CommandSet()
declared.words(
    {
        "gdoi feature": "Show which devices support a feature",
        "gkm feature": "Show which devices support a feature",
        "group feature": "Show which devices support a feature",
        **{f"feature {word}": text for word, text in TEXTS.items()},
    }
)


@both_spellings(declared, f"feature [<feature:{'|'.join(FEATURES)}>]")
def show_feature(call: Call) -> str:
    """Key servers and members of each group, and whether they have a feature.

    Without one it is told whether they do GETVPN at all (a published output). A member knows only
    of itself (GM removal guide).
    """
    needed = FEATURES.get(call.get("feature", ""), BASE)
    lines: list[str] = []
    for group in chosen_servers(call):
        servers = {group.policy.address: group.host.server_version}
        servers |= {peer.address: peer.version for peer in peers_of(group)}
        known = {member.address: member.version for member in group.members.values()}
        lines += _tables(group.policy.group, servers, known, needed)
    wanted = chosen_group(call)
    members: dict[str, list[MemberGroup]] = {}
    for member in call.router.feature(Gdoi).members:
        if wanted in (None, member.policy.group):
            members.setdefault(member.policy.group, []).append(member)
    for name, joined in members.items():
        own = {member.policy.address: member.host.version for member in joined}
        lines += _tables(name, {}, own, needed)
    return as_text(lines)


def _tables(
    group: str, servers: Mapping[str, str], members: Mapping[str, str], needed: Version
) -> list[str]:
    return [
        f"Group Name: {group}",
        *_table("Key Server ID  ", servers, needed),
        "",
        *_table("Group Member ID", members, needed),
        "",
    ]


def _table(label: str, devices: Mapping[str, str], needed: Version) -> Iterator[str]:
    """Devices and their versions; one of which nothing has been heard does not appear."""
    yield f"    {label}     Version   Feature Supported"
    for address, version in devices.items():
        if version:
            supported = "Yes" if version_of(version) >= needed else "No"
            yield f"        {address}          {version}         {supported}"


def version_of(text: str) -> Version:
    """A version as numbers: `1.0.26` is (1, 0, 26)."""
    return tuple(int(part) if part.isdecimal() else 0 for part in text.split("."))
