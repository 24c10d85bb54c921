"""What `copy` prints and asks, and what the commands ask that change files.

The texts follow public transcripts of IOS 15 and IOS-XE 16 and 17. Lines end with a line end;
questions do not, the answer is typed behind them.
"""

from typing import Final

from .urls import Url

OVERWRITE_WARNING: Final = "%Warning:There is a file already existing with this name \n"
OVERWRITE_QUESTION: Final = "Do you want to over write? [confirm]"
ABORT_QUESTION: Final = "Abort Copy? [confirm]"
LOGIN_QUESTION: Final = "Password: "
NO_HOST: Final = "?Host name or address not specified\n"

_MARK_BYTES: Final = 32_768
_MOST_MARKS: Final = 2_000
_FTP_BLOCK: Final = 4_096
_LEAST_SECONDS: Final = 0.001
_START_SECONDS: Final = 0.005
_USUAL_RATE: Final = 10_000_000

LOGIN_SCHEMES: Final = ("scp", "sftp")
"""The schemes for which the router asks who logs in, and with which password."""

IN_PROGRESS: Final = "Copy in progress..."
"""What a copy inside of the flash begins with; a `C` for each mark follows."""


def host_question(host: str = "") -> str:
    """Asks for the server; `host` is offered."""
    return f"Address or name of remote host [{host}]? "


def user_question(direction: str, user: str) -> str:
    """Asks who logs in; `direction` is `Source` or `Destination`."""
    return f"{direction} username [{user}]? "


def name_question(direction: str, name: str = "") -> str:
    """Asks for a file name; `direction` is `Source` or `Destination`."""
    return f"{direction} filename [{name}]? "


def remote_name(hostname: str) -> str:
    """The name that is offered for a configuration on a server: `ks1-confg`."""
    return f"{hostname.lower()}-confg"


def copied_text(size: int, seconds: float) -> str:
    """`74590 bytes copied in 0.556 secs (134155 bytes/sec)`."""
    seconds = max(seconds, _LEAST_SECONDS)
    return f"{size} bytes copied in {seconds:.3f} secs ({round(size / seconds)} bytes/sec)\n"


def marks(size: int, least: int = 1) -> str:
    """The exclamation marks of a transfer, one for each 32 KiB."""
    return "!" * min(max(-(-size // _MARK_BYTES), least), _MOST_MARKS)


def usual_seconds(size: int) -> float:
    """How long a copy takes at least: a start, and 10 MB a second."""
    return _START_SECONDS + size / _USUAL_RATE


def accessing_text(url: Url) -> str:
    """What is printed before a server has answered; the line goes on, or ends before an error."""
    return "" if url.scheme in LOGIN_SCHEMES else f"Accessing {url}..."


def loading_text(url: Url, size: int, *, interface: str = "", classic: bool = False) -> str:
    """What goes on behind `accessing_text` when the server has answered, up to the marks.

    `interface` is the one towards the server.
    """
    if url.scheme in LOGIN_SCHEMES:
        return f" Sending file modes: C0644 {size} {url.name}\n"
    if url.scheme == "ftp":
        return f"\nLoading {url.path} " if classic else ""
    if url.scheme in ("http", "https"):
        return f"\nLoading {url} "
    via = f" (via {interface})" if interface else ""
    return f"\nLoading {url.path} from {url.host}{via}: "


def loaded_text(url: Url, size: int) -> str:
    """What stands between the marks of a copy from a server and its last line."""
    if url.scheme == "ftp":
        return f"\n[OK - {size}/{_FTP_BLOCK} bytes]\n\n"
    if url.scheme in ("tftp", "rcp"):
        return f"\n[OK - {size} bytes]\n\n"
    return "\n"


def upload_head(url: Url) -> str:
    """What is printed before a file is sent, and before the password is asked."""
    if url.scheme == "tftp":
        return ""
    return f"Writing {url.name} " + ("\n" if url.scheme in LOGIN_SCHEMES else "")


def sending_text(url: Url, size: int) -> str:
    """What is printed when the server takes the file, up to the marks."""
    return f" Sink: C0644 {size} {url.name}\n" if url.scheme in LOGIN_SCHEMES else ""


def upload_marks(url: Url, size: int) -> str:
    """The marks of a copy to a server."""
    return marks(size, 2 if url.scheme == "tftp" else 1)


def unanswered_marks(url: Url) -> str:
    """The dots of a file that is sent by TFTP to nobody; the error follows."""
    return ".....\n" if url.scheme == "tftp" else ""


def delete_question(name: str) -> str:
    """Asks for the file to delete."""
    return f"Delete filename [{name}]? "


def delete_confirmation(path: object) -> str:
    """Asks whether `path` shall go."""
    return f"Delete {path}? [confirm]"


def make_directory_question(name: str) -> str:
    """Asks for the directory to make."""
    return f"Create directory filename [{name}]? "


def made_directory_text(path: object) -> str:
    """Says that a directory was made."""
    return f"Created dir {path}\n"


def remove_directory_question(name: str) -> str:
    """Asks for the directory to remove."""
    return f"Remove directory filename [{name}]? "


def removed_directory_text(path: object) -> str:
    """Says that a directory was removed."""
    return f"Removed dir {path}\n"


def format_questions(typed: str) -> tuple[str, str]:
    """The two questions before a file system is formatted; `typed` is how the user named it."""
    return (
        "Format operation may take a while. Continue? [confirm]",
        f'Format operation will destroy all data in "{typed}".  Continue? [confirm]',
    )


def formatted_text(prefix: str, capacity: int, *, classic: bool) -> str:
    """The outcome of `format`, as on a 1941; IOS-XE prints the last line."""
    last = f"Format of {prefix} complete\n"
    if not classic:
        return last
    return (
        "Writing Monlib sectors.....\nMonlib write complete \n\n"
        "Format: All system sectors written. OK...\n\n"
        f"Format: Total sectors in formatted partition: {capacity // 512}\n"
        f"Format: Total bytes in formatted partition: {capacity}\n"
        f"Format: Operation completed successfully.\n\n{last}"
    )
