"""What goes wrong while a procedure runs. Each fault ends by itself after some time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

from getvpn.emulator import Lab
from getvpn.emulator.testing import console
from getvpn.errors import TransportError

from .driving import Driven

WRONG_PASSWORDS: Final = 1_000_000
MAKING_S: Final = 400.0


class Struck(Protocol):
    """What a fault needs to know of the run that it hits; on `device` a line was typed."""

    lab: Lab
    devices: Driven
    servers: tuple[str, ...]
    members: tuple[str, ...]
    new_label: str | None
    boot_s: Mapping[str, float]
    device: str
    random: Random

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Have something happen in some seconds."""

    def tell(self, text: str) -> None:
        """Put something into the story."""

    def unreachable(self, *names: str) -> None:
        """Members that cannot reach others for a while: their traffic is not counted."""


Strike = Callable[[Struck], None]
"""Lets a fault happen."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: `words` for people, and what it does."""

    name: str
    words: str
    strike: Strike
    breaks: bool = False
    """Whether the session, too, breaks at this line."""
    special: bool = False
    """Whether it happens only to the procedures that ask for it."""


def _power_loss(hit: Struck) -> None:
    away_s = hit.random.uniform(20, 600)
    hit.tell(f"{hit.device} loses power for {away_s:.0f} s")
    _away(hit, hit.device, away_s)


def _server_away(hit: Struck) -> None:
    name, away_s = hit.random.choice(hit.servers), hit.random.uniform(20, 600)
    hit.tell(f"{name} is switched off for {away_s:.0f} s")
    _away(hit, name, away_s)


def _away(hit: Struck, name: str, away_s: float) -> None:
    if name in hit.members:
        hit.unreachable(name)
    hit.lab.kill(name)
    hit.later(away_s, lambda: hit.lab.boot(name))


def _member_away(hit: Struck) -> None:
    name, away_s = hit.random.choice(hit.members), hit.random.uniform(60, 4000)
    hit.tell(f"{name} is switched off for {away_s:.0f} s")
    _away(hit, name, away_s)


def _unreachable(hit: Struck) -> None:
    _refuse(hit, hit.device)


def _refuse(hit: Struck, name: str) -> None:
    for_s = hit.random.uniform(30, 3000)
    hit.tell(f"{name} refuses sessions for {for_s:.0f} s")
    hit.lab[name].faults.set("refuse")
    hit.devices.cut_off(name)
    hit.later(for_s, lambda: _clear(hit, name, "refuse"))


def _member_unreachable(hit: Struck) -> None:
    _refuse(hit, hit.random.choice(hit.members))


def _clear(hit: Struck, device: str, name: str) -> None:
    faults = hit.lab[device].faults
    for each in faults.active():
        if each.kind == name:
            faults.clear(each.kind)


def _servers_apart(hit: Struck) -> None:
    for_s = hit.random.uniform(10, 900)
    a, b = hit.random.sample(hit.servers, 2)
    hit.tell(f"{a} and {b} do not reach each other for {for_s:.0f} s")
    hit.lab.cut(a, b)
    hit.later(for_s, lambda: hit.lab.mend(a, b))


def _server_alone(hit: Struck) -> None:
    name, for_s = hit.random.choice(hit.servers), hit.random.uniform(10, 900)
    hit.tell(f"the network does not reach {name} for {for_s:.0f} s")
    others = [each for each in (*hit.servers, *hit.members) if each != name]
    for other in others:
        hit.lab.cut(name, other)

    def mend() -> None:
        for other in others:
            hit.lab.mend(name, other)

    hit.later(for_s, mend)


