"""Where messages go: the buffer, terminals, hosts.

Levels are kept by name, as IOS prints them, in the argument `level`; what is usual is left out.
"""

from ..config.edit import Edit
from ..grammar import CommandSet
from ..log import DEBUGGING, DEFAULT_BUFFER_BYTES, SEVERITIES

INFORMATIONAL = 6
DEFAULT_FACILITY = "local7"
DEFAULT_PORTS = {"udp": 514, "tcp": 601}
_LEVEL = "{<level:" + "|".join(SEVERITIES) + "> | <number:0-7>}"
_FACILITIES = (
    "auth|cron|daemon|kern|local0|local1|local2|local3|local4|local5|local6|local7|lpr|mail|news"
    "|sys10|sys11|sys12|sys13|sys14|sys9|syslog|user|uucp"
)

declared = CommandSet()
declared.words(
    {
        "logging": "Modify message logging facilities",
        "logging A.B.C.D": "IP address of the logging host",
        "logging buffered": "Set buffered logging parameters",
        "logging console": "Set console logging parameters",
        "logging count": "Count every log message and timestamp last occurrence",
        "logging facility": "Facility parameter for syslog messages",
        "logging history": "Configure syslog history table",
        "logging host": "Set syslog server IP address and parameters",
        "logging monitor": "Set terminal line (monitor) logging parameters",
        "logging on": "Enable logging to all enabled destinations",
        "logging origin-id": "Add origin ID to syslog messages",
        "logging queue-limit": "Set logger message queue size",
        "logging rate-limit": "Set messages per second limit",
        "logging reload": "Set reload logging level",
        "logging source-interface": "Specify interface for source address in logging transactions",
        "logging trap": "Set syslog server logging level",
        "logging userinfo": "Enable logging of user info on privileged mode enabling",
        "buffered <4096-2147483647>": "Logging buffer size",
        "buffered <0-7>": "Logging severity level",
        "console <0-7>": "Logging severity level",
        "monitor <0-7>": "Logging severity level",
        "trap <0-7>": "Logging severity level",
        "console guaranteed": "Guarantee console messages",
        "emergencies": "System is unusable                (severity=0)",
        "alerts": "Immediate action needed           (severity=1)",
        "critical": "Critical conditions               (severity=2)",
        "errors": "Error conditions                  (severity=3)",
        "warnings": "Warning conditions                (severity=4)",
        "notifications": "Normal but significant conditions (severity=5)",
        "informational": "Informational messages            (severity=6)",
        "debugging": "Debugging messages                (severity=7)",
        "host WORD": "Hostname or A.B.C.D of the syslog server",
        "host ipv6": "Set IPv6 syslog server",
        "host transport": "Specify the transport protocol (default=UDP)",
        "host vrf": "Set VRF option",
    }
)


def _level(edit: Edit) -> str | None:
    """The level of a line by name; it is put into the values."""
    number = edit.values.pop("number", None)
    if number is not None:
        edit.values["level"] = SEVERITIES[number]
    level = edit.values.get("level")
    return None if level is None else str(level)


def _kept(edit: Edit, usual: int) -> None:
    """Keep a level that is not the usual one; `no` switches the destination off."""
    level = _level(edit)
    if edit.negated:
        edit.text = f"no {edit.setting.name}"
    elif edit.text is not None:
        differs = level is not None and level != SEVERITIES[usual]
        edit.text = f"{edit.setting.name} {level}" if differs else None


def _destination(edit: Edit) -> None:
    _kept(edit, DEBUGGING)


def _trap(edit: Edit) -> None:
    _kept(edit, INFORMATIONAL)


def _buffered(edit: Edit) -> None:
    """A level alone leaves the size as it is; a size alone means the usual level."""
    level = _level(edit)
    if edit.negated:
        edit.text = "no logging buffered"
        edit.values = {}
        return
    if edit.text is None:
        return
    size = edit.values.get("size")
    before = edit.before
    if size is None and level is not None and before is not None:
        size = before.get("size")
    edit.values = {}
    words = ["logging buffered"]
    if size is not None and size != DEFAULT_BUFFER_BYTES:
        edit.values["size"] = size
        words.append(str(size))
    if level is not None and level != SEVERITIES[DEBUGGING]:
        edit.values["level"] = level
        words.append(level)
    edit.text = " ".join(words) if len(words) > 1 else None


def _host(edit: Edit) -> None:
    """`logging 192.0.2.1` is the same as `logging host 192.0.2.1`."""
    if edit.text is not None and not edit.text.startswith("logging host "):
        edit.text = edit.text.replace("logging ", "logging host ", 1)


def _facility(edit: Edit) -> None:
    if edit.values.get("facility") == DEFAULT_FACILITY:
        edit.text = None


declared.setting("config", "logging on", section="logging", default_on=True)
declared.setting("config", "logging count", section="logging")
declared.setting("config", "logging userinfo", section="logging")
declared.setting(
    "config",
    "logging queue-limit [trap | esm] <messages:0-2147483647>",
    name="logging queue-limit",
    section="logging",
)
declared.setting(
    "config",
    f"logging buffered [<size:4096-2147483647>] [{_LEVEL}]",
    section="logging",
    check=_buffered,
    overwrites=False,
)
declared.setting(
    "config",
    "logging reload [message-limit <messages:1-4294967295>] [<level:" + "|".join(SEVERITIES) + ">]",
    section="logging",
)
declared.setting(
    "config",
    "logging rate-limit {<rate:1-10000> | all <all_rate:1-10000>"
    " | console {<console_rate:1-10000> | all <console_all:1-10000>}} [except <except:"
    + "|".join(SEVERITIES)
    + ">]",
    section="logging",
)
declared.setting("config", "logging console guaranteed", section="logging")
for _where in ("console", "monitor"):
    declared.setting(
        "config", f"logging {_where} [{_LEVEL}]", section="logging", check=_destination
    )
declared.setting("config", "logging persistent <words:line>", section="logging")
declared.setting("config", "logging cns-events [<level>]", section="logging")

declared.setting("config", f"logging trap [{_LEVEL}]", section="logging-host", check=_trap)
declared.setting(
    "config",
    "logging history {size <size:0-500> | <level:" + "|".join(SEVERITIES) + ">}",
    name="logging history",
    section="logging-host",
)
declared.setting(
    "config",
    "logging origin-id {hostname | ip | ipv6 | string <text:line>}",
    section="logging-host",
)
declared.setting("config", "logging btrace", section="logging-host", default_on=True)
declared.setting(
    "config",
    f"logging facility <facility:{_FACILITIES}>",
    section="logging-host",
    check=_facility,
)
declared.setting(
    "config",
    "logging source-interface <interface:interface>",
    section="logging-host",
)
declared.setting(
    "config",
    "logging source-interface <interface:interface> vrf <vrf!>",
    name="logging source-interface vrf",
    section="logging-host",
)
_OPTIONS = "[transport <transport:udp|tcp> [port <port:1-65535>]] [sequence-num-session] [xml]"
declared.setting(
    "config",
    f"logging host [ipv6] <host!> [vrf <vrf!>] {_OPTIONS}",
    section="logging-host",
    check=_host,
)
declared.setting(
    "config",
    f"logging <host!:ipv4> [vrf <vrf!>] {_OPTIONS}",
    name="logging host",
    section="logging-host",
    check=_host,
)
