"""Field names: the model's ``enrollment_end_date`` is the API's ``enrollmentEndDate``. Pure.

Source of the rule: the enrollment contract, "The plain REST surface: names" (the object's field
name with a small first letter; a reference is named after its id).
"""

import re

_REFERENCES = {"account", "contact", "promotion", "related_promotion", "enrollment_offer"}


def api_name(model_name: str) -> str:
    """The name in the API of the field that a model calls ``model_name``."""
    if model_name in _REFERENCES:
        model_name += "_id"
    elif model_name in ("owner_user", "owner_group"):
        model_name = "owner_id"
    head, *tail = model_name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def model_name(name: str) -> str:
    """The other way round: ``enrollmentEndDate`` is ``enrollment_end_date``."""
    snake = re.sub(r"(?=[A-Z])", "_", name).lower()
    return snake.removesuffix("_id") if snake.removesuffix("_id") in _REFERENCES else snake
