"""A line as a reader of views sees it: what was said, and values out of its words.

A word that is no value of the wanted kind gives None and a problem, never an exception. What a
problem says holds no text of the line, which may have a secret in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from .defaults import SECONDS_PER_DAY
from .keywords import one_of
from .line import ConfigLine
from .view import Draft, Value, value

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Python refuses to convert longer texts quickly; no number in a configuration is as long.
_MAX_DIGITS = 12
_NEGATIONS = ("no", "default")


@value
class ConfigProblem(Value):
    """A line of a known command whose value could not be read or is out of range.

    `message` holds no text of the line, which may have a secret in it.
    """

    line: ConfigLine
    message: str


class Notes:
    """What comes up while a configuration is read: problems, and crypto lines left unread."""

    __slots__ = ("problems", "unknown")

    def __init__(self) -> None:
        self.problems: list[ConfigProblem] = []
        self.unknown: list[ConfigLine] = []


class Said:
    """A command: its `line`, the words after it as `args`, and `on` unless it is taken back.

    It is with `no` or `default` in front; `default` tells which. `remark` holds a lone `!`
    among the words and what follows it.
    """

    __slots__ = ("args", "default", "line", "notes", "on", "remark")

    def __init__(self, line: ConfigLine, notes: Notes) -> None:
        words, command = line.words, line.command
        negated = words[0] in _NEGATIONS and len(words) > 1
        self.on = not negated
        self.default = negated and words[0] == "default"
        # People note things behind a command, after a `!` that a router would not take there.
        end = words.index("!") if "!" in words else len(words)
        self.args = words[negated + (command.count(" ") + 1 if command else 0) : end]
        self.remark = words[end:]
        self.line = line
        self.notes = notes

    def problem(self, message: str) -> None:
        """Note that the line cannot be understood."""
        self.notes.problems.append(ConfigProblem(line=self.line, message=message))

    def take(self, *keywords: str) -> bool:
        """Take `keywords`, maybe cut short, off the front of the args; False for other words."""
        given = self.args[: len(keywords)]
        if len(given) < len(keywords):
            return False
        pairs = zip(keywords, given, strict=True)
        if not all(keyword.startswith(word.lower()) for keyword, word in pairs):
            return False
        self.args = self.args[len(keywords) :]
        return True

    def skip(self, *keywords: str) -> bool:
        """Take `keywords` off the front of the args; False and a problem where others stand."""
        found = self.take(*keywords)
        if not found:
            self.problem(f"expected {' '.join(keywords)}")
        return found

    def word(self, index: int = 0) -> str | None:
        """The argument at `index`: a name of the user's choice."""
        if index >= len(self.args):
            self.problem("a word is missing at the end")
            return None
        word = self.args[index]
        if word[0] == "<" and word[-1] == ">":
            self.problem("a placeholder stands where a value should be")
            return None
        return word

    def text(self) -> str | None:
        """All arguments as one text, in which `!` is a character like others."""
        if self.word() is None:
            return None
        return " ".join((*self.args, *self.remark))

    def interface(self) -> str | None:
        """The name of an interface, which is sometimes typed as two words (`Tunnel 1`)."""
        return None if self.word() is None else interface_name(self.args)

    def choice(self, *keywords: str) -> str | None:
        """The first argument as one of `keywords`, in full."""
        word = self.word()
        found = None if word is None else one_of(keywords, word, shortest=1)
        if word is not None and found is None:
            self.problem(f"expected one of {', '.join(keywords)}")
        return found

    def integer(self, low: int, high: int, index: int = 0) -> int | None:
        """The argument at `index` as a number; one outside of `low` to `high` is a problem too.

        It is given nevertheless: ranges differ between releases, and the number was meant.
        """
        word = self.word(index)
        if word is None:
            return None
        number = integer(word)
        if number is None:
            self.problem(f"expected a number from {low} to {high}")
        elif not low <= number <= high:
            self.problem(f"the number is outside of {low} to {high}")
        return number

    def address(self, index: int = 0) -> Address | None:
        """The argument at `index` as an IP address."""
        word = self.word(index)
        if word is None:
            return None
        found = address(word)
        if found is None:
            self.problem("expected an IP address")
        return found

    def ip(self) -> Address | None:
        """An address with its family in front (`ipv4 10.0.0.1`)."""
        family = self.choice("ipv4", "ipv6")
        return None if family is None else self.address(1)


def is_negated(line: ConfigLine) -> bool:
    """Whether `line` takes a command back, by `no` or `default` in front of it."""
    words = line.words
    return words[0] in _NEGATIONS and len(words) > 1


