"""The lines of the board of a watch, for a terminal of any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..errors import counted, printable
from ..tasks.procedures.plan_text import duration

if TYPE_CHECKING:
    from ..tasks.watching.figures import GroupFigures, ServerFigures
    from ..tasks.watching.state import Firing, State

Line = tuple[str, str]
"""A line, and what colours it: a severity, `head`, or nothing."""
EVENTS_SHOWN: Final = 8
HEADINGS: Final = (
    "GROUP", "PRIMARY", "MEMBERS", "KEK ENDS", "TEK ENDS", "REKEY IN", "ACKS MISSED", "SAMPLE",
)  # fmt: skip
NAMES: Final = (
    "primary", "members", "KEK ends in", "TEK ends in", "rekey in", "ACKs missed", "sample",
)  # fmt: skip
"""What cells of a row are called in sentences."""
_LOW: Final = 16
"""A terminal with fewer rows has no empty ones."""
_FEW: Final = 3
_GRAVE: Final = ("critical", "warning", "info", "")


def board(
    state: State, now: float, *, columns: int = 10_000, rows: int = 10_000, over: bool = False
) -> list[Line]:
    """The lines of the board at the time `now`, not more than `rows` of at most `columns`.

    What is well gives way where there is little room. `over` is whether the watch has ended.
    """
    gap: list[Line] = [("", "")] if rows >= _LOW else []
    head = [_head(state, now, columns, over=over), *gap]
    alerts, events = list(_alerts(state, now)), list(_events(state, now))
    least_alerts, least_events = min(len(alerts), _FEW), min(len(events), _FEW - 1)
    room = rows - len(head) - 2 * len(gap) - 2 - least_alerts - least_events
    groups = _groups(state, now, columns, room)
    left = max(room - len(groups), 0)
    alerts = _cut(alerts, least_alerts + left, "alert")
    events = events[: max(least_events + left + least_alerts - len(alerts), 0)]
    lines = [
        *head,
        *groups,
        *gap,
        (f"alerts: {len(state.alerts) or 'none'}", "head"),
        *alerts,
        *gap,
        ("last events" if state.events else "last events: none", "head"),
        *events,
    ]
    return [(printable(text)[:columns], kind) for text, kind in lines[:rows]]


def row(group: GroupFigures, now: float) -> tuple[str, ...]:
    """The cells of a group."""
    acks = group.acks
    missed = "-" if acks is None else f"{acks.missed} by {acks.missing}" if acks.missed else "0"
    return (
        group.name,
        group.primary or ("-" if not group.primaries else f"{group.primaries} at once"),
        "-" if group.members is None else str(group.members),
        _left(group.kek_expires_at, now),
        _left(group.tek_expires_at, now),
        _left(group.next_rekey_at, now),
        missed,
        f"{group.well}/{group.sampled}" if group.sampled else "-",
    )


def _left(at: float | None, now: float) -> str:
    return "-" if at is None else duration(at - now)


def _head(state: State, now: float, columns: int, *, over: bool) -> Line:
    from ..tasks.clock import utc

    if over:
        when = "ended"
    elif not state.groups:
        when = "first look"
    elif now < state.next_at:
        when = f"next look in {duration(state.next_at - now)}"
    else:
        when = "looking"
    parts = [utc(now), when]
    if state.groups:
        silent = sum(bool(seen.failure) for seen in state.devices.values())
        parts.append(counted(len(state.groups), "group"))
        parts.append(counted(len(state.devices), "key server"))
        parts += [f"{silent} silent"] if silent else []
    text = "getvpn watch  " + ", ".join(parts)
    if len(text) > columns:
        # the time of day is enough
        text = ", ".join(parts).partition(" ")[2]
    return text, "critical" if "silent" in parts[-1] else "head"


def _groups(state: State, now: float, columns: int, room: int) -> list[Line]:
    """The groups with their key servers, as far as there is room: those that are well give way."""
    worst = _worst(state)
    order = sorted(state.groups, key=lambda group: _GRAVE.index(worst[group.name]))
    rows = [row(group, now) for group in state.groups]
    heading, texts = _table(rows, columns)
    shown = dict(zip((group.name for group in state.groups), texts, strict=True))
    servers = {group.name: _servers(state, group) for group in state.groups}
    found: list[Line] = []
    for groups, kinds in ((state.groups, _GRAVE), (state.groups, _GRAVE[:-1]), (order, ())):
        found = [(heading, "head")] if heading else []
        for group in groups:
            found += [(text, worst[group.name]) for text in shown[group.name]]
            found += [line for line in servers[group.name] if line[1] in kinds]
        if len(found) <= room:
            return found
    return _cut(found, max(room, 2), "line")


def _table(rows: Sequence[Sequence[str]], columns: int) -> tuple[str, list[list[str]]]:
    """The heading and the lines of each row; without heading where the columns do not fit."""
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    for gap in (2, 1):
        if sum(widths) + gap * (len(widths) - 1) <= columns:
            texts = [_aligned(cells, widths, " " * gap) for cells in (HEADINGS, *rows)]
            return texts[0], [[text] for text in texts[1:]]
    return "", [_folded(cells, columns) for cells in rows]


def _aligned(cells: Sequence[str], widths: Sequence[int], gap: str) -> str:
    """Names on the left of their columns, figures on the right."""
    return gap.join(
        cell.ljust(width) if index < 2 else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )


def _folded(cells: Sequence[str], columns: int) -> list[str]:
    """A row as a sentence of several lines."""
    lines = [cells[0]]
    for name, cell in zip(NAMES, cells[1:], strict=True):
        part = f"{name} {cell}"
        if len(lines) > 1 and len(lines[-1]) + 2 + len(part) <= columns:
            lines[-1] += f", {part}"
        else:
            lines.append(f" {part}")
    return lines


def _servers(state: State, group: GroupFigures) -> list[Line]:
    cells = [_server(state, server) for server in group.servers]
    names = max((len(server.name) for server in group.servers), default=0)
    words = max((len(first) for first, rest, _ in cells if rest), default=0)
    return [
        (f"  {server.name.ljust(names)}  {first.ljust(words) if rest else first}{rest}", kind)
        for server, (first, rest, kind) in zip(group.servers, cells, strict=True)
    ]


def _server(state: State, server: ServerFigures) -> tuple[str, str, str]:
    """What a key server is, the rest about it, and how grave that is."""
    if not server.reached:
        seen = state.devices.get(server.name)
        return f"does not answer: {seen.failure if seen is not None else ''}", "", "critical"
    if not server.role:
        return "does not serve the group", "", "critical"
    parts = [] if server.members is None else [counted(server.members, "member")]
    if server.peers:
        other = [f"{name} {status}" for name, status in server.peers.items() if status != "alive"]
        peers = f"peers {server.alive_peers}/{len(server.peers)}"
        parts.append(": ".join((peers, ", ".join(other))) if other else peers)
    bad = server.alive_peers < len(server.peers) or server.role not in {"primary", "secondary"}
    return server.role, "".join(f"  {part}" for part in parts), "warning" if bad else ""


def _worst(state: State) -> dict[str, str]:
    """How grave the gravest alert about each group is; empty without one."""
    of_group: defaultdict[str, set[str]] = defaultdict(set)
    of_device: defaultdict[str, set[str]] = defaultdict(set)
    for alert in state.alerts:
        (of_group[alert.group] if alert.group else of_device[alert.device]).add(alert.severity)
    found = {
        group.name: of_group[group.name].union(*(of_device[each.name] for each in group.servers))
        for group in state.groups
    }
    return {name: min(each, key=_GRAVE.index, default="") for name, each in found.items()}


def _alerts(state: State, now: float) -> Iterator[Line]:
    """What does not go out, then the alerts that are on, the gravest and the newest first."""
    for name, way in state.ways.items():
        if way.trouble:
            yield f"  {name}: {way.waiting} wait: {way.trouble}", "warning"

    def order(alert: Firing) -> tuple[int, float]:
        return _GRAVE.index(alert.severity), -alert.since

    for alert in sorted(state.alerts, key=order):
        where = ", ".join(part for part in (alert.device, alert.group) if part)
        head = " ".join(part for part in (alert.severity, alert.rule, where) if part)
        yield f"  {head} for {duration(now - alert.since)}: {alert.text}", alert.severity


def _events(state: State, now: float) -> Iterator[Line]:
    from ..tasks.clock import utc

    for notice in reversed(state.events[-EVENTS_SHOWN:]):
        color = "" if notice.severity == "info" or notice.state == "resolved" else notice.severity
        day, _, time = utc(notice.at).partition(" ")
        # of today the time of day is enough
        when = time if utc(now).startswith(day) else f"{day} {time}"
        yield f"  {when}  {notice.line()}", color


def _cut(lines: list[Line], most: int, what: str) -> list[Line]:
    """The first of the lines, and how many more there are."""
    if len(lines) <= most:
        return lines
    kept = max(most - 1, 0)
    return [*lines[:kept], (f"  and {counted(len(lines) - kept, f'more {what}')}", "")][:most]
