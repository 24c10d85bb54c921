"""Small networks in memory that procedures are run on, in virtual time."""

from collections.abc import Callable, Sequence
from typing import Any

from getvpn.emulator import Lab
from getvpn.emulator.services.pki import Pki
from getvpn.emulator.testing import console
from getvpn.errors import TransportError
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.observing import Observed
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.procedures.model import Outcome, ProcedurePlan, Status
from getvpn.tasks.procedures.run import Progress, Silent
from getvpn.tasks.procedures.runner import Runner, known
from getvpn.tasks.procedures.survey import members_in, servers_in, survey
from getvpn.tasks.ssh.session import Session

from ..lab_devices import Killed, LabDevices
from ..networks import KnownSecrets, network
from ..test_render_labs import lab_of

SETTLED_S = 200.0
QUIET = ("show ", "terminal ", "enable", "end", "exit", "configure terminal")
"""Lines that change nothing."""


class World:
    """A network that runs, and a journal for what is done to it. Its first group is G1."""

    def __init__(self, intent: Intent | None = None, *, enrol: Sequence[str] = ()) -> None:
        self.intent = intent or network()
        self.lab: Lab = lab_of(self.intent, bits=1024)
        self.devices = LabDevices(self.lab)
        self.journal = Journal("sqlite://")
        self.every_secret = KnownSecrets()
        self.secrets: KnownSecrets | None = self.every_secret
        for device in (*self.intent.key_servers, *self.intent.members) if enrol else ():
            self.type(device.name, *enrol, "write memory")
        self.lab.advance(SETTLED_S)

    # ---- what runs procedures ----

    at_once = 1

    def open(self, name: str) -> Session:
        """A session on a router."""
        return self.devices(name)

    def upload(self, name: str, local: str, remote: str, progress: Progress | None = None) -> None:
        """Copy a file to a router."""
        self.devices.upload(name, local, remote, progress)

    def observed(
        self, intent: Intent | None = None, *, members: bool = True
    ) -> dict[str, Observed]:
        """Whole looks at the key servers of G1, and at its members."""
        meant = intent or self.intent
        roles = servers_in(meant, "G1")
        return survey(
            self, roles | (members_in(meant, "G1") if members else {}), self.devices.clock
        )

    def runner(self) -> Runner:
        """A new process."""
        clock = self.devices.clock
        return Runner(
            self.journal, self, clock, known(PROCEDURES), owner="tester", secrets=self.secrets
        )

    def run(self, plan: ProcedurePlan, *, observer: "Told | None" = None) -> Outcome:
        """Carry a plan out."""
        self.lab.advance(1)  # runs are told apart by their beginning
        runner = self.runner()
        runner.observer = observer or runner.observer
        return runner.start(plan)

    def begin(self) -> None:
        """Forget what earlier tests did, and what was lost meanwhile."""
        self.devices.hang_up()
        self.devices.watch = None
        self.devices.typed.clear()
        self.lab.record_traffic()

    def resume(self) -> Outcome:
        """Go on with the last run in another process."""
        self.devices.watch = None
        self.devices.hang_up()
        (last,) = self.journal.all_runs(limit=1)
        return self.runner().resume(last.id, break_lock=True)

    def abort(self) -> Outcome:
        """Take the last run back, in another process."""
        self.devices.watch = None
        self.devices.hang_up()
        (last,) = self.journal.all_runs(limit=1)
        return self.runner().abort(last.id, break_lock=True)

    def kill_at(self, number: int) -> Callable[[str, str], None]:
        """Let the process end before the line `number` (from 0) of those that change something."""
        left = number

        def watch(name: str, line: str) -> None:
            nonlocal left
            if not line.startswith(QUIET):
                if not left:
                    raise Killed(f"{name}: {line}")
                left -= 1

        self.devices.watch = watch
        return watch

    def kill_behind(self, beginning: str) -> None:
        """Let the process end as soon as a line that begins so was typed."""
        told = False

        def watch(name: str, line: str) -> None:
            nonlocal told
            if told:
                raise Killed(f"{name}: {line}")
            told = line.startswith(beginning)

        self.devices.watch = watch

    def break_at(self, number: int, plan: ProcedurePlan) -> bool:
        """Carry a plan out while the session breaks at the line `number` that changes something.

        It has to come to its end nevertheless. Gives whether there was such a line.
        """
        self.kill_at(number)
        kill, broken = self.devices.watch, False

        def watch(name: str, line: str) -> None:
            nonlocal broken
            try:
                if kill is not None and not broken:
                    kill(name, line)
            except Killed:
                broken = True
                raise TransportError("the connection is closed", device=name) from None

        self.devices.watch = watch
        assert self.run(plan).status is Status.DONE
        return broken

    def fail_at(self, name: str, beginning: str) -> None:
        """Let the session with a router break whenever a line begins so."""

        def watch(device: str, line: str) -> None:
            if device == name and line.startswith(beginning):
                raise TransportError("the connection is closed", device=name)

        self.devices.watch = watch

    def revoke(self, name: str) -> None:
        """Revoke the certificate of a router at the authority of the lab."""
        router, now = self.lab[name], self.devices.clock.now()
        point = router.feature(Pki).store.get("GETVPN-CA")
        assert point is not None
        serial = point.identity[0].x509().serial_number
        router.authority.ca(now).revoke(serial, now=now)

    # ---- what there is ----

    def acts(self) -> list[tuple[str, str]]:
        """The lines that were typed and change something, by device."""
        return [(name, line) for name, line in self.devices.typed if not line.startswith(QUIET)]

    def shown(self, name: str, command: str) -> str:
        """What a router shows at its console."""
        return console(self.lab[name]).run(command)

    def type(self, name: str, *lines: str) -> str:
        """Type lines at the console of a router."""
        said = console(self.lab[name]).run(*lines)
        self.lab.advance(0)
        return said

    def configuration(self, name: str) -> list[str]:
        """The running configuration without what changes by itself."""
        return stable(self.shown(name, "show running-config"))

    def saved(self, name: str) -> bool:
        """Whether a router would have the same configuration after a restart."""
        return stable(self.shown(name, "show startup-config")) == self.configuration(name)

    def role(self, name: str) -> str:
        """The role of a key server in G1."""
        shown = self.shown(name, "show crypto gdoi ks coop")
        (line,) = (line for line in shown.splitlines() if "Local KS Role" in line)
        return line.split(":")[1].split(",")[0].strip()

    def registered(self, name: str) -> bool:
        """Whether a member is registered."""
        return ": Registered" in self.shown(name, "show crypto gdoi")

    def lost(self) -> dict[tuple[str, str], float]:
        """For how many seconds each recorded pair has lost its traffic, where it has."""
        return {
            (each.sender, each.receiver): each.lost_s for each in self.lab.outages() if each.lost_s
        }

    def written(self) -> str:
        """All that the journal holds, as a text."""
        parts = []
        for run in self.journal.all_runs():
            parts += [str(run.settings), str(run.plan)]
            parts += [f"{each.text} {dict(each.data)}" for each in self.journal.events(run.id)]
        return "\n".join(parts)

    def is_well(self) -> bool:
        """Whether exactly one key server is primary, and all of them and the members agree."""
        from getvpn.tasks.deploying.health import settled

        return settled(self.intent, ["G1"], self.observed()) == []


class Told(Silent):
    """An observer that remembers what was said, and tells somebody."""

    def __init__(self, tell: Callable[[str], object] = lambda _: None) -> None:
        self.texts: list[str] = []
        self.tell = tell

    def said(self, text: str) -> None:
        """Something was said."""
        self.texts.append(text)
        self.tell(text)


def stable(text: str) -> list[str]:
    """The lines of a configuration from the name of the device on."""
    lines = text.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("hostname"))
    return [line for line in lines[at:] if not line.startswith("!")]


def changed(intent: Intent, **changes: Any) -> Intent:
    """The same network with another group G1."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    document["groups"][0] |= changes
    return Intent.model_validate(document)
