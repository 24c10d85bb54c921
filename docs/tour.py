"""The tour of `make demo`: a lab with planted mistakes is audited, and gets another rekey key.

Run it as `python docs/tour.py REPORT.html`. It types the commands that it shows, as anybody could,
in a folder for this purpose that is gone afterwards, also after Ctrl-C; only the report stays. The
clock of the lab is 10 times as fast as others while the key is replaced, and members are told to
register again: nobody waits for a rekey, and none comes meanwhile on a slow computer.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from getvpn import audit

GETVPN = (sys.executable, "-m", "getvpn")
RATE = 10
LAB_ENDS_S = 60.0
PLANTED = (
    # where, what is there, what is planted, what to say of it
    (
        *("wan/lab.yml", "bits: 2048", "bits: 1024"),
        "KS1 and KS2 sign rekeys with an RSA key of 1024 bits",
    ),
    (
        *("wan/lab/ks2.cfg", "keepalive 15 periodic\n", "keepalive 15\n"),
        "KS2 looks for dead peers on demand only",
    ),
    (
        "wan/lab/gm3.cfg",
        " server address ipv4 203.0.113.1\n server address ipv4 203.0.113.2\n",
        " server address ipv4 203.0.113.2\n server address ipv4 203.0.113.1\n",
        "GM3 lists the key servers in another order than all others",
    ),
)
"""Besides traffic keys of half an hour."""
RULES = "GMR001,IKE002,KEY002,TEK002,TEK005"
"""Those that find them; the report has what all rules find."""
REPORT = "report.html"
REACHED = "--hosts hosts.yml --known-hosts known_hosts"
INTERRUPTED = 130
ENDING = (signal.SIGINT, signal.SIGTERM)


class TourError(Exception):
    """A command did not end as it should."""


class Tour:
    """Somebody who types commands in `folder`."""

    def __init__(self, folder: Path, report: Path) -> None:
        self.folder = folder
        self.report = report
        self.environment = os.environ | {
            "GETVPN_LAB_DIR": str(folder),
            "GETVPN_JOURNAL": f"sqlite:///{folder}/journal.db",
        }

    def types(self, words: str, *, codes: tuple[int, ...] = (0,)) -> None:
        """Show a command, and call it; raises TourError unless it ends with one of `codes`."""
        _say(f"\n$ getvpn {words}")
        called = self._started(words)
        try:
            code = called.wait()
        except BaseException:
            _end(called)
            raise
        if code not in codes:
            raise TourError(f"the exit code of 'getvpn {words}' is {code}")

    def _started(self, words: str, **more: Any) -> subprocess.Popen[str]:
        """A command that runs. Ctrl-C waits until it does: nobody would end a half started one."""
        came: list[int] = []
        before = {
            each: signal.signal(each, lambda number, _: came.append(number)) for each in ENDING
        }
        try:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [*GETVPN, *shlex.split(words)],
                cwd=self.folder,
                env=self.environment,
                text=True,
                **more,
            )
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
        if came:
            _end(process)
            _interrupt(came[0], None)
        return process

    def plant(self) -> None:
        """Put mistakes into the files of the lab, and say which."""
        _say("\nplanted:\n  the keys for traffic live half an hour")
        for name, right, wrong, said in PLANTED:
            path = self.folder / name
            text = path.read_text("utf-8")
            if right not in text:
                raise TourError(f"{name} has no {right.strip()!r}")
            path.write_text(text.replace(right, wrong, 1), "utf-8")
            _say(f"  {said}")

    def audits(self, folder: str) -> None:
        """Show what is found of the mistakes, and write the report on all that is found."""
        self.types(f"audit {folder} --fail-on critical --select {RULES}", codes=(0, 1))
        self.types(f"audit {folder} --history tour -f html -o {REPORT}", codes=(1,))
        shutil.copy(self.folder / REPORT, self.report)
        _say(f"report: {self._report}")

    def compares(self, before: str, after: str) -> None:
        """Say which findings of the mistakes are gone in another folder, are there still, are new.

        The public interface is used: the audit as a function.
        """
        old, new = (self._findings(folder) for folder in (before, after))
        for word, keys in (
            ("gone", old.keys() - new.keys()),
            ("there still", old.keys() & new.keys()),
            ("new", new.keys() - old.keys()),
        ):
            for rule, severity, where in sorted(keys):
                said = (old | new)[rule, severity, where]
                _say(f"{word:<11}  {rule} {f'[{severity}]':<8}  {where:<11}  {said}")

    def _findings(self, folder: str) -> dict[tuple[str, str, str], str]:
        """What an audit says, by rule, severity and where."""
        report = audit([self.folder / folder], select=RULES.split(","))
        return {
            (each.rule, str(each.severity), each.device or each.group or ""): each.message
            for each in report.findings
        }

    @property
    def _report(self) -> str:
        """The path of the report, from where the tour was started if it is below."""
        here = Path.cwd()
        below = self.report.is_relative_to(here)
        return str(self.report.relative_to(here) if below else self.report)

    @contextmanager
    def lab(self) -> Iterator[None]:
        """Serve the lab; Ctrl-C reaches it only by way of the tour, which ends it."""
        words = "lab up wan/lab.yml --name tour --inventory hosts.yml"
        _say(f"\n$ getvpn {words} &")
        lab = self._started(
            words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        try:
            for line in lab.stderr or ():
                _say(line.rstrip("\n"))
                if " up; " in line:
                    break
            else:
                raise TourError("the lab is not up")
            yield
            for line in lab.stderr or ():
                _say(line.rstrip("\n"))
        finally:
            lab.terminate()
            try:
                lab.wait(LAB_ENDS_S)
            except subprocess.TimeoutExpired:
                _end(lab)

    def go(self) -> None:
        """Go all the way; raises TourError where it does not go on."""
        _say("The tour takes about a minute, and changes nothing but its own lab. Ctrl-C ends it.")
        _title("A network of emulated routers, with mistakes")
        self.types("lab generate wan --members 3 --tek 1800")
        self.plant()
        with self.lab():
            self.types("lab advance 5m")
            self.types("lab inspect")
            _title("What the routers say, over SSH")
            self.types(f"trust --yes {REACHED} '*'")
            self.types(f"collect {REACHED} '*' -o before")
            _title("What is wrong")
            self.audits("before")
            _title("Another RSA key for rekeys, which is long enough")
            self.types("adopt before -o network.yml --no-diff", codes=(0, 1))
            # a rekey has been sent: however slow this computer is, there is time to the next one
            self.types("lab advance 25m")
            self.types(f"lab pace {RATE}")
            self.types(f"rollover rsa {REACHED} --wave 2 --execute --yes --look-every 1")
            self.types("lab advance 30m")
            self.types("lab inspect")
            _title("What is wrong now, a rekey later")
            self.types(f"collect {REACHED} '*' -o after")
            self.audits("after")
            _title("What the rollover has mended")
            self.compares("before", "after")
            self.types("lab down")
        _say(f"\nThe report, with the trend of both audits: {self._report}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _title(text: str) -> None:
    _say(f"\n---- {text} ----")


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    for each in ENDING:  # a second one must not keep the lab up
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Go on the tour and write the report; the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("say where the report goes: python docs/tour.py REPORT.html\n")
        return 2
    for number in ENDING:
        signal.signal(number, _interrupt)
    path = Path(arguments[0]).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tour-", ignore_cleanup_errors=True) as folder:
        try:
            Tour(Path(folder), path).go()
        except KeyboardInterrupt:
            sys.stderr.write("interrupted; the lab is down\n")
            return INTERRUPTED
        except TourError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
