"""A picture world drawn by this project: one scene graph is the single source of pixels, captions and truths."""
