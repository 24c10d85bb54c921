"""SSH, SNMP, CDP, LLDP and names: on or off as configured, read by their usual readers."""

import re

import pytest

from getvpn.emulator.keys import ssh_public_key
from getvpn.emulator.ssh.algorithms import MODERN

from .readers import PLATFORMS, STARTUP, Bench, refused

SNMP = (
    "snmp-server community readers RO\nsnmp-server community writers RW 10\n"
    "snmp-server location Hall 1\nsnmp-server contact noc\n"
    "snmp-server host 192.0.2.9 version 2c readers\n"
)


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


# ---- SSH ----


def test_without_a_key_ssh_is_off(bench: Bench) -> None:
    text = bench.run("show ip ssh")
    version = "2.0" if bench.router.platform.name == "c8000v" else "1.99"
    assert text.startswith(
        f"SSH Disabled - version {version}\n"
        "%Please create RSA keys to enable SSH (and of atleast 768 bits for SSH v2).\n"
    )
    assert "Authentication timeout: 120 secs; Authentication retries: 3\n" in text
    assert "IOS Keys in SECSH format(ssh-rsa, base64 encoded): NONE\n" in text


def test_with_a_key_genie_reads_everything(bench: Bench) -> None:
    bench.configure(
        "crypto key generate rsa modulus 2048\nip ssh version 2\nip ssh time-out 60\n"
        "ip ssh authentication-retries 2\n"
    )
    (pair,) = [pair for pair in bench.router.keys.pairs() if not pair.temporary]
    text = bench.run("show ip ssh")
    assert text.startswith("SSH Enabled - version 2.0\n")
    key = text.partition(f"(ssh-rsa, base64 encoded): {pair.label}\n")[2]
    key = key.removeprefix("Modulus Size : 2048 bits\n").partition("IOS Keys")[0]
    assert key.replace("\n", "") == ssh_public_key(pair.material).text
    if bench.router.family == "xe":
        found = bench.genie("show ip ssh")["ssh"]
        assert found["enabled"] is True
        assert found["rsa_key"]["present"] is True
        assert found["authentication_timeout"] == 60
        assert found["authentication_retries"] == 2
        assert found["encryption_algorithms"] == list(MODERN.ciphers)


def test_configured_algorithms_are_shown() -> None:
    bench = Bench("c8000v")
    bench.configure("ip ssh server algorithm encryption aes256-ctr aes128-ctr")
    assert "\nEncryption Algorithms:aes256-ctr,aes128-ctr\n" in bench.run("show ip ssh")


# ---- SNMP ----


def test_an_agent_without_a_line_is_off(bench: Bench) -> None:
    for command in ("show snmp", "show snmp chassis", "show snmp community"):
        assert bench.run(command) == "%SNMP agent not enabled\n"


def test_genie_reads_the_agent(bench: Bench) -> None:
    bench.configure(SNMP)
    text = bench.run("show snmp")
    assert text.startswith(f"Chassis: {bench.router.serial}\nContact: noc\nLocation: Hall 1\n")
    assert "    Logging to 192.0.2.9.162, 0/10, 0 sent, 0 dropped.\n" in text
    assert bench.run("show snmp chassis") == f"{bench.router.serial}\n"
    if bench.router.family == "xe":
        found = bench.genie("show snmp")
        assert found["chassis"] == bench.router.serial
        engine = bench.genie("show snmp engineid")
        assert "800000090300" in str(engine)


def test_the_template_reads_communities_and_groups(bench: Bench) -> None:
    bench.configure(SNMP)
    rows = bench.textfsm("show snmp community")
    assert [(row["name"], row["access_list_number"]) for row in rows] == [
        ("readers", ""),
        ("writers", "10"),
    ]
    groups = bench.textfsm("show snmp group")
    assert [(row["groupname"], row["security_model"]) for row in groups] == [
        ("readers", "v1"),
        ("readers", "v2c"),
        ("writers", "v1"),
        ("writers", "v2c"),
    ]


def test_the_template_reads_the_users(bench: Bench) -> None:
    bench.configure(
        "snmp-server group admins v3 priv\n"
        "snmp-server user sue admins v3 auth sha secretsecret priv aes 128 secretsecret\n"
    )
    (row,) = bench.textfsm("show snmp user")
    assert (row["user_name"], row["group_name"]) == ("sue", "admins")
    assert (row["authentication_protocol"], row["privacy_protocol"]) == ("SHA", "AES128")


