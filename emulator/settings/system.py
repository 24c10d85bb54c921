"""The router itself: its name, services, image, licence and what its chassis does."""

import re

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CLASSIC, XE, CommandSet, RefusedError
from ..shell.call import Call
from .concealing import hide_passwords
from .switches import as_delivered, both_ways, keeps_no, not_removed, positive_only

declared = CommandSet()
declared.mode("config", "config")
declared.mode("redundancy", "config-red")
declared.mode("control-plane", "config-cp")
declared.words(
    {
        "alias": "Create command alias",
        "boot": "Modify system boot parameters",
        "boot system": "System image file",
        "boot-end-marker": "boot end marker",
        "boot-start-marker": "boot start marker",
        "config-register": "Define the configuration register",
        "config: configuration": "Configuration access",
        "configuration mode": "Enable Configuration Exclusive mode",
        "mode exclusive": "Exclusive access to the configuration",
        "exclusive auto": "Lock configuration mode automatically",
        "exclusive manual": "Lock configuration mode on-demand",
        "config_wait": "Wait for show commands to complete",
        "config_wait <1-300>": "Time in seconds",
        "expire": "Auto expire of the lock",
        "expire <60-4294967295>": "Time in seconds",
        "interleave": "Allow sessions that hold no lock to interleave",
        "lock-show": "Lock show commands while the configuration is locked",
        "retry_wait": "Wait for the lock",
        "retry_wait <1-300>": "Time in seconds",
        "terminate": "Terminate the session that holds the lock",
        "control-plane": "Configure control plane services",
        "diagnostic": "Configure diagnostic information",
        "file": "Adjust file system parameters",
        "file prompt": "Prompt level",
        "prompt alert": "Prompt only for destructive file operations",
        "prompt noisy": "Confirm all file operation parameters",
        "prompt quiet": "Seldom prompt for file operations",
        "config: hostname": "Set system's network name",
        "config: hostname WORD": "This system's network name",
        "license": "Configure license features",
        "memory": "Configure memory management",
        "memory-size": "Adjust memory size by percentage",
        "mmi": "MMI common configuration",
        "multilink": "PPP multilink global configuration",
        "parser": "Configure parser",
        "platform": "Modify platform specific settings",
        "prompt": "Set system's prompt",
        "redundancy": "Enter redundancy mode",
        "scheduler": "Scheduler parameters",
        "service": "Modify use of network based services",
        "service call-home": "Enable call-home service",
        "service compress-config": "Compress the nvram configuration file",
        "service config": "TFTP load config files",
        "service counters": "Control aging of interface counters",
        "service dhcp": "Enable DHCP server and relay agent",
        "service finger": "Allow responses to finger requests",
        "service internal": "Enable/Disable Internal commands",
        "service linenumber": "enable line number banner for each exec",
        "service nagle": "Enable Nagle's congestion control algorithm",
        "service pad": "Enable PAD commands",
        "service password-encryption": "Encrypt system passwords",
        "service password-recovery": "Enable password recovery",
        "service decimal-tty": "Interpret TTY line numbers in decimal",
        "service exec-wait": "Delay EXEC startup on noisy lines",
        "service hide-telnet-addresses": "Hide destination addresses in telnet command",
        "service prompt": "Enable mode specific prompt",
        "service prompt config": "Enable configuration mode prompt",
        "service sequence-numbers": "Stamp logger messages with a sequence number",
        "service tcp-keepalives-in": "Generate keepalives on idle incoming network connections",
        "service tcp-keepalives-out": "Generate keepalives on idle outgoing network connections",
        "service tcp-small-servers": "Enable small TCP servers (e.g., ECHO)",
        "service timestamps": "Timestamp debug/log messages",
        "service udp-small-servers": "Enable small UDP servers (e.g., ECHO)",
        "timestamps debug": "Timestamp debug messages",
        "timestamps log": "Timestamp log messages",
        "debug datetime": "Timestamp with date and time",
        "log datetime": "Timestamp with date and time",
        "debug uptime": "Timestamp with system uptime",
        "log uptime": "Timestamp with system uptime",
        "datetime localtime": "Use local time zone for timestamps",
        "datetime msec": "Include milliseconds in timestamp",
        "datetime show-timezone": "Add time zone information to timestamp",
        "datetime year": "Include year in timestamp",
        "spanning-tree": "Spanning Tree Subsystem",
        "subscriber": "Configure Subscriber service",
        "config: version": "Version of the software that wrote the configuration",
    }
)

