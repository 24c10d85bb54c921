"""Where an output stands in the text of a session."""

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse

from .texts import KS_POLICY

COMMAND = "show crypto gdoi ks policy"
FREQUENCIES = "nominal freq is 250.0 Hz, actual freq is 250.0 Hz, precision is 2**10"
LONG = "show crypto gdoi group " + "BANK-WAN.v4-" * 4 + "X ks policy"
PLAIN = parse(COMMAND, KS_POLICY)


def broken(echo: str) -> str:
    return f"{echo[:80]}\n{echo[80:]}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{COMMAND}\n{COMMAND}\n{KS_POLICY}", id="bare echo twice"),
        pytest.param(f"\n{COMMAND}\n\nKS1#{COMMAND}\n\n{KS_POLICY}", id="bare, then at the prompt"),
        pytest.param(f"KS1#\nKS1#{COMMAND}\nKS1#sh cry gdoi ks pol\n{KS_POLICY}", id="two prompts"),
        pytest.param(f"GW#{COMMAND}\nKS1#{COMMAND}\n{KS_POLICY}KS1#\nGW#", id="of two devices"),
        pytest.param(f"KS1(config)#do {COMMAND}\n{KS_POLICY}KS1(config)#", id="in configuration"),
        pytest.param(f"KS1#\n{KS_POLICY}KS1#exit\n", id="prompt without echo, exit behind"),
        pytest.param(f"{COMMAND}\n{KS_POLICY}\nKS1#logout", id="bare echo, logout behind"),
        pytest.param(f"KS1#\n{KS_POLICY}\nKS1#show clock\n10:00:00", id="another command behind"),
        pytest.param(f"{broken(f'a-key-server-1#{LONG}')}\n{KS_POLICY}", id="echo broken"),
        pytest.param(f"{broken(LONG + '  ')}\n{KS_POLICY}", id="bare echo broken"),
        pytest.param(f"KS1#$i group BANK-WAN.v4 ks policy\n{KS_POLICY}KS1#", id="echo scrolled"),
        pytest.param(
            f"KS1>en\nPassword: \nKS1#terminal length 0\nKS1#{COMMAND}\n{KS_POLICY}KS1#",
            id="login before",
        ),
    ],
)
def test_the_output_is_found_behind_the_echo(text: str) -> None:
    record = parse(COMMAND, text)

    assert record == PLAIN
    assert record.partial == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("KS1#{} | include spi\n{}KS1#", id="at the prompt"),
        pytest.param("{} | i spi\n{}", id="bare"),
        pytest.param("KS1#{0}\n{0} | inc spi\n{1}", id="in the second echo"),
    ],
)
def test_a_filter_in_the_echo_makes_the_result_partial(text: str) -> None:
    record = parse(COMMAND, text.format(COMMAND, "    spi : 0x0123456789ABCDEF\n"))

    assert "output filter '| include spi'" in record.partial


@pytest.mark.parametrize(
    ("text", "lineno"),
    [
        (f"KS1#show clock\n10:00:00\n{KS_POLICY}", 1),
        (f"KS1#\nKS1#show version\n{KS_POLICY}", 2),
        (f"show clock\n{KS_POLICY}", 1),
        ("KS1>enable\nPassword: \nKS1#show clock\n10:00:00.000 UTC Fri Jul 3 2026", 3),
    ],
)
def test_the_output_of_another_command_is_told_by_its_echo(text: str, lineno: int) -> None:
    with pytest.raises(ParseError, match="this is the output of 'show ") as caught:
        parse(COMMAND, text)
    assert caught.value.lineno == lineno


def test_what_a_filter_left_of_a_record_that_cannot_be_made_is_told() -> None:
    with pytest.raises(ParseError, match=r"the device had more to say: output filter '\| include"):
        parse("show ntp status | i freq", FREQUENCIES)


def test_lines_that_a_filter_cannot_have_left_are_another_output() -> None:
    with pytest.raises(ParseError, match="does not belong to the output"):
        parse(f"{COMMAND} | include spi", "Interface  IP-Address  OK?\nGi0/0  10.1.1.1  YES\n")
