"""Material as people keep it, split into commands and their outputs.

`read_paths` takes files and folders in the habits that are met; `split_log` and
`split_tech_support` take one text. `guess_command` names the command of a single output.
"""

from .capture import Capture, Kind, Reading, Skipped
from .files import read_paths
from .guess import guess_command
from .log import Transcript, read_log, split_log, split_tech_support

__all__ = [
    "Capture",
    "Kind",
    "Reading",
    "Skipped",
    "Transcript",
    "guess_command",
    "read_log",
    "read_paths",
    "split_log",
    "split_tech_support",
]
