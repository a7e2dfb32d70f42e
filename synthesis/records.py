"""The demo catalogue's sleeves: invented artists, their albums and titles; no person or band is meant."""

from dataclasses import dataclass

from synthesis.style import Style
from synthesis.styles import AMBIENT, CHIPTUNE, HOUSE, REGGAE, ROCK, SWING, TECHNO, WALTZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One album: five songs of one style are spread over two artists."""

    style: Style
    artist: str
    album: str
    year: int
    titles: tuple[str, ...]
    seed: int  # of its first title; the others follow


RECORDS = (
    Record(
        style=AMBIENT,
        artist="Lantern Estuary",
        album="Slow Weather",
        year=2019,
        titles=("Fog on the Ferry", "Seven Quiet Lamps", "The Tide Table"),
        seed=0,
    ),
    Record(
        style=AMBIENT,
        artist="Ines Halvorna",
        album="Rooms Without Clocks",
        year=2022,
        titles=("Snow in the Stairwell", "Half Asleep at Noon"),
        seed=3,
    ),
    Record(
        style=TECHNO,
        artist="Kolben 9",
        album="Night Shift",
        year=2021,
        titles=("Conveyor", "Third Rail Hum", "Ton per Square Metre"),
        seed=0,
    ),
    Record(
        style=TECHNO,
        artist="Vera Turbin",
        album="Pressure Drop Test",
        year=2023,
        titles=("Oscillograph", "Cooling Tower"),
        seed=3,
    ),
    Record(
        style=HOUSE,
        artist="Parquet Avenue",
        album="Rooftop Hours",
        year=2018,
        titles=("Lemon Soda Sunday", "The Long Way Down Seventh"),
        seed=0,
    ),
    Record(
        style=HOUSE,
        artist="Odette & the Meter",
        album="Loose Change",
        year=2020,
        titles=("Coins on the Counter", "Mirrorball Repair", "Stay for the Last One"),
        seed=2,
    ),
    Record(
        style=ROCK,
        artist="Gravel Semaphore",
        album="Loud Little Town",
        year=2016,
        titles=("Tin Roof Thunder", "Nine Miles of Fence", "Radio in the Ditch"),
        seed=0,
    ),
    Record(
        style=ROCK,
        artist="The Borrowed Vans",
        album="Keys Under the Mat",
        year=2017,
        titles=("Wrong Side of the Bridge", "Burnt Toast Anthem"),
        seed=3,
    ),
    Record(
        style=REGGAE,
        artist="Mango Telegraph",
        album="Message from the Hill",
        year=2014,
        titles=("Shade Tree Parliament", "Slow Boat, Sweet Cargo"),
        seed=0,
    ),
    Record(
        style=REGGAE,
        artist="Brother Calypsor",
        album="Bread and Salt",
        year=2015,
        titles=("Yard Fire Morning", "Walk Good, Walk Far", "Copper Kettle Dub"),
        seed=2,
    ),
    Record(
        style=WALTZ,
        artist="Orchestra of the Third Floor",
        album="Dances for a Narrow Room",
        year=2011,
        titles=("Waltz for the Caretaker", "Waltz of the Umbrellas", "Waltz on a Borrowed Piano"),
        seed=0,
    ),
    Record(
        style=WALTZ,
        artist="Amalia Verrin",
        album="The Winter Ballroom",
        year=2013,
        titles=("Candle Stubs", "The Last Carriage Home"),
        seed=3,
    ),
    Record(
        style=SWING,
        artist="The Hatcheck Five",
        album="After the Second Set",
        year=2009,
        titles=("Blue Plate Special", "Two Doors Past Midnight"),
        seed=0,
    ),
    Record(
        style=SWING,
        artist="Cornelius Brandt Trio",
        album="Live at the Laundromat",
        year=2012,
        titles=("Spin Cycle", "Quarter Notes for Quarters", "Folding Chairs"),
        seed=2,
    ),
    Record(
        style=CHIPTUNE,
        artist="Pixel Orchard",
        album="Eight Lives Left",
        year=2020,
        titles=("Castle Under the Carpet", "Coin Sprint", "Save Point Lullaby"),
        seed=0,
    ),
    Record(
        style=CHIPTUNE,
        artist="Cartridge Tilt",
        album="Blow and Insert",
        year=2024,
        titles=("Boss in the Basement", "Continue Screen Romance"),
        seed=3,
    ),
)
