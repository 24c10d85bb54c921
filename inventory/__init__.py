"""What should exist: groups, key servers, members and their policy.

Never holds device state. The folder `example` is a small network with planted mistakes, written
for this project; `make demo` audits it.
"""
