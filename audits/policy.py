"""What a group encrypts, as its key servers and members tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, cast

from ..parsers.config import AccessList, AclEntry
from ..parsers.config.acl_algebra import expand
from .context import GroupContext, config_evidence, show_evidence
from .facts import Address, DeviceFacts, Group, MemberRole, ServerRole, Shown
from .needs import CONFIG, GDOI, GM_ACL, KS_ACL, Need
from .rule import Evidence, Outcome, Outcomes

if TYPE_CHECKING:
    from ..parsers.config import ConfigLine, DeviceConfig, KeyServerConfig
    from ..parsers.record import Record, Row
    from ..parsers.records.acl_line import AclLine
    from ..parsers.records.gdoi_acl import DownloadedAcl

R = TypeVar("R", bound="Record")
T = TypeVar("T")

_DOWNLOADS = "policies downloaded for group"
_MOST_EXPANDED = 10_000
"""Entries after which object groups are left as they are: no device takes as many."""

SOURCES = (CONFIG, KS_ACL, GM_ACL, GDOI)
"""What a rule about policies needs: any of these tells one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The access lists of a group in the order in which they are tried, from one device.

    `written` holds the entries as they stand, `lists` the name of the list of each of them,
    `entries` the same with object groups replaced by their members. `gap` says why there may be
    more of them; it is empty when these are all. `prove` makes the evidence for an entry, or, for
    None, for the policy as a whole.
    """

    device: str
    group: str
    family: Literal["ipv4", "ipv6"] = "ipv4"
    written: tuple[AclEntry, ...] = ()
    entries: tuple[AclEntry, ...] = ()
    names: tuple[str, ...] = ()
    lists: tuple[str | None, ...] = ()
    remarks: tuple[str, ...] = ()
    gap: str = ""
    prove: Callable[[AclEntry | None], Evidence]

    @property
    def permits(self) -> tuple[AclEntry, ...]:
        """The permit entries as they stand: each makes a pair of SAs on every member."""
        return tuple(entry for entry in self.written if entry.action == "permit")

    @property
    def all_names(self) -> str:
        """The names of its lists in one text; empty where none is known."""
        return " and ".join(dict.fromkeys(self.names))

    @property
    def list_header(self) -> str:
        """The command that opens the access list, the last one of several, for remediations."""
        return self._header(self.names[-1] if self.names else None)

    def header_of(self, *entries: AclEntry) -> str:
        """The command that opens the list of that one of `entries` which is tried first."""
        lines = {id(entry.line) for entry in entries}
        names = (
            name
            for entry, name in zip(self.written, self.lists, strict=True)
            if id(entry.line) in lines
        )
        first = next(names, None)
        return self.list_header if first is None else self._header(first)

    def _header(self, name: str | None) -> str:
        kind = "ipv6 access-list" if self.family == "ipv6" else "ip access-list extended"
        return f"{kind} {name or '<access list of the key server>'}"


class Same(Generic[T]):
    """Something as a key of a cache: equal to itself only, however large it is."""

    __slots__ = ("what",)

    def __init__(self, what: T) -> None:
        self.what = what

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.what is other.what

    def __hash__(self) -> int:
        return id(self.what)


def policies(group: Group) -> tuple[Policy, ...]:
    """The policies of `group`: one for each key server, and what members hold of the others.

    Of a key server, the configuration decides, then what it shows. Where neither is known in
    full, a policy that a member took from it stands in.
    """
    return _policies(Same(group))


@lru_cache(maxsize=64)
def _policies(of: Same[Group]) -> tuple[Policy, ...]:
    """Many rules ask for the same policies, one after the other."""
    group = of.what
    servers = [(role.address, policy_of(role)) for role in group.servers]
    known = {address: policy for address, policy in servers if not policy.gap}
    held = tuple(_distinct_downloads(group, known))
    told = {server for server, policy in held if not policy.gap}
    kept = (policy for address, policy in servers if not (policy.gap and told & {address, None}))
    return (*kept, *(policy for _, policy in held))


def for_each_policy(
    ctx: GroupContext, judge: Callable[[GroupContext, Policy], Iterator[Outcome]], *, whole: bool
) -> Outcomes:
    """What `judge` says of each policy of the group; *not checked* where one is not known.

    With `whole`, it is asked of policies without gap only, as absence says nothing in others.
    """
    found = policies(ctx.group)
    for policy in found:
        said = [] if whole and policy.gap else list(judge(ctx, policy))
        yield from said
        if policy.gap and not said:
            yield ctx.not_checked(policy.gap, device=policy.device)
    if not found:
        yield ctx.not_checked("no policy of this group is known")


def policy_of(role: ServerRole) -> Policy:
    """The policy that a key server pushes to its group; with a gap where it is not known."""
    configured = _configured(role)
    shown = _shown(role)
    for candidate in (configured, shown):
        if candidate is not None and not candidate.gap:
            return candidate
    found = [each for each in (configured, shown) if each is not None]
    with_entries = [each for each in found if each.written]
    return (with_entries or found or [_unknown(role, CONFIG, KS_ACL)])[0]


def downloads(role: MemberRole) -> Iterator[Policy]:
    """The policies that a member holds."""
    for _, policy in downloads_by_server(role):
        yield policy


def downloads_by_server(role: MemberRole) -> Iterator[tuple[Address | None, Policy]]:
    """The policies that a member holds, each with the key server that it is from."""
    key = f"{_DOWNLOADS} {role.group}"
    held = role.device.memo.get(key)
    if held is None:
        held = tuple((server, made()) for server, made in _downloads(role))
        role.device.memo[key] = held
    yield from cast("tuple[tuple[Address | None, Policy], ...]", held)


def servers_downloaded_from(role: MemberRole) -> Iterator[Address]:
    """The key servers that a member has a policy from."""
    yield from (server for server, _ in _downloads(role) if server is not None)


def _downloads(role: MemberRole) -> Iterator[tuple[Address | None, Callable[[], Policy]]]:
    """Where a member's policies come from, and how to make them: that takes longer to do."""
    for output in role.device.records(GM_ACL):
        for group in output.record.groups:
            for acl in group.downloaded if group.group == role.group else ():
                yield acl.server, partial(_held, role, output, acl)
    for listing in role.device.records(GDOI):
        for listed in listing.record.groups:
            for acl in listed.downloaded_acls if listed.group == role.group else ():
                yield acl.server, partial(_held, role, listing, acl)


