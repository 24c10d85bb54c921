"""Which lines of a configuration an intent can say: the scope of every difference.

A `Rule` is a kind of line; the templates render no other. Lines that fit no rule are nobody's
business here and stay as they are, inside of blocks, too. Access lists are not among the rules:
all their lines are compared, see `diff_lists`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

Extra = Literal["remove", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A kind of line.

    `pattern` fits the whole line as `spelled` writes it. What its groups catch is the identity: of
    two lines with one identity in one block the later one replaces the other. `extra` says what
    becomes of a line whose identity the intent does not have; at global level that depends on more,
    see `diff_owned`. `undo` is how the line is taken back where `no` and the whole line is not the
    way. A line of a `stubborn` kind has to be taken back before another one of its identity is
    taken. `early` kinds are taken back before anything is added. The order of `ordered` ones
    counts: it is that in which they were entered. `most` is how many of them a block can have.
    """

    name: str
    pattern: re.Pattern[str]
    extra: Extra = "remove"
    children: tuple["Rule", ...] = ()
    undo: str | None = None
    stubborn: bool = False
    early: bool = False
    ordered: bool = False
    most: int | None = None

    def identity(self, text: str) -> tuple[str, ...] | None:
        """What tells a line from others of its kind, None for a line of another kind."""
        found = self.pattern.fullmatch(text)
        return None if found is None else tuple(part or "" for part in found.groups())


def _rule(name: str, pattern: str, *children: Rule, **more: object) -> Rule:
    make: Callable[..., Rule] = Rule
    return make(name=name, pattern=re.compile(pattern, re.ASCII), children=children, **more)


_kept = partial(_rule, extra="keep")

# ---- inside of blocks ----

_SERVER_LOCAL: Final = (
    _rule("rekey list", r"rekey address ipv4 \S+"),
    _rule("rekey cipher", r"rekey algorithm .+"),
    _rule("rekey hash", r"rekey sig-hash algorithm \S+"),
    _rule("rekey lifetime", r"rekey lifetime seconds \d+"),
    _rule("rekey retransmission", r"rekey retransmit .+"),
    _rule("rekey key", r"rekey authentication mypubkey rsa \S+"),
    _rule("rekey transport", r"rekey transport unicast"),
    _rule("authorization list", r"authorization address ipv4 \S+"),
    _rule("authorization identity", r"authorization identity \S+"),
    _rule("re-authentication", r"registration periodic crl trustpoint \S+"),
    _rule("IKEv2", r"gikev2 \S+"),
    _rule("IKEv1", r"no gdoi"),
    _rule(
        "sender identifiers",
        r"identifier",
        _rule("range of sender identifiers", r"range (\d+ - \d+)", early=True),
        _rule("sender identifier", r"value (\d+)", early=True),
    ),
    _rule("delay detection", r"sa d3p window msec \d+"),
    _rule("direction", r"sa receive-only"),
    _rule(
        "policy",
        r"sa ipsec (\d+)",
        _rule("profile of a policy", r"profile \S+"),
        _rule("list of a policy", r"match address (?:ipv4|ipv6) \S+"),
        _rule("replays", r"(?:no )?replay(?: .+)?"),
        _rule("tags", r"tag cts sgt"),
    ),
    _rule("address of a key server", r"address ipv4 \S+"),
    _rule("forward secrecy", r"pfs"),
    _rule(
        "cooperation",
        r"redundancy",
        _rule("priority", r"local priority \d+"),
        _rule("partner", r"peer address ipv4 (\S+)", most=7),
    ),
)
_GROUP: Final = (
    _rule("identity", r"identity (?:number|address) .+"),
    _rule("key server", r"server local", *_SERVER_LOCAL),
    _rule("key server of a member", r"server address ipv4 (\S+)", ordered=True, most=8),
    _rule("state of a migration", r"passive"),
    _rule("protocol", r"client protocol gikev2 \S+"),
    _rule("interface of registration", r"client registration interface \S+"),
    _rule("recovery check", r"client recovery-check interval \d+"),
    _rule("tracking", r"client status active-sa track \d+"),
)
_IKEV2_PROFILE: Final = (
    _rule("VRF of a profile", r"match fvrf .+"),
    _rule("peer of a profile", r"match identity remote (.+)"),
    _rule("own identity", r"identity local .+"),
    _rule("authentication of the peer", r"authentication remote (\S+)(?: .+)?"),
    _rule("own authentication", r"authentication local .+"),
    _rule("keyring of a profile", r"keyring local \S+"),
    _rule("trustpoint of a profile", r"pki trustpoint (\S+)(?: .+)?"),
    _rule("IKEv2 lifetime", r"lifetime \d+"),
)
_ISAKMP_POLICY: Final = (
    _rule("cipher of IKE", r"encryption .+"),
    _rule("hash of IKE", r"hash \S+"),
    _rule("method of IKE", r"authentication \S+"),
    _rule("DH group", r"group \d+"),
    _rule("IKE lifetime", r"lifetime \d+"),
)


