"""Time-based replay protection at work: its window, its clock, and what it refuses."""

from typing import TYPE_CHECKING

from ..context import (
    GROUP,
    MEMBER,
    SERVER,
    GroupContext,
    MemberContext,
    ServerContext,
    config_evidence,
    show_evidence,
)
from ..group_keys import Fact, block_gap, gdoi_or_gkm, members_of
from ..listing import key_servers
from ..needs import CONFIG, GDOI, GM_REPLAY, KS_REPLAY
from ..rule import Evidence, Grade, Outcomes, Severity, rule
from ..servers import NO_SERVER, cooperates, latest
from ..sources import COMMANDS, CONCEPTS, CSM, GUIDE, OURS
from ..teams import teams

if TYPE_CHECKING:
    from ...parsers.records.gdoi_gm_replay import GmReplay, GroupReplay
    from ..facts import Shown

_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
   replay time window-size {window}
  address ipv4 10.10.1.1
"""
_REPLAY = """
Anti-replay Information For Group G1:
Timebased Replay:
Replay Value : 3611735.21 secs
Input Packets : {packets} Output Packets : 396920861
Input Error Packets : {errors} Output Error Packets : {sent}
Time Sync Error : {sync} Max time delta : {delta} secs

TBAR Error History (sampled at 10pak/min):
    No TBAR errors detected
"""
_KS_REPLAY = """
Anti-replay Information For Group G1:
Timebased Replay:
Replay Value : {value} secs
"""
_MEMBER = """
GROUP INFORMATION

    Group Name               : G1
    Group Identity           : 1001
    Rekeys received          : 2
    IPSec SA Direction       : Both

     Group Server list       : 10.10.1.1

    Group member             : 10.20.1.1      vrf: None
       Registration status   : Registered
       Registered with       : 10.10.1.1
       Re-registers in       : 6580 sec
       Succeeded registration: 1
       Attempted registration: 1
       Last rekey from       : 10.10.1.1
       Last rekey seq num    : 2
       Unicast rekey received: 2
       Rekey ACKs sent       : 2
       allowable rekey cipher: any
       allowable rekey hash  : any
       allowable transformtag: any ESP

    Rekeys cumulative
       Total received        : 2
       After latest register : 2
       Rekey Acks sents      : 2

TEK POLICY for the current KS-Policy ACEs Downloaded:
  GigabitEthernet0/0/1:
    IPsec SA:
        spi: 0xA1B2C3D4(2712847316)
        transform: esp-256-aes esp-sha256-hmac
        sa timing:remaining key lifetime (sec): (6990)
        Anti-Replay(Time Based) : {window} sec interval
"""
_FILE = "gm1/show crypto gdoi gm replay.txt"


def _shown(
    packets: int = 2_209_247,
    errors: int = 0,
    sent: int = 0,
    sync: int = 0,
    delta: str = "0.00",
) -> dict[str, str]:
    text = _REPLAY.format(packets=packets, errors=errors, sent=sent, sync=sync, delta=delta)
    return {_FILE: text}


@rule(
    code="RPL002",
    aliases=("GV-090",),
    title="The window of time-based replay protection is as short as the network allows",
    severity=Severity.LOW,
    scope=SERVER,
    needs=(CONFIG, GDOI),
    thresholds=("replay_window_max_s",),
    source=f"{COMMANDS}: 1 to 100 s; {OURS}: the figure",
    rationale="""
        A packet that somebody recorded is taken again for as long as the window lasts. It has to
        be longer than packets are on their way and clocks of members are apart, which is a matter
        of a few seconds: five are usual.
    """,
    remediation="""
