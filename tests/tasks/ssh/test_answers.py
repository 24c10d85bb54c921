"""What a device prints, read as a person reads it."""

from time import process_time

import pytest

from getvpn.tasks.ssh.answers import (
    CONFIG_PROMPT,
    MAX_WORDS,
    PASSWORD,
    PROMPT,
    QUESTION,
    behind_echo,
    complaint,
    refusal,
    text_of,
)

INVALID = "% Invalid input detected at '^' marker."


@pytest.mark.parametrize(
    "text",
    [
        "R1#",
        "R1>",
        "R1# ",
        "\r\nks-1.example_net#",
        "banner\r\n\r\nR1#",
        "R1(config)#",
        "R1(config-gkm-local-server)#",
        "RP/0/RP0/CPU0:r1#",
        "Router A#",
    ],
)
def test_this_is_a_prompt(text: str) -> None:
    assert PROMPT.search(text.encode())


@pytest.mark.parametrize(
    "text",
    ["", "R1#\r\n", "R1#x", "#", "###", "\r\n#", "Password: ", " R1#", f"{'x' * 200}#"],
)
def test_this_is_no_prompt(text: str) -> None:
    assert not PROMPT.search(text.encode())


def test_the_prompt_of_configuration_mode_has_the_mode_in_it() -> None:
    assert CONFIG_PROMPT.search(b"\r\nR1(config-if)#")
    assert not CONFIG_PROMPT.search(b"\r\nR1#")
    assert not CONFIG_PROMPT.search(b"\r\nR1(config)#\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "Proceed with reload? [confirm]",
        "System configuration has been modified. Save? [yes/no]: ",
        "Destination filename [startup-config]? ",
        "Do you really want to remove these keys? [yes/no]: ",
        "% Do you want to continue? [yes/no]:",
        "Password: ",
        "Enter the password for the key: ",
        "Continue? (y/n)",
        "Erase? (yes/no): ",
    ],
)
def test_this_is_a_question(text: str) -> None:
    assert QUESTION.search(f"before\r\n{text}".encode())


@pytest.mark.parametrize("text", ["R1#", "[OK]\r\n", "Enter TEXT message.", "password 7 0\r\n"])
def test_this_is_no_question(text: str) -> None:
    assert not QUESTION.search(f"before\r\n{text}".encode())


def test_only_a_password_is_a_password() -> None:
    assert PASSWORD.search(b"enable\r\nPassword: ")
    assert not PASSWORD.search(b"enable\r\nSave? [yes/no]: ")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\r\r\nb\n\rc", "a\nb\nc"),
        (b"a\0b\rc", "abc"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("Zürich\r\n".encode(), "Zürich\n"),
    ],
)
def test_text_has_line_feeds_only(raw: bytes, text: str) -> None:
    assert text_of(raw) == text


@pytest.mark.parametrize("raw", [b"\r", b"\n\r", b"\r\n", b"\r\r\n", b"% ", b"^ ", b"\0"])
def test_a_million_of_anything_takes_no_time(raw: bytes) -> None:
    # what takes quadratic time takes hours for it
    data = raw * 500_000
    began = process_time()
    text = text_of(data)
    behind_echo(text, "show clock")
    refusal(text, "R1#")
    complaint(text, "R1#")
    QUESTION.search(data[-400:])
    assert process_time() - began < 120


# The echo


def test_the_echo_is_taken_away() -> None:
    assert behind_echo("show clock\n12:00:00\n", "show clock") == "12:00:00\n"
    assert behind_echo("show clock \n12:00:00\n", "show clock") == "12:00:00\n"


def test_messages_of_the_log_may_stand_before_the_echo() -> None:
    log = "*Jan  1 00:00:01.000: %SYS-5-CONFIG_I: Configured from console by vty0\n"
    assert behind_echo(f"{log}\nshow clock\n12:00:00\n", "show clock") == "12:00:00\n"
    numbered = "000123: Jan  1 00:00:01.000: %LINK-3-UPDOWN: Interface\n"
    assert behind_echo(f"{numbered}show clock\nx\n", "show clock") == "x\n"


@pytest.mark.parametrize("text", ["", "show clock", "12:00\nshow clock\n", "show clocks\n12:00\n"])
def test_an_answer_to_something_else_is_none(text: str) -> None:
    assert behind_echo(text, "show clock") is None


# Refusals


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{' ' * 8}^\n{INVALID}\n\n", INVALID),
        ("% Incomplete command.\n\n", "% Incomplete command."),
        ('% Ambiguous command:  "s"\n', '% Ambiguous command:  "s"'),
        (
            "% Unknown command or computer name, or unable to find computer address\n",
            "% Unknown command or computer name, or unable to find computer address",
        ),
        (
            (
                'Translating "shwo"...domain server (255.255.255.255)\n'
                "% Unknown command or computer name, or unable to find computer address\n"
            ),
            "% Unknown command or computer name, or unable to find computer address",
        ),
        (
            (
                'Translating "shwo"...domain server (192.0.2.1) (192.0.2.2)\n\n'
                "% Bad IP address or host name\n"
                "% Unknown command or computer name, or unable to find computer address\n"
            ),
            "% Bad IP address or host name",
        ),
        ("Command authorization failed.\n\n", "Command authorization failed."),
        ("% Authorization failed.\n", "% Authorization failed."),
        ("% This command is not authorized\n", "% This command is not authorized"),
    ],
)
def test_this_is_a_refusal(text: str, words: str) -> None:
    found = refusal(text, "R1#")
    assert found is not None
    assert found.words == words


def test_the_mark_tells_the_column_of_the_command() -> None:
    text = f"{' ' * (len('R1#') + 5)}^\n{INVALID}\n"
    found = refusal(text, "R1#")
    assert (found and found.column) == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12:00:00.000 UTC\n",
        "R1 uptime is 1 day\n% Invalid input is what somebody typed\n",
        "%SYS-5-CONFIG_I: Configured from console\n",
        "% Generating 2048 bit RSA keys\n",
        "   ^\n",
    ],
)
def test_this_is_an_answer(text: str) -> None:
    assert refusal(text, "R1#") is None


def test_the_words_of_a_refusal_have_an_end() -> None:
    found = refusal(f"% Invalid input {'x' * 10_000}\n", "R1#")
    assert found is not None
    assert len(found.words) == MAX_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "% Specified interface does not exist\n",
        "% A crypto map with that name is in use\n",
        "something\n% Access list is too long\n",
    ],
)
def test_a_line_of_a_configuration_is_refused_by_any_complaint(text: str) -> None:
    assert complaint(text, "R1(config)#") is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "% Warning: this is dangerous\n",
        "% The key pair names will be X\n% The key modulus size is 2048 bits\n"[:30],
        "*Jan  1 00:00:01.000: %SYS-5-CONFIG_I: Configured\n",
        "%SYS-5-CONFIG_I: Configured\n",
        "%Notice: addresses of Gi1 removed due to VRF\n",
    ],
)
def test_a_notice_is_no_complaint(text: str) -> None:
    assert complaint(text, "R1(config)#") is None
