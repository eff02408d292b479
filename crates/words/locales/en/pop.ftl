### The pop.
