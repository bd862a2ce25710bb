"""People and their programs: who one is, accounts, access tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from payment_analysis.backend.dependencies import NowDep, PersonDep, StoreDep
from payment_analysis.backend.fields import Identifier, Name, Text
from payment_analysis.domain.errors import BadInput, NotAllowed, NotFound
from payment_analysis.domain.roles import ROLE_MEANINGS, Role
from payment_analysis.store.accounts import LINK_LASTS, make_link, make_token, user_named
from payment_analysis.store.people import AccessToken, User

router = APIRouter(prefix="/api", tags=["people"])


class CurrentUser(BaseModel):
    """Who is asking."""

    id: str = Field(description="Id of the account.")
    name: str = Field(description="Name of the account.")
    display_name: str = Field(description="Name to show.")
    role: Role = Field(description="What the account may do.")
    role_meaning: str = Field(description="The same in words.")
    way: str = Field(description="session, token or forwarded: how it is known.")


class UserOut(BaseModel):
    """An account."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the account.")
    name: str = Field(description="Its name; unique.")
    display_name: str = Field(description="Name to show.")
    role: Role = Field(description="What it may do.")
    is_active: bool = Field(description="Whether it can sign in.")
    created_at: datetime = Field(description="When it was made.")


class UserIn(BaseModel):
    """A new account."""

    name: Name = Field(description="Name of the account; unique.")
    display_name: Text = Field(description="Name to show.")
    role: Role = Field(description="What it may do.")


class UserChange(BaseModel):
    """What may be changed of an account; what is left out stays."""

    display_name: Text | None = Field(default=None, description="Name to show.")
    role: Role | None = Field(default=None, description="What it may do.")
    is_active: bool | None = Field(default=None, description="Whether it can sign in.")


class SignInLinkOut(BaseModel):
    """A link that signs its owner in once."""

    link: str = Field(description="Address to open in a browser; shown only now.")
    expires_at: datetime = Field(description="After this it no longer works.")


class AccessTokenOut(BaseModel):
    """A program's way in."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the token.")
    name: str = Field(description="What it is for.")
    role: Role = Field(description="What it may do, at most what its owner may.")
    created_at: datetime = Field(description="When it was made.")
    expires_at: datetime = Field(description="After this it no longer works.")
    revoked_at: datetime | None = Field(description="When it was revoked; null while it works.")


class NewAccessToken(AccessTokenOut):
    """A token that was just made."""

    secret: str = Field(description="Send it as `Authorization: Bearer …`; shown only now.")


class AccessTokenIn(BaseModel):
    """A token to make."""

    name: Text = Field(description="What it is for.")
    role: Role = Field(description="What it may do; at most what you may.")
    days: int = Field(ge=1, le=365, description="How many days it works.")


@router.get("/current-user", operation_id="currentUser")
def current_user(person: PersonDep) -> CurrentUser:
    """Who is asking, and what they may do."""
    return CurrentUser(
        id=person.id,
        name=person.name,
        display_name=person.display_name,
        role=person.role,
        role_meaning=ROLE_MEANINGS[person.role],
        way=person.way,
    )


@router.get("/users", operation_id="listUsers")
def list_users(store: StoreDep) -> list[UserOut]:
    """Every account, by name."""
    with store.read() as session:
        return [UserOut.model_validate(user) for user in session.scalars(select(User).order_by(User.name))]


@router.post("/users", operation_id="createUser", status_code=201)
def create_user(body: UserIn, store: StoreDep, person: PersonDep) -> UserOut:
    """Make an account; a sign-in link lets its owner in."""
    with store.change(person.actor) as session:
        user = User(name=body.name, display_name=body.display_name, role=body.role)
        session.add(user)
        session.flush()
        return UserOut.model_validate(user)


@router.patch("/users/{user_id}", operation_id="updateUser")
def update_user(user_id: Identifier, body: UserChange, store: StoreDep, person: PersonDep) -> UserOut:
    """Change name, role or activity of an account; your own rights are changed by another administrator."""
    with store.change(person.actor) as session:
        user = user_named(session, user_id)
        given = body.model_dump(exclude_none=True)
        if user.id == person.id and {"role", "is_active"} & given.keys():
            raise BadInput("Your own role and activity are changed by another administrator.", hint="ask one")
        for name, value in given.items():
            setattr(user, name, value)
        session.flush()
        return UserOut.model_validate(user)


@router.post("/users/{user_id}/sign-in-link", operation_id="createSignInLink", status_code=201)
def create_sign_in_link(
    user_id: Identifier, request: Request, store: StoreDep, person: PersonDep, now: NowDep
) -> SignInLinkOut:
    """A one-time link for an account; an older unused one stops working."""
    with store.change(person.actor) as session:
        secret = make_link(session, user_named(session, user_id), now)
    return SignInLinkOut(link=f"{request.base_url}sign-in?link={secret}", expires_at=now + LINK_LASTS)


@router.get("/access-tokens", operation_id="listAccessTokens")
def list_access_tokens(store: StoreDep, person: PersonDep) -> list[AccessTokenOut]:
    """Your own tokens, the newest first."""
    with store.read() as session:
        found = select(AccessToken).where(AccessToken.user_id == person.id).order_by(AccessToken.created_at.desc())
        return [AccessTokenOut.model_validate(token) for token in session.scalars(found)]


@router.post("/access-tokens", operation_id="createAccessToken", status_code=201)
def create_access_token(body: AccessTokenIn, store: StoreDep, person: PersonDep, now: NowDep) -> NewAccessToken:
    """Make a token for a program of yours. A token cannot make tokens."""
    if person.way == "token":
        raise NotAllowed("A token cannot make another token.", hint="sign in with a browser")
    if not person.role.covers(body.role):
        raise NotAllowed(f"You are {person.role} and cannot give a token the role {body.role}.", hint="give it less")
    with store.change(person.actor) as session:
        owner = user_named(session, person.id)
        token, secret = make_token(session, owner, body.name, body.role, now + timedelta(days=body.days))
        return NewAccessToken(**AccessTokenOut.model_validate(token).model_dump(), secret=secret)


@router.delete("/access-tokens/{token_id}", operation_id="revokeAccessToken")
def revoke_access_token(
    token_id: Annotated[Identifier, Path(description="Id of the token.")],
    store: StoreDep,
    person: PersonDep,
    now: NowDep,
) -> AccessTokenOut:
    """Revoke one of your own tokens; it stops working at once."""
    with store.change(person.actor) as session:
        token = session.get(AccessToken, token_id)
        if token is None or token.user_id != person.id:
            raise NotFound(f"You have no token {token_id}.", hint="GET /api/access-tokens lists yours")
        token.revoked_at = token.revoked_at or now
        session.flush()
        return AccessTokenOut.model_validate(token)