LONGEST_HOSTNAME = 63
_LEGAL_HOSTNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
STAMP_WORDS = ("msec", "localtime", "show-timezone", "year")
"""The words of `service timestamps … datetime`, in the order in which IOS prints them."""


def _version(edit: Edit) -> None:
    """Keep nothing: the router prints the version of the software that it runs."""
    edit.text = None


def _hostname(edit: Edit) -> None:
    if edit.removing:
        edit.text, edit.negated = "hostname Router", False
        edit.values = {"name": "Router"}
        return
    name = edit.values["name"]
    if len(name) > LONGEST_HOSTNAME:
        raise RefusedError(argument="name")
    if not _LEGAL_HOSTNAME.fullmatch(name):
        edit.dialogue.write("% Hostname contains one or more illegal characters.\n\n")


def _password_encryption(edit: Edit) -> None:
    both_ways(on=False)(edit)
    if edit.negated:
        return
    # the line must stand before passwords are kept by it
    edit.router.config.put(
        edit.block, Entry(setting=edit.setting, text=str(edit.text), values=edit.values)
    )
    hide_passwords(edit.router)


def _timestamps(edit: Edit) -> None:
    name = edit.setting.name
    if edit.negated:
        edit.text = f"no {name}"
    elif edit.reset:
        edit.text = f"{name} datetime msec"
    elif edit.text == name:
        edit.text = f"{name} uptime"
    elif edit.text is not None and "uptime" not in edit.text:
        chosen = edit.values.get("words", ())
        words = [word for word in STAMP_WORDS if word in chosen]
        edit.text = " ".join((name, "datetime", *words))


def _boot_system(edit: Edit) -> None:
    """`no boot system` alone takes all of them back."""
    if edit.removing and edit.values.get("file") is None:
        for entry in edit.block.all("boot system"):
            edit.router.config.remove(edit.block, entry.key)


def _license_udi(edit: Edit) -> None:
    """The line tells what the chassis is, whatever is typed."""
    router = edit.router
    edit.text = f"license udi pid {router.platform.model} sn {router.serial}"
    edit.negated = False


def _file_prompt(edit: Edit) -> None:
    if edit.text is not None and edit.values.get("mode", "alert") == "alert":
        edit.text = None


declared.setting("config", "version <version>", section="version", check=_version)
for _line in (
    "service nagle",
    "service tcp-keepalives-in",
    "service tcp-keepalives-out",
    "service tcp-small-servers",
    "service udp-small-servers",
    "service finger",
    "service config",
    "service compress-config",
    "service linenumber",
    "service internal",
    "service hide-telnet-addresses",
    "service exec-wait",
    "service decimal-tty",
):
    declared.setting("config", _line, section="service")
for _line in (
    "service pad",
    "service dhcp",
    "service password-recovery",
    "service prompt config",
):
    declared.setting("config", _line, section="service", default_on=True)
for _kind in ("debug", "log"):
    declared.setting(
        "config",
        f"service timestamps {_kind}"
        " [{uptime | datetime {<words:msec|localtime|show-timezone|year>}*}]",
        section="service",
        check=_timestamps,
    )
declared.setting(
    "config",
    "service password-encryption",
    section="service",
    check=_password_encryption,
    shown=positive_only(XE),
)
declared.setting("config", "service sequence-numbers", section="service")
declared.setting("config", "service call-home", section="service", check=as_delivered)
declared.setting("config", "service unsupported-transceiver", section="service")
declared.setting("config", "service counters max age <minutes:0-60>", section="service")

for _line in (
    "platform qfp utilization monitor load <percent:1-100>",
    "platform sslvpn use-pd",
    "platform console <device:auto|serial|virtual>",
    "platform hardware throughput level <level:line>",
    "platform ipsec <words:line>",
):
    declared.setting("config", _line, section="platform", families=(XE,), check=as_delivered)
declared.setting(
    "config",
    "platform punt-keepalive disable-kernel-core",
    section="platform",
    families=(XE,),
    check=both_ways(on=False),
)

declared.setting("config", "hostname <name>", section="hostname", check=_hostname)
declared.setting("config", "boot-start-marker", section="boot", check=not_removed)
declared.setting("config", "boot system [flash] [<file!:path>]", section="boot", check=_boot_system)
declared.setting("config", "boot config <file:path> [nvbypass]", section="boot")
declared.setting("config", "boot-end-marker", section="boot", check=not_removed)

