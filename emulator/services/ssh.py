"""The SSH server of a router: whether it is on, its host keys, what it logs."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from ..feature import Feature
from ..keys.material import KeyKind
from ..keys.pair import SERVER_SUFFIX, KeyEvent, KeyPair
from ..lines import takes_ssh
from ..ssh.algorithms import AlgorithmChoice
from ..ssh.contracts import METHODS, SshEvent, SshEventKind
from .login_guard import LoginGuard

if TYPE_CHECKING:
    from ..config.store import Change
    from ..device import Router

DEFAULT_RETRIES = 3
DEFAULT_TIMEOUT_S = 120
LEAST_UNAUTHENTICATED = 32
LEAST_RSA_BITS = 768
"""SSH version 2 needs at least this (Cisco security command reference, `ip ssh version`)."""
METHOD_NAMES = {"keyboard": "keyboard-interactive"}
"""Ways to log in that a configuration names otherwise than SSH does."""
WATCHED = frozenset({"line", "transport input", "ip ssh version", "access-class"})


class SshServerSettings:
    """What the SSH front reads: the lab's wishes for the device, and its configuration."""

    __slots__ = ("_router",)

    def __init__(self, router: "Router") -> None:
        self._router = router

    @property
    def algorithms(self) -> str:
        """The profile of algorithms."""
        return self._router.behaviour.algorithms

    @property
    def algorithm_choice(self) -> AlgorithmChoice:
        """`ip ssh server algorithm …`."""
        return AlgorithmChoice(
            kex=self._listed("kex"),
            host_keys=self._listed("hostkey"),
            ciphers=self._listed("encryption"),
            macs=self._listed("mac"),
            user_keys=self._listed("publickey"),
        )

    @property
    def methods(self) -> Sequence[str]:
        """`ip ssh server algorithm authentication`."""
        listed = self._listed("authentication")
        return tuple(METHOD_NAMES.get(name, name) for name in listed) or METHODS

    def _listed(self, what: str) -> tuple[str, ...]:
        entry = self._router.config.root.find(f"ip ssh server algorithm {what}")
        return tuple(entry.get("algorithms", ())) if entry is not None else ()

    @property
    def authentication_retries(self) -> int:
        """`ip ssh authentication-retries`."""
        root = self._router.config.root
        return int(root.value("ip ssh authentication-retries", "count", DEFAULT_RETRIES))

    @property
    def login_timeout_s(self) -> float:
        """`ip ssh time-out`."""
        root = self._router.config.root
        return float(root.value("ip ssh time-out", "seconds", DEFAULT_TIMEOUT_S))

    @property
    def auth_delay_s(self) -> float:
        """How long the AAA server takes."""
        return self._router.behaviour.auth_delay_s

    @property
    def login_delay_s(self) -> float:
        """`login delay`, which `login block-for` switches on."""
        return self._router.feature(LoginGuard).delay_s

    @property
    def prompt_delay_s(self) -> float:
        """How long the first prompt takes."""
        return self._router.behaviour.prompt_delay_s

    @property
    def keepalives(self) -> bool:
        """`service tcp-keepalives-in`."""
        return self._router.config.root.has("service tcp-keepalives-in")

    @property
    def unauthenticated_limit(self) -> int:
        """How many clients may be at the login: as many as there are lines, and some to spare.

        `ip ssh maxstartups` sets another limit.
        """
        limit = self._router.config.root.value("ip ssh maxstartups", "count")
        if limit is not None:
            return int(limit)
        return max(2 * self._router.lines.vty_count(), LEAST_UNAUTHENTICATED)


