"""What a capture that ends too early looks like to the parser."""

from getvpn.errors import ParseError
from getvpn.parsers import parse


def unnoticed_cuts(command: str, text: str) -> list[str]:
    """The lines after which `text` can be cut without error, `unparsed` or `partial`.

    A list of blocks without a total looks complete after each whole block; anything else in the
    answer is a half record that nobody was told of.
    """
    lines = text.splitlines(keepends=True)
    found = []
    for count in range(1, len(lines)):
        if not lines[count - 1].strip():
            continue
        try:
            record = parse(command, "".join(lines[:count]))
        except ParseError:
            continue
        if not (record.unparsed or record.partial or record.empty):
            found.append(lines[count - 1].strip())
    return found
