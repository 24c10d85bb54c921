import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

import getvpn
from getvpn.cli.main import VERBS

pytestmark = pytest.mark.xdist_group("wheel")

NOT_PACKAGED = {"build", "dist", "docs", "requirements", "tests"}
DATA_SUFFIXES = {".j2", ".json", ".ttp"}


def _packaged_files(root: Path) -> list[Path]:
    """Every file below `root`, from there, that a package folder holds."""
    found = []
    for folder, folders, files in os.walk(root):
        here = Path(folder).relative_to(root)
        folders[:] = [
            name
            for name in folders
            if not name.startswith((".", "__"))
            and not name.endswith(".egg-info")
            and not (here == Path() and name in NOT_PACKAGED)
        ]
        found += [here / name for name in files if not name.startswith(".")]
    return found


def _data_files(root: Path) -> set[str]:
    """What the wheel has to hold beside the code, by its path from the root."""
    return {"py.typed"} | {
        path.as_posix()
        for path in _packaged_files(root)
        if path.suffix in DATA_SUFFIXES or path.parts[:2] == ("inventory", "example")
    }


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A source distribution, the wheel that was made from it, and what was said meanwhile."""

    source: Path
    wheel: Path
    said: str


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both, made from a copy of the tree."""
    copy = tmp_path_factory.mktemp("source") / "tree"
    copytree(root, copy, ignore=ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__"))
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(copy)]
    # where Python is told to compile nothing, that is warned of
    environ = {name: value for name, value in os.environ.items() if name[:10] != "PYTHONDONT"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environ)
    (wheel,) = target.glob("*.whl")
    (source,) = target.glob("*.tar.gz")
    return Built(source=source, wheel=wheel, said=done.stdout + done.stderr)


@pytest.fixture(scope="module")
def wheel(built: Built) -> Path:
    return built.wheel


@pytest.fixture(scope="module")
def installed(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a program of an environment that holds the wheel, and sees our dependencies only."""
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-index"]
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, capture_output=True)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")

    def call(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(place / "bin" / program), *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd=place)

    return call


def test_every_folder_with_code_or_data_is_listed_as_a_package(
    root: Path, project: dict[str, Any]
) -> None:
    folders = {path.parent for path in _packaged_files(root) if path.suffix == ".py"}
    names = {".".join(("getvpn", *folder.parts)) for folder in folders}

    assert set(project["tool"]["setuptools"]["packages"]) == names


def test_the_wheel_holds_all_code_and_data_and_nothing_else(root: Path, wheel: Path) -> None:
    files = zipfile.ZipFile(wheel)
    packed = {
        name.removeprefix("getvpn/"): files.read(name)
        for name in files.namelist()
        if not name.startswith(f"getvpn-{getvpn.__version__}.dist-info/")
    }
    code = {path.as_posix() for path in _packaged_files(root) if path.suffix == ".py"}

    assert packed.keys() == code | _data_files(root)
    assert [name for name in packed if packed[name] != (root / name).read_bytes()] == []


def test_the_source_distribution_holds_what_the_wheel_is_made_of(root: Path, built: Built) -> None:
    with tarfile.open(built.source) as archive:
        names = [each.name.partition("/")[2] for each in archive.getmembers() if each.isfile()]
    code = {path.as_posix() for path in _packaged_files(root) if path.suffix == ".py"}
    about = {"LICENSE", "MANIFEST.in", "PKG-INFO", "README.md", "pyproject.toml", "setup.cfg"}

    packed = {name for name in names if not name.startswith("getvpn.egg-info/")}
    assert packed == code | _data_files(root) | about


def test_nothing_is_said_against_how_it_is_built(built: Built) -> None:
    assert [line for line in built.said.splitlines() if "warn" in line.lower()] == []


def test_the_installed_wheel_runs_from_its_own_files(
    installed: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    version = installed("getvpn", "--version")
    where = installed("python", "-c", "import getvpn; print(getvpn.__file__)")

    assert (version.returncode, version.stdout) == (0, f"getvpn {getvpn.__version__}\n")
    assert "site-packages" in where.stdout


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_the_installed_wheel_has_every_verb(
    verb: str, installed: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    shown = installed("getvpn", verb, "--help")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert VERBS[verb] in " ".join(shown.stdout.split())


def test_licence_is_mit_and_ships(wheel: Path, project: dict[str, Any]) -> None:
    assert project["project"]["license"] == "MIT"

    info = f"getvpn-{getvpn.__version__}.dist-info"
    text = zipfile.ZipFile(wheel).read(f"{info}/licenses/LICENSE").decode()
    assert text.startswith("MIT License\n\nCopyright (c) 2026 the getvpn authors\n")
