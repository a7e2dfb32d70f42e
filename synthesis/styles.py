"""Eight styles: what a band of each kind plays, in the language of ``synthesis.style``."""

from synthesis import drums, instruments
from synthesis.style import Beat, Part, Style

AMBIENT = Style(
    name="ambient",
    genre="new age",
    tempo=(56, 66),
    scales=("lydian", "major"),
    progressions=((1, 2, 6, 5), (1, 5, 2, 4), (6, 1, 4, 2)),
    chord_size=4,
    hall=0.55,
    hall_seconds=4.0,
    parts=(
        Part(voices=(instruments.pad,), bars=("x--- ---- ---- ----",), centre=57, level=0.35),
        Part(voices=(instruments.sub,), bars=("1--- ---- ---- ----",), centre=38, level=0.4),
        Part(
            voices=(instruments.bell, instruments.harp),
            bars=("*... ..*. .... *...", "*... .... *... ..*."),
            centre=76,
            level=0.2,
            pan=0.3,
            enters=1,
        ),
    ),
)

TECHNO = Style(
    name="techno",
    genre="electronic",
    tempo=(130, 138),
    scales=("minor",),
    progressions=((1, 1, 1, 1), (1, 1, 6, 1), (1, 1, 1, 7)),
    hall=0.12,
    hall_seconds=1.0,
    parts=(
        Part(
            voices=(instruments.acid,),
            bars=("1.11 8.1. 1.5. 1.18", "11.1 .18. 11.1 .8.5", ".11. 181. .11. 8.1."),
            centre=40,
            level=0.42,
        ),
        Part(
            voices=(instruments.stab,),
            bars=("..x. .... ..x. ....", "...x ..x. .... ..x."),
            centre=62,
            level=0.16,
            pan=0.35,
            enters=4,
        ),
    ),
    beats=(
        Beat(drum=drums.kick, bars=("x... x... x... x...",), level=1.0),
        Beat(drum=drums.hat, bars=("oooo oooo oooo oooo", "o.oo o.oo o.oo o.oo"), level=0.3, pan=-0.2, enters=1),
        Beat(drum=drums.open_hat, bars=("..x. ..x. ..x. ..x.",), level=0.4, enters=2),
        Beat(drum=drums.clap, bars=(".... x... .... x...",), level=0.4, enters=3),
    ),
)

HOUSE = Style(
    name="house",
    genre="electronic",
    tempo=(118, 125),
    scales=("dorian", "minor"),
    progressions=((1, 4, 1, 5), (1, 7, 6, 7), (2, 5, 1, 1)),
    chord_size=4,
    swing=0.54,
    hall=0.18,
    hall_seconds=1.2,
    parts=(
        Part(
            voices=(instruments.piano, instruments.organ),
            bars=("x..x ..x. ...x ..x.", "..x. ..x. x..x ..x.", "x--. .x-. ..x. x-.."),
            centre=64,
            level=0.2,
        ),
        Part(
            voices=(instruments.sub, instruments.electric_bass),
            bars=("..1- ..1- ..5- ..8-", "1-.. ..1. ..8- ..5."),
            centre=41,
            level=0.6,
        ),
        Part(voices=(instruments.strings,), bars=("x--- ---- ---- ----",), centre=72, level=0.1, pan=-0.3, enters=4),
    ),
    beats=(
        Beat(drum=drums.kick, bars=("x... x... x... x...",), level=0.9),
        Beat(drum=drums.clap, bars=(".... x... .... x...",), level=0.5, enters=1),
        Beat(drum=drums.open_hat, bars=("..x. ..x. ..x. ..x.",), level=0.45, pan=0.15),
        Beat(drum=drums.hat, bars=("o.o. o.oo o.o. o.oo", "o..o o..o o..o o..o"), level=0.25, pan=-0.25, enters=2),
    ),
)

ROCK = Style(
    name="rock",
    genre="rock",
    tempo=(122, 150),
    scales=("minor", "mixolydian"),
    progressions=((1, 7, 6, 7), (1, 6, 3, 7), (1, 4, 7, 1)),
    hall=0.1,
    hall_seconds=0.7,
    parts=(
        Part(
            voices=(instruments.guitar,),
            bars=("x-x- x-x- x-x- x-x-", "x--x --x- x--x --x-", "x--- x-x- x--- x-x-"),
            centre=50,
            level=0.28,
            tones=(0, 2),
            pan=-0.5,
        ),
        Part(
            voices=(instruments.guitar,),
            bars=("x--- ---- x--- ----", "x-x- x-x- x-x- x-x-"),
            centre=57,
            level=0.2,
            tones=(0, 2),
            pan=0.5,
        ),
        Part(voices=(instruments.electric_bass,), bars=("1-1- 1-1- 1-1- 1-1-",), centre=40, level=0.5),
        Part(
            voices=(instruments.guitar,),
            bars=("*--- *-*- *--- --*-", "*-*- *--- *-*- *---"),
            centre=71,
            level=0.16,
            enters=4,
        ),
    ),
    beats=(
        Beat(drum=drums.kick, bars=("x... ..x. x... ....", "x... .... x.x. ....", "x.x. .... x... ..x."), level=0.95),
        Beat(drum=drums.snare, bars=(".... x... .... x...",), level=0.8),
        Beat(drum=drums.hat, bars=("x.o. x.o. x.o. x.o.",), level=0.4, pan=0.3),
        Beat(drum=drums.ride, bars=("x... x... x... x...",), level=0.35, pan=-0.3, enters=4),
    ),
)

