"""Which ways between key servers are broken, from what they show of each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...errors import RefusedError
from ..deploying.network import GroupLook
from .recover_settings import Settings
from .run import Run

PING_S: Final = 60.0
_RATE: Final = re.compile(r"Success rate is (\d+) percent")
_ALIVE: Final = "alive"
_ESTABLISHED: Final = "established"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A key server that does not hear another one; `says` is how it shows that."""

    server: str
    other: str
    says: str


def silences(look: GroupLook) -> tuple[Silence, ...]:
    """Which key servers do not hear which others."""
    return tuple(_silences(look))


def _silences(look: GroupLook) -> Iterator[Silence]:
    names = look.names_by_address
    for server in look.servers.values():
        for peer in server.peers:
            other = names.get(peer.address)
            if other is None or other not in look.servers:
                continue
            status, ike = (peer.status or "unknown").lower(), (peer.ike_status or "").lower()
            if status != _ALIVE:
                yield Silence(server=server.device, other=other, says=status)
            elif ike not in {"", _ESTABLISHED}:
                yield Silence(server=server.device, other=other, says=f"IKE is {ike}")


def sentences_of(found: tuple[Silence, ...]) -> tuple[str, ...]:
    """The broken ways in sentences, one for each pair."""
    pairs = {(each.server, each.other): each.says for each in found}
    said = []
    for (server, other), how in pairs.items():
        back = pairs.get((other, server))
        if back is None:
            said.append(
                f"{server} does not hear {other} ({how}), {other} hears {server}: the way from "
                f"{other} to {server} is broken"
            )
        elif server < other:
            said.append(f"{server} and {other} do not hear each other ({how}, {back})")
    return tuple(said)


def examined(run: Run, s: Settings, found: tuple[Silence, ...]) -> tuple[str, ...]:
    """The broken ways in sentences, with what a ping over them tells."""
    said = list(sentences_of(found))
    for one, other in dict.fromkeys(tuple(sorted((x.server, x.other))) for x in found):
        there, back = _passes(run, s, one, other), _passes(run, s, other, one)
        if there is None or back is None:
            continue
        if there and back:
            said.append(
                f"a ping passes between {one} and {other}: look for what keeps UDP 500, 4500 and "
                "848, and at their IKE keys or certificates"
            )
        else:
            said.append(
                f"not even a ping passes between {one} ({s.addresses[one]}) and {other} "
                f"({s.addresses[other]}): look at routes and lines"
            )
    return tuple(said)


def _passes(run: Run, s: Settings, one: str, other: str) -> bool | None:
    """Whether a ping passes; None where it cannot be tried."""
    command = f"ping {s.addresses[other]} source {s.addresses[one]}"
    try:
        found = _RATE.search(run.device(one).send(command, timeout_s=PING_S))
    except RefusedError:
        return None
    return None if found is None else int(found[1]) > 0
