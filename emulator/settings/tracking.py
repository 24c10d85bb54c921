"""Key chains, tracked objects, IP SLA operations."""

from functools import partial

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CommandSet, RefusedError
from .concealing import Concealing
from .helping import in_modes
from .tracking_help import HELP

MODES = (
    "config",
    "key-chain",
    "key-chain-key",
    "track",
    "ip-sla",
    "ip-sla-echo",
    "ip-sla-udp",
    "ip-sla-jitter",
    "ip-sla-tcp",
    "ip-sla-http",
)
declared = CommandSet()
declared.words(in_modes(HELP, *MODES))
declared.mode("key-chain", "config-keychain")
declared.mode("key-chain-tcp", "config-keychain-tcp", like="key-chain")
declared.mode("key-chain-macsec", "config-keychain-macsec", like="key-chain")
declared.mode("key-chain-key", "config-keychain-key", parent="key-chain")
declared.mode("key-chain-tcp-key", "config-keychain-tcp-key", like="key-chain-key")
declared.mode("track", "config-track")
declared.mode("ip-sla", "config-ip-sla")
declared.mode("ip-sla-echo", "config-ip-sla-echo", parent="ip-sla")
declared.mode("ip-sla-jitter", "config-ip-sla-jitter", parent="ip-sla")
declared.mode("ip-sla-udp", "config-ip-sla-udp", parent="ip-sla")
declared.mode("ip-sla-tcp", "config-ip-sla-tcp", parent="ip-sla")
declared.mode("ip-sla-http", "config-ip-sla-http", parent="ip-sla")
declared.words(
    in_modes(
        {
            "key": "Key management",
            "key chain": "Key-chain management",
            "chain WORD": "Key-chain name",
            "key-string": "Set key string",
            "accept-lifetime": "Set accept lifetime of key",
            "send-lifetime": "Set send lifetime of key",
            "cryptographic-algorithm": "Set cryptographic authentication algorithm",
            "track": "Object tracking configuration commands",
            "track interface": "Select an interface to track",
            "interface line-protocol": "Track interface line-protocol",
            "track list": "Group objects in a list",
            "list boolean": "Boolean list",
            "boolean and": "Boolean AND operation",
            "boolean or": "Boolean OR operation",
            "track ip": "IP protocol",
            "ip sla": "IP Service Level Agreement",
            "sla schedule": "IP SLAs Operation Scheduler",
            "sla responder": "Enable IP SLAs Responder",
            "icmp-echo": "ICMP Echo Operation",
            "udp-jitter": "UDP Jitter Operation",
            "udp-echo": "UDP Echo Operation",
            "tcp-connect": "TCP Connect Operation",
            "frequency": "Frequency of an operation",
            "threshold": "Operation threshold in milliseconds",
            "timeout": "Timeout of an operation",
        },
        *MODES,
    )
)


# ---- key chains ----


def _chain(edit: Edit) -> None:
    """A chain is of one kind; the prompt tells which."""
    kind = edit.values.get("kind")
    before = edit.before
    if edit.text is not None and before is not None and before.get("kind") != kind:
        raise RefusedError("% Key chain already exists with a different type")
    edit.enters = f"key-chain-{kind}" if kind else "key-chain"


def _key(edit: Edit) -> None:
    if edit.block.mode == "key-chain-tcp":
        edit.enters = "key-chain-tcp-key"


LIFETIME = (
    "[local] <time:time> {<month> <day:1-31> | <day:1-31> <month>} <year:1993-2035>"
    " {infinite | duration <seconds:1-2147483646> | <end:time> {<month_end> <day_end:1-31>"
    " | <day_end:1-31> <month_end>} <year_end:1993-2035>}"
)
declared.setting(
    "config",
    "key chain <chain!> [<kind:tcp|macsec>]",
    section="key-chain",
    enters="key-chain",
    check=_chain,
)
declared.setting("key-chain", "description <text:line>")
declared.setting(
    "key-chain",
    "key <id!>",
    enters="key-chain-key",
    check=_key,
    order=lambda entry: str(entry["id"]).zfill(10),
)
key = partial(declared.setting, "key-chain-key")
key("send-id <id:0-255>")
key("recv-id <id:0-255>")
key("include-tcp-options")
key("accept-ao-mismatch")
key("cryptographic-algorithm <algorithm>")
key("key-string [<type:0|6|7>] <secret:secret>", check=Concealing())
key(f"accept-lifetime {LIFETIME}")
key(f"send-lifetime {LIFETIME}")

