"""VRFs: `vrf definition` with its address families, and the older `ip vrf`."""

import re

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CommandSet, RefusedError
from .closings import closed_by
from .helping import in_modes
from .interface_addresses import take_addresses

MODES = ("config", "vrf", "vrf-af", "ip-vrf")
declared = CommandSet()
declared.mode("vrf", "config-vrf")
declared.mode("vrf-af", "config-vrf-af", parent="vrf")
declared.mode("ip-vrf", "config-vrf")
declared.words(
    in_modes(
        {
            "vpn": "Configure VPN ID as specified in rfc2685",
            "vpn id": "VPN ID",
            "id WORD": "VPN ID in (3 bytes OUI):(4 bytes VPN index) format",
            "route-target both WORD": "ASN:nn or IP-address:nn",
            "route-target export WORD": "ASN:nn or IP-address:nn",
            "route-target import WORD": "ASN:nn or IP-address:nn",
            "export stitching": "VXLAN route target set",
            "import stitching": "VXLAN route target set",
            "both stitching": "VXLAN route target set",
            "vrf: description": "VRF specific description",
            "ip-vrf: description": "VRF specific description",
            "vrf: description LINE": "Up to 244 characters describing this VRF",
            "ip-vrf: description LINE": "Up to 244 characters describing this VRF",
            "vrf: import": "VRF import",
            "ip-vrf: import": "VRF import",
            "vrf-af: import": "VRF import",
            "vrf: export": "VRF export",
            "ip-vrf: export": "VRF export",
            "vrf-af: export": "VRF export",
            "import map": "Route-map based VRF import",
            "export map": "Route-map based VRF export",
            "map WORD": "VRF route-map name",
            "maximum": "Set a limit",
            "maximum routes": "Maximum number of routes allowed",
            "routes <1-4294967295>": "Number of routes",
            "routes <1-100>": "Threshold value (%) at which to generate a warning msg",
            "routes warning-only": "Only give a warning message if limit is exceeded",
            "vrf": "VRF commands",
            "vrf definition": "VRF definition",
            "definition WORD": "VRF name",
            "ip vrf": "Configure an IP VPN Routing/Forwarding instance",
            "ip vrf WORD": "VPN Routing/Forwarding instance name",
            "rd": "Specify Route Distinguisher",
            "rd WORD": "VPN Route Distinguisher (ASN:nn or IP-address:nn)",
            "address-family": "Enter Address Family command mode",
            "address-family ipv4": "Address family",
            "address-family ipv6": "Address family",
            "route-target": "Specify Target VPN Extended Communities",
            "route-target both": "Both import and export Target-VPN community",
            "route-target export": "Export Target-VPN community",
            "route-target import": "Import Target-VPN community",
            "exit-address-family": "Exit from VRF address-family configuration mode",
            "exit-vrf": "Exit from VRF configuration mode",
        },
        *MODES,
    )
)

LONGEST_NAME = 32
_COMMUNITY = re.compile(r"(\d{1,10}|(?:\d{1,3}\.){3}\d{1,3}|\d{1,5}\.\d{1,5}):(\d{1,10})", re.ASCII)
_REMOVED = "% IPv4 and IPv6 addresses from all interfaces in VRF {vrf} have been removed\n"
_REMOVED_OLD = "% IP addresses from all interfaces in VRF {vrf} have been removed\n"


def is_community(text: str) -> bool:
    """Whether a text is a route distinguisher or target: `65000:1`, `10.0.0.1:1`."""
    match = _COMMUNITY.fullmatch(text)
    if match is None:
        return False
    head, number = match[1], int(match[2])
    if head.count(".") == 3:
        return all(int(part) <= 255 for part in head.split(".")) and number <= 0xFFFF
    if "." in head:
        return all(int(part) <= 0xFFFF for part in head.split(".")) and number <= 0xFFFF
    return number <= (0xFFFFFFFF if int(head) <= 0xFFFF else 0xFFFF)


