"""docs/cli.md is what the command says of itself."""

import pytest

from getvpn.cli.main import VERBS

from .modules import DOCS, module_in_docs


def test_the_reference_of_the_command_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "GETVPN_JOURNAL"):
        monkeypatch.delenv(name, raising=False)
    written = (DOCS / "cli.md").read_text("utf-8")

    assert [verb for verb in VERBS if f"\n## getvpn {verb}\n" not in written] == []
    assert written == module_in_docs("make_cli.py").text(), "write it anew: python docs/make_cli.py"
