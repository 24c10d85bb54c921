"""What a person who types sees, byte by byte."""

import re
from collections.abc import Iterator

import pytest

from .devices import ISRG2, Host, Lab, Start, device
from .terminal import PROMPT, Terminal

MORE = " --More-- "
ASKED = r"Password: "


@pytest.fixture
def oper(host: Host) -> Iterator[Terminal]:
    """A terminal of the user of level 1."""
    with Terminal(host, "oper", "pw") as opened:
        yield opened


@pytest.mark.checklist(16)
def test_each_character_is_echoed_before_enter(terminal: Terminal) -> None:
    for character in "show clock":
        terminal.send(character)
        assert terminal.read(re.escape(character)) == character


@pytest.mark.checklist(17, 18)
@pytest.mark.parametrize("enter", ["\n", "\r", "\r\n"])
def test_each_kind_of_enter_gives_one_prompt_without_a_space(host: Host, enter: str) -> None:
    with Terminal(host) as terminal:
        terminal.send(enter)

        assert terminal.read() == "\r\nKS1#"
        assert terminal.is_quiet()


@pytest.mark.checklist(19)
def test_a_null_byte_says_nothing(terminal: Terminal) -> None:
    terminal.send("\x00")

    assert terminal.is_quiet()


@pytest.mark.checklist(20)
def test_the_second_of_two_commands_is_echoed_after_its_own_prompt(terminal: Terminal) -> None:
    terminal.send("show privilege\rshow clock\r")
    text = terminal.read(r"show clock\r\n[^#]*KS1#")

    assert text.startswith("show privilege\r\nCurrent privilege level is 15\r\nKS1#show clock\r\n")


@pytest.mark.checklist(21)
def test_typed_ahead_enter_answers_the_question(terminal: Terminal) -> None:
    terminal.send("copy running-config startup-config\r\r")
    text = terminal.read()

    assert "Destination filename [startup-config]? \r\n" in text
    assert text.endswith("[OK]\r\nKS1#")
    assert text.count("KS1#") == 1
    assert terminal.is_quiet()


@pytest.mark.checklist(22)
def test_the_enable_secret_is_not_echoed_and_three_wrong_ones_are_enough(oper: Terminal) -> None:
    said = oper.ask("enable", ASKED)
    said += oper.ask("wrong1", ASKED) + oper.ask("wrong2", ASKED) + oper.ask("wrong3")

    assert said.endswith("% Bad secrets\r\n\r\nKS1>")
    assert "wrong" not in said

    oper.ask("enable", ASKED)
    assert oper.ask("sec") == "\r\nKS1#"
    assert oper.ask("disable").endswith("KS1>")


@pytest.mark.checklist(23)
def test_configuring_begins_with_a_hint_of_how_to_end(terminal: Terminal) -> None:
    assert terminal.ask("conf t") == (
        "conf t\r\nEnter configuration commands, one per line.  End with CNTL/Z.\r\nKS1(config)#"
    )


@pytest.mark.checklist(24)
def test_a_long_name_is_cut_in_configuration_mode(terminal: Terminal) -> None:
    name = "Routers-Of-Region-Berlin1"
    terminal.ask("configure terminal")

    assert terminal.ask(f"hostname {name}").endswith(f"\r\n{name[:20]}(config)#")
    assert terminal.ask("end").endswith(f"\r\n{name}#")


@pytest.mark.checklist(26)
@pytest.mark.parametrize(
    ("command", "column"), [("show ipx", 7), ("show clokc", 8), ("sho run x", 8)]
)
def test_the_caret_stands_under_the_first_impossible_letter(
    terminal: Terminal, command: str, column: int
) -> None:
    assert terminal.ask(command) == (
        f"{command}\r\n{' ' * (len('KS1#') + column)}^\r\n"
        "% Invalid input detected at '^' marker.\r\n\r\nKS1#"
    )


@pytest.mark.checklist(26)
@pytest.mark.parametrize(
    ("line", "column"), [("logging 0255.255.1", 8), ("interface Loopback x", 19), ("zzz", 0)]
)
def test_the_caret_stands_behind_the_longer_prompt_too(
    terminal: Terminal, line: str, column: int
) -> None:
    terminal.ask("configure terminal")

    assert terminal.ask(line) == (
        f"{line}\r\n{' ' * (len('KS1(config)#') + column)}^\r\n"
        "% Invalid input detected at '^' marker.\r\n\r\nKS1(config)#"
    )


@pytest.mark.checklist(27)
def test_short_of_arguments_and_ambiguous_are_told_apart(terminal: Terminal) -> None:
    assert "\r\n% Incomplete command.\r\n" in terminal.ask("show ip")
    assert terminal.ask("sh i") == 'sh i\r\n% Ambiguous command:  "sh i"\r\nKS1#'


@pytest.mark.checklist(28)
def test_words_may_be_shortened(terminal: Terminal) -> None:
    assert "Cisco IOS XE Software" in terminal.show("sh ver")
    assert terminal.show("sho run | i ^host") == "hostname KS1\n"
    assert terminal.show("term len 0") == ""


@pytest.mark.checklist(29)
def test_a_question_mark_helps_at_once_and_keeps_the_line(terminal: Terminal) -> None:
    terminal.send("show ?")
    text = terminal.read("KS1#show ")
    words = {line.split()[0] for line in text.splitlines()[1:-1] if line.strip()}

    assert text.startswith("show ?\r\n")
    assert {"clock", "running-config", "version"} <= words
    terminal.send("privilege\r")
    assert "Current privilege level is 15" in terminal.read()

    terminal.send("show running-config ?")
    text = terminal.read("KS1#show running-config ")
    assert re.search(r"^  all  ", text, re.MULTILINE)
    assert re.search(r"^  <cr>", text, re.MULTILINE)


