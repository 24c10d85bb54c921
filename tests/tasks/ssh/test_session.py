"""Sessions against devices that follow a script, and routers in memory."""

import logging
from collections.abc import Generator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.testing import make_router
from getvpn.errors import (
    DeviceError,
    LoginError,
    OverdueError,
    RefusedError,
    TransportError,
    UsageError,
)
from getvpn.tasks.ssh import terminal
from getvpn.tasks.ssh.device import Answer

from .wires import QUICK, RouterWire, ScriptedWire, session_on

CLOCK = "12:00:00.000 UTC Thu Jan 1 2026\n"
SECRET = "Zq9-tOp!7"  # noqa: S105 - made up, to be looked for


# Beginning


def test_the_beginning_learns_the_prompt_and_switches_pager_and_width() -> None:
    wire = ScriptedWire(prompt="KS-1.a#")

    assert session_on(wire).prompt == "KS-1.a#"
    assert wire.typed == ["terminal length 0", "terminal width 511"]


@pytest.mark.parametrize("cut", [1, 3, 7])
def test_it_does_not_matter_in_which_pieces_things_arrive(cut: int) -> None:
    wire = ScriptedWire({"show clock": CLOCK}, greeting="\r\nWelcome to #1\r\n\r\nR1#", cut=cut)

    session = session_on(wire)

    assert session.send("show clock") == CLOCK
    assert session.send("show clock") == CLOCK


@pytest.mark.parametrize(
    "banner",
    [
        "\r\n*** R9# is not the prompt ***\r\n",
        "\r\nAuthorized use only!\r\nR9#\r\n",
        "\r\n> ",
        f"\r\n{'#' * 5000}\r\n",
        "\r\nPassword: \r\n",
        "\r\n\x1b[2J\x07\0\r\n",
    ],
)
def test_no_banner_passes_for_the_prompt(banner: str) -> None:
    wire = ScriptedWire({"show clock": CLOCK}, greeting=f"{banner}\r\nR1#", cut=16)

    session = session_on(wire)

    assert (session.prompt, session.send("show clock")) == ("R1#", CLOCK)


def test_a_device_that_says_nothing_after_the_login_is_overdue() -> None:
    wire = ScriptedWire(greeting="")

    with pytest.raises(OverdueError, match=r"^R1: no answer to the login within 5 s$"):
        session_on(wire)
    assert wire.closed


def test_a_device_that_ends_the_connection_before_its_prompt_has_not_begun() -> None:
    wire = ScriptedWire(greeting="% Too many users\r\n")
    wire.ended = True

    with pytest.raises(TransportError, match=r"^R1: ends the connection$") as caught:
        session_on(wire)
    assert not caught.value.begun
    assert wire.closed


# enable


def _enabling(
    wire: list[ScriptedWire], *, right: str = SECRET, echoes: bool = False
) -> Generator[str, str, str]:
    typed = yield "Password: "
    if typed == right:
        wire[0].prompt = "R1#"
        return f"{typed}\n" if echoes else "\n"
    yield "\nPassword: "
    return "\n% Bad secrets\n\n"


def user_wire(right: str = SECRET) -> ScriptedWire:
    wires: list[ScriptedWire] = []
    wires.append(ScriptedWire({"enable": lambda: _enabling(wires, right=right)}, prompt="R1>"))
    return wires[0]


def test_the_secret_of_enable_is_typed_where_the_login_ends_unprivileged() -> None:
    session = session_on(user_wire(), secret=SECRET)

    assert session.prompt == "R1#"


def test_a_wrong_secret_is_typed_once() -> None:
    wire = user_wire("another")

    with pytest.raises(LoginError, match=r"the secret of 'enable' is turned down; it is not"):
        session_on(wire, secret=SECRET)
    assert wire.typed.count(SECRET) == 1
    assert wire.closed


def test_without_a_secret_the_session_stays_unprivileged() -> None:
    wire = user_wire()

    assert session_on(wire).prompt == "R1>"
    assert "enable" not in wire.typed


def test_a_secret_is_not_typed_where_it_is_not_needed() -> None:
    wire = ScriptedWire()
    session_on(wire, secret=SECRET)

    assert not {"enable", SECRET} & set(wire.typed)


def test_a_device_that_wants_no_secret_gets_none() -> None:
    wires: list[ScriptedWire] = []

    def enabling() -> Generator[str, str, str]:
        wires[0].prompt = "R1#"
        return ""
        yield

    wires.append(ScriptedWire({"enable": enabling}, prompt="R1>"))

    assert session_on(wires[0], secret=SECRET).prompt == "R1#"
    assert SECRET not in wires[0].typed


