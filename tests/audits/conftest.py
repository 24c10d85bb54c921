"""A browser, and reports to look at in it."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from getvpn.audits.api import audit
from getvpn.audits.engine import Past, Report, Waived
from getvpn.audits.formats import html
from getvpn.audits.rule import Severity

from .report_pages import SIZES

PATIENCE_MS = 300_000
HOSTILE = (
    "<script>window.owned = 1</script>",
    "</script><img src=x onerror='window.owned = 1'>",
    '"\'><svg/onload="window.owned=1">',
    "javascript:window.owned=1",
    "{{ 7 * 7 }} ${7 * 7} <!-- ]]> &amp; %3Cb%3E",
    "W" * 400,
    "\u202emoc.elpmaxe\u202c \u0645\u0631\u062d\u0628\u0627 \u200f",
    "a\x00b\x07c\x1b[31md\x9b0m\r\ne\u2028f\ufeffg\ud800h",
)
CONFIG = """\
hostname {name}
crypto isakmp policy 10
 encryption des
crypto isakmp key {name} address 10.10.1.1
crypto gdoi group {name}
 identity number {number}
 server address ipv4 10.10.1.1
crypto map {name} 10 gdoi
 set group {name}
interface GigabitEthernet0/0
 description {text}
 ip address {address} 255.255.255.0
 crypto map {name}
line con 0
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium; without it the tests are skipped, where they run for others they fail."""
    chromium = shutil.which("chromium")
    if chromium is None:
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("there is no chromium: `apt install chromium`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # a container's root has no sandbox; the page is ours, and there is no network
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=PATIENCE_MS
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def example(root: Path) -> Report:
    """The audit of the example network, with earlier ones."""
    made = audit([root / "inventory" / "example" / "network"])
    past = tuple(
        Past(
            at=f"2026-0{month}-01T08:00:00+00:00",
            counts=tuple((each, month * int(each)) for each in sorted(Severity, reverse=True)),
        )
        for month in (1, 2, 3)
    )
    excused = Waived(
        finding=made.findings[0],
        reason="agreed until the lines are new",
        source="getvpn-waivers.toml",
        owner="network team",
        until=date(2026, 12, 31),
    )
    return replace(
        made,
        findings=made.findings[1:],
        waived=(excused,),
        at=datetime(2026, 6, 6, 9, 30, tzinfo=UTC),
        trend=past,
    )


@pytest.fixture(scope="module")
def page_of(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Opens a report, in a window of its own; everything that the page asks for is written down."""
    folder = tmp_path_factory.mktemp("reports")
    # with the report, as another one could get the number of one that is gone
    written: dict[int, tuple[Report, Path]] = {}
    contexts = []

    def opened(report: Report, size: str = "desktop", *, scheme: str = "light") -> Any:
        place = folder / f"report{len(written)}.html"
        _, path = written.setdefault(id(report), (report, place))
        if not path.exists():
            path.write_text(html.render(report), "utf-8")
        context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.asked = []
        page.errors = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda said: page.errors.append(said.text))
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def hostile(example: Report, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A report on devices that do their worst."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, text in enumerate(HOSTILE[:-1]):
        name = text.replace(" ", "_")
        config = CONFIG.format(name=name, text=text, address=f"10.20.{number}.1", number=number)
        (folder / f"device{number}.cfg").write_text(config, "utf-8")
    made = audit([folder])
    pattern = example.findings[0]
    findings = [
        replace(
            each,
            message=f"{text} {each.message}",
            group=text,
            remediation=f"{text}\n{each.remediation}",
            diff=text,
            evidence=tuple(replace(one, text=text, source=text) for one in each.evidence),
        )
        for text in HOSTILE
        for each in (replace(pattern, device=made.fleet.devices[0].name), pattern)
    ]
    waived = [Waived(finding=findings[0], reason=text, source=text, owner=text) for text in HOSTILE]
    return replace(
        made,
        findings=(*made.findings, *findings),
        waived=tuple(waived),
        trend=tuple(replace(each, at=HOSTILE[0]) for each in example.trend),
    )


@pytest.fixture(scope="module")
def split(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The example network, whose key servers have lost each other."""
    folder = tmp_path_factory.mktemp("split") / "network"
    shutil.copytree(root / "inventory" / "example" / "network", folder)
    for path in folder.glob("ks*/*coop*.txt"):
        text = path.read_text("utf-8")
        text = re.sub(r"(Local KS Role: )\w+ *", r"\1Primary ", text)
        text = re.sub(r"(Peer KS Status: )\w+ *", r"\1Dead ", text)
        path.write_text(text, "utf-8")
    return audit([folder])


@pytest.fixture(scope="module")
def crowd(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Eight key servers, of which most are known as peers only."""
    folder = tmp_path_factory.mktemp("crowd") / "network"
    shutil.copytree(root / "inventory" / "example" / "network", folder)
    config = folder / "ks1" / "show_running-config.txt"
    peer = "   peer address ipv4 10.10.2.1\n"
    text = config.read_text("utf-8")
    assert peer in text
    more = "".join(peer.replace("2.1", f"{number}.1") for number in range(3, 9))
    config.write_text(text.replace(peer, peer + more), "utf-8")
    return audit([folder])