# ---- tracked objects ----


def _track(edit: Edit) -> None:
    if edit.removing and edit.before is None and not edit.router.loading:
        raise RefusedError(f"%Track {edit.values['object']} does not exist")


declared.setting(
    "config",
    "track <object!:1-1000> {interface <interface:interface> {line-protocol | ip routing}"
    " | ip sla <operation:1-2147483647> [{reachability | state}]"
    " | ip route {<address:ipv4> <mask:netmask> | <prefix:ipv4_prefix>}"
    " {reachability | metric threshold}"
    " | list {boolean {and | or} | threshold {percentage | weight}} | stub-object}",
    name="track",
    section="track",
    enters="track",
    check=_track,
    order=lambda entry: entry["object"],
)
track = partial(declared.setting, "track")
track("object <object!:1-1000> [{not | weight <weight:1-255>}]")
track("threshold percentage {up <up:0-100> | down <down:0-100>}+")
track("threshold weight {up <up:0-255> | down <down:0-254>}+")
track("delay {up <up:0-180> | down <down:0-180>}+")
track("ip vrf <vrf>")
track("default-state <state:up|down>")

# ---- IP SLA ----


def _sla_order(entry: Entry) -> tuple[int, bool]:
    return int(entry["operation"]), entry.setting.name != "ip sla"


sla = partial(declared.setting, "config", section="ip-sla")
sla("ip sla responder")
sla(
    "ip sla <operation!:1-2147483647>",
    name="ip sla",
    enters="ip-sla",
    order=_sla_order,
    among="ip sla",
)
sla(
    "ip sla schedule <operation!:1-2147483647> {life {forever | <life:0-2147483647>}"
    " | start-time {now | pending | after <after:time> | <at:time> [<month> <day:1-31>]}"
    " | ageout <ageout:0-2073600> | recurring}+",
    name="ip sla schedule",
    order=_sla_order,
    among="ip sla",
)


def _one_operation(edit: Edit) -> None:
    """An operation has one type for good."""
    for entry in edit.block.entries.values():
        if entry.block is not None and entry.setting.name != edit.setting.name and edit.text:
            raise RefusedError("%IP SLAs: operation type is already configured")


def _operation(syntax: str, mode: str) -> None:
    declared.setting("ip-sla", syntax, enters=mode, check=_one_operation)


SOURCE = "{source-ip <source:ipv4> | source-interface <source_interface:interface>}*"
SOURCE_PORT = (
    "{source-ip <source:ipv4> | source-port <source_port:1-65535>"
    " | control <control:enable|disable> | codec <codec>"
    " | num-packets <packets:1-60000> | interval <interval:4-60000>}*"
)
_operation(f"icmp-echo <target> {SOURCE}", "ip-sla-echo")
_operation(f"udp-echo <target> <port:1-65535> {SOURCE_PORT}", "ip-sla-udp")
_operation(f"udp-jitter <target> <port:1-65535> {SOURCE_PORT}", "ip-sla-jitter")
_operation(f"tcp-connect <target> <port:1-65535> {SOURCE_PORT}", "ip-sla-tcp")
_operation("http get <url> [name-server <server:ipv4>]", "ip-sla-http")
for _mode in ("ip-sla-echo", "ip-sla-udp", "ip-sla-jitter", "ip-sla-tcp", "ip-sla-http"):
    line = partial(declared.setting, _mode)
    line("owner <owner:line>")
    line("request-data-size <bytes:0-16384>")
    line("tag <tag:line>")
    line("threshold <milliseconds:0-60000>", default="threshold 5000")
    line("timeout <milliseconds:0-604800000>", default="timeout 5000")
    line("tos <tos:0-255>", default="tos 0")
    line("verify-data")
    line("vrf <vrf>")
    line("frequency <seconds:1-604800>", default="frequency 60")
    line(
        "history hours-of-statistics-kept <hours:0-25>",
        default="history hours-of-statistics-kept 2",
    )
    line("history lives-kept <lives:0-2>", default="history lives-kept 0")
    line("history buckets-kept <buckets:1-60>", default="history buckets-kept 15")
    line(
        "history filter <filter:none|all|failures|overThreshold>",
        default="history filter none",
    )
