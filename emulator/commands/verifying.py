"""Verifying files: by a hash, or by what an image says of itself."""

from ..files.digest import Algorithm, Hashing
from ..files.names import FilePath
from ..files.verify import DOT_BYTES, ImageCheck, hash_text
from ..grammar import CLASSIC, CommandSet
from ..shell.call import Call
from .places import directory_of, interruptible, on_places, place, words_for

declared = CommandSet()
declared.words(
    {
        "verify": "Verify a file",
        "verify /md5": "Compute an md5 signature for a file",
        "verify /sha512": "Compute an SHA-512 signature for a file",
        "/md5 WORD": "md5 value",
        "/sha512 WORD": "SHA-512 value",
        **words_for("verify", "/md5", "/sha512", text="File to be verified"),
    }
)


@on_places(declared, "verify <algorithm:/md5|/sha512> @local [<expected>]")
async def verify_hash(call: Call) -> str:
    """Hash a file, and compare that with what the user gave."""
    path = place(call, "file")
    shown = call.router.files.shown(str(call["file"]), directory_of(call))
    content = call.router.files.content(path)
    algorithm: Algorithm = "md5" if call["algorithm"] == "/md5" else "sha512"
    hashing = Hashing(content, algorithm)
    printed = 0
    with interruptible(call):
        while not hashing.step():
            due = hashing.hashed // DOT_BYTES
            call.dialogue.write("." * (due - printed))
            printed = due
            await call.dialogue.turn()
    text = hash_text(shown, content, algorithm, hashing.result or "", str(call.get("expected", "")))
    return text[printed:]


@on_places(declared, "verify @local")
async def verify_image(call: Call) -> str:
    """Compare an image with the hash that it carries."""
    path = place(call, "file")
    shown = call.router.files.shown(str(call["file"]), directory_of(call))
    return await image_text(call, path, shown)


async def image_text(call: Call, path: FilePath, shown: str) -> str:
    """What `verify` prints of the image at `path`, which it names `shown`."""
    check = ImageCheck(call.router.files.content(path), classic=call.router.family == CLASSIC)
    with interruptible(call):
        while not check.step():
            await call.dialogue.turn()
    return check.text(shown)
