"""What devices log that must stop a procedure, or is expected of it, by message, in one place.

`Ears` hear it while a run waits. A message counts when it is newer than the run, and once: where
the log of a device stood is kept in the journal, so that whoever goes on with a run does not stop
at what has been seen before. The texts of most messages are known by memory only, so that they are
told by facility and mnemonic (see `getvpn.parsers.syslog_catalogue`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from ...errors import DeviceError, ParseError
from ...parsers.records.log_buffer import LogBuffer
from ...parsers.syslog import SyslogMessage
from ..deploying.reading import read
from .looking import intent_of
from .model import AlarmError
from .run import Run

EVERY_S: Final = 180.0
"""Logs are read this far apart at most: other alarms have to last nearly as long (`PATIENCE`)."""
SERVERS: Final[Mapping[str, str]] = {
    "KS_NO_RSA_KEYS": "the key that signs rekeys is missing",
    "COOP_CONFIG_MISMATCH": "the key servers have different policies",
    "COOP_KS_UNAUTH": "a key server that is no peer calls",
    "COOP_LIMIT_REACHED": "there are too many key servers",
    "COOP_PACKET_DROPPED": "key servers do not understand each other",
    "PSEUDO_TIME_LARGE": "the pseudotimes of key servers differ",
    "PSEUDO_TIME_TOO_OLD": "the pseudotime of a key server is too old",
    "KS_NACK_GM_EJECT": "a member that acknowledges no rekey is given up",
    "GDOI_ACL_NUM": "the access list is longer than what is honoured, and the rest is ignored",
}
"""What key servers log that is expected of no procedure, unless `EXPECTED` says so."""
TURNED_DOWN: Final = ("IKMP_MODE_FAILURE", "GDOI_REKEY_FAILURE")
"""What members log when they turn a rekey down, older releases the first of them.

A rollover expects it of the rekey that follows; otherwise key servers miss an acknowledgement.
"""
TAKEN: Final = ("GM_RECV_REKEY", "GM_REGS_COMPL")
"""What members log when they have got keys."""
EXPECTED: Final[Mapping[str, frozenset[str]]] = {
    # between the change of the first key server and that of the last one, they differ
    "policy change": frozenset({"COOP_CONFIG_MISMATCH"}),
    # one knows the other before that one knows it
    "key-server add": frozenset({"COOP_CONFIG_MISMATCH", "COOP_KS_UNAUTH"}),
    "key-server remove": frozenset({"COOP_CONFIG_MISMATCH", "COOP_KS_UNAUTH"}),
    # who has been apart has another time, and members that were lost answer nobody
    "recover split": frozenset({"PSEUDO_TIME_LARGE", "KS_NACK_GM_EJECT"}),
    # whom they evict, or restart, acknowledges nothing
    "evict member": frozenset({"KS_NACK_GM_EJECT"}),
    "upgrade members": frozenset({"KS_NACK_GM_EJECT"}),
}
"""What a procedure brings about itself, by its name: recognised, and no alarm."""
IN_PLACE: Final = frozenset({"KS_NO_RSA_KEYS"})
"""What a rollover in place brings about besides: for a while there is no key."""
_MARK: Final = "the log of {} stood at"


def expected(procedure: str, settings: Mapping[str, Any]) -> frozenset[str]:
    """The messages that a procedure brings about itself."""
    usual = EXPECTED.get(procedure, frozenset())
    return usual | IN_PLACE if settings.get("strategy") == "in-place" else usual


class Ears:
    """Hears what the key servers of `groups` log, but for messages that are `passed`."""

    __slots__ = ("_alarming", "_due", "_names", "_run")

    def __init__(self, run: Run, groups: Collection[str], passed: Collection[str]) -> None:
        self._run = run
        intent = intent_of(run)
        external = {server.name for server in intent.key_servers if server.external}
        names = [
            role.name for group in intent.groups if group.name in groups for role in group.servers
        ]
        self._names = [name for name in dict.fromkeys(names) if name not in external]
        self._alarming = {name: words for name, words in SERVERS.items() if name not in passed}
        self._due = 0.0

    def begin(self) -> None:
        """Take note of where the logs stand, unless that is known from the beginning of the run."""
        self._new([name for name in self._names if _MARK.format(name) not in self._run.kept])

    def listen(self) -> None:
        """Raise AlarmError for what was logged since it was heard last; not more often than that.

        A device that cannot be asked now is asked again later.
        """
        now = self._run.clock.now()
        if now < self._due:
            return
        self._due = now + EVERY_S
        for name, messages in self._new(self._names).items():
            for each in messages:
                if each.mnemonic in self._alarming:
                    raise AlarmError(
                        f"{self._alarming[each.mnemonic]}: %{each.id} {each.text}"[:300],
                        device=name,
                        hint=f"'show logging' on {name} says more",
                    )

    def _new(self, names: Sequence[str]) -> dict[str, list[SyslogMessage]]:
        """What each of them has logged since the last time; nothing the first time."""
        command = f"show logging | include {'|'.join(self._alarming)}"
        found = self._run.each(names, lambda name: _messages(self._run, name, command))
        new: dict[str, list[SyslogMessage]] = {}
        for name, each in found.items():
            if isinstance(each, DeviceError):
                continue
            mark = _MARK.format(name)
            known, last = self._run.kept.get(mark), _line(each[-1]) if each else ""
            if known is not None:
                lines = [_line(message) for message in each]
                at = len(lines) - lines[::-1].index(known) if known in lines else 0
                new[name] = list(each[at:])
            if known != last and (each or known is None):
                self._run.keep(mark, last)
        return new


def _messages(run: Run, name: str, command: str) -> Sequence[SyslogMessage]:
    text = run.device(name).send(command)
    if "%" not in text:
        return ()  # there is no message, as nearly always
    try:
        record = read("show logging", text, source=name)
    except ParseError:
        return ()
    return record.messages if isinstance(record, LogBuffer) else ()


def _line(message: SyslogMessage) -> str:
    return f"{message.head}%{message.id}: {message.text}"[:300]