def _members_alone(hit: Struck) -> None:
    names = hit.random.sample(hit.members, max(1, len(hit.members) // 2))
    for_s = hit.random.uniform(10, 900)
    hit.tell(f"{', '.join(names)} do not reach the others for {for_s:.0f} s")
    hit.unreachable(*names)
    others = [each for each in (*hit.servers, *hit.members) if each not in names]
    pairs = [(one, other) for one in names for other in others]
    for one, other in pairs:
        hit.lab.cut(one, other)

    def mend() -> None:
        for one, other in pairs:
            hit.lab.mend(one, other)

    hit.later(for_s, mend)


def _disk_full(hit: Struck) -> None:
    device = hit.device
    for_s = hit.random.choice((hit.random.uniform(10, 120), 20_000.0))
    hit.tell(f"{device} has no space left for {for_s:.0f} s")
    hit.lab[device].faults.set("disk-full")
    hit.later(for_s, lambda: _clear(hit, device, "disk-full"))


def _crash_at_write(hit: Struck) -> None:
    hit.tell(f"{hit.device} will crash when its configuration is saved")
    if hit.device in hit.members:
        hit.unreachable(hit.device)
    router = hit.lab[hit.device]
    router.behaviour.boot_s = hit.random.uniform(60, 400)
    router.faults.set("crash-at-write")


def _not_exportable(hit: Struck) -> None:
    """Whoever makes the key leaves `exportable` out; what is there already is as good as that."""
    label = hit.new_label
    if label is None:
        return
    locked = []
    for name in hit.servers:
        keys = hit.lab[name].keys
        if hit.lab[name].running and keys.pairs(label=label):
            keys.lock(label)
            locked.append(name)
    hit.tell(f"the key {label} cannot be exported from {', '.join(locked) or 'anywhere'}")


def _slow(hit: Struck) -> None:
    device = hit.device
    line_s = hit.random.choice((5.0, 20.0, 60.0))
    hit.tell(f"{device} takes {line_s:.0f} s for a line, and {MAKING_S:.0f} s for a key")
    hit.devices.slow[device] = line_s
    hit.lab[device].behaviour.key_s = MAKING_S

    def fast() -> None:
        hit.devices.slow.pop(device, None)
        hit.lab[device].behaviour.key_s = 0.0

    hit.later(hit.random.uniform(100, 3000), fast)


def _deaf(hit: Struck) -> None:
    device = hit.device
    for_s = hit.random.uniform(20, 900)
    hit.tell(f"{device} does not answer for {for_s:.0f} s")
    hit.devices.deaf.add(device)

    def well() -> None:
        hit.devices.cut_off(device)
        hit.devices.deaf.discard(device)

    hit.later(for_s, well)


def _password(hit: Struck) -> None:
    device = hit.device
    for_s = hit.random.uniform(60, 3000)
    hit.tell(f"{device} has another password for {for_s:.0f} s, and ends the session")
    hit.lab[device].faults.set(f"login-failure {WRONG_PASSWORDS}")
    hit.devices.cut_off(device)
    hit.later(for_s, lambda: _clear(hit, device, "login-failure"))


def _late(hit: Struck) -> None:
    """The time to the next rekey is over before the line is typed."""
    due = [
        tek["rekey_in_s"]
        for name in hit.servers
        if hit.lab[name].running
        for server in hit.lab.inspect(name)["groups"]["servers"].values()
        for tek in server["teks"]
        if tek["rekey_in_s"] is not None
    ]
    lost_s = min(due, default=0.0) + hit.random.uniform(-20, 60)
    hit.tell(f"{hit.device} answers only in {lost_s:.0f} s, when the next rekey is due")
    hit.lab.advance(max(0.0, lost_s))


def _hand_over(hit: Struck) -> None:
    for name in hit.servers:
        if hit.lab[name].running and any(
            server["role"] == "Primary"
            for server in hit.lab.inspect(name)["groups"]["servers"].values()
        ):
            hit.tell(f"{name} is told to give up being primary")
            console(hit.lab[name]).run("clear crypto gdoi ks coop role", "yes")
            return


def _rekey(hit: Struck) -> None:
    for name in hit.servers:
        if hit.lab[name].running:
            hit.tell(f"somebody sends a rekey from {name}")
            console(hit.lab[name]).run("crypto gdoi ks rekey")


def _drop(hit: Struck) -> None:
    hit.tell(f"the session with {hit.device} breaks")
    hit.devices.cut_off(hit.device)


def _slow_reload(hit: Struck) -> None:
    name, boot_s = hit.device, hit.random.choice((150.0, 700.0, 2500.0))
    hit.tell(f"{name} needs {boot_s:.0f} s for restarts")
    hit.lab[name].behaviour.boot_s = boot_s
    hit.later(hit.random.uniform(600, 6000), lambda: _quick_again(hit, name))


def _quick_again(hit: Struck, name: str) -> None:
    hit.lab[name].behaviour.boot_s = hit.boot_s[name]


def _never_back(hit: Struck) -> None:
    name, for_s = hit.device, hit.random.uniform(300, 6000)
    hit.tell(f"{name} will not come back from a restart, but for somebody in {for_s:.0f} s")
    hit.lab[name].faults.set("reload-never-returns")

    def boot() -> None:
        _clear(hit, name, "reload-never-returns")
        hit.lab.boot(name)

    hit.later(for_s, boot)


def _copy_damaged(hit: Struck) -> None:
    """The next copy to a device has wrong bytes, or too few."""
    how = hit.random.choice((_bit_flipped, _cut_short))
    hit.tell(f"the next file for {hit.device} will be damaged: {how.__name__}")
    hit.devices.damaged[hit.device] = how


def _bit_flipped(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _cut_short(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _nothing(hit: Struck) -> None:
    """It was there from the beginning."""


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("drop", "the session breaks", _drop, breaks=True),
        Kind("power-loss", "the device loses power and what was not saved", _power_loss),
        Kind("crash-at-write", "the device crashes while it saves", _crash_at_write),
        Kind("server-away", "a key server is switched off for a while", _server_away),
        Kind("member-away", "a member is switched off for a while", _member_away),
        Kind("unreachable", "the device refuses sessions for a while", _unreachable),
        Kind("member-unreachable", "a member refuses sessions for a while", _member_unreachable),
        Kind("servers-apart", "two key servers lose each other", _servers_apart),
        Kind("server-alone", "a key server loses everybody", _server_alone),
        Kind("members-alone", "half of the members lose the others", _members_alone),
        Kind("disk-full", "the device has no space left", _disk_full),
        Kind("not-exportable", "the new key turns out not to be exportable", _not_exportable),
        Kind("slow", "the device is very slow", _slow),
        Kind("deaf", "the device does not answer for a while", _deaf),
        Kind("password", "the password of the device is changed for a while", _password),
        Kind("late", "the device hangs until the next rekey is due", _late),
        Kind("hand-over", "another key server becomes primary", _hand_over),
        Kind("rekey", "somebody sends a rekey", _rekey),
        Kind("slow-reload", "the device restarts slowly for a while", _slow_reload, special=True),
        Kind("never-back", "the device does not come back by itself", _never_back, special=True),
        Kind("copy-damaged", "the next copy to the device is damaged", _copy_damaged, special=True),
        Kind("wrong-image", "an image that was given boots nowhere", _nothing, special=True),
    )
}


def broken(device: str) -> TransportError:
    """The session with a device is no more."""
    return TransportError("the connection is closed", device=device)


def heal(hit: Struck) -> None:
    """Undo all faults: the network is whole, and everything runs and answers."""
    hit.lab.heal()
    hit.devices.slow.clear()
    for name in list(hit.devices.deaf):
        hit.devices.cut_off(name)
    hit.devices.deaf.clear()
    hit.devices.damaged.clear()
    for name in (*hit.servers, *hit.members):
        router = hit.lab[name]
        router.faults.clear()
        router.behaviour.key_s = 0.0
        router.behaviour.boot_s = hit.boot_s[name]
        hit.lab.boot(name)
