"""Changes over real SSH: through NAPALM, and line by line."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.errors import DeviceError, HostKeyError, OverdueError, RefusedError
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views
from getvpn.tasks.clock import SystemClock
from getvpn.tasks.deploying import archive
from getvpn.tasks.deploying.archive import FILE
from getvpn.tasks.deploying.means import make_way, means_of
from getvpn.tasks.deploying.models import Change, Means, Way
from getvpn.tasks.diff import Command, difference, inverse, way_back
from getvpn.tasks.render import render
from getvpn.tasks.ssh.connection import open_session
from getvpn.tasks.ssh.device import COMMAND_S
from getvpn.tasks.ssh.known_hosts import KnownHosts
from getvpn.tasks.ssh.session import Session
from getvpn.tasks.ssh.target import Access, Target

from ..networks import KnownSecrets, group, network, policy

MORE = "archive\n path {flash}:archive\n!\nip scp server enable\n"
KINDS = {"classic": ("isr2911", "flash"), "xe17": ("c8000v", "bootflash")}
EACH = ("kept", "refused", "ended", "key", "full", "cut", "lines", "warned", "hung")
"""What a device of its own is there for."""


def before(kind: str) -> Intent:
    return network(kind, group())


def after(kind: str) -> Intent:
    wide = policy(traffic={"between": ["10.0.0.0/8", "172.16.0.0/12"]})
    return network(kind, group(policies=[wide]), group("G2", identity=1002, policies=[policy()]))


@pytest.fixture(scope="module")
def lab() -> Iterator[BackgroundLab]:
    devices = {}
    for kind, (platform, flash) in KINDS.items():
        text = MORE.format(flash=flash) + render(before(kind), KnownSecrets(), ["KS1"])["KS1"]
        for each in EACH:
            devices[f"{kind}-{each}"] = {"platform": platform, "startup": text}
    # time passes by jumps: no trial ends because this machine is busy
    clock = {"rate": 0.001}
    said = {"seed": 1, "clock": clock, "host_keys": {"type": "ed25519"}, "devices": devices}
    with BackgroundLab(said) as served:
        yield served


class Site:
    """A device of the lab, and what leads it from one intent to the other."""

    def __init__(self, lab: BackgroundLab, kind: str, name: str, known_hosts: Path) -> None:
        self.lab, self.name = lab, f"{kind}-{name}"
        self.known_hosts = known_hosts
        known_hosts.write_text(lab.known_hosts(self.name))
        self.view = device_views(after(kind))["KS1"]
        (self.intended,) = render(after(kind), KnownSecrets(), ["KS1"]).values()
        self.sessions: list[Session] = []
        self.session()
        self.backup = self.sessions[-1].send("show running-config")
        self.before = self.running()
        self.commands = difference(self.view, self.intended, self.backup).commands

    def session(self) -> Session:
        """A session of a new process; those of before have ended."""
        for each in self.sessions:
            each.close()
        host = self.lab.host(self.name)
        target = Target(
            host=host.address,
            port=host.port,
            username=host.username,
            password=host.password,
            secret=host.secret,
            access=Access(known_hosts=str(self.known_hosts)),
        )
        self.sessions.append(open_session(target, "KS1"))
        return self.sessions[-1]

    def way(
        self,
        commands: tuple[Command, ...] | None = None,
        means: Means = "napalm",
        *,
        trial_s: float = 300,
    ) -> Way:
        """A way of a process of its own."""
        change = Change(
            device="KS1",
            role="key server",
            groups=("G1",),
            means=means,
            commands=self.commands if commands is None else commands,
            inverse=inverse(self.view, self.intended, self.backup),
        )
        return make_way(
            self.session(),
            change,
            backup=self.backup,
            back=lambda now: way_back(self.view, self.intended, now, self.backup),
            username=self.lab.host(self.name).username,
            clock=SystemClock(),
            trial_s=trial_s,
        )

    def at_console(self, command: str) -> str:
        router = self.lab[self.name]
        return self.lab.run(lambda: console(router).run(command))

    def running(self) -> str:
        shown = self.at_console("show running-config")
        return shown[shown.index("\nversion ") :]

    def is_changed(self) -> bool:
        """Whether all that was intended is there."""
        return not difference(self.view, self.intended, self.running()).commands

    def files(self) -> str:
        """What the device has in its flash."""
        return self.at_console("dir")


@pytest.fixture
def site(lab: BackgroundLab, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Gives the device that is there for something, of a kind."""
    made = []

    def of(name: str, kind: str = "xe17") -> Site:
        made.append(Site(lab, kind, name, tmp_path / "known_hosts"))
        return made[-1]

    yield of
    for each in made:
        for session in each.sessions:
            session.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_goes_through_napalm_and_leaves_nothing_beside(
    site: Callable[..., Site],
    kind: str,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    here = site("kept", kind)
    assert means_of(here.backup, here.commands) == "napalm"
    way = here.way()
    way.apply()

    assert here.is_changed()
    assert "User: " in here.at_console("show archive config rollback timer")
    assert FILE not in here.files()
    assert "file prompt" not in here.running()
    way.keep()
    assert "%No Rollback" in here.at_console("show archive config rollback timer")
    saved = here.at_console("show startup-config")
    assert saved[saved.index("\nversion ") :] == here.running()
    assert "one by one" not in caplog.text
    assert "Key-PSK" not in caplog.text
    assert [each.name for each in tmp_path.iterdir()] == ["known_hosts"]


def test_a_line_that_is_refused_in_a_merge_is_named_and_all_is_taken_back(
    site: Callable[..., Site],
) -> None:
    here = site("refused")
    at = len(here.commands) // 2
    wrong = Command(text="crypto isakmp key Hidden-Word address 10.0.0.300")
    way = here.way((*here.commands[:at], wrong, *here.commands[at:]))
    with pytest.raises(RefusedError) as caught:
        way.apply()

    assert str(caught.value) == (
        "KS1: refuses 'crypto isakmp key <removed> address 10.0.0.300': "
        "% Invalid input detected at '^' marker."
    )
    assert "Hidden-Word" not in repr(vars(caught.value))
    way.undo()
    assert here.running() == here.before
    assert FILE not in here.files()

    # what napalm does not take for a refusal
    with pytest.raises(RefusedError, match="refuses 'crypto gdoi group': % Incomplete command"):
        here.way((*here.commands, Command(text="crypto gdoi group"))).apply()
    here.way().undo()
    assert here.running() == here.before


def test_a_trial_of_a_process_that_was_ended_ends_by_itself_or_by_the_next(
    site: Callable[..., Site], lab: BackgroundLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = site("ended", "classic")
    here.way().apply()
    lab.advance(301)
    assert here.running() == here.before

    with monkeypatch.context() as patched:
        # the process ends before it has removed the file
        patched.setattr(archive._Driver, "remove", lambda _: None)
        here.way().apply()
    assert FILE in here.files()
    here.way().apply()
    assert here.is_changed()
    here.way().undo()
    assert here.running() == here.before
    assert FILE not in here.files()


def test_another_host_key_of_the_connection_for_files_is_refused(
    site: Callable[..., Site], tmp_path: Path
) -> None:
    here = site("key")
    wrong = tmp_path / "wrong"
    line = here.known_hosts.read_text().split()
    wrong.write_text(f"{line[0]} ssh-ed25519 {'AAAAC3NzaC1lZDI1NTE5AAAAI' + 'A' * 43}\n")
    way = here.way()
    here.sessions[-1].wire.netmiko.known = KnownHosts.of(wrong)  # type: ignore[attr-defined]

    with pytest.raises(HostKeyError, match=r"KS1: the host key of .* is ED25519 SHA256:"):
        way.apply()
    assert here.running() == here.before


def test_without_room_for_the_file_lines_are_entered_on_trial(
    site: Callable[..., Site], caplog: pytest.LogCaptureFixture
) -> None:
    here = site("full")
    way = here.way()
    here.at_console("configure terminal")
    here.lab.run(lambda: console(here.lab.lab[here.name]).configure("no ip scp server enable"))
    way.apply()

    assert "NAPALM cannot be used, lines are entered one by one: SCP file tran" in caplog.text
    assert here.is_changed()
    assert "User: " in here.at_console("show archive config rollback timer")


def test_a_connection_that_breaks_is_told(site: Callable[..., Site], lab: BackgroundLab) -> None:
    here = site("cut")
    way = here.way()
    lab.fault(here.name, "drop-after 6")
    with pytest.raises(DeviceError) as caught:
        way.apply()

    assert str(caught.value).startswith("KS1: ")
    here.way().undo()
    assert here.running() == here.before


def test_a_device_that_hangs_costs_its_time_out(
    site: Callable[..., Site], lab: BackgroundLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Impatient(archive._Driver):  # type: ignore[misc]  # its base has no types
        """NAPALM in a session that waits for a second, which it does not before."""

        def __init__(self, session: Session, *more: Any) -> None:
            session.timeouts = replace(session.timeouts, command_s=1.0)
            super().__init__(session, *more)

    monkeypatch.setattr(archive, "_Driver", Impatient)
    here = site("hung")
    way = here.way()
    lab.fault(here.name, "hang-after 6")
    began = monotonic()
    with pytest.raises(OverdueError, match="KS1: no answer to NAPALM in time"):
        way.apply()

    # sessions wait for a minute by default
    assert monotonic() - began < COMMAND_S
    assert here.running() == here.before


@pytest.mark.parametrize("kind", KINDS)
def test_lines_are_refused_taken_back_and_entered_by_the_next_process(
    site: Callable[..., Site], lab: BackgroundLab, kind: str
) -> None:
    here = site("lines", kind)
    at = len(here.commands) // 2
    commands = (*here.commands[:at], Command(text="bogus words"), *here.commands[at:])
    way = here.way(commands, "lines")
    with pytest.raises(RefusedError, match="KS1: refuses 'bogus words' at 'bogus': % Invalid"):
        way.apply()
    way.undo()
    assert here.running() == here.before

    with pytest.raises(RefusedError):
        here.way(commands, "lines").apply()
    here.way(None, "lines").apply()
    assert here.is_changed()
    lab.advance(301)
    assert here.running() == here.before


def test_a_warning_that_a_trial_ends_does_not_keep_it_from_being_kept(
    site: Callable[..., Site], lab: BackgroundLab
) -> None:
    here = site("warned")
    way = here.way(None, "lines", trial_s=120)
    way.apply()
    lab.advance(61)
    way.keep()
    lab.advance(61)

    assert here.is_changed()
    saved = here.at_console("show startup-config")
    assert saved[saved.index("\nversion ") :] == here.running()
