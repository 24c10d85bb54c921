"""IPsec: transform sets, profiles and what holds for the whole router.

Settings: `crypto ipsec transform-set` (name, `transforms`: a tuple of (transform, bits or None) in
the order in which IOS prints them) with the block `mode` (mode); `crypto ipsec profile` (name) with
`set transform-set` (names), `set security-association lifetime seconds` (seconds or days), `set
security-association lifetime kilobytes`, `set pfs` (group), `set isakmp-profile`, `set
ikev2-profile`; `crypto ipsec security-association lifetime seconds` (seconds or days), … `replay
window-size` (window), … `replay disable`.

The lifetime of a profile without one is that of the router, else one hour and 4,608,000 kilobytes.
"""

from ..config.edit import Edit
from ..config.store import Block, Entry, walk
from ..grammar import CommandSet, RefusedError
from .crypto_checks import must_exist, padded

IN_USE = (
    "% It seems ipsec profile doesn't exist or attempted to delete when actively referred by "
    "gdoi group"
)
MISSING_CIPHER = "% Proposal with ESP is missing cipher"
COMBINED = frozenset({"esp-gcm", "esp-gmac"})
WITH_BITS = frozenset({"esp-aes", *COMBINED})
USUAL_BITS = "128"
MAX_SETS = 6

_AH = "ah-md5-hmac|ah-sha-hmac|ah-sha256-hmac|ah-sha384-hmac|ah-sha512-hmac"
_PLAIN = "esp-des|esp-3des|esp-null|esp-seal"
_AUTH = "esp-md5-hmac|esp-sha-hmac|esp-sha256-hmac|esp-sha384-hmac|esp-sha512-hmac"
_GROUPS = "|".join(f"group{number}" for number in (1, 2, 5, 14, 15, 16, 19, 20, 21, 24))
_LIFETIME = "{seconds <seconds:120-2592000> | days <days:1-30>}"
_VOLUME = "kilobytes {disable | <kilobytes:2560-4294967295>}"

declared = CommandSet()
declared.mode("transform-set", "cfg-crypto-trans")
declared.mode("ipsec-profile", "ipsec-profile")


def _transforms(edit: Edit) -> None:
    """At most one transform of each kind, and none beside a combined mode that protects itself."""
    if edit.removing:
        return
    words = (edit.text or "").split()[4:]
    found: list[tuple[str, str | None]] = []
    for word in words:
        if word.isdecimal():
            found[-1] = (found[-1][0], None if word == USUAL_BITS else word)
        else:
            found.append((word, None))
    kinds: dict[int, str] = {}
    for word, _ in found:
        kind = _kind(word)
        if kind in kinds or (kind == _AUTHENTICATION and kinds.get(_CIPHER) in COMBINED):
            raise RefusedError(argument=word)
        kinds[kind] = word
    if _AUTHENTICATION in kinds and _CIPHER not in kinds:
        raise RefusedError(MISSING_CIPHER)
    found.sort(key=lambda pair: _kind(pair[0]))
    edit.values = {"name": edit.values["name"], "transforms": tuple(found)}
    shown = [word if bits is None else f"{word} {bits}" for word, bits in found]
    edit.text = " ".join((edit.setting.name, edit.values["name"], *shown))


_CIPHER, _AUTHENTICATION = 1, 2


def _kind(word: str) -> int:
    if word.startswith("ah-"):
        return 0
    if word in ("comp-lzs", "esn"):
        return 3 if word == "comp-lzs" else 4
    return _AUTHENTICATION if word.endswith("-hmac") else _CIPHER


def _mode(edit: Edit) -> None:
    """Tunnel mode is shown like the other (captures of 15.4 and 17.16)."""
    if edit.removing:
        edit.text, edit.values, edit.negated = "mode tunnel", {"mode": "tunnel"}, False


def transform_sets(edit: Edit) -> None:
    """The check of `set transform-set`: up to six sets, which there are."""
    if edit.removing:
        return
    names = tuple(dict.fromkeys(edit.values["names"]))
    for name in names:
        must_exist(
            edit,
            f'ERROR: transform set with tag "{name}" does not exist.',
            "crypto ipsec transform-set",
            name,
        )
    if len(names) > MAX_SETS:
        raise RefusedError(argument=names[MAX_SETS])
    edit.values["names"] = names
    edit.text = " ".join((edit.setting.name, *names))


def profile_users(root: Block, name: str) -> list[Entry]:
    """The lines of groups and tunnels that refer to an IPsec profile."""
    return [
        entry
        for entry in walk(root)
        if (entry.setting.name == "profile" and entry.setting.mode == "gdoi-sa")
        or entry.setting.name.startswith("tunnel protection")
        if entry.get("profile") == name
    ]


