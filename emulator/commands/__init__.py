"""Exec commands: one module for each topic, with a `CommandSet` named `declared`.

`catalog.COMMANDS` lists the modules. What a command prints comes from the router's state.
"""
