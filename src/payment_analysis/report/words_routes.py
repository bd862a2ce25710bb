"""In words: providers and retry chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.report.document import (
    Bar,
    Bars,
    Block,
    Callout,
    Cell,
    Figure,
    Intervals,
    Mark,
    MarkRow,
    Section,
    Table,
    Text,
    Tone,
)
from payment_analysis.report.providers import OVERLAP_MIN
from payment_analysis.report.wording import (
    NOTHING,
    between,
    cells,
    count,
    interval,
    left,
    network,
    percent,
    plural,
    points,
    rate_cells,
    right,
    short_money,
    wide,
)

if TYPE_CHECKING:
    from payment_analysis.report.chains import Chains
    from payment_analysis.report.proportion import Proportion
    from payment_analysis.report.providers import Provider, Providers

GAPS_SHOWN = 5


def providers_section(providers: Providers) -> Section:
    lead = (
        "Judged on first attempts, where every provider meets fresh payments; adjusted for the mix of network, country "
        "and amount it was given. Counting all attempts is shown to be compared, not to be used."
    )
    if not providers.providers:
        gap = Callout(
            "Provider not in the data", "No attempt names the provider it was sent to, so none can be compared."
        )
        return Section("providers", "Providers", lead, (gap,), providers.queries)
    blocks: list[Block] = [Figure(_comparison(providers)), _warning(providers), _provider_table(providers)]
    blocks += _adjustment(providers)
    return Section("providers", "Providers", lead, tuple(blocks), providers.queries)


def _mark(series: int, rate: Proportion, *, small: bool) -> list[Mark]:
    if rate.low is None or rate.high is None:
        return []
    text = f"{percent(rate.rate)} · n {count(rate.trials)}"
    return [Mark(series, rate.rate, rate.low, rate.high, text, Tone.QUIET if small else Tone.PLAIN)]


def _comparison(providers: Providers) -> Intervals:
    rows = []
    for provider in providers.providers:
        marks = _mark(0, provider.first_attempts, small=provider.is_small)
        if provider.adjusted is not None:
            adjusted = provider.adjusted
            marks.append(Mark(1, adjusted.rate, adjusted.low, adjusted.high, percent(adjusted.rate)))
        marks += _mark(2, provider.all_attempts, small=provider.is_small)
        rows.append(MarkRow(provider.psp, tuple(marks)))
    label = "Approval rate of each provider with 95 % intervals: first attempts, adjusted first attempts, all attempts"
    return Intervals(label, ("first attempts", "adjusted for mix", "all attempts (naive)"), tuple(rows))


def _warning(providers: Providers) -> Callout:
    judged = [provider for provider in providers.providers if not provider.is_small]
    text = (
        "Retries go where the routing sends them, so a provider that is tried second sees only what the first one "
        "refused, and one that gets repeated tries counts the same lost payment many times."
    )
    if judged:
        most = max(judged, key=lambda provider: provider.retry_share)
        text += f" Here {percent(most.retry_share, 0)} of the attempts of {most.psp} are such leftovers."
    if providers.order_changes:
        text += " The two ways of counting rank the providers differently in this data."
    return Callout("Why the naive comparison misleads", text)


def _provider_table(providers: Providers) -> Table:
    columns = (
        *left("Provider"),
        *right("First attempts"),
        *wide("95 % interval"),
        *right("n", "Adjusted"),
        *wide("95 % interval"),
        *right("All (naive)", "Retries"),
    )
    return Table("Providers, best first", columns, tuple(_provider_row(provider) for provider in providers.providers))


def _provider_row(provider: Provider) -> tuple[Cell, ...]:
    tone = Tone.QUIET if provider.is_small else Tone.PLAIN
    adjusted = provider.adjusted
    return (
        Cell(
            provider.psp + (" (too few)" if provider.is_small else ""), Tone.QUIET if provider.is_small else Tone.STRONG
        ),
        *rate_cells(provider.first_attempts),
        Cell(percent(adjusted.rate if adjusted else None), tone),
        Cell(between(adjusted.low, adjusted.high) if adjusted else NOTHING, tone),
        Cell(percent(provider.all_attempts.rate), tone),
        Cell(percent(provider.retry_share), tone),
    )


def _adjustment(providers: Providers) -> list[Block]:
    if providers.overlap_share is None:
        return [Text("Only one provider has enough first attempts, so there is nothing to adjust for.")]
    limits = ", ".join(providers.amount_limits)
    text = (
        "Adjusted: first attempts are split into strata of network, country and quarter of the amounts"
        f"{f' (limits {limits})' if limits else ''}; each provider's rates are weighted by the whole traffic of the "
        f"{count(providers.strata_common)} of {count(providers.strata)} strata in which every compared provider has at "
        f"least {OVERLAP_MIN} first attempts, {percent(providers.overlap_share)} of first attempts. "
        "What is not in the data (hour, customer, cost) stays unadjusted."
    )
    blocks: list[Block] = [Text(text)]
    if providers.gaps:
        rows = tuple(
            cells(
                f"{network(gap.network)}, {gap.country or 'country not known'}, quarter {gap.amount_band or NOTHING}",
                count(gap.first_attempts),
                ", ".join(gap.psps_missing),
            )
            for gap in providers.gaps[:GAPS_SHOWN]
        )
        caption = f"Strata without overlap: {min(GAPS_SHOWN, len(providers.gaps))} largest of {len(providers.gaps)}"
        columns = (*left("Stratum"), *right("First attempts"), *left("Too few at"))
        blocks.append(Table(caption, columns, rows))
    return blocks


def chains_section(chains: Chains) -> Section:
    blocks: list[Block] = [Text(_uplift(chains))]
    total = sum(length.payments.trials for length in chains.lengths)
    bars = tuple(
        Bar(
            _times(length.attempts, is_open=length.is_open),
            0.0,
            length.payments.trials / total,
            f"{percent(length.payments.trials / total)} · {count(length.payments.trials)}",
        )
        for length in chains.lengths
    )
    blocks.append(Figure(Bars("Share of payments by number of attempts", bars), _length_table(chains)))
    if len(chains.positions) > 1:
        blocks.append(Figure(_by_position(chains), _position_table(chains)))
        blocks.append(Callout("These are observations, not an experiment", _caution(chains)))
    lead = "How often a payment is tried, what each further try wins, and whether changing the provider helps."
    return Section("retries", "Retry chains", lead, tuple(blocks), chains.queries)


def _times(attempts: int, *, is_open: bool) -> str:
    return f"{attempts} attempts or more" if is_open else plural(attempts, "attempt")


def _uplift(chains: Chains) -> str:
    retried = chains.retried_payments
    text = (
        f"{percent(retried.rate)} of the {plural(retried.trials, 'payment')} that failed at first were tried again; "
        f"{plural(chains.recovered_payments, 'payment')} were approved in the end"
    )
    return f"{text}, {short_money(chains.recovered_value)}." if chains.recovered_value is not None else f"{text}."


def _caution(chains: Chains) -> str:
    text = (
        "Customers who try again differ from those who give up, and later tries are made on harder payments. "
        "A retry that was not made might have gone worse."
    )
    gain = chains.switch_gain
    if gain is not None:
        text += (
            f" After a decline, another provider approved {percent(chains.other_psp.rate)} and the same one "
            f"{percent(chains.same_psp.rate)}: {points(gain.difference)}, 95 % interval {points(gain.low)} to "
            f"{points(gain.high)}{'' if gain.is_proven else ', which chance may explain'}."
        )
    return text


def _by_position(chains: Chains) -> Intervals:
    series = ("all", "same provider", "other provider")
    rows = []
    for place in chains.positions:
        marks = _mark(0, place.all, small=place.all.is_small)
        marks += _mark(1, place.same_psp, small=place.same_psp.is_small)
        marks += _mark(2, place.other_psp, small=place.other_psp.is_small)
        rows.append(MarkRow(f"Attempt {place.position}{' and later' if place.is_open else ''}", tuple(marks)))
    return Intervals("Approval rate by place of the attempt, with 95 % intervals", series, tuple(rows))


def _length_table(chains: Chains) -> Table:
    rows = tuple(
        (Cell(_times(length.attempts, is_open=length.is_open)), *rate_cells(length.payments))
        for length in chains.lengths
    )
    columns = (*left("Attempts of a payment"), *right("Approved in the end", "95 % interval", "Payments"))
    return Table("Payments by number of attempts", columns, rows)


def _position_table(chains: Chains) -> Table:
    rows = tuple(
        (
            Cell(f"{place.position}{' and later' if place.is_open else ''}"),
            *rate_cells(place.all),
            Cell(percent(place.same_psp.rate)),
            Cell(interval(place.same_psp)),
            Cell(percent(place.other_psp.rate)),
            Cell(interval(place.other_psp)),
        )
        for place in chains.positions
    )
    columns = (
        *left("Attempt"),
        *right("Approved", "95 % interval", "n", "Same provider", "95 % interval", "Other provider", "95 % interval"),
    )
    return Table("Success by place of the attempt", columns, rows)
