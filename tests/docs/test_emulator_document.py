"""What docs/emulator.md tells to add is added, and does what it is said to do."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.emulator import Lab, catalog
from getvpn.emulator.platforms import PLATFORMS
from getvpn.emulator.testing import console, make_router

from .blocks import code_blocks

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "emulator.md"
FILES = {block.name: block.text for block in code_blocks(PAGE)}


def _load(name: str, path: Path) -> None:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Add the modules of the document to the package; gives the folder of its test."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if name.startswith("emulator/"):
            module = "getvpn." + name.removesuffix(".py").replace("/", ".")
            assert not (ROOT / name).exists(), f"{name} is there: choose another example"
            monkeypatch.setitem(sys.modules, module, None)
            _load(module, path)
    monkeypatch.setattr(catalog, "SETTINGS", (*catalog.SETTINGS, "beacon"))
    monkeypatch.setattr(catalog, "COMMANDS", (*catalog.COMMANDS, "beacon"))
    feature = (".services.beacon", "Beacon")
    monkeypatch.setattr(catalog, "FEATURES", (*catalog.FEATURES, feature))
    platform = sys.modules["getvpn.emulator.platforms.isr4331"].PLATFORM
    monkeypatch.setitem(PLATFORMS, platform.name, platform)
    catalog.grammar_for.cache_clear()
    catalog.features.cache_clear()
    yield tmp_path
    catalog.grammar_for.cache_clear()
    catalog.features.cache_clear()


def test_the_test_of_the_document_passes(added: Path) -> None:
    names: dict[str, object] = {}
    exec(compile((added / "test_beacon.py").read_text(), "test_beacon.py", "exec"), names)  # noqa: S102
    tests = [value for name, value in names.items() if name.startswith("test_")]

    assert tests
    for test in tests:
        assert callable(test)
        test()


@pytest.mark.usefixtures("added")
def test_what_is_refused_and_asked_is_so() -> None:
    router = make_router("KS1", "c8000v", "hostname KS1\n")
    terminal = console(router)

    assert terminal.run("show beacon") == "% There is no beacon\n"
    refused = terminal.configure(f"beacon text {'x' * 41}\n")
    assert refused == "% The text of a beacon has 40 characters at most\n"
    terminal.configure("beacon interval 10\n")
    router.clock.advance(25)
    assert "2 messages" in terminal.run("show beacon")
    assert terminal.type(b"clear beacon\n").endswith("Clear the beacon? [confirm]")
    terminal.type(b"\n")
    assert "0 messages" in terminal.run("sh bea")
    terminal.configure("no beacon interval\n")
    router.clock.advance(100)
    assert terminal.run("show running-config | include beacon") == ""


@pytest.mark.usefixtures("added")
def test_a_lab_may_have_the_new_platform() -> None:
    lab = Lab("devices: {R1: {platform: isr4331}}")

    assert "ISR4331/K9" in console(lab["R1"]).run("show version")


def test_every_folder_of_the_emulator_is_explained() -> None:
    folders = {
        path.name for path in (ROOT / "emulator").iterdir() if (path / "__init__.py").exists()
    }
    text = PAGE.read_text("utf-8")

    assert [name for name in sorted(folders) if f"`{name}/`" not in text] == []
