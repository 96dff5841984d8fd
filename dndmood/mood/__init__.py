"""From many estimates to one mood."""
