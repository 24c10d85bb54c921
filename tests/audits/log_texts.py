"""Logs for the tests of several rules."""

from getvpn.audits.messages import HEADING

RESTARTED = "Mar  1 08:00:00.000: %SYS-5-RESTART: System restarted --\n"
SERVER = "hostname dev\ncrypto gdoi group G1\n identity number 1001\n server local\n"
MEMBER = (
    "hostname dev\ncrypto gdoi group G1\n identity number 1001\n server address ipv4 10.10.1.1\n"
)


def line(message: str, at: str = "Mar  1 10:00:00.000") -> str:
    """A line of a log: `message` is an id and a text."""
    return f"{at}: %{message}\n"


def log(*lines: str, level: str = "debugging") -> dict[str, str]:
    """The log of a device called `dev`, whose buffer takes messages down to `level`."""
    heading = HEADING.replace("level debugging", f"level {level}")
    return {"dev/show logging.txt": heading + "".join(lines or (RESTARTED,))}
