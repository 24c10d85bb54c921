"""The command line of a router at its console: modes, prompts, messages."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.testing import START, Console, console, make_router

STARTUP = "hostname KS1\nno ip domain lookup\nenable secret 0 sec\n"
INVALID = "% Invalid input detected at '^' marker.\n\n"
CHANGED = "! Last configuration change at 00:00:00 UTC Thu Jan 1 2026 by admin"


@pytest.fixture
def router() -> Router:
    return make_router("KS1", startup=STARTUP)


@pytest.fixture
def con(router: Router) -> Console:
    return console(router)


def test_the_prompt_ends_without_a_blank(con: Console) -> None:
    assert con.type(b"\n") == "\nKS1#"


def test_a_command_of_nobody_is_taken_for_a_computer(con: Console) -> None:
    assert con.run("bogus") == (
        "% Bad IP address or host name"
        "% Unknown command or computer name, or unable to find computer address\n"
    )


def test_the_caret_stands_behind_the_prompt(con: Console) -> None:
    assert con.run("show clock now") == " " * len("KS1#show clock ") + "^\n" + INVALID


def test_a_bare_show_asks_for_more(con: Console) -> None:
    assert con.run("sho") == '% Type "show ?" for a list of subcommands\n'


def test_an_ambiguous_line_is_repeated_whole(con: Console) -> None:
    assert con.run("c") == '% Ambiguous command:  "c"\n'


def test_configuration_goes_in_and_out(con: Console) -> None:
    assert con.run("conf t") == "Enter configuration commands, one per line.  End with CNTL/Z.\n"
    assert con.prompt == "KS1(config)#"
    con.run("interface Loopback7")
    assert con.prompt == "KS1(config-if)#"
    con.run("exit")
    assert con.prompt == "KS1(config)#"
    con.run("end")
    assert con.prompt == "KS1#"


def test_leaving_the_configuration_is_logged(router: Router, con: Console) -> None:
    con.configure("hostname KS2\n")

    assert router.log.messages[-1].line.endswith(
        "%SYS-5-CONFIG_I: Configured from console by console"
    )


def test_a_global_command_works_in_a_mode_below(con: Console) -> None:
    con.run("conf t", "interface Loopback7", "hostname KS9")

    assert con.prompt == "KS9(config)#"


def test_a_refused_line_leaves_the_mode_as_it_was(con: Console) -> None:
    con.run("conf t", "interface Loopback7")

    said = con.run("interface GigabitEthernet9/9/9")

    assert said.endswith(INVALID)
    assert con.prompt == "KS1(config-if)#"


def test_do_runs_an_exec_command_in_a_mode(con: Console) -> None:
    con.run("conf t")

    assert con.run("do show privilege") == "Current privilege level is 15\n"
    caret = " " * len("KS1(config)#do show ") + "^\n"
    assert con.run("do show xyz") == caret + INVALID


def test_control_z_ends_the_configuration_and_control_c_too(con: Console) -> None:
    con.run("conf t")
    con.type(b"\x1a")
    assert con.prompt == "KS1#"
    con.run("conf t", "interface Loopback7")
    con.type(b"\x03")
    assert con.prompt == "KS1#"


@pytest.mark.parametrize("line", ["crypto key zeroize", "do write erase", "do copy run flash:x"])
def test_control_c_at_a_question_of_a_command_leads_out_of_no_mode(con: Console, line: str) -> None:
    con.configure("ip domain name x\ncrypto key generate rsa modulus 512")
    con.run("configure terminal", "interface Loopback0")
    con.type(f"{line}\n".encode())

    con.type(b"\x03\n")

    assert con.prompt.startswith("KS1(config")
    assert con.router.keys.pairs()
    assert con.type(f"{line}\x1a".encode()).endswith((" ", "[confirm]"))
    con.type(b"\x03")
    con.type(b"\n")
    assert con.prompt == "KS1#"
    assert not con.closed


def test_a_long_name_is_cut_in_the_configuration_only(con: Console) -> None:
    con.configure("hostname THIS.IS.A.PARTICULARLY.LONG\n")

    assert con.prompt == "THIS.IS.A.PARTICULARLY.LONG#"
    con.run("conf t")
    assert con.prompt == "THIS.IS.A.PARTICULAR(config)#"


def test_the_mode_is_cut_in_the_prompt_of_classic_software_only() -> None:
    lines = ("conf t", "crypto ikev2 keyring K", "peer P")
    classic, xe = (console(make_router("KS1", p, STARTUP)) for p in ("isr2911", "isr4451"))

    classic.run(*lines)
    xe.run(*lines)

    assert classic.prompt == "KS1(config-ikev2-keyring-pee)#"
    assert xe.prompt == "KS1(config-ikev2-keyring-peer)#"


def test_a_remark_may_stand_behind_a_command(router: Router, con: Console) -> None:
    assert con.configure("hostname KS3   ! the third\ninterface Loopback5 !\n") == ""
    assert router.hostname == "KS3"
    assert router.config.root.find("interface", "Loopback5")


def test_the_secret_of_enable_is_asked_three_times(router: Router) -> None:
    con = console(router, privilege=1)
    assert con.prompt == "KS1>"

    said = con.type(b"enable\nwrong\nwrong\nwrong\n")

    assert said == "enable\nPassword: \nPassword: \nPassword: \n% Bad secrets\n\nKS1>"
    con.type(b"enable\nsec\n")
    assert con.prompt == "KS1#"


def test_a_secret_that_does_not_come_ends_enable() -> None:
    clock = ManualClock(START)
    con = console(make_router("KS1", startup=STARTUP, clock=clock), privilege=1)
    con.type(b"enable\nwrong\n")

    clock.advance(9)

    assert con.take() == "\n% Password:  timeout expired!\n% Bad secrets\n\nKS1>"


def test_output_goes_through_a_filter(con: Console) -> None:
    assert con.run("show privilege | include 15$") == "Current privilege level is 15\n"
    assert con.run("show privilege | exclude 15") == ""
    assert con.run("show privilege | count level") == "Number of lines which match regexp = 1\n"


def test_the_configuration_that_is_written_to_the_terminal_goes_through_a_filter(
    con: Console,
) -> None:
    assert con.run("wr t | include ^hostname") == "hostname KS1\n"
    assert "'^' marker" in con.run("write memory | include OK")
    assert "  include   Include lines that match" in con.type(b"write terminal | ?")


@pytest.mark.parametrize(
    ("platform", "head"),
    [
        ("isr2911", "! No configuration change since last restart"),
        ("c8000v", "! Last configuration change at 00:00:00 UTC Thu Jan 1 2026"),
    ],
)
def test_a_configuration_that_nobody_has_changed_says_so(platform: str, head: str) -> None:
    con = console(make_router("R1", platform))
    assert f"\n!\n{head}\n!\nversion" in con.run("show running-config")
    con.configure("hostname R2")
    assert f"\n!\n{CHANGED}\n!\nversion" in con.run("show running-config")


def test_a_wrong_filter_is_pointed_at(con: Console) -> None:
    caret = " " * len("KS1#show clock | ") + "^\n"

    assert con.run("show clock | xyz") == caret + INVALID


def test_output_is_written_to_a_file(router: Router, con: Console) -> None:
    assert con.run("show privilege | redirect flash:level.txt") == ""

    assert router.files.read("flash:level.txt") == b"Current privilege level is 15\n"


def test_help_comes_at_once_and_keeps_the_line(con: Console) -> None:
    said = con.type(b"show priv?")

    assert said == "show priv?\nprivilege\n\nKS1#show priv"
    assert con.type(b"\n") == "\nCurrent privilege level is 15\nKS1#"


def test_help_offers_the_filters_of_a_command_that_may_end(con: Console) -> None:
    lines = con.type(b"show privilege ?").splitlines()

    assert lines[1:3] == ["  |     Output modifiers", "  <cr>  <cr>"]
    con.type(b"\x15")
    assert "  include   Include lines that match" in con.type(b"show privilege | ?").splitlines()
    con.type(b"\x15")
    assert con.type(b"show privilege | e?").splitlines()[1] == "exclude"


def test_exec_mode_and_the_configuration_remember_their_own_commands(con: Console) -> None:
    con.run("show clock", "configure terminal")
    assert con.type(b"\x10") == "\x07"
    con.run("hostname R2", "do show privilege")
    assert con.type(b"\x10") == "do show privilege"
    con.type(b"\x15")
    assert con.run("do show history") == "  hostname R2\n  do show privilege\n  do show history\n"
    con.run("end")
    assert con.run("show history") == "  show clock\n  configure terminal\n  show history\n"


def test_tab_completes_a_word(con: Console) -> None:
    assert con.type(b"show privi\t").endswith("show privilege ")


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (b"show interfaces gig", "show interfaces GigabitEthernet "),
        (b"show run | inc", "show run | include "),
        (b"show run | s", "show run | section "),
        (b"show interfaces v", "show interfaces v"),
        (b"show run | x", "show run | x"),
    ],
)
def test_tab_completes_types_of_interfaces_and_filters(
    con: Console, typed: bytes, completed: str
) -> None:
    assert con.type(typed + b"\t").endswith(f"\nKS1#{completed}")


def test_the_session_ends_when_its_peer_has_sent_all(con: Console) -> None:
    con.session.feed(b"show privilege\nshow clock\n")
    con.session.end_of_input()

    assert "Current privilege level is 15" in con.take()
    assert con.closed


def test_a_question_that_nobody_answers_ends_the_session(con: Console) -> None:
    con.session.feed(b"write erase\n")
    con.session.end_of_input()

    assert con.closed


def test_exit_frees_the_line(router: Router, con: Console) -> None:
    con.run("exit")

    assert con.closed
    assert router.lines.used() == []


LINES = st.lists(
    st.sampled_from(
        [
            "show clock",
            "sh priv",
            "conf t",
            "interface Loopback3",
            "no interface Loopback3",
            "end",
            "exit\tx",
            "bogus words",
            "show ?\x15",
            "do show clock",
            "\x1a",
            "show privilege | inc \\d",
        ]
    ),
    max_size=8,
)


@given(lines=LINES, cuts=st.lists(st.integers(0, 200), max_size=6))
def test_however_the_bytes_are_split_the_answer_is_the_same(
    lines: list[str], cuts: list[int]
) -> None:
    data = "".join(f"{line}\r" for line in lines).encode()
    whole = console(make_router("KS1", startup=STARTUP)).type(data)
    con = console(make_router("KS1", startup=STARTUP))
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})

    pieces = [con.type(data[a:b]) for a, b in itertools.pairwise(places)]

    assert "".join(pieces) == whole
