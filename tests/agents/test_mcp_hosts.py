"""The host names that the MCP application answers to."""

from __future__ import annotations

from stagedoor.agents.mcp.hosts import AllowedHosts


def test_the_public_name_and_the_bound_address_are_answered_to() -> None:
    hosts = AllowedHosts.of("https://Gate.Example.com:8443/", ("https://console.example.com",))
    for host in ("gate.example.com", "GATE.example.com:8443", "gate.example.com:443", "10.1.2.3"):
        assert hosts.answers_to(host, "10.1.2.3")
    for host in ("example.com", "gate.example.com.evil.com", "10.1.2.4", "", "a b", "gate/x"):
        assert not hosts.answers_to(host, "10.1.2.3")
    assert hosts.takes_from("https://console.example.com", None)
    assert hosts.takes_from("https://gate.example.com:8443", None)
    assert not hosts.takes_from("https://evil.example.com", None)


def test_further_names_are_answered_to_where_a_setting_allows_them() -> None:
    hosts = AllowedHosts.of("https://gate.example.com", (), ("mcp.example.com", "stagedoor"))
    for host in ("mcp.example.com", "MCP.example.com:443", "stagedoor:8700", "gate.example.com"):
        assert hosts.answers_to(host, None)
        assert hosts.takes_from(f"https://{host}", None)
    for host in ("example.com", "a.mcp.example.com", "stagedoor.evil.example"):
        assert not hosts.answers_to(host, None)