def as_printed(entry: AclEntry) -> str:
    """An entry as its device wrote it, runs of blanks as one."""
    return " ".join(entry.line.redacted.split())


def as_command(entry: AclEntry) -> str:
    """An entry as it is typed, without number and name of its list."""
    return str(replace(entry, sequence=None))


def local_list(role: MemberRole) -> AccessList | None:
    """The list of the member's own crypto map, which is tried before the downloaded ones."""
    config = role.device.config
    if config is None:
        return None
    for crypto_map in config.crypto_maps:
        for entry in crypto_map.entries:
            if entry.group == role.group and entry.acl is not None:
                ipv6 = crypto_map.family == "ipv6"
                lists = config.ipv6_access_lists if ipv6 else config.access_lists
                return lists.get(entry.acl)
    return None


def list_gap(device: DeviceFacts, acl: AccessList) -> str:
    """Why `acl` may have more entries than are known; empty when these are all."""
    if acl.unread:
        return f"a line of access list {acl.name} was not understood"
    named = acl.line.words[-1:] == [acl.name]
    if device.config_gap is not None and not (named and device.block_complete(acl.line)):
        return f"access list {acl.name} may have more lines: {device.config_gap}"
    return ""


def _configured(role: ServerRole) -> Policy | None:
    view, config = role.view, role.device.config
    if view is None or config is None:
        return None
    lists, gaps = [], []
    for sa in sorted(view.sas, key=lambda sa: sa.sequence or 0):
        acl = config.access_list_of(sa)
        if acl is not None:
            lists.append(acl)
            gaps.append(list_gap(role.device, acl))
        elif sa.acl is not None:
            gaps.append(f"access list {sa.acl} is not in the configuration")
    if not _all_read(role.device, view):
        gaps.append(f"group {view.group} is not known in full")
    elif not view.sas:
        gaps.append(f"group {view.group} has no policy in the configuration")
    written = tuple(entry for acl in lists for entry in acl.entries)
    header = lists[-1].line if lists else view.line
    return Policy(
        device=role.device.name,
        group=role.group,
        family=_family(view, lists),
        written=written,
        entries=_expanded(config, written),
        names=tuple(acl.name for acl in lists),
        lists=tuple(acl.name for acl in lists for _ in acl.entries),
        remarks=tuple(line.text for acl in lists for line in acl.remarks),
        gap=next((gap for gap in gaps if gap), ""),
        prove=partial(_prove_line, role.device, header),
    )


