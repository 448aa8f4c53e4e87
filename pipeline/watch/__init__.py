"""What `claimwire status` tells whoever is on call: where things stand, what is wrong, what to do."""