def _interface(*, mtu: Extra, mss: Extra) -> tuple[Rule, ...]:
    return (
        _rule("MTU", r"mtu \d+", extra=mtu),
        _rule("VRF of an interface", r"vrf forwarding \S+", undo="no vrf forwarding", early=True),
        _kept("address", r"ip address (?:\S+ \S+|dhcp(?: .+)?)", undo="no ip address"),
        _kept("PIM", r"ip pim \S+"),
        _kept("version of IGMP", r"ip igmp version \d"),
        _kept("multicast group", r"ip igmp join-group (\S+) source (\S+)"),
        _rule("segment size", r"ip tcp adjust-mss \d+", extra=mss),
        _kept("IPv6 address", r"ipv6 address ([0-9A-F:.]+/\d+)"),
        _rule("IPv6 segment size", r"ipv6 tcp adjust-mss \d+", extra=mss),
        _kept("crypto map of an interface", r"crypto map \S+"),
        _kept("IPv6 crypto map of an interface", r"ipv6 crypto map \S+"),
    )


WAN: Final = _interface(mtu="remove", mss="keep")
"""Lines of an interface towards the network."""
LAN: Final = _interface(mtu="keep", mss="remove")
"""Lines of an interface towards the site."""
OTHER: Final = _interface(mtu="keep", mss="keep")
"""Lines of the interface on which a key server answers, and of interfaces not spoken of."""
INTERFACE: Final = r"interface (\S+)"

# ---- global lines ----

DEFINITIONS: Final = (
    _kept("VRF", r"vrf definition (\S+)", _kept("family of a VRF", r"address-family (ipv4|ipv6)")),
    _kept("domain", r"ip domain name \S+"),
    _kept(
        "trustpoint",
        r"crypto pki trustpoint (\S+)",
        _kept("enrolment", r"enrollment url .+"),
        _kept("subject", r"subject-name .+"),
        _kept("revocation check", r"revocation-check .+"),
        _kept("key pair", r"rsakeypair .+"),
    ),
    _kept(
        "IKEv2 proposal",
        r"crypto ikev2 proposal (\S+)",
        _rule("cipher of a proposal", r"encryption .+"),
        _rule("hash of a proposal", r"integrity .+"),
        _rule("group of a proposal", r"group .+"),
    ),
    _kept(
        "IKEv2 policy",
        r"crypto ikev2 policy (\S+)",
        _rule("VRF of a policy", r"match fvrf .+"),
        _rule("proposal", r"proposal (\S+)", ordered=True),
    ),
    _kept(
        "IKEv2 keyring",
        r"crypto ikev2 keyring (\S+)",
        _rule(
            "IKEv2 peer",
            r"peer (\S+)",
            _rule("address of a peer", r"address .+"),
            _rule("IKEv2 key", r"pre-shared-key .+"),
            early=True,
        ),
    ),
    _kept("IKEv2 profile", r"crypto ikev2 profile (\S+)", *_IKEV2_PROFILE),
    _kept(
        "keyring",
        r"crypto keyring (\S+)(?: vrf \S+)?",
        _rule(
            "key of a keyring",
            r"pre-shared-key ((?:address|hostname) \S+(?: [\d.]+)?) key .+",
            stubborn=True,
        ),
        stubborn=True,
        undo=r"no crypto keyring \1",
    ),
    _kept("ISAKMP policy", r"crypto isakmp policy (\d+)", *_ISAKMP_POLICY),
    _kept(
        "ISAKMP key",
        r"crypto isakmp key (?:6 )?\S+ (address ipv6 \S+|(?:address|hostname) \S+(?: [\d.]+)?)"
        r"(?: no-xauth)?",
        stubborn=True,
    ),
    _kept("ISAKMP identity", r"crypto isakmp identity \S+"),
    _kept("dead peer detection", r"crypto isakmp keepalive .+"),
    _kept(
        "transform set",
        r"crypto ipsec transform-set (\S+) .+",
        _rule("mode", r"mode transport.*"),
        undo=r"no crypto ipsec transform-set \1",
    ),
    _kept(
        "IPsec profile",
        r"crypto ipsec profile (\S+)",
        _rule("lifetime of a profile", r"set security-association lifetime seconds \d+"),
        _rule("transform set of a profile", r"set transform-set .+"),
    ),
    _kept(
        "authorized identities",
        r"crypto identity (\S+)",
        _rule("distinguished name", r"dn (.+)"),
        _rule("domain name", r"fqdn (.+)"),
    ),
)
USERS: Final = (
    _kept("group", r"crypto gdoi group (?:ipv6 )?(\S+)", *_GROUP, stubborn=True),
    _kept(
        "fail-close",
        r"crypto map (ipv6 )?(\S+) gdoi fail-close",
        _rule("list of fail-close", r"match address \S+"),
        _rule("activation", r"activate"),
    ),
    _kept("local address of a crypto map", r"crypto map (ipv6 )?(\S+) local-address \S+"),
    _kept(
        "entry of a crypto map",
        r"crypto map (ipv6 )?(\S+) (\d+) gdoi",
        _rule("group of an entry", r"set group \S+"),
        _rule("list of an entry", r"match address \S+"),
        undo=r"no crypto map \1\2 \3",
    ),
    _kept("multicast routing", r"ip multicast-routing(?: vrf (\S+))?"),
    _kept("multicast by source", r"ip pim(?: vrf (\S+))? ssm default"),
    _kept("interface", INTERFACE, *OTHER),
)
HOSTNAME: Final = _kept("hostname", r"hostname \S+")
ROOT: Final = (*DEFINITIONS, *USERS, HOSTNAME)
"""All kinds of global lines, each after those that it may refer to."""
BEGINNINGS: Final = (
    *("vrf definition ", "ip vrf ", "ip domain", "ip multicast-routing", "ip pim "),
    *("crypto ", "interface ", "hostname "),
)
"""How global lines begin that may fit a rule, however they are spelled."""
UNSPOKEN: Final = _kept("other line", r"(.+)")
"""A line of a block that the intent cannot say, where the whole block is to be as it was."""
RANK: Final = {rule.name: at for at, rule in enumerate(ROOT)}

