"""What all models of an intent have in common."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """What all parts of an intent have in common."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        coerce_numbers_to_str=True,  # a group may be called 1001
        hide_input_in_errors=True,  # a secret may stand where it should not
    )


def given(data: Any, key: str) -> Any:
    """What the data of a model say of a key, None if they say nothing."""
    return data.get(key) if isinstance(data, Mapping) else None
