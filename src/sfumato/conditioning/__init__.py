"""The doors: how a wish enters the loop."""
