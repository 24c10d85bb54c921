"""The verb `logs`: exit codes, forms, options."""

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import fastjsonschema
import pytest

from getvpn.audits.logs import json as logs_json
from getvpn.cli.main import run

Capture = pytest.CaptureFixture[str]
WELL = """\
Mar  1 10:00:00.100: %GDOI-5-GM_REGS_COMPL: Registration to KS 10.0.0.1 complete for group WAN\
 using address 10.1.0.1 fvrf default ivrf default
Mar  1 10:30:00.100: %GDOI-5-GM_RECV_REKEY: Received Rekey for group WAN from 10.0.0.1 to 10.1.0.1 \
with seq # 1, spi 0x0123456789ABCDEF0123456789ABCDEF
"""
BAD = """\
Mar  1 11:00:00.100: %GDOI-4-GM_RE_REGISTER: The IPSec SA created for group WAN may have\
 expired/been cleared, or didn't go through. Re-register to KS.
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "gm1.log"
    path.write_text(WELL + BAD)
    return path


def told(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    code = run(["logs", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_trouble_gives_1_and_none_gives_0(log: Path, capsys: Capture) -> None:
    code, out, _ = told(capsys, str(log))
    assert code == 1
    assert "[medium] missed rekeys: gm1 missed rekeys: keys ended before one came" in out
    assert "11:00:00  gm1: registers anew" in out
    log.write_text(WELL)
    code, out, _ = told(capsys, str(log))
    assert code == 0
    assert "gm1: received" not in out
    assert "10.0.0.1: sent a unicast rekey seq 1, SPI 0x01234567…, received by 1 of 1" in out


def test_what_cannot_be_read_gives_2(tmp_path: Path, capsys: Capture) -> None:
    assert told(capsys, str(tmp_path / "none"))[0] == 2
    (tmp_path / "a").write_text("hello\n")
    code, out, err = told(capsys, str(tmp_path / "a"))
    assert (code, out) == (2, "")
    assert "no system message (%FACILITY-SEVERITY-MNEMONIC) in 1 line; " in err
    assert told(capsys)[0] == 2


def test_times_leave_messages_out(log: Path, capsys: Capture) -> None:
    year = logged_year(log, capsys)
    assert told(capsys, str(log), "--until", f"{year}-03-01 10:45:00")[0] == 0
    assert told(capsys, str(log), "--from", f"{year}-03-01 10:45")[0] == 1
    code, out, _ = told(capsys, str(log), "--from", f"{year}-03-02")
    assert code == 0
    assert "nothing about GETVPN" in out


def logged_year(log: Path, capsys: Capture) -> str:
    """The year that is taken for stamps without one."""
    return str(json.loads(told(capsys, str(log), "-f", "json")[1])["groups"][0]["first"][:4])


def test_programs_get_json_after_the_schema(log: Path, capsys: Capture) -> None:
    path = Path(logs_json.__file__).with_name(logs_json.SCHEMA_FILE)
    validate = fastjsonschema.compile(json.loads(path.read_text("utf-8")))
    code, out, _ = told(capsys, str(log), "--format", "json")
    assert code == 1
    report = json.loads(out)
    validate(report)
    assert report["trouble"] is True
    (group,) = report["groups"]
    assert [each["kind"] for each in group["timeline"]] == [
        "GM_REGS_COMPL",
        "REKEY",
        "GM_RE_REGISTER",
    ]
    assert group["timeline"][1]["spi"] == "0x0123456789ABCDEF0123456789ABCDEF"
    assert group["explanations"][0]["places"] == [f"{log}:3"]


def test_standard_input_and_packed_files_are_read(
    log: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = log.with_suffix(".gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    assert told(capsys, str(packed))[0] == 1
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(log.read_bytes())))
    code, out, _ = told(capsys, "-")
    assert code == 1
    assert "stdin: registers anew" in out
    with packed.open("rb") as given:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(given))
        assert told(capsys, "-")[0] == 1


def test_topics_and_devices_choose(log: Path, capsys: Capture) -> None:
    code, out, _ = told(capsys, str(log), "--only", "rekeys", "--device", "gm*")
    assert code == 1
    assert "registered with" not in out
    code, _, err = told(capsys, str(log), "--device", "gm9")
    assert code == 2
    assert "there is gm1" in err
    assert told(capsys, str(log), "--only", "weather")[0] == 2


def test_severities_have_colours(log: Path, capsys: Capture) -> None:
    assert run(["--color", "always", "logs", str(log)]) == 1
    assert "\x1b[33m[medium]\x1b[0m \x1b[1mmissed rekeys\x1b[0m" in capsys.readouterr().out


def test_neither_templates_nor_parsers_of_outputs_are_loaded(log: Path) -> None:
    script = "import sys; from getvpn.cli.main import run; run(['logs', sys.argv[1]]);"
    script += "print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script, str(log)], capture_output=True, text=True, check=True
    )
    assert not {"jinja2", "ttp", "sqlalchemy", "nornir", "cryptography"} & set(done.stderr.split())
