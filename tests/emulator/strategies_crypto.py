"""Random crypto configurations of key servers and members, as texts that IOS takes whole.

`crypto_texts` gives them; whatever a text refers to stands before, in the order of printing.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

from hypothesis import strategies as st

CLASSIC = "classic"
XE = "xe"
INTERFACES = ("GigabitEthernet0/0/1", "GigabitEthernet0/0/2")

_NAME_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:#*"
_KEY_CHARS = "".join(map(chr, range(33, 127))).replace("?", "")

names = st.text(_NAME_CHARS, min_size=1, max_size=8).map("N{}".format)
keys = st.text(_KEY_CHARS, min_size=1, max_size=20).map("k{}".format)
addresses = st.integers(0x0A000001, 0x0AFFFFFE).map(
    lambda number: ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
)
masks = st.sampled_from(("", " 255.255.255.0"))
dh_groups = st.sampled_from(("1", "2", "5", "14", "15", "16", "19", "20", "21", "24"))


@cache
def word(*words: str) -> st.SearchStrategy[str]:
    """One of some words."""
    return st.sampled_from(words)


@lru_cache
def some(*lines: str | st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    """Some of the lines, in their order."""
    parts = [st.none() | (st.just(line) if isinstance(line, str) else line) for line in lines]
    return st.tuples(*parts).map(lambda found: [line for line in found if line is not None])


@lru_cache(maxsize=1000)
def line(form: str, *values: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    """A line with its values filled in."""
    return st.builds(form.format, *values)


def below(head: str, lines: Sequence[str]) -> list[str]:
    """A block: its first line, and lines that stand one blank deeper."""
    return [head, *(f" {line}" for line in lines)]


@cache
@st.composite
def policies(draw: st.DrawFn) -> list[str]:
    """Policies of IKE version 1."""
    lines: list[str] = []
    for priority in draw(st.lists(st.integers(1, 10000), unique=True, max_size=3)):
        lines += below(
            f"crypto isakmp policy {priority}",
            draw(
                some(
                    line("encr {}", word("des", "3des", "aes", "aes 192", "aes 256")),
                    line("hash {}", word("md5", "sha", "sha256", "sha384", "sha512")),
                    line("authentication {}", word("pre-share", "rsa-sig", "rsa-encr")),
                    line("group {}", dh_groups),
                    line("lifetime {}", st.integers(60, 86400)),
                )
            ),
        )
    return lines


@cache
@st.composite
def shared_keys(draw: st.DrawFn) -> list[str]:
    """Pre-shared keys of peers, and what else holds for IKE version 1."""
    lines = [
        f"crypto isakmp key {draw(keys)} address {address}"
        for address in draw(st.lists(addresses, unique=True, max_size=4))
    ]
    return lines + draw(
        some(
            line("crypto isakmp key {} address 0.0.0.0", keys),
            line("crypto isakmp key {} address 192.168.0.0 255.255.0.0 no-xauth", keys),
            line("crypto isakmp key {} hostname {}", keys, names),
            line("crypto isakmp key 0 {} address ipv6 2001:db8::/{}", keys, st.integers(0, 64)),
            "no crypto isakmp enable",
            line("crypto isakmp identity {}", word("address", "dn", "hostname")),
            "crypto isakmp invalid-spi-recovery",
            line(
                "crypto isakmp keepalive {} {}{}",
                st.integers(10, 3600),
                word("", "2 ", "60 "),
                word("periodic", "on-demand"),
            ),
            line("crypto isakmp nat keepalive {}", st.integers(5, 3600)),
            "crypto isakmp aggressive-mode disable",
        )
    )


@cache
@st.composite
def keyrings(draw: st.DrawFn) -> list[str]:
    """Keyrings, and profiles that use them."""
    lines: list[str] = []
    for name in draw(st.lists(names, unique=True, max_size=2)):
        lines += below(
            f"crypto keyring {name}" + draw(word("", " vrf RED")),
            [
                f"pre-shared-key address {address}{draw(masks)} key {draw(keys)}"
                for address in draw(st.lists(addresses, unique=True, max_size=2))
            ],
        )
        lines += below(
            f"crypto isakmp profile P{name}",
            draw(
                some(
                    f"keyring {name}",
                    "vrf RED",
                    line("match identity address {}", addresses),
                    line("match identity host domain {}", names),
                    line("keepalive {} retry {}", st.integers(10, 3600), st.integers(2, 60)),
                )
            ),
        )
    return lines


@cache
@st.composite
def ikev2(draw: st.DrawFn) -> list[str]:
    """Objects of IKE version 2."""
    hashes = word("md5", "sha1", "sha256", "sha384", "sha512")
    ciphers = word("3des", "aes-cbc-128", "aes-cbc-256", "aes-gcm-256")
    lines: list[str] = []
    for name in draw(st.lists(names, unique=True, max_size=2)):
        lines += below(
            f"crypto ikev2 proposal {name}",
            draw(
                some(
                    line("encryption {} {}", ciphers, ciphers),
                    line("integrity {} {}", hashes, hashes),
                    line("prf {}", hashes),
                    line("group {} {}", dh_groups, dh_groups),
                )
            ),
        )
        lines += below(f"crypto ikev2 policy {name}", ["match fvrf any", f"proposal {name}"])
        peer = draw(
            some(
                line("address {} 255.255.255.0", addresses),
                line("identity fqdn domain {}", names),
                line("pre-shared-key local {}", keys),
                line("pre-shared-key remote 0 {}", keys),
            )
        )
        lines += below(f"crypto ikev2 keyring {name}", below(f"peer {name}", peer))
        lines += below(f"crypto ikev2 profile {name}", draw(_ikev2_profile(name)))
    return lines + draw(
        some(
            line("crypto ikev2 dpd {} {} periodic", st.integers(10, 3600), st.integers(2, 60)),
            line("crypto ikev2 fragmentation mtu {}", st.integers(68, 9216)),
            line("crypto ikev2 limit max-sa {}", st.integers(1, 10000)),
            "no crypto ikev2 http-url cert",
        )
    )


def _ikev2_profile(name: str) -> st.SearchStrategy[list[str]]:
    return some(
        "match identity remote any",
        line("match identity remote address {}", addresses),
        line("match identity remote fqdn {}", names),
        line("identity local {}", word("dn", "address 10.0.0.1", "fqdn ks1.example.net")),
        line("authentication remote {}", word("rsa-sig", "pre-share", "ecdsa-sig")),
        line("authentication local pre-share key {}", keys),
        f"keyring local {name}",
        line("lifetime {}", st.integers(120, 86400)),
    )


TRANSFORMS = (
    "esp-aes",
    "esp-aes 256",
    "esp-3des esp-md5-hmac",
    "esp-sha256-hmac esp-aes 192",
    "esp-gcm 256",
    "esp-gmac",
    "ah-sha-hmac",
    "ah-sha512-hmac esp-null",
)


@st.composite
def ipsec(draw: st.DrawFn, profiles: Sequence[str]) -> list[str]:
    """Transform sets, and the profiles that are asked for."""
    sets = draw(st.lists(names, unique=True, min_size=1, max_size=3))
    lines = draw(
        some(
            line(
                "crypto ipsec security-association lifetime seconds {}", st.integers(120, 2592000)
            ),
            line(
                "crypto ipsec security-association replay window-size {}", word("64", "512", "1024")
            ),
            line("crypto ipsec df-bit {}", word("clear", "copy", "set")),
        )
    )
    for name in sets:
        mode = draw(some(line("mode {}", word("tunnel", "transport", "transport require"))))
        transforms = draw(st.sampled_from(TRANSFORMS))
        lines += below(f"crypto ipsec transform-set {name} {transforms}", mode)
    for name in profiles:
        chosen = draw(st.lists(st.sampled_from(sets), min_size=1, max_size=3))
        lines += below(
            f"crypto ipsec profile {name}",
            draw(
                some(
                    line(
                        "set security-association lifetime {}",
                        word("seconds 7200", "days 30", "kilobytes disable"),
                    ),
                    f"set transform-set {' '.join(chosen)}",
                    line("set pfs {}", word("", "group1", "group19")),
                )
            ),
        )
    return lines


@st.composite
def key_server(draw: st.DrawFn, profiles: Sequence[str], family: str, ipv6: bool) -> list[str]:
    """What stands below `server local`."""
    gikev2 = draw(some(line("gikev2 {}", names)))
    lines = draw(
        some(
            line("rekey address ipv4 {}", word("101", "199", "REKEY")),
            line("rekey algorithm {}", word("des-cbc", "3des-cbc", "aes 128", "aes 256")),
            line("rekey sig-hash algorithm {}", word("sha", "sha256", "sha512")),
            line("rekey lifetime seconds {}", st.integers(300, 2592000)),
            line("rekey retransmit {} number {}", st.integers(10, 60), st.integers(1, 10)),
            line("rekey authentication mypubkey rsa {}", names),
            "rekey transport unicast",
            line("authorization address ipv4 {}", word("1", "99", "MEMBERS")),
            line("authorization identity {}", names),
            line("registration interface Loopback{}", st.integers(0, 9)),
            "no gdoi",
            line("group size {}", word("small 8", "medium", "large")),
            "sa receive-only",
            line("sa d3p window msec {}", st.integers(1000, 100000)),
        )
    )
    lines += gikev2
    if gikev2 and family == XE and draw(st.booleans()):
        lines.append("pfs")
    for low in draw(st.lists(st.sampled_from(range(0, 120, 10)), unique=True, max_size=2)):
        lines += below("identifier", [f"range {low} - {low + draw(st.integers(0, 9))}"])
    for seq in draw(st.lists(st.integers(1, 65535), unique=True, max_size=2)):
        lines += below(f"sa ipsec {seq}", draw(_policy(profiles, ipv6)))
    lines += draw(some(line("address ipv4 {}", addresses)))
    peers = draw(st.lists(addresses, unique=True, max_size=7))
    if peers:
        priority = draw(some(line("local priority {}", st.integers(1, 255))))
        lines += below("redundancy", [*priority, *(f"peer address ipv4 {peer}" for peer in peers)])
    return lines


def _policy(profiles: Sequence[str], ipv6: bool) -> st.SearchStrategy[list[str]]:
    acl = line("match address ipv6 {}", names) if ipv6 else line("match address ipv4 {}", names)
    return some(
        line("profile {}", st.sampled_from(profiles)),
        acl,
        st.one_of(
            st.just("no replay"),
            line("replay counter window-size {}", word("64", "128", "256", "512", "1024")),
            line("replay time window-size {}", st.integers(1, 100)),
        ),
        line("{}", word("no tag", "tag cts sgt")),
    )


@st.composite
def member(draw: st.DrawFn, interfaces: Sequence[str]) -> list[str]:
    """What a member says of a group."""
    servers = draw(st.lists(addresses, unique=True, max_size=8))
    return [f"server address ipv4 {server}" for server in servers] + draw(
        some(
            "passive",
            line("client protocol gikev2 {}", names),
            line("client registration interface {}", st.sampled_from(interfaces)),
            "no client bypass-policy",
            line("client rekey encryption {}", word("3des-cbc", "aes 256 aes 128")),
            line("client rekey hash {}", word("sha", "sha256 sha512")),
            line("client transform-sets {} {}", names, names),
            line("client recovery-check interval {}", st.integers(100, 1000)),
            line("client status active-sa track {}", st.integers(1, 1000)),
        )
    )


@st.composite
def groups(
    draw: st.DrawFn,
    found: dict[str, bool],
    profiles: Sequence[str],
    family: str,
    interfaces: Sequence[str],
) -> list[str]:
    """The groups in `found`, which tells the ones for IPv6."""
    lines: list[str] = []
    for name, ipv6 in found.items():
        spelling = draw(word("gdoi", "gkm")) if family == XE else "gdoi"
        identity = draw(some(line("identity number {}", st.integers(0, 2147483647))))
        if draw(st.booleans()):
            server = draw(key_server(profiles, family, ipv6))
            rest = below("server local", server)
        else:
            rest = draw(member(interfaces))
        head = f"crypto {spelling} group {'ipv6 ' if ipv6 else ''}{name}"
        lines += below(head, identity + rest)
    return lines


@st.composite
def maps(draw: st.DrawFn, found: dict[str, bool], interfaces: Sequence[str]) -> list[str]:
    """Maps for the groups, and the interfaces that they are applied to."""
    lines: list[str] = []
    for number, (group, ipv6) in enumerate(found.items()):
        name, words = f"MAP{number}", "ipv6 " if ipv6 else ""
        if not draw(st.booleans()):
            continue
        lines += draw(some(f"crypto map {words}{name} local-address Loopback0"))
        if draw(st.booleans()):
            closed = draw(some(line("match address {}", names), "activate"))
            lines += below(f"crypto map {words}{name} gdoi fail-close", closed)
        for seq in draw(st.lists(st.integers(1, 65535), unique=True, min_size=1, max_size=2)):
            entry = draw(some(f"set group {group}", line("match address {}", names)))
            lines += below(f"crypto map {words}{name} {seq} gdoi", entry)
        if draw(st.booleans()):
            interface = draw(st.sampled_from(interfaces))
            applied = f"{'ipv6 ' if ipv6 else ''}crypto map {name}"
            lines += below(f"interface {interface}", [applied])
    return lines


@cache
@st.composite
def trustpoints(draw: st.DrawFn) -> list[str]:
    """Trustpoints, some with certificates, and maps of certificates."""
    lines: list[str] = []
    for name in draw(st.lists(names, unique=True, max_size=2)):
        lines += below(
            f"crypto pki trustpoint {name}",
            draw(
                some(
                    "enrollment mode ra",
                    line("enrollment {}", word("terminal", "url http://10.0.0.1:80", "selfsigned")),
                    "serial-number",
                    line("fqdn {}", names),
                    line("subject-name CN={},O=example", names),
                    line("revocation-check {}", word("none", "crl", "crl none", "ocsp crl")),
                    line("rsakeypair {} {}", names, word("2048", "4096")),
                    line("auto-enroll {}", st.integers(1, 100)),
                    line("hash {}", word("sha1", "sha256", "sha512")),
                )
            ),
        )
        data = draw(st.binary(max_size=80))
        if data:
            serial = draw(st.integers(1, 2**64)).to_bytes(9, "big").hex().upper()
            kind = draw(word("", "ca ", "self-signed "))
            lines += below(
                f"crypto pki certificate chain {name}",
                [f"certificate {kind}{serial}", f" {data.hex()}", " quit"],
            )
    for seq in draw(st.lists(st.integers(1, 65535), unique=True, max_size=2)):
        lines += below(
            f"crypto pki certificate map CERTS {seq}",
            draw(some(line("subject-name co ou = {}", names), line("issuer-name eq {}", names))),
        )
    return lines


@st.composite
def crypto_texts(draw: st.DrawFn, family: str = XE, interfaces: Sequence[str] = INTERFACES) -> str:
    """A configuration text of crypto settings that a router of a family takes whole."""
    profiles = draw(st.lists(names, unique=True, min_size=1, max_size=2))
    found = {name: draw(st.booleans()) for name in draw(st.lists(names, unique=True, max_size=3))}
    lines = draw(some("password encryption aes"))
    lines += draw(trustpoints())
    lines += draw(ikev2())
    lines += draw(keyrings())
    lines += draw(policies())
    lines += draw(shared_keys())
    lines += draw(ipsec(profiles))
    lines += draw(groups(found, profiles, family, interfaces))
    for name in draw(st.lists(names, unique=True, max_size=2)):
        lines += below(f"crypto identity {name}", draw(some("dn ou=GETVPN", "fqdn example.net")))
    lines += draw(maps(found, interfaces))
    return "".join(f"{line}\n" for line in lines)
