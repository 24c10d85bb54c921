"""Bytes of a file → text."""

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 8192
# What terminals send beside text: NUL, ETX, BEL, BS, TAB, LF, FF, CR, ESC.
_TERMINAL = b"\x03\x07\b\t\n\f\r\x1b"
_UNUSUAL = bytes(code for code in (*range(32), 127) if code not in _TERMINAL)
_UNUSUAL_SHARE = 0.03
_UTF16_SHARE = 0.8


def decode(data: bytes) -> str | None:
    """The text in `data`, None when it is no text.

    UTF-8 and UTF-16 with or without byte order mark; what is neither is read as Latin-1.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace")
    sample = data[:_SAMPLE_BYTES]
    if (order := _utf16(sample)) is not None:
        return data.decode(order, "replace")
    unusual = len(sample) - len(sample.translate(None, _UNUSUAL))
    if unusual > _UNUSUAL_SHARE * len(sample):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _utf16(sample: bytes) -> str | None:
    """The byte order when every second byte is nearly always 0, as in UTF-16 of Latin text."""
    half = len(sample) // 2
    if half and sample[1::2].count(0) >= _UTF16_SHARE * half and not sample[::2].count(0):
        return "utf-16-le"
    if half and sample[::2].count(0) >= _UTF16_SHARE * half and not sample[1::2].count(0):
        return "utf-16-be"
    return None
