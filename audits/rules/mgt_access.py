"""How people get to a device: terminal lines, SSH, who may log in from where."""

from collections.abc import Iterator

from ...parsers.config import ConfigLine, DeviceConfig
from ..context import DEVICE, DeviceContext
from ..ike import is_server
from ..management import KEY_SERVER, Terminal, absent, last, lines, managed, terminals
from ..needs import CONFIG
from ..rule import Grade, Outcomes, Severity, rule
from ..sources import COMMANDS, HARDENING, NDM

_MINUTE_S = 60
_DEFAULT_MINUTES = 10
_CLASSIC = ("12.", "15.")
_ADMIN = f"username admin secret 9 $9${'a' * 14}${'a' * 43}\n"
"""A user whose secret is the hash of nothing."""
_VTY = "line vty 0 4\n{lines}"


def _on(text: str, before: str = "") -> dict[str, str]:
    """A key server with these lines of its terminals, and `before` above them."""
    return {"ks1.cfg": KEY_SERVER.format(lines=before + _VTY.format(lines=text))}


@rule(
    code="MGT008",
    title="Terminal lines are reached by SSH, not by Telnet",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{HARDENING}; {NDM}",
    rationale="""
        Telnet sends the password, and every configuration that is shown, in clear text. Who reads
        it on the way owns the key server, and with it the traffic keys of the group.
    """,
    remediation="""
{line}
 transport input ssh""",
    bad=_on(" transport input telnet ssh\n"),
    good=_on(" transport input ssh\n"),
    fix=Grade.SAFE,
)
@managed
def telnet(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look at `transport input` of the vty lines. Its default depends on the release."""
    found = False
    for each in terminals(ctx.device):
        if each.kind != "vty":
            continue
        found = True
        said = each.said("transport", "input")
        if said is None or each.transports is None:
            yield ctx.not_checked(
                f"'{each.name}' has no 'transport input', whose default depends on the release"
            )
        elif {"telnet", "all"} & set(each.transports):
            yield ctx.at(
                said,
                "",
                f"{each.name} takes Telnet ({said.text})",
                line=each.name,
                fixes=None if _has_ssh(ctx, each) else (),
            )
    if not found:
        yield ctx.not_checked(ctx.config_missing or "there are no vty lines in the configuration")


def _has_ssh(ctx: DeviceContext, terminal: Terminal) -> bool:
    """Whether SSH is in use: to allow it alone would else lock people out."""
    return "ssh" in (terminal.transports or ()) or bool(lines(ctx.device, "ip", "ssh", "version"))


@rule(
    code="MGT009",
    title="Logins are taken from known addresses only",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{HARDENING}; {NDM}",
    rationale="""
        Without an access list on the vty lines every host that can reach the device may try
        passwords, and use whatever fault its SSH server has. On a key server that concerns the
        whole group; on a member, one site.
    """,
    remediation="""
{line}
 access-class <access list of the management stations> in vrf-also""",
    bad=_on(" transport input ssh\n"),
    good=_on(" access-class MANAGEMENT in vrf-also\n transport input ssh\n"),
)
@managed
def open_lines(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for `access-class … in` on vty lines that take connections."""
    severity = Severity.MEDIUM if is_server(ctx.device) else Severity.LOW
    for each in terminals(ctx.device):
        if each.remote and not _access_class(each.line):
            if ctx.device.block_complete(each.line):
                message = f"{each.name} takes logins from any address"
                yield ctx.at(each.line, "", message, severity=severity, line=each.name)
            else:
                yield ctx.not_checked(f"'{each.name}' is not known in full")
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _access_class(block: ConfigLine) -> bool:
    return any(
        line.words[0] == "access-class" and "in" in line.words[2:] for line in block.children
    )


@rule(
    code="MGT010",
    title="Terminal lines ask who is there",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{HARDENING}; {NDM}",
    rationale="""
        With 'no login' whoever reaches the device by Telnet has a session at once, without name
        and password, and where the line has 'privilege level 15' he may do everything.
    """,
    remediation="""
{line}
 login local""",
    bad=_on(" no login\n transport input telnet\n", before=_ADMIN),
    good=_on(" login local\n transport input ssh\n"),
    fix=Grade.SAFE,
)
@managed
def no_login(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for `no login` on vty lines that take connections, where AAA is not used."""
    if config.services.aaa_new_model:
        return
    users = bool(lines(ctx.device, "username"))
    for each in terminals(ctx.device):
        said = each.said("no", "login")
        if each.remote and said is not None:
            privileged = each.said("privilege", "level", "15") is not None
            yield ctx.at(
                said,
                "",
                f"{each.name} asks for no password"
                + (", and gives privilege level 15" if privileged else ""),
                line=each.name,
                fixes=None if users else (),
            )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="MGT011",
    title="Sessions that nobody uses end",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    thresholds=("session_idle_max_min",),
    source=NDM,
    rationale="""
        A forgotten session can be taken over by the next person at that terminal, and it occupies
        one of the few lines, until nobody gets in when it matters.
    """,
    remediation="""
{line}
 exec-timeout {minutes} 0""",
    bad=_on(" exec-timeout 0 0\n"),
    good=_on(" exec-timeout 10 0\n"),
    fix=Grade.SAFE,
)
@managed
def endless_sessions(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Compare `exec-timeout` of each line, ten minutes by default; 0 0 and `no` mean never."""
    most = ctx.settings.session_idle_max_min
    for each in terminals(ctx.device):
        said = each.said("exec-timeout")
        never = each.said("no", "exec-timeout")
        if said is None and never is None:
            continue
        seconds = _seconds(said) if said is not None else 0
        line = said or never or each.line
        if not seconds:
            yield ctx.at(
                line, "", f"sessions on {each.name} never end", line=each.name, minutes=most
            )
        elif seconds > most * _MINUTE_S:
            yield ctx.at(
                line,
                "",
                f"sessions on {each.name} end after {seconds} s without input, more than "
                f"{most} minutes",
                line=each.name,
                minutes=most,
            )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _seconds(line: ConfigLine) -> int:
    """The time of `exec-timeout MINUTES [SECONDS]`; the default where it is not understood."""
    numbers = [int(word) for word in line.words[1:3] if word.isdecimal()]
    if not numbers:
        return _DEFAULT_MINUTES * _MINUTE_S
    return numbers[0] * _MINUTE_S + sum(numbers[1:])


@rule(
    code="MGT012",
    title="SSH is used in version 2 only",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{COMMANDS}; {NDM}",
    rationale="""
        Version 1 of SSH has faults that let others read and change a session. IOS 12.4 and 15.x
        take both versions ('1.99') unless they are told not to.
    """,
    remediation="ip ssh version 2",
    bad=_on(" transport input ssh\n", before="ip ssh version 1\n"),
    good=_on(" transport input ssh\n", before="ip ssh version 2\n"),
    fix=Grade.SAFE,
)
@managed
def old_ssh(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look at `ip ssh version`; without it IOS 12 and 15 take version 1 as well."""
    said = last(ctx.device, "ip", "ssh", "version")
    if said is not None:
        if said.words[3:] == ["1"]:
            yield ctx.at(said, "", "SSH takes version 1 only")
        return
    allowing = tuple(_allowing_ssh(ctx))
    if not allowing:
        if ctx.config_missing:
            yield ctx.not_checked(ctx.config_missing)
    elif config.version is None or not config.version.startswith(_CLASSIC):
        yield ctx.not_checked("there is no 'ip ssh version', whose default depends on the release")
    else:
        yield absent(
            ctx,
            f"{allowing[0].name} takes SSH, and nothing keeps it from version 1",
            severity=Severity.LOW,
        )


def _allowing_ssh(ctx: DeviceContext) -> Iterator[Terminal]:
    for each in terminals(ctx.device):
        if each.kind == "vty" and {"ssh", "all"} & set(each.transports or ()):
            yield each


@rule(
    code="MGT013",
    title="Users are authenticated by AAA, each under a name of his own",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{HARDENING}; {NDM}",
    rationale="""
        With a password on the line nobody can tell who changed the policy of the group, and
        nobody can be shut out without a new password for all others.
    """,
    remediation="""
aaa new-model
aaa authentication login default group tacacs+ local
aaa authorization exec default group tacacs+ local""",
    bad={"ks1.cfg": KEY_SERVER.format(lines="no aaa new-model\n")},
    good={"ks1.cfg": KEY_SERVER.format(lines="aaa new-model\n")},
)
@managed
def no_aaa(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for `aaa new-model`."""
    services = config.services
    if services.aaa_new_model:
        return
    message = "users are not authenticated by AAA"
    if services.is_default("aaa_new_model"):
        yield absent(ctx, message)
    else:
        yield ctx.at(services, "aaa_new_model", message)