# ---- one spelling for each line ----

_DAY_S: Final = 86_400


def _days(found: re.Match[str]) -> str:
    return f"{found[1]} lifetime seconds {int(found[2]) * _DAY_S}"


def _milliseconds(found: re.Match[str]) -> str:
    return f"sa d3p window msec {int(found[1]) * 1000}"


def _upper(found: re.Match[str]) -> str:
    return found[0].upper().replace("IPV6 ADDRESS", "ipv6 address")


_SPELLINGS: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = tuple(
    (re.compile(pattern, re.ASCII), better)
    for pattern, better in (
        (r"^encr (?=\S)", "encryption "),
        (r"^encryption aes 128$", "encryption aes"),
        (r"^crypto ca (?=trustpoint )", "crypto pki "),
        (r"^crypto gkm group ", "crypto gdoi group "),
        (r"^ip vrf forwarding ", "vrf forwarding "),
        (r"^ip vrf (?=\S+$)", "vrf definition "),
        (r"^ip domain-name ", "ip domain name "),
        (r"^(ip multicast-routing(?: vrf \S+)?) distributed$", r"\1"),
        (r"^(rekey|set security-association) lifetime days (\d{1,3})$", _days),
        (r"^sa d3p window sec (\d{1,3})$", _milliseconds),
        (r"\b(esp-(?:aes|gcm|gmac)) 128\b", r"\1"),
        (r"^((?:crypto isakmp key \S.*|pre-shared-key) address \S+) 255\.255\.255\.255\b", r"\1"),
        (r"^(crypto isakmp key) 0 (?=\S+ (?:address|hostname) )", r"\1 "),
        (r"^(address \S+) 255\.255\.255\.255$", r"\1"),
        (r"^ipv6 address [0-9A-Fa-f:.]+/\d+$", _upper),
    )
)


_SPELLED_OTHERWISE: Final = re.compile(
    "|".join(pattern.pattern for pattern, _ in _SPELLINGS), re.ASCII
)
"""Finds what one of the spellings is about; most lines have nothing of it."""


def spelled(text: str) -> str:
    """A line as all releases could have written it: one blank between words, one word for each."""
    text = " ".join(text.split())
    if _SPELLED_OTHERWISE.search(text) is not None:
        for pattern, better in _SPELLINGS:
            text = pattern.sub(better, text)
    return text


def _ranks(rules: tuple[Rule, ...], found: dict[str, dict[str, int]]) -> None:
    for rule in rules:
        inner = WAN if rule.name == "interface" else rule.children
        if inner:
            found[rule.name] = {each.name: at for at, each in enumerate(inner)}
            _ranks(inner, found)


INNER_RANKS: Final[dict[str, dict[str, int]]] = {UNSPOKEN.name: {}}
"""The order of the kinds of lines in each kind of block: that in which a router prints them."""
_ranks(ROOT, INNER_RANKS)
for _inner in INNER_RANKS.values():
    _inner[UNSPOKEN.name] = len(_inner)
