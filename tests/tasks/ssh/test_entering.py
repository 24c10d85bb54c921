"""Lines that are entered in configuration mode: where they go, and what is said to them."""

import logging
from collections.abc import Generator

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router
from getvpn.errors import DeviceError, OverdueError, RefusedError, UsageError
from getvpn.tasks.ssh.device import Answer
from getvpn.tasks.ssh.modes import Modes
from getvpn.tasks.ssh.session import Session

from .wires import RouterWire, ScriptedWire, session_on

LOG = "*Nov  3 10:00:00.123: %GDOI-5-KS_REKEY_TRANS_2_UNI: Group G1 transitioned"
LISTED = (
    "crypto gdoi group G1",
    " identity number 1",
    " server local",
    "  sa ipsec 1",
    "   replay time window-size 5",
    "  rekey lifetime seconds 3600",
    " no server local",
    "ip access-list extended L",
    " permit ip any any",
    "interface Loopback1",
    " description what is this?",
)


def on_router() -> tuple[Router, RouterWire, Session]:
    router = make_router("KS1", "c8000v")
    wire = RouterWire(router)
    return router, wire, session_on(wire, name="KS1")


def section(router: Router, name: str) -> str:
    return console(router).run(f"show running-config | section {name}")


# ---- modes ----


def test_lines_are_entered_in_the_modes_that_a_listing_shows() -> None:
    router, _, session = on_router()
    session.configure(LISTED)

    assert section(router, "gdoi|gkm") == "crypto gdoi group G1\n identity number 1\n"
    assert section(router, "access-list") == "ip access-list extended L\n 10 permit ip any any\n"
    assert " description what is this?\n" in section(router, "Loopback1")


def test_modes_are_left_one_by_one() -> None:
    sent: list[str] = []
    router = make_router("KS1", "c8000v")

    class Watched(RouterWire):
        def write(self, data: bytes) -> None:
            sent.append(data.decode().strip())
            super().write(data)

    session = session_on(Watched(router))
    sent.clear()
    session.configure(LISTED[:7])

    assert sent == [
        "configure terminal",
        *("crypto gdoi group G1", "identity number 1", "server local"),
        *("sa ipsec 1", "replay time window-size 5", "exit"),
        *("rekey lifetime seconds 3600", "exit", "no server local", "end"),
    ]


def test_an_address_family_ends_itself() -> None:
    router, _, session = on_router()
    session.configure(
        [
            "vrf definition A",
            " address-family ipv4",
            " exit-address-family",
            " address-family ipv6",
            " exit-address-family",
            "vrf definition B",
        ]
    )
    shown = section(router, "vrf definition")
    assert "vrf definition A\n !\n address-family ipv4\n exit-address-family\n !\n" in shown
    assert "vrf definition B\n" in shown


def test_lines_without_indentation_go_where_the_device_takes_them() -> None:
    router, _, session = on_router()
    session.configure(
        ["interface Loopback1", "description one", "exit", "hostname KS9", "end", "x"]
    )

    assert " description one\n" in section(router, "Loopback1")
    assert session.prompt == "KS9#"


def test_an_empty_block_is_left_before_the_next_line() -> None:
    modes = Modes(["a", " b", "c", "d"], "(config)#")
    assert modes.to_leave("a") == 0
    modes.entered("a", "(config-a)#")
    modes.entered(" b", "(config-b)#")
    assert modes.to_leave("c") == 2
    modes.left("(config-a)#")
    modes.left("(config)#")
    assert modes.to_leave("c") == 0
    modes.entered("c", "(config-c)#")
    assert modes.to_leave("d") == 1


def test_a_line_that_leads_out_of_configuration_mode_is_the_last() -> None:
    router, _, session = on_router()
    with pytest.raises(DeviceError, match="is not in configuration mode any more after 'exit'"):
        session.configure(["exit", "hostname KS9"])
    assert router.hostname != "KS9"


# ---- before anything is entered ----


@pytest.mark.parametrize(
    "line", ["x" * 500, "description \x07", "description \n shutdown", "x\ry", "banner motd ^C\n^C"]
)
def test_nothing_is_entered_if_one_line_cannot_be(line: str) -> None:
    wire = ScriptedWire()
    session = session_on(wire)
    wire.typed.clear()
    with pytest.raises(UsageError):
        session.configure(["hostname KS9", line])
    assert wire.typed == []


def test_a_locked_configuration_is_a_refusal() -> None:
    router, _, session = on_router()
    console(router, user="eve").run("configure terminal lock")
    with pytest.raises(RefusedError, match="refuses 'configure terminal': Configuration mode is"):
        session.configure(["hostname KS9"])
    assert session.send("show clock")


def test_a_trial_without_an_archive_is_a_refusal() -> None:
    router, _, session = on_router()
    with pytest.raises(RefusedError, match="'configure terminal revert timer 5': %Please turn"):
        session.configure(["hostname KS9"], revert_min=5)
    assert router.hostname != "KS9"


# ---- what is said meanwhile ----


