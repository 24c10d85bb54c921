"""Groups as their key server shows them: `show crypto gdoi ks` and `show crypto gdoi`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..gdoi.policy import SaPolicy, ServerPolicy
from ..gdoi.server.group import ServerGroup
from ..grammar import CommandSet
from ..shell.call import Call
from .gdoi_gm_words import acl_line
from .gdoi_ks_choice import as_text, both_spellings, chosen_servers, newest_tek
from .gdoi_ks_layout import Layout, Row, layout_of, table_rows
from .gdoi_ks_words import (
    ALIVE,
    acknowledgement,
    direction,
    enabled,
    group_type,
    replay_method,
    replay_window,
    whole,
)

if TYPE_CHECKING:
    from ..device import Router

Pairs = list[tuple[str, object]]

declared = CommandSet()
declared.words(
    {
        "gdoi ks": "Show GKM key server information",
        "gkm ks": "Show GKM key server information",
        "group ks": "Show GKM key server information",
        "ks detail": "Show detailed key server information",
        "ks acl": "Show the access lists that are configured",
    }
)


def _identity(policy: ServerPolicy, layout: Layout) -> Pairs:
    rows: Pairs = []
    if layout.has(Row.REAUTH):
        rows.append(("Re-auth on new CRL", enabled(on=bool(policy.crl_trustpoint))))
    rows.append(("Group Identity", policy.identity))
    if layout.has(Row.GROUP_TYPE):
        rows.append(("Group Type", group_type(policy)))
    return rows


def _protection(policy: ServerPolicy, layout: Layout, *, pfs: bool) -> Pairs:
    rows: Pairs = [("IPSec SA Direction", direction(policy))]
    if layout.has(Row.D3P):
        rows.append(("IP D3P Window", f"{policy.d3p_ms} msec" if policy.d3p_ms else "Disabled"))
    if pfs and layout.has(Row.PFS):
        rows.append(("PFS", enabled(on=policy.pfs)))
    if layout.has(Row.SPLIT):
        rows.append(("Split Resiliency Factor", 0))
    if layout.has(Row.CKM):
        rows.append(("CKM status", enabled(on=policy.pair_wise)))
    return rows


def redundancy_lines(group: ServerGroup, layout: Layout) -> list[str]:
    """What part this key server has in the cooperation of a group."""
    if group.coop is None or group.policy.coop is None:
        return []
    rows: Pairs = [
        ("Local Address", group.policy.address),
        ("Local Priority", group.policy.coop.priority),
        ("Local KS Status", ALIVE),
        ("Local KS Role", str(group.role)),
    ]
    if layout.has(Row.VERSIONS):
        rows.append(("Local KS Version", group.host.server_version))
    if layout.has(Row.COOP_VERSIONS):
        rows.append(("Local COOP Version", f"{group.host.coop_version} "))
    head = table_rows([("Redundancy", "Configured")])
    return [*head, *table_rows(rows, indent=8, width=21)]


# ---- show crypto gdoi ks ----


@both_spellings(declared, "ks [detail]")
def show_key_server(call: Call) -> str:
    """The groups of a key server; `detail` adds nothing (published outputs)."""
    groups, layout = chosen_servers(call), layout_of(call.router)
    count = sum(len(group.members) for group in groups)
    lines = [f"Total group members registered to this box: {count}", ""]
    for group in groups:
        lines += [*_key_server_lines(group, layout), ""]
    return as_text(lines)


def _key_server_lines(group: ServerGroup, layout: Layout) -> list[str]:
    policy = group.policy
    rows: Pairs = [("Group Name", policy.group), *_identity(policy, layout)]
    rows.append(("Group Members", len(group.members)))
    if layout.has(Row.ACKNOWLEDGEMENT):
        rows.append(("Rekey Acknowledgement Cfg", acknowledgement(policy)))
    rows += _protection(policy, layout, pfs=False)
    return [
        f"Key Server Information For Group {policy.group}:",
        *table_rows(rows),
        "    ACL Configured: ",
        *(f"\taccess-list {sa.acl}" for sa in policy.sas),
        *redundancy_lines(group, layout),
    ]


# ---- show crypto gdoi ks acl ----


@both_spellings(declared, "ks acl")
def show_lists(call: Call) -> str:
    """What is encrypted, by group: the lines of all its lists."""
    lines: list[str] = []
    for group in chosen_servers(call):
        lines += [f"Group Name: {group.policy.group}", " Configured ACL:"]
        for sa in group.policy.sas:
            lines += [
                f"   {acl_line(entry, name=sa.acl, ipv6=group.policy.ipv6, whole=True)}"
                for entry in sa.entries
            ]
        lines.append("")
    return as_text(lines)


# ---- show crypto gdoi ----


def server_section(router: "Router", group: ServerGroup) -> Iterator[str]:
    """A group as `show crypto gdoi` shows it on its key server, the last line empty."""
    layout = layout_of(router)
    yield from _group_lines(group, layout)
    for sa in group.policy.sas:
        yield ""
        yield from _sa_lines(group, sa, layout)
    yield ""
    if layout.has(Row.LOCAL_SERVER):
        yield "    Group Server list        : Local"
    else:
        yield "     Group Server list       : Local"
    yield ""


def _group_lines(group: ServerGroup, layout: Layout) -> Iterator[str]:
    policy, rekey = group.policy, group.policy.rekey
    rows: Pairs = [("Group Name", f"{policy.group} ({rekey.transport})")]
    rows += _identity(policy, layout)
    if layout.has(Row.GROUP_TYPE) and policy.ikev2_profile:
        rows.append(("IKEv2 Profile", policy.ikev2_profile))
    if layout.has(Row.PATHS):
        rows.append(("Crypto Path", "ipv6" if policy.ipv6 else "ipv4"))
        rows.append(("Key Management Path", "ipv4"))
    rows.append(("Group Members", len(group.members)))
    rows += _protection(policy, layout, pfs=True)
    if layout.has(Row.LOCAL_SERVER):
        rows.append(("Active Group Server", "Local"))
    yield from table_rows(rows)
    yield from redundancy_lines(group, layout)
    yield from table_rows([("Group Rekey Lifetime", f"{rekey.lifetime_s} secs")])
    if group.kek is not None:
        left = whole(group.kek.remaining_s(group.kernel.now()))
        yield "    Group Rekey"
        yield f"        Remaining Lifetime   : {left} secs"
    yield from table_rows(
        [
            ("Rekey Retransmit Period", f"{rekey.interval_s} secs"),
            ("Rekey Retransmit Attempts", rekey.count or 0),
        ]
    )
    if group.kek is not None:
        yield "    Group Retransmit"
        yield f"        Remaining Lifetime   : {whole(group.retransmit_remaining_s())} secs"


def _sa_lines(group: ServerGroup, sa: SaPolicy, layout: Layout) -> Iterator[str]:
    rows: Pairs = [
        ("IPSec SA Number", sa.number),
        ("IPSec SA Rekey Lifetime", f"{sa.lifetime_s} secs"),
        ("Profile Name", sa.profile),
        ("Replay method", replay_method(sa.replay)),
        ("Replay Window Size", replay_window(sa.replay)),
    ]
    yield from table_rows(rows, indent=6, width=23)
    newest = newest_tek(group, sa.number)
    if newest is not None:
        yield "      SA Rekey"
        left = whole(newest.remaining_s(group.kernel.now()))
        yield f"         Remaining Lifetime  : {left} secs"
    rows = []
    if layout.has(Row.TAGGING):
        rows.append(("Tagging method", "CTS SGT" if sa.tag else "Disabled"))
    rows.append(("ACL Configured", f"access-list {sa.acl}"))
    yield from table_rows(rows, indent=6, width=23)