def _all_read(device: DeviceFacts, view: KeyServerConfig) -> bool:
    """Whether the `sa ipsec` blocks of the group are known, and all lines of them."""
    if device.block_complete(view.line):
        return True
    config = device.config
    if config is None or (device.config_gap is not None and config.tree.lines[-1] is view.line):
        return False
    blocks = [line for line in view.line.walk() if line.words[0] == "sa"]
    lines = {line.lineno for block in blocks for line in block.walk()}
    return not any(problem.line.lineno in lines for problem in config.problems)


def _family(view: KeyServerConfig, lists: list[AccessList]) -> Literal["ipv4", "ipv6"]:
    ipv6 = view.family == "ipv6" or any(acl.kind == "ipv6" for acl in lists)
    return "ipv6" if ipv6 else "ipv4"


def _expanded(config: DeviceConfig, written: tuple[AclEntry, ...]) -> tuple[AclEntry, ...]:
    if not config.object_groups:
        return written
    found: list[AclEntry] = []
    for entry in written:
        members = (
            expand((entry,), config.object_groups) if len(found) < _MOST_EXPANDED else (entry,)
        )
        found += members
    return tuple(found)


def _shown(role: ServerRole) -> Policy | None:
    found = None
    for output in role.device.records(KS_ACL):
        for group in output.record.groups:
            if group.group == role.group and (found is None or found.gap):
                found = _printed(role.device, role.group, output, group, group.entries)
    return found


def _held(role: MemberRole, output: Shown[R], acl: DownloadedAcl) -> Policy:
    return _printed(role.device, role.group, output, acl, acl.entries)


def _printed(
    device: DeviceFacts,
    group: str,
    output: Shown[R],
    row: Row,
    lines: tuple[AclLine, ...],
) -> Policy:
    """The policy that stands in show output, as block `row`."""
    entries = tuple(line.entry for line in lines)
    names = dict.fromkeys(line.name for line in lines if line.name is not None)
    return Policy(
        device=device.name,
        group=group,
        family="ipv6" if any(map(_is_ipv6, entries)) else "ipv4",
        written=entries,
        entries=entries,
        names=tuple(names),
        lists=tuple(line.name for line in lines),
        gap="" if output.complete else f"'{output.record.command}' is not known in full",
        prove=partial(_prove_block, output, row),
    )


def _is_ipv6(entry: AclEntry) -> bool:
    addresses = (entry.source.address, entry.destination.address)
    return entry.protocol == "ipv6" or any(one and one.version == 6 for one in addresses)


def _unknown(role: ServerRole, *needs: Need) -> Policy:
    return Policy(
        device=role.device.name,
        group=role.group,
        gap=f"there is no {' or '.join(map(str, needs))}",
        prove=partial(_prove_nothing, role.device.name),
    )


def _distinct_downloads(
    group: Group, known: Mapping[Address | None, Policy]
) -> Iterator[tuple[Address | None, Policy]]:
    """What members hold of key servers whose policies are not `known`, each policy once."""
    seen = {policy.entries for policy in known.values()} if group.members else set()
    for role in group.members:
        for server, made in _downloads(role):
            if server in known or (server is None and known):
                continue
            policy = made()
            if policy.entries not in seen:
                seen.add(policy.entries)
                yield server, policy


def _prove_line(device: DeviceFacts, header: ConfigLine, entry: AclEntry | None) -> Evidence:
    return config_evidence(device, header if entry is None else entry.line)


def _prove_block(output: Shown[R], row: Row, entry: AclEntry | None) -> Evidence:
    evidence = show_evidence(output, row)
    if entry is None:
        return evidence
    return replace(evidence, field="entries", value=entry.line.text)


def _prove_nothing(device: str, entry: AclEntry | None) -> Evidence:
    raise LookupError(f"{device}: there is no evidence for {entry}")
