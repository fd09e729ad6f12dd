"""A picture world drawn by this project."""
