"""Key servers and members with lines of their management, for tests of the rules on these."""

from getvpn.audits.management import KEY_SERVER, MEMBER

PART = "the text is a part of a configuration: it has no line 'hostname'"
CUT = "the configuration is cut: it has no line 'end'"
KS_SHOWN = {
    "ks1/show crypto gdoi ks.txt": """\
Total group members registered to this box: 1

Key Server Information For Group G1:
    Group Name                : G1
    Re-auth on new CRL        : Disabled
    Group Identity            : 1001
    Group Type                : GDOI (ISAKMP)
    Group Members             : 1
    Rekey Acknowledgement Cfg : Cisco
    IPSec SA Direction        : Both
    CKM status                : Disabled
    ACL Configured:
        access-list POLICY
"""
}


def server(*lines: str) -> dict[str, str]:
    """A key server with these lines."""
    return {"ks1.cfg": KEY_SERVER.format(lines="".join(f"{line}\n" for line in lines))}


def member(*lines: str, interface: str = "") -> dict[str, str]:
    """A member with these lines, and lines of the interface that encrypts."""
    text = "".join(f"{line}\n" for line in lines)
    return {"gm1.cfg": MEMBER.format(lines=text, interface=interface)}


def part_of_server(*lines: str) -> dict[str, str]:
    """A part of the configuration of a key server: its name is not in it."""
    return {"ks1.cfg": server(*lines)["ks1.cfg"].replace("hostname ks1\n", "")}


def part_of_member(*lines: str) -> dict[str, str]:
    """A part of the configuration of a member."""
    return {"gm1.cfg": member(*lines)["gm1.cfg"].replace("hostname gm1\n", "")}


def router(*lines: str) -> dict[str, str]:
    """A device that is neither key server nor member."""
    return {"r1.cfg": "hostname r1\n" + "".join(f"{line}\n" for line in lines)}