def test_neither_log_nor_error_has_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    session = session_on(user_wire(), secret=SECRET)
    with pytest.raises(LoginError) as caught:
        session_on(user_wire("another"), secret=SECRET)

    assert SECRET not in caplog.text + str(caught.value) + repr(caught.value) + repr(session)


# Commands


def test_an_answer_is_what_stands_between_echo_and_prompt() -> None:
    wire = ScriptedWire({"show clock": CLOCK, "show nothing": "", "show blank": "\n\n x \n"})
    session = session_on(wire)

    answers = [session.send(f"show {what}") for what in ("clock", "nothing", "blank")]

    assert answers == [CLOCK, "", "\n\n x \n"]


def test_what_looks_like_the_prompt_inside_an_answer_does_not_end_it() -> None:
    text = "R1#\nR1# \nR1#show clock\nbefore R1#\nR2#\n"
    for cut in (0, 1):
        assert session_on(ScriptedWire({"show x": text}, cut=cut)).send("show x") == text


def test_a_message_of_the_log_after_the_prompt_of_before_is_no_part_of_an_answer() -> None:
    wire = ScriptedWire({"show clock": CLOCK})
    session = session_on(wire)
    wire.says("\n*Jan  1 00:00:01.000: %SYS-5-CONFIG_I: Configured from console by vty0\n")

    assert session.send("show clock") == CLOCK


def test_a_refusal_names_command_word_and_words() -> None:
    mark = f"{' ' * len('R1#show ')}^\n% Invalid input detected at '^' marker.\n\n"
    session = session_on(ScriptedWire({"show clokc": mark, "show clock": CLOCK}))

    with pytest.raises(RefusedError) as caught:
        session.send("show clokc")

    error = caught.value
    assert str(error) == (
        "R1: refuses 'show clokc' at 'clokc': % Invalid input detected at '^' marker."
    )
    assert (error.command, error.column) == ("show clokc", 5)
    assert session.send("show clock") == CLOCK


@pytest.mark.parametrize(
    "command",
    [
        "",
        "  ",
        "show clock\nreload",
        "show clock\r",
        "show\x03",
        "show \x1b[A",
        "x" * 401,
        "a\u2028b",
    ],
)
def test_what_is_no_command_of_one_line_is_not_sent(command: str) -> None:
    wire = ScriptedWire()
    session = session_on(wire)
    typed = len(wire.typed)

    with pytest.raises(UsageError, match="is no command of one line"):
        session.send(command)
    assert len(wire.typed) == typed


def test_an_answer_that_does_not_come_is_overdue_and_ends_the_session() -> None:
    wire = ScriptedWire({"show x": "a part of it\n"}, silent=("show x",))
    session = session_on(wire)

    with pytest.raises(OverdueError, match=r"^R1: no answer to 'show x' within 2 s$"):
        session.send("show x", timeout_s=2)
    assert wire.closed
    with pytest.raises(TransportError, match=r"^R1: the session has ended$"):
        session.send("show clock")


def test_an_error_names_the_time_that_was_given_whatever_of_it_had_passed_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = session_on(ScriptedWire({"show x": ""}, silent=("show x",)))
    monkeypatch.setattr(terminal, "monotonic", count(0.0, 0.3).__next__)

    with pytest.raises(OverdueError, match=r"^R1: no answer to 'show x' within 2 s$"):
        session.send("show x", timeout_s=2)


def test_a_connection_that_ends_within_an_answer_had_begun() -> None:
    wire = ScriptedWire({"show x": None})
    session = session_on(wire)

    with pytest.raises(TransportError, match=r"^R1: ends the connection$") as caught:
        session.send("show x")
    assert caught.value.begun
    assert wire.closed


def test_an_answer_to_something_else_is_not_taken_for_one() -> None:
    wire = ScriptedWire({"show clock": CLOCK})
    session = session_on(wire)
    wire.silent = ("before",)
    wire.script["before"] = ""
    wire.write(b"before\n")
    wire.pending = lambda: False  # type: ignore[method-assign]  # it comes while the command is sent

    with pytest.raises(TransportError, match="what comes after 'show clock' is no answer to it"):
        session.send("show clock")
    assert wire.closed


def test_an_answer_without_end_ends_the_session() -> None:
    more = bytes(8_000_000)

    class Endless(ScriptedWire):
        def read(self, timeout_s: float) -> bytes:
            return super().read(timeout_s) if self.pending() else more

    wire = Endless({"show x": ""}, silent=("show x",))
    session = session_on(wire)

    with pytest.raises(DeviceError, match=r"^R1: more than \d+ bytes in answer to 'show x'$"):
        session.send("show x")
    assert wire.closed


def test_an_answer_of_some_megabytes_comes_whole() -> None:
    text = "".join(f"line {number} of a long answer\n" for number in range(100_000))

    assert session_on(ScriptedWire({"show x": text}, cut=65_536)).send("show x") == text


