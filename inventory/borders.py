"""Strings at the border of an intent: what could smuggle configuration is refused here."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

FORBIDDEN = "\r\n\0!\"'`?"
"""Line ends would begin another command, `!` a comment; quotes and `?` mean something to IOS."""


def _plain(value: str) -> str:
    bad = sorted({char for char in value if not char.isprintable() or char in FORBIDDEN})
    if bad:
        shown = ", ".join(repr(char) for char in bad)
        raise ValueError(f"holds {shown}, which could be taken for configuration")
    if value != value.strip():
        raise ValueError("begins or ends with a blank")
    return value


Name = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$"), AfterValidator(_plain)
]
"""A name of a device, a group, a list …: letters, digits, `_`, `.`, `-`."""
ListName = Annotated[
    str,
    StringConstraints(pattern=r"^([1-9][0-9]{0,3}|[A-Za-z][A-Za-z0-9_.-]{0,63})$"),
    AfterValidator(_plain),
]
"""A name or number of an access list."""
InterfaceName = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][A-Za-z-]+\d+(/\d+)*(\.\d+)?$"), AfterValidator(_plain)
]
"""A full interface name: `GigabitEthernet0/0/1.100`."""
Prose = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]
"""Text of one line that goes into a configuration as it is."""
AclLine = Annotated[
    str,
    StringConstraints(pattern=r"^(permit|deny) [A-Za-z0-9 .:/-]+$", max_length=200),
    AfterValidator(_plain),
]
"""A line of an extended access list, without a number."""
Url = Annotated[
    str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.:/_-]+$"), AfterValidator(_plain)
]
SecretRef = Annotated[
    str, StringConstraints(pattern=r"^(env|file|keyring|vault):\S+$", max_length=300)
]
"""Where a secret is, never the secret: `env:NAME`, `file:PATH`, `keyring:…`, `vault:…`."""
