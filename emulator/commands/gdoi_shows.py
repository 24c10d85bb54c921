"""The groups of a router, served or joined: `show crypto gdoi` and `show crypto gkm`."""

from collections.abc import Iterator

from ..grammar import CommandSet
from ..groups.feature import Gdoi
from ..settings.gdoi import GROUP
from ..shell.call import Call
from .gdoi_gm_views import member_section
from .gdoi_ks_choice import as_text, both_spellings, chosen_group
from .gdoi_ks_groups import server_section

HEADING = "GROUP INFORMATION"

declared = CommandSet()
declared.words(
    {
        "crypto gdoi": "Show GKM information",
        "crypto gkm": "Show GKM information",
        "show crypto gdoi group": "Show information of one group",
        "show crypto gkm group": "Show information of one group",
        "show crypto gdoi group WORD": "Group Name",
        "show crypto gkm group WORD": "Group Name",
        "gdoi detail": "Show detailed GKM information",
        "gkm detail": "Show detailed GKM information",
        "group detail": "Show detailed GKM information",
    }
)


@both_spellings(declared, "[detail]")
def show_groups(call: Call) -> str:
    """All groups, or one without the heading; `detail` adds nothing (published outputs)."""
    return as_text(_lines(call, chosen_group(call)))


def _lines(call: Call, wanted: str | None) -> Iterator[str]:
    """A heading stands before each group."""
    router = call.router
    servers = router.feature(Gdoi).servers
    names = [str(entry["name"]) for entry in router.config.root.all(GROUP)]
    for name in names:
        if wanted not in (None, name):
            continue
        if wanted is None:
            yield from (HEADING, "")
        if name in servers:
            yield from server_section(router, servers[name])
        else:
            yield from member_section(router, name, detail=call.has("detail"))
            yield ""
