"""Steering groups by exec commands: rekeys, clearing, the direction of a member's SAs.

Questions: genielibs (`clear crypto gkm`), the guide to the removal of members; the rest is worded
alike.
"""

from collections.abc import Iterator

from ..gdoi.member.group import MemberGroup
from ..gdoi.server.group import ServerGroup
from ..grammar import CommandSet, RefusedError
from ..groups.feature import Gdoi
from ..groups.ipsec_tables import IpsecTables
from ..shell.call import Call
from ..shell.questions import agreed
from .gdoi_ks_choice import chosen_group, spelled

DESTROY = (
    "% The Key Server and Group Member will destroy created and downloaded policies.\n"
    "% All Group Members are required to re-register.\n\n"
)
REMOVE = (
    "% This GM-Removal message will shorten all GMs' key lifetimes and cause them to re-register"
    " before keys expiry.\n"
)
REMOVE_NOW = (
    "% This GM-Removal message will cause all GMs to delete their keys immediately and"
    " re-register.\n"
)
REMOVING = "Sending GM-Removal message to group {}...\n"
RESET_ROLE = "% The Key Server will return to the secondary role and begin an election.\n"
SURE = "Are you sure you want to proceed ? [yes/no]: "
NO_SERVER = "% This device is not a Key Server of {}."
NO_MEMBER = "% This device is not a Group Member of {}."
NO_COOP = "% Redundancy is not configured for group {}.\n"

declared = CommandSet()
HELPS = {
    "crypto {}": "Group key management",
    "crypto {} ks": "Key server",
    "crypto {} ks group": "Specify a group",
    "crypto {} ks group WORD": "Group name",
    "crypto {} ks rekey": "Send a rekey to the group members",
    "crypto {} ks group rekey": "Send a rekey to the group members",
    "crypto {} gm": "Group member",
    "crypto {} gm group": "Specify a group",
    "crypto {} gm group WORD": "Group name",
    "crypto {} gm ipsec": "IPsec SAs",
    "crypto {} gm group ipsec": "IPsec SAs",
    "clear crypto {}": "Clear group key management",
    "clear crypto {} group": "Specify a group",
    "clear crypto {} group WORD": "Group name",
}
CLEARS = {
    "ks": "Clear key server",
    "ks members": "Remove the group members, which register again",
    "ks members now": "Group members delete their keys at once",
    "ks coop": "Cooperation of key servers",
    "ks coop role": "Reset the role, and elect the primary key server",
    "ks coop counters": "Reset the counters of messages",
    "ks policy": "Reset the policy of the key server",
    "replay": "Reset the time and the counters of the check for replays",
}
declared.words(
    {
        "rekey replace-now": "Group members replace their keys and policies at once",
        "ipsec direction": "Direction of the IPsec SAs",
        "direction both": "Encrypt and decrypt",
        "direction inbound": "Decrypt",
        "inbound only": "Decrypt, accept clear text, send clear text",
        "inbound optional": "Decrypt, accept clear text, send encrypted",
    }
)
for _word in ("gdoi", "gkm"):
    declared.words({path.format(_word): text for path, text in HELPS.items()})
    for _head in (f"clear crypto {_word}", f"clear crypto {_word} group"):
        declared.words({f"{_head} {path}": text for path, text in CLEARS.items()})


def _servers(call: Call) -> list[ServerGroup]:
    """The groups that are meant, of those that the router serves; refused if there are none."""
    name, groups = chosen_group(call), call.router.feature(Gdoi)
    if not any(name in (None, group) for group in groups.servers):
        raise RefusedError(NO_SERVER.format("any group" if name is None else f"group {name}"))
    return [server for server in groups.acting if name in (None, server.policy.group)]


def _members(call: Call) -> list[MemberGroup]:
    """The members that are meant; refused if there are none."""
    name, groups = chosen_group(call), call.router.feature(Gdoi)
    found = [member for member in groups.members if name in (None, member.policy.group)]
    if not found:
        raise RefusedError(NO_MEMBER.format("any group" if name is None else f"group {name}"))
    return [] if groups.idle else found


async def _sure(call: Call, warning: str) -> bool:
    """Whether whoever has read a warning means it."""
    call.dialogue.write(warning)
    return await agreed(call, SURE)


def _said(refusals: Iterator[str]) -> str:
    """What groups say against a command, each on a line."""
    return "".join(f"{refusal}\n" for refusal in refusals if refusal)


@spelled(declared, "crypto gdoi ks [group <group>] rekey [replace-now]", privilege=15)
def rekey(call: Call) -> str:
    """Send what the configuration says now."""
    replace = call.has("replace-now")
    return _said(server.rekey(replace=replace) for server in _servers(call))


@spelled(declared, "clear crypto gdoi [group <group>]", privilege=15)
async def clear(call: Call) -> str | None:
    """Begin anew: a key server destroys its keys, a member registers again."""
    name = chosen_group(call)
    if not await _sure(call, DESTROY):
        return None
    groups = call.router.feature(Gdoi)
    for server in groups.acting:
        if name in (None, server.policy.group):
            server.clear()
    for member in [] if groups.idle else groups.members:
        if name in (None, member.policy.group):
            member.clear()
    return None


@spelled(declared, "clear crypto gdoi [group <group>] ks members [now]", privilege=15)
async def remove_members(call: Call) -> str | None:
    """Have all members register again, so that those who may not are left behind."""
    servers, now = _servers(call), call.has("now")
    if not await _sure(call, REMOVE_NOW if now else REMOVE):
        return None
    text = ""
    for server in servers:
        refusal = server.remove_members(now=now)
        text += f"{refusal}\n" if refusal else REMOVING.format(server.policy.group)
    return text


@spelled(declared, "clear crypto gdoi [group <group>] ks coop role", privilege=15)
async def reset_role(call: Call) -> str | None:
    """Give up the role, and elect."""
    servers = _servers(call)
    if not await _sure(call, RESET_ROLE):
        return None
    return _said(
        NO_COOP.format(server.policy.group) if server.coop is None else server.coop.reset_role()
        for server in servers
    )


@spelled(declared, "clear crypto gdoi [group <group>] ks coop counters", privilege=15)
def clear_counters(call: Call) -> None:
    """Count messages to and from other key servers anew."""
    for server in _servers(call):
        if server.coop is not None:
            server.coop.clear_counters()


@spelled(declared, "clear crypto gdoi [group <group>] ks policy", privilege=15)
def reset_policy(call: Call) -> None:
    """Make the policy of a key server anew."""
    for server in _servers(call):
        server.reset_policy()


@spelled(declared, "clear crypto gdoi [group <group>] replay", privilege=15)
def reset_replay(call: Call) -> None:
    """Begin the pseudotime of a key server anew, and the counters of members."""
    name, groups = chosen_group(call), call.router.feature(Gdoi)
    members = [member for member in groups.members if name in (None, member.policy.group)]
    for server in [] if members else _servers(call):
        server.reset_replay()
    for member in members:
        member.clear_replays()
        call.router.feature(IpsecTables).counts(member).clear_replays()


@spelled(
    declared,
    "crypto gdoi gm [group <group>] ipsec direction {both | inbound [{only | optional}]}",
    privilege=15,
)
def direction(call: Call) -> None:
    """Say which way members protect traffic, until they are told otherwise or reloaded."""
    word = "both"
    if call.has("inbound"):
        word = "inbound optional" if call.has("optional") else "inbound only"
    for member in _members(call):
        member.set_direction(word)
