"""A form of words around figures: what it says of one company is no part of what it says of another."""

from __future__ import annotations

from ingest.model import Decision, Envelope
from rehearsal import Rehearsal

COMPANIES = ("Northwind Traders", "Contoso Paper", "Fabrikam Steel", "Litware Foods", "Tailspin Toys", "Adatum Mining")


def payout(nth: int, company: str, cents: int = 12) -> Envelope:
    text = (
        f"Qtly div {cents} cts vs {cents} cts prior\nPay April 15\nRecord March {20 + nth % 3}\n"
        f"NOTE: div of class B shares is {cents - 2} cts, {nth + 4} cts of it special, of {company}."
    )
    return Envelope(key=f"{company} {nth}", source="t", title=f"{company} sets quarterly dividend", text=text)


def stories(told: list[Decision]) -> int:
    return len({decision.story.id for decision in told})


def test_payouts_of_different_companies_are_stories_of_their_own() -> None:
    told = Rehearsal().run(payout(nth, company) for nth, company in enumerate(COMPANIES))
    assert stories(told) == len(COMPANIES)
    assert "A form of words that others share; it names another subject." in told[-1].relation.why


def test_what_is_said_of_one_company_again_stays_in_its_story() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(payout(nth, company) for nth, company in enumerate(COMPANIES))
    again = "Northwind Traders said its quarterly dividend of 12 cts is the last before it is bought by a rival."
    title = "Northwind Traders sees last dividend before sale"
    (told,) = rehearsal.run([Envelope(key="again", source="t", title=title, text=again)])
    assert told.story.id == rehearsal.decisions[0].story.id


def test_a_fund_that_has_the_word_of_another_in_its_name_is_another_fund() -> None:
    def fund(name: str, full: str) -> Envelope:
        text = f"Mthly div 9.4 cts vs 9.4 cts prior\nPay May 29\nRecord May 14\nNOTE: {full} Tax-Free Income Fund."
        return Envelope(key=name, source="t", title=f"{name} tax-free sets payout", text=text)

    funds = [fund("Woodgrove Insured", "Woodgrove Insured"), fund("Woodgrove Coastal", "Woodgrove Coastal Insured")]
    told = Rehearsal().run(funds)
    assert told[1].relation.kind in ("new", "coverage")
    assert stories(told) == 2


def test_one_form_among_other_texts_of_a_story_does_not_keep_an_article_out_of_it() -> None:
    def item(title: str, text: str) -> Envelope:
        return Envelope(key=title, source="t", title=title, text=text)

    offer = (
        "The offer of Fabrikam for Northwind Traders, the first takeover bid among rivals since the strike, runs until"
        " the founding family meets at the old mill."
    )
    bid = "Fabrikam Steel made an offer for its rival Northwind Traders on Monday, worth two dividends of every forest."
    answer = "The chairman of Northwind Traders told shareholders that the price did not reflect its forests and mills."
    rehearsal = Rehearsal()
    told = rehearsal.run([
        item("Fabrikam Steel bids for Northwind Traders", f"{bid}\n{offer}"),
        item("Northwind Traders says Fabrikam offer too low", f"{answer}\n{offer}"),
        item(
            "Northwind Traders sets quarterly dividend",
            f"{payout(0, 'Northwind Traders').text}\nTakeover bid of rival runs.",
        ),
        item("Fabrikam Steel sets quarterly dividend", f"{payout(0, 'Fabrikam Steel').text}\n{offer}"),
    ])
    assert stories(told) == 1
