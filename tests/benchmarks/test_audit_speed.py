"""Speed of audits: a large group, many configurations, one configuration. `make bench` runs this.

Wall time counts where two cores are to be used; both should have nothing else to do.
"""

import gc
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

from getvpn.audits.engine import run
from getvpn.audits.load import fleet_of
from getvpn.audits.needs import CONFIG
from getvpn.audits.registry import registry
from getvpn.audits.settings import profile
from getvpn.emulator import LabPlan, generate
from getvpn.parsers.transcript.capture import Capture

from .audit_texts import write_group

MEMBERS = 4000
AUDIT_S, AUDIT_BYTES = 30.0, 1_000_000_000
HTML_S, HTML_BYTES = 5.0, 10_000_000
SEARCH_S = 0.1
CONFIGURATIONS_S = 8.0
LINES = 400
SHARE = 0.1
"""How much of the time of ciscoconfparse2, which only parses, the audit may take."""
ROUNDS = 7

AUDIT = """
import json, resource, sys
from time import perf_counter
from getvpn.audits import audit
from getvpn.audits.formats import html
begin = perf_counter()
report = audit([sys.argv[1]])
audited = perf_counter()
text = html.render(report)
rendered = perf_counter()
open(sys.argv[2], "w", encoding="utf-8").write(text)
used = [resource.getrusage(who).ru_maxrss * 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({
    "audit_s": audited - begin, "html_s": rendered - audited, "html_bytes": len(text),
    "bytes": used[0], "copy_bytes": used[1], "findings": len(report.findings),
}))
"""


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What 4,000 members and their key servers show to all commands."""
    folder = tmp_path_factory.mktemp("group") / "collected"
    write_group(folder, MEMBERS)
    return folder


@pytest.fixture(scope="module")
def measured(group: Path) -> tuple[dict[str, float], Path]:
    """Figures of an audit of the group in a process of its own, and its HTML report."""
    report = group.parent / "report.html"
    command = [sys.executable, "-c", AUDIT, str(group), str(report)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    print(figures)
    return figures, report


def test_an_audit_of_a_large_group(measured: tuple[dict[str, float], Path]) -> None:
    figures, _ = measured
    assert figures["findings"] > MEMBERS
    assert figures["audit_s"] < AUDIT_S
    assert figures["bytes"] < AUDIT_BYTES


def test_the_html_report_of_a_large_group(measured: tuple[dict[str, float], Path]) -> None:
    figures, _ = measured
    assert figures["html_s"] < HTML_S
    assert figures["html_bytes"] < HTML_BYTES


def test_search_in_the_report_of_a_large_group(
    measured: tuple[dict[str, float], Path],
) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium")
    _, report = measured
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{report.as_uri()}#findings")
        page.wait_for_selector("body[data-ready]", timeout=60_000)
        times = {word: page.evaluate(SEARCH, word) / 1000 for word in WORDS}
        browser.close()
    print(times)
    assert max(times.values()) < SEARCH_S


WORDS = ("g", "gm", "gm17", "fail-close gm3999", "nothing has this word", "")
SEARCH = """async (word) => {
  const search = document.getElementById("search");
  const times = [];
  for (let turn = 0; turn < 5; turn += 1) {
    search.value = word;
    const begin = performance.now();
    search.dispatchEvent(new Event("input"));
    document.body.offsetHeight;
    times.push(performance.now() - begin);
    await new Promise(requestAnimationFrame);
  }
  return times.sort((a, b) => a - b)[2];
}"""


def test_four_thousand_configurations_on_two_cores(group: Path, tmp_path: Path) -> None:
    for number in range(1, MEMBERS + 1):
        found = group / f"gm{number}" / "show_running-config.txt"
        os.link(found, tmp_path / f"gm{number}.cfg")
    command = [sys.executable, "-m", "getvpn", "lint", "--fail-on", "never", str(tmp_path)]
    begin = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    taken = perf_counter() - begin
    print(taken)
    assert taken < CONFIGURATIONS_S


def key_server(lines: int) -> str:
    """A key server's configuration of so many lines, as an emulated one is given it."""
    text = generate(LabPlan(servers=2, members=2))["lab/ks1.cfg"]
    filler = (
        f"interface Vlan{n}\n description branch {n}\n ip address 10.{n}.0.1 255.255.255.0\n!\n"
        for n in range(1, 250)
    )
    head, end = text.split("line con 0", 1)
    while head.count("\n") + end.count("\n") < lines:
        head += next(filler)
    return "\n".join(f"{head}line con 0{end}".splitlines()[:lines]) + "\n"


THEIRS = """
import gc, sys
from time import perf_counter
from ciscoconfparse2 import CiscoConfParse
lines, times = sys.stdin.read().splitlines(), []
for _ in range(int(sys.argv[1])):
    gc.collect()
    begin = perf_counter()
    CiscoConfParse(lines, syntax="ios")
    times.append(perf_counter() - begin)
print(min(times))
"""


def test_a_configuration_of_400_lines_beside_ciscoconfparse2() -> None:
    """It needs another hier-config than we do: PEER_PYTHON names an environment with it."""
    text = key_server(LINES)
    command = [os.environ.get("PEER_PYTHON", sys.executable), "-c", THEIRS, str(ROUNDS)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" in done.stderr:
        pytest.skip("PEER_PYTHON names no Python with ciscoconfparse2")
    theirs = float(done.stdout.split()[-1])
    rules = [each for each in registry().select((), ()) if CONFIG in each.needs]
    settings = profile("seed").settings
    capture = Capture(
        host="KS1", command="show running-config", text=text, source="ks1.cfg", first_line=1
    )
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        begin = perf_counter()
        run(fleet_of([capture]), rules, settings)
        times.append(perf_counter() - begin)
    print(min(times), theirs)
    assert min(times) < theirs * SHARE
