"""A deployment, and whatever else changes its groups: one at a time, and everybody knows which."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest

from getvpn.errors import InputError, UsageError
from getvpn.inventory.models import Intent
from getvpn.tasks.comparing.plan import Command
from getvpn.tasks.deploy import Choices, Store
from getvpn.tasks.deploying.claim import Claim
from getvpn.tasks.journal import Holder, Journal, Locks
from getvpn.tasks.procedures.model import Status

from ..journal.test_locks import ended_process, held_by
from ..lab_devices import Killed, LabDevices
from ..networks import group, network, policy
from ..procedures.toy_procedures import Time, Toy
from .worlds import deployed, journal_of, more_in_clear, policy_of, saved, saved_world, told, world

NETWORK = network("xe17")
NAMES = ("KS1", "KS2", "BR1", "BR2")
ICMP = "deny icmp any any"
ENTERED = f"125 {ICMP}"
"""The line that both key servers get."""
HARDER = (Command(text="crypto isakmp aggressive-mode disable"),)


@pytest.fixture
def devices() -> LabDevices:
    """A network in which all is well and saved."""
    return saved_world(NETWORK)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The journal that deployments of this test have."""
    made = Journal(journal_of(tmp_path))
    yield made
    made.close()


def at(devices: LabDevices, device: str, line: str, act: Callable[[], object]) -> None:
    """Do something when a device is about to be told a line, once."""

    def look(name: str, text: str) -> None:
        if (name, text) == (device, line):
            devices.watch = None
            act()

    devices.watch = look


def killed(devices: LabDevices, folder: Path, **more: Any) -> None:
    """Deploy until the process is killed, with the first key server half way."""

    def kill() -> None:
        raise Killed

    at(devices, "KS2", ENTERED, kill)
    with pytest.raises(Killed):
        deployed(more_in_clear(NETWORK), devices, folder, **more)
    devices.hang_up()
    devices.lab.advance(7)


def holders(journal: Journal) -> list[tuple[str, str]]:
    """Who holds what."""
    return [(each.group, each.run) for each in journal.locks.held()]


def broken(journal: Journal, name: str = "G1") -> Holder:
    """Break a lock, as `getvpn runs unlock` does."""
    holder = journal.locks.holder(name)
    assert holder is not None
    journal.locks.break_lock(holder)
    return holder


# ---- one at a time ----


