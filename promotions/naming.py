"""Field names: the model's ``enrollment_end_date`` is the object's ``EnrollmentEndDate`` and the
plain surface's ``enrollmentEndDate``. Pure.

Which fields a record has, and that a reference is named after its id, is the dictionary's
(``promotions/dictionary.py``). Source: the enrollment contract, "The plain REST surface: names".
"""


def object_field_name(column: str) -> str:
    """The name in the described object of what a model calls ``column``."""
    return "".join(word.capitalize() for word in column.split("_"))


def property_name(field_name: str) -> str:
    """The plain surface's name of the object's field ``field_name``: with a small first letter."""
    return field_name[:1].lower() + field_name[1:]
