"""Transform sets, IPsec profiles and crypto maps → views."""

from . import defaults
from .ipsec import CryptoMap, CryptoMapEntry, FailClose
from .keywords import one_of
from .line import ConfigLine
from .said import (
    Handler,
    Notes,
    Said,
    Table,
    integer,
    interface_name,
    is_negated,
    lifetime,
    many,
    one,
    read_lines,
    unmodelled,
)
from .view import Draft

_SIZED_CIPHERS = ("aes", "gcm", "gmac")
_KEY_BITS = {"des": 56, "3des": 168, "seal": 160, "aes": defaults.AES_KEY_BITS}
_KEY_BITS |= {"gcm": defaults.AES_KEY_BITS, "gmac": defaults.AES_KEY_BITS, "null": 0}
_PFS_GROUP = "group"
_ASSOCIATION = ("lifetime", "idle-time", "replay", "level", "dummy", "ecn", "dfbit", "multi-sn")
_KINDS = ("gdoi", "ipsec-isakmp", "ipsec-manual")


def read_transforms(draft: Draft, line: ConfigLine, notes: Notes) -> None:
    """The words after the name in `crypto ipsec transform-set NAME esp-aes 256 …`."""
    said = Said(line, notes)
    words = [word.lower() for word in said.args[1:]]
    if not words and "transforms" in draft.values:
        return
    for name in ("cipher", "key_bits", "integrity", "ah", "esn"):
        draft.reset(name)
    draft.set("transforms", tuple(words), line)
    for index, word in enumerate(words):
        kind, _, name = word.partition("-")
        if kind == "esp" and name.endswith("-hmac"):
            draft.set("integrity", name.removesuffix("-hmac"), line)
        elif kind == "esp":
            _cipher(draft, name, words[index + 1 : index + 2], said)
        elif kind == "ah":
            draft.set("ah", name.removesuffix("-hmac"), line)
        elif kind == "esn":
            draft.set("esn", True, line)
        elif kind != "comp" and integer(word) is None:
            said.problem("a transform is not known")
    if not words:
        said.problem("a transform is missing")


def _cipher(draft: Draft, name: str, following: list[str], said: Said) -> None:
    """`esp-aes`, with a key size as next word; `esp-256-aes` in newer releases."""
    size: int | None = None
    first, _, rest = name.partition("-")
    if rest == "aes":
        size, name = integer(first), rest
    elif name in _SIZED_CIPHERS and following:
        size = integer(following[0])
    bits = size if size is not None else _KEY_BITS.get(name)
    if bits is None:
        said.problem("a cipher is not known")
        return
    draft.set("cipher", name, said.line)
    draft.set("key_bits", bits or None, said.line)


TRANSFORM_SET: Table = {
    "mode": one("mode", lambda said: said.choice("tunnel", "transport")),
    "require": unmodelled,
    "initialization-vector": unmodelled,
}


def read_sa_lifetime(draft: Draft, said: Said) -> None:
    """`… security-association lifetime seconds S|days D|kilobytes K`, `… idle-time S`.

    `said.args` begin after `security-association`. The fields are `lifetime_s`, `lifetime_kb`
    and `idle_time_s`.
    """
    what = said.choice(*_ASSOCIATION)
    said.args = said.args[1:]
    if what == "idle-time":
        seconds = said.integer(60, 86_400) if said.on else None
        _set_or_reset(draft, "idle_time_s", seconds, said)
    elif what == "lifetime" and said.args[:1] != [] and "kilobytes".startswith(said.args[0]):
        amount = None
        if said.on and said.args[1:2] != ["disable"]:
            amount = said.integer(2_560, 4_294_967_295, 1)
        _set_or_reset(draft, "lifetime_kb", amount, said)
    elif what == "lifetime":
        seconds = lifetime(said, 120, 2_592_000) if said.on else None
        _set_or_reset(draft, "lifetime_s", seconds, said)


def _set_or_reset(draft: Draft, name: str, found: int | None, said: Said) -> None:
    if found is not None:
        draft.set(name, found, said.line)
    elif not said.on:
        draft.reset(name)


def _set(table: Table) -> Handler:
    """The `set …` lines of a block that has the settings of `table`."""
    settings = (*table, *_UNMODELLED_SETTINGS)

    def handle(draft: Draft, said: Said) -> None:
        what = said.choice(*settings)
        said.args = said.args[1:]
        if what is not None and what in table:
            table[what](draft, said)

    return handle


