"""Groups of GETVPN: `crypto gdoi group` and `crypto gkm group`, and what a member says in them.

`crypto gdoi group` (name) is the name of both settings: they share one name space, and a group
keeps the spelling with which it was made. The argument `ipv6` tells whether it is for IPv6. Its
block holds, in the order of printing:

- `identity` (number or address), `server local` (the block of a key server, see `gdoi_server`),
- `server address ipv4` (address), `server address ipv6` (address), `server hostname` (family,
  host): in the order of preference,
- `passive`, `client protocol gikev2` (profile), `client registration interface` (interface),
  `client bypass-policy` and `client pfs` (on unless there is a `no …`), `client rekey encryption`
  and `client rekey hash` (words), `client transform-sets` (names), `client recovery-check interval`
  (seconds), `client status active-sa track` (object), `client fail-close revert`, `client
  transport-encrypt-key` (kind).
"""

from ..config.edit import Edit
from ..config.store import Block, Entry
from ..grammar import XE, CommandSet, RefusedError
from .crypto_checks import since
from .gdoi_server import begins as server_begins
from .gdoi_server import remarks as server_remarks

GROUP = "crypto gdoi group"
IN_USE = (
    "% GDOI or GKM group doesn't exist or attempted to delete when actively referred by crypto map"
)
MAX_SERVERS = 8
MAX_SETS = 6
REMOVAL = (
    "% The Key Server will destroy the policies of the group, and its members lose their keys.\n"
    "Do you want to continue ? [yes/no]: "
)

declared = CommandSet()
declared.mode("gdoi-group", {"classic": "config-gdoi-group", "xe": "config-gkm-group"})


def is_key_server(group: Entry) -> bool:
    """Whether the router serves the keys of a group."""
    return group.block is not None and group.block.has("server local")


def group_users(root: Block, name: str) -> list[Entry]:
    """The entries of crypto maps that belong to a group."""
    return [
        entry
        for setting in ("crypto map", "crypto map ipv6")
        for entry in root.all(setting)
        if entry.block is not None and entry.block.value("set group", "group") == name
    ]


async def _group(edit: Edit) -> None:
    """Enter a group, or make one; ask before a key server loses one."""
    before, name = edit.before, edit.values["name"]
    ipv6 = (edit.text or "").split()[3:4] == ["ipv6"]
    if edit.removing:
        await _removal(edit, before)
        return
    if before is None:
        edit.values["ipv6"] = ipv6
        return
    if before["ipv6"] != ipv6:
        family = "IPv6" if before["ipv6"] else "IPv4"
        raise RefusedError(f"% Group {name} is an {family} group.")
    edit.text, edit.values = before.text, before.values


async def _removal(edit: Edit, before: Entry | None) -> None:
    if before is None:
        return
    if group_users(edit.router.config.root, edit.values["name"]):
        raise RefusedError(IN_USE)
    if is_key_server(before):
        answer = await edit.dialogue.ask(REMOVAL)
        if not answer or not "yes".startswith(answer.strip().lower()):
            edit.text, edit.values, edit.negated = before.text, before.values, False
            edit.reset = False


def _server(edit: Edit) -> None:
    """A member has up to eight key servers (configuration guide)."""
    if not edit.removing and edit.before is None:
        names = ("server address ipv4", "server address ipv6", "server hostname")
        if sum(len(edit.block.all(name)) for name in names) >= MAX_SERVERS:
            raise RefusedError(f"% Maximum number of key servers ({MAX_SERVERS}) is configured.")


def _words(edit: Edit) -> None:
    """Keep what a member allows once each, as it was typed."""
    if edit.removing:
        return
    head = len(edit.setting.name.split())
    words = (edit.text or "").split()[head:]
    found: list[str] = []
    for word in words:
        if word.isdecimal():
            found[-1] += f" {word}"
        else:
            found.append(word)
    values = tuple(dict.fromkeys(found))
    edit.values["words"] = values
    edit.text = " ".join((edit.setting.name, *values))


def _client_sets(edit: Edit) -> None:
    if not edit.removing:
        names = tuple(dict.fromkeys(edit.values["names"]))
        if len(names) > MAX_SETS:
            raise RefusedError(argument=names[MAX_SETS])
        edit.values["names"] = names
        edit.text = " ".join((edit.setting.name, *names))


for _spelling, _families in (("gdoi", ("classic", "xe")), ("gkm", (XE,))):
    declared.setting(
        "config",
        f"crypto {_spelling} group [ipv6] <name!>",
        name=GROUP,
        section="gdoi-group",
        enters="gdoi-group",
        check=_group,
        families=_families,
        among=GROUP,
        overwrites=False,
    )
