import pickle

import pytest

from getvpn import DeviceError, GetvpnError, InputError, ParseError, UsageError
from getvpn.errors import counted


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (GetvpnError("it is wrong"), "it is wrong"),
        (UsageError("no such rule", hint="see 'getvpn rule'"), "no such rule; see 'getvpn rule'"),
        (InputError("no file", source="a.cfg"), "a.cfg: no file"),
        (InputError("odd word", source="a.cfg", lineno=3, column=9), "a.cfg:3:9: odd word"),
        (InputError("odd word", lineno=3), "line 3: odd word"),
        (
            ParseError("cut short", source="a.txt", lineno=2, expected="a group", hint="recapture"),
            "a.txt:2: cut short; expected a group; recapture",
        ),
        (DeviceError("no answer", device="ks1"), "ks1: no answer"),
    ],
)
def test_an_error_says_where_what_and_what_to_do(error: GetvpnError, line: str) -> None:
    assert str(error) == line


def test_an_error_is_one_printable_line_whatever_the_device_said() -> None:
    error = ParseError("cannot place '\x1b[2J\r\nks1\u202e'", source="a\nb.txt")

    assert str(error) == r"a\nb.txt: cannot place '\x1b[2J\r\nks1\u202e'"


def test_exit_codes_tell_input_from_device() -> None:
    assert [kind.exit_code for kind in (UsageError, InputError, ParseError)] == [2, 2, 2]
    assert DeviceError.exit_code == 3


def test_an_error_survives_pickling_with_all_that_it_knows() -> None:
    error = ParseError(
        "cut short",
        command="show crypto gdoi",
        source="a.txt",
        lineno=2,
        line="Group",
        expected="a group",
        hint="recapture",
    )

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(copy) is ParseError
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


def test_further_mistakes_stand_beside_the_first_and_survive_pickling() -> None:
    other = InputError("even word", source="a.yml", lineno=4)
    error = InputError("odd word", source="a.yml", lineno=3, others=[other])

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert [str(copy), *map(str, copy.others)] == ["a.yml:3: odd word", "a.yml:4: even word"]


def test_one_thing_is_counted_in_the_singular() -> None:
    assert [counted(number, "key server") for number in (0, 1, 2)] == [
        "0 key servers",
        "1 key server",
        "2 key servers",
    ]