class Noisy(ScriptedWire):
    """A device in configuration mode, on whose line the log is written: see `noise`."""

    def __init__(self, noise: str, script: dict[str, str] | None = None) -> None:
        super().__init__(script)
        self.noise = noise

    def _take(self, line: str) -> None:
        if line == "configure terminal":
            self.prompt = "R1(config)#"
        elif line == "end":
            self.prompt = "R1#"
        log, before = f"\n{LOG}\n", self.prompt
        if self.noise == "before":
            self.says(f"{log}{before}{line}\n")
        elif self.noise == "within":
            self.says(f"{line[:3]}{log}{line[3:]}\n")
        elif self.noise == "within, again":
            self.says(f"{line[:3]}{log}{before}{line}\n")
        else:
            self.says(f"{line}\n")
        self.says(str(self.script.get(line, "")))
        self.says(self.prompt)
        if self.noise == "behind":
            self.says(log)
        elif self.noise == "behind, again":
            self.says(f"{log}{self.prompt}")


NOISES = ("before", "within", "within, again", "behind", "behind, again")


@pytest.mark.parametrize("noise", NOISES)
def test_the_log_disturbs_nobody_who_types(noise: str) -> None:
    wire = Noisy("", {"show clock": "12:00:00\n"})
    session = session_on(wire)
    wire.noise = noise

    assert session.send("show clock") == "12:00:00\n"
    session.configure(["crypto gdoi group G1", " identity number 1", "hostname R1"])
    assert session.send("show clock") == "12:00:00\n"


@pytest.mark.parametrize("noise", NOISES)
def test_a_refusal_is_seen_whatever_the_log_says(noise: str) -> None:
    wire = Noisy("", {"bogus": "% Incomplete command.\n\n"})
    session = session_on(wire)
    wire.noise = noise
    with pytest.raises(RefusedError, match="refuses 'bogus': % Incomplete command"):
        session.configure(["hostname R1", "bogus", "never"])
    assert "never" not in wire.typed


def test_what_came_while_nobody_typed_is_no_answer() -> None:
    wire = ScriptedWire({"show clock": "12:00:00\n"})
    session = session_on(wire)
    wire.says(f"\n{LOG}\nR1#")
    assert session.send("show clock") == "12:00:00\n"


def test_what_comes_before_the_echo_is_waited_out() -> None:
    wire = ScriptedWire({"show clock": "12:00:00\n"})
    session = session_on(wire)
    wire.pending = lambda: False  # type: ignore[method-assign]
    wire.says(f"\n{LOG}\nR1#")
    first = bytes(wire._out)
    wire.cut = len(first)
    assert session.send("show clock") == "12:00:00\n"


# ---- questions ----


def _removal() -> Generator[str, str, str]:
    answer = yield "% Keys will be lost.\nReally? [yes/no]: "
    assert answer == "yes"
    answer = yield "yes\nSure? [confirm]"
    assert answer == ""
    return "\n"


def test_what_was_announced_is_agreed_to_as_often_as_it_is_asked() -> None:
    wire = ScriptedWire({"configure terminal": "", "no key": _removal, "end": "R1#"})
    session = session_on(wire)
    wire.prompt, wire.silent = "R1(config)#", ("end",)
    said = session.configure(["no key"], agree={"no key"})
    assert "Really?" in said


def _confirmed() -> Generator[str, str, str]:
    yield "Sure? [confirm]"
    return f"\n{LOG}\n"


def test_the_log_may_be_all_that_a_device_says_to_an_answer() -> None:
    wire = ScriptedWire({"configure terminal": "", "no key": _confirmed, "end": "R1#"})
    session = session_on(wire)
    wire.prompt, wire.silent = "R1(config)#", ("end",)
    session.configure(["no key"], agree={"no key"})

    wire = ScriptedWire({"clear key": _confirmed})
    session = session_on(wire)
    assert LOG in session.dialogue("clear key", [Answer(question="sure")])


@pytest.mark.parametrize("agree", [(), {"no other"}])
def test_what_was_not_announced_is_not_agreed_to(agree: tuple[str, ...] | set[str]) -> None:
    wire = ScriptedWire({"configure terminal": "", "no key": _removal, "end": "R1#"})
    session = session_on(wire)
    wire.prompt, wire.silent = "R1(config)#", ("end",)
    with pytest.raises(RefusedError, match="asks 'Really"):
        session.configure(["no key"], agree=agree)


# ---- secrets ----


def test_no_error_has_the_secret_of_a_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    line = "crypto isakmp key Hidden-Word address 192.0.2.1"
    answers = (
        "% Hidden-Word is too short\n",
        "     ^\n% Invalid input detected at '^' marker.\n",
        None,
    )
    for answer in answers:
        wire = ScriptedWire({"configure terminal": "", line: answer, "end": "R1#"})
        session = session_on(wire)
        wire.prompt, wire.silent = "R1(config)#", ("end", line if answer is None else "")
        with pytest.raises(DeviceError) as caught:
            session.configure([line])
        assert "Hidden-Word" not in f"{caught.value} {vars(caught.value)} {caplog.text}"
    wire = ScriptedWire({"configure terminal": "", line: ""})
    session = session_on(wire)
    wire.prompt, wire.silent = "R1(config)#", (line,)
    with pytest.raises(OverdueError, match="no answer to 'crypto isakmp key <removed> address"):
        session.configure([line])
    with pytest.raises(UsageError) as caught_early:
        session_on(ScriptedWire()).configure([f"crypto isakmp key {'Hidden-Word' * 50} address 1"])
    assert "Hidden-Word" not in str(caught_early.value)
