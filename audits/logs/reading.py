"""Files of logs, streamed into a store of events: one line at a time, whatever the form."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ...errors import InputError, counted
from ...parsers.text import prompt
from .files import LogFile, whole_lines
from .heads import Head, HeadReader
from .kinds import KINDS, NUMBERS, UNKNOWN, place_of
from .store import MOST_NAMES, NO_TIME, EventStore, Gap

MESSAGE: Final = re.compile(
    r"%([A-Z][A-Z0-9_]{1,40})(?:-[A-Z0-9_]{1,40}){0,3}?-[0-7]-([A-Z0-9_]{2,60}): ?"
)
_CARRIERS: Final = frozenset({"IOSXE"})
"""Facilities whose messages hold one of another facility."""
_SAMPLES: Final = 128
_SAMPLED: Final = 20_000
"""Samples of a clock, and devices whose clocks are sampled."""
_CONTROL = re.compile(r"\x1b\[[0-9;?]{0,16}[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{2,40})(?![\w:])"
)
_GROUP = re.compile(r"\bgroup:? (?!members?\b)([^\s,;()]{1,64})", re.IGNORECASE)
_SEQUENCE = re.compile(r"\bseq # ?(\d{1,10})")
_SPI = re.compile(r"\bspi:? (?:0x)?([0-9A-Fa-f]{8,32})")
_OWN = re.compile(r"(?:using|from|local) address:? (\S{2,45})| gm identity (\S{2,45})")
_WHO = re.compile(r"identity:\s*(\S.{0,90})|key named (\S{1,64})|RSA Key - (\S{1,64})")
_BEFORE = re.compile(r"Previous Primary = ([^\s)]{1,45})")
_LEADING = re.compile(r"\bKS (\S{2,45}) in group")
_FROM = re.compile(r" from (\S{2,45}) to (\S{2,45}) with ")
_REKEY = re.compile(
    r"Received Rekey for group (\S{1,64}) from (\S{2,45}) to (\S{2,45}) with seq # ?(\d{1,10})"
    r"(?:,? spi:? (?:0x)?([0-9A-F]{8,32}))?"
)
_TIMES = re.compile(
    r"my_pseudotime is (\d{1,15}(?:\.\d{1,9})?) .{0,20}?"
    r"peer_pseudotime is (\d{1,15}(?:\.\d{1,9})?) .{0,20}?replay_window is (\d{1,9})"
)
_SENT, _SENT_ALL = NUMBERS["KS_SEND_UNICAST_REKEY"], NUMBERS["KS_SEND_MCAST_REKEY"]
_RECEIVED, _REPLAYED = NUMBERS["GM_RECV_REKEY"], NUMBERS["TIMEBASED_REPLAY_FAILED"]
_ELECTED, _ELECTION = NUMBERS["COOP_KS_TRANS_TO_PRI"], NUMBERS["COOP_KS_ELECTION"]
_FAILED, _FAILED_IKE = NUMBERS["IKMP_MODE_FAILURE"], NUMBERS["IKMP_MODE_FAILURE_IKE"]
_OTHER = NUMBERS[UNKNOWN]
_SEQUENCED: Final = frozenset({_SENT, _SENT_ALL, _RECEIVED, NUMBERS["GDOI_REKEY_SEQ_FAILURE"]})
_NO_SUBJECT: Final = frozenset(
    {place for place, kind in enumerate(KINDS) if "{subject}" not in kind.words}
    - {_SENT, _SENT_ALL}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading: the events, and how many lines and system messages there were."""

    store: EventStore
    sources: Sequence[str]
    lines: int
    messages: int


def read_logs(
    files: Iterable[LogFile],
    now: datetime,
    *,
    since: float | None = None,
    until: float | None = None,
) -> Reading:
    """Read all files; `since` and `until` limit the times of messages, in seconds since 1970.

    Raises InputError where a file cannot be read, or no file holds a system message.
    """
    files = list(files)
    reader = _Reader(now, since, until, several=len(files) > 1)
    for file in files:
        reader.read(file)
    if not reader.messages:
        names = ", ".join(reader.store.sources[:3]) or "the logs"
        raise InputError(
            f"no system message (%FACILITY-SEVERITY-MNEMONIC) in {counted(reader.lines, 'line')}",
            source=names,
            hint="give 'show logging', files of a syslog server, or logs of terminals",
        )
    return Reading(
        store=reader.store,
        sources=tuple(reader.store.sources),
        lines=reader.lines,
        messages=reader.messages,
    )


