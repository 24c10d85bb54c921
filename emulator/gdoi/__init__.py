"""GETVPN as it runs: key servers, cooperation, group members.

The protocol only: it knows a `Host` that runs it, not routers, command lines or texts of shows. All
times are in UTC seconds since 1970, all durations in seconds.
"""
