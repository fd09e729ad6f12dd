"""``python -m sfumato``: the command line."""

from .apps.cli import main

main()
