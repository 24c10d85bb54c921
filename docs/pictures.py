"""The pictures of the README: `python docs/pictures.py [NAME…]` draws them into docs/pictures/.

They show what the command itself makes: the report of the example network in Chromium, and a
terminal in which it is called, partly against the lab. NAME is that of a function below.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path

from terminal import Screen, TerminalError, call

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
EXAMPLE = ROOT / "inventory" / "example"
GETVPN = (sys.executable, "-m", "getvpn")
COLUMNS, ROWS = 126, 60
ROLLOVER_ROWS = 29
LARGEST = 250_000
REPORT_WIDTH, REPORT_SCALE = 1200, 2
PATIENCE_MS = 300_000
"""How long a browser may take on a busy computer."""
RULES = "COOP006,GMR002,IKE002,IKE006"
SOON = "KeyServerUnreachable: {for: 10}\n"


class Shell:
    """A folder in which commands are typed; the picture is of all that is typed on `screen`."""

    def __init__(self, folder: Path, rows: int = ROWS) -> None:
        self.folder = folder
        self.screen = Screen(columns=COLUMNS, rows=rows)
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.environment = kept | {
            "HOME": str(folder),
            "GETVPN_LAB_DIR": str(folder),
            "GETVPN_JOURNAL": f"sqlite:///{folder}/journal.db",
            **{f"EXAMPLE_PSK_GM{number}": f"Example-member-{number}" for number in range(1, 9)},
            "EXAMPLE_PSK_COOP": "Example-coop-key",
        }

    def types(self, words: str, *, enough: Callable[[Screen], bool] = lambda _: False) -> None:
        """Type `getvpn WORDS` for everybody to see; see `terminal.call` for `enough`."""
        called = [
            name
            for word in shlex.split(words)
            for name in (
                sorted(path.name for path in self.folder.glob(word)) if "*" in word else [word]
            )
        ]
        self.screen.feed(f"\x1b[32;1m$\x1b[0m getvpn {words}\r\n")
        call(
            self.screen,
            (*GETVPN, *called),
            folder=self.folder,
            environment=self.environment,
            enough=enough,
        )

    def does(self, words: str) -> None:
        """Call `getvpn WORDS` where nobody sees it; raises CalledProcessError."""
        subprocess.run(  # noqa: S603 - our own command
            (*GETVPN, *shlex.split(words)),
            cwd=self.folder,
            env=self.environment,
            check=True,
            capture_output=True,
        )

    @contextmanager
    def lab(self) -> Iterator[None]:
        """The example lab, in the folder, with members that are registered."""
        shutil.copytree(EXAMPLE, self.folder, dirs_exist_ok=True)
        process = subprocess.Popen(  # noqa: S603 - our own command
            (*GETVPN, *shlex.split("lab up lab.yml --name lab --inventory hosts.yml")),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            for line in process.stderr or ():
                if " up; " in line:
                    break
            else:
                raise TerminalError("the lab is not up")
            self.does("lab advance 5m")
            self.does("trust --yes --hosts hosts.yml --known-hosts known_hosts '*'")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()


def audit(folder: Path) -> Screen:
    """Findings of the example network, in colour."""
    shell = Shell(folder)
    for device in (EXAMPLE / "network").iterdir():
        shutil.copy(device / "show_running-config.txt", folder / f"{device.name}.cfg")
    shell.types(f"audit *.cfg --select {RULES}")
    return shell.screen


def rollover(folder: Path) -> Screen:
    """Another RSA key for rekeys of the lab, while members come to get it."""

    def coming(screen: Screen) -> bool:
        last = screen.lines()[-1]
        return "wave 3 of 4" in last and "members with the new key" in last

    shell = Shell(folder, rows=ROLLOVER_ROWS)
    with shell.lab():
        shell.types(
            "rollover rsa --execute --yes --wave 2 --hosts hosts.yml --known-hosts known_hosts",
            enough=coming,
        )
    return shell.screen


def watch(folder: Path) -> Screen:
    """The board, some time after a primary has lost its power."""
    shell = Shell(folder)
    killed: list[float] = []
    changed: list[float] = []

    def over(screen: Screen) -> bool:
        text = "\n".join(screen.lines())
        if not killed and "secondary" in text and "8 members" in text:
            killed.append(time.monotonic())
            shell.does("lab kill KS1")
        if not changed and "PrimaryChanged" in text:
            changed.append(time.monotonic())
        # this board may have been drawn in part only; there is another one each second
        return bool(changed) and time.monotonic() - changed[0] > 1

    (folder / "rules.yml").write_text(SOON, "utf-8")
    with shell.lab():
        shell.types(
            "watch --hosts hosts.yml --known-hosts known_hosts --every 5 --rules rules.yml",
            enough=over,
        )
    return shell.screen


TERMINALS = {each.__name__: each for each in (audit, rollover, watch)}
TITLES = {
    "audit": "getvpn audit",
    "rollover": "getvpn rollover rsa",
    "watch": "getvpn watch",
}


def terminal(name: str) -> Screen:
    """What stands on a terminal; raises TerminalError if it is not fit for a picture."""
    with tempfile.TemporaryDirectory(prefix="p-", ignore_cleanup_errors=True) as folder:
        screen = TERMINALS[name](Path(folder))
    check(screen, name)
    return screen


def check(screen: Screen, name: str) -> None:
    """Raise TerminalError if lines are too long, or tell of the machine that they were made on."""
    if screen.wrapped:
        raise TerminalError(f"{name} has lines that are too long")
    words = re.split(r"[^\w./-]+", "\n".join(screen.lines()))
    own = {getuser(), socket.gethostname()}
    if told := [word for word in words if word in own or word.startswith("/")]:
        raise TerminalError(f"{name} tells where it was made: {told}")


def report(target: Path) -> str:
    """Draw the first view of the HTML report into `target`; the text that is to be read there."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise TerminalError("there is no chromium: `apt install chromium`")
    with tempfile.TemporaryDirectory(prefix="p-") as folder, sync_playwright() as playwright:
        shell = Shell(Path(folder))
        shutil.copytree(EXAMPLE / "network", shell.folder / "network")
        shell.does("audit network --fail-on never -f html -o report.html")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=PATIENCE_MS
        )
        page = browser.new_page(
            viewport={"width": REPORT_WIDTH, "height": 900},
            device_scale_factor=REPORT_SCALE,
            color_scheme="light",
        )
        page.set_default_timeout(PATIENCE_MS)
        page.goto((shell.folder / "report.html").as_uri())
        shown = page.locator("main")
        end = shown.evaluate("element => element.getBoundingClientRect().bottom")
        page.screenshot(
            path=target,
            clip={"x": 0, "y": 0, "width": REPORT_WIDTH, "height": round(end) + 16},
            full_page=True,
        )
        text = shown.inner_text()
        browser.close()
    return text


def draw(name: str) -> Path:
    """Draw one picture; the file. Raises TerminalError."""
    target = PICTURES / (f"{name}.svg" if name in TERMINALS else f"{name}.png")
    if name in TERMINALS:
        target.write_text(terminal(name).svg(TITLES[name]), "utf-8")
    else:
        report(target)
    if target.stat().st_size > LARGEST:
        raise TerminalError(f"{target.name} is too large")
    return target


def main(names: list[str]) -> int:
    """Draw pictures, all of them if none is named; the exit code."""
    known = [*TERMINALS, "report"]
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"no picture is called {unknown[0]}; there are {', '.join(known)}\n")
        return 2
    for name in names or known:
        try:
            target = draw(name)
        except TerminalError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        sys.stdout.write(f"{target.relative_to(ROOT)}: {target.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
