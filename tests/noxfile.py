"""The tests with every supported Python: `nox -f tests/noxfile.py`, in a clone.

It stands here because the root of the repository is the package. Sessions have what the lock file
pins; words behind `--` go to pytest. A Python that is not there is skipped, and in CI an error.
"""

import os
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")

nox.options.error_on_missing_interpreters = bool(os.environ.get("CI"))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests."""
    session.chdir(ROOT)
    session.install("-qq", "--require-hashes", "-r", "requirements/dev.lock")
    session.install("-qq", "--no-deps", "--no-build-isolation", "-e", ".")
    arguments = session.posargs or ["-n", "auto", "--dist", "loadgroup"]
    session.run("pytest", "-q", *arguments)