def _vrf(edit: Edit) -> None:
    """Its interfaces lose their addresses when a VRF goes."""
    name = str(edit.values["vrf"])
    other = "ip vrf" if edit.setting.name == "vrf definition" else "vrf definition"
    if not edit.removing:
        if len(name) > LONGEST_NAME:
            raise RefusedError(f"% VRF name too long. Maximum length is {LONGEST_NAME} characters")
        if edit.block.has(other, name):
            raise RefusedError(f"% VRF {name} already exists as '{other} {name}'")
        return
    if edit.before is None:
        if not edit.reset:
            raise RefusedError(f"% No VRF named {name}")
        return
    config = edit.router.config
    for entry in edit.block.all("interface"):
        block = entry.block
        if block is None or str(block.value("vrf forwarding", "vrf", "")) != name:
            continue
        take_addresses(edit, block)
        config.remove(block, ("vrf forwarding",))
    text = _REMOVED if edit.setting.name == "vrf definition" else _REMOVED_OLD
    edit.dialogue.write(text.format(vrf=name))


def _distinguisher(edit: Edit) -> None:
    """It has a form, is for one VRF, and stays until it is removed."""
    if edit.removing:
        return
    wanted = str(edit.values["rd"])
    if not is_community(wanted):
        raise RefusedError(argument="rd")
    before = edit.before
    if before is not None and before["rd"] != wanted:
        raise RefusedError('% Do "no rd" and wait for its completion before configuring a new rd.')
    root = edit.router.config.root
    for entry in (*root.all("vrf definition"), *root.all("ip vrf")):
        block = entry.block
        if block is not None and block is not edit.block and block.value("rd", "rd") == wanted:
            raise RefusedError(f"% Cannot set RD, check if it's unique : {wanted}")


def _targets(edit: Edit) -> None:
    """`both` is two lines; a target must have its form."""
    community = str(edit.values["community"])
    if not is_community(community):
        raise RefusedError(argument="community")
    if edit.values["way"] != "both":
        return
    config = edit.router.config
    for way in ("export", "import"):
        values = {**edit.values, "way": way}
        if edit.removing:
            config.remove(edit.block, (edit.setting.name, way, community))
            continue
        text = (edit.text or "").replace("both", way, 1)
        config.put(edit.block, Entry(setting=edit.setting, text=text, values=values))
    edit.text = None


def _by_way(entry: Entry) -> tuple[str, str]:
    return str(entry["way"]), str(entry["community"])


declared.setting("config", "vrf definition <vrf!>", section="vrf", enters="vrf", check=_vrf)
declared.setting("config", "ip vrf <vrf!>", section="vrf", enters="ip-vrf", check=_vrf)


def _target(mode: str) -> None:
    declared.setting(
        mode,
        "route-target <way!:export|import|both> <community!> [stitching]",
        check=_targets,
        order=_by_way,
    )


for _mode in ("vrf", "ip-vrf"):
    declared.setting(_mode, "description <text:line>")
    declared.setting(_mode, "rd <rd>", check=_distinguisher, overwrites=False)
    declared.setting(_mode, "vpn id <id>")
    _target(_mode)
    declared.setting(_mode, "import map <map>")
    declared.setting(_mode, "export map <map>")
    declared.setting(
        _mode, "maximum routes <limit:1-4294967295> {<threshold:1-100> | warning-only}"
    )

declared.setting(
    "vrf",
    "address-family <family!:ipv4|ipv6> [unicast]",
    enters="vrf-af",
    spaced=True,
    closing="exit-address-family",
    order=lambda entry: entry["family"],
    shown=lambda entry, _: f"address-family {entry['family']}",
)
declared.setting("vrf-af", "import map <map>")
declared.setting("vrf-af", "export map <map>")
_target("vrf-af")
declared.setting("vrf-af", "maximum routes <limit:1-4294967295> {<threshold:1-100> | warning-only}")
closed_by(declared, "exit-address-family", "vrf-af")
closed_by(declared, "exit-vrf", "vrf", "ip-vrf")
