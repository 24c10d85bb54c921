"""Laws of the IKE and IPsec families on texts that no device printed."""

from contextlib import suppress

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse

from ..effort import cost

BLANKS = " " * 3800


def attempt(command: str, text: str) -> None:
    with suppress(ParseError):
        parse(command, text)


@pytest.mark.parametrize(
    ("command", "opening", "line"),
    [
        (
            "show crypto isakmp default policy",
            "Default protection suite of priority 1",
            f"hash algorithm:{BLANKS}Secure Hash Standard 2 (256 bit)!",
        ),
        (
            "show crypto ikev2 sa",
            "1  10.0.0.1/500  10.0.0.2/500  none/none  READY",
            f"Encr:{BLANKS}AES, PRF: SHA1, Hash:{BLANKS}, DH Grp:1, Auth sign:{BLANKS}!",
        ),
        (
            "show crypto ikev2 sa",
            "1  10.0.0.1/500  10.0.0.2/500  none/none  READY",
            f"Life/Active Time: {'1/' * 1900} sec",
        ),
        (
            "show crypto ikev2 proposal",
            "IKEv2 proposal: default",
            f"PQC Key Exchange:{BLANKS}{'x ' * 40}Optional!",
        ),
        (
            "show crypto ikev2 stats ext-service",
            "AAA OPERATION  PASSED  FAILED",
            f"A{BLANKS}B",
        ),
        (
            "show crypto ipsec sa",
            "protected vrf: (none)",
            f"conn id: 1, flow_id:{BLANKS}HW{':1' * 40}, crypto map: M!",
        ),
        (
            "show crypto session",
            "Crypto session current status",
            f"IPSEC FLOW: deny 17 {'/' * 1900} port 848 {'/' * 1800} port 848!",
        ),
        ("show crypto map", 'Crypto Map "M" 1 gdoi', f"access-list{BLANKS}"),
        ("show crypto isakmp sa detail", "IPv4 Crypto ISAKMP SA", f"C -{BLANKS}1"),
    ],
)
def test_hostile_lines_cost_little(command: str, opening: str, line: str) -> None:
    text = "\n".join([opening, *[line[:4096]] * 5])
    attempt(command, opening)  # loads the template
    with pytest.raises(ParseError):
        parse(command, text)
    # 50 ms per 10 kB, the bound that the parser promises
    promised = 0.05 * len(text) / 10_000
    assert cost(lambda: attempt(command, text), promised) <= promised
