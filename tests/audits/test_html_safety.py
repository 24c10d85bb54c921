"""HTML reports about devices that do their worst, on screens of all sizes and on paper."""

import re
from typing import Any

import pytest

from getvpn.audits.engine import Report
from getvpn.errors import printable

from .report_pages import SIZES, VIEWS, open_some, script, show

pytestmark = pytest.mark.xdist_group("browser")


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
    with page.expect_console_message(lambda _: len(page.errors) >= 2):
        page.evaluate(
            "() => { const made = document.createElement('script');"
            " made.textContent = 'window.owned = 1';"
            " document.body.append(made);"
            " const image = document.createElement('img'); image.src = 'https://192.0.2.1/x';"
            " image.setAttribute('onerror', 'window.owned = 1'); document.body.append(image); }"
        )
    assert page.evaluate("window.owned") is None


def test_device_text_is_shown_and_never_run(page_of: Any, hostile: Report) -> None:
    page = page_of(hostile)
    for device in hostile.fleet.devices:
        show(page, "device=" + page.evaluate("encodeURIComponent", printable(device.name)))
        open_some(page)
    for view in ("overview", "findings", "devices", "rules", "missing"):
        show(page, view)
        open_some(page)
    show(page, "findings")
    page.select_option("#by-state", "")
    while page.is_visible("#more"):
        page.click("#more")
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
