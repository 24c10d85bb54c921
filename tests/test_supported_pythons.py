"""The Pythons that are said to be supported are those that the tests run with."""

import ast
import re
import tomllib
from pathlib import Path


def test_nox_runs_with_the_pythons_that_the_package_names(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    script = ast.parse((root / "tests" / "noxfile.py").read_text("utf-8"))
    (tested,) = [
        ast.literal_eval(each.value)
        for each in script.body
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "PYTHONS"
    ]
    named = re.findall(r"Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)

    assert named == list(tested)
    assert project["requires-python"] == f">={tested[0]}"
    assert tested == ("3.11", "3.12", "3.13")


def test_the_page_on_installing_names_the_pythons(root: Path) -> None:
    page = (root / "docs" / "install.md").read_text("utf-8")

    assert "Python 3.11 or newer, and is tested with 3.11, 3.12 and 3.13." in page
