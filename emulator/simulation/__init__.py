"""The world in which key servers and group members act: time, chance, links, and what happened.

Nothing here reads or writes anything outside: the same lab, seed and commands give the same events.
"""
