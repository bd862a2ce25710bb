"""A hundred thousand random payments: no decision is invalid or unexplained."""

from __future__ import annotations

from tests.decisioning.contexts import SETTINGS
from tests.decisioning.laws import check_authentication, check_retry, check_routing
from tests.decisioning.random_payments import Luck

from payment_analysis.decisioning.authentication import decide_authentication
from payment_analysis.decisioning.mandates import Path
from payment_analysis.decisioning.retry import decide_retry
from payment_analysis.decisioning.routing import Footing, decide_routing, on_offer

PAYMENTS = 100_000
PATHS, ROUTES = [str(path) for path in Path], ["north", "south", "network_token"]


def test_a_hundred_thousand_payments_are_decided_validly_and_with_a_reason() -> None:
    """A third each of authentication, routing and retry."""
    luck = Luck(20261127)
    retried = 0
    for number in range(PAYMENTS):
        context = luck.context()
        match number % 3:
            case 0:
                path = decide_authentication(context, luck.path_scores(), SETTINGS, luck.wishes(PATHS))
                check_authentication(context, path)
            case 1:
                routes, fraud, asked = luck.routes(), luck.share(), luck.wishes(ROUTES)
                offer = on_offer(context, routes, fraud, SETTINGS, wishes=asked)
                full = [arm.footing is Footing.FULL for arm in offer.arms]
                wins = [one / max(sum(full), 1) for one in full]
                check_routing(routes, decide_routing(offer, wins, luck.share(), SETTINGS))
            case _:
                facts, asked = luck.history(context), luck.wishes(["x"])
                retry = decide_retry(context, luck.retry_scores(), facts, SETTINGS, asked)
                check_retry(context, facts, asked, retry)
                retried += retry.should_retry

    assert retried > PAYMENTS / 100  # the generator reaches what it is meant to try
