"""AAA: the servers, the sessions, and what logins are put through."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

from ..config.store import Entry
from ..grammar import CLASSIC, CommandSet
from ..services.login_guard import LoginGuard
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

TITLE = "==========================================================\n"
FIRST_UNIQUE_ID = 12
FIRST_SESSION_ID = 4000

declared = CommandSet()
declared.words(
    {
        "aaa servers": "Show status of AAA servers",
        "aaa sessions": "Show AAA sessions as seen by AAA Session MIB",
        "login failures": "Display failed login attempts",
        "show aaa": "Show AAA values",
        "show login": "Display Secure Login Configurations and State",
    }
)


@declared.exec("show aaa servers")
def show_servers(call: Call) -> str:
    """The RADIUS servers with their counters: nobody asks them anything in a lab."""
    router = call.router
    servers = [
        (name, entry) for name, entry in _servers(router) if entry.get("address") is not None
    ]
    return "\n".join(
        "".join(_server(router, number, name, entry))
        for number, (name, entry) in enumerate(servers, 1)
    )


def _servers(router: "Router") -> Iterator[tuple[str, Entry]]:
    for server in router.config.root.all("radius server"):
        address = server.block.find("address") if server.block else None
        if address is not None:
            yield str(server["name"]), address


def _server(router: "Router", number: int, name: str, entry: Entry) -> Iterator[str]:
    up = int(router.uptime_s)
    yield (
        f"RADIUS: id {number}, priority {number}, host {entry['address']}, "
        f"auth-port {entry['auth_port']}, acct-port {entry['acct_port']}, hostname {name}\n"
        f"     State: current UP, duration {up}s, previous duration 0s\n"
        "     Dead: total time 0s, count 0\n"
    )
    if router.family != CLASSIC:
        yield (
            f"     Platform State from SMD: current UP, duration {up}s, previous duration 0s\n"
            "     SMD Platform Dead: total time 0s, count 0\n"
        )
    yield "     Quarantined: No\n"
    for title in ("Authen", "Author"):
        yield (
            f"     {title}: request 0, timeouts 0, failover 0, retransmission 0\n"
            "             Response: accept 0, reject 0, challenge 0\n"
        )
        yield from _answers()
    yield (
        "     Account: request 0, timeouts 0, failover 0, retransmission 0\n"
        "             Request: start 0, interim 0, stop 0\n"
        "             Response: start 0, interim 0, stop 0\n"
    )
    yield from _answers()
    minutes = up // 60
    yield f"     Elapsed time since counters last cleared: {minutes // 60}h{minutes % 60}m\n"
    for what in ("Outstanding Access", "Outstanding Accounting"):
        yield f"     Estimated {what} Transactions: 0\n"
    for what in ("Throttled Access", "Throttled Accounting"):
        yield f"     Estimated {what} Transactions: 0\n"
    yield "     Maximum Throttled Transactions: access 0, accounting 0\n"
    if router.family != CLASSIC:
        for what in ("Response Failures", "Timeouts"):
            yield f"     Consecutive {what}: total 0\n"
            for platform in ("SMD Platform ", "WNCD Platform", "IOSD Platform "):
                yield f"             {platform}: max 0, current 0 total 0\n"
    ago = f"{minutes // 60} hours, {minutes % 60} minutes ago: 0"
    yield f"     Requests per minute past 24 hours:\n             high - {ago}\n"
    yield f"             low  - {ago}\n             average: 0\n"


def _answers() -> Iterator[str]:
    yield "             Response: unexpected 0, server error 0, incorrect 0, time 0ms\n"
    yield "             Transaction: success 0, failure 0\n"
    yield "             Throttled: transaction 0, timeout 0, failure 0\n"
    yield "             Malformed responses: 0\n             Bad authenticators: 0\n"


@declared.exec("show aaa sessions")
def show_sessions(call: Call) -> str:
    """Who is logged in, as AAA counts them."""
    router = call.router
    text = f"Total sessions since last reload: {router.lines.logins()}\n"
    for number, line in enumerate(router.lines.used()):
        if line.session is None:
            continue
        idle = int(router.clock.now() - line.session.terminal.idle_since)
        text += (
            f"Session Id: {FIRST_SESSION_ID + number}\n   Unique Id: {FIRST_UNIQUE_ID + number}\n"
            f"   User Name: {line.session.user or '*not available*'}\n"
            f"   IP Address: {_ip(line.source)}\n"
            f"   Idle Time: {idle}\n   CT Call Handle: 0\n"
        )
    return text


def _ip(source: str) -> str:
    try:
        return str(ip_address(source))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - what IOS prints for the console


# ---- logins ----


# `show log` is `show logging`
@declared.exec("show logi~n")
def show_login(call: Call) -> str:
    """What a failed login costs, and whether the router lets anybody in."""
    return "".join(f"     {line}".rstrip() + "\n" for line in _login_lines(call.router))


def _login_lines(router: "Router") -> Iterator[str]:
    root, guard = router.config.root, router.feature(LoginGuard)
    block, delay = root.find("login block-for"), int(guard.delay_s)
    default = "" if root.has("login delay") else "default "
    unit = "second" if delay == 1 else "seconds"
    yield (
        f"A {default}login delay of {delay} {unit} is applied."
        if delay
        else "No login delay has been applied."
    )
    yield (
        f"Quiet-Mode access list {guard.exempt} is applied."
        if guard.exempt
        else "No Quiet-Mode access list has been configured."
    )
    for kind, setting in (("successful", "on-success"), ("failed", "on-failure")):
        entry = root.find(f"login {setting}")
        if entry is not None and not entry.negated:
            often = f"Every {entry['every']}" if entry.get("every") else "All"
            yield f"{often} {kind} login is logged."
    yield ""
    if block is None:
        yield "Router NOT enabled to watch for login Attacks"
        return
    yield "Router enabled to watch for login Attacks."
    yield (
        f"If more than {block['attempts']} login failures occur in {block['within']} seconds "
        "or less,"
    )
    yield f"logins will be disabled for {block['seconds']} seconds."
    yield ""
    yield from _mode_lines(guard)


def _mode_lines(guard: LoginGuard) -> Iterator[str]:
    if guard.quiet_s:
        yield "Router presently in Quiet-Mode."
        yield f"Will remain in Quiet-Mode for {int(guard.quiet_s)} seconds."
        if guard.exempt:
            yield f"Restricted logins filtered by applied ACL {guard.exempt}."
        else:
            yield "Denying logins from all sources."
        return
    left, failures = guard.window
    yield "Router presently in Normal-Mode."
    yield "Current Watch Window"
    yield f"    Time remaining: {int(left)} seconds."
    yield f"    Login failures for current window: {failures}."
    yield f"Total login failures: {guard.failed_count}."


@declared.exec("show logi~n failures")
def show_failures(call: Call) -> str:
    """The failed logins, those of one user from one place together."""
    router = call.router
    failures = router.feature(LoginGuard).failures
    if not failures:
        return "*** No logged failed login attempts with the device.***\n"
    text = f"Total failed logins: {len(failures)}\nDetailed information about last 50 failures\n\n"
    text += "Username        SourceIPAddr    lPort Count TimeStamp\n"
    rows: dict[tuple[str, str], list[float]] = {}
    for at, user, source in failures:
        rows.setdefault((user, source), []).append(at)
    for (user, source), times in rows.items():
        text += f"{user:<15} {source:<15} 22    {len(times):<5} {router.second_text(times[-1])}\n"
    return text
