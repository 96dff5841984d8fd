"""One file for each family of faults; every file in here is found by being here."""