crypto {spelling} group {group}
 server local
  sa ipsec {number}
   replay time window-size 5""",
    fix=Grade.REKEY,
    bad={"ks1.cfg": _SERVER.format(window=100)},
    good={"ks1.cfg": _SERVER.format(window=5)},
)
def window_is_wide(ctx: ServerContext) -> Outcomes:
    """Look at the window of each policy with time-based protection."""
    most = ctx.settings.replay_window_max_s
    told = False
    if ctx.view is not None:
        for sa in ctx.view.sas:
            told = True
            if sa.replay == "time" and sa.replay_window > most:
                yield ctx.at(
                    sa,
                    "replay_window",
                    f"the replay window of 'sa ipsec {sa.sequence}' of group {ctx.group} is"
                    f" {sa.replay_window} s",
                    group=ctx.group,
                    number=sa.sequence,
                    spelling=gdoi_or_gkm(ctx),
                )
        if gap := block_gap(ctx):
            yield ctx.not_checked(gap)
        return
    if (status := latest(ctx.rows(GDOI, lambda record: record.groups))) is not None:
        for shown in status[1].sas:
            told = told or shown.replay is not None
            if shown.replay == "time" and (shown.replay_window or 0) > most:
                yield ctx.shown(
                    status[0],
                    shown,
                    "replay_window",
                    f"the replay window of 'sa ipsec {shown.number}' of group {ctx.group} is"
                    f" {shown.replay_window} s",
                    group=ctx.group,
                    number=shown.number,
                    spelling="gdoi",
                )
    if not told:
        yield ctx.missing()


def _state(ctx: MemberContext) -> "tuple[Shown[GmReplay], GroupReplay] | None":
    """What the member last said about replay protection in the group."""
    return latest(ctx.rows(GM_REPLAY, lambda record: record.groups))


@rule(
    code="RPL003",
    aliases=("GV-091",),
    title="Members refuse no packets as replayed",
    severity=Severity.MEDIUM,
    scope=MEMBER,
    needs=(GM_REPLAY,),
    source=GUIDE,
    rationale="""
        Refused packets are lost traffic of the group: the pseudotime of the sender or of the
        receiver is wrong, or packets are longer on their way than the window. Only where both are
        right does somebody replay packets.
    """,
    remediation="""
On the member: show crypto gdoi gm replay (the history names the senders). Compare pseudotimes of
both; 'clear crypto gdoi group {group}' on the one that is wrong gets it the right one.""",
    bad=_shown(errors=31),
    good=_shown(),
)
def packets_refused(ctx: MemberContext) -> Outcomes:
    """Read the counters of errors in both directions, and the history."""
    state = _state(ctx)
    if state is None:
        yield ctx.missing()
        return
    output, group = state
    for field, what in (("input_errors", "received"), ("output_errors", "to be sent")):
        count: int | None = getattr(group, field)
        if count:
            yield ctx.shown(
                output,
                group,
                field,
                f"replay protection of group {ctx.group} refused {count} packets {what}"
                f"{_worst(group)}",
                group=ctx.group,
            )


def _worst(group: "GroupReplay") -> str:
    """The sender whose pseudotime was furthest away, where the history has one."""
    errors = group.history.errors if group.history is not None else ()
    if not errors:
        return ""
    worst = max(errors, key=lambda each: abs(each.my_pseudotime_s - each.peer_pseudotime_s))
    apart = abs(worst.my_pseudotime_s - worst.peer_pseudotime_s)
    return f"; the furthest were {apart:.0f} s away, from {worst.source}"


@rule(
    code="RPL004",
    title="The clocks of replay protection on members are in step with the key server",
    severity=Severity.MEDIUM,
    scope=MEMBER,
    needs=(GM_REPLAY,),
    source=f"{CSM}; {GUIDE}",
    rationale="""
        Members get the pseudotime at registration and with rekeys, and count it on by themselves.
        A time that does not fit their own count is an error: it came late, from another key
        server, or the member's clock runs at another pace.
    """,
    remediation="""
Compare 'show crypto gdoi ks replay' of the key servers of group {group} with 'show crypto gdoi gm
replay' of the member; look for key servers that have lost each other.""",
    bad=_shown(sync=3),
    good=_shown(),
)
def clock_out_of_step(ctx: MemberContext) -> Outcomes:
    """Read `Time Sync Error`."""
    state = _state(ctx)
    if state is None:
        yield ctx.missing()
        return
    output, group = state
    if group.time_sync_errors:
        count = group.time_sync_errors
        errors = "1 error" if count == 1 else f"{count} errors"
        message = f"the pseudotime of group {ctx.group} was set with {errors}"
        if group.max_time_delta_s:
            message += f", by up to {group.max_time_delta_s:g} s"
        yield ctx.shown(output, group, "time_sync_errors", message, group=ctx.group)


