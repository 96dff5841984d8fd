"""The training house: from corpora and teachers to a small model that the table can trust."""

from dndmood.library_environment import send_nothing

send_nothing()
