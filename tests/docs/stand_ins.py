"""What is typed in the place of commands that cannot be executed here as they stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """Commands of `page` that begin with `text` are only parsed; the test does what they do."""

    page: str
    text: str
    why: str

    def stands_for(self, command: Command) -> bool:
        """Whether it is such a command."""
        return command.page == self.page and command.text.startswith(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """In commands of `page` (of all pages if it is empty) what fits `old` becomes `new`.

    Names in braces in `new` are what only the test of the page knows (`Script.here`), `\\1` is a
    group of `old`.
    """

    page: str = ""
    old: str
    new: str
    why: str

    def stands_for(self, command: Command) -> bool:
        """Whether it changes anything about a command."""
        return self.page in ("", command.page) and bool(re.search(self.old, command.text))

    def applied(self, text: str, here: Mapping[str, str]) -> str:
        """A command with it; `here` has the values of the names."""
        return re.sub(self.old, lambda found: found.expand(self.new).format_map(here), text)


PORTS = "the devices are not at the addresses of the intent, but at ports of this machine"

STAND_INS = (
    StandIn(
        old=r"^make(?= )",
        new="make -C {root} --dry-run",
        why="it runs the tests, makes an environment, or asks an index of packages",
    ),
    StandIn(
        page="docs/audit.md",
        old=r"^pip install docs/plugin$",
        new="pip install --quiet --no-deps --no-build-isolation --target site docs/plugin",
        why="it is installed into a folder of the test, not into this environment",
    ),
    StandIn(
        page="docs/audit.md",
        old=r"^getvpn ",
        new="python -m getvpn ",
        why="rules are looked for once in a process",
    ),
    StandIn(
        page="docs/ci.md",
        old=r"^pip install --quiet getvpn$",
        new="pip show --quiet getvpn",
        why="it is installed here; tests of the package install it elsewhere",
    ),
    StandIn(
        page="docs/install.md",
        old=r"pip install \.$",
        new="pip install --quiet --no-deps --no-build-isolation .",
        why="no index of packages is asked: what it needs is that of this environment",
    ),
    StandIn(
        page="docs/lab.md",
        old=r"nc -U wan\.sock$",
        new="{nc} {socket}",
        why="it is not installed everywhere, and the socket is in the folder of labs",
    ),
    StandIn(
        old=r"(?<=^getvpn runs )(\w+) (3f2a91c0|4f3a)\b",
        new=r"\1 {run}",
        why="the name of a run is made up when it begins",
    ),
    StandIn(
        page="README.md",
        old=r"^getvpn (trust|collect|audit --live|diff --live|snapshot take)",
        new=r"getvpn \1 --hosts hosts.yml",
        why=PORTS,
    ),
    StandIn(
        page="docs/procedures.md",
        old=r"\bSTEP\b",
        new="{step}",
        why="it stands for any step of the plan",
    ),
    StandIn(
        page="docs/procedures.md",
        old=r"/srv/getvpn/journal\.db",
        new="{journal}",
        why="the folder is not there",
    ),
    StandIn(
        page="docs/watch.md",
        old=r"https://hooks\.example\.net/getvpn",
        new="{hook}",
        why="a server of the test, which is on this machine and so needs no certificate",
    ),
    StandIn(
        page="docs/watch.md",
        old=r"\bsyslog\.example\.net",
        new="{syslog}",
        why="a server of the test",
    ),
    StandIn(
        page="docs/watch.md",
        old=r"\bdocs/monitoring/",
        new="{root}/docs/monitoring/",
        why="the folder of the test is not the repository",
    ),
    StandIn(
        page="docs/watch.md",
        old=r"^/usr/local/bin/getvpn",
        new="getvpn",
        why="it is installed elsewhere",
    ),
    StandIn(
        old=r"(?<=--metrics ):9300$",
        new=":0",
        why="whether a port is free is not known before",
    ),
    StandIn(
        old=r"postgresql://journal\.example/getvpn",
        new="'{postgres}'",
        why="a server of the tests, for their own time only",
    ),
    StandIn(
        page="docs/diff.md",
        old=r"--live",
        new="--live --hosts hosts.yml",
        why=PORTS,
    ),
    StandIn(
        page="docs/snapshot.md",
        old=r"take before$",
        new="take before --hosts hosts.yml",
        why=PORTS,
    ),
    StandIn(
        page="docs/procedures/upgrade-key-servers.md",
        old=r"\bHASH\b",
        new="{hash}",
        why="the page does not know the image of the reader",
    ),
)

HERE = "the lab is served in the process of the test, by what `lab up` serves it with"

OTHERWISE = (
    Otherwise(
        page="docs/watch.md",
        text="getvpn lab advance",
        why="the lab is in the process of the test",
    ),
    Otherwise(
        page="docs/watch.md",
        text="getvpn watch --history watch --journal postgresql:",
        why="where PostgreSQL is not installed",
    ),
    Otherwise(
        page="docs/watch.md",
        text="promtool ",
        why="where it is not installed; the rules are held to their schema anyway",
    ),
    Otherwise(
        page="docs/procedures.md",
        text="getvpn runs --journal postgresql:",
        why="where PostgreSQL is not installed",
    ),
    Otherwise(page="docs/collect.md", text="getvpn lab up", why=HERE),
    Otherwise(page="docs/procedures/upgrade-key-servers.md", text="getvpn lab up", why=HERE),
)