REGGAE = Style(
    name="reggae",
    genre="reggae",
    tempo=(68, 80),
    scales=("minor", "mixolydian", "major"),
    progressions=((1, 1, 4, 4), (1, 4, 1, 5), (1, 7, 1, 7)),
    swing=0.58,
    hall=0.2,
    hall_seconds=1.4,
    parts=(
        Part(
            voices=(instruments.skank,), bars=("..x. ..x. ..x. ..x.",), centre=66, level=0.36, tones=(0, 1, 2), pan=0.35
        ),
        Part(
            voices=(instruments.organ,),
            bars=(".x.x .x.x .x.x .x.x",),
            centre=58,
            level=0.09,
            tones=(0, 1, 2),
            pan=-0.35,
            enters=2,
        ),
        Part(
            voices=(instruments.sub,),
            bars=("1-.. 3-5- 1-.. 5-3-", "1-1- ..5. 8-5- ....", "..1- 1-3- ..5- 5-1-"),
            centre=38,
            level=0.95,
        ),
        Part(
            voices=(instruments.organ, instruments.flute),
            bars=(".... *-*- *--- ....", "*-.. ..*- *-.. ...."),
            centre=72,
            level=0.12,
            enters=4,
        ),
    ),
    beats=(
        Beat(drum=drums.soft_kick, bars=(".... .... x... ....",), level=0.9),
        Beat(drum=drums.rim, bars=(".... .... x... ....",), level=0.5),
        Beat(drum=drums.hat, bars=("o.x. o.x. o.x. o.x.",), level=0.3, pan=-0.2),
    ),
)

WALTZ = Style(
    name="waltz",
    genre="classical",
    tempo=(138, 168),
    scales=("major", "minor"),
    progressions=((1, 1, 5, 5, 4, 4, 5, 1), (1, 6, 2, 5), (1, 4, 5, 1)),
    beats_a_bar=3,
    hall=0.35,
    hall_seconds=2.0,
    parts=(
        Part(voices=(instruments.upright_bass, instruments.piano), bars=("1--- .... ....",), centre=43, level=0.55),
        Part(
            voices=(instruments.piano, instruments.harp),
            bars=(".... x-.. x-..",),
            centre=60,
            level=0.2,
            tones=(0, 1, 2),
            pan=-0.25,
        ),
        Part(
            voices=(instruments.strings, instruments.flute, instruments.piano),
            bars=("*--- ---- *---", "*--- *--- *---", "*--- --*- *---"),
            centre=76,
            level=0.3,
            pan=0.2,
        ),
        Part(voices=(instruments.strings,), bars=("x--- ---- ----",), centre=62, level=0.09, enters=4),
    ),
)

SWING = Style(
    name="swing",
    genre="jazz",
    tempo=(132, 176),
    scales=("major", "dorian"),
    progressions=((2, 5, 1, 6), (1, 6, 2, 5), (3, 6, 2, 5)),
    chord_size=4,
    swing=0.66,
    hall=0.15,
    hall_seconds=0.9,
    parts=(
        Part(
            voices=(instruments.upright_bass,),
            bars=("1--- 3--- 5--- 7---", "1--- 5--- 8--- 5---"),
            centre=42,
            level=0.7,
        ),
        Part(
            voices=(instruments.piano,),
            bars=("..x. .... x-.. ....", ".... ..x- .... ..x-", "x-.. ..x. .... ...."),
            centre=61,
            level=0.18,
            pan=-0.35,
        ),
        Part(
            voices=(instruments.vibraphone, instruments.flute),
            bars=("*-*- *-*. ..*- *-..", "..*- *-*- *--- ..*.", "*-.. *-*- *-*- *---"),
            centre=74,
            level=0.3,
            pan=0.25,
            enters=2,
        ),
    ),
    beats=(
        Beat(drum=drums.ride, bars=("x... x.o. x... x.o.",), level=0.5, pan=0.3),
        Beat(drum=drums.hat, bars=(".... x... .... x...",), level=0.35, pan=-0.2),
        Beat(drum=drums.brush, bars=("o... x... o... x...",), level=0.3),
        Beat(drum=drums.soft_kick, bars=("o... .... o... ....", "o... .... .... ..o."), level=0.35),
    ),
)

CHIPTUNE = Style(
    name="chiptune",
    genre="electronic",
    tempo=(140, 168),
    scales=("major", "minor"),
    progressions=((1, 5, 6, 4), (6, 4, 1, 5), (1, 4, 6, 5)),
    hall=0.0,
    parts=(
        Part(
            voices=(instruments.pulse,),
            bars=("1358 1358 1358 1358", "1353 1353 8535 8535"),
            centre=67,
            level=0.2,
            pan=0.2,
        ),
        Part(
            voices=(instruments.pulse,),
            bars=("*-*- *.*. *--- *-*.", "*--- *-*- *-*- *-..", "*.** *-*- *.** *---"),
            centre=79,
            level=0.3,
            enters=2,
        ),
        Part(voices=(instruments.pulse,), bars=("1.1. 8.1. 1.1. 8.5.",), centre=43, level=0.34, pan=-0.1),
    ),
    beats=(
        Beat(drum=drums.kick, bars=("x... ..x. x... ....", "x... x... x... x..."), level=0.6),
        Beat(drum=drums.blip, bars=("o.o. x.oo o.o. x.oo", "..o. x.o. ..o. x.o."), level=0.5),
    ),
)

STYLES = (AMBIENT, TECHNO, HOUSE, ROCK, REGGAE, WALTZ, SWING, CHIPTUNE)
