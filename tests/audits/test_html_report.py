"""The HTML report in a browser: Debian's Chromium, without a window and without a network."""

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
from getvpn.errors import printable

pytestmark = pytest.mark.xdist_group("browser")

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
VIEWS = ("overview", "findings", "devices", "device=ks1", "rules", "rule=KEY001", "missing")
LEAST_CONTRAST = 4.5
PATIENCE_MS = 10_000
SCRIPTS = Path(__file__).with_name("browser")
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
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
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
    written: dict[int, Path] = {}
    contexts = []

    def opened(report: Report, size: str = "desktop", *, scheme: str = "light") -> Any:
        path = written.setdefault(id(report), folder / f"report{len(written)}.html")
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


def show(page: Any, view: str) -> None:
    """Go to a part of the report."""
    page.evaluate("view => { location.hash = view; }", view)
    name = {"rule": "rules"}.get(view.partition("=")[0], view.partition("=")[0])
    page.wait_for_selector(f"#view-{name}:not([hidden])", state="attached")


def script(name: str) -> str:
    """A function that looks at a page."""
    return (SCRIPTS / f"{name}.js").read_text("utf-8")


def open_some(page: Any) -> None:
    """Open what can be opened among the first findings and rules."""
    page.evaluate(
        "() => [...document.querySelectorAll('section:not([hidden]) details')]"
        ".slice(0, 6).forEach((each) => { each.open = true; })"
    )


# ---- what a reader sees ----


