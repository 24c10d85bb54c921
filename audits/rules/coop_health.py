"""Cooperative key servers at work: what gets lost between them, and how they run."""

from ..context import (
    GROUP,
    SERVER,
    GroupContext,
    ServerContext,
    config_evidence,
    show_evidence,
)
from ..group_keys import block_gap, servers_of
from ..needs import CONFIG, KS_COOP
from ..rule import Outcomes, Severity, rule
from ..servers import address_of, coop, cooperates
from ..sources import COMMANDS, CONCEPTS, MESSAGES
from .coop_state import coop_output

_FILE = "ks1/show crypto gdoi ks coop.txt"
_PRIMARY = coop_output("Primary", "Secondary")
_PRIMARY_TIMERS = """\
        Primary Timers:
                Primary Refresh Policy Time: 20
                Remaining Time: 14
"""
_SECONDARY_TIMERS = """\
        Secondary Timers:
                Sec Primary Periodic Time: 30
                Remaining Time: 14, Retries: 0
                Invalid ANN PST recvd: 0
                New GM Temporary Blocking Enforced?: No
"""
SECONDARY = coop_output("Secondary", "Primary").replace(_PRIMARY_TIMERS, _SECONDARY_TIMERS)
"""An output of a secondary, with its timers."""

_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
  redundancy
   local priority {priority}
   peer address ipv4 10.10.2.1
"""
_SECOND = """
hostname ks2
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.2.1
  redundancy
   local priority {priority}
   peer address ipv4 10.10.1.1
"""


@rule(
    code="COOP016",
    title="No announcement between key servers is dropped or refused",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(KS_COOP,),
    source=f"{COMMANDS}; {CONCEPTS}",
    rationale="""
        Key servers share keys and members by announcements alone. One that comes and is dropped
        is of another format or version, replayed, or signed with another RSA key; one that is
        dropped before it leaves finds no IKE SA. A few of the latter are normal while an SA is
        set up.
    """,
    remediation="""
Clear the counters (clear crypto gdoi ks coop counters) and look again. If they grow: compare
'protocol version', software versions, RSA keys and pseudotimes of the key servers of {group}.""",
    bad={_FILE: _PRIMARY.replace("Packet Recv drops: 0", "Packet Recv drops: 12")},
    good={_FILE: SECONDARY},
)
def announcements_dropped(ctx: ServerContext) -> Outcomes:
    """Look at the counters of each session, and at the announcements refused for their time."""
    shown = coop(ctx)
    if shown is None:
        if cooperates(ctx) is not False:
            yield ctx.missing()
        return
    output, group = shown
    timers = group.secondary_timers
    if timers is not None and timers.invalid_pseudotimes:
        yield ctx.shown(
            output,
            timers,
            "invalid_pseudotimes",
            f"key server of group {ctx.group} refused {timers.invalid_pseudotimes} announcements"
            " for their pseudotime",
            group=ctx.group,
        )
    for peer in group.peers:
        for field, way, severity, most in _DROPS:
            count: int | None = getattr(peer, field)
            if count is not None and count > most:
                packets = "1 packet" if count == 1 else f"{count} packets"
                message = f"{packets} {way} peer {peer.address} of group {ctx.group} dropped"
                yield ctx.shown(output, peer, field, message, severity=severity, group=ctx.group)


_DROPS = (
    ("received_drops", "from", None, 0),
    ("sent_drops", "to", Severity.LOW, 3),  # some are lost while the first IKE SA is set up
)


@rule(
    code="COOP017",
    title="Key servers let new members register",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(KS_COOP,),
    source=COMMANDS,
    rationale="""
        A secondary that has lost touch with the primary can block new members for a time, since
        it might give them keys that nobody else has. A member that starts while its key server
        blocks has to try the next one.
    """,
    remediation="""
