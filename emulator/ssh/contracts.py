"""What the SSH front asks of a router, and what it tells it.

The front knows nothing of configuration, commands or files. A router, in tests any object of this
shape, answers who may log in, opens sessions and takes files.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ..faults import Faults
from .algorithms import NO_CHOICE, AlgorithmChoice

METHODS = ("publickey", "keyboard-interactive", "password")
"""The ways to log in, in the order in which a router names them."""


class Login(Protocol):
    """Somebody who has proved who he is."""

    @property
    def user(self) -> str:
        """The name that he gave."""
        ...

    @property
    def privilege(self) -> int:
        """The privilege level that he starts with, 0 to 15."""
        ...


class Access(Protocol):
    """Who may log in on a line; asked for every attempt, so it has to be quick."""

    def login(self, user: str, password: str, line: "VtyLine", /) -> Login | None:
        """Who this is by his password, or None when it is wrong."""
        ...

    def public_key(self, user: str, key_type: str, blob: bytes, line: "VtyLine", /) -> Login | None:
        """Who this is by a public key, or None when the router does not know the key.

        `blob` is the key as SSH transports it (RFC 4253, 6.6), `key_type` its first field. The
        front verifies the signature.
        """
        ...


class VtyLine(Protocol):
    """One vty line that a connection holds."""

    @property
    def index(self) -> int:
        """0 for vty 0; syslog calls it tty."""
        ...

    def release(self) -> None:
        """Free it."""
        ...


class Lines(Protocol):
    """The vty lines of a router."""

    def vty_free(self) -> bool:
        """Whether a line is left that SSH may use."""
        ...

    def claim_vty(self, source: str, drop: Callable[[], None], /) -> VtyLine | None:
        """The first free line that takes SSH, or None; `source` is the address of the client.

        The router calls `drop` to end the connection: a reload, `clear line`, `disconnect ssh`.
        What the session wrote before is still delivered.
        """
        ...


class SshService(Protocol):
    """The router's SSH server as it is configured now."""

    @property
    def enabled(self) -> bool:
        """Whether it listens: it has a host key, a vty line takes SSH, it is not rebooting."""
        ...

    @property
    def ready(self) -> bool:
        """Whether its host keys are made."""
        ...

    async def prepare(self, turn: Callable[[], Awaitable[None]], /) -> None:
        """Make its host keys in steps, awaiting `turn` after each of them."""
        ...

    def host_keys(self) -> Sequence[bytes]:
        """Its private keys, one of a kind: PEM, PKCS8, not encrypted.

        The same objects while nothing changes: the front compares them to keep what it made.
        """
        ...

    def admits(self, source: str, /) -> bool:
        """Whether this address is let in: by the access class of the next line, by `login`."""
        ...

    def watch(self, changed: Callable[[], None], /) -> None:
        """Have `changed` called when `enabled` or the number of vty lines may have changed.

        Lines that connections claim and release need no call.
        """
        ...


