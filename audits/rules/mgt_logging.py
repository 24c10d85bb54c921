"""What devices tell of themselves: logs, their times, notifications, and who changed what."""

from ...parsers.config import DeviceConfig
from ..context import DEVICE, DeviceContext
from ..management import KEY_SERVER, absent, last, lines, managed, on_servers
from ..needs import CONFIG
from ..rule import Fix, Grade, Outcomes, Severity, rule
from ..sources import COMMANDS, HARDENING, NDM

_TIMES = "service timestamps log datetime msec show-timezone"
_UTC = ("UTC", "GMT", "Z")
_QUIET = ("emergencies", "alerts", "critical", "0", "1", "2")
_TRAPS = "snmp-server host 10.10.9.40 version 3 priv nms\n"


@rule(
    code="MGT001",
    aliases=("GV-111",),
    title="GDOI events are sent to a management station",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{COMMANDS}; CISCO-GDOI-MIB",
    rationale="""
        A change of the primary key server, a peer that cannot be reached, a key server without
        RSA keys, a member that missed a rekey: each is told once, by a notification. Nobody hears
        of it where they are not enabled or have no receiver, until traffic is lost.
    """,
    remediation="""
snmp-server enable traps gdoi
! with somebody who gets them: snmp-server host ADDRESS version 3 priv USER""",
    bad={"ks1.cfg": KEY_SERVER.format(lines=_TRAPS)},
    good={"ks1.cfg": KEY_SERVER.format(lines=f"snmp-server enable traps gdoi\n{_TRAPS}")},
    fix=Grade.SAFE,
)
@managed
def no_notifications(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for `snmp-server enable traps` with `gdoi` or without a kind, and for a receiver."""
    services = config.services
    if not services.snmp_gdoi_traps:
        yield absent(ctx, "notifications of GDOI are not enabled")
    elif not services.snmp_hosts:
        yield absent(ctx, "notifications of GDOI are enabled, and no host receives them", fixes=())


@rule(
    code="MGT002",
    aliases=("GV-143",),
    title="Log messages go to a central server",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=NDM,
    rationale="""
        The log in a device's memory is short and gone after a reload; a log on a server is what
        tells afterwards which rekey was missed, who was refused and when a key server changed its
        role. It also shows the devices beside each other.
    """,
    remediation="logging host <address of the log server>",
    bad={"ks1.cfg": KEY_SERVER.format(lines="")},
    good={"ks1.cfg": KEY_SERVER.format(lines="logging host 10.10.9.50\n")},
)
@managed
def no_log_server(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for `logging host`."""
    if not config.services.logging_hosts:
        yield absent(ctx, "log messages are sent to no server")


@rule(
    code="MGT003",
    title="Log messages bear the date and time, in UTC",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=NDM,
    rationale="""
        Rekeys, registrations and changes of roles make sense only beside those of other devices.
        Times since the start of a device, or in the local time of each site, have to be converted
        first, and a change to summer time makes an hour ambiguous.
    """,
    remediation=_TIMES,
    bad={"ks1.cfg": KEY_SERVER.format(lines="service timestamps log uptime\n")},
    good={"ks1.cfg": KEY_SERVER.format(lines=f"{_TIMES}\n")},
    fix=Grade.SAFE,
)
@managed
def times_of_logs(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look at `service timestamps log`: `datetime`, and `localtime` only where that is UTC."""
    services = config.services
    words = (services.log_timestamps or "").split()
    zone = (services.clock_timezone or "UTC").split()
    if not words and services.is_default("log_timestamps"):
        yield absent(ctx, "log messages bear no time")
    elif "datetime" not in words:
        how = "the time since the last start" if words else "no time"
        yield ctx.at(services, "log_timestamps", f"log messages bear {how}")
    elif "localtime" in words and (zone[0] not in _UTC or zone[1:2] not in ([], ["0"])):
        yield ctx.at(
            services, "log_timestamps", f"log messages bear the local time (timezone {zone[0]})"
        )


@rule(
    code="MGT004",
    title="Key servers do not log everything to the console",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=HARDENING,
    rationale="""
        The console is slow, and the processor waits for it. When all members register again, or a
        rekey goes out while a debug is on, the messages alone can keep a key server from answering.
    """,
    remediation="logging console critical",
    bad={"ks1.cfg": KEY_SERVER.format(lines="")},
    good={"ks1.cfg": KEY_SERVER.format(lines="no logging console\n")},
    fix=Grade.SAFE,
)
@on_servers
def console_logging(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for `no logging console`, or one of the three gravest levels."""
    said = lines(ctx.device, "logging", "console")
    undone = lines(ctx.device, "no", "logging", "console")
    if undone and (not said or undone[-1].lineno > said[-1].lineno):
        return
    if not said:
        yield absent(ctx, "all messages are logged to the console, the default")
    elif not any(word in _QUIET for word in said[-1].words[2:]):
        yield ctx.at(said[-1], "", "messages of low severity are logged to the console")


@rule(
    code="MGT005",
    title="Devices keep a log of who changed their configuration",
    severity=Severity.INFO,
    scope=DEVICE,
    needs=(CONFIG,),
    source=HARDENING,
    rationale="""
        The policies of cooperating key servers have to be changed alike. The log of configuration
        commands tells which line was entered where, by whom and in which order, and with it what
        has to be taken back.
    """,
    remediation="""
archive
 log config
  logging enable
  notify syslog
  hidekeys""",
    bad={"ks1.cfg": KEY_SERVER.format(lines="")},
    good={
        "ks1.cfg": KEY_SERVER.format(
            lines="archive\n log config\n  logging enable\n  notify syslog\n  hidekeys\n"
        )
    },
    fix=Grade.SAFE,
)
@managed
def changes_unlogged(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for `archive`, `log config`, `logging enable`."""
    for block in lines(ctx.device, "archive"):
        for log in block.children:
            if log.text == "log config" and any(
                line.text == "logging enable" for line in log.children
            ):
                return
        if not ctx.device.block_complete(block):
            yield ctx.not_checked("the block 'archive' is not known in full")
            return
    yield absent(ctx, "changes of the configuration are not logged")


@rule(
    code="MGT006",
    title="Failed logins are logged and slowed down",
    severity=Severity.INFO,
    scope=DEVICE,
    needs=(CONFIG,),
    source=HARDENING,
    rationale="""
        A key server holds the traffic keys of all its groups. Who tries passwords on it should
        have to wait, and be noticed.
    """,
    remediation="""
login block-for 120 attempts 5 within 60
login on-failure log""",
    bad={"ks1.cfg": KEY_SERVER.format(lines="login on-failure log\n")},
    good={
        "ks1.cfg": KEY_SERVER.format(
            lines="login block-for 120 attempts 5 within 60\nlogin on-failure log\n"
        )
    },
    fix=Grade.SAFE,
)
@on_servers
def logins_unguarded(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for `login block-for` and `login on-failure` on key servers."""
    wanted = {
        "block-for": "login block-for 120 attempts 5 within 60",
        "on-failure": "login on-failure log",
    }
    lacking = [word for word in wanted if last(ctx.device, "login", word) is None]
    if lacking:
        names = " and ".join(f"'login {word}'" for word in lacking)
        fix = Fix(
            device=ctx.device.name,
            lines=tuple(wanted[word] for word in lacking),
            grade=Grade.SAFE,
        )
        yield absent(ctx, f"there is no {names}", fixes=(fix,))


@rule(
    code="MGT007",
    title="Times are taken from NTP servers that prove who they are",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=NDM,
    rationale="""
        Certificates are judged by the clock, and logs are read by it. Who can answer in place of
        an NTP server can make a certificate look expired, and all members with it, or an expired
        one look valid.
    """,
    remediation="""
ntp authentication-key <number> hmac-sha2-256 <key>
ntp trusted-key <number>
ntp server <address> key <number>
ntp authenticate""",
    bad={"ks1.cfg": KEY_SERVER.format(lines="ntp server 10.10.9.20\n")},
    good={
        "ks1.cfg": KEY_SERVER.format(
            lines="ntp authentication-key 1 md5 7 <removed>\nntp authenticate\n"
            "ntp trusted-key 1\nntp server 10.10.9.20 key 1\n"
        )
    },
)
@managed
def unproven_time(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look at `key` of each NTP server, at `ntp trusted-key` and at `ntp authenticate`."""
    servers = [*lines(ctx.device, "ntp", "server"), *lines(ctx.device, "ntp", "peer")]
    if not servers and not config.services.ntp_master:
        yield absent(ctx, "there is no NTP server", severity=Severity.LOW)
    for line in servers:
        if "key" not in line.words:
            host = _host(line.words[2:])
            yield ctx.at(line, "", f"NTP server {host} does not have to prove who it is")
    if servers and all("key" in line.words for line in servers):
        if not lines(ctx.device, "ntp", "trusted-key"):
            yield absent(ctx, "no NTP key is trusted")
        elif not config.services.ntp_authenticate:
            fix = Fix(device=ctx.device.name, lines=("ntp authenticate",), grade=Grade.SAFE)
            message = "NTP servers have keys, and 'ntp authenticate' is missing"
            yield absent(ctx, message, fixes=(fix,))


def _host(words: list[str]) -> str:
    """The host of `ntp server [vrf V] [ip|ipv6] HOST …`."""
    rest = words[2:] if words[:1] == ["vrf"] else words
    return next((word for word in rest if word not in ("ip", "ipv6")), "")