See why the key server has no primary: show crypto gdoi ks coop, show logging | include COOP""",
    bad={_FILE: SECONDARY.replace("Enforced?: No", "Enforced?: Yes")},
    good={_FILE: SECONDARY},
)
def new_members_blocked(ctx: ServerContext) -> Outcomes:
    """Read `New GM Temporary Blocking Enforced?`, which secondaries print."""
    shown = coop(ctx)
    if shown is None:
        if cooperates(ctx) is not False:
            yield ctx.missing()
        return
    timers = shown[1].secondary_timers
    if timers is not None and timers.new_members_blocked:
        message = f"key server of group {ctx.group} blocks new members"
        yield ctx.shown(shown[0], timers, "new_members_blocked", message)


@rule(
    code="COOP018",
    title="Secondary key servers hear the primary in time",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(KS_COOP,),
    source=CONCEPTS,
    rationale="""
        The primary announces itself every 20 seconds. A secondary that has heard nothing for 30
        seconds asks for an answer, and after 60 seconds starts an election.
    """,
    remediation="""
Check the path to the primary (UDP 848, fragments), its load, and the IKE SA between the two:
show crypto isakmp sa, show crypto gdoi ks coop""",
    bad={_FILE: SECONDARY.replace("Retries: 0", "Retries: 1")},
    good={_FILE: SECONDARY},
)
def primary_is_silent(ctx: ServerContext) -> Outcomes:
    """Look for queries that a secondary has sent to a silent primary."""
    shown = coop(ctx)
    if shown is None:
        if cooperates(ctx) is not False:
            yield ctx.missing()
        return
    timers = shown[1].secondary_timers
    if timers is not None and timers.retries:
        times = "once" if timers.retries == 1 else f"{timers.retries} times"
        message = f"key server of group {ctx.group} has asked a silent primary {times}"
        yield ctx.shown(shown[0], timers, "retries", message)


@rule(
    code="COOP019",
    title="Key servers cooperate with the priority and the address that are configured",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG, KS_COOP),
    source=COMMANDS,
    rationale="""
        A key server that runs with other values than its configuration has was changed without
        starting the cooperation anew, or its configuration is not the one that it runs. After a
        restart it will do what it does not do now.
    """,
    remediation="""
Compare 'show running-config | section gdoi' with 'show crypto gdoi ks coop' for group {group}; a
change of the address takes effect when 'redundancy' is configured anew.""",
    bad={"ks1.cfg": _SERVER.format(priority=50), _FILE: _PRIMARY},
    good={"ks1.cfg": _SERVER.format(priority=100), _FILE: _PRIMARY},
)
def runs_otherwise(ctx: ServerContext) -> Outcomes:
    """Compare priority and address of the configuration with the running ones."""
    if cooperates(ctx) is False:
        return
    shown, view = coop(ctx), ctx.view
    if shown is None or view is None:
        yield ctx.missing(KS_COOP) if shown is None else ctx.missing(CONFIG)
        return
    output, group = shown
    redundancy = view.redundancy
    if redundancy is None:
        yield ctx.not_checked(block_gap(ctx) or "the configuration has no 'redundancy'")
        return
    if redundancy.is_default("priority") and (gap := block_gap(ctx)):
        yield ctx.not_checked(gap)
    elif group.priority not in (None, redundancy.priority):
        proofs = (
            config_evidence(ctx.device, redundancy, "priority"),
            show_evidence(output, group, "priority"),
        )
        message = (
            f"key server of group {ctx.group} runs with priority {group.priority}, configured is"
            f" {redundancy.priority}"
        )
        yield ctx.finding(proofs, message, group=ctx.group)
    if view.address is not None and group.address not in (None, view.address):
        proofs = (
            config_evidence(ctx.device, view, "address"),
            show_evidence(output, group, "address"),
        )
        message = (
            f"key server of group {ctx.group} runs with address {group.address}, configured is"
            f" {view.address}"
        )
        yield ctx.finding(proofs, message, group=ctx.group)


@rule(
    code="COOP020",
    title="Key servers have sessions with configured peers only",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG, KS_COOP),
    source=f"{COMMANDS}; {MESSAGES}",
    rationale="""
        A session with a peer that is not configured is a left-over of a change, or a key server
        that should not be there. It takes part in elections, and has the keys.
    """,
    remediation="""
