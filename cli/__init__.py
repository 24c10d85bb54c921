"""The `getvpn` command: one module for each verb, imported when that verb is called.

Text for people is written here and in `getvpn.audits.formats`, and nowhere else.
"""
