"""Lines of fixes: the block that they stand in, what replaces what, and which go first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

Path = tuple[str, ...]
"""The lines that lead to a line, and the line itself."""
_BLANKS: Final = " "
_ONE_BELOW: Final = re.compile(
    r"(?:"
    # of IPsec, IKE and PKI
    r"set (?:security-association lifetime|transform-set|group)|encr(?:yption)?|integrity|hash"
    r"|group|lifetime|authentication (?:local|remote)|authentication|mode|revocation-check"
    r"|auto-enroll|rsakeypair|enrollment url|subject-name"
    # of groups and crypto maps
    r"|identity (?:number|address)|address ipv4|authorization (?:address|identity)|profile"
    r"|rekey (?:algorithm|sig-hash|lifetime|retransmit|transport|authentication|address)"
    r"|replay|match address|local priority|sa d3p|protocol (?:version|pdu)"
    r"|client (?:registration interface|recovery-check|rekey encryption|rekey hash|protocol)"
    # of interfaces and terminal lines
    r"|ip mtu|mtu|(?:ip|ipv6) tcp adjust-mss|(?:ipv6 )?crypto map"
    r"|exec-timeout|transport (?:input|output)|access-class|login"
    r")(?= |$)",
    re.ASCII,
)
_ONE_GLOBAL: Final = re.compile(
    r"(?:"
    r"hostname|clock timezone|ntp source|login block-for|buffers \S+ \S+|service timestamps \S+"
    r"|logging (?:buffered|console|monitor|trap|source-interface)"
    r"|ip ssh (?:version|time-out|authentication-retries|dh min size|rsa keypair-name)"
    r"|crypto isakmp (?:keepalive|identity|aggressive-mode)|crypto ipsec transform-set \S+"
    r"|crypto ipsec (?:df-bit|fragmentation|security-association lifetime)"
    r"|crypto map \S+ local-address"
    r")(?= |$)",
    re.ASCII,
)
"""How lines begin of which a block, or the device, can have one at a time."""
_PARTS: Final = re.compile(r"ip access-group \S+ (in|out)", re.ASCII)
_ENTRY: Final = re.compile(r"(\d+) (?:permit|deny)\b", re.ASCII)
_ORDER: Final = (
    r"hostname |(?:no )?aaa |key chain |username ",
    r"vrf definition |ip vrf ",
    r"crypto key |crypto pki ",
    r"object-group ",
    r"ip access-list resequence ",
    r"(?:ip|ipv6) access-list |access-list ",
    r"crypto identity |crypto isakmp |crypto keyring ",
    r"crypto ikev2 proposal ",
    r"crypto ikev2 policy ",
    r"crypto ikev2 keyring ",
    r"crypto ikev2 ",
    r"(?:no )?crypto ipsec (?!profile )",
    r"crypto ipsec profile ",
    r"crypto (?:gdoi|gkm) group ",
    r"(?:ipv6 )?crypto map ",
    r"class-map ",
    r"policy-map ",
    r"interface |control-plane",
    r"(?!no )",
    r"no interface ",
    r"no (?:ipv6 )?crypto map ",
    r"no crypto (?:gdoi|gkm) group ",
    r"no crypto ipsec ",
    r"no crypto ",
    r"no (?:ip|ipv6) access-list |no access-list ",
    r"",
)
_RANKS: Final = tuple(re.compile(pattern, re.ASCII) for pattern in _ORDER)


def paths(lines: Iterable[str]) -> Iterator[Path]:
    """Each line with the lines that lead to it; a line is indented by a blank for each level."""
    above: list[str] = []
    for line in lines:
        text = line.strip()
        depth = min(len(line) - len(line.lstrip(_BLANKS)), len(above))
        above[depth:] = [text]
        yield tuple(above)


def identity(path: Path) -> tuple[str, ...]:
    """What a line sets: of two lines with one identity only one can be in force."""
    text = path[-1].removeprefix("no ").removeprefix("default ")
    way = _PARTS.match(text)
    if way is not None:
        return (*path[:-1], f"ip access-group {way[1]}")
    entry = _ENTRY.match(text)
    if entry is not None:
        return (*path[:-1], entry[1])
    one = (_ONE_BELOW if len(path) > 1 else _ONE_GLOBAL).match(text)
    return (*path[:-1], text if one is None else one[0])


def rank(head: str) -> int:
    """The place of a global line among others: what is referred to comes first, and goes last."""
    return next(at for at, pattern in enumerate(_RANKS) if pattern.match(head))
