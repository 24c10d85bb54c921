"""NAPALM changing configurations, and taking changes back."""

from typing import Any

import pytest
from napalm.base.exceptions import (
    CommitConfirmException,
    MergeConfigException,
    ReplaceConfigException,
)

from .devices import C8000V, ISRG2, SCP, Host, Lab, Start, device
from .napalm_driver import Connect
from .terminal import Terminal

MERGE = "interface Loopback9\n description merged\n ip address 10.9.9.9 255.255.255.255\nend\n"


@pytest.fixture
def lab(start: Start) -> Lab:
    """A router with an archive that serves SCP."""
    return start({"KS1": device(more=SCP, archive=True)})


@pytest.fixture
def router(host: Host, connect_napalm: Connect) -> Any:
    """NAPALM on KS1."""
    return connect_napalm(host)


def _running(router: Any) -> str:
    text: str = router.get_config(retrieve="running")["running"]
    return text


def _lines(text: str) -> list[str]:
    """The lines of a configuration without what only parts it."""
    return [line for line in text.splitlines() if line.strip("! ")]


def _startup(router: Any) -> str:
    text: str = router.get_config(retrieve="startup")["startup"]
    return text


@pytest.mark.checklist(57, 58)
@pytest.mark.parametrize("inline", [False, True])
def test_a_merge_is_compared_committed_saved_and_rolled_back(
    host: Host, connect_napalm: Connect, inline: bool
) -> None:
    router = connect_napalm(host, inline_transfer=inline)
    before = _running(router)
    router.load_merge_candidate(config=MERGE)

    difference = router.compare_config()
    assert "+interface Loopback9" in difference
    assert [line for line in difference.splitlines() if "description merged" in line]
    assert "Loopback9" not in _running(router)

    router.commit_config()
    for text in (_running(router), _startup(router)):
        assert "interface Loopback9\n description merged\n ip address 10.9.9.9" in text

    router.rollback()
    assert "Loopback9" not in _running(router)
    assert "Loopback9" not in _startup(router)
    assert sorted(_lines(_running(router))) == sorted([*_lines(before), "file prompt quiet"])


@pytest.mark.checklist(59)
def test_the_running_configuration_differs_in_nothing_from_itself(router: Any) -> None:
    router.load_replace_candidate(config=_running(router))

    assert router.compare_config() == ""


@pytest.mark.checklist(60)
def test_a_replacement_takes_away_and_adds(router: Any) -> None:
    wanted = _running(router).replace(" description LAN\n", " description Hosts\n")
    router.load_replace_candidate(config=wanted)

    assert router.compare_config().splitlines() == [
        "interface GigabitEthernet0/0/1",
        " +description Hosts",
        "interface GigabitEthernet0/0/1",
        " -description LAN",
    ]
    router.commit_config()
    assert " description Hosts\n" in _running(router)
    assert " description LAN\n" not in _running(router)
    assert " description Hosts\n" in _startup(router)


@pytest.mark.checklist(57, 60)
@pytest.mark.parametrize("platform", [C8000V, ISRG2])
def test_other_platforms_merge_and_replace_alike(
    start: Start, connect_napalm: Connect, platform: str
) -> None:
    lab = start({"KS1": device(platform=platform, more=SCP, archive=True)})
    router = connect_napalm(lab.host("KS1"))
    router.load_merge_candidate(config=MERGE)
    assert "+interface Loopback9" in router.compare_config()
    router.commit_config()
    merged = _running(router)
    assert "interface Loopback9\n description merged\n" in merged

    router.load_replace_candidate(config=merged)
    assert router.compare_config() == ""
    router.load_replace_candidate(config=merged.replace("description merged", "description new"))
    assert " +description new" in router.compare_config().splitlines()
    router.commit_config()
    size, *saved = _lines(_startup(router))
    assert size.startswith("Using ")
    assert saved == _lines(_running(router))
    assert " description new" in _lines(_running(router))
    router.rollback()
    assert _lines(_running(router)) == _lines(merged)


