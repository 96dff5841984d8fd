"""The training house: from corpora and teachers to a small model that the table can trust."""