def _pfs(said: Said) -> int | None:
    """`pfs groupN`, by default group 1."""
    if not said.args:
        return defaults.ISAKMP_GROUP
    group = integer(said.args[0].removeprefix(_PFS_GROUP))
    if group is None:
        said.problem("expected a Diffie-Hellman group")
    return group


_PROFILE_SETTINGS: Table = {
    "security-association": read_sa_lifetime,
    "transform-set": one("transform_sets", lambda said: said.word() and tuple(said.args)),
    "pfs": one("pfs_group", _pfs),
    "isakmp-profile": one("isakmp_profile", Said.word),
    "ikev2-profile": one("ikev2_profile", Said.word),
}
_ENTRY_SETTINGS: Table = {
    "group": one("group", Said.word),
    "peer": many("peers", Said.word),
    **_PROFILE_SETTINGS,
}
_UNMODELLED_SETTINGS = (
    *("df-bit", "identity", "ip", "mixed-mode", "nat", "reverse-route", "security-policy"),
    "session-key",
)

PROFILE: Table = {
    "set": _set(_PROFILE_SETTINGS),
    "description": unmodelled,
    "redundancy": unmodelled,
    "responder-only": unmodelled,
    "reverse-route": unmodelled,
}


def _match_address(draft: Draft, said: Said) -> None:
    """`match address ACL`."""
    if not said.on:
        draft.reset("acl")
    elif said.skip("address") and (name := said.word()) is not None:
        draft.set("acl", name, said.line)


def _activate(draft: Draft, said: Said) -> None:
    draft.set("activated", said.on, said.line)


_ENTRY: Table = {
    "set": _set(_ENTRY_SETTINGS),
    "match": _match_address,
    "description": one("description", Said.text),
    "reverse-route": unmodelled,
    "qos pre-classify": unmodelled,
    "crl": unmodelled,
}
_FAIL_CLOSE: Table = {
    "match": _match_address,
    "activate": _activate,
    "description": unmodelled,
}


class CryptoMapDraft:
    """A crypto map while its lines, which stand apart, are read."""

    def __init__(self, line: ConfigLine, name: str, family: str) -> None:
        self.draft = Draft(line, name=name, family=family)
        self.entries: dict[int | None, Draft] = {}
        self.fail_close: Draft | None = None

    def read(self, line: ConfigLine, words: list[str], notes: Notes) -> None:
        """Read a `crypto map` line; `words` follow the name."""
        self.draft.add("lines", line, line)
        on = not is_negated(line)
        if line.command == "crypto map fail-close":
            self.fail_close = (self.fail_close or Draft(line)) if on else None
            if self.fail_close is not None:
                read_lines(line.children, self.fail_close, _FAIL_CLOSE, notes)
        elif line.command == "crypto map entry":
            self._entry(line, words, on, notes)
        elif one_of(("local-address",), words[0]) and not on:
            self.draft.reset("local_address")
        elif one_of(("local-address",), words[0]) and len(words) > 1:
            self.draft.set("local_address", interface_name(words[1:]), line)
        else:
            notes.unknown.extend(line.walk())

    def _entry(self, line: ConfigLine, words: list[str], on: bool, notes: Notes) -> None:
        sequence = integer(words[0])
        if not on:
            self.entries.pop(sequence, None)
            return
        entry = self.entries.setdefault(sequence, Draft(line, sequence=sequence))
        if len(words) > 1:
            entry.set("kind", one_of(_KINDS, words[1]) or words[1], line)
        read_lines(line.children, entry, _ENTRY, notes)

    @property
    def is_empty(self) -> bool:
        """Whether all that was said of the map has been taken back."""
        address = self.draft.values.get("local_address")
        return not self.entries and self.fail_close is None and address is None

    def make(self, interfaces: tuple[str, ...]) -> CryptoMap:
        """The view; `interfaces` are those that the map is applied to."""
        entries = sorted(self.entries.values(), key=lambda entry: entry.values["sequence"] or 0)
        self.draft.values["entries"] = tuple(entry.make(CryptoMapEntry) for entry in entries)
        self.draft.values["interfaces"] = interfaces
        if self.fail_close is not None:
            self.draft.set("fail_close", self.fail_close.make(FailClose), self.fail_close.line)
        return self.draft.make(CryptoMap)
