"""The shows of group members: `show crypto gdoi gm …` and `show crypto gdoi ipsec sa`."""

from collections.abc import Callable, Iterable, Iterator

from ..grammar import CommandSet
from ..settings.gdoi import GROUP
from ..shell.call import Call
from .gdoi_gm_blocks import heading, registration
from .gdoi_gm_rekeys import public_keys, rekey_counts, rekey_slots
from .gdoi_gm_tables import (
    access_lists,
    dataplane_counters,
    replays,
    selectors,
    sender_identifiers,
)
from .gdoi_gm_views import member_groups, members_of
from .gdoi_gm_words import rows_of
from .gdoi_ks_choice import as_text, both_spellings, chosen_group

declared = CommandSet()
declared.words(
    {
        "gdoi gm": "Show Group Member information",
        "gkm gm": "Show Group Member information",
        "group gm": "Show Group Member information",
        "gm acl": "Show access lists of the Group Member",
        "acl local": "Show the access list that is configured locally",
        "acl download": "Show the access list that was downloaded",
        "gm dataplane": "Show dataplane information",
        "dataplane counters": "Show dataplane counters",
        "gm identifier": "Show Sender ID (SID) information",
        "identifier detail": "Show detailed information",
        "gm pubkey": "Show the public keys that were downloaded",
        "gm rekey": "Show rekey information of the Group Member",
        "rekey detail": "Show detailed information",
        "gm replay": "Show anti-replay information of the Group Member",
        "gdoi ipsec": "Show IPSec information of GDOI",
        "gkm ipsec": "Show IPSec information of GDOI",
        "group ipsec": "Show IPSec information of GDOI",
        "ipsec sa": "IPSEC SA table",
    }
)


def _groups(call: Call) -> list[str]:
    """The groups that the router is a member of, all or the one that is named."""
    return member_groups(call.router, chosen_group(call))


def _each(call: Call, view: Callable[[str], Iterable[str]]) -> str:
    """What a view says of each group."""
    return "".join(as_text(view(group)) for group in _groups(call))


@both_spellings(declared, "gm")
def show_gm(call: Call) -> str:
    """The registrations by group."""
    router = call.router
    rows, said = rows_of(router), ""
    for group in _groups(call):
        members = members_of(router, group)
        if members:
            lines = [*heading(group, members)]
            for member in members:
                lines += [*registration(member, rows, router.family), ""]
            said += as_text(lines)
    return said


@both_spellings(declared, "gm acl [local|download]")
def show_acl(call: Call) -> str:
    """The access lists by group."""
    router, local, downloaded = call.router, call.has("local"), call.has("download")
    blocks = [
        as_text(
            access_lists(
                group,
                members_of(router, group),
                rows_of(router),
                local=local or not downloaded,
                downloaded=downloaded or not local,
            )
        )
        for group in _groups(call)
    ]
    return "\n".join(blocks)


@both_spellings(declared, "gm dataplane counters")
def show_counters(call: Call) -> str:
    """What the data plane counts, by group."""
    router = call.router
    return _each(call, lambda group: dataplane_counters(router, group, members_of(router, group)))


@both_spellings(declared, "gm identifier [detail]")
def show_identifiers(call: Call) -> str:
    """The sender identifiers by group."""
    router, detail = call.router, call.has("detail")
    return _each(
        call, lambda group: sender_identifiers(group, members_of(router, group), detail=detail)
    )


@both_spellings(declared, "gm pubkey")
def show_public_keys(call: Call) -> str:
    """The public keys by group, also those of groups that the router serves."""
    router, wanted = call.router, chosen_group(call)
    names = [str(entry["name"]) for entry in router.config.root.all(GROUP)]
    return "".join(as_text(public_keys(router, name)) for name in names if wanted in (None, name))


@both_spellings(declared, "gm rekey [detail]")
def show_rekeys(call: Call) -> str:
    """The rekeys by group, with `detail` the SAs under which they come."""
    router, detail = call.router, call.has("detail")

    def rekeys(group: str) -> Iterator[str]:
        for member in members_of(router, group):
            yield from rekey_counts(member)
            if detail:
                yield from rekey_slots(router, member)

    return _each(call, rekeys)


@both_spellings(declared, "gm replay")
def show_replay(call: Call) -> str:
    """The check for replays by group."""
    router = call.router
    return _each(call, lambda group: replays(router, group, members_of(router, group)))


@both_spellings(declared, "ipsec sa")
def show_selectors(call: Call) -> str:
    """What the SAs of groups protect."""
    router = call.router
    return _each(call, lambda group: selectors(group, members_of(router, group)))
