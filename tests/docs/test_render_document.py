"""What docs/render.md says of rendering holds."""

from pathlib import Path

import pytest

from getvpn.inventory import parse
from getvpn.tasks.render import render

from .blocks import code_blocks
from .script import Script

DOCS = Path(__file__).resolve().parents[2] / "docs"
INTENT = next(block for block in code_blocks(DOCS / "intent.md") if block.name == "network.yml")
BLOCKS = {block.name: block.text for block in code_blocks(DOCS / "render.md") if block.name}


def test_the_member_of_the_first_network_is_rendered_as_the_page_shows() -> None:
    texts = render(parse(INTENT.text), None, ["branch-1"], conceal=True)
    assert texts == {"branch-1": BLOCKS["branch-1.cfg"]}


@pytest.mark.executes("docs/render.md")
def test_the_calls_of_the_page_work(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PSK_BRANCH_1", "Branch-1")
    monkeypatch.setenv("PSK_COOP", "Coop-1")
    for place in (tmp_path, tmp_path / "lab"):
        place.mkdir(exist_ok=True)
        (place / "network.yml").write_text(INTENT.text, "utf-8")
    every, some, files, concealed, other, checked = script.all()
    assert every.out == other.out
    assert [line for line in some.out.splitlines() if line.startswith("hostname")] == [
        "hostname KS1",
        "hostname branch-1",
    ]
    assert {path.name for path in Path("configs").iterdir()} == {
        *("KS1.cfg", "KS2.cfg", "branch-1.cfg"),
    }
    assert files.err == "configs: 3 of 3 configurations new or changed\n"
    assert "key *** " in concealed.out
    assert checked.code == 1


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "network.yml").write_text(INTENT.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PSK_BRANCH_1", "Branch-1")
    monkeypatch.setenv("PSK_COOP", "Coop-1")
    found: dict[str, dict[str, str]] = {}
    exec(compile(BLOCKS["render"], "render.md", "exec"), found)  # noqa: S102 - our own page
    assert list(found["texts"]) == ["KS1", "KS2", "branch-1"]
    assert found["plan"] == {"branch-1": BLOCKS["branch-1.cfg"]}


@pytest.mark.parametrize(
    ("software", "column"),
    [
        ("os: ios, release: 15.7(3)M5", 1),
        ("release: 16.12.4", 2),
        ("release: 17.9.4a", 3),
        ("release: 17.12.1", 3),
    ],
)
def test_releases_print_what_the_table_says(software: str, column: int) -> None:
    text = INTENT.text.replace("name: KS1,", f"name: KS1, {software},", 1)
    text = text.replace("policies:", "rekey: {multicast: 239.10.10.1}\n    policies:")
    text = text.replace("identity: 1001", "identity: 1001\n    authorization_name: 52")
    (shown,) = render(parse(text), None, ["KS1"], conceal=True).values()

    page = (DOCS / "render.md").read_text("utf-8")
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| ")][2:]
    for row in rows:
        words = row[column].strip().partition(" from ")[0].strip("`").partition(" …")[0]
        if words and "trustpoint" not in row[0]:
            assert words in shown


def test_trustpoints_show_their_hash_from_the_release_of_the_table_on() -> None:
    pki = "authentication: {kind: pki, trustpoint: CA, enrollment_url: 'http://192.0.2.80'}"
    old = INTENT.text[INTENT.text.index("authentication:") : INTENT.text.index("    policies:")]
    text = INTENT.text.replace(old, f"{pki}\n")
    for release, shows in (("17.9.4a", False), ("17.12.1", True)):
        said = parse(text.replace("release: 17.9.4a", f"release: {release}"))
        (shown,) = render(said, None, ["branch-1"], conceal=True).values()
        assert ("\n hash sha256\n!" in shown) is shows