@pytest.mark.parametrize("size", SIZES)
def test_no_part_of_the_page_is_wider_than_the_window(
    page_of: Any, example: Report, hostile: Report, size: str
) -> None:
    for report in (example, hostile):
        page = page_of(report, size)
        for view in VIEWS:
            show(page, view)
            open_some(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= SIZES[size]["width"], (view, page.evaluate(script("widest")))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(
    page_of: Any, example: Report, scheme: str
) -> None:
    page = page_of(example, scheme=scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    for view in VIEWS:
        show(page, view)
        open_some(page)
        seen = page.evaluate(script("contrast"))
        assert len(seen) > 10
        assert [each for each in seen if each["ratio"] < LEAST_CONTRAST] == [], view


def test_the_theme_can_be_changed_by_hand(page_of: Any, example: Report) -> None:
    page = page_of(example)
    colors = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colors)
    page.click("#theme")
    assert page.evaluate(colors) != light
    page.click("#theme")
    assert page.evaluate(colors) == light


# ---- keyboard ----


@pytest.mark.parametrize("view", ["overview", "findings", "devices", "device=ks1", "missing"])
def test_everything_that_can_be_used_is_reached_by_tab_and_shows_it(
    page_of: Any, example: Report, view: str
) -> None:
    page = page_of(example)
    show(page, view)
    if view == "device=ks1":
        open_some(page)
    wanted = page.evaluate(script("usable"))
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    reached = set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        number, shown = page.evaluate(script("focused"))
        if number is None:
            break
        assert shown, f"the focus is not seen on {page.evaluate(script('named'))}"
        reached.add(number)
    assert reached == set(range(wanted))


def test_the_report_is_read_by_keyboard_alone(page_of: Any, example: Report) -> None:
    page = page_of(example)
    page.keyboard.press("/")
    page.keyboard.type("KEY001")
    assert page.inner_text("#count") == "1 finding"
    page.focus("#list summary")
    page.keyboard.press("Enter")
    assert "Evidence" in page.inner_text("#list .body")
    page.focus("#search")
    page.keyboard.press("Escape")
    assert page.inner_text("#count") == f"{len(example.findings)} findings"


# ---- searching ----


def test_search_finds_all_words_in_any_order_and_case(page_of: Any, example: Report) -> None:
    page = page_of(example)
    show(page, "findings")
    page.fill("#search", "rsa KS2 key001")
    assert page.locator("#list details").count() == 1
    page.fill("#search", "no finding says this")
    assert page.inner_text("#count") == "0 findings"
    assert "Nothing fits" in page.inner_text("#view-findings")
    page.click("#clear")
    assert page.inner_text("#count") == f"{len(example.findings)} findings"


def test_filters_leave_what_they_say(page_of: Any, example: Report) -> None:
    page = page_of(example)
    show(page, "findings")
    page.select_option("#by-topic", "KEY")
    codes = page.locator("#list .code").all_inner_texts()
    assert codes == [each.rule for each in worst_first(example) if each.rule.startswith("KEY")]
    page.select_option("#by-topic", "")
    page.select_option("#by-fix", "1")
    graded = [
        each for each in example.findings if {fix.grade.name for fix in each.fixes} == {"SAFE"}
    ]
    assert page.locator("#list details").count() == len(graded) > 0
    page.click("#clear")
    page.select_option("#by-group", "BANK-WAN")
    in_group = [each for each in example.findings if each.group == "BANK-WAN"]
    assert page.locator("#list details").count() == len(in_group) > 0
    page.click("#clear")
    page.select_option("#by-state", "1")
    assert page.locator("#list details").count() == 1
    page.click("#list summary")
    assert "agreed until the lines are new, by network team, until 2026-12-31" in page.inner_text(
        "#list .body"
    )


def worst_first(report: Report) -> list[Any]:
    """The findings as the page lists them."""
    return sorted(report.findings, key=lambda each: -int(each.severity))


def test_a_tile_shows_the_findings_of_its_severity(page_of: Any, example: Report) -> None:
    page = page_of(example)
    page.click("button.tile.high")
    assert page.evaluate("location.hash") == "#findings"
    high = [each for each in example.findings if each.severity is Severity.HIGH]
    assert page.locator("#list details").count() == len(high) > 0
    assert page.get_attribute("button.tile.high", "aria-pressed") == "true"
    page.click("button.tile.high")
    assert page.inner_text("#count") == f"{len(example.findings)} findings"


# ---- pages ----


def test_a_device_has_a_page_with_its_findings(page_of: Any, example: Report) -> None:
    page = page_of(example)
    show(page, "devices")
    page.fill("#device-search", "ks2")
    page.click("#device-rows a")
    page.wait_for_selector("#view-device:not([hidden])")
    assert page.inner_text("#view-device h2").startswith("ks2")
    own = [each for each in example.findings if each.device == "ks2"]
    assert page.locator("#view-device details").count() == len(own)
    show(page, "device=nobody")
    assert "There is no device nobody." in page.inner_text("#view-device")


def test_a_rule_is_reached_from_its_finding(page_of: Any, example: Report) -> None:
    page = page_of(example)
    show(page, "findings")
    page.fill("#search", "KEY001")
    page.click("#list summary")
    page.click("#list .body a[href='#rule=KEY001']")
    page.wait_for_selector("#rule-KEY001[open]")
    assert "refuse rekeys that another key has signed" in page.inner_text("#rule-KEY001")
    show(page, "rules")
    assert page.locator("#view-rules details").count() == len(example.rules)


def test_what_was_not_checked_is_told_with_its_reasons(page_of: Any, example: Report) -> None:
    page = page_of(example)
    show(page, "missing")
    text = page.inner_text("#view-missing")
    for each in example.not_checked:
        assert each.reason in text
        assert each.rule in text


def test_the_pictures_name_key_servers_members_and_keys(page_of: Any, example: Report) -> None:
    page = page_of(example)
    drawn = page.locator("#view-overview svg text").all_text_contents()
    assert {"ks1", "ks2", "gm1", "gm2", "gm3", "gm4", "TEK 0x5A1C77E0"} <= set(drawn)
    assert "next rekey in 16 min" in page.inner_text("#view-overview")
    page.click("#view-overview a[href='#device=gm1']")
    page.wait_for_selector("#view-device:not([hidden])")
    assert page.inner_text("#view-device h2").startswith("gm1")


def test_the_trend_is_drawn_and_can_be_read_as_a_table(page_of: Any, example: Report) -> None:
    page = page_of(example)
    assert page.locator("#trend svg .column").count() == len(example.trend) + 1
    page.click("#trend summary")
    assert page.locator("#trend tbody tr").count() == len(example.trend) + 1


def test_a_report_without_findings_says_so(page_of: Any, example: Report) -> None:
    page = page_of(replace(example, findings=(), waived=(), not_checked=(), trend=()))
    show(page, "findings")
    assert "No findings" in page.inner_text("#view-findings")
    show(page, "missing")
    assert "Every check was possible." in page.inner_text("#view-missing")


# ---- copying and printing ----


def test_lines_are_copied(page_of: Any, example: Report) -> None:
    page = page_of(example)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    show(page, "findings")
    page.fill("#search", "KEY001")
    page.click("#list summary")
    page.locator("#list .copy").last.click()
    page.wait_for_selector("#list .copy:text-is('Copied')")
    (found,) = [each for each in example.findings if each.rule == "KEY001"]
    assert page.evaluate("navigator.clipboard.readText()") == found.remediation


def test_a_print_has_every_finding_with_evidence_on_white(page_of: Any, example: Report) -> None:
    page = page_of(example, scheme="dark")
    page.evaluate(
        "() => addEventListener('beforeprint', () => {"
        " window.printed = document.querySelector('main').innerText; })"
    )
    assert page.pdf().startswith(b"%PDF")
    printed = page.evaluate("window.printed")
    for each in example.findings:
        assert " ".join(each.message.split()) in " ".join(printed.split())
    assert printed.count("Evidence") == len(example.findings)
    page.emulate_media(media="print")
    body = page.evaluate("[getComputedStyle(document.body).color, document.body.innerText.length]")
    assert body[0] == "rgb(27, 33, 41)"
    page.emulate_media(media="screen")
    assert page.evaluate("document.querySelectorAll('#list details[open]').length") == 0


# ---- safety ----


def test_the_page_asks_for_nothing_but_itself(page_of: Any, example: Report) -> None:
    page = page_of(example)
    for view in VIEWS:
        show(page, view)
        open_some(page)
    assert [url.partition("#")[0] for url in page.asked] == [page.url.partition("#")[0]]
    assert page.errors == []
    policy = page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in policy
    assert re.findall(r"script-src ([^;]*)", policy)[0].startswith("'sha256-")


def test_the_policy_stops_scripts_and_requests_that_are_not_the_reports_own(
    page_of: Any, example: Report
) -> None:
    page = page_of(example)
    page.evaluate(
        "() => { const made = document.createElement('script');"
        " made.textContent = 'window.owned = 1';"
        " document.body.append(made);"
        " const image = document.createElement('img'); image.src = 'https://192.0.2.1/x';"
        " image.setAttribute('onerror', 'window.owned = 1'); document.body.append(image); }"
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.owned") is None
    assert len(page.errors) >= 2


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


def test_device_text_is_shown_and_never_run(page_of: Any, hostile: Report) -> None:
    page = page_of(hostile)
    for device in hostile.fleet.devices:
        page.evaluate(
            "name => { location.hash = 'device=' + encodeURIComponent(name); }",
            printable(device.name),
        )
        page.wait_for_selector("#view-device:not([hidden])")
        open_some(page)
    for view in ("overview", "findings", "devices", "rules", "missing"):
        show(page, view)
        open_some(page)
    show(page, "findings")
    page.select_option("#by-state", "")
    page.evaluate(
        "() => document.querySelectorAll('#list details').forEach((e) => { e.open = true; })"
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.owned") is None
    assert page.errors == []
    assert len(page.asked) == 1
    assert page.locator("script, img, svg[onload], iframe, object, base").count() == 2
    said = page.inner_text("#list")
    assert "<script>window.owned = 1</script>" in said
    assert "{{ 7 * 7 }} ${7 * 7} <!-- ]]> &amp; %3Cb%3E" in said
    assert r"\u202emoc.elpmaxe\u202c" in said
    assert r"a\x00b\x07c\x1b[31md\x9b0m" in said
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\ufeff]", page.content())
    targets = page.evaluate(
        "() => [...document.querySelectorAll('a')].map((each) => each.getAttribute('href'))"
    )
    assert all(each.startswith("#") for each in targets)
