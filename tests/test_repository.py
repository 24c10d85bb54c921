"""What holds for the files of the repository as such."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copyfile

import pytest

import getvpn

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60

# Spelled in parts, so that this file does not hold what it looks for.
FORBIDDEN = re.compile(
    "|".join(
        (
            r"\b" + "py" + r"pi\.org",
            "python" + "hosted",
            "registry" + r"\.npm",
            r"deb\.deb" + r"ian\.org",
            r"(?<![\w.~])/(wo" + "rk|fa" + "rm|ro" + "ot|ho" + r"me)/",
            r"\b(cla" + "ude|anth" + r"ropic)\b",
            r"\bL" + r"LM\b",
        )
    ),
    re.IGNORECASE,
)
REQUIREMENT = re.compile(
    r"^([a-z0-9-]+)==\S+ (?:; .+ )?\\\n    --hash=sha256:[0-9a-f]{64}", re.MULTILINE
)


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    if not (root / ".git").exists():
        pytest.skip("not a clone")
    command = ["git", "-C", str(root), "ls-files", "-z"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [path for name in names.split("\0") if name and (path := root / name).is_file()]


def test_files_name_no_index_no_machine_and_no_maker(tracked: list[Path], root: Path) -> None:
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in tracked
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]

    assert found == []


def test_modules_and_functions_stay_short(tracked: list[Path], root: Path) -> None:
    too_long = []
    for path in tracked:
        name = path.relative_to(root)
        if path.suffix != ".py" or name.parts[0] == "tests":
            continue
        text = path.read_text("utf-8")
        lines = text.count("\n")
        if lines > MAX_MODULE_LINES:
            too_long.append(f"{name}: {lines} lines")
        too_long += [
            f"{name}:{node.lineno}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or node.lineno) - node.lineno >= MAX_FUNCTION_LINES
        ]

    assert too_long == []


def test_the_tests_run_in_a_folder_of_any_name(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "getvpn-0.1"
    (folder / "tests").mkdir(parents=True)
    for name in ("__init__.py", "pyproject.toml", "tests/conftest.py", "tests/labs.py"):
        copyfile(root / name, folder / name)
    (folder / "tests" / "test_some.py").write_text("def test_it(): pass\n", "utf-8")

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1][:8]) == (0, "1 passed"), done.stdout


def test_the_changelog_tells_of_this_version(root: Path) -> None:
    heading = "Unreleased" if ".dev" in getvpn.__version__ else getvpn.__version__

    assert f"\n## [{heading}]" in (root / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("group", ["bench", "clients", "dev"])
def test_lock_files_pin_all_that_is_asked_for_by_hash_and_name_no_source(
    group: str, root: Path
) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"][group]
    names = {re.sub(r"[._]", "-", re.split(r"[\[<>=!~ ]", item)[0].lower()) for item in wanted}
    lock = (root / "requirements" / f"{group}.lock").read_text("utf-8")

    pinned = REQUIREMENT.findall(lock)
    assert names <= set(pinned)
    assert len(pinned) == len(re.findall(r"^[^\s#]", lock, re.MULTILINE))
    assert "://" not in lock
    assert "file:" not in lock
