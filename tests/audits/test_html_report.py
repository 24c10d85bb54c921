"""The HTML report in a browser: Debian's Chromium, without a window and without a network."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.rule import Severity

from .report_pages import VIEWS, open_some, script, show

pytestmark = pytest.mark.xdist_group("browser")

LEAST_CONTRAST = 4.5


def worst_first(report: Report) -> list[Any]:
    """The findings as the page lists them."""
    return sorted(report.findings, key=lambda each: -int(each.severity))


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


def test_a_tile_shows_the_findings_of_its_severity(page_of: Any, example: Report) -> None:
    page = page_of(example)
    page.click("button.tile.high")
    assert page.evaluate("location.hash") == "#findings"
    high = [each for each in example.findings if each.severity is Severity.HIGH]
    assert page.locator("#list details").count() == len(high) > 0
    assert page.get_attribute("button.tile.high", "aria-pressed") == "true"
    page.click("button.tile.high")
    assert page.inner_text("#count") == f"{len(example.findings)} findings"


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


def test_a_split_group_is_told_in_words_and_drawn(page_of: Any, split: Report) -> None:
    page = page_of(split)
    text = page.inner_text("#view-overview")
    assert "2 primary key servers: ks1, ks2; 1 pair of key servers not in touch" in text
    assert page.locator("svg .box.split").count() == 2
    assert page.locator("svg .link.down").count() == 1


def test_many_key_servers_stand_beside_each_other(page_of: Any, crowd: Report) -> None:
    page = page_of(crowd)
    boxes = page.evaluate(
        "() => [...document.querySelectorAll('svg .box')]"
        ".map((each) => each.getBoundingClientRect()).map((each) => [each.left, each.right])"
    )
    assert len(boxes) == 8
    assert all(one[1] < other[0] for one, other in pairwise(sorted(boxes)))
    frame = page.evaluate(
        "() => { const box = document.querySelector('.picture').getBoundingClientRect();"
        " return [box.left, box.right]; }"
    )
    assert frame[0] <= min(boxes)[0]
    assert max(boxes)[1] <= frame[1]


def test_a_report_without_findings_says_so(page_of: Any, example: Report) -> None:
    page = page_of(replace(example, findings=(), waived=(), not_checked=(), trend=()))
    show(page, "findings")
    assert "No findings" in page.inner_text("#view-findings")
    show(page, "missing")
    assert "Every check was possible." in page.inner_text("#view-missing")
