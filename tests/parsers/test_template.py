import re
from importlib import resources
from pathlib import Path

import pytest

from getvpn.parsers.registry import FAMILIES
from getvpn.parsers.template import source_of


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.ttp").write_text(text)
    return folder


def test_an_include_stands_for_the_text_of_another_file(tmp_path: Path) -> None:
    folder = write(tmp_path, whole="A : {{ a }}\n<!-- include: part -->\nC\n", part="B : {{ b }}\n")
    assert source_of("whole", folder) == "A : {{ a }}\nB : {{ b }}\nC\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<!-- include: absent -->", "no template 'absent'"),
        ("<!-- include: nested -->", "an include that is not followed"),
        ("<!-- include part -->", "an include that is not followed"),
        ("A <!-- include: part -->", "an include that is not followed"),
    ],
)
def test_an_include_that_cannot_be_followed_is_refused(
    tmp_path: Path, text: str, says: str
) -> None:
    folder = write(tmp_path, whole=text, nested="<!-- include: part -->", part="B")
    with pytest.raises(ValueError, match=says):
        source_of("whole", folder)
    with pytest.raises(ValueError, match="no template 'nowhere'"):
        source_of("nowhere", folder)


def test_every_file_is_a_template_of_a_family_or_included_in_one() -> None:
    folder = resources.files("getvpn.parsers.ttp")
    texts = {
        file.name.removesuffix(".ttp"): file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".ttp")
    }
    included = {name for text in texts.values() for name in re.findall(r"include: (\w+)", text)}
    assert set(texts) == {family.template for family in FAMILIES.values()} | included
