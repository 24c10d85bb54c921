"""Crypto maps: their entries, the fail-close block, and the interfaces that they are applied to.

Settings, each also with `ipv6` behind `crypto map` in its name: `crypto map` (name, seq; `kind` is
`gdoi` or `ipsec-isakmp`), `crypto map fail-close` (name) with `match address` (acl) and
`activate`, `crypto map local-address` (name, interface). An entry of kind `gdoi` holds `set group`
(group) and `match address` (acl); one of kind `ipsec-isakmp` `set peer` (peer), `match address`
and what an IPsec profile holds. On an interface: `crypto map` (name) and `ipv6 crypto map` (name).

IOS prints the maps by name: the fail-close block, the local address, the entries by number.
"""

from collections.abc import Iterable
from typing import Any

from ..config.edit import Edit
from ..config.store import Block, Entry
from ..grammar import CommandSet, RefusedError, short_interface
from .crypto_checks import must_exist, padded
from .gdoi import GROUP
from .ipsec import declare_protection

declared = CommandSet()
_ENTRY_PROMPT = "config-crypto-map"
declared.mode("crypto-map-gdoi", _ENTRY_PROMPT)
declared.mode("crypto-map-ipsec", _ENTRY_PROMPT)
declared.mode("crypto-map-fail-close", "crypto-map-fail-close")

NOTES = {
    "gdoi": (
        "% NOTE: This new crypto map will remain disabled until a valid\n"
        "        group has been configured.\n"
    ),
    "ipsec-isakmp": (
        "% NOTE: This new crypto map will remain disabled until a peer\n"
        "        and a valid access list have been configured.\n"
    ),
}
MAPS = {"": "crypto map", "ipv6 ": "crypto map ipv6"}
WHOLE = (
    "fail-close",
    "local-address",
    "client authentication list",
    "client configuration address",
    "isakmp authorization list",
    "isakmp-profile",
)
"""What a map has beside its entries, in the order of printing."""
APPLIED = {"crypto map": "crypto map", "crypto map ipv6": "ipv6 crypto map"}


def _order(entry: Entry) -> tuple[Any, ...]:
    rest = entry.setting.name.removeprefix("crypto map").removeprefix(" ipv6").strip()
    kind = WHOLE.index(rest) if rest else len(WHOLE)
    return entry["name"], kind, entry.get("seq") or 0


def map_users(root: Block, setting: str, name: str) -> list[str]:
    """The interfaces that a crypto map is applied to."""
    return [
        entry["name"]
        for entry in root.all("interface")
        if entry.block is not None and entry.block.value(APPLIED[setting], "name") == name
    ]


def in_use(setting: str, root: Block, name: str) -> str | None:
    """What IOS says of the removal of a map that is applied; None when it is not."""
    users = map_users(root, setting, name)
    if not users:
        return None
    shown = ", ".join(map(short_interface, users))
    return f"% Crypto-map {name} is in use by interface(s): {shown}"


def _entry(edit: Edit) -> None:
    before, kind = edit.before, _kind(edit)
    if edit.removing:
        _entry_removal(edit)
        return
    if before is None:
        if kind is None:
            raise RefusedError("% Incomplete command.")
        edit.values["kind"] = kind
        edit.dialogue.write(NOTES[kind])
    elif kind in (None, before["kind"]):
        edit.text, edit.values = before.text, before.values
    else:
        raise RefusedError(
            f"% The type of crypto map {edit.values['name']} {edit.values['seq']} cannot be "
            "changed; remove the entry first."
        )


def _kind(edit: Edit) -> str | None:
    words = (edit.text or "").split()
    return next((word for word in words[3:] if word in NOTES), None)


def _entry_removal(edit: Edit) -> None:
    """The last entry of a map stays while an interface uses the map."""
    root, name = edit.router.config.root, edit.values["name"]
    others = [
        entry
        for entry in root.all(edit.setting.name)
        if entry["name"] == name and entry is not edit.before
    ]
    text = in_use(edit.setting.name, root, name)
    if edit.before is not None and not others and text is not None:
        raise RefusedError(text)


def _remarks(entry: Entry) -> Iterable[str]:
    """IOS marks an entry that cannot work yet."""
    block = entry.block
    if block is None:
        return ()
    if entry["kind"] == "gdoi":
        return () if block.has("set group") else ("Incomplete",)
    complete = block.has("match address") and (
        "dynamic" in entry.text or bool(block.all("set peer"))
    )
    return () if complete else ("Incomplete",)


