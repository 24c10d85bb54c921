"""IOS system messages: one line as a value, with the fields that GETVPN's messages carry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from . import convert
from .convert import Address
from .record import Row, read, required
from .syslog_catalogue import MessageMeaning, catalogue
from .text import MAX_LINE_CHARS, is_syslog

__all__ = ["FieldValue", "MessageMeaning", "SyslogMessage", "catalogue", "parse_line"]

FieldValue = str | int | float | Address | None
"""Value of a field of a message; None where the message says that there is none (`NONE`)."""

_STAMP = re.compile(
    r"([*.]?)((?:[A-Z][a-z]{2} {1,2}\d{1,2}|\d{4}-\d\d-\d\d).{6,40}"
    r"|\d{1,3}[wdy]\d{1,2}[dhw]|\d\d:\d\d:\d\d)$"
)
_DATED = re.compile(
    r"([A-Z][a-z]{2}) {1,2}(\d{1,2})(?: (\d{4}))? (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?: .{0,8})?"
)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?: .{0,8})?")
_FACILITIES = frozenset({"GDOI", "CRYPTO"})
_ANY_WORDING = "group <group>"
"""What most GDOI messages of unknown wording hold."""
_ADDRESSES = frozenset(
    {"key_server", "member", "source", "local", "destination", "previous_primary"}
)


def _head(value: str) -> str:
    # any message id will do: the form of the whole line is known in one place
    if not is_syslog(f"{value}%SYS-5-CONFIG_I: x"):
        raise ValueError(f"{value!r} does not stand in front of a system message")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class SyslogMessage(Row):
    """One system message."""

    head: str = required(_head)
    """What stands in front of the `%`."""
    facility: str
    """The facility, such as `GDOI`."""
    severity: int
    """From 0 (emergency) to 7 (debugging)."""
    mnemonic: str
    """The message by name, such as `GM_REGS_COMPL`."""
    text: str = read(convert.text, default="", joined=" ")
    """The message."""
    number: int | None = field(init=False, default=None)
    """The number in front (`service sequence-numbers`)."""
    mark: str = field(init=False, default="")
    """`*`: the clock was not set; `.`: NTP was lost; else ''."""
    timestamp: str | None = field(init=False, default=None)
    """The time as printed."""
    time: datetime | None = field(init=False, default=None)
    """The time, in the device's own zone; None where the stamp names no year."""
    fields: Mapping[str, FieldValue] = field(init=False, default_factory=dict, hash=False)
    """The values in a message of the catalogue: groups, addresses, sequence numbers, …."""

    def __post_init__(self) -> None:
        """Take the head and the text apart."""
        number, mark, stamp = _parts(self.head)
        derived: dict[str, object] = {"number": number, "mark": mark, "timestamp": stamp}
        derived["time"] = _time(stamp) if stamp else None
        derived["fields"] = _fields(self)
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def id(self) -> str:
        """`FACILITY-SEVERITY-MNEMONIC`."""
        return f"{self.facility}-{self.severity}-{self.mnemonic}"

    @property
    def meaning(self) -> MessageMeaning | None:
        """What the catalogue says of this message, whatever its severity; None when unknown."""
        return _known().get((_facility(self.facility), self.mnemonic))

    def at(self, year: int) -> datetime | None:
        """The time of the message, in `year` where the stamp names none; None without a date."""
        if self.time is not None or self.timestamp is None:
            return self.time
        return _time(self.timestamp, year)


def parse_line(text: str, lineno: int = 0) -> SyslogMessage | None:
    """The message in `text`, or None when the line is not a system message."""
    text = text.strip()
    if len(text) > MAX_LINE_CHARS or not is_syslog(text):
        return None
    head, _, message = text.partition("%")
    ident, _, body = message.partition(":")
    facility, severity, mnemonic = ident.rsplit("-", 2)
    return SyslogMessage(
        lineno=lineno,
        head=head,
        facility=facility,
        severity=int(severity),
        mnemonic=mnemonic,
        text=body.strip(),
    )


def _parts(head: str) -> tuple[int | None, str, str | None]:
    """Sequence number, mark and time stamp in a head."""
    words = head.strip().removesuffix(":")
    match = _STAMP.search(words)
    lead = words[: match.start()] if match else words
    first = lead.rpartition(">")[2].partition(":")[0]
    number = int(first) if first.isascii() and first.isdigit() else None
    return number, match[1] if match else "", match[2] if match else None


def _time(stamp: str, year: int | None = None) -> datetime | None:
    """The time in a stamp; None when it has no date, no year and none is given, or a false date."""
    if match := _ISO.fullmatch(stamp):
        text = f"{match[1]} {match[2]}.{match[3] or 0}"
        form = "%Y-%m-%d %H:%M:%S.%f"
    elif (match := _DATED.fullmatch(stamp)) and (match[3] or year):
        text = f"{match[3] or year} {match[1]} {match[2]} {match[4]}.{match[5] or 0}"
        form = "%Y %b %d %H:%M:%S.%f"
    else:
        return None
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is a label of the device
    except ValueError:
        return None


def _facility(name: str) -> str:
    # G-IKEv2 releases may say GKM where others say GDOI
    return "GDOI" if name == "GKM" else name


@lru_cache(maxsize=1)
def _known() -> dict[tuple[str, str], MessageMeaning]:
    found = {}
    for meaning in catalogue.values():
        facility, _, mnemonic = meaning.id.split("-", 2)
        found[facility, mnemonic] = meaning
    return found


def _fields(message: SyslogMessage) -> dict[str, FieldValue]:
    if _facility(message.facility) not in _FACILITIES:
        return {}
    meaning = message.meaning
    wording = meaning.text if meaning is not None and meaning.text is not None else _ANY_WORDING
    found: dict[str, FieldValue] = {}
    for name, pattern, read_value in _fragments(wording):
        if (match := pattern.search(message.text)) is None:
            continue
        try:
            found[name] = read_value(match[1].rstrip(".,;)"))
        except ValueError:
            continue
    return found


@lru_cache(maxsize=128)
def _fragments(text: str) -> tuple[tuple[str, re.Pattern[str], Callable[[str], FieldValue]], ...]:
    """For each `<name>` in `text`: a pattern of the two words in front of it and its value.

    The fragments are looked for one by one, so that other words in between do no harm.
    """
    parts = re.split(r"<(\w+)(\*?)>", text)
    fragments = []
    for index in range(1, len(parts), 3):
        before, name, rest = parts[index - 1], parts[index], parts[index + 1]
        words = [re.escape(word) for word in before.split()[-2:]]
        lead = r"(?<!\S)" + r"\s+".join(words) if words else "^"
        gap = r"\s+" if before[-1:].isspace() else r"\s*"
        value = "(.+)" if rest else r"(\S+)"
        pattern = re.compile(lead + (gap if words else "") + value, re.IGNORECASE)
        fragments.append((name, pattern, _reader(name)))
    return tuple(fragments)


def _reader(name: str) -> Callable[[str], FieldValue]:
    if name in _ADDRESSES:
        return convert.address_or_none
    if name.endswith("_s"):
        return convert.decimal
    if name in {"sequence", "connection"}:
        return convert.number
    return convert.hexadecimal if name == "spi" else convert.text
