"""All declarations of commands and settings, and the features that routers are made of."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from .feature import Feature
from .grammar import CommandSet, Grammar, Release, merged

SETTINGS: tuple[str, ...] = (
    "help_words",
    "help_more",
    "help_arguments",
    "system",
    "naming",
    "clocks",
    "logins",
    "logging_",
    "users",
    "command_levels",
    "aaa",
    "aaa_servers",
    "archive",
    "management",
    "secure_shell",
    "snmp",
    "banner",
    "line",
    "ntp",
    "automation",
    "vrf",
    "interfaces",
    "interface_lines",
    "object_groups",
    "acl",
    "static_routes",
    "router_igp",
    "router_bgp",
    "routing_policy",
    "tracking",
    "ip_services",
    "qos",
    "crypto_secrets",
    "pki",
    "pki_server",
    "pki_chain",
    "ikev2",
    "ikev2_profile",
    "isakmp_profile",
    "isakmp",
    "ipsec",
    "gdoi",
    "gdoi_server",
    "crypto_map",
)
"""Modules of `settings`, in the order in which their lines stand among equals."""
COMMANDS: tuple[str, ...] = (
    "basics",
    "sessions",
    "enabling",
    "configuration",
    "configuring",
    "config_lock",
    "reloading",
    "files",
    "file_changes",
    "verifying",
    "copying",
    "tclsh",
    "booting",
    "install",
    "installed",
    "version",
    "key_pairs",
    "key_exchange",
    "key_shows",
    "pki_enrolling",
    "pki_exchange",
    "pki_shows",
    "isakmp_shows",
    "ikev2_shows",
    "ikev2_stats",
    "ipsec_shows",
    "ipsec_sas",
    "crypto_map_shows",
    "crypto_sessions",
    "crypto_engines",
    "crypto_clearing",
    "gdoi_control",
    "gdoi_shows",
    "gdoi_gm_shows",
    "gdoi_ks_groups",
    "gdoi_ks_members",
    "gdoi_ks_policy",
    "gdoi_ks_rekeys",
    "gdoi_ks_rekey_sa",
    "gdoi_ks_coop",
    "gdoi_ks_sids",
    "gdoi_ks_features",
    "interfaces",
    "ip_interfaces",
    "interface_tables",
    "arp",
    "ip_routes",
    "ip_tables",
    "ipv6_routes",
    "access_lists",
    "vrfs",
    "cef",
    "sockets",
    "ospf",
    "ospf_database",
    "bgp",
    "eigrp",
    "ip_protocols",
    "route_maps",
    "qos",
    "tracking",
    "redundancy",
    "nat",
    "dhcp",
    "ip_traffic",
    "multicast",
    "etherchannel",
    "hardware",
    "licensing",
    "processes",
    "logging_",
    "lines",
    "terminals",
    "clock",
    "ntp",
    "ssh_server",
    "neighbours",
    "discovery",
    "names",
    "snmp",
    "ping",
    "traceroute",
    "debugging",
    "aaa_shows",
    "tacacs",
    "platform_diag",
    "http_server",
    "outgoing",
    "tech_support",
)
"""Modules of `commands`."""
FEATURES: tuple[tuple[str, str], ...] = (
    (".services.interfaces", "Interfaces"),
    (".services.presence", "Presence"),
    (".services.access_hits", "AccessHits"),
    (".services.command_levels", "CommandLevels"),
    (".services.login_guard", "LoginGuard"),
    (".services.config_lock", "ConfigLock"),
    (".services.ssh", "SshService"),
    (".services.key_log", "KeyLog"),
    (".services.stub_objects", "StubObjects"),
    (".services.pki", "Pki"),
    (".services.crypto_sas", "CryptoSas"),
    (".groups.feature", "Gdoi"),
    (".groups.ipsec_tables", "IpsecTables"),
    (".services.reloading", "Reloading"),
    (".services.installing", "Installing"),
    (".services.archive", "Archive"),
    (".services.licences", "Licences"),
    (".services.log_hosts", "LogHosts"),
    (".services.ntp", "Ntp"),
    (".services.debugging", "Debugging"),
)
"""Modules and classes of features, in the order in which they are told of changes."""


def _modules() -> list[str]:
    return [f".settings.{name}" for name in SETTINGS] + [f".commands.{name}" for name in COMMANDS]


def loading() -> Iterator[None]:
    """Load all that routers are made of, in steps of some milliseconds."""
    for name in (*_modules(), *(module for module, _ in FEATURES)):
        import_module(name, __package__)
        yield


@cache
def grammar_for(family: str, release: Release | None = None) -> Grammar:
    """The grammar of a family of software, `classic` or `xe`, and of a release of it."""
    if release is not None:
        return grammar_for(family).of_release(release)
    sets: list[CommandSet] = [import_module(name, __package__).declared for name in _modules()]
    return Grammar(family, merged(sets))


@cache
def features() -> tuple[type[Feature], ...]:
    """The classes of all features."""
    return tuple(getattr(import_module(module, __package__), name) for module, name in FEATURES)
