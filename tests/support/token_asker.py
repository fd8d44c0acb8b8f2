"""A process that asks for a grant's token in many threads at once, each time it is told to.

    python token_asker.py <grant id> <threads>

Each line on standard input is a round; its answer is one line: digests of the tokens, or errors.
"""

from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor

from stagedoor.connector import settings
from stagedoor.connector.container import Container


def main(grant_id: str, threads: int) -> None:
    services = Container.build(settings.load())

    def ask(number: int) -> str:
        try:
            if number % 2:
                found = services.integrations.access_token(grant_id)
            else:
                # as a call would: the client's own flow, over the grant's token store
                services.integrations.tiktok_for(grant_id).user.info()
                found = services.integrations.access_token(grant_id)
        except Exception as error:
            return f"{type(error).__name__}: {error}".replace(" ", "_")
        return hashlib.sha256(found.encode()).hexdigest()

    with ThreadPoolExecutor(threads) as pool:
        print("ready", flush=True)
        for _ in sys.stdin:
            print(*pool.map(ask, range(threads)), flush=True)
    services.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
