"""What must hold however a run went; each function gives what does not, in sentences."""

import logging
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.testing import console
from getvpn.tasks.journal.journal import Event
from getvpn.tasks.procedures.model import Status

from .driving import LINE_S, TYPED, Line
from .play import Play
from .scenarios import running, stable, startup
from .secrecy import secrets_kept

QUIET: Final = (
    "show ",
    "terminal ",
    "enable",
    "end",
    "exit",
    "configure terminal",
    "dir",
    "verify",
    "ping ",
)
"""Lines that change nothing."""
HIDDEN: Final = re.compile("<removed>|<passphrase>")
REPLY: Final = re.compile(r"(?:yes|no|y|n|quit|\x03)?|-----BEGIN .*", re.DOTALL)
"""What is typed in answer to a question."""
OTHERS: Final = re.compile(", on |, likewise on |; likewise ")
"""Where the line of a plan goes on with devices."""
COPY: Final = re.compile(r"\(scp\) (\S+) (\S+)")
DROP: Final = "clear crypto gdoi"
OF_DEVICE: Final = re.compile(r"^\w+: ")
"""Before a line that is entered on another device than that of the step."""
UNKNOWN_SPI: Final = "the SPI is not known"
REPLAYS: Final = "the check for replays failed"
TAKEN_S: Final = 90.0
"""How long a rekey may take to all members."""
EXPIRY_S: Final = 8000.0
"""After this time keys of before have expired, and who turned a rekey down has registered again."""


class Captured(logging.Handler):
    """All that is logged, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Remember a message."""
        self.texts.append(record.getMessage())


def violations(play: Play, logged: Iterable[str]) -> Iterator[str]:
    """All that does not hold."""
    yield from play.crashes
    yield from named_outcomes(play)
    yield from secrets_kept(play, logged)
    yield from journal_is_true(play)
    yield from locks_released(play)
    yield from traffic_kept(play)
    outcome = play.outcome
    if outcome is not None and play.plan is not None:
        if outcome.status is Status.DONE:
            yield from play.scenario.holds(play, play.plan)
            yield from saved(play)
        if outcome.status is Status.ROLLED_BACK:
            yield from as_before(play)
            yield from play.scenario.restored(play, play.plan)
    yield from can_rekey(play)


def named_outcomes(play: Play) -> Iterator[str]:
    """Every run ends done, taken back, or stopped at a named state with what to do."""
    if play.outcome is None and not play.refused:
        yield "there is no outcome"
    for outcome in play.outcomes:
        if not outcome.state:
            yield f"the outcome {outcome.status} names no state"
        if outcome.status is Status.STOPPED and not (outcome.advice and outcome.reason):
            yield "it stopped without a reason, or without advice"
        if outcome.status not in {Status.DONE, Status.ROLLED_BACK, Status.STOPPED}:
            yield f"it ended {outcome.status}"
    if play.outcome is not None and play.outcome.status is Status.STOPPED:
        yield f"all is mended, and it still stops: {play.outcome.reason}"


def locks_released(play: Play) -> Iterator[str]:
    """Nobody holds a group when nobody works on it."""
    for holder in play.journal.locks.held():
        yield f"the group {holder.group} is still held"


# ---- traffic ----


def traffic_kept(play: Play) -> Iterator[str]:
    """A run that succeeds has cost members that reached each other nothing."""
    if play.outcome is None or play.outcome.status is not Status.DONE or exempt(play):
        return
    uncounted = play.touched | {*play.scenario.leaves}
    if play.scenario.drops:
        uncounted |= {each.device for each in play.devices.lines if each.text.startswith(DROP)}
    lost = [
        outage
        for outage in play.lab.outages()
        if outage.lost_s > 0 and not {outage.sender, outage.receiver} & uncounted
    ]
    if lost:
        worst = max(lost, key=lambda outage: outage.lost_s)
        yield (
            f"{len(lost)} pairs lost traffic, {worst.sender} to {worst.receiver} for "
            f"{worst.lost_s:.0f} s: {worst.losses[0][2]}"
        )


def exempt(play: Play) -> bool:
    """Whether a loss of traffic was announced, or the time for it had run out."""
    struck = {each.name for each in play.troubles if each.at is not None}
    return play.scenario.loses or bool(struck & play.scenario.fragile) or too_late(play)


def too_late(play: Play) -> bool:
    """Whether the rekey was due before the steps were done that must come before it."""
    last, plan = play.scenario.in_time, play.plan
    if last is None or plan is None or plan.left_s is None:
        return False
    done = [event.at for event in play.events if event.kind == "done" and event.step == last]
    return not done or done[0] - play.began > plan.left_s


