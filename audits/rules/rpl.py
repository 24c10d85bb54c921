"""Protection against packets that are sent again."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...parsers.config import AclEntry
from ..context import GROUP, GroupContext, config_evidence, show_evidence
from ..facts import MemberRole, ServerRole
from ..needs import CONFIG, GDOI, GM_REPLAY, KS_REPLAY
from ..policy import downloads, policy_of
from ..rule import Evidence, Grade, Outcomes, Severity, rule
from ..sources import CONCEPTS

_KEY_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY{replay}
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""


@dataclass(frozen=True, slots=True)
class _Method:
    """How the keys of `subject` are protected: `counter`, `time` or `none`."""

    subject: str
    name: str
    evidence: Evidence
    one_sender: bool = False
    number: int | None = None


@rule(
    code="RPL001",
    aliases=("GV-053", "GV-089"),
    title="Groups with more than one sender have time-based replay protection",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, GDOI, KS_REPLAY, GM_REPLAY),
    source=CONCEPTS,
    rationale="""
        All members of a group send under one SA. A counter of packets, the default, orders the
        packets of one sender only; with several, it stops nothing, or the wrong packets. With
        time-based replay protection each packet bears a time that all members share. IP-D3P
        (`sa d3p`) is accepted in its place.
    """,
    fix=Grade.REKEY,
    remediation="""
crypto {gdoi_or_gkm} group {group}
 server local
  sa ipsec {number}
   replay time window-size 5""",
    bad={"ks1.cfg": _KEY_SERVER.format(replay="")},
    good={"ks1.cfg": _KEY_SERVER.format(replay="\n   replay time window-size 5")},
)
def no_time_based_replay(ctx: GroupContext) -> Outcomes:
    """The method of each policy of each key server; without any, that of the members' keys."""
    servers = [(role, tuple(_of_server(role))) for role in ctx.group.servers]
    for role, methods in servers:
        yield from _judged(ctx, role, methods)
    silent = [role.device.name for role, methods in servers if not methods]
    if len(silent) == len(servers):
        members = ((role, tuple(_of_member(role))) for role in ctx.group.members)
        # what one member holds, all hold: the first that tells speaks for them
        first = next((pair for pair in members if pair[1]), None)
        yield from _judged(ctx, *first) if first else (ctx.not_checked(_SILENCE),)
    else:
        yield from (ctx.not_checked(_SILENCE, device=name) for name in silent)


_SILENCE = "nothing tells how the group is protected against replay"
_FAULTS = {
    "none": "no protection against replay",
    "counter": "replay protection by counter, which works for a single sender only",
    "untimed": "no time-based replay protection",
}


def _judged(
    ctx: GroupContext, role: ServerRole | MemberRole, methods: tuple[_Method, ...]
) -> Outcomes:
    for method in methods:
        if method.name in _FAULTS and not (method.one_sender and method.name != "none"):
            yield ctx.finding(
                method.evidence,
                f"{method.subject} of group {role.group} has {_FAULTS[method.name]}",
                device=role.device.name,
                gdoi_or_gkm=role.view.spelling if role.view is not None else "gdoi",
                group=role.group,
                number="<number>" if method.number is None else method.number,
            )


def _of_server(role: ServerRole) -> Iterator[_Method]:
    """The methods of a key server, by its configuration, else by what it shows."""
    methods = tuple(_configured(role)) or tuple(_policies_shown(role))
    yield from methods or _pseudotime_shown(role)


def _pseudotime_shown(role: ServerRole) -> Iterator[_Method]:
    for output in role.device.records(KS_REPLAY):
        for group in output.record.groups:
            if group.group == role.group and group.enabled is not None:
                yield _timed("key server", group.enabled, show_evidence(output, group, "enabled"))
                return


def _configured(role: ServerRole) -> Iterator[_Method]:
    view, config = role.view, role.device.config
    if view is None or config is None:
        return
    whole = role.device.block_complete(view.line)
    for sa in view.sas:
        if whole or not sa.is_default("replay"):
            acl = config.access_list_of(sa)
            yield _Method(
                f"policy 'sa ipsec {sa.sequence}'",
                "time" if view.d3p_window_ms is not None else sa.replay,
                config_evidence(role.device, sa, "replay"),
                acl is not None and _one_sender(acl.permits),
                sa.sequence,
            )


def _policies_shown(role: ServerRole) -> Iterator[_Method]:
    one_sender = _one_sender(policy_of(role).permits)
    for output in role.device.records(GDOI)[-1:]:
        for group in output.record.groups:
            for sa in group.sas if group.group == role.group else ():
                if sa.replay is not None:
                    yield _Method(
                        f"policy 'sa ipsec {sa.number}'",
                        "time" if group.d3p_window_ms is not None else sa.replay,
                        show_evidence(output, sa, "replay"),
                        one_sender,
                    )


def _of_member(role: MemberRole) -> Iterator[_Method]:
    """The method of the keys that a member holds; one for all, since they have one origin."""
    one_sender = any(_one_sender(policy.permits) for policy in downloads(role))
    for output in role.device.records(GDOI):
        for group in output.record.groups:
            for interface in group.tek_interfaces if group.group == role.group else ():
                for key in interface.sas:
                    name = "time" if group.d3p_window_ms is not None else key.replay
                    evidence = show_evidence(output, key, "replay")
                    yield _Method("traffic key", name, evidence, one_sender)
                    return
    for pseudotimes in role.device.records(GM_REPLAY):
        for its in pseudotimes.record.groups:
            if its.group == role.group:
                yield _timed("traffic key", its.enabled, show_evidence(pseudotimes, its, "enabled"))
                return


def _timed(subject: str, enabled: bool, evidence: Evidence) -> _Method:
    """The method of a group that has a pseudotime, or has none."""
    return _Method(subject, "time" if enabled else "untimed", evidence)


def _one_sender(permits: tuple[AclEntry, ...]) -> bool:
    """Whether all that is encrypted comes from one host, as from a multicast source."""
    sources = {permit.source for permit in permits}
    return len(sources) == 1 and all(source.kind == "host" for source in sources)