def _set_group(edit: Edit) -> None:
    """The group must be there, and be for the addresses of the map."""
    if edit.removing:
        return
    name = edit.values["group"]
    must_exist(edit, f"% group {name} doesn't yet exist.", GROUP, name)
    group = edit.router.config.root.find(GROUP, name)
    owner = edit.block.owner
    if group is None or owner is None:
        return
    is_ipv6 = owner.setting.name == MAPS["ipv6 "]
    if group["ipv6"] != is_ipv6:
        has, wants = ("IPv6", "IPv4") if group["ipv6"] else ("IPv4", "IPv6")
        raise RefusedError(
            f"Group {name} is an {has} group and Crypto map is for {wants}. "
            f"Please set an {wants} group."
        )


def _applied(edit: Edit) -> None:
    """A map that is applied to an interface must have an entry."""
    setting = MAPS["ipv6 " if edit.setting.name.startswith("ipv6") else ""]
    name = edit.values.get("name")
    known = any(entry["name"] == name for entry in edit.router.config.root.all(setting))
    if not edit.removing and not known and not edit.router.loading:
        raise RefusedError(f'ERROR: Crypto Map with tag "{name}" does not exist.')


def _whole_map(edit: Edit) -> None:
    """`no crypto map NAME` removes everything that has this name; alone it says too little."""
    if not edit.removing:
        raise RefusedError("% Incomplete command.")
    setting, name = edit.setting.name.removesuffix(" all"), edit.values["name"]
    config = edit.router.config
    text = in_use(setting, config.root, name)
    if text is not None:
        raise RefusedError(text)
    for part in ("", *(f" {part}" for part in WHOLE)):
        for entry in config.root.all(setting + part):
            if entry["name"] == name:
                config.remove(config.root, entry.key)


_SECTION = "crypto-map"
for _words, _name in MAPS.items():
    # comes first, so that `no crypto map NAME` means all of the map
    declared.setting(
        "config",
        f"crypto map {_words}<name!>",
        name=f"{_name} all",
        section=_SECTION,
        check=_whole_map,
    )
    declared.setting(
        "config",
        f"crypto map {_words}<name!> gdoi fail-close",
        name=f"{_name} fail-close",
        section=_SECTION,
        enters="crypto-map-fail-close",
        order=_order,
        among=_name,
    )
    declared.setting(
        "config",
        f"crypto map {_words}<name!> local-address <interface:interface>",
        name=f"{_name} local-address",
        section=_SECTION,
        order=_order,
        among=_name,
    )
    for _part, _syntax in (
        ("client authentication list", "client authentication list <list>"),
        ("client configuration address", "client configuration address <how!:initiate|respond>"),
        ("isakmp authorization list", "isakmp authorization list <list>"),
        ("isakmp-profile", "isakmp-profile <profile>"),
    ):
        declared.setting(
            "config",
            f"crypto map {_words}<name!> {_syntax}",
            name=f"{_name} {_part}",
            section=_SECTION,
            order=_order,
            among=_name,
        )
    for _how, _mode in (
        ("gdoi", "crypto-map-gdoi"),
        (
            "ipsec-isakmp [{dynamic <dynamic> [discover] | profile <profile> | discover}]",
            "crypto-map-ipsec",
        ),
        ("", "crypto-map-ipsec"),
    ):
        declared.setting(
            "config",
            f"crypto map {_words}<name!> <seq!:1-65535> {_how}",
            name=_name,
            section=_SECTION,
            enters=_mode,
            check=_entry,
            shown=padded,
            order=_order,
            remarks=_remarks,
            among=_name,
        )

declared.setting(
    "config",
    "crypto dynamic-map <name!> <seq!:1-65535>",
    section=_SECTION,
    enters="crypto-map-ipsec",
    order=lambda entry: (entry["name"], entry["seq"]),
)
declared.setting("crypto-map-fail-close", "match address <acl>")
declared.setting("crypto-map-fail-close", "activate")

declared.setting("crypto-map-gdoi", "description <text:line>")
declared.setting("crypto-map-gdoi", "set group <group>", check=_set_group)
declared.setting("crypto-map-gdoi", "match address <acl>")
declared.setting("crypto-map-gdoi", "qos pre-classify")

