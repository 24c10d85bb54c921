"""What a collection leaves behind, written and read back."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.errors import (
    HostKeyError,
    InputError,
    LoginError,
    OverdueError,
    RefusedError,
    TransportError,
    UsageError,
)
from getvpn.parsers.transcript import read_paths
from getvpn.tasks.collecting.gathered import (
    Collection,
    Failure,
    Gathered,
    Index,
    Output,
    file_name,
    folder_name,
    now,
    read_index,
)

texts = st.text(max_size=20)
seconds = st.floats(0, 1000, allow_nan=False)
outputs = st.builds(
    Output,
    command=texts,
    at=texts,
    seconds=seconds,
    size=st.integers(0, 10**9),
    file=st.none() | texts,
    refused=st.none() | texts,
)
failures = st.builds(Failure, host=texts, kind=texts, message=texts)
gathereds = st.builds(
    Gathered,
    host=texts,
    address=texts,
    roles=st.lists(texts, max_size=2).map(tuple),
    began=texts,
    seconds=seconds,
    attempts=st.integers(1, 9),
    outputs=st.lists(outputs, max_size=3).map(tuple),
    failure=st.none() | failures,
)


@settings(max_examples=40)
@given(st.lists(gathereds, max_size=3))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, given_hosts: list[Gathered]
) -> None:
    folder = tmp_path_factory.mktemp("made") / "new"
    index = Index(folder)
    index.begin(len(given_hosts))
    for each in given_hosts:
        index.add(each)
    index.end(interrupted=False)

    assert list(read_index(folder)) == given_hosts


def test_strategies_think_of_every_field() -> None:
    """Lest a field that is added later goes unwritten unseen."""
    made = Gathered(host="R1", outputs=(Output(command="x", at="", seconds=0),))
    again = Gathered.read(
        {each.name: getattr(made, each.name) for each in fields(Gathered) if each.name != "outputs"}
    )
    assert again.host == "R1"


def test_a_folder_that_holds_something_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("x")

    with pytest.raises(UsageError, match=r"is not empty; a collection has a folder of its own"):
        Index(tmp_path).begin(1)
    assert [each.name for each in tmp_path.iterdir()] == ["old.txt"]


def test_folder_and_index_are_for_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    index = Index(folder)
    index.begin(0)
    index.end(interrupted=True)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "collection.jsonl").stat().st_mode & 0o777 == 0o600
    begin, end = map(json.loads, (folder / "collection.jsonl").read_text().splitlines())
    assert (begin["collection"], begin["hosts"], end["interrupted"]) == (1, 0, True)


def test_the_index_of_a_run_that_was_killed_is_read_up_to_there(tmp_path: Path) -> None:
    index = Index(tmp_path / "x")
    index.begin(2)
    index.add(Gathered(host="R1"))
    index.add(Gathered(host="R2"))
    path = tmp_path / "x" / "collection.jsonl"
    path.write_bytes(path.read_bytes()[:-9])

    assert [each.host for each in read_index(tmp_path / "x")] == ["R1"]


def test_another_folder_and_the_index_of_a_later_version_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no collection: it has no index"):
        list(read_index(tmp_path))
    (tmp_path / "collection.jsonl").write_text('{"collection": 2}\n')
    with pytest.raises(InputError, match=r"collection\.jsonl:1: a newer getvpn wrote this"):
        list(read_index(tmp_path))


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "3",
        "null",
        '"x"',
        '{"host": "R1", "colour": "red"}',
        '{"host": "R1", "outputs": 3}',
        '{"host": "R1", "outputs": [{}]}',
        '{"host": "R1", "failure": {"no": 1}}',
        '{"host": "R1", "failure": 1}',
    ],
)
def test_a_line_that_is_none_of_an_index_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "collection.jsonl").write_text(f'{{"collection": 1}}\n{line}\n')

    with pytest.raises(InputError, match=r"collection\.jsonl:2: is no line of an index"):
        list(read_index(tmp_path))


def test_an_index_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "collection.jsonl").write_bytes(b"\xff\xfe\n")

    with pytest.raises(InputError, match=r"collection\.jsonl: is no index"):
        list(read_index(tmp_path))


# Attempts


def test_a_later_attempt_keeps_what_an_earlier_one_has_more() -> None:
    first = Gathered(
        host="R1",
        began="early",
        roles=("member",),
        outputs=tuple(Output(command=each, at="early", seconds=0) for each in "ab"),
    )
    later = Gathered(host="R1", began="late", outputs=(Output(command="b", at="late", seconds=0),))

    both = later.with_earlier(first)

    assert [(each.command, each.at) for each in both.outputs] == [("a", "early"), ("b", "late")]
    assert (both.roles, both.began) == (("member",), "early")


def test_figures_are_sums_of_what_there_is() -> None:
    made = Gathered(
        host="R1",
        outputs=(
            Output(command="a", at="", seconds=0, size=10, file="R1/a"),
            Output(command="b", at="", seconds=0, size=5, file="R1/b"),
            Output(command="c", at="", seconds=0, refused="% no"),
        ),
    )
    assert (made.files, made.size) == (2, 15)
    assert Collection(folder=Path(), hosts=2, done=2).complete
    assert not Collection(folder=Path(), hosts=2, done=1).complete


# Failures


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (HostKeyError("h", device="R1", hint="do"), "host-key", "h; do"),
        (LoginError("l", device="R1"), "login", "l"),
        (TransportError("t\x1b[2J", device="R1"), "transport", "t\\x1b[2J"),
        (OverdueError("o", device="R1"), "timeout", "o"),
        (RefusedError("r", device="R1"), "refused", "r"),
        (UsageError("u"), "inventory", "u"),
        (InputError("i", source="f"), "inventory", "f: i"),
        (OSError(28, "No space left on device"), "file", "No space left on device"),
        (ValueError("a secret may be here"), "internal", "ValueError"),
    ],
)
def test_a_failure_is_a_kind_and_a_line(error: Exception, kind: str, message: str) -> None:
    assert Failure.of("R1", error) == Failure(host="R1", kind=kind, message=message)


def test_a_fault_of_our_own_names_the_line_and_nothing_that_it_said() -> None:
    with pytest.raises(TypeError) as caught:
        folder_name(3)  # type: ignore[arg-type]

    message = Failure.of("R1", caught.value).message
    assert re.fullmatch(r"TypeError at getvpn\.tasks\.collecting\.gathered:\d+", message)


# Names


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("KS1", "KS1"),
        ("192.0.2.1:2222", "192.0.2.1_2222"),
        ("../../etc", "_.._etc"),
        ("..", "_"),
        (".hidden", "hidden"),
        ("a/b\\c", "a_b_c"),
        ("Zürich", "Z_rich"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_host_has_a_folder_that_leads_nowhere_else(host: str, name: str) -> None:
    assert folder_name(host) == name


@settings(max_examples=60)
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_name_leaves_its_folder(host: str, command: str) -> None:
    for name in (folder_name(host), file_name(command)):
        assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name) or name == ".txt"


@pytest.mark.parametrize(
    "command",
    [
        "show running-config",
        "show crypto gdoi ks policy",
        "show crypto gkm ks coop detail",
        "show crypto isakmp sa detail",
        "show clock",
        "show ip access-lists",
    ],
)
def test_a_file_is_called_so_that_the_command_can_be_told_from_it(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / file_name(command)).write_text("something\n")

    (found,) = read_paths([tmp_path]).captures
    assert str(found.resolved) == command


def test_the_time_is_in_utc() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now())
