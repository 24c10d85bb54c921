"""What docs/ci.md tells of pipelines runs here, as far as it can without their services."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
import yaml

from getvpn.audits.registry import registry
from getvpn.audits.waivers import load_waivers
from getvpn.cli.main import run

from ..audits.schemas import published
from .script import Script

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def blocks(language: str) -> list[str]:
    """The blocks of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def git(folder: Path, *arguments: str) -> None:
    """Call git as somebody."""
    name = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with configurations, as RANCID saves them, in whose folder the reader is."""
    folder = tmp_path / "repository"
    configs = folder / "configs"
    configs.mkdir(parents=True)
    head = "!RANCID-CONTENT-TYPE: cisco\n!\n!Chassis type: ISR4451-X/K9\n!\n"
    for name in ("ks1", "ks2", "gm1", "gm2"):
        text = (ROOT / "inventory" / "example" / "lab" / f"{name}.cfg").read_text("utf-8")
        (configs / name).write_text(head + text)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    monkeypatch.chdir(folder)
    return folder


def worsen(repository: Path) -> None:
    """Change a line of one configuration for the worse."""
    path = repository / "configs" / "ks1"
    path.write_text(path.read_text().replace("lifetime seconds 7200", "lifetime seconds 600"))


# ---- the calls ----


@pytest.mark.usefixtures("repository")
@pytest.mark.executes("docs/ci.md")
def test_all_calls_of_the_page_work(script: Script) -> None:
    script.all()


def test_only_what_rests_on_changed_files_is_reported(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["lint", "configs", "--format", "json", "--since", "origin/main"]
    assert run(call) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    worsen(repository)
    assert run(call) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert "TEK001" in {each["rule"] for each in findings}
    assert {
        any(evidence["source"] == "configs/ks1" for evidence in each["evidence"])
        for each in findings
    } == {True}


def test_a_new_file_counts_as_changed(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = repository / "configs" / "gm7"
    new.write_text((repository / "configs" / "gm1").read_text().replace("GM1", "GM7"))
    assert run(["lint", "configs", "--format", "json", "--since", "HEAD"]) == 1
    assert {each["source"] for each in json.loads(capsys.readouterr().out)["findings"]} == {
        "configs/gm7"
    }


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("revision", ["nowhere", "--output=x"])
def test_a_revision_that_does_not_exist_is_told(
    capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    assert run(["lint", "configs", f"--since={revision}"]) == 2
    assert capsys.readouterr().err == (
        "getvpn: error: --since: there is no such revision; "
        "call it in a git repository, with a commit\n"
    )


def test_what_is_new_fails_where_the_rest_is_known(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lint", "configs", "--write-baseline", "known.json"]) == 0
    assert run(["lint", "configs", "--baseline", "known.json"]) == 0
    worsen(repository)
    capsys.readouterr()
    assert run(["lint", "configs", "--baseline", "known.json", "--format", "json"]) == 1
    said = capsys.readouterr()
    assert "TEK001" in {each["rule"] for each in json.loads(said.out)["findings"]}


def test_the_waivers_of_the_page_can_be_read(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    (tmp_path / "getvpn-waivers.toml").write_text(text)
    (waiver,) = load_waivers(tmp_path / "getvpn-waivers.toml", registry())
    assert (waiver.rule, waiver.owner) == ("TEK003", "network security")


def test_the_comment_of_the_page_covers_its_finding(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (text,) = re.findall(r"^! getvpn: .*?(?=^```$)", PAGE, re.MULTILINE | re.DOTALL)
    rest = (
        "crypto ipsec transform-set AES esp-aes 256 esp-sha256-hmac\n"
        "crypto gdoi group WAN\n identity number 7\n server local\n  sa ipsec 1\n"
        "   profile GETVPN\n   match address ipv4 P\n  address ipv4 10.9.9.9\n"
    )
    whole = f"hostname ks9\n{text} set transform-set AES\n{rest}"
    (repository / "ks9.cfg").write_text(whole)
    assert run(["lint", "ks9.cfg", "--select", "TEK003", "--format", "json"]) == 0
    (waived,) = json.loads(capsys.readouterr().out)["waived"]
    assert waived["waiver"]["reason"] == "accepted until the hubs are replaced"


# ---- pre-commit ----


def test_the_hook_lints_the_files_that_it_is_given(repository: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (wanted,) = (each for each in blocks("yaml") if "repos:" in each)
    (use,) = yaml.safe_load(wanted)["repos"][0]["hooks"]
    assert use["id"] == hook["id"]
    fastjsonschema.validate(published("/pre-commit-config.json"), yaml.safe_load(wanted))
    assert re.search(hook["files"], "configs/ks1.cfg")
    worsen(repository)
    done = in_shell(
        shlex.join([*hook["entry"].split(), *use["args"], "configs/ks1", "configs/ks2"])
    )
    assert done.returncode == 1
    assert "configs/ks1:" in done.stdout


# ---- GitHub ----


def in_shell(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does, with the `getvpn` of this environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def lint_step(**inputs: str) -> dict[str, str]:
    """The environment of the step that lints, with its inputs filled in."""
    given = {name: each["default"] for name, each in ACTION["inputs"].items()} | inputs
    step: dict[str, Any] = ACTION["runs"]["steps"][-1]
    return {
        key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for key, value in step["env"].items()
    }


def test_the_action_and_its_use_are_as_github_wants_them() -> None:
    fastjsonschema.validate(published("/github-action.json"), ACTION)
    (workflow,) = blocks("yaml workflow")
    read = yaml.safe_load(workflow)
    read["on"] = read.pop(True)  # YAML 1.1 takes the word for a truth value
    fastjsonschema.validate(published("/github-workflow.json"), read)
    used = read["jobs"]["lint"]["steps"][1]["with"]
    assert set(used) <= set(ACTION["inputs"])


def test_the_action_annotates_summarises_and_fails(repository: Path) -> None:
    worsen(repository)
    step = ACTION["runs"]["steps"][-1]
    summary = repository / "summary.md"
    environment = lint_step(paths="configs", sarif="out.sarif", **{"fail-on": "high"})
    done = in_shell(step["run"], GITHUB_STEP_SUMMARY=str(summary), **environment)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::")
    assert "::error file=configs/ks1,line=" in done.stdout
    assert summary.read_text().startswith("# GETVPN audit")
    log = json.loads((repository / "out.sarif").read_text())
    assert log["runs"][0]["results"]


def test_the_action_passes_where_nothing_counts(repository: Path) -> None:
    step = ACTION["runs"]["steps"][-1]
    environment = lint_step(paths="configs/ks1 configs/ks2", since="HEAD", profile="seed")
    done = in_shell(step["run"], GITHUB_STEP_SUMMARY=str(repository / "s.md"), **environment)
    assert (done.returncode, done.stdout) == (0, "")


# ---- GitLab ----


def test_the_pipeline_of_gitlab_writes_its_reports(repository: Path) -> None:
    (text,) = blocks("yaml gitlab")
    pipeline = yaml.safe_load(text)
    fastjsonschema.validate(published("/editor/schema/ci.json"), pipeline)
    job = pipeline["getvpn"]
    worsen(repository)
    outcomes = [in_shell(line).returncode for line in job["script"] if not line.startswith("pip ")]
    assert outcomes == [0, 0, 1]
    for name in job["artifacts"]["reports"].values():
        assert (repository / name).stat().st_size > 100
