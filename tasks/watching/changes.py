"""What has changed in a group between two looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..deploying.troubles import members
from .figures import ALIVE, GroupFigures, ServerFigures
from .notices import Notice, Severity, clean

KINDS: Final[dict[str, Severity]] = {
    "PrimaryChanged": "warning",
    "RoleChanged": "info",
    "ServerGone": "warning",
    "ServerBack": "info",
    "PeerGone": "warning",
    "PeerBack": "info",
    "NewKek": "info",
    "NewTek": "info",
    "MembersChanged": "info",
}
"""The kinds of changes, and how grave each is."""


def changes(before: GroupFigures | None, now: GroupFigures) -> list[Notice]:
    """What happened to a group; nothing at the first look."""
    if before is None:
        return []
    earlier = {server.name: server for server in before.servers}
    found = [
        change
        for server in now.servers
        if server.name in earlier
        for change in _of_server(earlier[server.name], server)
    ]
    found += _of_group(before, now)
    return [
        Notice(
            at=now.at,
            kind="event",
            name=kind,
            severity=KINDS[kind],
            group=now.name,
            device=device,
            text=clean(text),
        )
        for kind, device, text in found
    ]


def rekeyed(before: GroupFigures | None, now: GroupFigures) -> tuple[bool, bool]:
    """Whether the key that leads has a new KEK, and new TEKs."""
    was, leads = _leading(before), _leading(now)
    if was is None or leads is None:
        return False, False
    kek = None not in (was.kek_spi, leads.kek_spi) and was.kek_spi != leads.kek_spi
    tek = bool(was.tek_spis and leads.tek_spis and not leads.tek_spis <= was.tek_spis)
    return kek, tek


def _leading(figures: GroupFigures | None) -> ServerFigures | None:
    """The key server whose keys count, as it is or was."""
    if figures is None:
        return None
    found = [each for each in figures.servers if each.tek_spis or each.kek_spi is not None]
    leads = (each for each in found if each.name == figures.last_primary)
    return next(leads, next(iter(found), None))


def _of_group(before: GroupFigures, now: GroupFigures) -> Iterator[tuple[str, str, str]]:
    # that a look finds none is told by an alert; who leads afterwards is the change
    was = before.last_primary
    if now.primary is not None and was is not None and was != now.primary:
        yield "PrimaryChanged", now.primary, f"it is primary now, {was} was before"
    kek, tek = rekeyed(before, now)
    if kek:
        yield "NewKek", now.primary or "", "there is a new rekey key"
    if tek:
        yield "NewTek", now.primary or "", "there are new traffic keys"
    if None not in (before.members, now.members) and before.members != now.members:
        count = members(now.members or 0)
        yield "MembersChanged", now.primary or "", f"{count} now, {before.members} before"


def _of_server(was: ServerFigures, now: ServerFigures) -> Iterator[tuple[str, str, str]]:
    if was.reached != now.reached:
        if now.reached:
            yield "ServerBack", now.name, "it answers again"
        else:
            yield "ServerGone", now.name, "it does not answer"
    if was.role and now.role and was.role != now.role:
        yield "RoleChanged", now.name, f"it is {now.role} now, {was.role} before"
    for name, status in now.peers.items():
        earlier = was.peers.get(name)
        if earlier is None or (earlier == ALIVE) == (status == ALIVE):
            continue
        if status == ALIVE:
            yield "PeerBack", now.name, f"its peer {name} is alive again"
        else:
            yield "PeerGone", now.name, f"its peer {name} is {status}"
