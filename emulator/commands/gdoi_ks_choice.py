"""What the commands of groups have in common: their spellings, the groups meant, long outputs."""

from collections.abc import Callable, Iterable, Iterator

from ..gdoi.keys import Tek
from ..gdoi.server.group import ServerGroup
from ..grammar import XE, CommandSet, RefusedError
from ..grammar.declare import Handler
from ..groups.feature import Gdoi
from ..settings.gdoi import GROUP
from ..shell.call import Call

NO_GROUP = "% group {} doesn't yet exist."
"""What IOS says of an unknown group in `set group`; of these commands nothing was seen."""


def spelled(
    declared: CommandSet, *syntaxes: str, privilege: int = 1
) -> Callable[[Handler], Handler]:
    """Declare a command with the word `gdoi`, and on IOS-XE with `gkm` in its place."""

    def declare(handler: Handler) -> Handler:
        other = [syntax.replace("gdoi", "gkm", 1) for syntax in syntaxes]
        declared.exec(*syntaxes, privilege=privilege)(handler)
        declared.exec(*other, privilege=privilege, families=(XE,))(handler)
        return handler

    return declare


def both_spellings(declared: CommandSet, *tails: str) -> Callable[[Handler], Handler]:
    """Declare `show crypto gdoi …`, and `show crypto gkm …` on IOS-XE; each tail stands alone and
    behind `group NAME`.
    """
    syntaxes = [f"show crypto gdoi [group <group>] {tail}".strip() for tail in tails]
    return spelled(declared, *syntaxes)


def chosen_group(call: Call) -> str | None:
    """The group that a command names, None for all; refused if it is not configured."""
    name = call.get("group")
    if name is None:
        return None
    if call.router.config.root.find(GROUP, name) is None:
        raise RefusedError(NO_GROUP.format(name))
    return str(name)


def chosen_servers(call: Call) -> list[ServerGroup]:
    """The groups that this router serves, or the one that the command names."""
    name = chosen_group(call)
    servers = call.router.feature(Gdoi).servers
    return [group for each, group in servers.items() if name in (None, each)]


def newest_tek(group: ServerGroup, number: int) -> Tek | None:
    """The TEK of the policy `sa ipsec <number>` that was made last."""
    return next((tek for tek in reversed(group.teks) if tek.sa.number == number), None)


def as_text(lines: Iterable[str]) -> str:
    """Lines as a text."""
    return "".join(f"{line}\n" for line in lines)


async def in_pieces(call: Call, pieces: Iterator[str]) -> str | None:
    """Print pieces as they come; a filter gets them all together."""
    session = call.session
    if session is None or "|" in call.line:
        return "".join(pieces)
    for piece in pieces:
        await session.terminal.page(piece)
        if session.terminal.pager.stopped:
            break
        await session.terminal.turn()
    return None
