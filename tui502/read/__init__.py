"""Pure readers: raw evidence → facts."""
