"""dndmood hears the tone of voice at the table and lets the music follow."""
