"""Who waits for news of an organization, for those who may not look into the store."""

from domain.store.tails import Tail, Tails

__all__ = ["Tail", "Tails"]
