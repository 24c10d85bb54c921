import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from getvpn.cli.completion import SHELLS
from getvpn.cli.main import VERBS, run


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_the_script_calls_getvpn_back(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0

    out, err = capsys.readouterr()
    assert f"_GETVPN_COMPLETE={shell}_complete" in out
    assert err == ""


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_accepts_the_script() -> None:
    script = f'eval "$({sys.executable} -m getvpn completion bash)"; complete -p getvpn'
    done = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True)

    assert done.stdout.split()[-1] == "getvpn"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_a_verb(tmp_path: Path) -> None:
    command = tmp_path / "getvpn"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m getvpn "$@"\n')
    command.chmod(0o755)
    script = f"""
        PATH={tmp_path}:$PATH
        eval "$(getvpn completion bash)"
        COMP_WORDS=(getvpn au) COMP_CWORD=1
        _getvpn_completion getvpn au getvpn
        echo "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("audit\n", "")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("getvpn ", sorted(VERBS)),
        ("getvpn comp", ["completion"]),
        ("getvpn --co", ["--color"]),
        ("getvpn completion z", ["zsh"]),
    ],
)
def test_words_are_completed(
    words: str,
    offered: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("_GETVPN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))

    assert run([]) == 0
    assert capsys.readouterr().out.splitlines() == [f"plain,{word}" for word in offered]
