from pathlib import Path

import pytest

from getvpn.playbooks.audit_saved import main


def test_the_example_network_has_serious_findings(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(str(root / "inventory/example/network")) == 1
    assert "KEY001" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("nowhere") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