declared.setting("config", "mmi polling-interval <seconds:0-65535>", section="mmi")
declared.setting("config", "mmi auto-configure", section="mmi", check=keeps_no)
declared.setting("config", "mmi pvc", section="mmi", check=keeps_no)
declared.setting("config", "mmi snmp-timeout <seconds:0-65535>", section="mmi")
declared.setting(
    "config", "subscriber templating", section="subscriber", families=(XE,), check=as_delivered
)
declared.setting(
    "config",
    "multilink bundle-name <by:authenticated|both|endpoint>",
    section="multilink",
    check=as_delivered,
)

declared.setting("config", "license udi pid <pid> sn <sn>", section="license", check=_license_udi)
declared.setting("config", "license accept end user agreement", section="license")
declared.setting(
    "config",
    "license boot module <module!> technology-package <package!> [disable]",
    section="license",
    families=(CLASSIC,),
)
declared.setting(
    "config",
    "license boot level <level> [addon <addon>]",
    section="license",
    families=(XE,),
)
declared.setting(
    "config", "license smart enable", section="license", families=(XE,), check=keeps_no
)
for _line in (
    "license smart transport <by:callhome|cslu|smart|off>",
    "license smart url <kind!:cslu|smart|default> [<url>]",
    "license throughput level <level:line>",
):
    declared.setting("config", _line, section="license", families=(XE,))
declared.setting("config", "memory-size iomem <percent:5-50>", section="memory")
declared.setting(
    "config",
    "memory free low-watermark processor <kilobytes:1-4294967295> [io <io_kilobytes:1-4294967295>]",
    section="memory",
    check=as_delivered,
)
declared.setting("config", "memory reserve critical <kilobytes:1-4294967295>", section="memory")
declared.setting(
    "config",
    "diagnostic bootup level <level:minimal|complete>",
    section="diagnostic",
    families=(XE,),
    check=as_delivered,
)
declared.setting("config", "spanning-tree mode <mode:pvst|rapid-pvst|mst>", section="spanning-tree")
declared.setting(
    "config", "spanning-tree extend system-id", section="spanning-tree", check=as_delivered
)

declared.setting(
    "config",
    "redundancy",
    section="redundancy",
    enters="redundancy",
    check=not_removed,
)
declared.setting("redundancy", "mode <mode:none|rpr|sso>")
declared.setting("redundancy", "inter-device")

declared.setting(
    "config",
    "file prompt [<mode:alert|noisy|quiet>]",
    section="file-prompt",
    check=_file_prompt,
)
declared.setting(
    "config",
    "configuration mode exclusive <how:auto|manual> {expire <expire:60-4294967295> | lock-show"
    " | interleave | terminate | config_wait <wait:1-300> | retry_wait <retry:1-300>}*",
    section="file-prompt",
)
declared.setting("config", "parser cache", section="file-prompt", default_on=True)
declared.setting("config", "parser config cache interface", section="file-prompt")
declared.setting(
    "config", "control-plane", section="control-plane", enters="control-plane", check=not_removed
)
declared.setting("control-plane", "service-policy <direction!:input|output> <name>")
for _line in (
    "mgcp behavior rsip-range <range:all|none|tgcp-only>",
    "mgcp behavior comedia-role <role:none|active|passive>",
    "mgcp behavior comedia-check-media-src <state:enable|disable>",
    "mgcp behavior comedia-sdp-force <state:enable|disable>",
    "mgcp profile default",
):
    declared.setting("config", _line, section="mgcp")
declared.setting("config", "alias <mode!> <name!> <text:line>", section="alias")
declared.setting("config", "prompt <text:line>", section="hostname")
for _line in (
    "scheduler allocate <interrupt:400-60000> <process:100-4000>",
    "scheduler interval <milliseconds:500-60000>",
    "scheduler max-task-time <milliseconds:200-10000>",
):
    declared.setting("config", _line, section="scheduler", check=as_delivered)


@declared.exec("config-register <value:hex>", mode="config", privilege=15)
def config_register(call: Call) -> None:
    """Set the register that the router boots with the next time; it is in no configuration."""
    value = int(str(call["value"]), 16)
    if not str(call["value"]).lower().startswith("0x") or value > 0xFFFF:
        raise RefusedError(argument="value")
    call.router.next_register = value
