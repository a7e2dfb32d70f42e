from cli.adapting import _tagged
from cli.listening import Heard
from embedder.training.adapt import judge
from songs.errors import AudioUndecodable


def test_where_nothing_can_be_heard_the_bundle_stays():
    catalogue = _tagged([Heard("a.mp3", None, AudioUndecodable("a.mp3", "noise"))])
    assert catalogue.vectors.shape == (0, 128)
    assert not judge(catalogue, seed=1).better
