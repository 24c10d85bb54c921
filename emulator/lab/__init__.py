"""Labs: routers by the dozen from one file, served on SSH."""
