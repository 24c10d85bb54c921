"""Keeping snapshots: whole or not at all, once each, without secrets, for as long as is wanted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, delete, event, func, select, update

from getvpn.errors import InputError, UsageError
from getvpn.parsers.transcript.capture import Capture
from getvpn.tasks.database.tables import captured, texts
from getvpn.tasks.journal import Journal
from getvpn.tasks.snapshots import store as stores
from getvpn.tasks.snapshots.store import Snapshot, Snapshots, outdated

DAY = 86_400.0


def capture(device: str, text: str, command: str = "show clock") -> Capture:
    """What a device said."""
    return Capture(host=device, command=command, text=text, source="s", first_line=1)


def keep(store: Snapshots, name: str, *captures: Capture, at: float = 0.0) -> Snapshot:
    """A snapshot of these."""
    return store.take(name, captures, at=at, owner="al", version="1", source="test")


@pytest.fixture
def store(url: str) -> Iterator[Snapshots]:
    """A store without snapshots, in a database of each kind."""
    made = Snapshots(url)
    yield made
    made.close()


def count(store: Snapshots) -> int:
    """How many texts there are."""
    with store._engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(texts)) or 0


def test_texts_are_kept_once_and_go_with_the_last_that_has_them(store: Snapshots) -> None:
    keep(store, "a", capture("KS1", "same"), capture("KS2", "same"), capture("KS2", "one"))
    keep(store, "b", capture("KS1", "same"), capture("KS1", "two"), at=5.0)
    assert count(store) == 3
    assert [each.text for each in store.captures(store.get("a"))] == ["same", "same", "one"]
    assert [(each.name, each.devices) for each in store.all()] == [
        ("b", ("KS1",)),
        ("a", ("KS1", "KS2")),
    ]
    store.remove(["a"])
    assert [each.text for each in store.captures(store.get("b"))] == ["same", "two"]
    assert count(store) == 2
    store.remove(["b"])
    assert (count(store), store.all(), store.size()) == (0, [], (0, 0))


def test_a_name_is_taken_once(store: Snapshots) -> None:
    keep(store, "a", capture("KS1", "first"))
    with pytest.raises(UsageError, match="there is a snapshot 'a' already"):
        keep(store, "a", capture("KS1", "second"))
    assert count(store) == 1
    assert [each.text for each in store.captures(store.get("a"))] == ["first"]


def test_snapshots_and_runs_live_in_one_database(url: str) -> None:
    journal, store = Journal(url), Snapshots(url)
    run = journal.begin("toy", groups=["G"], settings={}, plan={}, version="1", owner="al", at=0.0)
    keep(store, "a", capture("KS1", "x"))
    assert (journal.run(run).id, store.get("a").name) == (run, "a")
    journal.close()
    store.close()


def test_those_whose_time_is_over_go_with_their_texts(store: Snapshots) -> None:
    for name, expires in (("b", 5.0), ("a", 4.0), ("later", 6.0), ("kept", None)):
        words = {"owner": "al", "version": "1", "source": "test", "expires": expires}
        store.take(name, [capture("KS1", name), capture("KS2", "same")], at=0.0, **words)
    assert store.expire(3.0) == []
    assert store.expire(5.0) == ["a", "b"]
    assert {each.name for each in store.all()} == {"later", "kept"}
    assert count(store) == len({"later", "kept", "same"})


# ---- at the same time ----


def meanwhile(store: Snapshots, statement: str, work: Callable[[], object]) -> Callable[[], None]:
    """Begin `work` before the second execution of a statement; what is given waits for its end.

    The first goes on when it is over, or else waits for what the first holds.
    """
    thread = Thread(target=work)
    seen: list[str] = []

    @event.listens_for(store._engine, "before_cursor_execute")
    def _begin(_1: object, _2: object, text: str, *_3: object) -> None:
        if text.startswith(statement):
            seen.append(text)
            if len(seen) == 2:
                thread.start()
                thread.join(0.1)

    return thread.join


def test_two_keep_the_same_texts_at_once_in_any_order(
    store: Snapshots, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_SOME", 1)
    one, two = capture("KS1", "one"), capture("KS2", "two")
    other = Snapshots(url)
    wait = meanwhile(store, "INSERT INTO texts", lambda: keep(other, "b", two, one))
    keep(store, "a", one, two)
    wait()
    assert [each.name for each in store.all()] == ["b", "a"]
    assert count(store) == 2
    other.close()


def test_a_text_that_the_last_other_gives_up_meanwhile_is_kept(
    store: Snapshots, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_SOME", 1)
    one, two = capture("KS1", "one"), capture("KS2", "two")
    keep(store, "old", one, two)
    other = Snapshots(url)
    wait = meanwhile(store, "INSERT INTO captured", lambda: other.remove(["old"]))
    keep(store, "new", one, two)
    wait()
    assert [each.name for each in store.all()] == ["new"]
    assert [each.text for each in store.captures(store.get("new"))] == ["one", "two"]
    other.close()


def test_what_takes_the_name_of_one_that_is_over_meanwhile_stays(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/journal.db"
    store, other = Snapshots(url), Snapshots(url)
    words = {"owner": "al", "version": "1", "source": "test"}
    store.take("a", [capture("KS1", "old")], at=0.0, expires=5.0, **words)
    begun: list[str] = []

    @event.listens_for(store._engine, "before_cursor_execute")
    def _begin(_1: object, _2: object, text: str, *_3: object) -> None:
        if not begun and text.startswith(("DELETE", "SELECT snapshots.id \nFROM")):
            begun.append(text)
            other.remove(["a"])
            other.take("a", [capture("KS1", "new")], at=9.0, expires=99.0, **words)

    assert store.expire(10.0) == []
    assert [each.text for each in store.captures(store.get("a"))] == ["new"]
    assert begun
    assert store.expire(99.0) == ["a"]
    assert (store.all(), count(store)) == ([], 0)
    store.close()
    other.close()


# ---- what is refused ----


@pytest.mark.parametrize("name", ["", "a b", "-x", "a/b", "é", "x" * 101, "a\n"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    store = Snapshots("sqlite://")
    with pytest.raises(UsageError, match="is no name of a snapshot"):
        keep(store, name, capture("KS1", "x"))
    store.close()


def test_secrets_are_not_kept() -> None:
    store = Snapshots("sqlite://")
    config = "hostname KS1\ncrypto isakmp key Hunter-2 address 192.0.2.1\nend"
    keep(store, "a", capture("KS1", config, "show running-config"))
    (kept,) = store.captures(store.get("a"))
    assert "Hunter-2" not in kept.text
    assert "<removed>" in kept.text
    store.close()


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("copy running-config scp://joe:Hunter-2@192.0.2.1/x", None),
        ("test aaa group radius joe Hunter-2 legacy", None),
        ("crypto isakmp key Hunter-2 address 192.0.2.1", None),
        (
            "show running-config | include snmp-server community Hunter-2",
            "show running-config | include snmp-server community <removed>",
        ),
        ("sh ip route", "sh ip route"),
    ],
)
def test_what_was_typed_is_kept_without_secrets_too(command: str, kept: str | None) -> None:
    store = Snapshots("sqlite://")
    keep(store, "a", capture("KS1", "x", command), capture("KS1", "y"))
    told = [each.command for each in store.captures(store.get("a"))]
    assert told == [*([kept] if kept else []), "show clock"]
    store.close()


@pytest.mark.parametrize("damage", [update(texts).values(packed=b"nonsense"), delete(texts)])
def test_a_damaged_text_is_told(damage: Executable) -> None:
    store = Snapshots("sqlite://")
    keep(store, "a", capture("KS1", "x" * 100))
    with store._engine.begin() as connection:
        # as a tool does that does not know what belongs together
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(damage)
    with pytest.raises(InputError, match="a text of a snapshot is damaged"):
        store.captures(store.get("a"))
    store.close()


def test_what_cannot_be_kept_leaves_nothing_behind() -> None:
    store = Snapshots("sqlite://")
    with store._engine.begin() as connection:
        captured.drop(connection)
    with pytest.raises(InputError, match="the journal fails"):
        keep(store, "a", capture("KS1", "x"))
    assert (store.all(), count(store)) == ([], 0)
    store.close()


@given(st.lists(st.tuples(st.sampled_from(["KS1", "KS2"]), st.text()), max_size=6))
@settings(max_examples=15)
def test_any_text_comes_back_as_it_was(said: list[tuple[str, str]]) -> None:
    store = Snapshots("sqlite://")
    keep(store, "a", *(capture(device, text) for device, text in said))
    kept = [(each.host, each.text) for each in store.captures(store.get("a"))]
    store.close()
    assert kept == [(device, text.replace("\0", "\\x00")) for device, text in said]


def test_names_that_are_no_text_are_kept_as_they_can_be(store: Snapshots) -> None:
    name = "KS1-\udcff\0"
    odd = Capture(host=None, command=f"show {name}", text="x", source=name, first_line=1)
    words = {"at": 0.0, "owner": "al", "version": "1", "source": name}
    kept = store.take("a", [odd], groups=[name], failures={name: name}, **words)
    shown = "KS1-\\udcff\\x00"
    assert (kept.devices, kept.groups, kept.source) == ((shown,), (shown,), shown)
    assert kept.failures == {shown: shown}
    (capture,) = store.captures(kept)
    assert (capture.host, capture.command) == (shown, f"show {shown}")


def test_the_case_of_a_name_makes_no_other_device(store: Snapshots) -> None:
    kept = keep(store, "a", capture("KS1", "x"), capture("ks1", "y"))
    assert kept.devices == ("KS1",)
    assert [each.text for each in store.captures(kept, device="KS1")] == ["x", "y"]


# ---- retention ----


def aged(name: str, at: float, expires: float | None = None) -> Snapshot:
    """A snapshot of a time."""
    return Snapshot(
        id=int(at),
        name=name,
        at=at,
        owner="",
        version="",
        source="",
        devices=(),
        groups=(),
        failures={},
        expires=expires,
    )


def test_without_limits_only_those_go_whose_time_is_over() -> None:
    found = [aged("old", 0.0), aged("over", 5.0, expires=9.0), aged("not-yet", 5.0, expires=11.0)]
    assert outdated(found, now=10.0) == ["over"]


def test_limits_keep_the_latest_and_the_young() -> None:
    found = [aged(f"day-{day}", day * DAY) for day in range(10)]
    now = 9 * DAY + 1
    assert outdated(found, now=now, keep_last=8) == ["day-1", "day-0"]
    assert outdated(found, now=now, keep_s=7.5 * DAY) == ["day-1", "day-0"]
    assert outdated(found, now=now, keep_last=9, keep_s=2 * DAY) == ["day-0"]


def test_what_has_a_time_of_its_own_keeps_to_it() -> None:
    assert outdated([aged("a", 0.0, expires=99.0)], now=10.0, keep_last=0, keep_s=1.0) == []


@given(
    st.lists(st.tuples(st.floats(0, 100), st.none() | st.floats(0, 200)), max_size=8),
    st.none() | st.integers(0, 5),
    st.none() | st.floats(0, 100),
)
@settings(max_examples=80)
def test_retention_takes_the_oldest_first_and_settles(
    times: list[tuple[float, float | None]], last: int | None, keep_s: float | None
) -> None:
    found = [aged(str(at), time, expires) for at, (time, expires) in enumerate(times)]
    gone = set(outdated(found, now=100.0, keep_last=last, keep_s=keep_s))
    left = [each for each in found if each.name not in gone]
    free = [each for each in left if each.expires is None]
    taken = [each for each in found if each.name in gone and each.expires is None]
    assert all(old.at <= new.at for old in taken for new in free)
    assert outdated(left, now=100.0, keep_last=last, keep_s=keep_s) == []
