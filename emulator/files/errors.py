"""What file systems refuse, in the words of IOS."""

from enum import StrEnum


class Reason(StrEnum):
    """The reasons that IOS puts in brackets behind a failed file operation.

    Seen in public transcripts of IOS and IOS-XE, but for `NO_DEVICE`, `IS_DIRECTORY`,
    `NOT_DIRECTORY` and `READ_ONLY`, which follow their form.
    """

    MISSING = "No such file or directory"
    EXISTS = "File exists"
    NO_SPACE = "Not enough space on device"
    NOT_EMPTY = "Can't delete a directory that has files in it"
    IS_DIRECTORY = "Is a directory"
    NOT_DIRECTORY = "Not a directory"
    READ_ONLY = "Read-only file system"
    NO_DEVICE = "No such device"
    DENIED = "Permission denied"
    INVALID = "Invalid argument"
    BAD_NAME = "Bad file name"
    BAD_ADDRESS = "Bad address"
    TIMED_OUT = "Timed out"
    BAD_LOGIN = "Incorrect Login/Password"
    IO_ERROR = "I/O error"


class FileError(Exception):
    """A file operation that failed.

    `action` is what was tried, as IOS words it (`opening`, `deleting`, `Creating dir`), `path` what
    it was tried on. `text` is the line that the router prints.
    """

    def __init__(self, action: str, path: object, reason: Reason) -> None:
        self.action = action
        self.path = str(path)
        self.reason = reason
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """`%Error opening flash:/x (No such file or directory)`."""
        return f"%Error {self.action} {self.path} ({self.reason})"

    def about(self, action: str, path: object) -> "FileError":
        """The same reason for another operation, such as `copying` a remote file."""
        return FileError(action, path, self.reason)
