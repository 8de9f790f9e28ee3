"""What was found by a name: in which order it is offered."""

import pytest

from promotions.likelihood import Likelihood, by_names


@pytest.mark.parametrize(
    ("names", "likelihood"),
    [
        (["shoes"], Likelihood.NAMED_SO),
        (["running shoes", "shoes"], Likelihood.NAMED_SO),
        (["shoes for men"], Likelihood.BEGINS_SO),
        (["running shoes"], Likelihood.CONTAINS_IT),
        ([""], Likelihood.CONTAINS_IT),
        ([], Likelihood.CONTAINS_IT),
    ],
)
def test_the_exact_name_comes_before_its_beginning(
    names: list[str], likelihood: Likelihood
) -> None:
    assert by_names(names, "shoes") is likelihood
