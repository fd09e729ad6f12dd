"""The one meeting place: a Request becomes pictures."""
