"""NTP: the servers and peers that the clock follows, and their keys."""

from typing import Any

from ..config.edit import Edit
from ..grammar import CommandSet
from ..keys.passwords import hash_password

HIDDEN = 7
DEFAULT_STRATUM = 8
OPTIONS = {
    "version": "version",
    "key": "key",
    "minpoll": "minpoll",
    "maxpoll": "maxpoll",
    "prefer": "",
    "source": "source",
    "burst": "",
    "iburst": "",
}
"""What is said of a server, in the order in which IOS prints it; flags have no keyword."""

declared = CommandSet()
declared.words(
    {
        "ntp": "Configure NTP",
        "ntp access-group": "Control NTP access",
        "ntp allow": "Allow processing of packets",
        "ntp authenticate": "Authenticate time sources",
        "ntp authentication-key": "Authentication key for trusted time sources",
        "ntp logging": "Enable NTP message logging",
        "ntp master": "Act as NTP master clock",
        "ntp max-associations": "Set maximum number of associations",
        "ntp peer": "Configure NTP peer",
        "ntp server": "Configure NTP server",
        "ntp source": "Configure interface for source address",
        "ntp trusted-key": "Key numbers for trusted time sources",
        "ntp update-calendar": "Periodically update calendar with NTP time",
        "master <1-15>": "Stratum number",
        "server WORD": "Hostname of peer",
        "server A.B.C.D": "IP address of peer",
        "server vrf": "VPN Routing/Forwarding Information",
        "peer WORD": "Hostname of peer",
        "peer vrf": "VPN Routing/Forwarding Information",
        "burst": "Send a burst when peer is reachable",
        "iburst": "Send a burst when peer is unreachable",
        "key": "Configure peer authentication key",
        "maxpoll": "Maximum poll interval",
        "minpoll": "Minimum poll interval",
        "prefer": "Prefer this peer when possible",
        "source": "Interface for source address",
        "version": "Configure NTP version",
    }
)


def _association(edit: Edit) -> None:
    values = edit.values
    if edit.text is None:
        return
    said: dict[str, Any] = {"host": values["host"]}
    words = [edit.setting.name]
    if values.get("vrf"):
        said["vrf"] = values["vrf"]
        words.append(f"vrf {values['vrf']}")
    words.append(str(values["host"]))
    flags = values.get("flags", ())
    for name, keyword in OPTIONS.items():
        if not keyword:
            said[name] = name in flags
            words += [name] if name in flags else []
        elif values.get(name):
            said[name] = values[name][-1]
            words.append(f"{keyword} {said[name]}")
    edit.values, edit.text = said, " ".join(words)


def _key(edit: Edit) -> None:
    """Keys are always hidden."""
    values = edit.values
    if edit.text is None:
        return
    if values.get("type", 0) != HIDDEN:
        values["secret"] = hash_password(HIDDEN, values["secret"], edit.router.random)
        values["type"] = HIDDEN
    edit.text = "ntp authentication-key {number} {algorithm} {secret} {type}".format(**values)


def _master(edit: Edit) -> None:
    if edit.text is None:
        return
    stratum = edit.values.setdefault("stratum", DEFAULT_STRATUM)
    edit.text = "ntp master" if stratum == DEFAULT_STRATUM else f"ntp master {stratum}"


declared.setting("config", "ntp logging", section="ntp")
declared.setting(
    "config",
    "ntp authentication-key <number!:1-4294967295>"
    " <algorithm:md5|cmac-aes-128|hmac-sha1|hmac-sha2-256|sha1|sha2> <secret> [<type:0-255>]",
    section="ntp",
    check=_key,
    order=lambda entry: entry["number"],
)
declared.setting("config", "ntp authenticate", section="ntp")
declared.setting(
    "config",
    "ntp trusted-key <number!:1-4294967295> [- <end:1-4294967295>]",
    section="ntp",
    order=lambda entry: entry["number"],
)
declared.setting("config", "ntp source <interface:interface>", section="ntp")
declared.setting(
    "config",
    "ntp access-group [ipv4 | ipv6] <right!:peer|query-only|serve|serve-only> <acl> [kod]",
    section="ntp",
)
declared.setting("config", "ntp max-associations <count:0-4294967295>", section="ntp")
declared.setting("config", "ntp maxdistance <seconds:1-16>", section="ntp")
declared.setting("config", "ntp allow mode control <seconds:3-15>", section="ntp")
declared.setting("config", "ntp allow mode private", section="ntp")
declared.setting("config", "ntp passive", section="ntp")
declared.setting("config", "ntp panic update", section="ntp")
declared.setting("config", "ntp orphan <stratum:1-16>", section="ntp")
declared.setting("config", "ntp broadcastdelay <microseconds:1-999999>", section="ntp")
declared.setting("config", "ntp master [<stratum:1-15>]", section="ntp", check=_master)
declared.setting("config", "ntp update-calendar", section="ntp")
for _what in ("peer", "server"):
    declared.setting(
        "config",
        f"ntp {_what} [vrf <vrf!>] [ip | ipv6] <host!>"
        " {<flags:prefer|burst|iburst> | version <version:1-4> | key <key:1-4294967295>"
        " | source <source:interface> | minpoll <minpoll:4-17> | maxpoll <maxpoll:4-17>}*",
        section="ntp",
        check=_association,
    )
