"""A network of emulated routers, and the command `getvpn` as who operates it calls it.

Sessions are real SSH. Time is that of the lab: where the command waits, it jumps ahead.
"""

import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from getvpn.cli.main import run
from getvpn.emulator.device import Router
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.tasks.render import render

from ...fleets import LabFleet
from ...tasks.networks import KnownSecrets, devices, platform
from ...tasks.test_render_labs import beside

OLD_KEY = "GETVPN-REKEY"
SETTLED_S = 200.0
BOOT_S = 120.0
Act = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a call ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def run(self) -> str:
        """The id of the run that was begun, or went on."""
        return self.told("run ").partition(":")[0]

    @property
    def ended(self) -> str:
        """How the run ended, and in which state."""
        return self.told("run ").partition(": ")[2]

    def told(self, beginning: str) -> str:
        """The rest of the line that begins so: `run `, `why: `, `next: `."""
        lines = [line for line in self.err.splitlines() if line.startswith(beginning)]
        return lines[-1].removeprefix(beginning) if lines else ""


def _tells(text: str, what: str) -> bool:
    """Whether a line says that a step is done, or `what` itself."""
    done = re.match(r"\[ ?(\d+)/\d+\] (?:\S+: )?(.*): (?:already )?done \(", text)
    if done is None:
        return not what.isdigit() and text.lstrip().startswith(what)
    return what == done[1] or re.match(what, done[2]) is not None


