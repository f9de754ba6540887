"""The version that a caller was shown and means to change."""

from domain.errors import VersionConflict


def check_version(expected: int | None, present: int) -> None:
    """Raise VersionConflict when the version is another by now; None expects none."""
    if expected is not None and expected != present:
        raise VersionConflict(present)
