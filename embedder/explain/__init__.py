"""Why a label: cells of the images are deleted, what that does to the score is seen, checked and drawn."""