declared.setting("crypto-map-ipsec", "description <text:line>")
declared.setting("crypto-map-ipsec", "set peer <peer!> [dynamic] [default]", shown=padded)
declare_protection("crypto-map-ipsec", declared)
declared.setting("crypto-map-ipsec", "set security-association level per-host")
declared.setting("crypto-map-ipsec", "set ip access-group <acl> <direction!:in|out>")
declared.setting("crypto-map-ipsec", "set nat demux")
declared.setting("crypto-map-ipsec", "set reverse-route distance <distance:1-255>")
declared.setting("crypto-map-ipsec", "set reverse-route tag <tag:1-4294967295>")
declared.setting("crypto-map-ipsec", "match address <acl>")
declared.setting("crypto-map-ipsec", "reverse-route [static]")
declared.setting("crypto-map-ipsec", "qos pre-classify")

declared.setting("interface", "crypto map <name> [redundancy <group> [stateful]]", check=_applied)
declared.setting("interface", "ipv6 crypto map <name>", check=_applied)

declared.words(
    {
        "crypto map": "Enter a crypto map",
        "crypto map WORD": "Crypto map tag",
        "crypto map <1-65535>": "Sequence to insert into crypto map entry",
        "crypto map ipv6": "IPv6 crypto map",
        "crypto map ipv6 WORD": "Crypto map tag",
        "crypto map gdoi": "GDOI crypto map",
        "crypto map ipv6 gdoi": "GDOI crypto map",
        "gdoi fail-close": "Configure fail-close mode",
        "crypto map ipsec-isakmp": "IPSEC w/ISAKMP",
        "crypto map ipv6 ipsec-isakmp": "IPSEC w/ISAKMP",
        "ipsec-isakmp dynamic": "Enable dynamic crypto map support",
        "ipsec-isakmp dynamic WORD": "Name of dynamic crypto map template",
        "ipsec-isakmp profile": "Enable crypto map as a crypto-profile",
        "ipsec-isakmp profile WORD": "Name of the profile",
        "discover": "Enable discovery",
        "map local-address": "Interface to use for local address for this crypto map",
        "map ipv6 local-address": "Interface to use for local address for this crypto map",
        "map client": "Specify client configuration settings",
        "map ipv6 client": "Specify client configuration settings",
        "map isakmp": "Specify isakmp configuration settings",
        "map ipv6 isakmp": "Specify isakmp configuration settings",
        "map isakmp-profile": "Specify isakmp profile to use",
        "map isakmp-profile WORD": "Profile name",
        "map ipv6 isakmp-profile": "Specify isakmp profile to use",
        "map ipv6 isakmp-profile WORD": "Profile name",
        "crypto dynamic-map": "Specify a dynamic crypto map template",
        "crypto dynamic-map WORD": "Dynamic crypto map template tag",
        "crypto dynamic-map <1-65535>": "Sequence to insert into dynamic-map entry",
        "activate": "Activate fail-close mode",
        "set group": "Set the san group parameters",
        "set group WORD": "Group name",
        "match address WORD": "Access-list name or number",
        "set peer": "Allowed Encryption/Decryption peer.",
        "set peer WORD": "IP address or name of the peer",
        "set peer dynamic": "The name of the peer is looked up when it is needed",
        "set peer default": "Try this peer first",
        "set security-association level": "Specify a security association granularity level",
        "set security-association level per-host": "One SA for each pair of hosts",
        "set ip": "Interface Internet Protocol config commands",
        "set ip access-group": "Specify access control for packets",
        "set ip access-group WORD": "Access-list name or number",
        "set ip access-group in": "Before encryption",
        "set ip access-group out": "After encryption",
        "set nat": "Set NAT translation",
        "set nat demux": "Tell clients behind one address apart",
        "set reverse-route": "Reverse Route Injection.",
        "set reverse-route distance": "Distance of the routes",
        "set reverse-route distance <1-255>": "Distance",
        "set reverse-route tag": "Tag of the routes",
        "set reverse-route tag <1-4294967295>": "Tag",
        "qos": "Quality of Service configuration commands",
        "qos pre-classify": "Enable QOS classification before packets are encrypted",
        "crypto map redundancy": "Map a redundancy group to the crypto map",
        "crypto map redundancy WORD": "Name of the group",
        "crypto map redundancy stateful": "Keep the state of the SAs",
        "ipv6": "IPv6 configuration commands",
        "ipv6 crypto": "Encryption/Decryption commands",
        "ipv6 crypto map": "Assign a Crypto Map",
        "ipv6 crypto map WORD": "Crypto map tag",
        "crypto map ipv6 <1-65535>": "Sequence to insert into crypto map entry",
        "set peer dynamic default": "Try this peer first",
    }
)
