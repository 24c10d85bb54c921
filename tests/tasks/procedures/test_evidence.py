"""The evidence of runs: what is in it, and that nothing a device says gets out of its place."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from getvpn.errors import CheckError
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.approval import approve
from getvpn.tasks.procedures.evidence import FORMS, Form, evidence
from getvpn.tasks.procedures.model import Status

from .rollover_worlds import RolloverWorld
from .toy_procedures import Toy

HOSTILE = "</pre><script>alert('1')</script>|`*_[x](y)\x1b[2J\n```\n# not a heading"
ROW = re.compile(r"(?<!\\)\|")


class Tags(HTMLParser):
    """The elements and attributes of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.found.append((tag, dict(attrs)))


def written(toy: Toy, form: Form) -> str:
    """The evidence of the only run."""
    return evidence(toy.journal.run(toy.only_run()), toy.events(), form)


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """What a document is made of."""
    parser = Tags()
    parser.feed(text)
    return parser.found


def toy_of(**options: Any) -> Toy:
    """A procedure, of whose step `one` this is said."""
    toy = Toy(Journal("sqlite://"))
    toy.options["one"] = options
    return toy


@pytest.mark.parametrize("form", FORMS)
def test_the_plan_and_what_became_of_it_are_told(form: Form) -> None:
    toy = toy_of(commands=("show one",), effect="none at all", undo_commands=("no one",))
    toy.options["two"] = {"final": True}
    run = toy.start(approve_by="bob").run
    assert "waiting for approval" in written(toy, form)
    approve(toy.journal, run, toy.clock, by="bob")
    toy.broken["verify three"] = [CheckError("it is not so")]
    assert toy.runner().resume(run).status is Status.STOPPED

    text = written(toy, form)
    said = ("show one", "none at all", "no one", "why two", "point of no return", "it is not so")
    for words in (run, "alice", "bob", "stopped", "after two", "advice of three", *said):
        assert words in text
    assert text.count("2026-01-01") > 8


@pytest.mark.parametrize("form", FORMS)
def test_a_run_that_was_killed_is_told_as_far_as_it_came(form: Form) -> None:
    toy = toy_of()
    toy.broken["apply two"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        toy.start()
    text = written(toy, form)
    assert "running" in text
    assert "not begun" in text
    assert "not yet" in text


def hostile_run() -> Toy:
    """A run in which all texts are hostile."""
    toy = toy_of(
        device=HOSTILE, why=HOSTILE, effect=HOSTILE, commands=(HOSTILE,), undo_commands=(HOSTILE,)
    )
    toy.broken["verify three"] = [CheckError(HOSTILE)]
    run = toy.runner(HOSTILE).start(toy.plan(HOSTILE, notes=(HOSTILE,))).run
    for kind in ("sent", "said", "state"):
        toy.journal.writer(run).add(
            kind, HOSTILE, at=1.0, step="one", device=HOSTILE, data={"answer": HOSTILE}
        )
    return toy


def test_nothing_that_a_device_says_is_html() -> None:
    harmless = toy_of()
    harmless.start()
    usual = {tag for tag, _ in tags(written(harmless, "html"))}
    text = written(hostile_run(), "html")
    found = tags(text)
    more = {"br", "code", "dd", "details", "div", "dt", "li", "p", "pre", "section", "strong", "ul"}
    assert {tag for tag, _ in found} <= usual | more | {"summary"}
    assert "script" not in {tag for tag, _ in found}
    known = {"charset", "class", "content", "http-equiv", "lang", "name", "scope"}
    assert {name for _, attributes in found for name in attributes} <= known
    assert "\x1b" not in text


def test_a_browser_is_told_to_run_and_fetch_nothing() -> None:
    toy = toy_of()
    toy.start()
    text = written(toy, "html")
    (policy,) = [each["content"] for _, each in tags(text) if "http-equiv" in each]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert text.index("http-equiv") < text.index("<title>") < text.index("<style>")
    assert not re.search(r"(?:src|href)=|url\(|@import", text)


def test_nothing_that_a_device_says_breaks_markdown() -> None:
    text = written(hostile_run(), "markdown")
    assert "\x1b" not in text
    outside, fence = [], ""
    for line in text.splitlines():
        mark = re.match(r"(`{3,})(?:text)?$", line)
        if mark and not fence:
            fence = mark[1]
        elif line == fence:
            fence = ""
        elif not fence:
            outside.append(line)
    assert fence == ""
    assert not any("<script" in re.sub(r"\\.", "", line) for line in outside)
    widths: set[int] = set()
    for line in (*outside, ""):
        if line.startswith("|"):
            widths.add(len(ROW.split(line)))
            continue
        assert len(widths) < 2, line
        widths = set()
    headings = {"Plan", "Before and after", "Steps", "Transcript"}
    assert {line[3:] for line in outside if line.startswith("## ")} == headings


def test_no_key_and_no_passphrase_is_in_the_evidence_of_a_rollover() -> None:
    world = RolloverWorld()
    outcome = world.runner().start(world.plan())
    assert outcome.status is Status.DONE, outcome
    record, events = world.journal.run(outcome.run), world.journal.events(outcome.run)
    assert [each.text for each in events if each.kind == "state"] == ["before", "after"]
    typed = [line for _, text in world.devices.typed for line in text.splitlines()]
    begin, end = (
        next(number for number, line in enumerate(typed) if re.match(rf"-+{word} .*PRIVATE", line))
        for word in ("BEGIN", "END")
    )
    phrases = {line.split()[-1] for line in typed if re.match(r"crypto key (ex|im)port", line)}
    secrets = phrases | {line for line in typed[begin + 1 : end] if len(line) > 40}
    assert len(secrets) > 8
    for form in FORMS:
        text = evidence(record, events, form)
        assert not [each for each in secrets if each in text]
        assert "crypto key import" in text
