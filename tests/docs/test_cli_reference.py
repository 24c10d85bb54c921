"""docs/cli.md is what the command says of itself."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from getvpn.cli.main import VERBS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_reference_of_the_command_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "GETVPN_JOURNAL"):
        monkeypatch.delenv(name, raising=False)
    spec = spec_from_file_location("make_cli", DOCS / "make_cli.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    written = (DOCS / "cli.md").read_text("utf-8")

    assert [verb for verb in VERBS if f"\n## getvpn {verb}\n" not in written] == []
    assert written == script.text(), "write it anew: python docs/make_cli.py"
