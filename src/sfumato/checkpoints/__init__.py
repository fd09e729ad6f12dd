"""Weights in files, to and from our modules."""
