"""Seeds -> a list of songs: filters and caps over whatever index and catalogue it is given."""
