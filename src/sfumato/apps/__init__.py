"""People: command line, server, page."""
