from workers import compiled

compiled.settle(__path__[0])
