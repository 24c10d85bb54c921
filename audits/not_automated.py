"""Recommendations that are left to people, and why no rule checks them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAutomated:
    """A recommendation of the documents that is left to people; `alias` is its number there."""

    alias: str
    title: str
    reason: str


NOT_AUTOMATED: Final = (
    NotAutomated(
        alias="GV-050",
        title="Key servers are upgraded before members, the secondary ones first",
        reason="It is about the order of steps in a change. A state cannot tell in which order "
        "it came about, and members may rightly run a newer release than key servers of another "
        "platform.",
    ),
    NotAutomated(
        alias="GV-051",
        title="A change of key servers or of the RSA key starts with plenty of time to the next "
        "rekey",
        reason="It holds for the moment at which a change starts, and for its duration; a "
        "saved output knows neither. `show crypto gdoi ks policy` has the time to rekey: look at "
        "it right before the change, and wait for the rekey if the change takes longer.",
    ),
    NotAutomated(
        alias="GV-114",
        title="There is an encrypted backup of the RSA key that signs rekeys",
        reason="A backup is kept away from the devices, and nothing that they show tells of it. "
        "KEY001 checks that the key can be exported from one key server where there are several; "
        "each of them is then a copy, but none is a backup against a mistake.",
    ),
)
"""In the order of their numbers."""
