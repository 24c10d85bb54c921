"""Lines that a line stands for."""

from ..config.edit import Edit, carry_out
from ..config.store import Block, Entry
from ..grammar import Parsed, RefusedError, Setting


async def entered(edit: Edit, line: str, block: Block | None = None) -> Entry | None:
    """Carry out another line for the one that is being checked; it is removed if that one is.

    It goes into `block`, or where the line itself stands. Raises RefusedError if it is refused, and
    for what is no setting there.
    """
    place = edit.block if block is None else block
    parsed = edit.router.grammar.parse(place.mode, line)
    if not isinstance(parsed, Parsed) or not isinstance(parsed.target, Setting):
        raise RefusedError(argument=line)
    removing = edit.negated or edit.reset
    return await carry_out(
        Edit(
            router=edit.router,
            dialogue=edit.dialogue,
            setting=parsed.target,
            block=place,
            values=dict(parsed.values),
            text=None if removing else parsed.text,
            negated=edit.negated,
            reset=edit.reset,
            words=parsed.words,
        )
    )
