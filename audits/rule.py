"""What a rule is, and what it can say: a finding with its evidence, or *not checked* and why.

A rule is data about a function. `rule(...)` turns a generator over a context into a `Rule`; the
catalogue, `getvpn rule`, the tests and the reports are made from that one place.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from .facts import Fleet
    from .needs import Need
    from .settings import Settings

CODE = re.compile(r"[A-Z]{2,5}\d{3}")
"""The form of a code: letters that name the topic, and a number that is never used again."""


class Severity(IntEnum):
    """How bad a finding is; a higher severity is greater."""

    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def named(cls, name: str) -> "Severity":
        """The severity called `name`, in any case. Raises KeyError for any other word."""
        return cls[name.upper()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in the text that was given; `line` counts from 1, None stands for the whole file."""

    source: str
    line: int | None = None

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a finding rests on: a configuration line, a field of a command's output, or a waiver.

    `text` is the line as the device printed it, with secrets removed. `command`, `field` and
    `value` are set for show output; `line` is then the first line of the block that holds the
    field.
    """

    kind: Literal["config", "show", "waiver"]
    device: str
    source: str
    line: int | None = None
    text: str = ""
    command: str | None = None
    field: str | None = None
    value: str | None = None

    @property
    def location(self) -> Location:
        """Where it stands."""
        return Location(source=self.source, line=self.line)


class Grade(Enum):
    """What configuration lines that mend a finding do to a group that is in use."""

    SAFE = "safe"
    REKEY = "disruptive: needs a rekey"
    REGISTRATION = "disruptive: members register again"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Lines for the configuration of `device` that mend a finding, as they are typed there.

    Lines of a block are indented by a blank for each level.
    """

    device: str
    lines: tuple[str, ...]
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A recommendation that is not followed, with the evidence.

    `rule` is the code of the rule. `device` is empty when the finding is about a group as a
    whole; `group` is the group's name there, None for findings about a device at large.
    `remediation` holds the commands or the advice that mend it, `diff` the unified diff of two
    texts that should be the same ('' for findings that compare nothing). `fixes` are lines that
    mend it, for one device or several; empty where people have to decide.
    """

    rule: str
    severity: Severity
    device: str
    group: str | None = None
    location: Location
    message: str
    evidence: tuple[Evidence, ...] = ()
    remediation: str = ""
    diff: str = ""
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotChecked:
    """A rule could not be decided for a device or group, because evidence was missing."""

    rule: str
    device: str
    group: str | None = None
    reason: str


Outcome = Finding | NotChecked
Outcomes = Iterator[Outcome]
"""What a rule function yields: nothing at all means that it looked and found no fault."""


class Context(Protocol):
    """What a rule function is called with: see `audits.context`."""

    @property
    def label(self) -> str:
        """What is being looked at, for messages about the rule itself."""


C = TypeVar("C", bound=Context)


class ScopeName(Enum):
    """The names of the scopes, from the narrowest to the widest."""

    SERVER = "key server"
    MEMBER = "group member"
    DEVICE = "device"
    GROUP = "group"
    FLEET = "fleet"
    REPORT = "waiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(Generic[C]):
    """What one call of a rule function is about.

    `things` of a fleet are looked at one by one; `about` makes the context for one of them.
    """

    name: ScopeName
    things: Callable[["Fleet"], Sequence[Any]]
    about: Callable[["Rule[Any]", "Fleet", "Settings", Any], C]

    def visit(self, rule: "Rule[Any]", fleet: "Fleet", settings: "Settings") -> Iterator[C]:
        """A context for each thing of a fleet."""
        return (self.about(rule, fleet, settings, thing) for thing in self.things(fleet))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[C]):
    """A recommendation that can be checked, with its whole manual.

    `title` is the recommendation in one sentence; `needs` is what it reads, any one of which may
    be enough; `source` says who recommends it; `rationale` why. `remediation` is a template: the
    `{names}` in it are filled by the finding. `bad` and `good` are small sets of files (name to
    text) that the rule finds fault with and has checked in full without fault. `thresholds` are
    the names of the settings that it reads. `fix` is given where `remediation` is configuration
    that mends a finding when it is entered on the device of the finding, and tells what it does.
    """

    code: str
    aliases: tuple[str, ...] = ()
    title: str
    severity: Severity
    scope: Scope[C]
    needs: tuple["Need", ...]
    source: str
    rationale: str
    remediation: str
    bad: Mapping[str, str]
    good: Mapping[str, str]
    thresholds: tuple[str, ...] = ()
    fix: Grade | None = None
    check: Callable[[C], Outcomes] = field(repr=False, compare=False)

    @property
    def reads_configurations(self) -> bool:
        """Whether it can be decided without show output."""
        from .needs import ShowNeed

        return any(not isinstance(need, ShowNeed) for need in self.needs)

    @property
    def topic(self) -> str:
        """The letters of the code."""
        return self.code.rstrip("0123456789")


AnyRule = Rule[Any]
"""A rule of any scope. Any, since a list of rules mixes the scopes."""


def rule(
    *,
    code: str,
    title: str,
    severity: Severity,
    scope: Scope[C],
    needs: tuple["Need", ...],
    source: str,
    rationale: str,
    remediation: str,
    bad: Mapping[str, str],
    good: Mapping[str, str],
    aliases: tuple[str, ...] = (),
    thresholds: tuple[str, ...] = (),
    fix: Grade | None = None,
) -> Callable[[Callable[[C], Outcomes]], Rule[C]]:
    """Make a rule of the generator function that follows.

    Raises ValueError for a malformed code.
    """
    if not CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no rule code: two to five letters and three digits")

    def made(check: Callable[[C], Outcomes]) -> Rule[C]:
        return Rule(
            code=code,
            aliases=aliases,
            title=title,
            severity=severity,
            scope=scope,
            needs=needs,
            source=source,
            rationale=_joined(rationale),
            remediation=remediation.strip("\n"),
            bad=MappingProxyType(dict(bad)),
            good=MappingProxyType(dict(good)),
            thresholds=thresholds,
            fix=fix,
            check=check,
        )

    return made


def _joined(text: str) -> str:
    """Undo the line breaks and indentation that `text` has in the source."""
    return " ".join(text.split())