class _Reader:
    """Reads files one after another into one store."""

    def __init__(
        self, now: datetime, since: float | None, until: float | None, *, several: bool
    ) -> None:
        self.store = EventStore()
        self.lines = self.messages = 0
        self._heads = HeadReader(now)
        self._since = float("-inf") if since is None else since
        self._until = float("inf") if until is None else until
        self._places: dict[str, int | None] = {}
        self._several = several
        self._sampled: set[int] = set()
        self._devices: dict[str, int] = {}

    def read(self, file: LogFile) -> None:
        """Read a file."""
        source = len(self.store.sources)
        if source > 0xFFFF:
            raise InputError("more than 65536 files", hint="put some together")
        self.store.sources.append(file.name)
        device = self.device(file.device)
        number = 0
        search, places = MESSAGE.search, self._places
        for number, raw in whole_lines(file):
            if b"%" not in raw:
                if b"#" in raw or b">" in raw:
                    device = self._prompted(raw, device)
                continue
            line = raw.decode("utf-8", "replace")
            if not line.isprintable():
                line = line.rstrip("\r")
                line = _CONTROL.sub(" ", line)
            match = search(line)
            if match is None:
                continue
            self.messages += 1
            ident = match[0]
            try:
                kind = places[ident]
            except KeyError:
                if match[1] in _CARRIERS:
                    match = search(line, match.end()) or match
                kind = place_of(match[1], match[2])
                if ident == match[0]:
                    self._remember(ident, kind)
            if kind is not None:
                self._message(line, match, kind, device, (source, number))
        self.lines += number

    def _remember(self, ident: str, kind: int | None) -> None:
        if len(self._places) < MOST_NAMES:
            self._places[ident] = kind

    def _prompted(self, raw: bytes, device: int) -> int:
        """The device that a terminal's prompt names; the one before if there is none."""
        found = prompt(raw[:200].decode("utf-8", "replace"))
        return device if found is None or "@" in found.hostname else self.device(found.hostname)

    def device(self, name: str) -> int:
        """The number of a device: names in other cases, or with a domain, are the same."""
        found = self._devices.get(name)
        if found is None:
            short = name
            if not _ADDRESS.fullmatch(name):
                short = name.partition(".")[0]
            found = self._devices.get(short.lower())
            if found is None:
                found = self.store.names.number(short)
                self._keep(short.lower(), found)
            self._keep(name, found)
        return found

    def _keep(self, name: str, number: int) -> None:
        if len(self._devices) < 2 * MOST_NAMES:
            self._devices[name] = number

    def _message(
        self, line: str, match: re.Match[str], kind: int, device: int, place: tuple[int, int]
    ) -> None:
        store = self.store
        head = self._heads.read(line[: match.start()])
        if head.host:
            device = self.device(head.host)
        own_clock = head.received is None
        at = head.written if own_clock else head.received
        if at is None:
            at = NO_TIME
        elif not self._since <= at <= self._until:
            return
        if device not in self._sampled:
            self._compare(head, device)
        text = line[match.end() :]
        # where there is one file only, nothing stands in two
        mark = hash((head.stamp, text)) if self._several else 0
        if kind == _FAILED and "GDOI mode" not in text:
            # a failure of IKE as such has the same mnemonic
            kind = _FAILED_IKE
        found = _REKEY.match(text) if kind == _RECEIVED else None
        if found is None:
            group, subject, sequence, spi = self._fields(kind, text, device, match[2])
        else:
            group, subject, sequence, spi = self._rekey(found, device)
        store.add(at, kind, device, group, subject, sequence, spi, place, mark, own_clock)

    def _rekey(self, found: re.Match[str], device: int) -> tuple[int, int, int, int]:
        """Group, subject, sequence and SPI of the message that logs have most of."""
        number, numbers = self.store.names.number, self.store.names.numbers
        name, sender, own, sequence, spi = found.groups()
        group = numbers.get(name) or number(name)
        if (group, numbers.get(own)) not in self.store.addresses:
            self._owns(own, device, group)
        subject = numbers.get(sender) or number(sender)
        key = (numbers.get(spi) or number(spi)) if spi else 0
        return group, subject, int(sequence), key

    def _fields(
        self, kind: int, text: str, device: int, mnemonic: str
    ) -> tuple[int, int, int, int]:
        """Group, subject, sequence and SPI, wherever they stand."""
        number = self.store.names.number
        found = _GROUP.search(text)
        group = 0 if found is None else number(found[1].rstrip(".:"))
        subject = 0 if kind in _NO_SUBJECT else number(_subject(kind, text, mnemonic))
        sequence, spi = -1, 0
        if kind in _SEQUENCED:
            if (found := _SEQUENCE.search(text)) is not None:
                sequence = int(found[1])
            if (found := _SPI.search(text)) is not None:
                spi = number(found[1].upper())
        if group:
            self._own(kind, text, device, group)
            if kind == _REPLAYED:
                self._gap(text, group, device, subject)
        return group, subject, sequence, spi

    def _compare(self, head: Head, device: int) -> None:
        """Note how far the device's clock is from the server's."""
        if head.yearless:
            self.store.yearless = True
        if head.received is None or head.written is None:
            return
        samples = self.store.skews.get(device)
        if samples is None:
            if len(self.store.skews) >= _SAMPLED:
                return
            samples = self.store.skews[device] = array("d")
        samples.append(head.written - head.received)
        if len(samples) >= _SAMPLES:
            self._sampled.add(device)

    def _own(self, kind: int, text: str, device: int, group: int) -> None:
        """Note an address by which a device calls itself in a group."""
        found = (_LEADING if kind == _ELECTED else _OWN).search(text)
        if found is not None:
            own = found[1] if kind == _ELECTED else found[1] or found[2]
            self._owns(own.rstrip(".,"), device, group)

    def _owns(self, own: str, device: int, group: int) -> None:
        known = self.store.addresses
        if len(known) > MOST_NAMES or not _ADDRESS.fullmatch(own):
            return
        if not own.startswith(("224.", "239.", "FF", "ff")):
            known.setdefault((group, self.store.names.number(own)), device)

    def _gap(self, text: str, group: int, device: int, subject: int) -> None:
        found = _TIMES.search(text)
        if found is None:
            return
        key = group, device, subject
        gap = self.store.gaps.get(key)
        if gap is None:
            if len(self.store.gaps) >= MOST_NAMES:
                return
            gap = self.store.gaps[key] = Gap()
        gap.add(abs(float(found[1]) - float(found[2])), float(found[3]))


def _first_address(text: str) -> str:
    found = _ADDRESS.search(text)
    return found[0] if found else ""


def _who(text: str) -> str:
    found = _WHO.search(text)
    if found is None:
        return _first_address(text)
    return (found[1] or found[2] or found[3]).strip().rstrip(",.")


def _sender(text: str) -> str:
    found = _FROM.search(text)
    return found[1] if found else _first_address(text)


def _before(text: str) -> str:
    found = _BEFORE.search(text)
    return found[1] if found else "unknown"


def _source(text: str) -> str:
    return _first_address(text.partition("from ")[2] or text)


_SUBJECTS: Final[dict[int, Callable[[str], str]]] = {
    _RECEIVED: _sender,
    _ELECTED: _before,
    _ELECTION: _before,
    _REPLAYED: _source,
    **{
        NUMBERS[name]: _who
        for name in (
            "UNAUTHORIZED_IDENTITY",
            "KS_NO_RSA_KEYS",
            "KEY_ADDITION",
            "KEY_REPLACE",
            "KEY_DELETED",
        )
    },
}


def _subject(kind: int, text: str, mnemonic: str) -> str:
    if kind == _OTHER:
        return mnemonic
    return _SUBJECTS.get(kind, _first_address)(text[:500])
