"""Captured bytes in, readable articles out."""
