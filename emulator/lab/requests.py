"""The parts of a request to a lab, each of its kind; all raise UsageError or InputError."""

from collections.abc import Iterator
from itertools import chain, permutations
from typing import TYPE_CHECKING, Any, Final

from ...errors import UsageError

if TYPE_CHECKING:
    from ..gdoi.traffic import Sample

MAX_JUMP_S: Final = 10 * 365 * 86400
SLOWEST: Final = 0.001
FASTEST: Final = 1_000_000

Request = dict[str, Any]


def seconds(request: Request) -> float:
    """How far the clock is to jump."""
    found = request.get("seconds")
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise UsageError("'seconds' should be a number")
    if not 0 <= found <= MAX_JUMP_S:
        raise UsageError(
            "a lab's clock goes forwards, and not that far",
            hint=f"at most {MAX_JUMP_S // 86400} days at a time",
        )
    return found


def rate(request: Request) -> float:
    """How fast the clock is to run."""
    found = request.get("rate")
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise UsageError("'rate' should be a number")
    if not SLOWEST <= found <= FASTEST:
        raise UsageError(
            f"a lab's clock cannot run {found:g} times as fast",
            hint=f"choose from {SLOWEST:g} to {FASTEST:,.0f}",
        )
    return found


def text(request: Request, key: str) -> str:
    """A name, such as that of a device."""
    value = request.get(key)
    if not isinstance(value, str):
        raise UsageError(f"{key!r} should be a name" if value is None else f"{key!r} is no name")
    return value


def flag(request: Request, key: str, *, usual: bool) -> bool:
    """Something that is so or not; `usual` where it is not said."""
    value = request.get(key, usual)
    if not isinstance(value, bool):
        raise UsageError(f"{key!r} should be true or false")
    return value


def pairs(request: Request) -> Iterator[tuple[str, str]] | None:
    """Senders and receivers; None where all members are meant.

    `pairs` are such pairs, `among` lists of names of which each sends to each other one.
    """
    if request.get("pairs") is None and request.get("among") is None:
        return None
    ends = _lists(request, "pairs")
    if any(len(pair) != 2 for pair in ends):
        raise UsageError('\'pairs\' should be a list of senders and receivers: [["GM1", "GM2"]]')
    chosen = ((sender, receiver) for sender, receiver in ends)
    return chain(chosen, *(permutations(names, 2) for names in _lists(request, "among")))


def _lists(request: Request, key: str) -> list[list[str]]:
    """Lists of names."""
    value = request.get(key) or []
    good = isinstance(value, list) and all(
        isinstance(names, list) and all(isinstance(name, str) for name in names) for names in value
    )
    if not good:
        raise UsageError(f"{key!r} should be a list of lists of devices")
    return list(value)


def sample(request: Request) -> "Sample | None":
    """The packet that is meant; None for the usual one."""
    value = request.get("sample")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise UsageError("'sample' should be an object that describes a packet")
    from .watching import sample_of

    return sample_of(value)
