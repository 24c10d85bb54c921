"""However a network cuts what is typed into pieces, a router understands the same."""

import re
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .devices import Host
from .terminal import Terminal

LINES = (
    "show privilege\r",
    "sho priv\t\r",
    "show ipx\r",
    "show runn?\x15",
    "terminal length 5\rshow running-config\r  \rqterminal length 0\r",
    "configure terminal\r\ninterface Loopback9\r\ndescription one two\r\nend\r\n",
    "conf t\ncrypto isakmp policy 10\n group 14\n\x1a",
    "conf t\rbanner motd @\rLine #1\rand > 2\r@\rend\r",
    "conf t\rcrypto key zeroize rsa NONE\rend\r",
    "show running-config interface lo9\r",
    "reload\x03",
    "shoX\x7fw privilegeXY\x08\x08\x1b[D\x1b[C\r\x1b[A\r",
    "copy running-config startup-config\r\r",
    "clear logging\ry",
    "tclsh\rputs {a\rb}\rtclquit\r",
    "enable\rdisable\renable\rsec\r",
    "\x00\x00\r\n\n",
)
SESSIONS = st.lists(st.sampled_from(LINES), min_size=1, max_size=5).map("".join)


def _said(host: Host, pieces: list[str]) -> str:
    with Terminal(host) as terminal:
        for piece in pieces:
            terminal.send(piece)
        said = terminal.read(r"KS1#exit\r\n")
    return re.sub(r"\d\d:\d\d:\d\d", "now", said)


@given(st.data())
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_pieces_of_any_size_mean_the_same(host: Host, data: st.DataObject) -> None:
    typed = data.draw(SESSIONS) + "end\rexit\r\rexit\r"
    cuts = data.draw(st.sets(st.integers(1, len(typed) - 1), max_size=40))
    edges = [0, *sorted(cuts), len(typed)]
    pieces = [typed[a:b] for a, b in pairwise(edges)]

    _said(host, [typed])  # what it configures is there from the first time on
    assert _said(host, pieces) == _said(host, [typed])


def test_single_bytes_mean_the_same(host: Host) -> None:
    typed = "".join(LINES) + "exit\r"

    _said(host, [typed])
    assert _said(host, list(typed)) == _said(host, [typed])
