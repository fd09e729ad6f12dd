"""Pictures and captions in."""
