"""Run the command as `python -m getvpn`."""

from .cli.main import main

if __name__ == "__main__":
    main()