class Watched(io.StringIO):
    """What is written; when a step of `when` is done, something happens, once.

    Steps are named by the pattern of their name, or their number. What is said is named by its own
    beginning.
    """

    def __init__(self, when: Mapping[str, Act]) -> None:
        super().__init__()
        self._when = dict(when)

    def write(self, text: str) -> int:
        """Write it, and do what is to be done then."""
        written = super().write(text)
        for each in [each for each in self._when if _tells(text, each)]:
            self._when.pop(each)()
        return written

    @property
    def waited_for(self) -> list[str]:
        """What has not come."""
        return list(self._when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operated(LabFleet):
    """A network that `getvpn` is called for, from its folder."""

    intent: Intent

    # ---- the command ----

    def call(self, *words: str, when: Mapping[str, Act] | None = None) -> Said:
        """Call `getvpn`. `when` a step is done or something is said, something happens.

        Whatever comes of it, there is no traceback, and the exit code is one of those that are
        documented.
        """
        out, err = io.StringIO(), Watched(when or {})
        with redirect_stdout(out), redirect_stderr(err):
            code = run(list(words))
        said = Said(code=code, out=out.getvalue(), err=err.getvalue())
        assert "Traceback" not in said.err
        assert err.waited_for == [], said.err
        assert code in {0, 1, 2, 3}, said.err
        if code in {2, 3}:
            assert said.err.splitlines()[-1].startswith("getvpn: error: "), said.err
        return said

    def reach(self, *words: str, intent: Intent | None = None) -> list[str]:
        """Words of a call with the options that say which network it is."""
        self.write(intent or self.intent)
        return [*words, *self.reached]

    @property
    def reached(self) -> tuple[str, ...]:
        """The options that say how devices are reached."""
        return ("--hosts", str(self.hosts), "--known-hosts", str(self.known))

    def execute(
        self, *words: str, intent: Intent | None = None, when: Mapping[str, Act] | None = None
    ) -> Said:
        """Carry a procedure out."""
        return self.call(*self.reach(*words, intent=intent), "--execute", "--yes", when=when)

    def resume(self, said: Said, when: Mapping[str, Act] | None = None) -> Said:
        """Go on with a run."""
        words = ("runs", "resume", said.run, "--look-every", "900", *self.reached)
        return self.call(*words, when=when)

    def events(self, said: Said) -> list[dict[str, Any]]:
        """What `runs show` says that a run has done."""
        shown = self.call("runs", "show", said.run, "-f", "json")
        found: list[dict[str, Any]] = json.loads(shown.out)["events"]
        return found

    def written(self) -> str:
        """All that the journal holds. Reading its file by itself would end the locks on it."""
        with closing(sqlite3.connect(self.folder / "journal.db")) as connection:
            return "\n".join(connection.iterdump())

    def write(self, intent: Intent) -> None:
        """Write the intent."""
        data = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
        (self.folder / "network.yml").write_text(yaml.safe_dump(data))

    def ends(self, said: Said) -> str:
        """How a run ended; it is told in the way that all runs are."""
        status, _, state = said.ended.partition("; ")
        assert said.code == (0 if status == "done" else 1), said.err
        assert status in {"done", "rolled back", "stopped"}, said.err
        assert state, said.err
        if status != "done":
            assert said.told("why: "), said.err
        if status == "stopped":
            assert said.told("next: "), said.err
        return status

    def is_done(self, said: Said) -> bool:
        """Whether a run came to its end by all its steps, as the journal says as well."""
        assert self.ends(said) == "done", said.err
        events = self.events(said)
        steps = [each["step"] for each in events if each["kind"] == "step"]
        assert steps == [each["step"] for each in events if each["kind"] == "done"]
        assert (events[-1]["kind"], events[-1]["data"]["status"]) == ("ended", "done")
        shown = self.call("runs", "show", said.run).out
        return all(step in shown for step in steps)

    # ---- the routers ----

    def shown(self, name: str, command: str) -> str:
        """What a router prints at its console."""
        return self.lab.run(lambda: console(self.lab.lab[name]).run(command))

    def type(self, name: str, *lines: str) -> None:
        """Type lines at the console of a router."""
        self.lab.run(lambda: console(self.lab.lab[name]).run(*lines))
        self.lab.advance(0)

    def fault(self, name: str, fault: str) -> Act:
        """What lets something go wrong on a router."""
        return lambda: self.lab.run(lambda: self.lab.lab.fault(name, fault))

    def at(self, name: str, act: Callable[[Router], Any]) -> Any:
        """Do something with a router."""
        return self.lab.run(lambda: act(self.lab.lab[name]))

    def heal(self) -> None:
        """End what goes wrong on purpose, switch everything on, and let the groups settle."""
        self.lab.heal()
        for host in self.lab.hosts():
            self.at(host.name, lambda router: router.faults.clear())
            self.lab.boot(host.name)
        self.lab.advance(SETTLED_S)

    def cut_off(self, name: str) -> None:
        """Let a router end its sessions and refuse others."""
        self.fault(name, "refuse")()
        self.fault(name, "drop-after 1")()

    def boots_in(self, name: str, seconds: float) -> None:
        """Say how long a restart of a router takes."""
        self.at(name, lambda router: setattr(router.behaviour, "boot_s", seconds))

    def until_rekey(self, left_s: float) -> None:
        """Jump ahead, until so many seconds before the next rekey (behind it: less than 0)."""

        def time_to_rekey(router: Router) -> float:
            (group,) = router.feature(Gdoi).servers.values()
            times = [group.time_to_rekey(tek) for tek in group.teks]
            return min(each for each in times if each is not None)

        leading = next(name for name in ("KS1", "KS2") if self.role(name) == "Primary")
        self.lab.advance(max(0.0, self.at(leading, time_to_rekey) - left_s))

    def role(self, name: str) -> str:
        """The role of a key server."""
        shown = self.shown(name, "show crypto gdoi ks coop")
        (line,) = (line for line in shown.splitlines() if "Local KS Role" in line)
        return line.split(":")[1].split(",")[0].strip()

    def labels(self, name: str) -> list[str]:
        """The RSA keys that a router has, but for that of SSH."""
        shown = self.shown(name, "show crypto key mypubkey rsa")
        labels = [line.split(":")[1].strip() for line in shown.splitlines() if "Key name:" in line]
        return sorted(label for label in labels if label.startswith("GETVPN"))

    def signs_with(self, name: str) -> str:
        """The key that a key server would sign rekeys with after a restart."""
        saved = self.shown(name, "show startup-config | include rekey authentication")
        assert saved == self.shown(name, "show running-config | include rekey authentication")
        return saved.split()[-1]

    def version(self, name: str) -> str:
        """The version that a router runs."""
        found: str = self.at(name, lambda router: router.software.version)
        return found

    def lost(self) -> dict[tuple[str, str], float]:
        """For how many seconds each pair has lost its traffic, where it has."""
        return {
            (each.sender, each.receiver): each.lost_s for each in self.lab.outages() if each.lost_s
        }

    def is_well(self) -> bool:
        """Whether the key servers are in step, and all members can read each other."""
        members = [each.name for each in self.intent.members]
        servers = [each.name for each in self.intent.groups[0].servers]
        return sorted({self.role(name) for name in servers}) == ["Primary", "Secondary"] and all(
            self.lab.traffic(one, other).encrypted
            for one in members
            for other in members
            if one != other
        )


def lab_of(intent: Intent, *, rate: float = 1.0) -> BackgroundLab:
    """A lab in which the devices of an intent have what is rendered for them.

    `rate` is how many seconds of it pass in a real one.
    """
    texts = render(intent, KnownSecrets())
    servers = [server.name for server in intent.key_servers]
    return BackgroundLab(
        {
            "seed": 1,
            "clock": {"start": "2026-01-01T00:00:00Z", "rate": rate},
            "host_keys": {"type": "rsa", "bits": 1024},
            "network": {"mtu": 9000},
            "keys": [{"label": OLD_KEY, "bits": 2048, "exportable": True, "devices": servers}],
            "devices": {
                device.name: {
                    "platform": platform(device),
                    "startup": texts[device.name] + beside(device, intent),
                    "settings": {"boot_s": BOOT_S},
                }
                for device in devices(intent)
            },
        }
    )


@contextmanager
def operated(intent: Intent, folder: Path, *, rate: float = 1.0) -> Iterator[Operated]:
    """A network that runs as its intent says."""
    with lab_of(intent, rate=rate) as lab:
        LabFleet.of(lab, folder)
        made = Operated(lab=lab, folder=folder, intent=intent)
        lab.advance(SETTLED_S)
        yield made
