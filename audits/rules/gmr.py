"""The key servers that group members list, and their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import counted
from ..context import GROUP, GroupContext, config_evidence, show_evidence
from ..facts import Address, Group, MemberRole
from ..listing import key_servers
from ..needs import CONFIG, GDOI, KS_COOP
from ..rule import Evidence, Fix, Grade, Outcomes, Severity, rule
from ..sources import CONCEPTS

_COMPARABLE = 2

_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""
_FIRST = " server address ipv4 10.10.1.1\n"
_SECOND = " server address ipv4 10.10.2.1\n"


def _member(name: str, servers: str) -> str:
    return f"\nhostname {name}\ncrypto gdoi group G1\n identity number 1001\n{servers}"


@rule(
    code="GMR001",
    aliases=("GV-005",),
    title="All members list the key servers in the same order",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, GDOI),
    thresholds=("server_order",),
    source=f"{CONCEPTS}; it describes spreading registrations too, see the profile balanced",
    rationale="""
        A member registers with the key server that it lists first, and goes to the next one when
        that does not answer. With one order everywhere it is known where the members are; the
        primary can carry all of them.
    """,
    fix=Grade.REGISTRATION,
    remediation="""
{block}
{lines}""",
    bad={
        "gm1.cfg": _member("gm1", _FIRST + _SECOND),
        "gm2.cfg": _member("gm2", _FIRST + _SECOND),
        "gm3.cfg": _member("gm3", _SECOND + _FIRST),
    },
    good={
        "gm1.cfg": _member("gm1", _FIRST + _SECOND),
        "gm2.cfg": _member("gm2", _FIRST + _SECOND),
    },
)
def different_order(ctx: GroupContext) -> Outcomes:
    """Compare each member's order with the one that most members have.

    Only the key servers that both list count: one that is missing is another fault.
    """
    if ctx.settings.server_order != "same":
        return
    lists = []
    for each in _lists(ctx.group):
        if each.whole:
            lists.append(each)
        else:
            yield ctx.not_checked("the group is not known in full", device=each.device)
    if len(lists) < _COMPARABLE:
        yield ctx.not_checked("the key servers that two members list are not known")
        return
    usual = _most_frequent(lists)
    holders = [each for each in lists if each.servers == usual.servers]
    for each in lists:
        if _common(each, usual) != _common(usual, each):
            yield ctx.finding(
                (each.evidence, usual.evidence),
                f"lists the key servers in the order {each.text}; {len(holders)} of"
                f" {len(lists)} members in the order {usual.text}",
                device=each.device,
                block=each.block,
                lines="\n".join((*_lines(each.servers, " no"), *_lines(_reordered(each, usual)))),
            )


@rule(
    code="GMR002",
    aliases=("GV-006",),
    title="Every member lists all key servers of its group, and at least two",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(CONFIG, GDOI, KS_COOP),
    thresholds=("member_servers_min",),
    source=CONCEPTS,
    rationale="""
        A member only turns to key servers that it lists. When the listed ones are down it cannot
        register, however many others there are, and its traffic stops when its keys expire.
    """,
    fix=Grade.REGISTRATION,
    remediation="""
{block}
{lines}""",
    bad={"ks1.cfg": _SERVER, "gm1.cfg": _member("gm1", _FIRST)},
    good={"ks1.cfg": _SERVER, "gm1.cfg": _member("gm1", _FIRST + _SECOND)},
)
def missing_server(ctx: GroupContext) -> Outcomes:
    """Compare each member's list with the key servers of the group, as far as they are known."""
    servers = key_servers(ctx)
    for each in _lists(ctx.group):
        own = [server for server in servers if server.serves(each.group, each.servers)]
        known = tuple(dict.fromkeys(address for server in own for address in server.addresses))
        all_known = any(server.peers for server in own)
        named = [server for server in each.servers if isinstance(server, str)]
        missing = [] if named else [server for server in known if server not in each.servers]
        extra = [server for server in each.servers if server not in (*known, *named)]
        wrong = []
        if missing:
            wrong.append(f"{_counted(each)}, without {', '.join(map(str, missing))}")
        elif len(each.servers) < ctx.settings.member_servers_min:
            wrong.append(f"{_counted(each)}, fewer than {ctx.settings.member_servers_min}")
        if extra and all_known:
            wrong.append(f"lists {', '.join(map(str, extra))}, no key server of the group")
        if not each.whole:
            yield ctx.not_checked("the group is not known in full", device=each.device)
        elif wrong:
            lines = (*_lines(extra if all_known else (), " no"), *_lines(missing))
            # to know more key servers disturbs nobody
            grade = Grade.REGISTRATION if extra and all_known else Grade.SAFE
            fix = Fix(device=each.device, lines=(each.block, *lines), grade=grade)
            yield ctx.finding(
                each.evidence,
                "; ".join(wrong),
                device=each.device,
                block=each.block,
                lines="\n".join(lines) or " server address ipv4 <another key server>",
                fixes=(fix,) if lines else (),
            )
        elif named:
            yield ctx.not_checked(f"the address of {named[0]} is not known", device=each.device)
        elif not known:
            yield ctx.not_checked("none of the key servers is known", device=each.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """The key servers of one member in its order; `whole` if there can be no more of them."""

    device: str
    group: str
    block: str
    servers: tuple[Address | str, ...]
    evidence: Evidence
    whole: bool

    @property
    def text(self) -> str:
        """The servers in their order."""
        return ", ".join(map(str, self.servers))


def _lists(group: Group) -> Iterator[_Listed]:
    """What each member lists: by its configuration, else by the last output that shows it."""
    for role in group.members:
        if role.view is not None:
            yield _Listed(
                device=role.device.name,
                group=role.group,
                block=role.view.line.text,
                servers=tuple(dict.fromkeys(role.view.servers)),
                evidence=config_evidence(role.device, role.view, "servers"),
                whole=role.device.block_complete(role.view.line),
            )
        else:
            yield from list(_shown_lists(role))[-1:]


def _shown_lists(role: MemberRole) -> Iterator[_Listed]:
    for output in role.device.records(GDOI):
        for row in output.record.groups:
            if row.group == role.group:
                yield _Listed(
                    device=role.device.name,
                    group=role.group,
                    block=f"crypto gdoi group {row.group}",
                    servers=tuple(dict.fromkeys(row.servers)),
                    evidence=show_evidence(output, row, "servers"),
                    whole=output.complete,
                )


def _most_frequent(lists: Sequence[_Listed]) -> _Listed:
    """The first member with the list that most have, among lists that have an order."""
    counts = Counter(each.servers for each in lists if len(each.servers) > 1)
    usual = counts.most_common(1)[0][0] if counts else ()
    return next((each for each in lists if each.servers == usual), lists[0])


def _common(mine: _Listed, other: _Listed) -> list[Address | str]:
    """The servers of `mine` that `other` lists as well, in the order of `mine`."""
    return [server for server in mine.servers if server in other.servers]


def _reordered(mine: _Listed, usual: _Listed) -> list[Address | str]:
    """The servers of `mine` in the usual order, those without a place there last."""
    rest = [server for server in mine.servers if server not in usual.servers]
    return [*_common(usual, mine), *rest]


def _counted(each: _Listed) -> str:
    return f"lists {counted(len(each.servers), 'key server')}"


def _lines(servers: Sequence[Address | str], before: str = "") -> Iterator[str]:
    """The commands for `servers`, each with `before` in front."""
    for server in servers:
        if isinstance(server, str):
            yield f"{before} server hostname ipv4 {server}"
        else:
            yield f"{before} server address ipv{server.version} {server}"
