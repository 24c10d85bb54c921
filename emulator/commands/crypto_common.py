"""What the commands about keys and certificates share."""

from typing import TYPE_CHECKING, Any

from ..grammar import XE, RefusedError
from ..keys.errors import NoDomainError, NoHostnameError
from ..keys.pair import default_label
from ..settings.crypto_checks import release
from ..shell.call import Call
from ..timetext import MONTHS

if TYPE_CHECKING:
    from ..device import Router

EXEC_RELEASE = (17, 1)
"""From here on IOS-XE has the commands about keys in exec mode too."""
STRONG_RELEASE = (17, 11)
"""From here on IOS-XE refuses RSA keys that are too short (transcripts of 17.12 and later)."""


def last(call: Call, name: str, default: Any = None) -> Any:
    """The value of an argument that stands in a repeated group; the last one counts."""
    values = call.get(name)
    if isinstance(values, tuple):
        return values[-1] if values else default
    return default if values is None else values


def plain_time(router: "Router", seconds: float) -> str:
    """A time as keys and certificates show it: `03:56:15 UTC Nov 5 2022`."""
    local, zone = router.wall.local(seconds)
    return f"{local:%H:%M:%S} {zone} {MONTHS[local.month - 1]} {local.day} {local.year}"


def usual_label(router: "Router") -> str:
    """The label of keys that are made without one; refused while the router has no full name."""
    try:
        return default_label(router.hostname, router.domain)
    except NoHostnameError:
        text = f"% Please define a hostname other than {router.hostname}."
    except NoDomainError:
        text = "% Please define a domain-name first."
    raise RefusedError(text)


def only_newer_exec(call: Call) -> bool:
    """Whether the command was given in exec mode; refused where that mode does not have it."""
    if call.block is not None:
        return False
    if call.router.family != XE or release(call.router) < EXEC_RELEASE:
        raise RefusedError(argument="key")
    return True