def _profile(edit: Edit) -> None:
    if edit.removing and profile_users(edit.router.config.root, edit.values["name"]):
        raise RefusedError(IN_USE)


def declare_protection(mode: str, into: CommandSet) -> None:
    """The lines that IPsec profiles and entries of crypto maps have in common."""
    into.setting(
        mode,
        f"set security-association lifetime {_LIFETIME}",
        name="set security-association lifetime seconds",
    )
    into.setting(mode, f"set security-association lifetime {_VOLUME}")
    into.setting(
        mode,
        "set security-association idle-time <seconds:60-86400> [default]",
    )
    into.setting(
        mode,
        "set security-association replay {disable | window-size <window:64|128|256|512|1024>}",
    )
    into.setting(mode, "set transform-set {<names>}+", check=transform_sets, shown=padded)
    into.setting(mode, f"set pfs [<group:{_GROUPS}>]", check=_pfs)
    into.setting(mode, "set isakmp-profile <profile>")
    into.setting(mode, "set ikev2-profile <profile>")
    into.setting(mode, "set identity <identity>")


def _pfs(edit: Edit) -> None:
    if not edit.removing:
        group = edit.values.setdefault("group", "group1")
        edit.text = f"set pfs {group}"


_GLOBAL = "ipsec-global"
declared.setting(
    "config",
    f"crypto ipsec security-association lifetime {_LIFETIME}",
    name="crypto ipsec security-association lifetime seconds",
    section=_GLOBAL,
    default="crypto ipsec security-association lifetime seconds 3600",
)
declared.setting(
    "config",
    f"crypto ipsec security-association lifetime {_VOLUME}",
    section=_GLOBAL,
    default="crypto ipsec security-association lifetime kilobytes 4608000",
)
declared.setting(
    "config",
    "crypto ipsec security-association replay disable",
    section=_GLOBAL,
)
declared.setting(
    "config",
    "crypto ipsec security-association replay window-size <window:64|128|256|512|1024>",
    section=_GLOBAL,
    default="crypto ipsec security-association replay window-size 64",
)
declared.setting(
    "config", "crypto ipsec security-association idle-time <seconds:60-86400>", section=_GLOBAL
)
declared.setting(
    "config", "crypto ipsec security-association multi-sn", section=_GLOBAL, families=("xe",)
)
for _feature in ("udp-encapsulation", "spi-matching"):
    declared.setting(
        "config",
        f"crypto ipsec nat-transparency {_feature}",
        section=_GLOBAL,
        default_on=_feature == "udp-encapsulation",
    )
for _place, _section in (("config", _GLOBAL), ("interface", "")):
    declared.setting(
        _place,
        "crypto ipsec df-bit <df:clear|copy|set>",
        section=_section,
        default="crypto ipsec df-bit copy",
    )
    declared.setting(
        _place,
        "crypto ipsec fragmentation <when:after-encryption|before-encryption>",
        section=_section,
        default="crypto ipsec fragmentation before-encryption",
    )
declared.setting(
    "config",
    f"crypto ipsec transform-set <name!> {{<ah:{_AH}> | <plain:{_PLAIN}> | <auth:{_AUTH}>"
    " | esp-aes [<bits:128|192|256>] | esp-gcm [<bits:128|192|256>]"
    " | esp-gmac [<bits:128|192|256>] | comp-lzs | esn}+",
    section="transform-set",
    enters="transform-set",
    check=_transforms,
    shown=padded,
    begins=lambda _router: ("mode tunnel",),
)
declared.setting("transform-set", "mode {<mode:tunnel|transport> | transport require}", check=_mode)
declared.setting(
    "config",
    "crypto ipsec profile <name!>",
    section="ipsec-profile",
    enters="ipsec-profile",
    check=_profile,
)
declared.setting("ipsec-profile", "description <text:line>")
declare_protection("ipsec-profile", declared)
declared.setting("ipsec-profile", "set mixed-mode", families=("xe",))
declared.setting("ipsec-profile", "set security-policy limit <number:1-50000>", families=("xe",))
declared.setting("ipsec-profile", "responder-only")
declared.setting("ipsec-profile", "reverse-route [static]")

