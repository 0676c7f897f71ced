"""The Celery application of this process, for the settings of its environment."""

from workers.broker.application import make_app
from workers.topology import Topology
from workers.wiring import settings_of_process

topology = Topology(settings_of_process().prefix)
app = make_app(settings_of_process(), topology)