_MODE = "gdoi-group"
declared.setting(_MODE, "identity {number <number:0-2147483647> | address ipv4 <address:ipv4>}")
declared.setting(
    _MODE, "server local", enters="gdoi-server", begins=server_begins, remarks=server_remarks
)
declared.setting(_MODE, "server address ipv4 <address!:ipv4>", check=_server)
declared.setting(_MODE, "server address ipv6 <address!:ipv6>", check=_server, families=(XE,))
declared.setting(
    _MODE, "server hostname <family!:ipv4|ipv6> <host!>", check=_server, families=(XE,)
)
declared.setting(_MODE, "passive")
declared.setting(_MODE, "client protocol {gdoi | gikev2 <profile>}", default="client protocol gdoi")
declared.setting(_MODE, "client registration interface <interface:interface>")
declared.setting(_MODE, "client bypass-policy", default_on=True)
declared.setting(
    _MODE,
    "client rekey encryption {des-cbc | 3des-cbc | aes {128 | 192 | 256}}+",
    check=_words,
)
declared.setting(_MODE, "client rekey hash {sha | sha256 | sha384 | sha512}+", check=_words)
declared.setting(_MODE, "client transform-sets {<names>}+", check=_client_sets)
declared.setting(_MODE, "client recovery-check interval <seconds:100-1000>")
declared.setting(_MODE, "client status active-sa track <object:1-1000>")
declared.setting(_MODE, "client pfs", default_on=True, families=(XE,), check=since("pfs", (16, 12)))
declared.setting(
    _MODE, "client fail-close revert", families=(XE,), check=since("fail-close", (17, 2))
)
declared.setting(
    _MODE,
    "client transport-encrypt-key <kind:group-key|pair-wise-key>",
    families=(XE,),
    default="client transport-encrypt-key group-key",
)

declared.words(
    {
        "crypto gdoi": "Configure GKM Policy",
        "crypto gkm": "Configure GKM Policy",
        "gdoi group": "Configure a GKM Group",
        "gkm group": "Configure a GKM Group",
        "gdoi group WORD": "Group Name",
        "gkm group WORD": "Group Name",
        "gdoi group ipv6": "Configure an IPv6 group",
        "gkm group ipv6": "Configure an IPv6 group",
        "identity number": "Identity of the group is a number",
        "identity number <0-2147483647>": "Group number",
        "identity address ipv4": "Identity of the group is an IPv4 address",
        "server": "Set the group server for this group",
        "server local": "Configure the local group server",
        "server address": "Identify the group server by address",
        "server address ipv4": "Identify the group server by IPv4 address",
        "server address ipv6": "Identify the group server by IPv6 address",
        "server hostname": "Identify the group server by hostname",
        "server hostname ipv4": "The name stands for an IPv4 address",
        "server hostname ipv6": "The name stands for an IPv6 address",
        "server hostname WORD": "Hostname of the group server",
        "passive": "Accept clear text and encrypted packets, send encrypted",
        "client protocol": "Protocol of the registration",
        "client protocol gdoi": "Register by GDOI (IKEv1)",
        "client protocol gikev2": "Register by G-IKEv2",
        "client protocol gikev2 WORD": "IKEv2 profile",
        "client registration": "Set client registration parameters",
        "client registration interface": "Interface from which the client registers",
        "client bypass-policy": "Allow group key management traffic sent to this member only",
        "client rekey": "Acceptable rekey policies",
        "client rekey encryption": "Acceptable ciphers of the KEK",
        "client rekey hash": "Acceptable hashes of the KEK",
        "des-cbc": "DES CBC",
        "3des-cbc": "Three key triple DES CBC",
        "client transform-sets": "Acceptable transform sets of the TEK",
        "client transform-sets WORD": "Transform set tag",
        "client recovery-check": "Dataplane error recovery",
        "client recovery-check interval": "Interval of the check",
        "client recovery-check interval <100-1000>": "Interval in seconds",
        "client status": "Status of the client",
        "client status active-sa": "Tell the status of the SAs",
        "client status active-sa track": "By an object of tracking",
        "client status active-sa track <1-1000>": "Number of the object",
        "client pfs": "Perfect forward secrecy of rekeys",
        "client fail-close": "Fail-close mode",
        "client fail-close revert": "Return to fail-close mode when the SAs are lost",
        "client transport-encrypt-key": "Key that encrypts the traffic",
        "client transport-encrypt-key group-key": "Key of the group",
        "client transport-encrypt-key pair-wise-key": "Key of each pair of members",
        "gdoi group ipv6 WORD": "Group Name",
        "gkm group ipv6 WORD": "Group Name",
        "server hostname ipv4 WORD": "Hostname of the group server",
        "server hostname ipv6 WORD": "Hostname of the group server",
    }
)