def test_a_deployment_is_refused_while_a_run_holds_its_group(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    toy = Toy(journal)

    def meanwhile(_: str) -> None:
        with pytest.raises(UsageError) as refused:
            deployed(more_in_clear(NETWORK), devices, tmp_path)
        assert str(refused.value).startswith("the group G1 is held by alice on ")
        assert f"(process {os.getpid()}) with the run {toy.only_run()}, since 2026-" in str(
            refused.value
        )
        assert refused.value.hint == "wait for it; if it is no more, 'getvpn runs unlock G1'"
        assert refused.value.exit_code == 2

    toy.acting = meanwhile
    assert toy.start("G1").status is Status.DONE
    assert devices.typed == []
    assert list((tmp_path / ".getvpn/deployments").iterdir()) == []
    assert deployed(more_in_clear(NETWORK), devices, tmp_path).state == "done"


def test_a_run_is_refused_while_a_deployment_holds_its_group(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    said = []

    def meanwhile() -> None:
        with pytest.raises(UsageError) as refused:
            Toy(journal).start("G1", owner="bob")
        said.append(str(refused.value))
        assert refused.value.hint == "wait for it; if it is no more, 'getvpn runs unlock G1'"

    at(devices, "KS2", ENTERED, meanwhile)
    found = deployed(more_in_clear(NETWORK), devices, tmp_path)

    assert found.state == "done"
    assert f" (process {os.getpid()}) with the deployment {found.folder.name}, since " in said[0]
    assert journal.all_runs() == []
    assert holders(journal) == []
    assert Toy(journal).start("G1").status is Status.DONE


def test_a_deployment_from_another_place_is_refused_while_one_is_on(
    devices: LabDevices, tmp_path: Path
) -> None:
    (tmp_path / "clone").mkdir()

    def meanwhile() -> None:
        with pytest.raises(UsageError, match=r"the group G1 is held by .* with the deployment 2"):
            deployed(NETWORK, devices, tmp_path / "clone", journal=journal_of(tmp_path))

    at(devices, "KS2", ENTERED, meanwhile)
    assert deployed(more_in_clear(NETWORK), devices, tmp_path).state == "done"


def test_a_deployment_holds_the_groups_of_its_devices_and_no_others(
    tmp_path: Path, journal: Journal
) -> None:
    document = network(
        "xe17",
        group("A", identity=1),
        group("B", identity=2, policies=[policy(traffic={"between": ["172.16.0.0/12"]})]),
    ).model_dump(by_alias=True, mode="json", exclude_unset=True)
    document["members"][0]["groups"] = ["A"]
    intent = Intent.model_validate(document)
    devices = world(intent)
    at_planning: list[list[str]] = []

    def look(*_: str) -> None:
        devices.watch = None
        at_planning.append([name for name, _ in holders(journal)])

    choices = [Choices(devices=frozenset({name})) for name in ("BR1", "BR2")]
    for chosen in (*choices, Choices()):
        devices.watch = look
        deployed(intent, devices, tmp_path, choices=chosen)
    assert at_planning == [["A"], ["A", "B"], ["A", "B"]]

    # held is all or nothing
    journal.locks.take(["B"], run="r1", owner="bob", at=1.0)
    with pytest.raises(UsageError, match="the group B is held by bob"):
        deployed(intent, devices, tmp_path)
    assert holders(journal) == [("B", "r1")]
    assert deployed(intent, devices, tmp_path, choices=choices[0]).state == "nothing to do"


def test_a_group_that_key_servers_stop_to_serve_is_held_as_well(
    tmp_path: Path, journal: Journal
) -> None:
    one, other = (
        group(name, identity=n, policies=[policy(traffic={"between": [net]})])
        for n, (name, net) in enumerate((("A", "10.0.0.0/8"), ("B", "172.16.0.0/12")), 1)
    )
    devices = world(network("xe17", one, other))
    choices = Choices(remove_groups=frozenset({"B"}), ignored=("ALL",))
    journal.locks.take(["B"], run="r1", owner="bob", at=1.0)

    with pytest.raises(UsageError, match="the group B is held by bob"):
        deployed(network("xe17", one), devices, tmp_path, choices=choices)

    assert told(devices) == []
    assert holders(journal) == [("B", "r1")]


def test_who_only_plans_or_says_no_holds_nothing(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    intent = more_in_clear(NETWORK)
    journal.locks.take(["G1"], run="r1", owner="bob", at=1.0)
    for url in (journal_of(tmp_path), "no database at all"):
        assert deployed(intent, devices, tmp_path, commit=False, journal=url).state == "planned"
    journal.locks.release("r1")

    assert deployed(intent, devices, tmp_path, confirm=lambda _: False).state == "declined"
    assert holders(journal) == []


def test_devices_without_a_group_need_no_journal(tmp_path: Path) -> None:
    document = NETWORK.model_dump(by_alias=True, mode="json", exclude_unset=True)
    wan = {**document["key_servers"][0]["wan"], "address": "192.0.2.13/30"}
    spare = {**document["key_servers"][0], "name": "KS3", "address": "10.10.3.1", "wan": wan}
    document["key_servers"].append(spare)
    intent = Intent.model_validate(document)
    devices = world(intent)

    found = deployed(
        intent,
        devices,
        tmp_path,
        choices=Choices(lines={"KS3": HARDER}),
        journal="no database at all",
    )

    assert (found.state, list(found.devices)) == ("done", ["KS3"])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no database at all", "the journal is not a database URL"),
        ("sqlite:////dev/null/x.db", "the journal cannot be opened"),
        ("postgresql://nobody@127.0.0.1:1/x", "the journal fails: "),
    ],
)
def test_without_its_journal_a_deployment_does_not_begin(
    url: str, said: str, devices: LabDevices, tmp_path: Path
) -> None:
    with pytest.raises((UsageError, InputError), match=said) as refused:
        deployed(more_in_clear(NETWORK), devices, tmp_path, journal=url)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == 2
    assert devices.typed == []


# ---- killed ----


def test_who_was_killed_holds_his_groups_until_he_comes_again(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    killed(devices, tmp_path)
    held_by(journal, process=ended_process())
    (folder,) = (tmp_path / ".getvpn/deployments").iterdir()
    with pytest.raises(UsageError, match=f"with the deployment {folder.name}, ") as refused:
        Toy(journal).start("G1")
    assert refused.value.hint is not None
    assert refused.value.hint.startswith("its process is no more: 'getvpn deploy --commit' where")
    (tmp_path / "clone").mkdir()
    with pytest.raises(UsageError, match=f"with the deployment {folder.name}, "):
        deployed(NETWORK, devices, tmp_path / "clone", journal=journal_of(tmp_path))

    found = deployed(more_in_clear(NETWORK), devices, tmp_path)

    assert found.state == "done", found
    assert ICMP in policy_of(devices, "BR1")
    assert all(saved(devices, name) for name in NAMES)
    assert holders(journal) == []


def test_who_was_killed_elsewhere_is_broken_only_on_request(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    killed(devices, tmp_path)
    held_by(journal, host="other.example.net")
    with pytest.raises(UsageError, match=r"is held by \S+ on other.example.net \(process ") as no:
        deployed(more_in_clear(NETWORK), devices, tmp_path)
    assert no.value.hint == "wait for it; if it is no more, 'getvpn runs unlock G1'"

    broken(journal)

    assert deployed(more_in_clear(NETWORK), devices, tmp_path).state == "done"


def test_who_was_killed_while_he_planned_holds_nobody_up_who_comes_again(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    store, name = Store(tmp_path / ".getvpn"), "20260101-000000-001"
    (store.folder / "deployments" / name).mkdir(parents=True)
    journal.locks.take(["G1"], run=f"{name}@{store.mark}", owner="alice", at=1.0)
    held_by(journal, process=ended_process())

    assert deployed(more_in_clear(NETWORK), devices, tmp_path).state == "done"
    assert holders(journal) == []


def test_a_wrong_call_gives_back_what_it_held(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    with pytest.raises(UsageError, match="no device"):
        deployed(NETWORK, devices, tmp_path, choices=Choices(devices=frozenset({"BR1", "BR9"})))
    assert holders(journal) == []
    assert list((tmp_path / ".getvpn/deployments").iterdir()) == []


# ---- a lock that is broken, a journal that fails ----


def test_who_has_lost_his_lock_leaves_the_rest_and_what_he_has_done_alone(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    def unlocked() -> None:
        broken(journal)
        journal.locks.take(["G1"], run="r1", owner="bob", at=1.0)

    at(devices, "KS2", "write memory", unlocked)
    found = deployed(more_in_clear(NETWORK), devices, tmp_path)

    assert (found.state, found.exit_code) == ("failed", 1)
    assert found.said == (
        f"the lock of the deployment {found.folder.name} was broken; somebody else works on the "
        "group; KS2 as intended; KS1 not changed"
    )
    # the device at hand was finished
    assert told(devices)[-1] == ("KS2", "write memory")
    assert holders(journal) == [("G1", "r1")]
    broken(journal)
    assert deployed(more_in_clear(NETWORK), devices, tmp_path).state == "done"
    assert ICMP in policy_of(devices, "BR1")


def test_a_rekey_is_not_sent_when_the_lock_was_broken_before_it(
    devices: LabDevices, tmp_path: Path, journal: Journal
) -> None:
    at(devices, "KS1", "write memory", lambda: broken(journal))
    found = deployed(more_in_clear(NETWORK), devices, tmp_path)

    assert (found.state, found.rekeys) == ("failed", {})
    assert "the policy of G1 waits for 'crypto gdoi ks group G1 rekey' on KS1" in found.said
    assert told(devices)[-1] == ("KS1", "write memory")
    again = deployed(more_in_clear(NETWORK), devices, tmp_path)
    assert (again.state, again.rekeys["G1"].state) == ("done", "sent")


def test_when_the_journal_fails_key_servers_are_left_with_one_policy(
    devices: LabDevices, tmp_path: Path
) -> None:
    def gone() -> None:
        with (
            closing(Journal(journal_of(tmp_path))) as journal,
            journal._engine.begin() as connection,
        ):
            connection.exec_driver_sql("ALTER TABLE locks RENAME TO lost")

    at(devices, "KS2", "write memory", gone)
    heard = []
    found = deployed(more_in_clear(NETWORK), devices, tmp_path, manner={"report": heard.append})

    assert (found.state, found.exit_code) == ("failed", 1)
    assert "the journal fails: no such table: locks; KS2 as before; KS1 not changed" in found.said
    assert not any(ICMP in policy_of(devices, name) for name in ("BR1", "BR2"))
    assert heard[-1].subject == "G1"
    assert heard[-1].clause.startswith("the lock could not be given back: ")


def test_while_it_is_on_others_see_that_it_is_alive(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getvpn.tasks.deploying.claim.BEAT_S", 0.001)
    clock, shown = Time(), Semaphore(0)
    show = Locks.show

    def seen(self: Locks, run: str, **more: Any) -> None:
        show(self, run, **more)
        shown.release()

    monkeypatch.setattr(Locks, "show", seen)
    journal = Journal(url)
    with Claim("d", ["G1"], journal=url, mark="m", earlier=(), clock=clock):
        clock.at += 60
        for _ in range(2):  # the first one may have begun before
            assert shown.acquire(timeout=120)
        holder = journal.locks.holder("G1")
        assert holder is not None
        assert (holder.seen - holder.taken, holder.run) == (60, "d@m")
    assert holders(journal) == []
    journal.close()
