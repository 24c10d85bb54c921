"""Changes that are entered line by line, on routers in memory."""

import logging
import re

import pytest

from getvpn.emulator.testing import console
from getvpn.errors import DeviceError, RefusedError
from getvpn.inventory.models import Intent

from ..networks import group, network, policy
from .routers import ARCHIVE, ARCHIVE_ISR, Changing, Killed, asked, changing

KINDS = ("classic", "xe17")
WIDE = {"traffic": {"between": ["10.0.0.0/8", "172.16.0.0/12"]}}


def archive(kind: str) -> str:
    return ARCHIVE_ISR if kind == "classic" else ARCHIVE


def other(kind: str) -> Intent:
    """The usual network with another policy, and one group more."""
    return network(
        kind,
        group(policies=[policy(**WIDE)], rekey={"lifetime_s": 7200}),
        group("G2", identity=1002, policies=[policy()]),
    )


def one(kind: str) -> Intent:
    return network(kind, group())


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=["", "archive"])
def device(request: pytest.FixtureRequest, kind: str) -> Changing:
    """A key server that is to have another policy and one group more."""
    more = archive(kind) if request.param else ""
    return changing(one(kind), other(kind), "KS1", more)


def test_a_change_is_entered_kept_and_saved(device: Changing) -> None:
    way = device.way()
    way.apply()

    assert device.back(device.running()) == device.inverse
    assert device.startup() not in ("", device.running())
    way.keep()
    assert device.startup() == device.running()
    assert "configure confirm" not in device.typed or "archive" in device.backup


def test_what_was_applied_is_taken_back_to_the_byte(device: Changing) -> None:
    before = device.running()
    way = device.way()
    way.apply()
    assert device.running() != before
    way.undo()

    assert device.running() == before
    way.undo()
    assert device.running() == before


def test_a_line_that_is_refused_stops_the_device_and_is_told(device: Changing) -> None:
    before = device.running()
    way = device.way(commands=device.with_line("bogus words"))
    with pytest.raises(RefusedError) as caught:
        way.apply()

    typed = [line.strip() for line in device.typed]
    assert typed[typed.index("bogus words") + 1 :] == ["end"]
    assert device.running() != before
    assert str(caught.value) == (
        "KS1: refuses 'bogus words' at 'bogus': % Invalid input detected at '^' marker."
    )
    way.undo()
    assert device.running() == before


