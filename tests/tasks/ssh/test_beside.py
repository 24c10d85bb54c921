"""What a device says while somebody types, beside the answer."""

import pytest

from getvpn.tasks.ssh.answers import (
    behind_echo,
    behind_prompt,
    complaint,
    consent,
    size_of_log,
)

LOG = "*Nov  3 10:00:00.123: %GDOI-5-KS_SEND_UNICAST_REKEY: Sending Unicast Rekey for group G1"
SOON = (
    "Rollback Confirmed Change: Rollback will begin in one minute.\n"
    'Enter "configure confirm" if you wish to keep what you\'ve configured\n'
)
LINE = "crypto gdoi group G1"
PROMPT = "KS1(config)#"


@pytest.mark.parametrize(
    "echo",
    [
        f"{LINE}\n",
        f"\n{LOG}\n{LINE}\n",
        f"\n{LOG}\n{PROMPT}{LINE}\n",
        f"crypto gd\n{LOG}\noi group G1\n",
        f"crypto gd\n{LOG}\n{PROMPT}crypto gdoi group G1\n",
        f"crypto \n{LOG}\n{LOG}\ngdoi\n{LOG}\n group G1\n",
        f"{SOON}{LINE}\n",
        f"\n{SOON}{PROMPT}{LINE}\n",
    ],
)
def test_the_echo_is_found_whatever_the_log_says_meanwhile(echo: str) -> None:
    assert behind_echo(f"{echo}% Incomplete command.\n", LINE, PROMPT) == "% Incomplete command.\n"


@pytest.mark.parametrize("echo", [f"crypto gd\n{LOG}\nxx\n", f"{LOG}\n" * 300])
def test_what_is_no_echo_is_none(echo: str) -> None:
    assert behind_echo(echo, LINE, PROMPT) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"KS1#\r\n{LOG}\r\n", "KS1#"),
        (f"KS1#\r\n\r\n{LOG}\r\n\r\n{LOG}\r\n", "KS1#"),
        ("KS1#\r\n" + SOON.replace("\n", "\r\n"), "KS1#"),
        ("text\r\n", "text\r\n"),
        ("KS1#", "KS1#"),
        ("", ""),
        (f"{LOG}\r\nKS1#", f"{LOG}\r\nKS1#"),
    ],
)
def test_messages_behind_a_prompt_are_counted(text: str, left: str) -> None:
    size = size_of_log(text.encode())
    assert text[: len(text) - size] == left


def test_what_comes_after_a_prompt_that_is_printed_again_is_no_answer() -> None:
    assert behind_prompt(f"12:00:00\nKS1#\n{LOG}\n", "KS1#") == "12:00:00\n"
    assert behind_prompt(f"12:00:00\n{LOG}\n", "KS1#") == f"12:00:00\n{LOG}\n"
    assert behind_prompt("a\nKS1#\nb\n", "KS1#") == "a\nKS1#\nb\n"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"{LOG}\n% Incomplete command.\n\n", "% Incomplete command."),
        (f"            {' ' * 7}^\n% Invalid input detected at '^' marker.\n", "% Invalid input"),
        ('% Ambiguous command:  "se"\n', "% Ambiguous"),
        ("Command rejected: the port is in use\n", "Command rejected"),
        ("% Crypto-map M is in use by interface(s): GigabitEthernet1\n", "% Crypto-map"),
        ("ERROR: there is no such profile\n", "ERROR"),
    ],
)
def test_a_refusal_is_one_whatever_stands_before_it(said: str, words: str) -> None:
    found = complaint(said, PROMPT)
    assert found is not None
    assert found.words.startswith(words)


@pytest.mark.parametrize(
    "said",
    [
        f"{LOG}\n",
        "%CRYPTO_ENGINE-5-KEY_ADDITION: A key named X has been generated\n",
        "%SYS-SP-5-CONFIG_I: Configured from console\n",
        "% NOTE: This new crypto map will remain disabled until a valid\n   access list …\n",
        "% IPv4 and IPv6 addresses from all interfaces in VRF RED have been removed\n",
        "% A profile is deemed incomplete until it has match identity statements\n",
        "%Default route without gateway, if not a point-to-point interface, may impact speed\n",
        SOON,
    ],
)
def test_news_and_notices_are_no_refusals(said: str) -> None:
    assert complaint(said, PROMPT) is None


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Are you sure you want to do this? [yes/no]:", "yes"),
        ("Do you want to continue? [confirm]", ""),
        ("Continue? [no]:", "yes"),
        ("Proceed (y/n)?", "y"),
    ],
)
def test_saying_yes_depends_on_the_question(question: str, reply: str) -> None:
    assert consent(question) == reply
