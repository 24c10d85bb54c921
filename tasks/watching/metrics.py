"""The state of a watch as metrics for Prometheus.

Labels are names of the intent and words of this module, never addresses of members or SPIs: there
are a few series for a group and for each of its key servers, however many members there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

from .figures import GroupFigures, ServerFigures
from .notices import SEVERITIES
from .state import State

Sample = tuple[tuple[str, ...], float]
GROUP: Final = ("group",)
SERVER: Final = ("server",)
BOTH: Final = ("group", "server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A metric: what it tells, the names of its labels, and its samples (values of the labels)."""

    name: str
    kind: Literal["gauge", "counter"]
    about: str
    labels: tuple[str, ...] = ()
    read: Callable[[State], Iterable[Sample]] = field(repr=False)


def families() -> tuple[Family, ...]:
    """All metrics."""
    return (*_of_watch(), *_of_servers(), *_of_groups())


def _of_watch() -> Iterator[Family]:
    yield Family(
        name="getvpn_watch_last_look_timestamp_seconds",
        kind="gauge",
        about="When the key servers were looked at last.",
        read=lambda state: [((), state.at)],
    )
    yield Family(
        name="getvpn_watch_every_seconds",
        kind="gauge",
        about="How often key servers are looked at.",
        read=lambda state: [((), state.every_s)],
    )
    yield Family(
        name="getvpn_watch_alerts",
        kind="gauge",
        about="Alerts of the watch that are firing, by how grave they are.",
        labels=("severity",),
        read=_alerts,
    )
    yield Family(
        name="getvpn_watch_events_total",
        kind="counter",
        about="Changes that were seen, by their names.",
        labels=("event",),
        read=lambda state: [((name,), count) for name, count in state.counts.items()],
    )
    yield Family(
        name="getvpn_watch_deliveries_total",
        kind="counter",
        about="What was passed on: delivered, failed attempts, and dropped without delivery.",
        labels=("way", "outcome"),
        read=_deliveries,
    )
    yield Family(
        name="getvpn_watch_waiting",
        kind="gauge",
        about="What waits to be passed on.",
        labels=("way",),
        read=lambda state: [((name,), way.waiting) for name, way in state.ways.items()],
    )


def _of_servers() -> Iterator[Family]:
    yield Family(
        name="getvpn_key_server_up",
        kind="gauge",
        about="Whether the key server answered the last look.",
        labels=SERVER,
        read=lambda state: [((n,), not seen.failure) for n, seen in state.devices.items()],
    )
    yield Family(
        name="getvpn_key_server_look_seconds",
        kind="gauge",
        about="How long the last look at the key server took.",
        labels=SERVER,
        read=lambda state: [((name,), seen.seconds) for name, seen in state.devices.items()],
    )
    yield Family(
        name="getvpn_key_server_looks_total",
        kind="counter",
        about="Looks at the key server, by outcome: answered or failed.",
        labels=("server", "outcome"),
        read=lambda state: state.looks.items(),
    )
    yield Family(
        name="getvpn_key_server_primary",
        kind="gauge",
        about="Whether the key server says that it is primary of the group.",
        labels=BOTH,
        read=lambda state: _servers(state, lambda each: each.role == "primary"),
    )
    yield Family(
        name="getvpn_key_server_members",
        kind="gauge",
        about="Members that the key server counts.",
        labels=BOTH,
        read=lambda state: _servers(state, lambda each: each.members),
    )
    yield Family(
        name="getvpn_key_server_peers",
        kind="gauge",
        about="Other key servers that the key server cooperates with.",
        labels=BOTH,
        read=lambda state: _servers(state, lambda each: len(each.peers)),
    )
    yield Family(
        name="getvpn_key_server_peers_alive",
        kind="gauge",
        about="Those of them that it hears.",
        labels=BOTH,
        read=lambda state: _servers(state, lambda each: each.alive_peers),
    )


def _of_groups() -> Iterator[Family]:
    figures: tuple[tuple[str, str, Callable[[GroupFigures], float | None]], ...] = (
        ("primaries", "Key servers that say that they are primary.", lambda g: g.primaries),
        ("led", "Whether a key server that answers is primary, or hears one.", lambda g: g.led),
        ("members", "Members of the group, as the key server counts that leads.", _members),
        (
            "kek_expiry_timestamp_seconds",
            "When the rekey key ends, unless it is replaced.",
            lambda group: group.kek_expires_at,
        ),
        (
            "kek_lifetime_seconds",
            "How long a rekey key lives.",
            lambda group: group.kek_lifetime_s,
        ),
        (
            "tek_expiry_timestamp_seconds",
            "When the first of the newest traffic keys ends, unless it is replaced.",
            lambda group: group.tek_expires_at,
        ),
        (
            "tek_lifetime_seconds",
            "How long that traffic key lives.",
            lambda group: group.tek_lifetime_s,
        ),
        (
            "next_rekey_timestamp_seconds",
            "When the next rekey is sent.",
            lambda group: group.next_rekey_at,
        ),
        (
            "acks_missed",
            "Rekeys in a row without an answer, of all members together.",
            lambda group: None if group.acks is None else group.acks.missed,
        ),
        (
            "members_missing_acks",
            "Members that left the last rekey unanswered.",
            lambda group: None if group.acks is None else group.acks.missing,
        ),
        ("members_sampled", "Members that were looked at last.", lambda g: g.sampled),
        ("members_sampled_well", "Those of them with whom all is well.", lambda g: g.well),
    )
    for name, about, read in figures:
        yield Family(
            name=f"getvpn_group_{name}",
            kind="gauge",
            about=about,
            labels=GROUP,
            read=partial(_groups, read=read),
        )
    yield Family(
        name="getvpn_group_rekeys_total",
        kind="counter",
        about="New keys that were seen: kek or tek.",
        labels=("group", "key"),
        read=lambda state: state.rekeys.items(),
    )


def _members(group: GroupFigures) -> float | None:
    return group.members


def _alerts(state: State) -> Iterator[Sample]:
    counts = Counter(alert.severity for alert in state.alerts)
    for severity in SEVERITIES:
        yield (severity,), counts[severity]


def _deliveries(state: State) -> Iterator[Sample]:
    for name, way in state.ways.items():
        yield (name, "delivered"), way.delivered
        yield (name, "failed"), way.failed
        yield (name, "dropped"), way.dropped


def _servers(state: State, read: Callable[[ServerFigures], float | None]) -> Iterator[Sample]:
    """Of key servers that answered: what another one said before is no news."""
    for group in state.groups:
        for server in group.reached:
            value = read(server) if server.role else None
            if value is not None:
                yield (group.name, server.name), value


def _groups(state: State, read: Callable[[GroupFigures], float | None]) -> Iterator[Sample]:
    for group in state.groups:
        value = read(group) if group.reached else None
        if value is not None:
            yield (group.name,), value
