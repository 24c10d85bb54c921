"""Key servers and group members that answer like the real ones.

Imports nothing of ours but `getvpn.errors`, so that a wrong idea in a parser cannot confirm
itself here.
"""
