import subprocess
import sys

import pytest

import getvpn.inventory


def test_the_public_names_are_these() -> None:
    assert getvpn.inventory.__all__ == [
        "Intent",
        "Secret",
        "Secrets",
        "device_views",
        "load",
        "parse",
    ]
    assert all(getattr(getvpn.inventory, name) for name in getvpn.inventory.__all__)
    assert set(getvpn.inventory.__all__) <= set(dir(getvpn.inventory))


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("getvpn.inventory", ["pydantic", "yaml", "nornir", "keyring", "hvac"]),
        ("getvpn.inventory.secrets", ["pydantic", "yaml", "nornir", "keyring", "hvac"]),
        ("getvpn.inventory.loading", ["nornir", "keyring", "hvac", "jinja2"]),
        ("getvpn.cli.lint", ["pydantic", "yaml", "nornir", "getvpn.inventory.models"]),
        ("getvpn.cli.schema", ["pydantic", "yaml", "nornir"]),
    ],
)
def test_a_module_brings_along_only_what_it_needs(module: str, unwanted: list[str]) -> None:
    script = f"import sys, {module}; print(*[name for name in {unwanted} if name in sys.modules])"
    command = [sys.executable, "-c", script]

    done = subprocess.run(command, check=True, capture_output=True, text=True)

    assert done.stdout.split() == []
