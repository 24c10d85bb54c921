import subprocess
import sys

import pytest

import getvpn


def test_public_names_are_these_and_no_others() -> None:
    assert getvpn.__all__ == [
        "Access",
        "Collection",
        "DeviceError",
        "Finding",
        "GetvpnError",
        "InputError",
        "Limits",
        "ParseError",
        "Record",
        "Report",
        "Severity",
        "UsageError",
        "__version__",
        "adopt",
        "audit",
        "check_health",
        "collect",
        "collect_device",
        "compare_intent",
        "device_config",
        "enter_audit",
        "judge_snapshots",
        "open_fleet",
        "parse",
        "parse_config",
        "perform_deployment",
        "perform_procedure",
        "perform_resumption",
        "plan_procedure",
        "plan_text",
        "procedure_task",
        "read_paths",
        "render_intent",
        "render_report",
        "resume_procedure",
        "run_procedure",
        "save_private",
        "take_snapshot",
        "watch_groups",
    ]


@pytest.mark.parametrize("name", getvpn.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(getvpn, name) is not None
    assert name in dir(getvpn)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'getvpn' has no attribute 'nonesuch'"):
        _ = getvpn.nonesuch  # type: ignore[attr-defined]  # what is being tested


def test_importing_getvpn_loads_neither_rooms_nor_dependencies() -> None:
    script = "import sys, getvpn; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()

    assert [name for name in loaded if name.startswith("getvpn.")] == ["getvpn.lazy"]
    assert {"click", "cryptography", "jinja2", "ttp"}.isdisjoint(loaded)
