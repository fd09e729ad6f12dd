"""Networks as plain modules; know no diffusion and no files."""
