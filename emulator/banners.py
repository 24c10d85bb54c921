"""What users read before and after they log in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .device import Router
    from .lines import Line

MOTD, EXEC, LOGIN = "motd", "exec", "login"


def banner_text(router: "Router", kind: str, line: "Line | None" = None) -> str:
    """The text of a banner, its tokens filled in; empty if there is none.

    `line` is the line whose number and description the tokens stand for.
    """
    entry = router.config.root.find("banner", kind)
    if entry is None:
        return ""
    text = str(entry["text"])
    values = {"hostname": router.hostname, "domain": router.domain}
    if line is not None:
        values["line"] = str(line.number)
        values["line-desc"] = line.location(router)
    for token, value in values.items():
        text = text.replace(f"$({token})", value)
    return text


def login_text(router: "Router", line: "Line") -> str:
    """The banners that are shown after a login on a line, and its number if that is asked for.

    `no motd-banner` silences the one on the line, `no exec-banner` both (Cisco command reference).
    """
    block = line.settings(router)
    kinds = [MOTD, EXEC]
    if block is not None and block.off("exec-banner"):
        kinds = []
    elif block is not None and block.off("motd-banner"):
        kinds = [EXEC]
    texts = [banner_text(router, kind, line) for kind in kinds]
    shown = "".join(f"{text}\n" for text in texts if text)
    if router.config.root.has("service linenumber"):
        location = line.location(router)
        shown += f"{router.hostname} line {line.number} {location}".rstrip() + "\n\n"
    return shown
