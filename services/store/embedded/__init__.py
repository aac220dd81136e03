"""The PostgreSQL that comes along, so that nothing need be set up."""

from services.store.embedded.supervisor import embedded

__all__ = ["embedded"]
