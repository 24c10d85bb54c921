"""Material as people keep it, split into commands and their outputs.

`read_paths` takes files and folders in the habits that are met; `split_log` and
`split_tech_support` take one text. `guess_command` names the command of a single output.
"""

from .capture import Capture, Kind, Reading, Skipped
from .files import MAX_FILE_BYTES, read_paths, read_stream, text_of
from .guess import guess_command
from .log import Transcript, read_log, split_log, split_tech_support

__all__ = [
    "MAX_FILE_BYTES",
    "Capture",
    "Kind",
    "Reading",
    "Skipped",
    "Transcript",
    "guess_command",
    "read_log",
    "read_paths",
    "read_stream",
    "split_log",
    "split_tech_support",
    "text_of",
]
