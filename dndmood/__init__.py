"""dndmood hears the tone of voice at the table and lets the music follow."""

from dndmood.library_environment import send_nothing

send_nothing()
