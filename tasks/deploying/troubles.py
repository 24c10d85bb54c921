"""What can be wrong with a GETVPN network: kinds of trouble, and sentences for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ...errors import printable


class Kind(StrEnum):
    """The kinds of trouble, so that callers can treat them apart."""

    UNREACHABLE = "unreachable"
    UNSEEN = "unseen"
    LOCKED = "locked"
    ON_TRIAL = "on trial"
    UNSAVED = "unsaved"
    RESTARTS = "restarts"
    NOT_SERVED = "not served"
    NO_PRIMARY = "no primary"
    SEVERAL_PRIMARIES = "several primaries"
    FOREIGN_PRIMARY = "foreign primary"
    ELECTION = "election"
    PEER = "peer"
    PEER_MISSING = "peer missing"
    POLICY = "policy"
    KEYS = "keys"
    NO_KEYS = "no keys"
    RSA = "rsa"
    MEMBER_COUNT = "member count"
    MEMBERS_LOST = "members lost"
    NOT_JOINED = "not joined"
    NOT_REGISTERED = "not registered"
    FOREIGN_SERVER = "foreign server"
    NOT_LISTED = "not listed"
    OLD_KEYS = "old keys"
    REKEY_SOON = "rekey soon"


MENDED_BY_CHANGE = frozenset(
    {
        Kind.NOT_SERVED,
        Kind.PEER_MISSING,
        Kind.POLICY,
        Kind.NOT_JOINED,
        Kind.NOT_REGISTERED,
        Kind.FOREIGN_SERVER,
        Kind.NOT_LISTED,
        Kind.OLD_KEYS,
    }
)
"""What bringing a device to its intended configuration may well mend."""
LEFT_BY_RUN = frozenset({Kind.LOCKED, Kind.ON_TRIAL, Kind.UNSAVED})
"""What a deployment that was broken off may leave on a device."""

SEEN_ALWAYS = frozenset({Kind.UNREACHABLE, Kind.UNSEEN})
"""What matters of single devices at any time; the rest only before they are changed."""


def members(count: int) -> str:
    """So many members, in words."""
    return f"{count} member" if count == 1 else f"{count} members"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong: `what` in a clause, `advice` what to do about it.

    `devices` are those that it is about, the one that tells of it first; none where it is about the
    group as a whole.
    """

    kind: Kind
    devices: tuple[str, ...] = ()
    group: str | None = None
    what: str
    advice: str = ""

    def __str__(self) -> str:
        """One line: where, what, and what to do."""
        where = [self.devices[0]] if self.devices else []
        where += [f"group {self.group}"] if self.group is not None else []
        line = f"{', '.join(where)}: {self.what}" if where else self.what
        return printable(f"{line}; {self.advice}" if self.advice else line)


def sentences(troubles: Iterable[Trouble]) -> list[str]:
    """The lines for people, each once, in their order."""
    return list(dict.fromkeys(map(str, troubles)))