# ---- neighbours ----


def test_cdp_tells_whether_it_runs() -> None:
    bench = Bench("isr4451")
    for command in ("cdp", "cdp neighbors", "cdp neighbors detail"):
        assert bench.run(f"show {command}") == "% CDP is not enabled\n"
    bench.configure("cdp run\ncdp timer 20\n")
    found = bench.genie("show cdp")
    assert (found["interval"], found["holdtime"]) == (20, 180)
    assert found["cdpv2"] == "enabled"


def test_a_classic_router_runs_cdp_until_it_is_told_not_to() -> None:
    bench = Bench("isr2911")
    assert bench.run("show cdp").startswith("Global CDP information:\n\tSending CDP packets")
    bench.configure("no cdp advertise-v2")
    assert "Sending CDPv2 advertisements is  not enabled" in bench.run("show cdp")
    bench.configure("no cdp run")
    assert bench.run("show cdp neighbors") == "% CDP is not enabled\n"


def test_nobody_is_found_by_cdp() -> None:
    bench = Bench("c8000v", STARTUP + "cdp run\n")
    assert bench.run("show cdp neighbors").endswith("\nTotal cdp entries displayed : 0\n")
    assert bench.run("show cdp neighbors detail") == "\nTotal cdp entries displayed : 0\n"
    assert bench.textfsm("show cdp neighbors") == []


def test_lldp_tells_whether_it_runs_and_finds_nobody(bench: Bench) -> None:
    for command in ("show lldp", "show lldp neighbors", "show lldp neighbors detail"):
        assert bench.run(command) == "% LLDP is not enabled\n"
    bench.configure("lldp run\nlldp timer 15")
    found = bench.genie("show lldp")
    assert found["status"] == "active"
    assert found["hello_timer"] == 15
    assert bench.textfsm("show lldp neighbors") == []
    assert "Total entries displayed: 0\n" in bench.run("show lldp neighbors detail")


def test_the_system_that_bundles_ports_has_an_address(bench: Bench) -> None:
    text = bench.run("show lacp sys-id")
    assert text == f"32768, {bench.router.chassis.mac(0)}\n"


def test_a_router_without_switch_ports_has_no_vlans_and_no_addresses(bench: Bench) -> None:
    for command in (
        "vlan",
        "vlan all-ports",
        "vlan brief",
        "mac-address-table",
        "mac address-table",
    ):
        assert refused(bench.run(f"show {command}"))
    assert refused(bench.run("show switch virtual"))


# ---- names ----

HOSTS = "ip name-server 192.0.2.53\nip host KS2 192.0.2.2 192.0.2.3\n"


def test_hosts_begin_with_the_domain(bench: Bench) -> None:
    bench.configure(HOSTS)
    text = bench.run("show hosts")
    (line,) = [line for line in text.splitlines() if "Default domain" in line]
    assert line.split("Default domain is ")[1] == "example.net"
    assert "\nName servers are 192.0.2.53\n" in text


def test_hosts_are_a_table_or_records_by_the_release() -> None:
    for platform in ("isr2911", "isr4451"):
        text = Bench(platform, STARTUP + HOSTS).run("show hosts")
        assert text.startswith("Name lookup view: Global\nDefault domain is example.net\n")
        assert re.search(r"\nKS2 +None  \(perm, OK\)  0   IP    192.0.2.2\n +192.0.2.3\n", text)
    bench = Bench("c8000v", STARTUP + HOSTS)
    assert bench.run("show hosts").startswith("Default domain is example.net\n")
    found = bench.genie("show hosts")
    assert "KS2" in str(found)


def test_without_lookup_hosts_are_static() -> None:
    bench = Bench("isr2911", "hostname KS1\nno ip domain lookup\n")
    text = bench.run("show hosts")
    assert "Default domain is not set\nName/address lookup uses static mappings\n" in text


def test_the_template_reads_the_summary(bench: Bench) -> None:
    bench.configure(HOSTS)
    (row,) = bench.textfsm("show hosts summary")
    assert row["default_domain"] == "example.net"
    assert row["local_cache_entries"] == "1"


def test_the_template_reads_aliases(bench: Bench) -> None:
    bench.configure("alias exec shb show ip interface brief")
    rows = bench.textfsm("show aliases")
    assert ("shb", "show ip interface brief") in {
        (row["alias"], row["command"].strip()) for row in rows
    }
    assert rows[0]["mode"] == "Exec mode"
