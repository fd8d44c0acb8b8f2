"""The connector: a self-hosted service between a SaaS and TikTok.

One folder per domain with the same file names: `models` (tables), `store` (queries), `service`
(behaviour), `routes` (HTTP), `jobs` (durable work), `errors`. A request goes route -> service ->
store; no route touches a store, no store calls a service.
"""
