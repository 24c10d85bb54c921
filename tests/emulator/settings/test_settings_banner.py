"""Banners: delimiters, several lines, and how they are printed and shown."""

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router


@pytest.mark.parametrize(
    ("typed", "printed", "text"),
    [
        ("banner motd #hello#", ["banner motd ^Chello^C"], "hello"),
        ("banner motd ^Chello^C", ["banner motd ^Chello^C"], "hello"),
        ("banner motd \x03hello\x03", ["banner motd ^Chello^C"], "hello"),
        ("banner motd ^hello^", ["banner motd ^Chello^C"], "hello"),
        ("banner motd # hello world # ignored", ["banner motd ^C hello world ^C"], " hello world "),
        ("banner motd @\nhello\n@", ["banner motd ^C", "hello", "^C"], "\nhello\n"),
        ("banner motd @one\ntwo@ rest", ["banner motd ^Cone", "two^C"], "one\ntwo"),
        ("banner motd ^C\n one\n! two\n\n^C", ["banner motd ^C", " one", "! two", "", "^C"], None),
        ("banner motd #a^Cb#", ["banner motd #a^Cb#"], "a^Cb"),
    ],
)
def test_a_banner_is_printed_with_the_usual_delimiter(
    router: Router, typed: str, printed: list[str], text: str | None
) -> None:
    router.merge(typed)
    lines = router.running_lines()
    begin = lines.index(printed[0])
    assert lines[begin : begin + len(printed)] == printed
    entry = router.config.root.find("banner", "motd")
    assert entry is not None
    if text is not None:
        assert entry["text"] == text
    again = make_router(startup="\n".join(lines))
    assert again.running_lines() == lines


def test_a_dialogue_tells_how_a_banner_ends(router: Router) -> None:
    con = console(router)
    con.run("configure terminal")
    shown = con.type(b"banner motd @\n")
    assert shown == "banner motd @\nEnter TEXT message.  End with the character '@'.\n"
    con.type(b"line one\nline two\n")
    assert con.type(b"@\n").endswith("Router(config)#")
    assert con.prompt == "Router(config)#"
    entry = router.config.root.find("banner", "motd")
    assert entry is not None
    assert entry["text"] == "\nline one\nline two\n"


def test_every_kind_of_banner_has_one_text(router: Router) -> None:
    router.merge("banner motd #one#\nbanner login #two#\nbanner exec #three#\nbanner motd #four#\n")
    shown = [line for line in router.running_lines() if line.startswith("banner")]
    assert sorted(shown) == [
        "banner exec ^Cthree^C",
        "banner login ^Ctwo^C",
        "banner motd ^Cfour^C",
    ]
    assert router.login_banner().strip() == "two"


@pytest.mark.parametrize("line", ["no banner motd", "banner motd ##", "default banner motd"])
def test_a_banner_can_be_taken_away(router: Router, line: str) -> None:
    before = router.running_lines()
    router.merge("banner motd #text#\n")
    router.merge(line)
    assert router.running_lines() == before
