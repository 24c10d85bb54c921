"""Jinja2 text: device configuration and reports.

Data only. Configuration is rendered with `StrictUndefined` and no escaping, HTML with escaping;
the two never share an environment.
"""
