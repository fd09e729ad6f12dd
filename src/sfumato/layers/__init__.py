"""Layers shared by all networks; know no diffusion."""
