"""The ambience that comes along, made of noise, sines and a seed: `python -m soundscapes`."""
