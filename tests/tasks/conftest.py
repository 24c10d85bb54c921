"""Databases of each kind; PostgreSQL runs only where it is installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from getvpn.tasks.journal import Journal

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parts[-2])
NOBODY = "nobody"


def not_root(*command: str) -> list[str]:
    """A command as somebody else where root would run it: PostgreSQL refuses that."""
    if os.getuid():
        return list(command)
    tool = shutil.which("runuser")
    if tool is None:
        pytest.skip("root cannot run PostgreSQL, and has no 'runuser' to be somebody else")
    return [tool, "-u", NOBODY, "--", *command]


@pytest.fixture(scope="session")
def psycopg() -> ModuleType:
    """The driver."""
    found: ModuleType = pytest.importorskip("psycopg", reason="the driver psycopg is not installed")
    return found


@pytest.fixture(scope="session")
def server(psycopg: ModuleType) -> Iterator[Path]:
    """The folder of the socket of a server of our own, which listens on nothing else."""
    del psycopg
    programs = next((path for path in reversed(PROGRAMS) if (path / "initdb").exists()), None)
    if programs is None:
        pytest.skip("PostgreSQL is not installed: there is no /usr/lib/postgresql/*/bin/initdb")
    # a socket has a short path, which that of pytest's folders is not
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as name:
        folder = Path(name)
        if not os.getuid():
            account = pwd.getpwnam(NOBODY)
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"

        def call(program: str, *words: str) -> None:
            command = not_root(str(programs / program), "-D", str(data), *words)
            said = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
            assert said.returncode == 0, said.stderr

        call("initdb", "--username=tester", "--auth=trust", "--encoding=UTF8", "--no-sync")
        # what the server writes goes to a file: it keeps our pipes open for as long as it lives
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c timezone=UTC"
        waits = ("--wait", "--timeout=600", "--silent")
        call("pg_ctl", "start", *waits, "-l", str(folder / "log"), "-o", options)
        try:
            yield folder
        finally:
            call("pg_ctl", "stop", *waits, "--mode=immediate")


@pytest.fixture
def postgres(server: Path, psycopg: ModuleType) -> str:
    """The URL of an empty database."""
    with psycopg.connect(f"host={server} user=tester dbname=postgres", autocommit=True) as there:
        there.execute("DROP SCHEMA public CASCADE")
        there.execute("CREATE SCHEMA public")
    return f"postgresql://tester@/postgres?host={server}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("pg"))])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a journal that is not there yet, and that processes can share."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/journal.db"
    found: str = request.getfixturevalue("postgres")
    return found


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    """A journal without runs."""
    made = Journal(url)
    yield made
    made.close()