# ---- what is left ----


def as_before(play: Play) -> Iterator[str]:
    """What was taken back is as it was, and would be after a restart."""
    for name in (*play.servers, *play.members):
        now, was = stable(running(play.lab, name)), play.booted.before[name]
        if _blocks(now) != _blocks(was):
            yield f"{name} has another configuration than before: {_first_other(was, now)}"
        starts = stable(startup(play.lab, name))
        if _blocks(starts) not in (_blocks(was), _blocks(play.booted.started[name])):
            yield f"{name} would start with another configuration than before"
        keys = {
            (name, pair.label): pair.material.public_der
            for pair in play.lab[name].keys.pairs()
            if not pair.temporary
        }
        had = {place: key for place, key in play.booted.keys.items() if place[0] == name}
        if keys != had:
            yield f"{name} has other keys than before: {sorted(label for _, label in keys)}"
    yield from saved(play)


def saved(play: Play) -> Iterator[str]:
    """Keys and configurations survive a restart."""
    for name in play.servers:
        store = play.lab[name].keys
        there = {pair.label for pair in store.pairs() if not pair.temporary}
        kept = {label for _, label in store._saved}
        if there != kept:
            yield f"{name} would have other keys after a restart: {sorted(there ^ kept)}"
        now, kept = stable(running(play.lab, name)), stable(startup(play.lab, name))
        if kept != now and (now, kept) != (
            play.booted.before[name],
            play.booted.started[name],
        ):
            yield f"{name} has not saved its configuration: {_first_other(kept, now)}"


def _blocks(lines: list[str]) -> list[list[str]]:
    """The global lines, with what is below each, in any order; inside of them it counts.

    But for the peers of a key server: who is primary does not depend on it.
    """
    found: list[list[str]] = []
    for line in lines:
        if line.startswith(" ") and found:
            found[-1].append(line)
        else:
            found.append([line])
    for block in found:
        block.sort(key=lambda line: line if line.lstrip().startswith("peer address ") else "")
    return sorted(found)


def _first_other(was: list[str], now: list[str]) -> str:
    more = [line for line in now if line not in was] or [line for line in was if line not in now]
    return more[0].strip() if more else "the order of lines"


def can_rekey(play: Play) -> Iterator[str]:
    """A rekey that is sent now reaches all members, and none loses traffic.

    Members that know another key than that of the primary turn the next scheduled rekey down, and
    register again before their keys expire: only then one may be sent. After success there are
    none. Who was cut off when a rekey was sent is given as much time.
    """
    primaries = [name for name in play.servers if _is_primary(play, name)]
    if len(primaries) != 1:
        yield f"{len(primaries)} key servers are primary"
        return
    primary = primaries[0]
    over = play.outcome is not None and play.outcome.status is Status.DONE
    gone = {*play.parted, *(play.scenario.leaves if over else ())}
    left = [name for name in play.members if name not in gone]
    cut_off = [name for name in left if name in play.touched or not over]
    if any(not _holds(play, name, _spis(play, primary)) for name in cut_off):
        play.lab.advance(EXPIRY_S)
        primary = next((name for name in play.servers if _is_primary(play, name)), primary)
    play.watch_traffic()
    if any(not _knows(play, name, primary) for name in left):
        if play.outcome is not None and play.outcome.status is Status.DONE:
            yield "after success members know another key than that of the primary"
        play.lab.advance(EXPIRY_S)
        primary = next((name for name in play.servers if _is_primary(play, name)), primary)
        missing = [name for name in left if not _knows(play, name, primary)]
        if missing:
            yield f"{', '.join(missing)} did not register again"
    before = _spis(play, primary)
    sent = play.lab.kernel.now()
    console(play.lab[primary]).run("crypto gdoi ks rekey")
    play.lab.advance(TAKEN_S)
    wanted = _spis(play, primary)
    if not wanted or wanted == before:
        yield f"{primary} makes no rekey"
    missing = [name for name in left if not _holds(play, name, wanted)]
    if missing:
        yield f"{', '.join(missing)} did not get the keys of a rekey"
    for each in play.lab.outages():
        # who has got the rekey before this one late is wrong about the time until this one
        lost = [
            why
            for _, until, why in each.losses
            if (REPLAYS not in why or until is None or until > sent + 1)
            # who was cut off from a rekey and the others have different old keys for a while
            and not (UNKNOWN_SPI in why and {each.sender, each.receiver} & play.touched)
        ]
        if lost and {each.sender, each.receiver} <= {*left}:
            yield f"traffic is lost after it is over, {each.sender} to {each.receiver}: {lost[0]}"
            break


