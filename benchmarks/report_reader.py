"""Reads a report through the client's iterator in a process of its own; prints rows and memory."""

from __future__ import annotations

import json
import sys
from decimal import Decimal

from stagedoor import Hosts, TikTokBusiness

from .uploader import peak


def main(url: str, token: str, advertiser_id: str, start: str, end: str) -> None:
    count, spend = 0, Decimal(0)
    hosts = Hosts.at(url)
    with TikTokBusiness(access_token=token, hosts=hosts, timeout=600, pacer=None) as client:
        for row in client.reports.rows(
            advertiser_id=advertiser_id,
            data_level="AUCTION_AD",
            dimensions=("ad_id", "stat_time_day"),
            metrics=("spend", "impressions", "clicks", "ctr", "conversion"),
            start_date=start,
            end_date=end,
        ):
            count += 1
            found = row["spend"]
            assert isinstance(found, Decimal)
            spend += found
    print(json.dumps({"rows": count, "spend": str(spend), "peak": peak()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