declared.words(
    {
        "crypto ipsec": "Configure IPSEC policy",
        "ipsec security-association": "Security association parameters",
        "security-association lifetime": "Time/Volume-based key duration",
        "security-association lifetime seconds": "Time-based key duration",
        "security-association lifetime seconds <120-2592000>": "Security association duration",
        "security-association lifetime days": "Time-based key duration in days",
        "security-association lifetime days <1-30>": "Security association duration in days",
        "security-association lifetime kilobytes": "Volume-based key duration",
        "security-association lifetime kilobytes <2560-4294967295>": (
            "Security association duration in kilobytes encrypted"
        ),
        "security-association lifetime kilobytes disable": "Disable Volume-based Rekey",
        "security-association replay": "Set replay checking.",
        "security-association replay disable": "Disable replay checking",
        "security-association replay window-size": "Set replay window size.",
        "window-size 64": "Window size of 64 (default)",
        "window-size 128": "Window size of 128",
        "window-size 256": "Window size of 256",
        "window-size 512": "Window size of 512",
        "window-size 1024": "Window size of 1024",
        "security-association idle-time": "Delete SAs that have been idle",
        "security-association idle-time <60-86400>": "Seconds",
        "security-association idle-time default": "Use the default peer when it is idle",
        "security-association multi-sn": "Multiple sequence numbers for QoS",
        "ipsec nat-transparency": "IPsec NAT transparency model",
        "ipsec nat-transparency udp-encapsulation": "UDP encapsulation of IPsec protocol",
        "ipsec nat-transparency spi-matching": "Match inbound SPI to outbound SPI",
        "ipsec df-bit": "Handling of encapsulated DF bit.",
        "ipsec df-bit clear": "Clear DF bit for encapsulated tunnel packets",
        "ipsec df-bit copy": "Copy DF bit for encapsulated tunnel packets from the inner header",
        "ipsec df-bit set": "Set DF bit for encapsulated tunnel packets",
        "ipsec fragmentation": "Handling of fragmentation of near-MTU sized packets",
        "ipsec fragmentation after-encryption": "Fragment after encryption",
        "ipsec fragmentation before-encryption": "Fragment before encryption",
        "ipsec transform-set": "Define transform and settings",
        "ipsec transform-set WORD": "Transform set tag",
        "ah-md5-hmac": "AH-HMAC-MD5 transform",
        "ah-sha-hmac": "AH-HMAC-SHA transform",
        "ah-sha256-hmac": "AH-HMAC-SHA256 transform",
        "ah-sha384-hmac": "AH-HMAC-SHA384 transform",
        "ah-sha512-hmac": "AH-HMAC-SHA512 transform",
        "comp-lzs": "IP Compression using the LZS compression algorithm",
        "esn": "Extended sequence numbers",
        "esp-3des": "ESP transform using 3DES(EDE) cipher (168 bits)",
        "esp-aes": "ESP transform using AES cipher",
        "esp-des": "ESP transform using DES cipher (56 bits)",
        "esp-gcm": "ESP transform using GCM cipher",
        "esp-gmac": "ESP transform using GMAC cipher",
        "esp-md5-hmac": "ESP transform using HMAC-MD5 auth",
        "esp-null": "ESP transform w/o cipher",
        "esp-seal": "ESP transform using SEAL cipher (160 bits)",
        "esp-sha-hmac": "ESP transform using HMAC-SHA auth",
        "esp-sha256-hmac": "ESP transform using HMAC-SHA256 auth",
        "esp-sha384-hmac": "ESP transform using HMAC-SHA384 auth",
        "esp-sha512-hmac": "ESP transform using HMAC-SHA512 auth",
        "mode": "encapsulation mode (transport/tunnel)",
        "mode tunnel": "tunnel (datagram encapsulation) mode",
        "mode transport": "transport (payload encapsulation) mode",
        "mode transport require": "Require transport mode",
        "ipsec profile": "Configure an ipsec policy profile",
        "ipsec profile WORD": "Profile name",
        "set security-association": "Security association parameters",
        "set transform-set": "Specify list of transform sets in priority order",
        "set transform-set WORD": "Proposal tag",
        "set pfs": "Specify pfs settings",
        **{f"set pfs group{n}": f"D-H Group{n}" for n in (1, 2, 5, 14, 15, 16, 19, 20, 21, 24)},
        "set isakmp-profile": "Specify isakmp Profile",
        "set isakmp-profile WORD": "Profile name",
        "set ikev2-profile": "Specify ikev2 Profile",
        "set ikev2-profile WORD": "Profile name",
        "set identity": "Identity restriction.",
        "set identity WORD": "Identity list",
        "set mixed-mode": "Set mixed mode of the tunnel",
        "set security-policy": "Security policy parameters",
        "set security-policy limit": "Limit of the number of policies",
        "set security-policy limit <1-50000>": "Number of policies",
        "responder-only": "Do not initiate SAs from this device",
        "reverse-route": "Reverse Route Injection.",
        "reverse-route static": "Inject the routes when the map is applied",
    }
)
