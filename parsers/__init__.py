"""Device text in, typed and frozen records out.

A parser reports what a device said; it never judges it. Of this package it may import
`getvpn.errors` only.
"""
