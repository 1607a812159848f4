"""Sources: where articles come from, and how they get into the inbox.

    replay, watch, fetch           once from files, on and on from a folder, one pass over feeds and pages
    files, streams, contents       opening, unpacking and telling apart what somebody else put there
    articles, feeds, markup        JSON, feed entries and snippets of HTML as articles
    http, robots                   asking servers that may be hostile, politely
    way, dial, address             how they are reached: by judged addresses alone
    connection, exchange, coding   bytes, HTTP and packed bodies, each with its limits
    entry_names, sightings         which article an entry is, and whether it was offered before
    labels, same_page              what a page is instead of an article
    pages, page_line, page_answers a page, from the feed that names it to its last re-check
    offering, fates, visits        handing over, and remembering it in the same step
"""
