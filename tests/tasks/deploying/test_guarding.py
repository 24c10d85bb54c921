"""Locks, changes on trial and unsaved configurations, as devices print them."""

import pytest

from getvpn.tasks.deploying.guarding import (
    Lock,
    Revert,
    Saved,
    lock_of,
    reload_of,
    revert_of,
    saved_of,
)

CHANGED = "! Last configuration change at 10:00:00 UTC Mon Jan 5 2026"
SAVED = "! NVRAM config last updated at {} UTC Mon Jan 5 2026 by admin"


def test_a_lock_is_told_by_its_state() -> None:
    held = "Parser Configure Lock\n---\nOwner PID : 3\nUser : eve\nTTY : 2\nType : EXCLUSIVE\n"
    assert lock_of(f"{held}State : LOCKED\n") == Lock(user="eve", line="2")
    assert lock_of(f"{held}State : FREE\n") is None
    assert lock_of("User  : unknown\nTTY : -1\nType  : NO LOCK\nState : FREE\n") is None
    assert lock_of("") is None


def test_a_change_on_trial_is_told_by_its_time() -> None:
    text = (
        "Time configured(or reconfigured): 22:50:48 UTC Sat Feb 21 2009\n"
        "Timer type: absolute timer\nTimer value: 5 min\nUser: bob\n"
    )
    at = "22:50:48 UTC Sat Feb 21 2009"
    assert revert_of(text) == Revert(user="bob", set_at=at, minutes=5)
    assert revert_of(text.replace("5 min", "soon")) == Revert(user="bob", set_at=at, minutes=None)
    assert revert_of("%No Rollback Confirmed Change pending\n") is None


def test_a_restart_is_told_in_the_words_of_the_release() -> None:
    assert reload_of("Reload scheduled in 9 minutes by admin on vty0\nReload reason: x\n") == (
        "in 9 minutes by admin on vty0"
    )
    assert reload_of("No reload is scheduled.\n") is None


@pytest.mark.parametrize(
    ("running", "differences", "unsaved"),
    [
        ("version 15.7\n", None, False),
        (f"{CHANGED}\nversion 17.9\n", None, False),
        (f"{CHANGED} by bob\nversion 17.9\n", None, True),
        (f"{CHANGED} by bob\n{SAVED.format('10:00:00')}\n", None, False),
        (f"{CHANGED} by bob\n{SAVED.format('09:59:59')}\n", None, True),
        (f"{CHANGED} by bob\n{SAVED.format('25:00:00')}\n", None, True),
        (f"{CHANGED} by bob\n", "!Contextual Config Diffs:\n!No changes were found\n", False),
        (f"{CHANGED} by bob\n", "!Contextual Config Diffs:\ninterface X\n +shutdown\n", True),
        ("!\n" * 2000 + f"{CHANGED} by bob\n", None, False),
    ],
)
def test_a_configuration_is_unsaved_when_it_was_changed_later(
    running: str, differences: str | None, unsaved: bool
) -> None:
    expected = Saved(unsaved=True, by="bob") if unsaved else Saved(unsaved=False)
    assert saved_of(running, differences) == expected
