"""TTP templates for show output, one file for each command family.

Data only: the templates are read by `getvpn.parsers.engine` and no other text is ever
handed to TTP as a template.
"""
