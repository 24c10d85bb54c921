"""Runbooks as a user writes them, against the public names of `getvpn` only.

Each is short; what two of them need belongs into the package.
"""
