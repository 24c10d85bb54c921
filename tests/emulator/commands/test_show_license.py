"""Licences, of classic routers and of smart ones."""

import pytest

from .readers import PLATFORMS, STARTUP, Bench, refused

LEVELS = {
    "isr4451": "license boot level securityk9\n",
    "c8000v": "license boot level network-advantage addon dna-advantage\n",
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_licences_are_bound_to_the_serial_number(platform: str) -> None:
    bench = Bench(platform)
    text = bench.run("show license udi")
    assert bench.router.serial in text
    if bench.router.family == "xe":
        found = bench.genie("show license udi")
        assert found["udi_details"] == {
            "pid": bench.router.platform.model,
            "sn": bench.router.serial,
        }


def test_the_template_reads_the_licences_of_a_classic_router() -> None:
    rows = Bench("isr2911").textfsm("show license")
    states = {row["feature"]: row["license_state"].strip() for row in rows}
    assert states == {
        "ipbasek9": "Active, In Use",
        "securityk9": "Active, In Use",
        "uck9": "Active, Not in Use, EULA not accepted",
        "datak9": "Active, Not in Use, EULA not accepted",
    }


@pytest.mark.parametrize("platform", ["isr4451", "c8000v"])
def test_genie_reads_the_licences_in_use(platform: str) -> None:
    bench = Bench(platform, STARTUP + LEVELS[platform])
    found = bench.genie("show license summary")["license_usage"]
    opened = {word for word in LEVELS[platform].split() if word.endswith(("k9", "advantage"))}
    assert {row["license"] for row in found.values()} == opened
    assert {row["count"] for row in found.values()} == {"1"}
    status = "EVAL MODE" if platform == "isr4451" else "IN USE"
    assert {row["status"] for row in found.values()} == {status}


def test_without_a_level_no_licence_is_in_use() -> None:
    assert "License Usage:\n  No licenses in use\n" in Bench("c8000v").run("show license summary")


def test_genie_and_the_template_read_the_status_by_policy() -> None:
    bench = Bench("c8000v", STARTUP + LEVELS["c8000v"] + "license smart transport smart\n")
    found = bench.genie("show license status")
    assert found["smart_licensing_using_policy"]["status"] == "ENABLED"
    assert found["transport"]["type"] == "smart"
    (row,) = bench.textfsm("show license status")
    assert row["transport_type"] == "smart"
    assert row["smart_acct"] == "<none>"
    assert bench.run("show license all").startswith("Smart Licensing Status\n====")


@pytest.mark.parametrize("platform", ["isr4451", "c8000v"])
def test_genie_reads_usage_and_all_of_it(platform: str) -> None:
    bench = Bench(platform, STARTUP + LEVELS[platform])
    usage = bench.genie("show license usage")["license_name"]
    opened = {word for word in LEVELS[platform].split() if word.endswith(("k9", "advantage"))}
    assert {row["feature_name"] for row in usage.values()} == opened
    found = bench.genie("show license all")
    assert set(found["license_usage"]["license_name"]) == set(usage)
    assert found["product_information"]["udi"]["sn"] == bench.router.serial


def test_the_evaluation_period_runs_down() -> None:
    bench = Bench("isr4451", uptime_s=86400 + 26)
    text = bench.run("show license summary")
    assert "Evaluation Period Remaining: 88 days, 23 hours, 59 minutes, 34 seconds\n" in text


def test_a_classic_router_has_no_smart_licensing() -> None:
    assert refused(Bench("isr2911").run("show license summary"))
