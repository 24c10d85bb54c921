"""Key servers and members for the tests of rules about access lists."""

from collections.abc import Iterable

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.settings import Settings

PERMIT = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"

SEED = (
    "deny esp any any",
    "deny tcp any any eq tacacs",
    "deny tcp any eq tacacs any",
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "deny tcp any any eq bgp",
    "deny tcp any eq bgp any",
    "deny ospf any any",
    "deny pim any any",
    "deny udp any any eq ntp",
    "deny udp any any eq 500",
    "deny udp any any eq 848",
)
"""The denies that the concepts document gives."""


def key_server(*lines: str, address: str = "10.10.1.1", name: str = "ks1", more: str = "") -> str:
    entries = "".join(f" {line}\n" for line in lines)
    return f"""\
hostname {name}
{more}crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 {address}
ip access-list extended POLICY
{entries}"""


def member(
    name: str = "gm1", *, wan: str = "10.20.1.1", lan: str = "10.31.0.1", more: str = ""
) -> str:
    return f"""\
hostname {name}
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/0
 ip address {lan} 255.255.255.0
interface GigabitEthernet0/1
 ip address {wan} 255.255.255.252
 crypto map GETVPN
{more}"""


def ks_acl(*lines: str, group: str = "G1") -> str:
    entries = "".join(f"   access-list POLICY  {line}\n" for line in lines)
    return f"ks1#show crypto gdoi ks acl\nGroup Name: {group}\n Configured ACL:\n{entries}\n"


def gm_acl(*lines: str, group: str = "G1", server: str = "10.10.1.1", name: str = "gm1") -> str:
    entries = "".join(f"   access-list  {line}\n" for line in lines)
    return (
        f"{name}#show crypto gdoi gm acl\nGroup Name: {group}\n"
        f" ACL Downloaded From KS {server}:\n{entries}\n"
    )


def report(rule: AnyRule, *lines: str, settings: Settings | None = None) -> Report:
    """What `rule` says of one key server with this access list."""
    return audit_example(rule, {"ks1.cfg": key_server(*lines)}, settings)


def fires(rule: AnyRule, *lines: str) -> bool:
    """Whether `rule` finds fault with this access list, which it must be able to judge."""
    made = report(rule, *lines)
    assert made.not_checked == ()
    return bool(made.findings)


def messages(made: Report) -> list[str]:
    return [finding.message for finding in made.findings]


def severities(made: Report) -> list[Severity]:
    return [finding.severity for finding in made.findings]


def reasons(made: Report) -> list[str]:
    return [each.reason for each in made.not_checked]


def without(*denies: str) -> Iterable[str]:
    """The denies of the concepts document but these, and a permit for 10.0.0.0/8."""
    assert set(denies) <= set(SEED)
    return (*(line for line in SEED if line not in denies), PERMIT)
