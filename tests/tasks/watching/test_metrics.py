"""The metrics of a watch, as Prometheus gets them."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from getvpn.errors import UsageError
from getvpn.tasks.watching import exporter
from getvpn.tasks.watching.exporter import Address, Exporter, address_of
from getvpn.tasks.watching.metrics import families

from .worlds import Watched


@pytest.fixture(scope="module")
def watched() -> Watched:
    """A network that was looked at some times."""
    made = Watched()
    made.looks(3)
    return made


@pytest.fixture(scope="module")
def text(watched: Watched) -> Iterator[str]:
    """What is served."""
    served = Exporter(lambda: watched.state, Address("127.0.0.1", 0))
    try:
        with urlopen(str(served.address), timeout=120) as answer:  # noqa: S310 - it is ours
            yield answer.read().decode()
    finally:
        served.close()


def test_all_metrics_are_served_and_told_about(text: str) -> None:
    found = {each.name: each for each in text_string_to_metric_families(text)}

    assert found.keys() == {each.name.removesuffix("_total") for each in families()}
    for family in families():
        served = found[family.name.removesuffix("_total")]
        assert (served.type, served.documentation) == (family.kind, family.about)
        for sample in served.samples:
            assert sample.name == family.name
            assert sample.labels.keys() == set(family.labels)


def test_figures_are_those_of_the_network(text: str, watched: Watched) -> None:
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    (group,) = watched.state.groups

    assert found["getvpn_group_members", "G1"] == 2
    assert found["getvpn_group_primaries", "G1"] == found["getvpn_group_led", "G1"] == 1
    assert found["getvpn_key_server_primary", "G1", "KS1"] == 1
    assert found["getvpn_key_server_primary", "G1", "KS2"] == 0
    assert found["getvpn_key_server_looks_total", "KS1", "answered"] == 3
    assert found["getvpn_group_tek_expiry_timestamp_seconds", "G1"] == group.tek_expires_at
    assert found["getvpn_watch_deliveries_total", "failed", "kept"] == 0
    # what has not happened yet is none, so that the first time is an increase
    assert found["getvpn_watch_events_total", "PrimaryChanged"] == 0
    assert found["getvpn_key_server_looks_total", "KS1", "failed"] == 0


def test_there_are_few_series_however_many_members() -> None:
    of_group = [each for each in families() if each.labels in {("group",), ("group", "key")}]
    keys = [each for each in of_group if "key" in each.labels]
    both = [each for each in families() if each.labels == ("group", "server")]
    servers = [each for each in families() if each.labels[:1] == ("server",)]

    assert len(of_group) + len(keys) == 14
    assert len(both) == 4
    # of looks there are two outcomes
    assert len(servers) + 1 == 4
    assert {label for each in families() for label in each.labels} == {
        *("group", "server", "key", "severity", "event", "way", "outcome")
    }


@pytest.mark.parametrize("path", ["/healthz", "/", "/metrics?name=getvpn_group_led"])
def test_a_probe_of_another_path_is_answered(watched: Watched, path: str) -> None:
    served = Exporter(lambda: watched.state, Address("127.0.0.1", 0))
    try:
        where = str(served.address).replace("/metrics", path)
        with urlopen(where, timeout=120) as answer:  # noqa: S310 - it is ours
            assert answer.status == 200
    finally:
        served.close()


def test_metrics_are_served_over_ipv6_too(watched: Watched) -> None:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6")
    served = Exporter(lambda: watched.state, address_of("[::1]:0"))
    try:
        assert str(served.address).startswith("http://[::1]:")
        with urlopen(str(served.address), timeout=120) as answer:  # noqa: S310 - it is ours
            assert b"getvpn_group_led" in answer.read()
        with pytest.raises(UsageError, match=r"nobody can listen on \[::1\]:\d+: Address"):
            Exporter(lambda: watched.state, served.address)
    finally:
        served.close()


def test_promtool_finds_nothing_wrong_with_them(text: str) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool")
    done = subprocess.run(
        [tool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (":9300", Address("127.0.0.1", 9300)),
        ("9300", Address("127.0.0.1", 9300)),
        ("192.0.2.1:80", Address("192.0.2.1", 80)),
        ("[::1]:9300", Address("::1", 9300)),
    ],
)
def test_without_a_host_it_is_this_machine_only(said: str, meant: Address) -> None:
    assert address_of(said) == meant


@pytest.mark.parametrize(
    "said", ["", ":", "host", ":70000", "::1:9300", ":-1", ":\uff19\uff13", ":" + "9" * 5000]
)
def test_what_is_no_port_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="--metrics"):
        address_of(said)


def test_a_port_that_is_taken_is_told(watched: Watched) -> None:
    served = Exporter(lambda: watched.state, Address("127.0.0.1", 0))
    try:
        with pytest.raises(UsageError, match="nobody can listen on 127"):
            Exporter(lambda: watched.state, served.address)
    finally:
        served.close()


def test_a_host_that_can_be_none_is_told(watched: Watched) -> None:
    with pytest.raises(UsageError, match=r"nobody can listen on a\.\.b:0"):
        Exporter(lambda: watched.state, Address("a..b", 0))


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter, "find_spec", lambda _: None)

    with pytest.raises(UsageError, match=r"getvpn\[exporter\]"):
        exporter.check_extra()


def test_nobody_needs_the_extra_who_serves_no_metrics() -> None:
    code = (
        "import sys, getvpn.cli.watch, getvpn.tasks.watching.watcher, getvpn.tasks.watching.metrics"
        "; sys.exit('prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0
