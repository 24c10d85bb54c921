"""Questions that several commands ask."""

from .call import Call


async def agreed(call: Call, question: str) -> bool:
    """Ask until the answer is yes or no, or begins one of them."""
    while True:
        answer = (await call.dialogue.ask(question)).strip().lower()
        if answer and "yes".startswith(answer):
            return True
        if answer and "no".startswith(answer):
            return False
        call.dialogue.write("% Please answer 'yes' or 'no'.\n")
