"""The figures of labels that card and report show, by the names they are shown under."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Figures = Mapping[str, Any]  # see ``figures.figures``

PLACES: Mapping[str, str] = MappingProxyType(
    {
        "emotions: mean r of nine": "emotions.mean",
        "emotions: joyful activation": "emotions.each.joyful_activation",
        "emotions: tension": "emotions.each.tension",
        "liked: r": "popularity.liked",
        "liked less disliked: r": "popularity.liked_less_disliked",
        "genre: likeliest is right, Emotify": "genre.corpora.emotify.accuracy",
        "genre: likeliest is right, all": "genre.accuracy",
        "genre: expected calibration error": "genre.calibration_error",
        "quadrant: right": "quadrant.accuracy",
        "quadrant: AUC of valence": "quadrant.valence_area",
        "quadrant: AUC of arousal": "quadrant.arousal_area",
        "valence as one number: the same AUC": "valence.pleasant_area",
        "valence: r with Spotify's": "valence.spotify_valence",
        "valence: r with listeners' emotions": "valence.felt_valence",
        "valence: share within the 90 % interval": "valence.coverage",
        "arousal as one number: AUC": "arousal.excited_area",
        "arousal: r with Spotify's energy": "arousal.spotify_energy",
        "cluster: right": "cluster.accuracy",
        "mood: right": "mood.accuracy",
        "popularity: share within the 90 % interval": "popularity.coverage",
    }
)


def headlines(found: Figures) -> dict[str, tuple[str, int]]:
    """Return name -> (value with its standard error, songs) of what was measured."""
    told = {}
    for name, place in PLACES.items():
        one: Any = found
        for part in place.split("."):
            one = one.get(part) or {}
        if one:
            told[name] = (f"{one['value']:.3f} ± {one['error']:.3f}", int(one["n"]))
    return told
