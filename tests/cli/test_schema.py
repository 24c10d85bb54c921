import json
from pathlib import Path

import pytest

from getvpn.cli.main import run

Capture = pytest.CaptureFixture[str]


def test_the_schema_is_printed(capsys: Capture) -> None:
    assert run(["schema"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert next(iter(found["properties"])) == "version"


def test_the_schema_is_written_to_a_file(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "network.schema.json"

    assert run(["schema", "-o", str(path)]) == 0

    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"written to {path}\n"
    assert json.loads(path.read_text("utf-8"))["title"] == "A GETVPN network"


def test_markdown_is_the_list_of_keys(capsys: Capture) -> None:
    assert run(["schema", "-f", "markdown"]) == 0
    assert capsys.readouterr().out.startswith(
        "### The file\n\n| key | what | default | meaning |\n"
    )


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path, capsys: Capture) -> None:
    assert run(["schema", "-o", str(tmp_path / "none" / "x.json")]) == 2
    assert "No such file or directory" in capsys.readouterr().err