If {peer} is meant to be a key server of group {group}: add it under 'redundancy'; if not, remove
it there, and this one from its list of peers.""",
    bad={
        "ks1.cfg": _SERVER.format(priority=100).replace("10.10.2.1", "10.10.3.1"),
        _FILE: _PRIMARY,
    },
    good={"ks1.cfg": _SERVER.format(priority=100), _FILE: _PRIMARY},
)
def stranger_cooperates(ctx: ServerContext) -> Outcomes:
    """Look for peers in the output that the configuration does not list."""
    if cooperates(ctx) is False:
        return
    shown, view = coop(ctx), ctx.view
    if shown is None or view is None:
        yield ctx.missing(KS_COOP) if shown is None else ctx.missing(CONFIG)
    elif gap := block_gap(ctx):
        yield ctx.not_checked(gap)
    else:
        listed = view.redundancy.peers if view.redundancy is not None else ()
        head = view if view.redundancy is None else view.redundancy
        for peer in shown[1].peers:
            if peer.address not in listed:
                proofs = (
                    show_evidence(shown[0], peer, "address"),
                    config_evidence(ctx.device, head),
                )
                message = f"key server {peer.address} is no configured peer of group {ctx.group}"
                yield ctx.finding(proofs, message, group=ctx.group, peer=peer.address)


@rule(
    code="COOP026",
    title="Key servers see each other with the priorities that are configured",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, KS_COOP),
    source=CONCEPTS,
    rationale="""
        Elections go by the priorities that key servers have heard of each other. One that is
        known with another priority than its configuration has may lose or win an election against
        the plan; it has not announced its change, or the announcement was lost.
    """,
    remediation="""
Compare 'show crypto gdoi ks coop' on key server {server} with 'local priority' on {peer} in group
{group}, and whether announcements arrive (Ann msgs recv).""",
    bad={
        "ks2.cfg": _SECOND.format(priority=50),
        "ks1.cfg": _SERVER.format(priority=100),
        _FILE: _PRIMARY,
    },
    good={
        "ks2.cfg": _SECOND.format(priority=75),
        "ks1.cfg": _SERVER.format(priority=100),
        _FILE: _PRIMARY,
    },
)
def peer_seen_otherwise(ctx: GroupContext) -> Outcomes:
    """Compare the priority of each peer in the output with that of its own configuration."""
    configured = {}
    for server in servers_of(ctx):
        redundancy = server.view.redundancy if server.view is not None else None
        address = address_of(server)
        if redundancy is None or address is None:
            continue
        if not redundancy.is_default("priority") or not block_gap(server):
            configured[address] = (server, redundancy)
    compared = False
    for server in servers_of(ctx):
        shown = coop(server)
        for peer in shown[1].peers if shown is not None else ():
            if shown is None or peer.address not in configured or peer.priority is None:
                continue
            compared = True
            other, redundancy = configured[peer.address]
            if peer.priority != redundancy.priority:
                yield ctx.finding(
                    (
                        show_evidence(shown[0], peer, "priority"),
                        config_evidence(other.device, redundancy, "priority"),
                    ),
                    f"key server {server.device.name} of group {server.group} sees"
                    f" {other.device.name} with priority {peer.priority}, configured is"
                    f" {redundancy.priority}",
                    server=server.device.name,
                    peer=other.device.name,
                    group=server.group,
                )
    if not compared and any(cooperates(server) is not False for server in servers_of(ctx)):
        yield ctx.not_checked("no key server shows a peer whose configuration is known")
