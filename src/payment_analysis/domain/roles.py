"""Who may do what: four roles, each of which may do everything the ones below it may."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person may do; the order is from least to most."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, least: Role) -> bool:
        """Whether this role may do what `least` may."""
        order = list(Role)
        return order.index(self) >= order.index(least)


ROLE_MEANINGS: dict[Role, str] = {
    Role.VIEWER: "Reads everything but the audit and other people's accounts; changes nothing.",
    Role.ANALYST: "Also writes opinions: saved views, reviews of insights and codes, access tokens of their own.",
    Role.OPERATOR: "Also acts: incidents, remediation tasks, replay of rejected rows.",
    Role.ADMIN: "Also people: accounts, roles, sign-in links, the audit.",
}
