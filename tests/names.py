"""A name server of the tests."""


class Names:
    """A name server whose answer changes with every question."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    async def resolve(self, _host, _port):
        self.asked += 1
        return self.answers[(self.asked - 1) % len(self.answers)]