@rule(
    code="RPL005",
    title="Key servers of a group have one pseudotime",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(KS_REPLAY,),
    thresholds=("pseudotime_apart_max_s",),
    source=f"{CSM}; {OURS}: the figure",
    rationale="""
        The primary owns the pseudotime and tells the others. A key server with another one gives
        it to the members that register there, and the rest refuse their packets. Outputs are
        taken one after the other, so some minutes between them say nothing.
    """,
    remediation="""
Take 'show crypto gdoi ks replay' again on all key servers at one time. If they are apart: see
'show crypto gdoi ks coop', and send a rekey from the primary.""",
    bad={
        "ks1/show crypto gdoi ks replay.txt": _KS_REPLAY.format(value="3611735.21"),
        "ks2/show crypto gdoi ks replay.txt": _KS_REPLAY.format(value="11730.02"),
    },
    good={
        "ks1/show crypto gdoi ks replay.txt": _KS_REPLAY.format(value="3611735.21"),
        "ks2/show crypto gdoi ks replay.txt": _KS_REPLAY.format(value="3611752.77"),
    },
)
def pseudotimes_apart(ctx: GroupContext) -> Outcomes:
    """Compare the smallest pseudotime with the largest one."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        if len(team) == 1 and cooperates(team[0]) is False:
            continue
        found: list[tuple[float, str, Evidence]] = []
        for server in team:
            state = latest(server.rows(KS_REPLAY, lambda record: record.groups))
            if state is None:
                yield server.missing()
            elif state[1].pseudotime_s is not None:
                evidence = show_evidence(*state, "pseudotime_s")
                found.append((state[1].pseudotime_s, server.device.name, evidence))
        yield from _apart(ctx, found)


def _apart(ctx: GroupContext, found: list[tuple[float, str, Evidence]]) -> Outcomes:
    low = min(found, key=lambda each: each[0], default=None)
    high = max(found, key=lambda each: each[0], default=None)
    if low is None or high is None:
        return
    gap = high[0] - low[0]
    if gap > ctx.settings.pseudotime_apart_max_s:
        yield ctx.finding(
            (low[2], high[2]),
            f"the pseudotimes of group {ctx.group.name} on key servers {low[1]} and {high[1]} are"
            f" {gap:.0f} s apart; outputs taken that long one after the other explain it",
            group=ctx.group.name,
        )


@rule(
    code="RPL006",
    title="Traffic keys of members have the replay protection that is configured",
    severity=Severity.LOW,
    scope=GROUP,
    needs=(CONFIG, GDOI),
    source=CONCEPTS,
    rationale="""
        A change of replay protection takes effect with the next rekey. Until then members check
        by the old method and window; a member that still does after a rekey has missed it.
    """,
    remediation="""
On the primary: crypto gdoi ks group {group} rekey. If {member} alone is behind, there: clear
crypto gdoi""",
    bad={
        "ks1.cfg": _SERVER.format(window=5),
        "gm1/show crypto gdoi.txt": _MEMBER.format(window=20),
    },
    good={
        "ks1.cfg": _SERVER.format(window=5),
        "gm1/show crypto gdoi.txt": _MEMBER.format(window=5),
    },
)
def protection_runs_otherwise(ctx: GroupContext) -> Outcomes:
    """Compare the keys of each member with the policies of the key servers that it belongs to."""
    wanted = [(each, _configured(each.server)) for each in key_servers(ctx)]
    for member in members_of(ctx):
        status = latest(member.rows(GDOI, lambda record: record.groups))
        if status is None:
            yield member.missing(GDOI)
            continue
        output, group = status
        own = [facts for each, facts in wanted if each.serves(member.group, group.servers)]
        if not own or any(facts is None for facts in own):
            yield member.not_checked("the replay protection of its key servers is not known")
            continue
        facts = [fact for each in own if each is not None for fact in each]
        for interface in group.tek_interfaces:
            for key in interface.sas:
                if all((key.replay, key.replay_window or 0) != fact.value for fact in facts):
                    yield member.finding(
                        (show_evidence(output, key, "replay_window"), facts[0].evidence),
                        f"traffic key 0x{key.spi:08X} of group {member.group} on"
                        f" {interface.interface} has replay protection"
                        f" {_said((key.replay, key.replay_window or 0))}, configured is"
                        f" {' or '.join(dict.fromkeys(_said(fact.value) for fact in facts))}",
                        group=member.group,
                        member=member.device.name,
                    )


def _configured(ctx: ServerContext) -> list[Fact[tuple[str, int]]] | None:
    """Method and window of each policy; None where they are not known in full."""
    if ctx.view is None or not ctx.view.sas or block_gap(ctx):
        return None
    return [
        Fact(
            value=(sa.replay, sa.replay_window),
            evidence=config_evidence(ctx.device, sa, "replay_window"),
        )
        for sa in ctx.view.sas
    ]


def _said(protection: tuple[str, int]) -> str:
    method, window = protection
    return "none" if method == "none" else f"by {method} ({window}{' s' * (method == 'time')})"
