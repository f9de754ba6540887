"""What the words of a closed set are made of."""

from enum import StrEnum


class Word(StrEnum):
    """A word whose value is its name."""

    @staticmethod
    def _generate_next_value_(name: str, *_: object) -> str:
        return name