class Settings(Protocol):
    """What the front reads of a device's settings, each time that it needs it."""

    @property
    def algorithms(self) -> str:
        """A key of `algorithms.PROFILES`."""
        ...

    @property
    def algorithm_choice(self) -> AlgorithmChoice:
        """What the configuration puts in the place of algorithms of the profile."""
        ...

    @property
    def methods(self) -> Collection[str]:
        """The ways to log in that are offered, by their names in SSH."""
        ...

    @property
    def authentication_retries(self) -> int:
        """How many wrong passwords end a connection (`ip ssh authentication-retries`)."""
        ...

    @property
    def login_timeout_s(self) -> float:
        """How long a client may take to log in (`ip ssh time-out`)."""
        ...

    @property
    def auth_delay_s(self) -> float:
        """How long a slow AAA server thinks about each login."""
        ...

    @property
    def login_delay_s(self) -> float:
        """How long a wrong password is left without an answer (`login delay`)."""
        ...

    @property
    def prompt_delay_s(self) -> float:
        """How long a session takes from its start to its first output."""
        ...

    @property
    def unauthenticated_limit(self) -> int:
        """How many connections may be open that have not logged in."""
        ...

    @property
    def keepalives(self) -> bool:
        """Whether TCP looks whether silent clients are still there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSettings:
    """The settings of a device that nobody has changed. Times in seconds."""

    algorithms: str = "modern"
    algorithm_choice: AlgorithmChoice = NO_CHOICE
    methods: Collection[str] = METHODS
    authentication_retries: int = 3
    login_timeout_s: float = 120.0
    auth_delay_s: float = 0.0
    login_delay_s: float = 0.0
    prompt_delay_s: float = 0.0
    unauthenticated_limit: int = 128
    keepalives: bool = False


class SshEventKind(StrEnum):
    """What happened on a connection; a router makes its syslog lines of it."""

    SESSION = "session"
    """Keys are exchanged and a line is claimed: `%SSH-5-SSH2_SESSION`, Succeeded."""
    SESSION_FAILED = "session failed"
    """The key exchange failed, or the peer left in it."""
    LOGIN = "login"
    """`%SSH-5-SSH2_USERAUTH`, Succeeded."""
    LOGIN_FAILED = "login failed"
    """`%SSH-5-SSH2_USERAUTH`, Failed."""
    CLOSED = "closed"
    """A connection that had been announced as SESSION is over: `%SSH-5-SSH2_CLOSE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshEvent:
    """Something for the router's log.

    `tty` is the index of the vty line; `user` the name that the client gave, "" before it gave
    one; `cipher` and `mac` are those of the client's direction, "" before they are chosen.
    """

    kind: SshEventKind
    source: str
    tty: int
    user: str
    cipher: str
    mac: str


class ScpUpload(Protocol):
    """A file on its way to the router."""

    def feed(self, data: bytes, /) -> None:
        """Take the next bytes; what goes wrong with them is told by `commit`."""
        ...

    def commit(self) -> str | None:
        """Put the file in its place, now that it has arrived completely; the error, or None."""
        ...


class ScpDownload(Protocol):
    """A file on its way from the router."""

    @property
    def size(self) -> int:
        """Its bytes."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """The bytes in order, in pieces that are made when they are asked for."""
        ...


class ScpTarget(Protocol):
    """The router's files, as SCP reaches them. Paths are as the client wrote them.

    An error is the text for the client, without a line end.
    """

    def refusal(self, login: Login, /) -> str | None:
        """Why this user may not copy at all: SCP is off, or his privilege is too low."""
        ...

    def room(self, path: str, /) -> int:
        """How many bytes a file written to `path` may have now."""
        ...

    def upload(self, path: str, login: Login, /) -> ScpUpload | str:
        """Begin to receive a file, or the error; nothing is seen of it until it is complete."""
        ...

    def download(self, path: str, login: Login, /) -> ScpDownload | str:
        """Begin to give a file away, or the error."""
        ...


class TerminalSession(Protocol):
    """A command line behind a channel. It calls `write` and `close` of `SshRouter.open_session`."""

    def start(self) -> None:
        """Print the banners and the first prompt."""
        ...

    def start_exec(self, command: str, /) -> None:
        """Run one command without echo, prompt or paging, then close."""
        ...

    def feed(self, data: bytes, /) -> None:
        """Take input; it comes in order."""
        ...

    def end_of_input(self) -> None:
        """The client sends no more: close when all that it sent has been dealt with.

        Not called after `start_exec` of a command.
        """
        ...

    def resize(self, columns: int, rows: int, /) -> None:
        """The client's window has this size now; 0 where it does not say."""
        ...

    def hangup(self) -> None:
        """The session is over, whoever ended it; called once. Nothing more is delivered."""
        ...

    def pause(self) -> None:
        """Start no further command: the client does not take output. May come out of `write`."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...


class SshRouter(Protocol):
    """A router, as the front sees it."""

    @property
    def ssh(self) -> SshService:
        """Its SSH server."""
        ...

    @property
    def access(self) -> Access:
        """Who may log in."""
        ...

    @property
    def lines(self) -> Lines:
        """Its vty lines."""
        ...

    @property
    def settings(self) -> Settings:
        """What a lab set for the device."""
        ...

    @property
    def scp(self) -> ScpTarget:
        """Its files."""
        ...

    @property
    def faults(self) -> Faults:
        """What goes wrong on it."""
        ...

    def login_banner(self) -> str:
        """The text of `banner login`, "" for none."""
        ...

    def ssh_event(self, event: SshEvent, /) -> None:
        """Take note of what happened."""
        ...

    def open_session(
        self,
        *,
        login: Login,
        line: VtyLine,
        source: str,
        columns: int,
        rows: int,
        write: Callable[[bytes], None],
        close: Callable[[int], None],
    ) -> TerminalSession:
        """A command line for somebody who has logged in; 0 columns or rows are those of the line.

        `write` never fails; after `close(status)` nothing more is delivered, the status reaches
        the client after all that was written before, and the connection ends.
        """
        ...
