"""The network: URLs in, bytes or a reason out."""
