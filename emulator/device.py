"""One emulated router: what survives a reload, what a boot makes anew, and its parts."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from .access import Access
from .banners import LOGIN, banner_text
from .catalog import features, grammar_for
from .clock import Clock, Timer
from .config.rendering import render
from .config.store import Change, Config
from .device_settings import DeviceSettings
from .faults import Faults
from .feature import Feature
from .files.remote import UNREACHABLE, RemoteFiles
from .gdoi.parameters import Parameters
from .grammar import CLASSIC, XE
from .keys.pki.lab_authority import LabAuthority
from .keys.store import KeyStore
from .lines import Line, Lines
from .log import Log
from .login import Login as Admission
from .saving import ENCODING, dated_text
from .services.archive import Archive
from .services.chassis import Chassis
from .services.scp import ScpFiles
from .services.ssh import SshServerSettings, SshService
from .shell.loading import Loaded, load
from .shell.prompts import config_prompt
from .shell.session import Session
from .software import boot_variable, booted_software, usual_software
from .timetext import clock_text, second_text
from .wallclock import WallClock

if TYPE_CHECKING:
    from .files.store import FileStore
    from .grammar import Grammar
    from .keys.material import KeyMaterial
    from .platforms import Platform
    from .simulation.kernel import Kernel
    from .simulation.network import Network
    from .ssh.contracts import Login, SshEvent, VtyLine

F = TypeVar("F", bound=Feature)
DEFAULT_HOSTNAME = "Router"
RELOAD_COMMAND = "Reload Command"
POWER_ON = {CLASSIC: "power-on", XE: "PowerOn"}
"""The reason of a boot with which the power came (`show version` of ISR G2 and 4000)."""
TURN = 64
"""Lines or keys that one session may take in a row before others have their turn."""
DEFAULT_REGISTER = 0x2102
IGNORES_STARTUP = 0x0040
"""The bit of the configuration register with which a router does not read its configuration."""


class Router:
    """A router. Its configuration, files and keys decide what it answers.

    `files` and `keys` survive a reload; `config`, `log`, `lines` and the features are made anew by
    each boot from the startup configuration. `serial` is its serial number, `config_register` the
    register that it booted with, `next_register` the one that counts from the next boot on.
    `wall` is its own idea of the time, `stopped_at` when it last went down if it knew that.
    `authority` answers its requests for certificates; the routers of a lab have one in common.
    `kernel` and `network` are the world that it acts in beside other devices, None while it stands
    alone; whoever makes the router sets them before its first boot, and its node is called `name`.
    `parameters` are the figures of GETVPN that hold for it.
    """

    def __init__(
        self,
        name: str,
        platform: "Platform",
        clock: Clock,
        *,
        files: "FileStore",
        keys: KeyStore,
        behaviour: DeviceSettings | None = None,
        seed: int | str = 0,
    ) -> None:
        self.name = name
        self.platform = platform
        self.clock = clock
        self.files = files
        files.running_config = self._running_bytes
        self.keys = keys
        self.behaviour = behaviour or DeviceSettings()
        self.settings = SshServerSettings(self)
        self.ssh_watchers: list[Callable[[], None]] = []
        self.scp = ScpFiles(self)
        self.software = usual_software(platform)
        self.random = random.Random(f"{seed}:{name}")  # noqa: S311 - reproducible, not secret
        self.chassis = Chassis(f"{seed}:{name}")
        # its own source: what else is drawn must not change who the router is
        self.serial = platform.serial_number(random.Random(f"{seed}:{name}:serial"))  # noqa: S311
        self.faults = Faults()
        self.access = Access(self)
        self.wall = WallClock(self)
        self.reload_reason = RELOAD_COMMAND
        self.config_register = DEFAULT_REGISTER
        self.next_register = DEFAULT_REGISTER
        self.remote: RemoteFiles | None = None
        self.authority = LabAuthority(seed)
        self.kernel: Kernel | None = None
        self.network: Network | None = None
        self.parameters = Parameters()
        self.config = Config()
        self.lines = Lines(self)
        self.log = Log(self)
        self._features: dict[type[Feature], Feature] = {}
        self._followers: list[Feature] = []
        self.booted_at = clock.now()
        self.stopped_at: float | None = None
        self.running = False
        self.loading = False
        self.changed_at: float | None = None
        self.changed_by = ""
        self.saved_at: float | None = None
        self.saved_by = ""
        self.saved_edits = 0
        self._rendered: list[str] = []
        self._rendered_of: tuple[object, ...] | None = None
        """What was rendered last: it stays so until something is configured."""
        self._boot_timer: Timer | None = None

    # ---- what it is ----

    @property
    def family(self) -> str:
        """The family of the software: `classic` or `xe`."""
        return self.platform.family

    @property
    def grammar(self) -> "Grammar":
        """The commands that the software knows."""
        return grammar_for(self.family, self.software.release)

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return str(self.config.root.value("hostname", "name", DEFAULT_HOSTNAME))

    @property
    def domain(self) -> str:
        """The domain of `ip domain name`, empty if there is none."""
        return str(self.config.root.value("ip domain name", "name", ""))

    def feature(self, kind: type[F]) -> F:
        """The part of the router that `kind` is; KeyError while the router is down."""
        found = self._features[kind]
        if not isinstance(found, kind):
            raise KeyError(kind.__name__)
        return found

    def config_prompt(self, mode: str) -> str:
        """The prompt of a configuration mode that is named `mode` in prompts."""
        cut = self.behaviour.cut_mode_names
        return config_prompt(
            self.hostname, mode, cut=self.family == CLASSIC if cut is None else cut
        )

    # ---- time ----

    @property
    def uptime_s(self) -> float:
        """Seconds since the boot."""
        return self.clock.now() - self.booted_at

    @property
    def zone(self) -> str:
        """The name of the local time zone now."""
        return self.wall.local()[1]

    @property
    def zone_offset_s(self) -> int:
        """Seconds by which the local time is ahead of UTC now."""
        return int((self.wall.local()[0] - self.wall.utc()).total_seconds())

    @property
    def clock_synchronized(self) -> bool:
        """Whether a time server holds the clock."""
        return self.wall.synchronized

    @property
    def clock_mark(self) -> str:
        """`*` before a time that no time source vouches for."""
        return self.wall.mark

    def utc_moment(self) -> datetime:
        """The router's own time, in UTC."""
        return self.wall.utc()

    def local_moment(self, seconds: float | None = None) -> datetime:
        """A time of the lab's clock (now, if none is given) in the router's zone."""
        return self.wall.local(seconds)[0]

    def clock_text(self) -> str:
        """The time as `show clock` prints it."""
        return clock_text(*self.wall.local(), self.clock_mark)

    def second_text(self, seconds: float) -> str:
        """A time of the lab's clock to the second, as headers and tables print it."""
        return second_text(*self.wall.local(seconds))

    # ---- configuration ----

    def running_lines(self, *, defaults: bool = False) -> list[str]:
        """The running configuration without its header, up to and with `end`."""
        state = (self.config, self.config.edits, self.grammar, defaults)
        if state != self._rendered_of:
            self._rendered_of = state
            self._rendered = render(self.config.root, self.grammar, defaults=defaults)
        return [f"version {self.software.config_version}", *self._rendered, "end"]

    def _running_bytes(self) -> bytes:
        return dated_text(self).encode(ENCODING, "replace")

    def merge(self, text: str, *, user: str = "", origin: str = "console") -> Loaded:
        """Merge a configuration text, as `copy … running-config` does."""
        edits = self.config.edits
        loaded = load(self, text, user=user, origin=origin)
        if self.config.edits != edits:
            self.touched(user)
            self._configured()
        return loaded

    def touched(self, user: str) -> None:
        """The running configuration was changed by `user`."""
        self.changed_at = self.clock.now()
        self.changed_by = user

    def configured_by(self, session: Session, edits: int) -> None:
        """A user left configuration mode after `edits` edits: tell the log."""
        if edits:
            self.touched(session.user)
        origin = f"console by {session.user} on {session.origin}"
        if session.line.kind == "con":
            origin = "console by console"
        self.log.add("SYS", 5, "CONFIG_I", f"Configured from {origin}")
        self._configured()

    def _configured(self) -> None:
        for feature in self._features.values():
            feature.configured()

    def configured_line(self, session: Session, text: str) -> None:
        """A user entered a configuration line: note it for `archive log config`."""
        self.feature(Archive).note(session.line.number, session.user, session.line.name, text)

    # ---- the life of the router ----

    def boot(self) -> Loaded:
        """Come up with the saved configuration; gives what was refused of it."""
        self.config_register = self.next_register
        startup = (self.files.startup_config or b"").decode("latin-1")
        if self.config_register & IGNORES_STARTUP:
            startup = ""
        self.running = False
        self.config = Config()
        self.lines = Lines(self)
        self.log = Log(self)
        self._features = {kind: kind(self) for kind in features()}
        self._followers = [each for each in self._features.values() if each.follows]
        self.booted_at = self.clock.now()
        self.wall.reset()
        self.changed_at, self.changed_by = None, ""
        self.config.subscribe(self._config_changed)
        self.software = booted_software(
            self.files, self.platform, boot_variable(startup.encode("latin-1"), self.platform)
        )
        self.loading = True
        load(self, self.platform.factory_text())
        loaded = load(self, startup)
        if startup:
            load(self, (self.files.private_config or b"").decode(ENCODING))
        else:
            self._shut_interfaces()
        self.loading = False
        self.running = True
        self.log.add("SYS", 5, "CONFIG_I", "Configured from memory by console")
        self.log.add("SYS", 5, "RESTART", "System restarted --")
        for feature in self._features.values():
            feature.booted()
        return loaded

    def saved(self) -> None:
        """The running configuration was written to NVRAM."""
        for feature in self._features.values():
            feature.saved()

    def stop(self) -> None:
        """Go down: sessions are dropped, features end, what was not saved is lost."""
        self.running = False
        self.stopped_at = self.clock.now() if self.wall.trusted else None
        for feature in reversed(self._features.values()):
            feature.stopped()  # what others stand on ends last
        self.lines.drop_all()
        self.keys.reload()
        self.files.reload()

    def reload(self, reason: str = RELOAD_COMMAND) -> None:
        """Go down and come back after the boot time that the lab wants."""
        self.reload_reason = reason
        self.stop()
        if self.faults.never_returns():
            return
        self._boot_timer = self.clock.call_at(
            self.clock.now() + self.behaviour.boot_s, self._boot_again
        )

    def _boot_again(self) -> None:
        self.boot()

    def power_off(self) -> None:
        """Go down and stay down until `power_on`."""
        if self._boot_timer is not None:
            self._boot_timer.cancel()
        if self.running:
            self.stop()

    def power_on(self) -> None:
        """Come up at once, unless it runs."""
        if self.running:
            return
        self.power_off()
        self.reload_reason = POWER_ON[self.family]
        self.boot()

    def deliver_host_key(self, material: "KeyMaterial") -> None:
        """Give the router the SSH host key that it was delivered with, saved."""
        label = f"{self.hostname}.{self.domain}" if self.domain else self.hostname
        self.keys.add(label, material, now=self.clock.now(), saved=True)

    def _shut_interfaces(self) -> None:
        """A router without a configuration comes up with its interfaces shut."""
        names = "".join(
            f"interface {name}\n shutdown\n" for name in self.platform.hardware.interfaces
        )
        load(self, names + self.platform.unconfigured)

    def _config_changed(self, change: Change) -> None:
        for feature in self._followers:
            feature.config_changed(change)

    @property
    def servers(self) -> RemoteFiles:
        """What the router copies from and to; without servers in the lab nobody answers."""
        return self.remote or UNREACHABLE

    # ---- the SSH front ----

    @property
    def ssh(self) -> SshService:
        """The SSH server."""
        return self.feature(SshService)

    def open_session(
        self,
        *,
        login: "Login",
        line: "VtyLine",
        source: str,
        columns: int,
        rows: int,
        write: Callable[[bytes], None],
        close: Callable[[int], None],
    ) -> Session:
        """A command line for somebody who has logged in."""
        if not isinstance(line, Line):
            raise TypeError("not a line of this router")
        session = Session(
            self,
            user=login.user,
            privilege=login.privilege,
            source=source,
            columns=columns,
            rows=rows,
            write=write,
            close=close,
            line=line,
        )
        session.terminal.burst = TURN
        if isinstance(login, Admission):
            session.admission = login
        return session

    def ssh_event(self, event: "SshEvent") -> None:
        """Take note of what happened on a connection."""
        if self.running:
            self.ssh.log(event)

    def login_banner(self) -> str:
        """The banner that is shown before a login."""
        return banner_text(self, LOGIN)
