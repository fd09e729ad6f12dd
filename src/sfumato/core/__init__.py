"""Words every room may use: levels, seeds, pictures, configuration."""