class SshService(Feature):
    """Follows keys and configuration; tells the front when listening may have to change.

    `sessions` are those who have logged in, by the number of their vty line.
    """

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.sessions: dict[int, SshEvent] = {}
        self._pem: tuple[bytes, ...] | None = None
        self._unsubscribe = router.keys.subscribe(self._keys_changed)

    @property
    def enabled(self) -> bool:
        """Whether it listens: there is a host key and a vty line takes SSH."""
        return self.router.running and bool(self._pairs()) and self._vty_takes_ssh()

    @property
    def ready(self) -> bool:
        """Whether the host keys are made."""
        return self._pem is not None or all(pair.material.made for pair in self._pairs())

    async def prepare(self, turn: Callable[[], Awaitable[None]]) -> None:
        """Make the host keys in steps, with a turn for others after each of them."""
        for pair in self._pairs():
            await self.router.keys.work.make(pair.material, turn)

    def host_keys(self) -> Sequence[bytes]:
        """The private host keys in PEM, one of a kind; the same objects while nothing changes."""
        if self._pem is None:
            self._pem = tuple(pair.material.pkcs8_pem() for pair in self._pairs())
        return self._pem

    def host_pairs(self) -> list[KeyPair]:
        """The key pairs that the router identifies itself with, at most one of a kind."""
        return self._pairs()

    def admits(self, source: str) -> bool:
        """Whether this address is let in: by the access class of the next line, by `login`."""
        lines = self.router.lines
        index = lines.next_vty()
        if index is not None and not lines.admits(index, source):
            return False
        return self.router.feature(LoginGuard).admits(source)

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called when `enabled` may have changed, after each boot as well."""
        self.router.ssh_watchers.append(changed)

    def config_changed(self, change: "Change") -> None:
        """Look again when a line that matters to SSH changed."""
        if change.name in WATCHED or any(entry.setting.name == "line" for entry in change.owners):
            self._tell()

    def booted(self) -> None:
        """The router is up."""
        self._tell()

    def stopped(self) -> None:
        """The router goes down: nobody listens."""
        self._unsubscribe()
        self._tell()

    def log(self, event: SshEvent) -> None:
        """Write what happened on a connection to the router's log (texts of an IOS XE 17 log)."""
        add = self.router.log.add
        via = f"using crypto cipher '{event.cipher}', hmac '{event.mac}'"
        session = f"SSH2 Session from {event.source} (tty = {event.tty})"
        request = f"SSH2 Session request from {event.source} (tty = {event.tty})"
        match event.kind:
            case SshEventKind.SESSION:
                add("SSH", 5, "SSH2_SESSION", f"{request} {via} Succeeded")
            case SshEventKind.SESSION_FAILED:
                add("SSH", 5, "SSH2_SESSION", f"{request} {via} Failed")
            case SshEventKind.LOGIN | SshEventKind.LOGIN_FAILED:
                good = event.kind is SshEventKind.LOGIN
                if good:
                    self.sessions[event.tty] = event
                who = f"User '{event.user}' authentication for {session}"
                add("SSH", 5, "SSH2_USERAUTH", f"{who} {via} {'Succeeded' if good else 'Failed'}")
                guard = self.router.feature(LoginGuard)
                (guard.succeeded if good else guard.failed)(event.user, event.source)
            case SshEventKind.CLOSED:
                self.sessions.pop(event.tty, None)
                add("SSH", 5, "SSH2_CLOSE", f"{session} for user '{event.user}' {via} closed")

    def _pairs(self) -> list[KeyPair]:
        keys, router = self.router.keys, self.router
        name = router.config.root.value("ip ssh rsa keypair-name", "name")
        label = f"{router.hostname}.{router.domain}"
        found = [
            keys.host_pair(KeyKind.EC, label),
            keys.host_pair(KeyKind.ED25519, label),
            keys.host_pair(KeyKind.RSA, name, label, min_bits=LEAST_RSA_BITS),
        ]
        return [pair for pair in found if pair is not None]

    def _vty_takes_ssh(self) -> bool:
        lines = self.router.config.root.all("line")
        return any(takes_ssh(entry.block) for entry in lines if entry["kind"] == "vty")

    def _keys_changed(self, event: KeyEvent) -> None:
        self._pem = None
        if event.label.endswith(SERVER_SUFFIX):
            return
        self._tell()

    def _tell(self) -> None:
        for watcher in self.router.ssh_watchers:
            watcher()
