"""NTP: whether the clock is held, and by which server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import CommandSet
from ..services.ntp import LOCAL_CLOCK, NO_STRATUM, POLL_S, POLLS_REMEMBERED, Association, Ntp
from ..shell.call import Call
from ..timetext import clock_text

if TYPE_CHECKING:
    from ..device import Router

NOT_ENABLED = "%NTP is not enabled.\n"
ASSOCIATIONS_HEAD = (
    "  address         ref clock       st   when   poll reach  delay  offset   disp\n"
)
LEGEND = " * sys.peer, # selected, + candidate, - outlyer, x falseticker, ~ configured\n"
NTP_ERA_S = 2_208_988_800
"""Seconds from 1900, where NTP begins to count, to 1970 (RFC 5905)."""
NEVER = "00000000.00000000 (00:00:00.000 UTC Mon Jan 1 1900)"
RESOLUTION_US = 4000
ROOT_DELAY_MS = 1.5
MAX_POLL = 10
MIN_POLL = 6

declared = CommandSet()
declared.words(
    {
        "show ntp": "Network time protocol",
        "ntp associations": "NTP associations",
        "associations detail": "Show detail",
        "ntp config": "NTP configuration",
        "ntp status": "NTP status",
    }
)


@declared.exec("show ntp associations")
def show_associations(call: Call) -> str:
    """The servers in a table."""
    ntp = call.router.feature(Ntp)
    if not ntp.enabled:
        return NOT_ENABLED
    rows = "".join(_row(call.router, ntp, each) for each in ntp.associations.values())
    return f"\n{ASSOCIATIONS_HEAD}{rows}{LEGEND}"


def _row(router: "Router", ntp: Ntp, association: Association) -> str:
    now = router.clock.now()
    when = association.when(now)
    reached = when is not None
    mark = "*" if association is ntp.selected else "+" if reached else " "
    reference = association.reference if reached else ".INIT."
    stratum = association.stratum if reached else NO_STRATUM
    delay, offset = (association.delay_ms, association.offset_ms) if reached else (0.0, 0.0)
    shown = "-" if when is None else str(int(when))
    return (
        f"{mark}~{association.address or association.host:<16}{reference:<16}{stratum:2}"
        f"{shown:>7}{POLL_S:7}{association.reach(now):6o}"
        f"{_six(delay):>7}{_six(offset):>8}{_six(association.dispersion(now)):>7}\n"
    )


def _six(number: float) -> str:
    """A number in six characters: `0.117`, `15937.`."""
    return f"{number:.3f}"[:6]


@declared.exec("show ntp config")
def show_config(call: Call) -> str:
    """The lines of the configuration about NTP."""
    entries = call.router.config.root.entries.values()
    return "".join(f" {e.text}\n" for e in entries if e.setting.name.startswith("ntp "))


@declared.exec("show ntp status")
def show_status(call: Call) -> str:
    """What the clock follows and how well."""
    router = call.router
    ntp = router.feature(Ntp)
    if not ntp.enabled:
        return NOT_ENABLED
    return "".join(_status(router, ntp))


def _status(router: "Router", ntp: Ntp) -> Iterator[str]:
    identity, chosen, now = router.platform.identity, ntp.selected, router.clock.now()
    if chosen is None:
        yield "Clock is unsynchronized, stratum 16, no reference clock\n"
    else:
        reference = chosen.reference if chosen.mode == "master" else chosen.address
        yield f"Clock is synchronized, stratum {ntp.stratum}, reference is {reference:<16}\n"
    hertz = f"{identity.clock_hz:.4f}"
    yield (
        f"nominal freq is {hertz} Hz, actual freq is {hertz} Hz, "
        f"precision is 2**{identity.ntp_precision}\n"
    )
    up = int((now - (ntp.started_at or now)) * 100)
    yield f"ntp uptime is {up} (1/100 of seconds), resolution is {RESOLUTION_US}\n"
    updated = ntp.updated_at
    yield f"reference time is {_ntp_time(router, updated)}\n"
    offset = chosen.offset_ms if chosen else 0.0
    delay = _root_delay(chosen) if chosen else 0.0
    yield f"clock offset is {offset:.4f} msec, root delay is {delay:.2f} msec\n"
    dispersion = chosen.dispersion(now) if chosen else 0.0
    yield (
        f"root dispersion is {dispersion + 2.4:.2f} msec, "
        f"peer dispersion is {dispersion:.2f} msec\n"
    )
    state = "'CTRL' (Normal Controlled Loop)" if chosen else "'FREQ' (Drift being measured)"
    yield f"loopfilter state is {state}, drift is 0.000000000 s/s\n"
    last = "never updated" if updated is None else f"last update was {int(now - updated)} sec ago"
    yield f"system poll interval is {POLL_S}, {last}.\n"


def _root_delay(association: Association) -> float:
    return 0.0 if association.mode == "master" else association.delay_ms + ROOT_DELAY_MS


def _ntp_time(router: "Router", seconds: float | None) -> str:
    """A time as NTP counts it, and in words."""
    if seconds is None:
        return NEVER
    since_1900 = seconds + router.wall.offset_s + NTP_ERA_S
    whole = int(since_1900)
    fraction = int((since_1900 - whole) * (1 << 32))
    text = clock_text(*router.wall.local(seconds))
    return f"{whole & 0xFFFFFFFF:08X}.{fraction:08X} ({text})"


@declared.exec("show ntp associations detail")
def show_associations_detail(call: Call) -> str:
    """The servers one by one."""
    router = call.router
    ntp = router.feature(Ntp)
    if not ntp.enabled:
        return NOT_ENABLED
    return "\n".join(
        "".join(_detail(router, ntp, number, each)) + "\n"
        for number, each in enumerate(ntp.associations.values(), 1)
    )


def _detail(router: "Router", ntp: Ntp, number: int, each: Association) -> Iterator[str]:
    now = router.clock.now()
    reached = each.when(now) is not None
    family = "ipv6" if ":" in each.address else "ipv4"
    secured = "authenticated, " if each.key is not None else ""
    role = "our_master, " if each is ntp.selected else ""
    health = "sane, valid" if reached else "insane, invalid"
    stratum = each.stratum if reached else NO_STRATUM
    name = each.address or each.host
    yield f"{name} configured, {family}, {secured}{role}{health}, stratum {stratum}\n"
    last = next(each.answered(now), None)
    reference = each.reference if reached else ".INIT."
    yield f"ref ID {reference:<15}, time {_ntp_time(router, last)}\n"
    ours, theirs = _modes(each)
    yield f"our mode {ours}, peer mode {theirs}, our poll intvl {POLL_S}, "
    yield f"peer poll intvl {POLL_S}\n"
    dispersion = each.dispersion(now)
    delay = each.delay_ms if reached else 0.0
    offset = each.offset_ms if reached else 0.0
    yield (
        f"root delay {_root_delay(each):.2f} msec, root disp 2.40, reach {each.reach(now):o}, "
        f"sync dist {min(dispersion + delay / 2, 16000.0):.2f}\n"
    )
    yield (
        f"delay {delay:.2f} msec, offset {offset:.4f} msec, dispersion {dispersion:.2f}, "
        f"jitter {0.97 if reached else 0.0:.2f} msec\n"
    )
    yield f"precision 2**{router.platform.identity.ntp_precision}, version {each.version}\n"
    yield f"assoc id {27000 + number}, assoc name {each.host}\n"
    asked = each.polls(now)
    got = sum(each.answers(each.begun_at + k * POLL_S) for k in range(1, asked + 1))
    yield f"assoc in packets {got}, assoc out packets {asked}, assoc error packets 0\n"
    yield f"org time {NEVER}\nrec time {_ntp_time(router, last)}\n"
    sent = each.begun_at + asked * POLL_S if asked else None
    yield f"xmt time {_ntp_time(router, sent)}\n"
    yield from _filters(each, reached)
    yield f"minpoll = {MIN_POLL}, maxpoll = {MAX_POLL}\n"


def _modes(each: Association) -> tuple[str, str]:
    if each.mode == "peer":
        return "active", "passive"
    return ("active" if each.address == LOCAL_CLOCK else "client"), "server"


def _filters(each: Association, reached: bool) -> Iterator[str]:
    """The last eight measurements."""
    numbers = range(POLLS_REMEMBERED)
    rows = (
        ("filtdelay =", [each.delay_ms if reached else 0.0 for _ in numbers]),
        ("filtoffset =", [each.offset_ms if reached else 0.0 for _ in numbers]),
        ("filterror =", [1.95 + 0.96 * k if reached else 16000.0 for k in numbers]),
    )
    for name, values in rows:
        yield f"{name:<12}" + "".join(f"{value:8.2f}" for value in values) + "\n"
