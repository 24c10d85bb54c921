"""Showing crypto maps, templates of dynamic maps, and identities."""

from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from ..grammar import XE, CommandSet
from ..services.access_lists import access_list
from ..settings.crypto_checks import release
from ..settings.crypto_map import MAPS, map_users
from ..settings.gdoi import GROUP
from ..shell.call import Call
from .crypto_common import STRONG_RELEASE
from .gdoi_gm_words import acl_line
from .ipsec_shows import profile_line, protection_lines

if TYPE_CHECKING:
    from ..device import Router

NONE = "No crypto maps found.\n"
INCOMPLETE = (
    "\tWARNING: This crypto map is in an incomplete state!\n"
    "\t\t(missing peer or access-list definitions)\n"
)
VERSIONS = {MAPS[""]: "IPv4", MAPS["ipv6 "]: "IPv6"}

declared = CommandSet()
declared.words(
    {
        "show crypto map": "Crypto maps",
        "show crypto map interface": "Crypto maps for an interface",
        "show crypto map tag": "Crypto maps with a given tag",
        "show crypto map tag WORD": "Crypto map tag",
        "show crypto map gdoi": "GDOI crypto maps",
        "show crypto map gdoi fail-close": "Show the fail-close mode",
        "show crypto map gdoi fail-close WORD": "Crypto map tag",
        "show crypto dynamic-map": "Crypto map templates",
        "show crypto dynamic-map tag": "Template with a given tag",
        "show crypto dynamic-map tag WORD": "Template tag",
        "show crypto identity": "Show crypto identity list",
    }
)


@declared.exec(
    "show crypto map",
    "show crypto map interface <interface:interface>",
    "show crypto map tag <name>",
    privilege=1,
)
def show_maps(call: Call) -> str:
    """The crypto maps by name, each with the interfaces that use it."""
    router = call.router
    root, said = router.config.root, []
    for setting, version in VERSIONS.items():
        entries = [entry for entry in root.all(setting) if _wanted(call, setting, entry)]
        for name in sorted({str(entry["name"]) for entry in entries}):
            of_name = [entry for entry in entries if entry["name"] == name]
            of_name.sort(key=lambda entry: int(entry["seq"]))
            said += [_entry_text(router, version, entry) for entry in of_name]
            said.append(_users_text(root, setting, name))
    return "".join(said) or NONE


def _wanted(call: Call, setting: str, entry: Entry) -> bool:
    name, interface = str(entry["name"]), call.get("interface")
    if call.get("name") not in (None, name):
        return False
    return interface is None or interface in map_users(call.router.config.root, setting, name)


def _users_text(root: Block, setting: str, name: str) -> str:
    users = "".join(f"\t\t{user}\n" for user in map_users(root, setting, name))
    return f"\tInterfaces using crypto map {name}:\n{users}\n"


def _entry_text(router: "Router", version: str, entry: Entry) -> str:
    block = entry.block or Block("crypto-map-ipsec")
    head = f'Crypto Map {version} "{entry["name"]}" {entry["seq"]} {entry["kind"]}\n'
    if entry["kind"] == "gdoi":
        return head + _group_text(router.config.root, block)
    dynamic = entry.get("dynamic")
    if dynamic is not None:
        return head + f"\tDynamic map template tag: {dynamic}\n"
    lines = [f"\tPeer = {line['peer']}" for line in block.all("set peer")]
    complete = bool(lines) and block.has("match address")
    lines += profile_line(block)
    newest = router.family == XE and release(router) >= STRONG_RELEASE
    if newest:
        lines.append("\tAccess-List SS dynamic: False")
    lines += _list_lines(router.config.root, block, entries=not newest)
    if complete:
        lines.append(f"\tCurrent peer: {block.all('set peer')[0]['peer']}")
    lines += protection_lines(router, block)
    return head + ("" if complete else INCOMPLETE) + "".join(f"{line}\n" for line in lines)


def _list_lines(root: Block, block: Block, *, entries: bool) -> list[str]:
    """The access list of an entry, with its lines where the release shows them."""
    name = block.value("match address", "acl")
    if name is None:
        return ["\tNo matching address list set."]
    lines = [f"\tExtended IP access list {name}"]
    chosen = access_list(root, str(name)) if entries else None
    if chosen is not None:
        lines += [f"\t    access-list {name} {line.line()}" for _, line in chosen.entries]
    return lines


def _group_text(root: Block, block: Block) -> str:
    """The group of GETVPN that an entry belongs to."""
    name = block.value("set group", "group")
    if name is None:
        return "\tWARNING: This crypto map is in an incomplete state!\n\t\t(no group set)\n"
    lines = [f"Group Name: {name}"]
    group = root.find(GROUP, name)
    if group is not None and group.block is not None:
        identity = group.block.find("identity")
        if identity is not None:
            kind = "number" if identity.get("number") is not None else "address ipv4"
            lines.append(f"identity {kind} {identity.get('number') or identity.get('address')}")
        lines += [
            f"server address ipv4 {server['address']}"
            for server in group.block.all("server address ipv4")
        ]
    local = block.value("match address", "acl")
    if local is not None:
        lines.append(f"Local access list: {local}")
    return "".join(f"\t{line}\n" for line in lines)


@declared.exec("show crypto map gdoi fail-close [<name>]", privilege=1)
def show_fail_close(call: Call) -> str:
    """What members do before they are registered."""
    root, said = call.router.config.root, []
    for setting in VERSIONS:
        for entry in root.all(f"{setting} fail-close"):
            if call.get("name") not in (None, entry["name"]) or entry.block is None:
                continue
            active = "yes" if entry.block.has("activate") else "no"
            said.append(f'Crypto Map: "{entry["name"]}"\n    Activate: {active}\n')
            name, ipv6 = entry.block.value("match address", "acl"), setting == MAPS["ipv6 "]
            said.append("    Fail-Close Access-List: (Deny = Forward In Clear, Permit = Drop)\n")
            chosen = access_list(root, str(name), ipv6=ipv6) if name is not None else None
            for _, line in chosen.entries if chosen is not None else ():
                shown = acl_line(line, name=str(name), ipv6=ipv6, gap=1, whole=True)
                said.append(f"        {shown}\n")
    return "".join(said) or NONE


@declared.exec("show crypto dynamic-map [tag <name>]", privilege=1)
def show_templates(call: Call) -> str:
    """The templates of dynamic maps."""
    router = call.router
    entries = [
        entry
        for entry in router.config.root.all("crypto dynamic-map")
        if call.get("name") in (None, entry["name"])
    ]
    entries.sort(key=lambda entry: (str(entry["name"]), int(entry["seq"])))
    said = []
    for entry in entries:
        block = entry.block or Block("crypto-map-ipsec")
        lines = [
            *profile_line(block),
            *_list_lines(router.config.root, block, entries=True),
            *protection_lines(router, block),
        ]
        text = "".join(f"{line}\n" for line in lines)
        said.append(f'Crypto Map Template"{entry["name"]}" {entry["seq"]}\n{text}')
    return "\n".join(said) or "No crypto map templates found.\n"


@declared.exec("show crypto identity", privilege=1)
def show_identities(call: Call) -> str:
    """The lists of identities that peers must have."""
    said = []
    for entry in call.router.config.root.all("crypto identity"):
        block = entry.block or Block("crypto-identity")
        lines = [f" {line.text}\n" for line in block.entries.values()]
        said.append(f"crypto identity {entry['name']}:\n{''.join(lines)}")
    return "\n".join(said)