def _knows(play: Play, name: str, primary: str) -> bool:
    """Whether a member knows the key that the primary signs with."""
    groups = play.lab[primary].feature(Gdoi).servers.values()
    labels = [group.policy.rekey.label for group in groups]
    pairs = [play.lab[primary].keys.signing_pair(label) for label in labels if label]
    publics = {pair.material.public_der for pair in pairs if pair is not None}
    return all(
        any(key.public_der in publics for key in member.server_keys.values())
        for member in play.memberships(name)
    )


def _is_primary(play: Play, name: str) -> bool:
    return any(group.primary for group in play.lab[name].feature(Gdoi).servers.values())


def _spis(play: Play, name: str) -> frozenset[int]:
    """The newest traffic keys of a key server."""
    groups = play.lab[name].feature(Gdoi).servers.values()
    now = play.lab.kernel.now()
    teks = [tek for group in groups for tek in group.teks]
    longest = max((tek.remaining_s(now) for tek in teks), default=0.0)
    return frozenset(tek.spi for tek in teks if tek.remaining_s(now) > longest - 1)


def _holds(play: Play, name: str, spis: frozenset[int]) -> bool:
    held = {tek.tek.spi for member in play.memberships(name) for tek in member.teks}
    return spis <= held


# ---- the journal ----


def journal_is_true(play: Play) -> Iterator[str]:
    """What the journal says was sent was typed, in that order; what was typed is in it."""
    events = play.events
    if [event.number for event in events] != list(range(1, len(events) + 1)):
        yield "events are missing in the journal"
    if any(later.at < earlier.at for earlier, later in pairwise(events)):
        yield "events of the journal are out of order"
    announced = {
        OTHERS.split(OF_DEVICE.sub("", line.strip()))[0]
        for event in events
        if event.kind in ("step", "undo")
        for line in event.data.get("commands", ())
    }
    for name in (*play.servers, *play.members):
        typed = [line for line in play.devices.lines if line.device == name]
        sent = [event for event in events if event.kind == "sent" and event.device == name]
        yield from _compared(name, typed, sent, announced)


def _compared(
    name: str, typed: list[Line], sent: list[Event], announced: set[str]
) -> Iterator[str]:
    """Compare what was typed on a device with what the journal has of it."""
    at, covered = 0, set[int]()
    for event in sent:
        failed = str(event.data.get("answer", "")).startswith("! ")
        ended = event.at - LINE_S / 2  # what is typed takes some time, and is entered then
        by = next((i for i in range(at, len(typed)) if typed[i].at > ended), len(typed))
        entered = _entered(event)
        # of an event that failed the first lines may have been typed
        for count in range(len(entered), 0 if failed else len(entered) - 1, -1):
            found = _placed(typed, entered[:count], at, by)
            if found:
                covered.update(found)
                at = found[-1] + 1
                break
        else:
            if not failed:
                yield f"the journal says that {name} was sent {entered}, which was not typed"
    last: dict[int, int] = {}  # of each process the last line that is entered
    for i in sorted(covered):
        last[typed[i].process] = i
    for i, line in enumerate(typed):
        if i in covered or line.waiting or line.text.startswith(QUIET):
            continue
        # what a process was typing when it ended has no answer that could be entered
        text = COPY.sub(r"scp \1 to \2", line.text)
        if i > last.get(line.process, -1) and any(_same(text, each) for each in announced):
            continue
        if not (REPLY.fullmatch(line.text) or TYPED.fullmatch(line.text)):
            shown = line.text.splitlines()[0]
            yield f"{shown!r} was typed on {name}, and is not in the journal"


def _placed(typed: list[Line], wanted: list[str], at: int, by: int) -> list[int]:
    """Where the lines `wanted` were typed last, in this order and between two places."""
    places: list[int] = []
    for line in reversed(wanted):
        by = next((i for i in range(by - 1, at - 1, -1) if _same(typed[i].text, line)), -1)
        if by < 0:
            return []
        places.append(by)
    return places[::-1]


def _entered(event: Event) -> list[str]:
    return [line.strip() for line in event.text.removeprefix("(config) ").splitlines() if line]


def _same(typed: str, written: str) -> bool:
    """Whether a line of the journal is one that was typed, but for its secrets."""
    if typed == written:
        return True
    parts = HIDDEN.split(written)
    return len(parts) > 1 and re.fullmatch(".*".join(map(re.escape, parts)), typed) is not None
