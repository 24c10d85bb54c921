"""The URLs that `copy` takes: `scp://user:password@host/path`, `tftp://host/file`, `flash:x`."""

import re
from dataclasses import dataclass, field
from typing import Final

from .errors import FileError, Reason

REMOTE_SCHEMES: Final = ("tftp", "ftp", "http", "https", "scp", "sftp", "rcp")
"""What is reached over the network, and is not a file system of the router."""

MAX_URL: Final = 1024

_SCHEME: Final = re.compile(r"([a-z]+):(.*)", re.DOTALL | re.IGNORECASE)
_HOST: Final = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?:;[\w./-]{1,64})?(?::(?P<port>\d{1,5}))?"
)
_PORTS: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """A file on a server.

    Parts that were not given are empty: `tftp:` has a scheme only, and the router asks for the
    rest. `path` is without the slash that parts it from the host; one that begins with a slash is
    counted from the top of the server. The password is in no representation.
    """

    scheme: str
    host: str = ""
    path: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    port: int | None = None

    @property
    def name(self) -> str:
        """The last name of the path, which `copy` offers as the name of the new file."""
        return self.path.rpartition("/")[2]

    def __str__(self) -> str:
        """The URL as IOS prints it: who logs in does not show."""
        login = "*:*@" if self.user else ""
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{login}{self.host}{port}/{self.path}"


def is_remote(text: str) -> bool:
    """Whether `text` names a file on a server."""
    match = _SCHEME.fullmatch(text)
    return match is not None and match[1].lower() in REMOTE_SCHEMES


def parse_url(text: str) -> Url:
    """Read a URL of one of `REMOTE_SCHEMES`.

    Without `//` all that follows the scheme is a path, and the host is missing. Raises FileError
    for a host that cannot be one.
    """
    match = _SCHEME.fullmatch(text)
    if match is None or not is_remote(text) or len(text) > MAX_URL or not text.isprintable():
        raise FileError("parsing", "filename", Reason.BAD_NAME)
    scheme, rest = match[1].lower(), match[2]
    if not rest.startswith("//"):
        return Url(scheme=scheme, path=rest)
    place, _, path = rest[2:].partition("/")
    login, _, server = place.rpartition("@")
    user, _, password = login.partition(":")
    if not server and not user:
        return Url(scheme=scheme, path=path)
    found = _HOST.fullmatch(server)
    port = int(found["port"]) if found is not None and found["port"] else None
    if found is None or not (port is None or 0 < port <= _PORTS):
        raise FileError("parsing", "filename", Reason.BAD_ADDRESS)
    return Url(
        scheme=scheme,
        host=found["host"],
        path=path,
        user=user,
        password=password,
        port=port,
    )
