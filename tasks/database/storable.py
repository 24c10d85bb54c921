"""Texts that every database takes."""


def storable(text: str) -> str:
    """A text of hostile origin without NUL and in valid UTF-8: what is not is spelled out.

    File names on a disk are such texts: any bytes may be in them.
    """
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