@pytest.mark.checklist(61)
def test_a_replacement_with_a_bad_line_changes_nothing(router: Any) -> None:
    before = _running(router)
    wanted = before.replace(" description LAN\n", " description Hosts\n bogus words\n")
    router.load_replace_candidate(config=wanted)

    with pytest.raises(ReplaceConfigException, match="could not be applied"):
        router.commit_config()
    kept = [line for line in _lines(_running(router)) if line != "file prompt quiet"]
    assert kept == _lines(before)


@pytest.mark.checklist(62)
def test_a_merge_with_a_bad_line_is_rolled_back(router: Any) -> None:
    router.load_merge_candidate(config="interface Loopback9\n bogus words\nend\n")

    with pytest.raises(MergeConfigException, match="automatic rollback attempted"):
        router.commit_config()
    assert "Loopback9" not in _running(router)


@pytest.mark.checklist(63)
def test_a_trial_wants_an_archive(start: Start, connect_napalm: Connect) -> None:
    router = connect_napalm(start({"KS1": device(more=SCP)}).host("KS1"))
    router.load_merge_candidate(config=MERGE)

    with pytest.raises(CommitConfirmException, match="archive"):
        router.commit_config(revert_in=60)
    assert "Loopback9" not in _running(router)


@pytest.mark.checklist(64)
@pytest.mark.parametrize("replace", [False, True])
def test_a_trial_that_is_confirmed_stays(lab: Lab, router: Any, replace: bool) -> None:
    if replace:
        wanted = _running(router).replace(" description LAN\n", " description merged\n")
        router.load_replace_candidate(config=wanted)
    else:
        router.load_merge_candidate(config=MERGE)
    router.commit_config(revert_in=120)

    assert router.has_pending_commit()
    timer = router.cli(["show archive config rollback timer"])
    assert "User: admin" in timer["show archive config rollback timer"].splitlines()
    router.confirm_commit()
    assert not router.has_pending_commit()
    lab.advance(130)
    assert " description merged\n" in _running(router)
    assert " description merged\n" in _startup(router)


@pytest.mark.checklist(65)
def test_a_trial_that_nobody_confirms_is_taken_back(lab: Lab, router: Any) -> None:
    router.load_merge_candidate(config=MERGE)
    router.commit_config(revert_in=120)
    assert "Loopback9" in _running(router)

    lab.advance(110)
    assert "Loopback9" in _running(router)
    lab.advance(20)
    assert "Loopback9" not in _running(router)
    assert not router.has_pending_commit()


@pytest.mark.checklist(66)
def test_a_trial_is_taken_back_by_hand(router: Any) -> None:
    router.load_merge_candidate(config=MERGE)
    router.commit_config(revert_in=600)
    router.rollback()

    assert "Loopback9" not in _running(router)
    assert not router.has_pending_commit()


@pytest.mark.checklist(67)
@pytest.mark.parametrize("replace", [False, True])
def test_what_is_discarded_makes_no_difference(router: Any, replace: bool) -> None:
    if replace:
        wanted = _running(router).replace(" description LAN\n", " description Hosts\n")
        router.load_replace_candidate(config=wanted)
    else:
        router.load_merge_candidate(config=MERGE)
    assert router.compare_config() != ""

    router.discard_config()
    assert router.compare_config() == ""


@pytest.mark.checklist(68)
def test_a_merge_may_change_the_name(router: Any) -> None:
    router.load_merge_candidate(config="hostname Another-Router\nend\n")
    router.commit_config()

    assert router.get_facts()["hostname"] == "Another-Router"


@pytest.mark.checklist(69)
def test_removing_a_user_is_confirmed(host: Host, router: Any) -> None:
    router.load_merge_candidate(config="no username oper\nend\n")
    router.commit_config()

    assert list(router.get_users()) == ["admin"]
    with Terminal(host) as terminal:
        terminal.ask("terminal length 0")
        assert "oper" not in terminal.show("show startup-config | include ^username")
