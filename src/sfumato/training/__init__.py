"""Weights out."""
