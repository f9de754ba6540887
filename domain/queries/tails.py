"""Who waits for news of an organization, for those who may not look into the store."""

from domain.store.patience import DATABASE_TROUBLE
from domain.store.tails import Tail, Tails

__all__ = ["DATABASE_TROUBLE", "Tail", "Tails"]
