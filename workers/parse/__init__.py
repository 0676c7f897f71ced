from workers import mypyc_loader

mypyc_loader.settle(__path__[0])