def test_no_secret_of_a_refused_line_is_told(
    device: Changing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    line = "crypto isakmp key Hidden-Word address 10.0.0.300"
    with pytest.raises(RefusedError) as caught:
        device.way(commands=device.with_line(line, modes=())).apply()

    shown = f"{caught.value!s} {caught.value!r} {vars(caught.value)} {caplog.text}"
    assert "crypto isakmp key <removed> address 10.0.0.300" in shown
    assert "Hidden-Word" not in shown


def test_wherever_a_process_was_ended_the_next_one_converges(kind: str) -> None:
    lines = 0
    while True:
        device = changing(one(kind), other(kind), "KS1")
        before = device.running()
        killed = False
        try:
            device.way(most=lines).apply()
        except Killed:
            killed = True
        if lines % 2:
            device.way().undo()
            assert device.running() == before
        device.way().apply()
        assert device.back(device.running()) == device.inverse
        device.way().keep()
        assert device.startup() == device.running()
        if not killed:
            break
        lines += 5


@pytest.mark.parametrize("lines", [2, 3, 9, 30])
def test_a_trial_of_a_process_that_was_ended_is_taken_back_and_begun_anew(
    kind: str, lines: int
) -> None:
    device = changing(one(kind), other(kind), "KS1", archive(kind))
    with pytest.raises(Killed):
        device.way(most=lines).apply()
    device.way().apply()
    assert device.back(device.running()) == device.inverse
    way = device.way()
    way.keep()
    assert device.startup() == device.running()
    assert "%No Rollback" in console(device.router).run("show archive config rollback timer")


def test_what_is_in_force_already_is_not_entered_again(device: Changing) -> None:
    device.way().apply()
    device.way().apply()

    assert "configure terminal" not in " ".join(device.typed)


def test_a_trial_that_nobody_ends_ends_itself(kind: str) -> None:
    device = changing(one(kind), other(kind), "KS1", archive(kind))
    before = device.running()
    way = device.way(trial_s=61)
    way.apply()
    assert "configure terminal revert timer 2" in device.typed
    device.router.clock.advance(121)

    assert device.running() == before
    with pytest.raises(DeviceError, match="the configuration of before"):
        way.keep()
    way.undo()
    assert device.running() == before


def test_the_warning_before_a_trial_ends_does_not_disturb(kind: str) -> None:
    device = changing(one(kind), other(kind), "KS1", archive(kind))
    way = device.way(trial_s=120)
    way.apply()
    device.router.clock.advance(61)
    way.keep()

    assert device.startup() == device.running()


def test_without_a_trial_none_is_begun(kind: str) -> None:
    device = changing(one(kind), other(kind), "KS1", archive(kind))
    device.way(trial_s=None).apply()

    assert "configure terminal" in device.typed


def test_a_trial_of_somebody_else_is_left_alone(kind: str) -> None:
    device = changing(one(kind), other(kind), "KS1", archive(kind))
    console(device.router, user="eve").run("configure terminal revert timer 10", "end")

    for act in (device.way().apply, device.way().keep, device.way().undo):
        with pytest.raises(DeviceError, match="a change by the user 'eve' is on trial"):
            act()
    assert device.running() == device.backup[device.backup.index("\nversion ") :]


def test_a_removal_that_asks_is_agreed_to_and_taken_back(kind: str) -> None:
    device = changing(other(kind), one(kind), "KS1")
    before = device.running()
    assert any(command.asks for command in device.commands)
    way = device.way()
    way.apply()
    assert device.back(device.running()) == device.inverse
    way.undo()
    assert device.running() == before


def test_a_question_that_was_not_announced_is_not_answered(kind: str) -> None:
    device = changing(other(kind), one(kind), "KS1")
    before = device.running()
    way = device.way(commands=asked(device.commands))
    with pytest.raises(RefusedError, match="asks 'Do you want to continue"):
        way.apply()
    way.undo()
    assert device.running() == before


def test_a_locked_configuration_is_waited_for(kind: str) -> None:
    device = changing(one(kind), other(kind), "KS1", "configuration mode exclusive auto\n")
    eve = console(device.router, user="eve")
    eve.run("configure terminal")
    device.router.clock.call_at(device.router.clock.now() + 12, lambda: eve.session.feed(b"end\r"))
    device.way().apply()

    assert device.back(device.running()) == device.inverse


def test_a_configuration_that_stays_locked_is_told(kind: str) -> None:
    device = changing(one(kind), other(kind), "KS1", "configuration mode exclusive auto\n")
    console(device.router, user="eve").run("configure terminal")

    with pytest.raises(RefusedError, match=r"locked by process '.*' user 'eve'"):
        device.way().apply()


def test_what_others_change_meanwhile_stays_and_is_logged(
    device: Changing, caplog: pytest.LogCaptureFixture
) -> None:
    way = device.way(trial_s=None)
    way.apply()
    console(device.router, user="eve").configure("snmp-server location Roof")
    way.undo()

    assert "snmp-server location Roof" in device.running()
    assert "others have changed its configuration meanwhile" in caplog.text


def test_a_way_back_that_is_refused_says_what_is_left_and_what_to_do(kind: str) -> None:
    device = changing(one(kind), other(kind), "KS1")
    way = device.way()
    way.apply()
    console(device.router).configure("hostname KS1\ncrypto map M 10 gdoi\n set group G2\n")
    with pytest.raises(RefusedError) as caught:
        way.undo()

    said = str(caught.value)
    word = "gdoi" if kind == "classic" else "gkm"
    assert said.startswith(f"KS1: refuses 'no crypto {word} group G2' on the way back: % GDOI or")
    assert "a part of the change is left on it; what leads back is 'no crypto " in said
    assert said.endswith("enter that by hand")
    assert "\n" not in said


def test_lines_that_cannot_be_brought_back_are_told(kind: str) -> None:
    device = changing(other(kind), one(kind), "KS1")
    way = device.way()
    way.apply()
    way.back = lambda _: ()  # type: ignore[attr-defined]
    with pytest.raises(DeviceError, match="is not what it was before: '-crypto ipsec profile"):
        way.undo()


def test_a_backup_without_secrets_is_never_entered(kind: str) -> None:
    device = changing(one(kind), other(kind), "KS1")
    keyless = re.sub(r"(crypto isakmp key) \S+", r"\1 <removed>", device.backup)
    way = device.way(backup=keyless)
    way.apply()
    console(device.router).configure("no crypto isakmp key Key-PSK_COOP address 10.10.2.1")
    with pytest.raises(DeviceError, match="the backup has no secrets; '-crypto isakmp key <rem"):
        way.undo()
    assert "<removed>" not in device.running()


def test_what_was_not_saved_is_told(device: Changing) -> None:
    way = device.way()
    way.apply()
    device.router.faults.set("disk-full")
    with pytest.raises(DeviceError, match="what it has saved is not what is running"):
        way.keep()