hostile = st.text(
    st.sampled_from("R1#>\n\r\0\x1b[]%^?:() yesconfirmPassword") | st.characters(codec="latin-1"),
    max_size=60,
)


@settings(max_examples=80)
@given(hostile, hostile, st.sampled_from((0, 1, 5)))
def test_whatever_a_device_prints_the_outcome_is_an_answer_or_an_error(
    first: str, second: str, cut: int
) -> None:
    script = {"show a": first, "show b": second, "show clock": CLOCK}
    session = session_on(ScriptedWire(script, cut=cut))
    try:
        session.send("show a")
        session.send("show b")
        # once in step, it stays so: nothing of what came before is an answer to this
        assert session.send("show clock") == CLOCK
    except DeviceError as error:
        said = str(error)
    else:
        said = "fine"
    assert said.isprintable()


# Dialogues


def _save(typed: list[str]) -> Generator[str, str, str]:
    typed.append((yield "Destination filename [startup-config]? "))
    return "\nBuilding configuration...\n[OK]\n"


def test_a_dialogue_answers_what_is_asked() -> None:
    typed: list[str] = []
    session = session_on(ScriptedWire({"copy run start": lambda: _save(typed)}))

    text = session.dialogue("copy run start", [Answer(question="filename", reply="startup-config")])

    assert typed == ["startup-config"]
    assert text.endswith("[OK]\n")


def test_an_answer_to_a_question_that_does_not_come_is_passed_over() -> None:
    typed: list[str] = []
    session = session_on(ScriptedWire({"copy run start": lambda: _save(typed)}))

    session.dialogue(
        "copy run start",
        [Answer(question="Overwrite?", reply="no"), Answer(question="filename", reply="x")],
    )

    assert typed == ["x"]


def test_a_question_nobody_has_an_answer_to_is_interrupted() -> None:
    def asks() -> Generator[str, str, str]:
        yield "Really erase everything? [yes/no]: "
        return "gone\n"

    wire = ScriptedWire({"erase": asks, "show clock": CLOCK})
    session = session_on(wire)

    with pytest.raises(RefusedError, match=r"asks 'Really erase everything\? \[yes/no\]:'"):
        session.dialogue("erase", [])
    assert wire.typed[-1] == "\x03"
    assert session.send("show clock") == CLOCK


def test_a_hidden_reply_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    def asks() -> Generator[str, str, str]:
        yield "Enter the password: "
        return "\ndone\n"

    caplog.set_level(logging.DEBUG)
    answer = Answer(question="password", reply=SECRET, hidden=True)
    session_on(ScriptedWire({"import": asks})).dialogue("import", [answer])

    assert SECRET not in caplog.text + repr(answer)


# Routers


@pytest.mark.parametrize("platform", ["isr2911", "isr4451", "c8000v"])
def test_a_router_of_each_platform_answers(platform: str) -> None:
    session = session_on(RouterWire(make_router("R1", platform, "hostname KS-1\n")))

    assert session.prompt == "KS-1#"
    assert "hostname KS-1\n" in session.send("show running-config")
    assert " UTC " in session.send("show clock")
    with pytest.raises(RefusedError) as caught:
        session.send("show clokc")
    assert caught.value.column == 8
    with pytest.raises(RefusedError):
        session.send("shwo")


def test_a_router_gives_its_configuration_to_who_knows_the_secret() -> None:
    startup = f"hostname R1\nenable secret 0 {SECRET}\n"
    session = session_on(RouterWire(make_router("R1", "isr4451", startup), privilege=1))
    with pytest.raises(RefusedError):
        session.send("show running-config")

    wire = RouterWire(make_router("R1", "isr4451", startup), privilege=1)
    session = session_on(wire, secret=SECRET)
    assert "hostname R1" in session.send("show running-config")


def test_a_router_takes_lines_and_its_new_name_is_the_prompt() -> None:
    session = session_on(RouterWire(make_router()))

    session.configure(["hostname KS9", "banner motd ^C", "one", "two ^C", "interface Loopback1"])

    assert session.prompt == "KS9#"
    config = session.send("show running-config")
    assert "banner motd ^C\none\ntwo ^C" in config
    assert "interface Loopback1" in config


def test_a_line_that_is_refused_ends_configuration_mode() -> None:
    session = session_on(RouterWire(make_router()))

    with pytest.raises(RefusedError, match="refuses 'ip adress' at 'adress'") as caught:
        session.configure(["interface Loopback1", "ip adress", "description never"])

    assert caught.value.words.startswith("% Invalid input")
    assert session.prompt == "Router#"
    assert "never" not in session.send("show running-config")


def test_time_outs_are_those_of_the_session() -> None:
    assert session_on(ScriptedWire()).timeouts is QUICK
