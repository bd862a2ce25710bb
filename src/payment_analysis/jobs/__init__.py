"""Doors: one small file per job, where real things are chosen and handed in."""
