"""pandas, where it is there."""

from typing import Any


def pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise ImportError("frames need pandas (Debian: python3-pandas); the values do not") from error
    return pandas
