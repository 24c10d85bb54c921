"""Showing how IPsec is configured: transform sets, profiles, lifetimes."""

from typing import TYPE_CHECKING

from ..config.store import Block
from ..grammar import XE, CommandSet
from ..settings.crypto_checks import release
from ..shell.call import Call
from .crypto_common import STRONG_RELEASE

if TYPE_CHECKING:
    from ..device import Router

DEFAULT_SETS = {"default": ("esp-aes esp-sha-hmac", "Transport")}
SECONDS, KILOBYTES = 3600, 4_608_000

declared = CommandSet()
declared.words(
    {
        "show crypto ipsec": "Show IPSEC policy",
        "show crypto ipsec transform-set": "Crypto transform sets",
        "show crypto ipsec transform-set WORD": "Transform set tag",
        "show crypto ipsec transform-set default": "Show default transform sets",
        "show crypto ipsec profile": "Show ipsec profile information",
        "show crypto ipsec profile WORD": "Profile name",
        "show crypto ipsec security-association": "Show parameters for IPSec security associations",
        "show crypto ipsec security-association lifetime": "Show security association lifetimes",
    }
)


# ---- the configuration ----


def set_text(root: Block, name: str) -> str:
    """The transforms of a set as IOS names them in its tables; empty if there is no such set."""
    entry = root.find("crypto ipsec transform-set", name)
    if entry is None:
        return DEFAULT_SETS[name][0] if name in DEFAULT_SETS else ""
    words = []
    for transform, bits in entry["transforms"]:
        if bits is None:
            words.append(transform)
        elif transform == "esp-aes":
            words.append(f"esp-{bits}-aes")
        else:
            words.append(f"{transform} {bits}")
    return " ".join(words)


@declared.exec(
    "show crypto ipsec transform-set [<name>]",
    "show crypto ipsec transform-set default",
    privilege=1,
)
def show_transform_sets(call: Call) -> str:
    """The transform sets, that of IOS first."""
    root = call.router.config.root
    wanted = "default" if call.parsed.words[-1] == "default" else call.get("name")
    modes = {name: mode for name, (_, mode) in DEFAULT_SETS.items()}
    for entry in root.all("crypto ipsec transform-set"):
        block = entry.block or Block("transform-set")
        modes[str(entry["name"])] = str(block.value("mode", "mode", "tunnel")).capitalize()
    return "".join(
        f"Transform set {name}: {{ {set_text(root, name)}  }} \n"
        f"   will negotiate = {{ {mode},  }}, \n\n"
        for name, mode in modes.items()
        if wanted in (None, name)
    )


def lifetime(root: Block, block: Block) -> tuple[int, int | None]:
    """Seconds and kilobytes for which an SA holds: of the block, else of the router."""
    found = block.find("set security-association lifetime seconds") or root.find(
        "crypto ipsec security-association lifetime seconds"
    )
    seconds = SECONDS
    if found is not None:
        seconds = int(found.get("seconds") or int(found["days"]) * 86_400)
    volume = block.find("set security-association lifetime kilobytes") or root.find(
        "crypto ipsec security-association lifetime kilobytes"
    )
    if volume is None:
        return seconds, KILOBYTES
    kilobytes = volume.get("kilobytes")
    return seconds, int(kilobytes) if kilobytes is not None else None


def protection_lines(router: "Router", block: Block) -> list[str]:
    """What IPsec profiles and entries of crypto maps have in common, one tab deep."""
    root = router.config.root
    seconds, kilobytes = lifetime(root, block)
    newest = router.family == XE and release(router) >= STRONG_RELEASE
    if kilobytes is None:
        lines = [
            "\tKilobyte Volume Rekey has been disabled.",
            f"\tSecurity association lifetime: {seconds} seconds",
        ]
    else:
        lines = [f"\tSecurity association lifetime: {kilobytes} kilobytes/{seconds} seconds"]
    if newest:
        lines += ["\tDualstack (Y/N): N", ""]
    pfs = block.value("set pfs", "group")
    lines.append(f"\tResponder-Only (Y/N): {'Y' if block.has('responder-only') else 'N'}")
    lines.append(f"\tPFS (Y/N): {'Y' if pfs else 'N'}")
    if pfs and newest:
        lines += ["\t\tInherit (Y/N): N", f"\t\tDH group: {pfs}"]
    elif pfs:
        lines.append(f"\t\tDH group:  {pfs}")
    mixed = "Enabled" if block.has("set mixed-mode") else "Disabled"
    names = block.value("set transform-set", "names", ("default",))
    sets = [f"\t\t{name}:  {{ {set_text(root, name)}  }} , " for name in names]
    return [*lines, f"\tMixed-mode : {mixed}", "\tTransform sets={ ", *sets, "\t}"]


def profile_line(block: Block) -> list[str]:
    """The profile of IKE that is asked for."""
    for setting, title in (("set ikev2-profile", "IKEv2"), ("set isakmp-profile", "ISAKMP")):
        name = block.value(setting, "profile")
        if name is not None:
            return [f"\t{title} Profile: {name}"]
    return []


@declared.exec("show crypto ipsec profile [<name>]", privilege=1)
def show_profiles(call: Call) -> str:
    """The IPsec profiles in the order of their names, that of IOS among them."""
    router = call.router
    blocks = {"default": Block("ipsec-profile")}
    for entry in router.config.root.all("crypto ipsec profile"):
        blocks[str(entry["name"])] = entry.block or Block("ipsec-profile")
    said = []
    for name in sorted(blocks):
        if call.get("name") in (None, name):
            block = blocks[name]
            lines = [f"IPSEC profile {name}", *profile_line(block)]
            said.append("\n".join([*lines, *protection_lines(router, block), "", ""]))
    return "".join(said)


@declared.exec("show crypto ipsec security-association lifetime", privilege=1)
def show_lifetime(call: Call) -> str:
    """How long SAs hold where nothing else is said."""
    seconds, kilobytes = lifetime(call.router.config.root, Block("ipsec-profile"))
    volume = "" if kilobytes is None else f"{kilobytes} kilobytes/"
    return f"Security association lifetime: {volume}{seconds} seconds\n"
