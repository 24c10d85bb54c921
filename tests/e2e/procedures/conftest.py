"""Who operates the networks of these tests: a folder, a journal, secrets, and the lab's time."""

import pytest

from ...tasks.lab_devices import LabTime
from .operating import Operated


@pytest.fixture(autouse=True)
def operator(network: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody in the folder of the network, who knows its keys and lives in its time."""
    monkeypatch.chdir(network.folder)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{network.folder}/journal.db")
    for name in ("COOP", "BR1", "BR2", "BR3", "KS1", "KS2", "KS3"):
        monkeypatch.setenv(f"PSK_{name}", f"Key-PSK_{name}")
    monkeypatch.setattr("getvpn.tasks.clock.SystemClock", lambda: LabTime(network.lab))
