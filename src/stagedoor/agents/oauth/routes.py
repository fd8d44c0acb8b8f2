"""/api/agents/{id}/sign-in and sign-ins: the clients that act as an agent, and their end."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Response

from stagedoor.connector.api import CallerIs, needs, router
from stagedoor.connector.documented import raises
from stagedoor.connector.idempotency import ShownOnce
from stagedoor.connector.provided import provided
from stagedoor.connector.shapes import ResponseModel, moment
from stagedoor.connector.tenants.roles import Role

from ..identity.errors import NoAgent
from .errors import NoSignIn
from .service import AgentSignIn, AuthorizationServer

ROUTER = router(prefix="/api/agents", tags=["agents"], dependencies=[needs(Role.ADMIN)])

_OAuth = Annotated[AuthorizationServer, provided(AuthorizationServer)]


class CodeShown(ResponseModel):
    """A code with which a person lets a client act as the agent."""

    code: Annotated[str, ShownOnce("Ask again without the Idempotency-Key for another code.")]
    """For the consent page, valid once."""
    ends: datetime
    """Until when the code is valid, in UTC."""


class SignInShown(ResponseModel):
    """A client that may act as the agent."""

    id: str
    """The id of the sign-in."""
    client: str
    """The client's own name for itself, unverified."""
    client_id: str
    """The client's id here."""
    redirect_uri: str
    """Where the client got its code."""
    key: str | None
    """The prefix of the key that was shown, with which the sign-in ends; null: a code was shown."""
    created: datetime
    """When the client signed in, in UTC."""
    ends: datetime
    """Unless the client renews its tokens before."""
    last_used: datetime | None
    """When the client last made a call, in UTC; null: never."""

    @classmethod
    def of(cls, one: AgentSignIn) -> SignInShown:
        return cls.model_validate(
            {
                "id": one.id,
                "client": one.client,
                "client_id": one.client_id,
                "redirect_uri": one.redirect_uri,
                "key": one.key,
                "created": moment(one.created),
                "ends": moment(one.ends),
                "last_used": moment(one.last_used),
            }
        )


class SignInsShown(ResponseModel):
    """The clients that may act as the agent."""

    sign_ins: list[SignInShown]
    """The clients that may act as the agent."""


@ROUTER.post("/{agent_id}/sign-in")
@raises(NoAgent)
def make_sign_in_code(caller: CallerIs, oauth: _OAuth, agent_id: str) -> CodeShown:
    """Create a code for the page on which an MCP client asks to act as this agent; valid for ten
    minutes, once."""
    made = oauth.sign_in_code(caller.org, agent_id, caller.user)
    return CodeShown.model_validate({"code": made.code, "ends": moment(made.ends)})


@ROUTER.get("/{agent_id}/sign-ins")
@raises(NoAgent)
def list_sign_ins(caller: CallerIs, oauth: _OAuth, agent_id: str) -> SignInsShown:
    """List the clients that may act as this agent."""
    listed = oauth.sign_ins(caller.org, agent_id)
    return SignInsShown(sign_ins=[SignInShown.of(one) for one in listed])


@ROUTER.delete("/{agent_id}/sign-ins/{sign_in_id}", status_code=204)
@raises(NoAgent, NoSignIn)
def end_sign_in(caller: CallerIs, oauth: _OAuth, agent_id: str, sign_in_id: str) -> Response:
    """End a sign-in: from its next call on the client may do nothing."""
    oauth.end(caller.org, agent_id, sign_in_id)
    return Response(status_code=204)