# Where a short form fits several, the first is meant.
_INTERFACE_TYPES = (
    *("GigabitEthernet", "FastEthernet", "Ethernet", "Loopback", "Tunnel", "Port-channel"),
    *("Vlan", "Serial", "TenGigabitEthernet", "TwentyFiveGigE", "FortyGigabitEthernet"),
    *("HundredGigE", "TwoGigabitEthernet", "FiveGigabitEthernet", "AppGigabitEthernet"),
    *("Dialer", "BDI", "BVI", "Virtual-Template", "VirtualPortGroup", "Multilink", "Cellular"),
    *("ATM", "Async", "POS", "Null"),
)
_FULL_TYPES = frozenset(_INTERFACE_TYPES)
_PLACE = "0123456789./:"


def interface_name(words: Sequence[str]) -> str:
    """The interface that `words` begin with, in full: `GigabitEthernet0/1` for `gi 0/1`."""
    name = words[0] + words[1] if len(words) > 1 and words[1][0].isdecimal() else words[0]
    kind = name.rstrip(_PLACE)
    if kind in _FULL_TYPES or not kind:
        return name
    short = kind.lower()
    full = next((one for one in _INTERFACE_TYPES if one.lower().startswith(short)), kind)
    return full + name[len(kind) :]


def integer(word: str) -> int | None:
    """`word` as a decimal number, None when it is none."""
    if word.isascii() and word.isdecimal() and len(word) <= _MAX_DIGITS:
        return int(word)
    return None


def address(word: str) -> Address | None:
    """`word` as an IP address, None when it is none."""
    try:
        # A zone (`fe80::1%eth0`) is not IOS.
        return None if "%" in word else ip_address(word)
    except ValueError:
        return None


def network(base: str, mask: str | None = None) -> Network | None:
    """`base` with a subnet `mask`, a `/length`, or for one host; `0.0.0.0` alone is every host."""
    if mask is None and base == "0.0.0.0":  # noqa: S104 - a wildcard peer, not a socket
        mask = base
    try:
        return ip_network(base if mask is None else f"{base}/{mask}", strict=False)
    except ValueError:
        return None


Handler = Callable[[Draft, Said], None]
Table = Mapping[str, Handler]


def read_lines(lines: Iterable[ConfigLine], draft: Draft, table: Table, notes: Notes) -> None:
    """Read `lines` into `draft` by the handler of their command; note those without one."""
    for line in lines:
        handler = table.get(line.command)
        if handler is None:
            notes.unknown.extend(line.walk())
        else:
            handler(draft, Said(line, notes))


def flag(name: str) -> Handler:
    """A command that turns field `name` on, and off with `no`."""

    def handle(draft: Draft, said: Said) -> None:
        if said.default:
            draft.reset(name)
        else:
            draft.set(name, said.on, said.line)

    return handle


def one(name: str, read: Callable[[Said], object]) -> Handler:
    """A command that gives field `name` the value that `read` finds; `no` takes it back."""

    def handle(draft: Draft, said: Said) -> None:
        if not said.on:
            draft.reset(name)
            return
        found = read(said)
        if found is not None:
            draft.set(name, found, said.line)

    return handle


def many(name: str, read: Callable[[Said], object]) -> Handler:
    """A command that adds to the tuple `name` what `read` finds; `no` removes it."""

    def handle(draft: Draft, said: Said) -> None:
        found = read(said)
        if found is not None and said.on:
            draft.add(name, found, said.line)
        elif found is not None:
            draft.remove(name, found)

    return handle


def after(*keywords: str, text: bool = False) -> Callable[[Said], str | None]:
    """Reads the name that stands after `keywords`, or with `text` all words after them."""

    def read(said: Said) -> str | None:
        if not said.skip(*keywords):
            return None
        return said.text() if text else said.word()

    return read


def number_after(*keywords: str, low: int, high: int) -> Callable[[Said], int | None]:
    """Reads the number that stands after `keywords`."""
    return lambda said: said.integer(low, high) if said.skip(*keywords) else None


def lifetime(said: Said, low: int, high: int) -> int | None:
    """`seconds S` or `days D`, in seconds."""
    unit = said.choice("seconds", "days")
    if unit == "seconds":
        return said.integer(low, high, 1)
    days = said.integer(1, 30, 1) if unit == "days" else None
    return None if days is None else days * SECONDS_PER_DAY


def unmodelled(draft: Draft, said: Said) -> None:
    """A command that is known, but says nothing that a view holds."""
