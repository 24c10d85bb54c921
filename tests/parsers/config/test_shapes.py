"""What changes the shape of a configuration, but not its meaning."""

from collections.abc import Callable
from pathlib import Path

import pytest

from getvpn.parsers.config import DeviceConfig, device_config, parse_config

from . import examples


def read(text: str) -> DeviceConfig:
    return device_config(parse_config(text))


def reindented(text: str, indent: str) -> str:
    """`text` with `indent` in place of each blank in front of a line."""
    return "\n".join(
        indent * (len(line) - len(line.lstrip())) + line.strip() for line in text.splitlines()
    )


# What people and programs do to a configuration without meaning to change it.
SHAPES: dict[str, Callable[[str], str]] = {
    "flat": lambda text: reindented(text, ""),
    "flat and without separators": lambda text: reindented(text, "").replace("\n!\n", "\n"),
    "with a margin": lambda text: "\n".join(f"   {line}" for line in text.splitlines()),
    "by tabs": lambda text: reindented(text, "\t"),
    "by four blanks": lambda text: reindented(text, "    "),
    "twice": lambda text: f"{text}\n{text}",
    "from another system": lambda text: text.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("text", examples.ALL)
def test_the_shape_of_a_configuration_does_not_change_its_meaning(text: str, shape: str) -> None:
    assert read(SHAPES[shape](text)) == read(text)


@pytest.mark.parametrize("shape", SHAPES)
def test_nor_that_of_those_that_others_have_published(shared: Path, shape: str) -> None:
    for folder in ("running_config", "config_input"):
        for path in sorted((shared / "captures/community" / folder).glob("*.txt")):
            text = path.read_text()
            # Keys whose peer is a placeholder cannot be told apart.
            if shape != "twice" or "<" not in text:
                assert read(SHAPES[shape](text)) == read(text), path.name
