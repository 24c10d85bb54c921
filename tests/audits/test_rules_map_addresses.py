"""The address that members register with, and one protocol for each group."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Fix, Grade, Severity
from getvpn.audits.rules.map_addresses import (
    no_address,
    not_authorized,
    registers_twice,
    two_protocols,
)

from .policies import PERMIT, gm_acl, key_server, ks_acl, member, messages, reasons

LOOPBACK = "interface Loopback0\n ip address 10.20.0.1 255.255.255.255\n"
LOCAL = "crypto map GETVPN local-address Loopback0\n"
PART = "the text is a part of a configuration: it has no line 'hostname'"


def _part(text: str) -> str:
    return text.split("\n", 1)[1]


def _audit(rule: AnyRule, text: str) -> Report:
    return audit_example(rule, {"gm1.cfg": text})


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


@pytest.mark.parametrize(
    "rule", [no_address, two_protocols, registers_twice], ids=lambda rule: rule.code
)
def test_members_without_configuration_are_not_checked(rule: AnyRule) -> None:
    made = audit_example(rule, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    assert _passes(audit_example(rule, {"ks1.cfg": key_server(PERMIT)}))


# ---- the interface ----


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("", "does not exist"),
        (f"{LOOPBACK} shutdown\n", "is shut down"),
        ("interface Loopback0\n no ip address\n", "has no address"),
        (LOOPBACK, ""),
        ("interface Loopback0\n ipv6 address 2001:db8::1/128\n", ""),
        ("interface Loopback0\n ip address dhcp\n", ""),
        ("interface Loopback0\n ip unnumbered GigabitEthernet0/0\n", ""),
    ],
)
def test_the_interface_of_the_address_is_there_and_up(more: str, fault: str) -> None:
    made = _audit(no_address, member(more=LOCAL + more))
    wanted = [f"Loopback0, whose address group G1 registers with, {fault}"] if fault else []
    assert messages(made) == wanted
    assert made.not_checked == ()
    if fault:
        assert made.findings[0].severity is Severity.HIGH
        assert made.findings[0].evidence[0].text == LOCAL.strip()


def test_a_registration_interface_counts_as_well() -> None:
    line = " client registration interface Loopback0\ncrypto map GETVPN 10"
    text = member().replace("crypto map GETVPN 10", line)
    (finding,) = _audit(no_address, text).findings
    assert finding.evidence[0].text == "client registration interface Loopback0"
    assert finding.remediation.startswith("interface Loopback0\n")
    assert _passes(_audit(no_address, text + LOOPBACK))


def test_maps_without_the_group_do_not_matter_for_its_address() -> None:
    other = "crypto map OTHER local-address Loopback9\ncrypto map OTHER 10 gdoi\n set group G2\n"
    assert _passes(_audit(no_address, member(more=other)))
    assert _passes(_audit(no_address, member()))


def test_an_interface_that_is_absent_from_a_part_is_not_judged() -> None:
    assert reasons(_audit(no_address, _part(member(more=LOCAL)))) == [PART]
    text = _part(member(more=f"{LOCAL}interface Loopback0\n"))
    assert reasons(_audit(no_address, text)) == ["interface Loopback0 is not known in full"]
    text = member(more=LOCAL).split("interface")[0] + LOCAL
    assert reasons(_audit(no_address, text)) == ["there are no interfaces in it"]


# ---- authorization ----


def _server(*entries: str, kind: str = "standard") -> str:
    text = key_server(PERMIT).replace("  sa ipsec", "  authorization address ipv4 GMS\n  sa ipsec")
    lines = "".join(f" {entry}\n" for entry in entries)
    return f"{text}ip access-list {kind} GMS\n{lines}"


def _authorized(*entries: str, gm: str = "", kind: str = "standard") -> Report:
    files = {"ks1.cfg": _server(*entries, kind=kind), "gm1.cfg": gm or member()}
    return audit_example(not_authorized, files)


def test_an_address_that_a_key_server_does_not_permit_is_found() -> None:
    (finding,) = _authorized("permit 10.20.9.1").findings
    assert finding.severity is Severity.HIGH
    assert finding.device == "gm1"
    assert finding.message == (
        "key server ks1 does not authorize 10.20.1.1, the address that gm1 registers with: access "
        "list GMS does not permit it"
    )
    assert finding.evidence[0].text == "ip access-list standard GMS"
    assert finding.fixes == (
        Fix(
            device="ks1",
            lines=("ip access-list standard GMS", " permit host 10.20.1.1"),
            grade=Grade.SAFE,
        ),
    )


@pytest.mark.parametrize(
    ("entries", "passes"),
    [
        (("permit 10.20.1.1",), True),
        (("permit 10.20.0.0 0.0.255.255",), True),
        (("permit any",), True),
        (("deny 10.20.1.1", "permit any"), False),
        (("permit any", "deny 10.20.1.1"), True),
        (("deny 10.20.1.2", "permit any"), True),
        (("permit 10.20.1.0",), False),
    ],
)
def test_the_first_entry_that_selects_an_address_decides(
    entries: tuple[str, ...], passes: bool
) -> None:
    made = _authorized(*entries)
    assert _passes(made) is passes
    if not passes:
        assert bool(made.findings[0].fixes) is (len(entries) == 1)


def test_the_address_is_that_of_the_local_address_or_registration_interface() -> None:
    gm = member(more=LOCAL + LOOPBACK)
    assert not _passes(_authorized("permit 10.20.1.1", gm=gm))
    assert _passes(_authorized("permit 10.20.0.1", gm=gm))
    made = _authorized("permit ip host 10.20.0.1 any", gm=member(), kind="extended")
    assert made.findings[0].fixes == ()
    assert made.findings[0].remediation == (
        "! on ks1\nip access-list extended GMS\n permit host 10.20.1.1"
    )


def test_what_is_not_known_of_servers_and_members_is_not_checked() -> None:
    gm = member().replace(" ip address 10.20.1.1 255.255.255.252\n", " ip address dhcp\n")
    assert reasons(_authorized("permit any", gm=gm)) == [
        "the address that the member registers with is not known"
    ]
    text = _server().replace("ip access-list standard GMS\n", "")
    made = audit_example(not_authorized, {"ks1.cfg": text, "gm1.cfg": member()})
    assert reasons(made) == ["access list GMS is not in the configuration"]
    assert [each.device for each in made.not_checked] == ["ks1"]
    assert reasons(_authorized("permit bogus")) == ["a line of access list GMS was not understood"]
    shown = {"ks1/show crypto gdoi ks acl.txt": ks_acl(PERMIT)}
    made = audit_example(not_authorized, shown)
    assert reasons(made) == ["there is no configuration"]
    assert [each.device for each in made.not_checked] == ["ks1"]
    cut = _part(key_server()).split("ip access-list")[0]
    made = audit_example(not_authorized, {"ks1.cfg": cut, "gm1.cfg": member()})
    assert reasons(made) == ["group G1 is not known in full"]
    assert [each.device for each in made.not_checked] == ["ks1"]


def test_key_servers_without_a_list_authorize_everybody() -> None:
    files = {"ks1.cfg": key_server(PERMIT), "gm1.cfg": member()}
    assert _passes(audit_example(not_authorized, files))


# ---- protocols ----


def _twice(kind: str, line: str = "", identity: int = 1001, family: str = "") -> str:
    other = f"crypto {kind} group {family}G2\n identity number {identity}\n{line}"
    return member().replace("crypto map GETVPN 10", f"{other}crypto map GETVPN 10")


def test_one_identity_by_two_protocols_is_found() -> None:
    (finding,) = _audit(two_protocols, _twice("gkm", " client protocol gikev2 P\n")).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        "groups G1 and G2 are one by their identity 1001, by GDOI (crypto gdoi group) and by "
        "G-IKEv2 (crypto gkm group)"
    )
    assert [each.text for each in finding.evidence] == [
        "crypto gkm group G2",
        "crypto gdoi group G1",
    ]
    assert finding.remediation.endswith("no crypto gkm group G2")
    assert _audit(two_protocols, _twice("gkm")).findings
    assert _audit(two_protocols, _twice("gdoi", " client protocol gikev2 P\n")).findings


def test_other_identities_and_families_are_other_groups() -> None:
    assert _passes(_audit(two_protocols, _twice("gkm", identity=1002)))
    assert _passes(_audit(two_protocols, _twice("gdoi")))
    assert _passes(_audit(two_protocols, _twice("gkm", family="ipv6 ")))
    text = _twice("gkm").replace(" identity number 1001\n", "")
    assert _passes(_audit(two_protocols, text))
    assert reasons(_audit(two_protocols, _part(member()))) == [PART]


# ---- several links ----

SECOND = "interface GigabitEthernet0/2\n ip address 10.20.2.1 255.255.255.252\n crypto map GETVPN\n"


def test_a_map_on_two_links_without_local_address_registers_twice() -> None:
    (finding,) = _audit(registers_twice, member(more=SECOND)).findings
    assert finding.severity is Severity.LOW
    assert finding.message == (
        "crypto map GETVPN is on GigabitEthernet0/1 and GigabitEthernet0/2 without local address: "
        "the member registers 2 times"
    )
    assert finding.remediation == "crypto map GETVPN local-address <loopback>"


def test_one_address_or_one_link_registers_once() -> None:
    assert _passes(_audit(registers_twice, member()))
    assert _passes(_audit(registers_twice, member(more=SECOND + LOCAL)))
    assert _passes(_audit(registers_twice, member(more=SECOND + " shutdown\n")))
    line = " client registration interface Loopback0\ncrypto map GETVPN 10"
    text = member(more=SECOND).replace("crypto map GETVPN 10", line)
    assert _passes(_audit(registers_twice, text))
    vrf = SECOND.replace(" ip address", " vrf forwarding A\n ip address")
    assert _passes(_audit(registers_twice, member(more=vrf)))
    other = SECOND.replace("GETVPN", "OTHER") + "crypto map OTHER 10 gdoi\n set group G2\n"
    assert _passes(_audit(registers_twice, member(more=other)))
    assert reasons(_audit(registers_twice, _part(member(more=SECOND)))) == [PART]
