"""The mathematics of denoising; knows no network."""
