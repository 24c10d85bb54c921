import re
import threading
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address

import pytest

from getvpn.parsers.config import device_config, parse_config
from getvpn.parsers.packing import packed, unpacked


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Below(Base):
    texts: tuple[str, ...] = ()
    inner: Base | None = None


@dataclass
class Open:
    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@pytest.mark.parametrize(
    "thing",
    [
        Below(number=3, texts=("a", "b"), inner=Below(inner=Base(number=4))),
        Base(number=7),
        Nothing(),
        Open(1, 2),
        [Colour.RED, Colour, Below],
        {"at": ip_address("192.0.2.1")},
        re.compile("a+"),
        None,
    ],
)
def test_what_is_packed_comes_back(thing: object) -> None:
    assert repr(unpacked(packed(thing))) == repr(thing)


def test_what_is_more_than_its_fields_keeps_the_rest() -> None:
    thing = Open(1, 2)
    thing.more = 3  # type: ignore[attr-defined] # this is what is tested
    assert unpacked(packed(thing)).more == 3


def test_one_thing_in_two_places_stays_one() -> None:
    thing = Base(number=1)
    one, other = unpacked(packed([thing, thing]))
    assert one is other


def test_a_configuration_comes_back_with_its_lines() -> None:
    text = "hostname gm1\ninterface Loopback0\n ip address 192.0.2.1 255.255.255.255\n mtu 9\n"
    config = device_config(parse_config(text, "gm1.cfg"))
    again = unpacked(packed(config))
    assert again == config
    walked = [(line.lineno, line.indent, line.text, line.command) for line in config.tree.walk()]
    assert walked == [
        (line.lineno, line.indent, line.text, line.command) for line in again.tree.walk()
    ]
    assert again.interfaces["Loopback0"].line is again.tree.lines[1]


def test_what_cannot_be_sent_is_an_error() -> None:
    with pytest.raises(TypeError):
        packed(threading.Lock())
