"""Events over OSC: the address table and the sender."""
