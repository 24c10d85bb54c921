"""What docs/changes.md says of ways holds."""

from pathlib import Path

import pytest

from getvpn.emulator.testing import console, make_router
from getvpn.errors import RefusedError
from getvpn.tasks.deploying.archive import FILE
from getvpn.tasks.deploying.means import has_archive, means_of
from getvpn.tasks.diff import Command

from ..tasks.ssh.wires import RouterWire, session_on
from .blocks import code_blocks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "changes.md"
BLOCKS = {block.name: block.text for block in code_blocks(PAGE) if block.name}
KEY = "crypto isakmp key Hidden-Word address 10.0.0.300"


def test_the_archive_of_the_page_makes_trials_and_napalm_possible() -> None:
    router = make_router("KS1", "c8000v", BLOCKS["archive"])
    running = console(router).run("show running-config")

    assert has_archive(running)
    assert means_of(running, [Command(text="crypto isakmp keepalive 10")]) == "napalm"
    console(router).configure("no ip scp server enable")
    without = console(router).run("show running-config")
    assert means_of(without, [Command(text="crypto isakmp keepalive 10")]) == "lines"


def test_a_refused_line_is_told_as_the_page_shows() -> None:
    session = session_on(RouterWire(make_router("KS1", "c8000v")), name="KS1")
    with pytest.raises(RefusedError) as caught:
        session.configure([KEY])
    assert str(caught.value) == BLOCKS["refused"].strip()


def test_the_file_is_called_as_the_page_says() -> None:
    assert f"`{FILE}`" in PAGE.read_text("utf-8")
