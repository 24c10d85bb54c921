"""Every rule of the watch, provoked by what devices say: one alert, which ends when it is over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from getvpn.errors import TransportError
from getvpn.tasks.deploying.observing import GM, KS, KS_COOP, KS_MEMBERS, KS_POLICY
from getvpn.tasks.ssh.device import Device
from getvpn.tasks.watching.outbox import DeliveryError
from getvpn.tasks.watching.posting import Post
from getvpn.tasks.watching.rules import RULES
from getvpn.tasks.watching.watcher import Pace, Watcher

from ..deploying.looking import Told, healthy
from .test_week import Clock
from .worlds import Kept

Change = Mapping[tuple[str, str], tuple[str, Any]]
"""By device and command: a pattern, and what stands there instead (see `re.sub`)."""
AWAY: Final = {("", ""): ("", "")}
NOBODY: Final = "10.99.9.9"
BOTH: Final = ("KS1", "KS2")
SECOND: Final[Change] = {
    ("KS1", KS): ("Primary", "Secondary"),
    ("KS1", KS_COOP): ("Role: Primary ", "Role: Secondary "),
    ("KS2", KS_COOP): ("Role: Primary ", "Role: Secondary "),
}
PROVOKED: Final[Mapping[str, tuple[str, Change]]] = {
    "NoPrimary": ("", SECOND),
    "SeveralPrimaries": (
        "",
        {
            ("KS2", KS): ("Secondary", "Primary"),
            ("KS2", KS_COOP): ("Local KS Role: Secondary", "Local KS Role: Primary"),
        },
    ),
    "ForeignPrimary": (
        "",
        {
            **SECOND,
            ("KS1", KS_COOP): (
                r"Role: Primary |Address: 10\.10\.2\.1|Peer KS Role: Secondary ",
                lambda found: {"R": "Role: Secondary ", "A": f"Address: {NOBODY}"}.get(
                    found[0][0], "Peer KS Role: Primary "
                ),
            ),
        },
    ),
    "NotServed": (
        "KS2",
        {
            ("KS2", KS): (r"(?s)\n\nKey Server Information.*", "\n"),
            ("KS2", KS_COOP): (r"(?s).*", ""),
            ("KS2", KS_POLICY): (r"(?s).*", ""),
        },
    ),
    "PeerDown": ("KS1", {("KS1", KS_COOP): ("Peer KS Status: Alive", "Peer KS Status: Dead")}),
    "PeerMissing": ("KS1", {("KS1", KS_COOP): (r"Address: 10\.10\.2\.1", f"Address: {NOBODY}")}),
    "KeysDiffer": ("KS2", {("KS2", KS_POLICY): ("0xDEC64C38", "0x11111111")}),
    "NoKeys": (
        "KS2",
        {("KS2", KS_POLICY): (r"(?s)# of teks.*", "# of teks : 0  Seq num : 0\n")},
    ),
    "MemberCountsDiffer": ("KS2", {("KS2", KS): (r"(Group Members +): 2", r"\1: 1")}),
    "KekExpires": (
        "",
        {(name, KS_POLICY): (r"(life\(sec\) +: 86400 .*: )\d+", r"\g<1>90") for name in BOTH},
    ),
    "TekExpires": (
        "",
        {(name, KS_POLICY): (r"(life\(sec\) +: 7200 .*: )\d+", r"\g<1>90") for name in BOTH},
    ),
    "MembersLost": ("", {(name, KS): (r"(Group Members +): 2", r"\1: 1") for name in BOTH}),
    "AcksMissed": ("", {("KS1", KS_MEMBERS): (r"(Acks missed +): 0", r"\1: 2")}),
    "MemberNotRegistered": ("BR1", {("BR1", GM): (": Registered", ": Registering")}),
    "MemberNotJoined": ("BR1", {("BR1", GM): (r"\bG1\b", "G9")}),
    "ForeignServer": ("BR1", {("BR1", GM): (r"(Registered with +: )\S+", rf"\g<1>{NOBODY}")}),
    "MemberNotListed": (
        "BR1",
        {(name, KS_MEMBERS): (r"10\.20\.1\.1", "10.20.99.1") for name in BOTH},
    ),
    "OldKeys": ("BR1", {("BR1", GM): (r"0xDEC64C38\(\d+\)", "0x11111111(286331153)")}),
    "KeyServerUnreachable": ("KS2", AWAY),
    "MemberUnreachable": ("BR1", AWAY),
    "HistoryUnwritten": ("", {}),
}


@dataclass(slots=True)
class World:
    """Devices that say what those of a healthy network say, but for the changes."""

    changed: Change = field(default_factory=dict)
    away: str = ""
    unwritten: bool = False
    name: str = "history"
    at_once: int = 0

    def username(self, name: str) -> str:
        """One for all."""
        del name
        return "admin"

    def open(self, name: str) -> Device:
        """A session."""
        return Session(name, self)  # type: ignore[return-value]  # only some of it is called

    def send(self, item: Any) -> None:
        """Take figures, or not."""
        del item
        if self.unwritten:
            raise DeliveryError("no database")


class Session(Told):
    """A session on a device of the world."""

    def __init__(self, name: str, world: World) -> None:
        super().__init__(name, healthy()[1][name].texts)
        self.world = world

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        """The text for a command."""
        if self.world.away == self.name:
            raise TransportError("no answer", device=self.name)
        text = super().send(command, timeout_s=timeout_s)
        pattern, instead = self.world.changed.get((self.name, command), ("^$", ""))
        return re.sub(pattern, instead, text)

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_is_about_is_told_once_and_its_end_too(name: str) -> None:
    device, changed = PROVOKED[name]
    world, clock, kept = World(), Clock(), Kept()
    post = Post(clock, (kept,), history=world, threads=False)
    pace = Pace(every_s=60, members_every_s=120, sample=2)
    watcher = Watcher(healthy()[0], world, clock, pace=pace, post=post)
    watcher.run(count=6)
    assert kept.items == []

    if changed is AWAY:
        world.away = device
    world.changed, world.unwritten = changed, name == "HistoryUnwritten"
    watcher.run(count=12)
    (begun,) = [each for each in kept.items if each.name == name and device in each.device]
    assert (begun.state, begun.severity) == ("firing", RULES[name].severity)
    assert begun.text

    world.changed, world.away, world.unwritten = {}, "", False
    watcher.run(count=16)
    alerts = [each for each in kept.items if each.kind == "alert"]
    assert [each.state for each in alerts if each.name == name and device in each.device] == [
        "firing",
        "resolved",
    ]
    # what comes with it is over too
    assert watcher.state.alerts == ()
    assert sum(each.state == "firing" for each in alerts) == len(alerts) / 2
