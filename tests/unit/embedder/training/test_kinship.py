import pytest

from embedder.training.kinship import shortened
from embedder.training.recipe import recipe_of


@pytest.mark.parametrize(
    ("history", "epochs"),
    [({"best_epoch": [7.0]}, 7), ({"loss": [3.0, 2.0, 1.0], "val_loss": [2.0, 1.5, 1.8]}, 2)],
)
def test_with_nobody_to_check_it_is_taught_as_long_as_served_best(history, epochs):
    again = shortened(recipe_of("seed", 1), history)
    assert (again.epochs, again.patience) == (epochs, None)


def test_where_nobody_checked_the_first_time_the_recipe_stays():
    recipe = recipe_of("kin", 1)
    assert shortened(recipe, {"loss": [1.0]}) == recipe
