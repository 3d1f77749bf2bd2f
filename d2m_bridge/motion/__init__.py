"""Body motion as numbers: poses at uneven times in, one row of normalised features per tick out. Trains and plays."""