@pytest.mark.checklist(29)
def test_a_tabulator_completes_the_word(terminal: Terminal) -> None:
    terminal.send("show privi\t")

    assert terminal.read("KS1#show privilege ").endswith("\r\nKS1#show privilege ")


@pytest.mark.checklist(30)
@pytest.mark.parametrize(("platform", "back", "blank"), [("isr4451", 10, 10), (ISRG2, 9, 8)])
def test_long_output_waits_for_a_key(start: Start, platform: str, back: int, blank: int) -> None:
    erased = "\b" * back + " " * blank + "\b" * back
    lab = start({"KS1": device(platform=platform)})
    with Terminal(lab.host("KS1")) as terminal:
        terminal.ask("terminal length 10")
        first = terminal.ask("show running-config", MORE)
        assert first.count("\r\n") <= 11

        terminal.send(" ")
        page = terminal.read(MORE)
        assert page.startswith(erased)
        assert 8 <= page.count("\r\n") <= 10

        terminal.send("\r")
        line = terminal.read(MORE)
        assert line.startswith(erased)
        assert line.count("\r\n") == 1

        terminal.send("q")
        assert terminal.read().startswith(erased)
        assert terminal.is_quiet()


@pytest.mark.checklist(31)
def test_output_is_filtered(terminal: Terminal) -> None:
    whole = terminal.show("show running-config")

    def filtered(how: str) -> str:
        return terminal.show(f"show running-config | {how}")

    assert filtered("include ^hostname") == "hostname KS1\n"
    assert filtered("include no-such-text") == ""
    kept = [line for line in whole.splitlines() if line != "!"]
    assert filtered("exclude ^!$").splitlines()[-9:] == kept[-9:]
    assert filtered("begin ^line con 0") == whole[whole.index("line con 0\n") :]
    lines = filtered("section ^line vty").splitlines()
    assert lines[:3] == ["line vty 0 4", " login local", " transport input ssh"]
    assert {line.split()[0] for line in lines} == {"line", "login", "transport"}
    assert filtered("count ^username") == "Number of lines which match regexp = 2\n"


@pytest.mark.checklist(31)
def test_output_goes_into_a_file(terminal: Terminal) -> None:
    assert terminal.show("show running-config | redirect bootflash:saved.txt") == ""

    assert "\nhostname KS1\n" in terminal.show("more bootflash:saved.txt")
    assert "saved.txt" in terminal.show("dir bootflash:")
    assert terminal.show("show privilege | append bootflash:saved.txt") == ""
    shown = terminal.show("show privilege | tee /append bootflash:saved.txt")
    assert shown == "Current privilege level is 15\n"
    assert terminal.show("more bootflash:saved.txt | count privilege level").endswith("= 2\n")


@pytest.mark.checklist(32)
def test_do_runs_a_command_while_configuring(terminal: Terminal) -> None:
    terminal.ask("configure terminal")
    text = terminal.ask("do show clock")

    assert re.search(r"\r\n[*.]?\d\d:\d\d:\d\d\.\d{3} UTC .*\r\nKS1\(config\)#$", text)


@pytest.mark.checklist(33)
def test_a_banner_ends_at_its_delimiter(terminal: Terminal) -> None:
    terminal.ask("configure terminal")
    text = terminal.ask("banner motd @", r"\r\n")
    terminal.send("one # two\r three\r@\r")
    terminal.read(r"KS1\(config\)#")
    terminal.ask("end")

    assert "Enter TEXT message.  End with the character '@'." in text
    shown = terminal.show("show running-config | begin ^banner")
    assert shown.startswith("banner motd ^C\none # two\n three\n^C\n")


@pytest.mark.checklist(34)
def test_only_a_monitor_sees_what_others_do(lab: Lab, terminal: Terminal) -> None:
    with Terminal(lab.host("KS1")) as other:
        terminal.configure("ip domain lookup")
        assert other.is_quiet()

        other.ask("terminal monitor")
        terminal.configure("ip domain lookup")
        line = other.read(r"\)")

    assert "%SYS-5-CONFIG_I: Configured from console by admin on vty" in line


@pytest.mark.checklist(35)
@pytest.mark.parametrize(
    "typed", ["junk\x15show privilege", "show privX\x08ilege", "show privX\x7filege"]
)
def test_keys_erase(terminal: Terminal, typed: str) -> None:
    assert "\r\nCurrent privilege level is 15\r\n" in terminal.ask(typed)


@pytest.mark.checklist(35)
def test_an_interrupt_drops_the_line(terminal: Terminal) -> None:
    terminal.send("reload\x03")

    assert terminal.read().endswith("\r\nKS1#")
    assert terminal.is_quiet()


@pytest.mark.checklist(36)
def test_an_idle_session_is_closed(start: Start) -> None:
    lab = start({"KS1": device(lines=" exec-timeout 0 5\n")})
    with Terminal(lab.host("KS1")) as terminal:
        lab.advance(4)
        assert terminal.ask("show privilege").endswith("KS1#")
        lab.advance(4)
        assert terminal.ask("show privilege").endswith("KS1#")
        lab.advance(6)
        assert terminal.ends()


def test_a_prompt_is_one_for_the_patterns_of_clients() -> None:
    for prompt in ("KS1#", "KS1>", "KS1(config)#", "KS1(gkm-local-server)#", "a.b-c_d#"):
        assert re.fullmatch(PROMPT, prompt)
