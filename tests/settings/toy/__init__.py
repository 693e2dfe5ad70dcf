"""A store that is none: its folder, as somebody who adds one would write it."""
