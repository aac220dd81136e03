"""Measurements: what the store, the API and the replay cost, each against a reference measured in the same run."""
