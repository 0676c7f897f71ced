"""`python -m workers.local.newsstand [PORT]`: the bundled outlets, until Ctrl-C."""

import signal
import sys

from workers.local.newsstand.site import newsstand


def main() -> None:
    """Serve, and print the addresses."""
    with newsstand(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as site:
        for edition in site.editions:
            sys.stdout.write(f"{edition.base}/  {edition.newsroom.name}\n")
        sys.stdout.flush()
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
