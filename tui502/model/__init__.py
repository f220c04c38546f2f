"""The values that flow through the stages, all frozen: evidence → facts → findings → changes."""
