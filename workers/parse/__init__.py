from workers import mypyc_loader

mypyc_loader.prefer_sources_if_stale(__path__[0])
