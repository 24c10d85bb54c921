"""Verbs that need the intent say so where there is none, and how it is made."""

from pathlib import Path

import pytest

from getvpn.cli.main import run

VERBS = (
    "deploy",
    "diff --live",
    "evict member GM1",
    "failover test",
    "key-server add KS3",
    "migrate gikev2",
    "policy change",
    "recover split",
    "render",
    "rollover rsa",
    "upgrade members --image x.bin",
    "watch",
)
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("verb", VERBS)
def test_a_missing_intent_is_told_with_how_to_make_one(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    hosts = [] if verb in ("diff --live", "render") else ["--hosts", "hosts.yml"]

    assert run([*verb.split(), *hosts]) == 2

    assert capsys.readouterr().err == (
        "getvpn: error: network.yml: there is no such file, and this needs the intent; name it "
        "with -i, or make one of saved configurations: 'getvpn adopt PATH… -o network.yml'\n"
    )


def test_an_intent_that_is_named_but_not_there_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["rollover", "rsa", "-i", "wan.yml"]) == 2

    assert "wan.yml: there is no such file, and this needs the intent" in capsys.readouterr().err
