"""The lines of the configuration, declared as data: one module for each topic.

Each module has a `CommandSet` with the name `declared`; `catalog.SETTINGS` lists the modules.
"""
